// The members' routes: what reaches the use cases, and what is answered.
import { describe, expect, test } from 'vitest'
import { entry, member } from '../../src/http/api/output.ts'
import { ada, gold, goodwill, NOW } from '../support/http-fake-app.ts'
import { createTestServer, KEYS } from '../support/http-test-server.ts'

const origin = { source: 'api:boss', actor: 'api:boss' }

describe('members', () => {
  test('are read with every field of the contract', async () => {
    const { send } = createTestServer()
    const answer = await send('/api/v1/members/mem_ada')
    expect(answer.json).toEqual(ada)
    expect(member.strict().parse(answer.json)).toEqual(ada)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  })

  test.each([
    ['an id', 'mem_ada', 'mem_ada'],
    ['an address', 'email:ada@example.org', 'email:ada@example.org'],
    ['an encoded address', 'email%3Aada%40example.org', 'email:ada@example.org'],
    ['an address with a plus', 'email%3Aada%2Bshop%40example.org', 'email:ada+shop@example.org'],
    ['an address with a plain plus', 'email:ada+shop@example.org', 'email:ada+shop@example.org'],
    ['an address with a slash', 'email%3Aa%2Fb%40example.org', 'email:a/b@example.org'],
    ['an address with a percent sign', 'email%3Aa%2525b%40example.org', 'email:a%25b@example.org'],
    ['an address in another script', 'email%3A%E1%89%A2%E1%89%82%E1%88%8B%40example.org', 'email:ቢቂላ@example.org'],
    ['a Stripe customer', 'stripe:cus_AbC', 'stripe:cus_AbC'],
    ['a HubSpot contact', 'hubspot%3A101', 'hubspot:101'],
  ])('are found by %s', async (_, path, ref) => {
    const { send, calls } = createTestServer()
    expect((await send(`/api/v1/members/${path}`)).status).toBe(200)
    expect(calls).toEqual([['getMember', ref, undefined]])
  })

  test.each([
    ['a path that climbs', '..%2F..%2Fetc%2Fpasswd'],
    ['SQL', "'%20OR%201=1;--"],
    ['markup', '%3Cscript%3Ealert(1)%3C%2Fscript%3E'],
    ['a broken escape', '%zz'],
    ['a broken character', '%E0%A4%A'],
    ['a NUL', 'a%00b'],
    ['a line end', 'a%0d%0ab'],
    ['a very long one', 'x'.repeat(5_000)],
    ['a property of every object', '__proto__'],
  ])('are never a server error for %s', async (_, path) => {
    const { send } = createTestServer({ getMember: async () => ({ ok: false, code: 'not_found', message: 'No.' }) })
    const answer = await send(`/api/v1/members/${path}`)
    expect([400, 404]).toContain(answer.status)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
  })

  test('are read as of an instant', async () => {
    const { send, calls } = createTestServer()
    await send('/api/v1/members/mem_ada?asOf=2026-11-22T10:30:00%2B01:00')
    expect(calls).toEqual([['getMember', 'mem_ada', NOW]])
    expect((await send('/api/v1/members/mem_ada?asOf=yesterday')).json.code).toBe('invalid_request')
  })

  test('are listed a page at a time', async () => {
    const { send, calls } = createTestServer({
      listMembers: async () => ({ ok: true, value: { items: [ada], next: 'c2' } }),
    })
    expect((await send('/api/v1/members')).json).toEqual({ members: [ada], next: 'c2' })
    await send('/api/v1/members?query=lov%20%C3%89&status=active&limit=100&cursor=c2')
    expect(calls).toEqual([
      ['listMembers', { limit: 25 }],
      ['listMembers', { query: 'lov É', status: 'active', limit: 100, cursor: 'c2' }],
    ])
  })

  test.each([
    'limit=0',
    'limit=101',
    'limit=many',
    'limit=',
    'limit=1.5',
    'status=gone',
    'querry=a',
    'limit=1&limit=2',
  ])('are not listed for ?%s', async (query) => {
    const { send, calls } = createTestServer()
    const answer = await send(`/api/v1/members?${query}`)
    expect([answer.status, answer.json.code]).toEqual([400, 'invalid_request'])
    expect(calls).toEqual([])
  })

  test('are enrolled with what is known of them', async () => {
    const { send, calls } = createTestServer()
    const answer = await send('/api/v1/members', {
      method: 'POST',
      body: { email: ' Ada@Example.ORG ', name: 'Ada', birthday: '1815-12-10', enrolledAt: '2026-11-22T09:30:00Z' },
    })
    expect(answer.status).toBe(201)
    expect(answer.json).toEqual(ada)
    const enrolment = { email: 'ada@example.org', name: 'Ada', birthday: '1815-12-10', enrolledAt: NOW }
    expect(calls[0]?.slice(0, 3)).toEqual(['enrolMember', enrolment, origin])
    expect(calls[0]?.[3]).toMatchObject({ holder: 'boss', route: 'POST /members', key: 'key-1' })
  })

  test('are enrolled with the code of who brought them', async () => {
    const { send, calls } = createTestServer()
    const answer = await send('/api/v1/members', { method: 'POST', body: { email: 'a@b.c', referredBy: ' ADA-7F3K ' } })
    expect(answer.status).toBe(201)
    expect(calls[0]?.[1]).toEqual({ email: 'a@b.c', referredBy: 'ADA-7F3K' })
  })

  test.each(['', 7, 'x'.repeat(41), 'a\u0000b', ['ADA-7F3K']])(
    'are not enrolled with the code %j',
    async (referredBy) => {
      const { send, calls } = createTestServer()
      const answer = await send('/api/v1/members', { method: 'POST', body: { email: 'a@b.c', referredBy } })
      expect(answer.json).toMatchObject({ status: 400, code: 'invalid_request' })
      expect(calls).toEqual([])
    },
  )

  test('tell which tiers they held, and why', async () => {
    const { send, calls } = createTestServer()
    expect((await send('/api/v1/members/mem_ada/tiers')).json).toEqual({ tiers: [gold] })
    expect(calls).toEqual([['memberTiers', 'mem_ada']])
  })

  test('are changed field by field, null taking a value away', async () => {
    const { send, calls } = createTestServer()
    await send('/api/v1/members/mem_ada', { method: 'PATCH', body: { phone: null, status: 'suspended' } })
    expect(calls).toEqual([['updateMember', 'mem_ada', { phone: null, status: 'suspended' }, origin]])
  })

  test('are erased by an admin', async () => {
    const { send, calls } = createTestServer()
    expect((await send('/api/v1/members/mem_ada', { method: 'DELETE' })).json).toEqual({ id: 'mem_ada' })
    expect(calls).toEqual([['eraseMember', 'mem_ada', origin]])
  })

  test('are exported whole', async () => {
    const { send } = createTestServer()
    expect((await send('/api/v1/members/mem_ada/export')).json).toEqual({ member: ada })
  })

  test('are merged into another', async () => {
    const { send, calls } = createTestServer()
    const answer = await send('/api/v1/members/mem_bo/merge', {
      method: 'POST',
      body: { into: 'email:ada@example.org' },
    })
    expect([answer.status, answer.json]).toEqual([200, ada])
    expect(calls[0]?.slice(0, 4)).toEqual(['mergeMembers', 'mem_bo', 'email:ada@example.org', origin])
  })
})

