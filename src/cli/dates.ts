// Dates as people and files write them. A day without a time is a day of the program's zone.
import { Temporal } from 'temporal-polyfill'

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/
const COMPACT_DAY = /^(\d{4})(\d{2})(\d{2})$/
const MONTH = /^(\d{4})-(\d{2})$/
/** Before this, Stripe's seconds would be negative. */
const EARLIEST = Temporal.PlainDate.from('1970-01-02')
const LATEST = Temporal.PlainDate.from('9999-12-31')

export interface Moment {
  /** Milliseconds since 1970. */
  at: number
  /** It was a date without a time: `at` is where that day begins. */
  isDay: boolean
}

export const DATE_RULE = 'must be a date, such as 2026-11-22 or 20261122'
export const MOMENT_RULE = 'must be a date, such as 2026-11-22, 20261122 or 2026-11-22T09:30:00Z'

function attempt<Value>(read: () => Value): Value | null {
  try {
    return read()
  } catch {
    return null
  }
}

/** `YYYY-MM-DD` or `YYYYMMDD`; null for anything else, the 30th of February too. */
export function parseDate(text: string): Temporal.PlainDate | null {
  const [, year, month, day] = DAY.exec(text) ?? COMPACT_DAY.exec(text) ?? []
  if (year === undefined) return null
  const date = attempt(() => Temporal.PlainDate.from(`${year}-${month}-${day}`))
  if (date === null) return null
  return Temporal.PlainDate.compare(date, EARLIEST) < 0 || Temporal.PlainDate.compare(date, LATEST) > 0 ? null : date
}

/** A date, or an instant in ISO 8601; one without an offset is local time of the zone. Null for anything else. */
export function parseMoment(written: string, zone: string): Moment | null {
  const text = written.trim()
  const date = parseDate(text)
  if (date !== null) return { at: date.toZonedDateTime(zone).epochMilliseconds, isDay: true }
  const [, day = ''] = /^(\d{4}-\d{2}-\d{2})[T ]\d{2}/i.exec(text) ?? []
  if (parseDate(day) === null) return null
  const instant =
    attempt(() => Temporal.Instant.from(text).epochMilliseconds) ??
    attempt(() => Temporal.PlainDateTime.from(text).toZonedDateTime(zone).epochMilliseconds)
  return instant === null ? null : { at: instant, isDay: false }
}

/** Noon of a day, so that no zone turns it into another; the instant itself where a time was given. */
export function momentOfPurchase(moment: Moment, zone: string): number {
  if (!moment.isDay) return moment.at
  const day = Temporal.Instant.fromEpochMilliseconds(moment.at).toZonedDateTimeISO(zone).toPlainDate()
  return day.toZonedDateTime({ timeZone: zone, plainTime: '12:00' }).epochMilliseconds
}

/** Where the day after the moment's begins. */
export function endOfDay(at: number, zone: string): number {
  const day = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate()
  return day.add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds
}

/** The span of `YYYY-MM` in the zone, its end exclusive; null for anything else. */
export function parseMonth(text: string, zone: string): { fromMs: number; toMs: number } | null {
  const [, year, month] = MONTH.exec(text.trim()) ?? []
  const first = year === undefined ? null : parseDate(`${year}-${month}-01`)
  if (first === null) return null
  const start = (date: Temporal.PlainDate) => date.toZonedDateTime(zone).epochMilliseconds
  return { fromMs: start(first), toMs: start(first.add({ months: 1 })) }
}

/** `2026-11-22` in the zone. */
export const dayOf = (at: number, zone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate().toString()
