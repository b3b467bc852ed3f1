/**
 * Local days, months and years of a time zone as instants. Dates are local and inclusive, kept as half-open
 * instants; what DST skips or repeats is resolved as Temporal's "compatible".
 *
 * Temporal costs microseconds and the same few days are asked for again and again, so answers are kept per day.
 */
import { Temporal } from 'temporal-polyfill'
import type { Expiry } from '../program/points.ts'

export const DAY_MS = 86_400_000
/** Offsets change on quarter hours at the finest (Nepal, Chatham), so one look-up serves a quarter of an hour. */
const QUARTER_MS = 900_000
/** How many answers are kept of a kind before all are dropped: a few megabytes at the most. */
const CACHE_LIMIT = 20_000

/** Answers kept by a zone or a number of months, of which there are few, and within it by a day. */
function cached<By, Value>(limit: number, make: (day: number, by: By) => Value): (day: number, by: By) => Value {
  const known = new Map<By, Map<number, Value>>()
  return (day, by) => {
    const days = known.get(by) ?? new Map<number, Value>()
    if (days.size === 0) known.set(by, days)
    const hit = days.get(day)
    if (hit !== undefined) return hit
    if (days.size >= limit) days.clear()
    const value = make(day, by)
    days.set(day, value)
    return value
  }
}

const offsets = new Map<string, Map<number, number>>()

/** Where the zone has one offset from the beginning of a day (UTC) to its end, as nearly always; null where it changes. */
const dayOffsetMs: (day: number, zone: string) => number | null = cached(CACHE_LIMIT, (day, zone) => {
  const [first, last] = [quarterOffsetMs(day * DAY_MS, zone), quarterOffsetMs((day + 1) * DAY_MS, zone)]
  return first === last ? first : null
})

/** Milliseconds that the zone is ahead of UTC at the instant. */
const offsetMs = (at: number, zone: string): number =>
  dayOffsetMs(Math.floor(at / DAY_MS), zone) ?? quarterOffsetMs(at, zone)

function quarterOffsetMs(at: number, zone: string): number {
  const quarter = Math.floor(at / QUARTER_MS)
  const known = offsets.get(zone) ?? new Map<number, number>()
  if (known.size === 0) offsets.set(zone, known)
  const hit = known.get(quarter)
  if (hit !== undefined) return hit
  if (known.size >= CACHE_LIMIT) known.clear()
  const zoned = Temporal.Instant.fromEpochMilliseconds(quarter * QUARTER_MS).toZonedDateTimeISO(zone)
  const value = zoned.offsetNanoseconds / 1e6
  known.set(quarter, value)
  return value
}

/** Days since 1970-01-01 of the local date at the instant. */
export function localDay(at: number, zone: string): number {
  return Math.floor((at + offsetMs(at, zone)) / DAY_MS)
}

const plainDate = (day: number): Temporal.PlainDate => {
  const date = new Date(day * DAY_MS)
  return new Temporal.PlainDate(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate())
}
const dayOf = (date: Temporal.PlainDate): number => Date.UTC(date.year, date.month - 1, date.day) / DAY_MS

/** The instant at which a local day begins; its day before ends there at 24:00. */
export const startOfDay: (day: number, zone: string) => number = cached(
  CACHE_LIMIT,
  (day, zone) => plainDate(day).toZonedDateTime(zone).epochMilliseconds,
)

/** The local day some months later (or earlier), clamped to the month's last day. */
export const addMonths: (day: number, months: number) => number = cached(CACHE_LIMIT, (day, months) =>
  dayOf(plainDate(day).add({ months })),
)

/** 24:00 of the local date that is `months` after the instant's. */
export const endOfDayAfterMonths = (at: number, months: number, zone: string): number =>
  startOfDay(addMonths(localDay(at, zone), months) + 1, zone)

export const localYear = (at: number, zone: string): number => new Date(localDay(at, zone) * DAY_MS).getUTCFullYear()

/** The instant at which a local year ends. */
export const endOfYear = (year: number, zone: string): number => startOfDay(Date.UTC(year + 1, 0, 1) / DAY_MS, zone)

/** 24:00 of the first day `month`-`day` at or after the instant's local date plus the years. */
export function calendarEnd(at: number, rule: Extract<Expiry, { kind: 'calendar' }>, zone: string): number {
  const earliest = addMonths(localDay(at, zone), rule.afterYears * 12)
  const year = new Date(earliest * DAY_MS).getUTCFullYear()
  const inYear = (y: number): number => {
    const last = new Date(Date.UTC(y, rule.month, 0)).getUTCDate()
    return Date.UTC(y, rule.month - 1, Math.min(rule.day, last)) / DAY_MS
  }
  const day = inYear(year) >= earliest ? inYear(year) : inYear(year + 1)
  return startOfDay(day + 1, zone)
}

/** `2026-11-22`, the local date at the instant. */
export const localDate = (at: number, zone: string): string =>
  new Date(localDay(at, zone) * DAY_MS).toISOString().slice(0, 10)
