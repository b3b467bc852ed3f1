// What staff see at a glance, and what administrators keep in order, on every driver.
import { describe, expect, test } from 'vitest'
import { sampleMember, samplePayment, T0 } from '../support/store-samples.ts'
import { KINDS, useStores } from '../support/stores.ts'

const DAY_MS = 86_400_000

describe.each(KINDS)('the desk on %s', (kind) => {
  const open = useStores(kind)

  test('members come by their numbers with what they bought lately and what is expected of them', async () => {
    const { store } = await open()
    const paid = (id: string, member: string, at: number, spendMinor: number, purchases: 0 | 1 = 1) =>
      samplePayment(id, { member, counted: { at, spendMinor, purchases, base: 0 } })
    await store.commit(() => ({
      outcome: null,
      changes: {
        members: [
          sampleMember('m1', { available: 70, pending: 5, redeemed: 20, purchases: 2, lastPurchaseAt: T0 + DAY_MS }),
          sampleMember('m2', { status: 'candidate', enrolledAt: null }),
          sampleMember('m3', { status: 'merged', mergedInto: 'm1' }),
        ],
        payments: [
          paid('p1', 'm1', T0 - DAY_MS, 1_000),
          paid('p2', 'm1', T0 + DAY_MS, 2_000),
          paid('p3', 'm1', T0 + DAY_MS, 0, 0),
        ],
        outlooks: [
          {
            member: 'm1',
            at: T0,
            risk: 'high',
            rfm: '543',
            probabilityAlive: 0.5,
            expected90: 1,
            lifetimeValueMinor: 9_900,
            lastPurchaseAt: T0,
          },
        ],
      },
    }))
    const all = await store.memberBriefsAfter({ after: 0, limit: 10, since: T0 })
    expect(all.map(({ id, status }) => [id, status])).toEqual([
      ['m1', 'active'],
      ['m2', 'candidate'],
      ['m3', 'merged'],
    ])
    expect(all[0]).toEqual({
      n: 1,
      id: 'm1',
      status: 'active',
      joinedAt: T0,
      available: 70,
      pending: 5,
      reserved: 0,
      redeemed: 20,
      expired: 0,
      purchases: 2,
      lastPurchaseAt: T0 + DAY_MS,
      risk: 'high',
      recent: [{ at: T0 + DAY_MS, spendMinor: 2_000 }],
    })
    expect(all[1]).toMatchObject({ risk: null, recent: [] })
    const [first] = await store.memberBriefsAfter({ after: 0, limit: 1, since: 0 })
    expect(first?.recent.map(({ spendMinor }) => spendMinor)).toEqual([1_000, 2_000])
    expect((await store.memberBriefsAfter({ after: 1, limit: 10, since: 0 })).map(({ id }) => id)).toEqual(['m2', 'm3'])
  })

  test('what waits and what is parked is told by kind, with the reason', async () => {
    const { store } = await open()
    expect(await store.outboxByKind()).toEqual([])
    const effect = (kind: string, key: string) => ({ kind, key, payload: {}, dueAt: 1 })
    await store.commit(() => ({
      outcome: null,
      changes: { effects: [effect('a', '1'), effect('a', '2'), effect('a', '3'), effect('b', '1')] },
    }))
    const [one, two] = await store.dueEffects({ kinds: ['a'], now: 5, limit: 9 })
    const late = { revision: 1, dueAt: 9, counts: true }
    await store.postpone([
      { ...late, id: one?.id ?? 0, reason: 'No such coupon', park: true },
      { ...late, id: two?.id ?? 0, reason: 'It does not answer', park: false },
    ])
    expect(await store.outboxByKind()).toEqual([
      {
        kind: 'a',
        waiting: 2,
        parked: 1,
        failingSince: expect.any(Number),
        failingReason: 'It does not answer',
        refusedSince: expect.any(Number),
        refusedReason: 'No such coupon',
      },
      {
        kind: 'b',
        waiting: 1,
        parked: 0,
        failingSince: null,
        failingReason: null,
        refusedSince: null,
        refusedReason: null,
      },
    ])
    expect(await store.parkedOfKind('a', 10)).toEqual([one?.id])
    expect(await store.parkedOfKind('b', 10)).toEqual([])
  })

  test('two records that may be one person are told until staff say they are two', async () => {
    const { store } = await open()
    const propose = (member: string, other: string, at: number) =>
      store.commit(() => ({ outcome: null, changes: { mergeProposals: [{ member, other, at }] } }))
    await propose('m1', 'm2', 1)
    await propose('m3', 'm4', 2)
    await propose('m2', 'm1', 3)
    expect(await store.mergeProposals(2)).toEqual([
      { member: 'm2', other: 'm1', at: 3 },
      { member: 'm3', other: 'm4', at: 2 },
    ])
    await store.commit(() => ({
      outcome: null,
      changes: { dismissMerges: [{ member: 'm1', other: 'm2', at: 4 }] },
    }))
    await propose('m1', 'm2', 5)
    expect(await store.mergeProposals(10)).toEqual([{ member: 'm3', other: 'm4', at: 2 }])
  })
})
