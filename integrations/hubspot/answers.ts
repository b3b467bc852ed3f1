/** What HubSpot answers, in the few kinds that matter to whoever asked. */

/** One value that HubSpot will not have, by its code, such as INVALID_OPTION. */
export interface WrongValue {
  property: string
  code: string
}

/** One thing wrong with one input, in HubSpot's words. */
export interface InputError {
  category: string
  message: string
  wrong: WrongValue[]
  /** Ids it is about. */
  ids: string[]
}

export interface Quota {
  /** Calls allowed in the window, and left of them. */
  max: number | null
  remaining: number | null
  windowMs: number | null
  daily: number | null
  dailyRemaining: number | null
}

export type Answer =
  | { kind: 'ok'; status: number; body: Record<string, unknown>; errors: InputError[]; quota: Quota }
  /** What was asked is refused, whoever asks again. `category` as HubSpot's, such as VALIDATION_ERROR. */
  | {
      kind: 'refused'
      status: number
      category: string
      message: string
      wrong: WrongValue[]
      body: Record<string, unknown>
      quota: Quota
    }
  /** Not now: too many calls, or a record that is locked. */
  | { kind: 'wait'; forMs: number; policy?: string | undefined; quota?: Quota }
  /** It does not answer, or not as HubSpot does. */
  | { kind: 'down'; reason: string }

const NO_QUOTA: Quota = { max: null, remaining: null, windowMs: null, daily: null, dailyRemaining: null }
/** HubSpot asks to wait two seconds or more where a record is locked. */
const LOCKED_MS = 2_000
const WINDOW_MS = 10_000
const HOUR_MS = 3_600_000
/** Words of HubSpot's are shown to staff: no longer than they would read. */
const MESSAGE_LIMIT = 300
/** Looking for addresses takes long in what is long. */
const LOOKED_AT = 2_000

/** Sends, and reads what came; a call that hangs is given up. Never throws. */
export async function readAnswer(send: () => Promise<Response>, timeoutMs: number): Promise<Answer> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<'late'>((done) => {
    timer = setTimeout(() => done('late'), timeoutMs)
  })
  try {
    const answered = await Promise.race([send().then(interpret), late])
    return answered === 'late' ? { kind: 'down', reason: 'HubSpot did not answer in time' } : answered
  } catch {
    // The error may repeat the request: headers and all.
    return { kind: 'down', reason: 'HubSpot cannot be reached' }
  } finally {
    clearTimeout(timer)
  }
}

async function interpret(response: Response): Promise<Answer> {
  const { status } = response
  const text = await response.text()
  const body = parse(text)
  const quota = quotaIn(response.headers)
  if (status === 429) return tooMany(response.headers, body, quota)
  if (status === 423) return { kind: 'wait', forMs: Math.max(LOCKED_MS, retryAfterMs(response.headers) ?? 0), quota }
  if (status >= 500) return { kind: 'down', reason: `HubSpot answered ${status}` }
  if (status === 204) return { kind: 'ok', status, body: {}, errors: [], quota }
  if (body === null) return { kind: 'down', reason: `HubSpot answered ${status}, and not with JSON` }
  if (status >= 200 && status < 300) return { kind: 'ok', status, body, errors: errorsIn(body), quota }
  return {
    kind: 'refused',
    status,
    category: textOf(body.category) ?? `HTTP_${status}`,
    message: inWords(textOf(body.message) ?? `HubSpot answered ${status}`),
    wrong: wrongIn(body),
    body,
    quota,
  }
}

function tooMany(headers: Headers, body: Record<string, unknown> | null, quota: Quota): Answer {
  const policy = textOf(body?.policyName)
  const usual = policy === 'DAILY' ? HOUR_MS : Math.min(quota.windowMs ?? WINDOW_MS, HOUR_MS)
  return { kind: 'wait', forMs: retryAfterMs(headers) ?? usual, policy, quota }
}

/** In seconds. */
function retryAfterMs(headers: Headers): number | null {
  const given = headers.get('retry-after')
  if (given === null) return null
  const seconds = Number(given)
  return Number.isFinite(seconds) ? Math.min(Math.max(0, seconds * 1_000), HOUR_MS) : null
}

function quotaIn(headers: Headers): Quota {
  const read = (name: string): number | null => {
    const given = headers.get(`x-hubspot-ratelimit-${name}`)
    const value = given === null || given === '' ? Number.NaN : Number(given)
    return Number.isFinite(value) && value >= 0 ? value : null
  }
  return {
    max: read('max'),
    remaining: read('remaining'),
    windowMs: read('interval-milliseconds'),
    daily: read('daily'),
    dailyRemaining: read('daily-remaining'),
  }
}

export const noQuota = (): Quota => NO_QUOTA

function parse(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : null
  } catch {
    return null
  }
}

/** Errors of a batch that went through in part (207). */
function errorsIn(body: Record<string, unknown>): InputError[] {
  return list(body.errors).flatMap((error) => {
    if (!isRecord(error)) return []
    const context = isRecord(error.context) ? error.context : {}
    const given = [context.id, context.ids, context.objectWriteTraceId].flatMap(list)
    const ids = [...given, ...(typeof error.id === 'string' ? [error.id] : [])]
    return [
      {
        category: textOf(error.category) ?? '',
        message: inWords(textOf(error.message) ?? ''),
        wrong: wrongIn(error),
        ids: ids.map(String),
      },
    ]
  })
}

export const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/**
 * HubSpot's words, fit to be shown and kept: what it wraps in JSON is taken out, and addresses are left out, since they are
 * somebody's.
 */
export function inWords(message: string): string {
  const start = message.indexOf('[{')
  const inner = start === -1 ? [] : list(parseAny(message.slice(start))).flatMap(messageIn)
  const words = atMost(inner.length === 0 ? message : inner.join('; '), LOOKED_AT).replaceAll(ADDRESS, '[address]')
  return words.length > MESSAGE_LIMIT ? `${words.slice(0, MESSAGE_LIMIT)}…` : words
}

/** Without the word that it would end in: half an address is not seen to be one. */
const atMost = (text: string, characters: number): string =>
  text.length <= characters ? text : text.slice(0, characters).replace(/\S+$/, '…')

/** Mostly told within the message, as JSON, and nowhere else; some answers have a list of them. */
function wrongIn(body: Record<string, unknown>): WrongValue[] {
  const message = textOf(body.message) ?? ''
  const start = message.indexOf('[{')
  const told = start === -1 ? [] : list(parseAny(message.slice(start)))
  return [...told, ...list(body.errors)].flatMap((one) => {
    if (!isRecord(one)) return []
    const context = isRecord(one.context) ? one.context : {}
    const code = textOf(one.error) ?? textOf(one.code)
    const property = textOf(one.name) ?? textOf(list(context.propertyName)[0]) ?? textOf(context.propertyName) ?? ''
    return code === undefined ? [] : [{ property, code }]
  })
}

/** More rather than less: nothing with an at-sign is shown. */
const ADDRESS = /"[^"]*"@\S*|\S*@\S*/g

function messageIn(value: unknown): string[] {
  const message = isRecord(value) ? textOf(value.message) : undefined
  return message === undefined ? [] : [message]
}

function parseAny(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
