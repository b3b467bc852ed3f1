// A shop with something of each kind that falls due by the clock, as rows to be put into any database: what becomes of them
// on another host is held against what becomes of them on Node.

import type { Program } from '../../src/program/schema.ts'
import type { Driver } from '../../src/store/driver.ts'
import { migrate } from '../../src/store/migrate.ts'
import { openNodeDriver } from '../../src/store/node-driver.ts'
import { createStore } from '../../src/store/store.ts'
import { makeProgram } from './programs.ts'
import { stripePayment } from './stripe-events.ts'
import { createWorld, staff } from './world.ts'

const DAY = 86_400_000

/** A zone where it is neither early morning nor midnight now: what is done at night is due. */
const timezone = ((hour) => (hour >= 4 && hour < 20 ? 'UTC' : 'Asia/Tokyo'))(new Date().getUTCHours())

const before = {
  name: 'Due Club',
  timezone,
  points: { holdDays: 3, expiry: { kind: 'after', months: 4 } },
  earning: [
    { id: 'purchase', on: 'purchase' },
    { id: 'birthday', on: 'birthday', points: 50 },
  ],
  tiers: { metric: 'points', levels: [{ id: 'base', name: 'Base' }] },
  challenges: [{ id: 'two', name: 'Two', goal: { count: 2, withinDays: 30 }, award: { points: 33 } }],
  staff: { issuer: ['slack:U2CLERK'], approver: ['slack:U3CHIEF'], approvalAbovePoints: 25 },
  rewards: [{ id: 'mug', name: 'A mug', cost: 30, fulfil: { kind: 'manual' } }],
  retention: { digestAt: '00:00' },
} as const

/** In force when the clock ticks: it holds a tier, with what it brings, for those who reached it already. */
export const dueProgram = (): Program =>
  makeProgram({
    ...before,
    tiers: {
      metric: 'points',
      levels: [...before.tiers.levels, { id: 'copper', name: 'Copper', threshold: 60, entry: { points: 7 } }],
    },
  } as never)

type Rows = Record<string, Record<string, unknown>[]>

export interface DueShop {
  /** Rows by table, in an order in which they can be put. */
  rows: Rows
  /** The same after everybody was woken for the program that came in force: an isolate does that once in its life. */
  woken: Rows
  /** What Node makes of them by now. */
  books: Books
}

export interface Books {
  members: unknown[]
  entries: unknown[]
  lots: unknown[]
  grants: unknown[]
  outlooks: unknown[]
}

