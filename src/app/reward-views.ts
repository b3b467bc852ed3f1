/** The program's rewards: what is left of each and whether it can be had now, by anybody or by one member. */
import { whyNot } from '../core/redemption-checks.ts'
import { stockCounter } from '../core/redemptions.ts'
import type { Redemption } from '../core/reward-state.ts'
import { frozenUntil, openingOf, type Reward } from '../core/reward-terms.ts'
import { type Context, done, findMember, noMember } from './context.ts'
import { iso, projectBooks } from './member-view.ts'
import type { MemberRewardsView, MemberRewardView, Result, RewardView } from './ports.ts'
import type { Tx } from './store-port.ts'

/** How many of a limited reward are gone, by its id. */
export type Gone = (reward: string) => number

export function readGone(tx: Tx, rewards: readonly Reward[]): Gone {
  const limited = rewards.filter(({ stock }) => stock !== null).map(({ id }) => stockCounter(id))
  const counters = tx.counters(limited)
  return (reward) => counters.get(stockCounter(reward))?.value ?? 0
}

const leftOf = ({ id, stock }: Reward, gone: Gone): number | null =>
  stock === null ? null : Math.max(0, stock - gone(id))

export function listRewards(context: Context): Promise<RewardView[]> {
  const now = context.clock.now()
  return context.read((tx) => {
    const { current: program } = context.programsIn(tx)
    const gone = readGone(tx, program.rewards)
    const isFrozen = frozenUntil(program, now) !== null
    return program.rewards.map((reward) => {
      const left = leftOf(reward, gone)
      const open = openingOf({ reward, program }, now).open && !isFrozen && left !== 0
      return { ...reward, left, open }
    })
  })
}

export function memberRewards(context: Context, ref: string): Promise<Result<MemberRewardsView>> {
  const now = context.clock.now()
  return context.read((tx) => {
    const found = findMember(tx, ref)
    if (found === null) return noMember()
    const programs = context.programsIn(tx)
    const { current: program } = programs
    const { member } = projectBooks(tx, programs, found, now)
    const gone = readGone(tx, program.rewards)
    let all: Redemption[] | null = null
    const redemptions = (): Redemption[] => {
      all ??= tx.redemptionsOf(member.id)
      return all
    }
    const refusalOf = (reward: Reward, charge: 'member' | 'house'): MemberRewardView['refusal'] => {
      const asked = { program, member, reward: reward.id, charge, partner: null, now, redemptions }
      const refusal = whyNot({ ...asked, gone: () => gone(reward.id), staff: () => null })
      if (refusal === null) return null
      const { code, message, until } = refusal
      return { code, message, until: until === null || !Number.isFinite(until) ? null : iso(until) }
    }
    const view = (reward: Reward): MemberRewardView => {
      const refusal = refusalOf(reward, 'member')
      const { id, name, cost } = reward
      return {
        id,
        name,
        cost,
        kind: reward.fulfil.kind,
        left: leftOf(reward, gone),
        available: refusal === null,
        refusal,
        balanceAfter: refusal === null ? member.available - cost : null,
        forHouse: refusalOf(reward, 'house'),
      }
    }
    return done({ available: member.available, rewards: program.rewards.map(view) })
  })
}
