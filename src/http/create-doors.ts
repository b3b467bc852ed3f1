// Everything that is served, on any host: the vendors' webhooks and operations, and the API where the host has it put.
import { type Context, Hono } from 'hono'
import type { App, Clock, Logger } from '../app/ports.ts'
import type { ApiKey } from './api-keys.ts'
import { createErrorHandler, notFound } from './failures.ts'
import { addHubspotRoutes, type HubspotHandlers } from './hubspot-routes.ts'
import { HTTP_LIMITS, type HttpLimits } from './limits.ts'
import type { HttpMetrics } from './metrics-port.ts'
import { createPageLimit } from './middleware.ts'
import { createOperations } from './operations.ts'
import { problem } from './problems.ts'
import type { RateLimiter } from './rate-limiter.ts'
import { addSlackRoute } from './slack-routes.ts'

/** Takes a request as the vendor sent it: the raw body is what the signature is over. */
export type WebhookHandler = (c: Context) => Promise<Response>

export interface HttpOptions {
  app: App
  apiKeys: readonly ApiKey[]
  clock: Clock
  logger: Logger
  metrics: HttpMetrics
  /** A vendor without its secret is left out, and its path answers 503. */
  webhooks: { stripe?: WebhookHandler; hubspot?: HubspotHandlers; slack?: WebhookHandler }
  /** Whether the database answers and has every migration. Default: that it answers. */
  isReady?: () => Promise<boolean>
  /** Nothing is written while rows move between hosts. */
  isPaused?: boolean
  limits?: Partial<HttpLimits>
  /** Who is at the other end of the connection, for the brake on guessing keys. */
  remoteAddress: (c: Context) => string
  /** Default: failures are counted in memory, pages not at all. Vendors' webhooks are never limited. */
  limiters?: HttpLimiters
}

export interface HttpLimiters {
  /** Calls of the API without a valid key. A valid one never waits. */
  failures: RateLimiter
  /** Public pages that read the database, or take a moment to make. */
  pages: RateLimiter
}

/** `addApi` puts the API where it belongs among the rest. */
export function createDoors(options: HttpOptions, addApi: (root: Hono) => void): Hono {
  const { app, clock, logger, metrics } = options
  const limits: HttpLimits = { ...HTTP_LIMITS, ...options.limits }
  const root = new Hono()
  root.onError(createErrorHandler(logger))
  root.notFound(notFound)

  // No middleware may match the webhook's path: Hono then calls the handler without composing anything around it.
  root.post('/stripe/webhook', stripeWebhook(options.webhooks.stripe, metrics))
  addHubspotRoutes(root, { handlers: options.webhooks.hubspot, metrics, logger })
  addSlackRoute(root, { handler: options.webhooks.slack, metrics, logger })

  addApi(root)
  // One small row is enough to know that the database answers and has our tables.
  const isReady = options.isReady ?? (() => app.getSetting('readiness').then(() => true))
  const limit = createPageLimit(options.limiters?.pages, options.remoteAddress)
  root.route(
    '/',
    createOperations({ app, clock, metrics, limits, isReady, isPaused: options.isPaused === true, limit }),
  )
  return root
}

function stripeWebhook(handler: WebhookHandler | undefined, metrics: HttpMetrics) {
  const route = '/stripe/webhook'
  return (c: Context): Response | Promise<Response> => {
    if (handler === undefined) {
      return problem(c, 'unavailable', 'There is no signing secret configured: set STRIPE_WEBHOOK_SECRET.')
    }
    const startedAt = performance.now()
    return handler(c).then((response) => {
      metrics.request('POST', route, response.status, (performance.now() - startedAt) / 1_000)
      return response
    })
  }
}
