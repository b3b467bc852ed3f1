// What operators and vendors see: health, metrics, the webhook's place.
import { describe, expect, test } from 'vitest'
import { NOW } from '../support/http-fake-app.ts'
import { createTestServer } from '../support/http-test-server.ts'

describe('health', () => {
  test('is alive whatever the database does', async () => {
    const { send } = createTestServer({ getSetting: () => Promise.reject(new Error('gone')) })
    expect(await send('/healthz', { key: null })).toMatchObject({ status: 200, json: { status: 'alive' } })
  })

  test('is ready while the database answers', async () => {
    const { send } = createTestServer()
    expect(await send('/readyz', { key: null })).toMatchObject({ status: 200, json: { status: 'ready' } })
  })

  test('is not ready while it does not, and ready again soon after', async () => {
    let broken = true
    const { send, clock } = createTestServer({
      getSetting: () => (broken ? Promise.reject(new Error('no such table: settings')) : Promise.resolve(null)),
    })
    const answer = await send('/readyz', { key: null })
    expect([answer.status, answer.json.code, answer.headers.get('retry-after')]).toEqual([503, 'unavailable', '1'])
    expect(answer.text).not.toContain('table')
    broken = false
    clock.set(clock.now() + 1_000)
    expect((await send('/readyz', { key: null })).status).toBe(200)
  })

  test('is not ready while migrations are missing', async () => {
    const { send } = createTestServer({}, { isReady: async () => false })
    expect((await send('/readyz', { key: null })).status).toBe(503)
  })

  test('asks the database once for many who ask', async () => {
    const { send, calls } = createTestServer()
    await Promise.all(Array.from({ length: 20 }, () => send('/readyz', { key: null })))
    expect(calls).toHaveLength(1)
  })
})

describe('metrics', () => {
  test('count requests by pattern and status, never by address', async () => {
    const { send } = createTestServer()
    await send('/api/v1/members/email:ada@example.org')
    await send('/api/v1/members/email:bo@example.org', { key: null })
    await send('/api/v1/nothing-here')
    const { text, headers } = await send('/metrics', { key: null })
    expect(headers.get('content-type')).toContain('version=0.0.4')
    expect(text).toContain('regulars_http_requests_total{method="GET",route="/api/v1/members/:ref",status="200"} 1')
    expect(text).toContain('regulars_http_requests_total{method="GET",route="/api/v1/members/:ref",status="401"} 1')
    expect(text).toContain('regulars_http_requests_total{method="GET",route="/api/v1/*",status="404"} 1')
    expect(text).not.toContain('@')
  })

  test('tell what is in the store and what waits', async () => {
    const { send } = createTestServer()
    const { text } = await send('/metrics', { key: null })
    expect(text).toContain('\nregulars_members 2\n')
    expect(text).toContain('\nregulars_outbox_waiting 5\n')
    expect(text).toContain('\nregulars_outbox_parked 6\n')
    expect(text).toContain('\nregulars_inbox_parked 7\n')
    expect(text).toContain(`\nregulars_look_ahead_finished_timestamp_seconds ${NOW / 1000}\n`)
  })

  test('are told without the store when it does not answer', async () => {
    const { send } = createTestServer({ stats: () => Promise.reject(new Error('gone')) })
    const { status, text } = await send('/metrics', { key: null })
    expect(status).toBe(200)
    expect(text).not.toContain('regulars_members')
  })
})

