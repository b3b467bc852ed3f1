// A year of a paid membership: trial, renewal, a card that fails, students, and leaving without losing what was paid.
import { expect, test } from 'vitest'
import type { SubscriptionFact } from '../../../src/core/facts.ts'
import { openPreset, type Scene } from '../../support/preset-scene.ts'

const at = (day: string): number => Date.parse(`${day}T17:00:00Z`)

async function customer(scene: Scene, who: string): Promise<void> {
  await scene.learn({
    kind: 'customer',
    id: `cus_${who}`,
    account: null,
    at: scene.world.clock.at,
    rank: 0,
    deleted: false,
    email: `${who}@example.org`,
    name: null,
    phone: null,
    language: null,
  })
}

/** A subscription as Stripe tells of it today. */
const subscription = (scene: Scene, who: string, over: Partial<SubscriptionFact>): Promise<void> =>
  scene.learn({
    kind: 'subscription',
    id: `sub_${who}`,
    account: null,
    at: scene.world.clock.at,
    rank: 1,
    customer: `cus_${who}`,
    status: 'active',
    items: [
      {
        product: 'prod_membership',
        price: 'price_monthly',
        quantity: 1,
        amountMinor: 1_499,
        currency: 'usd',
        interval: 'month',
        intervalCount: 1,
      },
    ],
    startedAt: scene.world.clock.at,
    currentPeriodEnd: null,
    cancelAt: null,
    cancelAtPeriodEnd: false,
    canceledAt: null,
    endedAt: null,
    trialEnd: null,
    paused: false,
    ...over,
  })

const PERKS = ['shipping', 'video', 'deals', 'fuel']
const perks = async (scene: Scene, who: string) => (await scene.member(who)).perks.map(({ id }) => id)

test('a trial has the perks; who pays on keeps them; purchases bring no points', async () => {
  const scene = await openPreset('prime', '2026-01-10')
  await customer(scene, 'ada')
  await scene.buy('ada', 50)
  expect([await scene.tier('ada'), await perks(scene, 'ada')]).toEqual([null, []])
  const startedAt = at('2026-01-10')
  await subscription(scene, 'ada', {
    status: 'trialing',
    startedAt,
    trialEnd: at('2026-02-09'),
    currentPeriodEnd: at('2026-02-09'),
  })
  expect([await scene.tier('ada'), await perks(scene, 'ada')]).toEqual(['member', PERKS])
  await scene.goTo('2026-02-09')
  await subscription(scene, 'ada', { startedAt, currentPeriodEnd: at('2026-03-09') })
  await scene.goTo('2026-03-01')
  expect(await scene.tier('ada')).toBe('member')
  expect((await scene.member('ada')).points).toMatchObject({ available: 0, pending: 0, earned: 0 })
  await scene.close()
})

test('leaving is easy: the perks last to the end of what was paid, and no longer', async () => {
  const scene = await openPreset('prime', '2026-01-10')
  await customer(scene, 'bea')
  await scene.buy('bea', 14.99)
  const startedAt = at('2026-01-10')
  const paid = { startedAt, currentPeriodEnd: at('2026-02-10') }
  await subscription(scene, 'bea', paid)
  await scene.goTo('2026-01-20')
  const leaving = { ...paid, cancelAtPeriodEnd: true, cancelAt: at('2026-02-10'), canceledAt: at('2026-01-20') }
  await subscription(scene, 'bea', leaving)
  await scene.goTo('2026-02-09')
  expect(await perks(scene, 'bea')).toEqual(PERKS)
  await scene.goTo('2026-02-11')
  expect([await scene.tier('bea'), await perks(scene, 'bea')]).toEqual([null, []])
  // Stripe says so too, and nothing changes by it.
  await subscription(scene, 'bea', { ...leaving, status: 'canceled', endedAt: at('2026-02-10') })
  expect((await scene.member('bea')).status).toBe('active')
  expect(await scene.tier('bea')).toBeNull()
  await scene.close()
})

test('a renewal that could not be charged leaves seven days', async () => {
  const scene = await openPreset('prime', '2026-01-10')
  await customer(scene, 'cy')
  await scene.buy('cy', 14.99)
  const startedAt = at('2026-01-10')
  await subscription(scene, 'cy', { startedAt, currentPeriodEnd: at('2026-02-10') })
  await scene.goTo('2026-02-10')
  await subscription(scene, 'cy', { startedAt, currentPeriodEnd: at('2026-03-10'), status: 'past_due' })
  await scene.goTo('2026-02-16')
  expect(await scene.tier('cy')).toBe('member')
  await scene.goTo('2026-02-19')
  expect(await scene.tier('cy')).toBeNull()
  // The card was renewed: as if nothing had been.
  await subscription(scene, 'cy', { startedAt, currentPeriodEnd: at('2026-03-10') })
  expect(await scene.tier('cy')).toBe('member')
  await scene.close()
})

test('a year paid at once lasts a year; who leaves in the trial pays nothing and keeps it to the trial’s end', async () => {
  const scene = await openPreset('prime', '2026-01-10')
  for (const who of ['fay', 'gus']) await customer(scene, who)
  await scene.buy('fay', 5)
  await scene.buy('gus', 5)
  const item = { product: 'prod_membership', price: 'price_yearly', quantity: 1, amountMinor: 13_900, currency: 'usd' }
  const yearly = { items: [{ ...item, interval: 'year', intervalCount: 1 }], startedAt: at('2026-01-10') }
  const trial = {
    ...yearly,
    status: 'trialing',
    trialEnd: at('2026-02-09'),
    currentPeriodEnd: at('2026-02-09'),
  } as const
  for (const who of ['fay', 'gus']) await subscription(scene, who, trial)
  await scene.goTo('2026-01-20')
  await subscription(scene, 'gus', {
    ...trial,
    cancelAtPeriodEnd: true,
    cancelAt: at('2026-02-09'),
    canceledAt: at('2026-01-20'),
  })
  await scene.goTo('2026-02-08')
  expect([await scene.tier('fay'), await scene.tier('gus')]).toEqual(['member', 'member'])
  await scene.goTo('2026-02-09')
  await subscription(scene, 'fay', { ...yearly, currentPeriodEnd: at('2027-02-09') })
  await scene.goTo('2026-02-10')
  expect([await scene.tier('fay'), await scene.tier('gus')]).toEqual(['member', null])
  await scene.goTo('2027-01-20')
  const leaving = { ...yearly, currentPeriodEnd: at('2027-02-09'), cancelAtPeriodEnd: true, cancelAt: at('2027-02-09') }
  await subscription(scene, 'fay', { ...leaving, canceledAt: at('2027-01-20') })
  await scene.goTo('2027-02-08')
  expect(await perks(scene, 'fay')).toEqual(PERKS)
  await scene.goTo('2027-02-10')
  expect([await scene.tier('fay'), await perks(scene, 'fay')]).toEqual([null, []])
  await scene.close()
})

test('students hold it by their cheaper price; another subscription gives nothing', async () => {
  const scene = await openPreset('prime', '2026-01-10')
  for (const who of ['di', 'eve']) {
    await customer(scene, who)
    await scene.buy(who, 7.49)
  }
  const item = { quantity: 1, amountMinor: 749, currency: 'usd', interval: 'month', intervalCount: 1 }
  await subscription(scene, 'di', { items: [{ ...item, product: 'prod_student', price: 'price_student_monthly' }] })
  await subscription(scene, 'eve', { items: [{ ...item, product: 'prod_music', price: 'price_music' }] })
  expect([await scene.tier('di'), await scene.tier('eve')]).toEqual(['member', null])
  await scene.close()
})
