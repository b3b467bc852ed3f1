/**
 * How long subscriptions last: Kaplan–Meier in whole months (Kaplan & Meier 1958), by price. One that runs still, or that we
 * cannot follow any further, counts as long as we saw it. A mark is a month's end: whoever goes on beyond it paid for the next.
 * What was cancelled and what could not be charged both end; months on trial do not count.
 */
import { addMonths, localDay } from '../core/calendar.ts'
import type { SubscriptionFact } from '../core/facts.ts'
import { endOf, monthlyMinor } from '../core/subscriptions.ts'
import type { Program } from '../program/schema.ts'
import type { RenewalCurve } from './types.ts'

/** One subscription as it was seen. */
export interface SubscriptionLife {
  /** Minor units of the program's currency; null where it is not known. */
  monthlyMinor: number | null
  /** Marks passed: of one that ended, the mark it ended at (1 or more); of one that runs, whole months so far. */
  months: number
  isOver: boolean
}

/** Said of whoever nothing is known about: one in twenty leaves each month. A stated guess, not a measurement. */
export const DEFAULT_MONTHLY_LOSS = 0.05
/** A band of price with fewer is joined with its neighbour. */
const BAND_MINIMUM = 30
const BANDS_LIMIT = 3
/** A mark that fewer reached says nothing. */
const AT_RISK_MINIMUM = 10
/** Beyond the curve the mean loss over its last months holds. */
const TAIL_MONTHS = 6
const HORIZON_MONTHS = 36
/** Nobody is certain to stay or to leave. */
const LOSS_RANGE: readonly [number, number] = [0.002, 0.98]
/** A period may end a few hours after the month does. */
const TOLERANCE_DAYS = 1
const MONTHS_IN_YEAR = 12

// ------------------------------------------------------------------------------------------------- how long one lasted

/** Whole calendar months from one local day to another; 0 where the other is earlier. */
export function wholeMonths(from: number, to: number): number {
  if (to <= from) return 0
  const [a, b] = [new Date(from * 86_400_000), new Date(to * 86_400_000)]
  const months = (b.getUTCFullYear() - a.getUTCFullYear()) * MONTHS_IN_YEAR + b.getUTCMonth() - a.getUTCMonth()
  return addMonths(from, months) > to ? months - 1 : months
}

/** When it began to be paid for; null where it never did, or is still on trial. */
function paidSince(fact: SubscriptionFact, now: number): number | null {
  const { status, startedAt, trialEnd } = fact
  if (startedAt === null || status === 'incomplete' || status === 'incomplete_expired') return null
  const since = Math.max(startedAt, trialEnd ?? startedAt)
  const end = endOf(fact)
  // Cancelled on trial: it was never paid for.
  return since > now || (end !== null && end <= since && trialEnd !== null) ? null : since
}

/** How long it was seen to last, the merchant's own ones only; null where it says nothing. */
export function lifeOf(fact: SubscriptionFact, program: Program, now: number): SubscriptionLife | null {
  const since = fact.account === null ? paidSince(fact, now) : null
  if (since === null) return null
  const end = endOf(fact)
  const from = localDay(since, program.timezone)
  const to = localDay(Math.min(end ?? now, now), program.timezone)
  const months = wholeMonths(from, to)
  const isOver = end !== null && end <= now
  const exact = monthlyMinor(program, fact)
  const price = exact === null ? null : Math.round(exact)
  if (!isOver) return { monthlyMinor: price, months, isOver }
  const isAtMark = months > 0 && addMonths(from, months) + TOLERANCE_DAYS >= to
  return { monthlyMinor: price, months: isAtMark ? months : months + 1, isOver }
}

// ------------------------------------------------------------------------------------------------- learning

/** Curves by price, the cheapest first; none where there is nothing to learn from. */
export function renewalCurves(lives: readonly SubscriptionLife[]): RenewalCurve[] {
  if (lives.length === 0) return []
  const priced = lives.filter((life) => life.monthlyMinor !== null && life.monthlyMinor > 0)
  const bounds = bandsOf(priced.map((life) => life.monthlyMinor ?? 0))
  // Where price makes no difference, those of unknown price count too.
  if (bounds.length === 1) return [curveOf(lives, null)]
  return bounds.map((upTo, n) => {
    const above = n === 0 ? 0 : (bounds[n - 1] ?? 0)
    const band = priced.filter(({ monthlyMinor: price }) => (price ?? 0) > above && (price ?? 0) <= (upTo ?? Infinity))
    return curveOf(band, upTo)
  })
}

