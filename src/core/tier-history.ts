/** What is told and given for the tiers that a member held: when each was come up to, why it was reached or ended. */
import type { Program } from '../program/schema.ts'
import { localYear } from './calendar.ts'
import { count, day, money, pointsWord } from './sentences.ts'
import { type TierMachine, type TierSegment, tierSum } from './tiers.ts'

/** A level that was come up to, from below or by joining. */
export interface Rise {
  level: string
  since: number
}

const rankOf = ({ tiers }: Program, id: string | null): number =>
  tiers?.levels.findIndex((level) => level.id === id) ?? -1

const nameOf = ({ tiers }: Program, id: string | null): string =>
  tiers?.levels.find((level) => level.id === id)?.name ?? id ?? ''

/**
 * The levels come up to after `after`, oldest first. Only the level reached counts, not those skipped. `start`: when the
 * member's tiers began; where the oldest are not kept any more, how the first kept one was come to is not known.
 */
export function risesOf(
  program: Program,
  held: readonly TierSegment[],
  start: number | null,
  after = Number.NEGATIVE_INFINITY,
): Rise[] {
  const lasting = lastingOf(held)
  const isWhole = keptSince(held, start) === Number.NEGATIVE_INFINITY
  return lasting.flatMap(({ id, since }, index): Rise[] => {
    const up = index === 0 ? isWhole : rankOf(program, id) > rankBefore(program, lasting, index)
    return id !== null && up && since > after ? [{ level: id, since }] : []
  })
}

const isGone = (program: Program, id: string | null | undefined): boolean => !!id && rankOf(program, id) < 0

/** The rank that was held before. A tier that the program has no longer has none: what was held before it counts. */
function rankBefore(program: Program, lasting: readonly TierSegment[], index: number): number {
  const before = lasting.slice(0, index).findLast(({ id }) => !isGone(program, id))
  return rankOf(program, before?.id ?? null)
}

/** Without those passed in the very moment: of purchases at one instant none comes first. Joining is one of its own. */
const lastingOf = (held: readonly TierSegment[]): readonly TierSegment[] =>
  held.filter(({ since }, index) => index === 0 || held[index + 1]?.since !== since)

/** Before this not all tiers are kept; -∞ where they are. */
export const keptSince = (held: readonly TierSegment[], start: number | null): number => {
  const [first] = held
  return first === undefined || start === null || first.since <= start ? Number.NEGATIVE_INFINITY : first.since
}

/** Why a tier ended before its time. */
export type EndedBy = 'refund' | 'subscription' | 'program' | 'other'

export interface TierNote {
  at: number
  code: 'tier_reached' | 'tier_ended'
  level: string
  reason: string
}

export interface TierChange {
  program: Program
  before: readonly TierSegment[]
  after: readonly TierSegment[]
  /** The machine of tiers that are earned: what was counted. */
  machine: TierMachine | null
  now: number
  endedBy: EndedBy
}

const same = (a: TierSegment | undefined, b: TierSegment | undefined): boolean =>
  a !== undefined && b !== undefined && a.id === b.id && a.since === b.since

/** What is to be said of a change of tiers, oldest first. Nothing of the tier that everybody begins with. */
export function tierNotes(told: TierChange): TierNote[] {
  const change = { ...told, before: lastingOf(told.before), after: lastingOf(told.after) }
  const { before, after } = change
  let common = 0
  while (same(before[common], after[common])) common++
  // They began with nothing, or what was held goes on.
  if (common === before.length)
    return after.flatMap((_, index) => (index < Math.max(common, 1) ? [] : said(change, index)))
  const [last, held] = [before.at(-1), after.at(-1)]
  if (last?.id === held?.id) return []
  const isUp = rankOf(change.program, held?.id ?? null) > rankOf(change.program, last?.id ?? null)
  if (isUp || isDue(last, held)) return said(change, after.length - 1)
  return last?.id ? [endedAtOnce(change, last.id)] : []
}

/** Whether the tier ended when it was to end; it had only begun at another time than we knew. */
const isDue = (last: TierSegment | undefined, held: TierSegment | undefined): boolean =>
  last?.until !== null && last?.until !== undefined && held?.since === last.until

