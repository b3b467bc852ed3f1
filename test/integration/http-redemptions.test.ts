// Rewards over HTTP: what is accepted, what is passed on, and how each refusal is answered.
import { describe, expect, test } from 'vitest'
import type { RedemptionView, RefusalCode } from '../../src/app/ports.ts'
import { compose } from '../../src/compose.ts'
import { parseConfig } from '../../src/config.ts'
import { createApp } from '../../src/http/create-app.ts'
import { createMetrics } from '../../src/metrics.ts'
import { fiveOff } from '../support/http-fake-app.ts'
import { createTestServer, KEYS } from '../support/http-test-server.ts'
import { makeProgram } from '../support/programs.ts'
import { createWorld, memoryStore, staff } from '../support/world.ts'

const ADA = '/api/v1/members/email%3Aada%40example.org'
const REFUSALS: RefusalCode[] = [
  'member_inactive',
  'unknown_reward',
  'reward_closed',
  'not_eligible',
  'redeeming_frozen',
  'limit_reached',
  'out_of_stock',
  'insufficient_points',
  'staff_limit',
]

describe('POST /members/{ref}/redemptions', () => {
  test('passes on what was asked, by whom and how often, and answers 201', async () => {
    const { send, calls } = createTestServer()
    const body = { reward: 'five-off', charge: 'house', reason: 'ይቅርታ', note: ' Բարեւ ', partner: 'cafe' }
    const answer = await send(`${ADA}/redemptions`, { method: 'POST', key: KEYS.writer, body })
    expect(answer.status).toBe(201)
    expect(answer.json).toMatchObject({
      id: 'red_1',
      reward: 'five-off',
      state: 'issued',
      cost: 500,
      code: 'K7QXM-2HT9R',
    })
    const call = calls.find(([name]) => name === 'redeem')
    expect(call?.slice(1)).toEqual([
      'email:ada@example.org',
      { ...body, note: 'Բարեւ' },
      { source: 'api:writer', actor: 'api:writer' },
      expect.objectContaining({ holder: 'writer', key: 'key-1' }),
    ])
  })
  test('leaves code and end out while there are none', async () => {
    const reserved: RedemptionView = { ...fiveOff, state: 'reserved', code: null, expiresAt: null }
    const { send } = createTestServer({ redeem: async () => ({ ok: true, value: reserved }) })
    const { json } = await send(`${ADA}/redemptions`, { method: 'POST', body: { reward: 'five-off' } })
    expect(json).not.toHaveProperty('code')
    expect(json).not.toHaveProperty('expiresAt')
  })
  test.each(REFUSALS)('answers %s as 422, with the sentence', async (code) => {
    const { send } = createTestServer({
      redeem: async () => ({ ok: false, code, message: 'You need 260 more points' }),
    })
    const answer = await send(`${ADA}/redemptions`, { method: 'POST', body: { reward: 'five-off' } })
    expect([answer.status, answer.json.code, answer.json.detail]).toEqual([422, code, 'You need 260 more points'])
  })
  test.each([
    [{}, 'reward'],
    [{ reward: '' }, 'reward'],
    [{ reward: 'x'.repeat(101) }, 'reward'],
    [{ reward: 7 }, 'reward'],
    [{ reward: 'five-off', charge: 'nobody' }, 'charge'],
    [{ reward: 'five-off', note: 'n'.repeat(501) }, 'note'],
    [{ reward: 'five-off', note: 'a\u0000b' }, 'note'],
    [{ reward: 'five-off', cost: 1 }, 'cost'],
  ])('refuses %j as invalid_request: %s', async (body, path) => {
    const { send, calls } = createTestServer()
    const answer = await send(`${ADA}/redemptions`, { method: 'POST', body })
    expect([answer.status, answer.json.code]).toEqual([400, 'invalid_request'])
    expect(answer.json.errors).toEqual([expect.objectContaining({ path })])
    expect(calls).toEqual([])
  })
})

describe('POST /redemptions/{id}/…', () => {
  test.each(['approve', 'reject', 'fulfil', 'cancel'])('%s needs no body, and takes a reason', async (step) => {
    const { send, calls } = createTestServer()
    expect((await send(`/api/v1/redemptions/red_1/${step}`, { method: 'POST' })).status).toBe(200)
    expect(
      (await send(`/api/v1/redemptions/red_1/${step}`, { method: 'POST', body: { reason: 'twice' } })).status,
    ).toBe(200)
    const made = calls.filter(([name]) => name === 'moveRedemption')
    expect(made.map(([, id, which, input]) => [id, which, input])).toEqual([
      ['red_1', step, {}],
      ['red_1', step, { reason: 'twice' }],
    ])
    const hashes = made.map((call) => (call[5] as { hash: string }).hash)
    expect(new Set(hashes).size).toBe(2)
  })
  test.each(['approve', 'reject'])('%s is for the scope admin: forbidden', async (step) => {
    const { send, calls } = createTestServer()
    const answer = await send(`/api/v1/redemptions/red_1/${step}`, { method: 'POST', key: KEYS.writer })
    expect([answer.status, answer.json.code]).toEqual([403, 'forbidden'])
    expect(calls).toEqual([])
  })
  test('answers a step that does not fit as conflict', async () => {
    const { send } = createTestServer({
      moveRedemption: async () => ({ ok: false, code: 'conflict', message: 'The member has this already' }),
    })
    const answer = await send('/api/v1/redemptions/red_1/cancel', { method: 'POST' })
    expect([answer.status, answer.json.code]).toEqual([409, 'conflict'])
  })
  test('refuses a body that is none: invalid_request', async () => {
    const { send } = createTestServer()
    for (const body of ['{', '[]', '{"reason":5}', '{"why":"x"}']) {
      const answer = await send('/api/v1/redemptions/red_1/cancel', { method: 'POST', body })
      expect([answer.status, answer.json.code]).toEqual([400, 'invalid_request'])
    }
  })
})

