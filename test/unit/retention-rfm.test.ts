import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SEGMENTS } from '../../src/program/earning.ts'
import { ACTIVE_DAYS, type RfmInput, RfmTally, rfmOf, segmentOf } from '../../src/retention/rfm.ts'
import type { RfmCuts } from '../../src/retention/types.ts'

function cutsOf(customers: readonly RfmInput[]): RfmCuts {
  const tally = new RfmTally()
  for (const one of customers) tally.add(one)
  const cuts = tally.cuts(0)
  if (cuts === null) throw new Error('nobody bought')
  return cuts
}

/** Ten customers: the first bought most lately, most often and for most. */
const ten: RfmInput[] = Array.from({ length: 10 }, (_, n) => ({
  daysSince: 10 * n,
  purchases: 20 - 2 * n,
  spendMinor: 1_000_00 - n * 90_00,
}))

describe('scores', () => {
  test('are fifths of the customers, two of ten each', () => {
    const cuts = cutsOf(ten)
    expect(cuts.recency).toEqual([10, 30, 50, 70])
    expect(cuts.frequency).toEqual([4, 8, 12, 16])
    expect(ten.map((one) => rfmOf(cuts, one)?.rfm)).toEqual([
      '555',
      '555',
      '444',
      '444',
      '333',
      '333',
      '222',
      '222',
      '111',
      '111',
    ])
  })

  test('give those who bought once the lowest, however many they are', () => {
    const often = [{ daysSince: 3, purchases: 9, spendMinor: 90_00 }]
    const once = Array.from({ length: 9 }, (_, n) => ({ daysSince: n, purchases: 1, spendMinor: 10_00 + n }))
    const cuts = cutsOf([...often, ...once])
    expect(once.map((one) => rfmOf(cuts, one)?.rfm[1])).toEqual(Array(9).fill('1'))
    expect(often.map((one) => rfmOf(cuts, one)?.rfm[1])).toEqual(['5'])
  })

  test('are defined for one customer alone, and for all who bought on one day', () => {
    const alone = { daysSince: 400, purchases: 1, spendMinor: 5 }
    expect(rfmOf(cutsOf([alone]), alone)).toEqual({ rfm: '511', segment: 'new_customers' })
    const same = Array.from({ length: 50 }, () => alone)
    expect(rfmOf(cutsOf(same), alone)?.rfm).toBe('511')
  })

  test('compare with those who bought in the last two years, as long as there are any', () => {
    const gone = Array.from({ length: 90 }, (_, n) => ({
      daysSince: ACTIVE_DAYS + 1 + n,
      purchases: 1,
      spendMinor: 1_00,
    }))
    const cuts = cutsOf([...ten, ...gone])
    expect(cuts.recency).toEqual([10, 30, 50, 70])
    expect(cuts.customers).toBe(100)
    expect(rfmOf(cuts, gone[0] as RfmInput)).toEqual({ rfm: '111', segment: 'lost' })
    expect(cutsOf(gone).recency[0]).toBeGreaterThan(ACTIVE_DAYS)
  })

  test('are nobody’s who bought nothing that they kept', () => {
    const tally = new RfmTally()
    tally.add({ daysSince: 3, purchases: 0, spendMinor: 0 })
    expect(tally.cuts(0)).toBeNull()
    expect(rfmOf(cutsOf(ten), { daysSince: 3, purchases: 0, spendMinor: 0 })).toBeNull()
  })

  test('take a purchase of tomorrow as one of today, and a loss as nothing', () => {
    expect(rfmOf(cutsOf(ten), { daysSince: -3, purchases: 20, spendMinor: -500 })?.rfm).toBe('551')
  })
})

describe('segments', () => {
  test.each([
    ['555', 'champions'],
    ['544', 'champions'],
    ['455', 'loyal'],
    ['344', 'loyal'],
    ['533', 'potential_loyalist'],
    ['422', 'potential_loyalist'],
    ['511', 'new_customers'],
    ['411', 'promising'],
    ['333', 'needs_attention'],
    ['311', 'about_to_sleep'],
    ['244', 'at_risk'],
    ['133', 'at_risk'],
    ['155', 'cannot_lose'],
    ['222', 'hibernating'],
    ['122', 'hibernating'],
    ['111', 'lost'],
  ])('%s is %s', (rfm, segment) => {
    const [recency = 0, frequency = 0, monetary = 0] = [...rfm].map(Number)
    expect(segmentOf(recency, frequency, monetary)).toBe(segment)
  })

  test('are all eleven of the program, and every score has one', () => {
    const scores = [1, 2, 3, 4, 5]
    const found = scores.flatMap((r) => scores.flatMap((f) => scores.map((m) => segmentOf(r, f, m))))
    expect(new Set(found)).toEqual(new Set(SEGMENTS))
  })
})

describe('whatever customers a shop has', () => {
  const customer = fc.record({
    daysSince: fc.integer({ min: -10, max: 20_000 }),
    purchases: fc.integer({ min: 0, max: 100_000 }),
    spendMinor: fc.integer({ min: -1_000_000, max: Number.MAX_SAFE_INTEGER }),
  })

  test('each has a score from 1 to 5, in whatever order they are learnt', () => {
    fc.assert(
      fc.property(fc.array(customer, { minLength: 1, maxLength: 60 }), customer, (customers, other) => {
        const tally = new RfmTally()
        for (const one of customers) tally.add(one)
        const cuts = tally.cuts(0)
        if (cuts === null) return customers.every(({ purchases }) => purchases === 0)
        expect(cutsOf(customers.toReversed())).toEqual(cuts)
        for (const one of [...customers, other])
          expect(rfmOf(cuts, one)?.rfm ?? (one.purchases === 0 ? '111' : '')).toMatch(/^[1-5]{3}$/)
        return true
      }),
    )
  })

  test('whoever bought later, more often or for more never scores lower', () => {
    fc.assert(
      fc.property(fc.array(customer, { minLength: 1, maxLength: 40 }), customer, customer, (customers, a, b) => {
        const all = [...customers, { daysSince: 0, purchases: 1, spendMinor: 1 }]
        const cuts = cutsOf(all)
        const [one, two] = [
          rfmOf(cuts, { ...a, purchases: a.purchases + 1 }),
          rfmOf(cuts, { ...b, purchases: b.purchases + 1 }),
        ]
        if (one === null || two === null) return false
        if (a.daysSince <= b.daysSince) expect(Number(one.rfm[0])).toBeGreaterThanOrEqual(Number(two.rfm[0]))
        if (a.purchases >= b.purchases) expect(Number(one.rfm[1])).toBeGreaterThanOrEqual(Number(two.rfm[1]))
        if (a.spendMinor >= b.spendMinor) expect(Number(one.rfm[2])).toBeGreaterThanOrEqual(Number(two.rfm[2]))
        return true
      }),
    )
  })
})
