// What is served, put together with the use cases behind it. Apart from those: the thread of the Node host that serves has none
// of them, and whoever serves nothing need not load pages and the API's description.
import type { Context, Hono } from 'hono'
import { createStripeWebhook } from '../../integrations/stripe/webhook.ts'
import type { App, Clock, IncomingEvent, Logger, WebhookOutcome } from '../app/ports.ts'
import type { Inner } from '../compose.ts'
import type { Config } from '../config.ts'
import type { HttpLimiters } from '../http/create-doors.ts'
import type { Metrics } from '../metrics.ts'
import { createHubspotHandlers } from './hubspot.ts'
import { createSlackHandler } from './slack.ts'

/** What the doors need of their host. */
export interface OuterHost {
  clock: Clock
  logger: Logger
  metrics: Metrics
  remoteAddress: (c: Context) => string
  /** Who asks too often. Default: guessed keys are counted in memory, public pages not at all. */
  limiters?: HttpLimiters
  /** Keeps the host alive for what goes on after an answer. Default: nothing need keep it. */
  waitUntil?: (c: Context) => (work: Promise<unknown>) => void
  /** Whether the database answers and has every migration. Default: it answers. */
  isReady?: () => Promise<boolean>
  /** What becomes of Stripe's events. Default: they are recorded at once. */
  stripeDoor?: (app: App) => (event: IncomingEvent) => Promise<WebhookOutcome>
  /** The API is put together when it is first asked for, not with the rest. */
  isApiLate?: boolean
}

/** @param inner its use cases may be those of another thread */
export async function composeHttp(config: Config, inner: Inner, host: OuterHost): Promise<Hono> {
  const createApp = host.isApiLate
    ? (await import('../http/create-late-app.ts')).createLateApp
    : (await import('../http/create-app.ts')).createApp
  const { webhookSecrets: secrets } = inner
  const { clock, logger, metrics } = host
  const app = countingRedemptions(inner.app, metrics)
  const take = host.stripeDoor?.(app) ?? app.recordEvent
  // Not async: see the webhook's.
  const recordEvent = (event: IncomingEvent): Promise<WebhookOutcome> =>
    take(event).then((outcome) => {
      metrics.webhookOutcome('stripe', outcome)
      return outcome
    })
  return createApp({
    app,
    apiKeys: config.apiKeys,
    clock,
    logger,
    metrics,
    webhooks: {
      ...(secrets.length > 0 && { stripe: createStripeWebhook({ app: { recordEvent }, secrets, clock, logger }) }),
      ...(await createHubspotHandlers(config, { app, clock, logger, metrics })),
      ...(await createSlackHandler({ config, app, clock, logger, metrics, waitUntil: host.waitUntil ?? letGo })),
    },
    remoteAddress: host.remoteAddress,
    isPaused: config.paused,
    ...(host.isReady !== undefined && { isReady: host.isReady }),
    ...(host.limiters !== undefined && { limiters: host.limiters }),
  })
}

const letGo = () => () => {}

/** The same use cases, which count what became of redemptions. They may be those of another thread: no copy has them all. */
function countingRedemptions(app: App, metrics: Metrics): App {
  const redeem: App['redeem'] = async (...asked) => {
    const result = await app.redeem(...asked)
    metrics.redemption(result.ok ? 'accepted' : result.code)
    return result
  }
  return new Proxy(app, { get: (target, method) => (method === 'redeem' ? redeem : Reflect.get(target, method)) })
}
