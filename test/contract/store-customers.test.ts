// What reports on retention read of customers, on every driver: kept purchases in the money that was paid, by slices.
import { describe, expect, test } from 'vitest'
import type { CustomerPayments, Store } from '../../src/app/store-port.ts'
import { sampleMember, samplePayment, T0 } from '../support/store-samples.ts'
import { KINDS, useStores } from '../support/stores.ts'

const DAY = 86_400_000

describe.each(KINDS)('customers with what they paid on %s', (kind) => {
  const open = useStores(kind)

  async function shop(): Promise<Store> {
    const { store } = await open()
    const paid = (id: string, member: string | null, day: number, paidMinor: number, over: object = {}) =>
      samplePayment(id, {
        member,
        ...over,
        counted: {
          at: T0 + day * DAY,
          paidMinor,
          spendMinor: 1,
          purchases: 1,
          ...('counted' in over ? (over.counted as object) : {}),
        },
      })
    const parts = samplePayment('x').parts
    await store.commit(() => ({
      outcome: null,
      changes: {
        members: [
          sampleMember('m1', { segment: 'champions' }),
          sampleMember('m2', { status: 'candidate' }),
          sampleMember('m3'),
        ],
        payments: [
          // Written out of order; tax and shipping are part of what was paid.
          paid('p2', 'm1', 5, 3000, { parts: { ...parts, names: ['p2'], currency: 'usd', renewal: true } }),
          paid('p1', 'm1', 1, 1000, { counted: { refundedMinor: 250 } }),
          paid('p3', 'm1', 9, 500, { parts: { ...parts, names: ['p3'], currency: 'jpy' } }),
          // Given back in full, not paid yet, nobody's.
          paid('p4', 'm1', 3, 900, { counted: { refundedMinor: 900, purchases: 0 } }),
          paid('p5', 'm1', 4, 0, { counted: { at: null, purchases: 0 } }),
          paid('p6', null, 2, 800),
          paid('p7', 'm3', 2, 700, { parts: { ...parts, names: ['p7'], currency: null } }),
        ],
      },
    }))
    await store.commit(() => ({
      outcome: null,
      changes: {
        outlooks: [
          {
            member: 'm1',
            at: T0,
            risk: 'low',
            rfm: '555',
            probabilityAlive: 0.9,
            expected90: 1.5,
            lifetimeValueMinor: 12_300,
            lastPurchaseAt: T0,
          },
        ],
      },
    }))
    return store
  }

  test('kept purchases, net, in their own currency, oldest first; with what is still to come', async () => {
    const store = await shop()
    const [first, second, third, ...others] = await store.customersAfter({ after: 0, limit: 10 })
    expect(others).toEqual([])
    expect(first).toMatchObject({ member: { id: 'm1', segment: 'champions' }, expectedMinor: 12_300 })
    expect(first?.paid).toEqual([
      { at: T0 + DAY, currency: 'usd', netMinor: 750, isRenewal: false },
      { at: T0 + 5 * DAY, currency: 'usd', netMinor: 3000, isRenewal: true },
      { at: T0 + 9 * DAY, currency: 'jpy', netMinor: 500, isRenewal: false },
    ])
    expect(second).toMatchObject({ member: { id: 'm2', status: 'candidate' }, paid: [], expectedMinor: null })
    expect(third?.paid).toEqual([{ at: T0 + 2 * DAY, currency: null, netMinor: 700, isRenewal: false }])
  })

  test('slices by number come to the same, each member once', async () => {
    const store = await shop()
    const sliced: CustomerPayments[] = []
    for (let after = 0; ; ) {
      const slice = await store.customersAfter({ after, limit: 1 })
      if (slice.length === 0) break
      sliced.push(...slice)
      after = slice.at(-1)?.n ?? after
    }
    expect(sliced).toEqual(await store.customersAfter({ after: 0, limit: 10 }))
    expect(sliced.map(({ member }) => member.id)).toEqual(['m1', 'm2', 'm3'])
  })
})
