/**
 * What members get for joining: the program's award, and bonuses of campaigns for those who join while they run. Given once,
 * by the program they joined under, for the time of joining as far as it is known.
 */
import { isHeldOut, isWithin } from '../core/campaigns.ts'
import type { Grant } from '../core/reward-state.ts'
import type { Member } from '../core/state.ts'
import { givesSomething, NO_AWARD } from '../program/awards.ts'
import type { Campaign } from '../program/campaigns.ts'
import type { Program } from '../program/schema.ts'
import type { Desk } from './desk.ts'
import { giveAward, moveAward, withdrawAward } from './give-award.ts'
import { followSubscriptions } from './subscription-alerts.ts'

/** Who is brought over from another program joined there: what that gave is in the balance they bring. */
const IMPORT = 'cli:import'

const welcomes = new WeakMap<Program, boolean>()

function welcomesAnybody(program: Program): boolean {
  const known = welcomes.get(program)
  if (known !== undefined) return known
  const made = givesSomething(program.enrolment.award) || program.campaigns.some(({ on }) => on === 'enrolment')
  welcomes.set(program, made)
  return made
}

const joinedId = (member: string): string => `${member}/joined`
const whoJoined = ({ id }: Grant): string => id.slice(0, -'/joined'.length)

/** Somebody has just become a member. What is kept of it says under which program, also where that gave nothing. */
export function welcome(desk: Desk, { id, enrolledAt }: Member): void {
  const { current } = desk.programs
  // What they subscribe to may be about to end.
  followSubscriptions(desk, id)
  if (enrolledAt === null || !welcomesAnybody(current) || desk.origin.source === IMPORT) return
  const joined = giveAward(desk, id, {
    id: joinedId(id),
    occasion: 'enrolment',
    rule: '',
    subject: '',
    at: enrolledAt,
    award: current.enrolment.award,
    payment: null,
    code: 'joined',
    reason: 'For joining',
  })
  giveBonuses(desk, joined)
}

/**
 * Brings what was given for joining in line: with the time of joining, which earlier payments move, and with there being one
 * person where two records joined.
 */
export function keepWelcome(desk: Desk, id: string): void {
  if (!welcomesAnybody(desk.programs.current)) return
  const member = desk.member(id)
  if (member.enrolledAt === null || member.status !== 'active') return
  const records = [member.id, ...member.absorbed].map((one) => desk.given.grant(joinedId(one)))
  const standing = records
    .filter((grant) => grant !== null && grant.state !== 'withdrawn')
    .filter((grant) => grant !== null)
  const [first, ...others] = standing.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
  if (first === undefined) return
  for (const other of others) takeBack(desk, other, 'the same person joined before')
  if (first.at === member.enrolledAt && others.length === 0) return
  moveAward(desk, first, member.enrolledAt)
  giveBonuses(desk, first)
}

/** What they joined by proves to be somebody else's, or not to have been. */
export function unwelcome(desk: Desk, { id }: Member, because = 'the purchase was somebody else’s'): void {
  if (!welcomesAnybody(desk.programs.current)) return
  const joined = desk.given.grant(joinedId(id))
  if (joined !== null && joined.state !== 'withdrawn') takeBack(desk, joined, because)
}

/** The ids of what they were given for joining. */
export function welcomeOf(desk: Desk, { id }: Member): string[] {
  const joined = welcomesAnybody(desk.programs.current) ? desk.given.grant(joinedId(id)) : null
  return joined === null ? [] : [joined, ...bonusesOf(desk, joined)].map((grant) => grant.id)
}

function takeBack(desk: Desk, joined: Grant, because: string): void {
  for (const bonus of bonusesOf(desk, joined)) withdrawAward(desk, bonus, because)
  withdrawAward(desk, joined, because)
}

const bonusesOf = (desk: Desk, joined: Grant): Grant[] =>
  desk.given
    .grantsOf(joined.member, { occasion: 'campaign' })
    .filter(({ id, state }) => state !== 'withdrawn' && id.startsWith(`${whoJoined(joined)}/campaign/`))

/** Gives the bonuses that are due for this time of joining and withdraws others. */
function giveBonuses(desk: Desk, joined: Grant): void {
  const program = desk.programs.byVersion(joined.program)
  const due = campaignsFor(program, desk.member(joined.member), joined)
  const wanted = new Set(due.map(({ id }) => id))
  for (const bonus of bonusesOf(desk, joined)) {
    if (!wanted.has(bonus.rule)) withdrawAward(desk, bonus, 'the campaign was not on at the time of joining')
    else moveAward(desk, bonus, joined.at)
  }
  for (const campaign of due)
    giveAward(desk, joined.member, {
      id: `${whoJoined(joined)}/campaign/${campaign.id}`,
      occasion: 'campaign',
      rule: campaign.id,
      subject: '',
      at: joined.at,
      award: { ...NO_AWARD, points: campaign.bonus },
      payment: null,
      code: 'campaign',
      reason: `${campaign.name}, for joining`,
    })
}

/** Campaigns on joining that ran then; the best alone, or all: `campaignStacking`. Nobody has a tier or buys by joining. */
function campaignsFor(program: Program, member: Member, joined: Grant): Campaign[] {
  const fitting = program.campaigns.filter(
    (campaign) =>
      campaign.on === 'enrolment' &&
      campaign.bonus > 0 &&
      isWithin(campaign, joined.at, program.timezone) &&
      !isHeldOut(campaign, whoJoined(joined)) &&
      (campaign.when.segments.length === 0 || campaign.when.segments.some((segment) => segment === member.segment)),
  )
  if (program.campaignStacking === 'all') return fitting
  const best = fitting.reduce<Campaign | null>((a, b) => (a === null || b.bonus > a.bonus ? b : a), null)
  return best === null ? [] : [best]
}
