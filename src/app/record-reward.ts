/** What a vendor says of rewards: made, refused, ended, used. Any order, any number of times, ends in the same. */
import type { RewardEndedFact, RewardFact, RewardMadeFact, RewardRefusedFact } from '../core/facts.ts'
import type { Redemption } from '../core/reward-state.ts'
import type { Desk } from './desk.ts'
import { cancel, countAfterAll, endCode, issue, use } from './move-redemption.ts'
import { claimCode, noteCount } from './note-codes.ts'
import { tellOfMade } from './staff-news.ts'

/** Answers the redemption's id, or null when the fact said nothing new. */
export function recordReward(desk: Desk, fact: RewardFact): string | null {
  if (fact.kind === 'code') return fact.timesRedeemed > 0 ? noteCount(desk, fact.promotionCode, fact.at) : null
  const redemption = desk.given.redemption(fact.redemption)
  if (redemption === null) return null
  switch (fact.kind) {
    case 'reward_made':
      return made(desk, redemption, fact) ? redemption.id : null
    case 'reward_refused':
      return refused(desk, redemption, fact) ? redemption.id : null
    case 'reward_ended':
      return ended(desk, redemption, fact) ? redemption.id : null
    default: {
      const unknown: never = fact
      return unknown
    }
  }
}

function made(desk: Desk, redemption: Redemption, fact: RewardMadeFact): boolean {
  const { code, promotionCode, coupon, transaction } = fact
  // Whatever was made is known once.
  if (redemption.vendor !== null) return false
  redemption.vendor = {
    ...(promotionCode !== null && { promotionCode }),
    ...(coupon !== null && { coupon }),
    ...(transaction !== null && { transaction }),
  }
  redemption.code = code ?? redemption.code
  desk.given.putRedemption(redemption)
  if (redemption.state === 'reserved') {
    issue(desk, redemption, 'made')
    tellOfMade(desk, redemption)
  } else if (redemption.state === 'cancelled') madeTooLate(desk, redemption)
  if (promotionCode !== null) claimCode(desk, redemption, promotionCode)
  return true
}

/** It was cancelled while it was made. A code is ended, for nobody may use it; a credit is the customer's by now. */
function madeTooLate(desk: Desk, redemption: Redemption): void {
  if (redemption.vendor?.promotionCode === undefined) countAfterAll(desk, redemption)
  else endCode(desk, redemption)
}

function refused(desk: Desk, redemption: Redemption, { reason }: RewardRefusedFact): boolean {
  if (redemption.state !== 'reserved') return false
  cancel(desk, redemption, reason, 'reward_refused')
  return true
}

function ended(desk: Desk, redemption: Redemption, { used }: RewardEndedFact): boolean {
  if (used) return use(desk, redemption, null, desk.now)
  if (redemption.state !== 'issued' || redemption.cancelling === null) return false
  cancel(desk, redemption, redemption.cancelling)
  return true
}
