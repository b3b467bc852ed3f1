// The night's look in a real server: in a thread of its own, through kill -9, an orderly end and a thread that breaks down.
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type LookStanding, RETENTION_RUN, readStanding } from '../../src/app/look-ahead-run.ts'
import { openDatabase } from '../../src/compose/open-database.ts'
import { makePurchase } from '../support/fault-payments.ts'
import { createChance } from '../support/load.ts'
import { databaseIn, newFolder, removeFolder, type Server, startServer, verifyFile } from '../support/server.ts'
import { emailOf, openShop } from '../support/shops.ts'

const CUSTOMERS = 600
const WITHIN_MS = 30_000
const folders: string[] = []
let template = ''

beforeAll(async () => {
  template = newFolder()
  const { store, driver } = await openDatabase(':memory:')
  await openShop({ customers: CUSTOMERS, store, now: Date.now() })
  await driver.backupTo(databaseIn(template))
  await store.close()
}, 60_000)
afterAll(() => {
  for (const folder of [...folders, template]) removeFolder(folder)
})

/** A folder with a shop that nobody looked at yet. */
async function newShop(): Promise<string> {
  const folder = newFolder()
  folders.push(folder)
  const { driver } = await openDatabase(databaseIn(template))
  await driver.backupTo(databaseIn(folder))
  await driver.close()
  return folder
}

function inside<Outcome>(folder: string, work: (db: DatabaseSync) => Outcome): Outcome {
  const db = new DatabaseSync(databaseIn(folder), { timeout: 5_000 })
  try {
    return work(db)
  } finally {
    db.close()
  }
}

const standing = (folder: string): LookStanding =>
  inside(folder, (db) => {
    const row = db.prepare('SELECT value FROM setting WHERE name = ?').get(RETENTION_RUN)
    return readStanding(row === undefined ? null : String(row.value))
  })

async function until(folder: string, is: (standing: LookStanding) => boolean): Promise<LookStanding> {
  const endsAt = performance.now() + WITHIN_MS
  for (;;) {
    const now = standing(folder)
    if (is(now)) return now
    if (performance.now() > endsAt) throw new Error(`it never came to that: ${JSON.stringify(now)}`)
    await wait(3)
  }
}

const segments = (folder: string): number =>
  inside(folder, (db) =>
    Number(db.prepare(`SELECT count(*) AS n FROM member WHERE state ->> '$.segment' IS NOT NULL`).get()?.n),
  )

async function pays(server: Server): Promise<void> {
  const [event] = makePurchase(createChance(Date.now())).events
  if (event === undefined) throw new Error('no event was made')
  expect((await server.client.deliver(event)).status).toBe(200)
}

test('soon after the start everybody is judged, in a thread of its own, and payments go on', async () => {
  const folder = await newShop()
  const server = await startServer({ folder })
  await pays(server)
  await until(folder, ({ look }) => look !== null)
  await pays(server)
  const { last } = await until(folder, (now) => now.last !== null)
  expect(last).toMatchObject({ judged: CUSTOMERS + 2, failed: 0 })
  expect(last?.opened).toBeGreaterThan(10)
  expect(segments(folder)).toBe(CUSTOMERS + 2)
  // What the thread has learnt is at hand in the one that answers, a moment after it has ended.
  const path = `/members/${encodeURIComponent(`email:${emailOf(2)}`)}`
  await expect
    .poll(async () => (await server.client.api(path)).json, { timeout: 10_000 })
    .toMatchObject({ segment: expect.any(String), retention: { rfm: expect.any(String) } })
  expect((await server.client.get('/metrics')).text).toMatch(/\nregulars_look_ahead_finished_timestamp_seconds \d+/)
  await pays(server)
  expect(await server.stop()).toEqual({ code: 0, signal: null })
  expect(server.logs()).toContain('"looked ahead"')
  expect(await verifyFile(server.databasePath)).toMatchObject({ discrepancies: [] })
}, 60_000)

test('killed in the middle, and ended in good order in the middle, it goes on after the next start', async () => {
  const folder = await newShop()
  const killed = await startServer({ folder })
  const at = await until(folder, ({ look }) => look?.phase === 'members')
  await killed.kill()
  // As if the time for which it held the look were over.
  inside(folder, (db) =>
    db.exec(`UPDATE setting SET value = json_set(value, '$.heldUntil', 0) WHERE name = '${RETENTION_RUN}'`),
  )
  expect(standing(folder).last).toBeNull()

  const ended = await startServer({ folder })
  await until(folder, ({ holder }) => holder !== at.holder)
  expect(await ended.stop()).toEqual({ code: 0, signal: null })
  const released = standing(folder)
  // It may have been quicker than we were.
  if (released.last === null) expect(released).toMatchObject({ holder: null, look: { startedAt: at.look?.startedAt } })

  const server = await startServer({ folder })
  const { last } = await until(folder, (now) => now.last !== null)
  expect(last).toMatchObject({ startedAt: at.look?.startedAt, failed: 0 })
  expect(segments(folder)).toBe(CUSTOMERS)
  expect(await server.stop()).toEqual({ code: 0, signal: null })
  expect(await verifyFile(server.databasePath)).toMatchObject({ discrepancies: [] })
}, 90_000)

test('a thread that breaks down is logged, and takes nothing with it', async () => {
  const folder = await newShop()
  inside(folder, (db) => db.exec('DROP TABLE outlook'))
  const server = await startServer({ folder })
  for (const endsAt = performance.now() + WITHIN_MS; performance.now() < endsAt; await wait(20))
    if (server.logs().includes('looking ahead failed')) break
  expect(server.logs()).toContain('looking ahead failed')
  await pays(server)
  expect(server.isRunning()).toBe(true)
  expect(await server.stop()).toEqual({ code: 0, signal: null })
}, 60_000)
