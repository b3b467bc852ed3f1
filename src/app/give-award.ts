/** Giving and withdrawing awards: points, a reward, a badge, a gift to a cause, or a choice of them. */
import { openAwardLot } from '../core/award-lot.ts'
import type { Books } from '../core/books.ts'
import type { Grant } from '../core/reward-state.ts'
import { count, pointsWord } from '../core/sentences.ts'
import type { EntryCode } from '../core/state.ts'
import type { AwardOption } from '../program/awards.ts'
import type { Desk } from './desk.ts'
import { giveReward, takeRewardBack } from './give-reward.ts'

/** What an award is given for. `reason`: the sentence of its entry, naming the rule. */
export interface Occasioned extends Pick<Grant, 'id' | 'occasion' | 'rule' | 'subject' | 'at' | 'award' | 'payment'> {
  code: EntryCode
  reason: string
  /** When its points can be used; left out: at once. */
  availableAt?: number
}

/** Gives the award, unless it is given already. What was withdrawn before is given again under the same id. */
export function giveAward(desk: Desk, member: string, due: Occasioned): Grant {
  const { id, occasion, rule, subject, at, award, payment } = due
  const known = desk.given.grant(id)
  if (known !== null && known.state !== 'withdrawn') return known
  const grant: Grant = {
    id,
    version: known?.version ?? 0,
    member: desk.member(member).id,
    occasion,
    rule,
    subject,
    at,
    recordedAt: desk.now,
    program: desk.programs.version,
    award,
    points: 0,
    state: award.choose.length > 0 ? 'open' : 'given',
    chosen: null,
    payment,
  }
  desk.given.putGrant(grant)
  handOut(desk, grant, award, due)
  if (grant.state === 'open')
    desk.books(grant.member).note({
      at,
      kind: 'honour',
      code: 'choice_offered',
      about: id,
      reason: `${due.reason}: the member may choose`,
    })
  return grant
}

/** What the member chose is given. Null when there is no such choice to make. */
export function giveChoice(
  desk: Desk,
  grant: Grant,
  option: number,
  due: Pick<Occasioned, 'code' | 'reason'>,
): Grant | null {
  const chosen = grant.award.choose[option]
  if (grant.state !== 'open' || chosen === undefined) return null
  grant.chosen = option
  grant.state = 'given'
  desk.given.putGrant(grant)
  handOut(desk, grant, chosen, { ...due, at: desk.now })
  return grant
}

type Why = Pick<Occasioned, 'code' | 'reason' | 'at'> & { availableAt?: number }

function handOut(desk: Desk, grant: Grant, award: AwardOption, why: Why): void {
  const books = desk.books(grant.member)
  const { at, code, reason } = why
  if (award.points > 0) {
    const lot = openAwardLot(books, desk.programs, {
      id: grant.id,
      rule: grant.rule === '' ? grant.occasion : grant.rule,
      earnedAt: at,
      availableAt: why.availableAt ?? at,
      now: desk.now,
    })
    books.award(lot, award.points, { at, kind: 'earn', code, reason })
    grant.points += award.points
  }
  if (award.badge !== null) giveBadge(desk, books, grant, award.badge, why)
  if (award.cause !== null) {
    const name = desk.programs.current.causes.find((cause) => cause.id === award.cause)?.name ?? award.cause
    books.note({ at, kind: 'honour', code: 'cause_supported', about: grant.id, reason: `${reason}: ${name}` })
  }
  if (award.reward !== null) giveReward(desk, grant.member, award.reward, { grant: grant.id, reason })
}

function giveBadge(desk: Desk, books: Books, grant: Grant, badge: string, { at, reason }: Why): void {
  const { member } = books
  if (member.badges.some(({ id }) => id === badge)) return
  member.badges = [...member.badges, { id: badge, at }]
  const name = desk.programs.current.badges.find(({ id }) => id === badge)?.name ?? badge
  books.note({ at, kind: 'honour', code: 'badge_given', about: grant.id, reason: `${reason}: ${name} badge` })
}

/** What the award rested on is gone: its points are taken back, its badge and its unused rewards too. */
export function withdrawAward(desk: Desk, grant: Grant, because: string): void {
  if (grant.state === 'withdrawn') return
  const books = desk.books(grant.member)
  const { current: program } = desk.programs
  const [lot] = books.lotsById([grant.id])
  if (lot && lot.points > 0) {
    const reason = `${count(lot.points, program.locale)} ${pointsWord(lot.points, program)} taken back: ${because}`
    const why = { at: desk.now, kind: 'reverse', code: 'award_withdrawn', reason } as const
    books.takeBack(lot, lot.points, why, desk.programs.byVersion(lot.program).points.shortfall)
  }
  const { member } = books
  const given = grant.chosen === null ? grant.award : (grant.award.choose[grant.chosen] ?? grant.award)
  const badges = [grant.award.badge, given.badge].filter((badge) => badge !== null)
  if (badges.length > 0) member.badges = member.badges.filter(({ id }) => !badges.includes(id))
  takeRewardBack(desk, grant, because)
  grant.points = 0
  grant.state = 'withdrawn'
  grant.chosen = null
  desk.given.putGrant(grant)
}
