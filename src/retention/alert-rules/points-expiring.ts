/**
 * Points that end soon, if they are worth a word. An alert is about the first day on which any end, and tells of what ends
 * within the program's `expiringDays` after it too, as it comes into sight. It is over with that day; the next is for what
 * ends later than that. So there is one at a time, and whoever loses points every week is not told of every week.
 */
import type { AlertDraft } from '../../core/alert-state.ts'
import { DAY_MS, localDay } from '../../core/calendar.ts'
import { count, day, money, pointsWord, stopped } from '../../core/sentences.ts'
import type { Program } from '../../program/schema.ts'
import { dateOf, windowDays } from './lapse.ts'
import { type EndingPoints, isRunning, type JudgeInput, type KnownAlert } from './situation.ts'
import { pointsValue } from './stake.ts'

/** Points that make up a tenth of some reward, or are worth a unit of the currency, are worth a word. */
const SHARE_OF_REWARD = 0.1
const WORTH_MAJOR = 1

export function judgePointsExpiring(input: JudgeInput): AlertDraft | null {
  const { program, alerts, pointsEnding } = input
  if (pointsEnding === null || pointsEnding.length === 0) return null
  const former = alerts.filter(({ kind }) => kind === 'points_expiring')
  const running = former.find((alert) => isRunning(alert) && !isPointsPassed(alert, input))
  if (running !== undefined) return renewed(running, input)
  const ending = within(input, Math.max(Number.NEGATIVE_INFINITY, ...former.map((alert) => lastTold(alert, input))))
  return isWorthWord(sumOf(ending), program) ? draftOf(ending, null, input) : null
}

/** What an alert that runs has to say now, where that is something else. */
function renewed(alert: KnownAlert, input: JudgeInput): AlertDraft | null {
  const ending = toldBy(alert, input)
  if (ending.length === 0) return null
  const draft = draftOf(ending, alert.occasion, input)
  return draft.reason === alert.reason ? null : draft
}

/** Whether what such an alert tells of has passed: its day is over, or the points are spent or go on. */
export const isPointsPassed = (alert: KnownAlert, input: JudgeInput): boolean =>
  dayOf(alert.occasion) < input.today || (input.pointsEnding !== null && toldBy(alert, input).length === 0)

/** What an alert tells of, of that which is in sight. */
const toldBy = (alert: KnownAlert, input: JudgeInput): EndingPoints[] =>
  within(input, Number.NEGATIVE_INFINITY).filter((one) => lastDayOf(one, input) <= lastTold(alert, input))

const dayOf = (date: string): number => Math.floor(Date.parse(date) / DAY_MS)
const lastTold = ({ occasion }: Pick<KnownAlert, 'occasion'>, { program }: JudgeInput): number =>
  dayOf(occasion) + program.retention.expiringDays

const lastDayOf = ({ at }: EndingPoints, { program }: JudgeInput): number => localDay(at - 1, program.timezone)
const sumOf = (ending: readonly EndingPoints[]): number => ending.reduce((sum, { points }) => sum + points, 0)

/** What ends within the program's days, after that day, soonest first. */
function within(input: JudgeInput, afterDay: number): EndingPoints[] {
  const { program, now, today, pointsEnding } = input
  const until = today + program.retention.expiringDays
  return (pointsEnding ?? [])
    .filter((one) => one.at > now && one.points > 0)
    .filter((one) => lastDayOf(one, input) > afterDay && lastDayOf(one, input) <= until)
    .sort((a, b) => a.at - b.at)
}

function isWorthWord(points: number, { rewards, points: { value } }: Program): boolean {
  const costs = rewards.filter(({ cost, onRequest }) => cost > 0 && onRequest).map(({ cost }) => cost)
  return points > 0 && (points * value >= WORTH_MAJOR || points >= Math.min(...costs) * SHARE_OF_REWARD)
}

/** `occasion`: of the alert that is brought up to date; null: the first day on which any of them end. */
function draftOf(ending: readonly EndingPoints[], occasion: string | null, input: JudgeInput): AlertDraft {
  const { program, today, outlookAt } = input
  const points = sumOf(ending)
  const [first, last] = [ending[0], ending.at(-1)].map((one) => (one === undefined ? today : lastDayOf(one, input)))
  const firstPoints = sumOf(ending.filter((one) => lastDayOf(one, input) === first))
  const isIdle = ending.every(({ byInactivity }) => byInactivity)
  return {
    kind: 'points_expiring',
    occasion: occasion ?? dateOf(first ?? today),
    valueMinor: pointsValue(points, program),
    reason: endingSentence(ending, { points, firstPoints, isIdle }, program),
    facts: {
      points,
      firstPoints,
      firstOn: dateOf(first ?? today),
      until: dateOf(last ?? today),
      byInactivity: isIdle ? 1 : 0,
    },
    suggestion: null,
    windowDays: windowDays(outlookAt(today)),
  }
}

/** "450 points worth $4.50 end by Dec 31, 2026, 120 of them on Dec 12, 2026. A purchase before keeps them." */
function endingSentence(
  ending: readonly EndingPoints[],
  { points, firstPoints, isIdle }: { points: number; firstPoints: number; isIdle: boolean },
  program: Program,
): string {
  const { locale, currency } = program
  const [first, last] = [ending[0]?.at ?? 0, ending.at(-1)?.at ?? 0].map((at) => day(at, program, true))
  const worth = money(pointsValue(points, program), currency, locale)
  const what = `${count(points, locale)} ${pointsWord(points, program)} worth ${worth} ${points === 1 ? 'ends' : 'end'}`
  const when = first === last ? `on ${last}` : `by ${last}, ${count(firstPoints, locale)} of them on ${first}`
  return `${stopped(`${what} ${when}`)}${isIdle ? ` A purchase before keeps ${points === 1 ? 'it' : 'them'}.` : ''}`
}
