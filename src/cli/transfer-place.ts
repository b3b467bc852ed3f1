// The two ends of a move as the commands see them, whether a database of this machine or a host that is asked over HTTP.
import type {
  TransferChunk,
  TransferPage,
  TransferRecord,
  TransferRow,
  TransferStatus,
  Transfers,
  VerifyCursor,
  VerifySlice,
} from '../app/ports/transfer.ts'
import type { App, Result } from '../app/ports.ts'
import type { Settings } from './backend.ts'
import type { Context } from './command.ts'
import { Failure, UsageError } from './failures.ts'

export interface SourcePlace {
  status(): Promise<TransferStatus>
  page(table: string, after: TransferRow | null): Promise<TransferPage>
}

export interface TargetPlace extends SourcePlace {
  begin(wanted: Pick<TransferRecord, 'id' | 'digest' | 'chunks'>): Promise<TransferRecord>
  take(id: string, number: number, chunk: TransferChunk): Promise<TransferRecord>
  index(id: string): Promise<{ left: number }>
  verify(cursor: VerifyCursor | null): Promise<VerifySlice>
  finish(id: string): Promise<TransferRecord>
  clear(id: string): Promise<{ isCleared: boolean }>
}

function unwrap<T>(result: Result<T>): T {
  if (!result.ok) throw new Failure(`${result.message}.`)
  return result.value
}

export const localPlace = (app: Pick<App, keyof Transfers>): TargetPlace => ({
  status: () => app.transferStatus(),
  page: async (table, after) => unwrap(await app.transferPage(table, after)),
  begin: async (wanted) => unwrap(await app.beginTransfer(wanted)),
  take: async (id, number, chunk) => unwrap(await app.takeChunk(id, number, chunk)),
  index: async (id) => unwrap(await app.indexTransfer(id)),
  verify: (cursor) => app.verifySlice(cursor),
  finish: async (id) => unwrap(await app.finishTransfer(id)),
  clear: async (id) => unwrap(await app.clearTransfer(id)),
})

/** A host is far away, and its database may have to think: but not for ever. */
const TIMEOUT_MS = 120_000
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 15_000
/** Together about a minute. */
const MAX_TRIES = 9
/** Whoever is asked for a retry later than this is waited for no longer than this. */
const DENIED = new Set([401, 403])

/** Each call may be made again when its answer was lost: the host stores nothing twice. */
export function remotePlace(context: Context, url: string, key: string): TargetPlace {
  const call = async <T>(method: string, path: string, body?: object): Promise<T> =>
    (await patiently(context, () => once(context, { method, url: `${url}/api/v1${path}`, key, body }))) as T
  return {
    status: () => call('GET', '/transfer'),
    page: (table, after) => call('POST', '/transfer/pages', { table, after }),
    begin: ({ id, ...rest }) => call('PUT', `/transfer/${id}`, rest),
    take: (id, number, chunk) => call('PUT', `/transfer/${id}/chunks/${number}`, chunk),
    index: (id) => call('POST', `/transfer/${id}/index`),
    verify: (next) => call('POST', '/verify', { next }),
    finish: (id) => call('POST', `/transfer/${id}/finish`),
    clear: (id) => call('DELETE', `/transfer/${id}`),
  }
}

interface Asked {
  method: string
  url: string
  key: string
  body: object | undefined
}

/** What came back; `null` where another try may end otherwise. */
type Answered = { ok: true; value: unknown } | { ok: false; why: string; isFinal: boolean }

async function once({ fetch, newId }: Context, { method, url, key, body }: Asked): Promise<Answered> {
  const headers: Record<string, string> = { authorization: `Bearer ${key}` }
  if (method === 'POST') headers['idempotency-key'] = newId()
  if (body !== undefined) headers['content-type'] = 'application/json'
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    const response = await fetch(url, {
      ...{ method, headers, signal },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const json: unknown = await response.json().catch(() => null)
    if (response.ok && json !== null) return { ok: true, value: json }
    const { status } = response
    if (status === 404 && detailOf(json) === null)
      return { ok: false, isFinal: true, why: `what answers at ${new URL(url).origin} is not this version of Regulars` }
    return { ok: false, isFinal: status < 500 && status !== 429, why: whyNot(status, json) }
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : null
    const why = cause ?? (error instanceof Error ? error.message : 'no answer')
    return { ok: false, isFinal: false, why: `${new URL(url).origin} does not answer: ${why}` }
  }
}

const detailOf = (json: unknown): string | null => {
  const detail: unknown = typeof json === 'object' && json !== null ? Reflect.get(json, 'detail') : null
  return typeof detail === 'string' ? detail : null
}

function whyNot(status: number, json: unknown): string {
  const detail = detailOf(json) ?? 'it gave no reason'
  const hint = DENIED.has(status) ? ' The key is the one of scope admin in API_KEYS: set it as that host has it.' : ''
  return `the host answered ${status}: ${detail.replace(/\.$/, '')}.${hint}`
}

async function patiently({ sleep, interrupted }: Context, ask: () => Promise<Answered>): Promise<unknown> {
  let pauseMs = FIRST_PAUSE_MS
  for (let tries = 1; ; tries++) {
    const answered = await ask()
    if (answered.ok) return answered.value
    if (answered.isFinal || tries >= MAX_TRIES || interrupted.aborted)
      throw new Failure(answered.why.replace(/\.?$/, '.'))
    await sleep(pauseMs)
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
  }
}

/** Where `--from` and `--to` point. Keys and rows are sent there: in the clear only on this machine. */
export function hostUrl(option: string, given: string): string {
  const url = URL.canParse(given) ? new URL(given) : null
  const isHere = url !== null && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  if (url === null || !(url.protocol === 'https:' || (url.protocol === 'http:' && isHere)))
    throw new UsageError(`--${option} must be an address such as https://regulars.example.workers.dev`)
  return given.replace(/\/+$/, '')
}

/** The key that may do everything. @throws Failure when the environment has none */
export function adminKey({ apiKeys }: Settings): string {
  const found = apiKeys.find(({ scope }) => scope === 'admin')
  if (found?.key !== undefined) return found.key
  throw new Failure('a key of scope admin is needed: set API_KEYS=name:key:admin as the host has it.')
}
