/** Alerts as staff see them: one, and pages with the most at stake first. Those held out are shown to nobody. */
import type { Alert } from '../../core/alert-state.ts'
import { DAY_MS } from '../../core/calendar.ts'
import { principalOf } from '../../core/principal.ts'
import { findReward, openingOf } from '../../core/reward-terms.ts'
import type { Member } from '../../core/state.ts'
import { heldSegments } from '../../core/tiers.ts'
import type { Program } from '../../program/schema.ts'
import { type Context, done, findMember, noMember, refuse } from '../context.ts'
import { iso } from '../member-view.ts'
import type { AlertFilter, AlertView, Page, Result } from '../ports.ts'
import { type Gone, readGone } from '../reward-views.ts'
import type { AlertQuery } from '../store-port.ts'

const isoOrNull = (at: number | null): string | null => (at === null ? null : iso(at))

export interface AlertViewOptions {
  member: Member
  program: Program
  now: number
  gone: Gone
}

export const noAlert = () => refuse('not_found', 'There is no such alert')

/** Snoozed only while its time has not come: no job need wake it. */
export const isSnoozed = ({ state, snoozedUntil }: Alert, now: number): boolean =>
  state === 'open' && snoozedUntil !== null && snoozedUntil > now

export function viewAlert(alert: Alert, { member, program, now, gone }: AlertViewOptions): AlertView {
  const snoozed = isSnoozed(alert, now)
  return {
    id: alert.id,
    kind: alert.kind,
    state: alert.state !== 'open' ? 'resolved' : snoozed ? 'snoozed' : 'open',
    member: {
      id: member.id,
      name: member.profile.name,
      email: member.profile.email,
      tier: tierOf(member, program, now),
    },
    openedAt: iso(alert.openedAt),
    value: { amount: alert.valueMinor, currency: program.currency },
    reason: alert.reason,
    facts: alert.facts,
    suggestion: viewSuggestion(alert, { program, now, gone }),
    assignee: alert.assignee,
    snoozedUntil: snoozed ? isoOrNull(alert.snoozedUntil) : null,
    outcome: alert.outcome,
    resolvedAt: isoOrNull(alert.resolvedAt),
    note: alert.note,
    actedAt: isoOrNull(alert.actedAt),
    cameBack: viewComeback(alert, program),
    steps: alert.steps.map(({ at, actor, did, detail }) => ({ at: iso(at), actor, did, detail })),
  }
}

function tierOf(member: Member, { tiers }: Program, now: number): AlertView['member']['tier'] {
  const held = heldSegments(member).findLast(({ since }) => since <= now)
  const level = tiers?.levels.find(({ id }) => id === held?.id)
  return level === undefined ? null : { id: level.id, name: level.name }
}

/** A reward that the program has no longer, whose time is over, or of which none is left, is suggested to nobody. */
function viewSuggestion(
  { suggestion }: Alert,
  { program, now, gone }: Omit<AlertViewOptions, 'member'>,
): AlertView['suggestion'] {
  const reward = suggestion && findReward(program, suggestion.reward)
  if (suggestion === null || reward === null) return null
  const isLeft = reward.stock === null || gone(reward.id) < reward.stock
  if (!isLeft || !openingOf({ reward, program }, now).open) return null
  return { reward: reward.id, name: reward.name, cost: reward.cost, charge: suggestion.charge }
}

function viewComeback({ cameBack, actedAt }: Alert, { currency }: Program): AlertView['cameBack'] {
  if (cameBack === null || actedAt === null) return null
  const { at, amountMinor } = cameBack
  return { at: iso(at), amount: amountMinor, currency, daysAfter: Math.floor((at - actedAt) / DAY_MS) }
}

export function getAlert(context: Context, id: string): Promise<Result<AlertView>> {
  const now = context.clock.now()
  const program = context.programs.current
  return context.read((tx) => {
    const alert = tx.alerts([id]).get(id)
    const member = alert && tx.members([alert.member]).get(alert.member)
    if (alert === undefined || member === undefined || alert.state === 'held_out') return noAlert()
    return done(viewAlert(alert, { member, program, now, gone: readGone(tx, program.rewards) }))
  })
}

/** All that there is about a member's alerts, for them to have. */
export const exportAlert = ({ version: _, ...alert }: Alert) => ({
  ...alert,
  openedAt: iso(alert.openedAt),
  resolvedAt: isoOrNull(alert.resolvedAt),
  snoozedUntil: isoOrNull(alert.snoozedUntil),
  actedAt: isoOrNull(alert.actedAt),
  lastPurchaseAt: isoOrNull(alert.lastPurchaseAt),
  returned: alert.returned && { ...alert.returned, at: iso(alert.returned.at) },
  cameBack: alert.cameBack && { ...alert.cameBack, at: iso(alert.cameBack.at) },
  steps: alert.steps.map((step) => ({ ...step, at: iso(step.at) })),
})

// -------------------------------------------------------------------------------------------------------------- pages

type Before = AlertQuery['before']

const CURSOR = /^(\d{1,16})\.([^\s]{1,400})$/

/** Undefined: it is none of ours. */
function readCursor(cursor: string | undefined): Before | undefined {
  if (cursor === undefined) return null
  const [, value, id] = CURSOR.exec(cursor) ?? []
  return value === undefined || id === undefined ? undefined : [Number(value), id]
}

export async function listAlerts(context: Context, filter: AlertFilter): Promise<Result<Page<AlertView>>> {
  const before = readCursor(filter.cursor)
  if (before === undefined) return refuse('invalid_request', 'The cursor is not one of ours')
  const assignee = filter.assignee === undefined ? null : principalOf(filter.assignee)
  const member = filter.member === undefined ? null : await whoIs(context, filter.member)
  if (filter.member !== undefined && member === null) return noMember()
  const { state = 'open', kind = null, limit } = filter
  const now = context.clock.now()
  const alerts = await context.store.alertsPage({ state, kind, member, assignee, now, before, limit: limit + 1 })
  return done(await pageOf(context, alerts, limit, now))
}

const whoIs = (context: Context, ref: string): Promise<string | null> =>
  context.read((tx) => findMember(tx, ref)?.id ?? null)

/** `alerts`: one more than the limit where there are more. */
async function pageOf(
  context: Context,
  alerts: readonly Alert[],
  limit: number,
  now: number,
): Promise<Page<AlertView>> {
  const shown = alerts.slice(0, limit)
  const last = shown.at(-1)
  const next = alerts.length > limit && last !== undefined ? `${last.valueMinor}.${last.id}` : null
  const program = context.programs.current
  const { members, gone } = await context.read((tx) => ({
    members: tx.members([...new Set(shown.map(({ member }) => member))]),
    gone: readGone(tx, program.rewards),
  }))
  const items = shown.flatMap((alert) => {
    const member = members.get(alert.member)
    return member === undefined ? [] : [viewAlert(alert, { member, program, now, gone })]
  })
  return { items, next }
}
