/**
 * Awards given as often as something came about: a tier reached, a challenge met. How often and when is known from what
 * stands; here the awards given are brought in line with it, whatever order facts came in.
 */
import { settleMember } from '../core/member-progress.ts'
import type { Grant } from '../core/reward-state.ts'
import type { Desk } from './desk.ts'
import { chosenLot, giveAward, moveAward, type Occasioned, withdrawAward } from './give-award.ts'

export interface Series extends Pick<Occasioned, 'occasion' | 'rule' | 'subject' | 'award' | 'code' | 'reason'> {
  /** The id of the n-th award: `mem_1/challenge/three/2`. */
  id: (n: number) => string
  /** The program whose terms it is given by. */
  program: string
  /** Why one too many is taken back, in words. */
  because: string
}

export const stands = ({ state }: Pick<Grant, 'state'>): boolean => state !== 'withdrawn'

const numberOf = ({ id }: Grant): number => Number(/\d+$/.exec(id)?.[0] ?? 0)

/** Those given first first. */
const byNumber = (a: Grant, b: Grant): number => a.at - b.at || numberOf(a) - numberOf(b) || (a.id < b.id ? -1 : 1)

/** Of two records of one person: a choice that was made stays rather than one that still may be. */
const chosenFirst = (a: Grant, b: Grant): number =>
  Number(a.state === 'open') - Number(b.state === 'open') || byNumber(a, b)

/**
 * Gives what is missing, takes back what is one too many, the last first, and moves the others to when they were due.
 * `given`: the awards of this series that stand; `due`: when each was due, oldest first.
 */
export function alignSeries(
  desk: Desk,
  member: string,
  given: readonly Grant[],
  due: readonly number[],
  series: Series,
): void {
  const merged = desk.changes.handOver?.to === member
  const standing = [...given].sort(merged ? chosenFirst : byNumber)
  const tooMany = standing.splice(due.length)
  const moved = standing.filter(({ at }, index) => at !== due[index])
  // Whoever left or is suspended keeps what they have and gets nothing new.
  const missing = desk.member(member).status === 'active' ? due.slice(standing.length) : []
  const fresh = freeIds(desk, given, missing.length, series)
  readTogether(desk, member, [...tooMany, ...moved], fresh, due)
  const because = merged ? 'it counts once for the same person' : series.because
  for (const grant of tooMany.reverse()) withdrawAward(desk, grant, because)
  standing.forEach((grant, index) => {
    moveAward(desk, grant, due[index] ?? grant.at)
  })
  for (const [index, at] of missing.entries())
    giveBy(desk, member, { ...series, id: fresh[index] ?? '', at, payment: null }, series.program)
}

/** The first ids under which nothing stands. */
function freeIds(desk: Desk, given: readonly Grant[], count: number, { id }: Series): string[] {
  if (count === 0) return []
  const taken = new Set(given.map((grant) => grant.id))
  const free: string[] = []
  for (let n = 1; free.length < count; ) {
    const tried: string[] = []
    for (; tried.length < count - free.length; n++) if (!taken.has(id(n))) tried.push(id(n))
    desk.given.loadGrants(tried)
    free.push(...tried.filter((one) => !isGiven(desk, one)))
  }
  return free
}

function isGiven(desk: Desk, id: string): boolean {
  const grant = desk.given.grant(id)
  return grant !== null && stands(grant)
}

/** There may be many: all lots that will change are read in one go, and what was due by then is settled once. */
function readTogether(
  desk: Desk,
  member: string,
  changed: readonly Grant[],
  fresh: readonly string[],
  times: readonly number[],
): void {
  const ids = [...changed.flatMap((grant) => [grant.id, chosenLot(grant)]), ...fresh]
  if (ids.length === 0) return
  desk.books(member).lotsById(ids)
  settleUpTo(desk, member, Math.max(...times, ...changed.map(({ at }) => at)))
}

/** Gives an award by the terms of a program: the one that what it is given for was decided by. */
export function giveOn(desk: Desk, member: string, due: Occasioned, program: string): Grant {
  settleUpTo(desk, member, due.at)
  return giveBy(desk, member, due, program)
}

function giveBy(desk: Desk, member: string, due: Occasioned, program: string): Grant {
  const grant = giveAward(desk, member, due)
  if (grant.program !== program) {
    grant.program = program
    desk.given.putGrant(grant)
  }
  return grant
}

/** What an award was given for came about at another time than we knew: it counts from then, and so do its points. */
export function moveTo(desk: Desk, grant: Grant, at: number): void {
  if (grant.at === at) return
  settleUpTo(desk, grant.member, at)
  moveAward(desk, grant, at)
}

/** What was due by then comes first: points that waited or ended before are none of these. */
function settleUpTo(desk: Desk, member: string, at: number): void {
  const books = desk.books(member)
  settleMember(books, desk.programs, desk.history(books.member.id), Math.min(desk.now, at))
}
