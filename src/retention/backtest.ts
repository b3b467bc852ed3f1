/**
 * How good the forecasts would have been on the shop's own past: it is cut off at several days, the models are fitted on
 * what was known then, and what they said is held against what came.
 */
import { areaUnderCurve } from './auc.ts'
import { countAlerts } from './backtest-alerts.ts'
import { createForecaster, type Forecaster } from './bg-nbd.ts'
import { fitPurchases, MIN_CUSTOMERS } from './fit.ts'
import { daysSeen, groupSummaries, summarise } from './summaries.ts'
import type { Backtest, BuyingHistory, ModelName, Summary } from './types.ts'

const MODELS = ['bg_nbd', 'mbg_nbd'] as const satisfies readonly ModelName[]
const MOST_ORIGINS = 4
const HORIZON_DAYS = 90
/** A shorter look ahead says little. */
const LEAST_HORIZON = 28
/** The past must be so many times as long as the look ahead. */
const PAST_HORIZONS = 2
/** More customers make it no surer. */
const MOST_CUSTOMERS = 20_000
/** Ranks that differ by less are alike; then the closer total decides. */
const SAME_RANKS = 0.002

export interface BacktestOptions {
  untilDay: number
  /** Below this probability of being a customer still an alert would have been opened. */
  atRiskBelow: number
}

type Score = { expected: number; actual: number; misses: number; ranks: number; ranked: number }

/** Null while the past is too short, or there are too few customers in it. The histories stand in an order of their own. */
export function backtest(
  histories: readonly BuyingHistory[],
  { untilDay, atRiskBelow }: BacktestOptions,
): Backtest | null {
  const sample = thinned(histories)
  const { origins, horizonDays } = originsOf(sample, untilDay)
  const scores: Record<ModelName, Score> = { bg_nbd: noScore(), mbg_nbd: noScore() }
  const alerts = { raised: 0, right: 0, stayedAway: 0 }
  const judged: number[] = []
  let customers = 0
  for (const origin of origins) {
    const known = sample.flatMap((history) => {
      const summary = summarise(history, origin)
      return summary === null ? [] : [{ history, summary, came: cameWithin(history, origin, horizonDays) }]
    })
    const forecasters = fitAt(known)
    if (forecasters === null) continue
    judged.push(origin)
    customers += known.length
    for (const forecaster of forecasters) judge(scores[forecaster.model], forecaster, known, horizonDays)
    for (const { history, came } of known)
      countAlerts(alerts, history, { forecaster: forecasters[1], origin, horizonDays, untilDay, atRiskBelow, came })
  }
  if (judged.length === 0) return null
  const models = { bg_nbd: resultOf(scores.bg_nbd, customers), mbg_nbd: resultOf(scores.mbg_nbd, customers) }
  return { origins: judged, horizonDays, customers, models, chosen: chooseModel(models), alerts }
}

const noScore = (): Score => ({ expected: 0, actual: 0, misses: 0, ranks: 0, ranked: 0 })

/** One in so many, evenly along whatever order they are in. */
function thinned(histories: readonly BuyingHistory[]): readonly BuyingHistory[] {
  const step = Math.ceil(histories.length / MOST_CUSTOMERS)
  return step <= 1 ? histories : histories.filter((_, i) => i % step === 0)
}

/** Days on which the past is cut off, ascending: the last looks ahead to the end, the others each to the next. */
function originsOf(histories: readonly BuyingHistory[], untilDay: number): { origins: number[]; horizonDays: number } {
  let firstDay = untilDay
  for (const { days } of histories) firstDay = Math.min(firstDay, days[0] ?? firstDay)
  const horizonDays = Math.min(HORIZON_DAYS, Math.floor((untilDay - firstDay) / (PAST_HORIZONS + 1)))
  if (horizonDays < LEAST_HORIZON) return { origins: [], horizonDays }
  const origins: number[] = []
  for (let origin = untilDay - horizonDays; origins.length < MOST_ORIGINS; origin -= horizonDays) {
    if (origin - firstDay < PAST_HORIZONS * horizonDays) break
    origins.unshift(origin)
  }
  return { origins, horizonDays }
}

const cameWithin = (history: BuyingHistory, day: number, days: number): number =>
  daysSeen(history, day + days) - daysSeen(history, day)

interface Known {
  history: BuyingHistory
  summary: Summary
  came: number
}

function fitAt(known: readonly Known[]): [Forecaster, Forecaster] | null {
  if (known.length < MIN_CUSTOMERS) return null
  const groups = groupSummaries(known.map(({ summary }) => summary))
  const [bg, mbg] = MODELS.map((model) => {
    const fitted = fitPurchases(model, groups)
    return fitted === null ? null : createForecaster(model, fitted)
  })
  return bg == null || mbg == null ? null : [bg, mbg]
}

function judge(score: Score, forecaster: Forecaster, known: readonly Known[], horizonDays: number): void {
  const expected = known.map(({ summary }) => forecaster.purchases(summary, horizonDays / 7))
  for (const [i, { came }] of known.entries()) {
    score.expected += expected[i] ?? 0
    score.actual += came
    score.misses += Math.abs((expected[i] ?? 0) - came)
  }
  const ranks = areaUnderCurve(
    expected,
    known.map(({ came }) => came > 0),
  )
  if (ranks === null) return
  score.ranks += ranks * known.length
  score.ranked += known.length
}

const resultOf = ({ expected, actual, misses, ranks, ranked }: Score, customers: number) => ({
  expected,
  actual,
  auc: ranked === 0 ? null : ranks / ranked,
  meanAbsoluteError: misses / customers,
})

/** The model that ranks customers better by who comes; where they rank alike, the one whose total was closer. */
function chooseModel({ bg_nbd, mbg_nbd }: Backtest['models']): ModelName {
  const ahead = (mbg_nbd.auc ?? 0) - (bg_nbd.auc ?? 0)
  if (Math.abs(ahead) > SAME_RANKS) return ahead > 0 ? 'mbg_nbd' : 'bg_nbd'
  const off = ({ expected, actual }: { expected: number; actual: number }) => Math.abs(expected - actual)
  return off(mbg_nbd) < off(bg_nbd) ? 'mbg_nbd' : 'bg_nbd'
}
