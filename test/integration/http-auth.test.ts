// Who may call what: every route with every kind of key.
import { describe, expect, test } from 'vitest'
import type { Scope } from '../../src/http/api-keys.ts'
import { ROUTES } from '../support/http-routes.ts'
import { createTestServer, KEYS } from '../support/http-test-server.ts'

const HOLDERS: Record<Scope, string> = { read: KEYS.reader, write: KEYS.writer, admin: KEYS.boss }
const RANK: Record<Scope, number> = { read: 0, write: 1, admin: 2 }
const routes = ROUTES.map((route) => ({ ...route, name: `${route.method} ${route.path}` }))

describe.each(routes)('$name', ({ method, path, body, scope, status }) => {
  test('refuses a call without a key', async () => {
    const { send, calls } = createTestServer()
    const answer = await send(path, { method, body, key: null })
    expect([answer.status, answer.json.code]).toEqual([401, 'unauthorized'])
    expect(answer.headers.get('www-authenticate')).toContain('Bearer')
    expect(calls).toEqual([])
  })

  test('refuses a key that is not known', async () => {
    const { send, calls } = createTestServer()
    const answer = await send(path, { method, body, key: `${KEYS.boss}x` })
    expect([answer.status, answer.json.code]).toEqual([401, 'unauthorized'])
    expect(calls).toEqual([])
  })

  test.each(['read', 'write', 'admin'] as const)('holds a key of scope %s to what it may do', async (held) => {
    const { send, calls } = createTestServer()
    const answer = await send(path, { method, body, key: HOLDERS[held] })
    if (RANK[held] >= RANK[scope]) {
      expect(answer.status).toBe(status)
    } else {
      expect([answer.status, answer.json.code]).toEqual([403, 'forbidden'])
      expect(calls).toEqual([])
    }
  })
})

describe('a key', () => {
  test.each([
    ['an empty header', ''],
    ['another scheme', `Basic ${KEYS.boss}`],
    ['no key after the scheme', 'Bearer '],
    ['two keys', `Bearer ${KEYS.boss} ${KEYS.boss}`],
    ['a key without the scheme', KEYS.boss],
    ['a key that is the beginning of a good one', `Bearer ${KEYS.boss.slice(0, -1)}`],
    ['a key in other case', `Bearer ${KEYS.boss.toUpperCase()}`],
    ['the name of a key', 'Bearer boss'],
  ])('is not accepted as %s', async (_, authorization) => {
    const { send } = createTestServer()
    const answer = await send('/api/v1/program', { key: null, headers: { authorization } })
    expect([answer.status, answer.json.code]).toEqual([401, 'unauthorized'])
  })

  test('is accepted whatever the case of the scheme', async () => {
    const { send } = createTestServer()
    const answer = await send('/api/v1/program', { key: null, headers: { authorization: `bearer ${KEYS.reader}` } })
    expect(answer.status).toBe(200)
  })

  test('cannot be right where no keys are configured', async () => {
    const { send } = createTestServer({}, { apiKeys: [] })
    const answer = await send('/api/v1/program')
    expect([answer.status, answer.json.code]).toEqual([401, 'unauthorized'])
    expect(answer.json.detail).toContain('API_KEYS')
  })

  test('is asked for before anything is said about paths', async () => {
    const { send } = createTestServer()
    expect((await send('/api/v1/nothing-here', { key: null })).status).toBe(401)
    expect((await send('/api/v1/nothing-here')).json.code).toBe('not_found')
  })

  test('names the origin that the books keep', async () => {
    const { send, calls } = createTestServer()
    await send('/api/v1/members/mem_ada', { method: 'PATCH', key: KEYS.writer, body: { name: 'Ada' } })
    expect(calls).toEqual([['updateMember', 'mem_ada', { name: 'Ada' }, { source: 'api:writer', actor: 'api:writer' }]])
  })
})

describe('failed attempts', () => {
  const limits = { failedAttempts: { burst: 3, refillMs: 2_000, addresses: 2 } }
  const guess = (address = '192.0.2.1') => ({ key: 'guess', headers: { 'x-test-address': address } })

  test('are slowed down per address, saying when to try again', async () => {
    const { send, clock } = createTestServer({}, { limits })
    for (let attempt = 0; attempt < 3; attempt++) expect((await send('/api/v1/program', guess())).status).toBe(401)
    const refused = await send('/api/v1/program', guess())
    expect([refused.status, refused.json.code, refused.headers.get('retry-after')]).toEqual([429, 'rate_limited', '2'])
    expect((await send('/api/v1/program', guess('192.0.2.2'))).status).toBe(401)
    clock.set(clock.now() + 2_000)
    expect((await send('/api/v1/program', guess())).status).toBe(401)
    expect((await send('/api/v1/program', guess())).status).toBe(429)
  })

  test('never hold up a good key from the same address', async () => {
    const { send } = createTestServer({}, { limits })
    for (let attempt = 0; attempt < 10; attempt++) await send('/api/v1/program', guess())
    expect((await send('/api/v1/program')).status).toBe(200)
  })

  test('hold up no webhook, however many come from the same address', async () => {
    const { send, app } = createTestServer({}, { webhooks: { stripe: async (c) => c.json({ outcome: 'recorded' }) } })
    const guesses = await Promise.all(Array.from({ length: 130 }, () => send('/api/v1/program', guess())))
    expect(new Set(guesses.map(({ status }) => status))).toEqual(new Set([401, 429]))
    const headers = { 'x-test-address': '192.0.2.1' }
    for (let i = 0; i < 1_000; i++)
      expect((await app.request('/stripe/webhook', { method: 'POST', headers })).status).toBe(200)
    expect((await send('/api/v1/program', { headers })).status).toBe(200)
  })

  test('do not count calls with a good key', async () => {
    const { send } = createTestServer({}, { limits })
    for (let call = 0; call < 20; call++) expect((await send('/api/v1/program')).status).toBe(200)
    expect((await send('/api/v1/program', guess())).status).toBe(401)
  })

  test('of one IPv6 network count together', async () => {
    const { send } = createTestServer({}, { limits })
    const statuses = []
    for (const host of ['1', '2', '3', 'ffff:1']) {
      statuses.push((await send('/api/v1/program', guess(`2001:db8:1:2::${host}`))).status)
    }
    expect(statuses).toEqual([401, 401, 401, 429])
    expect((await send('/api/v1/program', guess('2001:db8:1:3::1'))).status).toBe(401)
  })

  test('are forgotten, oldest first, rather than filling the memory', async () => {
    const { send } = createTestServer({}, { limits })
    for (let attempt = 0; attempt < 4; attempt++) await send('/api/v1/program', guess('192.0.2.1'))
    await send('/api/v1/program', guess('192.0.2.2'))
    await send('/api/v1/program', guess('192.0.2.3'))
    expect((await send('/api/v1/program', guess('192.0.2.1'))).status).toBe(401)
  })
})
