// What the machine does to a server: disks that are full or read-only, locks, clocks set back, a second server on the
// same file, and the end that every deployment brings. It answers 503 or in order, lives on, and keeps its books.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { type Delivery, deliveriesOf, makePurchase, type Purchase, pointsOf } from '../support/fault-payments.ts'
import { type Answer, type Client, createChance, pump } from '../support/load.ts'
import {
  databaseIn,
  newFolder,
  removeFolder,
  type Server,
  spawnServer,
  startServer,
  verifyFile,
} from '../support/server.ts'

const IN_FLIGHT = 32
const HOUR_MS = 3_600_000
const chance = createChance(Number(process.env.FAULT_SEED ?? 7))
const folders: string[] = []

function freshFolder(): string {
  const folder = newFolder()
  folders.push(folder)
  return folder
}
afterAll(() => folders.forEach(removeFolder))

const purchasesOf = (count: number, email?: string): Purchase[] =>
  Array.from({ length: count }, () => makePurchase(chance, email))

const sumOf = (purchases: readonly Purchase[]): number =>
  purchases.reduce((sum, { points, refundPoints }) => sum + points - refundPoints, 0)

/** Delivers all; answers each with what became of it. */
async function deliverAll(client: Client, deliveries: readonly Delivery[]): Promise<Answer[]> {
  const answers: Answer[] = []
  await pump(deliveries, IN_FLIGHT, async ({ event }) => {
    answers.push(await client.deliver(event))
  })
  return answers
}

const statusesOf = (answers: readonly Answer[]): number[] => [...new Set(answers.map(({ status }) => status))].sort()

function expectUnavailable({ status, type, json, text }: Answer): void {
  expect({ status, type, code: json.code }).toEqual({
    status: 503,
    type: 'application/problem+json',
    code: 'unavailable',
  })
  expect(text).not.toMatch(/SQLITE|sqlite|\.ts:\d/)
}

/** Everything is there once, nothing else is, and no log names anybody. */
async function expectBooks(server: Server, purchases: readonly Purchase[]): Promise<void> {
  await pump(purchases, IN_FLIGHT, async ({ email, points, refundPoints }) => {
    expect(await pointsOf(server.client, email), email).toBe(points - refundPoints)
  })
  expect(await server.stop()).toEqual({ code: 0, signal: null })
  const report = await verifyFile(server.databasePath)
  expect(report.discrepancies).toEqual([])
  expect(report.payments).toBe(purchases.length)
  expect(server.logs()).not.toContain('@example.org')
}

/** Holds the database's lock from another process than the server's. */
function holdLock(path: string): { release(): void } {
  const database = new DatabaseSync(path)
  database.exec('BEGIN IMMEDIATE')
  return {
    release: () => {
      database.exec('ROLLBACK')
      database.close()
    },
  }
}

const adjust = (server: Server, email: string) =>
  server.client.api(`/members/${encodeURIComponent(`email:${email}`)}/adjustments`, {
    method: 'POST',
    body: { points: 1, reason: 'kindness' },
  })

describe.concurrent('a disk without space', () => {
  /** Fills the disk, sees what can no longer be stored refused, makes room, and delivers again. */
  async function survives(fill: (server: Server, isFull: boolean) => Promise<void>): Promise<void> {
    const server = await startServer({ folder: freshFolder() })
    const [before, during] = [purchasesOf(20), purchasesOf(60)]
    const email = before[0]?.email ?? ''
    expect(statusesOf(await deliverAll(server.client, deliveriesOf(before, chance)))).toEqual([200])
    await fill(server, true)
    const deliveries = deliveriesOf(during, chance)
    const answers = await deliverAll(server.client, deliveries)
    const refused = answers.filter(({ status }) => status !== 200)
    expect(refused.length).toBeGreaterThan(0)
    for (const answer of refused) expectUnavailable(answer)
    expectUnavailable(await enrolUntilRefused(server.client))
    expect((await server.client.get('/healthz')).status).toBe(200)
    expect(await pointsOf(server.client, email)).toBe(sumOf(before.slice(0, 1)))
    await fill(server, false)
    expect(statusesOf(await deliverAll(server.client, deliveries))).toEqual([200])
    await expectBooks(server, [...before, ...during])
  }

  test('is answered with 503 where the database is full, and forgotten once there is room', () =>
    survives((server, full) => server.fault({ full })))

  /** A last page may have room for a few. */
  async function enrolUntilRefused(client: Client): Promise<Answer> {
    for (let i = 0; ; i++) {
      const answer = await client.api('/members', { method: 'POST', body: { email: `late-${i}@example.org` } })
      if (answer.status !== 201 || i === 500) return answer
    }
  }

  const hasPrlimit = existsSync('/usr/bin/prlimit')
  const setFileLimit = async ({ pid }: Server, isFull: boolean) => {
    execFileSync('/usr/bin/prlimit', ['--pid', String(pid), `--fsize=${isFull ? '1' : 'unlimited'}:`])
  }
  test.skipIf(!hasPrlimit)(
    'is answered with 503 where the system writes no more, and forgotten once it does (needs prlimit)',
    () => survives(setFileLimit),
  )
})

