// Every limit of the HTTP edge, by name.
import type { AttemptLimits } from './failed-attempts.ts'

export interface HttpLimits {
  apiBodyBytes: number
  failedAttempts: AttemptLimits
  /** How long an answer about the store's state is kept before it is asked again. */
  readinessMs: number
  statsMs: number
}

export const HTTP_LIMITS: HttpLimits = {
  apiBodyBytes: 64 * 1024,
  failedAttempts: { burst: 60, refillMs: 2_000, addresses: 10_000 },
  readinessMs: 1_000,
  statsMs: 10_000,
}

export const PAGE_LIMITS = { members: 100, ledger: 200, awards: 200, redemptions: 100, alerts: 100, queue: 100 }
