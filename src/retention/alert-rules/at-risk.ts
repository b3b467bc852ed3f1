/**
 * At risk: the probability of being a customer still fell below the program's threshold since the last look. Both times
 * are judged by the same fit, so that a new one alone alarms nobody.
 */
import type { AlertDraft } from '../../core/alert-state.ts'
import { historyUntil } from '../summaries.ts'
import { lapseDraft } from './lapse.ts'
import { type JudgeInput, lookedAtOn } from './situation.ts'

/**
 * Who a new fit moved from above the threshold to just below it never falls through it. So much further down there is
 * another one: they are told of when they fall through that.
 */
const SECOND_CHANCE = 0.05

/**
 * Most who bought once never were customers. They are told of only where so many more purchases a year were to be expected
 * of them: where a shop's customers come twice a year at least.
 */
const EXPECTED_OF_ONE_TIMERS = 2

export function judgeAtRisk(input: JudgeInput): AlertDraft | null {
  const { program, isSubscriber, today, outlookAt } = input
  if (isSubscriber) return null
  const outlook = outlookAt(today)
  const threshold = program.retention.atRiskBelow
  // Most members, and quickly.
  if (outlook === null || outlook.probabilityAlive >= threshold) return null
  const history = historyUntil(input.history, today)
  const lastDay = history.days.at(-1)
  if (lastDay === undefined) return null
  if (history.days.length === 1 && outlook.expectedYearThen < EXPECTED_OF_ONE_TIMERS) return null
  // What was thought before the last purchase is of another lapse.
  const before = outlookAt(Math.max(lookedAtOn(input), lastDay))?.probabilityAlive ?? 0
  const fell = [threshold, threshold - SECOND_CHANCE].some((line) => before >= line && outlook.probabilityAlive < line)
  return fell ? lapseDraft('at_risk', input, history, outlook) : null
}
