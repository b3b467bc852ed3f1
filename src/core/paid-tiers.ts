/**
 * Tiers that are held while a Stripe subscription is. They follow from all that was said of a member's subscriptions, each
 * description at its time, so that they come out the same in whatever order the events arrive.
 */
import type { Program } from '../program/schema.ts'
import type { Level } from '../program/tiers.ts'
import { DAY_MS } from './calendar.ts'
import type { SubscriptionFact } from './facts.ts'
import type { HeldSubscription, Member, SubscriptionState } from './state.ts'
import type { TierSegment } from './tiers.ts'

/** The paid part of a member's tiers, kept with the earned one. */
export interface PaidTiers {
  /** The program's levels, lowest first: the higher of earned and paid is held. */
  order: string[]
  /** When which paid level was and is held, oldest first, the higher of two. Some may begin or end in the future. */
  held: TierSegment[]
  /** What begins or ends up to here is written down. */
  asOf: number
}

type Paid = NonNullable<Level['paid']>
interface Stretch {
  since: number
  /** null: as long as the subscription runs. */
  until: number | null
}

/** Enough for what may come late. What said nothing new goes first, so that years of renewals fit. */
const STATES_LIMIT = 20
/** As many as Stripe lets a subscription have. */
const ITEMS_LIMIT = 20
/** The last moment that a date can be: https://tc39.es/ecma262/#sec-time-values-and-time-range */
const LAST_MOMENT = 8_640_000_000_000_000

// -------------------------------------------------------------------------------------------------- what is said of one

/** In the order in which a subscription goes through them: of two descriptions of one second the further one stands. */
const COURSE = ['incomplete', 'trialing', 'active', 'past_due', 'unpaid', 'paused', 'incomplete_expired', 'canceled']

const contentOf = ({ status, products, prices, trialEnd, cancelAt, endedAt, paused }: SubscriptionState): string =>
  JSON.stringify([status, products, prices, trialEnd, cancelAt, endedAt, paused])

const byTime = (a: SubscriptionState, b: SubscriptionState): number =>
  a.at - b.at ||
  a.rank - b.rank ||
  COURSE.indexOf(a.status) - COURSE.indexOf(b.status) ||
  (contentOf(a) < contentOf(b) ? -1 : contentOf(a) > contentOf(b) ? 1 : 0)

const saysTheSame = (a: SubscriptionState, b: SubscriptionState): boolean => contentOf(a) === contentOf(b)

const known = (ids: readonly (string | null)[]): string[] =>
  [...new Set(ids.filter((id) => id !== null))].sort().slice(0, ITEMS_LIMIT)

function stateOf(fact: SubscriptionFact): SubscriptionState {
  const { at, rank, status, items, trialEnd, currentPeriodEnd, cancelAt, cancelAtPeriodEnd, endedAt, paused } = fact
  return {
    at,
    rank,
    status,
    products: known(items.map(({ product }) => product)),
    prices: known(items.map(({ price }) => price)),
    trialEnd,
    cancelAt: cancelAt ?? (cancelAtPeriodEnd ? currentPeriodEnd : null),
    endedAt,
    paused,
  }
}

function statesOf(subscription: HeldSubscription): SubscriptionState[] {
  const { at, rank, status, products, prices, trialEnd, cancelAt, endedAt, paused, earlier } = subscription
  return [...earlier, { at, rank, status, products, prices, trialEnd, cancelAt, endedAt, paused }]
}

/** Where there are too many, the oldest that said nothing new goes first; how it began stays. */
function bounded(states: readonly SubscriptionState[]): SubscriptionState[] {
  const kept = [...states]
  while (kept.length > STATES_LIMIT) {
    const repeated = kept.findIndex((state, i) => i > 0 && saysTheSame(kept[i - 1] as SubscriptionState, state))
    kept.splice(Math.max(1, repeated), 1)
  }
  return kept
}

