/** Codes that nobody used end on their day: the books follow, as Stripe ends the code by itself. */
import { isLapsed, isUsable } from '../core/redemptions.ts'
import type { Desk } from './desk.ts'
import { lapse } from './move-redemption.ts'

export function expireRewards(desk: Desk, id: string): void {
  const member = desk.member(id)
  const hasCodes = desk.programs.current.rewards.some(({ fulfil }) => fulfil.kind === 'promotion_code')
  // Who has neither points in rewards nor a program that gives codes has nothing that could end.
  if (!hasCodes && member.redeemed === 0 && member.reserved === 0) return
  for (const redemption of desk.given.redemptionsOf(member.id)) {
    if (!isUsable(redemption) || redemption.expiresAt === null) continue
    if (isLapsed(redemption, desk.now)) lapse(desk, redemption)
    else desk.books(member.id).wakeAt(redemption.expiresAt)
  }
}