test.concurrent('a database that became read-only is answered with 503 until it can be written again', async () => {
  const server = await startServer({ folder: freshFolder() })
  const [before, during] = [purchasesOf(5), purchasesOf(10)]
  await deliverAll(server.client, deliveriesOf(before, chance))
  await server.fault({ readOnly: true })
  const deliveries = deliveriesOf(during, chance)
  for (const answer of await deliverAll(server.client, deliveries)) expectUnavailable(answer)
  expectUnavailable(await adjust(server, before[0]?.email ?? ''))
  expect((await server.client.api('/members')).status).toBe(200)
  await server.fault({ readOnly: false })
  expect(statusesOf(await deliverAll(server.client, deliveries))).toEqual([200])
  await expectBooks(server, [...before, ...during])
})

describe.concurrent('a database that another process has locked', () => {
  test('for a second is waited for', async () => {
    const server = await startServer({ folder: freshFolder() })
    const purchases = purchasesOf(20)
    const lock = holdLock(server.databasePath)
    const delivered = deliverAll(server.client, deliveriesOf(purchases, chance))
    await wait(1_000)
    expect((await server.client.get('/healthz')).status).toBe(200)
    lock.release()
    expect(statusesOf(await delivered)).toEqual([200])
    await expectBooks(server, purchases)
  })

  test('for ten seconds is answered with 503 meanwhile, and reading goes on', async () => {
    const server = await startServer({ folder: freshFolder() })
    const [before, during] = [purchasesOf(5), purchasesOf(10)]
    await deliverAll(server.client, deliveriesOf(before, chance))
    const lock = holdLock(server.databasePath)
    const deliveries = deliveriesOf(during, chance)
    const refused = deliverAll(server.client, deliveries)
    const { status, json } = await server.client.api('/members')
    expect({ status, members: (json.members as unknown[]).length }).toEqual({ status: 200, members: 5 })
    const [answers] = await Promise.all([refused, wait(10_000)])
    for (const answer of answers) expectUnavailable(answer)
    lock.release()
    expect(statusesOf(await deliverAll(server.client, deliveries))).toEqual([200])
    await expectBooks(server, [...before, ...during])
  }, 30_000)
})

describe.concurrent('a clock that is set back', () => {
  const expiring = { points: { expiry: { kind: 'after', months: 12 } } } as const
  const EMAIL = 'timeless@example.org'

  test('keeps the entries in their order, the books right, and takes what comes later', async () => {
    const server = await startServer({ folder: freshFolder(), program: expiring })
    const purchases: Purchase[] = []
    for (const clockOffsetMs of [0, -2 * HOUR_MS, 24 * HOUR_MS, -HOUR_MS, 0]) {
      await server.fault({ clockOffsetMs })
      const atMs = Date.now() + clockOffsetMs
      const more = Array.from({ length: 3 }, () => makePurchase(chance, EMAIL, atMs))
      purchases.push(...more)
      for (const { event } of deliveriesOf(more, chance))
        expect((await server.client.deliver(event, { atMs })).json).toEqual({ outcome: 'recorded' })
      expect((await adjust(server, EMAIL)).status).toBe(201)
      expect((await server.client.get('/readyz')).status).toBe(200)
    }
    const { json } = await server.client.api(`/members/${encodeURIComponent(`email:${EMAIL}`)}/ledger?limit=200`)
    const oldestFirst = (json.entries as { seq: number; points: number; balance: number }[]).toReversed()
    expect(oldestFirst.map(({ seq }) => seq)).toEqual(oldestFirst.map(({ seq }) => seq).sort((a, b) => a - b))
    let balance = 0
    for (const entry of oldestFirst) {
      balance += entry.points
      expect(entry.balance).toBe(balance)
    }
    expect(balance).toBe(sumOf(purchases) + 5)
    expect((await server.stop()).code).toBe(0)
    expect((await verifyFile(server.databasePath, expiring)).discrepancies).toEqual([])
  })

  test('refuses what Stripe signs now as being from the future, until it is right again', async () => {
    const server = await startServer({ folder: freshFolder() })
    const purchases = purchasesOf(1)
    const deliveries = deliveriesOf(purchases, chance)
    await server.fault({ clockOffsetMs: -2 * HOUR_MS })
    expect(statusesOf(await deliverAll(server.client, deliveries))).toEqual([400])
    await server.fault({ clockOffsetMs: 0 })
    expect(statusesOf(await deliverAll(server.client, deliveries))).toEqual([200])
    await expectBooks(server, purchases)
  })
})

