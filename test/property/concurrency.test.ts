// Many writers on one member at once: whatever they do, nothing is lost and nothing counts twice, on every driver.
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { StoreUnavailable } from '../../src/app/ports.ts'
import type { Store } from '../../src/app/store-port.ts'
import { openDatabase } from '../../src/compose/open-database.ts'
import { databaseIn, newFolder, removeFolder } from '../support/server.ts'
import { EVERY_KIND, type Kind, useStores } from '../support/stores.ts'
import { type StripeEvent, stripePayment } from '../support/stripe-events.ts'
import { createWorld, staff, type World } from '../support/world.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const DAY = 86_400_000
const ADA = 'email:ada@example.org'
/** D1 is asked over a socket, and whoever loses a race asks again. */
const SIZES: Record<Kind, { runs: number; most: number }> = {
  'node:sqlite in a file': { runs: 8, most: 40 },
  'node:sqlite in memory': { runs: 8, most: 40 },
  D1: { runs: 1, most: 10 },
}

/** One thing that happens to Ada, and by how much it changes what she has in the end. */
interface Writer {
  /** Answers the points it added; a refusal added none. */
  act(world: World): Promise<number>
}

/** As Stripe and our own callers do: what could not be stored is sent again. */
async function insist<Outcome>(work: () => Promise<Outcome>): Promise<Outcome> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error
    }
  }
}

const delivers = (event: StripeEvent, points: number): Writer => ({
  act: async (world) => ((await insist(() => world.deliver(event))) === 'recorded' ? points : 0),
})

const adjusts = (points: number): Writer => ({
  act: async ({ app }) => {
    const { ok } = await insist(() => app.adjustPoints(ADA, { points, reason: 'at once' }, staff, null))
    return ok ? points : 0
  },
})

/** A payment, told twice, and perhaps its refund; in points of a unit each. */
function buys(points: number, refunded: number, daysAgo: number): Writer[] {
  const payment = stripePayment({ at: NOW - daysAgo * DAY, amount: points * 100 })
  const charge = payment.charge()
  const told = [delivers(charge, points), delivers(charge, points), delivers(payment.intent(), 0)]
  return refunded === 0 ? told : [...told, delivers(payment.refund(refunded * 100), -refunded)]
}

const writers = fc.oneof(
  {
    weight: 2,
    arbitrary: fc
      .integer({ min: -80, max: 80 })
      .filter((points) => points !== 0)
      .map((points) => [adjusts(points)]),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({
        points: fc.integer({ min: 1, max: 200 }),
        part: fc.constantFrom(0, 0, 0.5, 1),
        daysAgo: fc.integer({ min: 1, max: 300 }),
      })
      .map(({ points, part, daysAgo }) => buys(points, Math.floor(points * part), daysAgo)),
  },
)

const listOfWriters = (most: number) =>
  fc.array(writers, { minLength: 2, maxLength: most }).map((lists) => lists.flat().slice(0, most * 2))

/** All at once, each through any of the worlds; answers what they added up to. */
async function together(worlds: readonly World[], list: readonly Writer[]): Promise<number> {
  const added = await Promise.all(list.map((writer, index) => writer.act(worlds[index % worlds.length] as World)))
  return added.reduce((sum, points) => sum + points, 0)
}

async function expectSum(world: World, sum: number): Promise<void> {
  const found = await world.app.getMember(ADA)
  expect(found.ok && found.value.points.available).toBe(sum)
  expect((await world.app.verify()).discrepancies).toEqual([])
}

const enrolled = async (store: Store, now = NOW): Promise<World> => {
  const world = await createWorld({ store, now })
  await world.app.enrolMember({ email: 'ada@example.org' }, staff, null)
  return world
}

describe.each(EVERY_KIND)('writers on one member at once, in %s', (kind) => {
  const open = useStores(kind)
  const { runs, most } = SIZES[kind]

  test('add up to what each of them did', async () => {
    await fc.assert(
      fc.asyncProperty(listOfWriters(most), async (list) => {
        const { store } = await open()
        const world = await enrolled(store)
        await expectSum(world, await together([world], list))
      }),
      { numRuns: runs },
    )
  }, 60_000)

  test('with the same idempotency key act once, and all get the same answer', async () => {
    const { store } = await open()
    const world = await enrolled(store)
    const key = { holder: 'test', route: 'adjust', key: 'same', hash: 'same' }
    const input = { points: 25, reason: 'once' }
    const answers = await Promise.all(
      Array.from({ length: most }, () => insist(() => world.app.adjustPoints(ADA, input, staff, key))),
    )
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    await expectSum(world, 25)
  }, 60_000)

  test('that enrol the same address make one member', async () => {
    const { store } = await open()
    const world = await createWorld({ store, now: NOW })
    const enrol = () => insist(() => world.app.enrolMember({ email: 'ada@example.org' }, staff, null))
    const results = await Promise.all(Array.from({ length: most }, enrol))
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    expect(results.flatMap((result) => (result.ok ? [] : [result.code]))).toEqual(Array(most - 1).fill('conflict'))
    expect((await world.app.stats()).members).toBe(1)
  }, 60_000)
})

describe('writers through two connections to one file', () => {
  const folder = newFolder()
  afterAll(() => removeFolder(folder))
  let turn = 0

  test('add up to what each of them did', async () => {
    await fc.assert(
      fc.asyncProperty(listOfWriters(30), async (list) => {
        const path = `${databaseIn(folder)}-${turn++}`
        const [one, other] = [(await openDatabase(path)).store, (await openDatabase(path)).store]
        // Another millisecond, so that they do not make the same ids from the same seed.
        const worlds = [await enrolled(one), await createWorld({ store: other, now: NOW + 1 })]
        const sum = await together(worlds, list)
        for (const world of worlds) await expectSum(world, sum)
        for (const world of worlds) await world.close()
      }),
      { numRuns: 6 },
    )
  }, 60_000)
})
