/** What somebody did, in a sentence: what a journey is called. */
import type { StripeObject } from './doubles/stripe/account.ts'
import { STAFF } from './first-day.ts'
import type { Sandbox } from './sandbox.ts'
import type { Opening } from './trace.ts'

type Given = Record<string, unknown>
type Teller = (given: Given, sandbox: Sandbox) => string

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const objectsOf = ({ vendors }: Sandbox) => vendors.stripe.account.objects

function nameOf(customer: StripeObject | undefined): string {
  return text(customer?.name) || text(customer?.email) || 'A guest'
}
const customerOf = (sandbox: Sandbox, id: unknown): string => nameOf(objectsOf(sandbox).customers[text(id)])
const ownerOf = (sandbox: Sandbox, { subscription }: Given): string =>
  customerOf(sandbox, objectsOf(sandbox).subscriptions[text(subscription)]?.customer)
const payerOf = (sandbox: Sandbox, charge: unknown): string => {
  const { name, email } = (objectsOf(sandbox).charges[text(charge)]?.billing_details ?? {}) as Given
  return text(name) || text(email) || 'A guest'
}
const productOf = (sandbox: Sandbox, price: unknown): string => text(objectsOf(sandbox).prices[text(price)]?.nickname)
const staffOf = ({ me }: Given): string => STAFF.find(({ id }) => id === me)?.realName.split(' ')[0] ?? 'Somebody'

const basketOf = (sandbox: Sandbox, lines: unknown): string =>
  (lines as { price: string; quantity: number }[])
    .map(({ price, quantity }) => `${quantity > 1 ? `${quantity} × ` : ''}${productOf(sandbox, price)}`)
    .join(', ')

const TELLERS: Record<string, [Opening['vendor'], Teller]> = {
  'shop/buy': [
    'stripe',
    ({ customer, email, lines, code }, sandbox) => {
      const by = customer === null ? `${text(email)}, a guest,` : customerOf(sandbox, customer)
      const withCode = text(code) === '' ? '' : ` with ${text(code).trim().toUpperCase()}`
      return `${by} buys ${basketOf(sandbox, lines)}${withCode}`
    },
  ],
  'shop/customer': ['stripe', ({ name, email }) => `${text(name) || text(email)} is a new customer`],
  'shop/subscribe': [
    'stripe',
    ({ customer, price }, sandbox) => `${customerOf(sandbox, customer)} subscribes to ${productOf(sandbox, price)}`,
  ],
  'shop/cancel-subscription': ['stripe', (given, sandbox) => `${ownerOf(sandbox, given)} cancels the subscription`],
  'shop/keep-subscription': ['stripe', (given, sandbox) => `${ownerOf(sandbox, given)} keeps the subscription`],
  'shop/fail-payment': ['stripe', (given, sandbox) => `The payment of ${ownerOf(sandbox, given)} fails`],
  'shop/pay-invoice': ['stripe', (given, sandbox) => `${ownerOf(sandbox, given)} pays what was open`],
  'shop/refund': [
    'stripe',
    ({ charge, amount }, sandbox) =>
      `${payerOf(sandbox, charge)} gets ${typeof amount === 'number' ? 'part of the' : 'the'} money back`,
  ],
  'shop/fail-refund': [
    'stripe',
    ({ refund }, sandbox) => `A refund to ${payerOf(sandbox, objectsOf(sandbox).refunds[text(refund)]?.charge)} fails`,
  ],
  'shop/dispute': ['stripe', ({ charge }, sandbox) => `${payerOf(sandbox, charge)} disputes a payment`],
  'shop/close-dispute': [
    'stripe',
    ({ dispute, outcome }, sandbox) =>
      `The dispute of ${payerOf(sandbox, objectsOf(sandbox).disputes[text(dispute)]?.charge)} is ${text(outcome)}`,
  ],
  'slack/command': ['slack', (given) => `${staffOf(given)}: ${text(given.line)}`],
  'slack/press': ['slack', (given) => `${staffOf(given)} presses a button`],
  'slack/submit': ['slack', (given) => `${staffOf(given)} sends a form`],
  'slack/shortcut': ['slack', (given) => `${staffOf(given)} uses a shortcut`],
  'hubspot/edit': ['hubspot', () => 'A contact is edited'],
}

/** null where what was done begins nothing that one would follow. */
export function openingOf(sandbox: Sandbox, name: string, given: unknown): Opening | null {
  const known = Object.hasOwn(TELLERS, name) ? TELLERS[name] : undefined
  if (known === undefined) return null
  const [vendor, tell] = known
  return { vendor, title: tell(given as Given, sandbox), detail: { doing: name, ...(given as Given) } }
}
