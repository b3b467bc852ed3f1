// A history of purchases through the real server: each counts once, in whatever order and however often it is sent.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCliIn } from '../support/cli-process.ts'
import { newFolder, removeFolder, SECRET, type Server, startServer } from '../support/server.ts'

/** Each test starts several processes, on a machine that may have other work. */
const SLOW_MS = 60_000
const CDNOW = fileURLToPath(new URL('../../../shared/data/cdnow-sample.csv', import.meta.url))
const LONG_MS = 240_000

const folders: string[] = []
const servers: Server[] = []
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()))
  for (const folder of folders) removeFolder(folder)
})

async function start() {
  const folder = newFolder()
  folders.push(folder)
  // As fast as the machine can: what is tested here is the count.
  const server = await startServer({ folder })
  servers.push(server)
  const env = {
    DATABASE_PATH: server.databasePath,
    PROGRAM_FILE: join(folder, 'program.json'),
    STRIPE_WEBHOOK_SECRET: SECRET,
  }
  const regulars = (...words: string[]) => runCliIn(folder, words, env)
  const replay = (file: string, ...more: string[]) => regulars('replay', file, '--url', server.url, ...more)
  const balances = async () => {
    const { out } = await regulars('export', 'members')
    const [header = '', ...rows] = out.trim().split('\r\n')
    const column = (row: string, name: string) => row.split(',')[header.split(',').indexOf(name)]
    const members = rows.map((row) => ({ email: column(row, 'email') ?? '', earned: Number(column(row, 'earned')) }))
    return members.toSorted((a, b) => (a.email < b.email ? -1 : 1))
  }
  return { folder, regulars, replay, balances }
}

describe('replay', { timeout: SLOW_MS }, () => {
  let it: Awaited<ReturnType<typeof start>>
  let file = ''
  beforeAll(async () => {
    it = await start()
    file = join(it.folder, 'history.csv')
    writeFileSync(
      file,
      'customer;date;amount\n1;2026-01-05;10.00\n1;2026-01-05;10.00\n2;20260106;7.50\n2;2026-02-06;0\n',
    )
  })
  const expected = [
    { email: 'customer-1@replay.example', earned: 20 },
    { email: 'customer-2@replay.example', earned: 7 },
  ]

  test('records each purchase once, two alike on a day included', async () => {
    const { code, out } = await it.replay(file)
    expect([code, out]).toEqual([0, expect.stringContaining('3 events sent: 3 recorded, 0 duplicate, 0 failed.')])
    expect(await it.balances()).toEqual(expected)
  })

  test('changes nothing when it is sent again in an order of chance', async () => {
    const { out } = await it.replay(file, '--shuffle', '--seed', '9')
    expect(out).toContain('0 recorded, 3 duplicate')
    expect(await it.balances()).toEqual(expected)
  })

  test('takes everything back by refunds', async () => {
    const { code, out } = await it.replay(file, '--refund', '--shuffle')
    expect([code, out]).toEqual([0, expect.stringContaining('6 events sent: 6 recorded')])
    expect((await it.balances()).map(({ earned }) => earned)).toEqual([0, 0])
    expect((await it.regulars('verify')).code).toBe(0)
  })

  test('refuses a database of live payments', async () => {
    const { openNodeDriver } = await import('../../src/store/node-driver.ts')
    const path = join(it.folder, 'live.db')
    const { migrate } = await import('../../src/store/migrate.ts')
    const driver = openNodeDriver({ path })
    await migrate(driver)
    await driver.exclusively((sql) => sql.exec(`INSERT INTO name (name, target) VALUES ('mode:stripe', 'live')`))
    await driver.close()
    const env = { DATABASE_PATH: path, STRIPE_WEBHOOK_SECRET: SECRET }
    for (const words of [
      ['replay', file],
      ['pay', 'a@b.c', '1'],
    ]) {
      const { code, err } = await runCliIn(it.folder, words, env)
      expect([code, err]).toEqual([1, expect.stringContaining('live mode: test payments have no place there')])
    }
  })
})

describe.skipIf(!existsSync(CDNOW))('the CDNOW sample (skipped where ../shared/data is missing)', () => {
  /** Independent of our reader and of our arithmetic: whole dollars of each line, summed by customer. */
  function expectedPoints(): Map<string, number> {
    const points = new Map<string, number>()
    for (const line of readFileSync(CDNOW, 'utf8').trim().split('\n').slice(1)) {
      const [customer = '', , , dollars = ''] = line.split(',')
      if (Number(dollars) <= 0) continue
      const email = `customer-${customer}@replay.example`
      points.set(email, (points.get(email) ?? 0) + Number(dollars.split('.')[0]))
    }
    return points
  }
  const sum = (members: readonly { earned: number }[]) => members.reduce((total, { earned }) => total + earned, 0)

  test(
    'is 6,911 payments by 2,349 customers; sent again unchanged, refunded nothing is left',
    async () => {
      const { replay, balances, regulars } = await start()
      const first = await replay(CDNOW)
      expect(first.out).toContain('6,919 rows: 8 of 0 or less skipped, they are no purchases.')
      expect(first.out).toContain('6,911 events sent: 6,911 recorded, 0 duplicate, 0 failed.')
      const expected = expectedPoints()
      const members = await balances()
      expect(members).toHaveLength(2_349)
      expect(new Map(members.map(({ email, earned }) => [email, earned]))).toEqual(expected)
      const again = await replay(CDNOW, '--shuffle', '--seed', '2')
      expect(again.out).toContain('0 recorded, 6,911 duplicate, 0 failed.')
      expect(sum(await balances())).toBe(sum(members))
      const refunded = await replay(CDNOW, '--refund', '--shuffle', '--seed', '3')
      expect([refunded.code, refunded.out]).toEqual([0, expect.stringContaining('13,822 events sent')])
      expect(sum(await balances())).toBe(0)
      const { code, out } = await regulars('verify')
      expect([code, out]).toEqual([0, expect.stringContaining('6,911 payments')])
    },
    LONG_MS,
  )
})
