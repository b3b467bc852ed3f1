// Subscriptions and failed invoices: as facts, and as Stripe's events.
import type { InvoiceFailureFact, SubscriptionFact } from '../../src/core/facts.ts'
import { type StripeEvent, stripeEvent } from './stripe-events.ts'

const NOON = Date.UTC(2026, 9, 3, 12)

/** $19.00 monthly since 3 October, running. */
export const subscriptionFact = (over: Partial<SubscriptionFact> = {}): SubscriptionFact => ({
  kind: 'subscription',
  id: 'sub_1',
  account: null,
  at: NOON,
  rank: 1,
  customer: 'cus_ada',
  status: 'active',
  items: [
    {
      product: 'prod_box',
      price: 'price_box',
      quantity: 1,
      amountMinor: 1_900,
      currency: 'usd',
      interval: 'month',
      intervalCount: 1,
    },
  ],
  startedAt: NOON,
  currentPeriodEnd: Date.UTC(2026, 11, 3, 12),
  cancelAt: null,
  cancelAtPeriodEnd: false,
  canceledAt: null,
  endedAt: null,
  trialEnd: null,
  paused: false,
  ...over,
})

export const failureFact = (over: Partial<InvoiceFailureFact> = {}): InvoiceFailureFact => ({
  kind: 'invoice_failure',
  invoice: 'in_1',
  account: null,
  at: NOON,
  customer: 'cus_ada',
  email: 'ada@example.org',
  subscription: 'sub_1',
  currency: 'usd',
  amountMinor: 1_900,
  attempt: 1,
  nextAttemptAt: null,
  ...over,
})

const seconds = (at: number): number => Math.floor(at / 1000)

/** The subscription as Stripe describes it at that time: $19.00 monthly since 3 October. */
export function subscriptionEvent(
  at: number,
  over: Record<string, unknown> = {},
  { id = 'sub_1', customer = 'cus_ada', amount = 1_900, currency = 'usd', interval = 'month' } = {},
): StripeEvent {
  const verb = over.status === 'canceled' ? 'deleted' : 'updated'
  return stripeEvent(
    `customer.subscription.${verb}`,
    {
      id,
      object: 'subscription',
      customer,
      status: 'active',
      created: seconds(NOON),
      start_date: seconds(NOON),
      items: {
        data: [
          {
            quantity: 1,
            current_period_end: seconds(Date.UTC(2026, 11, 3, 12)),
            price: {
              id: 'price_box',
              product: 'prod_box',
              unit_amount: amount,
              currency,
              recurring: { interval, interval_count: 1 },
            },
          },
        ],
      },
      cancel_at_period_end: false,
      pause_collection: null,
      ...over,
    },
    at,
  )
}

export interface InvoiceOptions {
  id?: string
  customer?: string | null
  email?: string | null
  subscription?: string | null
  amount?: number
  currency?: string
}

const invoiceObject = ({
  id = 'in_1',
  customer = 'cus_ada',
  email = 'ada@example.org',
  subscription = 'sub_1',
  amount = 1_900,
  currency = 'usd',
}: InvoiceOptions) => ({
  id,
  object: 'invoice',
  customer,
  customer_email: email,
  currency,
  amount_due: amount,
  total: amount,
  billing_reason: subscription === null ? 'manual' : 'subscription_cycle',
  parent: subscription === null ? null : { subscription_details: { subscription } },
})

/** `invoice.payment_failed`. */
export const failedEvent = (
  at: number,
  { attempt = 1, nextAttemptAt = null }: { attempt?: number; nextAttemptAt?: number | null } = {},
  options: InvoiceOptions = {},
): StripeEvent => {
  const invoice = invoiceObject(options)
  const again = nextAttemptAt === null ? null : seconds(nextAttemptAt)
  return stripeEvent(
    'invoice.payment_failed',
    {
      ...invoice,
      status: 'open',
      amount_paid: 0,
      amount_remaining: invoice.amount_due,
      attempt_count: attempt,
      next_payment_attempt: again,
    },
    at,
  )
}

/** `invoice.paid`, outside Stripe so that no other event is needed. */
export const paidEvent = (at: number, options: InvoiceOptions = {}): StripeEvent => {
  const invoice = invoiceObject(options)
  return stripeEvent(
    'invoice.paid',
    {
      ...invoice,
      status: 'paid',
      amount_paid: invoice.amount_due,
      amount_remaining: 0,
      paid_out_of_band: true,
      status_transitions: { paid_at: seconds(at) },
    },
    at,
  )
}
