/**
 * The shop's own past, cut off at several days: what was known on each of them of each customer, and who bought after it.
 * Nothing that came after a day is in what was known on it.
 */
import { createForecaster, type Forecaster } from './bg-nbd.ts'
import { fitPurchases } from './fit.ts'
import { type Feature, featuresOf, type Snapshot, takeSnapshot, typicalSpendOf } from './ranking-features.ts'
import type { Samples } from './ranking-regression.ts'
import { daysSeen, groupSummaries, historyUntil } from './summaries.ts'
import type { BuyingHistory, Summary } from './types.ts'

/** More customers make it no surer, only slower. */
const MOST_CUSTOMERS = 5_000
/** The past is cut at each eighth of it. */
const PARTS = 8
/** A shorter past says little, and an older one little of today. */
const LEAST_DAYS = 112
const MOST_DAYS = 1_096

export interface Past {
  untilDay: number
  horizonDays: number
  /** What a customer spends at a time, as known in the end. */
  typicalSpend: number
  /** Ascending by day. */
  snapshots: readonly Snapshot[]
  histories: readonly BuyingHistory[]
}

/** Null while it is too short, or there are too few customers in it. */
export function readPast(histories: readonly BuyingHistory[], untilDay: number, horizonDays: number): Past | null {
  const known = sampleOf(histories, untilDay)
  const firstDay = known.reduce((first, { days }) => Math.min(first, days[0] ?? first), untilDay)
  const days = Math.min(MOST_DAYS, untilDay - firstDay)
  if (!(days >= LEAST_DAYS) || !(horizonDays > 0)) return null
  const snapshots: Snapshot[] = []
  for (let part = 1; part < PARTS; part++) {
    const day = untilDay - days + Math.round((days * part) / PARTS)
    const snapshot = takeSnapshot(known, day, fitForecaster)
    if (snapshot !== null) snapshots.push(snapshot)
  }
  return { untilDay, horizonDays, typicalSpend: typicalSpendOf(known), snapshots, histories: known }
}

function fitForecaster(summaries: readonly Summary[]): Forecaster | null {
  const fitted = fitPurchases('mbg_nbd', groupSummaries(summaries))
  return fitted && createForecaster('mbg_nbd', fitted)
}

/**
 * Customers by a mark made of what they bought by then, and no more than a share of them by chance: the same, in the same
 * order, in whatever order they come.
 */
function sampleOf(histories: readonly BuyingHistory[], untilDay: number): BuyingHistory[] {
  const marks = Float64Array.from(histories, (history) => markOf(history, untilDay))
  const highest = marks.filter((mark) => mark >= 0).sort()[MOST_CUSTOMERS - 1] ?? Number.POSITIVE_INFINITY
  const sample: { history: BuyingHistory; mark: number }[] = []
  for (const [i, history] of histories.entries()) {
    const mark = marks[i] ?? NOT_YET
    if (mark >= 0 && mark <= highest) sample.push({ history: historyUntil(history, untilDay), mark })
  }
  return sample.sort((one, other) => one.mark - other.mark).map(({ history }) => history)
}

/** Of those who had not bought by the day. */
const NOT_YET = -1

/** FNV-1a over days and spend, its bits mixed once more. */
function markOf(history: BuyingHistory, untilDay: number): number {
  const seen = daysSeen(history, untilDay)
  if (seen === 0) return NOT_YET
  let mark = 0x811c9dc5
  for (let i = 0; i < seen; i++) {
    mark = Math.imul(mark ^ (history.days[i] ?? 0), 0x01000193)
    mark = Math.imul(mark ^ Math.round(history.spend[i] ?? 0), 0x01000193)
  }
  mark = Math.imul(mark ^ (mark >>> 15), 0x2c1b3c6d)
  return (mark ^ (mark >>> 13)) >>> 0
}

/** How far a look from a day goes that may see nothing after another. */
const lookOf = ({ horizonDays }: Past, day: number, endDay: number): number => Math.min(horizonDays, endDay - day)

/** Who bought in the days after the snapshot, none of them after `endDay`. */
export function whoBought(past: Past, { whose, day }: Snapshot, endDay: number): Uint8Array {
  const lastDay = day + lookOf(past, day, endDay)
  return Uint8Array.from(whose, (i) => {
    const history = past.histories[i]
    return history !== undefined && daysSeen(history, lastDay) > daysSeen(history, day) ? 1 : 0
  })
}

/** A feature for everybody in the snapshot; `endDay` as above. */
export function columnOf(past: Past, snapshot: Snapshot, endDay: number, feature: Feature): Float64Array {
  const weeks = lookOf(past, snapshot.day, endDay) / 7
  const { forecaster, standing } = snapshot
  return Float64Array.from(snapshot.summaries, (summary, i) => {
    const stands = standing[i]
    return stands === undefined ? 0 : (featuresOf([feature], { forecaster, summary, standing: stands, weeks })[0] ?? 0)
  })
}

/** One below the other. */
export function joinSamples(samples: readonly Samples[]): Samples {
  const width = samples[0]?.columns.length ?? 0
  const columns = Array.from({ length: width }, (_, j) => joined(samples.map(({ columns }) => columns[j])))
  const bought = new Uint8Array(samples.reduce((sum, one) => sum + one.bought.length, 0))
  let from = 0
  for (const one of samples) {
    bought.set(one.bought, from)
    from += one.bought.length
  }
  return { columns, bought }
}

function joined(parts: readonly (Float64Array | undefined)[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, part) => sum + (part?.length ?? 0), 0))
  let from = 0
  for (const part of parts) {
    if (part === undefined) continue
    all.set(part, from)
    from += part.length
  }
  return all
}
