// The watched Worker, which can be paused and put to work again over the same database, as deploying it does.
import { fileURLToPath } from 'node:url'
import { createTestHarness } from 'wrangler'
import { signPayload } from '../../integrations/stripe/test-event.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const SECRET = 'whsec_pausable'
export const KEY = 'pausable-key-0123456789abcdef'

const optionsOf = (isPaused: boolean) => ({
  root,
  workers: [
    {
      config: {
        name: 'regulars',
        main: 'test/support/watched-worker.ts',
        compatibility_date: '2026-10-01',
        compatibility_flags: ['nodejs_compat'],
        vars: {
          STRIPE_WEBHOOK_SECRET: SECRET,
          API_KEYS: `test:${KEY}:admin`,
          LOG_LEVEL: 'silent',
          REGULARS_PAUSED: isPaused ? '1' : '0',
        },
        d1_databases: [
          {
            binding: 'DB',
            database_name: 'regulars',
            database_id: '00000000-0000-0000-0000-000000000000',
            migrations_dir: 'src/store/migrations',
          },
        ],
      },
    },
  ],
})

interface Bound {
  prepare(sql: string): { all(): Promise<{ results: Record<string, unknown>[] }> }
}

export interface PausableWorker {
  url: string
  setPaused(isPaused: boolean): Promise<void>
  /** Delivers a signed event; answers the status and the outcome, or the problem's code. */
  deliver(event: object): Promise<[status: number, outcome: string]>
  call(path: string, options?: { method?: string; body?: object }): Promise<Response>
  /** Hands messages to a consumer of the queue; answers `ack` or `retry` for each. */
  consume(messages: readonly string[]): Promise<string[]>
  /** A minute of the clock. */
  tick(): Promise<void>
  rows(sql: string): Promise<Record<string, unknown>[]>
  close(): Promise<void>
}

export async function startPausable(isPaused: boolean): Promise<PausableWorker> {
  const harness = createTestHarness(optionsOf(isPaused))
  const { url } = await harness.listen()
  const worker = harness.getWorker<{ DB: never }>()
  await worker.applyD1Migrations('DB')
  const ask = async (path: string, init: RequestInit): Promise<Response> =>
    (await harness.fetch(path, init as never)) as unknown as Response
  return {
    url: url.origin,
    setPaused: (paused) => harness.update(optionsOf(paused)),
    deliver: async (event) => {
      const body = JSON.stringify(event)
      const signature = signPayload(body, SECRET, Math.floor(Date.now() / 1000))
      const response = await ask('/stripe/webhook', {
        method: 'POST',
        body,
        headers: { 'stripe-signature': signature },
      })
      const { outcome, code } = (await response.json()) as { outcome?: string; code?: string }
      return [response.status, outcome ?? code ?? '']
    },
    call: (path, { method = 'GET', body } = {}) =>
      ask(path, {
        method,
        headers: {
          authorization: `Bearer ${KEY}`,
          'content-type': 'application/json',
          'idempotency-key': crypto.randomUUID(),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    consume: async (messages) =>
      (await (await ask('/consume', { method: 'POST', body: JSON.stringify(messages) })).json()) as string[],
    tick: async () => {
      await harness.getWorker().scheduled({ cron: '* * * * *', scheduledTime: new Date() })
    },
    rows: async (sql) => {
      const env = (await harness.getWorker().getEnv()) as unknown as { DB: Bound }
      return (await env.DB.prepare(sql).all()).results
    },
    close: () => harness.close(),
  }
}
