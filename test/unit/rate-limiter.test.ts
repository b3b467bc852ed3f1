// Who asks too often: counted in memory, or by a counter that a host's processes share, whatever that does.
import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { COUNTER_PERIOD_MS, createWorkerLimiters } from '../../src/compose/worker-limiters.ts'
import { HTTP_LIMITS } from '../../src/http/limits.ts'
import { createMemoryLimiter } from '../../src/http/rate-limiter.ts'
import { createSharedLimiter, type SharedCounter } from '../../src/http/shared-limiter.ts'

const clock = { now: () => 1_000 }
const ADDRESS = '192.0.2.1'

function createLog() {
  const lines: string[] = []
  const at = (level: string) => (message: string, fields?: object) => {
    lines.push(`${level} ${message} ${JSON.stringify(fields)}`)
  }
  return { lines, logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') } }
}

/** As Cloudflare's: so many of a key, and it says no more than whether that was one too many. */
function createCounter(limit: number) {
  const counts = new Map<string, number>()
  const counter: SharedCounter = {
    limit: async ({ key }) => {
      counts.set(key, (counts.get(key) ?? 0) + 1)
      return { success: (counts.get(key) ?? 0) <= limit }
    },
  }
  return { counter, counts }
}

const limits = (burst: number) => ({ burst, refillMs: 2_000, addresses: 10 })

function shared(counter: SharedCounter, name = 'failures') {
  const log = createLog()
  const local = createMemoryLimiter(clock, limits(2))
  return { ...log, take: createSharedLimiter({ counter, name, periodMs: 60_000, local, logger: log.logger }) }
}

describe.each([
  ['in memory', () => createMemoryLimiter(clock, limits(2))],
  ['by a shared counter', () => shared(createCounter(2).counter).take],
])('a limit %s', (_, create) => {
  test('lets an address go on until its limit, and others after that', async () => {
    const take = create()
    expect([await take(ADDRESS), await take(ADDRESS)]).toEqual([0, 0])
    expect(await take(ADDRESS)).toBeGreaterThan(0)
    expect(await take('192.0.2.2')).toBe(0)
  })

  test('counts an IPv6 network as one, and an IPv4 address however it is written', async () => {
    const take = create()
    await take('2001:db8:1:2::1')
    await take('2001:db8:1:2:ffff::9')
    expect(await take('2001:db8:1:2::3')).toBeGreaterThan(0)
    expect(await take('2001:db8:1:3::1')).toBe(0)
    await take(`::ffff:${ADDRESS}`)
    await take(ADDRESS)
    expect(await take(ADDRESS)).toBeGreaterThan(0)
  })
})

describe('a shared counter', () => {
  afterEach(() => void vi.useRealTimers())

  test('is told what is counted, so that guessing keys closes no page', async () => {
    const { counter, counts } = createCounter(1)
    await shared(counter, 'failures').take(ADDRESS)
    expect(await shared(counter, 'pages').take(ADDRESS)).toBe(0)
    expect([...counts.keys()]).toEqual([`failures ${ADDRESS}`, `pages ${ADDRESS}`])
  })

  test('that fails is stood in for by this process’s own count, and is told of once, without an address', async () => {
    const { take, lines } = shared({ limit: () => Promise.reject(new Error('internal error')) })
    expect([await take(ADDRESS), await take(ADDRESS)]).toEqual([0, 0])
    expect(await take(ADDRESS)).toBe(2_000)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^warn .*internal error/)
    expect(lines.join()).not.toContain(ADDRESS)
  })

  test('that throws at once is no harm either', async () => {
    const throws = () => {
      throw new Error('not bound')
    }
    expect(await shared({ limit: throws }).take(ADDRESS)).toBe(0)
  })

  test('that hangs holds nobody up for longer than a moment', async () => {
    vi.useFakeTimers()
    const { take, lines } = shared({ limit: () => new Promise(() => {}) })
    const taken = take(ADDRESS)
    await vi.advanceTimersByTimeAsync(250)
    expect(await taken).toBe(0)
    expect(lines).toHaveLength(1)
  })

  test('that fails after it was given up disturbs nobody', async () => {
    vi.useFakeTimers()
    const fails = () => new Promise<never>((_, reject) => setTimeout(() => reject(new Error('late')), 1_000))
    const taken = shared({ limit: fails }).take(ADDRESS)
    await vi.advanceTimersByTimeAsync(2_000)
    expect(await taken).toBe(0)
  })
})

describe('a Worker’s limits', () => {
  test('are each isolate’s own without the binding', async () => {
    const { failures, pages } = createWorkerLimiters({ counter: undefined, clock, logger: createLog().logger })
    const { burst } = HTTP_LIMITS.failedAttempts
    for (let i = 0; i < burst; i++) expect(await failures(ADDRESS)).toBe(0)
    expect(await failures(ADDRESS)).toBeGreaterThan(0)
    expect(await pages(ADDRESS)).toBe(0)
  })

  test('say to wait for as long as the binding of wrangler.toml counts', () => {
    const toml = readFileSync(new URL('../../wrangler.toml', import.meta.url), 'utf8')
    const section = toml.slice(toml.indexOf('[[ratelimits]]')).split(/\n\n\[(?!ratelimits)|\n# /)[0] ?? ''
    expect(section).toContain('name = "LIMITER"')
    expect(Number(/period = (\d+)/.exec(section)?.[1]) * 1_000).toBe(COUNTER_PERIOD_MS)
  })
})
