/** Refusals as the rest of the server answers them (RFC 9457), and JSON from outside, which may be anything. */
import { type Refusal, StoreUnavailable } from '../../src/app/ports.ts'

const TITLES = {
  400: 'The request is not valid',
  401: 'A valid signature is needed',
  403: 'This is not yours to do',
  404: 'There is no such thing',
  409: 'This does not fit the present state',
  413: 'The request is too large',
  422: 'This was refused',
  503: 'Not available now',
} as const
type Status = keyof typeof TITLES

/** `detail` is for people and holds no personal data. */
export function problem(status: Status, code: string, detail: string): Response {
  const headers: Record<string, string> = { 'content-type': 'application/problem+json', 'cache-control': 'no-store' }
  if (status === 503) headers['retry-after'] = '5'
  return new Response(JSON.stringify({ type: 'about:blank', title: TITLES[status], status, code, detail }), {
    status,
    headers,
  })
}

const STATUSES: Partial<Record<Refusal['code'], Status>> = {
  invalid_request: 400,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  idempotency_conflict: 409,
}

export const refusal = ({ code, message }: Refusal): Response => problem(STATUSES[code] ?? 422, code, message)

/** Undefined when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Answers hold what is personal: nobody keeps them. */
export const answer = (content: object): Response =>
  Response.json(content, { headers: { 'cache-control': 'no-store' } })

/** A bug's own words may hold what it stumbled over: only its kind is for the log. */
export function whyOf(error: unknown): string {
  if (error instanceof StoreUnavailable) return 'store unavailable'
  return error instanceof Error ? error.name : 'unknown'
}
