/** What a member does after an alert: they buy, give it back, are rewarded, or leave. Costs nothing for members without alerts. */
import { type Alert, isLapse } from '../../core/alert-state.ts'
import { addStep, followAlert, isWatched, type KeptPurchase, watchedFrom } from '../../core/alerts.ts'
import { oldestFirst } from '../../core/member-progress.ts'
import type { Redemption } from '../../core/reward-state.ts'
import { standingOf } from '../../core/staff-policy.ts'
import type { Member, Payment } from '../../core/state.ts'
import type { Desk } from '../desk.ts'
import { announce, closeAlert, putChanged, SLACK_ALERT } from './open.ts'

/** Of those after an instant, the first that a subscription did not make is among these. */
const FIRST_PURCHASES = 20

/**
 * Brings a member's alerts in line with what they bought and whether they are still with us. Those that nothing can become
 * of any more are no longer watched: no clock wakes anybody for that, the next touch sees to it.
 */
export function followAlerts(desk: Desk, memberId: string): void {
  const member = desk.member(memberId)
  if (member.alerts.length === 0) return
  for (const alert of desk.alerts.all(member.alerts))
    if (member.status !== 'active') closeAlert(desk, alert, 'member_left')
  const alerts = desk.alerts.all(member.alerts)
  const purchases = keptPurchases(desk, member.id, alerts.flatMap(watchedFrom))
  for (const alert of alerts) follow(desk, alert, purchases)
  const watched = desk.alerts.all(member.alerts).filter((alert) => isWatched(alert, desk.now))
  if (watched.length < member.alerts.length) desk.change(member.id).alerts = watched.map(({ id }) => id)
}

function follow(desk: Desk, alert: Alert, purchases: readonly KeptPurchase[]): void {
  const followed = followAlert(alert, purchases)
  if (JSON.stringify(followed) !== JSON.stringify(alert)) putChanged(desk, followed)
}

/** Kept purchases as this unit leaves them, oldest first: those after each of the instants, as many as can matter. */
function keptPurchases(desk: Desk, member: string, marks: readonly number[]): KeptPurchase[] {
  if (marks.length === 0) return []
  const since = Math.min(...marks)
  const { handOver } = desk.changes
  const owners = handOver?.to === member ? [member, handOver.from] : [member]
  const changed = new Map(owners.flatMap((owner) => desk.paymentChanges(owner)).map(({ after }) => [after.id, after]))
  const stored = owners
    .flatMap((owner) => desk.tx.history(owner).contributionsSince(since))
    .filter(({ payment, purchases }) => purchases === 1 && !changed.has(payment))
    .sort(oldestFirst)
  const near = marks.flatMap((mark) => stored.filter(({ at }) => at > mark).slice(0, FIRST_PURCHASES))
  const ids = [...new Set(near.map(({ payment }) => payment))]
  desk.load({ payments: ids })
  return [...changed.values(), ...ids.map((id) => desk.payment(id))]
    .filter(({ member: owner }) => owner !== null && owners.includes(owner))
    .flatMap((payment) => kept(payment, since))
    .sort(inOrder)
}

/** Ids go by who was heard of first: of one moment, the larger comes first, so that any order of news tells the same. */
const inOrder = (a: KeptPurchase, b: KeptPurchase): number =>
  a.at - b.at || b.amountMinor - a.amountMinor || (a.payment < b.payment ? -1 : 1)

function kept({ id, eligible, counted, parts }: Payment, since: number): KeptPurchase[] {
  const { at, purchases, spendMinor } = counted
  if (at === null || at < since || purchases === 0 || eligible !== true) return []
  return [{ payment: id, at, amountMinor: spendMinor, isRenewal: parts.renewal }]
}

/**
 * A reward given while an alert is open is acting on it: a present, or points spent for the member by staff. What
 * members redeem by themselves says nothing.
 */
export function noteReward(desk: Desk, { id, member, charge, requestedBy }: Redemption): void {
  const { alerts } = desk.member(member)
  if (alerts.length === 0) return
  const isByStaff = charge === 'house' || standingOf(desk.programs.current.staff, desk.origin) !== 'free'
  if (!isByStaff) return
  for (const alert of desk.alerts.all(alerts).filter(({ state }) => state === 'open')) {
    // Whoever approved it has not spoken with the customer.
    const step = { at: desk.now, actor: requestedBy, did: 'rewarded', detail: id } as const
    putChanged(desk, { ...alert, actedAt: alert.actedAt ?? desk.now, steps: addStep(alert.steps, step) })
  }
}

/** Whoever is forgotten has nothing open, and what was typed about them goes; so does their name where it was told to people. */
export function endAlertsOf(desk: Desk, memberId: string): void {
  const member = desk.change(memberId)
  const told = member.version === 0 ? [] : desk.tx.alertsOf(member.id).filter(({ state }) => state !== 'held_out')
  for (const alert of told) announce(desk, alert)
  for (const alert of desk.alerts.all(member.alerts)) alert.note = null
  for (const alert of desk.alerts.all(member.alerts)) closeAlert(desk, alert, 'member_left')
  member.alerts = []
}

/** Of two that become one, both lists are watched on; the store hands the alerts over. */
export function joinAlerts(desk: Desk, source: Member, target: Member): void {
  if (source.alerts.length === 0) return
  desk.alerts.handOver(source.id, target.id)
  target.alerts = [...target.alerts, ...source.alerts]
  source.alerts = []
  endTwins(desk, target)
}

/** A guest who was somebody else all along: what was told of them was told of that member, though nothing else joins. */
export function leaveAlerts(desk: Desk, guest: Member, owner: Member): void {
  const stored = guest.version === 0 ? [] : desk.tx.alertsOf(guest.id).map(({ id }) => id)
  const alerts = desk.alerts.all([...new Set([...stored, ...guest.alerts])])
  if (alerts.length === 0) return
  for (const alert of alerts) desk.alerts.put({ ...alert, member: owner.id })
  const [left, joined] = [desk.change(guest.id), desk.change(owner.id)]
  joined.alerts = [...joined.alerts, ...left.alerts]
  left.alerts = []
  endTwins(desk, joined)
}

/** What was told of each is told of the one they are, once: by the alert that staff took up, else that of who stays. */
function endTwins(desk: Desk, member: Member): void {
  const running = desk.alerts
    .all(member.alerts)
    .filter(({ state, outcome }) => state !== 'resolved' && outcome === null)
  const told = Map.groupBy(running, ({ kind, occasion }) => `${isLapse(kind) ? 'lapse' : kind} ${occasion}`)
  for (const twins of told.values()) {
    const [, ...others] = twins.sort((a, b) => claimOf(b) - claimOf(a))
    for (const alert of others)
      if (alert.version === 0) takeBack(desk, member, alert)
      else closeAlert(desk, alert, 'passed')
  }
}

/** It was opened in this very unit, before it was known that they are one. */
function takeBack(desk: Desk, member: Member, alert: Alert): void {
  desk.alerts.drop(alert)
  member.alerts = member.alerts.filter((id) => id !== alert.id)
  const { changes } = desk
  changes.effects = changes.effects.filter(({ kind, key }) => kind !== SLACK_ALERT || key !== alert.id)
}

const claimOf = ({ state, assignee, actedAt, version }: Alert): number => {
  if (state === 'held_out') return 0
  if (assignee !== null) return 4
  return actedAt !== null ? 3 : version > 0 ? 2 : 1
}
