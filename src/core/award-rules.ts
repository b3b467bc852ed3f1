/**
 * Which awards the rules on actions, birthdays and anniversaries give a member at an instant: by tier and segment, by how
 * much their limits leave, and by how the program stacks several that match.
 */
import type { Award, Limit } from '../program/awards.ts'
import type { Program } from '../program/schema.ts'
import { roomFor, timesProblem, type UsedPoints } from './limits.ts'
import type { Grant } from './reward-state.ts'
import type { Member } from './state.ts'
import { heldSegments, tierAt } from './tiers.ts'

export interface AwardRule {
  id: string
  award: Award
  limit?: Limit | null
  when: { tiers: readonly string[]; segments: readonly string[] }
}

/** What one rule gives: its award, with as many points as limits leave. */
export interface Offer {
  rule: AwardRule
  award: Award
  /** Why there are fewer points than the rule says; null where there are not. */
  cutBecause: string | null
}

export interface Offers {
  list: Offer[]
  /** The sentence of the first limit that leaves nothing; null where none does. */
  full: string | null
  /** Whether any rule is for this member at all. */
  isFor: boolean
}

export interface Asked {
  member: Pick<Member, 'tiers' | 'segment'>
  at: number
  /** What was given before, as far back as the rules' own limits look. */
  given: readonly Pick<Grant, 'rule' | 'at' | 'state'>[]
  /** Points earned by rules that share limits with these. */
  used: readonly UsedPoints[]
}

const conditionsHold = ({ when }: AwardRule, { member, at }: Asked): boolean => {
  const tier = tierAt(
    heldSegments(member).map(({ id, since }) => [id, since] as const),
    at,
  )
  if (when.tiers.length > 0 && (tier === null || !when.tiers.includes(tier))) return false
  return when.segments.length === 0 || (member.segment !== null && when.segments.includes(member.segment))
}

/** Of rules that match the best alone gives, or all: `stacking`. One that its limit has used up leaves its place to the next. */
export function offersOf(program: Program, rules: readonly AwardRule[], asked: Asked): Offers {
  const matching = rules.filter((rule) => conditionsHold(rule, asked))
  const used = [...asked.used]
  const list: Offer[] = []
  let full: string | null = null
  for (const rule of matching) {
    const offer = offerOf(program, rule, { ...asked, used })
    if (typeof offer === 'string') {
      full ??= offer
      continue
    }
    list.push(offer)
    if (program.stacking === 'all') used.push({ rule: rule.id, at: asked.at, points: offer.award.points })
  }
  return { list: program.stacking === 'all' ? list : bestOf(program, list), full, isFor: matching.length > 0 }
}

/** The rule's award as its limits leave it; the sentence of the limit that leaves nothing. */
function offerOf(program: Program, rule: AwardRule, { at, given, used }: Asked): Offer | string {
  const often = timesProblem(program, rule.limit ?? null, rule.id, at, given)
  if (often !== null) return often
  const { points, because } = roomFor(program, rule.id, at, rule.award.points, used)
  const award = { ...rule.award, points }
  return because === null || isAnything(award) ? { rule, award, cutBecause: because } : because
}

const isAnything = ({ points, reward, badge, cause, choose }: Award): boolean =>
  points > 0 || reward !== null || badge !== null || cause !== null || choose.length > 0

function bestOf(program: Program, offers: readonly Offer[]): Offer[] {
  const best = offers.reduce<Offer | null>(
    (most, offer) => (most === null || worthOf(program, offer.award) > worthOf(program, most.award) ? offer : most),
    null,
  )
  return best === null ? [] : [best]
}

/** In points: a reward is worth what it costs, a choice what its best option is. */
function worthOf(program: Program, award: Award): number {
  const own = ({ points, reward }: Pick<Award, 'points' | 'reward'>): number =>
    points + (reward === null ? 0 : (program.rewards.find(({ id }) => id === reward)?.cost ?? 0))
  return own(award) + Math.max(0, ...award.choose.map(own))
}
