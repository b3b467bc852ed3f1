// What HubSpot calls, at the real servers: a Node process with its two threads, and real workerd on a local D1.
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestHarness, type TestHarness } from 'wrangler'
import { signV2, signV3 } from '../support/hubspot-calls.ts'
import { eventOf, runOf } from '../support/hubspot-doors.ts'
import { type Server, startServer } from '../support/server.ts'

const PUBLIC_URL = 'https://loyalty.example.org'
const KEY = 'hubspot-key-0123456789abcdef'
const SECRET = 'the-new-secret'
const SETTINGS = {
  PUBLIC_URL,
  HUBSPOT_CLIENT_SECRET: `${SECRET}, the-old-secret`,
  API_KEYS: `test:${KEY}:admin`,
}
const STARTS_WITHIN_MS = 90_000
const root = fileURLToPath(new URL('../../', import.meta.url))

interface Host {
  fetch(
    path: string,
    init?: { method?: string; body?: string; headers?: Record<string, string> },
  ): Promise<{ status: number; json(): Promise<unknown> }>
  close(): Promise<unknown>
}

async function startNode(): Promise<Host> {
  const server: Server = await startServer({ env: SETTINGS })
  return { fetch: (path, init) => fetch(`${server.url}${path}`, init ?? {}), close: () => server.stop() }
}

async function startWorker(): Promise<Host> {
  const worker: TestHarness = createTestHarness({
    root,
    workers: [{ configPath: './wrangler.toml', secrets: SETTINGS }],
  })
  await worker.listen()
  await worker.getWorker<{ DB: never }>().applyD1Migrations('DB')
  return { fetch: (path, init) => worker.fetch(path, init ?? {}), close: () => worker.close() }
}

describe.each([
  ['Node', startNode],
  ['workerd', startWorker],
])('on %s', (_name, start) => {
  let host: Host
  beforeAll(async () => {
    host = await start()
  }, STARTS_WITHIN_MS)
  afterAll(() => host?.close())

  async function call(method: 'GET' | 'POST', path: string, content?: unknown, secret = SECRET, version: 2 | 3 = 3) {
    const body = content === undefined ? '' : JSON.stringify(content)
    const signing = { method, uri: `${PUBLIC_URL}${path}`, body, secret }
    const headers = version === 2 ? signV2(signing) : signV3(signing, Date.now())
    const response = await host.fetch(path, { method, headers, ...(content !== undefined && { body }) })
    return { status: response.status, json: (await response.json()) as Record<string, unknown> }
  }
  const member = async (ref: string) => {
    const response = await host.fetch(`/api/v1/members/${encodeURIComponent(ref)}`, {
      headers: { authorization: `Bearer ${KEY}` },
    })
    return (await response.json()) as Record<string, unknown>
  }

  test('a workflow enrols a contact and awards points, once', async () => {
    const award = runOf('ap-1', { points: '250', enrol: true })
    const answers = await Promise.all(
      [1, 2, 3].map(() => call('POST', '/hubspot/actions/award-points', award, SECRET, 2)),
    )
    for (const answer of answers)
      expect(answer).toMatchObject({ status: 200, json: { outputFields: { outcome: 'done', balance: 250 } } })
    expect(await member('email:ada@example.org')).toMatchObject({ name: 'Ada Lovelace', points: { available: 250 } })
  })

  test('the card shows them, with a signature by either secret and whatever the address holds', async () => {
    const path = '/hubspot/card?objectId=42&email=ada%40example.org&userEmail=sam%2Bloyalty%40example.org&portalId=33'
    expect(await call('GET', path)).toMatchObject({
      status: 200,
      json: { kind: 'member', headline: expect.stringMatching(/250 points$/) },
    })
    expect(await call('GET', path, undefined, 'the-old-secret')).toMatchObject({ status: 200 })
    expect(await call('GET', path, undefined, 'another')).toMatchObject({ status: 401, json: { code: 'unauthorized' } })
  })

  test('a hundred events are taken within the time that HubSpot waits', async () => {
    const events = Array.from({ length: 100 }, (_, n) =>
      eventOf(n % 2 ? 'contact.deletion' : 'contact.privacyDeletion', 1_000 + n, { eventId: n }),
    )
    const startedAt = performance.now()
    expect(await call('POST', '/hubspot/webhook', events)).toMatchObject({ status: 200, json: { recorded: 100 } })
    expect(performance.now() - startedAt).toBeLessThan(5_000)
    expect(await call('POST', '/hubspot/webhook', events)).toMatchObject({
      status: 200,
      json: { recorded: 0, duplicate: 100 },
    })
  })

  test('choices and refusals come through', async () => {
    expect(await call('POST', '/hubspot/actions/options/actions', {})).toMatchObject({
      status: 200,
      json: { options: [{ value: 'feedback' }] },
    })
    const path = '/hubspot/card/rewards?userEmail=sam%40example.org'
    const body = { contactId: '42', email: 'ada@example.org', reward: 'moon', charge: 'member', ticket: 'a' }
    expect(await call('POST', path, body)).toMatchObject({ status: 403, json: { code: 'forbidden' } })
  })
})
