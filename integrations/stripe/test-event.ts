// Events as Stripe would send them for a test payment, in the current shape, and the signature that goes with them:
// for `pay`, `replay` and tests.
import { createHmac } from 'node:crypto'
import { STRIPE_API_VERSION } from './api-version.ts'

export interface TestPaymentOptions {
  email: string | null
  amountMinor: number
  currency: string
  /** When the money came, ms. */
  at: number
  /** Makes a random id; called once, so that the same id makes the same payment again. */
  newId: () => string
  /** A Stripe customer, else it is a guest's. */
  customer?: string | null
  /** What was bought, one piece; left out: nobody knows yet, as in Stripe's own webhooks. */
  product?: string | undefined
}

export interface TestEvent {
  id: string
  object: 'event'
  api_version: string
  created: number
  livemode: false
  type: string
  data: { object: Record<string, unknown> }
}

export interface TestPayment {
  intent: string
  charge: string
  session: string
  amountMinor: number
  /** `payment_intent.succeeded`, `charge.succeeded`, `checkout.session.completed`, in this order. */
  events: [TestEvent, TestEvent, TestEvent]
}

function makeEvent(id: string, type: string, created: number, object: Record<string, unknown>): TestEvent {
  return { id, object: 'event', api_version: STRIPE_API_VERSION, created, livemode: false, type, data: { object } }
}

interface Ids {
  base: string
  intent: string
  charge: string
  session: string
}

function idsFrom(newId: () => string): Ids {
  const base = newId().replaceAll(/[^A-Za-z0-9]/g, '')
  return { base, intent: `pi_${base}`, charge: `ch_${base}`, session: `cs_test_${base}` }
}

type Common = Record<string, unknown>

/** What the three objects have in common. */
const common = (options: TestPaymentOptions): Common => ({
  currency: options.currency.toLowerCase(),
  created: Math.floor(options.at / 1000),
  customer: options.customer ?? null,
  livemode: false,
  metadata: {},
})

function makeCharge(ids: Ids, options: TestPaymentOptions, refundedMinor = 0): Record<string, unknown> {
  const { amountMinor, email } = options
  return {
    id: ids.charge,
    object: 'charge',
    ...common(options),
    amount: amountMinor,
    amount_captured: amountMinor,
    amount_refunded: refundedMinor,
    billing_details: { email, name: null, phone: null },
    captured: true,
    disputed: false,
    paid: true,
    payment_intent: ids.intent,
    receipt_email: email,
    refunded: refundedMinor === amountMinor,
    status: 'succeeded',
  }
}

const makeIntent = (ids: Ids, options: TestPaymentOptions): Record<string, unknown> => ({
  id: ids.intent,
  object: 'payment_intent',
  ...common(options),
  amount: options.amountMinor,
  amount_received: options.amountMinor,
  amount_details: {},
  latest_charge: ids.charge,
  receipt_email: options.email,
  status: 'succeeded',
})

const oneLine = (product: string, amountMinor: number) => ({
  object: 'list',
  data: [{ object: 'item', amount_total: amountMinor, amount_tax: 0, quantity: 1, price: { product } }],
  has_more: false,
})

const makeSession = (ids: Ids, options: TestPaymentOptions): Record<string, unknown> => ({
  id: ids.session,
  object: 'checkout.session',
  ...common(options),
  amount_subtotal: options.amountMinor,
  amount_total: options.amountMinor,
  customer_details: { email: options.email, name: null, phone: null },
  customer_email: options.email,
  invoice: null,
  ...(options.product !== undefined && { line_items: oneLine(options.product, options.amountMinor) }),
  locale: null,
  mode: 'payment',
  payment_intent: ids.intent,
  payment_status: 'paid',
  status: 'complete',
  subscription: null,
  total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
})

/** One payment as Stripe announces it: three events that mean the same money. */
export function makeTestPayment(options: TestPaymentOptions): TestPayment {
  const ids = idsFrom(options.newId)
  const created = Math.floor(options.at / 1000)
  return {
    intent: ids.intent,
    charge: ids.charge,
    session: ids.session,
    amountMinor: options.amountMinor,
    events: [
      makeEvent(`evt_${ids.base}pi`, 'payment_intent.succeeded', created, makeIntent(ids, options)),
      makeEvent(`evt_${ids.base}ch`, 'charge.succeeded', created, makeCharge(ids, options)),
      makeEvent(`evt_${ids.base}cs`, 'checkout.session.completed', created, makeSession(ids, options)),
    ],
  }
}

/** The refund of that payment, whole or in part, at `refundAt`: `refund.created` and `charge.refunded`. */
export function makeTestRefund(
  options: TestPaymentOptions & { refundAt: number; refundMinor?: number },
): [TestEvent, TestEvent] {
  const ids = idsFrom(options.newId)
  const { amountMinor, currency, refundAt, refundMinor = amountMinor } = options
  const created = Math.floor(refundAt / 1000)
  const refund = {
    id: `re_${ids.base}`,
    object: 'refund',
    amount: refundMinor,
    charge: ids.charge,
    created,
    currency: currency.toLowerCase(),
    metadata: {},
    payment_intent: ids.intent,
    reason: null,
    status: 'succeeded',
  }
  return [
    makeEvent(`evt_${ids.base}re`, 'refund.created', created, refund),
    makeEvent(`evt_${ids.base}rf`, 'charge.refunded', created, makeCharge(ids, options, refundMinor)),
  ]
}

/** The `Stripe-Signature` header of `payload` at `tSeconds`. */
export function signPayload(payload: string | Uint8Array, secret: string, tSeconds: number): string {
  const signature = createHmac('sha256', secret).update(`${tSeconds}.`).update(payload).digest('hex')
  return `t=${tSeconds},v1=${signature}`
}
