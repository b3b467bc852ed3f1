// For whoever keeps the server running: is it alive, can it work, what has it done.
import { Hono, type MiddlewareHandler } from 'hono'
import type { App, AppStats, Clock } from '../app/ports.ts'
import type { HttpLimits } from './limits.ts'
import type { HttpMetrics } from './metrics-port.ts'
import { problem } from './problems.ts'

export interface OperationsOptions {
  app: App
  clock: Clock
  metrics: HttpMetrics
  limits: HttpLimits
  isReady: () => Promise<boolean>
  isPaused: boolean
  /** For what reads the database. */
  limit: MiddlewareHandler
}

export function createOperations({ app, clock, metrics, limits, isReady, isPaused, limit }: OperationsOptions): Hono {
  const readiness = remember(clock, limits.readinessMs, () => isReady().catch(() => false))
  const stats = remember<AppStats | null>(clock, limits.statsMs, () => app.stats().catch(() => null))

  const operations = new Hono()
  operations.get('/healthz', (c) => c.json({ status: 'alive' }))
  operations.get('/readyz', limit, async (c) => {
    if (await readiness()) return c.json({ status: isPaused ? 'paused' : 'ready' })
    return problem(c, 'unavailable', 'The database does not answer, or is not up to date.', {
      headers: { 'retry-after': '1' },
    })
  })
  operations.get('/metrics', limit, async (c) =>
    c.text(metrics.render(await stats()), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }),
  )
  return operations
}

/** Asks at most once in a while, and once for all who ask at the same time. */
function remember<T>(clock: Clock, forMs: number, ask: () => Promise<T>): () => Promise<T> {
  let last: { at: number; answer: Promise<T> } | undefined
  return () => {
    const now = clock.now()
    if (last === undefined || Math.abs(now - last.at) >= forMs) last = { at: now, answer: ask() }
    return last.answer
  }
}
