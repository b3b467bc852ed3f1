/**
 * A transport for Bolt on any host that speaks fetch: checks the signature, parses, and answers with what is acknowledged. What
 * goes on after the acknowledgement is handed to the host to be waited for.
 */
import type { App as BoltApp, Receiver, ReceiverEvent } from '@slack/bolt'
import type { Clock, Logger } from '../../src/app/ports.ts'
import { type SignatureRefusal, verifySlackSignature } from './verify-signature.ts'

export interface ReceiverOptions {
  secrets: readonly string[]
  clock: Clock
  logger: Logger
}

/** Far more than Slack sends. */
const MAX_BODY_BYTES = 1_048_576
/** Slack gives three seconds; silence would be shown as an error. */
const ACKNOWLEDGE_WITHIN_MS = 2_500

export type WaitUntil = (work: Promise<unknown>) => void

export interface HonoReceiver extends Receiver {
  handle(request: Request, waitUntil: WaitUntil): Promise<Response>
}

const DETAILS: Record<SignatureRefusal, string> = {
  unconfigured: 'No signing secret is configured: set SLACK_SIGNING_SECRET.',
  missing: 'The X-Slack-Signature header is missing.',
  malformed: 'The X-Slack-Signature header is malformed.',
  stale: 'The signature is more than five minutes old.',
  future: 'The signature is from more than five minutes in the future.',
  mismatch: 'The signature does not match.',
}

export function createReceiver({ secrets, clock, logger }: ReceiverOptions): HonoReceiver {
  let bolt: BoltApp | undefined
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
      if (!verified.ok) {
        logger.warn('a call in Slack’s name was refused', { reason: verified.reason })
        const isUnconfigured = verified.reason === 'unconfigured'
        return problem(
          isUnconfigured ? 503 : 401,
          isUnconfigured ? 'unavailable' : 'unauthorized',
          DETAILS[verified.reason],
        )
      }
      const parsed = parseBody(new TextDecoder().decode(body), request.headers.get('content-type') ?? '')
      if (parsed === null) return problem(400, 'invalid_request', 'The body is not what Slack sends.')
      if (parsed.type === 'url_verification') return Response.json({ challenge: String(parsed.challenge ?? '') })
      if (parsed.ssl_check !== undefined) return new Response('')
      if (bolt === undefined) return problem(503, 'unavailable', 'Slack is not connected.')
      return acknowledged(bolt, { parsed, retry: request.headers, waitUntil, logger })
    },
  }
}

type Body = Record<string, unknown>

interface Arrival {
  parsed: Body
  retry: Headers
  waitUntil: WaitUntil
  logger: Logger
}

/** Resolves with the acknowledgement; the rest goes on. */
function acknowledged(bolt: BoltApp, { parsed, retry, waitUntil, logger }: Arrival): Promise<Response> {
  return new Promise((answer) => {
    const timer = setTimeout(() => answer(new Response('')), ACKNOWLEDGE_WITHIN_MS)
    const settle = (response: Response): void => {
      clearTimeout(timer)
      answer(response)
    }
    const retryNum = Number(retry.get('x-slack-retry-num') ?? Number.NaN)
    const event: ReceiverEvent = {
      body: parsed,
      ...(Number.isSafeInteger(retryNum) && { retryNum }),
      ack: async (content: unknown) => settle(responseOf(content)),
    }
    const work = bolt.processEvent(event).then(
      // What nobody listens to is acknowledged all the same: Slack would send it again.
      () => settle(new Response('')),
      (error: unknown) => {
        logger.error('what Slack sent could not be handled', { error: error instanceof Error ? error.name : 'unknown' })
        settle(new Response(''))
      },
    )
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
    if (contentType.startsWith('application/json')) return objectOf(JSON.parse(text))
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
