// Calls to HubSpot: the official client's own requests, under our limiter. Only the parts that send a request are loaded: the
// whole client describes every object there is, which a Worker cannot carry.
import { HttpClient } from '@hubspot/api-client/lib/src/services/http/HttpClient.js'
import { Request } from '@hubspot/api-client/lib/src/services/http/Request.js'
import type { Clock } from '../../src/app/ports.ts'
import { type Answer, readAnswer } from './answers.ts'
import { createLimiter, type Limiter } from './limiter.ts'

export interface HubspotClientOptions {
  accessToken: string
  /** Another base URL, for tests and proxies. Default: HubSpot's. */
  apiUrl: string | null
  clock: Clock
  /** The share of HubSpot's limits that may be used, above 0 to 1. */
  quotaShare: number
  /** Waits so long; default: by a timer. */
  sleep?: (ms: number) => Promise<void>
  timeoutMs?: number
}

export interface HubspotClient {
  /** One call. Waits a moment where the limiter asks for it; asks nothing where it asks for long. Never throws. */
  call(method: 'GET' | 'POST' | 'PATCH', path: string, body?: unknown): Promise<Answer>
  limiter: Limiter
}

const TIMEOUT_MS = 15_000
/** A longer wait is not slept through: whoever asked tries again later. */
const PATIENCE_MS = 2_000

export function createHubspotClient(options: HubspotClientOptions): HubspotClient {
  const { accessToken, apiUrl, clock, quotaShare, timeoutMs = TIMEOUT_MS } = options
  const sleep = options.sleep ?? ((ms: number) => new Promise<void>((done) => setTimeout(done, ms)))
  const limiter = createLimiter({ share: quotaShare })
  const config = { accessToken, ...(apiUrl !== null && { basePath: apiUrl.replace(/\/+$/, '') }) }
  return {
    limiter,
    async call(method, path, body) {
      for (let waited = 0; ; ) {
        const waitMs = limiter.waitMs(clock.now())
        if (waitMs === 0) break
        if (waited + waitMs > PATIENCE_MS) return { kind: 'wait', forMs: waitMs }
        waited += waitMs
        await sleep(waitMs)
      }
      limiter.took(clock.now())
      const request = new Request(config, { method, path, ...(body !== undefined && { body }) })
      const answer = await readAnswer(() => HttpClient.send(request), timeoutMs)
      limiter.learn(clock.now(), answer)
      return answer
    },
  }
}
