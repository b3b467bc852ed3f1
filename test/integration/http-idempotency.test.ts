// Idempotency-Key: asked for on every POST, and what it stands for.
import { describe, expect, test } from 'vitest'
import type { Idempotency } from '../../src/app/ports.ts'
import { ROUTES } from '../support/http-routes.ts'
import { createTestServer, KEYS, type Sent } from '../support/http-test-server.ts'

const posts = ROUTES.filter(({ method }) => method === 'POST')

describe.each(posts)('POST $pattern', ({ method, path, body }) => {
  test.each([
    ['is missing', null],
    ['is empty', ''],
    ['is too long', 'k'.repeat(256)],
    ['is not printable ASCII', 'clé'],
  ])('refuses a call whose key %s', async (_, idempotencyKey) => {
    const { send, calls } = createTestServer()
    const answer = await send(path, { method, body, idempotencyKey })
    expect([answer.status, answer.json.code]).toEqual([400, 'invalid_request'])
    expect(answer.json.errors).toEqual([expect.objectContaining({ path: 'Idempotency-Key' })])
    expect(calls).toEqual([])
  })

  test('takes a key of 255 characters', async () => {
    const { send } = createTestServer()
    expect((await send(path, { method, body, idempotencyKey: 'k'.repeat(255) })).status).toBeLessThan(300)
  })
})

test('calls other than POST need no key', async () => {
  const { send } = createTestServer()
  const answer = await send('/api/v1/members/mem_ada', { method: 'PATCH', body: { name: 'Ada' } })
  expect(answer.status).toBe(200)
})

describe('what a key stands for', () => {
  const adjust = async (ref: string, sent: Sent): Promise<Idempotency> => {
    const { send, calls } = createTestServer()
    await send(`/api/v1/members/${ref}/adjustments`, { method: 'POST', ...sent })
    const call = calls.find((each) => each[0] === 'adjustPoints')
    if (call?.[0] !== 'adjustPoints' || call[4] === null) throw new Error('the call did not get through')
    return call[4]
  }
  const body = '{"points":25,"reason":"Goodwill"}'

  test('is the same content whatever the order and spacing of its fields', async () => {
    const [one, other] = [
      await adjust('mem_ada', { body }),
      await adjust('mem_ada', { body: '{ "reason":"Goodwill", "points":25 }' }),
    ]
    expect(other).toEqual(one)
    expect(one.hash).toMatch(/^[0-9a-f]{64}$/)
  })

  test('is other content for another amount', async () => {
    const [one, other] = [
      await adjust('mem_ada', { body }),
      await adjust('mem_ada', { body: body.replace('25', '26') }),
    ]
    expect(other.hash).not.toBe(one.hash)
    expect({ ...other, hash: one.hash }).toEqual(one)
  })

  test('belongs to its holder, route and member', async () => {
    const one = await adjust('mem_ada', { body })
    expect((await adjust('mem_ada', { body, key: KEYS.writer })).holder).toBe('writer')
    expect((await adjust('mem_bo', { body })).route).not.toBe(one.route)
    expect(one.route).toMatch(/^POST \/members\/\{ref\}\/adjustments /)
  })

  test('holds no address, and knows one in any case', async () => {
    const one = await adjust('email%3Aada%40example.org', { body })
    expect(JSON.stringify(one)).not.toContain('ada@')
    expect(await adjust('email:Ada@Example.org', { body })).toEqual(one)
    expect((await adjust('stripe:cus_a', { body })).route).not.toBe((await adjust('stripe:cus_A', { body })).route)
  })
})

test('the same outcome is answered with the same text, however its fields are ordered in the store', async () => {
  const { send } = createTestServer()
  const first = await send('/api/v1/members/mem_ada')
  const shuffled = createTestServer({
    getMember: async () => ({
      ok: true,
      value: Object.fromEntries(Object.entries(JSON.parse(first.text)).reverse()) as never,
    }),
  })
  expect((await shuffled.send('/api/v1/members/mem_ada')).text).toBe(first.text)
})
