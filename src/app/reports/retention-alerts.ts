/** What became of alerts, and what acting on them is worth: only said against customers who were held out by chance. */
import { type Alert, type AlertKind, alertId } from '../../core/alert-state.ts'
import { DAY_MS, localDate } from '../../core/calendar.ts'
import { compareReturns, ReturnArm } from '../../retention/impact.ts'
import type { Span } from './period.ts'
import type { ReportContext } from './report-context.ts'
import { armOf, describeEffect, sayHoldout } from './retention-impact.ts'
import type { AlertLine, RetentionImpact } from './retention-shapes.ts'
import { slicesById } from './slices.ts'

const ALERTS_IN_SLICE = 1_000

export const ALERT_KINDS: readonly AlertKind[] = [
  'at_risk',
  'overdue',
  'tier_at_risk',
  'points_expiring',
  'payment_failed',
  'cancelling',
  'unhappy',
]
/** Of these nobody is ever held out. */
const ALWAYS_SHOWN: ReadonlySet<AlertKind> = new Set(['payment_failed', 'cancelling', 'unhappy'])

interface Window {
  fromMs: number
  toMs: number
}

interface Holdout extends Window {
  share: number
  shown: ReturnArm
  heldOut: ReturnArm
}

export async function readAlerts(context: ReportContext, window: Window, span: Span) {
  const { store, now } = context
  const lines = new Map(ALERT_KINDS.map((kind) => [kind, noLine(kind)]))
  const holdout = holdoutOf(context, span)
  // Alerts come by member, as their ids begin with it: each counts once, by the first.
  let last = { member: '', first: null as Alert | null }
  for await (const alerts of slicesById(store.alertsAfter, ALERTS_IN_SLICE))
    for (const alert of alerts) {
      const line = lines.get(alert.kind)
      if (line !== undefined) addToLine(line, alert, window, now)
      if (holdout === null || !isJudged(alert, holdout, now)) continue
      if (alert.member !== last.member) {
        addToArm(holdout, last.first)
        last = { member: alert.member, first: alert }
      } else if (last.first === null || alert.openedAt < last.first.openedAt) last.first = alert
    }
  if (holdout !== null) addToArm(holdout, last.first)
  const all = [...lines.values()]
  const sum = (part: 'actedOn' | 'cameBack' | 'waiting'): number => all.reduce((total, line) => total + line[part], 0)
  return {
    lines: all.filter(({ opened, open }) => opened + open > 0),
    acting: { actedOn: sum('actedOn'), cameBack: sum('cameBack'), waiting: sum('waiting') },
    holdout: holdout === null ? null : describeHoldout(holdout, context),
  }
}

const noLine = (kind: AlertKind): AlertLine => ({
  kind,
  opened: 0,
  actedOn: 0,
  cameBack: 0,
  waiting: 0,
  open: 0,
  value: 0,
})

const isWithin = ({ fromMs, toMs }: Window, at: number): boolean => at >= fromMs && at < toMs
const endOfWindow = (from: number, { windowDays }: Alert): number => from + windowDays * DAY_MS

function addToLine(line: AlertLine, alert: Alert, window: Window, now: number): void {
  if (alert.state === 'held_out') return
  if (alert.state === 'open') {
    line.open++
    line.value += alert.valueMinor
  }
  if (!isWithin(window, alert.openedAt)) return
  line.opened++
  if (alert.actedAt === null) return
  line.actedOn++
  if (alert.cameBack !== null) line.cameBack++
  else if (endOfWindow(alert.actedAt, alert) > now) line.waiting++
}

/**
 * Whether it tells the groups apart: opened under this holdout, of a kind that it is for, its window over, and of a member who
 * is the same still. One who became part of another may have been in both groups.
 */
const isJudged = (alert: Alert, holdout: Holdout, now: number): boolean =>
  !ALWAYS_SHOWN.has(alert.kind) &&
  isWithin(holdout, alert.openedAt) &&
  endOfWindow(alert.openedAt, alert) <= now &&
  alert.id === alertId(alert.member, alert.kind, alert.occasion)

function addToArm({ shown, heldOut }: Holdout, alert: Alert | null): void {
  if (alert === null) return
  const arm = alert.state === 'held_out' ? heldOut : shown
  arm.add(alert.returned?.amountMinor ?? null)
}

/**
 * The newest stretch of time in which programs held out the same share: alerts of another time, or under another share, came
 * to be shown by something else than chance.
 */
function holdoutOf({ history, programOf }: ReportContext, span: Span): Holdout | null {
  const shares = history.map(({ version, since }) => ({ since, share: programOf(version).retention.holdout }))
  const last = shares.findLastIndex(({ share }) => share > 0)
  const share = shares[last]?.share
  if (share === undefined) return null
  let first = last
  while (shares[first - 1]?.share === share) first--
  return {
    share,
    fromMs: Math.max(span.fromMs, shares[first]?.since ?? 0),
    toMs: Math.min(span.toMs, shares[last + 1]?.since ?? Number.POSITIVE_INFINITY),
    shown: new ReturnArm(),
    heldOut: new ReturnArm(),
  }
}

function describeHoldout(holdout: Holdout, context: ReportContext): NonNullable<RetentionImpact['holdout']> {
  const { share, fromMs, toMs, shown, heldOut } = holdout
  const effect = compareReturns(shown, heldOut)
  return {
    holdout: share,
    from: localDate(fromMs, context.zone),
    to: Number.isFinite(toMs) ? localDate(toMs - 1, context.zone) : null,
    shown: armOf(shown),
    heldOut: armOf(heldOut),
    effect: effect === null ? null : describeEffect(effect),
    says: sayHoldout(shown, heldOut, effect, context),
  }
}
