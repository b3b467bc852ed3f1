/** What both alerts of a customer who stays away say: the day of the last purchase is what they are about. */
import type { AlertDraft } from '../../core/alert-state.ts'
import { DAY_MS } from '../../core/calendar.ts'
import type { BuyingHistory, Outlook } from '../types.ts'
import type { JudgeInput } from './situation.ts'
import { lapseValue } from './stake.ts'
import { likelihoodSentence, rhythmSentence, seldomSentence } from './words.ts'

const MONTH_DAYS = 30
const LEAST_WINDOW_DAYS = 30

/** `2026-09-18`. */
export const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10)

/** Within so many days of an alert a purchase is a coming back. */
export const windowDays = (outlook: Outlook | null): number =>
  Math.max(LEAST_WINDOW_DAYS, Math.round(outlook?.usualDays ?? 0))

const rounded = (value: number, step = 1_000): number => Math.round(value * step) / step

/** `history` and `outlook` as of today; they bought at least once. */
export function lapseDraft(
  kind: 'at_risk' | 'overdue',
  { program, today, outlookAt }: JudgeInput,
  { days, spend }: BuyingHistory,
  outlook: Outlook,
): AlertDraft {
  const lastDay = days.at(-1) ?? today
  const { usualDays, daysSinceLast, probabilityAlive } = outlook
  const monthAgo = outlookAt(today - MONTH_DAYS)
  const habit =
    usualDays === null
      ? seldomSentence(days.length, daysSinceLast, program.locale)
      : rhythmSentence(usualDays, daysSinceLast, program.locale)
  return {
    kind,
    occasion: dateOf(lastDay),
    valueMinor: lapseValue({ days, spend }, outlook),
    reason: `${habit} ${likelihoodSentence(outlook, monthAgo, program)}`,
    facts: {
      usualDays,
      daysSince: daysSinceLast,
      purchaseDays: days.length,
      probabilityAlive: rounded(probabilityAlive),
      probabilityAliveMonthAgo: monthAgo === null ? null : rounded(monthAgo.probabilityAlive),
      isEstimate: outlook.isEstimate ? 1 : 0,
      expectedPurchasesYear: rounded(outlook.expectedPurchases.days365),
      expectedPurchasesYearThen: rounded(outlook.expectedYearThen),
      spendPerPurchaseMinor: outlook.spendPerPurchaseMinor,
    },
    suggestion: null,
    windowDays: windowDays(outlook),
  }
}
