/** What the page is shown of the sandbox's world. */
import { currencyExponent } from '../../src/core/currency.ts'
import type { PortalContact } from './doubles/hubspot/portal.ts'
import type { StripeObject } from './doubles/stripe/account.ts'
import type { Sandbox } from './sandbox.ts'
import type {
  ShownContact,
  ShownCustomer,
  ShownHubspot,
  ShownPayment,
  ShownProduct,
  ShownRecord,
  ShownShop,
  ShownState,
  ShownSubscription,
  ShownWaiting,
} from './shown.ts'
import { tourOf } from './tour.ts'
import { viewSlack } from './view-slack.ts'

const CUSTOMERS_SHOWN = 50
const PAYMENTS_SHOWN = 30
const CONTACTS_SHOWN = 50
const STEPS_SHOWN = 300

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const textOrNull = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)
const number = (value: unknown): number => (typeof value === 'number' ? value : 0)

export interface Looking {
  /** Whose Slack is shown. */
  me: string
  /** Part of a name or address, to find customers by, and contacts. */
  customers: string
  contacts: string
  /** The segment that contacts are shown of; empty: all. */
  list: string
  /** Whom the shop serves. */
  customer: string
  work: ShownState['work']
  waits: ShownWaiting[]
}

export function viewState(sandbox: Sandbox, looking: Looking): ShownState {
  const { program, version } = sandbox.app.program()
  return {
    now: sandbox.clock.now(),
    isAhead: sandbox.clock.ahead() > 0,
    timezone: program.timezone,
    locale: program.locale,
    program: { name: program.name, version, preset: sandbox.preset, currency: program.currency },
    presets: [{ id: null, name: 'program.json' }, ...sandbox.presets.map(({ id, name }) => ({ id, name }))],
    currencies: currenciesOf(sandbox, program.currency),
    shop: viewShop(sandbox, looking),
    hubspot: viewHubspot(sandbox, looking),
    slack: viewSlack(sandbox.vendors.slack.workspace, looking.me),
    steps: sandbox.trace.recent(STEPS_SHOWN).map(({ detail: _, ...step }) => step),
    tour: tourOf(sandbox.world.tour),
    work: looking.work,
  }
}

function currenciesOf({ vendors }: Sandbox, own: string): Record<string, number> {
  const { prices } = vendors.stripe.account.objects
  const used = new Set([own, ...Object.values(prices).map(({ currency }) => text(currency))])
  return Object.fromEntries([...used].map((currency) => [currency, currencyExponent(currency)]))
}

function viewShop({ vendors: { stripe }, clock }: Sandbox, { customers: search, customer }: Looking): ShownShop {
  const { objects } = stripe.account
  const everybody = Object.values(objects.customers)
  const found = finding(everybody, search, ({ name, email }) => `${text(name)} ${text(email)}`)
  const shown = found.slice(0, CUSTOMERS_SHOWN)
  const chosen = Object.hasOwn(objects.customers, customer) ? objects.customers[customer] : undefined
  const charges = Object.values(objects.charges)
  const payments = newestOf(charges, PAYMENTS_SHOWN)
  const theirs = chosen === undefined ? [] : charges.filter((charge) => charge.customer === chosen.id)
  const ownPayments = newestOf(theirs, PAYMENTS_SHOWN)
  const customersShown = customersOf(objects, chosen === undefined ? shown : [...shown, chosen], clock.now())
  const paymentsShown = paymentsOf(objects, [...payments, ...ownPayments])
  const from =
    <Shown>(all: Map<string, Shown>) =>
    (one: StripeObject): Shown[] => {
      const shownAs = all.get(one.id)
      return shownAs === undefined ? [] : [shownAs]
    }
  return {
    products: Object.values(objects.prices).map((price) => viewProduct(price)),
    customers: shown.flatMap(from(customersShown)),
    chosen: chosen === undefined ? null : (customersShown.get(chosen.id) ?? null),
    payments: payments.flatMap(from(paymentsShown)),
    theirs: ownPayments.flatMap(from(paymentsShown)),
    counts: { customers: everybody.length, found: found.length, payments: charges.length },
    habits: { ...stripe.habits },
    isDown: stripe.trouble.isDown,
    waiting: stripe.account.deliveries.filter(({ dueAt }) => dueAt !== null).length,
  }
}

