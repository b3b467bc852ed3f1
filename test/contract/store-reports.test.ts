// What reports read, and the reports over it, on every driver: the same figures, worked out by hand.
import { describe, expect, test } from 'vitest'
import { memberBooks } from '../../src/app/member-books.ts'
import { LISTED_LIMIT } from '../../src/app/reports/products.ts'
import { REPORT_NAMES } from '../../src/app/reports/shapes.ts'
import type { Store } from '../../src/app/store-port.ts'
import { NOW, program, writeHistory } from '../support/report-history.ts'
import { sampleEntry, sampleLot, sampleMember, samplePayment } from '../support/store-samples.ts'
import { KINDS, useStores } from '../support/stores.ts'
import { createWorld } from '../support/world.ts'

const month = (line: object) => expect.objectContaining(line)
const none = { issued: 0, forgiven: 0, reversed: 0, redeemed: 0, donated: 0, expired: 0, forfeited: 0 }

describe.each(KINDS)('reports on %s', (kind) => {
  const open = useStores(kind)

  async function history(): Promise<Store> {
    const { store } = await open()
    await writeHistory(store)
    return store
  }

  async function world() {
    return createWorld({ store: await history(), program, now: NOW })
  }

  test('movements are summed by quarter of an hour and account, without merges', async () => {
    const store = await history()
    const all = await store.movements(0, 1_000)
    expect(all.filter(({ source }) => source === 'program')).toEqual([
      {
        quarter: Date.parse('2026-01-10T12:00:00Z') / 900_000,
        source: 'program',
        target: 'available',
        lot: null,
        points: 1000,
      },
    ])
    expect(all.find(({ target }) => target === 'forfeited')).toMatchObject({
      source: 'redeemed',
      lot: 'l1',
      points: 50,
    })
    const parts = [...(await store.movements(0, 5)), ...(await store.movements(5, 1_000))]
    expect(parts).toHaveLength(all.length)
    expect(await store.movements(1_000, 2_000)).toEqual([])
  })

  test('lots come in slices, each with when its member was last active', async () => {
    const store = await history()
    const [first] = await store.lotsAfter('', 1)
    expect(first).toEqual({
      id: 'l1',
      rule: 'purchase',
      earnedAt: Date.parse('2026-01-10T12:00:00Z'),
      points: 860,
      remaining: 500,
      expired: 110,
      state: 'available',
      expiresAt: Date.parse('2027-02-01T05:00:00Z'),
      idleMonths: null,
      notBefore: null,
      activeAt: null,
    })
    expect((await store.lotsAfter('l1', 9)).map(({ id }) => id)).toEqual(['l2'])
  })

  test('what members owe, versions, open rewards and rows by id are read as asked', async () => {
    const { store } = await open()
    await writeHistory(store)
    await store.commit(() => ({
      outcome: null,
      changes: { members: [sampleMember('m5', { available: -30 }), sampleMember('m6', { available: -5 })] },
    }))
    expect([await store.pointsOwed(0, 5), await store.pointsOwed(5, 99), await store.pointsOwed(0, 99)]).toEqual([
      -30, -5, -35,
    ])
    expect(await store.memberVersions(['m1', 'm5', 'nobody'])).toEqual(
      new Map([
        ['m1', 1],
        ['m5', 1],
      ]),
    )
    expect((await store.membersOf(['m5', 'm1', 'nobody'])).map(({ id }) => id)).toEqual(['m1', 'm5'])
    expect(await store.openRedemptions()).toEqual([
      { reward: 'cup', open: 1 },
      { reward: 'gift', open: 1 },
    ])
    expect((await store.redemptionsAfter('red_1', 2)).map(({ id }) => id)).toEqual(['red_2', 'red_3'])
    expect(await store.grantsAfter('', 2)).toEqual([])
  })

  test('the ledger of several records is one, by seq, a page at a time', async () => {
    const store = await history()
    const page = await store.ledgerOf(['m3', 'm2'], { limit: 2, before: null })
    expect(page.map(({ seq, member }) => [seq, member])).toEqual([
      [14, 'm3'],
      [13, 'm3'],
    ])
    expect((await store.ledgerOf(['m3', 'm2'], { limit: 9, before: 13 })).map(({ seq }) => seq)).toEqual([12, 2])
    expect(await store.ledgerOf([], { limit: 9, before: null })).toEqual([])
  })

  test('the liability of three months is what it was by hand', async () => {
    const report = await (await world()).app.report('liability', { from: '2026-01' })
    if (!report.ok) throw new Error(report.message)
    const { months, outstanding, expiring, withoutEnd, ages, breakage, from, to } = report.value
    expect([from, to]).toEqual(['2026-01-01', '2026-03-31'])
    expect(months).toEqual([
      {
        ...none,
        month: '2026-01',
        opening: 0,
        issued: 1500,
        reversed: 100,
        closing: 1400,
        value: 1400,
        complete: true,
      },
      {
        ...none,
        month: '2026-02',
        opening: 1400,
        forgiven: 20,
        redeemed: 200,
        donated: 100,
        expired: 150,
        closing: 970,
        value: 970,
        complete: true,
      },
      {
        ...none,
        month: '2026-03',
        opening: 970,
        reversed: 100,
        redeemed: -80,
        expired: -40,
        forfeited: 50,
        closing: 940,
        value: 940,
        complete: false,
      },
    ])
    expect(outstanding).toEqual({ points: 940, available: 500, pending: 440, reserved: 0, owed: 0, value: 940 })
    expect(ages.filter(({ points }) => points > 0)).toEqual([{ from: 0, to: 2, points: 940, value: 940 }])
    expect(expiring).toEqual([{ month: '2027-01', points: 500, value: 500 }])
    expect(withoutEnd).toEqual({ points: 440, value: 440 })
    expect(breakage).toMatchObject({
      points: null,
      rate: null,
      estimate: expect.stringMatching(/^estimate: too little history/),
    })
  })

  test('a span that begins later opens with what the months before it came to', async () => {
    const report = await (await world()).app.report('liability', { from: '2026-02-15', to: '2026-02-16' })
    if (!report.ok) throw new Error(report.message)
    expect(report.value.months).toEqual([month({ month: '2026-02', opening: 1400, closing: 970 })])
  })

  test('partners are settled by month of record, and what lapsed is taken back when it did', async () => {
    const report = await (await world()).app.report('partners', { from: '2026-01' })
    if (!report.ok) throw new Error(report.message)
    const [cafe, ...others] = report.value.partners
    expect(others).toEqual([])
    expect(cafe).toMatchObject({ id: 'cafe', name: 'Corner Café', pending: 440 })
    expect(cafe?.months).toEqual([
      month({ month: '2026-01', issued: 500, redeemed: 0, owedByPartner: 500, owedToPartner: 0, net: 500 }),
      month({ month: '2026-02', issued: 0, redeemed: 300, owedByPartner: 0, owedToPartner: 270, net: -270 }),
      month({ month: '2026-03', issued: -60, redeemed: -100, owedByPartner: -60, owedToPartner: -90, net: 30 }),
    ])
    expect(cafe?.total).toMatchObject({ issued: 440, redeemed: 200, owedByPartner: 440, owedToPartner: 180, net: 260 })
  })

  test('points given to a cause, and the summary of it all', async () => {
    const { app } = await world()
    const causes = await app.report('causes', { from: '2026-02', to: '2026-02' })
    expect(causes).toMatchObject({ value: { causes: [{ id: 'trees', points: 100, value: 100 }], empty: false } })
    expect(await app.report('causes', { to: '2026-01' })).toMatchObject({ value: { totals: { points: 0 } } })
    expect(await app.report('summary', {})).toMatchObject({
      value: {
        // m3 joined on 28 February in New York, a second before March.
        members: { active: 2, left: 1, newThisMonth: 0, newLastMonth: 1 },
        points: {
          outstanding: 940,
          value: 940,
          thisMonth: { redeemed: -80, forfeited: 50 },
          lastMonth: { redeemed: 200, donated: 100 },
        },
        openRewards: 2,
        held: { partners: [{ id: 'cafe', points: 440 }], causes: [{ id: 'trees', points: 100 }] },
      },
    })
  })

  test('an empty database has reports that say so', async () => {
    const { store } = await open()
    const { app } = await createWorld({ store, program: { ...program, partners: [], causes: [] }, now: NOW })
    for (const name of REPORT_NAMES)
      expect(await app.report(name, {}), name).toMatchObject({ ok: true, value: { report: name, empty: true } })
  })

  test('more members than a statement may have parameters are read together, books and all', async () => {
    const { store } = await open()
    const ids = Array.from({ length: 230 }, (_, n) => `m${String(n).padStart(3, '0')}`)
    await store.commit(() => ({
      outcome: null,
      changes: {
        members: ids.map((id) => sampleMember(id)),
        lots: ids.map((id) => sampleLot(`lot-${id}`, id, 5)),
        entries: ids.map((id) => sampleEntry(id, { postings: [['program', 'available', 5, `lot-${id}`]] })),
        payments: ids.map((id) => samplePayment(`pay-${id}`, { member: id })),
      },
    }))
    const seen: string[] = []
    for await (const { books, restless } of memberBooks(store)) {
      expect(restless).toBe(0)
      for (const { member, entries, lots, payments } of books) {
        seen.push(member.id)
        expect([entries.length, lots.length, payments.length]).toEqual([1, 1, 1])
      }
    }
    expect(seen).toEqual(ids)
  })

  test('of very many products the most bought are listed, and the others summed up', async () => {
    const { store } = await open()
    const payments = Array.from({ length: LISTED_LIMIT + 20 }, (_, n) => {
      const payment = samplePayment(`pay${n}`, {
        member: 'm1',
        counted: { at: NOW - 1_000, paidMinor: 1_000 + n, spendMinor: 1_000 + n, purchases: 1 },
      })
      payment.parts.items = {
        rank: 3,
        list: [{ product: `prod_${n}`, price: null, quantity: 2, amountMinor: 1_000 + n }],
      }
      return payment
    })
    await store.commit(() => ({ outcome: null, changes: { members: [sampleMember('m1')], payments } }))
    const { app } = await createWorld({ store, program, now: NOW })
    const report = await app.report('products', {})
    if (!report.ok) throw new Error(report.message)
    expect(report.value.products).toHaveLength(LISTED_LIMIT)
    expect(report.value.products[0]).toMatchObject({ product: 'prod_519', pieces: 2, amount: 1_519 })
    // 1,000 to 1,019.
    expect(report.value.others).toEqual({ products: 20, purchases: 20, pieces: 40, amount: 20_190 })
    expect(report.value.coverage.share).toBe(1)
  })
})
