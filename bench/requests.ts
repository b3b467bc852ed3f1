// Requests as bytes, made before the clock runs: whole HTTP/1.1 messages, bodies signed.
import { signPayload } from '../integrations/stripe/test-event.ts'
import { chargeEvent } from './charge-event.ts'
import { mix, person } from './people.ts'

export const WEBHOOK_SECRET = 'whsec_bench0000000000000000000000000000'
export const API_KEY = 'bench-key-0123456789'

/** Events numbered from `first`; each number is another payment. */
export interface EventsSpec {
  kind: 'events'
  /** Sets this run's payments and people apart from those of all others. */
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

/** Stripe's ids do not come in order. */
const baseOf = (run: string, number: number): string =>
  `3${mix(number).toString(36).padStart(7, '0')}${run}${number.toString(36).padStart(6, '0')}`

function eventBody({ run, customers }: EventsSpec, number: number, startSeconds: number): string {
  const who = customers === null ? number : number % customers
  return chargeEvent({
    base: baseOf(run, number),
    ...person(who, `${run}.example.org`),
    amountMinor: 500 + (mix(number) % 20_000),
    createdSeconds: startSeconds + (number % HISTORY_SECONDS),
    customer: customers === null ? null : `cus_${baseOf(run, who)}`,
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