describe('the webhook', () => {
  test('is handed to the vendor’s handler, raw, and counted', async () => {
    const stripe = async (c: { req: { text(): Promise<string> } }) => new Response(await c.req.text(), { status: 202 })
    const { send } = createTestServer({}, { webhooks: { stripe } })
    const answer = await send('/stripe/webhook', { method: 'POST', key: null, body: '{ "raw":  1}' })
    expect([answer.status, answer.text]).toEqual([202, '{ "raw":  1}'])
    const { text } = await send('/metrics', { key: null })
    expect(text).toContain('{method="POST",route="/stripe/webhook",status="202"} 1')
    expect(text).toContain('regulars_http_request_duration_seconds_count{method="POST",route="/stripe/webhook"} 1')
  })

  test('is unavailable, with a reason, without a signing secret', async () => {
    const { send } = createTestServer()
    const answer = await send('/stripe/webhook', { method: 'POST', key: null, body: '{}' })
    expect([answer.status, answer.json.code]).toEqual([503, 'unavailable'])
    expect(answer.json.detail).toContain('STRIPE_WEBHOOK_SECRET')
  })

  test('whose handler fails is a problem without details', async () => {
    const stripe = () => Promise.reject(new Error('secret inside'))
    const { send } = createTestServer({}, { webhooks: { stripe } })
    const answer = await send('/stripe/webhook', { method: 'POST', key: null, body: '{}' })
    expect([answer.status, answer.json.code]).toEqual([500, 'internal'])
    expect(answer.text).not.toContain('secret inside')
  })
})

test('the program, its rewards and what waits are told as the contract has them', async () => {
  const { send } = createTestServer({
    listInbox: async () => ({
      items: [
        {
          id: 'evt_1',
          type: 'charge.succeeded',
          state: 'parked',
          reason: 'no amount',
          receivedAt: '2026-11-22T09:30:00.000Z',
          eventAt: '2026-11-22T09:29:00.000Z',
          tries: 1,
        },
      ],
      next: 'evt_1',
    }),
  })
  expect((await send('/api/v1/program')).json).toMatchObject({
    program: { name: 'Corner Club', currency: 'usd' },
    version: 'v1',
    since: '2026-11-22T09:30:00.000Z',
  })
  expect((await send('/api/v1/rewards')).json).toEqual({ rewards: [] })
  expect((await send('/api/v1/inbox')).json).toMatchObject({
    events: [{ id: 'evt_1', state: 'parked' }],
    next: 'evt_1',
  })
  expect((await send('/api/v1/outbox')).json).toMatchObject({
    deliveries: [{ id: 3, kind: 'stripe.customer', dueAt: '2026-11-22T09:30:00.000Z' }],
    next: null,
  })
  const refused = { member: 'mem_ada', state: 'refused', record: '1001', reason: 'Enter only letters' }
  expect((await send('/api/v1/contacts?state=refused')).json).toEqual({
    contacts: [{ ...refused, at: '2026-11-20T10:00:00.000Z' }],
    next: null,
  })
  expect((await send('/api/v1/contacts?state=linked')).json).toMatchObject({ code: 'invalid_request' })
  expect((await send('/api/v1/inbox/evt_1/retry', { method: 'POST' })).json).toEqual({ outcome: 'recorded' })
  expect((await send('/api/v1/outbox/3/retry', { method: 'POST' })).json).toMatchObject({ id: 3, state: 'waiting' })
})

describe('public pages', () => {
  const PAGES = ['/readyz', '/metrics', '/api/v1/openapi.json', '/api/v1/docs']
  const closed = { failures: async () => 30_000, pages: async () => 30_000 }

  test.each(PAGES)('%s says when to come back where its host limits who asks', async (path) => {
    const { send, calls } = createTestServer({}, { limiters: closed })
    const answer = await send(path, { key: null })
    expect([answer.status, answer.json.code, answer.headers.get('retry-after')]).toEqual([429, 'rate_limited', '30'])
    expect(calls).toEqual([])
  })

  test.each(PAGES)('%s is open to all where its host does not', async (path) => {
    const { send } = createTestServer()
    for (let i = 0; i < 200; i++) expect((await send(path, { key: null })).status).toBe(200)
  })

  test('leave health, good keys and webhooks alone', async () => {
    const { send, app } = createTestServer(
      {},
      { limiters: closed, webhooks: { stripe: async (c) => c.text('kept'), slack: async (c) => c.text('kept') } },
    )
    expect((await send('/healthz', { key: null })).status).toBe(200)
    expect((await send('/api/v1/program')).status).toBe(200)
    for (const path of ['/stripe/webhook', '/slack/events'])
      expect((await app.request(path, { method: 'POST' })).status, path).toBe(200)
    // HubSpot is not connected here: it is told so, and not to wait.
    expect((await app.request('/hubspot/webhook', { method: 'POST' })).status).toBe(503)
  })
})
