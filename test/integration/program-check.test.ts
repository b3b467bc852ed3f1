// `program check` against a database and against a server: what goes is counted and explained, and is no failure.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { countHeld } from '../../src/app/reports/count-held.ts'
import { programChanges } from '../../src/app/reports/program-changes.ts'
import type { Store } from '../../src/app/store-port.ts'
import type { ProgramInput } from '../../src/program/schema.ts'
import { migrate } from '../../src/store/migrate.ts'
import { openNodeDriver } from '../../src/store/node-driver.ts'
import { createStore } from '../../src/store/store.ts'
import { runInMemory } from '../support/cli-context.ts'
import { levels, makeProgram, plain } from '../support/programs.ts'
import { sampleEntry, sampleLot, sampleMember } from '../support/store-samples.ts'
import { createWorld } from '../support/world.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'regulars-check-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const RICH: ProgramInput = {
  ...plain,
  tiers: { levels: levels(['base', 0], ['gold', 50, { multiplier: 1.5 }], ['ruby', 500]) },
  rewards: [
    { id: 'gift', name: 'A gift', cost: 0, fulfil: { kind: 'manual' } },
    { id: 'cup', name: 'A cup', cost: 100, fulfil: { kind: 'manual' } },
  ],
  badges: [
    { id: 'regular', name: 'Həmişəlik 🏅' },
    { id: 'unused', name: 'Unused' },
  ],
  challenges: [{ id: 'three', name: 'Three', goal: { count: 3 }, award: { badge: 'regular' } }],
  partners: [{ id: 'cafe', name: 'ቡና ቤት', stripeAccount: 'acct_cafe1', points: 2 }],
  causes: [{ id: 'trees', name: 'Miti' }],
  earning: [
    { id: 'purchase', on: 'purchase' },
    { id: 'review', on: 'action', action: 'review', points: 5 },
  ],
}

async function fill(store: Store): Promise<void> {
  const tiers = (id: string) => ({
    program: 'v1',
    start: 0,
    segments: [{ id, since: 0, until: null }],
    earnedUntil: [],
    sums: [],
    newestAt: null,
    rebased: null,
    checkpoint: null,
  })
  const open = { met: 0, open: [['p1', NOW, 1] as [string, number, number]], newest: null, program: 'v1', earlier: 0 }
  await store.commit(() => ({
    outcome: null,
    changes: {
      members: [
        sampleMember('m1', { tiers: tiers('gold'), badges: [{ id: 'regular', at: NOW }], autoRedeem: 'cup' }),
        sampleMember('m2', { tiers: tiers('gold'), challenges: { three: open } }),
        sampleMember('m3', { tiers: tiers('base') }),
        sampleMember('m4', { tiers: tiers('gold'), status: 'erased' }),
      ],
      lots: [sampleLot('l1', 'm1', 40, { rule: 'partner:cafe' })],
      entries: [
        sampleEntry('m1', { postings: [['partner/cafe', 'available', 40, 'l1']] }),
        sampleEntry('m1', { postings: [['reserved', 'cause/trees', 15, null]] }),
      ],
      redemptions: ['r1', 'r2'].map((id) => ({
        id,
        version: 0,
        member: 'm1',
        reward: 'gift',
        program: 'v1',
        state: 'issued' as const,
        charge: 'house' as const,
        cost: 0,
        value: 0,
        taken: [],
        partner: null,
        createdAt: NOW,
        issuedAt: NOW,
        expiresAt: null,
        endedAt: null,
        code: null,
        vendor: null,
        cancelling: null,
        reason: null,
        usedBy: null,
        again: null,
        grant: null,
        requestedBy: 'api:test',
        decidedBy: null,
        decision: null,
        isRefused: false,
        note: null,
      })),
    },
  }))
}

/** A database with the rich program in force and a few members; answers where it is. */
async function database(): Promise<string> {
  const path = join(folder, 'regulars.db')
  const driver = openNodeDriver({ path })
  await migrate(driver)
  const world = await createWorld({ store: createStore(driver), program: makeProgram(RICH), now: NOW })
  await fill(world.store)
  await world.close()
  return path
}

async function check(program: unknown, databasePath: string, words: string[] = [], over = {}) {
  const file = join(folder, 'program.json')
  writeFileSync(file, JSON.stringify(program))
  return runInMemory(['program', 'check', file, ...words], { settings: { databasePath }, ...over })
}

