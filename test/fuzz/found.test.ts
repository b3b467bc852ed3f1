// What the fuzz found, as small as it gets: each was a bug once.
import { describe, expect, test } from 'vitest'
import { readIncomingEvent } from '../../integrations/stripe/incoming-event.ts'
import type { ProgramInput } from '../../src/program/schema.ts'
import { makeProgram } from '../support/programs.ts'
import { type StripeEvent, stripeEvent, stripePayment } from '../support/stripe-events.ts'
import { createWorld, type World } from '../support/world.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const DAY = 86_400_000

const worldOf = (program: Partial<ProgramInput> = {}): Promise<World> =>
  createWorld({ program: makeProgram(program), now: NOW })

const customer = (id: string, email: string | null, daysAgo = 1): StripeEvent =>
  stripeEvent('customer.updated', { id, object: 'customer', email, name: null, phone: null }, NOW - daysAgo * DAY)

/** The event with fields of its object replaced. */
const altered = (event: StripeEvent, over: Record<string, unknown>): StripeEvent => ({
  ...event,
  data: { object: { ...event.data.object, ...over } },
})

/** The event as the webhook reads it: its JSON has been written and parsed. */
async function deliver(world: World, event: StripeEvent): Promise<string> {
  const read = readIncomingEvent(JSON.stringify(event), NOW)
  if (!read.ok) return read.reason
  if (read.event.translation.kind !== 'facts') return read.event.translation.kind
  return world.app.recordEvent(read.event)
}

async function expectRight(world: World): Promise<void> {
  expect((await world.app.verify()).discrepancies).toEqual([])
  expect((await world.app.stats()).inboxParked).toBe(0)
}

const available = async (world: World, email: string): Promise<number> => {
  const found = await world.app.getMember(`email:${email}`)
  return found.ok ? found.value.points.available : Number.NaN
}

describe('a purchase that turns out to be another customer’s', () => {
  test('is in the books of that one only, who has a history already', async () => {
    const world = await worldOf()
    await deliver(
      world,
      stripePayment({ at: NOW - 9 * DAY, amount: 3_000, customer: 'cus_b', email: 'b@example.org' }).charge(),
    )
    await deliver(world, stripePayment({ at: NOW - 8 * DAY, amount: 2_000, email: 'a@example.org' }).charge())
    const moving = stripePayment({ at: NOW - 7 * DAY, amount: 5_000, email: 'a@example.org' })
    await deliver(world, moving.charge())
    expect(await deliver(world, altered(moving.charge({ customer: 'cus_b' }, 'charge.updated', 5_000), {}))).toBe(
      'recorded',
    )
    await expectRight(world)
    expect([await available(world, 'a@example.org'), await available(world, 'b@example.org')]).toEqual([20, 80])
    await deliver(world, moving.refunded(5_000))
    await expectRight(world)
    expect([await available(world, 'a@example.org'), await available(world, 'b@example.org')]).toEqual([20, 30])
  })
})

describe('two members who prove to be one', () => {
  test('have points that end at that very moment written down', async () => {
    const world = await worldOf({ points: { holdDays: 14, expiry: { kind: 'after', months: 12 } } })
    await deliver(world, customer('cus_1', 'ada@example.org'))
    await deliver(world, stripePayment({ at: NOW - 400 * DAY, amount: 5_000, customer: 'cus_2', email: null }).intent())
    // Held once, ended since, and nobody has looked in between.
    expect(await deliver(world, customer('cus_2', 'ada@example.org'))).toBe('recorded')
    await expectRight(world)
    const found = await world.app.getMember('email:ada@example.org')
    expect(found).toMatchObject({ value: { points: { available: 0, pending: 0, expired: 50 } } })
  })
})

describe('an id in the wrong place', () => {
  test('names nobody: that of a payment where a customer’s belongs', async () => {
    const world = await worldOf()
    const [one, other] = [
      stripePayment({ at: NOW - DAY, email: 'a@example.org' }),
      stripePayment({ at: NOW - DAY, email: 'b@example.org' }),
    ]
    await deliver(world, one.charge())
    expect(await deliver(world, other.charge({ customer: one.ch }))).toBe('recorded')
    await expectRight(world)
    expect(await available(world, 'b@example.org')).toBe(100)
  })

  test('takes nobody’s place: that of a customer where a payment’s belongs', async () => {
    const world = await worldOf()
    await deliver(world, customer('cus_1', 'ada@example.org'))
    expect(await deliver(world, stripePayment({ at: NOW - DAY, email: 'b@example.org' }).charge({ id: 'cus_1' }))).toBe(
      'recorded',
    )
    expect(await deliver(world, customer('cus_1', 'ada@example.org', 0))).toBe('recorded')
    await expectRight(world)
    expect((await world.app.getMember('stripe:cus_1')).ok).toBe(true)
  })

  test.each(['email:ada@example.org', 'mode:stripe', 'cus_1', 'evt_', 'evt_1 '])('is no event’s: %j', async (id) => {
    const event = { ...stripePayment({ at: NOW - DAY }).charge(), id }
    expect(await deliver(await worldOf(), event)).toBe('not_an_event')
  })
})

describe('a customer’s id that no database or object keeps', () => {
  test.each(['\ud800', 'cus_\u0000', '__proto__'])('is left out, and the address counts: %j', async (id) => {
    const world = await worldOf()
    const [one, other] = [
      stripePayment({ at: NOW - 2 * DAY, customer: id, email: null }),
      stripePayment({ at: NOW - DAY }),
    ]
    expect(await deliver(world, other.charge())).toBe('recorded')
    expect(await deliver(world, one.intent())).toBe('recorded')
    expect(await deliver(world, one.charge({ billing_details: { email: 'ada@example.org' } }))).toBe('recorded')
    expect(await deliver(world, customer(id, 'ada@example.org'))).toBe('odd')
    await expectRight(world)
    expect(await available(world, 'ada@example.org')).toBe(200)
  })
})
