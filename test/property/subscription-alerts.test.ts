// What staff have before them of subscribers follows from what Stripe said, not from the order in which it came.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeProgram } from '../support/programs.ts'
import { type StripeEvent, stripeEvent, stripePayment } from '../support/stripe-events.ts'
import { failedEvent, paidEvent, subscriptionEvent } from '../support/subscriptions.ts'
import { createWorld } from '../support/world.ts'

const DAY = 86_400_000
/** No more than 30 days, as what is older is no news: whether it was opened for depends on when one heard of it. */
const START = Date.UTC(2026, 9, 24, 12)
const DAYS = 29
const NOW = START + DAYS * DAY
const RUNS = Number(process.env.PROPERTY_RUNS ?? 60)

const day = fc.integer({ min: 0, max: DAYS - 1 })
const sub = fc.constantFrom('sub_1', 'sub_2')
const word = fc.record({
  day,
  sub,
  status: fc.constantFrom('incomplete', 'trialing', 'active', 'active', 'past_due', 'unpaid', 'canceled'),
  wishDay: fc.option(day, { nil: null }),
  cancelDay: fc.option(day, { nil: null, freq: 3 }),
  reason: fc.constantFrom(null, 'cancellation_requested', 'payment_failed'),
  startDay: fc.constantFrom(-21, -21, 5, 15),
})
const failure = fc.record({
  day,
  sub: fc.option(sub, { nil: null }),
  invoice: fc.constantFrom('in_1', 'in_2', 'in_3'),
  attempt: fc.integer({ min: 1, max: 4 }),
})
const payment = fc.record({ day, invoice: fc.constantFrom('in_1', 'in_2', 'in_3') })
const story = fc.record({
  words: fc.array(word, { minLength: 1, maxLength: 5 }),
  failures: fc.array(failure, { maxLength: 4 }),
  payments: fc.array(payment, { maxLength: 2 }),
  isLinkedLate: fc.boolean(),
})
type Story = typeof story extends fc.Arbitrary<infer Told> ? Told : never

const at = (count: number): number => START + count * DAY
const seconds = (count: number | null): number | null => (count === null ? null : Math.floor(at(count) / 1000))

/** No two at one moment, as Stripe's seconds do not say which came first. */
function eventsOf({ words, failures, payments, isLinkedLate }: Story): StripeEvent[] {
  let n = 0
  const moment = (on: number): number => at(on) + ++n * 1_000
  const said = words.map(({ day: on, sub: id, status, wishDay, cancelDay, reason, startDay }) => {
    const over = {
      status,
      start_date: seconds(startDay),
      canceled_at: seconds(wishDay ?? (status === 'canceled' ? on : null)),
      cancel_at: seconds(wishDay === null ? null : cancelDay),
      cancel_at_period_end: wishDay !== null && cancelDay === null,
      cancellation_details: { reason },
      ended_at: status === 'canceled' ? seconds(on) : null,
    }
    return subscriptionEvent(moment(on), over, { id })
  })
  const failed = failures.map(({ day: on, sub: subscription, invoice, attempt }) =>
    failedEvent(moment(on), { attempt, nextAttemptAt: at(on + 3) }, { id: invoice, subscription }),
  )
  const paid = payments.map(({ day: on, invoice }) => paidEvent(moment(on), { id: invoice }))
  const ada = stripeEvent('customer.created', { id: 'cus_ada', email: 'ada@example.org' }, START)
  // Her first purchase makes her a member: by customer, or as a guest whose address the customer proves to have.
  const guest = stripePayment({ at: START, customer: isLinkedLate ? null : 'cus_ada', email: 'ada@example.org' })
  return [ada, guest.charge(), ...said, ...failed, ...paid].sort((a, b) => a.created - b.created)
}

async function openAlerts(events: readonly StripeEvent[]): Promise<unknown> {
  const world = await createWorld({ program: makeProgram(), now: NOW })
  await world.deliverAll(events)
  const page = await world.app.listAlerts({ state: 'open', limit: 100 })
  expect((await world.app.verify()).discrepancies).toEqual([])
  await world.close()
  if (!page.ok) throw new Error(page.message)
  return page.value.items
    .map(({ kind, reason, value, facts }) => ({ kind, reason, value, facts }))
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}

test('alerts of subscribers are the same in any order of events, told twice or once', async () => {
  let opened = 0
  await fc.assert(
    fc.asyncProperty(story, fc.infiniteStream(fc.nat()), async (told, chance) => {
      const events = eventsOf(told)
      const keys = new Map(events.map((event) => [event, chance.next().value ?? 0]))
      const shuffled = [...events].sort((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0))
      const inOrder = await openAlerts(events)
      opened += (inOrder as unknown[]).length
      expect(await openAlerts([...shuffled, ...events])).toEqual(inOrder)
    }),
    { numRuns: RUNS },
  )
  // Stories in which nothing ever happens would prove nothing.
  expect(opened).toBeGreaterThan(RUNS / 4)
})
