/**
 * Keeps our share of HubSpot's limits: so many calls in ten seconds, which HubSpot counts for each app, and so many a day,
 * which all apps of a portal share. HubSpot's headers say how many; until the first answer the smallest are assumed.
 */
import type { Answer } from './answers.ts'

export interface Limiter {
  /** How long to wait before the next call, ms; 0: not at all. */
  waitMs(now: number): number
  /** A call goes out. */
  took(now: number): void
  /** What the answer says of the limits. */
  learn(now: number, answer: Answer): void
  /** For whoever shows it: our calls today, HubSpot's limit and what is left of it; null where that is not known. */
  state(): { today: number; daily: number | null; remaining: number | null; pausedUntil: number }
}

/** The smallest that HubSpot has. */
const WINDOW_CALLS = 100
const WINDOW_MS = 10_000
const DAY_MS = 86_400_000
/** Nobody knows when a portal's day ends: it is asked again. */
const LONGEST_WAIT_MS = 3_600_000
/** Below this part of the day's calls left to all apps, ours are spread over what is left of the day. */
const SCARCE = 0.1

export function createLimiter({ share }: { share: number }): Limiter {
  let max = WINDOW_CALLS
  let windowMs = WINDOW_MS
  let daily: number | null = null
  let remaining: number | null = null
  let pausedUntil = Number.NEGATIVE_INFINITY
  let day = Number.NaN
  let today = 0
  /** When our last call went out. */
  let lastAt = Number.NEGATIVE_INFINITY
  /** When our calls of the last window went out, oldest first. */
  let calls: number[] = []

  function turn(now: number): void {
    if (Math.floor(now / DAY_MS) !== day) {
      day = Math.floor(now / DAY_MS)
      today = 0
      remaining = null
    }
    // A clock that was set back must not make us wait for it to catch up.
    calls = calls.filter((at) => at <= now && now - at < windowMs)
    if (lastAt > now) lastAt = Number.NEGATIVE_INFINITY
    if (pausedUntil - now > LONGEST_WAIT_MS) pausedUntil = now
  }

  const tomorrow = (now: number): number => (Math.floor(now / DAY_MS) + 1) * DAY_MS - now

  function dayWaitMs(now: number): number {
    if (daily === null) return 0
    if (today >= Math.max(1, Math.floor(daily * share))) return Math.min(tomorrow(now), LONGEST_WAIT_MS)
    if (remaining === null || remaining >= daily * SCARCE) return 0
    const spacingMs = tomorrow(now) / Math.max(1, remaining * share)
    return Math.min(LONGEST_WAIT_MS, Math.max(0, Math.ceil(lastAt + spacingMs - now)))
  }

  return {
    waitMs(now) {
      turn(now)
      if (pausedUntil > now) return pausedUntil - now
      const allowed = Math.max(1, Math.floor(max * share))
      const oldest = calls.at(-allowed)
      const windowWaitMs = oldest === undefined ? 0 : Math.max(1, oldest + windowMs - now)
      return Math.max(windowWaitMs, dayWaitMs(now))
    },
    took(now) {
      turn(now)
      calls.push(now)
      lastAt = now
      today++
      // Until an answer says how many are left.
      if (remaining !== null) remaining = Math.max(0, remaining - 1)
    },
    learn(now, answer) {
      turn(now)
      const quota = 'quota' in answer ? answer.quota : undefined
      if (quota !== undefined) {
        if (quota.max !== null && quota.max > 0) max = quota.max
        if (quota.windowMs !== null && quota.windowMs > 0) windowMs = Math.min(quota.windowMs, LONGEST_WAIT_MS)
        daily = quota.daily ?? daily
        remaining = quota.dailyRemaining ?? remaining
      }
      if (answer.kind === 'wait') pausedUntil = Math.max(pausedUntil, now + answer.forMs)
    },
    state: () => ({ today, daily, remaining, pausedUntil }),
  }
}
