/**
 * HubSpot as far as Regulars knows it: a portal that keeps contacts, properties and lists, refuses what HubSpot refuses, counts
 * what HubSpot counts, and tells of its contacts by signed webhooks. For tests and the sandbox.
 */
import { type Context, Hono } from 'hono'
import { addAccountRoutes } from './account-routes.ts'
import { addBatchRoutes } from './contact-batches.ts'
import { addContactRoutes } from './contact-routes.ts'
import { archive, type Desk, forget, makeContact, merge, type PortalEvent, write } from './contacts.ts'
import { type Failure, type LimitPolicy, locked, missingScopes, notFound, tooMany, unauthorized } from './failures.ts'
import { createLimits, type LimitOptions } from './limits.ts'
import { addListRoutes } from './list-routes.ts'
import { addOwnerRoutes } from './owner-routes.ts'
import { createPortal, type Portal } from './portal.ts'
import { addPropertyRoutes } from './property-routes.ts'
import { fail, Refused, type Scene } from './scope.ts'
import { sendEvents, type WebhookTarget } from './webhooks.ts'

export interface HubspotDoubleOptions {
  now: () => number
  token?: string
  scopes?: readonly string[]
  limits?: LimitOptions
  /** How long answers take. */
  latencyMs?: number
  portal?: Portal
  /** Of late a merge makes a third record; formerly the first went on. Default: a third. */
  mergeMakesNew?: boolean
  /** Whether writing to a merged record reaches the one that goes on. Default: it does. */
  followsMerged?: boolean
  onEvents?: (events: readonly PortalEvent[]) => void
  webhook?: WebhookTarget
}

/** What the next call gets instead of an answer, or on top of it. */
export type Scripted =
  | { kind: 'answer' }
  | { kind: 'limit'; policy: LimitPolicy; retryAfterS?: number }
  | { kind: 'locked' }
  | { kind: 'status'; status: number }
  | { kind: 'html'; status?: number }
  /** The connection breaks; `after`: when all was done. */
  | { kind: 'broken'; after?: boolean }
  /** It takes so long; `after`: once all was done. */
  | { kind: 'slow'; ms: number; after?: boolean }

export interface Call {
  method: string
  path: string
  inputs: number
  status: number
}

export const ALL_SCOPES: readonly string[] = [
  'crm.objects.contacts.read',
  'crm.objects.contacts.write',
  'crm.schemas.contacts.read',
  'crm.schemas.contacts.write',
  'crm.lists.read',
  'crm.lists.write',
  'crm.objects.owners.read',
]
const APP = 777

