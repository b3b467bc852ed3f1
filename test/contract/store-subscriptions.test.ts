// Subscriptions on every driver: the newest description of each is kept, and members hold their paid tiers by them.
import { describe, expect, test } from 'vitest'
import type { SubscriptionFact } from '../../src/core/facts.ts'
import { levels, makeProgram } from '../support/programs.ts'
import { KINDS, useStores } from '../support/stores.ts'
import { stripeEvent } from '../support/stripe-events.ts'
import { createWorld } from '../support/world.ts'

const T0 = Date.UTC(2026, 0, 1, 12)
const DAY = 86_400_000

const fact = (id: string, customer: string, at: number, over: Partial<SubscriptionFact> = {}): SubscriptionFact => ({
  kind: 'subscription',
  id,
  account: null,
  at,
  rank: 1,
  customer,
  status: 'active',
  items: [],
  startedAt: T0,
  currentPeriodEnd: null,
  cancelAt: null,
  cancelAtPeriodEnd: false,
  canceledAt: null,
  endedAt: null,
  trialEnd: null,
  paused: false,
  ...over,
})

describe.each(KINDS)('subscriptions on %s', (kind) => {
  const open = useStores(kind)

  test('are found by their customers, each by the newest that was said of it', async () => {
    const { store } = await open()
    const put = (...subscriptions: SubscriptionFact[]) =>
      store.commit(() => ({ outcome: null, changes: { subscriptions } }))
    await put(fact('sub_1', 'cus_1', T0), fact('sub_2', 'cus_2', T0), fact('sub_3', 'cus_3', T0))
    await put(fact('sub_1', 'cus_1', T0 + 2, { status: 'past_due' }), fact('sub_2', 'cus_2', T0, { rank: 0 }))
    await put(fact('sub_1', 'cus_1', T0 + 1, { status: 'unpaid' }))
    const found = await store.read((tx) => tx.subscriptionsOf(['cus_1', 'cus_2', 'cus_9']))
    expect(found).toEqual([fact('sub_1', 'cus_1', T0 + 2, { status: 'past_due' }), fact('sub_2', 'cus_2', T0)])
    expect(await store.read((tx) => tx.subscriptionsOf([]))).toEqual([])
  })

  test('give and take paid tiers, by what is told and by the clock', async () => {
    const { store } = await open()
    const program = makeProgram({
      tiers: { levels: [...levels(['base', 0]), { id: 'prime', name: 'Prime', paid: { products: ['prod_prime'] } }] },
    })
    const said = (day: number, over: object = {}) =>
      stripeEvent(
        'customer.subscription.updated',
        {
          id: 'sub_1',
          object: 'subscription',
          customer: 'cus_ada',
          status: 'active',
          start_date: T0 / 1000,
          items: { data: [{ quantity: 1, price: { id: 'price_1', product: 'prod_prime' } }] },
          ...over,
        },
        T0 + day * DAY,
      )
    const before = await createWorld({ program: makeProgram(), store, now: T0 })
    await before.deliver(stripeEvent('customer.created', { id: 'cus_ada', email: 'ada@example.org' }, T0))
    await before.deliver(said(1))
    const w = await createWorld({ program, store, now: T0 + 9 * DAY })
    const tier = async () => (await w.books('stripe:cus_ada')).tier
    expect(await tier()).toBeNull()
    await Promise.all([w.deliver(said(5)), w.deliver(said(9, { cancel_at: T0 / 1000 + 864_000 }))])
    expect(await tier()).toMatchObject({ id: 'prime', until: new Date(T0 + 10 * DAY).toISOString() })
    w.clock.at = T0 + 11 * DAY
    expect(await w.app.settleDue(10)).toBe(1)
    expect(await w.app.settleDue(10)).toBe(0)
    expect(await tier()).toMatchObject({ id: 'base', since: new Date(T0 + 10 * DAY).toISOString(), until: null })
    expect(await w.app.verify()).toMatchObject({ discrepancies: [] })
  })
})
