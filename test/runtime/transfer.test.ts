// A move between hosts, from a machine's database to a Worker in workerd and back to a machine: nothing lost, nothing double,
// and whoever is served by the new host finds everything as it was.
import { copyFileSync, createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { createGunzip } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readIncomingEvent } from '../../integrations/stripe/incoming-event.ts'
import { writeMessage } from '../../src/compose/event-queue.ts'
import { runInMemory } from '../support/cli-context.ts'
import { runCliIn } from '../support/cli-process.ts'
import { KEY, type PausableWorker, startPausable } from '../support/pausable.ts'
import { MOVER, makeRichDatabase, moverCharge, moverPaid } from '../support/rich-database.ts'
import { databaseIn, newFolder, removeFolder, SECRET, startServer } from '../support/server.ts'
import { stripePayment } from '../support/stripe-events.ts'

const LONG = { timeout: 120_000 }
const folder = mkdtempSync(join(tmpdir(), 'regulars-move-'))
const at = (name: string): string => join(folder, name)
const SOURCE = at('old.db')

let worker: PausableWorker
let members = 0

beforeAll(async () => {
  const [started, made] = await Promise.all([startPausable(true), makeRichDatabase(SOURCE, { commands: 220, seed: 7 })])
  worker = started
  members = made.members
}, 120_000)
afterAll(async () => {
  await worker.close()
  rmSync(folder, { recursive: true })
})

const apiKeys = [{ name: 'test', key: KEY, scope: 'admin' }]
interface Setup {
  fetch?: typeof fetch
  interrupted?: AbortSignal
  databasePath?: string
  port?: number
}
const run = (words: string[], { databasePath = SOURCE, port = 1, ...setup }: Setup = {}) =>
  runInMemory(words, { fetch, ...setup, settings: { databasePath, apiKeys, local: false, port } })

const linesOf = async (file: string): Promise<string[]> =>
  (await text(file.endsWith('.gz') ? createReadStream(file).pipe(createGunzip()) : createReadStream(file))).split('\n')
/** The lines between the first, which says when it was written, and the last. */
const rowsOf = async (file: string): Promise<string[]> => (await linesOf(file)).slice(1, -2)

const messageOf = (event: object): string => {
  const read = readIncomingEvent(JSON.stringify(event), Date.now())
  const message = read.ok ? writeMessage(read.event) : null
  if (message === null) throw new Error('no message')
  return message
}

/** A network on which something happens at some chunks. */
function networkWith(happens: (chunk: number) => 'nothing' | 'answer lost' | 'twice' | 'cut'): typeof fetch {
  let chunks = 0
  return async (input, init) => {
    const what = String(input).includes('/chunks/') ? happens(chunks++) : 'nothing'
    if (what === 'cut') throw new TypeError('fetch failed')
    const response = await fetch(input, init)
    if (what === 'answer lost') throw new TypeError('fetch failed')
    return what === 'twice' ? fetch(input, init) : response
  }
}

const purchase = stripePayment({ at: Date.now() - 60_000, amount: 1_000, email: 'later@example.org' }).charge()

