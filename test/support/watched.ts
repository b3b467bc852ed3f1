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
  byText: Record<string, { times: number; rowsRead: number; rowsWritten: number }>
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
  /** Runs statements at once, which nobody counts. */
  batch(statements: readonly { sql: string; params: readonly string[] }[]): Promise<void>
  send(messages: readonly string[]): Promise<void>
  /** Hands messages to a consumer at once; answers `ack` or `retry` for each. */
  consume(messages: readonly string[]): Promise<string[]>
  watch(): Promise<Watched>
  /** Counts from nothing again, with these things going wrong. */
  harm(faults?: object): Promise<void>
  /** Waits until the statement's first value is as wanted. */
  until(sql: string, wanted: number, withinMs?: number): Promise<void>
  /** The clock ticks so many times at once, by turns in each isolate; answers how many of the ticks failed. */
  tick(times?: number): Promise<number>
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

export interface WatchedOptions {
  /** Variables besides those of all. */
  vars?: Record<string, string>
  /** A file in the place of program.json. */
  program?: string
  /** So many isolates over one database; `scheduled` has the clock tick in each. */
  isolates?: number
}

export async function startWatched(
  queues: QueueOptions | null = {},
  { vars = {}, program, isolates = 1 }: WatchedOptions = {},
): Promise<WatchedWorker> {
  const harness = createTestHarness({
    root,
    workers: Array.from({ length: isolates }, (_, n) => ({
      config: {
        name: n === 0 ? 'regulars' : `regulars-${n}`,
        main: 'test/support/watched-worker.ts',
        compatibility_date: '2026-10-01',
        compatibility_flags: ['nodejs_compat'],
        vars: { STRIPE_WEBHOOK_SECRET: SECRET, API_KEYS: `test:${KEY}:admin`, LOG_LEVEL: 'silent', ...vars },
        ...(program !== undefined && { alias: { '../program.json': program } }),
        d1_databases: [
          {
            binding: 'DB',
            database_name: 'regulars',
            database_id: '00000000-0000-0000-0000-000000000000',
            migrations_dir: 'src/store/migrations',
          },
        ],
        ...(queues !== null && n === 0 && { queues: queuesOf(queues) }),
      },
    })),
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
    batch: async (statements) => {
      const { ok, status } = await harness.fetch('/batch', { method: 'POST', body: JSON.stringify(statements) })
      if (!ok) throw new Error(`the batch failed with ${status}`)
    },
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
    tick: async (times = 1) => {
      const now = { cron: '* * * * *', scheduledTime: new Date() }
      const names = Array.from({ length: isolates }, (_, n) => (n === 0 ? 'regulars' : `regulars-${n}`))
      const ticks = Array.from({ length: times }, (_, n) =>
        harness.getWorker(names[n % isolates] ?? 'regulars').scheduled(now),
      )
      const ended = await Promise.allSettled(ticks)
      return ended.filter((one) => one.status === 'rejected' || one.value.outcome !== 'ok').length
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
