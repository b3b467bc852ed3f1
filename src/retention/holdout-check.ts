/** A forecast from a day in the past against what came after: the test that a model stands or falls by. */
import { areaUnderCurve } from './auc.ts'
import { createForecaster } from './bg-nbd.ts'
import type { FittedModels } from './fit.ts'
import { rankScore } from './ranking.ts'
import { daysSeen, summarise } from './summaries.ts'
import type { BuyingHistory, Fit } from './types.ts'

export interface HoldoutCheck {
  weeks: number
  /** Purchases that BG/NBD expects of customers who had bought by the day, and those that came. */
  expected: number
  actual: number
  /** How well each ranks those who came before those who did not; null where all or none did. */
  auc: {
    /** BG/NBD's expected purchases. */
    expected: number | null
    /** MBG/NBD's P(alive): BG/NBD's is 1 for all who bought once. */
    alive: number | null
    /** The day of the last purchase, with no model at all. */
    recency: number | null
    /** The ranking learnt from the past before the day; null where there is none. */
    ranking: number | null
  }
}

/** Null where nothing comes after the day, or BG/NBD could not be fitted. */
export function checkHoldout(
  histories: readonly BuyingHistory[],
  untilDay: number,
  { bgNbd, mbgNbd, ranking }: FittedModels & Pick<Fit, 'ranking'>,
): HoldoutCheck | null {
  const lastDay = histories.reduce((last, { days }) => Math.max(last, days.at(-1) ?? last), untilDay)
  if (lastDay === untilDay || bgNbd === null) return null
  const weeks = (lastDay - untilDay) / 7
  const [bg, mbg] = [createForecaster('bg_nbd', bgNbd), mbgNbd && createForecaster('mbg_nbd', mbgNbd)]
  const customers = histories.flatMap((history) => {
    const [summary, seen] = [summarise(history, untilDay), daysSeen(history, untilDay)]
    if (summary === null) return []
    return [{ history, summary, came: history.days.length - seen, lastDay: history.days[seen - 1] ?? untilDay }]
  })
  const expected = customers.map(({ summary }) => bg.purchases(summary, weeks))
  const returned = customers.map(({ came }) => came > 0)
  const rank = (scores: readonly number[]): number | null => areaUnderCurve(scores, returned)
  return {
    weeks,
    expected: expected.reduce((sum, one) => sum + one, 0),
    actual: customers.reduce((sum, { came }) => sum + came, 0),
    auc: {
      expected: rank(expected),
      alive: mbg === null ? null : rank(customers.map(({ summary }) => mbg.alive(summary))),
      recency: rank(customers.map((customer) => customer.lastDay)),
      ranking:
        ranking == null || mbg === null
          ? null
          : rank(customers.map(({ history }) => rankScore(ranking, history, untilDay, mbg, lastDay - untilDay))),
    },
  }
}
