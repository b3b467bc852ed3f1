// Sound events of every type we handle, about payments and customers that meet again and again, as material to spoil.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type EventSubject, handledEvents } from '../../integrations/stripe/handled-events.ts'
import type { Chance } from '../support/load.ts'
import {
  charge,
  customer,
  dispute,
  intent,
  invoice,
  invoicePayment,
  listOf,
  OLD_VERSION,
  oldInvoice,
  refund,
  type StripeObject,
  session,
  stripeEvent,
  subscription,
} from '../support/stripe-objects.ts'

const file = fileURLToPath(new URL('../../../shared/data/stripe-fixtures.json', import.meta.url))
export const hasFixtures = existsSync(file)
const fixtures: Record<string, StripeObject> = hasFixtures ? JSON.parse(readFileSync(file, 'utf8')).resources : {}

const CREATED = 1_790_000_000
const DAY = 86_400
/** So many payments are talked about at a time; then others. */
const WINDOW = 40
const EVENTS_A_PAYMENT = 6
const SHOPPERS = 400

/** What belongs together of one payment. */
interface Ids {
  pi: string
  ch: string
  cs: string
  in: string
  cus: string | null
  email: string
  amount: number
  created: number
}

function idsOf(index: number): Ids {
  const shopper = index % SHOPPERS
  return {
    pi: `pi_f${index}`,
    ch: `ch_f${index}`,
    cs: `cs_test_f${index}`,
    in: `in_f${index}`,
    cus: shopper % 3 === 0 ? null : `cus_f${shopper}`,
    email: `shopper${shopper}@example.org`,
    amount: 500 + ((index * 7_919) % 20_000),
    created: CREATED - (index % 900) * DAY,
  }
}

const LINE = { amount: 500, amount_total: 500, quantity: 1, price: { id: 'price_1', product: 'prod_1' } }
const lines = listOf([LINE, { ...LINE, amount: -100, price: { id: 'price_2', product: 'prod_2' } }])

type Make = (ids: Ids, chance: Chance, type: string) => StripeObject

const chargeOf: Make = (ids, chance, type) => {
  const amount = ids.amount
  const refunded = type === 'charge.refunded' ? chance.pick([amount, Math.floor(amount / 3)]) : 0
  return charge({
    id: ids.ch,
    payment_intent: chance.pick([ids.pi, ids.pi, null]),
    customer: ids.cus,
    amount,
    amount_captured: amount,
    amount_refunded: refunded,
    created: ids.created,
    billing_details: { email: ids.email, name: 'Ada Lovelace', phone: null },
    receipt_email: null,
    refunds: chance.pick([undefined, listOf([refundOf(ids, chance, 'refund.created')])]),
  })
}

const refundOf: Make = (ids, chance, type) =>
  refund({
    id: `re_${ids.ch}_${chance.below(2)}`,
    charge: ids.ch,
    payment_intent: ids.pi,
    amount: Math.floor(ids.amount / 3),
    created: ids.created + DAY,
    status: type === 'refund.failed' ? 'failed' : chance.pick(['pending', 'succeeded', 'canceled']),
  })

