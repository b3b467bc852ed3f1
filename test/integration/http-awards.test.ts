// Actions, awards and choices over HTTP: what reaches the use cases, what is answered and what is refused.
import { describe, expect, test } from 'vitest'
import type { RefusalCode } from '../../src/app/ports.ts'
import { award, entry } from '../../src/http/api/output.ts'
import { birthdayChoice, goodwill, NOW } from '../support/http-fake-app.ts'
import { createTestServer, KEYS } from '../support/http-test-server.ts'

const ACTIONS = '/api/v1/members/email%3Aada%40example.org/actions'
const AWARDS = '/api/v1/members/mem_ada/awards'
const CHOOSE = `${AWARDS}/mem_ada.birthday.birthday.2026/choose`
const origin = { source: 'api:boss', actor: 'api:boss' }

describe('actions', () => {
  test('are reported, and the first entry is answered', async () => {
    const { send, calls } = createTestServer()
    const body = { action: 'review', at: '2026-11-22T10:30:00+01:00', data: { text: 'très bien', stars: 5 } }
    const answer = await send(ACTIONS, { method: 'POST', body })
    expect(answer.status).toBe(201)
    expect(entry.strict().parse(answer.json)).toEqual(goodwill)
    expect(calls).toEqual([
      [
        'recordAction',
        'email:ada@example.org',
        { action: 'review', at: NOW },
        origin,
        expect.objectContaining({ holder: 'boss', key: 'key-1' }),
      ],
    ])
    // Nothing of what was sent along goes any further.
    expect(JSON.stringify(calls)).not.toContain('bien')
  })

  test('are of now where no time is given', async () => {
    const { send, calls } = createTestServer()
    for (const body of [{ action: 'review' }, { action: 'review', at: null, data: null }])
      expect((await send(ACTIONS, { method: 'POST', body })).status).toBe(201)
    expect(calls.map(([, , input]) => input)).toEqual([{ action: 'review' }, { action: 'review' }])
  })

  test('with other data under the same key are other content', async () => {
    const { send, calls } = createTestServer()
    for (const stars of [4, 5]) await send(ACTIONS, { method: 'POST', body: { action: 'review', data: { stars } } })
    const [first, second] = calls.map((call) => (call[0] === 'recordAction' ? call[4]?.hash : null))
    expect(first).not.toBe(second)
  })

  const deep = `{"action":"review","data":{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}}`
  test.each([
    ['no action', {}, 'action'],
    ['an empty action', { action: ' ' }, 'action'],
    ['an action too long', { action: 'a'.repeat(41) }, 'action'],
    ['an action that is a number', { action: 3 }, 'action'],
    ['a time without a zone', { action: 'a', at: '2026-11-22' }, 'at'],
    ['a time in seconds', { action: 'a', at: 1_795_000_000 }, 'at'],
    ['data that is a list', { action: 'a', data: [1] }, 'data'],
    ['data that is a text', { action: 'a', data: 'x' }, 'data'],
    ['data too large', { action: 'a', data: { text: 'x'.repeat(4_090) } }, 'data'],
    ['data nested without end', deep, 'data'],
    ['a field that is not known', { action: 'a', points: 5 }, 'points'],
  ])('with %s are refused as invalid_request', async (_, body, path) => {
    const { send, calls } = createTestServer()
    const answer = await send(ACTIONS, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
    expect([answer.status, answer.json.code]).toEqual([400, 'invalid_request'])
    expect(answer.json.errors).toMatchObject([{ path }])
    expect(calls).toEqual([])
  })

  test('as deep as data may be are accepted', async () => {
    const { send } = createTestServer()
    const data = `{"a":${'['.repeat(2_040)}${']'.repeat(2_040)}}`
    const answer = await send(ACTIONS, {
      method: 'POST',
      body: `{"action":"review","data":${data}}`,
      headers: { 'content-type': 'application/json' },
    })
    expect(answer.status).toBe(201)
  })

  test.each<[RefusalCode, number]>([
    ['invalid_request', 400],
    ['not_found', 404],
    ['member_inactive', 422],
    ['not_eligible', 422],
    ['limit_reached', 422],
  ])('that are refused as %s answer %i with the sentence', async (code, status) => {
    const message = 'This counts once a day, again from Nov 23, 2026'
    const { send } = createTestServer({ recordAction: async () => ({ ok: false, code, message }) })
    const answer = await send(ACTIONS, { method: 'POST', body: { action: 'review' } })
    expect([answer.status, answer.json.code, answer.json.detail]).toEqual([status, code, message])
  })

  test('need a key that may write, and an Idempotency-Key', async () => {
    const { send, calls } = createTestServer()
    const body = { action: 'review' }
    expect((await send(ACTIONS, { method: 'POST', body, key: KEYS.reader })).status).toBe(403)
    expect((await send(ACTIONS, { method: 'POST', body, idempotencyKey: null })).json.code).toBe('invalid_request')
    expect(calls).toEqual([])
  })
})

describe('awards', () => {
  test('are listed a page at a time', async () => {
    const { send, calls } = createTestServer({
      listAwards: async () => ({ ok: true, value: { items: [birthdayChoice], next: 'c2' } }),
    })
    const answer = await send(`${AWARDS}?limit=2&cursor=c1`, { key: KEYS.reader })
    expect(answer.json).toEqual({ awards: [birthdayChoice], next: 'c2' })
    expect(calls).toEqual([['listAwards', 'mem_ada', { limit: 2, cursor: 'c1' }]])
    expect((await send(`${AWARDS}?limit=201`)).json.code).toBe('invalid_request')
  })

  test('have their choice made by the id they are listed with', async () => {
    const { send, calls } = createTestServer()
    const answer = await send(CHOOSE, { method: 'POST', body: { option: 0 } })
    expect(answer.status).toBe(200)
    expect(award.strict().parse(answer.json)).toEqual({ ...birthdayChoice, state: 'given', chosen: 0 })
    expect(calls).toEqual([
      [
        'chooseAward',
        'mem_ada',
        'mem_ada.birthday.birthday.2026',
        0,
        origin,
        expect.objectContaining({ key: 'key-1' }),
      ],
    ])
  })

  test('are told apart under one key', async () => {
    const { send, calls } = createTestServer()
    await send(CHOOSE, { method: 'POST', body: { option: 0 } })
    await send(CHOOSE.replace('2026', '2027'), { method: 'POST', body: { option: 0 } })
    const [first, second] = calls.map((call) => (call[0] === 'chooseAward' ? call[5]?.route : null))
    expect(first).not.toBe(second)
  })

  test.each([[{}], [{ option: -1 }], [{ option: 1.5 }], [{ option: '0' }], [{ option: null }], [{ option: 1e9 }]])(
    'chosen by %j are refused as invalid_request',
    async (body) => {
      const { send, calls } = createTestServer()
      expect((await send(CHOOSE, { method: 'POST', body })).json.code).toBe('invalid_request')
      expect(calls).toEqual([])
    },
  )

  test.each(['..%2F..%2Fetc', '%00', 'a'.repeat(400)])('by the id %j are never a server error', async (id) => {
    const { send } = createTestServer({
      chooseAward: async () => ({ ok: false, code: 'not_found', message: 'This member has no such award' }),
    })
    expect([400, 404]).toContain((await send(`${AWARDS}/${id}/choose`, { method: 'POST', body: { option: 0 } })).status)
  })
})

describe('a birthday', () => {
  test.each(['1990-12-10', '--12-10', '--02-29', '2000-02-29'])('may be written %s', async (birthday) => {
    const { send, calls } = createTestServer()
    await send('/api/v1/members/mem_ada', { method: 'PATCH', body: { birthday } })
    expect(calls).toMatchObject([['updateMember', 'mem_ada', { birthday }, origin]])
  })

  test.each(['12-10', '-12-10', '--13-01', '--02-30', '2025-02-29', '--12-10T00:00:00Z', '---12-10', '1990-12'])(
    'is refused as invalid_request when written %s',
    async (birthday) => {
      const { send, calls } = createTestServer()
      const answer = await send('/api/v1/members/mem_ada', { method: 'PATCH', body: { birthday } })
      expect(answer.json.code).toBe('invalid_request')
      expect(calls).toEqual([])
    },
  )
})
