/** The member as the outside sees it, with everything due by then taken into account, written down or not. */
import type { Feedback } from '../core/alert-state.ts'
import { Books } from '../core/books.ts'
import { addMonths, endOfDayAfterMonths, localDay, startOfDay } from '../core/calendar.ts'
import type { Programs } from '../core/decide-payment.ts'
import { settleMember } from '../core/member-progress.ts'
import type { Member } from '../core/state.ts'
import { heldSegments, nextLevel } from '../core/tiers.ts'
import type { Knowledge } from '../retention/types.ts'
import { viewChallenges } from './challenges.ts'
import type { FeedbackView, MemberStatus, MemberView } from './ports.ts'
import { together } from './reading.ts'
import { viewRetention } from './retention-view.ts'
import type { Tx } from './store-port.ts'

export const iso = (at: number): string => new Date(at).toISOString()
const isoOrNull = (at: number | null): string | null => (at === null ? null : iso(at))

/** The books as they will be written down when the clock's job comes to it. Nothing is stored. */
export function projectBooks(tx: Tx, programs: Programs, member: Member, at: number): Books {
  const books = new Books({
    member: structuredClone(member),
    lots: tx.lots(member.id),
    program: programs.current,
    now: at,
    source: 'clock',
    actor: 'clock',
  })
  settleMember(books, programs, tx.history(member.id), at)
  return books
}

const FEEDBACK_SHOWN = 5

const viewFeedback = ({ id, at, scale, score, text }: Feedback): FeedbackView => ({
  id,
  at: iso(at),
  scale,
  score,
  text,
})

interface ViewOptions {
  tx: Tx
  programs: Programs
  member: Member
  now: number
  /** What was learnt from the whole shop. */
  knowledge: Knowledge
  /** As of this instant instead of now: points and tier. */
  asOf?: number | undefined
  /** Books settled up to `now` that this very unit is changing; read from the store else. */
  books?: Books
  /** A member whose payments become this one's in this very unit. */
  joining?: string | null
  /** Without outlook and feedback: for many at a time. */
  isBrief?: boolean
}

export function viewMember({
  tx,
  programs,
  member,
  now,
  knowledge,
  asOf,
  books: working,
  joining,
  isBrief = false,
}: ViewOptions): MemberView {
  const at = asOf ?? now
  const books = working ?? projectBooks(tx, programs, member, at)
  const settled = books.member
  const { profile } = member
  const program = programs.current
  const monthsAgo = startOfDay(addMonths(localDay(at, program.timezone), -12), program.timezone)
  const [points, expiry, last12Months, retention, feedback] = together(
    () => (asOf !== undefined && asOf < now ? pointsAsOf(tx, books, member, asOf) : pointsNow(settled)),
    () => nextExpiry(tx, programs, books, at),
    () => spendSince(tx, [member.id, joining ?? null], monthsAgo),
    // Totals are as of now: nobody knows any more how they compared with others then.
    () =>
      isBrief
        ? null
        : viewRetention({
            tx,
            member: settled,
            joining: joining ?? null,
            knowledge: at < now ? { ...knowledge, cuts: null } : knowledge,
            program,
            now: at,
          }),
    () => (isBrief || member.version === 0 ? [] : tx.feedbackOf(member.id, FEEDBACK_SHOWN)),
  )
  return {
    id: member.id,
    email: profile.email,
    name: profile.name,
    phone: profile.phone,
    birthday: profile.birthday,
    language: profile.language,
    status: member.status === 'merged' ? 'erased' : (member.status satisfies MemberStatus),
    enrolledAt: isoOrNull(member.enrolledAt),
    points: { ...points, nextExpiry: expiry },
    tier: viewTier(programs, settled, at),
    perks: heldLevel(programs, settled, at)?.perks ?? [],
    spend: { total: member.spendMinor, last12Months, currency: program.currency },
    purchases: member.purchases,
    lastPurchaseAt: isoOrNull(member.lastPurchaseAt),
    segment: member.segment,
    badges: badgesOf(program, member),
    challenges: viewChallenges(programs, settled, at),
    referralCode: member.referralCode,
    autoRedeem: chosenReward(program, member),
    retention,
    feedback: feedback.map(viewFeedback),
    stripeCustomers: Object.keys(member.customers),
  }
}

