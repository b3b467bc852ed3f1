/** How likely somebody is to buy at all within some days: by the shop's own ranking where its past bore one out, else by the model. */
import { forecastersOf } from './outlook-model.ts'
import { plainForecast } from './plain-rule.ts'
import { rankScore } from './ranking.ts'
import { chanceLogit } from './ranking-features.ts'
import { chanceOf } from './ranking-regression.ts'
import { historyUntil, summarise } from './summaries.ts'
import type { BuyingHistory, Fit } from './types.ts'

const DAYS_A_WEEK = 7

/** From 0 to 1; 0 for those who had bought nothing by the day. */
export function buysWithin(history: BuyingHistory, fit: Fit | null, today: number, days: number): number {
  const seen = historyUntil(history, today)
  const summary = summarise(seen, today)
  if (summary === null) return 0
  const forecasters = forecastersOf(fit)
  // While nothing was learnt, purchases are taken to come by chance alone (Poisson).
  if (forecasters === null) return 1 - Math.exp(-plainForecast(seen, today, fit?.rhythm ?? null).purchases(days))
  if (fit?.ranking) return rankScore(fit.ranking, seen, today, forecasters.alive, days)
  return chanceOf(chanceLogit(forecasters.alive, summary, days / DAYS_A_WEEK))
}
