// Figures of retention worked out by hand: periods, cohorts, subscriptions, joining, and intervals from the literature.
import { describe, expect, test } from 'vitest'
import { DAY_MS } from '../../src/core/calendar.ts'
import type { SubscriptionFact } from '../../src/core/facts.ts'
import { averagesOf, CohortTriangle } from '../../src/retention/cohorts.ts'
import { compareReturns, JoiningTally, newcombe, ReturnArm, wilson } from '../../src/retention/impact.ts'
import { customerInPeriod, daysBefore, type PaidPurchase, RetentionTally } from '../../src/retention/metrics.ts'
import { Gaps } from '../../src/retention/metrics-gaps.ts'
import { MonthsTally } from '../../src/retention/metrics-months.ts'
import { SubscriptionTally } from '../../src/retention/subscription-churn.ts'

const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / DAY_MS
const bought = (date: string, netMinor: number, currency: string | null = 'usd', isRenewal = false): PaidPurchase => ({
  at: Date.parse(`${date}T12:00:00Z`),
  netMinor,
  currency,
  isRenewal,
})

/** Six customers; the period is February 2026, the one before the 28 days from 4 January on. */
const customers: Record<string, PaidPurchase[]> = {
  // Before and in it, twice on one day: 35.00 in all, 31 days between.
  almaz: [bought('2026-01-10', 1000), bought('2026-02-10', 2000), bought('2026-02-10', 500)],
  // Before only, in a currency of their own.
  anahit: [bought('2026-01-05', 700, 'eur')],
  // For the first time in it, in a currency that nobody else uses.
  aygun: [bought('2026-02-20', 500, 'jpy')],
  // Long before, and on its last day: 272 days between.
  amani: [bought('2025-06-01', 10_000), bought('2026-02-28', 300)],
  // Not yet.
  zawadi: [bought('2026-03-05', 1000)],
  // By subscription.
  juma: [bought('2026-01-15', 900, 'usd', true), bought('2026-02-15', 900, 'usd', true)],
}
const february = { fromDay: dayOf('2026-02-01'), toDay: dayOf('2026-02-28') }

describe('figures of a period', () => {
  const tally = new RetentionTally()
  for (const [name, purchases] of Object.entries(customers)) {
    const found = customerInPeriod(purchases, february, 'UTC')
    if (found !== null) tally.add(found, name === 'almaz' ? 5000 : name === 'juma' ? 2001 : null)
  }
  const figures = tally.figures()

  test('the period before has as many days, and ends where it begins', () => {
    expect(daysBefore(february)).toEqual({ fromDay: dayOf('2026-01-04'), toDay: dayOf('2026-01-31') })
  })

  test('retention is of those who bought before, churn the rest of them', () => {
    expect(figures).toMatchObject({ everCustomers: 5, customers: 4, customersBefore: 3, retained: 2 })
    expect(figures.retention).toBeCloseTo(2 / 3, 12)
    expect(figures.churn).toBeCloseTo(1 / 3, 12)
  })

  test('repeat rate, frequency and time between purchases', () => {
    expect(figures).toMatchObject({
      orders: 5,
      renewals: 1,
      repeatRate: 3 / 4,
      frequency: 5 / 4,
      daysBetween: { median: 151.5, mean: 151.5, gaps: 2 },
      expectedValue: 3501,
    })
  })

  test('money is told by currency, never added', () => {
    expect(figures.money).toEqual([
      { currency: 'eur', customers: 0, orders: 0, spend: 0, averageOrder: null, lifetimeValue: 700 },
      { currency: 'jpy', customers: 1, orders: 1, spend: 500, averageOrder: 500, lifetimeValue: 500 },
      { currency: 'usd', customers: 3, orders: 4, spend: 3700, averageOrder: 925, lifetimeValue: 5200 },
    ])
  })

  test('days are those of the zone', () => {
    // Noon in UTC is the next day in Kiritimati: what was bought on 28 February there is of March.
    const late = customerInPeriod([bought('2026-02-28', 300)], february, 'Pacific/Kiritimati')
    expect(late).toBeNull()
    expect(customerInPeriod([bought('2026-01-31', 300)], february, 'Pacific/Kiritimati')).toMatchObject({ orders: 1 })
  })

  test('nobody and nothing are no shares', () => {
    expect(new RetentionTally().figures()).toEqual({
      everCustomers: 0,
      customers: 0,
      orders: 0,
      renewals: 0,
      customersBefore: 0,
      retained: 0,
      retention: null,
      churn: null,
      repeatRate: null,
      frequency: null,
      daysBetween: { median: null, mean: null, gaps: 0 },
      money: [],
      expectedValue: null,
    })
  })

  test('net spend below zero stays below zero, and is no minus nothing', () => {
    const minus = new RetentionTally()
    const found = customerInPeriod([bought('2026-02-01', -100), bought('2026-02-02', 0)], february, 'UTC')
    if (found !== null) minus.add(found, null)
    expect(minus.figures().money).toEqual([
      { currency: 'usd', customers: 1, orders: 2, spend: -100, averageOrder: -50, lifetimeValue: -100 },
    ])
    const nearly = new RetentionTally()
    const little = customerInPeriod(
      [bought('2026-02-01', -1), ...Array(9).fill(bought('2026-02-02', 0))],
      february,
      'UTC',
    )
    if (little !== null) nearly.add(little, -0.1)
    expect(nearly.figures().money[0]?.averageOrder).toBe(0)
    expect(nearly.figures().expectedValue).toBe(0)
  })
})

