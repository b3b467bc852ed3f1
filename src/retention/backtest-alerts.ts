/**
 * Alerts as they would have been opened in the weeks after a day in the past, by what was known on that day, and whether
 * those customers indeed stayed away.
 */
import type { Forecaster } from './bg-nbd.ts'
import { usualDays } from './rhythm.ts'
import { daysSeen, historyUntil, summarise } from './summaries.ts'
import type { Backtest, BuyingHistory } from './types.ts'

/** For so long a fit is used at most before there is a new one, and some more. */
const ALERT_DAYS = 28
/** A customer came back who buys within this many days, or within their usual interval if that is longer. */
const LEAST_WAIT_DAYS = 30

interface Asked {
  /** Fitted on what was known on the day. */
  forecaster: Forecaster
  origin: number
  horizonDays: number
  /** Nothing is known of what came after. */
  untilDay: number
  atRiskBelow: number
  /** Purchases within the horizon. */
  came: number
}

/** Counts one customer. Whom no alert could be opened for, having been at risk all along, is not counted. */
export function countAlerts(alerts: Backtest['alerts'], history: BuyingHistory, asked: Asked): void {
  const { forecaster, origin, atRiskBelow, untilDay } = asked
  const now = summarise(history, origin)
  if (now === null || forecaster.alive(now) < atRiskBelow) return
  if (asked.came === 0) alerts.stayedAway++
  const day = alertDay(history, asked)
  if (day === null) return
  const wait = Math.max(LEAST_WAIT_DAYS, Math.ceil(usualDays(historyUntil(history, day)) ?? 0))
  if (day + wait > untilDay) return
  alerts.raised++
  if (daysSeen(history, day + wait) === daysSeen(history, day)) alerts.right++
}

/** The day on which the probability falls below; each purchase on the way puts it off. */
function alertDay(history: BuyingHistory, { forecaster, origin, atRiskBelow }: Asked): number | null {
  const [first = origin, end] = [history.days[0], origin + ALERT_DAYS]
  for (let seen = daysSeen(history, origin); ; seen++) {
    const from = Math.max(origin, history.days[seen - 1] ?? origin)
    const summary = summarise(history, from)
    const age = summary === null ? null : forecaster.ageWhenBelow(summary, atRiskBelow)
    if (age === null) return null
    // Below, not at: the first whole day on which it holds.
    const day = Math.max(from, Math.floor(first + age * 7) + 1)
    const next = history.days[seen]
    if (next === undefined || next > day) return day <= end ? day : null
    if (next > end) return null
  }
}
