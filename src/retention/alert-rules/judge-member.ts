/** All rules about one member joined: what to tell of them, and which of their alerts have nothing to tell any more. */
import { type AlertDraft, type AlertKind, isLapse } from '../../core/alert-state.ts'
import { judgeAtRisk } from './at-risk.ts'
import { judgeOverdue } from './overdue.ts'
import { isPointsPassed, judgePointsExpiring } from './points-expiring.ts'
import { isRunning, type JudgeInput, type Judgement, type KnownAlert, type Over } from './situation.ts'
import { isWorthTelling } from './stake.ts'
import { isTierPassed, judgeTierAtRisk } from './tier-at-risk.ts'

/** In the order of preference: of one lapse the first that speaks is told. */
const RULES: readonly (readonly [AlertKind, (input: JudgeInput) => AlertDraft | null])[] = [
  // Their own rhythm is the more believable reason.
  ['overdue', judgeOverdue],
  ['at_risk', judgeAtRisk],
  ['tier_at_risk', judgeTierAtRisk],
  ['points_expiring', judgePointsExpiring],
]

/** Pure, and cheap for members of whom there is nothing to tell: every member is judged every night. */
export function judgeMember(input: JudgeInput): Judgement {
  const { member, program, alerts } = input
  const running = alerts.filter(isRunning)
  if (member.status !== 'active')
    return { drafts: [], over: running.map(({ id }) => ({ alert: id, outcome: 'member_left' })) }
  const drafts: AlertDraft[] = []
  for (const [kind, judge] of RULES) {
    if (!program.retention.alerts.some((wanted) => wanted === kind)) continue
    if (isLapse(kind) && drafts.some((draft) => isLapse(draft.kind))) continue
    const draft = judge(input)
    if (draft === null || !isWorthTelling(draft.valueMinor, program) || isToldLapse(draft, running)) continue
    drafts.push(draft)
  }
  drafts.sort((a, b) => b.valueMinor - a.valueMinor)
  return { drafts, over: running.flatMap((alert) => over(alert, input)) }
}

/**
 * What staff took up stays as it was told: a lapse is one alert, whatever more time makes of it. It runs until they buy: one
 * of another day runs where the purchase of that day was given back, or is told only now.
 */
const isToldLapse = ({ kind }: AlertDraft, running: readonly KnownAlert[]): boolean =>
  isLapse(kind) && running.some((alert) => isLapse(alert.kind))

/** A lapse ends with a purchase, which is seen when it is made; here it ends where they buy by subscription now. */
function over(alert: KnownAlert, input: JudgeInput): Over[] {
  const hasPassed =
    (isLapse(alert.kind) && input.isSubscriber) ||
    (alert.kind === 'tier_at_risk' && isTierPassed(alert, input)) ||
    (alert.kind === 'points_expiring' && isPointsPassed(alert, input))
  return hasPassed ? [{ alert: alert.id, outcome: 'passed' }] : []
}
