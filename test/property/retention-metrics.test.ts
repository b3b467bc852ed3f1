// Figures of retention over any history: defined, conserved, the same in any order, and those of a plain recount.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DAY_MS } from '../../src/core/calendar.ts'
import { addToMonth, monthsFrom } from '../../src/core/report-months.ts'
import { averagesOf, COHORT_MONTHS, CohortTriangle } from '../../src/retention/cohorts.ts'
import { compareReturns, JoiningTally, newcombe, ReturnArm, wilson } from '../../src/retention/impact.ts'
import { customerInPeriod, daysBefore, type PaidPurchase, RetentionTally } from '../../src/retention/metrics.ts'
import { MonthsTally } from '../../src/retention/metrics-months.ts'

const FIRST = Date.UTC(2024, 0, 1) / DAY_MS
const PRESENT = '2026-02'

/** Whole days of UTC, so that the recount needs no calendar of ours. */
const purchase: fc.Arbitrary<PaidPurchase> = fc.record({
  at: fc
    .tuple(fc.integer({ min: FIRST, max: FIRST + 780 }), fc.integer({ min: 0, max: DAY_MS - 1 }))
    .map(([day, ms]) => day * DAY_MS + ms),
  currency: fc.oneof(
    { weight: 6, arbitrary: fc.constant('usd') },
    { weight: 2, arbitrary: fc.constant('eur') },
    { weight: 1, arbitrary: fc.constantFrom('kwd', 'jpy', null) },
  ),
  netMinor: fc.oneof(fc.integer({ min: -5_000, max: 50_000 }), fc.constantFrom(0, 1, -1, 999_999_999_999)),
  isRenewal: fc.boolean(),
})
const oneDay = fc
  .array(purchase, { maxLength: 6 })
  .map((all) => all.map((one) => ({ ...one, at: (FIRST + 400) * DAY_MS + (one.at % DAY_MS) })))
const customer = fc.oneof(
  { weight: 4, arbitrary: fc.array(purchase, { maxLength: 9 }) },
  { weight: 1, arbitrary: oneDay },
)
const shop = fc.array(customer, { maxLength: 25 })
const period = fc
  .tuple(fc.integer({ min: FIRST - 40, max: FIRST + 800 }), fc.integer({ min: 0, max: 400 }))
  .map(([fromDay, more]) => ({ fromDay, toDay: fromDay + more }))

/** @throws where a number is none, or minus nothing. */
function expectFinite(value: unknown, path = ''): void {
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)))
    throw new Error(`${path}: ${value}`)
  if (typeof value === 'object' && value !== null)
    for (const [key, part] of Object.entries(value)) expectFinite(part, `${path}.${key}`)
}

type Customer = readonly PaidPurchase[]

function figuresOf(customers: readonly Customer[], days: { fromDay: number; toDay: number }) {
  const tally = new RetentionTally()
  for (const purchases of customers) {
    const found = customerInPeriod(purchases, days, 'UTC')
    if (found !== null) tally.add(found, purchases.length * 100)
  }
  return tally.figures()
}

function cohortsOf(customers: readonly Customer[], months: readonly string[], currency: string | null = 'usd') {
  const triangle = new CohortTriangle(months, PRESENT, 'UTC')
  for (const purchases of customers) triangle.add(purchases.filter((one) => one.currency === currency))
  return { triangle, cohorts: triangle.cohorts() }
}

const dayOf = ({ at }: PaidPurchase): number => Math.floor(at / DAY_MS)
const monthOfPurchase = ({ at }: PaidPurchase): string => new Date(at).toISOString().slice(0, 7)
const unique = <Value>(values: readonly Value[]): Value[] => [...new Set(values)]
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