export function createHubspotDouble(options: HubspotDoubleOptions) {
  let portal = options.portal ?? createPortal()
  const settings = { token: 'pat-test', scopes: [...ALL_SCOPES], ...options }
  let limits = createLimits(settings.limits ?? {})
  const script: Scripted[] = []
  const calls: Call[] = []
  let told: PortalEvent[] = []

  const open = (source: string): Desk => ({
    portal,
    now: settings.now(),
    source,
    mergeMakesNew: settings.mergeMakesNew ?? true,
    tell: (subscriptionType, over) => {
      const eventId = portal.nextEvent++
      const base = { eventId, subscriptionId: 1, portalId: portal.id, appId: APP, occurredAt: settings.now() }
      told.push({ ...base, subscriptionType, attemptNumber: 0, changeSource: source, ...over })
    },
  })

  async function tellAll(): Promise<void> {
    if (told.length === 0) return
    const events = told
    told = []
    settings.onEvents?.(events)
    if (settings.webhook !== undefined) await sendEvents(settings.webhook, events, settings.now())
  }

  const scene: Scene = { desk: () => open('INTEGRATION'), followsMerged: settings.followsMerged ?? true }
  const app = new Hono()
  addBatchRoutes(app, scene)
  addContactRoutes(app, scene)
  addPropertyRoutes(app, scene)
  addListRoutes(app, scene)
  addOwnerRoutes(app, scene)
  addAccountRoutes(app, scene)
  app.notFound((c) => fail(c, notFound()))
  app.onError((error, c) => {
    if (error instanceof Refused) return fail(c, error.answer)
    throw error
  })

  const gate = new Hono()
  gate.all('*', async (c) => {
    const next = script.shift() ?? { kind: 'answer' }
    const answer = await play(c, next)
    const { pathname } = new URL(c.req.url)
    calls.push({ method: c.req.method, path: pathname, inputs: await inputsOf(c), status: answer?.status ?? 0 })
    await tellAll()
    if (answer === null) throw new TypeError('fetch failed')
    for (const [name, value] of Object.entries(limits.headers(settings.now()))) answer.headers.set(name, value)
    return answer
  })
  gate.onError((error) => {
    throw error
  })

  async function play(c: Context, next: Scripted): Promise<Response | null> {
    const wait = next.kind === 'slow' ? next.ms : (settings.latencyMs ?? 0)
    if (wait > 0 && !(next.kind === 'slow' && next.after)) await sleep(wait)
    switch (next.kind) {
      case 'limit': {
        const answer = fail(c, tooMany(next.policy))
        if (next.retryAfterS !== undefined) answer.headers.set('Retry-After', String(next.retryAfterS))
        return answer
      }
      case 'locked':
        return fail(c, locked())
      case 'status':
        return c.json({ status: 'error', message: 'internal error', correlationId: 'x' }, next.status as 500)
      case 'html':
        return c.html(
          '<!doctype html><title>HubSpot</title><h1>We are down for maintenance</h1>',
          (next.status ?? 200) as 200,
        )
      case 'broken':
        if (next.after) await answered(c)
        return null
      case 'slow': {
        const answer = await answered(c)
        if (next.after) await sleep(next.ms)
        return answer
      }
      default:
        return answered(c)
    }
  }

  async function answered(c: Context): Promise<Response> {
    const why = refused(c)
    return why === null ? app.fetch(c.req.raw.clone()) : fail(c, why)
  }

  function refused(c: Context): Failure | null {
    if (c.req.header('authorization') !== `Bearer ${settings.token}`) return unauthorized()
    const broken = limits.take(settings.now())
    if (broken !== null) return tooMany(broken)
    const scope = scopeFor(c.req.method, new URL(c.req.url).pathname)
    return scope === null || settings.scopes.includes(scope) ? null : missingScopes([scope])
  }

  const asPerson = <T>(work: (desk: Desk) => T): T => work(open('CRM_UI'))
  return {
    fetch: (request: Request): Promise<Response> => Promise.resolve(gate.fetch(request)),
    /** Changed at will: a token revoked, a scope taken away. */
    settings,
    calls,
    /** Calls whose path ends so, the scripted failures included. */
    callsTo: (ending: string): Call[] => calls.filter(({ path }) => path.endsWith(ending)),
    /** Played in turn by the calls to come. */
    script: (...steps: Scripted[]) => void script.push(...steps),
    isScriptOver: (): boolean => script.length === 0,
    setLimits(given: LimitOptions): void {
      limits = createLimits(given)
    },
    useElsewhere: (count: number) => limits.useElsewhere(count),
    get portal(): Portal {
      return portal
    },
    /** All of it, to be kept as JSON. */
    exportState: (): Portal => structuredClone(portal),
    importState(state: Portal): void {
      portal = structuredClone(state)
    },
    /** Somebody of the portal, to whom contacts can be given. */
    addOwner(id: string, email: string, archived = false): void {
      portal.owners[id] = { id, email, archived }
    },
    /** What people do in HubSpot itself; events go out with the next call, or `tellAll`. */
    people: {
      create: (properties: Record<string, string>) => asPerson((desk) => makeContact(desk, properties)),
      edit(id: string, properties: Record<string, string>): void {
        const contact = portal.contacts[id]
        if (contact !== undefined) asPerson((desk) => write(desk, contact, properties))
      },
      archive: (id: string) => asPerson((desk) => archive(desk, id)),
      merge: (primary: string, other: string) => asPerson((desk) => merge(desk, primary, other)),
      forget: (id: string) => asPerson((desk) => forget(desk, { id })),
    },
    tellAll,
  }
}

export type HubspotDouble = ReturnType<typeof createHubspotDouble>

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

async function inputsOf(c: Context): Promise<number> {
  if (c.req.method !== 'POST') return 0
  try {
    const body = (await c.req.raw.clone().json()) as { inputs?: unknown }
    return Array.isArray(body.inputs) ? body.inputs.length : 0
  } catch {
    return 0
  }
}

function scopeFor(method: string, path: string): string | null {
  const isRead = method === 'GET' || /\/(read|search)$/.test(path)
  if (path.startsWith('/crm/objects/')) return `crm.objects.contacts.${isRead ? 'read' : 'write'}`
  if (path.startsWith('/crm/properties/')) return `crm.schemas.contacts.${isRead ? 'read' : 'write'}`
  if (path.startsWith('/crm/owners/')) return 'crm.objects.owners.read'
  if (path.startsWith('/crm/lists/')) return `crm.lists.${isRead ? 'read' : 'write'}`
  return null
}
