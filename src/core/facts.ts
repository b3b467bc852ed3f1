/**
 * What the outside world tells us, after translation and before any decision. A payment's facts are partial
 * states that merge (see payment.ts): joining them in any order, any number of times, gives the same state.
 * All amounts are integers in minor units, all instants are milliseconds since 1970.
 */

/** One line of an order. `amount` is what was paid for the line after discounts, tax excluded. */
export interface Item {
  product: string | null
  price: string | null
  quantity: number
  amountMinor: number
}

/** What is known of one charge. `amountMinor` is what was captured; 0 while it is a mere authorisation. */
export interface ChargePart {
  intent: string | null
  amountMinor: number
  /** When the charge was made (`charge.created`), null when only its id is known. */
  at: number | null
  /** The newest cumulative `amount_refunded` seen, with the time of the event that told it. */
  snapshot: { at: number; refundedMinor: number } | null
}

export type RefundState = 'pending' | 'succeeded' | 'failed'

/** One refund by id. A cancelled refund counts as failed: its money stays with the merchant. */
export interface RefundPart {
  charge: string | null
  intent: string | null
  amountMinor: number
  state: RefundState
  at: number
  /** The earliest time at which it was said to have failed, else null. */
  failedAt: number | null
}

/** One dispute. `moved` is the newest evidence of where the money is; null while none has moved (an inquiry). */
export interface DisputePart {
  charge: string | null
  amountMinor: number
  at: number
  moved: { at: number; withdrawn: boolean } | null
}

/** An amount known from several objects: a higher rank wins, within a rank the larger. Ranks: session 3, invoice 2, intent 1. */
export interface Ranked {
  rank: number
  value: number
}

/**
 * A piece of knowledge about one payment. Absent knowledge is an empty record or null; nothing here ever says "no".
 */
export interface PaymentParts {
  /** Every Stripe id known to mean this payment: pi_, ch_ (py_), in_, inpay_, cs_. Sorted, unique. */
  names: string[]
  /** The connected account (Connect), null for the merchant's own. */
  account: string | null
  /** Lower-case ISO 4217. */
  currency: string | null
  charges: Record<string, ChargePart>
  /** Succeeded payment intents: amount received. */
  intents: Record<string, { amountMinor: number }>
  /** Paid checkout sessions. `pendingLink`: a subscription or invoice session that may belong to a payment not yet seen. */
  sessions: Record<string, { amountMinor: number; pendingLink: boolean }>
  /** Paid invoices. `standsAlone`: paid outside Stripe (or zero), so no payment will be linked to it. */
  invoices: Record<string, { amountMinor: number; paidAt: number | null; standsAlone: boolean }>
  refunds: Record<string, RefundPart>
  disputes: Record<string, DisputePart>
  tax: Ranked | null
  shipping: Ranked | null
  tip: Ranked | null
  /** The order's lines when known to be complete. Rank as above. */
  items: { rank: number; list: Item[] } | null
  /** Where lines can be fetched from: a session (cs_) or invoice (in_) id; null when the payment has none. */
  itemsFrom: string | null
  customer: string | null
  /** Lower-cased e-mail addresses by where they stood. */
  emails: { session: string | null; billing: string | null; receipt: string | null }
  name: string | null
  phone: string | null
  /** BCP 47, from the session's locale or the customer's preferred one. */
  language: string | null
  subscription: string | null
  /** True once known to be a later invoice of a subscription. */
  renewal: boolean
  metadata: Record<string, string>
  /** Promotion codes (`promo_…`) that the order was bought with. Sorted, unique. */
  promotionCodes: string[]
  /** The earliest success event's `created`; null while none was a success. */
  succeededAt: number | null
}

/** One question to Stripe that a webhook could not answer by itself; asked through the outbox. */
export type Lookup =
  /** The invoice with its payments and lines. */
  | { kind: 'stripe.invoice'; id: string; account: string | null }
  /** The checkout session with its lines. */
  | { kind: 'stripe.session'; id: string; account: string | null }
  /** The lines of what a payment intent paid: those of its session or invoice, or none. */
  | { kind: 'stripe.items'; id: string; account: string | null }
  | { kind: 'stripe.customer'; id: string; account: string | null }
  /** A charge (with its payment intent), when a refund or dispute named one not seen yet. */
  | { kind: 'stripe.charge'; id: string; account: string | null }
  /** The object a thin event is about; `type` is the event's type without its `v1.`. */
  | { kind: 'stripe.event'; id: string; account: string | null; type: string; object: string; eventAt: number }

export interface PaymentFact {
  kind: 'payment'
  parts: PaymentParts
}

