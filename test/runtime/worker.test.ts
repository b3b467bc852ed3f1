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

  describe('asked too often from one address', () => {
    const from = (address: string) => ({ 'cf-connecting-ip': address })
    const ask = async (path: string, init: Parameters<TestHarness['fetch']>[1]) => {
      const response = await worker.fetch(path, init)
      await response.arrayBuffer()
      return response
    }
    const many = (count: number, one: () => Promise<unknown>) => Promise.all(Array.from({ length: count }, one))
    // So many that those of one of two minutes are too many too.
    const TOO_MANY = 130

    it('slows down whoever guesses keys, and nobody who has one, nor any webhook', async () => {
      const headers = from('192.0.2.7')
      const guess = () => ask('/api/v1/program', { headers: { ...headers, authorization: 'Bearer guess' } })
      expect((await guess()).status).toBe(401)
      const guesses = (await many(TOO_MANY, guess)) as Awaited<ReturnType<typeof ask>>[]
      const refused = guesses.find(({ status }) => status === 429)
      expect(new Set(guesses.map(({ status }) => status))).toEqual(new Set([401, 429]))
      expect(refused?.headers.get('retry-after')).toBe('60')
      expect((await ask('/api/v1/program', { headers: { ...headers, authorization: `Bearer ${KEY}` } })).status).toBe(
        200,
      )
      expect((await ask('/api/v1/program', { headers: from('192.0.2.8') })).status).toBe(401)

      const body = JSON.stringify(stripePayment({ at: Date.now() - 3_600_000, email: 'often@example.org' }).charge())
      const signature = signPayload(body, SECRET, Math.floor(Date.now() / 1000))
      const delivered = new Set<number>()
      for (let i = 0; i < 20; i++)
        await many(50, async () => {
          const init = { method: 'POST', body, headers: { ...headers, 'stripe-signature': signature } }
          delivered.add((await ask('/stripe/webhook', init)).status)
        })
      expect(delivered).toEqual(new Set([200]))
      // Neither is connected here: both are told so, and not to wait.
      for (const path of ['/slack/events', '/hubspot/webhook', '/hubspot/actions/award-points'])
        await many(TOO_MANY, async () => {
          expect((await ask(path, { method: 'POST', headers, body: '{}' })).status, path).toBe(503)
        })
    })

    it('slows down whoever reads public pages again and again', async () => {
      const read = async (path: string, address: string) => (await ask(path, { headers: from(address) })).status
      const statuses = new Set((await many(TOO_MANY, () => read('/metrics', '192.0.2.9'))) as number[])
      expect(statuses).toEqual(new Set([200, 429]))
      for (const path of ['/readyz', '/api/v1/docs', '/api/v1/openapi.json'])
        expect(await read(path, '192.0.2.10'), path).toBe(200)
      expect(await read('/healthz', '192.0.2.9')).toBe(200)
      expect((await ask('/api/v1/program', { headers: from('192.0.2.9') })).status).toBe(401)
    })
  })
})
