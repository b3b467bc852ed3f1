// Alerts over HTTP: who may, what is accepted and passed on, and how each refusal is answered.
import { describe, expect, test } from 'vitest'
import type { AlertView, App, RefusalCode } from '../../src/app/ports.ts'
import { createApp } from '../../src/http/create-app.ts'
import { createMetrics } from '../../src/metrics.ts'
import { createAlertWorld } from '../support/alerts.ts'
import { lapse, NOW } from '../support/http-fake-app.ts'
import { createTestServer, KEYS, type Sent } from '../support/http-test-server.ts'
import { makeProgram } from '../support/programs.ts'
import { staff } from '../support/world.ts'

const ALERT = `/api/v1/alerts/${lapse.id}`
const DAY = 86_400_000
const WRITER = { source: 'api:writer', actor: 'api:writer' }
const BODIES = { assign: {}, snooze: { days: 7 }, resolve: { outcome: 'helped' }, reopen: {} } as const
const STEPS = Object.keys(BODIES) as (keyof typeof BODIES)[]

const post = (step: keyof typeof BODIES, over: Sent = {}): [string, Sent] => [
  `${ALERT}/${step}`,
  { method: 'POST', key: KEYS.writer, body: BODIES[step], ...over },
]

describe('who may', () => {
  test.each(['', '/alr_1'])('read GET /alerts%s with any key, nobody without one', async (path) => {
    const { send, calls } = createTestServer()
    for (const key of [KEYS.reader, KEYS.writer, KEYS.boss])
      expect((await send(`/api/v1/alerts${path}`, { key })).status).toBe(200)
    for (const key of [null, 'wrong-key-0123456789'])
      expect((await send(`/api/v1/alerts${path}`, { key })).json).toMatchObject({ status: 401, code: 'unauthorized' })
    expect(calls).toHaveLength(3)
  })
  test.each(STEPS)('%s with write and admin, not with read', async (step) => {
    const { send, calls } = createTestServer()
    const answers = []
    for (const key of [null, KEYS.reader, KEYS.writer, KEYS.boss]) {
      const { status, json } = await send(...post(step, { key }))
      answers.push([status, json.code ?? null])
    }
    expect(answers).toEqual([
      [401, 'unauthorized'],
      [403, 'forbidden'],
      [200, null],
      [200, null],
    ])
    expect(calls.map(([name]) => name)).toEqual(['moveAlert', 'moveAlert'])
  })
})

describe('GET /alerts', () => {
  test('answers alerts and the next cursor, field by field', async () => {
    const { send } = createTestServer({
      listAlerts: async () => ({
        ok: true,
        value: { items: [{ ...lapse, secret: 1 } as AlertView], next: '41200.alr_x' },
      }),
    })
    const { status, json } = await send('/api/v1/alerts', { key: KEYS.reader })
    expect(status).toBe(200)
    expect(json).toEqual({ alerts: [lapse], next: '41200.alr_x' })
  })
  test('passes on what is asked for', async () => {
    const { send, calls } = createTestServer()
    await send('/api/v1/alerts')
    await send(
      '/api/v1/alerts?state=snoozed&kind=at_risk&member=email%3Aada%40example.org&assignee=hubspot:Tigist@Example.org&limit=100&cursor=1.a',
    )
    expect(calls).toEqual([
      ['listAlerts', { limit: 25 }],
      [
        'listAlerts',
        {
          state: 'snoozed',
          kind: 'at_risk',
          member: 'email:ada@example.org',
          assignee: 'hubspot:tigist@example.org',
          limit: 100,
          cursor: '1.a',
        },
      ],
    ])
  })
  test.each([
    ['state=held_out', 'state'],
    ['state=', 'state'],
    ['kind=sad', 'kind'],
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=x', 'limit'],
    ['assignee=*', 'assignee'],
    ['assignee=slack:S0GROUP', 'assignee'],
    ['member=', 'member'],
    ['member=%00', 'member'],
    ['cursor=', 'cursor'],
    [`cursor=${'9'.repeat(501)}`, 'cursor'],
    ['holdout=1', 'holdout'],
  ])('refuses ?%s as invalid_request: %s', async (query, path) => {
    const { send, calls } = createTestServer()
    const { status, json } = await send(`/api/v1/alerts?${query}`)
    expect([status, json.code]).toEqual([400, 'invalid_request'])
    expect(json.errors).toEqual([expect.objectContaining({ path })])
    expect(calls).toEqual([])
  })
})

