/**
 * What staff should hear of subscribers: a payment that failed, a wish to end. Follows from what stands of invoices and
 * subscriptions alone, not from the order in which we heard of it, so that late news neither opens nor keeps anything open.
 */
import type { AlertDraft } from '../core/alert-state.ts'
import { DAY_MS, localDate } from '../core/calendar.ts'
import type { InvoiceFailureFact, SubscriptionFact } from '../core/facts.ts'
import { count, day, money, stopped } from '../core/sentences.ts'
import { inProgramCurrency } from '../core/spend.ts'
import { endOf, endsAt, subscriptionWords, yearlyMinor } from '../core/subscriptions.ts'
import type { Program } from '../program/schema.ts'

/** An occasion that stands. */
export interface Standing {
  draft: AlertDraft
  /** Whether it is recent enough to be opened for; one that is open stays so. */
  isNews: boolean
}

interface Known {
  program: Program
  now: number
}

const WINDOW_DAYS = 30
/** Stripe tries again for two months at the most. */
const FAILURE_NEWS_DAYS = 60
/** Whoever left longer ago is not to be won back by haste. */
const END_NEWS_DAYS = 30
/** Stripe notes the wish and the beginning in two steps. */
const AT_ONCE_MS = 60_000

/** Checkouts that were never paid for are no subscriptions yet. */
const hasBegun = ({ status }: SubscriptionFact): boolean => status !== 'incomplete' && status !== 'incomplete_expired'

// ------------------------------------------------------------------------------------------------- payments that fail

export interface UnpaidInvoice extends Known {
  /** All that is known of its failures: one at least. */
  failures: readonly InvoiceFailureFact[]
  /** Whether it was paid in the end. */
  isPaid: boolean
  /** The newest of its subscription; null for an invoice on its own, or where nothing is known of it. */
  subscription: SubscriptionFact | null
}

export const newestFailure = (failures: readonly InvoiceFailureFact[]): InvoiceFailureFact | undefined =>
  [...failures].sort((a, b) => a.attempt - b.attempt || a.at - b.at).at(-1)

/** Null where nothing is owed any more. */
export function paymentFailed({ failures, isPaid, subscription, program, now }: UnpaidInvoice): Standing | null {
  const last = newestFailure(failures)
  if (last === undefined || isPaid || (subscription !== null && isSettled(subscription, last))) return null
  const ended = subscription === null ? null : endOf(subscription)
  return {
    draft: {
      kind: 'payment_failed',
      occasion: last.invoice,
      valueMinor: atStake(last, subscription, program),
      reason: failureSentence(last, subscription, program),
      facts: {
        invoice: last.invoice,
        subscription: last.subscription,
        attempt: last.attempt,
        amountMinor: last.amountMinor,
        currency: last.currency,
        nextAttemptAt: ended === null ? isoOf(last.nextAttemptAt) : null,
        endedAt: isoOf(ended),
      },
      suggestion: null,
      windowDays: WINDOW_DAYS,
    },
    isNews: isSince(last.at, FAILURE_NEWS_DAYS, now) && (ended === null || isSince(ended, END_NEWS_DAYS, now)),
  }
}

/** It was never begun, or it goes on since: whatever failed was made good, or given up. */
const isSettled = (subscription: SubscriptionFact, { at }: InvoiceFailureFact): boolean =>
  !hasBegun(subscription) ||
  (subscription.at > at && (subscription.status === 'active' || subscription.status === 'trialing'))

/** A year of the subscription; of an invoice on its own, or where its price is not known, what is owed. */
function atStake(last: InvoiceFailureFact, subscription: SubscriptionFact | null, program: Program): number {
  const year = subscription === null ? null : yearlyMinor(program, subscription)
  return year ?? inProgramCurrency(program, last.amountMinor, last.currency) ?? 0
}

/** "The payment for the $19.00 monthly subscription was declined twice; Stripe tries again on Dec 3, 2026." */
function failureSentence(last: InvoiceFailureFact, subscription: SubscriptionFact | null, program: Program): string {
  const amount = last.currency === null ? '' : ` of ${money(last.amountMinor, last.currency, program.locale)}`
  const what =
    subscription !== null
      ? `The payment for the ${subscriptionWords(subscription, program.locale)}`
      : `The payment${amount} for ${last.subscription === null ? 'an invoice' : 'a subscription'}`
  const ended = subscription === null ? null : endOf(subscription)
  const next =
    ended !== null
      ? `the subscription ended on ${day(ended, program)}`
      : last.nextAttemptAt === null
        ? 'no further try is planned'
        : `Stripe tries again on ${day(last.nextAttemptAt, program)}`
  return stopped(`${what} was declined${timesWords(last.attempt, program)}; ${next}`)
}

