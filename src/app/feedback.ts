/** Feedback is kept with the action it came with; staff hear at once of whoever is unhappy. */
import type { Feedback } from '../core/alert-state.ts'
import { addMonths, DAY_MS, localDay, startOfDay } from '../core/calendar.ts'
import { feedbackSentence } from '../core/feedback.ts'
import { isUnhappy } from '../retention/nps.ts'
import { openAlert } from './alerts/open.ts'
import type { Desk } from './desk.ts'

/** What was said longer ago, and is only reported now, is no alarm any more. */
const NEWS_DAYS = 30
const WINDOW_DAYS = 30

export function noteFeedback(
  desk: Desk,
  member: string,
  said: Pick<Feedback, 'id' | 'at' | 'scale' | 'score' | 'text'>,
): void {
  const feedback = { ...said, member: desk.member(member).id, recordedAt: desk.now, source: desk.origin.source }
  desk.alerts.addFeedback(feedback)
  if (isUnhappy(said) && said.at > desk.now - NEWS_DAYS * DAY_MS) warn(desk, feedback)
}

function warn(desk: Desk, feedback: Feedback): void {
  const { id, member, scale, score, text } = feedback
  openAlert(desk, member, {
    kind: 'unhappy',
    occasion: id,
    valueMinor: lastYear(desk, member),
    reason: feedbackSentence(feedback),
    facts: { feedback: id, scale, score, wroteComment: text === null ? 'no' : 'yes' },
    suggestion: null,
    windowDays: WINDOW_DAYS,
  })
}

/** What a year of theirs brings: the plain figure is what the last one did. */
function lastYear(desk: Desk, id: string): number {
  const zone = desk.programs.current.timezone
  const since = startOfDay(addMonths(localDay(desk.now, zone), -12), zone)
  const member = desk.member(id)
  return member.version === 0 ? 0 : Math.max(0, desk.tx.spendSince(member.id, since).spendMinor)
}
