// What is said to keep a tier keeps it, and one less does not: held against a replay of the machine from the start.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keepingTier } from '../../src/core/tier-keeping.ts'
import { lapseTiers, replayTiers, startTiers, type TierContribution } from '../../src/core/tiers.ts'
import type { ProgramInput } from '../../src/program/schema.ts'
import { levels, makeProgram } from '../support/programs.ts'

const START = Date.UTC(2024, 0, 1)
const HOUR = 3_600_000
const LEVELS = levels(['base', 0], ['silver', 30], ['gold', 80])
const tiersOf: Record<string, NonNullable<ProgramInput['tiers']>> = {
  'kept through the next year': { levels: LEVELS },
  'kept to the end of the year': { levels: LEVELS, keep: 'period' },
  'lost one step at a time': { levels: LEVELS, downgrade: 'one_step' },
  'of a rolling window': { levels: LEVELS, window: { kind: 'rolling', months: 3 }, keep: { months: 2 } },
  'of a long window, kept shortly': { levels: LEVELS, window: { kind: 'rolling', months: 12 }, keep: { months: 1 } },
  'of a rolling window, one step at a time': {
    levels: LEVELS,
    window: { kind: 'rolling', months: 6 },
    keep: { months: 6 },
    downgrade: 'one_step',
  },
  'for life': { levels: LEVELS, window: { kind: 'lifetime' } },
}

const contributions = fc.array(
  fc.record({
    at: fc.integer({ min: 0, max: 26_000 }).map((hours) => START + hours * HOUR),
    amount: fc.integer({ min: 1, max: 60 }),
  }),
  { maxLength: 12 },
)
const later = fc.integer({ min: 0, max: 9_000 }).map((hours) => hours * HOUR)
const byTime = (a: TierContribution, b: TierContribution) => a.at - b.at

describe.each(Object.entries(tiersOf))('a tier %s', (_, tiers) => {
  const program = makeProgram({ timezone: 'America/New_York', tiers })
  const rank = (id: string | null | undefined) => program.tiers?.levels.findIndex((level) => level.id === id) ?? -1
  const replay = (list: readonly TierContribution[]) =>
    replayTiers(startTiers(program, 'v1', START) ?? expect.unreachable(), program, [...list].sort(byTime))
  const heldAt = (list: readonly TierContribution[], at: number) =>
    lapseTiers(replay(list), program, at).segments.findLast(({ since }) => since <= at)?.id ?? null

  it('is kept by exactly what is missing, bought now or in the last moment', () => {
    let asked = 0
    fc.assert(
      fc.property(contributions, later, (list, wait) => {
        const now = Math.max(START, ...list.map(({ at }) => at)) + wait
        const machine = replay(list)
        const keeping = keepingTier({ tiers: machine, subscriptions: {} }, program, now)
        if (keeping === null) return
        asked++
        const { levelId, until, missing, missingByEnd, fallsTo } = keeping
        expect(heldAt(list, now)).toBe(levelId)
        expect(heldAt(list, until)).toBe(fallsTo)
        for (const [at, amount] of [
          [now, missing],
          [until - 1, missingByEnd],
        ] as const) {
          expect(rank(heldAt([...list, { at, amount }], until))).toBeGreaterThanOrEqual(rank(levelId))
          const less = amount === 1 ? list : [...list, { at, amount: amount - 1 }]
          expect(rank(heldAt(less, until))).toBeLessThan(rank(levelId))
        }
        expect(missingByEnd).toBeGreaterThanOrEqual(missing)
      }),
      { numRuns: 600 },
    )
    // A tier of the year alone ends whatever one buys, one for life never ends.
    if (tiers.keep === 'period' || tiers.window?.kind === 'lifetime') expect(asked).toBe(0)
    else expect(asked).toBeGreaterThan(20)
  })

  it('is not spoken of where buying changes nothing', () => {
    fc.assert(
      fc.property(contributions, later, (list, wait) => {
        const now = Math.max(START, ...list.map(({ at }) => at)) + wait
        const machine = replay(list)
        if (keepingTier({ tiers: machine, subscriptions: {} }, program, now) !== null) return
        const held = lapseTiers(machine, program, now).segments.at(-1)
        if (!held || held.until === null) return
        // Whatever is bought now, it ends then; or it is held then anyway.
        const before = rank(heldAt(list, held.until))
        const most = replay([...list, { at: now, amount: 79 }])
        const same = most.segments.findLast(({ since }) => since <= now)
        if (same?.id === held.id && before < rank(held.id)) expect(same?.until).toBe(held.until)
      }),
      { numRuns: 200 },
    )
  })
})
