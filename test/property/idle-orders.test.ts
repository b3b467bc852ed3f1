// Points that end by inactivity under some tiers and never under others, tiers earned and tiers paid for, gained and lost as
// facts come: whatever order purchases, refunds, subscriptions and actions are told in, balances and lots end the same.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Lot } from '../../src/core/state.ts'
import type { ProgramInput } from '../../src/program/schema.ts'
import { levels, makeProgram } from '../support/programs.ts'
import { type StripeEvent, stripeEvent, stripePayment } from '../support/stripe-events.ts'
import { createWorld, staff, type World } from '../support/world.ts'

const DAY = 86_400_000
const START = Date.UTC(2026, 0, 1, 12)
const DAYS = 300
const NOW = START + DAYS * DAY
const RUNS = Number(process.env.PROPERTY_RUNS ?? 40)
const NEVER = { kind: 'never' } as const
const earning: ProgramInput['earning'] = [
  { id: 'purchase', on: 'purchase' },
  { id: 'visit', on: 'action', action: 'visit', points: 5 },
]

const programs: Record<string, Partial<ProgramInput>> = {
  'whose earned tier keeps points for ever': {
    points: { expiry: { kind: 'inactivity', months: 1 } },
    tiers: {
      window: { kind: 'rolling', months: 2 },
      keep: { months: 1 },
      levels: levels(['base', 0], ['silver', 60, { expiry: NEVER }]),
    },
  },
  'whose paid tier keeps points for ever': {
    points: { expiry: { kind: 'inactivity', months: 1 } },
    tiers: {
      levels: [
        ...levels(['base', 0]),
        { id: 'prime', name: 'Prime', paid: { products: ['prod_prime'] }, expiry: NEVER },
      ],
    },
  },
  'with both, and a longer time between': {
    points: { expiry: { kind: 'inactivity', months: 1 }, holdDays: 4, shortfall: 'forgive' },
    tiers: {
      window: { kind: 'rolling', months: 3 },
      keep: { months: 1 },
      levels: [
        ...levels(['base', 0], ['silver', 40, { expiry: { kind: 'inactivity', months: 2 } }]),
        { id: 'prime', name: 'Prime', paid: { products: ['prod_prime'] }, expiry: NEVER },
        ...levels(['gold', 90, { expiry: { kind: 'after', months: 3 } }]),
      ],
    },
  },
  'whose points all end by inactivity': { points: { expiry: { kind: 'inactivity', months: 1 } } },
  'whose points all end by inactivity, and wait first': {
    points: { expiry: { kind: 'inactivity', months: 1 }, holdDays: 4 },
  },
}

const day = fc.integer({ min: 1, max: DAYS - 1 })
const anyStory = fc.record({
  words: fc.array(
    fc.record({
      day,
      status: fc.constantFrom('trialing', 'active', 'active', 'past_due', 'canceled'),
      cancelDay: fc.option(day, { nil: null, freq: 3 }),
    }),
    { maxLength: 3 },
  ),
  visits: fc.array(day, { maxLength: 3 }),
  purchases: fc.array(
    fc.record({
      day,
      amount: fc.integer({ min: 100, max: 9_000 }),
      refundDay: fc.option(day, { nil: null }),
      // Some refunds do not go through, as it turns out.
      failDay: fc.option(day, { nil: null }),
    }),
    { minLength: 1, maxLength: 5 },
  ),
})
type Story = typeof anyStory extends fc.Arbitrary<infer Told> ? Told : never

/** Something that is told us: when it happened, and how it is told. */
interface Telling {
  at: number
  tell(world: World): Promise<unknown>
}

const MINUTE = 60_000
const at = (count: number, minutes: number): number => START + count * DAY + minutes * MINUTE
const seconds = (time: number): number => Math.floor(time / 1000)

