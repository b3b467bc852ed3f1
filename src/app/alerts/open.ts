/** Alerts opened, brought up to date and ended by the program itself. Each is opened once, whoever finds the occasion again. */
import { type Alert, type AlertDraft, type AlertOutcome, alertId, isLapse } from '../../core/alert-state.ts'
import { addStep, isHeldOutFrom, windowOf } from '../../core/alerts.ts'
import { minorUnits } from '../../core/reward-terms.ts'
import type { Desk } from '../desk.ts'
import { suggestReward } from './suggest-reward.ts'

/** Told to people in Slack: opened, changed, over. */
export const SLACK_ALERT = 'slack.alert'

/** `held_out`: stored, but shown to nobody. `known`: it was there; while it is open it says what the draft says now. */
export type Opening = 'opened' | 'held_out' | 'known' | 'not_wanted'

/**
 * Opens an alert unless the program wants none of its kind, too little is at stake or the member is not active. One that
 * is open already takes the draft's reason, figures and value; one that has ended stays so.
 */
export function openAlert(desk: Desk, memberId: string, draft: AlertDraft): Opening {
  const member = desk.member(memberId)
  const { current: program } = desk.programs
  if (member.status !== 'active' || !program.retention.alerts.includes(draft.kind)) return 'not_wanted'
  const known = knownAlert(desk, [member.id, ...member.absorbed], draft)
  if (known !== null) {
    refresh(desk, known, draft)
    return 'known'
  }
  const valueMinor = wholeAboveZero(draft.valueMinor)
  if (valueMinor < minorUnits(program.retention.minimumValue, program.currency)) return 'not_wanted'
  const isHidden = isHeldOutFrom(program, draft.kind, member.id)
  const alert = begin(desk, member.id, { ...draft, valueMinor }, isHidden)
  desk.alerts.put(alert)
  desk.change(member.id).alerts = [...member.alerts, alert.id]
  if (!isHidden) announce(desk, alert)
  return isHidden ? 'held_out' : 'opened'
}

/** Also one of somebody who became this member; of several, the one that is not over. */
function knownAlert(desk: Desk, members: readonly string[], { kind, occasion }: AlertDraft): Alert | null {
  const known = desk.alerts.all(members.map((member) => alertId(member, kind, occasion)))
  return known.find(({ outcome }) => outcome === null) ?? known[0] ?? null
}

function begin(desk: Desk, member: string, draft: AlertDraft, isHidden: boolean): Alert {
  const { kind, occasion, valueMinor, reason, facts, windowDays } = draft
  return {
    id: alertId(member, kind, occasion),
    version: 0,
    member,
    kind,
    occasion,
    state: isHidden ? 'held_out' : 'open',
    openedAt: desk.now,
    valueMinor,
    reason,
    facts,
    suggestion: isHidden ? null : (draft.suggestion ?? suggestReward(desk, member, valueMinor)),
    snoozedUntil: null,
    assignee: null,
    outcome: null,
    resolvedAt: null,
    note: null,
    actedAt: null,
    windowDays: windowOf(windowDays),
    lastPurchaseAt: isLapse(kind) ? lastBought(desk, member) : null,
    returned: null,
    cameBack: null,
    steps: [{ at: desk.now, actor: desk.origin.actor, did: 'opened', detail: null }],
  }
}

const lastBought = (desk: Desk, member: string): number | null =>
  desk.tx.purchasesOf(member).findLast(({ isRenewal }) => !isRenewal)?.at ?? null

/** At risk and overdue are one alert, which keeps to what it was opened as. */
function refresh(desk: Desk, alert: Alert, draft: AlertDraft): void {
  const isOver = alert.state === 'resolved' || alert.outcome !== null
  if (isOver || alert.kind !== draft.kind) return
  const { reason, facts, suggestion } = draft
  const news = {
    reason,
    facts,
    valueMinor: wholeAboveZero(draft.valueMinor),
    suggestion: suggestion ?? alert.suggestion,
  }
  const { valueMinor } = alert
  const stood = { reason: alert.reason, facts: alert.facts, valueMinor, suggestion: alert.suggestion }
  if (JSON.stringify(news) === JSON.stringify(stood)) return
  putChanged(desk, { ...alert, ...news })
}

/**
 * Ends an alert that nobody needs any more: the occasion passed, the member left, or the subscription goes on. Answers
 * whether it was open. A lapse ends by itself with a purchase (`followAlerts`): nobody ends one as `came_back`.
 */
export function closeAlert(
  desk: Desk,
  alert: Alert,
  outcome: Extract<AlertOutcome, 'came_back' | 'passed' | 'member_left'>,
): boolean {
  if (alert.state === 'resolved' || alert.outcome !== null) return false
  const step = { at: desk.now, actor: desk.origin.actor, did: 'resolved', detail: outcome } as const
  const state = alert.state === 'held_out' ? 'held_out' : 'resolved'
  putChanged(desk, { ...alert, state, outcome, resolvedAt: desk.now, steps: addStep(alert.steps, step) })
  return true
}

/** Puts it, and tells people unless it is kept from them. */
export function putChanged(desk: Desk, alert: Alert): void {
  desk.alerts.put(alert)
  if (alert.state !== 'held_out') announce(desk, alert)
}

/** People are to see it as it is now. */
export const announce = (desk: Desk, { id }: Pick<Alert, 'id'>): void =>
  desk.effect({ kind: SLACK_ALERT, key: id, payload: { alert: id }, dueAt: null })

/** It was put off until then: people are told that it is there again. A row of its own, so that news in between goes out at once. */
export const wakeAt = (desk: Desk, id: string, at: number): void =>
  desk.effect({ kind: SLACK_ALERT, key: `${id}@${at}`, payload: { alert: id, wake: true }, dueAt: at })

const wholeAboveZero = (amount: number): number =>
  Number.isFinite(amount) ? Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, Math.round(amount))) : 0
