// Programs come and go over one database while people buy: tiers follow from what was bought, and `verify` finds nothing.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyCommand, anyProgram, type Bought, Shop } from '../support/fault-commands.ts'
import { makeProgram } from '../support/programs.ts'
import { createWorld, memoryStore } from '../support/world.ts'

const RUNS = Number(process.env.PROPERTY_RUNS ?? 40)
const NOW = Date.UTC(2026, 10, 22, 12)

const anyReign = fc.tuple(anyProgram, fc.array(anyCommand, { maxLength: 10, size: 'max' }))

test(
  'whatever programs were in force, the books and tiers are what the journal and the purchases say',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyReign, { minLength: 2, maxLength: 3 }), async (reigns) => {
        const store = await memoryStore()
        const bought: Bought[] = []
        let now = NOW
        for (const [input, commands] of reigns) {
          const world = await createWorld({ store, program: makeProgram(input), now })
          const shop = new Shop(world)
          shop.bought.push(...bought)
          for (const one of commands) await shop.run(one)
          bought.splice(0, bought.length, ...shop.bought)
          expect((await world.app.verify()).discrepancies).toEqual([])
          now = world.clock.at + 1_000
        }
        await store.close()
      }),
      { numRuns: RUNS },
    )
  },
  20_000 + RUNS * 500,
)
