// The Worker in real workerd, on a local D1 with the project's own migrations: the webhook and the API as on Node.
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestHarness, type TestHarness } from 'wrangler'
import { signPayload } from '../../integrations/stripe/test-event.ts'
import { type StripeEvent, stripePayment } from '../support/stripe-events.ts'

const SECRET = 'whsec_worker_test'
const KEY = 'worker-key-0123456789abcdef'
const root = fileURLToPath(new URL('../../', import.meta.url))
const STARTS_WITHIN_MS = 60_000

let worker: TestHarness
beforeAll(async () => {
  worker = createTestHarness({
    root,
    workers: [
      {
        configPath: './wrangler.toml',
        secrets: { STRIPE_WEBHOOK_SECRET: SECRET, API_KEYS: `test:${KEY}:admin`, LOG_LEVEL: 'error' },
      },
    ],
  })
  await worker.listen()
  await worker.getWorker<{ DB: never }>().applyD1Migrations('DB')
}, STARTS_WITHIN_MS)
afterAll(() => worker.close())

async function deliver(event: StripeEvent, secret = SECRET) {
  const body = JSON.stringify(event)
  const response = await worker.fetch('/stripe/webhook', {
    method: 'POST',
    body,
    headers: { 'stripe-signature': signPayload(body, secret, Math.floor(Date.now() / 1000)) },
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

async function api(path: string, init: { method?: string; body?: unknown } = {}) {
  const response = await worker.fetch(`/api/v1${path}`, {
    method: init.method ?? 'GET',
    headers: {
      authorization: `Bearer ${KEY}`,
      ...(init.body === undefined
        ? {}
        : { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() }),
    },
    ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
  })
  return { status: response.status, body: (await response.json()) as Record<string, never> }
}

describe('the Worker', () => {
  it('is alive and ready', async () => {
    expect((await worker.fetch('/healthz')).status).toBe(200)
    expect((await worker.fetch('/readyz')).status).toBe(200)
  })

  it('turns a payment into points, once, whatever comes twice or at once', async () => {
    const p = stripePayment({ at: Date.now() - 3_600_000, amount: 4_990, email: 'abebe@example.org' })
    const events = [p.charge(), p.intent(), p.session()]
    const outcomes = await Promise.all([...events, ...events].map((event) => deliver(event)))
    expect(outcomes.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200])
    expect(outcomes.map(({ body }) => body.outcome).toSorted()).toEqual([
      'duplicate',
      'duplicate',
      'duplicate',
      'recorded',
      'recorded',
      'recorded',
    ])
    const member = await api('/members/email%3Aabebe%40example.org')
    expect(member.body).toMatchObject({ status: 'active', points: { available: 49 }, purchases: 1 })
    await deliver(p.refunded(4_990))
    expect((await api('/members/email%3Aabebe%40example.org')).body).toMatchObject({
      points: { available: 0 },
      purchases: 0,
    })
  })

  it('refuses a bad signature', async () => {
    expect(await deliver(stripePayment({ at: Date.now() }).charge(), 'whsec_wrong')).toMatchObject({ status: 400 })
  })

  it('serves the API: enrol, adjust, find, in any script', async () => {
    const made = await api('/members', { method: 'POST', body: { email: 'ilham@example.org', name: 'İlham Əliyev' } })
    expect(made.status).toBe(201)
    const adjusted = await api('/members/email%3Ailham%40example.org/adjustments', {
      method: 'POST',
      body: { points: 25, reason: 'Goodwill' },
    })
    expect(adjusted).toMatchObject({ status: 201, body: { points: 25, balance: 25 } })
    expect(await api('/members?query=ilham')).toMatchObject({
      status: 200,
      body: { members: [{ email: 'ilham@example.org', points: { available: 25 } }] },
    })
  })

  it('makes its reports of what the tests before brought', async () => {
    for (const name of ['summary', 'campaigns', 'partners', 'causes', 'products'])
      expect(await api(`/reports/${name}`), name).toMatchObject({ status: 200, body: { report: name } })
    const { status, body } = await api('/reports/liability')
    const months: unknown[] = body.months ?? []
    expect([status, months.at(-1)]).toEqual([200, expect.objectContaining({ issued: 74, reversed: 49, closing: 25 })])
  })

  it('looks ahead at night, by the clock of its host', async () => {
    const email = 'hayk@example.org'
    await deliver(stripePayment({ at: Date.now() - 86_400_000, amount: 4_990, email }).charge())
    const segment = async () => (await api(`/members/${encodeURIComponent(`email:${email}`)}`)).body.segment
    const at = (hour: number) => new Date(`2026-11-22T${String(hour).padStart(2, '0')}:00:00Z`)
    // One and seven in the morning in New York.
    await worker.getWorker().scheduled({ cron: '* * * * *', scheduledTime: at(6) })
    expect(await segment()).toBeNull()
    await worker.getWorker().scheduled({ cron: '* * * * *', scheduledTime: at(12) })
    expect(await segment()).toEqual(expect.any(String))
  })
})
