/** One member's books go into another's: closed here, opened there, with totals and tier following. */
import type { Books } from './books.ts'
import type { Programs } from './decide-payment.ts'
import { type MemberHistory, rebuildTiers, retermLots, settleMember } from './member-progress.ts'

export interface HandOver {
  from: Books
  into: Books
  histories: readonly [from: MemberHistory, into: MemberHistory]
  programs: Programs
  now: number
}

const earliest = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b)
const newest = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : Math.max(a, b))

/** Everything of `from` counts as `into`'s from the beginning; a candidate who takes over a member becomes one. */
export function applyHandOver({ from, into, histories, programs, now }: HandOver): void {
  settleMember(from, programs, histories[0], now)
  settleMember(into, programs, histories[1], now)
  const [source, target] = [from.member, into.member]
  const closing = {
    at: now,
    kind: 'merge',
    code: 'moved_out',
    reason: 'Joined with another record of the same person',
  } as const
  const opening = {
    at: now,
    kind: 'merge',
    code: 'moved_in',
    reason: 'Points from another record of the same person',
  } as const
  target.spendMinor += source.spendMinor
  target.purchases += source.purchases
  target.lastPurchaseAt = newest(target.lastPurchaseAt, source.lastPurchaseAt)
  target.activeAt = newest(target.activeAt, source.activeAt)
  target.createdAt = Math.min(target.createdAt, source.createdAt)
  target.enrolledAt = earliest(target.enrolledAt, source.enrolledAt)
  target.joinedAt = earliest(target.joinedAt, source.joinedAt)
  if (target.status === 'candidate' && source.enrolledAt !== null)
    target.status = source.status === 'candidate' ? 'active' : source.status
  into.moveIn(from.moveOut(closing), opening)
  Object.assign(source, { spendMinor: 0, purchases: 0, lastPurchaseAt: null, activeAt: null, tiers: null })
  if (target.enrolledAt === null) return
  const both = {
    ...histories[1],
    contributions: () => [...histories[0].contributions(), ...histories[1].contributions()],
    paidTimes: (except: string) => [...histories[0].paidTimes(except), ...histories[1].paidTimes(except)],
  }
  rebuildTiers(into, programs, both)
  // Points of the one that only ended because it was the other who was active.
  if (target.expired > 0 && target.idleMonths.length > 0) retermLots(into, programs, both, into.expiredLots())
}
