// Whatever happens, under any program, in any order and however often: points are conserved and can be rebuilt, no stock or
// limit is exceeded, tiers are what a naive count of the purchases comes to, and nothing fails that is not refused.
// PROPERTY_RUNS=200 looks longer.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Store } from '../../src/app/store-port.ts'
import type { ProgramInput } from '../../src/program/schema.ts'
import { levels, makeProgram } from '../support/programs.ts'
import { EVERY_KIND, type Kind, useStores } from '../support/stores.ts'
import { expectLiability, expectShown, expectSound, expectTiers, type Looking } from '../support/whole-checks.ts'
import { ALL_PROGRAMS, type Reigns, RICH } from '../support/whole-programs.ts'
import { anyCommand, type Command, Town } from '../support/whole-town.ts'
import { createWorld, memoryStore } from '../support/world.ts'

type Tiers = NonNullable<ProgramInput['tiers']>

const RUNS = Number(process.env.PROPERTY_RUNS ?? 8)
const NOW = Date.UTC(2026, 10, 22, 12)
const STEPS = 70
/** The books are looked at after so many commands. */
const EVERY = 3

async function openTown({ first, second }: Reigns, store: Store): Promise<{ town: Town; looking: () => Looking }> {
  const programs = [first]
  const world = await createWorld({ program: first, now: NOW, store })
  const town = new Town(world, async ({ world: before }) => {
    const next = before.app.program().program.name === first.name ? second : first
    if (!programs.includes(next)) programs.push(next)
    const opened = await createWorld({ program: next, now: before.clock.at, store })
    Object.assign(opened.clock, { at: before.clock.at })
    return opened
  })
  return { town, looking: () => ({ world: town.world, programs }) }
}

const seen = new Map<string, number>()

describe.each(ALL_PROGRAMS)('any mix of all commands under %s', (_name, reigns) => {
  test(
    'leaves books that agree, conserve every point and keep to every limit',
    async () => {
      const commands = fc.array(anyCommand, { maxLength: STEPS, size: 'max' })
      await fc.assert(
        fc.asyncProperty(commands, async (list) => {
          const store = await memoryStore()
          const { town, looking } = await openTown(reigns, store)
          await town.begin()
          for (const [index, one] of list.entries()) {
            await town.run(one)
            if (index % EVERY === 0) await expectSound(looking())
          }
          await town.finish()
          await expectSound(looking())
          await expectShown(looking())
          await expectLiability(looking())
          expect((await store.stats()).inboxParked).toBe(0)
          for (const [what, times] of town.happened) seen.set(what, (seen.get(what) ?? 0) + times)
          await store.close()
        }),
        { numRuns: RUNS, plugins: [fc.unbiased()] },
      )
    },
    30_000 + RUNS * 5_000,
  )
})

describe.each(RICH)('alerts under %s', (_name, { first }) => {
  test(
    'move no points: with them and without, the books are the same',
    async () => {
      const silent = { ...first, retention: { ...first.retention, alerts: [] } }
      const commands = fc.array(
        // An alert looks at its member before the clock's job may have come to them: then all is due for everybody.
        anyCommand
          .filter((one) => one.do !== 'amend')
          .map((one) => (one.do === 'wait' ? { ...one, settles: true } : one)),
        { maxLength: STEPS, size: 'max' },
      )
      let opened = 0
      const live = async (program: typeof first, list: readonly Command[]) => {
        const world = await createWorld({ program, now: NOW, seed: 1 })
        const town = new Town(world, async () => world)
        await town.begin()
        for (const one of list) await town.run(one)
        await town.finish()
        opened += (await world.store.alertsAfter('', 500)).length
        const members = await world.store.membersAfter('', 100)
        const books = await Promise.all(members.map(({ id }) => world.books(id)))
        await world.close()
        return { ids: members.map(({ id, segment }) => [id, segment]), books }
      }
      await fc.assert(
        fc.asyncProperty(commands, async (list) => {
          const loud = await live(first, list)
          const told = opened
          expect(await live(silent, list)).toEqual(loud)
          expect(opened, 'alerts where none are wanted').toBe(told)
        }),
        { numRuns: RUNS, plugins: [fc.unbiased()] },
      )
      expect(opened).toBeGreaterThan(0)
    },
    30_000 + RUNS * 5_000,
  )
})