/** Those in whose text every word of the search stands. */
function finding<One>(all: readonly One[], search: string, textOf: (one: One) => string): readonly One[] {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  if (words.length === 0) return all
  return all.filter((one) => {
    const found = textOf(one).toLowerCase()
    return words.every((word) => found.includes(word))
  })
}

/** The newest first. There may be tens of thousands of which a few are wanted: they are mostly in their order already. */
function newestOf(all: readonly StripeObject[], limit: number): StripeObject[] {
  const newest: StripeObject[] = []
  for (let n = all.length - 1; n >= 0; n--) {
    const one = all[n] as StripeObject
    const last = newest[limit - 1]
    if (last !== undefined && number(one.created) <= number(last.created)) continue
    const before = newest.findLastIndex(({ created }) => number(created) >= number(one.created))
    newest.splice(before + 1, 0, one)
    newest.length = Math.min(newest.length, limit)
  }
  return newest
}

/** What belongs to some of many, gathered in one walk. */
function gather(
  all: Record<string, StripeObject>,
  owners: ReadonlySet<string>,
  ownerOf: (one: StripeObject) => unknown,
) {
  const gathered = new Map<string, StripeObject[]>()
  for (const one of Object.values(all)) {
    const owner = ownerOf(one)
    if (typeof owner !== 'string' || !owners.has(owner)) continue
    const before = gathered.get(owner)
    if (before === undefined) gathered.set(owner, [one])
    else before.push(one)
  }
  return (owner: string): StripeObject[] => gathered.get(owner) ?? []
}

type Objects = Sandbox['vendors']['stripe']['account']['objects']

function viewProduct(price: StripeObject): ShownProduct {
  const recurring = price.recurring as { interval: 'month' | 'year' } | null
  return {
    price: price.id,
    product: text(price.product),
    name: text(price.nickname),
    amount: number(price.unit_amount),
    currency: text(price.currency),
    interval: recurring?.interval ?? null,
  }
}

function customersOf(objects: Objects, shown: readonly StripeObject[], now: number): Map<string, ShownCustomer> {
  const ids = new Set(shown.map(({ id }) => id))
  const subscriptions = gather(objects.subscriptions, ids, ({ customer }) => customer)
  const codes = gather(objects.promotion_codes, ids, ({ customer }) => customer)
  const open = new Set(Object.values(objects.invoices).flatMap(openFor))
  const isGood = (code: StripeObject): boolean =>
    code.active === true && (typeof code.expires_at !== 'number' || code.expires_at * 1_000 > now)
  return new Map(
    shown.map((customer) => [
      customer.id,
      {
        id: customer.id,
        name: textOrNull(customer.name),
        email: textOrNull(customer.email),
        language: (customer.preferred_locales as string[] | undefined)?.[0] ?? null,
        subscriptions: subscriptions(customer.id).map((one) => viewSubscription(one, open.has(one.id))),
        codes: codes(customer.id)
          .filter(isGood)
          .map((code) => viewCode(objects, code)),
      },
    ]),
  )
}

/** The subscription that an invoice is open for. */
function openFor(invoice: StripeObject): string[] {
  if (invoice.status !== 'open') return []
  const parent = invoice.parent as { subscription_details?: { subscription?: string } } | null
  const subscription = parent?.subscription_details?.subscription
  return subscription === undefined ? [] : [subscription]
}

function viewSubscription(subscription: StripeObject, isOpen: boolean): ShownSubscription {
  const [item] = (subscription.items as { data: { price: StripeObject; current_period_end: number }[] }).data
  return {
    id: subscription.id,
    name: text(item?.price.nickname),
    status: text(subscription.status),
    paidUntil: number(item?.current_period_end) * 1_000,
    isEnding: subscription.cancel_at_period_end === true,
    isOpen,
  }
}

function viewCode(objects: Objects, code: StripeObject): ShownCustomer['codes'][number] {
  const coupon = objects.coupons[text((code.promotion as { coupon?: string }).coupon)]
  const percent = coupon?.percent_off
  return {
    code: text(code.code),
    takesOff: typeof percent === 'number' ? `${percent} %` : text(coupon?.name),
    until: typeof code.expires_at === 'number' ? code.expires_at * 1_000 : null,
  }
}