/** A customer as Stripe described it at `at` (the event's time, or now when fetched). */
export interface CustomerFact {
  kind: 'customer'
  id: string
  account: string | null
  at: number
  /** Breaks ties within a second: created 0, updated 1, fetched 2, deleted 3. */
  rank: number
  deleted: boolean
  email: string | null
  name: string | null
  phone: string | null
  language: string | null
}

export type SubscriptionStatus =
  | 'incomplete'
  | 'incomplete_expired'
  | 'trialing'
  | 'active'
  | 'past_due'
  | 'canceled'
  | 'unpaid'
  | 'paused'

/** A subscription as of `at`; the newest wins. Kept for paid tiers and churn. */
export interface SubscriptionFact {
  kind: 'subscription'
  id: string
  account: string | null
  at: number
  rank: number
  customer: string | null
  status: SubscriptionStatus | (string & {})
  items: {
    product: string | null
    price: string | null
    quantity: number
    amountMinor: number | null
    currency: string | null
    interval: string | null
    intervalCount: number
  }[]
  startedAt: number | null
  currentPeriodEnd: number | null
  cancelAt: number | null
  cancelAtPeriodEnd: boolean
  canceledAt: number | null
  endedAt: number | null
  trialEnd: number | null
  paused: boolean
  /** Why it was cancelled, where Stripe says so: `cancellation_requested`, `payment_failed`, `payment_disputed`. */
  cancelReason?: string
  /** What the customer ticked when cancelling: `too_expensive`, `unused` and the like. */
  cancelFeedback?: string
}

/** A payment of an invoice failed. Kept for the alert `payment_failed`. */
export interface InvoiceFailureFact {
  kind: 'invoice_failure'
  invoice: string
  account: string | null
  at: number
  customer: string | null
  email: string | null
  subscription: string | null
  currency: string | null
  amountMinor: number
  attempt: number
  nextAttemptAt: number | null
}

/** The vendor made what a redemption asked for. Nulls for what this kind of reward has not. */
export interface RewardMadeFact {
  kind: 'reward_made'
  redemption: string
  /** What the member enters at checkout. */
  code: string | null
  promotionCode: string | null
  coupon: string | null
  /** The credit's balance transaction. */
  transaction: string | null
}

/** The vendor will not make it, whatever is tried: `reason` in words that staff can read. */
export interface RewardRefusedFact {
  kind: 'reward_refused'
  redemption: string
  reason: string
}

/** A reward's code cannot be used any more, because we ended it. `used`: somebody was faster. */
export interface RewardEndedFact {
  kind: 'reward_ended'
  redemption: string
  used: boolean
}

/** What a vendor says of a promotion code (`promo_…`), by an event of its own. */
export interface CodeFact {
  kind: 'code'
  promotionCode: string
  at: number
  timesRedeemed: number
  active: boolean
}

export type RewardFact = RewardMadeFact | RewardRefusedFact | RewardEndedFact | CodeFact

export type Fact = PaymentFact | CustomerFact | SubscriptionFact | InvoiceFailureFact | RewardFact

/**
 * What the outbox (kind `stripe.reward`, key: the redemption's id) asks the vendor to do. It says everything, so that the
 * deliverer need not ask anybody. No personal data.
 */
export type RewardOrder =
  | {
      do: 'make'
      redemption: string
      /** The reward's name, for Stripe's dashboard. */
      name: string
      /** The Stripe customer who alone may use it; null where the member has none. A credit always has one. */
      customer: string | null
      fulfil:
        | {
            kind: 'promotion_code'
            /** The code wished for; deterministic, so that a second try finds the first. */
            code: string
            /** Minor units by currency; null where it is a percentage. */
            amountsOff: Record<string, number> | null
            percentOff: number | null
            expiresAt: number | null
          }
        | { kind: 'credit'; amountMinor: number; currency: string }
    }
  /** `promotionCode` is null where nobody knows yet whether one was made: then it is looked for. */
  | { do: 'end'; redemption: string; promotionCode: string | null }

export const emptyParts = (): PaymentParts => ({
  names: [],
  account: null,
  currency: null,
  charges: {},
  intents: {},
  sessions: {},
  invoices: {},
  refunds: {},
  disputes: {},
  tax: null,
  shipping: null,
  tip: null,
  items: null,
  itemsFrom: null,
  customer: null,
  emails: { session: null, billing: null, receipt: null },
  name: null,
  phone: null,
  language: null,
  subscription: null,
  renewal: false,
  metadata: {},
  promotionCodes: [],
  succeededAt: null,
})
