// What HubSpot calls. Each answers 503 where no client secret is set, so that a call in its name is never taken for one.
import type { Context, Hono } from 'hono'
import type { Logger } from '../app/ports.ts'
import type { HttpMetrics } from './metrics-port.ts'
import { problem } from './problems.ts'

export const HUBSPOT_ROUTES = [
  'POST /hubspot/webhook',
  'POST /hubspot/actions/award-points',
  'POST /hubspot/actions/perform-action',
  'POST /hubspot/actions/issue-reward',
  'POST /hubspot/actions/enrol-member',
  'POST /hubspot/actions/options/rewards',
  'POST /hubspot/actions/options/actions',
  'GET /hubspot/card',
  'POST /hubspot/card/rewards',
  'POST /hubspot/card/enrol',
] as const
export type HubspotRoute = (typeof HUBSPOT_ROUTES)[number]

/** Takes a request as HubSpot sent it: the raw body is part of what its signature is over. */
export type HubspotHandlers = Record<HubspotRoute, (c: Context) => Promise<Response>>

const NO_SECRET = 'There is no client secret configured: set HUBSPOT_CLIENT_SECRET.'

export function addHubspotRoutes(
  root: Hono,
  { handlers, metrics, logger }: { handlers: HubspotHandlers | undefined; metrics: HttpMetrics; logger: Logger },
): void {
  for (const named of HUBSPOT_ROUTES) {
    const [method = '', route = ''] = named.split(' ')
    root.on(method, route, async (c) => {
      if (handlers === undefined) return problem(c, 'unavailable', NO_SECRET)
      const startedAt = performance.now()
      const response = await handlers[named](c)
      const seconds = (performance.now() - startedAt) / 1_000
      metrics.request(method, route, response.status, seconds)
      logger.debug('request', { method, route, status: response.status, ms: Math.round(seconds * 1_000) })
      return response
    })
  }
}
