// The night's look at Stripe's lists, in real workerd: the official client, D1, and the clock's ticks.
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestHarness, type TestHarness, type TestHarnessOptions } from 'wrangler'
import { STRIPE_NIGHT } from '../../src/compose/stripe-night.ts'
import { startStripe } from '../support/cli-process.ts'
import { charge } from '../support/stripe-objects.ts'

const KEY = 'worker-key-0123456789abcdef'
const STARTS_WITHIN_MS = 60_000
const HOUR_MS = 3_600_000
const root = fileURLToPath(new URL('../../', import.meta.url))
const to = Date.now() - HOUR_MS
const email = 'ada@example.org'
const charges = [
  charge({
    id: 'ch_missing',
    payment_intent: null,
    customer: null,
    invoice: null,
    created: Math.floor(to / 1_000) - 3_600,
    billing_details: { email, name: null, phone: null },
    receipt_email: null,
  }),
]

let stripe: Awaited<ReturnType<typeof startStripe>>
let worker: TestHarness

const options = (paused: boolean): TestHarnessOptions => ({
  root,
  workers: [
    {
      configPath: './wrangler.toml',
      secrets: {
        STRIPE_SECRET_KEY: 'sk_test_night',
        STRIPE_API_URL: stripe.url,
        API_KEYS: `test:${KEY}:admin`,
        LOG_LEVEL: 'error',
        ...(paused && { REGULARS_PAUSED: '1' }),
      },
    },
  ],
})
const tick = () => worker.getWorker().scheduled({ cron: '* * * * *', scheduledTime: new Date() })
interface Database {
  prepare(sql: string): {
    bind(...values: unknown[]): { run(): Promise<unknown> }
    first(column: string): Promise<string>
  }
}
const database = async () => (await worker.getWorker<{ DB: Database }>().getEnv()).DB

beforeAll(async () => {
  stripe = await startStripe({ '/v1/charges': charges })
  worker = createTestHarness(options(true))
  await worker.listen()
  await worker.getWorker<{ DB: never }>().applyD1Migrations('DB')
}, STARTS_WITHIN_MS)
afterAll(async () => {
  await worker?.close()
  stripe?.stop()
})

test('a payment of which no webhook came is learnt by a tick of the clock, and not while it is paused', async () => {
  // One that is under way goes on at any hour; the last day and the months of invoices are left of it.
  const sums = { payments: 0, matched: 0, differences: 0, remaining: 0, missing: [], otherAmount: [] }
  const night = { date: '2026-01-01', isDone: false, to, slices: 34, within: 0, tries: 0, ...sums }
  const setting = (await database()).prepare('INSERT INTO setting (name, value) VALUES (?, ?)')
  await setting.bind(STRIPE_NIGHT, JSON.stringify(night)).run()
  await tick()
  expect(stripe.calls).toEqual([])
  await worker.update(options(false))
  await tick()
  expect(stripe.calls.map(({ path }) => path)).toEqual(['/v1/charges', ...Array(5).fill('/v1/invoices')])
  const response = await worker.fetch(`/api/v1/members/${encodeURIComponent(`email:${email}`)}`, {
    headers: { authorization: `Bearer ${KEY}` },
  })
  expect([response.status, await response.json()]).toEqual([200, expect.objectContaining({ purchases: 1 })])
  const kept = await (await database())
    .prepare(`SELECT value FROM setting WHERE name = '${STRIPE_NIGHT}'`)
    .first('value')
  expect(JSON.parse(kept)).toMatchObject({ isDone: true, payments: 1, missing: ['ch_missing'] })
})
