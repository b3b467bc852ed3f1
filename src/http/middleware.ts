// What requests but the webhooks' pass through.
import type { Context, MiddlewareHandler } from 'hono'
import type { Logger } from '../app/ports.ts'
import { methodOf, routeOf } from './failures.ts'
import type { HttpMetrics } from './metrics-port.ts'
import { refuseTooMany } from './problems.ts'
import type { RateLimiter } from './rate-limiter.ts'

/** Answers hold what is personal: nobody keeps them, nobody guesses their type, no other site learns an address. */
export const careful: MiddlewareHandler = async (c, next) => {
  c.header('cache-control', 'no-store')
  c.header('x-content-type-options', 'nosniff')
  c.header('referrer-policy', 'no-referrer')
  await next()
}

/** Counts and, at level debug, logs each request by its pattern. */
export const createObserver =
  (metrics: HttpMetrics, logger: Logger): MiddlewareHandler =>
  async (c, next) => {
    const startedAt = performance.now()
    await next()
    const seconds = (performance.now() - startedAt) / 1_000
    const [method, route, status] = [methodOf(c), routeOf(c), c.res.status]
    metrics.request(method, route, status, seconds)
    logger.debug('request', { method, route, status, ms: Math.round(seconds * 1_000) })
  }

/** For pages that anybody may ask for and that cost something each time. Without a limiter, nobody waits. */
export const createPageLimit =
  (limiter: RateLimiter = async () => 0, remoteAddress: (c: Context) => string): MiddlewareHandler =>
  async (c, next) => {
    const waitMs = await limiter(remoteAddress(c))
    if (waitMs > 0) return refuseTooMany(c, waitMs, 'Too many requests for public pages came from this address.')
    await next()
    return undefined
  }
