/**
 * A transport for Bolt on any host that speaks fetch: checks the signature, parses, and answers with what is acknowledged. What
 * goes on after the acknowledgement is handed to the host to be waited for.
 */
import type { App as BoltApp, Receiver, ReceiverEvent } from '@slack/bolt'
import type { Clock, Logger } from '../../src/app/ports.ts'
import { type Arrival, arrivalOf } from './arrivals.ts'
import { type SignatureRefusal, verifySlackSignature } from './verify-signature.ts'

/** `recorded`: handed on. `duplicate`: it came before. `ignored`: nobody listens to such a thing. */
export type ArrivalOutcome = 'recorded' | 'duplicate' | 'ignored'

export interface ReceiverOptions {
  secrets: readonly string[]
  clock: Clock
  logger: Logger
  /** What whoever types a command is told while too much is under way already. */
  busy: () => string
  /** Told of everything that was rightly signed. */
  onOutcome?: (outcome: ArrivalOutcome) => void
  /** So much may be under way at a time. */
  inFlightLimit?: number
}

/** Far more than Slack sends. */
const MAX_BODY_BYTES = 1_048_576
/** Slack gives three seconds; silence would be shown as an error. */
const ACKNOWLEDGE_WITHIN_MS = 2_500
const SSL_CHECK_BYTES = 1_024
/** Of a staff of thousands, more than ever ask at once. */
const IN_FLIGHT_LIMIT = 500

export type WaitUntil = (work: Promise<unknown>) => void

export interface HonoReceiver extends Receiver {
  handle(request: Request, waitUntil: WaitUntil): Promise<Response>
}

const DETAILS: Record<SignatureRefusal, string> = {
  unconfigured: 'No signing secret is configured: set SLACK_SIGNING_SECRET.',
  missing: 'The X-Slack-Signature or the X-Slack-Request-Timestamp header is missing.',
  malformed: 'The X-Slack-Signature or the X-Slack-Request-Timestamp header is malformed.',
  stale: 'The signature is more than five minutes old.',
  future: 'The signature is from more than five minutes in the future.',
  mismatch: 'The signature does not match.',
}

export function createReceiver(options: ReceiverOptions): HonoReceiver {
  const { secrets, clock, logger, busy, onOutcome = () => {}, inFlightLimit = IN_FLIGHT_LIMIT } = options
  const { isNew } = rememberingArrivals(clock)
  let bolt: BoltApp | undefined
  let inFlight = 0

  function accept(parsed: Body, headers: Headers, waitUntil: WaitUntil): Response | Promise<Response> {
    if (bolt === undefined) return problem(503, 'unavailable', 'Slack is not connected.')
    const arrival = arrivalOf(parsed)
    if (arrival === null) {
      onOutcome('ignored')
      // Acknowledged all the same: Slack would send it again, and end by sending nothing.
      return new Response('')
    }
    if (inFlight >= inFlightLimit) return refuseBusy(arrival)
    if (!isNew(arrival)) {
      onOutcome('duplicate')
      return new Response('')
    }
    onOutcome('recorded')
    inFlight++
    return acknowledged(bolt, { body: arrival.body, headers, waitUntil, logger, onEnd: () => inFlight-- })
  }

  /** Whoever typed is told in words; Slack itself tells of anything else that it could not be done. */
  function refuseBusy({ kind }: Arrival): Response {
    logger.warn('too much is under way in Slack', { inFlight })
    if (kind !== 'command') return problem(503, 'unavailable', 'Too much is under way.')
    return Response.json({ response_type: 'ephemeral', text: busy() })
  }

  return {
    init: (app) => {
      bolt = app
    },
    start: async () => {},
    stop: async () => {},
    handle: async (request, waitUntil) => {
      const body = await readBody(request).catch(() => undefined)
      if (body === undefined) return problem(400, 'invalid_request', 'The body could not be read.')
      if (body === null) return problem(413, 'too_large', 'The body is larger than 1 MiB.')
      const verified = verifySlackSignature({
        body,
        signature: request.headers.get('x-slack-signature') ?? undefined,
        timestamp: request.headers.get('x-slack-request-timestamp') ?? undefined,
        secrets,
        nowMs: clock.now(),
      })
      const type = request.headers.get('content-type') ?? ''
      if (!verified.ok) return isSslCheck(body, type) ? new Response('') : refuseSignature(verified.reason, logger)
      const parsed = parseBody(new TextDecoder().decode(body), type)
      if (parsed === null) return problem(400, 'invalid_request', 'The body is not what Slack sends.')
      if (parsed.type === 'url_verification') return Response.json({ challenge: challengeOf(parsed) })
      if (parsed.ssl_check !== undefined) return new Response('')
      return accept(parsed, request.headers, waitUntil)
    },
  }
}

