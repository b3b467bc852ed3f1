// Segments on members: when they get one, and what rules, campaigns and rewards make of it.
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { ProgramInput } from '../../src/program/schema.ts'
import type { RfmCuts } from '../../src/retention/types.ts'
import { sized } from '../support/host.ts'
import { makeProgram } from '../support/programs.ts'
import { type PaymentOptions, stripePayment } from '../support/stripe-events.ts'
import { createWorld, staff, type World } from '../support/world.ts'

const NOW = Date.UTC(2026, 10, 25, 12)
const DAY = 86_400_000
const ADA = 'email:ada@example.org'

const worlds: World[] = []
afterEach(async () => {
  for (const world of worlds.splice(0)) {
    expect((await world.app.verify()).discrepancies).toEqual([])
    await world.close()
  }
})

/** Bought within 10 days, thrice or more, for $300 or more: the best. */
const CUTS: RfmCuts = {
  at: NOW,
  customers: 100,
  recency: [10, 30, 60, 120],
  frequency: [1, 1, 1, 2],
  monetary: [20_00, 60_00, 120_00, 299_00],
}

async function open(program: Partial<ProgramInput> = {}): Promise<World> {
  const world = await createWorld({ program: makeProgram(program), now: NOW })
  worlds.push(world)
  return world
}

async function learn(world: World, cuts = CUTS): Promise<void> {
  await world.store.putModel('rfm', cuts.at, JSON.stringify(cuts))
  await world.retention.read()
}

const pay = (over: Partial<PaymentOptions> = {}) => stripePayment({ at: NOW - DAY, amount: 100_00, ...over })

async function segmentOf(world: World, ref = ADA): Promise<string | null> {
  const found = await world.app.getMember(ref)
  if (!found.ok) throw new Error(found.message)
  return found.value.segment
}

const points = async (world: World): Promise<number[]> => {
  const page = await world.app.ledger(ADA, { limit: 100 })
  if (!page.ok) throw new Error(page.message)
  return page.value.items.map((entry) => entry.points).reverse()
}

describe('a member', () => {
  it('has no segment before the first night’s look, and one from the next purchase on', async () => {
    const world = await open()
    await world.deliver(pay({ at: NOW - 40 * DAY }).charge())
    expect(await segmentOf(world)).toBe(null)
    await learn(world)
    await world.deliver(pay().charge())
    expect(await segmentOf(world)).toBe('champions')
  })

  it('moves on with each purchase, and back with what is refunded', async () => {
    const world = await open()
    await learn(world)
    const first = pay({ at: NOW - 3 * DAY, amount: 10_00 })
    await world.deliver(first.charge())
    expect(await segmentOf(world)).toBe('new_customers')
    const [second, third] = [pay({ at: NOW - 2 * DAY, amount: 200_00 }), pay({ amount: 200_00 })]
    await world.deliverAll([second.charge(), third.charge()])
    expect(await segmentOf(world)).toBe('champions')
    await world.deliverAll([second.refunded(200_00), third.refunded(200_00)])
    expect(await segmentOf(world)).toBe('new_customers')
    await world.deliver(first.refunded(10_00))
    expect(await segmentOf(world)).toBe(null)
  })
})

describe('rules for segments', () => {
  const rules: Partial<ProgramInput> = {
    earning: [
      { id: 'purchase', on: 'purchase' },
      { id: 'thanks', on: 'purchase', points: 3, when: { segments: ['champions'] } },
    ],
    campaigns: [{ id: 'back', name: 'Come back', bonus: 50, when: { segments: ['champions'] } }],
    rewards: [
      {
        id: 'gift',
        name: 'A gift',
        cost: 10,
        segments: ['champions'],
        fulfil: { kind: 'manual', instructions: 'Hand over' },
      },
    ],
  }

  it('look at the segment held before the purchase, and go on so for its own events', async () => {
    const world = await open(rules)
    await learn(world)
    const [first, second, third] = [pay({ at: NOW - 3 * DAY }), pay({ at: NOW - 2 * DAY }), pay()]
    await world.deliverAll([first.charge(), second.charge()])
    expect(await points(world)).toEqual([100, 100])
    expect(await segmentOf(world)).toBe('champions')
    await world.deliver(third.charge())
    expect(await points(world)).toEqual([100, 100, 300, 50])
    // Whatever the segment is by now, a refund takes back what that purchase had brought.
    await learn(world, { ...CUTS, frequency: [9, 10, 11, 12], monetary: [900_00, 901_00, 902_00, 903_00] })
    await world.deliver(third.refunded(50_00))
    expect(await segmentOf(world)).not.toBe('champions')
    expect(await points(world)).toEqual([100, 100, 300, 50, -150, -25])
  })

  it('are by whose purchase it proves to be, in any order of its own events', async () => {
    const whose = (email: string, customer: string | null) => pay({ email, customer, at: NOW - DAY, amount: 100_00 })
    for (const kind of ['by the session’s customer', 'by the session’s address'] as const)
      await fc.assert(
        fc.asyncProperty(fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }), async (order) => {
          const world = await open(rules)
          await learn(world)
          for (const days of [9, 8])
            await world.deliver(pay({ at: NOW - days * DAY, email: 'ada@example.org', customer: 'cus_ada' }).charge())
          expect(await segmentOf(world)).toBe('champions')
          const made = whose('carol@example.org', null)
          const session = made.session()
          if (kind === 'by the session’s customer') session.data.object.customer = 'cus_ada'
          else session.data.object.customer_details = { email: 'ada@example.org' }
          const events = [made.charge(), made.intent(), session, made.refunded(25_00)]
          await world.deliverAll(order.flatMap((n) => events[n] ?? []))
          const found = await world.app.getMember(ADA)
          // 200 of before, and three times 75 with three quarters of the bonus, as they were a champion.
          expect(found.ok && found.value.points.available, `${kind}: ${order}`).toBe(200 + 225 + 37)
          const other = await world.app.getMember('email:carol@example.org')
          if (other.ok) expect(other.value.points.earned).toBe(0)
        }),
        { numRuns: sized(24, 6) },
      )
  })

  it('offer a reward to those in the segment, and refuse others with not_eligible', async () => {
    const world = await open(rules)
    await world.deliver(pay({ at: NOW - 3 * DAY }).charge())
    const early = await world.app.redeem(ADA, { reward: 'gift' }, staff, null)
    expect(early).toMatchObject({ ok: false, code: 'not_eligible' })
    await learn(world)
    await world.deliverAll([pay({ at: NOW - 2 * DAY }).charge(), pay().charge()])
    expect(await world.app.redeem(ADA, { reward: 'gift' }, staff, null)).toMatchObject({ ok: true })
  })
})
