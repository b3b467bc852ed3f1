// The arithmetic of reports, each figure worked out by hand.
import { describe, expect, test } from 'vitest'
import { readSpan } from '../../src/app/reports/period.ts'
import {
  addLot,
  expectedBreakage,
  type LotBrief,
  noOpenPoints,
  type OpenPoints,
} from '../../src/core/report-breakage.ts'
import { judgeGoals, type Measured } from '../../src/core/report-goals.ts'
import { addToMonth, monthOf, monthsBetween, monthsFrom, startOfMonth } from '../../src/core/report-months.ts'
import { Sample, t975, welch } from '../../src/core/report-statistics.ts'
import { keptPieces, pointsValue, shareOut } from '../../src/core/report-value.ts'
import { makeProgram } from '../support/programs.ts'

describe('months', () => {
  test('are those of the zone, across a change of the year and of clocks', () => {
    expect(monthOf(Date.parse('2026-01-01T04:59:59Z'), 'America/New_York')).toBe('2025-12')
    expect(monthOf(Date.parse('2026-01-01T05:00:00Z'), 'America/New_York')).toBe('2026-01')
    expect(startOfMonth('2026-04', 'America/New_York')).toBe(Date.parse('2026-04-01T04:00:00Z'))
    expect(monthOf(Date.parse('2026-10-31T18:15:00Z'), 'Asia/Kathmandu')).toBe('2026-11')
  })

  test('are counted and listed', () => {
    expect([addToMonth('2026-01', -1), addToMonth('2026-11', 3)]).toEqual(['2025-12', '2027-02'])
    expect(monthsBetween('2025-11', '2026-02')).toBe(3)
    expect(monthsFrom('2025-12', '2026-02')).toEqual(['2025-12', '2026-01', '2026-02'])
    expect(monthsFrom('2026-02', '2026-01')).toEqual([])
  })
})

describe('a span', () => {
  const zone = 'America/New_York'
  test('is of local days and months, both ends included', () => {
    expect(readSpan({ from: '2026-03', to: '2026-03-08' }, zone)).toEqual({
      ok: true,
      span: {
        from: '2026-03-01',
        to: '2026-03-08',
        fromMs: Date.parse('2026-03-01T05:00:00Z'),
        // Clocks went forward on the 8th.
        toMs: Date.parse('2026-03-09T04:00:00Z'),
      },
    })
    expect(readSpan({ to: '2026-02' }, zone)).toMatchObject({ span: { from: null, to: '2026-02-28' } })
  })

  test.each(['2026-13', '2026-02-30', 'yesterday', '2026', '', '1066-10-14', '2026-11-22T00:00'])(
    'refuses %j as invalid_request',
    (from) => {
      expect(readSpan({ from }, zone)).toMatchObject({ ok: false, code: 'invalid_request' })
    },
  )

  test('refuses an end before its beginning as invalid_request', () => {
    expect(readSpan({ from: '2026-03', to: '2026-02' }, zone)).toMatchObject({ ok: false, code: 'invalid_request' })
  })
})

describe('what points are worth', () => {
  test('is exact, and the same below zero as above', () => {
    expect(pointsValue(333, 0.009, 'usd')).toBe(300)
    expect(pointsValue(-333, 0.009, 'usd')).toBe(-300)
    expect(pointsValue(1, 0.005, 'usd')).toBe(1)
    expect(pointsValue(7, 0.5, 'jpy')).toBe(4)
    expect(Object.is(pointsValue(-1, 0.001, 'usd'), 0)).toBe(true)
  })

  test('is shared out so that the parts add up', () => {
    expect(shareOut(100, [1, 1, 1])).toEqual([33, 34, 33])
    expect(shareOut(4990, [2000, 0, 3000])).toEqual([1996, 0, 2994])
    expect(shareOut(100, [0, 0])).toEqual([0, 0])
  })

  test('pieces are lessened in proportion, to the nearest', () => {
    expect([keptPieces(3, 900, 300), keptPieces(1, 100, 1), keptPieces(1, 100, 60), keptPieces(5, 0, 0)]).toEqual([
      2, 1, 0, 0,
    ])
  })
})

