// Members, payments, lots and the journal: what is written is read again, and read as the books ask for it.
import { describe, expect, test } from 'vitest'
import type { Changes, Store } from '../../src/app/store-port.ts'
import { emptyParts } from '../../src/core/facts.ts'
import type { Lot, Member, Payment } from '../../src/core/state.ts'
import { sampleEntry, sampleLot, sampleMember, samplePayment, T0 } from '../support/store-samples.ts'
import { KINDS, useStores } from '../support/stores.ts'

const put = (store: Store, changes: Changes) => store.commit(() => ({ outcome: null, changes }))
const DAY = 86_400_000
const ids = (things: readonly { id: string }[]) => things.map(({ id }) => id)

const FULL_MEMBER: Member = {
  id: 'm1',
  version: 0,
  status: 'suspended',
  createdAt: T0,
  enrolledAt: T0 + 1,
  joinedAt: T0 + 2,
  profile: { email: 'ada@example.org', name: 'Ada', phone: '+44 20', birthday: '--03-14', language: 'en-GB' },
  referralCode: 'ADA123',
  formerEmails: ['ada@old.example'],
  customers: { cus_1: { at: T0, rank: 1 }, cus_2: { at: 0, rank: 0 } },
  available: -5,
  pending: 1,
  reserved: 2,
  redeemed: 3,
  expired: 4,
  spendMinor: 4990,
  purchases: 2,
  lastPurchaseAt: T0 + 3,
  activeAt: T0 + 4,
  idleMonths: [6, 12],
  tiers: {
    program: 'v1',
    start: T0,
    segments: [
      { id: null, since: T0, until: null },
      { id: 'gold', since: T0 + 1, until: T0 + 9 },
    ],
    earnedUntil: [0, null, T0 + 9],
    sums: [[2026, 40]],
    newestAt: T0 + 1,
    rebased: { at: T0, segments: [], earnedUntil: [0] },
    checkpoint: null,
  },
  nextAt: T0 + 9,
  mergedInto: 'm2',
  absorbed: ['m3'],
  badges: [{ id: 'regular', at: T0 }],
  challenges: { three: { met: 1, open: [['p1', T0, 2]], newest: ['p1', T0], program: 'v1', earlier: 0 } },
  subscriptions: {
    sub_1: {
      at: T0,
      rank: 1,
      status: 'active',
      products: ['prod_1'],
      prices: ['price_1'],
      startedAt: T0,
      trialEnd: null,
      currentPeriodEnd: T0 + 9,
      cancelAt: null,
      endedAt: null,
      paused: false,
      pastDueSince: null,
      customer: 'cus_1',
      earlier: [
        {
          at: T0 - 9,
          rank: 0,
          status: 'trialing',
          products: ['prod_1'],
          prices: ['price_1'],
          trialEnd: T0,
          cancelAt: null,
          endedAt: null,
          paused: false,
        },
      ],
    },
  },
  autoRedeem: 'ten-off',
  segment: 'loyal',
  alerts: ['alr_x.lapse.20000'],
  referredBy: 'm9',
}

const FULL_PAYMENT: Payment = {
  id: 'p1',
  version: 0,
  member: 'm1',
  parts: {
    ...emptyParts(),
    names: ['ch_1', 'pi_1'],
    account: 'acct_1',
    currency: 'eur',
    charges: { ch_1: { intent: 'pi_1', amountMinor: 4990, at: T0, snapshot: { at: T0, refundedMinor: 0 } } },
    refunds: { re_1: { charge: 'ch_1', intent: null, amountMinor: 0, state: 'failed', at: T0, failedAt: T0 } },
    tax: { rank: 3, value: 0 },
    items: { rank: 3, list: [] },
    emails: { session: null, billing: 'ada@example.org', receipt: null },
    renewal: true,
    metadata: { order: '7' },
    succeededAt: 0,
  },
  seenAt: T0,
  eligible: false,
  frozen: {
    program: 'v1',
    tiers: [
      [null, T0],
      ['gold', T0 + 1],
    ],
    segment: 'loyal',
    member: 'm1',
    stale: true,
  },
  posted: { purchase: 0 },
  counted: { at: T0, paidMinor: 4990, refundedMinor: 10, base: 49, spendMinor: 4980, purchases: 1 },
  explained: 'currency',
  campaigns: { 'double-week': 40 },
  causes: { trees: { items: 2 }, reef: { minor: 49 } },
  givesBy: 'v1',
}

