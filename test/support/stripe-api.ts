// Stripe's API for tests: the real SDK's requests, answered by msw from a table of routes.
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { createStripeClient } from '../../integrations/stripe/client.ts'
import { listOf } from './stripe-objects.ts'

export interface ApiCall {
  method: string
  path: string
  query: Record<string, string>
  body: Record<string, string>
  account: string | null
  version: string | null
  idempotencyKey: string | null
}

/** Answers with JSON, or with a Response of its own. `undefined`: Stripe knows no such thing. */
export type Route = (call: ApiCall) => unknown

export const stripeError = (status: number, over: object = {}, headers: Record<string, string> = {}) =>
  HttpResponse.json({ error: { type: 'api_error', message: 'no', ...over } }, { status, headers })

const missing = () => stripeError(404, { type: 'invalid_request_error', code: 'resource_missing' })

async function readCall(request: Request): Promise<ApiCall> {
  const url = new URL(request.url)
  return {
    method: request.method,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    body: Object.fromEntries(new URLSearchParams(await request.text())),
    account: request.headers.get('stripe-account'),
    version: request.headers.get('stripe-version'),
    idempotencyKey: request.headers.get('idempotency-key'),
  }
}

/**
 * A client of the API at `api.stripe.test`, the calls it made, and `answer` to set the routes: `GET /v1/charges/ch_1`.
 * `double` answers whatever no route does.
 */
export function useStripeApi(double?: Route) {
  let routes: Record<string, Route> = {}
  const calls: ApiCall[] = []
  const server = setupServer(
    http.all('http://api.stripe.test:4001/*', async ({ request }) => {
      const call = await readCall(request)
      calls.push(call)
      const answer = (routes[`${call.method} ${call.path}`] ?? double)?.(call)
      if (answer === undefined) return missing()
      return answer instanceof Response ? answer : HttpResponse.json(answer as object)
    }),
  )
  beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
  afterEach(() => {
    routes = {}
    calls.length = 0
  })
  afterAll(() => server.close())
  const stripe = createStripeClient({
    apiKey: 'sk_test_1',
    apiUrl: 'http://api.stripe.test:4001',
    maxNetworkRetries: 0,
  })
  const answer = (more: Record<string, Route>) => {
    routes = { ...routes, ...more }
  }
  return { stripe, calls, answer }
}

/** A list endpoint over `objects` (newest first), which filters by `created` and cuts pages of `size`. */
export function pagesOf(objects: readonly Record<string, unknown>[], size = 100): Route {
  return ({ query }) => {
    const from = Number(query['created[gte]'] ?? 0)
    const to = Number(query['created[lt]'] ?? Number.MAX_SAFE_INTEGER)
    const within = objects.filter(({ created }) => Number(created) >= from && Number(created) < to)
    const start = within.findIndex(({ id }) => id === query.starting_after) + 1
    return listOf(within.slice(start, start + size), { has_more: start + size < within.length })
  }
}
