// Keeps long reads under Stripe's rate limit, and waits when Stripe says so.
import type { Clock } from '../../src/app/ports.ts'
import { isRateLimit, retryAfterMs } from './failures.ts'

export type Sleep = (ms: number) => Promise<unknown>

export interface Pacer {
  /** Runs one request in its turn; one that is refused for its rate is run again, up to a limit. */
  run<Value>(request: () => Promise<Value>): Promise<Value>
}

/** With waits that double from two seconds to a minute: more than five minutes of being refused. */
const MAX_TRIES = 10
const MAX_WAIT_MS = 60_000

export const sleep: Sleep = (ms) => new Promise((done) => setTimeout(done, ms))

export interface PacerOptions {
  clock: Clock
  requestsPerSecond: number
  sleep?: Sleep | undefined
}

export function createPacer(options: PacerOptions): Pacer {
  const { clock, requestsPerSecond } = options
  const wait = (ms: number): Promise<unknown> => (options.sleep ?? sleep)(ms)
  const spacingMs = 1000 / requestsPerSecond
  let nextAt = 0
  const turn = async () => {
    const now = clock.now()
    // A clock that was set back must not make us wait for it to catch up.
    const delayMs = Math.min(Math.max(0, nextAt - now), MAX_WAIT_MS)
    nextAt = now + delayMs + spacingMs
    if (delayMs > 0) await wait(delayMs)
  }
  return {
    async run(request) {
      for (let tries = 1; ; tries++) {
        await turn()
        try {
          return await request()
        } catch (error) {
          if (!isRateLimit(error) || tries >= MAX_TRIES) throw error
          await wait(Math.min(retryAfterMs(error) * 2 ** (tries - 1), MAX_WAIT_MS))
        }
      }
    },
  }
}

/** The same pacer, telling of every request as it goes out, tries counted. */
export function countingPacer(pacer: Pacer, onRequest: () => void): Pacer {
  return {
    run: (request) =>
      pacer.run(() => {
        onRequest()
        return request()
      }),
  }
}
