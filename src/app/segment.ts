/** The RFM segment that a member is in, which rules read: kept up to date at each purchase, and each night for everybody. */
import { localDay } from '../core/calendar.ts'
import type { Member } from '../core/state.ts'
import { rfmOf } from '../retention/rfm.ts'
import type { RfmCuts, Segment } from '../retention/types.ts'
import type { Desk } from './desk.ts'

/** Where the member stands by these bounds on a local day; null for whoever bought nothing that they kept. */
export function standingOf(
  { lastPurchaseAt, purchases, spendMinor }: Pick<Member, 'lastPurchaseAt' | 'purchases' | 'spendMinor'>,
  cuts: RfmCuts,
  today: number,
  zone: string,
): { rfm: string; segment: Segment } | null {
  if (lastPurchaseAt === null) return null
  return rfmOf(cuts, { daysSince: today - localDay(lastPurchaseAt, zone), purchases, spendMinor })
}

/** Brings the member's segment up to date. Until the first night's look nobody has one. */
export function keepSegment(desk: Desk, id: string): void {
  const { cuts } = desk.knowledge
  if (cuts === null) return
  const { timezone } = desk.programs.current
  const member = desk.member(id)
  const segment = standingOf(member, cuts, localDay(desk.now, timezone), timezone)?.segment ?? null
  if (segment !== member.segment) desk.change(id).segment = segment
}