function paymentsOf(objects: Objects, shown: readonly StripeObject[]): Map<string, ShownPayment> {
  const ids = new Set(shown.map(({ id }) => id))
  const disputes = gather(objects.disputes, ids, ({ charge }) => charge)
  const refunds = gather(objects.refunds, ids, ({ charge }) => charge)
  return new Map(shown.map((one) => [one.id, viewPayment(one, disputes(one.id), refunds(one.id))]))
}

function viewPayment(charge: StripeObject, disputes: StripeObject[], refunds: StripeObject[]): ShownPayment {
  const person = charge.billing_details as { name: string | null; email: string | null }
  return {
    charge: charge.id,
    customer: textOrNull(charge.customer),
    by: person.name ?? person.email ?? 'A guest',
    amount: number(charge.amount_captured),
    refunded: number(charge.amount_refunded),
    currency: text(charge.currency),
    at: number(charge.created) * 1_000,
    isDisputed: charge.disputed === true,
    dispute: disputes.find(({ status }) => status === 'needs_response')?.id ?? null,
    refunds: refunds.map(({ id, amount, status }) => ({ id, amount: number(amount), status: text(status) })),
  }
}

function viewHubspot(
  { vendors: { hubspot, hubspotTrouble }, app }: Sandbox,
  { contacts: search, list, waits }: Looking,
): ShownHubspot {
  const { prefix } = app.program().program.hubspot
  const all = Object.values(hubspot.portal.contacts).filter(({ archived }) => !archived)
  const shown = all.map((contact) => viewContact(contact, prefix))
  const segments = Map.groupBy(shown, ({ segment }) => segment)
  const listed = list === '' ? shown : (segments.get(list) ?? [])
  const found = finding(listed, search, ({ name, email }) => `${name} ${email}`)
  return {
    contacts: found.slice(0, CONTACTS_SHOWN),
    lists: [...segments]
      .filter(([segment]) => segment !== '')
      .map(([name, { length }]) => ({ name, size: length }))
      .sort((a, b) => b.size - a.size),
    found: found.length,
    total: all.length,
    trouble: hubspotTrouble.is,
    waits,
  }
}

const WAITS_LOOKED_AT = 100
const WAITS_SHOWN = 20

/** What HubSpot is still to be told, and why it was not yet. */
export async function viewWaiting({ app }: Sandbox): Promise<ShownWaiting[]> {
  const { items } = await app.listOutbox({ limit: WAITS_LOOKED_AT })
  const waiting = items.filter(({ kind }) => kind.startsWith('hubspot.')).slice(0, WAITS_SHOWN)
  return Promise.all(
    waiting.map(async ({ id, key, tries, reason, dueAt, state }) => {
      const member = await app.getMember(key)
      const about = member.ok ? (member.value.name ?? member.value.email ?? 'A member') : 'A member'
      return { id, about, tries, reason, nextAt: state === 'parked' ? null : dueAt }
    }),
  )
}

function viewContact({ id, properties }: PortalContact, prefix: string): ShownContact {
  const value = (name: string): string => properties[name] ?? ''
  return {
    id,
    name: `${value('firstname')} ${value('lastname')}`.trim(),
    email: value('email'),
    tier: value(`${prefix}tier`),
    points: value(`${prefix}points`),
    segment: value(`${prefix}segment`),
  }
}

/** One contact with the loyalty group and its history; null where there is none. */
export function viewRecord({ vendors: { hubspot }, app }: Sandbox, id: string): Omit<ShownRecord, 'card'> | null {
  const contact = Object.hasOwn(hubspot.portal.contacts, id) ? hubspot.portal.contacts[id] : undefined
  if (contact === undefined) return null
  const { prefix } = app.program().program.hubspot
  const defined = Object.values(hubspot.portal.properties).filter(({ groupName }) => groupName === 'loyalty')
  return {
    contact: viewContact(contact, prefix),
    properties: defined.map(({ name, label }) => ({
      name,
      label,
      value: contact.properties[name] ?? '',
      history: (contact.history[name] ?? []).map(({ value, timestamp, sourceType }) => ({
        value,
        at: timestamp,
        by: sourceType,
      })),
    })),
  }
}
