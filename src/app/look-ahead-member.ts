/**
 * One member judged: their segment, what models say of them in steps coarse enough to be written seldom, and what staff
 * should hear of. Pure; what it needs was read for a whole slice, or anew in the unit that writes.
 */
import type { Alert } from '../core/alert-state.ts'
import { isWatched } from '../core/alerts.ts'
import { endOfLot } from '../core/books.ts'
import { DAY_MS } from '../core/calendar.ts'
import type { SubscriptionFact } from '../core/facts.ts'
import type { Lot, Member } from '../core/state.ts'
import type { Program } from '../program/schema.ts'
import { judgeMember } from '../retention/alert-rules/judge-member.ts'
import type { EndingPoints, Judgement } from '../retention/alert-rules/situation.ts'
import { historyOf } from '../retention/buying-history.ts'
import { outlook } from '../retention/outlook-model.ts'
import type { Knowledge, Outlook } from '../retention/types.ts'
import { FIRST_LOOK_DAYS } from './look-ahead-run.ts'
import { viewOf, YEARLY_DISCOUNT } from './retention-view.ts'
import { standingOf } from './segment.ts'
import type { Purchase, StoredOutlook } from './store-port.ts'
import { outlookOfSubscriptions } from './subscription-outlook.ts'

/** The same for everybody of one slice. */
export interface Shop {
  program: Program
  knowledge: Knowledge
  now: number
  /** Local days: today, and that of the look before. */
  today: number
  sinceDay: number
  /** When the look before began: whoever we heard of since is looked at for the first time. */
  sinceAt: number
}

/** What must be known of a member. */
export interface Dossier {
  member: Member
  /** Kept, oldest first. */
  purchases: readonly Purchase[]
  subscriptions: readonly SubscriptionFact[]
  /** Those still watched at least. */
  alerts: readonly Alert[]
  /** With something remaining; read only where `mayLosePoints`. */
  lots: readonly Lot[]
  outlook: StoredOutlook | null
}

export interface Judged {
  segment: string | null
  /** What is to be made known; null: nothing new. */
  outlook: StoredOutlook | null
  notice: Judgement
  /** Some alerts need not be watched any more. */
  isSettled: boolean
}

/** How long small changes of what models say wait to be made known. */
const OUTLOOK_WAITS_MS = 7 * DAY_MS
const YEAR_DAYS = 365
const PROBABILITY_STEPS = 20
const DIGITS = 2

/** Somebody who is no member any more, or never was one of their own. */
export const isJudged = ({ status, mergedInto }: Pick<Member, 'status' | 'mergedInto'>): boolean =>
  mergedInto === null && (status === 'active' || status === 'candidate' || status === 'suspended')

/** Whether points of theirs may end so soon that it is to be told: then their lots must be read. */
export function mayLosePoints({ available, nextAt, status }: Member, { program, now }: Shop): boolean {
  const { alerts, expiringDays } = program.retention
  if (status !== 'active' || available <= 0 || !alerts.includes('points_expiring')) return false
  // A day more: the last day counts as a whole.
  return nextAt !== null && nextAt <= now + (expiringDays + 2) * DAY_MS
}

export function judgeDossier(dossier: Dossier, shop: Shop): Judged {
  const { member, purchases, subscriptions, alerts } = dossier
  const { program, knowledge, now, today } = shop
  const zone = program.timezone
  const standing = knowledge.cuts === null ? null : standingOf(member, knowledge.cuts, today, zone)
  const outlookAt = outlooks(dossier, shop)
  const judging = { program, renewals: knowledge.renewals, now, discount: YEARLY_DISCOUNT }
  const subscription = subscriptions.length === 0 ? null : outlookOfSubscriptions(subscriptions, judging)
  const buying = outlookAt(today)
  const rfm = standing?.rfm ?? null
  const view = buying === null && subscription === null ? null : viewOf({ buying, subscription, program, rfm })
  return {
    // Until the first bounds were learnt nobody has a segment.
    segment: knowledge.cuts === null ? member.segment : (standing?.segment ?? null),
    // Who has given everything back is not expected any more; of who never bought nothing is said.
    outlook: view === null && dossier.outlook === null ? null : newsOf(dossier.outlook, stepped(member, now, view)),
    notice: judgeMember({
      program,
      now,
      today,
      lastCheckDay: lastCheckOf(dossier, shop),
      rhythm: knowledge.fit?.rhythm ?? null,
      member,
      isSubscriber: subscription?.isRunning ?? false,
      history: historyOf(purchases, zone),
      spentLastYearMinor: spentSince(purchases, now - YEAR_DAYS * DAY_MS),
      outlookAt,
      pointsEnding: endingPoints(dossier, shop),
      alerts,
    }),
    isSettled: alerts.some((alert) => !isWatched(alert, now)),
  }
}