/** Upper bounds by thirds of all prices, the last one open; those with too few are joined. */
function bandsOf(prices: readonly number[]): (number | null)[] {
  const sorted = [...prices].sort((a, b) => a - b)
  const most = sorted.at(-1) ?? 0
  const thirds = Array.from({ length: BANDS_LIMIT - 1 }, (_, n) => sorted[thirdAt(sorted.length, n + 1)] ?? most)
  const bounds: (number | null)[] = [...new Set(thirds)].filter((bound) => bound < most)
  const sizeOf = (list: readonly (number | null)[], n: number): number => {
    const [above, upTo] = [n === 0 ? -1 : (list[n - 1] ?? 0), list[n] ?? Infinity]
    return sorted.filter((price) => price > above && price <= upTo).length
  }
  bounds.push(null)
  while (bounds.length > 1) {
    const small = bounds.findIndex((_, n) => sizeOf(bounds, n) < BAND_MINIMUM)
    if (small === -1) break
    // Its upper bound falls; the open one has none, so the one before gives way.
    bounds.splice(small === bounds.length - 1 ? small - 1 : small, 1)
  }
  return bounds
}

const thirdAt = (length: number, n: number): number => Math.max(0, Math.ceil((length * n) / BANDS_LIMIT) - 1)

/** Kaplan–Meier: at each mark the share of those who reached it that went on. Ends where too few did. */
export function curveOf(lives: readonly SubscriptionLife[], upToMinor: number | null): RenewalCurve {
  const last = lives.reduce((most, { months }) => Math.max(most, months), 0)
  const seen = new Array<number>(last + 2).fill(0)
  const ended = new Array<number>(last + 2).fill(0)
  for (const { months, isOver } of lives) {
    seen[months] = (seen[months] ?? 0) + 1
    if (isOver) ended[months] = (ended[months] ?? 0) + 1
  }
  const survival = [1]
  let atRisk = lives.length - (seen[0] ?? 0)
  for (let mark = 1; mark <= last && atRisk >= AT_RISK_MINIMUM; mark++) {
    survival.push((survival[mark - 1] ?? 0) * (1 - (ended[mark] ?? 0) / atRisk))
    atRisk -= seen[mark] ?? 0
  }
  return { upToMinor, subscriptions: lives.length, survival }
}

// ------------------------------------------------------------------------------------------------- what is to be expected

export interface Renewal {
  /** Guessed: no other subscription says anything of it. */
  isEstimate: boolean
  /** Chance that the next month is paid for, 0 to 1. */
  nextMonth: number
  /** The same for the next three months, all of them. */
  nextThreeMonths: number
  /** Months still to be paid for within three years, on average. */
  expectedMonths: number
  /** What they bring, discounted where asked for; minor units, whole. */
  valueMinor: number
}

/** What is to be expected of a subscription that ran `months` whole months. Discounting is by the year: 0.1 is 10 %. */
export function renewalOf(
  curves: readonly RenewalCurve[],
  { monthlyMinor: price, months }: { monthlyMinor: number | null; months: number },
  { discount = 0 }: { discount?: number } = {},
): Renewal {
  const survival = curveFor(curves, price)?.survival ?? [1]
  const tail = tailLoss(survival)
  const start = Number.isFinite(months) ? Math.max(0, Math.floor(months)) : 0
  const monthly = price !== null && Number.isFinite(price) ? Math.max(0, price) : 0
  let [chance, expected, worth, three] = [1, 0, 0, 1]
  let next = 1
  for (let ahead = 1; ahead <= HORIZON_MONTHS; ahead++) {
    chance *= 1 - lossAt(survival, start + ahead, tail)
    if (ahead === 1) next = chance
    if (ahead <= 3) three = chance
    expected += chance
    worth += (chance * monthly) / (1 + Math.max(0, discount)) ** (ahead / MONTHS_IN_YEAR)
  }
  const valueMinor = Math.min(Math.round(worth), Number.MAX_SAFE_INTEGER)
  const isEstimate = survival.length < 2
  return { isEstimate, nextMonth: next, nextThreeMonths: three, expectedMonths: expected, valueMinor }
}

const curveFor = (curves: readonly RenewalCurve[], price: number | null): RenewalCurve | undefined =>
  price === null
    ? curves[Math.floor((curves.length - 1) / 2)]
    : (curves.find(({ upToMinor }) => upToMinor === null || Math.round(price) <= upToMinor) ?? curves.at(-1))

const within = (loss: number): number => Math.min(LOSS_RANGE[1], Math.max(LOSS_RANGE[0], loss))

/** The share lost at a mark of those who reached it. */
function lossAt(survival: readonly number[], mark: number, tail: number): number {
  const [before, after] = [survival[mark - 1], survival[mark]]
  return before === undefined || after === undefined || before <= 0 ? tail : within(1 - after / before)
}

/** The mean monthly loss over the curve's last months, as far as anybody was left. */
function tailLoss(survival: readonly number[]): number {
  const alive = survival.findLastIndex((share) => share > 0)
  const from = Math.max(0, alive - TAIL_MONTHS)
  const [first, last] = [survival[from] ?? 0, survival[alive] ?? 0]
  if (alive <= from || first <= 0) return DEFAULT_MONTHLY_LOSS
  return within(1 - (last / first) ** (1 / (alive - from)))
}
