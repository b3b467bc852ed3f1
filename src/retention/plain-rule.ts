/**
 * What is said of customers while there are too few of them to fit a model. An estimate, and called one: someone who has
 * not bought for longer than usual is taken to be half as likely a customer for each further usual interval.
 */
import { type Rhythm, usualDays } from './rhythm.ts'
import type { BuyingHistory } from './types.ts'

/** Where neither they nor the shop have a rhythm yet. */
const USUAL_DAYS = 90

export interface PlainForecast {
  alive: number
  purchases(days: number): number
}

/** The history as known on the day, which has a purchase at least. */
export function plainForecast(history: BuyingHistory, day: number, rhythm: Rhythm | null): PlainForecast {
  const [first = day, last = day] = [history.days[0], history.days.at(-1)]
  const usual = Math.max(1, usualDays(history) ?? rhythm?.medianDays ?? USUAL_DAYS)
  const silent = Math.max(0, day - last)
  const alive = silent <= usual ? 1 : 2 ** -((silent - usual) / usual)
  // One more than came back, in one interval more than they had: a rate for those who have bought once too.
  const daily = history.days.length / (Math.max(0, Math.max(day, last) - first) + usual)
  return { alive, purchases: (days) => alive * daily * Math.max(0, days) }
}

/** What a purchase brings: their own mean, drawn to the shop's by as much as one purchase weighs. */
export function plainSpend({ spend }: BuyingHistory, shopMean: number): number {
  const own = spend.reduce((sum, one) => sum + one, 0)
  if (!(shopMean > 0)) return Math.max(0, own / Math.max(1, spend.length))
  return Math.max(0, (own + shopMean) / (spend.length + 1))
}

/** The mean of what purchase days brought; 0 where there were none that brought anything. */
export function meanSpendOf(histories: readonly BuyingHistory[]): number {
  let [sum, days] = [0, 0]
  for (const { spend } of histories) {
    for (const one of spend) {
      if (!(one > 0)) continue
      sum += one
      days++
    }
  }
  return days === 0 ? 0 : sum / days
}