describe('the difference of two means', () => {
  const sampleOf = (values: number[]): Sample => {
    const sample = new Sample()
    for (const value of values) sample.add(value)
    return sample
  }
  const repeated = (times: number, ...values: number[]): Sample =>
    sampleOf(Array.from({ length: times }, () => values).flat())

  test('quantiles of Student’s t are those of the tables', () => {
    for (const [freedom, quantile] of [
      [29, 2.04523],
      [40, 2.02108],
      [60, 2.0003],
      [120, 1.97993],
      [1e9, 1.95996],
    ] as const)
      expect(t975(freedom)).toBeCloseTo(quantile, 4)
  })

  test('has the interval of Welch’s test', () => {
    // a: mean 5, variance 40/39 × 1; b: mean 3, variance 40/39 × 4.
    const [a, b] = [repeated(20, 4, 6), repeated(20, 1, 5)]
    expect([a.mean, b.mean]).toEqual([5, 3])
    expect(a.variance).toBeCloseTo(40 / 39)
    expect(b.variance).toBeCloseTo(160 / 39)
    // error = √(1/39 + 4/39) = 0.358057; freedom = (5/39)² ÷ ((1/39)² + (4/39)²) × 39 = 57.35; t = 2.00219
    const found = welch(a, b)
    expect(found?.difference).toBe(2)
    expect(found?.low).toBeCloseTo(2 - 2.00219 * 0.358057, 3)
    expect(found?.high).toBeCloseTo(2 + 2.00219 * 0.358057, 3)
  })

  test('is not told with fewer than thirty in either group, and is exact where nothing varies', () => {
    expect(welch(repeated(29, 1), repeated(500, 2))).toBeNull()
    expect(welch(repeated(500, 1), repeated(29, 2))).toBeNull()
    expect(welch(repeated(30, 3), repeated(30, 1))).toEqual({ difference: 2, low: 2, high: 2 })
  })

  test('covers the truth about 95 times in 100', () => {
    let state = 7
    const random = (): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
      return (state >>> 0) / 2 ** 32
    }
    const spend = (mean: number): number => -Math.log(1 - random()) * mean
    let covered = 0
    const rounds = 1_000
    for (let n = 0; n < rounds; n++) {
      const [a, b] = [new Sample(), new Sample()]
      for (let i = 0; i < 200; i++) a.add(spend(60))
      for (let i = 0; i < 80; i++) b.add(spend(50))
      const found = welch(a, b)
      if (found !== null && found.low <= 10 && found.high >= 10) covered++
    }
    expect(covered / rounds).toBeGreaterThan(0.92)
    expect(covered / rounds).toBeLessThan(0.98)
  })
})

const NOW = Date.parse('2026-11-22T12:00:00Z')
const span = { now: NOW, zone: 'UTC' }

function lot(id: string, earned: string, points: number, over: Partial<LotBrief> = {}): LotBrief {
  return {
    id,
    rule: 'purchase',
    earnedAt: Date.parse(`${earned}T12:00:00Z`),
    points,
    remaining: 0,
    expired: 0,
    state: 'available',
    expiresAt: null,
    idleMonths: null,
    notBefore: null,
    activeAt: null,
    ...over,
  }
}

describe('open points', () => {
  test('are told by age and by the month in which they end', () => {
    const open = noOpenPoints()
    const end = (date: string): number => Date.parse(`${date}T00:00:00Z`)
    addLot(open, lot('a', '2026-11-01', 100, { remaining: 40, expiresAt: end('2027-12-01') }), 0, span)
    addLot(open, lot('b', '2026-08-31', 100, { remaining: 30 }), 0, span)
    addLot(open, lot('c', '2024-11-30', 100, { remaining: 20, expiresAt: end('2026-10-01') }), 0, span)
    addLot(open, lot('d', '2025-06-01', 9, { remaining: 9, idleMonths: 12, activeAt: end('2026-02-10') }), 0, span)
    addLot(
      open,
      lot('e', '2026-09-01', 5, { remaining: 5, expiresAt: end('2026-10-01'), notBefore: end('2027-01-11') }),
      0,
      span,
    )
    expect(Object.fromEntries(open.byAge)).toEqual({ 0: 45, 3: 30, 6: 0, 12: 9, 24: 20 })
    // What is overdue ends now; 24:00 of 30 November is November's.
    expect(Object.fromEntries(open.byEnd)).toEqual({ '2027-11': 40, '2026-11': 20, '2027-02': 9, '2027-01': 5 })
    expect(open.withoutEnd).toBe(30)
  })
})

