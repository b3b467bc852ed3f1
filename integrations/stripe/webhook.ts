// The door for Stripe's events: verify, read, hand over. It answers 200 only for what is stored (DESIGN §7).
import type { Context } from 'hono'
import {
  type Clock,
  type IncomingEvent,
  type Logger,
  StoreUnavailable,
  type WebhookOutcome,
} from '../../src/app/ports.ts'
import { readIncomingEvent } from './incoming-event.ts'
import { readBody } from './read-body.ts'
import { type SignatureRefusal, verifyStripeSignature } from './verify-signature.ts'

/** Stripe's largest events are far smaller. */
export const MAX_BODY_BYTES = 1_048_576

export interface StripeWebhookOptions {
  /** Records it, or keeps it where it will be recorded from. */
  app: { recordEvent(event: IncomingEvent): Promise<WebhookOutcome> }
  /** The endpoint's signing secrets; several while one is being rotated. */
  secrets: readonly string[]
  clock: Clock
  logger: Logger
}

const TITLES = { 400: 'Bad request', 413: 'Too large', 503: 'Unavailable' } as const

const SIGNATURE_DETAILS: Record<SignatureRefusal, string> = {
  unconfigured: 'No signing secret is configured: set STRIPE_WEBHOOK_SECRET.',
  missing: 'The Stripe-Signature header is missing.',
  malformed: 'The Stripe-Signature header is malformed.',
  stale: 'The signature is more than five minutes old.',
  future: 'The signature is from more than five minutes in the future.',
  mismatch: 'The signature matches none of the signing secrets.',
}

const EVENT_DETAILS = {
  not_json: 'The body is not JSON.',
  not_an_event: 'The body is not an event of Stripe.',
} as const

/** RFC 9457, as the rest of the server answers. */
function problem(status: 400 | 413 | 503, code: string, detail: string): Response {
  const headers: Record<string, string> = { 'content-type': 'application/problem+json', 'cache-control': 'no-store' }
  if (status === 503) headers['retry-after'] = '5'
  return new Response(JSON.stringify({ type: 'about:blank', title: TITLES[status], status, code, detail }), {
    status,
    headers,
  })
}

const decoder = new TextDecoder()

/**
 * A handler for `POST /stripe/webhook`: 200 `{"outcome"}`, 400 for a bad signature or no event, 413 over 1 MiB, 503
 * when it could not be stored, so that Stripe delivers it again.
 */
export function createStripeWebhook(options: StripeWebhookOptions): (context: Context) => Promise<Response> {
  const { app, secrets, clock, logger } = options
  const refuse = (event: string, type: string, error: unknown): Response => {
    const why =
      error instanceof StoreUnavailable ? 'store unavailable' : error instanceof Error ? error.name : 'unknown'
    logger.error('a Stripe event could not be stored', { event, type, error: why })
    return problem(503, 'unavailable', 'The event could not be stored. Deliver it again later.')
  }
  /** Not async: in a rush hundreds wait here, and the frame of each would keep its whole event. */
  const record = (payload: string, nowMs: number): Response | Promise<Response> => {
    const read = readIncomingEvent(payload, nowMs, logger)
    if (!read.ok) return problem(400, 'invalid_request', EVENT_DETAILS[read.reason])
    const { id, type } = read.event
    return Promise.try(app.recordEvent, read.event).then(
      (outcome) => Response.json({ outcome }),
      (error: unknown) => refuse(id, type, error),
    )
  }
  return async (context) => {
    // A body that cannot be read to its end was given up by the sender.
    const bytes = await readBody(context, MAX_BODY_BYTES).catch(() => undefined)
    if (bytes === undefined) return problem(400, 'invalid_request', 'The body could not be read.')
    if (bytes === null) return problem(413, 'too_large', 'The body is larger than 1 MiB.')
    const nowMs = clock.now()
    const header = context.req.header('stripe-signature')
    const verified = verifyStripeSignature({ payload: bytes, header, secrets, nowMs })
    if (!verified.ok) {
      logger.warn('a Stripe webhook was refused', { reason: verified.reason })
      const isOurs = verified.reason === 'unconfigured'
      const detail = SIGNATURE_DETAILS[verified.reason]
      return isOurs ? problem(503, 'unavailable', detail) : problem(400, 'invalid_request', detail)
    }
    return record(decoder.decode(bytes), nowMs)
  }
}
