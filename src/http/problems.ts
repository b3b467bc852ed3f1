// Every error leaves as RFC 9457 problem details with a stable code. This is the one table from codes to HTTP.
import type { Context } from 'hono'
import type { Refusal, RefusalCode, Result } from '../app/ports.ts'

/** What only the transport refuses; the rest comes from the use cases. */
type TransportCode = 'unauthorized' | 'too_large' | 'rate_limited' | 'unavailable' | 'internal'
export type ProblemCode = RefusalCode | TransportCode

type ProblemStatus = 400 | 401 | 403 | 404 | 409 | 413 | 422 | 429 | 500 | 503
type ProblemKind = { status: ProblemStatus; title: string }

const REFUSALS = {
  invalid_request: { status: 400, title: 'The request is not valid' },
  not_found: { status: 404, title: 'There is no such thing' },
  idempotency_conflict: { status: 409, title: 'The Idempotency-Key was used for other content' },
  conflict: { status: 409, title: 'This does not fit the present state' },
  member_inactive: { status: 422, title: 'The member is not active' },
  unknown_reward: { status: 422, title: 'The program has no such reward' },
  reward_closed: { status: 422, title: 'The reward cannot be had now' },
  not_eligible: { status: 422, title: 'The member may not have this' },
  redeeming_frozen: { status: 422, title: 'Redeeming rests for now' },
  limit_reached: { status: 422, title: 'A limit is reached' },
  out_of_stock: { status: 422, title: 'The reward is out of stock' },
  insufficient_points: { status: 422, title: 'Not enough points' },
  staff_limit: { status: 422, title: 'Above what this key may do alone' },
  forbidden: { status: 403, title: 'The key may not do this' },
} satisfies Record<RefusalCode, ProblemKind>

const TRANSPORT = {
  unauthorized: { status: 401, title: 'A valid API key is needed' },
  too_large: { status: 413, title: 'The request is too large' },
  rate_limited: { status: 429, title: 'Too many requests from this address' },
  unavailable: { status: 503, title: 'Not available now' },
  internal: { status: 500, title: 'Something went wrong here' },
} satisfies Record<TransportCode, ProblemKind>

export const PROBLEMS: Record<ProblemCode, ProblemKind> = { ...REFUSALS, ...TRANSPORT }
export const PROBLEM_TYPE = 'application/problem+json'

/** One thing that is wrong with a request: where, and what would be right. */
export interface FieldError {
  path: string
  message: string
}

interface ProblemExtras {
  headers?: Record<string, string>
  errors?: FieldError[]
}

/** Where a reader finds what a code means: relative, as RFC 9457 allows, so that it holds on any host. */
const typeOf = (code: ProblemCode) => `/api/v1/docs#${code}`

/** Answers a problem. `detail` is for people and never holds personal data or anything of the database's. */
export function problem(c: Context, code: ProblemCode, detail: string, extras: ProblemExtras = {}): Response {
  const { status, title } = PROBLEMS[code]
  const body = { type: typeOf(code), title, status, detail, code, ...(extras.errors && { errors: extras.errors }) }
  return c.body(JSON.stringify(body), status, { 'content-type': PROBLEM_TYPE, ...extras.headers })
}

/** Says when to come back, rounded up to seconds. */
export function refuseTooMany(c: Context, waitMs: number, why: string): Response {
  const seconds = Math.ceil(waitMs / 1_000)
  const headers = { 'retry-after': String(seconds) }
  return problem(c, 'rate_limited', `${why} Try again in ${seconds} s.`, { headers })
}

export const refuse = (c: Context, refusal: Refusal): Response => problem(c, refusal.code, refusal.message)

/** Answers what a use case came to: its value as JSON, or its refusal as a problem. */
export function answer<T>(c: Context, result: Result<T>, status: 200 | 201, present: (value: T) => object): Response {
  return result.ok ? c.json(present(result.value), status) : refuse(c, result)
}
