/**
 * What can be said of one customer today, by what the shop's customers have taught. Pure and quick: it is reckoned
 * whenever a member is looked at, so that it is never stale.
 */
import { createForecaster, type Forecaster } from './bg-nbd.ts'
import { expectedSpend } from './gamma-gamma.ts'
import { discountedPurchases, type Horizon, USUAL_HORIZON } from './lifetime-value.ts'
import { plainForecast, plainSpend } from './plain-rule.ts'
import { overdueAfterDays, usualDays } from './rhythm.ts'
import { historyUntil, summarise } from './summaries.ts'
import type { BuyingHistory, Fit, Outlook, Risk, Segment, Summary } from './types.ts'

export interface OutlookOptions {
  /** Below this probability of being a customer still they are at risk (program: retention.atRiskBelow). */
  atRiskBelow: number
  rfm?: string | null
  segment?: Segment | null
  horizon?: Horizon
}

export interface Forecasters {
  /** For purchases to come: the model that did better on the shop's own past. */
  purchases: Forecaster
  /** For the alarm: MBG/NBD where it could be fitted, as BG/NBD calls every one-time buyer a customer. */
  alive: Forecaster
}

const known = new WeakMap<Fit, Forecasters | null>()

/** Null where no model could be fitted: then the plain rule holds. */
export function forecastersOf(fit: Fit | null): Forecasters | null {
  if (fit === null) return null
  const made = known.get(fit)
  if (made !== undefined) return made
  const { bgNbd, mbgNbd, chosen } = fit
  const bg = bgNbd === null ? null : createForecaster('bg_nbd', bgNbd)
  const mbg = mbgNbd === null ? null : createForecaster('mbg_nbd', mbgNbd)
  const purchases = chosen === 'mbg_nbd' ? (mbg ?? bg) : (bg ?? mbg)
  const alive = mbg ?? bg
  const both = purchases === null || alive === null ? null : { purchases, alive }
  known.set(fit, both)
  return both
}

const DAYS_A_WEEK = 7
const YEAR = 365

/** What a purchase of theirs brings, in the unit of the history; whole money is the caller's business. */
export function spendPerPurchase(history: BuyingHistory, summary: Summary, fit: Fit | null): number {
  const spend = fit?.gammaGamma == null ? Number.NaN : expectedSpend(fit.gammaGamma, summary)
  return Number.isFinite(spend) && spend >= 0 ? spend : plainSpend(history, fit?.meanSpend ?? 0)
}

/**
 * The outlook on a day; null for those who had bought nothing by then. `today` before the last purchase (a clock in the
 * past) is the history as it was then.
 */
export function outlook(
  history: BuyingHistory,
  fit: Fit | null,
  today: number,
  { atRiskBelow, rfm = null, segment = null, horizon = USUAL_HORIZON }: OutlookOptions,
): Outlook | null {
  const seen = historyUntil(history, today)
  const [summary, lastDay] = [summarise(seen, today), seen.days.at(-1)]
  if (summary === null || lastDay === undefined) return null
  const now = forecastAt(seen, fit, today)
  const then = forecastAt(seen, fit, lastDay)
  const daysSinceLast = today - lastDay
  const [year, expectedYearThen] = [now.purchases(YEAR), then.purchases(YEAR)]
  const overdueAfter = overdueAfterDays(seen, fit?.rhythm ?? null)
  const spend = spendPerPurchase(seen, summary, fit)
  return {
    rfm,
    segment,
    isEstimate: now.isEstimate,
    probabilityAlive: now.alive,
    expectedPurchases: { days30: now.purchases(30), days90: now.purchases(90), days365: year },
    lifetimeValueMinor: whole(spend * discountedPurchases((weeks) => now.purchases(weeks * DAYS_A_WEEK), horizon)),
    spendPerPurchaseMinor: whole(spend),
    risk: riskOf({
      alive: now.alive,
      atRiskBelow,
      isOverdue: overdueAfter !== null && daysSinceLast > overdueAfter,
      kept: expectedYearThen > 0 ? year / expectedYearThen : 1,
    }),
    usualDays: usualDays(seen),
    daysSinceLast,
    expectedYearThen,
  }
}

/** There is no minus nothing, and no money beyond what can be counted. */
const whole = (value: number): number => Math.min(Math.max(Math.round(value), 0), Number.MAX_SAFE_INTEGER)

interface Forecast {
  isEstimate: boolean
  alive: number
  purchases(days: number): number
}

/** The history must not reach beyond the day. */
function forecastAt(history: BuyingHistory, fit: Fit | null, day: number): Forecast {
  const forecasters = forecastersOf(fit)
  const summary = summarise(history, day)
  if (forecasters === null || summary === null)
    return { isEstimate: true, ...plainForecast(history, day, fit?.rhythm ?? null) }
  return {
    isEstimate: false,
    alive: forecasters.alive.alive(summary),
    purchases: (days) => forecasters.purchases.purchases(summary, days / DAYS_A_WEEK),
  }
}

/** Of a year's purchases expected right after the last one, less is left than this. */
const FELL_BY_HALF = 0.5

/**
 * | risk   | when                                                                                         |
 * |--------|----------------------------------------------------------------------------------------------|
 * | high   | they are still a customer with a probability below the program's `atRiskBelow`               |
 * | medium | their own rhythm is broken, or half of the year's purchases expected after the last are gone |
 * | low    | otherwise                                                                                    |
 */
export function riskOf(signs: { alive: number; atRiskBelow: number; isOverdue: boolean; kept: number }): Risk {
  if (signs.alive < signs.atRiskBelow) return 'high'
  return signs.isOverdue || signs.kept < FELL_BY_HALF ? 'medium' : 'low'
}