const windows: Pick<Tiers, 'window' | 'keep'>[] = [
  { window: { kind: 'calendar_year' }, keep: 'next_period' },
  { window: { kind: 'calendar_year' }, keep: 'period' },
  { window: { kind: 'rolling', months: 3 }, keep: { months: 1 } },
  { window: { kind: 'rolling', months: 1 }, keep: { months: 6 } },
  { window: { kind: 'lifetime' } },
]
const anyTiers: fc.Arbitrary<Tiers> = fc
  .record({
    metric: fc.constantFrom('points' as const, 'spend' as const, 'purchases' as const),
    span: fc.constantFrom(...windows),
    downgrade: fc.constantFrom('requalify' as const, 'one_step' as const),
  })
  .map(({ metric, span, downgrade }) => {
    const [silver, gold, top] = metric === 'purchases' ? [1, 2, 4] : [40, 120, 500]
    return { metric, downgrade, ...span, levels: levels(['base', 0], ['silver', silver], ['gold', gold], ['top', top]) }
  })
const BUYING: ReadonlySet<string> = new Set(['buy', 'refund', 'end refund', 'dispute', 'tell late', 'wait', 'merge'])

test(
  'tiers are what a naive count of the purchases comes to, by every window, term and metric',
  async () => {
    const commands = fc.array(
      anyCommand.filter((one) => BUYING.has(one.do)),
      { maxLength: 40, size: 'max' },
    )
    const zone = fc.constantFrom('Pacific/Auckland', 'America/New_York', 'UTC')
    const held = new Set<string>()
    await fc.assert(
      fc.asyncProperty(anyTiers, zone, commands, async (tiers, timezone, list) => {
        const store = await memoryStore()
        const program = makeProgram({ tiers, timezone })
        const { town, looking } = await openTown({ first: program, second: program }, store)
        for (const one of list) {
          await town.run(one)
          await expectTiers(looking(), await store.membersAfter('', 100))
        }
        await town.finish()
        await expectSound(looking())
        for (const member of await store.membersAfter('', 100))
          for (const { id } of member.tiers?.segments ?? []) if (id !== null) held.add(id)
        await store.close()
      }),
      { numRuns: RUNS * 5, plugins: [fc.unbiased()] },
    )
    expect([...held].sort()).toEqual(['base', 'gold', 'silver', 'top'])
  },
  30_000 + RUNS * 5_000,
)

/** D1 is asked over a socket, and whoever loses a race asks again. */
const AT_ONCE: Partial<Record<Kind, { runs: number; most: number }>> = {
  'node:sqlite in a file': { runs: Math.ceil(RUNS / 2), most: 60 },
  D1: { runs: Math.ceil(RUNS / 8), most: 14 },
}

describe.each(EVERY_KIND.filter((kind) => kind in AT_ONCE))('all commands at once, in %s', (kind) => {
  const open = useStores(kind)
  const { runs = 1, most = 10 } = AT_ONCE[kind] ?? {}
  // Another program in force, or another time, is nothing that happens while a command runs.
  const commands = fc.array(
    anyCommand.filter((one) => one.do !== 'amend' && one.do !== 'wait'),
    { minLength: most / 2, maxLength: most, size: 'max' },
  )

  test(
    'leave books that agree, conserve every point and keep to every limit',
    async () => {
      await fc.assert(
        fc.asyncProperty(commands, fc.nat(RICH.length - 1), async (list, which) => {
          const { store } = await open()
          const [, reigns] = RICH[which] as (typeof RICH)[number]
          const { town, looking } = await openTown(reigns, store)
          await town.begin()
          await Promise.all(list.map((one) => town.run(one)))
          await town.finish()
          await expectSound(looking())
          await expectLiability(looking())
          expect((await store.stats()).inboxParked).toBe(0)
        }),
        { numRuns: runs, plugins: [fc.unbiased()] },
      )
    },
    60_000 + RUNS * 5_000,
  )
})

/** With many runs all that may happen does; with few what is common. */
const COMMON = [
  'buy',
  'refund',
  'redeem',
  'redeem: insufficient_points',
  'adjust',
  'enrol',
  'act',
  'reward_made',
  'active',
  'feedback',
  'feedback: invalid_request',
  'look',
  'invoice failed',
]
const RARE = [
  ...[
    'dispute',
    'end refund',
    'subscription',
    'birthday',
    'choose',
    'choose reward',
    'merge',
    'erase',
    'left',
    'suspended',
  ],
  ...['cancel', 'fulfil', 'approve', 'reward_ended', 'reward_refused', 'use code'],
  ...['redeem: limit_reached', 'redeem: out_of_stock', 'redeem: not_eligible', 'redeem: staff_limit'],
  ...['assign', 'resolve', 'resolve: forbidden', 'reopen', 'snooze', 'invoice paid'],
  ...['redeem: member_inactive', 'act: limit_reached', 'enrol: conflict'],
]

test('all of it happened: a mix in which nothing does would prove nothing', () => {
  const expected = RUNS >= 100 ? [...COMMON, ...RARE] : COMMON
  expect(expected.filter((what) => !seen.has(what))).toEqual([])
})
