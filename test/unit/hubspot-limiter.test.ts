// Our share of HubSpot's limits, by a clock that may jump.
import { describe, expect, it } from 'vitest'
import type { Answer, Quota } from '../../integrations/hubspot/answers.ts'
import { createLimiter, type Limiter } from '../../integrations/hubspot/limiter.ts'

const NOON = Date.UTC(2026, 10, 22, 12)
const HOUR = 3_600_000
const DAY = 24 * HOUR

const answer = (quota: Partial<Quota>): Answer => ({
  kind: 'ok',
  status: 200,
  body: {},
  errors: [],
  quota: { max: null, remaining: null, windowMs: null, daily: null, dailyRemaining: null, ...quota },
})

/** Calls as fast as it lets us, for so long; answers when they went out. */
function run(limiter: Limiter, from: number, forMs: number, most = 10_000): number[] {
  const times: number[] = []
  for (let now = from; now < from + forMs && times.length < most; ) {
    const waitMs = limiter.waitMs(now)
    if (waitMs > 0) {
      now += waitMs
      continue
    }
    limiter.took(now)
    times.push(now)
  }
  return times
}

describe('ten seconds', () => {
  it('has half of the smallest limit until HubSpot says more', () => {
    const limiter = createLimiter({ share: 0.5 })
    expect(run(limiter, NOON, 10_000)).toHaveLength(50)
    limiter.learn(NOON + 10_000, answer({ max: 190, windowMs: 10_000 }))
    expect(run(limiter, NOON + 20_000, 10_000)).toHaveLength(95)
  })

  it('is never longer than an hour, whatever an answer says', () => {
    const limiter = createLimiter({ share: 0.5 })
    limiter.learn(NOON, answer({ max: 2, windowMs: 1e15 }))
    expect(run(limiter, NOON, HOUR)).toHaveLength(1)
    expect(limiter.waitMs(NOON + HOUR)).toBe(0)
  })

  it('rolls: a call is free again ten seconds after it was taken', () => {
    const limiter = createLimiter({ share: 0.02 })
    expect(run(limiter, NOON, 10_000)).toEqual([NOON, NOON])
    expect(limiter.waitMs(NOON + 4_000)).toBe(6_000)
    expect(limiter.waitMs(NOON + 10_000)).toBe(0)
  })

  it('allows one call where the share is less than one', () => {
    expect(run(createLimiter({ share: 0.001 }), NOON, 10_000)).toHaveLength(1)
  })

  it('does not wait for a clock that was set back to catch up', () => {
    const limiter = createLimiter({ share: 0.5 })
    run(limiter, NOON, 10_000)
    expect(limiter.waitMs(NOON - HOUR)).toBe(0)
  })
})

describe('a day', () => {
  const half = (over: Partial<Quota> = {}): Limiter => {
    const limiter = createLimiter({ share: 0.5 })
    limiter.learn(NOON, answer({ daily: 40, dailyRemaining: 40, ...over }))
    return limiter
  }

  it('has our share of its calls, and no more until it ends', () => {
    const limiter = half()
    expect(run(limiter, NOON, 12 * HOUR)).toHaveLength(20)
    expect(limiter.waitMs(NOON + 12 * HOUR - 5_000)).toBe(5_000)
    expect(limiter.waitMs(NOON + 12 * HOUR)).toBe(0)
  })

  it('is asked again after an hour at the most: a portal’s day ends when it likes', () => {
    const limiter = half()
    run(limiter, NOON, 1_000)
    expect(limiter.waitMs(NOON + 1_000)).toBe(HOUR)
  })

  it('that is nearly used up by others is spread over what is left of it', () => {
    const limiter = createLimiter({ share: 0.5 })
    limiter.learn(NOON, answer({ daily: 250_000, dailyRemaining: 1_000 }))
    const times = run(limiter, NOON, 12 * HOUR)
    // Half of what is left at any time: never all of it before the day ends.
    expect(times.filter((at) => at < NOON + 6 * HOUR).length).toBeLessThan(300)
    expect(times.length).toBeGreaterThan(500)
    expect(times.length).toBeLessThanOrEqual(1_000)
  })

  it('that others used up entirely is probed once an hour', () => {
    const limiter = createLimiter({ share: 0.5 })
    limiter.learn(NOON, answer({ daily: 1_000, dailyRemaining: 0 }))
    expect(run(limiter, NOON, 12 * HOUR).length).toBeLessThanOrEqual(12)
  })

  it('begins anew when the clock was set back to the day before', () => {
    const limiter = half()
    run(limiter, NOON, 1_000)
    expect(limiter.waitMs(NOON - DAY)).toBe(0)
  })
})

describe('being asked to wait', () => {
  it('is kept to', () => {
    const limiter = createLimiter({ share: 1 })
    limiter.learn(NOON, { kind: 'wait', forMs: 7_000 })
    limiter.learn(NOON, { kind: 'wait', forMs: 2_000 })
    expect([limiter.waitMs(NOON), limiter.waitMs(NOON + 6_999), limiter.waitMs(NOON + 7_000)]).toEqual([7_000, 1, 0])
    expect(limiter.state()).toMatchObject({ pausedUntil: NOON + 7_000, today: 0 })
  })

  it('ends when the clock was set back by more than anybody asks for', () => {
    const limiter = createLimiter({ share: 1 })
    limiter.learn(NOON, { kind: 'wait', forMs: HOUR })
    expect(limiter.waitMs(NOON - DAY)).toBe(0)
  })
})
