// What Stripe tells of a subscription while another process learns whose it is: neither may conclude from what the other has
// just changed. On D1 what is read is written upon later: everything may come in between.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readIncomingEvent } from '../../integrations/stripe/incoming-event.ts'
import { createD1Driver } from '../../src/store/d1-driver.ts'
import { createStore } from '../../src/store/store.ts'
import { type D1Server, startD1 } from '../support/store-d1.ts'
import { type StripeEvent, stripeEvent, stripePayment } from '../support/stripe-events.ts'
import { failedEvent, subscriptionEvent } from '../support/subscriptions.ts'
import { createWorld, memoryStore, staff, type World } from '../support/world.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const at = (day: number): number => Date.UTC(2026, 10, day, 12)
const wish = { cancel_at_period_end: true, canceled_at: Math.floor(at(21) / 1000) }

/** Somebody else's: from now on subscriptions are looked at. */
const others = subscriptionEvent(at(1), {}, { id: 'sub_other', customer: 'cus_other' })
const buys = (): StripeEvent => stripePayment({ at: at(20), customer: 'cus_ada', email: 'ada@example.org' }).charge()
const isKnown = (): StripeEvent =>
  stripeEvent('customer.created', { id: 'cus_ada', email: 'ada@example.org', name: 'Ada' }, at(2))

interface Meeting {
  before: StripeEvent[]
  /** Learns whose the subscription is. */
  learns: (world: Pick<World, 'app' | 'deliver'>) => Promise<unknown>
  /** Is told of it meanwhile. */
  told: () => StripeEvent
  kind: string
}

const MEETINGS: [string, Meeting][] = [
  [
    'a wish to cancel, and the first purchase',
    {
      before: [],
      learns: ({ deliver }) => deliver(buys()),
      told: () => subscriptionEvent(at(21), wish),
      kind: 'cancelling',
    },
  ],
  [
    'a wish to cancel, and the customer’s address',
    {
      before: [stripePayment({ at: at(20), customer: null, email: 'ada@example.org' }).charge()],
      learns: ({ deliver }) => deliver(isKnown()),
      told: () => subscriptionEvent(at(21), wish),
      kind: 'cancelling',
    },
  ],
  [
    'a payment that failed, and the first purchase',
    {
      before: [],
      learns: ({ deliver }) => deliver(buys()),
      told: () => failedEvent(at(21)),
      kind: 'payment_failed',
    },
  ],
  [
    'a wish to cancel, and joining',
    {
      before: [isKnown()],
      learns: ({ app }) => app.enrolMember({ email: 'ada@example.org' }, staff, null),
      told: () => subscriptionEvent(at(21), wish),
      kind: 'cancelling',
    },
  ],
]

const ROUNDS = 12

async function expectAlert({ app }: World, kind: string, when: string): Promise<void> {
  const page = await app.listAlerts({ limit: 10 })
  expect(page.ok && page.value.items.map((alert) => [alert.kind, alert.state]), when).toEqual([[kind, 'open']])
}

describe('on D1', () => {
  let server: D1Server
  beforeAll(async () => {
    server = await startD1()
  }, 60_000)
  afterAll(() => server.stop())

  /** As the queue's consumer records it: by units that are read and written together. */
  const together = ({ app }: World): Pick<World, 'app' | 'deliver'> => ({
    app,
    deliver: async (event) => {
      const incoming = readIncomingEvent(JSON.stringify(event), NOW)
      if (!incoming.ok) throw new Error('no event')
      const [recording] = await app.recordEvents([incoming.event])
      return recording?.outcome ?? 'ignored'
    },
  })

  test.each([
    ...MEETINGS.map(([name, meeting]) => [name, meeting, (world: World) => world] as const),
    ...MEETINGS.slice(0, 3).map(([name, meeting]) => [`${name}, from the queue`, meeting, together] as const),
  ])('%s: the alert is opened, whatever comes in between', { timeout: 60_000 }, async (_, meeting, by) => {
    let told = 0
    for (let before = 0; before < ROUNDS; before++) {
      const binding = await server.database()
      const teller = await createWorld({ store: createStore(createD1Driver(binding)), now: NOW })
      await teller.deliverAll([others, ...meeting.before])
      let left = Number.POSITIVE_INFINITY
      const driver = createD1Driver({
        prepare: (sql) => binding.prepare(sql),
        batch: async (statements) => {
          if (left-- === 0) await teller.deliver(meeting.told())
          return binding.batch(statements)
        },
      })
      const learner = await createWorld({ store: createStore(driver), now: NOW })
      left = before
      await meeting.learns(by(learner))
      if (left >= 0) break
      told++
      await expectAlert(learner, meeting.kind, `before batch ${before}`)
    }
    expect(told).toBeGreaterThan(1)
  })
})

test.each(MEETINGS)('on Node, %s at once: the alert is opened', async (_, meeting) => {
  for (const turn of [0, 1]) {
    const store = await memoryStore()
    const [one, other] = [await createWorld({ store, now: NOW }), await createWorld({ store, now: NOW })]
    await one.deliverAll([others, ...meeting.before])
    const both = [() => meeting.learns(one), () => other.deliver(meeting.told())]
    await Promise.all((turn === 0 ? both : both.toReversed()).map((work) => work()))
    await expectAlert(one, meeting.kind, `turn ${turn}`)
    await store.close()
  }
})
