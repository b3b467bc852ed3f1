/**
 * When a lot ends. The tier held governs: reaching one whose points last longer prolongs every lot, losing one starts
 * the time anew. Terms are a function of when the points were earned and of the tiers held since, so facts in any order
 * give the same terms.
 */
import type { Expiry } from '../program/points.ts'
import type { Program } from '../program/schema.ts'
import { calendarEnd, endOfDayAfterMonths, localDay, startOfDay } from './calendar.ts'
import type { Programs } from './decide-payment.ts'
import type { TierSegment } from './tiers.ts'

/** Points that come back may be used for at least so long. */
const RETURN_DAYS = 30

export interface Ending {
  expiresAt: number | null
  idleMonths: number | null
  notBefore: number | null
  /** Since when these terms govern: what ended by others before that stays ended. Left out where it is not known. */
  governedSince?: number | undefined
  /** When the points ended, given what the member did; null: they have not. Left out where that was not asked. */
  endedAt?: number | null | undefined
}

/** What decides whether points ended, beside the tiers held. */
export interface Doings {
  /** When the member was active, oldest first. */
  active: readonly number[]
  /** What ends by then has ended. */
  until: number
  /** Points do not end before they can be used; null: they can from the beginning. */
  availableAt: number | null
}

const expiryOf = (program: Program, tier: string | null): Expiry =>
  program.tiers?.levels.find((level) => level.id === tier)?.expiry ?? program.points.expiry

/** Whether the tier a member holds makes a difference to when points end. */
export const tiersGovernExpiry = (program: Program): boolean =>
  program.tiers?.levels.some((level) => level.expiry !== null) ?? false

const rulesKeys = new WeakMap<Program, string>()

/** What decides whether two programs end points alike. */
function rulesKey(program: Program): string {
  const known = rulesKeys.get(program)
  if (known !== undefined) return known
  const levels = program.tiers?.levels.map(({ id, expiry }) => [id, expiry]) ?? []
  const key = JSON.stringify([program.timezone, program.points.expiry, levels])
  rulesKeys.set(program, key)
  return key
}

/** Whether points given under that version of the program end by the rules of today, so that there is no other promise to keep. */
export const endsAsToday = (programs: Programs, version: string): boolean =>
  version === programs.version || rulesKey(programs.byVersion(version)) === rulesKey(programs.current)

function endBy(rule: Expiry, from: number, zone: string): { expiresAt: number | null; idleMonths: number | null } {
  switch (rule.kind) {
    case 'never':
      return { expiresAt: null, idleMonths: null }
    case 'after':
      return { expiresAt: endOfDayAfterMonths(from, rule.months, zone), idleMonths: null }
    case 'inactivity':
      return { expiresAt: null, idleMonths: rule.months }
    case 'calendar':
      return { expiresAt: calendarEnd(from, rule, zone), idleMonths: null }
    default: {
      const unknown: never = rule
      return unknown
    }
  }
}

const sameRule = (a: Expiry, b: Expiry): boolean => a === b || JSON.stringify(a) === JSON.stringify(b)

/** 24:00 of the day by which points that came back at `at` must still be there. */
export const returnFloor = (at: number, zone: string): number => startOfDay(localDay(at, zone) + RETURN_DAYS + 1, zone)

const laterOf = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.max(a, b)

/** Terms by which points end, from when they were earned. */
type Terms = Pick<Ending, 'expiresAt' | 'idleMonths' | 'notBefore'>

/** When points end by these terms: by their date, or once the member was not active for so long. Null: never. */
function endOf(terms: Terms, earnedAt: number, { active, availableAt }: Doings, zone: string): number | null {
  const { expiresAt, idleMonths } = terms
  const floor = laterOf(terms.notBefore, availableAt) ?? Number.NEGATIVE_INFINITY
  if (idleMonths === null) return expiresAt === null ? null : Math.max(expiresAt, floor)
  let end = Math.max(endOfDayAfterMonths(earnedAt, idleMonths, zone), floor)
  for (const time of active) {
    if (time <= earnedAt) continue
    if (time >= end) break
    end = Math.max(end, endOfDayAfterMonths(time, idleMonths, zone))
  }
  return end
}

