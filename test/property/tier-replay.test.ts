// However contributions come (late, changed, withdrawn), the machine stands as if they had come in order from the start.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addContribution,
  isInOrder,
  replayFromCheckpoint,
  replayTiers,
  startTiers,
  type TierContribution,
  type TierMachine,
} from '../../src/core/tiers.ts'
import type { ProgramInput } from '../../src/program/schema.ts'
import { levels, makeProgram } from '../support/programs.ts'

const START = Date.UTC(2024, 0, 1)
const HOUR = 3_600_000
const LEVELS = levels(['base', 0], ['silver', 30], ['gold', 80])
const programs: Record<string, NonNullable<ProgramInput['tiers']>> = {
  yearly: { levels: LEVELS },
  'one step': { levels: LEVELS, downgrade: 'one_step', keep: 'period' },
  rolling: { levels: LEVELS, window: { kind: 'rolling', months: 3 }, keep: { months: 2 } },
  lifetime: { levels: LEVELS, window: { kind: 'lifetime' } },
}

// Within two years, often on the same few days.
const at = fc
  .oneof(fc.integer({ min: 0, max: 17_000 }), fc.integer({ min: 16_900, max: 16_980 }))
  .map((hours) => START + hours * HOUR)
const changes = fc.array(
  fc.record({ id: fc.integer({ min: 0, max: 12 }), at, amount: fc.integer({ min: 0, max: 40 }) }),
  { minLength: 1, maxLength: 40 },
)

// Of contributions at the same instant either may come first; that shows only in how long a tier since left was promised.
const shape = ({ segments, earnedUntil, sums }: TierMachine) => ({
  held: segments.map(({ id, since }) => [id, since]),
  until: segments.at(-1)?.until,
  earnedUntil,
  sums,
})

it('forgets no older contribution when the newest day is left without any', () => {
  const program = makeProgram({ tiers: { levels: LEVELS } })
  const day = (n: number): number => START + n * 24 * HOUR
  let machine = startTiers(program, 'v1', START) ?? expect.unreachable()
  machine = addContribution(machine, program, { at: day(20), amount: 5 })
  machine = replayFromCheckpoint(machine, program, [])
  // What comes now is older than the day that the checkpoint is of.
  expect(isInOrder(machine, day(10))).toBe(false)
  machine = replayTiers(machine, program, [{ at: day(10), amount: 40 }])
  machine = addContribution(machine, program, { at: day(20), amount: 5 })
  machine = replayFromCheckpoint(machine, program, [{ at: day(20), amount: 3 }])
  expect(machine.segments.at(-1)?.id).toBe('silver')
  expect(machine.sums.map(([, amount]) => amount)).toEqual([43])
})

describe.each(Object.entries(programs))('a program that is %s', (_, tiers) => {
  const program = makeProgram({ timezone: 'America/New_York', tiers })
  it('ends with the tiers of a naive recomputation', () => {
    fc.assert(
      fc.property(changes, (list) => {
        const standing = new Map<number, TierContribution>()
        const sorted = (): TierContribution[] =>
          [...standing.entries()].sort(([a, x], [b, y]) => x.at - y.at || a - b).map(([, one]) => one)
        let machine = startTiers(program, 'v1', START) ?? expect.unreachable()
        for (const { id, ...next } of list) {
          const last = standing.get(id)
          standing.set(id, next)
          const since = machine.checkpoint?.at ?? Number.POSITIVE_INFINITY
          const earliest = Math.min(next.at, last?.at ?? next.at)
          if (last === undefined && isInOrder(machine, next.at)) machine = addContribution(machine, program, next)
          else if (earliest >= since)
            machine = replayFromCheckpoint(
              machine,
              program,
              sorted().filter((one) => one.at >= since),
            )
          else machine = replayTiers(machine, program, sorted())
        }
        const naive = replayTiers(startTiers(program, 'v1', START) ?? expect.unreachable(), program, sorted())
        expect(shape(machine)).toEqual(shape(naive))
      }),
      { numRuns: 300 },
    )
  })
})
