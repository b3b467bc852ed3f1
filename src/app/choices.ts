/** What a member was given, and the choices they still have to make among it. */
import { inWords, roomFor } from '../core/limits.ts'
import { settleMember } from '../core/member-progress.ts'
import type { Grant, Occasion } from '../core/reward-state.ts'
import { usedPoints } from '../core/shared-limits.ts'
import type { EntryCode } from '../core/state.ts'
import { type AwardOption, givesSomething } from '../program/awards.ts'
import type { Program } from '../program/schema.ts'
import { grantId, publicId } from './award-id.ts'
import { answering, type Context, done, findMember, noMember, refuse } from './context.ts'
import type { Desk } from './desk.ts'
import { giveChoice } from './give-award.ts'
import { iso } from './member-view.ts'
import type { App, AwardView, Idempotency, Page, Refusal, Result } from './ports.ts'
import { forbids } from './staff.ts'

export function createChoices(context: Context): Pick<App, 'listAwards' | 'chooseAward'> {
  return {
    listAwards: (ref, page) => listAwards(context, ref, page),
    chooseAward: (ref, award, option, origin, key) =>
      context.onDesk(origin, (desk) => choose(desk, ref, grantId(award), option, key)),
  }
}

async function listAwards(
  context: Context,
  ref: string,
  { limit, cursor }: { limit: number; cursor?: string },
): Promise<Result<Page<AwardView>>> {
  const before = cursor === undefined ? null : readCursor(cursor)
  if (before === undefined) return refuse('invalid_request', 'The cursor is not one of ours')
  const member = await context.read((tx) => findMember(tx, ref))
  if (member === null) return noMember()
  const grants = await context.store.grantsPage({ member: member.id, limit: limit + 1, before })
  const shown = grants.slice(0, limit)
  const last = shown.at(-1)
  const next = grants.length > limit && last ? `${last.at} ${publicId(last.id)}` : null
  return done({ items: shown.map(viewAward), next })
}

/** `undefined` when it is none of ours. */
function readCursor(cursor: string): readonly [at: number, id: string] | undefined {
  const [at, id, ...rest] = cursor.split(' ')
  if (id === undefined || rest.length > 0 || !/^-?\d{1,15}$/.test(at ?? '')) return undefined
  return [Number(at), grantId(id)]
}

const viewOption = ({ points, reward, badge, cause }: AwardOption) => ({ points, reward, badge, cause })

export const viewAward = (grant: Grant): AwardView => ({
  id: publicId(grant.id),
  occasion: grant.occasion,
  rule: grant.rule,
  subject: grant.subject,
  at: iso(grant.at),
  recordedAt: iso(grant.recordedAt),
  state: grant.state,
  points: grant.points,
  award: viewOption(grant.award),
  options: grant.award.choose.map(viewOption),
  chosen: grant.chosen,
})

function choose(desk: Desk, ref: string, id: string, option: number, key: Idempotency | null): Result<AwardView> {
  return answering(desk, key, () => {
    const member = findMember(desk.tx, ref)
    if (member === null) return { result: noMember(), member: null }
    const grant = desk.given.grant(id)
    if (grant === null || grant.member !== member.id)
      return { result: refuse('not_found', 'This member has no such award'), member: member.id }
    const refusal = refusalOf(grant, option)
    if (refusal !== null) return { result: refusal, member: member.id }
    // Chosen already, and the same: the answer was lost, or somebody pressed twice.
    if (grant.state === 'given') return { result: done(viewAward(grant)), member: member.id }
    if (member.status !== 'active')
      return { result: refuse('member_inactive', 'This member is not active'), member: member.id }
    return { result: forbids(desk, 'issue') ?? makeChoice(desk, grant, option), member: member.id }
  })
}

function refusalOf({ award, state, chosen }: Grant, option: number): Refusal | null {
  const most = award.choose.length - 1
  if (most < 0) return refuse('conflict', 'There is nothing to choose here')
  if (option > most) return refuse('invalid_request', `option must be a whole number from 0 to ${most}`)
  if (state === 'withdrawn') return refuse('conflict', 'This award was taken back')
  return chosen === null || chosen === option ? null : refuse('conflict', 'Another option was chosen before')
}

const CODES = {
  action: 'action',
  birthday: 'birthday',
  anniversary: 'anniversary',
  enrolment: 'joined',
  campaign: 'campaign',
  tier: 'tier_reached',
  challenge: 'challenge_met',
  referrer: 'referral',
  friend: 'referral',
} as const satisfies Record<Occasion, EntryCode>

/** What it was given for, as it is called in the program. */
function nameOf({ tiers, challenges, campaigns }: Program, { occasion, rule }: Grant): string {
  const named =
    occasion === 'tier'
      ? tiers?.levels
      : occasion === 'challenge'
        ? challenges
        : occasion === 'campaign'
          ? campaigns
          : undefined
  return named?.find(({ id }) => id === rule)?.name ?? inWords(rule || OTHERS[occasion])
}

/** Where no rule gave it. */
const OTHERS = {
  action: 'an action',
  birthday: 'birthday',
  anniversary: 'anniversary',
  enrolment: 'joining',
  campaign: 'a campaign',
  tier: 'a tier',
  challenge: 'a challenge',
  referrer: 'bringing a friend',
  friend: 'a friend’s recommendation',
} as const satisfies Record<Occasion, string>

/** Limits that the rule shares hold for what is chosen too, in the period when it is. */
function makeChoice(desk: Desk, grant: Grant, option: number): Result<AwardView> {
  const { current: program } = desk.programs
  const chosen = grant.award.choose[option]
  if (chosen === undefined) return refuse('invalid_request', 'option is none of those there are')
  settleMember(desk.books(grant.member), desk.programs, desk.history(grant.member), desk.now)
  const books = desk.books(grant.member)
  const used = usedPoints(program, books, [grant.rule], desk.now)
  const { points, because } = roomFor(program, grant.rule, desk.now, chosen.points, used)
  if (because !== null && !givesSomething({ ...chosen, points, choose: [] })) return refuse('limit_reached', because)
  const made = giveChoice(desk, grant, option, {
    code: CODES[grant.occasion],
    reason: `Chosen for ${nameOf(program, grant)}`,
    points,
    cutBecause: because,
  })
  if (made !== null) return done(viewAward(made))
  return refuse('out_of_stock', 'There is none of this left: another option can be chosen')
}
