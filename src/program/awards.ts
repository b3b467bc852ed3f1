// An award is what a member gets for something, wherever the program says so. In the file, absent parts may be left
// out; read, every part is there, so that the rules need not ask what was written.
import * as z from 'zod'
import { choice, id, object, points, whole } from './scalars.ts'

export const PERIODS = ['day', 'week', 'month', 'year', 'lifetime'] as const
export type Period = (typeof PERIODS)[number]

const parts = {
  points: points().default(0).describe('Points given, on top of what a purchase earns.'),
  reward: id().nullable().default(null).describe('The id of a reward given, at no cost to the member.'),
  badge: id().nullable().default(null).describe('The id of a badge given.'),
  cause: id().nullable().default(null).describe('The id of a cause that one is given to in the member’s name.'),
}

type Parts = { points: number; reward: string | null; badge: string | null; cause: string | null }
const gives = (award: Parts): boolean =>
  award.points > 0 || award.reward !== null || award.badge !== null || award.cause !== null
const NOTHING_GIVEN = 'must give something: points, reward, badge or cause'

const awardOption = object(parts)
  .refine(gives, { error: NOTHING_GIVEN })
  .meta({ id: 'awardOption', description: 'One of the things a member may choose.' })

/** An award that may be empty. */
export const awardOrNothing = object({
  ...parts,
  choose: z
    .array(awardOption, { error: 'must be a list […] of awards' })
    .default([])
    .describe('The member chooses one of these. A choice cannot hold another choice.'),
})
  .refine((award) => award.choose.length !== 1, { path: ['choose'], error: 'must offer at least two awards' })
  .meta({ id: 'award', description: 'What a member gets.' })

export type AwardOption = z.output<typeof awardOption>
export type Award = z.output<typeof awardOrNothing>

export const givesSomething = (award: Award): boolean => gives(award) || award.choose.length > 0

export const award = awardOrNothing.refine(givesSomething, {
  error: 'must give something: points, reward, badge, cause or a choice of them',
})

export const NO_AWARD: Award = { points: 0, reward: null, badge: null, cause: null, choose: [] }

/** How an award stands in a rule: short, `"points": 50`, or long, `"award": {…}`; one of them. */
export const awardFields = {
  points: points({ min: 1 }).optional().describe('Points given. Short for "award": {"points": …}.'),
  award: award.optional().describe('What is given, where it is more than points.'),
}
type AwardFields = { points?: number | undefined; award?: Award | undefined }

export const hasOneAward = (rule: AwardFields): boolean => (rule.points === undefined) !== (rule.award === undefined)
export const ONE_AWARD = { error: 'must say what it gives, either as "points" or as "award"' }

/** The long form of either. */
export const toAward = (rule: AwardFields): Award => rule.award ?? { ...NO_AWARD, points: rule.points ?? 0 }

/** How often something counts for one member. */
export const limit = (times = 1, per: Period = 'month') =>
  object({
    times: whole({ min: 1 }).default(times).describe('How many times for one member.'),
    per: choice(PERIODS)
      .default(per)
      .describe('In a calendar day, week, month or year of the program’s zone, or ever.'),
  })

export type Limit = { times: number; per: Period }
