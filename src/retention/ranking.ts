/**
 * Ranks customers by whether they will buy again, better than a model of purchases alone where the shop's own past bears it
 * out. Several ways of weighing what is known are tried on days in the past, each trained only on what lay before the day;
 * one is used only if it ranked those who then came clearly better than expected purchases did. What it says to a shop:
 * "also looks at how evenly they buy and how much they spend, weighed as your own past customers did".
 */
import type { Forecaster } from './bg-nbd.ts'
import { type Feature, featuresOf, type Snapshot, standingOf } from './ranking-features.ts'
import { compare, type Judged, judge, type Verdict } from './ranking-judge.ts'
import { columnOf, joinSamples, type Past, readPast, whoBought } from './ranking-past.ts'
import { chanceOf, fitRegression, type Regression, type Samples } from './ranking-regression.ts'
import { historyUntil, summarise } from './summaries.ts'
import type { BuyingHistory, Ranking } from './types.ts'

const HABIT = ['often', 'since'] as const
const RHYTHM = ['late', 'late_even', 'early_even', 'uneven', 'rhythm'] as const
/** From the plainest on: a later one has to be better than the best before it. */
const WAYS: readonly (readonly Feature[])[] = [
  ['chance'],
  ['expected', ...HABIT],
  ['chance', 'expected', ...HABIT],
  ['chance', 'expected', ...RHYTHM],
  ['chance', 'expected', ...HABIT, ...RHYTHM],
]
const PLAINEST = ['chance', 'expected'] as const satisfies readonly Feature[]
/** A smaller gain is not worth another way of counting; nor is one of less than two standard errors, which may be chance. */
const LEAST_GAIN = 0.001
const SURE = 2
/** Fewer buyers, or others, in a test say nothing. */
const LEAST_KIND = 20
/** Tests lie in the later half of the past: before, there is too little to learn from. */
const LEAST_LEARNT = 3
const HORIZON_DAYS = 90

export interface RankingOptions {
  /** How far the ranking looks ahead. */
  horizonDays?: number
}

/** Null while the past says too little, or where nothing ranks better than the purchases that MBG/NBD expects. */
export function trainRanking(
  histories: readonly BuyingHistory[],
  untilDay: number,
  { horizonDays = HORIZON_DAYS }: RankingOptions = {},
): Ranking | null {
  const past = readPast(histories, untilDay, horizonDays)
  if (past === null) return null
  const columns = createColumns(past)
  const tests = testsOf(past, columns)
  if (tests.length === 0) return null
  const chosen = chooseWay(past, tests, columns)
  if (chosen === null) return null
  const { best, plain } = chosen
  const learnt = learn(past.snapshots, best.features, untilDay, columns)
  if (learnt === null) return null
  return {
    features: [...best.features],
    ...learnt,
    typicalSpend: past.typicalSpend,
    horizonDays,
    origins: past.snapshots.map(({ day }) => day),
    validation: {
      origins: tests.map(({ snapshot }) => snapshot.day),
      customers: tests.reduce((sum, { bought }) => sum + bought.length, 0),
      auc: { expected: plain.auc, ranking: best.auc },
      standardError: compare(best, plain).error,
    },
  }
}

/** From 0 to 1: that somebody buys within the ranking's look ahead, or another. `forecaster` is MBG/NBD as fitted now. */
export function rankScore(
  ranking: Ranking,
  history: BuyingHistory,
  untilDay: number,
  forecaster: Forecaster,
  days: number = ranking.horizonDays,
): number {
  const summary = summarise(history, untilDay)
  if (summary === null) return 0
  const standing = standingOf(historyUntil(history, untilDay), untilDay, ranking.typicalSpend)
  const row = featuresOf(ranking.features, { forecaster, summary, standing, weeks: days / 7 })
  return chanceOf(scoreOf(ranking, row))
}

const scoreOf = ({ intercept, weights }: Regression, row: readonly number[]): number =>
  row.reduce((sum, value, j) => sum + value * (weights[j] ?? 0), intercept)

