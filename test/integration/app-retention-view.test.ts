// What a member's view says of the future, from their purchases and what was learnt of the shop.
import { afterEach, describe, expect, it } from 'vitest'
import type { RetentionView } from '../../src/app/ports.ts'
import type { Fit, RfmCuts } from '../../src/retention/types.ts'
import { makeProgram } from '../support/programs.ts'
import { type PaymentOptions, stripePayment } from '../support/stripe-events.ts'
import { createWorld, staff, type World } from '../support/world.ts'

const NOW = Date.UTC(2026, 10, 25, 12)
const DAY = 86_400_000
const ADA = 'email:ada@example.org'

const worlds: World[] = []
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close()
})

async function open(): Promise<World> {
  const world = await createWorld({ program: makeProgram(), now: NOW })
  worlds.push(world)
  return world
}

/** As published for CDNOW (Fader, Hardie & Lee 2005; Batislam et al. 2007; Fader & Hardie 2013, in cents). */
const FIT: Fit = {
  at: NOW - DAY,
  untilDay: Math.floor(NOW / DAY) - 1,
  customers: 2_357,
  sampled: 2_357,
  bgNbd: { r: 0.2426, alpha: 4.4136, a: 0.793, b: 2.4259, logLikelihood: -9_582.43, customers: 2_357 },
  mbgNbd: { r: 0.5249, alpha: 6.1837, a: 0.8913, b: 1.6137, logLikelihood: -9_582.14, customers: 2_357 },
  gammaGamma: { p: 6.25, q: 3.74, v: 1_544, logLikelihood: -1, customers: 946 },
  chosen: 'mbg_nbd',
  backtest: null,
  rhythm: { medianDays: 40, logSpread: 0.8 },
  meanSpend: 35_00,
}
const CUTS: RfmCuts = {
  at: NOW,
  customers: 100,
  recency: [10, 30, 60, 120],
  frequency: [1, 1, 1, 2],
  monetary: [20_00, 60_00, 120_00, 299_00],
}

async function learn(world: World): Promise<void> {
  await world.store.putModel('fit', FIT.at, JSON.stringify(FIT))
  await world.store.putModel('rfm', CUTS.at, JSON.stringify(CUTS))
  await world.retention.read()
}

const pay = (daysAgo: number, over: Partial<PaymentOptions> = {}) =>
  stripePayment({ at: NOW - daysAgo * DAY, amount: 50_00, ...over })

async function retentionOf(world: World, ref = ADA, asOf?: number): Promise<RetentionView | null> {
  const found = await world.app.getMember(ref, asOf)
  if (!found.ok) throw new Error(found.message)
  return found.value.retention
}

describe('a member’s outlook', () => {
  it('is null for whoever never bought', async () => {
    const world = await open()
    await world.app.enrolMember({ email: 'ada@example.org' }, staff, null)
    expect(await retentionOf(world)).toBe(null)
  })

  it('is a plain estimate while nothing was learnt, and says so', async () => {
    const world = await open()
    for (const days of [90, 60, 30, 1]) await world.deliver(pay(days).charge())
    expect(await retentionOf(world)).toMatchObject({
      rfm: null,
      isEstimate: true,
      probabilityAlive: 1,
      usualDays: 30,
      risk: 'low',
      subscription: null,
    })
    world.clock.at = NOW + 150 * DAY
    expect(await retentionOf(world)).toMatchObject({ isEstimate: true, risk: 'high' })
  })

  it('is the model’s once there is one, and falls with silence and with refunds', async () => {
    const world = await open()
    await learn(world)
    const made = [270, 200, 130, 60].map((days) => pay(days))
    for (const one of made) await world.deliver(one.charge())
    const then = await retentionOf(world)
    expect(then).toMatchObject({ rfm: '354', isEstimate: false, lifetimeValue: { currency: 'usd' } })
    expect(then?.probabilityAlive).toBeGreaterThan(0.5)
    expect(then?.expectedPurchases90Days).toBeLessThan(then?.expectedPurchases365Days ?? 0)
    // Somebody who buys once or more is expected to buy at least as often as they are likely to buy at all.
    expect(then?.buysWithin90Days).toBeGreaterThan(0)
    expect(then?.buysWithin90Days).toBeLessThan(then?.expectedPurchases90Days ?? 0)
    world.clock.at = NOW + 200 * DAY
    const later = await retentionOf(world)
    expect(later?.probabilityAlive).toBeLessThan(then?.probabilityAlive ?? 0)
    expect(later?.lifetimeValue.amount).toBeLessThan(then?.lifetimeValue.amount ?? 0)
    expect(later?.risk).toBe('high')
    // As it was then, as far as it can be known; how they compared with others cannot.
    expect(await retentionOf(world, ADA, NOW)).toEqual({ ...then, rfm: null })
    for (const one of made) await world.deliver(one.refunded(50_00))
    expect(await retentionOf(world)).toBe(null)
  })

  it('counts what a merged member had bought', async () => {
    const world = await open()
    await learn(world)
    for (const days of [120, 60]) await world.deliver(pay(days).charge())
    for (const days of [90, 30]) await world.deliver(pay(days, { email: 'ada@work.example' }).charge())
    const merged = await world.app.mergeMembers('email:ada@work.example', ADA, staff, null)
    if (!merged.ok) throw new Error(merged.message)
    expect(merged.value.retention?.usualDays).toBe(30)
    expect(await retentionOf(world)).toEqual(merged.value.retention)
  })
})
