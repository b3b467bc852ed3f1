// `export --all` and `import --all` against hosts that do not do as they should: each refusal in words, the old host untouched.
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/compose/open-database.ts'
import { arrivingPath, install, isOpenElsewhere, isUnusedFile, makeRoom } from '../../src/compose/transfer-files.ts'
import { compose } from '../../src/compose.ts'
import { parseConfig } from '../../src/config.ts'
import { createMetrics } from '../../src/metrics.ts'
import type { NodeDriver } from '../../src/store/node-driver.ts'
import { runInMemory } from '../support/cli-context.ts'
import { makeProgram } from '../support/programs.ts'
import { stripePayment } from '../support/stripe-events.ts'
import { createWorld, staff } from '../support/world.ts'

const KEY = 'integration-key-0123456789'
const URL_THERE = 'https://there.example.org'
const silent = () => {}
const logger = { debug: silent, info: silent, warn: silent, error: silent }

let folder: string
let source: string
const open: { close(): Promise<void> }[] = []

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'regulars-transfer-'))
  source = join(folder, 'source.db')
  const { store, driver } = await openDatabase(source)
  const world = await createWorld({ program: makeProgram(), store, now: Date.now() })
  for (let i = 0; i < 3; i++)
    await world.deliver(stripePayment({ at: Date.now() - 60_000, amount: 1_000, email: `m${i}@example.org` }).charge())
  await driver.close()
})
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
  rmSync(folder, { recursive: true })
})

/** A host on the other end of the network, over a database of its own. */
async function hostAt(path: string, variables: Record<string, string> = { REGULARS_PAUSED: '1' }) {
  const parsed = parseConfig({
    API_KEYS: `test:${KEY}:admin,reader:${KEY}r:write`,
    STRIPE_WEBHOOK_SECRET: 'whsec_1',
    ...variables,
  })
  if (!parsed.ok) throw new Error(parsed.problems.join())
  const { store, driver } = await openDatabase(path, undefined, false, parsed.config.paused)
  open.push(driver)
  const server = await compose(parsed.config, {
    store,
    program: makeProgram(),
    clock: { now: () => Date.now() },
    random: (count) => crypto.getRandomValues(new Uint8Array(count)),
    logger,
    metrics: createMetrics(),
    remoteAddress: () => '127.0.0.1',
  })
  const http: typeof fetch = async (input, init) => server.http.request(String(input).replace(URL_THERE, ''), init)
  return { fetch: http, driver, app: server.app }
}

const keyOf = (key: string, scope: string) => [{ name: 'test', key, scope }]
const run = (
  words: string[],
  over: { fetch?: typeof fetch; databasePath?: string; local?: boolean; key?: string } = {},
) => {
  const { fetch, databasePath = source, local = false, key = KEY } = over
  return runInMemory(words, {
    ...(fetch && { fetch }),
    settings: { databasePath, local, apiKeys: keyOf(key, 'admin') },
  })
}
async function exported(): Promise<string> {
  const file = join(folder, 'move.ndjson')
  const { code, err } = await run(['export', '--all', '--out', file])
  expect([code, err]).toEqual([0, ''])
  return file
}
const put = (driver: NodeDriver, sql: string, ...params: (string | number)[]) =>
  driver.commit(() => ({ outcome: null, writes: [{ sql, params }], guards: () => [] }))