describe('a move from a machine to a Worker and on', () => {
  const file = at('move.ndjson.gz')

  it('writes a file of everything, for its owner alone, that never replaces another', async () => {
    const { code, out, err } = await run(['export', '--all', '--out', file])
    expect([code, err]).toEqual([0, ''])
    expect(out).toContain(`${members} members`)
    expect(out).toContain('two hosts at work would deliver everything twice')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await run(['export', '--all', '--out', file])).err).toContain('is there already')
    // Who is at work at this moment is nobody's history.
    expect((await linesOf(file)).join()).not.toContain('flush:hubspot.contact')
  })

  it('is refused by a Worker with another schema, or for another key', async () => {
    const words = ['import', '--all', file, '--to', worker.url]
    const lines = (await linesOf(file)).slice(0, -1)
    const header = JSON.parse(lines[0] ?? '') as { migrations: string[] }
    expect(header.migrations.length).toBeGreaterThan(0)
    const older: typeof fetch = async (input, init) => {
      const response = await fetch(input, init)
      const body = (await response.json()) as { migrations?: string[] }
      return Response.json({ ...body, migrations: [...(body.migrations ?? []), '9999_later.sql'] })
    }
    expect((await run(words, { fetch: older })).err).toContain('the database has 9999_later.sql, and the file has not')
    const stranger = await runInMemory(words, {
      fetch,
      settings: { local: false, apiKeys: [{ name: 'x', key: 'no', scope: 'admin' }] },
    })
    expect(stranger.err).toContain('API_KEYS')
    expect((await run([...words, '--dry-run'])).out).toContain('would take it. Nothing was changed.')
    expect(await worker.rows('SELECT count(*) AS n FROM member')).toEqual([{ n: 0 }])
  })

  it('goes on after an interruption, stores each chunk once, and is not served before it is whole', LONG, async () => {
    const words = ['import', '--all', file, '--to', worker.url]
    const interruption = new AbortController()
    const breaking = networkWith((chunk) => {
      if (chunk === 3) interruption.abort()
      return 'nothing'
    })
    const broken = await run(words, { fetch: breaking, interrupted: interruption.signal })
    expect(broken.code).toBe(130)
    expect(broken.out).toContain('Run it again: it goes on where it was')

    await worker.setPaused(false)
    expect((await worker.call('/api/v1/members')).status).toBe(503)
    expect((await worker.deliver(moverCharge))[0]).toBe(503)
    await worker.setPaused(true)
    // What the queue hands over waits there: beside rows that arrive nothing is recorded.
    expect(await worker.consume([messageOf(purchase)])).toEqual(['retry'])
    // Another file does not mix with it.
    const other = at('other.ndjson')
    expect((await run(['export', '--all', '--out', other])).code).toBe(0)
    expect((await run(['import', '--all', other, '--to', worker.url])).err).toContain('another transfer is under way')
    expect((await run(['import', '--all', other, '--to', worker.url, '--clear'])).err).toContain(
      'no unfinished transfer',
    )

    const shaky = networkWith((chunk) => (['answer lost', 'twice', 'cut', 'nothing'] as const)[chunk % 4] ?? 'nothing')
    const { code, out, err } = await run(words, { fetch: shaky })
    expect(code, out + err).toBe(0)
    expect(out).toContain('Going on after 4 of')
    expect(out).toContain('Every row is as in the file.')
    expect(out).toContain('The books are right.')
    expect(out).toContain('The move is done.')
    expect((await run(words)).out).toContain('done already')
    expect((await run([...words, '--clear'])).err).toContain('no unfinished transfer')
  })

  it('reads back from the Worker as it came from the machine, to the last letter', LONG, async () => {
    const back = at('back.ndjson')
    const { code, err } = await run(['export', '--all', '--from', worker.url, '--out', back])
    expect([code, err]).toEqual([0, ''])
    expect(await rowsOf(back)).toEqual(await rowsOf(file))
    // Something stood in every table.
    const { tables } = JSON.parse((await linesOf(back))[0] ?? '') as { tables: { name: string; rows: number }[] }
    expect(tables.filter(({ rows }) => rows === 0)).toEqual([])
  })

  it('moves on to another machine, whose server works with it', LONG, async () => {
    const home = newFolder()
    const env = {
      STRIPE_WEBHOOK_SECRET: SECRET,
      DATABASE_PATH: join(home, 'regulars.db'),
      PROGRAM_FILE: join(home, 'p.json'),
    }
    writeFileSync(env.PROGRAM_FILE, JSON.stringify({ name: 'Corner Club', currency: 'usd' }))
    const moved = await runCliIn(home, ['import', '--all', at('back.ndjson')], env)
    expect([moved.code, moved.err]).toEqual([0, ''])
    expect(moved.out).toContain('The books are right.')
    expect((await stat(env.DATABASE_PATH)).mode & 0o777).toBe(0o600)
    const again = at('again.ndjson')
    expect((await run(['export', '--all', '--out', again], { databasePath: env.DATABASE_PATH })).code).toBe(0)
    expect(await rowsOf(again)).toEqual(await rowsOf(file))
    const verified = await runCliIn(home, ['verify'], env)
    expect(verified.out).toContain('The books are right.')
    const refused = await runCliIn(home, ['import', '--all', at('back.ndjson')], env)
    expect(refused.err).toContain('is in use: only an empty one takes a transfer')
    removeFolder(home)
  })
})

