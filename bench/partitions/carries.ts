// What one D1 carries: Cloudflare's documented limits and prices, what the bench of the Worker measured, and what follows.

/** As documented in 2026: d1/platform/limits and /pricing, queues/platform/limits and /pricing, workers/platform/pricing. */
export const DOCUMENTED = {
  bytes: 10e9,
  /** Messages a consumer takes at once; operations that a message needs. */
  handed: 100,
  operations: 3,
  /**
   * A D1 is one Durable Object, whose guide says 200 to 500 requests a second where each writes
   * (durable-objects/best-practices/rules-of-durable-objects).
   */
  callsPerSecond: 200,
  /** Dollars beyond what the plan includes. */
  perMillionRowsRead: 0.001,
  perMillionRowsWritten: 1,
  perMillionOperations: 0.4,
  perMillionRequests: 0.3,
} as const

/** What D1 is asked for an event. */
export interface PerEvent {
  what: string
  batches: number
  rowsRead: number
  rowsWritten: number
  isQueued: boolean
}

/** To be copied from `npm run bench:worker -- --only burst --only calm` when it changes. */
export const MEASURED: readonly PerEvent[] = [
  { what: 'burst: first purchases, an event each', batches: 0.021, rowsRead: 0, rowsWritten: 14, isQueued: true },
  { what: 'burst: three events a purchase', batches: 0.076, rowsRead: 7.5, rowsWritten: 7.9, isQueued: true },
  { what: 'calm: first purchases, an event each', batches: 2, rowsRead: 0, rowsWritten: 14, isQueued: false },
  { what: 'calm: three events a purchase', batches: 5.67, rowsRead: 8, rowsWritten: 7.7, isQueued: false },
]

/** Of a hundred events that a consumer was handed: rules and SQL, in a local workerd on one core. */
export const WORK_MS = 120
/** To the database and back: assumed, as nobody here could measure it. */
export const ROUND_TRIPS_MS: readonly number[] = [10, 30, 100]

/** Dollars for a million events, the plan's included amounts left out. */
export function dollarsPerMillion({ rowsRead, rowsWritten, isQueued }: PerEvent): number {
  const { perMillionRowsRead, perMillionRowsWritten, perMillionOperations, perMillionRequests, operations } = DOCUMENTED
  const queue = isQueued ? operations * perMillionOperations : 0
  return rowsRead * perMillionRowsRead + rowsWritten * perMillionRowsWritten + queue + perMillionRequests
}

/** Through the one consumer, which waits for each batch: its work, and the way there and back. */
export function eventsPerSecond({ batches }: PerEvent, roundTripMs: number, workMs = WORK_MS): number {
  const { handed } = DOCUMENTED
  return (handed / (workMs + batches * handed * roundTripMs)) * 1000
}

/** What the database would take, whoever asks. */
export const callsPerSecond = ({ batches }: PerEvent): number => DOCUMENTED.callsPerSecond / batches

export interface Weights {
  /** Bytes of an empty database, of a member, and of each purchase. */
  empty: number
  member: number
  purchase: number
}

/** How many members fit, each with so many purchases in all. */
export const membersWithin = ({ empty, member, purchase }: Weights, purchases: number): number =>
  Math.floor((DOCUMENTED.bytes - empty) / (member + purchases * purchase))

/** So many members from the first day, who buy so often. */
export const yearsUntilFull = ({ empty, member, purchase }: Weights, members: number, purchasesAYear: number): number =>
  Math.max(0, (DOCUMENTED.bytes - empty - members * member) / (members * purchasesAYear * purchase))
