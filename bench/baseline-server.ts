// What ours is held against. `ceiling`: answers and does nothing, to see what the client can do. `bare`: Hono on Node
// and our check of the signature, no storage. `four`: the same and one transaction of four statements for each event;
// events that wait together share a commit, in the way that our store's driver does it.
import { createServer, type Socket } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { verifyStripeSignature } from '../integrations/stripe/verify-signature.ts'
import { WEBHOOK_SECRET } from './requests.ts'

const [kind = 'bare', database = ':memory:'] = process.argv.slice(2)
const port = Number(process.env.PORT)
const RECORDED = '{"outcome":"recorded"}'

type Handle = (payload: Uint8Array) => Promise<string>

function createBare(handle: Handle): Hono {
  const app = new Hono()
  app.get('/healthz', (c) => c.json({ status: 'alive' }))
  app.post('/stripe/webhook', async (c) => {
    const payload = new Uint8Array(await c.req.arrayBuffer())
    const header = c.req.header('stripe-signature')
    const verified = verifyStripeSignature({ payload, header, secrets: [WEBHOOK_SECRET], nowMs: Date.now() })
    if (!verified.ok) return c.json({ outcome: verified.reason }, 400)
    return Response.json({ outcome: await handle(payload) })
  })
  return app
}

const SCHEMA = `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16384;
  CREATE TABLE event (id TEXT NOT NULL PRIMARY KEY, payment TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE member (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, points INTEGER NOT NULL) STRICT;
  CREATE TABLE posting (seq INTEGER PRIMARY KEY, member INTEGER NOT NULL, payment TEXT NOT NULL UNIQUE, points INTEGER NOT NULL) STRICT;
  CREATE TABLE outbox (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, key INTEGER NOT NULL, UNIQUE (kind, key)) STRICT`

interface ReadEvent {
  id: string
  data: { object: { payment_intent: string; amount: number; billing_details: { email: string } } }
}

const decoder = new TextDecoder()
const BATCH_LIMIT = 256

/** The least that a loyalty program could store: the event, the member, the posting, and that HubSpot is to be told. */
function createRecorder(db: DatabaseSync): (event: ReadEvent) => string {
  const insertEvent = db.prepare('INSERT INTO event (id, payment) VALUES (?, ?) ON CONFLICT DO NOTHING')
  const putMember = db.prepare(`INSERT INTO member (email, points) VALUES (?, ?)
    ON CONFLICT (email) DO UPDATE SET points = points + excluded.points RETURNING id`)
  const insertPosting = db.prepare('INSERT INTO posting (member, payment, points) VALUES (?, ?, ?)')
  const putEffect = db.prepare('INSERT INTO outbox (kind, key) VALUES (?, ?) ON CONFLICT DO NOTHING')
  return ({ id, data: { object } }) => {
    const { payment_intent: payment, amount, billing_details: billing } = object
    if (insertEvent.run(id, payment).changes === 0) return 'duplicate'
    const points = Math.floor(amount / 100)
    const member = Number(putMember.get(billing.email, points)?.id)
    insertPosting.run(member, payment, points)
    putEffect.run('hubspot.contact', member)
    return 'recorded'
  }
}

function createFour(path: string): Handle {
  const db = new DatabaseSync(path)
  db.exec(SCHEMA)
  const record = createRecorder(db)
  let queue: { event: ReadEvent; resolve: (outcome: string) => void }[] = []
  const flush = (): void => {
    const jobs = queue.slice(0, BATCH_LIMIT)
    queue = queue.slice(jobs.length)
    db.exec('BEGIN IMMEDIATE')
    const outcomes = jobs.map(({ event }) => record(event))
    db.exec('COMMIT')
    for (const [index, job] of jobs.entries()) job.resolve(outcomes[index] ?? '')
    if (queue.length > 0) setImmediate(flush)
  }
  return (payload) => {
    const event = JSON.parse(decoder.decode(payload)) as ReadEvent
    return new Promise((resolve) => {
      if (queue.push({ event, resolve }) === 1) setImmediate(flush)
    })
  }
}

/** Speaks just enough HTTP to be asked; whole requests come in one or two pieces. */
function listenForNothing(): void {
  const answer = Buffer.from(
    `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${RECORDED.length}\r\n\r\n${RECORDED}`,
  )
  const serveSocket = (socket: Socket): void => {
    socket.setNoDelay(true)
    let missing = 0
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk: Buffer) => {
      if (missing === 0) {
        const head = chunk.indexOf('\r\n\r\n')
        const length = /content-length: (\d+)/i.exec(chunk.toString('latin1', 0, head))?.[1] ?? '0'
        missing = head + 4 + Number(length)
      }
      missing -= chunk.length
      if (missing === 0) socket.write(answer)
    })
  }
  createServer(serveSocket).listen(port, '127.0.0.1')
}

if (kind === 'ceiling') listenForNothing()
else {
  const handle: Handle = kind === 'four' ? createFour(database) : () => Promise.resolve('recorded')
  serve({ fetch: createBare(handle).fetch, port, hostname: '127.0.0.1' })
}
process.on('SIGTERM', () => process.exit(0))
