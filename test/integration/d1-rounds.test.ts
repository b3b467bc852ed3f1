// How often D1 is asked, one round after the other, for what people wait for: each is a way to the database and back.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createD1Driver } from '../../src/store/d1-driver.ts'
import { createStore } from '../../src/store/store.ts'
import { preset } from '../support/presets.ts'
import { type D1Server, startD1 } from '../support/store-d1.ts'
import { stripePayment } from '../support/stripe-events.ts'
import { createWorld, staff, type World } from '../support/world.ts'

const ADA = 'email:ada@example.org'

let server: D1Server
beforeAll(async () => {
  server = await startD1()
}, 60_000)
afterAll(() => server.stop())

async function watchedWorld(): Promise<{ world: World; roundsOf(work: () => Promise<unknown>): Promise<number> }> {
  const binding = await server.database()
  let rounds = 0
  const driver = createD1Driver({
    prepare: (sql) => binding.prepare(sql),
    batch: (statements) => {
      rounds++
      return binding.batch(statements)
    },
  })
  const world = await createWorld({ store: createStore(driver), program: preset('beauty-insider') })
  const roundsOf = async (work: () => Promise<unknown>): Promise<number> => {
    const before = rounds
    await work()
    return rounds - before
  }
  return { world, roundsOf }
}

const bought = ({ clock }: World, minutesAgo: number) =>
  stripePayment({ at: clock.at - minutesAgo * 60_000, amount: 5_000, customer: 'cus_ada', email: 'ada@example.org' })

test('a purchase takes three at first, four of somebody known, and its other events not many more', async () => {
  const { world, roundsOf } = await watchedWorld()
  const rounds: number[] = []
  for (const minutes of [50, 40, 30]) rounds.push(await roundsOf(() => world.deliver(bought(world, minutes).charge())))
  expect(rounds).toEqual([3, 5, 4])
  const told = bought(world, 20)
  const first = told.charge()
  const events = [first, told.intent(), told.session(), told.refunded(1_000)]
  const each: number[] = []
  for (const event of events) each.push(await roundsOf(() => world.deliver(event)))
  each.forEach((count, n) => {
    expect(count, events[n]?.type).toBeLessThanOrEqual(4 + 2 * n)
  })
  expect(await roundsOf(() => world.deliver(first))).toBe(1)
})

test('a member is looked at in four, whatever is known of them', async () => {
  const { world, roundsOf } = await watchedWorld()
  for (const minutes of [50, 40]) await world.deliver(bought(world, minutes).charge())
  await world.app.getMember(ADA)
  expect(await roundsOf(() => world.app.getMember(ADA))).toBeLessThanOrEqual(4)
  expect(await roundsOf(() => world.app.ledger(ADA, { limit: 20 }))).toBeLessThanOrEqual(4)
  expect(await roundsOf(() => world.app.adjustPoints(ADA, { points: 5, reason: 'Sorry' }, staff, null))).toBe(5)
})
