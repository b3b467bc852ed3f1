/**
 * Histories as the models see them: how often, how recently and for how long (Fader, Hardie & Lee 2005), and many of them
 * grouped, since most customers bought once and share their numbers with others who began on the same day.
 */
import type { BuyingHistory, Summary } from './types.ts'

const DAYS_A_WEEK = 7

/** How many days of the history are there by a day, it included. */
export function daysSeen({ days }: BuyingHistory, untilDay: number): number {
  let seen = days.length
  while (seen > 0 && (days[seen - 1] ?? 0) > untilDay) seen--
  return seen
}

/** The history as it was known on a day. */
export function historyUntil(history: BuyingHistory, untilDay: number): BuyingHistory {
  const seen = daysSeen(history, untilDay)
  if (seen === history.days.length) return history
  return { days: history.days.slice(0, seen), spend: history.spend.slice(0, seen) }
}

/** Null for those who had not bought by that day. What came later is not seen. */
export function summarise(history: BuyingHistory, untilDay: number): Summary | null {
  const { days, spend } = history
  const seen = daysSeen(history, untilDay)
  const [first, last] = [days[0], days[seen - 1]]
  if (seen === 0 || first === undefined || last === undefined) return null
  let repeatSpend = 0
  for (let i = 1; i < seen; i++) repeatSpend += spend[i] ?? 0
  return {
    repeats: seen - 1,
    recency: (last - first) / DAYS_A_WEEK,
    age: (untilDay - first) / DAYS_A_WEEK,
    meanSpend: seen > 1 ? repeatSpend / (seen - 1) : 0,
  }
}

/** Customers by what the models know of them: each group is so many with one number of repeats, recency and age. */
export interface Groups {
  customers: number
  repeaters: number
  /** Values that occur, ascending; groups point into them. */
  repeats: Float64Array
  recencies: Float64Array
  ages: Float64Array
  repeatsAt: Uint32Array
  recencyAt: Uint32Array
  ageAt: Uint32Array
  /** Customers of each group. */
  weights: Float64Array
}

/** The same for the same customers in whatever order they come. */
export function groupSummaries(summaries: readonly Summary[]): Groups {
  const repeats = indexed(summaries, ({ repeats }) => repeats)
  const recencies = indexed(summaries, ({ recency }) => recency)
  const ages = indexed(summaries, ({ age }) => age)
  const [many, long] = [recencies.values.length, ages.values.length]
  const keys = new Float64Array(summaries.length)
  for (let i = 0; i < keys.length; i++)
    keys[i] = ((repeats.at[i] ?? 0) * many + (recencies.at[i] ?? 0)) * long + (ages.at[i] ?? 0)
  const { values, weights } = counted(keys.sort())
  return {
    customers: summaries.length,
    repeaters: summaries.reduce((sum, one) => sum + (one.repeats > 0 ? 1 : 0), 0),
    repeats: repeats.values,
    recencies: recencies.values,
    ages: ages.values,
    repeatsAt: Uint32Array.from(values, (key) => Math.floor(key / (many * long))),
    recencyAt: Uint32Array.from(values, (key) => Math.floor(key / long) % many),
    ageAt: Uint32Array.from(values, (key) => key % long),
    weights,
  }
}

/** The values that occur, ascending, and for each summary where its own stands. */
function indexed(summaries: readonly Summary[], pick: (one: Summary) => number) {
  const values = Float64Array.from(new Set(summaries.map(pick))).sort()
  const places = new Map<number, number>()
  for (let i = 0; i < values.length; i++) places.set(values[i] ?? 0, i)
  return { values, at: Uint32Array.from(summaries, (one) => places.get(pick(one)) ?? 0) }
}

/** Each value once, with how often it stands there. */
export function counted(sorted: Float64Array): { values: Float64Array; weights: Float64Array } {
  const [values, weights] = [new Float64Array(sorted.length), new Float64Array(sorted.length)]
  let last = -1
  for (const value of sorted) {
    if (last < 0 || values[last] !== value) values[++last] = value
    weights[last] = (weights[last] ?? 0) + 1
  }
  return { values: values.slice(0, last + 1), weights: weights.slice(0, last + 1) }
}
