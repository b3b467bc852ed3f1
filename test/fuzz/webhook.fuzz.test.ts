// Spoilt events, rightly signed: whatever the body holds, the answer is a documented one, nothing escapes, the books stay
// right and memory stays flat. `FUZZ_RUNS=100000` for more of them, `FUZZ_SEED` for others.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createChance, pump } from '../support/load.ts'
import { hasFixtures } from './events.ts'
import { createHarness, type Harness, usedHeap } from './harness.ts'
import { bodyOf, program } from './webhook.ts'

const RUNS = Number(process.env.FUZZ_RUNS ?? 4_000)
const SEED = Number(process.env.FUZZ_SEED ?? 1)
const IN_FLIGHT = 32
const RUN_LIMIT_MS = 10
const HEAP_GROWTH_LIMIT_BYTES = 24 * 1024 * 1024

const OUTCOMES = ['recorded', 'duplicate', 'ignored', 'parked']

describe(`spoilt webhooks (seed ${SEED}${hasFixtures ? '' : '; without Stripe’s example objects, which are not there'})`, () => {
  const chance = createChance(SEED)
  let harness: Harness
  beforeAll(async () => {
    harness = await createHarness({ chance: createChance(SEED), program })
  })
  afterAll(() => harness.close())

  test(
    `${RUNS} of them are answered as documented, with the books right and memory flat`,
    async () => {
      const seen = new Map<string, number>()
      const quarter = Math.ceil(RUNS / 4)
      let heapEarly = 0
      for (let from = 0; from < RUNS; from += quarter) {
        const turns = Array.from({ length: Math.min(quarter, RUNS - from) }, (_, i) => from + i)
        await pump(turns, IN_FLIGHT, (turn) => deliverOne(harness, bodyOf(turn, chance), turn, seen))
        expect((await harness.app.verify()).discrepancies).toEqual([])
        if (from === 0) heapEarly = usedHeap()
      }
      const growth = usedHeap() - heapEarly
      expect(harness.surprises).toEqual([])
      expect({}).not.toHaveProperty('polluted')
      expect(growth).toBeLessThan(HEAP_GROWTH_LIMIT_BYTES)
      // Each outcome came about, or the fuzz tests nothing.
      expect([...seen.keys()]).toEqual(expect.arrayContaining([...OUTCOMES, '400 invalid_request']))
      if (process.env.FUZZ_RUNS !== undefined) await print({ ...Object.fromEntries(seen), heapEarly, growth })
    },
    60_000 + RUNS * RUN_LIMIT_MS,
  )

  async function print(figures: object): Promise<void> {
    const { members, payments, entries, postings } = await harness.app.verify()
    process.stdout.write(
      `${JSON.stringify({ seed: SEED, runs: RUNS, ...figures, members, payments, entries, postings })}\n`,
    )
  }
})

async function deliverOne(
  harness: Harness,
  body: string | Uint8Array,
  turn: number,
  seen: Map<string, number>,
): Promise<void> {
  const response = await harness.deliver(body)
  const text = await response.text()
  const said = `turn ${turn}: ${response.status} ${text}\n${String(body).slice(0, 2_000)}`
  const json = JSON.parse(text) as { outcome?: string; code?: string }
  const what = response.status === 200 ? String(json.outcome) : `${response.status} ${json.code}`
  const isDocumented = OUTCOMES.includes(what) || what === '400 invalid_request' || what === '413 too_large'
  expect(isDocumented, said).toBe(true)
  seen.set(what, (seen.get(what) ?? 0) + 1)
}
