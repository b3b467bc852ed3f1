/** Local months as reports name them: `2026-11`, in the program's zone. */
import { DAY_MS, startOfDay } from './calendar.ts'

/** A century of months in a few zones. */
const KNOWN_LIMIT = 5_000
const starts = new Map<string, number>()

/**
 * `2026-11`, the local month of the instant: the last that has begun. Found by where months begin rather than by the zone's
 * offset at the instant: reports ask for very many instants, and there are few months.
 */
export function monthOf(at: number, zone: string): string {
  const near = new Date(at).toISOString().slice(0, 7)
  if (at < startOfMonth(near, zone)) return addToMonth(near, -1)
  const next = addToMonth(near, 1)
  return at >= startOfMonth(next, zone) ? next : near
}

const firstDay = (month: string): number => Date.parse(`${month}-01T00:00:00Z`) / DAY_MS

/** Where the local month begins. */
export function startOfMonth(month: string, zone: string): number {
  const key = `${month} ${zone}`
  const hit = starts.get(key)
  if (hit !== undefined) return hit
  if (starts.size >= KNOWN_LIMIT) starts.clear()
  const start = startOfDay(firstDay(month), zone)
  starts.set(key, start)
  return start
}

/** The month so many after (or before). */
export function addToMonth(month: string, months: number): string {
  const all = numberOf(month) - 1 + months
  const [year, number] = [Math.floor(all / 12), (((all % 12) + 12) % 12) + 1]
  return `${String(year).padStart(4, '0')}-${String(number).padStart(2, '0')}`
}

/** Whole months from one to the other: 0 for the same. */
export const monthsBetween = (from: string, to: string): number => numberOf(to) - numberOf(from)

/** Months since the year 0. */
const numberOf = (month: string): number => Number(month.slice(0, 4)) * 12 + Number(month.slice(5))

/** Every month from one to the other, both included. */
export const monthsFrom = (from: string, to: string): string[] =>
  Array.from({ length: Math.max(0, monthsBetween(from, to) + 1) }, (_, n) => addToMonth(from, n))
