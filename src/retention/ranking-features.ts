/**
 * What a history says of whether somebody will buy, in numbers that a regression can weigh: what MBG/NBD says, and what it
 * does not see, which is how evenly somebody buys and how much they spend.
 */
import type { Forecaster } from './bg-nbd.ts'
import { intervalsOf, medianOf } from './rhythm.ts'
import { historyUntil, summarise } from './summaries.ts'
import type { BuyingHistory, Summary } from './types.ts'

/** That depend on how far ahead one looks. */
const FORECASTS = ['chance', 'expected'] as const
const STANDING = ['often', 'since', 'late', 'late_even', 'early_even', 'uneven', 'rhythm', 'spend'] as const
const FEATURES = [...FORECASTS, ...STANDING] as const
export type Feature = (typeof FEATURES)[number]
type Standing = Record<(typeof STANDING)[number], number>

/** A habit shows from so many intervals on; older ones than the last ten say little of it. */
const INTERVALS_FOR_RHYTHM = 2
const MOST_INTERVALS = 10
/** Of logarithms and odds: beyond it a number is as good as nothing, or as everything. */
const BOUND = 20

const bounded = (value: number): number => (Number.isNaN(value) ? 0 : Math.min(BOUND, Math.max(-BOUND, value)))

/**
 * The logarithm of the odds that they buy at all in the weeks to come. Under these models somebody leaves right after a
 * purchase only, so it is P(alive) times the chance that a rate of Gamma(r + x, alpha + T) brings a purchase.
 */
export function chanceLogit({ parameters, alive }: Forecaster, summary: Summary, weeks: number): number {
  const [shape, scale] = [parameters.r + summary.repeats, parameters.alpha + Math.max(0, summary.age)]
  const chance = alive(summary) * -Math.expm1(-shape * Math.log1p(Math.max(0, weeks) / scale))
  return bounded(Math.log(chance) - Math.log1p(-chance))
}

/** The logarithm of the purchases expected in the weeks to come. */
export const expectedLog = (forecaster: Forecaster, summary: Summary, weeks: number): number =>
  bounded(Math.log(forecaster.purchases(summary, weeks)))

/** What a customer spends at a time; nothing where it was given back. */
const meanSpendOf = ({ spend }: BuyingHistory): number =>
  spend.length === 0 ? 0 : Math.max(0, spend.reduce((sum, one) => sum + one, 0) / spend.length)

/** What customers of a shop usually spend at a time; 0 where none spends anything. */
export const typicalSpendOf = (histories: readonly BuyingHistory[]): number =>
  medianOf(histories.map(meanSpendOf).filter((mean) => mean > 0)) ?? 0

/** Of a history that ends by the day. `typicalSpend` is the shop's, in the unit of the history's. */
export function standingOf(history: BuyingHistory, untilDay: number, typicalSpend: number): Standing {
  const days = Math.max(0, untilDay - (history.days.at(-1) ?? untilDay))
  const spend = typicalSpend > 0 ? bounded(Math.log(meanSpendOf(history) / typicalSpend + 0.1)) : 0
  return { often: Math.log(history.days.length), since: Math.log1p(days), ...rhythmOf(history, days), spend }
}

const NO_RHYTHM = { late: 0, late_even: 0, early_even: 0, uneven: 0, rhythm: 0 }

function rhythmOf(history: BuyingHistory, daysSince: number): Omit<Standing, 'often' | 'since' | 'spend'> {
  if (history.days.length <= INTERVALS_FOR_RHYTHM) return NO_RHYTHM
  const intervals = intervalsOf(history).slice(-MOST_INTERVALS)
  const logs = intervals.map(Math.log)
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length
  const uneven = Math.sqrt(logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / logs.length)
  const late = Math.log((daysSince + 1) / ((medianOf(intervals) ?? 0) + 1))
  const even = Math.max(0, 1 - uneven)
  return { late, late_even: Math.max(0, late) * even, early_even: Math.min(0, late) * even, uneven, rhythm: 1 }
}

/** Customers as they were known on a day, with their features in rows; those of forecasts come with the look ahead. */
export interface Snapshot {
  day: number
  forecaster: Forecaster
  summaries: readonly Summary[]
  /** Where each stands among all histories. */
  whose: readonly number[]
  standing: readonly Standing[]
}

/** What was known on the day of those who had bought by then. */
export function takeSnapshot(
  histories: readonly BuyingHistory[],
  day: number,
  forecasterOf: (summaries: readonly Summary[]) => Forecaster | null,
): Snapshot | null {
  const [summaries, whose, known]: [Summary[], number[], BuyingHistory[]] = [[], [], []]
  for (const [i, history] of histories.entries()) {
    const summary = summarise(history, day)
    if (summary === null) continue
    summaries.push(summary)
    whose.push(i)
    known.push(historyUntil(history, day))
  }
  const forecaster = forecasterOf(summaries)
  if (forecaster === null) return null
  const typicalSpend = typicalSpendOf(known)
  return { day, forecaster, summaries, whose, standing: known.map((one) => standingOf(one, day, typicalSpend)) }
}

/**
 * How little is known of a customer's own rate yet, from 1 to 0: the rate is (r + x) / (alpha + T), so what something else
 * says of it, as spend does, fades as alpha / (alpha + T). A weight that did not fade would go on counting among old
 * customers what holds for new ones, and rank them worse once a shop has fewer new ones.
 */
const unknownOf = ({ parameters }: Forecaster, { age }: Summary): number =>
  parameters.alpha / (parameters.alpha + Math.max(0, age))

/** The features of one customer, in the order asked for. */
export function featuresOf(
  features: readonly Feature[],
  {
    forecaster,
    summary,
    standing,
    weeks,
  }: { forecaster: Forecaster; summary: Summary; standing: Standing; weeks: number },
): number[] {
  return features.map((feature) => {
    if (feature === 'chance') return chanceLogit(forecaster, summary, weeks)
    if (feature === 'expected') return expectedLog(forecaster, summary, weeks)
    if (feature === 'spend') return standing.spend * unknownOf(forecaster, summary)
    return standing[feature]
  })
}
