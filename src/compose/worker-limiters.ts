// Who asks a Worker too often: counted by Cloudflare, since an isolate knows only of what it served itself; without the
// binding, by each isolate for itself.
import type { Clock, Logger } from '../app/ports.ts'
import type { HttpLimiters } from '../http/create-doors.ts'
import { HTTP_LIMITS } from '../http/limits.ts'
import { createMemoryLimiter } from '../http/rate-limiter.ts'
import { createSharedLimiter, type SharedCounter } from '../http/shared-limiter.ts'

/** `simple.period` in wrangler.toml, which the binding does not say. */
export const COUNTER_PERIOD_MS = 60_000

export interface WorkerLimiterOptions {
  counter: SharedCounter | undefined
  clock: Clock
  logger: Logger
}

export function createWorkerLimiters({ counter, clock, logger }: WorkerLimiterOptions): HttpLimiters {
  const failures = createMemoryLimiter(clock, HTTP_LIMITS.failedAttempts)
  const pages = createMemoryLimiter(clock, HTTP_LIMITS.pages)
  if (counter === undefined) return { failures, pages }
  const shared = { counter, periodMs: COUNTER_PERIOD_MS, logger }
  return {
    failures: createSharedLimiter({ ...shared, name: 'failures', local: failures }),
    pages: createSharedLimiter({ ...shared, name: 'pages', local: pages }),
  }
}
