/** Overdue: their own rhythm is broken since the last look. Needs no model, only four days with a purchase. */
import type { AlertDraft } from '../../core/alert-state.ts'
import { overdueAfterDays } from '../rhythm.ts'
import { historyUntil } from '../summaries.ts'
import { lapseDraft } from './lapse.ts'
import { type JudgeInput, lookedAtOn } from './situation.ts'

export function judgeOverdue(input: JudgeInput): AlertDraft | null {
  const { isSubscriber, today, rhythm, outlookAt } = input
  if (isSubscriber) return null
  const history = historyUntil(input.history, today)
  const lastDay = history.days.at(-1)
  const after = overdueAfterDays(history, rhythm)
  if (lastDay === undefined || after === null) return null
  const isDue = (day: number): boolean => day - lastDay > after
  // The last look is judged by the rhythm of today: a new fit alone makes nobody late.
  if (!isDue(today) || isDue(lookedAtOn(input))) return null
  const outlook = outlookAt(today)
  return outlook === null ? null : lapseDraft('overdue', input, history, outlook)
}