function said(change: TierChange, index: number): TierNote[] {
  const { program, after } = change
  const [before, segment] = [after[index - 1], after[index]]
  if (segment === undefined) return []
  const { id, since } = segment
  if (id !== null && rankOf(program, id) > rankBefore(program, after, index))
    return [{ at: since, code: 'tier_reached', level: id, reason: reachedSentence(change, segment) }]
  if (!before?.id) return []
  if (isGone(program, before.id))
    return [{ at: since, code: 'tier_ended', level: before.id, reason: goneSentence(program, id) }]
  return [{ at: since, code: 'tier_ended', level: before.id, reason: endedSentence(program, before.id, segment) }]
}

/** "Gold until 31 Dec 2027: 520 points in 2026". */
function reachedSentence({ program, machine, after, now }: TierChange, segment: TierSegment): string {
  const until = segment.until === null ? '' : ` until ${day(segment.until, program, true)}`
  const isEarned = machine?.segments.some((earned) => same(earned, segment)) ?? false
  const name = nameOf(program, segment.id)
  if (!isEarned) return `${name}${until}: paid for by subscription`
  // Only what counts now is known: how an earlier tier was reached is not.
  if (machine === null || segment !== after.at(-1)) return `${name}${until}`
  return `${name}${until}: ${sumWords(program, machine, now)}`
}

/** "520 points in 2026", "$350.00 in 12 months", "10 purchases". */
function sumWords(program: Program, machine: TierMachine, now: number): string {
  const { tiers, locale, currency, timezone } = program
  const at = machine.newestAt ?? now
  const sum = tierSum(machine, program, at)
  const metric = tiers?.metric ?? 'points'
  const words =
    metric === 'spend'
      ? money(sum, currency, locale)
      : metric === 'points'
        ? `${count(sum, locale)} ${pointsWord(sum, program)}`
        : `${count(sum, locale)} ${sum === 1 ? 'purchase' : 'purchases'}`
  const window = tiers?.window
  if (window?.kind === 'calendar_year') return `${words} in ${localYear(at, timezone)}`
  return window?.kind === 'rolling'
    ? `${words} in ${window.months === 1 ? 'a month' : `${window.months} months`}`
    : words
}

const goneSentence = (program: Program, id: string | null): string =>
  `The program’s tiers have changed${id === null || isGone(program, id) ? '' : `: ${nameOf(program, id)} from now on`}`

/** "Gold ended on 31 Dec 2027: back to Silver". */
function endedSentence(program: Program, level: string, next: TierSegment): string {
  const back = rankOf(program, next.id) < 0 ? '' : `: back to ${nameOf(program, next.id)}`
  return `${nameOf(program, level)} ended on ${day(next.since, program, true)}${back}`
}

const AT_ONCE = {
  refund: 'the purchase it rested on was refunded',
  subscription: 'its subscription ended',
  program: 'the program’s tiers have changed',
  other: 'what it rested on does not count any more',
} satisfies Record<EndedBy, string>

const endedAtOnce = ({ program, endedBy, now }: TierChange, level: string): TierNote => ({
  at: now,
  code: 'tier_ended',
  level,
  reason: `${nameOf(program, level)} ended at once: ${AT_ONCE[endedBy]}`,
})

/** A tier that was held, for the member's history of tiers. */
export interface HeldTier {
  tier: string
  name: string
  since: number
  /** When it ended or will end; null: nobody knows yet. */
  until: number | null
  reason: string
}

/** The tiers held, newest first, each with why: as it was noted, or as far as it can be told. */
export function tierHistory(
  program: Program,
  held: readonly TierSegment[],
  notes: readonly { at: number; reason: string }[],
): HeldTier[] {
  const lasting = lastingOf(held)
  const tiers = lasting.flatMap(({ id, since, until }, index): HeldTier[] => {
    if (id === null) return []
    const before = lasting[index - 1]
    const noted = notes.findLast((note) => note.at === since)?.reason
    const end = lasting[index + 1]?.since ?? until
    return [
      { tier: id, name: nameOf(program, id), since, until: end, reason: noted ?? plainly(program, before, since) },
    ]
  })
  return tiers.reverse()
}

const plainly = (program: Program, before: TierSegment | undefined, since: number): string =>
  before === undefined
    ? `Held since ${day(since, program)}`
    : `After ${nameOf(program, before.id)}, from ${day(since, program)}`