describe('export --all', () => {
  it.each([
    ['nowhere to write to', ['export', '--all'], 'needs --out FILE', 2],
    ['members alone', ['export', 'members', '--all', '--out', 'x'], 'not members alone', 2],
    [
      'an address in the clear',
      ['export', '--all', '--out', 'x', '--from', 'http://there.example.org'],
      'such as https',
      2,
    ],
    ['--from without --all', ['export', '--from', URL_THERE], 'go with --all', 2],
  ])('refuses %s', async (_, words, why, code) => {
    const ended = await run(words)
    expect(ended.err).toContain(why)
    expect(ended.code).toBe(code)
  })

  it('refuses the sandbox, an empty database, and one that is not there', async () => {
    const out = join(folder, 'x.ndjson')
    const { driver } = await openDatabase(join(folder, 'empty.db'))
    await driver.close()
    expect((await run(['export', '--all', '--out', out], { databasePath: join(folder, 'empty.db') })).err).toContain(
      'is empty',
    )
    expect((await run(['export', '--all', '--out', out], { databasePath: join(folder, 'no.db') })).err).toContain(
      'there is no database',
    )
    const sandbox = await openDatabase(source)
    await put(sandbox.driver, `INSERT INTO setting VALUES ('is_sandbox', 'yes')`)
    await sandbox.driver.close()
    expect((await run(['export', '--all', '--out', out])).err).toContain('sandbox')
    expect(existsSync(out) || existsSync(`${out}.partial`)).toBe(false)
  })

  it('refuses a number that not every host keeps, and a host that changes while it is read', async () => {
    const out = join(folder, 'x.ndjson')
    const { fetch, driver, app } = await hostAt(join(folder, 'host.db'))
    await put(driver, `INSERT INTO name VALUES ('a', 'b')`)
    const busy: typeof fetch = async (input, init) => {
      const response = await fetch(input, init)
      if (String(input).endsWith('/pages'))
        await put(driver, `INSERT OR IGNORE INTO name VALUES (hex(randomblob(8)), 'b')`)
      return response
    }
    const changed = await run(['export', '--all', '--from', URL_THERE, '--out', out], { fetch: busy })
    expect(changed.err).toContain('changed while it was read')
    expect(existsSync(out) || existsSync(`${out}.partial`)).toBe(false)
    expect((await app.transferStatus()).isPaused).toBe(true)
    await put(driver, `INSERT INTO counter VALUES ('c', 1, 9007199254740993)`)
    const large = await run(['export', '--all', '--from', URL_THERE, '--out', out], { fetch })
    expect(large.err).toContain('A whole number in counter is above 2^53')
    expect(existsSync(out)).toBe(false)
  })

  it('notices what is only changed while it is read', async () => {
    const out = join(folder, 'x.ndjson')
    const { fetch, driver } = await hostAt(join(folder, 'host.db'))
    await put(driver, `INSERT INTO counter VALUES ('stock', 1, 7)`)
    const busy: typeof fetch = async (input, init) => {
      const response = await fetch(input, init)
      if (String(input).endsWith('/pages')) await put(driver, 'UPDATE counter SET version = version + 1, value = 6')
      return response
    }
    const changed = await run(['export', '--all', '--from', URL_THERE, '--out', out], { fetch: busy })
    expect(changed.err).toContain('changed while it was read')
    expect(existsSync(out) || existsSync(`${out}.partial`)).toBe(false)
  })

  it('keeps nothing of a host that is put to work while it is read', async () => {
    const paused = await hostAt(source)
    const working = await hostAt(source, {})
    let isRead = false
    const unpaused: typeof fetch = async (input, init) => {
      const isStatus = String(input).endsWith('/transfer')
      isRead ||= !isStatus
      return (isRead && isStatus ? working : paused).fetch(input, init)
    }
    const out = join(folder, 'x.ndjson')
    const ended = await run(['export', '--all', '--from', URL_THERE, '--out', out], { fetch: unpaused })
    expect(ended.err).toContain('was put to work while it was read')
    expect(existsSync(out)).toBe(false)
  })

  it('keeps nothing of a file whose server is started while it is read', async () => {
    const out = join(folder, 'x.ndjson')
    const [words, settings] = [['export', '--all', '--out', out], { databasePath: source, local: false }]
    const begun = runInMemory(words, { settings })
    while (!existsSync(`${out}.partial`)) await new Promise((resolve) => setImmediate(resolve))
    // At once, as a server does: there are two dozen tables still to be read.
    const server = new DatabaseSync(source)
    server.prepare('SELECT count(*) FROM setting').get()
    open.push({ close: async () => server.close() })
    expect((await begun).err).toContain('was put to work while it was read')
    expect(existsSync(out) || existsSync(`${out}.partial`)).toBe(false)
  })

  it('refuses a host that is at work, and says how to pause it', async () => {
    const { fetch } = await hostAt(source, {})
    const words = ['export', '--all', '--from', URL_THERE, '--out', join(folder, 'x.ndjson')]
    expect((await run(words, { fetch })).err).toContain('npm run deploy -- --paused')
    expect((await run([...words, '--copy'], { fetch })).out).toContain('a copy for a trial')
  })

  it('reads a server’s database only when that rests, whoever has it open', async () => {
    expect(isOpenElsewhere(source)).toBe(false)
    const words = ['export', '--all', '--out', join(folder, 'x.ndjson')]
    expect((await run(words)).code).toBe(0)
  })
})

