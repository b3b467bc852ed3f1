/**
 * Everything that is learnt about how a shop's customers buy, from their histories: what the weekly run stores. The models'
 * fits, which of them did better on the past, and the shop's rhythm.
 */
import { backtest } from './backtest.ts'
import { fitModels } from './fit.ts'
import { meanSpendOf } from './plain-rule.ts'
import { trainRanking } from './ranking.ts'
import { rhythmOf } from './rhythm.ts'
import { historyUntil, summarise } from './summaries.ts'
import type { BuyingHistory, Fit } from './types.ts'

export interface ShopFitOptions {
  /** When it is made (ms). */
  at: number
  /** The last day that it may know. */
  untilDay: number
  /** Customers of the shop who had bought; the histories may be a sample of theirs. */
  customers: number
  /** program: retention.atRiskBelow. */
  atRiskBelow: number
}

/** Sums of fractions depend on their order: the same customers, in whatever order they come, give the same numbers. */
function byContent(a: BuyingHistory, b: BuyingHistory): number {
  for (const key of ['days', 'spend'] as const) {
    if (a[key].length !== b[key].length) return a[key].length - b[key].length
    for (let i = 0; i < a[key].length; i++) {
      const less = (a[key][i] ?? 0) - (b[key][i] ?? 0)
      if (less !== 0) return less
    }
  }
  return 0
}

/** From the histories of all customers, or of a sample of them by chance. */
export function fitShop(histories: readonly BuyingHistory[], options: ShopFitOptions): Fit {
  const { at, untilDay, customers, atRiskBelow } = options
  const seen = histories
    .map((history) => historyUntil(history, untilDay))
    .filter(({ days }) => days.length > 0)
    .sort(byContent)
  const summaries = seen.flatMap((history) => summarise(history, untilDay) ?? [])
  const models = fitModels(summaries)
  const tested = backtest(seen, { untilDay, atRiskBelow })
  return {
    at,
    untilDay,
    customers: Math.max(customers, seen.length),
    sampled: seen.length,
    ...models,
    chosen: tested?.chosen ?? 'bg_nbd',
    backtest: tested,
    rhythm: rhythmOf(seen, untilDay),
    meanSpend: meanSpendOf(seen),
    ranking: models.mbgNbd === null ? null : trainRanking(seen, untilDay),
  }
}
