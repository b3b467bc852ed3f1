// A Cloudflare on a port of its own, as far as wrangler asks it while a Worker is deployed: accounts, D1 with a real SQLite
// behind it, queues, secrets and versions of Workers. Paths and shapes are those of wrangler's calls (4.156.0).
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DatabaseSync } from 'node:sqlite'

export const ACCOUNT = 'a11ce0000000000000000000000000a1'
const DATABASE = '11111111-2222-4333-8444-555555555555'
const VERSION = '99999999-8888-4777-8666-555555555555'

interface Binding {
  name: string
  type: string
  text?: string
  [field: string]: unknown
}

export interface FakeCloudflare {
  url: string
  /** Each call, as `POST /d1/database`, without the account. */
  calls: string[]
  /** What came up with each version. */
  versions: { bindings: Binding[] }[]
  queues: string[]
  secrets: Map<string, string>
  database: DatabaseSync | null
  /** Who reads from which queue: `regulars-events ← regulars`. */
  consumers: string[]
  stop(): void
}

interface Call {
  method: string
  path: string
  query: URLSearchParams
  body: string
  /** The description that comes with a Worker's code; null where there is none. */
  metadata: { bindings: Binding[] } | null
}

type Answer = { result: unknown } | { status: number; code: number; message: string }

const json = (body: string): Record<string, unknown> => JSON.parse(body)

export async function startCloudflare(): Promise<FakeCloudflare> {
  const cloud: FakeCloudflare = {
    url: '',
    calls: [],
    versions: [],
    queues: [],
    secrets: new Map(),
    database: null,
    consumers: [],
    stop: () => {
      server.closeAllConnections()
      server.close()
    },
  }
  const server = createServer(async (request, response) => {
    const call = await readCall(request)
    cloud.calls.push(`${call.method} ${call.path}`)
    send(response, answer(cloud, call))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return Object.assign(cloud, { url: `http://127.0.0.1:${port}/client/v4` })
}

async function readCall(request: IncomingMessage): Promise<Call> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(Buffer.from(part))
  const bytes = Buffer.concat(parts)
  const url = new URL(request.url ?? '/', 'http://cloudflare.test')
  return {
    method: request.method ?? 'GET',
    path: url.pathname.replace('/client/v4', '').replace(`/accounts/${ACCOUNT}`, ''),
    query: url.searchParams,
    body: bytes.toString(),
    metadata: await readMetadata(bytes, request.headers['content-type'] ?? ''),
  }
}

async function readMetadata(bytes: Buffer, type: string): Promise<{ bindings: Binding[] } | null> {
  if (!type.startsWith('multipart/form-data')) return null
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData()
  return JSON.parse(String(form.get('metadata')))
}

function send(response: ServerResponse, answered: Answer): void {
  const isRight = 'result' in answered
  response.writeHead(isRight ? 200 : answered.status, { 'content-type': 'application/json' }).end(
    JSON.stringify({
      success: isRight,
      errors: isRight ? [] : [{ code: answered.code, message: answered.message }],
      messages: [],
      result: isRight ? answered.result : null,
      result_info: { page: 1, per_page: 100, total_pages: 1 },
    }),
  )
}

function answer(cloud: FakeCloudflare, call: Call): Answer {
  for (const part of [ofUser, ofDatabases, ofQueues, ofWorkers]) {
    const given = part(cloud, call)
    if (given !== null) return given
  }
  return { status: 404, code: 7003, message: `The test knows no ${call.method} ${call.path}` }
}

type Part = (cloud: FakeCloudflare, call: Call) => Answer | null

const account = { id: ACCOUNT, name: 'Corner Club' }

const ofUser: Part = (_, { path }) => {
  if (path === '/user') return { result: { id: 'u1', email: 'ada@example.org' } }
  if (path === '/user/tokens/verify') return { result: { id: 't1', status: 'active' } }
  if (path === '/accounts') return { result: [account] }
  if (path === '/memberships') return { result: [{ id: 'm1', account }] }
  return null
}

const ofDatabases: Part = (cloud, { method, path, body }) => {
  const shown = { uuid: DATABASE, name: 'regulars', created_in_region: 'WEUR' }
  if (path === '/d1/database' && method === 'GET') return { result: cloud.database === null ? [] : [shown] }
  if (path === '/d1/database') {
    cloud.database = new DatabaseSync(':memory:')
    return { result: shown }
  }
  if (path === `/d1/database/${DATABASE}/query` && cloud.database !== null)
    return { result: query(cloud.database, String(json(body).sql)) }
  if (path.startsWith('/d1/database/')) return cloud.database === null ? missing(7404) : { result: shown }
  return null
}

/** One statement answers rows, several only that they went through. */
function query(database: DatabaseSync, sql: string): unknown[] {
  const isRead = /^\s*SELECT\b/i.test(sql)
  const results = isRead ? database.prepare(sql).all() : []
  if (!isRead) database.exec(sql)
  return [{ success: true, results, meta: { duration: 0, changes: 0 } }]
}

const missing = (code: number): Answer => ({ status: 404, code, message: 'not found' })

const ofQueues: Part = (cloud, { method, path, query: asked, body }) => {
  const shown = (name: string) => ({
    queue_id: `id-of-${name}`,
    queue_name: name,
    consumers: [],
    producers: [],
    producers_total_count: 0,
    consumers_total_count: 0,
  })
  if (path === '/queues' && method === 'GET') {
    const names = asked.getAll('name')
    return { result: cloud.queues.filter((name) => names.length === 0 || names.includes(name)).map(shown) }
  }
  if (path === '/queues') {
    const name = String(json(body).queue_name)
    cloud.queues.push(name)
    return { result: shown(name) }
  }
  const reader = /^\/queues\/id-of-(.+)\/consumers$/.exec(path)?.[1]
  if (reader === undefined) return null
  cloud.consumers.push(`${reader} ← ${String(json(body).script_name)}`)
  return { result: { consumer_id: 'c1' } }
}

const WORKER = '/workers/scripts/regulars'

const ofWorkers: Part = (cloud, { path, metadata }) => {
  if (!path.startsWith('/workers/')) return null
  const isThere = cloud.versions.length > 0
  const subdomain = { enabled: true, previews_enabled: false }
  if (path === '/workers/subdomain') return { result: { subdomain: 'corner' } }
  if (path === `${WORKER}/subdomain`) return { result: subdomain }
  if (path === '/workers/workers/regulars') return { result: { id: 'w1', name: 'regulars', subdomain } }
  if (path === '/workers/services/regulars') {
    const script = { tag: 'tag', tags: [], last_deployed_from: 'wrangler' }
    return isThere ? { result: { default_environment: { environment: 'production', script } } } : missing(10090)
  }
  if (!path.startsWith(WORKER)) return null
  if (metadata !== null) return { result: takeUpload(cloud, metadata) }
  if (!isThere) return missing(10007)
  if (path === `${WORKER}/secrets`)
    return { result: [...cloud.secrets.keys()].map((name) => ({ name, type: 'secret_text' })) }
  if (path === `${WORKER}/settings`) return { result: { bindings: cloud.versions.at(-1)?.bindings ?? [] } }
  if (path === `${WORKER}/deployments`) return { result: { deployments: [] } }
  return { result: {} }
}

function takeUpload(cloud: FakeCloudflare, { bindings }: { bindings: Binding[] }) {
  cloud.versions.push({ bindings })
  for (const { type, name, text } of bindings) if (type === 'secret_text') cloud.secrets.set(name, text ?? '')
  return { id: VERSION, deployment_id: VERSION.replaceAll('-', ''), startup_time_ms: 70, resources: { script: {} } }
}