/** Whether they did end so: by `until`, or because what was done next came too late. */
const hasEnded = (end: number | null, { active, until }: Doings): end is number =>
  end !== null && (end <= until || end <= (active.at(-1) ?? Number.NEGATIVE_INFINITY))

/**
 * The terms of a lot earned at `earnedAt`. `returnedAt`: when points last came back to it; null: never. With what the member
 * did (`doings`) it is told too whether the points ended under one of the tiers held, and when.
 */
export function lotEnding(
  program: Program,
  earnedAt: number,
  segments: readonly TierSegment[],
  returnedAt: number | null,
  doings?: Doings,
): Ending {
  const zone = program.timezone
  const first = Math.max(
    0,
    segments.findLastIndex((segment) => segment.since <= earnedAt),
  )
  let rule = expiryOf(program, segments[first]?.id ?? null)
  let end = endBy(rule, earnedAt, zone)
  let governedSince = earnedAt
  let notBefore = returnedAt === null ? null : returnFloor(returnedAt, zone)
  const rank = (id: string | null): number => program.tiers?.levels.findIndex((level) => level.id === id) ?? -1
  for (let i = first + 1; i < segments.length; i++) {
    const [before, segment] = [segments[i - 1] as TierSegment, segments[i] as TierSegment]
    if (end.expiresAt !== null && end.expiresAt <= segment.since) break
    const ended = doings === undefined ? null : endOf({ ...end, notBefore }, earnedAt, doings, zone)
    if (ended !== null && ended <= segment.since) break
    const governing = expiryOf(program, segment.id)
    if (sameRule(rule, governing)) continue
    rule = governing
    governedSince = segment.since
    if (rank(segment.id) > rank(before.id)) {
      const longer = endBy(rule, earnedAt, zone)
      const bothDated = end.expiresAt !== null && longer.expiresAt !== null
      end = bothDated ? { expiresAt: laterOf(end.expiresAt, longer.expiresAt), idleMonths: null } : longer
      continue
    }
    end = endBy(rule, segment.since, zone)
    // Inactivity is counted from the loss of the tier at the earliest.
    if (end.idleMonths !== null)
      notBefore = laterOf(notBefore, endOfDayAfterMonths(segment.since, end.idleMonths, zone))
  }
  const ending = { expiresAt: end.expiresAt, idleMonths: end.idleMonths, notBefore, governedSince }
  if (doings === undefined) return ending
  const ended = endOf(ending, earnedAt, doings, zone)
  return { ...ending, endedAt: hasEnded(ended, doings) ? ended : null }
}

/** The longer of two: for lots made under another version of the program, which no change may shorten. */
export function longerEnding(a: Ending, b: Ending): Ending {
  const never = (ending: Ending): boolean => ending.expiresAt === null && ending.idleMonths === null
  const plain = ({ expiresAt, idleMonths, notBefore, governedSince }: Ending): Ending => ({
    expiresAt,
    idleMonths,
    notBefore,
    governedSince,
  })
  if (never(a)) return plain(a)
  if (never(b)) return plain(b)
  if (a.expiresAt !== null && b.expiresAt !== null)
    return { ...plain(a.expiresAt >= b.expiresAt ? a : b), notBefore: laterOf(a.notBefore, b.notBefore) }
  if (a.idleMonths !== null && b.idleMonths !== null)
    return { ...plain(a.idleMonths >= b.idleMonths ? a : b), notBefore: laterOf(a.notBefore, b.notBefore) }
  // A date and an inactivity cannot be compared: the date is a promise, so it stands as the floor of the other.
  const [dated, idle] = a.expiresAt !== null ? [a, b] : [b, a]
  return { ...plain(idle), notBefore: laterOf(laterOf(idle.notBefore, dated.notBefore), dated.expiresAt) }
}