/** The choice falls away with the reward, or with its being issued by itself. */
const chosenReward = ({ autoRedeem }: Programs['current'], { autoRedeem: chosen }: Member): string | null =>
  autoRedeem.some(({ reward }) => reward === chosen) ? chosen : null

/** Badges that the program has no longer keep their id as their name. */
const badgesOf = (program: Programs['current'], { badges }: Member): MemberView['badges'] =>
  badges.map(({ id }) => ({ id, name: program.badges.find((badge) => badge.id === id)?.name ?? id }))

const spendSince = (tx: Tx, members: readonly (string | null)[], since: number): number =>
  members.reduce((sum, id) => sum + (id === null ? 0 : tx.spendSince(id, since).spendMinor), 0)

type Points = Omit<MemberView['points'], 'nextExpiry'>

const withEarned = (points: Omit<Points, 'earned'>): Points => ({
  available: points.available,
  pending: points.pending,
  reserved: points.reserved,
  earned: points.available + points.pending + points.reserved + points.redeemed + points.expired,
  redeemed: points.redeemed,
  expired: points.expired,
})

const pointsNow = ({ available, pending, reserved, redeemed, expired }: Member): Points =>
  withEarned({ available, pending, reserved, redeemed, expired })

/** What was written down by then, and what was due by then though it is not written down. */
function pointsAsOf(tx: Tx, books: Books, member: Member, asOf: number): Points {
  const sums = tx.balancesAsOf(member.id, asOf)
  for (const entry of books.entries.filter((one) => one.at <= asOf))
    for (const [from, to, points] of entry.postings) {
      if (from in sums) sums[from as keyof typeof sums] -= points
      if (to in sums) sums[to as keyof typeof sums] += points
    }
  return withEarned(sums)
}

function nextExpiry(tx: Tx, programs: Programs, books: Books, at: number): { points: number; at: string } | null {
  const changed = books.changedLots
  const { idleMonths: idle } = books.member
  const [dated, resting] = together(
    () => tx.nextExpiry(books.member.id, at),
    () => (changed.length === 0 && idle.length > 0 ? tx.idlePoints(books.member.id) : []),
  )
  const ends = new Map<number, number>()
  const add = (end: number | null, points: number): void => {
    if (end !== null && end > at && points > 0) ends.set(end, (ends.get(end) ?? 0) + points)
  }
  if (changed.length > 0)
    for (const lot of books.openLots()) add(lot.state === 'available' ? books.endOf(lot) : null, lot.remaining)
  else {
    if (dated !== null) add(dated.at, dated.points)
    const zone = programs.current.timezone
    for (const { idleMonths, notBefore, earnedAt, points } of resting)
      add(
        Math.max(endOfDayAfterMonths(Math.max(books.member.activeAt ?? 0, earnedAt), idleMonths, zone), notBefore ?? 0),
        points,
      )
  }
  if (ends.size === 0) return null
  const next = Math.min(...ends.keys())
  return { points: ends.get(next) ?? 0, at: iso(next) }
}

function heldSegment(member: Member, at: number) {
  const segments = heldSegments(member)
  return segments.findLast((segment) => segment.since <= at) ?? segments[0]
}

function heldLevel({ current }: Programs, member: Member, at: number) {
  const held = heldSegment(member, at)
  return current.tiers?.levels.find((level) => level.id === held?.id) ?? null
}

function viewTier(programs: Programs, member: Member, at: number): MemberView['tier'] {
  const held = heldSegment(member, at)
  const level = heldLevel(programs, member, at)
  if (!held || level === null || member.tiers === null) return null
  return {
    id: level.id,
    name: level.name,
    since: iso(held.since),
    until: isoOrNull(held.until),
    next: viewNext(programs, member, at),
  }
}

function viewNext({ current }: Programs, member: Member, at: number): NonNullable<MemberView['tier']>['next'] {
  const next = member.tiers === null ? null : nextLevel(member.tiers, current, at)
  const level = next === null ? undefined : current.tiers?.levels[next.index]
  if (next === null || level === undefined) return null
  return { id: level.id, name: level.name, remaining: Math.max(0, next.threshold - next.sum), by: isoOrNull(next.by) }
}
