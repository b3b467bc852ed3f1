// The Worker with its database and queue watched, and in the way of harm: for tests and the bench in workerd. It counts what
// D1 is asked and reads, and fails what it is told to fail. Nothing of it is in the Worker that is deployed.
import type { ExecutionContext, MessageBatch, ScheduledController } from '@cloudflare/workers-types'
import worker, { type Env } from '../../src/worker.ts'

interface Counts {
  batches: number
  statements: number
  rowsRead: number
  rowsWritten: number
  /** What each statement read and wrote, by its text, where that was asked for. */
  byText: Record<string, { times: number; rowsRead: number; rowsWritten: number }>
  /** Batches that D1 refused: guards broken by others. */
  refused: number
  queued: number
  /** What the queue handed over: batches, messages, and those handed over again. */
  handed: { batches: number; messages: number; again: number; dead: number }
}

/** What goes wrong, once or so many times. */
interface Faults {
  /** The n-th batch from now on fails before it is done (`refuse`), after it was (`lose`), or at one of its statements. */
  batch?: { after: number; times: number; how: 'refuse' | 'lose' | 'statement' } | null
  /** So many consumers throw: before anything was acknowledged, though all is recorded. */
  consumers?: number
  /** So many messages the queue refuses. */
  sends?: number
  /** No fault: what each statement takes is counted too. */
  isByText?: boolean
}

const nothing = (): Counts => ({
  batches: 0,
  statements: 0,
  rowsRead: 0,
  rowsWritten: 0,
  byText: {},
  refused: 0,
  queued: 0,
  handed: { batches: 0, messages: 0, again: 0, dead: 0 },
})
let counts = nothing()
let faults: Faults = {}

type Database = Env['DB']
type Statements = Parameters<Database['batch']>[0]

function isDue(): 'refuse' | 'lose' | 'statement' | null {
  const { batch } = faults
  if (!batch || batch.times === 0) return null
  if (batch.after > 0) {
    batch.after--
    return null
  }
  batch.times--
  return batch.how
}

/** Statements that differ only in how many rows they are about count as one. */
function countText(statement: unknown, { rows_read, rows_written }: { rows_read: number; rows_written: number }): void {
  // workerd's statements know their own text.
  const { statement: sql = '?' } = statement as { statement?: string }
  const text = sql
    .replaceAll(/\(\?1 ->> [^()]*\)(, )?/g, '')
    .replaceAll(/\s+/g, ' ')
    .slice(0, 200)
  const known = counts.byText[text] ?? { times: 0, rowsRead: 0, rowsWritten: 0 }
  counts.byText[text] = {
    times: known.times + 1,
    rowsRead: known.rowsRead + rows_read,
    rowsWritten: known.rowsWritten + rows_written,
  }
}

function watched(db: Database): Database {
  const batch = async (statements: Statements) => {
    const fault = isDue()
    if (fault === 'refuse') throw new Error('D1_ERROR: Network connection lost.')
    // A table that does not exist stands for whatever D1 may say to one statement of many.
    const middle = Math.ceil(statements.length / 2)
    const asked =
      fault === 'statement'
        ? [...statements.slice(0, middle), db.prepare('SELECT * FROM nowhere'), ...statements.slice(middle)]
        : statements
    counts.batches++
    counts.statements += statements.length
    const answers = await db.batch(asked).catch((error: unknown) => {
      counts.refused++
      throw error
    })
    for (const [i, { meta }] of answers.entries()) {
      counts.rowsRead += meta.rows_read
      counts.rowsWritten += meta.rows_written
      if (faults.isByText) countText(asked[i], meta)
    }
    if (fault === 'lose') throw new Error('D1_ERROR: Network connection lost.')
    return answers
  }
  return new Proxy(db, {
    get: (target, key) => {
      if (key === 'batch') return batch
      const value = Reflect.get(target, key)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

function watchedQueue(queue: NonNullable<Env['EVENTS']>): NonNullable<Env['EVENTS']> {
  const send = async (...args: Parameters<typeof queue.send>) => {
    if (faults.sends !== undefined && faults.sends-- > 0) throw new Error('Queue is overloaded')
    counts.queued++
    return queue.send(...args)
  }
  return new Proxy(queue, { get: (target, key) => (key === 'send' ? send : Reflect.get(target, key)) })
}

const watchedEnv = (env: Env): Env => ({
  ...env,
  DB: watched(env.DB),
  ...(env.EVENTS !== undefined && { EVENTS: watchedQueue(env.EVENTS) }),
})

/** Hands messages to a consumer as the queue would, at once with whatever else goes on; answers what became of each. */
async function consume(bodies: string[], env: Env, context: ExecutionContext): Promise<Response> {
  const said: string[] = bodies.map(() => 'nothing')
  const messages = bodies.map((body, i) => ({
    id: `m${i}`,
    timestamp: new Date(),
    body,
    attempts: 1,
    ack: () => {
      said[i] = 'ack'
    },
    retry: () => {
      said[i] = 'retry'
    },
  }))
  const batch = { queue: 'regulars-events', messages, ackAll: () => {}, retryAll: () => {} }
  await worker.queue(batch as unknown as MessageBatch, watchedEnv(env), context)
  return Response.json(said)
}

/** Runs statements as they are, unwatched. */
async function batched(request: Request, { DB }: Env): Promise<Response> {
  const statements = (await request.json()) as { sql: string; params: unknown[] }[]
  await DB.batch(statements.map(({ sql, params }) => DB.prepare(sql).bind(...params)))
  return Response.json(statements.length)
}

export default {
  async fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
    if (request.url.endsWith('/batch')) return batched(request, env)
    if (request.url.endsWith('/consume')) return consume((await request.json()) as string[], env, context)
    if (!request.url.endsWith('/watch')) return worker.fetch(request, watchedEnv(env), context)
    if (request.method === 'POST') faults = (await request.json()) as Faults
    const answer = Response.json(counts)
    if (request.method !== 'GET') counts = nothing()
    return answer
  },

  async queue(batch: MessageBatch, env: Env, context: ExecutionContext): Promise<void> {
    counts.handed.batches++
    counts.handed.messages += batch.messages.length
    counts.handed.again += batch.messages.filter(({ attempts }) => attempts > 1).length
    if (batch.queue.endsWith('-dead')) counts.handed.dead += batch.messages.length
    if ((faults.consumers ?? 0) === 0) return worker.queue(batch, watchedEnv(env), context)
    faults.consumers = (faults.consumers ?? 0) - 1
    // All of it is done, and nobody hears of it.
    const messages = batch.messages.map(({ id, timestamp, body, attempts }) => {
      const deaf = () => {}
      return { id, timestamp, body, attempts, ack: deaf, retry: deaf }
    })
    await worker.queue({ queue: batch.queue, messages } as unknown as MessageBatch, watchedEnv(env), context)
    throw new Error('the consumer was ended')
  },

  scheduled: (controller: ScheduledController, env: Env) => worker.scheduled(controller, watchedEnv(env)),
}