const LESS: ProgramInput = { ...plain, tiers: { levels: levels(['base', 0], ['ruby', 300]) } }

describe('program check', () => {
  test('explains what goes that members hold, counts it, and is content', async () => {
    const { code, out } = await check(LESS, await database())
    expect(code).toBe(0)
    expect(out).toContain(
      '! Tier "Gold" goes. 2 members hold it: what each bought is judged once by the new levels, and who reaches none has "Base".',
    )
    expect(out).toContain('! Reward "A gift" goes. 2 are open and stay valid on their terms.')
    expect(out).toContain('! Reward "A cup" goes. None is open. Nobody can ask for it any more. 1 member chose it')
    expect(out).toContain('! Badge "Həmişəlik 🏅" goes. 1 member has it and keeps it: it is shown as "regular".')
    expect(out).toContain('· Badge "Unused" goes. Nobody has it.')
    expect(out).toContain('! Challenge "Three" goes. 1 member met it or is on the way.')
    expect(out).toContain(
      '! Partner "ቡና ቤት" goes. Payments there earn nothing from then on. 40 points that came from there',
    )
    expect(out).toContain('! Cause "Miti" goes. Nothing is given to it from then on. The 15 points given to it stay')
    expect(out).toContain('· Earning rule "review" goes. It earns nothing from then on; what it earned stays.')
    expect(out).toContain('Tier "Ruby": threshold is 300 instead of 500.')
    // What goes with holders stands before the rest.
    expect(out.indexOf('Badge "Unused"')).toBeGreaterThan(out.indexOf('Cause "Miti"'))
  })

  test('answers in JSON, and leaves the database as it was', async () => {
    const path = await database()
    const { code, out } = await check(LESS, path, ['--json'])
    const answer = JSON.parse(out)
    expect([code, answer.problems, answer.unknown]).toEqual([0, [], null])
    expect(answer.changes).toContainEqual(
      expect.objectContaining({ kind: 'removed', path: 'tiers.levels.gold', holders: 2, warns: true }),
    )
    const again = JSON.parse((await check(LESS, path, ['--json'])).out)
    expect(again).toEqual(answer)
  })

  test('has nothing to say of the same program, nor where none is in force', async () => {
    expect(JSON.parse((await check(RICH, await database(), ['--json'])).out)).toMatchObject({ changes: [] })
    const { code, out } = await check(RICH, join(folder, 'none.db'))
    expect([code, out]).toEqual([0, expect.stringContaining('No program is in force yet.')])
  })

  test('ends with 1 for a program that cannot run, without comparing it', async () => {
    const { code, out } = await check({ ...RICH, currency: 'dollars' }, await database())
    expect([code, out.includes('goes.')]).toEqual([1, false])
  })

  test('says that holders are not known where the database is to be brought up to date', async () => {
    const path = await database()
    const driver = openNodeDriver({ path })
    await driver.exclusively((sql) => sql.exec('DELETE FROM d1_migrations'))
    await driver.close()
    const { code, out } = await check(LESS, path)
    expect(code).toBe(0)
    expect(out).toContain('What members hold is not known')
    expect(out).toContain('Tier "Gold" goes. Who holds it:')
  })
})

describe('program check against a running server', () => {
  async function serve(): Promise<typeof fetch> {
    const path = await database()
    const driver = openNodeDriver({ path })
    const world = await createWorld({ store: createStore(driver), program: makeProgram(RICH), now: NOW })
    return async (input, init) => {
      const headers = new Headers(init?.headers)
      if (headers.get('authorization') !== 'Bearer secret') return new Response('{}', { status: 401 })
      if (String(input).endsWith('/program')) {
        const { program, version, since } = world.app.program()
        return Response.json({ program, version, since: new Date(since).toISOString() })
      }
      const report = await world.app.report('summary', {})
      return Response.json(report.ok ? report.value : {})
    }
  }
  const URL_OF = ['--url', 'http://shop.example']

  test('says the same as against its database', async () => {
    const fetch = await serve()
    const { code, out } = await check(LESS, 'nowhere.db', [...URL_OF, '--key', 'secret'], { fetch })
    expect(code).toBe(0)
    const local = await check(LESS, join(folder, 'regulars.db'))
    expect(out).toBe(local.out)
  })

  test('says when the key is refused, or nobody answers, or one of the two is missing', async () => {
    const fetch = await serve()
    const wrong = await check(LESS, 'nowhere.db', [...URL_OF, '--key', 'wrong'], { fetch })
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('does not take this key')])
    const silent = await check(LESS, 'nowhere.db', [...URL_OF, '--key', 'secret'])
    expect([silent.code, silent.err]).toEqual([1, expect.stringContaining('no server answers')])
    expect(await check(LESS, 'nowhere.db', URL_OF)).toMatchObject({ code: 2 })
    expect(await check(LESS, 'nowhere.db', ['--key', 'x'])).toMatchObject({ code: 2 })
  })
})