describe('a Worker that is still paused', () => {
  it('answers what is asked, and refuses what it would have to keep', LONG, async () => {
    expect(await (await worker.call('/readyz')).json()).toEqual({ status: 'paused' })
    expect(await (await worker.call('/healthz')).json()).toEqual({ status: 'alive' })
    expect((await worker.call('/api/v1/members')).status).toBe(200)
    expect(await worker.deliver(purchase)).toEqual([503, 'unavailable'])
    const body = { points: 5, reason: 'Goodwill' }
    const path = `/api/v1/members/${encodeURIComponent(`email:${MOVER}`)}/adjustments`
    const refused = await worker.call(path, { method: 'POST', body })
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '60'])
    expect(((await refused.json()) as { detail: string }).detail).toContain('paused while its data is moved')
    const before = await worker.rows('SELECT id, tries, due_at, revision FROM outbox ORDER BY id')
    await worker.tick()
    expect(await worker.rows('SELECT id, tries, due_at, revision FROM outbox ORDER BY id')).toEqual(before)
  })

  it('records what its queue still holds: that was acknowledged before the pause', LONG, async () => {
    const queued = stripePayment({ at: Date.now() - 60_000, amount: 1_500, email: 'queued@example.org' }).charge()
    expect(await worker.consume([messageOf(queued)])).toEqual(['ack'])
    expect(await worker.rows(`SELECT purchases FROM member WHERE email = 'queued@example.org'`)).toEqual([
      { purchases: 1 },
    ])
  })
})

describe('a Worker that is put to work after a move', () => {
  it(
    'finds people, knows what it was told before, and takes back points of a purchase made on the old host',
    LONG,
    async () => {
      await worker.setPaused(false)
      const found = await worker.call(`/api/v1/members?query=${encodeURIComponent('ገነት')}`)
      const { members: people } = (await found.json()) as { members: { email: string }[] }
      expect(people.map(({ email }) => email)).toEqual([MOVER])
      const ref = `/api/v1/members/${encodeURIComponent(`email:${MOVER}`)}`
      const before = (await (await worker.call(ref)).json()) as { points: { earned: number }; spend: { total: number } }
      expect(before.spend.total).toBe(4_200)
      expect(before.points.earned).toBeGreaterThan(0)
      expect(await worker.deliver(moverCharge)).toEqual([200, 'duplicate'])
      expect(await worker.deliver(purchase)).toEqual([200, 'recorded'])
      expect(await worker.deliver(moverPaid.refunded(4_200))).toEqual([200, 'recorded'])
      const after = (await (await worker.call(ref)).json()) as typeof before
      expect(after.spend.total).toBe(0)
      expect(after.points.earned).toBeLessThan(before.points.earned)
      expect((await run(['import', '--all', at('move.ndjson.gz'), '--to', worker.url])).err).toContain(
        'is at work. Pause it',
      )
    },
  )
})

describe('a paused server of a machine', () => {
  it('answers 503 to what it would have to keep, and goes on when it is not paused any more', LONG, async () => {
    const home = newFolder()
    copyFileSync(SOURCE, databaseIn(home))
    const paused = await startServer({ folder: home, env: { REGULARS_PAUSED: '1' } })
    expect(await (await fetch(`${paused.url}/readyz`)).json()).toEqual({ status: 'paused' })
    expect((await paused.client.deliver(purchase)).status).toBe(503)
    // A server that rests is as good as one that is stopped.
    const resting = at('resting.ndjson')
    const port = Number(new URL(paused.url).port)
    const exported = await run(['export', '--all', '--out', resting], { databasePath: paused.databasePath, port })
    expect([exported.code, exported.err]).toEqual([0, ''])
    expect(await rowsOf(resting)).toEqual(await rowsOf(at('move.ndjson.gz')))
    expect((await linesOf(resting))[0]).toContain('"rest":"paused"')
    await paused.stop()
    const server = await startServer({ folder: home })
    expect((await server.client.deliver(purchase)).status).toBe(200)
    // Nobody moves what is at work.
    const words = ['export', '--all', '--out', at('working.ndjson')]
    const { code, err } = await run(words, { databasePath: server.databasePath })
    expect(code).toBe(1)
    expect(err).toContain('Stop it, or start the server with REGULARS_PAUSED=1')
    expect((await run([...words, '--copy'], { databasePath: server.databasePath })).out).toContain('a copy for a trial')
    const copied = ['import', '--all', at('working.ndjson'), '--to', worker.url]
    expect((await run(copied)).err).toContain('its host was at work when the file was written')
    const env = { STRIPE_WEBHOOK_SECRET: SECRET, DATABASE_PATH: server.databasePath }
    expect((await runCliIn(home, ['import', '--all', at('move.ndjson.gz')], env)).err).toContain(
      'Stop it, or name another file',
    )
    await server.stop()
    expect((await readFile(at('working.ndjson'), 'utf8')).split('\n')[0]).toContain('"rest":"at work"')
    removeFolder(home)
  })
})