test.each(['five-off', null])(
  'PATCH /members/{ref} passes on the choice %j of what is issued by itself',
  async (autoRedeem) => {
    const { send, calls } = createTestServer()
    expect((await send(ADA, { method: 'PATCH', body: { autoRedeem } })).status).toBe(200)
    expect(calls[0]?.slice(0, 3)).toEqual(['updateMember', 'email:ada@example.org', { autoRedeem }])
  },
)

test('lists say what they were asked for, and refuse what is no state', async () => {
  const { send, calls } = createTestServer()
  expect((await send('/api/v1/redemptions?state=issued&limit=5')).json).toMatchObject({
    redemptions: [{ id: 'red_1' }],
    next: null,
  })
  expect((await send(`${ADA}/redemptions?cursor=1.red_1`)).json).toMatchObject({
    redemptions: [{ id: 'red_1' }],
    next: null,
  })
  expect(calls).toEqual([
    ['listRedemptions', { state: 'issued', limit: 5 }],
    ['memberRedemptions', 'email:ada@example.org', { limit: 25, cursor: '1.red_1' }],
  ])
  expect((await send('/api/v1/redemptions?state=lost')).json.code).toBe('invalid_request')
  expect((await send('/api/v1/redemptions?limit=101')).json.code).toBe('invalid_request')
})

test('over the whole: a member redeems, staff hand it over, and what is open is listed', async () => {
  const program = makeProgram({
    rewards: [{ id: 'mug', name: 'A mug', cost: 50, stock: 2, fulfil: { kind: 'manual' } }],
  })
  const world = await createWorld({ program })
  await world.app.enrolMember({ email: 'ada@example.org' }, staff, null)
  await world.app.adjustPoints('email:ada@example.org', { points: 90, reason: 'hello' }, staff, null)
  const http = createApp({
    app: world.app,
    apiKeys: [{ name: 'boss', key: KEYS.boss, scope: 'admin' }],
    clock: world.clock,
    logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    metrics: createMetrics(),
    webhooks: {},
    remoteAddress: () => '192.0.2.1',
  })
  const send = async (path: string, body?: object, key = path) => {
    const headers = { authorization: `Bearer ${KEYS.boss}`, 'idempotency-key': key, 'content-type': 'application/json' }
    const request = body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers }
    const response = await http.request(`/api/v1${path}`, request)
    return {
      status: response.status,
      text: await response.clone().text(),
      json: (await response.json()) as Record<string, unknown>,
    }
  }
  const ref = '/members/email%3Aada%40example.org'
  expect((await send(`${ref}/rewards`)).json).toMatchObject({
    available: 90,
    rewards: [{ available: true, balanceAfter: 40 }],
  })
  const asked = await send(`${ref}/redemptions`, { reward: 'mug' })
  expect([asked.status, asked.json.state]).toEqual([201, 'reserved'])
  expect((await send(`${ref}/redemptions`, { reward: 'mug' })).text).toBe(asked.text)
  expect((await send(`${ref}/redemptions`, { reward: 'mug' }, 'other')).json).toMatchObject({
    code: 'insufficient_points',
    detail: 'You need 10 more points',
  })
  expect((await send('/rewards')).json).toMatchObject({
    rewards: [{ id: 'mug', cost: 50, stock: 2, left: 1, open: true }],
  })
  const id = String(asked.json.id)
  expect((await send(`/redemptions/${id}/fulfil`, {})).json).toMatchObject({ state: 'issued', id })
  expect((await send(`/redemptions/${id}`)).json).toMatchObject({ state: 'issued', instructions: 'Hand it over' })
  expect((await send('/redemptions?state=reserved')).json).toEqual({ redemptions: [], next: null })
  expect((await send('/redemptions/red_nobody')).json).toMatchObject({ code: 'not_found' })
  await world.close()
})

test('a server without Stripe keeps what is ordered, and the metrics count what came of it', async () => {
  const config = parseConfig({ API_KEYS: `boss:${KEYS.boss}:admin` })
  if (!config.ok) throw new Error(config.problems.join('\n'))
  const fulfil = { kind: 'promotion_code' as const, percentOff: 10 }
  const store = await memoryStore()
  const { app, http } = await compose(config.config, {
    store,
    program: makeProgram({ rewards: [{ id: 'ten', name: '10 % off', cost: 50, fulfil }] }),
    clock: { now: () => Date.UTC(2026, 10, 22) },
    random: (count) => Uint8Array.from({ length: count }, (_, index) => (index * 37 + count) % 251),
    logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    metrics: createMetrics(),
    remoteAddress: () => '192.0.2.1',
  })
  await app.enrolMember({ email: 'ada@example.org' }, staff, null)
  for (const charge of ['house', 'member'] as const)
    await http.request('/api/v1/members/email:ada@example.org/redemptions', {
      method: 'POST',
      headers: {
        authorization: `Bearer ${KEYS.boss}`,
        'content-type': 'application/json',
        'idempotency-key': charge,
      },
      body: JSON.stringify({ reward: 'ten', charge }),
    })
  const outbox = await app.listOutbox({ limit: 9 })
  const items = outbox.items.filter(({ kind }) => kind === 'stripe.reward')
  expect(items).toMatchObject([{ kind: 'stripe.reward', state: 'waiting', payload: { do: 'make', name: '10 % off' } }])
  const metrics = await (await http.request('/metrics')).text()
  expect(metrics).toContain('regulars_redemptions_total{outcome="accepted"} 1')
  expect(metrics).toContain('regulars_redemptions_total{outcome="insufficient_points"} 1')
  await store.close()
})
