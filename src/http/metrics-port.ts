// What the HTTP edge needs of the metrics, so that it does not depend on how they are kept.
import type { AppStats } from '../app/ports.ts'

export interface HttpMetrics {
  /** One finished request. `route` is a pattern, never a URL. On the webhook's path: must cost next to nothing. */
  request(method: string, route: string, status: number, seconds: number): void
  /** Prometheus' text format, 0.0.4. `stats` is null when the store could not be asked. */
  render(stats: AppStats | null): string
}
