// The API as a Worker has it, put together when it is first asked for: the same answers, counts and log lines.
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { createLateApp } from '../../src/http/create-late-app.ts'
import { ROUTES } from '../support/http-routes.ts'
import { createTestServer, KEYS, type Sent, type TestServer } from '../support/http-test-server.ts'

const loading = vi.hoisted(() => ({ times: 0, failures: 0 }))
vi.mock('../../src/http/add-api.ts', async (load) => {
  const { addApi } = await load<typeof import('../../src/http/add-api.ts')>()
  const counted: typeof addApi = (root, options) => {
    // Both servers use it; the late one's is told by having no other route yet.
    if (root.routes.length === 0) {
      loading.times++
      if (loading.failures-- > 0) throw new Error('not yet')
    }
    addApi(root, options)
  }
  return { addApi: counted }
})

let late: TestServer
let whole: TestServer
beforeEach(() => {
  Object.assign(loading, { times: 0, failures: 0 })
  late = createTestServer({}, {}, createLateApp)
  whole = createTestServer()
})

async function both(path: string, sent?: Sent) {
  const answers = await Promise.all([late, whole].map((server) => server.send(path, sent)))
  return answers.map(({ status, headers, text }) => ({ status, headers: Object.fromEntries(headers), text }))
}

test.each(ROUTES)(
  '$method $pattern is answered alike, with a key, with one that may not, and without',
  async (route) => {
    const { method, path, body } = route
    for (const key of [KEYS.boss, KEYS.reader, null]) {
      const [ours, theirs] = await both(path, { method, key, body })
      expect(ours).toEqual(theirs)
    }
    expect(late.calls).toEqual(whole.calls)
    expect(late.logs.map(({ message, fields }) => [message, { ...fields, ms: 0 }])).toEqual(
      whole.logs.map(({ message, fields }) => [message, { ...fields, ms: 0 }]),
    )
  },
)

test.each([
  ['/api/v1/nowhere', {}],
  ['/api/nowhere', {}],
  ['/api', {}],
  ['/apis', {}],
  ['/api/v1/docs', {}],
  ['/api/v1/openapi.json', {}],
  ['/api/v1/docs', { method: 'HEAD' }],
  ['/api/v1/members', { method: 'POST', body: '{"email":' }],
  ['/api/v1/members', { method: 'POST', body: { email: 'a'.repeat(70_000) } }],
  ['/api/v1/members', { method: 'PUT' }],
  ['/healthz', {}],
  ['/', {}],
] satisfies [string, Sent][])('%s %o is answered alike', async (path, sent) => {
  const [ours, theirs] = await both(path, sent)
  expect(ours).toEqual(theirs)
})

describe('what is put together', () => {
  test('is nothing for a webhook or a probe', async () => {
    await late.send('/healthz')
    await late.send('/stripe/webhook', { method: 'POST' })
    expect(loading.times).toBe(0)
  })

  test('is made once for many who ask at once', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => late.send('/api/v1/program')))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    expect(loading.times).toBe(1)
  })

  test('is tried again by the next request when it failed', async () => {
    loading.failures = 1
    const first = await late.send('/api/v1/program')
    expect([first.status, first.json.code]).toEqual([500, 'internal'])
    expect((await late.send('/api/v1/program')).status).toBe(200)
  })
})
