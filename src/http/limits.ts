// Every limit of the HTTP edge, by name.
import type { RateLimits } from './rate-limiter.ts'

export interface HttpLimits {
  apiBodyBytes: number
  /** Rows on their way from another host: a row may have 2 MB, and six times as many as JSON. */
  transferBodyBytes: number
  failedAttempts: RateLimits
  /** Public pages that read the database, or take a moment to make: only where the host asks for it. */
  pages: RateLimits
  /** How long an answer about the store's state is kept before it is asked again. */
  readinessMs: number
  statsMs: number
}

export const HTTP_LIMITS: HttpLimits = {
  apiBodyBytes: 64 * 1024,
  transferBodyBytes: 16 * 1024 * 1024,
  failedAttempts: { burst: 60, refillMs: 2_000, addresses: 10_000 },
  pages: { burst: 100, refillMs: 600, addresses: 10_000 },
  readinessMs: 1_000,
  statsMs: 10_000,
}

export const PAGE_LIMITS = { members: 100, ledger: 200, awards: 200, redemptions: 100, alerts: 100, queue: 100 }