describe('figures of a period', () => {
  test('are defined numbers, shares lie between 0 and 1, and retention and churn are one whole', () => {
    fc.assert(
      fc.property(shop, period, (customers, days) => {
        const figures = figuresOf(customers, days)
        expectFinite(figures)
        for (const share of [figures.retention, figures.churn, figures.repeatRate])
          if (share !== null) expect(share >= 0 && share <= 1).toBe(true)
        if (figures.retention !== null && figures.churn !== null)
          expect(figures.retention + figures.churn).toBeCloseTo(1, 12)
      }),
    )
  })

  test('do not depend on the order of purchases or customers', () => {
    fc.assert(
      fc.property(
        shop.chain((customers) =>
          fc.tuple(
            fc.constant(customers),
            fc
              .tuple(...customers.map((one) => fc.shuffledSubarray(one, { minLength: one.length })))
              .chain((all) => fc.shuffledSubarray(all, { minLength: all.length })),
          ),
        ),
        period,
        ([customers, shuffled], days) => {
          expect(figuresOf(shuffled, days)).toEqual(figuresOf(customers, days))
          const months = monthsFrom('2024-01', PRESENT)
          expect(cohortsOf(shuffled, months).cohorts).toEqual(cohortsOf(customers, months).cohorts)
        },
      ),
    )
  })

  test('are those of a plain recount', () => {
    fc.assert(
      fc.property(shop, period, (customers, days) => {
        const before = daysBefore(days)
        const within = (purchases: Customer, { fromDay, toDay }: typeof days): Customer =>
          purchases.filter((one) => dayOf(one) >= fromDay && dayOf(one) <= toDay)
        const upTo = (purchases: Customer): Customer => purchases.filter((one) => dayOf(one) <= days.toDay)
        const buyers = customers.filter((one) => within(one, days).length > 0)
        const earlier = customers.filter((one) => within(one, before).length > 0)
        const again = earlier.filter((one) => buyers.includes(one))
        const gaps = customers.flatMap((one) => {
          const sorted = unique(
            upTo(one)
              .filter(({ isRenewal }) => !isRenewal)
              .map(dayOf),
          ).sort((a, b) => a - b)
          return sorted.slice(1).flatMap((day, n) => (day >= days.fromDay ? [day - (sorted[n] ?? 0)] : []))
        })
        gaps.sort((a, b) => a - b)
        const figures = figuresOf(customers, days)
        expect(figures).toMatchObject({
          everCustomers: customers.filter((one) => upTo(one).length > 0).length,
          customers: buyers.length,
          orders: sum(customers.map((one) => within(one, days).length)),
          customersBefore: earlier.length,
          retained: again.length,
          repeatRate: buyers.length === 0 ? null : buyers.filter((one) => upTo(one).length > 1).length / buyers.length,
        })
        expect(figures.daysBetween.gaps).toBe(gaps.length)
        if (gaps.length > 0) {
          const middle = [gaps[Math.floor((gaps.length - 1) / 2)] ?? 0, gaps[Math.floor(gaps.length / 2)] ?? 0]
          expect(figures.daysBetween.median).toBe(sum(middle) / 2)
          expect(figures.daysBetween.mean).toBeCloseTo(sum(gaps) / gaps.length, 9)
        }
        for (const { currency, spend, orders, lifetimeValue } of figures.money) {
          const own = customers.map((one) => one.filter((purchase_) => purchase_.currency === currency))
          expect(orders).toBe(sum(own.map((one) => within(one, days).length)))
          expect(spend).toBe(sum(own.flatMap((one) => within(one, days).map(({ netMinor }) => netMinor))))
          const ever = own.filter((one) => upTo(one).length > 0)
          const all = sum(ever.flatMap((one) => upTo(one).map(({ netMinor }) => netMinor)))
          expect(lifetimeValue).toBe(Math.round(all / ever.length) + 0)
        }
      }),
    )
  })

  test('of groups add up to those of everybody, and one currency knows nothing of another', () => {
    fc.assert(
      fc.property(shop, shop, period, (some, others, days) => {
        const [a, b, all] = [figuresOf(some, days), figuresOf(others, days), figuresOf([...some, ...others], days)]
        for (const part of ['everCustomers', 'customers', 'orders', 'renewals', 'customersBefore', 'retained'] as const)
          expect(a[part] + b[part]).toBe(all[part])
        const spent = (figures: typeof all, currency: string): number =>
          figures.money.find((one) => one.currency === currency)?.spend ?? 0
        for (const currency of ['usd', 'eur', 'jpy', 'kwd'])
          expect(spent(a, currency) + spent(b, currency)).toBe(spent(all, currency))
        const dollars = some.map((one) => one.filter(({ currency }) => currency === 'usd'))
        expect(figuresOf(dollars, days).money).toEqual(a.money.filter(({ currency }) => currency === 'usd'))
      }),
    )
  })
})

test('months: figures are defined, and everybody is new once', () => {
  fc.assert(
    fc.property(shop, (customers) => {
      const tally = new MonthsTally(monthsFrom('2024-01', PRESENT), 'UTC')
      for (const purchases of customers) tally.add(purchases)
      const months = tally.figures()
      expectFinite(months)
      expect(sum(months.map(({ newCustomers }) => newCustomers))).toBe(
        customers.filter(({ length }) => length > 0).length,
      )
      expect(sum(months.map(({ orders }) => orders))).toBe(sum(customers.map(({ length }) => length)))
      for (const [n, { month, customers: count, customersBefore, retained }] of months.entries()) {
        if (n > 0) expect(customersBefore).toBe(months[n - 1]?.customers)
        const buyers = customers.filter((one) => one.some((own) => monthOfPurchase(own) === month))
        expect(count).toBe(buyers.length)
        expect(retained).toBe(
          buyers.filter((one) => one.some((own) => monthOfPurchase(own) === addToMonth(month, -1))).length,
        )
      }
    }),
  )
})

