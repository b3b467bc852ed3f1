// What every request but the webhook's passes through.
import type { MiddlewareHandler } from 'hono'
import type { Logger } from '../app/ports.ts'
import { methodOf, routeOf } from './failures.ts'
import type { HttpMetrics } from './metrics-port.ts'

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
