// The clock of the Worker in real workerd: ticks that come twice or five times at once, in isolates that know nothing of each
// other, that are cut off, or meet a D1 that fails. What they are held to is what Node makes of the same rows.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DueShop, dueProgram, makeDueShop, putRows, readBooks } from '../support/due-shop.ts'
import { CHANNELS, type ListeningSlack, listenAsSlack, PEOPLE, SLACK_TOKEN } from '../support/slack.ts'
import { startWatched, type WatchedWorker } from '../support/watched.ts'

const LONG = { timeout: 120_000 }
/** Of several people of each kind, and of one. */
let shop: DueShop
let small: DueShop
let slack: ListeningSlack
let folder: string

beforeAll(async () => {
  shop = await makeDueShop(Date.now(), 4)
  small = await makeDueShop(Date.now(), 1)
  slack = await listenAsSlack()
  folder = mkdtempSync(join(tmpdir(), 'regulars-clock-'))
  writeFileSync(join(folder, 'program.json'), JSON.stringify(dueProgram()))
}, 60_000)
afterAll(async () => {
  await slack.close()
  rmSync(folder, { recursive: true })
})

const start = (isolates: number, vars: Record<string, string> = {}): Promise<WatchedWorker> =>
  startWatched(null, { isolates, vars, program: join(folder, 'program.json') })

const fill = (worker: WatchedWorker, rows: DueShop['rows']): Promise<void> => worker.batch(putRows(rows))

const booksOf = (worker: WatchedWorker) => readBooks((sql) => worker.rows(sql))

describe('ticks at once', () => {
  let worker: WatchedWorker
  beforeAll(async () => {
    const told = { SLACK_ALERT_CHANNEL: CHANNELS.alerts, SLACK_API_URL: slack.apiUrl }
    worker = await start(2, { SLACK_BOT_TOKEN: SLACK_TOKEN, SLACK_SIGNING_SECRET: 'a-secret', ...told })
  }, 60_000)
  afterAll(() => worker?.close())

  it.each([
    [2, 'digest and new program included', 'rows', 1],
    // The rows are put back, and the isolates know that the day was told of.
    [5, 'but for the digest, which was told', 'woken', 0],
  ] as const)('%i of them, in two isolates, do each thing once, %s', LONG, async (times, _, rows, digests) => {
    const before = slack.double.sees(PEOPLE.ada).messages.length
    await fill(worker, shop[rows])
    expect(await booksOf(worker)).not.toEqual(shop.books)
    expect(await worker.tick(times)).toBe(0)
    // Whoever was not let in finds it done a minute later.
    expect(await worker.tick(times)).toBe(0)
    expect(await booksOf(worker)).toEqual(shop.books)
    const posted = slack.double.sees(PEOPLE.ada).messages.slice(before)
    expect(posted.filter(({ text }) => text.includes('in the last seven days'))).toHaveLength(digests)
    // And one card for whoever approves.
    expect(posted).toHaveLength(digests + 1)
    expect(await worker.rows(`SELECT kind FROM outbox WHERE kind LIKE 'slack.%'`)).toEqual([])
    expect(
      await worker.rows(`SELECT value ->> '$.last.judged' AS judged FROM setting WHERE name = 'retention_run'`),
    ).toEqual([{ judged: shop.rows.member?.length }])
    expect(await worker.rows('SELECT max(rowid) AS indexed FROM member_search')).toEqual([
      { indexed: shop.rows.member?.length },
    ])
  })
})

it('the shop has something of each kind that is due, and Node does it', () => {
  const done = Object.groupBy(shop.books.entries as { code: string }[], ({ code }) => code)
  for (const { code } of shop.rows.entry as { code: string }[]) done[code]?.pop()
  const counts = Object.entries(done).map(([code, entries]) => [code, entries?.length])
  expect(Object.fromEntries(counts.filter(([, count]) => count !== 0))).toEqual({
    birthday: 4,
    expired: 4,
    hold_over: 7,
    tier_reached: 24,
  })
  expect(shop.books.outlooks.length).toBeGreaterThan(0)
})

describe('a tick', () => {
  let worker: WatchedWorker
  beforeAll(async () => {
    worker = await start(1)
  }, 60_000)
  afterAll(() => worker?.close())

  /** So many batches there are in one, all told. */
  async function batchesOfOne(): Promise<number> {
    await fill(worker, small.woken)
    await worker.tick()
    await worker.harm()
    await fill(worker, small.woken)
    await worker.tick()
    return (await worker.watch()).batches
  }

  it.each([
    ['whose D1 loses its answer to a batch, to each even one in turn', { times: 1, how: 'lose' }, 0],
    ['that is cut off before a batch, before each odd one in turn', { times: 1_000_000, how: 'refuse' }, 1],
  ] as const)('%s leaves nothing undone and nothing double', LONG, async (_, fault, first) => {
    const batches = await batchesOfOne()
    expect(batches).toBeGreaterThan(20)
    for (let after = first; after < batches; after += 2) {
      await fill(worker, small.woken)
      await worker.harm({ batch: { ...fault, after } })
      await worker.tick()
      await worker.harm()
      expect(await worker.tick(), `after ${after}`).toBe(0)
      expect(await booksOf(worker), `after ${after}`).toEqual(small.books)
    }
  })
})