describe('history', () => {
  test('is a page of entries with every field of the contract', async () => {
    const { send, calls } = createTestServer()
    const answer = await send('/api/v1/members/mem_ada/ledger')
    expect(answer.json).toEqual({ entries: [goodwill], next: null })
    expect(entry.strict().parse(goodwill)).toEqual(goodwill)
    await send('/api/v1/members/mem_ada/ledger?limit=200&cursor=x')
    expect(calls).toEqual([
      ['ledger', 'mem_ada', { limit: 50 }],
      ['ledger', 'mem_ada', { limit: 200, cursor: 'x' }],
    ])
  })

  test('has no page of more than 200', async () => {
    const { send } = createTestServer()
    const answer = await send('/api/v1/members/mem_ada/ledger?limit=201')
    expect(answer.json).toMatchObject({ code: 'invalid_request', detail: 'limit must be a whole number from 1 to 200' })
  })

  test('gains an entry by an adjustment', async () => {
    const { send, calls } = createTestServer()
    const answer = await send('/api/v1/members/mem_ada/adjustments', {
      method: 'POST',
      key: KEYS.writer,
      body: { points: -25, reason: 'Typed twice' },
    })
    expect([answer.status, answer.json]).toEqual([201, goodwill])
    expect(calls[0]?.slice(0, 3)).toEqual(['adjustPoints', 'mem_ada', { points: -25, reason: 'Typed twice' }])
  })

  test.each(
    [
      [{ points: 'many', reason: 'x' }, 'points'],
      [{ points: 0, reason: 'x' }, 'points'],
      [{ points: 1.5, reason: 'x' }, 'points'],
      [{ points: 1_000_000_001, reason: 'x' }, 'points'],
      [{ points: -1_000_000_001, reason: 'x' }, 'points'],
      [{ points: 2 ** 53, reason: 'x' }, 'points'],
      [{ reason: 'x' }, 'points'],
      [{ points: 5 }, 'reason'],
      [{ points: 5, reason: '' }, 'reason'],
      [{ points: 5, reason: '   ' }, 'reason'],
      [{ points: 5, reason: 'x'.repeat(501) }, 'reason'],
      [{ points: 5, reason: 'a\u0000b' }, 'reason'],
      [{ points: 5, reason: '\ud800' }, 'reason'],
      [{ points: 5, reason: 'x', member: 'mem_bo' }, 'member'],
      [[], 'the body'],
      ['text', 'the body'],
      [null, 'the body'],
    ].map(([body, path]) => ({ body, path, shown: JSON.stringify(body).slice(0, 60) })),
  )('refuses the adjustment $shown, naming what is wrong', async ({ body, path }) => {
    const { send, calls } = createTestServer()
    const answer = await send('/api/v1/members/mem_ada/adjustments', { method: 'POST', body: JSON.stringify(body) })
    expect([answer.status, answer.json.code]).toEqual([400, 'invalid_request'])
    expect(answer.json.errors).toEqual([expect.objectContaining({ path })])
    expect(calls).toEqual([])
  })
})
