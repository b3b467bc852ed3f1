// What is counted, in Prometheus' text format 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/).
// A handful of counters needs no library; prom-client would be the largest thing in the Worker.
import type { AppStats, RefusalCode, WebhookOutcome } from './app/ports.ts'
import type { HttpMetrics } from './http/metrics-port.ts'

export interface Metrics extends HttpMetrics {
  webhookOutcome(vendor: 'stripe' | 'hubspot' | 'slack', outcome: WebhookOutcome, events?: number): void
  /** A reward was asked for: what came of it, or why it was refused. */
  redemption(outcome: 'accepted' | RefusalCode): void
  /** How many units of work one commit held. */
  storeBatch(size: number): void
}

type Labels = Record<string, string | number>

const DURATION_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
const BATCH_BUCKETS = [1, 2, 4, 8, 16, 32, 64, 128]

export function createMetrics(): Metrics {
  const requests = counter('regulars_http_requests_total', 'Finished requests.')
  const durations = histogram('regulars_http_request_duration_seconds', 'Time to answer.', DURATION_BUCKETS_S)
  const outcomes = counter('regulars_webhook_events_total', 'Verified events by what became of them.')
  const redemptions = counter('regulars_redemptions_total', 'Rewards asked for by what came of it.')
  const batches = histogram('regulars_store_batch_size', 'Units of work in one commit.', BATCH_BUCKETS)
  return {
    request(method, route, status, seconds) {
      requests.count({ method, route, status })
      durations.observe({ method, route }, seconds)
    },
    webhookOutcome: (vendor, outcome, events) => outcomes.count({ vendor, outcome }, events),
    redemption: (outcome) => redemptions.count({ outcome }),
    storeBatch: (size) => batches.observe({}, size),
    render: (stats) => {
      const lines = [requests, durations, outcomes, redemptions, batches].flatMap((metric) => metric.lines())
      return `${[...lines, ...(stats === null ? [] : gauges(stats))].join('\n')}\n`
    },
  }
}

/** Few labels with few values: the series are found by their written form, which is then not written again. */
function counter(name: string, help: string) {
  const series = new Map<string, number>()
  return {
    count(labels: Labels, by = 1): void {
      const written = writeLabels(labels)
      series.set(written, (series.get(written) ?? 0) + by)
    },
    lines: (): string[] => [
      ...heading(name, help, 'counter'),
      ...[...series].map(([labels, value]) => `${name}${braces(labels)} ${value}`),
    ],
  }
}

interface Distribution {
  counts: number[]
  sum: number
}

function histogram(name: string, help: string, bounds: readonly number[]) {
  const series = new Map<string, Distribution>()
  return {
    observe(labels: Labels, value: number): void {
      const written = writeLabels(labels)
      let distribution = series.get(written)
      if (distribution === undefined) {
        distribution = { counts: Array.from({ length: bounds.length + 1 }, () => 0), sum: 0 }
        series.set(written, distribution)
      }
      const found = bounds.findIndex((bound) => value <= bound)
      const index = found === -1 ? bounds.length : found
      distribution.counts[index] = (distribution.counts[index] ?? 0) + 1
      distribution.sum += value
    },
    lines: (): string[] => [
      ...heading(name, help, 'histogram'),
      ...[...series].flatMap(([labels, distribution]) => histogramLines(name, labels, bounds, distribution)),
    ],
  }
}

function histogramLines(name: string, labels: string, bounds: readonly number[], { counts, sum }: Distribution) {
  let total = 0
  const buckets = counts.map((count, index) => {
    total += count
    const bound = `le="${bounds[index] ?? '+Inf'}"`
    return `${name}_bucket${braces(labels === '' ? bound : `${labels},${bound}`)} ${total}`
  })
  return [...buckets, `${name}_sum${braces(labels)} ${sum}`, `${name}_count${braces(labels)} ${total}`]
}

const gauges = (stats: AppStats): string[] =>
  [
    gauge('regulars_members', 'Members.', stats.members),
    gauge('regulars_payments', 'Payments.', stats.payments),
    gauge('regulars_entries', 'Entries in the books.', stats.entries),
    gauge('regulars_outbox_waiting', 'Deliveries that wait for a vendor.', stats.outboxWaiting),
    gauge('regulars_outbox_parked', 'Deliveries that a vendor refused.', stats.outboxParked),
    gauge('regulars_inbox_parked', 'Events that could not be understood.', stats.inboxParked),
    // Absent while there is none: 0 would be 1970.
    stats.lookedAheadAt === null
      ? []
      : gauge(
          'regulars_look_ahead_finished_timestamp_seconds',
          'When the last look ahead ended.',
          stats.lookedAheadAt / 1000,
        ),
  ].flat()

const gauge = (name: string, help: string, value: number): string[] => [
  ...heading(name, help, 'gauge'),
  `${name} ${value}`,
]

const heading = (name: string, help: string, type: string) => [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`]

function writeLabels(labels: Labels): string {
  let written = ''
  for (const name in labels) written += `${written === '' ? '' : ','}${name}="${labels[name]}"`
  return written
}

const braces = (labels: string) => (labels === '' ? '' : `{${labels}}`)