describe('the cohort triangle', () => {
  const anyMonths = fc
    .tuple(fc.integer({ min: -3, max: 27 }), fc.integer({ min: 0, max: 26 }))
    .map(([from, more]) => monthsFrom(addToMonth('2024-01', from), addToMonth('2024-01', from + more)))

  test('sizes add up to all customers, and every number is one', () => {
    fc.assert(
      fc.property(shop, anyMonths, (customers, months) => {
        const { triangle, cohorts } = cohortsOf(customers, months)
        const bought = customers.filter((one) => one.some(({ currency }) => currency === 'usd'))
        expect(triangle.customers).toBe(bought.length)
        expect(sum(cohorts.map((one) => one.customers)) + triangle.earlier + triangle.later).toBe(bought.length)
        expectFinite(cohorts)
        expectFinite(averagesOf(cohorts))
        for (const { customers: size, orders, spend, cells } of cohorts) {
          expect(cells.length).toBeLessThanOrEqual(COHORT_MONTHS)
          expect(cells[0]?.customers ?? size).toBe(size)
          for (const cell of cells) expect(cell.customers).toBeLessThanOrEqual(size)
          // Nothing is bought after the present month here, and the columns reach that far.
          expect(sum(cells.map((cell) => cell.orders))).toBe(cells.length === 0 ? 0 : orders)
          if (cells.length > 0) expect(sum(cells.map((cell) => cell.spend))).toBe(spend)
        }
      }),
    )
  })

  test('cells are those of a plain recount', () => {
    fc.assert(
      fc.property(shop, (customers) => {
        const { cohorts } = cohortsOf(customers, monthsFrom('2024-01', PRESENT))
        const own = customers
          .map((one) => one.filter(({ currency }) => currency === 'usd').map(monthOfPurchase))
          .filter(({ length }) => length > 0)
        for (const { month, cells } of cohorts) {
          const members = own.filter((months) => [...months].sort()[0] === month)
          for (const { since, customers: active, orders } of cells) {
            const then = addToMonth(month, since)
            expect(active).toBe(members.filter((months) => months.includes(then)).length)
            expect(orders).toBe(members.flat().filter((one) => one === then).length)
          }
        }
      }),
    )
  })
})

test('intervals hold the difference, lie within −1 and 1, and turn round with the groups', () => {
  const arm = fc
    .integer({ min: 1, max: 5_000 })
    .chain((of) => fc.record({ hits: fc.integer({ min: 0, max: of }), of: fc.constant(of) }))
  fc.assert(
    fc.property(arm, arm, (a, b) => {
      const [found, turned] = [newcombe(a, b), newcombe(b, a)]
      if (found === null || turned === null) throw new Error('there is a difference')
      expect(found.low).toBeLessThanOrEqual(found.share)
      expect(found.high).toBeGreaterThanOrEqual(found.share)
      expect(found.low).toBeGreaterThanOrEqual(-1 - 1e-12)
      expect(found.high).toBeLessThanOrEqual(1 + 1e-12)
      expect(turned.low).toBeCloseTo(-found.high, 12)
      const own = wilson(a)
      expect(own.low <= a.hits / a.of + 1e-12 && own.high >= a.hits / a.of - 1e-12).toBe(true)
    }),
  )
})

test('what acting was worth is a number or is not said', () => {
  const amounts = fc.array(fc.option(fc.integer({ min: -100, max: 100_000 })), { maxLength: 150 })
  fc.assert(
    fc.property(amounts, amounts, (treated, held) => {
      const [shown, heldOut] = [new ReturnArm(), new ReturnArm()]
      for (const amount of treated) shown.add(amount)
      for (const amount of held) heldOut.add(amount)
      const effect = compareReturns(shown, heldOut)
      expect(effect === null).toBe(treated.length < 100 || held.length < 100)
      expectFinite(effect)
    }),
  )
})

test('before and after joining: defined for any history', () => {
  fc.assert(
    fc.property(shop, fc.integer({ min: FIRST, max: FIRST + 780 }), (customers, joinedDay) => {
      const tally = new JoiningTally()
      for (const purchases of customers)
        tally.add(
          purchases.map((one) => ({ ...one, day: dayOf(one) })),
          joinedDay,
          FIRST + 780,
          'usd',
        )
      expectFinite(tally.figures())
      expect(tally.figures().members).toBeLessThanOrEqual(customers.length)
    }),
  )
})