describe('POST /alerts/{id}/…', () => {
  test.each([
    ['assign', undefined, { do: 'assign' }],
    ['assign', {}, { do: 'assign' }],
    ['assign', { to: null }, { do: 'assign', to: null }],
    ['assign', { to: ' hubspot:Ada@Example.org ' }, { do: 'assign', to: 'hubspot:ada@example.org' }],
    ['assign', { to: 'slack:U024BE7LH' }, { do: 'assign', to: 'slack:U024BE7LH' }],
    ['snooze', { days: 365 }, { do: 'snooze', days: 365 }],
    ['snooze', { until: '2026-12-24T18:00:00+03:00' }, { do: 'snooze', until: Date.UTC(2026, 11, 24, 15) }],
    ['resolve', { outcome: 'gone' }, { do: 'resolve', outcome: 'gone' }],
    [
      'resolve',
      { outcome: 'helped', note: ' Անահիտ · ሰላም ' },
      { do: 'resolve', outcome: 'helped', note: 'Անահիտ · ሰላም' },
    ],
    ['resolve', { outcome: 'helped', note: null }, { do: 'resolve', outcome: 'helped', note: null }],
    ['reopen', undefined, { do: 'reopen' }],
    ['reopen', {}, { do: 'reopen' }],
  ] as const)('%s %j is passed on as %j, by whom and how often', async (step, body, input) => {
    const { send, calls } = createTestServer()
    const { status, json } = await send(...post(step, { body }))
    expect([status, json]).toEqual([200, lapse])
    expect(calls).toEqual([
      ['moveAlert', lapse.id, input, WRITER, expect.objectContaining({ holder: 'writer', key: 'key-1' })],
    ])
  })
  test.each([
    ['assign', { to: '' }, 'to'],
    ['assign', { to: '*' }, 'to'],
    ['assign', { to: 'slack:S024BE7LH' }, 'to'],
    ['assign', { to: 7 }, 'to'],
    ['assign', { who: 'slack:U1' }, 'who'],
    ['snooze', { days: 0 }, 'days'],
    ['snooze', { days: 366 }, 'days'],
    ['snooze', { days: 1.5 }, 'days'],
    ['snooze', { days: '7' }, 'days'],
    ['snooze', { until: 'tomorrow' }, 'until'],
    ['snooze', { until: '2026-12-24' }, 'until'],
    ['resolve', {}, 'outcome'],
    ['resolve', { outcome: 'came_back' }, 'outcome'],
    ['resolve', { outcome: 'helped', note: 'n'.repeat(501) }, 'note'],
    ['resolve', { outcome: 'helped', note: '' }, 'note'],
    ['resolve', { outcome: 'helped', note: 'a\u0000b' }, 'note'],
    ['resolve', { outcome: 'helped', note: '\ud800' }, 'note'],
    ['reopen', { why: 'x' }, 'why'],
  ] as const)('%s refuses %j as invalid_request: %s', async (step, body, path) => {
    const { send, calls } = createTestServer()
    const { status, json } = await send(...post(step, { body }))
    expect([status, json.code]).toEqual([400, 'invalid_request'])
    expect(json.errors).toEqual([expect.objectContaining({ path })])
    expect(calls).toEqual([])
  })
  test.each([
    ['snooze', {}],
    ['snooze', { days: 1, until: '2026-12-24T18:00:00Z' }],
    ['snooze', undefined],
    ['resolve', undefined],
    ['resolve', '{"outcome":'],
    ['resolve', '[]'],
    ['assign', 'null'],
    ['assign', '"slack:U024BE7LH"'],
  ] as const)('%s refuses %j as invalid_request', async (step, body) => {
    const { send, calls } = createTestServer()
    const { status, json } = await send(...post(step, { body }))
    expect([status, json.code]).toEqual([400, 'invalid_request'])
    expect(calls).toEqual([])
  })
  test.each(STEPS)('%s needs an Idempotency-Key: invalid_request', async (step) => {
    const { send, calls } = createTestServer()
    const { status, json } = await send(...post(step, { idempotencyKey: null }))
    expect([status, json.code]).toEqual([400, 'invalid_request'])
    expect(calls).toEqual([])
  })
  test('a body above the limit is too_large', async () => {
    const { send } = createTestServer()
    const { status, json } = await send(
      ...post('resolve', { body: `{"outcome":"gone","note":"${'n'.repeat(70_000)}"}` }),
    )
    expect([status, json.code]).toEqual([413, 'too_large'])
  })
  test('each step and each alert has keys of its own; the same body in another order is the same', async () => {
    const { send, calls } = createTestServer()
    await send(...post('resolve', { body: '{"outcome":"gone","note":"x"}' }))
    await send(...post('resolve', { body: '{"note":"x","outcome":"gone"}' }))
    await send(...post('reopen'))
    await send('/api/v1/alerts/alr_2/reopen', { method: 'POST', key: KEYS.writer })
    const keys = calls.map((call) => call.at(-1) as { route: string; hash: string })
    expect(keys[0]).toEqual(keys[1])
    expect(new Set(keys.map(({ route }) => route)).size).toBe(3)
  })
  const REFUSED: [RefusalCode, number][] = [
    ['invalid_request', 400],
    ['not_found', 404],
    ['conflict', 409],
    ['idempotency_conflict', 409],
    ['forbidden', 403],
  ]
  test.each(REFUSED)('answers %s as %d, with the sentence', async (code, status) => {
    const refused: App['moveAlert'] = async () => ({ ok: false, code, message: 'Not so' })
    const { send } = createTestServer({ moveAlert: refused })
    for (const step of STEPS) {
      const answer = await send(...post(step))
      expect([answer.status, answer.json.code, answer.json.detail]).toEqual([status, code, 'Not so'])
      expect(answer.headers.get('content-type')).toBe('application/problem+json')
    }
  })
  test('GET answers not_found for an alert that is not there', async () => {
    const { send } = createTestServer({ getAlert: async () => ({ ok: false, code: 'not_found', message: 'None' }) })
    expect((await send(ALERT)).json).toMatchObject({ status: 404, code: 'not_found' })
  })
})