/** With so many people of each kind. */
export async function makeDueShop(now: number, people: number): Promise<DueShop> {
  const emailsOf = (kind: string): string[] => Array.from({ length: people }, (_, i) => `${kind}${i}@example.org`)
  const driver = openNodeDriver({ path: ':memory:' })
  await migrate(driver)
  const store = createStore(driver)
  const first = await createWorld({ program: makeProgram(before as never), now: now - 127 * DAY, store })
  const buys = (email: string, amount: number) =>
    first.deliver(stripePayment({ at: first.clock.at - 1_000, amount, email }).charge())
  // Points that can be used since long, and ended some days ago.
  for (const email of emailsOf('ends')) await buys(email, 8_000)
  first.clock.at += 5 * DAY
  await first.app.settleDue(100)
  // Twice within a month meets a challenge; and a tier of the program to come.
  first.clock.at = now - 20 * DAY
  for (const email of emailsOf('twice')) await buys(email, 4_000)
  first.clock.at += 5 * DAY
  for (const email of emailsOf('twice')) await buys(email, 4_500)
  await first.app.settleDue(100)
  // A hold that is over by now.
  first.clock.at = now - 10 * DAY
  for (const email of emailsOf('held')) await buys(email, 12_000)
  // A birthday that is over by now.
  for (const email of emailsOf('born')) {
    const birthday = `--${new Date(now - 2 * DAY).toISOString().slice(5, 10)}`
    await first.app.enrolMember({ email, birthday }, staff, null)
  }
  const asked = await first.app.redeem(
    'email:twice0@example.org',
    { reward: 'mug', charge: 'house', reason: 'A late parcel' },
    { source: 'slack:U2CLERK', actor: 'slack:U2CLERK' },
    null,
  )
  if (!asked.ok) throw new Error(asked.message)
  await driver.commit(() => ({
    outcome: null,
    writes: [
      { sql: 'DELETE FROM outbox', params: [] },
      {
        sql: `INSERT INTO outbox (kind, key, payload, due_at) VALUES ('slack.redemption', ?, ?, 0)`,
        params: [asked.value.id, JSON.stringify({ redemption: asked.value.id })],
      },
    ],
    guards: () => [],
  }))
  const second = await createWorld({ program: dueProgram(), now, store })
  const rows = await allRows(driver)
  const { version, since } = (await store.programs()).at(-1) ?? {}
  const all = await store.newestMember()
  await store.wakeMembers({ after: 0, upTo: all, now, setting: [`woken:${version}:${since}`, `${all} ${all}`] })
  const woken = await allRows(driver)
  while ((await second.app.settleDue(100)) > 0);
  await second.app.indexMembers()
  let begin = true
  while (!(await second.app.lookAhead({ limit: 50, begin })).isDone) begin = false
  const books = await readBooks((sql) => driver.all<Record<string, unknown>>(sql, []))
  await driver.close()
  return { rows, woken, books }
}

/** All that is the same on any host, whenever it was done. */
export async function readBooks(all: (sql: string) => Promise<Record<string, unknown>[]>): Promise<Books> {
  const read = async (sql: string) => (await all(sql)).map((row) => ({ ...row }))
  return {
    members: await read(
      `SELECT email, status, available, pending, reserved, redeemed, expired, spend_minor, purchases, last_purchase_at,
        state ->> '$.tiers' IS NULL AS untiered FROM member ORDER BY email`,
    ),
    entries: await read(
      `SELECT email, kind, code, points, balance, reason FROM entry JOIN member ON member.id = entry.member
        ORDER BY email, seq`,
    ),
    lots: await read(`SELECT id, member, points, remaining, spent, expired, state FROM lot ORDER BY id`),
    grants: await read('SELECT id, member, occasion, points, state FROM grant_given ORDER BY id'),
    outlooks: await read('SELECT member, risk, rfm FROM outlook ORDER BY member'),
  }
}

/** Tables of ours with their rows; the search index is made anew. */
async function allRows(driver: Pick<Driver, 'all'>): Promise<Rows> {
  const tables = await driver.all<{ name: string }>(
    `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'member_search%'
      AND name NOT IN ('d1_migrations', 'guard')`,
    [],
  )
  const rows: Rows = {}
  for (const { name } of tables)
    rows[name] = (await driver.all<Record<string, unknown>>(`SELECT * FROM ${name}`, [])).map((row) => ({ ...row }))
  return rows
}

/** Statements that leave nothing in a database but these rows. */
export function putRows(rows: Rows): { sql: string; params: string[] }[] {
  const statements = [
    { sql: 'DROP TRIGGER IF EXISTS entry_is_never_deleted', params: [] as string[] },
    { sql: 'DELETE FROM member_search', params: [] },
  ]
  for (const [table, list] of Object.entries(rows)) {
    statements.push({ sql: `DELETE FROM ${table}`, params: [] })
    const [one] = list
    if (one === undefined) continue
    const columns = Object.keys(one)
    const values = columns.map((_, i) => `value ->> ${i}`).join(', ')
    statements.push({
      sql: `INSERT INTO ${table} (${columns.join(', ')}) SELECT ${values} FROM json_each(?)`,
      params: [JSON.stringify(list.map((row) => columns.map((column) => row[column])))],
    })
  }
  return statements
}
