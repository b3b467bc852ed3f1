// The API with all that stands around it, mounted where a host wants it: with the rest, or when it is first asked for.
import type { Hono } from 'hono'
import { API_PATH, createApi, describeApi } from './api/create-api.ts'
import { createKeyring } from './api-keys.ts'
import type { HttpOptions } from './create-doors.ts'
import { HTTP_LIMITS } from './limits.ts'
import { careful, createObserver, createPageLimit } from './middleware.ts'
import { createDocsPage } from './pages/docs.ts'
import { createMemoryLimiter } from './rate-limiter.ts'

export function addApi(root: Hono, options: HttpOptions): void {
  const limits = { ...HTTP_LIMITS, ...options.limits }
  root.use('/api/*', careful, createObserver(options.metrics, options.logger))
  const api = createApi({
    app: options.app,
    bodyBytes: limits.apiBodyBytes,
    transferBytes: limits.transferBodyBytes,
    keyring: createKeyring(options.apiKeys),
    countFailure: options.limiters?.failures ?? createMemoryLimiter(options.clock, limits.failedAttempts),
    remoteAddress: options.remoteAddress,
  })
  // These two need no key: they say nothing of this merchant's, and a browser could not send one.
  root.route(
    API_PATH,
    createDocsPage(() => describeApi(api), createPageLimit(options.limiters?.pages, options.remoteAddress)),
  )
  root.route(API_PATH, api)
}