/** A history that came in late, or after the look before had begun (a backfill), is news as far back as a first look goes. */
function lastCheckOf({ member, outlook: stored }: Dossier, { sinceDay, sinceAt, today }: Shop): number {
  const { createdAt, lastPurchaseAt } = member
  const isNew = createdAt > sinceAt
  const isLate = stored !== null && lastPurchaseAt !== stored.lastPurchaseAt && (lastPurchaseAt ?? 0) < sinceAt
  return isNew || isLate ? Math.min(sinceDay, today - FIRST_LOOK_DAYS) : sinceDay
}

/** Outlooks by day, each reckoned once, all by the same fit. */
function outlooks({ purchases }: Dossier, { program, knowledge }: Shop): (day: number) => Outlook | null {
  const history = historyOf(purchases, program.timezone)
  const known = new Map<number, Outlook | null>()
  return (day) => {
    const found = known.get(day)
    if (found !== undefined) return found
    const made = outlook(history, knowledge.fit, day, { atRiskBelow: program.retention.atRiskBelow })
    known.set(day, made)
    return made
  }
}

const spentSince = (purchases: readonly Purchase[], since: number): number =>
  purchases.reduce((sum, { at, spendMinor }) => (at >= since ? sum + spendMinor : sum), 0)

/** Available points by when they end. Null: the program does not ask. */
function endingPoints({ member, lots }: Dossier, { program }: Shop): EndingPoints[] | null {
  if (!program.retention.alerts.includes('points_expiring')) return null
  return lots.flatMap((lot) => {
    const at = lot.state === 'available' && lot.remaining > 0 ? endOfLot(lot, member.activeAt, program.timezone) : null
    return at === null ? [] : [{ at, points: lot.remaining, byInactivity: lot.idleMonths !== null }]
  })
}

function stepped(member: Member, at: number, view: ReturnType<typeof viewOf> | null): StoredOutlook {
  const { risk = 'low', rfm = null, probabilityAlive = 0, expectedPurchases90Days = 0, lifetimeValue } = view ?? {}
  return {
    member: member.id,
    at,
    risk,
    rfm,
    probabilityAlive: Math.round(probabilityAlive * PROBABILITY_STEPS) / PROBABILITY_STEPS,
    expected90: coarse(expectedPurchases90Days),
    lifetimeValueMinor: Math.round(coarse(lifetimeValue?.amount ?? 0)),
    lastPurchaseAt: member.lastPurchaseAt,
  }
}

const coarse = (value: number): number => Number(value.toPrecision(DIGITS))

/** Another risk, standing or last purchase at once, other figures once a week. */
function newsOf(stored: StoredOutlook | null, now: StoredOutlook): StoredOutlook | null {
  if (stored === null || stored.risk !== now.risk || stored.rfm !== now.rfm) return now
  if (stored.lastPurchaseAt !== now.lastPurchaseAt) return now
  if (Math.abs(now.at - stored.at) < OUTLOOK_WAITS_MS) return null
  const isSame =
    stored.probabilityAlive === now.probabilityAlive &&
    stored.expected90 === now.expected90 &&
    stored.lifetimeValueMinor === now.lifetimeValueMinor
  return isSame ? null : now
}