describe('import --all', () => {
  it('is refused by a host that has no key of this scope, no such version, or a database in use', async () => {
    const file = await exported()
    const words = ['import', '--all', file, '--to', URL_THERE]
    const { fetch, driver } = await hostAt(join(folder, 'host.db'))
    expect((await run(words, { fetch, key: `${KEY}r` })).err).toContain('scope admin')
    expect((await run(words, { fetch, key: 'nobodys' })).err).toContain('401')
    expect((await run(words, { fetch: async () => new Response('hello', { status: 404 }) })).err).toContain(
      'is not this version of Regulars',
    )
    expect(
      (
        await run(words, {
          fetch: async () => {
            throw new TypeError('no')
          },
        })
      ).err,
    ).toContain('does not answer')
    await put(driver, `INSERT INTO name VALUES ('email:ada@example.org', 'mem_1')`)
    expect((await run(words, { fetch })).err).toContain('the database is in use')
    const { fetch: atWork } = await hostAt(join(folder, 'work.db'), {})
    expect((await run(words, { fetch: atWork })).err).toContain('is at work. Pause it first')
    expect((await run(words, { fetch, key: '' })).code).toBe(1)
  })

  it('takes the place of what a host wrote when it first started', async () => {
    const file = await exported()
    const path = join(folder, 'host.db')
    const first = await hostAt(path, {})
    expect((await first.app.stats()).members).toBe(0)
    expect((await first.driver.all('SELECT name FROM setting', [])).length).toBeGreaterThan(1)
    await first.driver.close()
    open.length = 0
    const { fetch, app } = await hostAt(path)
    const { code, out, err } = await run(['import', '--all', file, '--to', URL_THERE], { fetch })
    expect(code, err + out).toBe(0)
    expect((await app.stats()).members).toBe(3)
  })

  it('sends nobody to work with a copy for a trial, whose host is at work', async () => {
    const { fetch: working } = await hostAt(source, {})
    const file = join(folder, 'copy.ndjson')
    await run(['export', '--all', '--copy', '--from', URL_THERE, '--out', file], { fetch: working })
    const { fetch } = await hostAt(join(folder, 'trial.db'))
    const words = ['import', '--all', file, '--copy']
    const there = await run([...words, '--to', URL_THERE], { fetch })
    expect(there.out).toContain('Leave it paused')
    expect(there.out).not.toMatch(/to work: |Stripe's endpoint|Leave the old host/)
  })

  it('says what is wrong with the words before it reads the file', async () => {
    const file = await exported()
    const words = ['import', '--all', file, '--to']
    const wrong = await run([...words, 'http://there.example.org'])
    expect([wrong.code, wrong.out]).toEqual([2, ''])
    const keyless = await runInMemory([...words, URL_THERE], { settings: { apiKeys: keyOf(KEY, 'write') } })
    expect([keyless.code, keyless.out]).toEqual([1, ''])
  })

  it('takes columns by their names alone, and no place that is no text or number', async () => {
    const { fetch } = await hostAt(join(folder, 'host.db'))
    const send = async (method: string, path: string, body: object) => {
      const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', 'idempotency-key': path }
      const init = { method, headers, body: JSON.stringify(body) }
      return (await fetch(`${URL_THERE}/api/v1/transfer/${path}`, init)).status
    }
    expect(await send('PUT', 'abc', { digest: 'a'.repeat(64), chunks: 1 })).toBe(200)
    const columns = ['name,target']
    expect(await send('PUT', 'abc/chunks/0', { table: 'name', columns, rows: [['a']] })).toBe(400)
    expect(await send('POST', 'pages', { table: 'name', after: [{ a: 1 }] })).toBe(400)
    expect(await send('POST', 'pages', { table: 'name', after: [['a']] })).toBe(400)
    expect(await send('POST', 'pages', { table: 'name', after: ['a'] })).toBe(200)
  })

  it('does not call it done when a host did not store what it was sent', async () => {
    const file = await exported()
    const { fetch, driver } = await hostAt(join(folder, 'host.db'))
    const lying: typeof fetch = async (input, init) => {
      const response = await fetch(input, init)
      if (String(input).endsWith('/index'))
        await put(driver, `UPDATE payment SET paid_minor = paid_minor + 1 WHERE rowid = 2`)
      return response
    }
    const words = ['import', '--all', file, '--to', URL_THERE]
    const ended = await run(words, { fetch: lying })
    expect(ended.code).toBe(1)
    expect(ended.out).toContain('Row 2 of payment is not as in the file.')
    expect(ended.out).not.toContain('done')
    // What names nobody: no value of a row is in what is said.
    expect(ended.out + ended.err).not.toContain('example.org')
    expect((await run([...words, '--clear'], { fetch })).out).toContain('the database is empty again')
    expect(await driver.all('SELECT count(*) AS n FROM entry', [])).toEqual([{ n: 0 }])
    expect((await run(words, { fetch })).out).toContain('The move is done.')
  })

  it('says what does not add up, and finishes only when that is wanted', async () => {
    const broken = await openDatabase(source)
    await put(broken.driver, 'UPDATE member SET available = available + 5 WHERE n = 1')
    await broken.driver.close()
    const file = await exported()
    const { fetch, app } = await hostAt(join(folder, 'host.db'))
    const words = ['import', '--all', file, '--to', URL_THERE]
    const ended = await run(words, { fetch })
    expect(ended.code).toBe(1)
    expect(ended.out).toContain('not as the journal says')
    expect(ended.out).toContain('these differences came with the rows')
    expect((await app.transferStatus()).transfer?.state).toBe('arriving')
    expect((await run([...words, '--with-differences'], { fetch })).out).toContain('The move is done.')
  })

  it('refuses a row that D1 would not take before anything is sent', async () => {
    const large = await openDatabase(source)
    const payload = 'x'.repeat(2_000_000)
    await put(large.driver, `INSERT INTO inbox VALUES ('evt_1', 't', 'parked', 'r', ?, 1, 1, 1)`, payload)
    await large.driver.close()
    const file = await exported()
    const { fetch, app } = await hostAt(join(folder, 'host.db'))
    expect((await run(['import', '--all', file, '--to', URL_THERE], { fetch })).err).toContain('a row of inbox has')
    expect((await app.transferStatus()).transfer).toBeNull()
  })

  it('stores a row of nearly that size, however it is written', async () => {
    const large = await openDatabase(source)
    const payload = '"\\\u0001'.repeat(480_000)
    await put(large.driver, `INSERT INTO inbox VALUES ('evt_1', 't', 'parked', 'r', ?, 1, 1, 1)`, payload)
    await large.driver.close()
    const file = await exported()
    const { fetch, driver } = await hostAt(join(folder, 'host.db'))
    const ended = await run(['import', '--all', file, '--to', URL_THERE], { fetch })
    expect(ended.code, ended.out + ended.err).toBe(0)
    expect(await driver.all('SELECT payload FROM inbox', [])).toEqual([{ payload }])
  })

  it('is refused here without credentials, into a database in use, and while a server has it open', async () => {
    const file = await exported()
    const words = ['import', '--all', file]
    expect((await run(words, { local: true, databasePath: join(folder, 'new.db') })).err).toContain(
      'no credentials are set',
    )
    expect((await run(words)).err).toContain('is in use: only an empty one takes a transfer')
    expect((await run([...words, '--clear'], { databasePath: join(folder, 'new.db') })).err).toContain(
      'nothing to take back',
    )
    expect((await run(['import', file, '--to', URL_THERE])).err).toContain('--to goes with --all')
    writeFileSync(join(folder, 'new.db'), '')
    const copy = readFileSync(source)
    expect((await run([...words, '--dry-run'], { databasePath: join(folder, 'other.db') })).err).toContain(
      'bring it up to date first',
    )
    expect(readFileSync(source)).toEqual(copy)
  })
})

describe('a paused host', () => {
  const vendor = { STRIPE_SECRET_KEY: 'sk_test_1', STRIPE_API_URL: 'http://127.0.0.1:1' }
  const EFFECT = `INSERT INTO outbox (kind, key, payload, due_at) VALUES ('stripe.session', 'cs_1', '{"session":"cs_1"}', 1)`

  it('delivers nothing: what waits goes out from where it is taken to', async () => {
    const { app, driver } = await hostAt(source, { REGULARS_PAUSED: '1', ...vendor })
    await put(driver, EFFECT)
    const before = await driver.all('SELECT * FROM outbox', [])
    expect(await app.drainOutbox()).toBe(0)
    expect(await driver.all('SELECT * FROM outbox', [])).toEqual(before)
    const working = await hostAt(source, vendor)
    expect(await working.app.drainOutbox()).toBeGreaterThan(0)
  })

  it('finds people, also those whom nobody had indexed, and makes its reports', async () => {
    const { app, driver } = await hostAt(source)
    expect(await driver.all('SELECT count(*) AS n FROM member_search', [])).toEqual([{ n: 0 }])
    const found = await app.listMembers({ query: 'm1@', limit: 10 })
    expect(found.ok && found.value.items.map(({ email }) => email)).toEqual(['m1@example.org'])
    expect((await app.report('summary', {})).ok).toBe(true)
    expect((await app.glance(0))?.members).toBeDefined()
    expect((await app.verify()).discrepancies).toEqual([])
  })

  it('writes nothing when it starts, and nothing of whoever asks it to', async () => {
    const path = join(folder, 'fresh.db')
    const { app, driver } = await hostAt(path)
    const enrolment = { email: 'ada@example.org', name: null, birthday: null, enrolledAt: null, referredBy: null }
    await expect(app.enrolMember(enrolment, { source: 'x', actor: 'x' }, null)).rejects.toThrow('is paused')
    await expect(app.putSetting('a', 'b')).rejects.toThrow('is paused')
    await expect(app.queueDigest('2026-11-22')).rejects.toThrow('is paused')
    const { tables, isUnused } = await app.transferStatus()
    expect([isUnused, tables.filter(({ rows }) => rows > 0)]).toEqual([true, []])
    expect(await driver.all('SELECT count(*) AS n FROM guard', [])).toEqual([{ n: 0 }])
  })
})

describe('a new database on a machine', () => {
  it('is made where only its owner looks, by one at a time, and takes nobody’s name before it is whole', async () => {
    const path = join(folder, 'deep', 'regulars.db')
    await makeRoom(path)
    expect(statSync(arrivingPath(path)).mode & 0o777).toBe(0o600)
    const { driver } = await openDatabase(arrivingPath(path))
    await expect(makeRoom(path)).rejects.toThrow('another import is at work')
    await put(driver, `INSERT INTO setting VALUES ('a', 'b')`)
    await driver.close()
    expect(existsSync(path)).toBe(false)
    await install(path)
    expect([existsSync(path), existsSync(arrivingPath(path))]).toEqual([true, false])
    expect(await isUnusedFile(path)).toBe(true)
    // What a process that was killed left behind is in nobody's way.
    writeFileSync(arrivingPath(path), 'half')
    await expect(makeRoom(path)).resolves.toBeUndefined()
  })
})

describe('verify in slices', () => {
  it('says of all members together what it says at once, the stock of rewards too', async () => {
    const { store, driver } = await openDatabase(join(folder, 'many.db'))
    open.push(driver)
    const mug = {
      id: 'mug',
      name: 'Mug',
      cost: 0,
      stock: 500,
      fulfil: { kind: 'manual' as const, instructions: 'Here' },
    }
    const { app } = await createWorld({ program: makeProgram({ rewards: [mug] }), store })
    const emails = Array.from({ length: 450 }, (_, i) => `m${i}@example.org`)
    await Promise.all(emails.map((email) => app.enrolMember({ email }, staff, null)))
    for (const email of emails.slice(0, 430)) {
      const redeemed = await app.redeem(
        `email:${email}`,
        { reward: 'mug', charge: 'house', partner: null, note: null },
        staff,
        null,
      )
      expect(redeemed.ok ? '' : redeemed.message).toBe('')
    }
    const inSlices = async () => {
      const slices = [await app.verifySlice(null)]
      for (let next = slices[0]?.next ?? null; next !== null; next = slices.at(-1)?.next ?? null)
        slices.push(await app.verifySlice(JSON.parse(JSON.stringify(next))))
      expect(slices.length).toBe(3)
      return {
        members: slices.reduce((sum, { members }) => sum + members, 0),
        discrepancies: slices.flatMap(({ discrepancies }) => discrepancies),
      }
    }
    expect(await inSlices()).toEqual({ members: 450, discrepancies: [] })
    await put(driver, 'UPDATE counter SET value = value + 1')
    const { discrepancies } = await app.verify()
    expect(discrepancies).toEqual([{ what: 'stock', id: 'mug', expected: '430', found: '431' }])
    expect((await inSlices()).discrepancies).toEqual(discrepancies)
  })
})
