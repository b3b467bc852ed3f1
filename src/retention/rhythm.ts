/** How often customers buy by habit, and when a habit is broken. */
import { historyUntil } from './summaries.ts'
import type { BuyingHistory, Fit } from './types.ts'

export type Rhythm = NonNullable<Fit['rhythm']>

/** Fewer customers with a habit say nothing about a shop. */
const MIN_CUSTOMERS = 20
/** Nobody's habit counts more than that of ten intervals: a shop is not its three keenest customers. */
const MOST_INTERVALS = 10
/** Purchase days from which on somebody has usual days between them. */
const DAYS_FOR_USUAL = 3
/** Intervals from which on a habit can be broken. */
const INTERVALS_FOR_HABIT = 3
/** As many intervals of one's own count as much as the shop's. */
const SHOP_WEIGHT = 4
/** Where nothing is known of a shop: 95 % of intervals are within three times the usual one. */
const USUAL_SPREAD = 0.7
/** 95 % of a normal distribution lie below so many standard deviations. */
const NINETY_FIVE = 1.6449
const AT_LEAST = 1.5

export function medianOf(values: readonly number[]): number | null {
  if (values.length === 0) return null
  const sorted = [...values].sort((a, b) => a - b)
  const [low, high] = [sorted[(sorted.length - 1) >> 1] ?? 0, sorted[sorted.length >> 1] ?? 0]
  return (low + high) / 2
}

/** Days between purchases. */
export const intervalsOf = ({ days }: BuyingHistory): number[] =>
  days.slice(1).map((day, i) => Math.max(1, day - (days[i] ?? day)))

/** The median of their days between purchases; null with fewer than three purchase days. */
export function usualDays(history: BuyingHistory): number | null {
  return history.days.length < DAYS_FOR_USUAL ? null : medianOf(intervalsOf(history))
}

/** Mean and squared deviations of the logarithms of intervals. */
function logsOf(intervals: readonly number[]): { mean: number; deviations: number } {
  const logs = intervals.map(Math.log)
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length
  return { mean, deviations: logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) }
}

/**
 * The median of customers' own usual days, and how much intervals of one customer differ. Each customer's last intervals
 * count. Null while too few have a habit.
 */
export function rhythmOf(histories: readonly BuyingHistory[], untilDay: number): Rhythm | null {
  const usual: number[] = []
  let [deviations, freedom] = [0, 0]
  for (const history of histories) {
    const seen = historyUntil(history, untilDay)
    const own = usualDays(seen)
    if (own === null) continue
    usual.push(own)
    const last = intervalsOf(seen).slice(-MOST_INTERVALS)
    deviations += logsOf(last).deviations
    freedom += last.length - 1
  }
  const medianDays = usual.length < MIN_CUSTOMERS ? null : medianOf(usual)
  return medianDays === null ? null : { medianDays, logSpread: Math.sqrt(deviations / freedom) }
}

/**
 * The days since the last purchase beyond which their own rhythm is broken: 19 of 20 of their intervals are shorter, taken
 * as lognormal with a spread drawn to the shop's, and at least half as long again as usual. Null with fewer than three
 * intervals.
 */
export function overdueAfterDays(history: BuyingHistory, rhythm: Rhythm | null): number | null {
  const intervals = intervalsOf(history)
  const usual = medianOf(intervals)
  if (usual === null || intervals.length < INTERVALS_FOR_HABIT) return null
  const { mean, deviations } = logsOf(intervals)
  const shop = (rhythm?.logSpread ?? USUAL_SPREAD) ** 2
  const variance = (deviations + SHOP_WEIGHT * shop) / (intervals.length - 1 + SHOP_WEIGHT)
  // The mean is itself known from so many intervals only.
  const spread = Math.sqrt(variance * (1 + 1 / intervals.length))
  return Math.ceil(Math.max(AT_LEAST * usual, Math.exp(mean + NINETY_FIVE * spread)))
}
