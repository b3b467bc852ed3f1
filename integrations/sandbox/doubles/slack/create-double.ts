/**
 * Slack as far as Regulars knows it: a workspace with people, channels, messages and views, an API that refuses what Slack's
 * refuses, and people who type commands, press buttons and submit forms, signed as Slack signs. For tests and the sandbox.
 */
import { type Context, Hono } from 'hono'
import { type Method, Refused } from './calls.ts'
import { CHAT_METHODS } from './chat-methods.ts'
import { isRecord, type Json, parseJson, textIn } from './json.ts'
import { createPeople } from './people.ts'
import { PEOPLE_METHODS } from './people-methods.ts'
import { createRates, type RateLimits } from './rates.ts'
import { respond } from './response-urls.ts'
import { VIEW_METHODS } from './view-methods.ts'
import { createWorkspace, type Workspace } from './workspace.ts'

export interface SlackDoubleOptions {
  now: () => number
  /** How what people do reaches the app. Default: nobody hears it, and acting fails. */
  send?: (request: Request) => Promise<Response>
  /** Where the app listens. */
  appUrl?: string
  /** Where the double is found, for response_urls. */
  url?: string
  token?: string
  signingSecret?: string
  scopes?: readonly string[]
  /** Default: none, since the clock of tests stands still. */
  limits?: RateLimits
  workspace?: Workspace
  /** How long answers take. */
  latencyMs?: number
  isHomeEnabled?: boolean
  /** Of what people do. Default: Slack's three seconds, by the real clock. */
  acknowledgeWithinMs?: number
}

/** What calls get instead of an answer, or on top of it. */
export type Scripted = {
  /** `response` for response_urls. Default: whatever is called next. */
  method?: string
  /** Default: 1. */
  times?: number
} & (
  | { kind: 'limit'; retryAfterS?: number }
  | { kind: 'status'; status: number }
  | { kind: 'error'; error: string }
  | { kind: 'html' }
  /** The connection breaks; `after`: when all was done. */
  | { kind: 'broken'; after?: boolean }
  /** It takes so long; `after`: once all was done. */
  | { kind: 'slow'; ms: number; after?: boolean }
)

export interface Call {
  /** `response` for response_urls. */
  method: string
  args: Json
  status: number
  /** null where Slack took it, or nothing came back. */
  error: string | null
  at: number
}

export const DOUBLE_URL = 'http://slack.test:4003'
export const APP_URL = 'http://regulars.test/slack/events'

/** What manifest.json asks for, and a little more than any method needs. */
export const ALL_SCOPES: readonly string[] = [
  'channels:read',
  'chat:write',
  'chat:write.public',
  'commands',
  'groups:read',
  'im:history',
  'im:read',
  'im:write',
  'usergroups:read',
  'users:read',
  'users:read.email',
]

const METHODS: Record<string, Method> = { ...CHAT_METHODS, ...PEOPLE_METHODS, ...VIEW_METHODS }

export const METHOD_NAMES: readonly string[] = Object.keys(METHODS)

