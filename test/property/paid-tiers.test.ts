// Subscriptions among purchases: whatever order Stripe tells them in, and whether the clock's job runs between or not, tiers
// and books end the same.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ProgramInput } from '../../src/program/schema.ts'
import { levels, makeProgram } from '../support/programs.ts'
import { type StripeEvent, stripeEvent, stripePayment } from '../support/stripe-events.ts'
import { createWorld, type World } from '../support/world.ts'

const DAY = 86_400_000
const START = Date.UTC(2026, 0, 1, 12)
const DAYS = 240
const NOW = START + DAYS * DAY
const RUNS = Number(process.env.PROPERTY_RUNS ?? 40)

const paid = (over: object): NonNullable<ProgramInput['tiers']>['levels'][number] => ({
  id: 'prime',
  name: 'Prime',
  paid: { products: ['prod_prime'] },
  ...over,
})
const programs: Record<string, (multiplier: number) => Partial<ProgramInput>> = {
  'whose points end after some months, and never under the paid tier': (multiplier) => ({
    points: { expiry: { kind: 'after', months: 2 } },
    tiers: { levels: [...levels(['base', 0], ['silver', 60]), paid({ multiplier, expiry: { kind: 'never' } })] },
  }),
  'where what is earned may be above what is paid for': (multiplier) => ({
    points: { holdDays: 5, expiry: { kind: 'after', months: 6 } },
    tiers: {
      window: { kind: 'rolling', months: 2 },
      keep: { months: 1 },
      levels: [
        ...levels(['base', 0]),
        paid({ multiplier, expiry: { kind: 'after', months: 3 } }),
        ...levels(['gold', 60, { expiry: { kind: 'never' } }]),
      ],
    },
  }),
  'with nothing but what is paid for': (multiplier) => ({
    points: { shortfall: 'forgive' },
    tiers: { levels: [paid({ multiplier, paid: { products: ['prod_prime'], trial: false, pastDueDays: 2 } })] },
  }),
}

const day = fc.integer({ min: 0, max: DAYS - 1 })
// Some at one moment: then the further one stands, and what the other said never was.
const wordDay = fc.oneof(day, fc.constantFrom(0, 3, 30))
const word = fc.record({
  day: wordDay,
  sub: fc.constantFrom('sub_1', 'sub_2'),
  status: fc.constantFrom('trialing', 'active', 'active', 'past_due', 'unpaid', 'canceled'),
  product: fc.constantFrom('prod_prime', 'prod_prime', 'prod_mug'),
  cancelDay: fc.option(day, { nil: null, freq: 3 }),
  isPaused: fc.constantFrom(false, false, false, true),
})
const purchase = fc.record({
  day,
  amount: fc.integer({ min: 100, max: 6_000 }),
  refundDay: fc.option(day, { freq: 3 }),
})
const story = fc.record({
  words: fc.array(word, { minLength: 1, maxLength: 6 }),
  purchases: fc.array(purchase, { maxLength: 4 }),
})
type Story = typeof story extends fc.Arbitrary<infer Told> ? Told : never

const at = (count: number): number => START + count * DAY
const seconds = (count: number): number => Math.floor(at(count) / 1000)

/** What Stripe says, oldest first. */
function eventsOf({ words, purchases }: Story): StripeEvent[] {
  const said = words.map(({ day: on, sub, status, product, cancelDay, isPaused }) =>
    stripeEvent(
      `customer.subscription.${status === 'canceled' ? 'deleted' : 'updated'}`,
      {
        id: sub,
        object: 'subscription',
        customer: 'cus_ada',
        status,
        start_date: seconds(3),
        trial_end: seconds(20),
        items: { data: [{ quantity: 1, price: { id: 'price_1', product } }] },
        cancel_at: cancelDay === null ? null : seconds(cancelDay),
        ended_at: status === 'canceled' ? seconds(on) : null,
        pause_collection: isPaused ? { behavior: 'void' } : null,
      },
      at(on),
    ),
  )
  const bought = purchases.flatMap(({ day: on, amount, refundDay }, n) => {
    // Noon and some seconds: no two at one moment, as either may then come first.
    const payment = stripePayment({
      at: at(on) + (n + 1) * 5_000,
      amount,
      customer: 'cus_ada',
      email: 'ada@example.org',
    })
    const isRefunded = refundDay !== null && refundDay > on
    return [
      payment.charge(),
      payment.session(),
      ...(isRefunded ? [payment.refunded(amount, (refundDay - on) * DAY)] : []),
    ]
  })
  const ada = stripeEvent('customer.created', { id: 'cus_ada', email: 'ada@example.org' }, START)
  return [ada, ...said, ...bought].sort((a, b) => a.created - b.created)
}

async function outcome(world: World): Promise<unknown> {
  const { points, tier, enrolledAt, status } = await world.books('email:ada@example.org')
  expect((await world.app.verify()).discrepancies).toEqual([])
  return { points, tier, enrolledAt, status }
}

async function tell(program: Partial<ProgramInput>, events: readonly StripeEvent[]): Promise<unknown> {
  const world = await createWorld({ program: makeProgram(program), now: NOW })
  await world.deliverAll(events)
  const found = await outcome(world)
  await world.close()
  return found
}

/** As it happens, day by day, with the clock's job after each event and now and then between. */
async function live(program: Partial<ProgramInput>, events: readonly StripeEvent[]): Promise<unknown> {
  const world = await createWorld({ program: makeProgram(program), now: START })
  const settle = async (): Promise<void> => {
    while ((await world.app.settleDue(100)) > 0);
  }
  for (const event of events) {
    const time = event.created * 1000
    for (let quarter = 1; quarter <= 4; quarter++) {
      world.clock.at = Math.max(world.clock.at, START) + Math.floor(((time - world.clock.at) * quarter) / 4)
      await settle()
    }
    await world.deliver(event)
    await settle()
  }
  world.clock.at = NOW
  await settle()
  const found = await outcome(world)
  await world.close()
  return found
}

describe.each(Object.entries(programs))('a program %s', (_title, program) => {
  test('ends the same in any order', async () => {
    await fc.assert(
      fc.asyncProperty(story, fc.infiniteStream(fc.nat()), async (told, chance) => {
        const events = eventsOf(told)
        const keys = new Map(events.map((event) => [event, chance.next().value ?? 0]))
        const shuffled = events.toSorted((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0))
        // What a payment's tier multiplies is what was known then; terms and tiers follow from all that is known now.
        expect(await tell(program(1), shuffled)).toEqual(await tell(program(1), events))
      }),
      { numRuns: RUNS },
    )
  }, 120_000)

  test('ends the same live as told at once afterwards', async () => {
    await fc.assert(
      fc.asyncProperty(story, async (told) => {
        const events = eventsOf(told)
        expect(await live(program(2), events)).toEqual(await tell(program(2), events))
      }),
      { numRuns: RUNS },
    )
  }, 120_000)
})