describe('what a change of the program means', () => {
  const sentences = (before: Partial<ProgramInput>, after: Partial<ProgramInput>): string[] =>
    programChanges(makeProgram(before), makeProgram(after), null).map(({ what }) => what)

  test.each<[Partial<ProgramInput>, Partial<ProgramInput>, string[]]>([
    [{}, {}, []],
    [
      {},
      { earning: [{ id: 'purchase', on: 'purchase', points: 2 }] },
      [
        'Earning rule "purchase": points is 2 instead of 1. From then on: purchases that were decided before keep their rate.',
      ],
    ],
    [
      { points: { value: 0.01 } },
      { points: { value: 0.02 } },
      ['points.value is 0.02 instead of 0.01. Reports value all points by it, earlier ones too.'],
    ],
    [
      { points: { expiry: { kind: 'after', months: 24 } } },
      { points: { expiry: { kind: 'after', months: 12 } } },
      [
        'points.expiry.months is 12 instead of 24. Points already earned keep their end where the new one would be sooner.',
      ],
    ],
    [
      {},
      { campaigns: [{ id: 'x', name: 'Week', multiplier: 2 }] },
      ['Campaign "Week" is new. It holds for purchases from then on.'],
    ],
    [
      { tiers: { levels: levels(['base', 0], ['gold', 50]) } },
      {},
      [
        'Tier "Base" goes. Who holds it: there are no tiers any more. Points that were earned stay, and keep their end where another would be sooner.',
        'Tier "Gold" goes. Who holds it: there are no tiers any more. Points that were earned stay, and keep their end where another would be sooner.',
        expect.stringMatching(/^tiers is nothing instead of \{/),
      ] as string[],
    ],
    [
      { tiers: { metric: 'points', levels: levels(['base', 0]) } },
      { tiers: { metric: 'spend', levels: levels(['base', 0]) } },
      [
        'tiers.metric is "spend" instead of "points". Who holds a tier keeps it for as long as it was promised, and what was bought before is judged once by the new rules.',
      ],
    ],
  ])('%j to %j', (before, after, expected) => {
    expect(sentences(before, after)).toEqual(expected)
  })

  test('another currency is warned of', () => {
    const changes = programChanges(makeProgram(), makeProgram({ currency: 'eur' }), null)
    expect(changes).toMatchObject([{ path: 'currency', warns: true, kind: 'changed' }])
  })

  test('what members hold is counted for every kind of thing', async () => {
    const world = await createWorld({ program: makeProgram(RICH), now: NOW })
    await fill(world.store)
    expect(await countHeld(world.store, makeProgram(RICH), NOW)).toEqual({
      tiers: [
        { id: 'base', name: 'Base', members: 1 },
        { id: 'gold', name: 'Gold', members: 2 },
        { id: 'ruby', name: 'Ruby', members: 0 },
      ],
      rewards: [
        { id: 'gift', name: 'A gift', open: 2, chosen: 0 },
        { id: 'cup', name: 'A cup', open: 0, chosen: 1 },
      ],
      badges: [
        { id: 'regular', name: 'Həmişəlik 🏅', members: 1 },
        { id: 'unused', name: 'Unused', members: 0 },
      ],
      challenges: [{ id: 'three', name: 'Three', members: 1 }],
      partners: [{ id: 'cafe', name: 'ቡና ቤት', points: 40 }],
      causes: [{ id: 'trees', name: 'Miti', points: 15 }],
    })
    await world.close()
  })
})