describe.each(KINDS)('the books on %s', (kind) => {
  const open = useStores(kind)

  test('give back a member as it was written, counting its versions', async () => {
    const { store } = await open()
    const bare = sampleMember('m2', { profile: { email: null } })
    await put(store, { members: [FULL_MEMBER, bare] })
    const written = { ...FULL_MEMBER, version: 1 }
    expect(await store.read((tx) => tx.members(['m1', 'm2', 'm3']))).toEqual(
      new Map([
        ['m1', written],
        ['m2', { ...bare, version: 1 }],
      ]),
    )
    const erased: Member = { ...bare, id: 'm1', version: 1, status: 'erased', referralCode: 'OTHER' }
    await put(store, { members: [erased] })
    expect(await store.read((tx) => tx.members(['m1']).get('m1'))).toEqual({ ...erased, version: 2 })
  })

  test('give back a payment as it was written, counting its versions', async () => {
    const { store } = await open()
    const bare = samplePayment('p2')
    await put(store, { payments: [FULL_PAYMENT, bare] })
    expect(await store.read((tx) => tx.payments(['p1', 'p2', 'p3']))).toEqual(
      new Map([
        ['p1', { ...FULL_PAYMENT, version: 1 }],
        ['p2', { ...bare, version: 1 }],
      ]),
    )
    const eligible: Payment = { ...bare, id: 'p1', version: 1, eligible: true }
    await put(store, { payments: [eligible] })
    expect(await store.read((tx) => tx.payments(['p1']).get('p1'))).toEqual({ ...eligible, version: 2 })
  })

  test('give back a lot as it was last written', async () => {
    const { store } = await open()
    const lot: Lot = {
      ...sampleLot('p1/purchase', 'm1', 100),
      payment: 'p1',
      remaining: 60,
      spent: 30,
      expired: 10,
      forgiven: 5,
      state: 'pending',
      availableAt: null,
      expiresAt: T0,
      idleMonths: 6,
      notBefore: T0 + 1,
      expiredAt: T0 + 2,
    }
    await put(store, { lots: [lot] })
    expect(await store.read((tx) => tx.lots('m1').byId(['p1/purchase', 'p9/purchase']))).toEqual([lot])
    await put(store, { lots: [{ ...lot, remaining: 0, spent: 90 }] })
    expect(await store.lotsOf(['m1', 'm2'])).toEqual([{ ...lot, remaining: 0, spent: 90 }])
    expect(await store.read((tx) => tx.lots('m1').expiredAfter(T0 + 1))).toEqual([{ ...lot, remaining: 0, spent: 90 }])
    expect(await store.read((tx) => tx.lots('m1').expiredAfter(T0 + 2))).toEqual([])
    expect(await store.read((tx) => tx.lots('m1').open())).toEqual([])
  })

  test('find what is due: holds over, dates reached, and idle lots when asked for', async () => {
    const { store } = await open()
    const lots = [
      sampleLot('hold', 'm1', 1, { state: 'pending', availableAt: T0 + DAY, expiresAt: T0 + 9 * DAY }),
      sampleLot('waits', 'm1', 1, { state: 'pending', availableAt: null }),
      sampleLot('dated', 'm1', 1, { expiresAt: T0 + 2 * DAY }),
      sampleLot('floor', 'm1', 1, { expiresAt: T0 + 2 * DAY, notBefore: T0 + 5 * DAY }),
      sampleLot('idle', 'm1', 1, { idleMonths: 6 }),
      sampleLot('never', 'm1', 1),
      sampleLot('spent', 'm1', 1, { expiresAt: T0, remaining: 0, spent: 1 }),
      sampleLot('other', 'm2', 1, { expiresAt: T0 }),
    ]
    await put(store, { lots })
    await store.read((tx) => {
      const reader = tx.lots('m1')
      expect(ids(reader.due(T0 + DAY - 1, []))).toEqual([])
      expect(ids(reader.due(T0 + 2 * DAY, [])).sort()).toEqual(['dated', 'hold'])
      expect(ids(reader.due(T0 + 5 * DAY, [6, 12])).sort()).toEqual(['dated', 'floor', 'hold', 'idle'])
      expect(ids(reader.due(T0, [12]))).toEqual([])
      expect(reader.nextDue(T0, [])).toBe(T0 + DAY)
      expect(reader.nextDue(T0, ['hold'])).toBe(T0 + 2 * DAY)
      expect(reader.nextDue(T0 + 5 * DAY, [])).toBeNull()
      expect(ids(reader.open()).sort()).toEqual(['dated', 'floor', 'hold', 'idle', 'never', 'waits'])
    })
  })

  test('read no more lots to spend than hold the points, those that end first first', async () => {
    const { store } = await open()
    const dated = Array.from({ length: 100 }, (_, i) =>
      sampleLot(`d${String(i).padStart(3, '0')}`, 'm1', 10, { expiresAt: T0 + (i + 1) * DAY }),
    )
    const never = Array.from({ length: 40 }, (_, i) =>
      sampleLot(`n${String(i).padStart(3, '0')}`, 'm1', 10, { earnedAt: T0 + i }),
    )
    const held = sampleLot('held', 'm1', 10, { state: 'pending', availableAt: T0, expiresAt: T0 })
    await put(store, { lots: [...never, ...dated.reverse(), held] })
    await store.read((tx) => {
      const few = ids(tx.lots('m1').spendable(15))
      expect(few.slice(0, 2)).toEqual(['d000', 'd001'])
      expect(few.length).toBeLessThan(80)
      expect(few).not.toContain('held')
      const all = ids(tx.lots('m1').spendable(5000))
      expect(all).toHaveLength(140)
      expect(all.slice(100, 102)).toEqual(['n000', 'n001'])
    })
  })

  test('read enough of each kind of lot that ends by inactivity', async () => {
    const { store } = await open()
    const idle = (id: string, idleMonths: number, fields: Partial<Lot> = {}) =>
      sampleLot(id, 'm1', 10, { idleMonths, ...fields })
    const many = Array.from({ length: 60 }, (_, i) => idle(`many${i}`, 12, { earnedAt: T0 + i }))
    await put(store, {
      lots: [
        ...many,
        idle('short', 6, { earnedAt: T0 + DAY }),
        idle('floor', 12, { notBefore: T0, earnedAt: T0 + DAY }),
      ],
    })
    const found = await store.read((tx) => ids(tx.lots('m1').spendable(10)))
    expect(found).toEqual(expect.arrayContaining(['many0', 'short', 'floor']))
    expect(found.length).toBeLessThan(62)
  })

  test('know a member by their payments', async () => {
    const { store } = await open()
    const pay = (
      id: string,
      at: number | null,
      fields: Partial<Payment['counted']>,
      eligible: boolean | null = true,
      member = 'm1',
    ) => samplePayment(id, { member, eligible, counted: { at, ...fields } })
    await put(store, {
      payments: [
        pay('late', T0 + 3, { base: 3, spendMinor: 300, purchases: 1 }),
        pay('refunded', T0 + 4, { paidMinor: 400, refundedMinor: 400 }),
        pay('early', T0 + 1, { base: 1, spendMinor: 100, purchases: 1 }),
        pay('before', T0, { spendMinor: 50, purchases: 1 }, false),
        pay('open', null, {}, null),
        pay('other', T0 + 9, { purchases: 1 }, true, 'm2'),
      ],
    })
    await store.read((tx) => {
      const history = tx.history('m1')
      expect(history.contributions()).toEqual([
        { payment: 'early', at: T0 + 1, base: 1, spendMinor: 100, purchases: 1 },
        { payment: 'late', at: T0 + 3, base: 3, spendMinor: 300, purchases: 1 },
        { payment: 'refunded', at: T0 + 4, base: 0, spendMinor: 0, purchases: 0 },
      ])
      expect(history.extremes('none')).toEqual({ firstEligibleAt: T0 + 1, lastKeptAt: T0 + 3, lastAt: T0 + 4 })
      expect(history.extremes('late')).toEqual({ firstEligibleAt: T0 + 1, lastKeptAt: T0 + 1, lastAt: T0 + 4 })
      expect(history.paidTimes('late').sort()).toEqual([T0, T0 + 1, T0 + 4])
      expect(tx.history('m3').extremes('x')).toEqual({ firstEligibleAt: null, lastKeptAt: null, lastAt: null })
      expect(ids(tx.uncreditedPayments('m1', T0))).toEqual(['before'])
      expect(ids(tx.uncreditedPayments('m1', T0 + 1))).toEqual([])
      expect(ids(tx.paymentsOf('m1'))).toEqual(['before', 'open', 'early', 'late', 'refunded'])
      expect(tx.spendSince('m1', T0 + 2)).toEqual({ spendMinor: 300, purchases: 1 })
      expect(tx.spendSince('m9', 0)).toEqual({ spendMinor: 0, purchases: 0 })
    })
  })

  test('add the journal up as of an instant', async () => {
    const { store, rows } = await open()
    const entries = [
      sampleEntry('m1', { at: T0, points: 100, postings: [['program', 'pending', 100, 'l1']] }),
      sampleEntry('m1', { at: T0 + 1, postings: [['pending', 'available', 100, 'l1']] }),
      sampleEntry('m1', {
        at: T0 + 2,
        postings: [
          ['available', 'expired', 30, 'l1'],
          ['available', 'program', 80, null],
        ],
      }),
      sampleEntry('m2', { at: T0, postings: [['program', 'available', 7, 'l2']] }),
    ]
    await put(store, { entries })
    const none = { available: 0, pending: 0, reserved: 0, redeemed: 0, expired: 0 }
    await store.read((tx) => {
      expect(tx.balancesAsOf('m1', T0 - 1)).toEqual(none)
      expect(tx.balancesAsOf('m1', T0)).toEqual({ ...none, pending: 100 })
      expect(tx.balancesAsOf('m1', T0 + 1)).toEqual({ ...none, available: 100 })
      expect(tx.balancesAsOf('m1', T0 + 2)).toEqual({ ...none, available: -10, expired: 30 })
    })
    const posting = await rows(
      `SELECT seq, source_account, target_account, points, lot FROM posting WHERE member = 'm1' ORDER BY seq LIMIT 1`,
    )
    expect(posting).toEqual([
      { seq: 1, source_account: 'program', target_account: 'member/m1/pending', points: 100, lot: 'l1' },
    ])
  })

  test('show the journal newest first, page by page', async () => {
    const { store } = await open()
    const entries = [1, 2, 3].map((points) =>
      sampleEntry('m1', { points, about: points === 3 ? null : 'p1', note: 'said', terms: [['l1', null, T0, 6]] }),
    )
    await put(store, { entries: [...entries, sampleEntry('m2')] })
    const page = await store.ledgerOf(['m1'], { limit: 2, before: null })
    expect(page).toEqual([
      { ...entries[2], seq: 3 },
      { ...entries[1], seq: 2 },
    ])
    expect((await store.ledgerOf(['m1'], { limit: 2, before: 2 })).map(({ seq }) => seq)).toEqual([1])
    expect((await store.entriesOf(['m2', 'm1'])).map(({ seq }) => seq)).toEqual([1, 2, 3, 4])
    expect(await store.read((tx) => tx.entryAbout('m1', 'p1'))).toEqual({ ...entries[0], seq: 1 })
    expect(await store.read((tx) => tx.entryAbout('m2', 'p1'))).toBeNull()
  })

  test('tell when points end next', async () => {
    const { store } = await open()
    await put(store, {
      lots: [
        sampleLot('past', 'm1', 1, { expiresAt: T0 - 1 }),
        sampleLot('a', 'm1', 10, { expiresAt: T0 + DAY, remaining: 4, spent: 6 }),
        sampleLot('b', 'm1', 10, { expiresAt: T0, notBefore: T0 + DAY }),
        sampleLot('c', 'm1', 10, { expiresAt: T0 + 2 * DAY }),
        sampleLot('idle1', 'm1', 1, { idleMonths: 6 }),
        sampleLot('idle2', 'm1', 2, { idleMonths: 6 }),
        sampleLot('idle3', 'm1', 3, { idleMonths: 6, notBefore: T0, earnedAt: T0 + 1 }),
        sampleLot('never', 'm1', 3),
      ],
    })
    await store.read((tx) => {
      expect(tx.nextExpiry('m1', T0)).toEqual({ at: T0 + DAY, points: 14 })
      expect(tx.nextExpiry('m1', T0 + 2 * DAY)).toBeNull()
      expect(tx.idlePoints('m1')).toEqual([
        { idleMonths: 6, notBefore: null, earnedAt: T0, points: 3 },
        { idleMonths: 6, notBefore: T0, earnedAt: T0 + 1, points: 3 },
      ])
    })
  })

  test('refuse to change or delete an entry, in any way', async () => {
    const { store, driver, rows } = await open()
    await put(store, { entries: [sampleEntry('m1', { note: 'typed' })] })
    for (const sql of [
      'UPDATE entry SET points = 1',
      `UPDATE entry SET note = 'other'`,
      'UPDATE entry SET member = member',
      'DELETE FROM entry',
    ]) {
      const write = driver.commit(() => ({ outcome: null, writes: [{ sql, params: [] }], guards: () => [] }))
      await expect(write).rejects.toThrow('the journal is append-only')
    }
    expect(await rows('SELECT points, note FROM entry')).toEqual([{ points: 0, note: 'typed' }])
  })

  test('hand everything of one member to another, but leave the journal as it was written', async () => {
    const { store } = await open()
    await put(store, {
      payments: [samplePayment('p1', { member: 'm1' }), samplePayment('p2', { member: 'm2' })],
      lots: [sampleLot('l1', 'm1', 5), sampleLot('l2', 'm1', 5, { remaining: 0, spent: 5 })],
      entries: [sampleEntry('m1')],
    })
    await store.commit((tx) => {
      const [lot] = tx.lots('m1').open()
      return {
        outcome: null,
        changes: {
          handOver: { from: 'm1', to: 'm2' },
          lots: lot ? [{ ...lot, member: 'm2', remaining: 3, spent: 2 }] : [],
        },
      }
    })
    expect(ids(await store.lotsOf(['m2'])).sort()).toEqual(['l1', 'l2'])
    expect(await store.read((tx) => tx.lots('m2').open()[0]?.remaining)).toBe(3)
    expect(ids(await store.paymentsOfMembers(['m2']))).toEqual(['p1', 'p2'])
    expect(await store.paymentsOfMembers(['m1'])).toEqual([])
    expect(await store.ledgerOf(['m1'], { limit: 9, before: null })).toHaveLength(1)
  })
})
