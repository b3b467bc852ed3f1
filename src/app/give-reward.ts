/** Rewards that the house gives for an award: free of conditions and limits, but not of what is there. */
import { BY_PROGRAM, rewardSentences, stockCounter } from '../core/redemptions.ts'
import type { Grant, Redemption } from '../core/reward-state.ts'
import { findReward, stripeCustomerOf } from '../core/reward-terms.ts'
import type { Desk } from './desk.ts'
import { beginRedemption, proceed, withdraw } from './move-redemption.ts'

export interface Gift {
  /** The grant that gives it. */
  grant: string
  /** The sentence of the ledger, naming the rule. */
  reason: string
}

/** Gives the reward to the member; null when the program has none of this id, its stock is gone or it cannot be made. */
export function giveReward(desk: Desk, member: string, rewardId: string, { grant, reason }: Gift): Redemption | null {
  const { current: program, version } = desk.programs
  const reward = findReward(program, rewardId)
  if (reward === null) return null
  const known = desk.given
    .redemptionsOf(desk.member(member).id)
    .find(
      (one) => one.grant === grant && one.reward === rewardId && one.state !== 'cancelled' && one.cancelling === null,
    )
  if (known) return known
  const terms = { program, reward }
  const refuse = (sentence: string): null => {
    desk.books(member).note({ at: desk.now, kind: 'note', code: 'reward_refused', about: grant, reason: sentence })
    return null
  }
  if (reward.stock !== null && desk.given.counter(stockCounter(rewardId)) >= reward.stock)
    return refuse(rewardSentences.outOfStock(terms, reason))
  if (reward.fulfil.kind === 'credit' && stripeCustomerOf(desk.member(member)) === null)
    return refuse(rewardSentences.cannotBeMade(terms, reason))
  const redemption = beginRedemption(desk, {
    member,
    version,
    reward: rewardId,
    charge: 'house',
    partner: null,
    again: null,
    grant,
    requestedBy: BY_PROGRAM,
    note: null,
  })
  proceed(desk, redemption, `${reason}: ${reward.name}`)
  return redemption
}

/** Cancels what the grant gave and was not used. */
export function takeRewardBack(desk: Desk, grant: Grant, because: string): void {
  const { award } = grant
  if ([award, ...award.choose].every(({ reward }) => reward === null)) return
  for (const redemption of desk.given.redemptionsOf(grant.member))
    if (redemption.grant === grant.id) withdraw(desk, redemption, because)
}
