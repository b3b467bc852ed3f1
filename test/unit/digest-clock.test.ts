// The day's digest is queued once, at its hour in the program's zone: also where clocks change, step, or there are two of them.
import { describe, expect, test } from 'vitest'
import { createDigestClock } from '../../src/compose/digest-clock.ts'
import { makeProgram } from '../support/programs.ts'
import { createWorld, memoryStore } from '../support/world.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

function shop(timezone: string, digestAt: string) {
  return makeProgram({ timezone, retention: { digestAt } })
}

/** Days queued, with the instant of each. */
function noting(timezone: string, digestAt: string) {
  const queued: [date: string, at: string][] = []
  const known = new Set<string>()
  const clock = { at: 0, now: () => clock.at }
  const app = {
    program: () => ({ program: shop(timezone, digestAt), version: 'v', since: 0 }),
    getSetting: async () => [...known].at(-1) ?? null,
    // What cannot be made now is no reason to tell nothing.
    glance: () => Promise.reject(new Error('locked')),
    queueDigest: async (date: string) => {
      if (known.has(date)) return false
      known.add(date)
      queued.push([date, new Date(clock.at).toISOString()])
      return true
    },
  }
  const round = createDigestClock({ app, clock })
  async function run(from: string, to: string): Promise<void> {
    for (clock.at = Date.parse(from); clock.at < Date.parse(to); clock.at += 5 * MINUTE_MS) await round()
  }
  return { queued, run, clock, app, round }
}

describe('the digest’s clock', () => {
  test('queues each day at its minute in the program’s zone', async () => {
    const { queued, run } = noting('Asia/Yerevan', '09:30')
    await run('2026-11-20T00:00:00Z', '2026-11-22T12:00:00Z')
    expect(queued).toEqual([
      ['2026-11-20', '2026-11-20T05:30:00.000Z'],
      ['2026-11-21', '2026-11-21T05:30:00.000Z'],
      ['2026-11-22', '2026-11-22T05:30:00.000Z'],
    ])
  })

  test('an hour that there is not comes with the next, and one that there is twice comes once', async () => {
    const spring = noting('America/New_York', '02:30')
    await spring.run('2026-03-08T00:00:00-05:00', '2026-03-09T00:00:00-04:00')
    expect(spring.queued).toEqual([['2026-03-08', '2026-03-08T07:00:00.000Z']])
    const autumn = noting('America/New_York', '01:30')
    await autumn.run('2026-11-01T00:00:00-04:00', '2026-11-02T00:00:00-05:00')
    expect(autumn.queued).toEqual([['2026-11-01', '2026-11-01T05:30:00.000Z']])
  })

  test('a server that was down at the hour queues it when it starts again on that day, and never the day before’s', async () => {
    const { queued, run } = noting('UTC', '09:00')
    await run('2026-11-21T00:00:00Z', '2026-11-21T08:00:00Z')
    await run('2026-11-22T18:00:00Z', '2026-11-23T00:00:00Z')
    expect(queued).toEqual([['2026-11-22', '2026-11-22T18:00:00.000Z']])
  })

  test('midnight is a time like any other', async () => {
    const { queued, run } = noting('UTC', '00:00')
    await run('2026-11-21T23:00:00Z', '2026-11-22T01:00:00Z')
    expect(queued.map(([date]) => date)).toEqual(['2026-11-21', '2026-11-22'])
  })

  test('two processes, restarts and a clock that steps back queue a day once', async () => {
    const store = await memoryStore()
    const program = shop('UTC', '09:00')
    const worlds = [await createWorld({ program, store }), await createWorld({ program, store })] as const
    const queued: boolean[] = []
    const clockOf = (world: (typeof worlds)[number]) =>
      createDigestClock({
        app: {
          ...world.app,
          queueDigest: async (date) => {
            const isNew = await world.app.queueDigest(date)
            queued.push(isNew)
            return isNew
          },
        },
        clock: world.clock,
      })
    const nine = Date.UTC(2026, 10, 22, 9)
    for (const world of worlds) world.clock.at = nine
    await Promise.all(worlds.map((world) => clockOf(world)()))
    // Started again, a day later and a clock set back.
    await clockOf(worlds[0])()
    worlds[0].clock.at = nine + 24 * HOUR_MS
    await clockOf(worlds[0])()
    worlds[1].clock.at = nine - 24 * HOUR_MS
    await clockOf(worlds[1])()
    expect(queued.filter(Boolean)).toHaveLength(2)
    expect(queued).toHaveLength(3)
  })
})
