/** Rewards that the house gives: by an award, or once more because the order they were used on was refunded. */
import type { Grant, Redemption } from '../core/reward-state.ts'
import type { Desk } from './desk.ts'

export interface Gift {
  /** The grant that gives it. */
  grant: string
  /** The sentence of the ledger, naming the rule. */
  reason: string
}

/** Gives the reward to the member; null when the program has none of this id or its stock is gone. */
export function giveReward(_desk: Desk, _member: string, _reward: string, _gift: Gift): Redemption | null {
  throw new Error('rewards are not given yet')
}

/** Cancels what the grant gave and was not used. */
export function takeRewardBack(_desk: Desk, _grant: Grant, _because: string): void {
  // Nothing can have been given yet.
}
