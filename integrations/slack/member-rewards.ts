/** Which rewards a member is told of: what they can have now, and the nearest of the others. */
import type { MemberRewardsView, MemberView } from '../../src/app/ports.ts'
import { frozenUntil, openingOf } from '../../src/core/reward-terms.ts'
import type { Program } from '../../src/program/schema.ts'

/** More than these is no message but a list. */
const NAMED_LIMIT = 3

interface Priced {
  name: string
  cost: number
}

export interface WithinReach {
  /** The dearest first: that is what they saved for. */
  affordable: Priced[]
  /** Null where they can have something, or nothing is for points. */
  nearest: Priced | null
}

/** `rewards`: what the use cases say, stock and limits included; left out, it is reckoned by what the program says. */
export function rewardsWithinReach(
  member: MemberView,
  program: Program,
  now: number,
  rewards?: MemberRewardsView,
): WithinReach {
  if (member.status !== 'active') return { affordable: [], nearest: null }
  const { available, further } = rewards === undefined ? reckoned(member, program, now) : told(rewards)
  const affordable = available.toSorted((a, b) => b.cost - a.cost).slice(0, NAMED_LIMIT)
  const [nearest = null] = further.toSorted((a, b) => a.cost - b.cost)
  return { affordable, nearest: affordable.length > 0 ? null : nearest }
}

interface Sorted {
  available: Priced[]
  further: Priced[]
}

const isPriced = ({ cost }: Priced): boolean => cost > 0

const told = ({ rewards }: MemberRewardsView): Sorted => ({
  available: rewards.filter((reward) => reward.available && isPriced(reward)),
  further: rewards.filter(({ refusal }) => refusal?.code === 'insufficient_points'),
})

function reckoned(member: MemberView, program: Program, now: number): Sorted {
  const { available } = member.points
  const forThem = program.rewards.filter((reward) => isPriced(reward) && isFor(member, reward, program, now))
  return {
    available: forThem.filter(({ cost }) => cost <= available),
    further: forThem.filter(({ cost }) => cost > available),
  }
}

/** What is left of it, and how often they had it, the program does not know: of such a reward nothing is promised. */
function isFor(member: MemberView, reward: Program['rewards'][number], program: Program, now: number): boolean {
  const { onRequest, stock, limit, tiers, segments } = reward
  return (
    onRequest &&
    stock === null &&
    limit === null &&
    (tiers.length === 0 || (member.tier !== null && tiers.includes(member.tier.id))) &&
    (segments.length === 0 || segments.some((segment) => segment === member.segment)) &&
    openingOf({ reward, program }, now).open &&
    frozenUntil(program, now) === null
  )
}
