// Webhooks one by one against the Worker without its queue: what of D1 each takes while little comes in.
import { stripePayment } from '../../test/support/stripe-events.ts'
import { startWatched, type Watched, type WatchedWorker } from '../../test/support/watched.ts'
import type { Table } from '../bench.ts'
import { chargeEvent } from '../charge-event.ts'
import type { WorkerBench, WorkerSection } from '../worker-section.ts'

const WARM_UP = 12
const AMOUNT_MINOR = 4_990

interface Taken {
  title: string
  events: number
  msEach: number
  watched: Watched
}

async function run(bench: WorkerBench): Promise<Table[]> {
  const guests = bench.quick ? 30 : 200
  const worker = await startWatched(null)
  try {
    for (let n = 0; n < WARM_UP; n++) await worker.deliver(guest(`warm${n}`))
    const first = Array.from({ length: guests }, (_, n) => guest(`g${n}`))
    return [
      tableOf([
        await tell(bench, worker, 'first purchases of guests, an event each', first),
        await tell(bench, worker, 'their next ones, three events each', again(guests / 2)),
      ]),
    ]
  } finally {
    await worker.close()
  }
}

const emailOf = (base: string): string => `${base}@example.com`

function guest(base: string): string {
  const createdSeconds = Math.floor(Date.now() / 1000) - 60
  const person = { email: emailOf(base), name: 'Abebe Bikila', customer: null }
  return chargeEvent({ base, ...person, amountMinor: AMOUNT_MINOR, createdSeconds })
}

const again = (purchases: number): string[] =>
  Array.from({ length: purchases }, (_, n) => {
    const paid = stripePayment({ at: Date.now() - 30_000, amount: AMOUNT_MINOR, email: emailOf(`g${n}`) })
    return [paid.charge(), paid.intent(), paid.session()].map((event) => JSON.stringify(event))
  }).flat()

async function tell(bench: WorkerBench, worker: WatchedWorker, title: string, bodies: string[]): Promise<Taken> {
  await worker.harm()
  const startedAt = performance.now()
  for (const body of bodies) {
    const outcome = await worker.deliver(body)
    if (outcome !== 'recorded') bench.broken(`${title}: one was ${outcome}`)
  }
  const msEach = (performance.now() - startedAt) / bodies.length
  return { title, events: bodies.length, msEach, watched: await worker.watch() }
}

function tableOf(taken: readonly Taken[]): Table {
  const each = (name: string, value: (one: Taken) => string): string[] => [name, ...taken.map(value)]
  const anEvent =
    (count: (watched: Watched) => number) =>
    ({ watched, events }: Taken): string =>
      (count(watched) / events).toFixed(2)
  return {
    title: 'Webhooks one by one against a local workerd, each recorded before it is answered',
    columns: ['', ...taken.map(({ title }) => title)],
    rows: [
      each('events', ({ events }) => String(events)),
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
      each('until the answer, ms', ({ msEach }) => msEach.toFixed(1)),
    ],
    notes: ['rows as D1’s `meta` counts them'],
    data: { taken },
  }
}

export const workerCalm: WorkerSection = {
  name: 'calm',
  title: 'webhooks one by one, what each takes of D1',
  run,
}
