// The limiter of a host whose processes share no memory (Workers): the platform counts. Where it fails or takes long, this
// process's own count stands in: a counter that is down must neither keep anybody out nor let everybody guess.
import type { Logger } from '../app/ports.ts'
import { networkOf, type RateLimiter } from './rate-limiter.ts'

/** The part of Cloudflare's rate-limit binding that is used. */
export interface SharedCounter {
  limit(options: { key: string }): Promise<{ success: boolean }>
}

export interface SharedLimiterOptions {
  counter: SharedCounter
  /** What is counted: one counter serves several limiters. */
  name: string
  /** The counter's period; it does not say how much of it is left. */
  periodMs: number
  /** Stands in while the counter does not answer. */
  local: RateLimiter
  logger: Logger
}

/** It answers from the same machine, in a millisecond or so. */
const ANSWERS_WITHIN_MS = 250

export function createSharedLimiter({ counter, name, periodMs, local, logger }: SharedLimiterOptions): RateLimiter {
  let isTold = false
  const tellOnce = (error: unknown): void => {
    if (isTold) return
    isTold = true
    const reason = error instanceof Error ? error.message : 'unknown'
    logger.warn('the shared rate limit does not answer; each isolate counts for itself', { limit: name, error: reason })
  }
  return async (address) => {
    try {
      const { success } = await inTime(counter.limit({ key: `${name} ${networkOf(address)}` }))
      return success ? 0 : periodMs
    } catch (error) {
      tellOnce(error)
      return local(address)
    }
  }
}

function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ANSWERS_WITHIN_MS} ms`)), ANSWERS_WITHIN_MS)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
