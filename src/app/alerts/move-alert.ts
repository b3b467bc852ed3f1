/** What staff do with an alert: take it, put it off, end it, open it again. Who did what and when stays with it. */
import type { Alert, AlertStep } from '../../core/alert-state.ts'
import { addStep } from '../../core/alerts.ts'
import { DAY_MS } from '../../core/calendar.ts'
import { isPrincipal, principalOf } from '../../core/principal.ts'
import { stockCounter } from '../../core/redemptions.ts'
import { answering, done, refuse } from '../context.ts'
import type { Desk } from '../desk.ts'
import { iso } from '../member-view.ts'
import type { AlertStepInput, AlertView, Idempotency, Refusal, Result } from '../ports.ts'
import { forbids } from '../staff.ts'
import { noAlert, viewAlert } from './alert-views.ts'
import { followAlerts } from './follow-alerts.ts'
import { putChanged, wakeAt } from './open.ts'

const SNOOZE_DAYS = 365
const NOTE_LIMIT = 4_000

export function moveAlert(desk: Desk, id: string, step: AlertStepInput, key: Idempotency | null): Result<AlertView> {
  return answering(desk, key, () => {
    const forbidden = forbids(desk, 'issue')
    if (forbidden !== null) return { result: forbidden, member: null }
    const alert = desk.alerts.alert(id)
    if (alert === null || alert.state === 'held_out') return { result: noAlert(), member: null }
    const moved = take(desk, alert, step)
    if ('ok' in moved) return { result: moved, member: alert.member }
    if (moved !== alert) putMoved(desk, moved)
    const member = desk.member(alert.member)
    const shown = desk.alerts.alert(id) ?? moved
    const gone = (reward: string): number => desk.given.counter(stockCounter(reward))
    return {
      result: done(viewAlert(shown, { member, program: desk.programs.current, now: desk.now, gone })),
      member: member.id,
    }
  })
}

/** It is watched again, also where nothing could become of it any more. */
function putMoved(desk: Desk, alert: Alert): void {
  const member = desk.change(alert.member)
  if (!member.alerts.includes(alert.id)) member.alerts = [...member.alerts, alert.id]
  putChanged(desk, alert)
  followAlerts(desk, member.id)
}

function take(desk: Desk, alert: Alert, step: AlertStepInput): Alert | Refusal {
  switch (step.do) {
    case 'assign':
      return assign(desk, alert, step.to === undefined ? desk.origin.actor : step.to, step.ifFree === true)
    case 'snooze':
      return snooze(desk, alert, 'until' in step ? step.until : desk.now + step.days * DAY_MS)
    case 'resolve':
      return resolve(desk, alert, step.outcome, step.note ?? null)
    case 'reopen':
      return reopen(desk, alert)
    default: {
      const unknown: never = step
      return unknown
    }
  }
}

const isOver = () => refuse('conflict', 'This alert is resolved: reopen it first')

/** The alert with what was done to it. `acts`: somebody takes care of the customer with it. */
function withStep(desk: Desk, alert: Alert, did: AlertStep['did'], detail: string | null, acts: boolean): Alert {
  const step: AlertStep = { at: desk.now, actor: desk.origin.actor, did, detail }
  const actedAt = alert.actedAt ?? (acts ? desk.now : null)
  return { ...alert, actedAt, steps: addStep(alert.steps, step) }
}

function assign(desk: Desk, alert: Alert, to: string | null, ifFree: boolean): Alert | Refusal {
  const assignee = to === null ? null : principalOf(to)
  const isNamed = assignee === null || assignee === principalOf(desk.origin.actor) || isPrincipal(assignee)
  if (!isNamed)
    return refuse('invalid_request', 'to must be slack:<user id>, hubspot:<e-mail address> or api:<key name>')
  if (alert.state !== 'open') return isOver()
  if (alert.assignee === assignee) return alert
  if (ifFree && alert.assignee !== null) return refuse('conflict', 'Somebody else has taken this alert')
  return { ...withStep(desk, alert, 'assigned', assignee, assignee !== null), assignee }
}

function snooze(desk: Desk, alert: Alert, until: number): Alert | Refusal {
  if (!(until > desk.now && until <= desk.now + SNOOZE_DAYS * DAY_MS))
    return refuse('invalid_request', `until must lie in the future, ${SNOOZE_DAYS} days ahead at most`)
  if (alert.state !== 'open') return isOver()
  const snoozedUntil = Math.ceil(until)
  wakeAt(desk, alert.id, snoozedUntil)
  return { ...withStep(desk, alert, 'snoozed', iso(snoozedUntil), false), snoozedUntil }
}

type Outcome = Extract<AlertStepInput, { do: 'resolve' }>['outcome']

function resolve(desk: Desk, alert: Alert, outcome: Outcome, note: string | null): Alert | Refusal {
  if (alert.state !== 'open') return refuse('conflict', 'This alert is resolved already')
  const resolved = withStep(desk, alert, 'resolved', outcome, outcome === 'helped')
  return { ...resolved, state: 'resolved', outcome, resolvedAt: desk.now, note: noteOf(alert.note, note) }
}

/** What was noted before stays above it, as long as there is room. */
function noteOf(before: string | null, note: string | null): string | null {
  const added = note?.trim()
  if (!added) return before
  const kept = (before === null ? added : `${before}\n${added}`).slice(-NOTE_LIMIT)
  // Half a character is none.
  return kept.replace(/^[\uDC00-\uDFFF]/, '')
}

function reopen(desk: Desk, alert: Alert): Alert | Refusal {
  if (alert.state !== 'resolved') return refuse('conflict', 'This alert is open')
  if (desk.member(alert.member).status !== 'active') return refuse('conflict', 'This member is not active any more')
  const open = { state: 'open', outcome: null, resolvedAt: null, snoozedUntil: null } as const
  return { ...withStep(desk, alert, 'reopened', null, false), ...open }
}
