/**
 * Open points by age and by when they end, and how many of them will never be used. The estimate rests on the merchant's
 * own past: by month of earning ("vintage"), the share that ended unused.
 */
import { endOfDayAfterMonths } from './calendar.ts'
import { monthOf, monthsBetween } from './report-months.ts'

/** What reports need of a lot. */
export interface LotBrief {
  id: string
  rule: string
  earnedAt: number
  points: number
  remaining: number
  expired: number
  state: 'pending' | 'available'
  expiresAt: number | null
  idleMonths: number | null
  notBefore: number | null
  /** When its member was last active; null: never. */
  activeAt: number | null
}

export interface Vintage {
  points: number
  open: number
  /** Expired, or spent on rewards that lapsed. */
  broken: number
  /** Points that have come to their end: by their date, or because nothing of them is left. */
  finished: number
  lots: number
}

/** Months since earning, at the least: a bucket ends where the next begins. */
export const AGES = [0, 3, 6, 12, 24] as const

export interface OpenPoints {
  /** By the beginning of the bucket. */
  byAge: Map<number, number>
  /** By the month in which they end; what is overdue is in the month of now. */
  byEnd: Map<string, number>
  /** They never end. */
  withoutEnd: number
  vintages: Map<string, Vintage>
}

export const noOpenPoints = (): OpenPoints => ({
  byAge: new Map(AGES.map((age) => [age, 0])),
  byEnd: new Map(),
  withoutEnd: 0,
  vintages: new Map(),
})

export interface Span {
  now: number
  zone: string
}

/** When what remains of a lot ends, as things stand; null: never. */
export function endOfLot(lot: LotBrief, zone: string): number | null {
  const own =
    lot.idleMonths === null
      ? lot.expiresAt
      : endOfDayAfterMonths(Math.max(lot.activeAt ?? 0, lot.earnedAt), lot.idleMonths, zone)
  return own === null ? null : Math.max(own, lot.notBefore ?? own)
}

/** `forfeited`: points of it that were spent on rewards that lapsed. */
export function addLot(open: OpenPoints, lot: LotBrief, forfeited: number, { now, zone }: Span): void {
  const month = monthOf(lot.earnedAt, zone)
  const end = endOfLot(lot, zone)
  const vintage = open.vintages.get(month) ?? { points: 0, open: 0, broken: 0, finished: 0, lots: 0 }
  open.vintages.set(month, vintage)
  vintage.points += lot.points
  vintage.open += lot.remaining
  vintage.broken += lot.expired + forfeited
  vintage.lots += lot.points > 0 ? 1 : 0
  // A dated lot counts from its date on, however soon it was spent: else quick spenders alone would be looked at.
  const isDated = lot.idleMonths === null && end !== null
  vintage.finished += isDated ? (end <= now ? lot.points : 0) : lot.points - lot.remaining
  if (lot.remaining === 0) return
  const age = AGES.findLast((least) => least <= Math.max(0, monthsBetween(month, monthOf(now, zone)))) ?? 0
  open.byAge.set(age, (open.byAge.get(age) ?? 0) + lot.remaining)
  if (end === null) open.withoutEnd += lot.remaining
  else {
    const ends = monthOf(Math.max(now, end - 1), zone)
    open.byEnd.set(ends, (open.byEnd.get(ends) ?? 0) + lot.remaining)
  }
}

/** A month is old enough when so much of its points has come to its end. */
const FINISHED_SHARE = 0.95
/** Fewer months or awards than these say nothing. */
export const LEAST_MONTHS = 3
export const LEAST_LOTS = 30
/** Only the newest of the old ones: habits change. */
const LOOKED_AT_MONTHS = 24

export interface Breakage {
  /** Expected to end unused, of the points that are open; null: too little is known. */
  points: number | null
  /** The share that ended unused, of the months looked at. */
  rate: number | null
  /** The months looked at. */
  from: string | null
  to: string | null
  months: number
}

/**
 * Vintage method: the rate of old months is taken for every month; what of a month has ended unused already is taken off,
 * and no more can end than is still open.
 */
export function expectedBreakage({ vintages, byEnd }: OpenPoints): Breakage {
  const old = [...vintages]
    .filter(([, { points, finished }]) => points > 0 && finished >= points * FINISHED_SHARE)
    .sort(([a], [b]) => (a < b ? 1 : -1))
    .slice(0, LOOKED_AT_MONTHS)
  const sum = (part: keyof Vintage): number => old.reduce((total, [, vintage]) => total + vintage[part], 0)
  const known = { from: old.at(-1)?.[0] ?? null, to: old[0]?.[0] ?? null, months: old.length }
  const canEnd = byEnd.size > 0
  const hasEnded = [...vintages.values()].some(({ broken }) => broken > 0)
  // Where nothing open can end, nothing will: that needs no history.
  if (!canEnd && !hasEnded) return { points: 0, rate: 0, ...known }
  if (old.length < LEAST_MONTHS || sum('lots') < LEAST_LOTS) return { points: null, rate: null, ...known }
  const rate = sum('broken') / sum('points')
  let points = 0
  for (const vintage of vintages.values())
    points += Math.max(0, Math.min(vintage.open, Math.round(rate * vintage.points) - vintage.broken))
  return { points, rate, ...known }
}
