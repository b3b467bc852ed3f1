// Tiers as DESIGN.md and the schema's descriptions tell them, reckoned anew from all purchases with nothing kept between:
// slow, plain, and written without a look at the engine's way of doing it.
import { Temporal } from 'temporal-polyfill'
import type { Payment } from '../../src/core/state.ts'
import type { Program } from '../../src/program/schema.ts'

type Tiers = NonNullable<Program['tiers']>

export interface NaiveTier {
  id: string | null
  /** When it was come to; null: it was always held. */
  since: number | null
  until: number | null
}

interface Purchase {
  id: string
  at: number
  amount: number
}

/** A level earned at one purchase, and for how long; `until` Infinity: for good. */
interface Earned {
  level: number
  from: number
  until: number
}

const MINOR_UNITS = 100

export function naiveTier(program: Program, payments: readonly Payment[], now: number): NaiveTier | null {
  const { tiers } = program
  if (tiers === null) return null
  const earned = earnedBy(program, tiers, purchasesIn(tiers, payments))
  const base = thresholdsOf(tiers).lastIndexOf(0)
  const held =
    tiers.downgrade === 'one_step' ? stepByStep(program, tiers, earned, base, now) : atBest(earned, base, now)
  return { ...held, id: tiers.levels[held.level]?.id ?? null, until: Number.isFinite(held.until) ? held.until : null }
}

function purchasesIn({ metric }: Tiers, payments: readonly Payment[]): Purchase[] {
  return payments
    .flatMap(({ id, eligible, counted: { at, base, spendMinor, purchases } }) =>
      eligible === true && at !== null
        ? [{ id, at, amount: { points: base, spend: spendMinor, purchases }[metric] }]
        : [],
    )
    .filter(({ amount }) => amount !== 0)
    .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
}

const thresholdsOf = ({ metric, levels }: Tiers): number[] =>
  levels.map(({ threshold }) =>
    threshold === null
      ? Number.POSITIVE_INFINITY
      : metric === 'spend'
        ? Math.round(threshold * MINOR_UNITS)
        : threshold,
  )

const zoned = (at: number, zone: string) => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone)
const startOf = (date: Temporal.PlainDate, zone: string): number => date.toZonedDateTime(zone).epochMilliseconds

/** Every purchase is judged by all that lies in its window up to it. */
function earnedBy(program: Program, tiers: Tiers, purchases: readonly Purchase[]): Earned[] {
  const thresholds = thresholdsOf(tiers)
  return purchases.flatMap(({ at }, index) => {
    const counted = purchases.slice(0, index + 1).filter((one) => isWithin(program, tiers, one.at, at))
    const sum = counted.reduce((total, { amount }) => total + amount, 0)
    const level = thresholds.findLastIndex((threshold) => threshold <= sum)
    return level > thresholds.lastIndexOf(0) ? [{ level, from: at, until: keptUntil(program, tiers, at, false) }] : []
  })
}

function isWithin({ timezone }: Program, { window }: Tiers, earlier: number, at: number): boolean {
  if (window.kind === 'lifetime') return true
  const [then, today] = [zoned(earlier, timezone).toPlainDate(), zoned(at, timezone).toPlainDate()]
  if (window.kind === 'calendar_year') return then.year === today.year
  return Temporal.PlainDate.compare(then, today.subtract({ months: window.months })) > 0
}

/** `isStep`: one level down at the end of another, which is kept for one period. */
function keptUntil({ timezone }: Program, { keep }: Tiers, at: number, isStep: boolean): number {
  if (keep === 'always') return Number.POSITIVE_INFINITY
  const today = zoned(at, timezone).toPlainDate()
  if (typeof keep === 'object') return startOf(today.add({ months: keep.months }).add({ days: 1 }), timezone)
  const years = keep === 'next_period' && !isStep ? 2 : 1
  return startOf(new Temporal.PlainDate(today.year + years, 1, 1), timezone)
}

interface Held {
  level: number
  since: number | null
  until: number
}

/** The best that is earned at the moment. */
function atBest(earned: readonly Earned[], base: number, now: number): Held {
  const bestAt = (at: number): number =>
    Math.max(base, ...earned.filter(({ from, until }) => from <= at && until > at).map(({ level }) => level))
  const turns = earned.flatMap(({ from, until }) => [from, until]).filter((at) => at <= now)
  let since: number | null = null
  let level = base
  for (const at of turns.sort((a, b) => a - b)) {
    if (bestAt(at) === level) continue
    level = bestAt(at)
    since = at
  }
  return { level, since, until: level === base ? Number.POSITIVE_INFINITY : untilWhen(earned, level, now) }
}

/** Until when this level, or a higher one, is earned by what was bought by `at`. */
const untilWhen = (earned: readonly Earned[], level: number, at: number): number =>
  Math.max(0, ...earned.filter((one) => one.from <= at && one.level >= level).map(({ until }) => until))

/** Down one level at a time, each kept for a period of its own. */
function stepByStep(program: Program, tiers: Tiers, earned: readonly Earned[], base: number, now: number): Held {
  let held: Held = { level: base, since: null, until: Number.POSITIVE_INFINITY }
  const endBy = (at: number): void => {
    while (held.until <= at) {
      const since = held.until
      const standing = earned.filter(({ from, until }) => from <= since && until > since).map(({ level }) => level)
      const level = Math.max(base, held.level - 1, ...standing)
      const isEarned = standing.includes(level)
      const until =
        level === base
          ? Number.POSITIVE_INFINITY
          : isEarned
            ? untilWhen(earned, level, since)
            : keptUntil(program, tiers, since, true)
      held = { level, since, until }
    }
  }
  for (const { level, from } of earned) {
    endBy(from - 1)
    endBy(from)
    if (level > held.level) held = { level, since: from, until: untilWhen(earned, level, from) }
    else if (held.level > base) held.until = Math.max(held.until, untilWhen(earned, held.level, from))
  }
  endBy(now)
  return held
}
