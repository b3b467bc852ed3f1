// Errors: each refusal's shape and status, and that nothing inner gets out.
import { describe, expect, test } from 'vitest'
import { type RefusalCode, StoreUnavailable } from '../../src/app/ports.ts'
import { createTestServer } from '../support/http-test-server.ts'

const STATUS: Record<RefusalCode, number> = {
  invalid_request: 400,
  not_found: 404,
  idempotency_conflict: 409,
  conflict: 409,
  member_inactive: 422,
  unknown_reward: 422,
  reward_closed: 422,
  not_eligible: 422,
  redeeming_frozen: 422,
  limit_reached: 422,
  out_of_stock: 422,
  insufficient_points: 422,
  staff_limit: 422,
  forbidden: 403,
}
const adjustment = { method: 'POST', body: { points: 1, reason: 'x' } }

test.each(Object.entries(STATUS) as [RefusalCode, number][])('the refusal %s is answered %d', async (code, status) => {
  const { send } = createTestServer({ adjustPoints: async () => ({ ok: false, code, message: 'In words.' }) })
  const answer = await send('/api/v1/members/mem_ada/adjustments', adjustment)
  expect(answer.status).toBe(status)
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  expect(answer.headers.get('cache-control')).toBe('no-store')
  const title = expect.any(String)
  expect(answer.json).toEqual({ type: `/api/v1/docs#${code}`, title, status, detail: 'In words.', code })
})

describe('a path that is not there', () => {
  test.each([
    ['GET', '/nothing'],
    ['GET', '/stripe/webhook'],
    ['PUT', '/api/v1/members/mem_ada'],
    ['GET', '/api/v1/members/'],
    ['GET', '/api/v1/members/mem_ada/ledger/'],
    ['POST', '/api/v1/members/mem_ada/rewards'],
    ['GET', '/api/v1/alerts/'],
    ['GET', '/api/v2/members'],
    ['GET', '/'],
  ])('is not_found: %s %s', async (method, path) => {
    const { send } = createTestServer()
    const answer = await send(path, { method })
    expect([answer.status, answer.json.code]).toEqual([404, 'not_found'])
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
  })
})

describe('a body', () => {
  test.each([
    ['no JSON', '{'],
    ['nothing', ''],
    ['JSON with a comma too many', '{"points":1,}'],
    ['two values', '{}{}'],
    ['nested without end', '['.repeat(30_000)],
  ])('that is %s is an invalid request', async (_, body) => {
    const { send, logs } = createTestServer()
    const answer = await send('/api/v1/members/mem_ada/adjustments', { method: 'POST', body })
    expect([answer.status, answer.json.code]).toEqual([400, 'invalid_request'])
    expect(logs.filter(({ level }) => level === 'error')).toEqual([])
  })

  test('that sets the prototype is refused', async () => {
    const { send } = createTestServer()
    const body = '{"points":1,"reason":"x","__proto__":{"admin":true}}'
    const answer = await send('/api/v1/members/mem_ada/adjustments', { method: 'POST', body })
    expect(answer.json.code).toBe('invalid_request')
  })

  test('that is not said to be JSON is an invalid request', async () => {
    const { send } = createTestServer()
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await send('/api/v1/members', { method: 'POST', headers, body: 'email=a%40b.c' })
    expect([answer.status, answer.json.code]).toEqual([400, 'invalid_request'])
    expect(answer.json.detail).toContain('application/json')
  })

  test('over 64 KiB is too large, whether its length is announced or not', async () => {
    const { send, app } = createTestServer()
    const body = { points: 1, reason: 'x'.repeat(64 * 1024) }
    const announced = await send('/api/v1/members/mem_ada/adjustments', {
      method: 'POST',
      body,
      headers: { 'content-length': String(JSON.stringify(body).length) },
    })
    expect([announced.status, announced.json.code]).toEqual([413, 'too_large'])
    const streamed = await app.request('/api/v1/members/mem_ada/adjustments', {
      method: 'POST',
      headers: {
        authorization: 'Bearer boss-key-0123456789',
        'idempotency-key': 'k',
        'content-type': 'application/json',
      },
      body: new Blob([JSON.stringify(body)]).stream(),
      duplex: 'half',
    })
    expect(streamed.status).toBe(413)
    expect(await streamed.json()).toMatchObject({ code: 'too_large' })
  })
})