/** No two at one moment, as either may then come first. */
function tellingsOf({ words, visits, purchases }: Story): Telling[] {
  const told = (event: StripeEvent): Telling => ({
    at: event.created * 1000,
    tell: async (world) => expect(await world.deliver(event)).toBe('recorded'),
  })
  const said = words.map(({ day: on, status, cancelDay }, n) =>
    told(
      stripeEvent(
        `customer.subscription.${status === 'canceled' ? 'deleted' : 'updated'}`,
        {
          id: 'sub_1',
          object: 'subscription',
          customer: 'cus_ada',
          status,
          start_date: seconds(at(3, 0)),
          trial_end: seconds(at(20, 0)),
          items: { data: [{ quantity: 1, price: { id: 'price_1', product: 'prod_prime' } }] },
          cancel_at: cancelDay === null ? null : seconds(at(cancelDay, 0)),
          ended_at: status === 'canceled' ? seconds(at(on, n)) : null,
        },
        at(on, n),
      ),
    ),
  )
  const bought = purchases.flatMap(({ day: on, amount, refundDay, failDay }, n) => {
    const payment = stripePayment({ at: at(on, 10 + n), amount, customer: 'cus_ada', email: 'ada@example.org' })
    if (refundDay === null || refundDay <= on) return [told(payment.charge())]
    const [id, created] = [`re_${payment.pi}`, (refundDay - on) * DAY]
    const refunded = payment.refund(amount, { id, later: created })
    if (failDay === null || failDay <= refundDay) return [payment.charge(), refunded].map(told)
    const later = (failDay - on) * DAY
    const failed = payment.refund(amount, { id, status: 'failed', type: 'refund.failed', later, created })
    return [payment.charge(), refunded, failed].map(told)
  })
  const visited = visits.map((on, n): Telling => {
    const time = at(on, 30 + n)
    return {
      at: time,
      tell: async ({ app }) =>
        expect((await app.recordAction('email:ada@example.org', { action: 'visit', at: time }, staff, null)).ok).toBe(
          true,
        ),
    }
  })
  return [...said, ...bought, ...visited].sort((a, b) => a.at - b.at)
}

async function open(program: Partial<ProgramInput>, now: number): Promise<World> {
  const world = await createWorld({ program: makeProgram({ earning, ...program }), now })
  const joined = await world.app.enrolMember({ email: 'ada@example.org', enrolledAt: START }, staff, null)
  if (!joined.ok) throw new Error(joined.message)
  await world.deliver(stripeEvent('customer.created', { id: 'cus_ada', email: 'ada@example.org' }, START))
  return world
}

async function settle(world: World): Promise<void> {
  while ((await world.app.settleDue(100)) > 0);
}

/** Balances, tiers, and every lot with points as it stands. */
async function outcome(world: World): Promise<unknown> {
  await settle(world)
  const { points, tier, enrolledAt } = await world.books('email:ada@example.org')
  expect((await world.app.verify()).discrepancies).toEqual([])
  const found = await world.app.getMember('email:ada@example.org')
  const id = found.ok ? found.value.id : ''
  const lots = await world.store.read((tx): Lot[] => {
    const reader = tx.lots(id)
    return [...new Map([...reader.open(), ...reader.expiredAfter(0)].map((lot) => [lot.id, lot])).values()]
  })
  const shown = lots
    .map(({ rule, earnedAt, points: all, remaining, spent, expired, expiredAt, idleMonths }) =>
      [earnedAt, rule, all, remaining, spent, expired, expired > 0 ? expiredAt : idleMonths].join(' '),
    )
    .sort()
  return { points, tier, enrolledAt, lots: shown }
}

async function toldAtOnce(program: Partial<ProgramInput>, tellings: readonly Telling[]): Promise<unknown> {
  const world = await open(program, NOW)
  for (const { tell } of tellings) await tell(world)
  const found = await outcome(world)
  await world.close()
  return found
}

/** As it happens, with the clock's job between. */
async function live(program: Partial<ProgramInput>, tellings: readonly Telling[]): Promise<unknown> {
  const world = await open(program, START)
  for (const { at: time, tell } of tellings) {
    for (let quarter = 1; quarter <= 4; quarter++) {
      world.clock.at += Math.floor(((time - world.clock.at) * quarter) / 4)
      await settle(world)
    }
    await tell(world)
    await settle(world)
  }
  world.clock.at = NOW
  const found = await outcome(world)
  await world.close()
  return found
}

describe.each(Object.entries(programs))('a program %s', (_title, program) => {
  test('ends the same in any order', async () => {
    await fc.assert(
      fc.asyncProperty(anyStory, fc.infiniteStream(fc.nat()), async (story, chance) => {
        const tellings = tellingsOf(story)
        const keys = new Map(tellings.map((telling) => [telling, chance.next().value ?? 0]))
        const shuffled = tellings.toSorted((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0))
        expect(await toldAtOnce(program, shuffled)).toEqual(await toldAtOnce(program, tellings))
      }),
      { numRuns: RUNS },
    )
  }, 120_000)

  test('ends the same live as told at once afterwards', async () => {
    await fc.assert(
      fc.asyncProperty(anyStory, async (story) => {
        const tellings = tellingsOf(story)
        expect(await live(program, tellings)).toEqual(await toldAtOnce(program, tellings))
      }),
      { numRuns: RUNS },
    )
  }, 120_000)
})
