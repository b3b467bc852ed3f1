// When the night's look is due: by the clock in the program's zone, by the last one, and not again and again where it fails.
import { describe, expect, test } from 'vitest'
import { type LookStanding, RETENTION_RUN } from '../../src/app/look-ahead-run.ts'
import { type App, StoreUnavailable } from '../../src/app/ports.ts'
import { lookToTheEnd } from '../../src/compose/look-to-the-end.ts'
import { createNightLook, lookInTime } from '../../src/compose/night-look.ts'
import { ada, createFakeApp, looked } from '../support/http-fake-app.ts'
import { makeProgram } from '../support/programs.ts'

const HOUR = 3_600_000
const NEVER = () => false
/** Three in the morning in Addis Ababa, where the day is three hours ahead. */
const zone = 'Africa/Addis_Ababa'
const THREE = Date.UTC(2026, 10, 22, 0)

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

function night({ last = null, members = 1, now }: { last?: number | null; members?: number; now: number }) {
  const settings = new Map<string, string>()
  const standing = (at: number | null): LookStanding => ({
    look: null,
    holder: null,
    heardAt: 0,
    heldUntil: 0,
    last: at === null ? null : { startedAt: at, finishedAt: at, day: 0, judged: 1, opened: 0, closed: 0, failed: 0 },
  })
  settings.set(RETENTION_RUN, JSON.stringify(standing(last)))
  const people = { members }
  const app = createFakeApp({
    program: () => ({ program: makeProgram({ timezone: zone }), version: 'v', since: 0 }),
    getSetting: async (name) => settings.get(name) ?? null,
    putSetting: async (name, value) => void settings.set(name, value),
    listMembers: async () => ({ ok: true, value: { items: people.members === 0 ? [] : [ada], next: null } }),
  })
  const clock = { at: now, now: () => clock.at }
  const looks: number[] = []
  let breaks = false
  const look = async () => {
    looks.push(clock.at)
    if (breaks) throw new Error('a thread that broke down')
    settings.set(RETENTION_RUN, JSON.stringify(standing(clock.at)))
  }
  const start = () => createNightLook({ app, clock, logger: silent, look })
  return {
    clock,
    looks,
    people,
    start,
    break: () => {
      breaks = true
    },
  }
}

describe('a server that lives', () => {
  test('looks once a night, from three in the morning of the program’s zone on', async () => {
    const { clock, looks, start } = night({ last: THREE - 24 * HOUR, now: THREE - 2 * HOUR })
    const round = start()
    for (; clock.at < THREE + 49 * HOUR; clock.at += HOUR / 2) await round(NEVER)
    expect(looks).toEqual([THREE, THREE + 24 * HOUR, THREE + 48 * HOUR])
  })

  test('looks when it starts, where it never did or the last time is more than 26 hours ago', async () => {
    for (const [last, times] of [
      [null, 1],
      [THREE - 21 * HOUR, 1],
      [THREE - 10 * HOUR, 0],
    ] as const) {
      const { looks, start } = night({ last, now: THREE + 6 * HOUR })
      await start()(NEVER)
      // Sixteen hours ago was yesterday, but a start is no night: that comes with the next round.
      expect([last, looks.length]).toEqual([last, times])
    }
  })

  test('without members it waits for the first night after there are some', async () => {
    const { clock, looks, people, start } = night({ members: 0, now: THREE + 6 * HOUR })
    const round = start()
    await round(NEVER)
    people.members = 1
    for (; clock.at < THREE + 23 * HOUR; clock.at += HOUR) await round(NEVER)
    // Until the day is over.
    expect(looks.filter((at) => at < THREE + 21 * HOUR)).toEqual([])
    for (; clock.at < THREE + 25 * HOUR; clock.at += HOUR) await round(NEVER)
    expect(looks).toEqual([THREE + 24 * HOUR])
  })

  test('is not tried for ever: an hour apart, three times a day, over restarts too', async () => {
    const { clock, looks, start, break: breakDown } = night({ now: THREE })
    breakDown()
    const round = start()
    for (; clock.at < THREE + 2 * HOUR; clock.at += HOUR / 4) await round(NEVER)
    expect(looks).toEqual([THREE, THREE + HOUR])
    for (let again = 0; again < 5; again++) await start()(NEVER)
    expect(looks).toHaveLength(3)
    clock.at = THREE + 24 * HOUR
    await start()(NEVER)
    expect(looks).toHaveLength(4)
  })
})

describe('a host that is called by the minute', () => {
  const called = (standing: Partial<LookStanding>, lookAhead: App['lookAhead']) =>
    createFakeApp({
      program: () => ({ program: makeProgram({ timezone: zone }), version: 'v', since: 0 }),
      getSetting: async () => JSON.stringify({ look: null, holder: null, last: null, ...standing }),
      lookAhead,
    })

  test('does nothing by day, and begins at night', async () => {
    const yesterday = { ...looked, startedAt: THREE - 24 * HOUR, finishedAt: THREE - 24 * HOUR, day: 0 }
    const app = called({ last: yesterday }, async () => looked)
    await lookInTime(app, { now: THREE - 1, isOver: NEVER })
    expect(app.calls.filter(([name]) => name === 'lookAhead')).toEqual([])
    await lookInTime(app, { now: THREE, isOver: NEVER })
    expect(app.calls.filter(([name]) => name === 'lookAhead')).toMatchObject([['lookAhead', { begin: true }]])
  })

  test('gives back what it cannot finish in its time', async () => {
    let slices = 0
    const app = called({}, async ({ release }) => {
      if (release !== true) slices++
      return { ...looked, isDone: false }
    })
    await lookInTime(app, { now: THREE, isOver: () => slices >= 5 })
    expect(slices).toBe(5)
    expect(app.calls.at(-1)).toMatchObject(['lookAhead', { release: true }])
  })
})

describe('to the end', () => {
  test('waits for the database for a while, and for another process', async () => {
    const answers = ['refused', 'elsewhere', 'slice', 'done']
    const lookAhead: App['lookAhead'] = async () => {
      const answer = answers.shift()
      if (answer === 'refused') throw new StoreUnavailable('another process writes')
      return { ...looked, isDone: answer === 'done', isElsewhere: answer === 'elsewhere' }
    }
    expect(await lookToTheEnd({ lookAhead }, { limit: 10, isStopped: NEVER })).toMatchObject({ isDone: true })
    expect(answers).toEqual([])
  })

  test('rests as it is asked to then, not as when it began', async () => {
    const shares: number[] = []
    let slices = 0
    const lookAhead: App['lookAhead'] = async () => ({ ...looked, isDone: ++slices > 3 })
    const restShare = () => shares.push(slices)
    await lookToTheEnd({ lookAhead }, { limit: 10, isStopped: NEVER, restShare })
    expect(shares).toEqual([2, 3, 4])
  })

  test('stopped, it gives the look back', async () => {
    const asked: unknown[] = []
    const lookAhead: App['lookAhead'] = async (options) => {
      asked.push(options)
      return { ...looked, isDone: false }
    }
    const ended = await lookToTheEnd({ lookAhead }, { limit: 10, isStopped: () => asked.length >= 3 })
    expect(ended.isDone).toBe(false)
    expect(asked).toEqual([{ limit: 10, begin: true }, { limit: 10 }, { limit: 10 }, { limit: 10, release: true }])
  })

  test('a bug is thrown on', async () => {
    const lookAhead = async () => {
      throw new Error('a bug')
    }
    await expect(lookToTheEnd({ lookAhead }, { limit: 10, isStopped: NEVER })).rejects.toThrow('a bug')
  })
})