const makers: Record<EventSubject, Make> = {
  charge: chargeOf,
  refund: refundOf,
  payment_intent: (ids, chance) =>
    intent({
      id: ids.pi,
      latest_charge: chance.pick([ids.ch, null]),
      customer: ids.cus,
      amount: ids.amount,
      amount_received: ids.amount,
      created: ids.created,
      receipt_email: chance.pick([null, ids.email]),
      amount_details: chance.pick([{}, { tip: { amount: 10 }, tax: { total_tax_amount: 20 } }]),
    }),
  session: (ids, chance) =>
    session({
      id: ids.cs,
      payment_intent: chance.pick([ids.pi, null]),
      customer: ids.cus,
      amount_total: ids.amount,
      created: ids.created,
      customer_details: { email: ids.email, name: 'Ada', phone: null },
      mode: chance.pick(['payment', 'payment', 'subscription']),
      invoice: chance.pick([null, null, ids.in]),
      line_items: chance.pick([undefined, lines]),
      total_details: { amount_discount: 0, amount_shipping: 30, amount_tax: 40 },
    }),
  invoice: (ids, chance) => {
    const own = {
      id: ids.in,
      customer: ids.cus,
      customer_email: ids.email,
      amount_paid: ids.amount,
      total: ids.amount,
      lines,
    }
    const linked = chance.pick([{}, { payment_intent: ids.pi, charge: ids.ch }])
    const payments = listOf([invoicePaymentOf(ids)])
    return chance.below(2) === 0 ? oldInvoice({ ...own, ...linked }) : invoice({ ...own, payments })
  },
  invoice_failure: (ids) => invoice({ id: ids.in, customer: ids.cus, status: 'open', attempt_count: 2 }),
  invoice_payment: (ids) => invoicePaymentOf(ids),
  dispute: (ids, chance) =>
    dispute({
      id: `dp_${ids.ch}`,
      charge: ids.ch,
      payment_intent: ids.pi,
      amount: chance.pick([ids.amount, 100]),
      created: ids.created + 2 * DAY,
      status: chance.pick(['needs_response', 'won', 'lost', 'warning_needs_response', 'warning_closed']),
      balance_transactions: chance.pick([
        [],
        [{ amount: -ids.amount }],
        [{ amount: -ids.amount }, { amount: ids.amount }],
      ]),
    }),
  customer: (ids, chance) =>
    customer({ id: ids.cus ?? 'cus_f1', email: chance.pick([ids.email, ids.email, null, 'shopper7@example.org']) }),
  promotion_code: (ids, chance) => ({
    id: `promo_${ids.pi}`,
    object: 'promotion_code',
    active: chance.pick([true, false]),
    code: `CORNER-${ids.amount}`,
    times_redeemed: chance.below(2),
    livemode: false,
    promotion: { type: 'coupon', coupon: 'regulars_red_1' },
  }),
  subscription: (ids, chance) =>
    subscription({
      id: chance.pick([`sub_${ids.in}`, `sub_${ids.cus}`]),
      customer: ids.cus ?? 'cus_f1',
      status: chance.pick(['active', 'active', 'trialing', 'past_due', 'unpaid', 'canceled']),
      cancel_at: chance.pick([null, null, ids.created + DAY]),
      ended_at: chance.pick([null, null, ids.created + 2 * DAY]),
    }),
}

const invoicePaymentOf = (ids: Ids): StripeObject =>
  invoicePayment({
    id: `inpay_${ids.in}`,
    invoice: ids.in,
    amount_paid: ids.amount,
    payment: { type: 'payment_intent', payment_intent: ids.pi },
  })

const RESOURCES: Partial<Record<EventSubject, string>> = {
  charge: 'charge',
  refund: 'refund',
  payment_intent: 'payment_intent',
  session: 'checkout.session',
  invoice: 'invoice',
  invoice_failure: 'invoice',
  invoice_payment: 'invoice_payment',
  dispute: 'dispute',
  customer: 'customer',
  subscription: 'subscription',
}

const types = Object.keys(handledEvents) as (keyof typeof handledEvents)[]

/** The `turn`-th event: sound, of any type, about one of the payments that are talked about at that time. */
export function soundEvent(turn: number, chance: Chance): StripeObject {
  const type = chance.pick(types)
  const { subject } = handledEvents[type]
  const ids = idsOf(Math.floor(turn / EVENTS_A_PAYMENT) + chance.below(WINDOW))
  const made = makers[subject](ids, chance, type)
  // Stripe's own example says more, under the ids of ours.
  const example = chance.below(4) === 0 ? fixtures[RESOURCES[subject] ?? ''] : undefined
  const thin = chance.below(40) === 0
  const id = `evt_f${chance.below(50) === 0 ? chance.below(turn + 1) : turn}`
  if (thin)
    return {
      id,
      object: 'v2.core.event',
      type: `v1.${type}`,
      livemode: false,
      created: '2026-11-20T10:00:00.000Z',
      context: chance.pick([null, 'acct_1', undefined]),
      related_object: { id: String(made.id), type: String(made.object), url: '/v1/x' },
    }
  const event = stripeEvent(type, { ...example, ...made }, { id, created: ids.created + DAY * chance.below(5) })
  return {
    ...event,
    ...(chance.below(3) === 0 && { api_version: OLD_VERSION }),
    ...(chance.below(60) === 0 && { account: 'acct_1' }),
  }
}