test('the median of gaps is the middle one, or the mean of the two in the middle', () => {
  const gaps = new Gaps()
  for (const days of [30, 1, 7]) gaps.add(days)
  expect([gaps.median, gaps.mean]).toEqual([7, 38 / 3])
  gaps.add(9)
  expect(gaps.median).toBe(8)
  gaps.add(9)
  expect(gaps.median).toBe(9)
})

test('month over month: who bought in the month before, and came again', () => {
  const tally = new MonthsTally(['2026-01', '2026-02', '2026-03'], 'UTC')
  for (const purchases of Object.values(customers)) tally.add(purchases)
  expect(tally.figures()).toEqual([
    {
      month: '2026-01',
      customers: 3,
      newCustomers: 3,
      orders: 3,
      customersBefore: 0,
      retained: 0,
      retention: null,
      churn: null,
      money: [
        { currency: 'eur', orders: 1, spend: 700, averageOrder: 700 },
        { currency: 'usd', orders: 2, spend: 1900, averageOrder: 950 },
      ],
    },
    {
      month: '2026-02',
      customers: 4,
      newCustomers: 1,
      orders: 5,
      customersBefore: 3,
      retained: 2,
      retention: 2 / 3,
      churn: 1 / 3,
      money: [
        { currency: 'jpy', orders: 1, spend: 500, averageOrder: 500 },
        { currency: 'usd', orders: 4, spend: 3700, averageOrder: 925 },
      ],
    },
    {
      month: '2026-03',
      customers: 1,
      newCustomers: 1,
      orders: 1,
      customersBefore: 4,
      retained: 0,
      retention: 0,
      churn: 1,
      money: [{ currency: 'usd', orders: 1, spend: 1000, averageOrder: 1000 }],
    },
  ])
})

