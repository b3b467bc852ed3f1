// What one SQLite Durable Object does with a hundred events at a time, were members to live in several (the README's Decisions).
import { startObjects } from '../../test/support/object.ts'
import { type StripeEvent, stripePayment } from '../../test/support/stripe-events.ts'
import type { Table } from '../bench.ts'
import { chargeEvent } from '../charge-event.ts'
import type { WorkerBench, WorkerSection } from '../worker-section.ts'

const AT_ONCE = 100
const AMOUNT_MINOR = 4_990
const NAME = 'one'

interface Taken {
  title: string
  events: number
  perSecond: number
  bytes: number
}

async function run({ quick, broken }: WorkerBench): Promise<Table[]> {
  const guests = quick ? 300 : 5_000
  const objects = await startObjects()
  const taken: Taken[] = []
  const tell = async (title: string, events: readonly StripeEvent[]): Promise<void> => {
    const startedAt = performance.now()
    let bytes = 0
    for (let from = 0; from < events.length; from += AT_ONCE) {
      const answer = await objects.record(NAME, events.slice(from, from + AT_ONCE))
      const others = (answer.outcomes ?? []).filter((outcome) => outcome !== 'recorded')
      if (others.length > 0) broken(`${title}: ${others.length} were ${others[0]}`)
      bytes = answer.bytes
    }
    taken.push({
      title,
      events: events.length,
      perSecond: (events.length / (performance.now() - startedAt)) * 1000,
      bytes,
    })
  }
  try {
    const { bytes } = await objects.open(NAME)
    await tell(
      'first purchases of guests, an event each',
      Array.from({ length: guests }, (_, n) => guest(n)),
    )
    await tell('their next ones, three events each', again(guests / 5))
    const { verify } = await objects.look(NAME, 'abebe')
    if (verify?.members !== guests || verify.discrepancies.length > 0) broken('the books of the object do not verify')
    return [tableOf(taken, bytes)]
  } finally {
    await objects.close()
  }
}

function guest(n: number): StripeEvent {
  const createdSeconds = Math.floor(Date.now() / 1000) - 60
  const person = { email: `g${n}@example.com`, name: 'Abebe Bikila', customer: null }
  return JSON.parse(chargeEvent({ base: `o${n}`, ...person, amountMinor: AMOUNT_MINOR, createdSeconds })) as StripeEvent
}

const again = (purchases: number): StripeEvent[] =>
  Array.from({ length: purchases }, (_, n) => {
    const paid = stripePayment({ at: Date.now() - 30_000, amount: AMOUNT_MINOR, email: `g${n}@example.com` })
    return [paid.charge(), paid.intent(), paid.session()]
  }).flat()

const tableOf = (taken: readonly Taken[], emptyBytes: number): Table => ({
  title: `A SQLite Durable Object in a local workerd, ${AT_ONCE} events a request`,
  columns: ['', 'events', 'events/s', 'bytes then'],
  rows: [
    ['an empty one', '', '', emptyBytes.toLocaleString('en')],
    ...taken.map(({ title, events, perSecond, bytes }) => [
      title,
      String(events),
      perSecond.toFixed(0),
      bytes.toLocaleString('en'),
    ]),
  ],
  notes: ['client and object share this machine; the books are verified in the end'],
  data: { taken, emptyBytes },
})

export const workerObject: WorkerSection = {
  name: 'object',
  title: 'a Durable Object with members in it: what would it take?',
  run,
}
