// A history in slices of time: months where it is short, quarters where it is longer, years where it is long.
import { DAY_MS, localDay, startOfDay } from '../core/calendar.ts'

export interface Period {
  /** `1997-03`, `1997 Q1` or `1997`. */
  name: string
  /** Where it ends, exclusive. */
  end: number
}

const MONTHS_LIMIT = 12
const QUARTERS_LIMIT = 20

export function periodsOf(from: number, to: number, zone: string): Period[] {
  const first = monthOf(from, zone)
  const last = monthOf(to, zone)
  const months = last - first + 1
  const length = months <= MONTHS_LIMIT ? 1 : months <= QUARTERS_LIMIT * 3 ? 3 : 12
  const periods: Period[] = []
  for (let start = Math.floor(first / length) * length; start <= last; start += length)
    periods.push({ name: nameOf(start, length), end: startOf(start + length, zone) })
  return periods
}

/** Months since the year 0. */
function monthOf(at: number, zone: string): number {
  const date = new Date(localDay(at, zone) * DAY_MS)
  return date.getUTCFullYear() * 12 + date.getUTCMonth()
}

const startOf = (month: number, zone: string): number =>
  startOfDay(Date.UTC(Math.floor(month / 12), month % 12, 1) / DAY_MS, zone)

function nameOf(month: number, length: number): string {
  const [year, inYear] = [Math.floor(month / 12), month % 12]
  if (length === 12) return String(year)
  return length === 3 ? `${year} Q${inYear / 3 + 1}` : `${year}-${String(inYear + 1).padStart(2, '0')}`
}
