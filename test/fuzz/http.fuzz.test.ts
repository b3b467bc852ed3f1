// Requests of every sort on every path: none is answered with an error of the server's own, none ends the process.
// `FUZZ_RUNS=100000` for more of them, `FUZZ_SEED` for others.
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PROBLEM_TYPE } from '../../src/http/problems.ts'
import { type Chance, createChance, pump } from '../support/load.ts'
import { removeFolder, type Server, startServer } from '../support/server.ts'
import { stripePayment } from '../support/stripe-events.ts'
import { createHarness, createSandboxHarness, FUZZ_NOW, type Harness, KEYS } from './harness.ts'
import { misprint, oddValue, spoil } from './mutations.ts'

const RUNS = Number(process.env.FUZZ_RUNS ?? 3_000)
const SEED = Number(process.env.FUZZ_SEED ?? 1)
const IN_FLIGHT = 16
const MEMBERS = 60
const ORIGIN = 'http://localhost:8787'

const METHODS = ['GET', 'GET', 'GET', 'POST', 'POST', 'PATCH', 'DELETE', 'PUT', 'HEAD', 'OPTIONS', 'PROPFIND']
const PATHS = [
  '/api/v1/program',
  '/api/v1/rewards',
  '/api/v1/members',
  '/api/v1/members/:ref',
  '/api/v1/members/:ref/ledger',
  '/api/v1/members/:ref/export',
  '/api/v1/members/:ref/adjustments',
  '/api/v1/members/:ref/merge',
  '/api/v1/alerts',
  '/api/v1/alerts/:ref',
  '/api/v1/alerts/:ref/assign',
  '/api/v1/alerts/:ref/snooze',
  '/api/v1/alerts/:ref/resolve',
  '/api/v1/inbox',
  '/api/v1/inbox/:ref/retry',
  '/api/v1/outbox',
  '/api/v1/outbox/:number/retry',
  '/api/v1/openapi.json',
  '/api/v1/docs',
  '/api/v1/:ref',
  '/stripe/webhook',
  '/healthz',
  '/readyz',
  '/metrics',
  '/slack/events',
  '/hubspot/webhook',
  '/hubspot/card',
  '/',
  '/sandbox/state',
  '/sandbox/assets/:ref',
  '/sandbox/contacts/:ref',
  '/sandbox/card/rewards',
  '/sandbox/do/shop/buy',
  '/sandbox/do/shop/refund',
  '/sandbox/do/slack/command',
  '/sandbox/do/slack/press',
  '/sandbox/do/slack/submit',
  '/sandbox/do/:ref/:ref',
  '/sandbox/tour',
  '/sandbox/:ref',
  '/:ref',
]
const BODIES: readonly object[] = [
  {
    email: 'new@example.org',
    name: 'Ada',
    phone: '+1 555',
    birthday: '1990-12-10',
    language: 'en',
    enrolledAt: '2026-01-01T00:00:00Z',
  },
  { points: 25, reason: 'kindness' },
  { points: -25, reason: 'a correction' },
  { into: 'email:shopper1@example.org' },
  { name: 'Grace', status: 'suspended' },
  { status: 'active' },
  {},
]
const QUERY_NAMES = ['query', 'status', 'limit', 'cursor', 'asOf', 'q', '__proto__', 'query[]']
const QUERY_VALUES = [
  '',
  '0',
  '1',
  '-1',
  '1e9',
  '99999999999999999999',
  'active',
  'ada',
  '%',
  '_',
  '"',
  '*',
  "' OR 1=1 --",
  '2026-01-01T00:00:00Z',
  '-271821-04-20T00:00:00Z',
  '\u0000',
  '\ud800',
  'İ',
  'x'.repeat(3_000),
]

interface Sent {
  method: string
  url: string
  headers: Record<string, string>
  body: string | Uint8Array | null
}

const shopper = (chance: Chance): string => `shopper${chance.below(MEMBERS)}@example.org`

