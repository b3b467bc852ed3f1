/** What was given because of an alert: once, however many of staff press at the same time. */
import type { Alert } from '../core/alert-state.ts'
import type { Redemption } from '../core/reward-state.ts'
import { standingOf } from '../core/staff-policy.ts'
import type { Member } from '../core/state.ts'
import type { Desk } from './desk.ts'

/** The redemption that answers the alert, also one that still waits for somebody to agree; null while there is none. */
export function givenFor(desk: Desk, alertId: string, reward: string, member: Member): Redemption | null {
  const alert = desk.alerts.alert(alertId)
  if (alert === null || desk.member(alert.member).id !== member.id) return null
  const rewarded = alert.steps.filter(({ did }) => did === 'rewarded').map(({ detail }) => detail)
  const answers = (one: Redemption): boolean => rewarded.includes(one.id) || isSame(desk, one, alert, reward)
  return desk.given.redemptionsOf(member.id).findLast((one) => one.state !== 'cancelled' && answers(one)) ?? null
}

/** Of an alert that has ended nothing is noted any more: the same reward, given by a person since, is that of a colleague. */
function isSame(desk: Desk, one: Redemption, { openedAt }: Alert, reward: string): boolean {
  if (one.createdAt < openedAt) return false
  const { staff } = desk.programs.current
  const isByPerson = standingOf(staff, { actor: one.requestedBy }) === 'person'
  return one.state === 'awaiting_approval' || (one.reward === reward && isByPerson)
}
