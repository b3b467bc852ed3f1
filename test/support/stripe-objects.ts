// Stripe's objects with the fields we read, in the current shape, and events around them. Tests override what they are about.
import { STRIPE_API_VERSION } from '../../integrations/stripe/api-version.ts'
import type { StripeEventEnvelope } from '../../integrations/stripe/translate.ts'
import { emptyParts, type PaymentParts } from '../../src/core/facts.ts'

export type StripeObject = Record<string, unknown>

/** When the money came, in seconds, and when the event about it was made. */
export const CREATED = 1_780_000_000
export const EVENT_AT = CREATED + 5
export const EVENT_MS = EVENT_AT * 1000
export const CREATED_MS = CREATED * 1000

export const OLD_VERSION = '2024-06-20'

export const stripeEvent = (type: string, object: unknown, over: object = {}): StripeEventEnvelope => ({
  id: 'evt_1',
  object: 'event',
  api_version: STRIPE_API_VERSION,
  created: EVENT_AT,
  livemode: false,
  type,
  data: { object },
  ...over,
})

export const charge = (over: StripeObject = {}): StripeObject => ({
  id: 'ch_1',
  object: 'charge',
  amount: 5000,
  amount_captured: 5000,
  amount_refunded: 0,
  billing_details: { email: 'Ada@Example.org', name: 'Ada Lovelace', phone: '+44 20 7946 0000' },
  captured: true,
  created: CREATED,
  currency: 'usd',
  customer: 'cus_1',
  metadata: { order: '17' },
  paid: true,
  payment_intent: 'pi_1',
  receipt_email: 'receipts@example.org',
  status: 'succeeded',
  livemode: false,
  ...over,
})

export const intent = (over: StripeObject = {}): StripeObject => ({
  id: 'pi_1',
  object: 'payment_intent',
  amount: 5000,
  amount_received: 5000,
  amount_details: {},
  created: CREATED,
  currency: 'usd',
  customer: 'cus_1',
  latest_charge: 'ch_1',
  metadata: {},
  receipt_email: null,
  status: 'succeeded',
  livemode: false,
  ...over,
})

export const session = (over: StripeObject = {}): StripeObject => ({
  id: 'cs_test_1',
  object: 'checkout.session',
  amount_total: 5000,
  client_reference_id: null,
  created: CREATED,
  currency: 'usd',
  customer: null,
  customer_details: { email: 'ada@example.org', name: 'Ada', phone: null },
  customer_email: null,
  invoice: null,
  locale: 'en-GB',
  metadata: {},
  mode: 'payment',
  payment_intent: 'pi_1',
  payment_status: 'paid',
  shipping_cost: null,
  status: 'complete',
  subscription: null,
  total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
  livemode: false,
  ...over,
})

export const invoice = (over: StripeObject = {}): StripeObject => ({
  id: 'in_1',
  object: 'invoice',
  amount_due: 2000,
  amount_paid: 2000,
  amount_remaining: 0,
  amount_shipping: 0,
  attempt_count: 1,
  billing_reason: 'subscription_cycle',
  created: CREATED,
  currency: 'usd',
  customer: 'cus_1',
  customer_email: 'ada@example.org',
  customer_name: 'Ada Lovelace',
  customer_phone: null,
  metadata: {},
  next_payment_attempt: null,
  parent: { type: 'subscription_details', subscription_details: { subscription: 'sub_1', metadata: { plan: 'gold' } } },
  shipping_cost: null,
  status: 'paid',
  status_transitions: { paid_at: CREATED + 2 },
  total: 2000,
  total_taxes: [{ amount: 150 }, { amount: 20 }],
  livemode: false,
  ...over,
})

/** An invoice as it was before basil: it names what paid it. */
export const oldInvoice = (over: StripeObject = {}): StripeObject => {
  const { parent: _parent, total_taxes: _taxes, ...rest } = invoice()
  return {
    ...rest,
    charge: 'ch_1',
    payment_intent: 'pi_1',
    paid: true,
    paid_out_of_band: false,
    subscription: 'sub_1',
    tax: 170,
    ...over,
  }
}

export const invoicePayment = (over: StripeObject = {}): StripeObject => ({
  id: 'inpay_1',
  object: 'invoice_payment',
  amount_paid: 2000,
  created: CREATED,
  currency: 'usd',
  invoice: 'in_1',
  payment: { type: 'payment_intent', payment_intent: 'pi_1' },
  status: 'paid',
  livemode: false,
  ...over,
})

export const refund = (over: StripeObject = {}): StripeObject => ({
  id: 're_1',
  object: 'refund',
  amount: 1000,
  charge: 'ch_1',
  created: CREATED + 60,
  currency: 'usd',
  payment_intent: 'pi_1',
  reason: null,
  status: 'succeeded',
  ...over,
})

export const dispute = (over: StripeObject = {}): StripeObject => ({
  id: 'dp_1',
  object: 'dispute',
  amount: 5000,
  balance_transactions: [],
  charge: 'ch_1',
  created: CREATED + 90,
  currency: 'usd',
  payment_intent: 'pi_1',
  status: 'needs_response',
  livemode: false,
  ...over,
})

export const customer = (over: StripeObject = {}): StripeObject => ({
  id: 'cus_1',
  object: 'customer',
  email: ' Ada@Example.ORG ',
  name: 'Ada Lovelace',
  phone: null,
  preferred_locales: ['fr-CA', 'en'],
  livemode: false,
  ...over,
})

export const subscription = (over: StripeObject = {}): StripeObject => ({
  id: 'sub_1',
  object: 'subscription',
  cancel_at: null,
  cancel_at_period_end: false,
  canceled_at: null,
  created: CREATED,
  customer: 'cus_1',
  ended_at: null,
  items: {
    object: 'list',
    data: [
      {
        id: 'si_1',
        current_period_end: CREATED + 86_400,
        price: {
          id: 'price_1',
          product: 'prod_1',
          currency: 'usd',
          unit_amount: 900,
          recurring: { interval: 'month', interval_count: 1 },
        },
        quantity: 2,
      },
    ],
    has_more: false,
  },
  pause_collection: null,
  start_date: CREATED,
  status: 'active',
  trial_end: null,
  livemode: false,
  ...over,
})

/** A list as the API gives it. */
export const listOf = (data: unknown[], over: object = {}) => ({ object: 'list', data, has_more: false, ...over })

export const partsOf = (over: Partial<PaymentParts>): PaymentParts => ({ ...emptyParts(), ...over })