const timesWords = (times: number, { locale }: Program): string =>
  times < 2 ? '' : times === 2 ? ' twice' : ` ${count(times, locale)} times`

// ------------------------------------------------------------------------------------------------- wishes to end

export interface Subscribed extends Known {
  subscription: SubscriptionFact
  /** The newest of the member's others. */
  others: readonly SubscriptionFact[]
  /** Whether an invoice of it is owed still: where it ended without a reason, that was one. */
  isOwed: boolean
}

/** Null where it goes on, ended for want of payment or as agreed when it began, or another one was taken since. */
export function cancelling({ subscription, others, isOwed, program, now }: Subscribed): Standing | null {
  const ended = endOf(subscription)
  const wish = wishOf(subscription, isOwed)
  if (wish === null || others.some((other) => isTakenSince(other, wish, program))) return null
  const ends = endsAt(subscription)
  const isOnTrial = subscription.trialEnd !== null && wish < subscription.trialEnd
  return {
    draft: {
      kind: 'cancelling',
      occasion: `${subscription.id}.${localDate(wish, program.timezone)}`,
      valueMinor: yearlyMinor(program, subscription) ?? 0,
      reason: wishSentence(subscription, { wish, isOnTrial, program }),
      facts: {
        subscription: subscription.id,
        cancelledAt: isoOf(wish),
        endsAt: ended === null ? isoOf(ends) : null,
        endedAt: isoOf(ended),
        isTrial: isOnTrial ? 'yes' : 'no',
        feedback: subscription.cancelFeedback ?? null,
      },
      suggestion: null,
      windowDays: WINDOW_DAYS,
    },
    isNews: ended === null || isSince(ended, END_NEWS_DAYS, now),
  }
}

/** When the subscriber said so; null where it goes on, or was not ended by a wish. */
function wishOf(subscription: SubscriptionFact, isOwed: boolean): number | null {
  const { at, cancelAt, cancelAtPeriodEnd, cancelReason, canceledAt, startedAt } = subscription
  if (!hasBegun(subscription) || (cancelReason !== undefined && cancelReason !== 'cancellation_requested')) return null
  const wasAsked = cancelAt !== null || cancelAtPeriodEnd
  // So it was agreed from the beginning: a term is no wish to leave.
  const isTerm = canceledAt !== null && startedAt !== null && canceledAt < startedAt + AT_ONCE_MS
  if (wasAsked) return isTerm && cancelAt !== null ? null : (canceledAt ?? cancelAt ?? at)
  const ended = endOf(subscription)
  if (ended === null || (isOwed && cancelReason === undefined)) return null
  return canceledAt ?? ended
}

/** They took another one that day or later, whatever became of it. */
const isTakenSince = (other: SubscriptionFact, wish: number, { timezone }: Program): boolean =>
  hasBegun(other) && other.startedAt !== null && localDate(other.startedAt, timezone) >= localDate(wish, timezone)

const FEEDBACK_WORDS: ReadonlyMap<string, string> = new Map([
  ['customer_service', 'the service'],
  ['low_quality', 'the quality'],
  ['missing_features', 'something is missing'],
  ['switched_service', 'gone to somebody else'],
  ['too_complex', 'too complicated'],
  ['too_expensive', 'too expensive'],
  ['unused', 'hardly used'],
])

/** "Cancelled on Nov 12, 2026; the $19.00 monthly subscription ends on Dec 3, 2026. Reason given: too expensive." */
function wishSentence(
  subscription: SubscriptionFact,
  { wish, isOnTrial, program }: { wish: number; isOnTrial: boolean; program: Program },
): string {
  const [ended, ends] = [endOf(subscription), endsAt(subscription)]
  const end =
    ended !== null
      ? `ended on ${day(ended, program)}`
      : ends !== null
        ? `ends on ${day(ends, program)}`
        : 'ends with what is paid for'
  const told = FEEDBACK_WORDS.get(subscription.cancelFeedback ?? '')
  const what = subscriptionWords(subscription, program.locale)
  const when = `Cancelled on ${day(wish, program)}${isOnTrial ? ', while on trial' : ''}`
  return `${stopped(`${when}; the ${what} ${end}`)}${told === undefined ? '' : ` Reason given: ${told}.`}`
}

const isSince = (at: number, days: number, now: number): boolean => at > now - days * DAY_MS
const isoOf = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())
