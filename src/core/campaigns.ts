/**
 * When a campaign runs and whom it leaves out. Days are local and inclusive, kept as half-open instants: a day lasts from
 * its midnight to that of the day after, also where clocks are set back across it or a date is skipped (calendar.ts).
 */
import type { Campaign } from '../program/campaigns.ts'
import { DAY_MS, localDay, startOfDay } from './calendar.ts'
import { hash32 } from './hash32.ts'

type Days = Pick<Campaign, 'from' | 'to' | 'dates' | 'weekdays'>

/** A campaign's days in one zone, reckoned once. */
interface Window {
  zone: string
  /** The first instant, and the first after it. */
  from: number
  to: number
  dates: ReadonlySet<number> | null
  weekdays: ReadonlySet<number> | null
}

const windows = new WeakMap<Days, Window>()

const dayOfDate = (date: string): number => Date.parse(`${date}T00:00:00Z`) / DAY_MS

function windowOf(campaign: Days, zone: string): Window {
  const known = windows.get(campaign)
  if (known?.zone === zone) return known
  const { from, to, dates, weekdays } = campaign
  const made: Window = {
    zone,
    from: from === null ? Number.NEGATIVE_INFINITY : startOfDay(dayOfDate(from), zone),
    to: to === null ? Number.POSITIVE_INFINITY : startOfDay(dayOfDate(to) + 1, zone),
    dates: dates.length > 0 ? new Set(dates.map(dayOfDate)) : null,
    weekdays: weekdays.length > 0 ? new Set(weekdays) : null,
  }
  windows.set(campaign, made)
  return made
}

/** The local day that the instant is counted to: the last that has begun. Clocks set back past midnight do not undo it. */
function dayAt(at: number, zone: string): number {
  const day = localDay(at, zone)
  return at >= startOfDay(day + 1, zone) ? day + 1 : day
}

/** 1 is Monday; 1970-01-01 was a Thursday. */
const weekdayOf = (day: number): number => ((((day + 3) % 7) + 7) % 7) + 1

/** Whether the campaign runs at the instant, by the days of the zone. */
export function isWithin(campaign: Days, at: number, zone: string): boolean {
  const window = windowOf(campaign, zone)
  if (at < window.from || at >= window.to) return false
  if (window.dates === null && window.weekdays === null) return true
  const day = dayAt(at, zone)
  return (window.dates?.has(day) ?? true) && (window.weekdays?.has(weekdayOf(day)) ?? true)
}

/**
 * Whether an unannounced campaign leaves the member out, so that one can learn what it brings. The share is drawn anew for
 * each campaign, and the same for ever for one member: by their id alone, in any runtime.
 */
export function isHeldOut(campaign: Pick<Campaign, 'id' | 'announced' | 'holdout'>, memberId: string): boolean {
  if (campaign.announced || campaign.holdout === 0) return false
  return hash32(`${campaign.id}\n${memberId}`) < campaign.holdout * 2 ** 32
}