interface Answered {
  status: number
  // Tests look into whatever came back.
  json: Record<string, unknown> & { alerts: [AlertView, ...AlertView[]]; next: string }
}

describe('over the real use cases', () => {
  async function serve() {
    const world = await createAlertWorld({ now: NOW, program: makeProgram({ staff: { viewer: ['api:viewer'] } }) })
    await world.app.enrolMember({ email: 'ada@example.org' }, staff, null)
    await world.open('email:ada@example.org')
    await world.open('email:ada@example.org', { kind: 'unhappy', occasion: 'mem_1/act_2/review', valueMinor: 1 })
    const app = createApp({
      app: world.app,
      apiKeys: [
        { name: 'writer', key: KEYS.writer, scope: 'write' },
        { name: 'viewer', key: KEYS.reader, scope: 'write' },
      ],
      clock: world.clock,
      logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
      metrics: createMetrics(),
      webhooks: {},
      remoteAddress: () => '192.0.2.1',
    })
    let keys = 0
    const call = async (path: string, body?: object, key = KEYS.writer): Promise<Answered> => {
      const headers = {
        authorization: `Bearer ${key}`,
        'idempotency-key': `k${keys++}`,
        'content-type': 'application/json',
      }
      const request = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) }
      const response = await app.request(`/api/v1${path}`, request)
      return { status: response.status, json: JSON.parse(await response.text()) }
    }
    return { ...world, call }
  }

  test('list, take, put off, resolve, reopen', async () => {
    const { call, clock } = await serve()
    const { json: page } = await call('/alerts?limit=1')
    expect(page.alerts).toHaveLength(1)
    const { json: second } = await call(`/alerts?limit=1&cursor=${encodeURIComponent(page.next)}`)
    expect([second.alerts[0].kind, second.next]).toEqual(['unhappy', null])
    for (const { id } of [page.alerts[0], second.alerts[0]]) {
      const path = `/alerts/${encodeURIComponent(id)}`
      expect((await call(path)).json.id).toBe(id)
      expect((await call(`${path}/assign`, {})).json.assignee).toBe('api:writer')
      expect((await call(`${path}/snooze`, { days: 2 })).json.state).toBe('snoozed')
      expect((await call(`${path}/snooze`, { until: new Date(clock.at - 1).toISOString() })).json).toMatchObject({
        status: 400,
        code: 'invalid_request',
      })
      expect((await call(`${path}/snooze`, { until: new Date(clock.at + 366 * DAY).toISOString() })).json.code).toBe(
        'invalid_request',
      )
      expect((await call(`${path}/resolve`, { outcome: 'helped', note: 'Called' })).json).toMatchObject({
        state: 'resolved',
        note: 'Called',
      })
      expect((await call(`${path}/resolve`, { outcome: 'gone' })).json).toMatchObject({ status: 409, code: 'conflict' })
      expect((await call(`${path}/reopen`, {})).json).toMatchObject({ state: 'open', assignee: 'api:writer' })
    }
    expect((await call('/alerts?member=email%3Anobody%40example.org')).json).toMatchObject({
      status: 404,
      code: 'not_found',
    })
    expect((await call('/alerts?cursor=zzz')).json).toMatchObject({ status: 400, code: 'invalid_request' })
    expect((await call('/alerts/alr_nobody/assign', {})).json).toMatchObject({ status: 404, code: 'not_found' })
  })
  test('a key that the program holds as a viewer may only look: forbidden', async () => {
    const { call } = await serve()
    const { json } = await call('/alerts', undefined, KEYS.reader)
    const refused = await call(`/alerts/${json.alerts[0].id}/assign`, {}, KEYS.reader)
    expect(refused.json).toMatchObject({ status: 403, code: 'forbidden' })
  })
})
