// The one table of the events we understand. The webhook endpoint's subscription, the dispatch of `translateEvent`
// and the README's table are all made from it, so that they cannot drift apart.

/** What kind of object an event carries, hence who reads it. */
export type EventSubject =
  | 'charge'
  | 'payment_intent'
  | 'session'
  | 'invoice'
  | 'invoice_failure'
  | 'invoice_payment'
  | 'refund'
  | 'dispute'
  | 'customer'
  | 'subscription'
  | 'promotion_code'

export interface HandledEvent {
  subject: EventSubject
  /** What it does, in a sentence. */
  does: string
  /** True when this event alone says that money came in. */
  success?: true
  /** Left out of the webhook endpoint we make, as a newer event says the same. */
  superseded?: true
}

const moves = 'Says where the disputed money is, when that is known.'
const subscriptionState = "Keeps the subscription's state, for paid tiers and churn."

export const handledEvents = {
  'payment_intent.succeeded': {
    subject: 'payment_intent',
    success: true,
    does: 'A payment went through: amount received, tax, shipping and tip where given.',
  },
  'charge.succeeded': {
    subject: 'charge',
    success: true,
    does: 'Money was taken, or only authorised: what counts is what was captured.',
  },
  'charge.captured': {
    subject: 'charge',
    success: true,
    does: 'An authorised charge was captured, wholly or in part.',
  },
  'charge.updated': {
    subject: 'charge',
    does: 'Merges what changed in a charge: customer, e-mail, what was refunded.',
  },
  'charge.refunded': { subject: 'charge', does: 'Tells how much of a charge is refunded by now, in all.' },
  'checkout.session.completed': {
    subject: 'session',
    success: true,
    does: 'Who bought, with tax and shipping; the amount when it is paid. One for a subscription waits for its invoice.',
  },
  'checkout.session.async_payment_succeeded': {
    subject: 'session',
    success: true,
    does: 'A delayed payment of a checkout session came in.',
  },
  'invoice.paid': {
    subject: 'invoice',
    success: true,
    does: 'An invoice was paid, also outside Stripe: amount, tax, lines, subscription, first or renewal.',
  },
  'invoice.payment_succeeded': {
    subject: 'invoice',
    success: true,
    does: 'As `invoice.paid`, for payments through Stripe.',
  },
  'invoice.payment_failed': { subject: 'invoice_failure', does: 'Kept, to warn that a renewal is failing.' },
  'invoice_payment.paid': {
    subject: 'invoice_payment',
    success: true,
    does: 'Links an invoice with the payment intent or charge that paid it.',
  },
  'refund.created': { subject: 'refund', does: 'A refund began: its points are taken back.' },
  'refund.updated': { subject: 'refund', does: 'A refund changed: pending, succeeded, failed or cancelled.' },
  'refund.failed': { subject: 'refund', does: 'A refund failed: its points come back.' },
  'charge.refund.updated': { subject: 'refund', superseded: true, does: 'The older name of `refund.updated`.' },
  'charge.dispute.created': { subject: 'dispute', does: `${moves} An inquiry takes nothing.` },
  'charge.dispute.updated': { subject: 'dispute', does: moves },
  'charge.dispute.closed': { subject: 'dispute', does: `${moves} Lost: withdrawn. Won alone says nothing.` },
  'charge.dispute.funds_withdrawn': {
    subject: 'dispute',
    does: 'The disputed money was withdrawn: counts as refunded.',
  },
  'charge.dispute.funds_reinstated': { subject: 'dispute', does: 'The disputed money came back.' },
  'customer.created': { subject: 'customer', does: 'Keeps e-mail, name, phone and language of the customer.' },
  'customer.updated': { subject: 'customer', does: 'As above; the newest wins.' },
  'customer.deleted': { subject: 'customer', does: 'The customer is gone at Stripe; the member stays.' },
  'customer.subscription.created': { subject: 'subscription', does: subscriptionState },
  'customer.subscription.updated': { subject: 'subscription', does: subscriptionState },
  'customer.subscription.deleted': { subject: 'subscription', does: subscriptionState },
  'customer.subscription.paused': { subject: 'subscription', does: subscriptionState },
  'customer.subscription.resumed': { subject: 'subscription', does: subscriptionState },
  'promotion_code.updated': {
    subject: 'promotion_code',
    does: 'Says whether the code of a reward was used, and whether it can be.',
  },
} as const satisfies Record<string, HandledEvent>

export type HandledEventType = keyof typeof handledEvents

/** What we do with an event of this type; undefined for one we do not handle. */
export function handledEvent(type: string): HandledEvent | undefined {
  return Object.hasOwn(handledEvents, type) ? handledEvents[type as HandledEventType] : undefined
}

/** The events that the webhook endpoint is subscribed to. */
export const subscribedEvents: readonly Exclude<HandledEventType, 'charge.refund.updated'>[] = (
  Object.keys(handledEvents) as HandledEventType[]
).filter((type) => type !== 'charge.refund.updated')
