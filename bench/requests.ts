// Requests as bytes, made before the clock runs: whole HTTP/1.1 messages, bodies signed.
import { signPayload } from '../integrations/stripe/test-event.ts'
import { chargeEvent } from './charge-event.ts'
import { mix, person } from './people.ts'

export const WEBHOOK_SECRET = 'whsec_bench0000000000000000000000000000'
export const API_KEY = 'bench-key-0123456789'

/** Events numbered from `first`; each number is another payment. */
export interface EventsSpec {
  kind: 'events'
  /** Sets these payments and people apart from those of all others. */
  run: string
  first: number
  count: number
  /** So many customers pay in turn; null: each payment is a new guest's. */
  customers: number | null
}

export interface PathsSpec {
  kind: 'paths'
  paths: string[]
}

export type RequestsSpec = EventsSpec | PathsSpec

/** Payments lie so far back, a second apart, so that none is in the future and later numbers are later payments. */
const HISTORY_SECONDS = 40 * 86_400

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

function base62(number: number, length: number): string {
  let written = ''
  for (let rest = number; written.length < length; rest = Math.floor(rest / 62))
    written = BASE62.charAt(rest % 62) + written
  return written
}

/** So many ids have the same time in them. */
const IDS_PER_TIME = 64
/** Longer ago than any run of this bench. */
const FIRST_TIME = 500_000_000

/**
 * What Stripe's ids are made of, as one sees in ch_1PgafuB7WZ01zgkWXYmPNZs8 and txn_1PgaxNB7WZ01zgkWEV3TLf40 of the same
 * payment: a digit, the time, the account, chance. So new ids lie near one another, but not in order.
 */
export function stripeBase(run: string, number: number): string {
  const chance = base62(mix(number), 4)
  return `3${base62(FIRST_TIME + Math.floor(number / IDS_PER_TIME), 5)}B7WZ01zgkW${chance}${run}${base62(number, 4)}`
}

function eventBody({ run, customers }: EventsSpec, number: number, startSeconds: number): string {
  const who = customers === null ? number : number % customers
  return chargeEvent({
    base: stripeBase(run, number),
    ...person(who, `${run}.example.org`),
    amountMinor: 500 + (mix(number) % 20_000),
    createdSeconds: startSeconds + (number % HISTORY_SECONDS),
    customer: customers === null ? null : `cus_${stripeBase(run, who)}`,
  })
}

/** A webhook's whole request; the signature is good for five minutes from `nowSeconds`. */
export function webhookRequest(body: string, nowSeconds: number): Buffer {
  const head = [
    'POST /stripe/webhook HTTP/1.1',
    'Host: 127.0.0.1',
    'User-Agent: Stripe/1.0 (+https://stripe.com/docs/webhooks)',
    'Accept: */*; q=0.5, application/xml',
    'Cache-Control: no-cache',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `Stripe-Signature: ${signPayload(body, WEBHOOK_SECRET, nowSeconds)}`,
  ]
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`)
}

const pathRequest = (path: string): Buffer =>
  Buffer.from(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${API_KEY}\r\n\r\n`)

export function buildRequests(spec: RequestsSpec): Buffer[] {
  if (spec.kind === 'paths') return spec.paths.map(pathRequest)
  const nowSeconds = Math.floor(Date.now() / 1000)
  const startSeconds = nowSeconds - HISTORY_SECONDS
  return Array.from({ length: spec.count }, (_, index) =>
    webhookRequest(eventBody(spec, spec.first + index, startSeconds), nowSeconds),
  )
}
