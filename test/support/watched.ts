// The watched Worker (watched-worker.ts) in workerd, with a database of its own, as tests and the bench talk to it.
import { fileURLToPath } from 'node:url'
import { createTestHarness, type TestHarness } from 'wrangler'
import { signPayload } from '../../integrations/stripe/test-event.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const SECRET = 'whsec_watched'
const KEY = 'watched-key-0123456789abcdef'

export interface Watched {
  batches: number
  statements: number
  rowsRead: number
  rowsWritten: number
  refused: number
  queued: number
  handed: { batches: number; messages: number; again: number; dead: number }
}

export interface WatchedWorker {
  harness: TestHarness
  /** Delivers a signed body; answers the outcome, or the problem's code. */
  deliver(body: string): Promise<string>
  get(path: string): Promise<Record<string, unknown>>
  /** Rows of a statement. */
  rows(sql: string, ...params: unknown[]): Promise<Record<string, unknown>[]>
  send(messages: readonly string[]): Promise<void>
  /** Hands messages to a consumer at once; answers `ack` or `retry` for each. */
  consume(messages: readonly string[]): Promise<string[]>
  watch(): Promise<Watched>
  /** Counts from nothing again, with these things going wrong. */
  harm(faults?: object): Promise<void>
  /** Waits until the statement's first value is as wanted. */
  until(sql: string, wanted: number, withinMs?: number): Promise<void>
  close(): Promise<void>
}

interface Bound {
  DB: {
    prepare(sql: string): { bind(...params: unknown[]): { all(): Promise<{ results: Record<string, unknown>[] }> } }
  }
  EVENTS?: { send(body: string, options: { contentType: 'text' }): Promise<unknown> }
}

/** How the queues are set up here: as in wrangler.toml, but that trying again takes no minutes. */
export interface QueueOptions {
  maxRetries?: number
  maxConcurrency?: number
}

export async function startWatched(queues: QueueOptions | null = {}): Promise<WatchedWorker> {
  const harness = createTestHarness({
    root,
    workers: [
      {
        config: {
          name: 'regulars',
          main: 'test/support/watched-worker.ts',
          compatibility_date: '2026-10-01',
          compatibility_flags: ['nodejs_compat'],
          vars: { STRIPE_WEBHOOK_SECRET: SECRET, API_KEYS: `test:${KEY}:admin`, LOG_LEVEL: 'silent' },
          d1_databases: [
            {
              binding: 'DB',
              database_name: 'regulars',
              database_id: '00000000-0000-0000-0000-000000000000',
              migrations_dir: 'src/store/migrations',
            },
          ],
          ...(queues !== null && { queues: queuesOf(queues) }),
        },
      },
    ],
  })
  await harness.listen()
  const worker = harness.getWorker<Bound & { DB: never }>()
  await worker.applyD1Migrations('DB')
  const env = (await worker.getEnv()) as unknown as Bound
  const rows: WatchedWorker['rows'] = async (sql, ...params) =>
    (
      await env.DB.prepare(sql)
        .bind(...params)
        .all()
    ).results
  return {
    harness,
    deliver: async (body) => {
      const signature = signPayload(body, SECRET, Math.floor(Date.now() / 1000))
      const response = await harness.fetch('/stripe/webhook', {
        method: 'POST',
        body,
        headers: { 'stripe-signature': signature },
      })
      const answer = (await response.json()) as { outcome?: string; code?: string }
      return answer.outcome ?? answer.code ?? String(response.status)
    },
    get: async (path) => {
      const response = await harness.fetch(path, { headers: { authorization: `Bearer ${KEY}` } })
      return (await response.json()) as Record<string, unknown>
    },
    rows,
    send: async (messages) => {
      await Promise.all(messages.map((message) => env.EVENTS?.send(message, { contentType: 'text' })))
    },
    consume: async (messages) =>
      (await (await harness.fetch('/consume', { method: 'POST', body: JSON.stringify(messages) })).json()) as string[],
    watch: async () => (await (await harness.fetch('/watch')).json()) as Watched,
    harm: async (faults = {}) => {
      await harness.fetch('/watch', { method: 'POST', body: JSON.stringify(faults) })
    },
    until: async (sql, wanted, withinMs = 60_000) => {
      const endsAt = Date.now() + withinMs
      for (;;) {
        const found = Object.values((await rows(sql))[0] ?? {})[0]
        if (found === wanted) return
        if (Date.now() > endsAt) throw new Error(`${sql} came to ${found}, not ${wanted}`)
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    },
    close: () => harness.close(),
  }
}

const queuesOf = ({ maxRetries = 5, maxConcurrency = 1 }: QueueOptions) => ({
  producers: [{ binding: 'EVENTS', queue: 'regulars-events' }],
  consumers: [
    {
      queue: 'regulars-events',
      max_batch_size: 100,
      max_batch_timeout: 1,
      max_concurrency: maxConcurrency,
      max_retries: maxRetries,
      dead_letter_queue: 'regulars-events-dead',
    },
    { queue: 'regulars-events-dead', max_batch_size: 100, max_batch_timeout: 1, max_retries: 100 },
  ],
})
