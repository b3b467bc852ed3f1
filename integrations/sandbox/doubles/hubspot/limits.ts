/** HubSpot's limits: so many calls in ten seconds for each app, so many a day for all apps of a portal together. */
import type { LimitPolicy } from './failures.ts'

export interface LimitOptions {
  /** Calls in a window. Default: 190, as professional portals have. */
  windowCalls?: number
  windowMs?: number
  daily?: number
}

export interface Limits {
  /** The limit that this call breaks; null where it may be answered, and is counted. */
  take(now: number): LimitPolicy | null
  headers(now: number): Record<string, string>
  /** Other apps of the portal use this many of the day's calls. */
  useElsewhere(calls: number): void
}

const DAY_MS = 86_400_000

export function createLimits({ windowCalls = 190, windowMs = 10_000, daily = 650_000 }: LimitOptions): Limits {
  let calls: number[] = []
  let day = Number.NaN
  let today = 0
  function turn(now: number): void {
    calls = calls.filter((at) => at <= now && now - at < windowMs)
    if (Math.floor(now / DAY_MS) === day) return
    day = Math.floor(now / DAY_MS)
    today = 0
  }
  return {
    take(now) {
      turn(now)
      if (today >= daily) return 'DAILY'
      if (calls.length >= windowCalls) return 'TEN_SECONDLY_ROLLING'
      calls.push(now)
      today++
      return null
    },
    headers(now) {
      turn(now)
      return {
        'X-HubSpot-RateLimit-Max': String(windowCalls),
        'X-HubSpot-RateLimit-Remaining': String(windowCalls - calls.length),
        'X-HubSpot-RateLimit-Interval-Milliseconds': String(windowMs),
        'X-HubSpot-RateLimit-Daily': String(daily),
        'X-HubSpot-RateLimit-Daily-Remaining': String(Math.max(0, daily - today)),
      }
    },
    useElsewhere(count) {
      today += count
    },
  }
}
