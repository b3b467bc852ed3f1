// One payment as Stripe announces it, in the current shape. Amounts in minor units, times in milliseconds.
export interface StripeEvent {
  id: string
  object: 'event'
  api_version: string
  created: number
  livemode: boolean
  type: string
  account?: string
  data: { object: Record<string, unknown> }
}

let counter = 0
const nextId = (prefix: string): string => `${prefix}_t${(counter++).toString(36).padStart(6, '0')}`

const seconds = (at: number): number => Math.floor(at / 1000)

export function stripeEvent(
  type: string,
  object: Record<string, unknown>,
  at: number,
  over: Partial<StripeEvent> = {},
): StripeEvent {
  return {
    id: nextId('evt'),
    object: 'event',
    api_version: '2026-10-28.endive',
    created: seconds(at),
    livemode: false,
    type,
    data: { object },
    ...over,
  }
}

export interface PaymentOptions {
  amount?: number
  tax?: number
  currency?: string
  customer?: string | null
  email?: string | null
  at: number
}

interface RefundOptions {
  id?: string
  status?: string
  type?: string
  /** Event and refund so long after the payment, ms. */
  later?: number
  created?: number
}

/** The payment's ids and makers of its events. */
export function stripePayment({
  amount = 10_000,
  tax = 0,
  currency = 'usd',
  customer = null,
  email = 'ada@example.org',
  at,
}: PaymentOptions) {
  const [pi, ch, cs] = [nextId('pi'), nextId('ch'), nextId('cs_test')]
  const created = seconds(at)
  const chargeObject = (over: object = {}) => ({
    id: ch,
    object: 'charge',
    amount,
    amount_captured: amount,
    amount_refunded: 0,
    captured: true,
    paid: true,
    refunded: false,
    status: 'succeeded',
    currency,
    created,
    customer,
    payment_intent: pi,
    metadata: {},
    receipt_email: null,
    billing_details: { email, name: null, phone: null },
    ...over,
  })
  const intent = () =>
    stripeEvent(
      'payment_intent.succeeded',
      {
        id: pi,
        object: 'payment_intent',
        amount,
        amount_received: amount,
        status: 'succeeded',
        currency,
        created,
        customer,
        latest_charge: ch,
        receipt_email: email,
        metadata: {},
        amount_details: {},
      },
      at + 1000,
    )
  const charge = (over: object = {}, type = 'charge.succeeded', later = 1000) =>
    stripeEvent(type, chargeObject(over), at + later)
  const session = () =>
    stripeEvent(
      'checkout.session.completed',
      {
        id: cs,
        object: 'checkout.session',
        mode: 'payment',
        status: 'complete',
        payment_status: 'paid',
        amount_total: amount,
        amount_subtotal: amount - tax,
        total_details: { amount_tax: tax, amount_shipping: 0, amount_discount: 0 },
        currency,
        created,
        customer,
        customer_details: { email, name: null, phone: null },
        payment_intent: pi,
        invoice: null,
        subscription: null,
        metadata: {},
      },
      at + 2000,
    )
  const refundObject = (id: string, part: number, status: string, later: number) => ({
    id,
    object: 'refund',
    amount: part,
    charge: ch,
    payment_intent: pi,
    currency,
    status,
    created: seconds(at + later),
    metadata: {},
  })
  return {
    pi,
    ch,
    cs,
    intent,
    charge,
    session,
    /** `charge.refunded` with the cumulative amount. */
    refunded: (cumulative: number, later = 100_000) =>
      charge({ amount_refunded: cumulative, refunded: cumulative === amount }, 'charge.refunded', later),
    refund: (
      part: number,
      {
        id = nextId('re'),
        status = 'succeeded',
        type = 'refund.created',
        later = 100_000,
        created = later,
      }: RefundOptions = {},
    ) => stripeEvent(type, refundObject(id, part, status, created), at + later),
    dispute: (type: string, status: string, part = amount, { id = `dp_${pi}`, later = 200_000 } = {}) =>
      stripeEvent(
        `charge.dispute.${type}`,
        {
          id,
          object: 'dispute',
          amount: part,
          charge: ch,
          payment_intent: pi,
          currency,
          status,
          created: seconds(at + 200_000),
          balance_transactions: [],
          metadata: {},
        },
        at + later,
      ),
  }
}

/** The session with what was bought. */
export function withLines(
  event: StripeEvent,
  ...lines: [product: string, amount: number, quantity: number][]
): StripeEvent {
  const data = lines.map(([product, amount_total, quantity]) => ({ price: { product }, amount_total, quantity }))
  const { object } = event.data
  return { ...event, data: { object: { ...object, line_items: { object: 'list', has_more: false, data } } } }
}