export function createSlackDouble(options: SlackDoubleOptions) {
  let workspace = options.workspace ?? createWorkspace()
  const settings = {
    url: DOUBLE_URL,
    appUrl: APP_URL,
    token: 'xoxb-test',
    signingSecret: 'slack-signing-secret',
    scopes: ALL_SCOPES,
    isHomeEnabled: true,
    /** Every call fails so, until it is null again. */
    down: null as null | 'broken' | number,
    ...options,
  }
  let rates = createRates(settings.limits ?? 'none')
  let script: Scripted[] = []
  const calls: Call[] = []

  const app = new Hono()
  app.post('/api/:method', (c) => play(c, c.req.param('method'), callMethod))
  app.get('/api/:method', (c) => play(c, c.req.param('method'), callMethod))
  app.post('/response/*', (c) => play(c, 'response', callResponseUrl))
  app.onError((error) => {
    throw error
  })

  async function callMethod(c: Context, args: Json): Promise<Response> {
    const name = c.req.param('method') ?? ''
    const retryAfterS = rates.take(name, textIn(args.channel), settings.now())
    if (retryAfterS !== null) return limited(c, retryAfterS)
    const method = METHODS[name]
    if (method === undefined) return c.json({ ok: false, error: 'unknown_method', req_method: name })
    const why = unauthorized(c, args)
    if (why !== null) return c.json({ ok: false, error: why })
    const { scopes, isHomeEnabled } = settings
    const body = method({ workspace, now: settings.now(), args, scopes, isHomeEnabled })
    return c.json({ ok: true, ...body })
  }

  function unauthorized(c: Context, args: Json): string | null {
    const given = c.req.header('authorization')?.replace(/^Bearer /, '') ?? textIn(args.token)
    if (given === '') return 'not_authed'
    return given === settings.token ? null : 'invalid_auth'
  }

  async function callResponseUrl(c: Context, args: Json): Promise<Response> {
    const id = new URL(c.req.url).pathname.replace(/^\/response\//, '')
    try {
      const { status, body } = respond(workspace, id, args, settings.now())
      return c.json(body, status as 200)
    } catch (error) {
      // Unlike its API's methods, these say so by their status.
      if (error instanceof Refused) return c.json(error.body, 400)
      throw error
    }
  }

  /** The call, or what was scripted in its stead; it is noted either way. */
  async function play(c: Context, method: string, answer: (c: Context, args: Json) => Promise<Response>) {
    const args = await argsOf(c)
    const next = takeScripted(method)
    const response = await staged(c, next, () => answered(c, args, answer))
    calls.push(await noted(method, args, response))
    if (response === null) throw new TypeError('fetch failed')
    response.headers.set('x-oauth-scopes', settings.scopes.join(','))
    return response
  }

  async function answered(c: Context, args: Json, answer: (c: Context, args: Json) => Promise<Response>) {
    try {
      return await answer(c, args)
    } catch (error) {
      if (error instanceof Refused) return c.json(error.body)
      throw error
    }
  }

  function takeScripted(method: string): Scripted | null {
    if (settings.down !== null)
      return settings.down === 'broken' ? { kind: 'broken' } : { kind: 'status', status: settings.down }
    const n = script.findIndex((step) => step.method === undefined || step.method === method)
    const step = script[n]
    if (step === undefined) return null
    const left = (step.times ?? 1) - 1
    script = left > 0 ? script.with(n, { ...step, times: left }) : script.toSpliced(n, 1)
    return step
  }

  async function staged(c: Context, next: Scripted | null, answer: () => Promise<Response>): Promise<Response | null> {
    const { latencyMs = 0 } = settings
    if (latencyMs > 0) await sleep(latencyMs)
    if (next === null) return answer()
    switch (next.kind) {
      case 'limit':
        return limited(c, next.retryAfterS ?? 1)
      case 'status':
        return c.text('', next.status as 500)
      case 'error':
        return c.json({ ok: false, error: next.error })
      case 'html':
        return c.html('<!doctype html><title>Slack</title><h1>Something went awry</h1>', 503)
      case 'broken':
        if (next.after === true) await answer()
        return null
      case 'slow': {
        const response = next.after === true ? await answer() : null
        await sleep(next.ms)
        return response ?? answer()
      }
    }
  }

  async function noted(method: string, { token: _, ...args }: Json, response: Response | null): Promise<Call> {
    const body = response === null ? undefined : parseJson(await response.clone().text())
    const error = isRecord(body) && body.ok === false ? textIn(body.error) : null
    return { method, args, status: response?.status ?? 0, error, at: settings.now() }
  }

  const people = createPeople({ workspace: () => workspace, settings })
  return {
    ...people,
    fetch: (request: Request): Promise<Response> => Promise.resolve(app.fetch(request)),
    /** Changed at will: a token revoked, a scope taken away, Slack down. */
    settings,
    calls,
    callsTo: (method: string): Call[] => calls.filter((call) => call.method === method),
    /** Played by the calls to come that they fit. */
    script: (...steps: Scripted[]) => void script.push(...steps),
    isScriptOver: (): boolean => script.length === 0,
    setLimits(limits: RateLimits): void {
      rates = createRates(limits)
    },
    get workspace(): Workspace {
      return workspace
    },
    /** All of it, to be kept as JSON. */
    exportState: (): Workspace => structuredClone(workspace),
    importState(state: Workspace): void {
      workspace = structuredClone(state)
    },
  }
}

export type SlackDouble = ReturnType<typeof createSlackDouble>

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

const limited = (c: Context, retryAfterS: number): Response =>
  c.json({ ok: false, error: 'ratelimited' }, 429, { 'Retry-After': String(retryAfterS) })

/** From the address, a form or JSON. */
async function argsOf(c: Context): Promise<Json> {
  const query = c.req.query()
  if (c.req.method !== 'POST') return query
  const text = new TextDecoder().decode(await c.req.arrayBuffer())
  const type = c.req.header('content-type') ?? ''
  if (type.includes('json')) {
    const body = parseJson(text)
    return isRecord(body) ? { ...query, ...body } : query
  }
  return { ...query, ...Object.fromEntries(new URLSearchParams(text)) }
}
