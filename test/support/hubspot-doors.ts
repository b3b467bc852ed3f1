// The doors for HubSpot before the use cases over a real store, and calls as HubSpot makes them.
import { createHubspotDoors } from '../../integrations/hubspot/doors.ts'
import type { App, Logger, MemberView } from '../../src/app/ports.ts'
import { createApp } from '../../src/http/create-app.ts'
import type { HubspotRoute } from '../../src/http/hubspot-routes.ts'
import { createMetrics } from '../../src/metrics.ts'
import type { ProgramInput } from '../../src/program/schema.ts'
import { SECRET, signV2, signV3 } from './hubspot-calls.ts'
import { levels, makeProgram } from './programs.ts'
import { createWorld, staff, type World } from './world.ts'

export const PUBLIC_URL = 'https://loyalty.example.org'

export interface Answered {
  status: number
  text: string
  // Tests look into whatever came back.
  json: Record<string, unknown>
}

export interface Calling {
  body?: unknown
  /** After the path, as it is sent. */
  query?: string
  version?: 'v2' | 'v3' | 'none'
  secret?: string
  atMs?: number
  headers?: Record<string, string>
}

export interface Doors {
  world: World
  logs: { level: keyof Logger; message: string; fields: Record<string, unknown> | undefined }[]
  call(route: HubspotRoute, calling?: Calling): Promise<Answered>
  metrics(): string
  /** Enrols somebody, links the contact when a record is given, and gives them points. */
  member(email: string, over?: { record?: string; points?: number; name?: string }): Promise<MemberView>
  outbox(): Promise<string[]>
}

export const program = (over: Partial<ProgramInput> = {}) =>
  makeProgram({
    name: 'Corner Club',
    earning: [
      { id: 'purchase', on: 'purchase' },
      { id: 'review', on: 'action', action: 'review', points: 50, limit: { times: 2, per: 'month' } },
    ],
    tiers: { metric: 'points', levels: levels(['insider', 0], ['gold', 500]) },
    badges: [{ id: 'regular', name: 'Regular', icon: '🏅' }],
    rewards: [
      { id: 'tote', name: 'Free tote', cost: 600, fulfil: { kind: 'manual', instructions: 'Behind the counter' } },
      { id: 'five-off', name: '$5 off', cost: 500, fulfil: { kind: 'promotion_code', amountOff: 5 } },
      {
        id: 'gold-only',
        name: 'Gold mug',
        cost: 10,
        tiers: ['gold'],
        fulfil: { kind: 'manual', instructions: 'Wrap it' },
      },
    ],
    staff: { issuer: ['hubspot:sam@example.org'], approver: ['hubspot:ann@example.org'], dailyLimitPoints: 2_000 },
    ...over,
  })

export async function createDoors({
  over = {},
  app: fake = {},
  publicUrl = PUBLIC_URL,
}: {
  over?: Partial<ProgramInput>
  app?: Partial<App>
  publicUrl?: string | null
} = {}): Promise<Doors> {
  const world = await createWorld({ program: program(over) })
  const logs: Doors['logs'] = []
  const logAt = (level: keyof Logger) => (message: string, fields?: Record<string, unknown>) => {
    logs.push({ level, message, fields })
  }
  const logger = { debug: logAt('debug'), info: logAt('info'), warn: logAt('warn'), error: logAt('error') }
  const metrics = createMetrics()
  const app: App = { ...world.app, ...fake }
  const count = metrics.webhookOutcome.bind(metrics, 'hubspot')
  const http = createApp({
    app,
    apiKeys: [],
    clock: world.clock,
    logger,
    metrics,
    webhooks: { hubspot: createHubspotDoors({ app, clock: world.clock, logger, secrets: [SECRET], publicUrl, count }) },
    remoteAddress: () => '192.0.2.1',
  })

  async function call(route: HubspotRoute, calling: Calling = {}): Promise<Answered> {
    const [method = '', path = ''] = route.split(' ')
    const { body, query = '', version = 'v3', secret = SECRET, atMs = world.clock.at, headers = {} } = calling
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const signing = { method, uri: `${publicUrl ?? 'http://localhost'}${path}${query}`, body: text ?? '', secret }
    const signature = version === 'none' ? {} : version === 'v2' ? signV2(signing) : signV3(signing, atMs)
    const response = await http.request(`${path}${query}`, {
      method,
      headers: { ...signature, ...headers },
      ...(body !== undefined && { body: text ?? '' }),
    })
    const answered = await response.text()
    const isJson = /json/.test(response.headers.get('content-type') ?? '')
    return { status: response.status, text: answered, json: isJson ? JSON.parse(answered) : {} }
  }

  async function member(
    email: string,
    { record, points = 0, name = 'Ada Lovelace' }: Parameters<Doors['member']>[1] = {},
  ) {
    const enrolled = await world.app.enrolMember({ email, name }, staff, null)
    if (!enrolled.ok) throw new Error(enrolled.message)
    const { id } = enrolled.value
    if (record !== undefined)
      await world.app.noteContacts([{ member: id, did: 'written', record, written: { a: 'b' } }])
    if (points > 0) await world.app.adjustPoints(id, { points, reason: 'A start' }, staff, null)
    const found = await world.app.getMember(id)
    if (!found.ok) throw new Error(found.message)
    return found.value
  }

  return {
    world,
    logs,
    call,
    member,
    metrics: () => metrics.render(null),
    outbox: async () => (await world.app.listOutbox({ limit: 100 })).items.map(({ key }) => key),
  }
}

export const eventOf = (subscriptionType: string, objectId: number, over: Record<string, unknown> = {}) => ({
  eventId: 1,
  portalId: 33,
  subscriptionType,
  objectId,
  occurredAt: 1_780_000_000_000,
  ...over,
})

export const runOf = (callbackId: string, fields: Record<string, unknown>, over: Record<string, unknown> = {}) => ({
  callbackId,
  origin: { portalId: 33, actionDefinitionId: 7, actionDefinitionVersion: 1 },
  context: { source: 'WORKFLOWS', workflowId: 192_814_114 },
  object: {
    objectId: 42,
    objectType: 'CONTACT',
    properties: { email: 'ada@example.org', firstname: 'Ada', lastname: 'Lovelace' },
    ...over,
  },
  inputFields: fields,
})
