// Customers and subscriptions: states of which the newest wins.
import type { CustomerFact, SubscriptionFact } from '../../src/core/facts.ts'
import { cleanEmail, cleanLanguage, cleanName, cleanPhone } from './identity.ts'
import { child, countOf, idOf, isAmount, type Json, list, Odd, timeOrNull } from './json.ts'
import type { Reading } from './payment-parts.ts'

/** Breaks ties between states of the same second. */
export const STATE_RANK = { created: 0, updated: 1, fetched: 2, deleted: 3 } as const

export function rankOf(type: string): number {
  if (type.endsWith('.created')) return STATE_RANK.created
  return type.endsWith('.deleted') ? STATE_RANK.deleted : STATE_RANK.updated
}

export function readCustomer(customer: Json, reading: Reading, rank: number): CustomerFact {
  const id = idOf(customer.id)
  if (id === null) throw new Odd('customer.id is missing')
  const locales = Array.isArray(customer.preferred_locales) ? customer.preferred_locales : []
  return {
    kind: 'customer',
    id,
    account: reading.account,
    at: reading.at,
    rank,
    deleted: customer.deleted === true || rank === STATE_RANK.deleted,
    email: cleanEmail(customer.email),
    name: cleanName(customer.name),
    phone: cleanPhone(customer.phone),
    language: cleanLanguage(locales[0]),
  }
}

type SubscriptionItem = SubscriptionFact['items'][number]

/** One line of a subscription; `amountMinor` is of the whole quantity, null where tiers decide. */
function readItem(item: Json): SubscriptionItem {
  const price = child(item, 'price') ?? child(item, 'plan')
  const recurring = (price && child(price, 'recurring')) ?? price
  const quantity = countOf(item.quantity, 1)
  const unit = price?.unit_amount ?? price?.amount
  const amount = isAmount(unit) ? unit * quantity : null
  return {
    product: idOf(price?.product),
    price: idOf(price?.id),
    quantity,
    amountMinor: isAmount(amount) ? amount : null,
    currency: typeof price?.currency === 'string' ? price.currency.toLowerCase() : null,
    interval: typeof recurring?.interval === 'string' ? recurring.interval : null,
    intervalCount: countOf(recurring?.interval_count, 1),
  }
}

/** The end of what is paid for: on the items since basil, on the subscription before. The latest one, where they differ. */
function currentPeriodEnd(subscription: Json, items: readonly Json[]): number | null {
  const ends = [subscription, ...items]
    .map((object) => timeOrNull(object.current_period_end))
    .filter((end) => end !== null)
  return ends.length === 0 ? null : Math.max(...ends)
}

const ENUM_VALUE = /^[a-z_]{1,40}$/

/** Why it was cancelled. The customer's own comment is left out: it may say anything. */
function cancellationOf(subscription: Json): Pick<SubscriptionFact, 'cancelReason' | 'cancelFeedback'> {
  const details = child(subscription, 'cancellation_details')
  const known = (value: unknown): value is string => typeof value === 'string' && ENUM_VALUE.test(value)
  return {
    ...(known(details?.reason) ? { cancelReason: details.reason } : {}),
    ...(known(details?.feedback) ? { cancelFeedback: details.feedback } : {}),
  }
}

export function readSubscription(subscription: Json, reading: Reading, rank: number): SubscriptionFact {
  const id = idOf(subscription.id)
  if (id === null) throw new Odd('subscription.id is missing')
  if (typeof subscription.status !== 'string') throw new Odd('subscription.status is missing')
  // Before items there was one plan and its quantity on the subscription itself.
  const items = list(subscription, 'items')?.items ?? (child(subscription, 'plan') ? [subscription] : [])
  return {
    kind: 'subscription',
    id,
    account: reading.account,
    at: reading.at,
    rank,
    customer: idOf(subscription.customer),
    status: subscription.status,
    items: items.map(readItem),
    startedAt: timeOrNull(subscription.start_date) ?? timeOrNull(subscription.created),
    currentPeriodEnd: currentPeriodEnd(subscription, items),
    cancelAt: timeOrNull(subscription.cancel_at),
    cancelAtPeriodEnd: subscription.cancel_at_period_end === true,
    canceledAt: timeOrNull(subscription.canceled_at),
    endedAt: timeOrNull(subscription.ended_at),
    trialEnd: timeOrNull(subscription.trial_end),
    paused: child(subscription, 'pause_collection') !== null || subscription.status === 'paused',
    ...cancellationOf(subscription),
  }
}