/** What is known of a subscription with one more description of it; the same object where it was known already. */
export function learnSubscription(before: HeldSubscription | undefined, fact: SubscriptionFact): HeldSubscription {
  const state = stateOf(fact)
  const states = before === undefined ? [] : statesOf(before)
  if (before !== undefined && states.some((one) => byTime(one, state) === 0)) return before
  const sorted = bounded([...states, state].sort(byTime))
  const newest = sorted.at(-1) as SubscriptionState
  const isNewest = newest === state
  return {
    ...newest,
    customer: isNewest || before === undefined ? fact.customer : before.customer,
    // Backdating aside Stripe never changes it; of two the earlier stands.
    startedAt: least(before?.startedAt ?? null, fact.startedAt),
    currentPeriodEnd: isNewest || before === undefined ? fact.currentPeriodEnd : before.currentPeriodEnd,
    pastDueSince: pastDueAt(sorted, sorted.length - 1),
    earlier: sorted.slice(0, -1),
  }
}

const least = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : Math.min(a, b))

/** Since when it was past due as of that description; null: it was not. */
function pastDueAt(states: readonly SubscriptionState[], index: number): number | null {
  if (states[index]?.status !== 'past_due') return null
  const before = states.findLastIndex((state, i) => i < index && state.status !== 'past_due')
  return states[before + 1]?.at ?? null
}

// -------------------------------------------------------------------------------------------------- when a level is held

const isFor = ({ products, prices }: SubscriptionState, paid: Paid): boolean =>
  products.some((product) => paid.products.includes(product)) || prices.some((price) => paid.prices.includes(price))

const isHolding = ({ status, paused }: SubscriptionState, paid: Paid): boolean =>
  !paused && (status === 'active' || status === 'past_due' || (status === 'trialing' && paid.trial))

/**
 * When the first thing we heard began: with the subscription. Of one that was over when we first heard of it nothing is
 * known but when it began and ended.
 */
function beganAt(startedAt: number | null, first: SubscriptionState, paid: Paid): number | null {
  if (!isHolding(first, paid) && (first.status !== 'canceled' || first.endedAt === null)) return null
  const began = Math.min(startedAt ?? first.at, first.at)
  return paid.trial || first.trialEnd === null ? began : Math.max(began, Math.min(first.trialEnd, first.at))
}

/** When a description by itself lets go of the tier, should nothing else be heard. */
function runsUntil(state: SubscriptionState, paid: Paid, pastDueSince: number | null): number | null {
  const grace = paid.pastDueDays * DAY_MS
  const ends = [
    state.cancelAt,
    pastDueSince === null ? null : pastDueSince + grace,
    // That the trial is over and was paid for is said by an event of its own: until then it is as with a renewal, and
    // a day at least, as the event may take its time.
    state.status === 'trialing' && state.trialEnd !== null ? state.trialEnd + Math.max(grace, DAY_MS) : null,
  ]
  const end = ends.reduce(least)
  return end === null ? null : Math.min(end, LAST_MOMENT)
}

/** When this subscription holds the level, oldest first; pieces may touch. */
function stretchesOf(subscription: HeldSubscription, paid: Paid): Stretch[] {
  const states = statesOf(subscription)
  // Ended is ended: nothing revives a subscription.
  const endedAt = states.map((state) => state.endedAt).reduce(least, null)
  return states.flatMap((state, i): Stretch[] => {
    if (!isFor(state, paid)) return []
    const since = i === 0 ? beganAt(subscription.startedAt, state, paid) : isHolding(state, paid) ? state.at : null
    if (since === null) return []
    const said = state.status === 'canceled' ? null : runsUntil(state, paid, pastDueAt(states, i))
    const until = [said, endedAt, states[i + 1]?.at ?? null].reduce(least)
    return until !== null && until <= since ? [] : [{ since, until }]
  })
}

/** Stretches that overlap or touch are one. */
function joined(stretches: readonly Stretch[]): Stretch[] {
  const result: Stretch[] = []
  for (const stretch of [...stretches].sort((a, b) => a.since - b.since)) {
    const last = result.at(-1)
    if (last === undefined || (last.until !== null && last.until < stretch.since)) result.push({ ...stretch })
    else if (last.until !== null) last.until = stretch.until === null ? null : Math.max(last.until, stretch.until)
  }
  return result
}

const covers = ({ since, until }: Stretch, at: number): boolean => since <= at && (until === null || until > at)

