/**
 * What becomes of an alert by what its member buys. Comebacks follow from the purchases that stand: a refund takes one back,
 * a late event brings one, and any order ends in the same. Pure.
 */
import type { Program } from '../program/schema.ts'
import { type Alert, type AlertKind, type AlertStep, type Comeback, isLapse } from './alert-state.ts'
import { DAY_MS } from './calendar.ts'
import { hash32 } from './hash32.ts'
import { BY_PROGRAM } from './redemptions.ts'

/** A purchase of which something is kept. Net, minor units of the program's currency. */
export interface KeptPurchase {
  payment: string
  at: number
  amountMinor: number
  /** A later invoice of a subscription. */
  isRenewal: boolean
}

/** Least days within which a purchase counts as coming back (DESIGN.md §9). */
export const WINDOW_DAYS = 30
/** Most: a habit of ten years is none. */
const WINDOW_LIMIT = 3_650
/** How long after the window refunds and late news are still looked for: disputes come within 120 days, and take time. */
const LATE_MS = 180 * DAY_MS
/** What happened to an alert, at most: the oldest but the first fall out. */
const STEPS_LIMIT = 200

/** Whoever complains, or whose payment fails, is helped whatever one would like to learn. */
const NEVER_HELD_OUT: ReadonlySet<AlertKind> = new Set(['unhappy', 'payment_failed', 'cancelling'])
/** A subscription that goes on is why they were opened; of others, what is charged by itself says nothing. */
const RENEWALS_COUNT: ReadonlySet<AlertKind> = new Set(['payment_failed', 'cancelling'])

/** Whether staff never hear of it, to learn what acting is worth: of one member always or never. */
export const isHeldOutFrom = ({ retention }: Program, kind: AlertKind, member: string): boolean =>
  !NEVER_HELD_OUT.has(kind) && hash32(`retention\n${member}`) < retention.holdout * 2 ** 32

/** Whole days from the standard window up to some years, whatever was reckoned. */
export const windowOf = (days: number): number =>
  Math.min(WINDOW_LIMIT, Math.max(WINDOW_DAYS, Number.isFinite(days) ? Math.ceil(days) : WINDOW_DAYS))

export const addStep = (steps: readonly AlertStep[], step: AlertStep): AlertStep[] =>
  inTime([...steps, step]).filter((_, n, all) => n === 0 || n > all.length - STEPS_LIMIT)

/** Oldest first; of the same moment, as they came. */
const inTime = (steps: AlertStep[]): AlertStep[] => steps.sort((a, b) => a.at - b.at)

/** Instants after which the first purchases matter. */
export const watchedFrom = ({ openedAt, lastPurchaseAt, actedAt, steps }: Alert): number[] =>
  [openedAt, lastPurchaseAt, actedAt, reopenedAt(steps)].filter((at) => at !== null)

/** The alert as it stands by what was bought. `purchases`: kept, oldest first, at least the first after each of `watchedFrom`. */
export function followAlert(alert: Alert, purchases: readonly KeptPurchase[]): Alert {
  const counting = purchases.filter(({ isRenewal }) => !isRenewal || RENEWALS_COUNT.has(alert.kind))
  const after = (at: number | null): Comeback | null =>
    at === null ? null : firstAfter(counting, at, at + alert.windowDays * DAY_MS)
  const returned = after(alert.openedAt)
  const cameBack = after(alert.actedAt)
  const ending = endsByBuying(alert) ? endOf(alert, counting) : alert
  const { state, outcome, resolvedAt } = ending
  return { ...alert, state, outcome, resolvedAt, returned, cameBack, steps: stepsOf(alert, ending, cameBack) }
}

function firstAfter(purchases: readonly KeptPurchase[], from: number, until: number): Comeback | null {
  const first = purchases.find(({ at }) => at > from && at <= until)
  return first === undefined ? null : { at: first.at, payment: first.payment, amountMinor: first.amountMinor }
}

type Ending = Pick<Alert, 'state' | 'outcome' | 'resolvedAt'>

/** A lapse nobody else has ended. */
const endsByBuying = ({ kind, outcome }: Alert): boolean =>
  isLapse(kind) && (outcome === null || outcome === 'came_back')

/** It is over with the first purchase that was not known yet; when that is given back, it never was. */
function endOf(alert: Alert, purchases: readonly KeptPurchase[]): Ending {
  const from = Math.max(alert.lastPurchaseAt ?? alert.openedAt, reopenedAt(alert.steps) ?? 0)
  const ending = purchases.find(({ at }) => at > from)
  const isHidden = alert.state === 'held_out'
  if (ending === undefined) return { state: isHidden ? 'held_out' : 'open', outcome: null, resolvedAt: null }
  return {
    state: isHidden ? 'held_out' : 'resolved',
    outcome: 'came_back',
    resolvedAt: Math.max(ending.at, alert.openedAt),
  }
}

const reopenedAt = (steps: readonly AlertStep[]): number | null =>
  steps.findLast(({ did }) => did === 'reopened')?.at ?? null

/** What follows from purchases is told anew; an end that staff have answered by reopening stays told. */
function stepsOf(alert: Alert, ending: Ending, cameBack: Comeback | null): AlertStep[] {
  const answered = alert.steps.findLastIndex(({ did }) => did === 'reopened')
  const told = alert.steps.filter(
    (step, n) => step.did !== 'came_back' && (n <= answered || !isEndByBuying(alert, step)),
  )
  const by = { actor: BY_PROGRAM } as const
  if (cameBack !== null) told.push({ ...by, at: cameBack.at, did: 'came_back', detail: cameBack.payment })
  if (isLapse(alert.kind) && ending.outcome === 'came_back' && ending.resolvedAt !== null)
    told.push({ ...by, at: ending.resolvedAt, did: 'resolved', detail: 'came_back' })
  return inTime(told)
}

const isEndByBuying = ({ kind }: Alert, { did, detail }: AlertStep): boolean =>
  isLapse(kind) && did === 'resolved' && detail === 'came_back'

/** Whether something may still become of it: it runs, shown or not, or a purchase may yet count, be heard of or be given back. */
export function isWatched(alert: Alert, now: number): boolean {
  const { state, outcome, openedAt, actedAt, resolvedAt, windowDays } = alert
  const last = Math.max(openedAt, actedAt ?? openedAt, resolvedAt ?? openedAt)
  return (state !== 'resolved' && outcome === null) || now <= last + windowDays * DAY_MS + LATE_MS
}
