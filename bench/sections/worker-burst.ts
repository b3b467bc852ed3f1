// A burst of webhooks against the Worker with its queue: how fast they are acknowledged, how long until all of them are in
// the books, and what of D1 each takes, as that is what a user pays for.
import { loadavg } from 'node:os'
import { stripePayment } from '../../test/support/stripe-events.ts'
import { startWatched, type Watched, type WatchedWorker } from '../../test/support/watched.ts'
import type { Table } from '../bench.ts'
import { chargeEvent } from '../charge-event.ts'
import type { WorkerBench, WorkerSection } from '../worker-section.ts'

const CONNECTIONS = 32
const BATCHES_GOAL = 0.2
const ROWS_READ_GOAL = 10
/** Few enough to be recorded one by one. */
const WARM_UP = 12
const WITHIN_MS = 600_000
const AMOUNT_MINOR = 4_990
const POINTS = 49

interface Burst {
  title: string
  bodies: string[]
  purchases: number
}

interface Taken {
  title: string
  events: number
  queued: number
  acknowledgedPerSecond: number
  p50Ms: number
  p99Ms: number
  /** From the last acknowledgement until everything was recorded. */
  lagMs: number
  watched: Watched
}

async function run(bench: WorkerBench): Promise<Table[]> {
  const worker = await startWatched()
  const taken: Taken[] = []
  try {
    // The mode is pinned, the program written down, and the isolate warm, before anything is counted.
    for (let i = 0; i < WARM_UP; i++) await worker.deliver(guest(`warm${i}`))
    await worker.until(EVENTS, WARM_UP)
    for (const burst of bursts(bench.quick)) taken.push(await fire(bench, worker, burst))
  } finally {
    await worker.close()
  }
  return [tableOf(taken)]
}

function bursts(quick: boolean): Burst[] {
  const guests = quick ? 300 : 10_000
  const purchases = quick ? 100 : 1_000
  const bodies = Array.from({ length: guests }, (_, i) => guest(`g${i}`))
  return [
    { title: 'purchases of new guests, an event each', bodies, purchases: guests },
    { title: 'the same guests again, three events each, in disorder', bodies: again(purchases), purchases },
  ]
}

const emailOf = (base: string): string => `${base}@example.com`

function guest(base: string): string {
  const createdSeconds = Math.floor(Date.now() / 1000) - 60
  const person = { email: emailOf(base), name: 'Abebe Bikila', customer: null }
  return chargeEvent({ base, ...person, amountMinor: AMOUNT_MINOR, createdSeconds })
}

function again(purchases: number): string[] {
  const told = Array.from({ length: purchases }, (_, i) => {
    const p = stripePayment({ at: Date.now() - 30_000, amount: AMOUNT_MINOR, email: emailOf(`g${i}`) })
    return [p.charge(), p.intent(), p.session()]
  }).flat()
  // Steps of a prime: those of one purchase come far apart, or in the same hundred, by turns.
  const step = 61
  return told.map((_, i) => JSON.stringify(told[(i * step) % told.length]))
}

async function fire({ say, broken }: WorkerBench, worker: WatchedWorker, burst: Burst): Promise<Taken> {
  const { title, bodies, purchases } = burst
  const before = await standing(worker)
  await worker.harm()
  const outcomes = new Map<string, number>()
  const times: number[] = []
  let next = 0
  const startedAt = performance.now()
  const connection = async (): Promise<void> => {
    for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) {
      const askedAt = performance.now()
      const outcome = await worker.deliver(body)
      times.push(performance.now() - askedAt)
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, connection))
  const acknowledgedAt = performance.now()
  await worker.until(EVENTS, before.events + bodies.length, WITHIN_MS)
  const lagMs = performance.now() - acknowledgedAt
  const watched = await worker.watch()
  const after = await standing(worker)
  for (const outcome of outcomes.keys())
    if (outcome !== 'queued' && outcome !== 'recorded') broken(`${title}: ${outcomes.get(outcome)} were ${outcome}`)
  if (after.purchases - before.purchases !== purchases)
    broken(`${title}: ${after.purchases - before.purchases} purchases are there, not ${purchases}`)
  if (after.points - before.points !== purchases * POINTS)
    broken(`${title}: ${after.points - before.points} points are not those of ${purchases} purchases`)
  times.sort((a, b) => a - b)
  const at = (share: number): number => times[Math.floor((times.length - 1) * share)] ?? 0
  const acknowledgedPerSecond = bodies.length / ((acknowledgedAt - startedAt) / 1000)
  say(
    `${title}: ${Math.round(acknowledgedPerSecond)} acknowledged a second, all recorded ${Math.round(lagMs)} ms later`,
  )
  const queued = outcomes.get('queued') ?? 0
  return {
    title,
    events: bodies.length,
    queued,
    acknowledgedPerSecond,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    lagMs,
    watched,
  }
}

