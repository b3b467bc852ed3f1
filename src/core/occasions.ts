/**
 * Days that come back every year: birthdays, and the day of joining. All are local days of the program's zone; 29 February is
 * kept on the 28th in other years.
 */
import { addMonths, DAY_MS } from './calendar.ts'

/** A day of the year. */
export interface Yearly {
  month: number
  day: number
}

/** So many days after the day it is still given, should nobody have been there to give it. */
export const LATE_DAYS = 30
const MONTHS_IN_YEAR = 12

const BIRTHDAY = /^(?:-|\d{4})-(\d{2})-(\d{2})$/

/** `--03-14` or `1990-03-14`; null for anything else, or a day that no year has. */
export function parseBirthday(written: string): Yearly | null {
  const [, month, day] = (BIRTHDAY.exec(written) ?? []).map(Number)
  if (month === undefined || day === undefined || month < 1 || month > MONTHS_IN_YEAR) return null
  // 2024 was a leap year: 29 February is a birthday too.
  return day >= 1 && day <= lastOf(2024, month) ? { month, day } : null
}

const lastOf = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate()

const yearOf = (day: number): number => new Date(day * DAY_MS).getUTCFullYear()

/** The day of the year that a local day is. */
export function yearlyOf(day: number): Yearly {
  const date = new Date(day * DAY_MS)
  return { month: date.getUTCMonth() + 1, day: date.getUTCDate() }
}

/** The local day (days since 1970) on which it is kept in a year. */
export const keptOn = ({ month, day }: Yearly, year: number): number =>
  Date.UTC(year, month - 1, Math.min(day, lastOf(year, month))) / DAY_MS

/** The newest such day at or before `today`. */
export function latestOn(yearly: Yearly, today: number): number {
  const year = yearOf(today)
  const inYear = keptOn(yearly, year)
  return inYear <= today ? inYear : keptOn(yearly, year - 1)
}

/** The first such day after `today`. */
export function nextOn(yearly: Yearly, today: number): number {
  const year = yearOf(today)
  const inYear = keptOn(yearly, year)
  return inYear > today ? inYear : keptOn(yearly, year + 1)
}

export interface OccasionState {
  /** Today's local day. */
  today: number
  /** Those before it do not count: the day of joining, or when the program began to keep the occasion. */
  from: number
  /** The local day for which it was last given; null: never. */
  last: number | null
}

export interface OccasionPlan {
  /** The local day for which it is due now; null when none is. */
  due: number | null
  /** The local day on which to look again. */
  next: number
}

/**
 * Whether it is due today. Never twice within twelve months, whatever day the member says it is by then: somebody who
 * changes it gets the next one when the year is over, if that is within the days in which it may come late.
 */
export function planOccasion(yearly: Yearly, { today, from, last }: OccasionState): OccasionPlan {
  const next = nextOn(yearly, today)
  const latest = latestOn(yearly, today)
  const earliest = last === null ? latest : Math.max(latest, addMonths(last, MONTHS_IN_YEAR))
  if (latest < from || earliest - latest > LATE_DAYS) return { due: null, next }
  if (earliest > today) return { due: null, next: earliest }
  return { due: today - earliest <= LATE_DAYS ? earliest : null, next }
}

/** Whether it can be due at all, so that one need look when it was last given. */
export const isNear = (yearly: Yearly, { today, from }: Omit<OccasionState, 'last'>): boolean => {
  const latest = latestOn(yearly, today)
  return latest >= from && today - latest <= 2 * LATE_DAYS
}