describe('validation', () => {
  test('names each field, and says back nothing that was sent', async () => {
    const { send } = createTestServer()
    const body = {
      email: 'secret-address',
      birthday: 'secret-day',
      language: '!',
      enrolledAt: 'secret-time',
      'ada@example.org': 1,
      nmae: 'secret-name',
    }
    const answer = await send('/api/v1/members', { method: 'POST', body })
    expect(answer.status).toBe(400)
    expect(answer.json.errors).toEqual([
      { path: 'email', message: 'must be an e-mail address, such as ada@example.org' },
      { path: 'birthday', message: 'must be a date, such as 1990-12-10, or --12-10 without the year' },
      { path: 'language', message: 'must be a language tag, such as en or pt-BR' },
      { path: 'enrolledAt', message: 'must be an instant in ISO 8601, such as 2026-11-22T09:30:00Z' },
      { path: 'the body', message: 'has an unknown field' },
      { path: 'nmae', message: 'is not a field of this request' },
    ])
    expect(answer.text).not.toContain('secret')
  })

  test.each([
    [{}, 'email is missing'],
    [{ email: 5 }, 'email must be a string'],
    [{ email: 'a@b.c', name: '' }, 'name must not be empty'],
    [{ email: 'a@b@c' }, 'email must be an e-mail address, such as ada@example.org'],
    [{ email: 'Ada <ada@example.org>' }, 'email must be an e-mail address, such as ada@example.org'],
    [{ email: `${'a'.repeat(250)}@b.org` }, 'email must be at most 254 characters long'],
    [
      { email: 'a@b.c', birthday: '2025-02-29' },
      'birthday must be a date, such as 1990-12-10, or --12-10 without the year',
    ],
  ])('of %j says: %s', async (body, detail) => {
    const { send } = createTestServer()
    expect((await send('/api/v1/members', { method: 'POST', body })).json.detail).toBe(detail)
  })

  test('of a change wants at least one field', async () => {
    const { send } = createTestServer()
    const answer = await send('/api/v1/members/mem_ada', { method: 'PATCH', body: {} })
    expect(answer.json).toMatchObject({
      code: 'invalid_request',
      detail: 'the body must name at least one field to change',
    })
  })

  test('of a delivery wants a number', async () => {
    const { send } = createTestServer()
    const answer = await send('/api/v1/outbox/three/retry', { method: 'POST' })
    expect(answer.json).toMatchObject({ code: 'invalid_request' })
  })
})

describe('what nobody foresaw', () => {
  test('is answered without a word of it, and logged by its route', async () => {
    const failing = async () => {
      throw new Error('SQLITE_ERROR near secret-table')
    }
    const { send, logs } = createTestServer({ getMember: failing })
    const answer = await send('/api/v1/members/email:ada@example.org')
    expect([answer.status, answer.json.code]).toEqual([500, 'internal'])
    expect(answer.text).not.toMatch(/secret|SQLITE|\bat /)
    const errors = logs.filter(({ level }) => level === 'error')
    expect(errors).toHaveLength(1)
    expect(errors[0]?.fields).toMatchObject({ route: '/api/v1/members/:ref', method: 'GET' })
    expect(JSON.stringify(logs)).not.toContain('ada@')
  })

  test('is 503 with a time to wait while the store cannot be used', async () => {
    const failing = async () => {
      throw new StoreUnavailable('database is locked')
    }
    const { send } = createTestServer({ adjustPoints: failing })
    const answer = await send('/api/v1/members/mem_ada/adjustments', adjustment)
    expect([answer.status, answer.json.code, answer.headers.get('retry-after')]).toEqual([503, 'unavailable', '1'])
    expect(answer.text).not.toContain('locked')
  })
})