describe('the cohort triangle', () => {
  const triangle = new CohortTriangle(['2026-01', '2026-02', '2026-03'], '2026-03', 'UTC')
  for (const purchases of Object.values(customers)) triangle.add(purchases.filter(({ currency }) => currency === 'usd'))
  const cohorts = triangle.cohorts()

  test('rows are months of first purchases, cells who came again so many months later', () => {
    expect([triangle.customers, triangle.earlier, triangle.later]).toEqual([4, 1, 0])
    expect(cohorts).toEqual([
      {
        month: '2026-01',
        customers: 2,
        orders: 5,
        spend: 5300,
        cells: [
          { since: 0, customers: 2, share: 1, orders: 2, spend: 1900, complete: true },
          { since: 1, customers: 2, share: 1, orders: 3, spend: 3400, complete: true },
          { since: 2, customers: 0, share: 0, orders: 0, spend: 0, complete: false },
        ],
      },
      {
        month: '2026-02',
        customers: 0,
        orders: 0,
        spend: 0,
        cells: [
          { since: 0, customers: 0, share: null, orders: 0, spend: 0, complete: true },
          { since: 1, customers: 0, share: null, orders: 0, spend: 0, complete: false },
        ],
      },
      {
        month: '2026-03',
        customers: 1,
        orders: 1,
        spend: 1000,
        cells: [{ since: 0, customers: 1, share: 1, orders: 1, spend: 1000, complete: false }],
      },
    ])
  })

  test('averages are weighted by size, over months that are over', () => {
    expect(averagesOf(cohorts)).toEqual([
      { since: 0, cohorts: 1, customers: 2, share: 1, spendPerCustomer: 950 },
      { since: 1, cohorts: 1, customers: 2, share: 1, spendPerCustomer: 1700 },
    ])
    const weighted = new CohortTriangle(['2026-01', '2026-02'], '2026-04', 'UTC')
    for (const again of [true, false, false])
      weighted.add(again ? [bought('2026-01-01', 10), bought('2026-02-01', 9)] : [bought('2026-01-01', 10)])
    weighted.add([bought('2026-02-01', 10), bought('2026-03-01', 1)])
    // One of three and one of one: two of four, not the mean of a third and one.
    expect(averagesOf(weighted.cohorts())[1]).toEqual({
      since: 1,
      cohorts: 2,
      customers: 4,
      share: 0.5,
      spendPerCustomer: 3,
    })
  })
})

