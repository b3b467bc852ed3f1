// The HTTP app with a fake App behind it, and requests as a client would send them.
import type { Hono } from 'hono'
import type { App, Logger } from '../../src/app/ports.ts'
import { createApp, type HttpOptions } from '../../src/http/create-app.ts'
import { createMetrics } from '../../src/metrics.ts'
import { type Call, createFakeApp, NOW } from './http-fake-app.ts'

export const KEYS = { reader: 'reader-key-0123456789', writer: 'writer-key-0123456789', boss: 'boss-key-0123456789' }

export interface LogLine {
  level: keyof Logger
  message: string
  fields: Record<string, unknown> | undefined
}

export interface Sent {
  method?: string
  key?: string | null
  /** Sent as JSON, or as it is when it is a string. */
  body?: unknown
  headers?: Record<string, string>
  /** `null` leaves the header out. */
  idempotencyKey?: string | null
}

export interface TestServer {
  app: Hono
  calls: Call[]
  logs: LogLine[]
  clock: { now(): number; set(now: number): void }
  send(path: string, sent?: Sent): Promise<Answer>
}

export interface Answer {
  status: number
  headers: Headers
  text: string
  // Tests look into whatever came back.
  json: Record<string, unknown>
}

export function createTestServer(
  over: Partial<App> = {},
  options: Partial<HttpOptions> = {},
  create: (options: HttpOptions) => Hono = createApp,
): TestServer {
  const fake = createFakeApp(over)
  const logs: LogLine[] = []
  let now = NOW
  const logAt = (level: keyof Logger) => (message: string, fields?: Record<string, unknown>) => {
    logs.push({ level, message, fields })
  }
  const clock = {
    now: () => now,
    set: (to: number) => {
      now = to
    },
  }
  const app = create({
    app: fake,
    apiKeys: [
      { name: 'reader', key: KEYS.reader, scope: 'read' },
      { name: 'writer', key: KEYS.writer, scope: 'write' },
      { name: 'boss', key: KEYS.boss, scope: 'admin' },
    ],
    clock,
    logger: { debug: logAt('debug'), info: logAt('info'), warn: logAt('warn'), error: logAt('error') },
    metrics: createMetrics(),
    webhooks: {},
    remoteAddress: (c) => c.req.header('x-test-address') ?? '192.0.2.1',
    ...options,
  })
  return { app, calls: fake.calls, logs, clock, send: (path, sent) => send(app, path, sent) }
}

async function send(app: Hono, path: string, sent: Sent = {}): Promise<Answer> {
  const { method = 'GET', key = KEYS.boss, body, idempotencyKey = 'key-1' } = sent
  const headers = new Headers(sent.headers)
  if (key !== null) headers.set('authorization', `Bearer ${key}`)
  if (method === 'POST' && idempotencyKey !== null) headers.set('idempotency-key', idempotencyKey)
  if (body !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/json')
  const content = typeof body === 'string' ? body : JSON.stringify(body)
  const response = await app.request(path, { method, headers, ...(body !== undefined && { body: content }) })
  const text = await response.text()
  const isJson = /json/.test(response.headers.get('content-type') ?? '')
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : {} }
}