function refOf(chance: Chance): string {
  const odd = String(oddValue(chance))
    .slice(0, 400)
    .replaceAll(/[\ud800-\udfff]/g, '?')
  const ref = chance.pick([
    `email:${shopper(chance)}`,
    `email:${shopper(chance)}`,
    'stripe:cus_1',
    'hubspot:1',
    'email:',
    ':',
    '..',
    odd,
    `email:${odd}`,
  ])
  // Sometimes as it is, where an address allows it.
  return chance.below(10) === 0 ? encodeURI(ref).replaceAll(/[?#/]/g, '%2f') : encodeURIComponent(ref)
}

function queryOf(chance: Chance): string {
  const parts = Array.from({ length: chance.below(4) }, () => {
    const value = chance.pick(QUERY_VALUES).replaceAll(/[\ud800-\udfff]/g, '%ED%A0%80')
    return `${chance.pick(QUERY_NAMES)}=${chance.below(3) === 0 ? value.replaceAll(/[^!-~]|#/g, '') : encodeURIComponent(value)}`
  })
  return parts.length === 0 ? '' : `?${parts.join('&')}`
}

function headersOf(chance: Chance): Record<string, string> {
  const headers: Record<string, string> = {}
  const maybe = (name: string, ...values: string[]) => {
    if (chance.below(8) !== 0) headers[name] = chance.pick(values)
  }
  const admin = `Bearer ${KEYS.admin}`
  maybe(
    'authorization',
    admin,
    admin,
    admin,
    admin,
    `Bearer ${KEYS.read}`,
    'Bearer x',
    'Basic eDp5',
    'Bearer',
    '',
    `bearer  ${KEYS.admin}`,
  )
  maybe('idempotency-key', `key-${chance.below(40)}`, `key-${chance.below(1e9)}`, '', 'x'.repeat(400), 'é', '\u00ff')
  maybe(
    'content-type',
    'application/json',
    'application/json',
    'application/json; charset=utf-16',
    'text/plain',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    '',
  )
  if (chance.below(10) === 0) headers['content-length'] = chance.pick(['0', '-1', '99999999', 'abc', '1e3'])
  if (chance.below(10) === 0) headers.accept = chance.pick(['text/html', 'application/json', '*/*', '\u00ff'])
  if (chance.below(20) === 0)
    headers.host = chance.pick(['localhost:8787', 'evil.example', '', '127.0.0.1', '[::1]:8787'])
  return headers
}

function bodyOf(chance: Chance): string | Uint8Array {
  const body = chance.pick(BODIES)
  const kind = chance.below(6)
  if (kind < 2) return JSON.stringify(body)
  if (kind < 5) return JSON.stringify(spoil(body, chance)) ?? ''
  return misprint(JSON.stringify(body), chance)
}

/** Requests as they should be, for the ways behind all the checks. */
const SOUND: readonly [method: string, path: string, body: object | null][] = [
  ['POST', '/api/v1/members/:ref/adjustments', { points: 25, reason: 'kindness' }],
  ['POST', '/api/v1/members/:ref/adjustments', { points: -400, reason: 'a correction' }],
  ['POST', '/api/v1/members/:ref/merge', { into: 'email:shopper1@example.org' }],
  ['PATCH', '/api/v1/members/:ref', { name: 'Grace', status: 'active' }],
  ['GET', '/api/v1/members/:ref', null],
  ['GET', '/api/v1/members/:ref/ledger', null],
  ['GET', '/api/v1/members', null],
]

/** One in three is sound but for one of its parts, or altogether. */
function requestOf(chance: Chance): Sent {
  if (chance.below(3) === 0) return soundRequest(chance)
  const method = chance.pick(METHODS)
  const number = chance.pick(['1', '0', '99', '-1', 'x', '999999999999999'])
  const path = chance.pick(PATHS).replace(':ref', refOf(chance)).replace(':number', number)
  const body = method === 'GET' || method === 'HEAD' || chance.below(10) === 0 ? null : bodyOf(chance)
  return { method, url: `${ORIGIN}${path}${queryOf(chance)}`, headers: headersOf(chance), body }
}

/** Whoever is erased or merged away joins again, so that there is somebody to meet. */
const soundParts = (chance: Chance): (typeof SOUND)[number] => {
  const turn = chance.below(40)
  if (turn === 0) return ['DELETE', '/api/v1/members/:ref', null]
  return turn < 6 ? ['POST', '/api/v1/members', { email: shopper(chance), name: 'Ada' }] : chance.pick(SOUND)
}

function soundRequest(chance: Chance): Sent {
  const [method, path, body] = soundParts(chance)
  const ref = chance.below(4) === 0 ? refOf(chance) : encodeURIComponent(`email:${shopper(chance)}`)
  const query = chance.below(4) === 0 ? queryOf(chance) : ''
  const sound = {
    authorization: `Bearer ${KEYS.admin}`,
    'idempotency-key': `key-${chance.below(1e9)}`,
    'content-type': 'application/json',
  }
  const headers = chance.below(4) === 0 ? { ...sound, ...headersOf(chance) } : sound
  const sent = body === null ? null : JSON.stringify(chance.below(3) === 0 ? spoil(body, chance) : body)
  return { method, url: `${ORIGIN}${path.replace(':ref', ref)}${query}`, headers, body: sent }
}

/** Null for what a client cannot even send. */
function makeRequest({ method, url, headers, body }: Sent): Request | null {
  try {
    return new Request(url, { method, headers, ...(body !== null && { body: body as string }) })
  } catch {
    return null
  }
}

describe.each([
  ['a live server', createHarness],
  ['the sandbox', createSandboxHarness],
])(`requests of every sort to %s (seed ${SEED})`, (title, open) => {
  const chance = createChance(SEED)
  let harness: Harness
  beforeAll(async () => {
    harness = await open({ chance: createChance(SEED) })
    for (let i = 0; i < MEMBERS; i++) {
      const origin = { source: 'api:test', actor: 'test' }
      await harness.app.enrolMember({ email: `shopper${i}@example.org`, name: `Shopper ${i}` }, origin, null)
      await harness.app.adjustPoints(`email:shopper${i}@example.org`, { points: 1_000, reason: 'start' }, origin, null)
    }
  })
  afterAll(() => harness.close())

  test(
    `${RUNS} are answered, refused in problem details at the worst, and the books stay right`,
    async () => {
      const seen = new Map<string, number>()
      await pump(Array.from({ length: RUNS }), IN_FLIGHT, async () => {
        const sent = requestOf(chance)
        const request = makeRequest(sent)
        if (request === null) return
        const response = await harness.http.request(request)
        expectSound(sent, response, await response.text())
        seen.set(String(response.status), (seen.get(String(response.status)) ?? 0) + 1)
      })
      expect(harness.surprises).toEqual([])
      expect((await harness.app.verify()).discrepancies).toEqual([])
      expect([...seen.keys()]).toEqual(expect.arrayContaining(['200', '201', '400', '401', '404']))
      if (process.env.FUZZ_RUNS !== undefined)
        process.stdout.write(`${JSON.stringify({ seed: SEED, runs: RUNS, title, ...Object.fromEntries(seen) })}\n`)
    },
    60_000 + RUNS * 10,
  )
})

function expectSound({ method, url, headers, body }: Sent, response: Response, text: string): void {
  const said = `${method} ${url}\n${JSON.stringify(headers)}\n${String(body).slice(0, 1_000)}\n→ ${response.status} ${text.slice(0, 500)}`
  // What is not connected says so with 503, as does a page that was not built; anything else from 500 is a bug.
  const isLeftOut = response.status === 503 || (response.status === 500 && new URL(url).pathname === '/')
  expect(response.status < 500 || isLeftOut, said).toBe(true)
  expect(/\.ts:\d+|node:internal|SQLITE/.test(text), said).toBe(false)
  if (response.status < 400 || method === 'HEAD' || !new URL(url).pathname.startsWith('/api/')) return
  expect(response.headers.get('content-type'), said).toBe(PROBLEM_TYPE)
  expect(JSON.parse(text), said).toMatchObject({ status: response.status, code: expect.any(String) })
}

describe('bytes that are no HTTP, sent to the real server', () => {
  let server: Server
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(async () => {
    await server.stop()
    removeFolder(server.folder)
  })

  const HEAD = 'POST /stripe/webhook HTTP/1.1\r\nhost: x\r\n'
  const cases: [string, string][] = [
    ['nothing at all', ''],
    ['noise', '\u0000\u0001\u00ff\r\n\r\n'],
    ['a TLS greeting', '\u0016\u0003\u0001\u0002\u0000\u0001'],
    ['a length that is not kept', `${HEAD}content-length: 500\r\n\r\n{"id":`],
    ['two lengths', `${HEAD}content-length: 5\r\ncontent-length: 7\r\n\r\n{"id":1}`],
    ['a length and chunks', `${HEAD}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['a broken chunk', `${HEAD}transfer-encoding: chunked\r\n\r\nzz\r\nhello`],
    ['a header without an end', `${HEAD}x: ${'y'.repeat(100_000)}`],
    ['an address that is none', 'GET http://[ HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['an address of another host', 'GET http://evil.example/api/v1/members HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['half an escape', 'GET /api/v1/members/%e0%a HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['no host', 'GET /healthz HTTP/1.1\r\n\r\n'],
    ['a host that is none', 'GET /api/v1/members HTTP/1.1\r\nhost: %%%:99999\r\n\r\n'],
  ]

  test.each(cases)('%s is refused or cut off, and the server lives on', async (_title, bytes) => {
    const answer = await sendBytes(new URL(server.url).port, bytes)
    expect(answer).not.toMatch(/^HTTP\/1\.1 5/)
    const { status } = await server.client.deliver(stripePayment({ at: FUZZ_NOW }).charge())
    expect(status).toBe(200)
    expect(server.isRunning()).toBe(true)
    expect(server.logs()).not.toMatch(/"level":"error"/)
  })
})

/** Sends the bytes and hangs up; answers what came back. */
async function sendBytes(port: string, bytes: string): Promise<string> {
  const socket = connect(Number(port), '127.0.0.1')
  let answer = ''
  socket.on('data', (data) => {
    answer += data.toString()
  })
  socket.on('error', () => {})
  socket.end(Buffer.from(bytes, 'latin1'))
  await new Promise((closed) => socket.once('close', closed))
  return answer
}