const EVENTS = "SELECT count(*) FROM name WHERE name >= 'evt_' AND name < 'evt`' AND target <> 'parked'"
const STANDING = `SELECT (${EVENTS}) AS events, (SELECT sum(purchases) FROM member) AS purchases,
  (SELECT sum(base) FROM payment) AS points`

interface Standing {
  events: number
  purchases: number
  /** Before tiers and campaigns. */
  points: number
}

async function standing(worker: WatchedWorker): Promise<Standing> {
  const [row] = await worker.rows(STANDING)
  return row as unknown as Standing
}

function tableOf(taken: readonly Taken[]): Table {
  const each = (name: string, value: (one: Taken) => string): string[] => [name, ...taken.map(value)]
  const anEvent = (count: (watched: Watched) => number) => (one: Taken) => (count(one.watched) / one.events).toFixed(3)
  const isMet = ({ watched, events }: Taken): boolean =>
    watched.batches / events <= BATCHES_GOAL && watched.rowsRead / events <= ROWS_READ_GOAL
  return {
    title: `A burst of webhooks on ${CONNECTIONS} connections against a local workerd`,
    columns: ['', ...taken.map(({ title }) => title)],
    rows: [
      each('events', ({ events }) => String(events)),
      each('of them queued', ({ queued }) => String(queued)),
      each('acknowledged a second', ({ acknowledgedPerSecond }) => acknowledgedPerSecond.toFixed(0)),
      each('until the answer, ms: half of them', ({ p50Ms }) => p50Ms.toFixed(1)),
      each('until the answer, ms: 99 of 100', ({ p99Ms }) => p99Ms.toFixed(1)),
      each('all recorded after the last answer, ms', ({ lagMs }) => lagMs.toFixed(0)),
      each(
        'D1 batches an event',
        anEvent(({ batches }) => batches),
      ),
      each(
        'D1 statements an event',
        anEvent(({ statements }) => statements),
      ),
      each(
        'rows read an event',
        anEvent(({ rowsRead }) => rowsRead),
      ),
      each(
        'rows written an event',
        anEvent(({ rowsWritten }) => rowsWritten),
      ),
      each(`at most ${BATCHES_GOAL} batches, ${ROWS_READ_GOAL} rows read`, (one) => (isMet(one) ? 'met' : 'NOT met')),
      each('batches refused, as others were first', ({ watched }) => String(watched.refused)),
    ],
    notes: [
      'rows as D1’s `meta` counts them, of everything that the burst caused; in disorder, most events move a purchase in time',
      'every purchase is in the books once, with its points: checked after each burst',
      `the goal of ${BATCHES_GOAL} batches is a burst’s: one that comes alone is read in a batch or some and written in one (--only calm)`,
      `client, queue, Worker and database share this machine (load ${loadavg()[0]?.toFixed(1)}): the speed is this machine’s, the counts are not`,
    ],
    data: { taken },
  }
}

export const workerBurst: WorkerSection = {
  name: 'burst',
  title: 'webhooks by the thousand, through the queue into D1',
  run,
}