/** When which paid level is held, the highest of several, oldest first, with gaps where none is. */
export function paidSegments(program: Program, subscriptions: Member['subscriptions']): TierSegment[] {
  const levels = (program.tiers?.levels ?? []).flatMap(({ id, paid }) => {
    if (paid === null) return []
    return [{ id, held: joined(Object.values(subscriptions).flatMap((one) => stretchesOf(one, paid))) }]
  })
  const edges = levels.flatMap(({ held }) => held.flatMap(({ since, until }) => [since, until]))
  const times = [...new Set(edges.filter((at) => at !== null))].sort((a, b) => a - b)
  const segments: TierSegment[] = []
  for (const at of times) {
    const highest = levels.findLast(({ held }) => held.some((stretch) => covers(stretch, at)))
    const until = highest?.held.find((stretch) => covers(stretch, at))?.until ?? null
    const last = segments.at(-1)
    const isHeld = last !== undefined && (last.until === null || last.until > at)
    if (isHeld && last.id === highest?.id) continue
    // A lower level gives way to a higher one before its own end.
    if (isHeld) last.until = at
    if (highest !== undefined) segments.push({ id: highest.id, since: at, until })
  }
  return segments
}

/** When the first paid tier made its holder a member; null where members ask for it, and where none was held. */
export function enrolsAt({ subscriptions }: Pick<Member, 'subscriptions'>, program: Program): number | null {
  const { automatic, consent } = program.enrolment
  if (!automatic || consent !== 'implied' || Object.keys(subscriptions).length === 0) return null
  return paidSegments(program, subscriptions)[0]?.since ?? null
}

export const hasPaidLevels = (program: Program): boolean =>
  program.tiers?.levels.some(({ paid }) => paid !== null) ?? false

/** The paid part as it follows from the subscriptions; undefined where nothing was ever held. */
export function paidTiers(member: Member, program: Program): PaidTiers | undefined {
  const { tiers, subscriptions } = member
  if (tiers === null || program.tiers === null || Object.keys(subscriptions).length === 0) return undefined
  const held = paidSegments(program, subscriptions)
  if (held.length === 0) return undefined
  return { order: program.tiers.levels.map(({ id }) => id), held, asOf: tiers.paid?.asOf ?? tiers.start }
}

// -------------------------------------------------------------------------------------------------- earned and paid together

const edgesOf = ({ held }: PaidTiers): number[] =>
  held.flatMap(({ since, until }) => (until === null ? [since] : [since, until]))

/** When a paid tier next begins or ends by itself, of what is not written down yet; null: it does not. */
export function nextPaidEdge(paid: PaidTiers | undefined): number | null {
  if (paid === undefined) return null
  return edgesOf(paid)
    .filter((at) => at > paid.asOf)
    .reduce<number | null>((first, at) => least(first, at), null)
}

const laterOf = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? null : Math.max(a, b)

/**
 * The higher of the earned and the paid level at any time, oldest first, as far as it is written down. The list begins with
 * what was earned: who holds a paid tier from the first moment did not hold it before.
 */
export function combineTiers(earned: readonly TierSegment[], paid: PaidTiers): TierSegment[] {
  const [first] = earned
  if (first === undefined) return []
  const { order, held, asOf } = paid
  const rank = (id: string | null): number => (id === null ? -1 : order.indexOf(id))
  const written = held.filter(({ since }) => since <= asOf)
  const edges = edgesOf(paid).filter((at) => at <= asOf && at > first.since)
  const times = [...new Set([...earned.map(({ since }) => since), ...edges])].sort((a, b) => a - b)
  const result: TierSegment[] = [{ ...first }]
  for (const since of times) {
    const own = earned.findLast((segment) => segment.since <= since) ?? first
    const bought = written.find(({ since: from, until }) => from <= since && (until === null || until > since))
    const [mine, theirs] = [rank(own.id), rank(bought?.id ?? null)]
    const until =
      theirs > mine ? (bought?.until ?? null) : theirs === mine && bought ? laterOf(own.until, bought.until) : own.until
    const id = theirs > mine ? (bought?.id ?? null) : own.id
    const last = result.at(-1) as TierSegment
    if (last.id === id) last.until = until
    else result.push({ id, since, until })
  }
  return result
}
