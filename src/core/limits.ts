/**
 * How often something may earn for one member, and how many points some rules may bring together. Counted by local calendar
 * of the program's zone, and by when things were done, not by when we heard of them.
 */
import type { Limit, Period } from '../program/awards.ts'
import type { Program } from '../program/schema.ts'
import { addMonths, DAY_MS, localDay, startOfDay } from './calendar.ts'
import type { Grant } from './reward-state.ts'
import { count, day, pointsWord } from './sentences.ts'

/** `[from, to)`; `to` is null where the period never ends. */
export interface Span {
  from: number
  to: number | null
}

const DAYS_IN_WEEK = 7
/** 1970-01-01 was a Thursday: three days after a Monday. */
const MONDAY_OFFSET = 3

/** The local day that the instant is counted to. Clocks set back past midnight do not undo the day that has begun. */
export function dayAt(at: number, zone: string): number {
  const local = localDay(at, zone)
  return at >= startOfDay(local + 1, zone) ? local + 1 : local
}

/** The period that the instant lies in. Weeks begin on Monday. */
export function periodAt(at: number, per: Period, zone: string): Span {
  if (per === 'lifetime') return { from: Number.MIN_SAFE_INTEGER, to: null }
  const today = dayAt(at, zone)
  const [first, next] = daysOf(today, per)
  return { from: startOfDay(first, zone), to: startOfDay(next, zone) }
}

/** The period's first day, and the first after it. */
function daysOf(today: number, per: Exclude<Period, 'lifetime'>): [first: number, next: number] {
  if (per === 'day') return [today, today + 1]
  if (per === 'week') {
    const monday = today - ((((today + MONDAY_OFFSET) % DAYS_IN_WEEK) + DAYS_IN_WEEK) % DAYS_IN_WEEK)
    return [monday, monday + DAYS_IN_WEEK]
  }
  const date = new Date(today * DAY_MS)
  const month = per === 'year' ? 0 : date.getUTCMonth()
  const first = Date.UTC(date.getUTCFullYear(), month, 1) / DAY_MS
  return [first, addMonths(first, per === 'year' ? 12 : 1)]
}

const within = ({ from, to }: Span, at: number): boolean => at >= from && (to === null || at < to)

/** Points that a rule brought, when they were earned. */
export interface UsedPoints {
  rule: string
  at: number
  points: number
}

/** What is left for one award. `because`: the sentence of what cuts it; `null` where nothing does. */
export interface Room {
  points: number
  because: string | null
}

/** Why nothing is left, in a sentence that says when it counts again; null while something is. */
export function timesProblem(
  program: Program,
  limit: Limit | null,
  rule: string,
  at: number,
  given: readonly Pick<Grant, 'rule' | 'at' | 'state'>[],
): string | null {
  if (limit === null) return null
  const span = periodAt(at, limit.per, program.timezone)
  const counted = given.filter((grant) => grant.state !== 'withdrawn' && grant.rule === rule && within(span, grant.at))
  if (counted.length < limit.times) return null
  return `This counts ${timesWords(limit, program)}${again(span, program)}`
}

const timesWords = ({ times, per }: Limit, program: Program): string => {
  const often = times === 1 ? 'once' : `${count(times, program.locale)} times`
  return per === 'lifetime' ? `${often} for each member` : `${often} a ${per}`
}

const again = ({ to }: Span, program: Program): string => (to === null ? '' : `, again from ${day(to, program)}`)

/** How many of the points the shared limits leave for this rule at the instant. Other limits than the tightest do not matter. */
export function roomFor(program: Program, rule: string, at: number, points: number, used: readonly UsedPoints[]): Room {
  let room: Room = { points, because: null }
  for (const limit of program.limits) {
    if (!limit.rules.includes(rule)) continue
    const span = periodAt(at, limit.per, program.timezone)
    const counted = used.filter((one) => limit.rules.includes(one.rule) && within(span, one.at))
    const left = Math.max(0, limit.points - counted.reduce((sum, one) => sum + one.points, 0))
    if (left >= room.points) continue
    const most = `${count(limit.points, program.locale)} ${pointsWord(limit.points, program)}`
    const per = limit.per === 'lifetime' ? 'for each member' : `a ${limit.per}`
    room = { points: left, because: `${asHeading(limit.id)} bring at most ${most} ${per}${again(span, program)}` }
  }
  return room
}

/** The earliest instant that any of these limits looks back to, from `at`. */
export const lookBack = (limits: readonly (Limit | null)[], at: number, zone: string): number =>
  Math.min(at, ...limits.flatMap((limit) => (limit === null ? [] : periodAt(at, limit.per, zone).from)))

/** `donate-shoes` as it is read out: "donate shoes". */
export const inWords = (id: string): string => id.replace(/[-_]+/g, ' ').trim() || id

/** The same at the beginning of a sentence. */
export function asHeading(id: string): string {
  const words = inWords(id)
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}
