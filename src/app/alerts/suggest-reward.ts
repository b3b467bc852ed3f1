/** A reward of the program that fits an alert: from what the member has saved, else a present that is worth giving. */

import type { AlertDraft } from '../../core/alert-state.ts'
import { settleMember } from '../../core/member-progress.ts'
import { whyNot } from '../../core/redemption-checks.ts'
import { stockCounter } from '../../core/redemptions.ts'
import { minorUnits, type Reward } from '../../core/reward-terms.ts'
import type { Program } from '../../program/schema.ts'
import type { Desk } from '../desk.ts'

/** A present is worth so much of what is at stake, at most. */
const PRESENT_SHARE = 1 / 5

/**
 * The dearest reward that the member's own points pay for; else the most valuable present of the house within a fifth of
 * what is at stake. One that they may have now; null where there is none.
 *
 * @param valueMinor what is at stake, minor units of the program's currency
 */
export function suggestReward(desk: Desk, memberId: string, valueMinor: number): AlertDraft['suggestion'] {
  const { current: program } = desk.programs
  if (program.rewards.length === 0) return null
  const member = desk.member(memberId)
  // What has ended by now pays for nothing.
  if (member.nextAt !== null && member.nextAt <= desk.now)
    settleMember(desk.books(member.id), desk.programs, desk.history(member.id), desk.now)
  const mayHave = (reward: Reward, charge: 'member' | 'house'): boolean =>
    whyNot({
      program,
      member,
      reward: reward.id,
      charge,
      partner: null,
      now: desk.now,
      redemptions: () => desk.given.redemptionsOf(member.id),
      gone: () => desk.given.counter(stockCounter(reward.id)),
      // Whoever gives it is asked for then.
      staff: () => null,
    }) === null
  const own = ownRewards(program).find((reward) => mayHave(reward, 'member'))
  if (own !== undefined) return { reward: own.id, charge: 'member' }
  const present = presents(program, valueMinor * PRESENT_SHARE).find((reward) => mayHave(reward, 'house'))
  return present === undefined ? null : { reward: present.id, charge: 'house' }
}

const ownRewards = ({ rewards }: Program): Reward[] =>
  rewards.filter(({ cost }) => cost > 0).sort((a, b) => b.cost - a.cost)

function presents(program: Program, mostMinor: number): Reward[] {
  if (mostMinor <= 0) return []
  return program.rewards
    .map((reward) => ({ reward, worth: worthMinor(reward, program) }))
    .filter(({ worth }) => worth <= mostMinor)
    .sort((a, b) => b.worth - a.worth)
    .map(({ reward }) => reward)
}

/** What it is worth to the member: its amount of money, else what its points are. Minor units of the program's currency. */
function worthMinor({ fulfil, cost }: Reward, { points, currency }: Program): number {
  const amount = fulfil.kind === 'promotion_code' ? fulfil.amountOff : 'amount' in fulfil ? fulfil.amount : null
  return minorUnits(amount ?? cost * points.value, currency)
}