describe('expected breakage', () => {
  /** Ten lots of 100 in each month, each of which ended a year later; `broken` of each were not used. */
  function history(months: string[], broken: number): OpenPoints {
    const open = noOpenPoints()
    for (const month of months)
      for (let n = 0; n < 10; n++)
        addLot(
          open,
          lot(`${month}-${n}`, `${month}-10`, 100, {
            expired: broken,
            expiresAt: Date.parse(`${Number(month.slice(0, 4)) + 1}${month.slice(4)}-11T00:00:00Z`),
          }),
          0,
          span,
        )
    return open
  }
  const OLD = ['2024-01', '2024-02', '2024-03']

  test('takes the share of old months for the new ones, less what has ended already', () => {
    const open = history(OLD, 20)
    const ahead = { expiresAt: Date.parse('2027-06-01T00:00:00Z') }
    // 20 % of 1,000 are 200, 50 of which have ended; 900 are open.
    addLot(open, lot('x', '2026-06-01', 1_000, { remaining: 900, expired: 50, ...ahead }), 0, span)
    // 20 % of 500 are 100, but only 30 are open.
    addLot(open, lot('y', '2026-07-01', 500, { remaining: 30, ...ahead }), 0, span)
    expect(expectedBreakage(open)).toEqual({ points: 150 + 30, rate: 0.2, from: '2024-01', to: '2024-03', months: 3 })
  })

  test('counts points of rewards that lapsed', () => {
    const open = history(OLD.slice(0, 2), 0)
    for (let n = 0; n < 10; n++)
      addLot(open, lot(`f${n}`, '2024-03-10', 100, { expiresAt: Date.parse('2025-03-11T00:00:00Z') }), 30, span)
    addLot(open, lot('x', '2026-06-01', 1_000, { remaining: 1_000, expiresAt: NOW + 1 }), 0, span)
    // 10 × 30 of 3,000.
    expect(expectedBreakage(open)).toMatchObject({ points: 100, rate: 0.1 })
  })

  test('does not look at months of which quick spenders alone are through', () => {
    const open = history(OLD, 20)
    const ahead = { expiresAt: NOW + 86_400_000 }
    for (let n = 0; n < 50; n++) addLot(open, lot(`q${n}`, '2026-01-10', 1_000, ahead), 0, span)
    expect(expectedBreakage(open)).toMatchObject({ rate: 0.2, months: 3, to: '2024-03' })
  })

  test('is not told from too little history', () => {
    const ahead = lot('x', '2026-06-01', 1_000, { remaining: 1_000, expiresAt: NOW + 1 })
    const two = history(OLD.slice(0, 2), 20)
    addLot(two, ahead, 0, span)
    expect(expectedBreakage(two)).toEqual({ points: null, rate: null, from: '2024-01', to: '2024-02', months: 2 })
    const few = noOpenPoints()
    for (const month of OLD) addLot(few, lot(month, `${month}-10`, 100), 0, span)
    addLot(few, ahead, 0, span)
    expect(expectedBreakage(few)).toMatchObject({ points: null, months: 3 })
  })

  test('is none where no point ever ends', () => {
    const open = noOpenPoints()
    addLot(open, lot('x', '2026-06-01', 1_000, { remaining: 1_000 }), 0, span)
    expect(expectedBreakage(open)).toMatchObject({ points: 0, rate: 0 })
  })
})

describe('goals', () => {
  const measured: Measured = {
    members: 200,
    joinedLast90Days: 45,
    buying: 90,
    bought: 160,
    boughtAgain: 40,
    earned: 10_000,
    redeemed: 2_500,
    spendLastYear: 1_234_567,
  }
  const judge = (goals: NonNullable<Parameters<typeof makeProgram>[0]>['goals'], over: Partial<Measured> = {}) =>
    judgeGoals(makeProgram({ goals: goals ?? [] }), { ...measured, ...over }, NOW).map(({ actual, state }) => [
      actual,
      state,
    ])

  test('are each what they say', () => {
    const by = '2027-06-30'
    expect(
      judge([
        { metric: 'repeat_rate', target: 0.25, by },
        { metric: 'active_rate', target: 0.5, by },
        { metric: 'redemption_rate', target: 0.2, by },
        { metric: 'spend_per_member', target: 61.73, by },
      ]),
    ).toEqual([
      [0.25, 'reached'],
      [0.45, 'behind'],
      [0.25, 'reached'],
      // 1,234,567 ÷ 200 = 6,172.8 → 6,173 = $61.73.
      [6173, 'reached'],
    ])
  })

  test('members are on track by the pace of the last 90 days', () => {
    // Half a member a day: 220 days from now there are 110 more.
    expect(judge([{ metric: 'members', target: 309, by: '2027-06-30' }])).toEqual([[200, 'on_track']])
    expect(judge([{ metric: 'members', target: 312, by: '2027-06-30' }])).toEqual([[200, 'behind']])
  })

  test('the day itself still counts, and after it a goal is missed', () => {
    expect(judge([{ metric: 'active_rate', target: 0.5, by: '2026-11-22' }])).toEqual([[0.45, 'behind']])
    expect(judge([{ metric: 'active_rate', target: 0.5, by: '2026-11-21' }])).toEqual([[0.45, 'missed']])
  })

  test('cannot be said where there is nothing to measure', () => {
    const none = { members: 0, bought: 0, earned: 0 }
    const goals = (['repeat_rate', 'active_rate', 'redemption_rate', 'spend_per_member'] as const).map((metric) => ({
      metric,
      target: 0.1,
      by: '2027-06-30',
    }))
    expect(judge(goals, none)).toEqual(goals.map(() => [null, 'behind']))
  })
})
