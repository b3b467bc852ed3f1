// What Slack calls: one address for all of it. Answers 503 where Slack is not connected, so that a call in its name is never
// taken for one.
import type { Context, Hono } from 'hono'
import type { Logger } from '../app/ports.ts'
import type { HttpMetrics } from './metrics-port.ts'
import { problem } from './problems.ts'

const ROUTE = '/slack/events'
const UNCONFIGURED = 'Slack is not connected: set SLACK_SIGNING_SECRET and SLACK_BOT_TOKEN.'

export interface SlackRouteOptions {
  handler: ((c: Context) => Promise<Response>) | undefined
  metrics: HttpMetrics
  logger: Logger
}

export function addSlackRoute(root: Hono, { handler, metrics, logger }: SlackRouteOptions): void {
  root.post(ROUTE, async (c) => {
    if (handler === undefined) return problem(c, 'unavailable', UNCONFIGURED)
    const startedAt = performance.now()
    const response = await handler(c)
    const seconds = (performance.now() - startedAt) / 1_000
    metrics.request('POST', ROUTE, response.status, seconds)
    logger.debug('request', { method: 'POST', route: ROUTE, status: response.status, ms: Math.round(seconds * 1_000) })
    return response
  })
}