describe.concurrent('two servers on one file', () => {
  const EMAIL = 'shared@example.org'

  test('started together take the same and different events at once, and each is in the books once', async () => {
    const folder = freshFolder()
    const [one, other] = await Promise.all([startServer({ folder }), startServer({ folder })])
    const [same, ofOne, ofOther] = [purchasesOf(60), purchasesOf(40), purchasesOf(40)]
    const regular = purchasesOf(20, EMAIL)
    const both = deliveriesOf([...same, ...regular], chance)
    const answers = await Promise.all([
      deliverUntilTaken(one, chance.shuffled([...both, ...deliveriesOf(ofOne, chance)])),
      deliverUntilTaken(other, chance.shuffled([...both, ...deliveriesOf(ofOther, chance)])),
    ])
    const outcomes = answers.flat()
    const events = [...same, ...ofOne, ...ofOther, ...regular].flatMap((one) => [...one.events, ...one.refunds])
    expect(outcomes.filter((outcome) => outcome === 'recorded')).toHaveLength(events.length)
    expect(outcomes.filter((outcome) => outcome === 'duplicate')).toHaveLength(both.length)
    expect(await pointsOf(one.client, EMAIL)).toBe(sumOf(regular))
    expect(await pointsOf(other.client, EMAIL)).toBe(sumOf(regular))
    expect((await one.stop()).code).toBe(0)
    for (const { email, points, refundPoints } of [...same, ...ofOne, ...ofOther])
      expect(await pointsOf(other.client, email)).toBe(points - refundPoints)
    expect((await other.stop()).code).toBe(0)
    const report = await verifyFile(other.databasePath)
    expect(report.discrepancies).toEqual([])
    expect(report.payments).toBe(160)
  })

  /** As Stripe does: what is answered with 503 is delivered again. */
  async function deliverUntilTaken(server: Server, deliveries: readonly Delivery[]): Promise<unknown[]> {
    const outcomes: unknown[] = []
    await pump(deliveries, IN_FLIGHT, async ({ event }) => {
      let answer = await server.client.deliver(event)
      while (answer.status === 503) answer = await server.client.deliver(event)
      expect(answer.status).toBe(200)
      outcomes.push(answer.json.outcome)
    })
    return outcomes
  }
})

describe.concurrent('a database that cannot be opened', () => {
  const cases: [string, (path: string) => void][] = [
    ['because it is a folder', (path) => mkdirSync(path)],
    ['because it is something else', (path) => writeFileSync(path, 'Dear diary, '.repeat(1000))],
  ]
  test.each(cases)('%s is said in a line, and the server does not start', async (_title, prepare) => {
    const folder = freshFolder()
    prepare(databaseIn(folder))
    const { exited, logs } = spawnServer(folder)
    expect(await exited).toEqual({ code: 1, signal: null })
    expect(logs()).toContain(`The database at ${join(folder, 'regulars.db')} cannot be used`)
    expect(logs()).not.toMatch(/\n\s+at /)
  })
})

describe('a server that is asked to end', () => {
  test('answers what is in flight, and exits with 0', async () => {
    const server = await startServer({ folder: freshFolder() })
    const purchases = purchasesOf(IN_FLIGHT)
    const deliveries = deliveriesOf(purchases, chance)
    const [inFlight, later] = [deliveries.slice(0, IN_FLIGHT), deliveries.slice(IN_FLIGHT)]
    const lock = holdLock(server.databasePath)
    const answered = Promise.all(inFlight.map(({ event }) => server.client.deliver(event)))
    await wait(500)
    const stopped = server.stop()
    await wait(200)
    expect(server.isRunning()).toBe(true)
    lock.release()
    expect(statusesOf(await answered)).toEqual([200])
    expect(await stopped).toEqual({ code: 0, signal: null })
    const again = await startServer({ folder: server.folder })
    const repeated = await deliverAll(again.client, inFlight)
    expect(repeated.map(({ json }) => json.outcome)).toEqual(inFlight.map(() => 'duplicate'))
    await deliverAll(again.client, later)
    await expectBooks(again, purchases)
  })

  test('under load exits with 0, and all it acknowledged is there', async () => {
    const server = await startServer({ folder: freshFolder() })
    const purchases = purchasesOf(3_000)
    const acknowledged: Delivery[] = []
    let isDown = false
    const load = pump(
      deliveriesOf(purchases, chance),
      IN_FLIGHT,
      async (delivery) => {
        const { status } = await server.client.deliver(delivery.event)
        if (status === 200) acknowledged.push(delivery)
        else isDown = true
        expect([0, 200]).toContain(status)
      },
      () => isDown,
    )
    while (acknowledged.length < 10 * IN_FLIGHT) await wait(5)
    expect(await server.stop()).toEqual({ code: 0, signal: null })
    await load
    const again = await startServer({ folder: server.folder })
    const repeated = await deliverAll(again.client, acknowledged)
    expect(new Set(repeated.map(({ json }) => json.outcome))).toEqual(new Set(['duplicate']))
    expect((await again.stop()).code).toBe(0)
    expect((await verifyFile(again.databasePath)).discrepancies).toEqual([])
  })
})
