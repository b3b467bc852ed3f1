// The figures of 2,357 real customers against a recount that shares nothing with ours.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { DAY_MS } from '../../src/core/calendar.ts'
import { monthsFrom } from '../../src/core/report-months.ts'
import { averagesOf, CohortTriangle } from '../../src/retention/cohorts.ts'
import { customerInPeriod, type PaidPurchase, RetentionTally } from '../../src/retention/metrics.ts'

const CDNOW = fileURLToPath(new URL('../../../shared/data/cdnow-sample.csv', import.meta.url))

interface Row {
  customer: string
  date: string
  cents: number
}

describe.skipIf(!existsSync(CDNOW))('the CDNOW sample (skipped where ../shared/data is missing)', () => {
  const rows: Row[] = existsSync(CDNOW)
    ? readFileSync(CDNOW, 'utf8')
        .trim()
        .split(/\r?\n/)
        .slice(1)
        .map((line) => {
          const [customer = '', date = '', , dollars = ''] = line.split(',')
          return { customer, date, cents: Math.round(Number(dollars) * 100) }
        })
    : []
  const byCustomer = Map.groupBy(rows, ({ customer }) => customer)
  const histories = [...byCustomer.values()].map((own) =>
    own.map(({ date, cents }): PaidPurchase => {
      return { at: Date.parse(`${date}T18:00:00Z`), currency: 'usd', netMinor: cents, isRenewal: false }
    }),
  )

  test('the triangle of the first quarter of 1997', () => {
    const triangle = new CohortTriangle(monthsFrom('1997-01', '1997-03'), '1998-07', 'UTC')
    for (const history of histories) triangle.add(history)
    const cohorts = triangle.cohorts()
    expect([triangle.customers, triangle.earlier, triangle.later]).toEqual([2357, 0, 0])
    for (const { month, customers, cells, spend } of cohorts) {
      const members = [...byCustomer.values()].filter((own) =>
        own
          .map(({ date }) => date)
          .sort()[0]
          ?.startsWith(month),
      )
      expect(customers).toBe(members.length)
      expect(spend).toBe(members.flat().reduce((sum, { cents }) => sum + cents, 0))
      for (const cell of cells) {
        const year = 1997 + Math.floor((Number(month.slice(5)) - 1 + cell.since) / 12)
        const then = `${year}-${String(((Number(month.slice(5)) - 1 + cell.since) % 12) + 1).padStart(2, '0')}`
        const bought = members.flat().filter(({ date }) => date.startsWith(then))
        expect(cell.orders).toBe(bought.length)
        expect(cell.customers).toBe(new Set(bought.map(({ customer }) => customer)).size)
        expect(cell.spend).toBe(bought.reduce((sum, { cents }) => sum + cents, 0))
      }
    }
    expect(cohorts.reduce((sum, { orders }) => sum + orders, 0)).toBe(rows.length)
    const [, second] = averagesOf(cohorts)
    const active = cohorts.reduce((sum, { cells }) => sum + (cells[1]?.customers ?? 0), 0)
    expect(second?.share).toBeCloseTo(active / 2357, 12)
  })

  test('retention from the calibration to the holdout, and the figures beside it', () => {
    const fromDay = Date.parse('1997-10-01T00:00:00Z') / DAY_MS
    const toDay = Date.parse('1998-06-30T00:00:00Z') / DAY_MS
    const tally = new RetentionTally()
    for (const history of histories) {
      const found = customerInPeriod(history, { fromDay, toDay }, 'UTC')
      if (found !== null) tally.add(found, null)
    }
    const figures = tally.figures()
    const later = rows.filter(({ date }) => date >= '1997-10-01' && date <= '1998-06-30')
    // 273 days before, from 1 January 1997 on: everybody who had bought by then.
    const before = new Set(rows.filter(({ date }) => date < '1997-10-01').map(({ customer }) => customer))
    const after = new Set(later.map(({ customer }) => customer))
    const stayed = [...after].filter((customer) => before.has(customer)).length
    expect(before.size).toBe(2357)
    expect(figures).toMatchObject({
      everCustomers: 2357,
      customers: after.size,
      customersBefore: 2357,
      retained: stayed,
      retention: stayed / 2357,
      orders: later.length,
      frequency: later.length / after.size,
    })
    const spend = later.reduce((sum, { cents }) => sum + cents, 0)
    const ever = rows.filter(({ date }) => date <= '1998-06-30').reduce((sum, { cents }) => sum + cents, 0)
    expect(figures.money).toEqual([
      {
        currency: 'usd',
        customers: after.size,
        orders: later.length,
        spend,
        averageOrder: Math.round(spend / later.length),
        lifetimeValue: Math.round(ever / 2357),
      },
    ])
  })
})