describe('intervals of shares', () => {
  test.each([
    // Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I: method 3.
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('Wilson: %i of %i', (hits, of, low, high) => {
    const found = wilson({ hits, of })
    expect(found.low).toBeCloseTo(low, 4)
    expect(found.high).toBeCloseTo(high, 4)
  })

  test.each([
    // Newcombe 1998, "Interval estimation for the difference between independent proportions", table II: method 10.
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [6, 7, 2, 7, 0.0582, 0.8062],
    [5, 56, 0, 29, -0.0381, 0.1926],
    [0, 10, 0, 20, -0.1611, 0.2775],
    [10, 10, 0, 20, 0.6791, 1],
    [10, 10, 0, 10, 0.6075, 1],
  ])('Newcombe: %i of %i against %i of %i', (hitsA, ofA, hitsB, ofB, low, high) => {
    const found = newcombe({ hits: hitsA, of: ofA }, { hits: hitsB, of: ofB })
    expect(found?.low).toBeCloseTo(low, 4)
    expect(found?.high).toBeCloseTo(high, 4)
  })

  test('of an empty group nothing is said', () => {
    expect(newcombe({ hits: 0, of: 0 }, { hits: 1, of: 2 })).toBeNull()
    expect(wilson({ hits: 0, of: 0 })).toEqual({ low: 0, high: 1 })
  })
})

describe('what acting was worth', () => {
  const arm = (customers_: number, returned: number, amountMinor: number): ReturnArm => {
    const made = new ReturnArm()
    for (let n = 0; n < customers_; n++) made.add(n < returned ? amountMinor : null)
    return made
  }

  test('is said from a hundred in each group on, and not below', () => {
    expect(compareReturns(arm(99, 30, 1000), arm(100, 10, 1000))).toBeNull()
    expect(compareReturns(arm(500, 30, 1000), arm(99, 10, 1000))).toBeNull()
    expect(compareReturns(arm(100, 30, 1000), arm(100, 10, 1000))).not.toBeNull()
  })

  test('is the difference times those whose alerts were shown, with its interval', () => {
    const effect = compareReturns(arm(400, 120, 2000), arm(100, 18, 2000))
    const shares = newcombe({ hits: 120, of: 400 }, { hits: 18, of: 100 })
    expect(effect?.share).toBeCloseTo(0.12, 12)
    expect(effect).toMatchObject({
      customers: 48,
      customersLow: Math.round(400 * (shares?.low ?? 0)),
      customersHigh: Math.round(400 * (shares?.high ?? 0)),
      difference: 240,
    })
    expect(effect?.low).toBeGreaterThan(0)
    expect(effect?.high).toBeLessThan(480)
  })
})

describe('before and after joining', () => {
  const joined = dayOf('2026-06-01')
  const today = dayOf('2026-11-22')
  const withDays = (purchases: PaidPurchase[]) =>
    purchases.map((purchase) => ({ ...purchase, day: Math.floor(purchase.at / DAY_MS) }))

  test('counts 90 days on either side, the day itself left out', () => {
    const tally = new JoiningTally()
    tally.add(
      withDays([
        bought('2026-01-01', 9999),
        bought('2026-03-03', 100),
        bought('2026-05-31', 200),
        bought('2026-06-01', 5000),
        bought('2026-06-02', 300),
        bought('2026-08-30', 400),
        bought('2026-08-31', 7777),
        bought('2026-07-01', 500, 'eur'),
      ]),
      joined,
      today,
      'usd',
    )
    expect(tally.figures()).toEqual({
      members: 1,
      purchasesBefore: 2,
      purchasesAfter: 3,
      spendBefore: 300,
      spendAfter: 700,
    })
  })

  test('leaves out who was no customer for the whole window, and whose window is not over', () => {
    const tally = new JoiningTally()
    tally.add(withDays([bought('2026-03-04', 100)]), joined, today, 'usd')
    tally.add(withDays([bought('2026-06-01', 100)]), joined, today, 'usd')
    tally.add([], joined, today, 'usd')
    tally.add(withDays([bought('2025-01-01', 100)]), today - 90, today, 'usd')
    expect(tally.figures()).toEqual({
      members: 0,
      purchasesBefore: null,
      purchasesAfter: null,
      spendBefore: null,
      spendAfter: null,
    })
    tally.add(withDays([bought('2025-01-01', 100)]), today - 91, today, 'usd')
    expect(tally.figures().members).toBe(1)
  })
})

describe('churn of subscriptions', () => {
  const now = Date.parse('2026-03-15T00:00:00Z')
  const fact = (id: string, over: Partial<SubscriptionFact>): SubscriptionFact => ({
    kind: 'subscription',
    id,
    account: null,
    at: now,
    rank: 0,
    customer: null,
    status: 'active',
    items: [],
    startedAt: Date.parse('2025-12-01T00:00:00Z'),
    currentPeriodEnd: null,
    cancelAt: null,
    cancelAtPeriodEnd: false,
    canceledAt: null,
    endedAt: null,
    trialEnd: null,
    paused: false,
    ...over,
  })

  test('is of those that ran as the month began', () => {
    const tally = new SubscriptionTally(['2026-01', '2026-02', '2026-03'], 'UTC', now)
    const at = (date: string): number => Date.parse(`${date}T00:00:00Z`)
    tally.add(fact('sub_1', {}))
    tally.add(fact('sub_2', { status: 'canceled', endedAt: at('2026-02-10') }))
    tally.add(fact('sub_3', { startedAt: at('2026-02-05'), status: 'canceled', endedAt: at('2026-02-20') }))
    tally.add(fact('sub_4', { startedAt: at('2026-03-01') }))
    // It never began, it is a partner’s, it is to begin one day, nobody knows when.
    tally.add(fact('sub_5', { status: 'incomplete_expired' }))
    tally.add(fact('sub_6', { account: 'acct_cafe' }))
    tally.add(fact('sub_7', { startedAt: at('2026-05-01') }))
    tally.add(fact('sub_8', { startedAt: null }))
    // To be cancelled: it runs still.
    tally.add(fact('sub_9', { cancelAtPeriodEnd: true, cancelAt: at('2026-03-31'), canceledAt: at('2026-03-02') }))
    expect(tally.figures()).toEqual([
      { month: '2026-01', running: 3, began: 0, ended: 0, churn: 0 },
      { month: '2026-02', running: 3, began: 1, ended: 1, churn: 1 / 3 },
      { month: '2026-03', running: 2, began: 1, ended: 0, churn: 0 },
    ])
    expect(tally.running).toBe(3)
    expect(tally.span).toMatchObject({ running: 3, ended: 1, churn: 1 / 3 })
  })
})
