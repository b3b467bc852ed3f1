/** What a vendor says of rewards: made, refused, ended, used. */
import type { RewardFact } from '../core/facts.ts'
import type { Desk } from './desk.ts'

/** Answers the redemption's id, or null when the fact said nothing new. */
export function recordReward(desk: Desk, fact: RewardFact): string | null {
  if (fact.kind === 'code') return null
  return desk.given.redemption(fact.redemption)?.id ?? null
}
