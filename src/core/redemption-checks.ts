/**
 * Whether a member may have a reward now. The table below is DESIGN.md §7's order of precedence: the first that speaks
 * says why not, in a sentence to be read to the member.
 */
import type { Program } from '../program/schema.ts'
import { periodAt } from './limits.ts'
import { countsInLimit, isOpen } from './redemptions.ts'
import type { Redemption } from './reward-state.ts'
import { findReward, frozenUntil, openingOf, type Reward, spanOf, stripeCustomerOf } from './reward-terms.ts'
import { count, day, pointsWord } from './sentences.ts'
import type { Member, MemberStatus } from './state.ts'
import { heldSegments } from './tiers.ts'

/** Why a redemption is refused, the first that applies. */
export const REDEMPTION_REFUSALS = [
  'member_inactive',
  'unknown_reward',
  'reward_closed',
  'not_eligible',
  'redeeming_frozen',
  'limit_reached',
  'out_of_stock',
  'insufficient_points',
  'staff_limit',
] as const
export type RedemptionRefusalCode = (typeof REDEMPTION_REFUSALS)[number]

export interface Asked {
  program: Program
  /** Nobody asks: the program issues it by itself. */
  byItself?: boolean
  /** Settled up to `now`. */
  member: Member
  reward: string
  charge: 'member' | 'house'
  /** Where it is redeemed; null: here. */
  partner: string | null
  now: number
  /** Everything the member ever asked for or was given. */
  redemptions: () => readonly Redemption[]
  /** How many of the reward are gone. */
  gone: () => number
  /** Why staff may not give it away, given what it is worth in points; null when they may. */
  staff: (worth: number) => string | null
}

export interface RedemptionRefusal {
  code: RedemptionRefusalCode
  message: string
  /** When it may be another matter, should time alone make it so. */
  until: number | null
}

type Denied = string | { message: string; until: number | null } | null
type Check = (asked: Asked, reward: Reward) => Denied

/** In order of precedence. What a check asks of the reward stands below `unknown_reward`, so there is one. */
export const REDEMPTION_CHECKS: readonly (readonly [RedemptionRefusalCode, Check])[] = [
  ['member_inactive', isInactive],
  ['unknown_reward', isUnknown],
  ['reward_closed', isClosed],
  ['not_eligible', isNotEligible],
  ['redeeming_frozen', isFrozen],
  ['limit_reached', reachesLimit],
  ['out_of_stock', isGone],
  ['insufficient_points', hasTooFew],
  ['staff_limit', ({ staff }, { cost }) => staff(cost)],
]

/** Why the member cannot have it now; null when they can. */
export function whyNot(asked: Asked): RedemptionRefusal | null {
  const reward = findReward(asked.program, asked.reward) ?? NO_REWARD
  for (const [code, check] of REDEMPTION_CHECKS) {
    const denied = check(asked, reward)
    if (denied === null) continue
    return typeof denied === 'string' ? { code, message: denied, until: null } : { code, ...denied }
  }
  return null
}

/** Stands in until `unknown_reward` has spoken. */
const NO_REWARD = { id: '' } as const as Reward

const STATUSES: Record<Exclude<MemberStatus, 'active'>, string> = {
  candidate: 'You are not a member yet',
  left: 'You have left the program',
  suspended: 'Your membership is suspended',
  erased: 'This membership has ended',
  merged: 'This membership has ended',
}

function isInactive({ member: { status } }: Asked): Denied {
  return status === 'active' ? null : STATUSES[status]
}

function isUnknown({ program, reward }: Asked): Denied {
  return findReward(program, reward) === null ? 'There is no such reward' : null
}

function isClosed({ program, now }: Asked, reward: Reward): Denied {
  const { open, opensAt } = openingOf({ program, reward }, now)
  if (open) return null
  if (opensAt !== null) return { message: `You can have this from ${day(opensAt, program)} on`, until: opensAt }
  const { to } = spanOf(reward, program.timezone)
  return to === null ? 'This can no longer be had' : `This could be had until ${day(to, program, true)}`
}

function isNotEligible(asked: Asked, reward: Reward): Denied {
  const { program, member, now, charge } = asked
  const held = heldSegments(member).findLast((segment) => segment.since <= now)?.id ?? null
  if (reward.tiers.length > 0 && !reward.tiers.some((tier) => tier === held))
    return `This is for ${listOf(reward.tiers.map((id) => tierName(program, id)))} members`
  if (reward.segments.length > 0 && !reward.segments.some((segment) => segment === member.segment))
    return 'This is for some members only, and you are not among them now'
  if (charge === 'member' && !reward.onRequest && asked.byItself !== true)
    return 'This comes by itself: it cannot be asked for'
  if (charge === 'member' && reward.cost === 0) return 'This is a present: it cannot be had for points'
  if (reward.fulfil.kind === 'credit' && stripeCustomerOf(member) === null)
    return 'A credit goes to your account with us, and you have none yet'
  return isNoPartner(asked)
}

function isNoPartner({ program, partner }: Asked): Denied {
  if (partner === null) return null
  const known = program.partners.find(({ id }) => id === partner)
  if (known === undefined) return 'There is no such partner'
  return known.redeem ? null : `You cannot spend ${pointsWord(2, program)} at ${known.name}`
}

const tierName = ({ tiers }: Program, id: string): string => tiers?.levels.find((level) => level.id === id)?.name ?? id
const listOf = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`

function isFrozen({ program, now }: Asked): Denied {
  const until = frozenUntil(program, now)
  if (until === null) return null
  if (until === Number.POSITIVE_INFINITY) return 'Redeeming rests until further notice'
  return { message: `Redeeming rests until ${day(until, program, true)}`, until }
}

function reachesLimit({ program, redemptions, now }: Asked, { id, limit }: Reward): Denied {
  const { maximumOpen } = program.redeeming
  if (limit === null && maximumOpen === null) return null
  const all = redemptions()
  if (limit !== null) {
    const { from, to } = periodAt(now, limit.per, program.timezone)
    const had = all.filter((one) => one.reward === id && one.createdAt >= from && countsInLimit(one)).length
    if (had >= limit.times) return { message: limitSentence(limit, to, program), until: to }
  }
  if (maximumOpen === null) return null
  // What an award gave was not asked for, and must not keep anybody from their own points.
  const open = all.filter((one) => one.grant === null && isOpen(one, now)).length
  if (open < maximumOpen) return null
  const rewards = open === 1 ? 'reward' : 'rewards'
  return `You have ${count(open, program.locale)} unused ${rewards}, and may have ${count(maximumOpen, program.locale)} at a time`
}

function limitSentence({ times, per }: NonNullable<Reward['limit']>, to: number | null, program: Program): string {
  const often = times === 1 ? 'once' : `${count(times, program.locale)} times`
  const had = `You can have this ${often}${per === 'lifetime' ? '' : ` a ${per}`}`
  return to === null ? had : `${had}, again from ${day(to, program)}`
}

function isGone({ gone }: Asked, { stock }: Reward): Denied {
  return stock !== null && gone() >= stock ? 'There is none left' : null
}

function hasTooFew({ program, member: { available }, charge }: Asked, { cost }: Reward): Denied {
  if (charge === 'house' || available >= cost) return null
  const missing = cost - available
  return `You need ${count(missing, program.locale)} more ${pointsWord(missing, program)}`
}
