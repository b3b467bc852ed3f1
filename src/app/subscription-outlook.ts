/** What can be said of a member who subscribes: what it brings, how likely it is renewed, and whether staff should worry. */
import { localDay } from '../core/calendar.ts'
import type { SubscriptionFact } from '../core/facts.ts'
import type { Member } from '../core/state.ts'
import { endsAt, isRunning, monthlyMinor } from '../core/subscriptions.ts'
import type { Program } from '../program/schema.ts'
import { renewalOf, wholeMonths } from '../retention/renewals.ts'
import type { RenewalCurve, Risk } from '../retention/types.ts'
import type { Tx } from './store-port.ts'

export interface SubscriptionOutlook {
  /** Guessed, of one at least: nothing was learnt yet of how long such subscriptions last. */
  isEstimate: boolean
  /** Whether one goes on: active, on trial, or late with a payment. Else the last that is still unpaid. */
  isRunning: boolean
  /** Of all that go on, in the program's currency; minor units, whole. 0 where prices are not known. */
  monthlyMinor: number
  /** When the oldest of them began. */
  since: number
  /** Chance that the next month of the one worth most is paid for; 0 where it is cancelled or unpaid. */
  renewalProbability: number
  risk: Risk
  /** Months still to be paid for within three years, and what they bring; minor units, whole. */
  expectedMonths: number
  valueMinor: number
}

export interface Judging {
  program: Program
  renewals: readonly RenewalCurve[]
  now: number
  /** What is to come is worth so much less a year; 0.1 is 10 %. */
  discount?: number
}

/** Below this chance for the next three months one is to be worried about. */
const WORRY_BELOW = 0.8
const RISKS: readonly Risk[] = ['low', 'medium', 'high']

/** Whether anything of it is still to be hoped for: not one that was never paid for, or that ended. */
const isOpen = (fact: SubscriptionFact): boolean =>
  isRunning(fact) || (fact.endedAt === null && fact.status === 'unpaid')

/** The newest of what is known of the member's own subscriptions; null where none goes on or waits to be paid. */
export function subscriptionOutlook(
  tx: Pick<Tx, 'subscriptionsOf'>,
  member: Pick<Member, 'customers'>,
  judging: Judging,
): SubscriptionOutlook | null {
  const customers = Object.keys(member.customers)
  if (customers.length === 0) return null
  // As of a day in the past there was nothing yet of what began later.
  const { now, program } = judging
  const today = localDay(now, program.timezone)
  const begun = tx
    .subscriptionsOf(customers)
    .filter(({ startedAt, at }) => localDay(startedAt ?? at, program.timezone) <= today)
  return outlookOfSubscriptions(begun, judging)
}

export function outlookOfSubscriptions(
  facts: readonly SubscriptionFact[],
  judging: Judging,
): SubscriptionOutlook | null {
  const open = facts.filter((fact) => fact.account === null && isOpen(fact))
  const running = open.filter(isRunning)
  const parts = (running.length > 0 ? running : open).map((fact) => outlookOfOne(fact, judging))
  const [first, ...others] = parts
  if (first === undefined) return null
  const main = others.reduce((most, one) => (one.monthlyMinor > most.monthlyMinor ? one : most), first)
  const sum = (of: (one: SubscriptionOutlook) => number): number => parts.reduce((total, one) => total + of(one), 0)
  return {
    isEstimate: parts.some(({ isEstimate }) => isEstimate),
    isRunning: running.length > 0,
    monthlyMinor: Math.round(sum((one) => one.monthlyMinor)),
    since: Math.min(...parts.map(({ since }) => since)),
    renewalProbability: main.renewalProbability,
    risk: RISKS[Math.max(...parts.map(({ risk }) => RISKS.indexOf(risk)))] ?? 'low',
    expectedMonths: main.expectedMonths,
    valueMinor: sum(({ valueMinor }) => valueMinor),
  }
}

function outlookOfOne(fact: SubscriptionFact, { program, renewals, now, discount = 0 }: Judging): SubscriptionOutlook {
  const since = fact.startedAt ?? fact.at
  // As with the curves, months on trial do not count.
  const paidSince = Math.max(since, fact.trialEnd ?? since)
  const months = wholeMonths(localDay(paidSince, program.timezone), localDay(now, program.timezone))
  const price = monthlyMinor(program, fact)
  const renewal = renewalOf(renewals, { monthlyMinor: price, months }, { discount })
  const isEnding = endsAt(fact) !== null
  const isLate = fact.status === 'past_due' || fact.status === 'unpaid'
  const goesOn = !isEnding && fact.status !== 'unpaid'
  return {
    // That it ends, or was not paid, is known.
    isEstimate: goesOn && renewal.isEstimate,
    isRunning: isRunning(fact),
    monthlyMinor: price ?? 0,
    since,
    renewalProbability: goesOn ? renewal.nextMonth : 0,
    risk: isEnding || isLate ? 'high' : renewal.nextThreeMonths < WORRY_BELOW ? 'medium' : 'low',
    expectedMonths: goesOn ? renewal.expectedMonths : 0,
    valueMinor: goesOn ? renewal.valueMinor : 0,
  }
}
