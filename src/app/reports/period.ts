/** The span that a report is about: local days or months of the program's zone, both ends included. */
import { DAY_MS, localDate, startOfDay } from '../../core/calendar.ts'
import { addToMonth, monthOf, monthsBetween } from '../../core/report-months.ts'
import { refuse } from '../context.ts'
import type { Refusal } from '../ports.ts'
import type { ReportPeriod } from './shapes.ts'

export interface Span {
  /** Instants, half-open; infinite where nothing was said. */
  fromMs: number
  toMs: number
  /** Days, both included. */
  from: string | null
  to: string | null
}

const DAY = /^\d{4}-\d{2}-\d{2}$/
const MONTH = /^\d{4}-\d{2}$/
/** A span of months is listed month by month: a hundred years are enough. */
const MONTHS_LIMIT = 1200

/** The first or the last day that a text means; null when it is neither a day nor a month that exists. */
function dayNumber(text: string, isEnd: boolean): number | null {
  const first = MONTH.test(text) ? `${text}-01` : DAY.test(text) ? text : null
  if (first === null || Number(first.slice(0, 4)) < 1970) return null
  const at = Date.parse(`${first}T00:00:00Z`)
  if (!Number.isFinite(at) || new Date(at).toISOString().slice(0, 10) !== first) return null
  if (DAY.test(text) || !isEnd) return at / DAY_MS
  return Date.parse(`${addToMonth(text, 1)}-01T00:00:00Z`) / DAY_MS - 1
}

const badDay = (field: string): Refusal =>
  refuse('invalid_request', `"${field}" must be a month or a day, such as 2026-11 or 2026-11-22`)

const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10)

export function readSpan({ from, to }: ReportPeriod, zone: string): { ok: true; span: Span } | Refusal {
  const first = from === undefined ? null : dayNumber(from, false)
  const last = to === undefined ? null : dayNumber(to, true)
  if (from !== undefined && first === null) return badDay('from')
  if (to !== undefined && last === null) return badDay('to')
  if (first !== null && last !== null && last < first)
    return refuse('invalid_request', '"to" must not be before "from"')
  return {
    ok: true,
    span: {
      fromMs: first === null ? Number.NEGATIVE_INFINITY : startOfDay(first, zone),
      toMs: last === null ? Number.POSITIVE_INFINITY : startOfDay(last + 1, zone),
      from: first === null ? null : dateOf(first),
      to: last === null ? null : dateOf(last),
    },
  }
}

/** Whole months: those that the span touches, twelve up to now where nothing was said. Never beyond the present one. */
export function monthsOf(span: Span, now: number, zone: string): { from: string; to: string } | Refusal {
  const present = monthOf(now, zone)
  const to = span.to === null || span.to.slice(0, 7) > present ? present : span.to.slice(0, 7)
  const from = span.from === null ? addToMonth(to, -11) : span.from.slice(0, 7)
  if (from > present) return refuse('invalid_request', `"from" must not be after the present month, ${present}`)
  if (addToMonth(from, MONTHS_LIMIT) < to) return refuse('invalid_request', 'The span is longer than a hundred years')
  return { from, to }
}

export interface Months {
  from: string
  to: string
}

export const isSaid = ({ from, to }: Span): boolean => from !== null || to !== null

export const yearUpTo = (month: string): Months => ({ from: addToMonth(month, -11), to: month })

/** Figures by month, beside each other: as many as one can look through. */
export const SHOWN_MONTHS = 36

/** The same, for what is shown month by month: at most three years of it. */
export function fewMonthsOf(span: Span, now: number, zone: string): Months | Refusal {
  const months = monthsOf(span, now, zone)
  if ('ok' in months || monthsBetween(months.from, months.to) < SHOWN_MONTHS) return months
  return refuse('invalid_request', `The span is longer than ${SHOWN_MONTHS} months: give "from" and "to"`)
}

/** `2026-11-30`, the last local day of the month. */
export const lastDayOf = (month: string): string =>
  dateOf(Date.parse(`${addToMonth(month, 1)}-01T00:00:00Z`) / DAY_MS - 1)

export const today = (now: number, zone: string): string => localDate(now, zone)
