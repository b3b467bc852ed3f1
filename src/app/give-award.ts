/** Giving and withdrawing awards: points, a reward, a badge, a gift to a cause, or a choice of them. */
import { moveAwardLot, openAwardLot, reopenAwardLot } from '../core/award-lot.ts'
import type { Books } from '../core/books.ts'
import { lapseLate } from '../core/member-progress.ts'
import type { Grant } from '../core/reward-state.ts'
import { count, pointsWord } from '../core/sentences.ts'
import type { EntryCode } from '../core/state.ts'
import type { AwardOption } from '../program/awards.ts'
import type { Program } from '../program/schema.ts'
import type { Desk } from './desk.ts'
import { giveReward, takeRewardBack } from './give-reward.ts'

/** What an award is given for. `reason`: what its entries begin with, naming the rule: "Birthday". Points are added to it. */
export interface Occasioned extends Pick<Grant, 'id' | 'occasion' | 'rule' | 'subject' | 'at' | 'award' | 'payment'> {
  code: EntryCode
  reason: string
  /** When its points can be used; left out: at once. */
  availableAt?: number
  /** Why there are fewer points than the rule says, in a sentence. */
  cutBecause?: string | null
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
  handOut(desk, grant, award, { ...due, lot: id })
  if (grant.state === 'open')
    desk.books(grant.member).note({
      at,
      kind: 'honour',
      code: 'choice_offered',
      about: id,
      reason: `${due.reason}: a present to choose`,
    })
  return grant
}

export interface Choosing extends Pick<Occasioned, 'code' | 'reason' | 'cutBecause'> {
  /** Points that limits leave of the option's. */
  points: number
}

/**
 * What the member chose is given; points count from now. Null when there is no such choice to make, or when the reward
 * chosen cannot be had any more: nothing is given then.
 */
export function giveChoice(desk: Desk, grant: Grant, option: number, due: Choosing): Grant | null {
  const chosen = grant.award.choose[option]
  if (grant.state !== 'open' || chosen === undefined) return null
  const reward = chosen.reward
  // First of all: where there is none left the choice stays open.
  if (reward !== null && giveReward(desk, grant.member, reward, { grant: grant.id, reason: due.reason }) === null)
    return null
  grant.chosen = option
  grant.state = 'given'
  desk.given.putGrant(grant)
  const award = { ...chosen, points: due.points, reward: null }
  handOut(desk, grant, award, { ...due, at: desk.now, lot: grant.award.points > 0 ? chosenLot(grant) : grant.id })
  return grant
}

/** Points chosen beside points given at once end by their own time. */
export const chosenLot = ({ id }: Grant): string => `${id}/chosen`

type Why = Pick<Occasioned, 'code' | 'reason' | 'at' | 'availableAt' | 'cutBecause'> & { lot: string }

function handOut(desk: Desk, grant: Grant, award: AwardOption, why: Why): void {
  const books = desk.books(grant.member)
  const { at, reason } = why
  if (award.points > 0) givePoints(desk, books, grant, award.points, why)
  if (award.badge !== null) giveBadge(desk, books, grant, award.badge, why)
  if (award.cause !== null) {
    const name = desk.programs.current.causes.find((cause) => cause.id === award.cause)?.name ?? award.cause
    books.note({ at, kind: 'honour', code: 'cause_supported', about: grant.id, reason: `${reason}: ${name}` })
  }
  // Where none can be had, that stands in the ledger.
  if (award.reward !== null) giveReward(desk, grant.member, award.reward, { grant: grant.id, reason })
}

function givePoints(desk: Desk, books: Books, grant: Grant, points: number, why: Why): void {
  const { at, code, reason, availableAt = at, cutBecause = null } = why
  const terms = { earnedAt: at, availableAt, now: desk.now }
  const rule = grant.rule === '' ? grant.occasion : grant.rule
  const lot = openAwardLot(books, desk.programs, { id: why.lot, rule, ...terms })
  lot.member = books.member.id
  if (lot.points === 0) reopenAwardLot(books, desk.programs, lot, terms)
  const sentence = `${reason}: ${pointsText(points, desk.programs.current)}${cutBecause === null ? '' : `. ${cutBecause}`}`
  books.award(lot, points, { at, kind: 'earn', code, reason: sentence })
  grant.points += points
  lapseLate(books, desk.programs, desk.history(grant.member), lot)
}

const pointsText = (points: number, program: Program): string =>
  `${count(points, program.locale)} ${pointsWord(points, program)}`

function giveBadge(desk: Desk, books: Books, grant: Grant, badge: string, { at, reason }: Why): void {
  const { member } = books
  if (member.badges.some(({ id }) => id === badge)) return
  member.badges = [...member.badges, { id: badge, at }]
  const name = desk.programs.current.badges.find(({ id }) => id === badge)?.name ?? badge
  books.note({ at, kind: 'honour', code: 'badge_given', about: grant.id, reason: `${reason}: ${name} badge` })
}

/** The occasion was at another time than was thought: what it gave counts from there. */
export function moveAward(desk: Desk, grant: Grant, at: number): void {
  if (grant.at === at) return
  grant.at = at
  desk.given.putGrant(grant)
  const books = desk.books(grant.member)
  for (const lot of books.lotsById([grant.id])) {
    lot.member = books.member.id
    moveAwardLot(books, desk.programs, lot, at)
    lapseLate(books, desk.programs, desk.history(grant.member), lot)
  }
}

/** What the award rested on is gone: its points are taken back, its badge and its unused rewards too. */
export function withdrawAward(desk: Desk, grant: Grant, because: string): void {
  if (grant.state === 'withdrawn') return
  const books = desk.books(grant.member)
  const { current: program } = desk.programs
  for (const lot of books.lotsById([grant.id, chosenLot(grant)])) {
    // It may have come with another member's books.
    lot.member = books.member.id
    if (lot.points === 0) continue
    const reason = `${pointsText(lot.points, program)} taken back: ${because}`
    const why = { at: desk.now, kind: 'reverse', code: 'award_withdrawn', reason } as const
    books.takeBack(lot, lot.points, why, desk.programs.byVersion(lot.program).points.shortfall)
  }
  takeBadgesBack(desk, books, grant)
  takeRewardBack(desk, grant, because)
  grant.points = 0
  grant.state = 'withdrawn'
  grant.chosen = null
  desk.given.putGrant(grant)
}

/** Badges that no other award gives as well. */
function takeBadgesBack(desk: Desk, books: Books, grant: Grant): void {
  const gone = badgesOf(grant)
  if (gone.length === 0) return
  const others = desk.given.grantsOf(grant.member).filter(({ id, state }) => id !== grant.id && state !== 'withdrawn')
  const kept = new Set(others.flatMap(badgesOf))
  const { member } = books
  member.badges = member.badges.filter(({ id }) => kept.has(id) || !gone.includes(id))
}

const badgesOf = ({ award, chosen }: Grant): string[] => {
  const option = chosen === null ? null : award.choose[chosen]
  return [award.badge, option?.badge ?? null].filter((badge) => badge !== null)
}
