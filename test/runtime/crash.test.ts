// The process is killed at random moments while Stripe delivers: whatever was acknowledged is in the books, once, and
// whatever was not is delivered again and then is there too. `CRASH_ROUNDS=200` for as many rounds as one likes.
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import {
  type Acknowledged,
  type Delivery,
  deliveriesOf,
  makePurchase,
  type Purchase,
  pointsOf,
  possiblePoints,
} from '../support/fault-payments.ts'
import { createChance, pump } from '../support/load.ts'
import { newFolder, removeFolder, type Server, spawnServer, startServer, verifyFile } from '../support/server.ts'

const ROUNDS = Number(process.env.CRASH_ROUNDS ?? 3)
const SEED = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000)
const IN_FLIGHT = 32
const PURCHASES_A_ROUND = 300
/** Everybody's favourite: many writers on one member. */
const REGULAR = 'regular@example.org'
const LONGEST_LIFE_MS = 400
const ROUND_LIMIT_MS = 20_000

const folder = newFolder()
afterAll(() => removeFolder(folder))

const chance = createChance(SEED)
const acknowledged: Acknowledged = new Map()
const outcomes = new Map<string, number>()
const regulars: Purchase[] = []
let unacknowledged: Delivery[] = []

const count = (what: string, by = 1) => outcomes.set(what, (outcomes.get(what) ?? 0) + by)

/** What was not taken before comes first: there are only as many new ones as fit beside it. */
const newPurchases = (): number => Math.max(1, PURCHASES_A_ROUND - Math.ceil(unacknowledged.length / 2))

async function deliver(server: Server, { event, purchase }: Delivery): Promise<void> {
  if (!acknowledged.has(event.id)) acknowledged.set(event.id, false)
  const { status, json } = await server.client.deliver(event)
  count(status === 200 ? String(json.outcome) : status === 0 ? 'no answer' : String(status))
  if (status === 200) acknowledged.set(event.id, true)
  else unacknowledged.push({ event, purchase })
}

/** Delivers what was not acknowledged before, then new purchases, until the process is killed. */
async function liveAndDie(server: Server, purchases: readonly Purchase[]): Promise<void> {
  const again = unacknowledged
  unacknowledged = []
  const deliveries = [...again, ...deliveriesOf(purchases, chance)]
  let isDead = false
  const sent = new Set<Delivery>()
  const send = (delivery: Delivery) => {
    sent.add(delivery)
    return deliver(server, delivery)
  }
  const load = pump(deliveries, IN_FLIGHT, send, () => isDead)
  await wait(chance.below(LONGEST_LIFE_MS))
  const killed = server.kill()
  isDead = true
  await Promise.all([killed, load])
  // What was not even sent is Stripe's to send later.
  unacknowledged = [...unacknowledged, ...deliveries.filter((delivery) => !sent.has(delivery))]
}

/** A process that is killed while it opens the database. */
async function dieAtStart(): Promise<void> {
  const { child, exited } = spawnServer(folder)
  await wait(chance.below(LONGEST_LIFE_MS))
  child.kill('SIGKILL')
  await exited
}

async function expectPossible(server: Server, purchases: readonly Purchase[]): Promise<void> {
  await pump(purchases, IN_FLIGHT, async (purchase) => {
    const found = await pointsOf(server.client, purchase.email)
    expect(possiblePoints(purchase, acknowledged), `the points of ${purchase.email}`).toContain(found)
  })
}

/** Nothing that was acknowledged counts again. */
async function expectDuplicates(server: Server, deliveries: readonly Delivery[]): Promise<void> {
  const known = deliveries.filter(({ event }) => acknowledged.get(event.id) === true).slice(0, IN_FLIGHT)
  const answers = await Promise.all(known.map(({ event }) => server.client.deliver(event)))
  for (const { status, json } of answers)
    expect({ status, json }).toEqual({ status: 200, json: { outcome: 'duplicate' } })
}

describe(`a server that is killed at random moments (seed ${SEED})`, () => {
  test(
    `keeps what it acknowledged, once, over ${ROUNDS} rounds`,
    async () => {
      const all: Purchase[] = []
      for (let round = 0; round < ROUNDS; round++) {
        if (chance.below(4) === 0) await dieAtStart()
        const own = Array.from({ length: newPurchases() }, () => makePurchase(chance))
        const shared = Array.from({ length: 1 + Math.floor(own.length / 10) }, () => makePurchase(chance, REGULAR))
        regulars.push(...shared)
        all.push(...own)
        const server = await startServer({ folder })
        await liveAndDie(server, [...own, ...shared])
        const risen = await startServer({ folder })
        const touched = own.filter(({ events, refunds }) =>
          [...events, ...refunds].some(({ id }) => acknowledged.has(id)),
        )
        await expectPossible(risen, touched)
        await expectDuplicates(risen, deliveriesOf(touched, chance))
        await risen.kill()
        const { discrepancies } = await verifyFile(risen.databasePath)
        expect(discrepancies).toEqual([])
      }

      const server = await startServer({ folder })
      const left = unacknowledged
      unacknowledged = []
      await pump(left, IN_FLIGHT, (delivery) => deliver(server, delivery))
      expect(unacknowledged).toEqual([])
      const sum = (purchases: readonly Purchase[]) =>
        purchases.reduce((total, one) => total + one.points - one.refundPoints, 0)
      expect(await pointsOf(server.client, REGULAR)).toBe(sum(regulars))
      await expectPossible(server, all)
      const { code } = await server.stop()
      expect(code).toBe(0)
      const report = await verifyFile(server.databasePath)
      expect(report.discrepancies).toEqual([])
      expect(report.payments).toBe(all.length + regulars.length)
      expect(report.members).toBe(all.length + 1)
      if (process.env.CRASH_ROUNDS !== undefined) print(report)
    },
    ROUNDS * ROUND_LIMIT_MS,
  )
})

function print(report: object): void {
  const sums = { seed: SEED, rounds: ROUNDS, events: acknowledged.size, ...Object.fromEntries(outcomes), ...report }
  process.stdout.write(`${JSON.stringify(sums)}\n`)
}