/** A day in the past from which a forecast is judged, and what stood to be learnt from on it. */
interface Test extends Judged {
  snapshot: Snapshot
  earlier: readonly Snapshot[]
}

interface Columns {
  of(snapshot: Snapshot, endDay: number, feature: Feature): Float64Array
  bought(snapshot: Snapshot, endDay: number): Uint8Array
}

/** Each is counted once: many ways look at the same. */
function createColumns(past: Past): Columns {
  const kept = new Map<string, Float64Array>()
  const came = new Map<string, Uint8Array>()
  return {
    of: (snapshot, endDay, feature) =>
      keep(kept, `${snapshot.day} ${endDay} ${feature}`, () => columnOf(past, snapshot, endDay, feature)),
    bought: (snapshot, endDay) => keep(came, `${snapshot.day} ${endDay}`, () => whoBought(past, snapshot, endDay)),
  }
}

function keep<Value>(kept: Map<string, Value>, key: string, make: () => Value): Value {
  const value = kept.get(key) ?? make()
  kept.set(key, value)
  return value
}

function testsOf({ snapshots, untilDay }: Past, columns: Columns): Test[] {
  return snapshots.slice(LEAST_LEARNT).flatMap((snapshot, i) => {
    const bought = columns.bought(snapshot, untilDay)
    const buyers = bought.reduce((sum, one) => sum + one, 0)
    if (Math.min(buyers, bought.length - buyers) < LEAST_KIND) return []
    return { snapshot, earlier: snapshots.slice(0, i + LEAST_LEARNT), bought, whose: snapshot.whose }
  })
}

/** What the snapshots teach, with nothing seen after `endDay`. */
function learn(
  snapshots: readonly Snapshot[],
  features: readonly Feature[],
  endDay: number,
  columns: Columns,
): Regression | null {
  const samples = snapshots.map(
    (snapshot): Samples => ({
      columns: features.map((feature) => columns.of(snapshot, endDay, feature)),
      bought: columns.bought(snapshot, endDay),
    }),
  )
  return fitRegression(joinSamples(samples))
}

interface Way extends Verdict {
  features: readonly Feature[]
}

/** The best of all ways, and how well expected purchases alone ranked. Null where none is clearly better than those. */
function chooseWay(past: Past, tests: readonly Test[], columns: Columns): { best: Way; plain: Verdict } | null {
  const customers = past.histories.length
  const expected = tests.map(({ snapshot }) => columns.of(snapshot, past.untilDay, 'expected'))
  const plain = judge(tests, expected, customers)
  let best: Way | null = null
  const tried = (features: readonly Feature[]): Way | null => {
    const scores = scoresOf(features, tests, past.untilDay, columns)
    const way = scores && { features, ...judge(tests, scores, customers) }
    return way !== null && isBetter(way, best ?? plain) ? way : best
  }
  for (const features of WAYS) best = tried(features)
  best = tried([...(best?.features ?? PLAINEST), 'spend'])
  return best && { best, plain }
}

function isBetter(way: Verdict, before: Verdict): boolean {
  const { gain, error } = compare(way, before)
  return gain > Math.max(LEAST_GAIN, SURE * error)
}

/** Of the customers of each test, learnt from what lay before it. */
function scoresOf(
  features: readonly Feature[],
  tests: readonly Test[],
  untilDay: number,
  columns: Columns,
): Float64Array[] | null {
  const scores: Float64Array[] = []
  for (const { snapshot, earlier, bought } of tests) {
    const learnt = learn(earlier, features, snapshot.day, columns)
    if (learnt === null) return null
    const seen = features.map((feature) => columns.of(snapshot, untilDay, feature))
    const row = (i: number): number[] => seen.map((column) => column[i] ?? 0)
    scores.push(Float64Array.from(bought, (_, i) => scoreOf(learnt, row(i))))
  }
  return scores
}