/** Slack looks at our certificate now and then, and does not sign that. Nothing is done, and nothing told. */
const isSslCheck = (body: Uint8Array, type: string): boolean =>
  body.byteLength < SSL_CHECK_BYTES && parseBody(new TextDecoder().decode(body), type)?.ssl_check === '1'

function refuseSignature(reason: SignatureRefusal, logger: Logger): Response {
  logger.warn('a call in Slack’s name was refused', { reason })
  if (reason === 'unconfigured') return problem(503, 'unavailable', DETAILS[reason])
  return problem(401, 'unauthorized', DETAILS[reason])
}

const challengeOf = ({ challenge }: Body): string => (typeof challenge === 'string' ? challenge : '')

/** A signature is good for five minutes on either side. */
const REMEMBERED_MS = 660_000
const REMEMBERED_LIMIT = 10_000

/**
 * What came lately, so that a redelivery or a replay does nothing. Only a saving: of two isolates each has its own, and
 * what moves points is done once by the store, whatever comes how often.
 */
function rememberingArrivals(clock: Clock) {
  const seen = new Map<string, number>()
  return {
    isNew: ({ kind, id }: Arrival): boolean => {
      if (id === null) return true
      const now = clock.now()
      for (const [key, at] of seen) {
        if (seen.size < REMEMBERED_LIMIT && Math.abs(now - at) <= REMEMBERED_MS) break
        seen.delete(key)
      }
      const key = `${kind} ${id.slice(0, 200)}`
      if (seen.has(key)) return false
      seen.set(key, now)
      return true
    },
  }
}

type Body = Record<string, unknown>

interface Accepted {
  body: Body
  headers: Headers
  waitUntil: WaitUntil
  logger: Logger
  onEnd: () => void
}

/** Resolves with the acknowledgement; the rest goes on. */
function acknowledged(bolt: BoltApp, { body, headers, waitUntil, logger, onEnd }: Accepted): Promise<Response> {
  return new Promise((answer) => {
    const timer = setTimeout(() => answer(new Response('')), ACKNOWLEDGE_WITHIN_MS)
    const settle = (response: Response): void => {
      clearTimeout(timer)
      answer(response)
    }
    const retryNum = Number(headers.get('x-slack-retry-num') ?? Number.NaN)
    const event: ReceiverEvent = {
      body,
      ...(Number.isSafeInteger(retryNum) && { retryNum }),
      ack: async (content: unknown) => settle(responseOf(content)),
    }
    const work = bolt
      .processEvent(event)
      .catch((error: unknown) =>
        logger.error('what Slack sent could not be handled', {
          error: error instanceof Error ? error.name : 'unknown',
        }),
      )
      .finally(() => {
        onEnd()
        // What nobody listens to is acknowledged all the same: Slack would send it again.
        settle(new Response(''))
      })
    waitUntil(work)
  })
}

function responseOf(content: unknown): Response {
  if (content === undefined || content === null || content === '') return new Response('')
  return typeof content === 'string' ? new Response(content) : Response.json(content)
}

/** Events are JSON; commands a form; what is pressed is JSON in a form's `payload`. Null for anything else. */
function parseBody(text: string, contentType: string): Body | null {
  try {
    const [type] = contentType.toLowerCase().split(';')
    if (type?.trim() === 'application/json') return objectOf(JSON.parse(text))
    if (type?.trim() !== 'application/x-www-form-urlencoded') return null
    const form = new URLSearchParams(text)
    const payload = form.get('payload')
    return payload === null ? objectOf(Object.fromEntries(form)) : objectOf(JSON.parse(payload))
  } catch {
    return null
  }
}

const objectOf = (value: unknown): Body | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Body) : null

/** Null when there are more bytes than the limit. */
async function readBody(request: Request): Promise<Uint8Array | null> {
  if (Number(request.headers.get('content-length') ?? 0) > MAX_BODY_BYTES) return null
  if (request.body === null) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of request.body) {
    length += chunk.byteLength
    if (length > MAX_BODY_BYTES) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

const problem = (status: number, code: string, detail: string): Response =>
  Response.json(
    { type: 'about:blank', title: code, status, code, detail },
    { status, headers: { 'content-type': 'application/problem+json' } },
  )
