// What is said of one customer, by models or by the plain rule; rhythms; and forecasts held against a shop's own past.
import { describe, expect, test } from 'vitest'
import { areaUnderCurve } from '../../src/retention/auc.ts'
import { backtest } from '../../src/retention/backtest.ts'
import { countAlerts } from '../../src/retention/backtest-alerts.ts'
import { createForecaster } from '../../src/retention/bg-nbd.ts'
import { checkHoldout } from '../../src/retention/holdout-check.ts'
import { outlook, riskOf } from '../../src/retention/outlook-model.ts'
import { overdueAfterDays, rhythmOf, usualDays } from '../../src/retention/rhythm.ts'
import { fitShop } from '../../src/retention/shop-fit.ts'
import type { BuyingHistory, Fit } from '../../src/retention/types.ts'
import { makeShoppers, seededUniform } from '../support/shoppers.ts'

const PARAMETERS = { r: 0.8, alpha: 6, a: 0.9, b: 3 }
const UNTIL = 640
const shop = makeShoppers({ customers: 3_000, model: 'mbg_nbd', parameters: PARAMETERS, beginDays: 300, days: UNTIL })
const histories = shop.map(({ history }) => history)
const OPTIONS = { at: 1, untilDay: UNTIL, customers: 3_000, atRiskBelow: 0.5 }
const fit = fitShop(histories, OPTIONS)

/** Purchases of 50.00 every so many days. */
const regular = (every: number, times: number, from = 100): BuyingHistory => ({
  days: Array.from({ length: times }, (_, i) => from + i * every),
  spend: Array.from({ length: times }, () => 5_000),
})
const see = (history: BuyingHistory, today: number, known: Fit | null = fit) =>
  outlook(history, known, today, { atRiskBelow: 0.5 })

describe('an outlook', () => {
  test('of somebody who buys by habit is good right after a purchase, and falls in silence', () => {
    const history = regular(21, 10)
    const last = history.days.at(-1) ?? 0
    const [fresh, late, gone] = [see(history, last), see(history, last + 60), see(history, last + 200)]
    expect(fresh).toMatchObject({ isEstimate: false, risk: 'low', usualDays: 21, daysSinceLast: 0 })
    expect(fresh?.expectedYearThen).toBe(fresh?.expectedPurchases.days365)
    expect(late?.probabilityAlive).toBeLessThan(fresh?.probabilityAlive ?? 0)
    // Under the same parameters, whatever the day on which it is asked.
    expect(late?.expectedYearThen).toBe(fresh?.expectedYearThen)
    expect(late?.expectedPurchases.days365).toBeLessThan(late?.expectedYearThen ?? 0)
    expect(gone).toMatchObject({ risk: 'high', daysSinceLast: 200 })
    expect(gone?.lifetimeValueMinor).toBeLessThan((fresh?.lifetimeValueMinor ?? 0) / 10)
  })
  test('gives value as purchases to come at what each brings', () => {
    const seen = see(regular(30, 8), 320)
    const year = (seen?.expectedPurchases.days365 ?? 0) * (seen?.spendPerPurchaseMinor ?? 0)
    expect(seen?.lifetimeValueMinor).toBeGreaterThan(year * 0.9)
    expect(seen?.lifetimeValueMinor).toBeLessThan(year * 3)
    expect(seen?.spendPerPurchaseMinor).toBeGreaterThan(2_000)
  })
  test('of one purchase has no habit, and an alarm that comes in time', () => {
    const once = { days: [100], spend: [4_990] }
    expect(see(once, 100)).toMatchObject({ usualDays: null, risk: 'low', isEstimate: false })
    expect(see(once, 600)).toMatchObject({ risk: 'high' })
  })
  test('of a single huge purchase does not expect it again', () => {
    const huge = see({ days: [600], spend: [1_000_000_000] }, UNTIL)
    expect(huge?.spendPerPurchaseMinor).toBeLessThan(20_000)
  })
  test('of all bought on one day is that of one purchase', () => {
    expect(see({ days: [600], spend: [15_000] }, UNTIL)?.expectedPurchases).toEqual(
      see({ days: [600], spend: [5_000] }, UNTIL)?.expectedPurchases,
    )
  })
  test('of somebody who gave all of it back promises no less than nothing', () => {
    for (const known of [fit, null]) {
      const back = see({ days: [500, 560, 600], spend: [-9_000, -9_000, -9_000] }, UNTIL, known)
      expect(back?.lifetimeValueMinor).toBeGreaterThanOrEqual(0)
      expect(back?.spendPerPurchaseMinor).toBeGreaterThanOrEqual(0)
    }
  })
  test('on a day before the last purchase is as it was then', () => {
    const history = regular(21, 10)
    expect(see(history, 170)).toEqual(see(regular(21, 4), 170))
    expect(see(history, 99)).toBeNull()
    expect(see({ days: [], spend: [] }, 99)).toBeNull()
  })
  test('carries the segment that it is given', () => {
    const seen = outlook(regular(21, 4), fit, 200, { atRiskBelow: 0.5, rfm: '543', segment: 'loyal' })
    expect(seen).toMatchObject({ rfm: '543', segment: 'loyal' })
    expect(see(regular(21, 4), 200)).toMatchObject({ rfm: null, segment: null })
  })
  test('without a fit is a plain rule, and says so', () => {
    const history = regular(20, 5)
    const at = (days: number) => see(history, 180 + days, null)
    expect(at(0)).toMatchObject({ isEstimate: true, probabilityAlive: 1, risk: 'low', spendPerPurchaseMinor: 5_000 })
    expect(at(20)).toMatchObject({ probabilityAlive: 1 })
    // Half as likely for each usual interval more.
    expect(at(40)?.probabilityAlive).toBeCloseTo(0.5, 9)
    expect(at(60)).toMatchObject({ risk: 'high' })
    // Five purchases in five intervals.
    expect(at(0)?.expectedPurchases.days30).toBeCloseTo(1.5, 9)
    expect(see({ days: [100], spend: [5_000] }, 100, null)?.expectedPurchases.days90).toBeCloseTo(1, 9)
  })
  test('with a fit in which no model stands is the plain rule by the shop’s rhythm', () => {
    const known: Fit = { ...fit, bgNbd: null, mbgNbd: null, gammaGamma: null, rhythm: { medianDays: 30, logSpread: 1 } }
    const once = { days: [100], spend: [5_000] }
    expect(see(once, 130, known)).toMatchObject({ isEstimate: true, probabilityAlive: 1 })
    expect(see(once, 160, known)?.probabilityAlive).toBeCloseTo(0.5, 9)
  })
})

describe('risk', () => {
  const signs = { alive: 0.9, atRiskBelow: 0.5, isOverdue: false, kept: 0.9 }
  test.each([
    ['low', {}],
    ['high', { alive: 0.49 }],
    ['low', { alive: 0.5 }],
    ['medium', { isOverdue: true }],
    ['medium', { kept: 0.49 }],
    ['high', { alive: 0.2, isOverdue: true, kept: 0 }],
    ['low', { alive: 0, atRiskBelow: 0 }],
  ] as const)('is %s with %o', (risk, change) => {
    expect(riskOf({ ...signs, ...change })).toBe(risk)
  })
})

describe('a rhythm', () => {
  test('is the median of one’s own days between purchases, from three purchase days on', () => {
    expect(usualDays({ days: [0, 10, 40], spend: [1, 1, 1] })).toBe(20)
    expect(usualDays({ days: [0, 10], spend: [1, 1] })).toBeNull()
  })
  test('of the shop needs twenty customers who have one', () => {
    expect(rhythmOf(Array(19).fill(regular(14, 5)), 9_999)).toBeNull()
    expect(rhythmOf(Array(20).fill(regular(14, 5)), 9_999)).toEqual({ medianDays: 14, logSpread: 0 })
    // Of which nobody knew yet.
    expect(rhythmOf(Array(20).fill(regular(14, 5)), 120)).toBeNull()
  })
  test('of the shop is that of its customers, not of its keenest', () => {
    const mixed = [...Array(30).fill(regular(30, 4)), regular(1, 400)]
    expect(rhythmOf(mixed, 9_999)?.medianDays).toBe(30)
  })
  test('is found as the spread that intervals were made with', () => {
    const random = seededUniform(5)
    const normal = () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random())
    const made = Array.from({ length: 400 }, () => {
      const days = [0]
      for (let i = 0; i < 8; i++) days.push((days.at(-1) ?? 0) + Math.round(60 * Math.exp(0.4 * normal())))
      return { days, spend: days.map(() => 1) }
    })
    const rhythm = rhythmOf(made, 99_999)
    expect(rhythm?.logSpread).toBeCloseTo(0.4, 1)
    // Whoever is still a customer is called overdue at one interval in twenty.
    const broken = made.filter((history) => {
      const limit = overdueAfterDays({ days: history.days.slice(0, -1), spend: [] }, rhythm)
      return (history.days.at(-1) ?? 0) - (history.days.at(-2) ?? 0) > (limit ?? 0)
    })
    expect(broken.length / made.length).toBeGreaterThan(0.02)
    expect(broken.length / made.length).toBeLessThan(0.08)
  })
  test('is broken later where intervals differ, never before half as long again, and not by those with no habit', () => {
    const shopRhythm = { medianDays: 30, logSpread: 0.3 }
    expect(overdueAfterDays(regular(21, 3), shopRhythm)).toBeNull()
    const even = overdueAfterDays(regular(21, 8), shopRhythm) ?? 0
    const uneven = overdueAfterDays({ days: [0, 7, 49, 56, 100, 105, 147], spend: [] }, shopRhythm) ?? 0
    expect(even).toBeGreaterThanOrEqual(32)
    expect(even).toBeLessThan(45)
    expect(uneven).toBeGreaterThan(even)
    expect(overdueAfterDays(regular(21, 8), { medianDays: 30, logSpread: 0 })).toBe(32)
    expect(overdueAfterDays(regular(21, 8), null)).toBeGreaterThan(even)
  })
})

describe('a backtest', () => {
  test('holds forecasts from the past against what came', () => {
    const tested = backtest(histories, { untilDay: UNTIL, atRiskBelow: 0.5 })
    expect(tested).toMatchObject({ horizonDays: 90, origins: [280, 370, 460, 550], chosen: fit.chosen })
    for (const { expected, actual, auc, meanAbsoluteError } of Object.values(tested?.models ?? {})) {
      expect(Math.abs(expected / actual - 1)).toBeLessThan(0.1)
      expect(auc).toBeGreaterThan(0.7)
      expect(meanAbsoluteError).toBeLessThan(1.5)
    }
    const { raised = 0, right = 0, stayedAway = 0 } = tested?.alerts ?? {}
    expect(raised).toBeGreaterThan(50)
    // At even odds of still being a customer, and few of those buy within a month.
    expect(right / raised).toBeGreaterThan(0.7)
    expect(right).toBeLessThanOrEqual(raised)
    expect(stayedAway).toBeGreaterThan(right)
  })
  test('knows nothing of what came after the last day', () => {
    const later = histories.map(({ days, spend }) => ({ days: [...days, UNTIL + 5], spend: [...spend, 100] }))
    expect(fitShop(later, OPTIONS)).toEqual(fit)
  })
  test('looks less far ahead where there is less past, and not at all where there is hardly any', () => {
    const short = makeShoppers({ customers: 1_500, model: 'mbg_nbd', parameters: PARAMETERS, beginDays: 40, days: 150 })
    const tested = backtest(
      short.map(({ history }) => history),
      { untilDay: 150, atRiskBelow: 0.5 },
    )
    expect(tested).toMatchObject({ horizonDays: 50, origins: [100] })
    const shorter = makeShoppers({
      customers: 1_500,
      model: 'mbg_nbd',
      parameters: PARAMETERS,
      beginDays: 40,
      days: 80,
    })
    expect(
      backtest(
        shorter.map(({ history }) => history),
        { untilDay: 80, atRiskBelow: 0.5 },
      ),
    ).toBeNull()
  })
  test('is none with too few customers', () => {
    expect(backtest(histories.slice(0, 90), { untilDay: UNTIL, atRiskBelow: 0.5 })).toBeNull()
    expect(backtest([], { untilDay: UNTIL, atRiskBelow: 0.5 })).toBeNull()
  })
})

describe('an alert of the past', () => {
  const forecaster = createForecaster('mbg_nbd', PARAMETERS)
  const count = (days: number[], origin: number, untilDay = 1_000) => {
    const alerts = { raised: 0, right: 0, stayedAway: 0 }
    const history = { days, spend: days.map(() => 1) }
    const came = days.filter((day) => day > origin && day <= origin + 90).length
    countAlerts(alerts, history, { forecaster, origin, horizonDays: 90, untilDay, atRiskBelow: 0.5, came })
    return alerts
  }
  const weekly = Array.from({ length: 12 }, (_, i) => i * 7)
  // The day on which twelve weekly purchases no longer make a customer.
  const fallsOn =
    Math.floor(7 * (forecaster.ageWhenBelow({ repeats: 11, recency: 11, age: 11, meanSpend: 1 }, 0.5) ?? 0)) + 1

  test('is right when they stay away for a month', () => {
    expect(count(weekly, fallsOn - 10)).toEqual({ raised: 1, right: 1, stayedAway: 1 })
    expect(count([...weekly, fallsOn + 31], fallsOn - 10)).toEqual({ raised: 1, right: 1, stayedAway: 0 })
    expect(count([...weekly, fallsOn + 29], fallsOn - 10)).toEqual({ raised: 1, right: 0, stayedAway: 0 })
  })
  test('is not raised for those who buy before it is due, or are at risk already, or not yet', () => {
    expect(count([...weekly, fallsOn - 5], fallsOn - 10)).toMatchObject({ raised: 0 })
    expect(count(weekly, fallsOn + 1)).toEqual({ raised: 0, right: 0, stayedAway: 0 })
    expect(count(weekly, fallsOn - 29)).toMatchObject({ raised: 0, stayedAway: 1 })
  })
  test('is not counted where nobody knows yet whether it was right', () => {
    expect(count(weekly, fallsOn - 10, fallsOn + 29)).toMatchObject({ raised: 0 })
    expect(count(weekly, fallsOn - 10, fallsOn + 30)).toMatchObject({ raised: 1 })
  })
})

describe('what is learnt from a shop', () => {
  test('names its customers, its sample and its mean', () => {
    const seen = histories.filter(({ days }) => (days[0] ?? 0) <= 200)
    const early = fitShop(histories, { ...OPTIONS, untilDay: 200, customers: 50_000 })
    expect(early).toMatchObject({ at: 1, untilDay: 200, customers: 50_000, sampled: seen.length })
    expect(early.bgNbd?.customers).toBe(seen.length)
    expect(early.meanSpend).toBeGreaterThan(0)
  })
  test('is the same in whatever order customers come, to the last digit', () => {
    expect(JSON.stringify(fitShop(histories.toReversed(), OPTIONS))).toBe(JSON.stringify(fit))
  })
  test('of nobody is nothing', () => {
    expect(fitShop([], { ...OPTIONS, customers: 0 })).toEqual({
      at: 1,
      untilDay: UNTIL,
      customers: 0,
      sampled: 0,
      bgNbd: null,
      mbgNbd: null,
      gammaGamma: null,
      chosen: 'bg_nbd',
      backtest: null,
      rhythm: null,
      meanSpend: 0,
      ranking: null,
    })
  })
})

test('a holdout is as long as purchases go on, and there is none without them', () => {
  const check = checkHoldout(histories, 500, fitShop(histories, { ...OPTIONS, untilDay: 500 }))
  expect(check?.weeks).toBe(20)
  expect(Math.abs((check?.expected ?? 0) / (check?.actual ?? 1) - 1)).toBeLessThan(0.1)
  expect(check?.auc.expected).toBeGreaterThan(check?.auc.alive ?? 1)
  expect(checkHoldout(histories, UNTIL, fit)).toBeNull()
})

describe('the area under the curve', () => {
  test('is the share of pairs in the right order, half for those alike', () => {
    expect(areaUnderCurve([1, 2, 3, 4], [false, false, true, true])).toBe(1)
    expect(areaUnderCurve([4, 3, 2, 1], [false, false, true, true])).toBe(0)
    expect(areaUnderCurve([1, 1, 1, 1], [false, true, true, false])).toBe(0.5)
    expect(areaUnderCurve([1, 2, 2, 3], [false, true, false, true])).toBe(0.875)
  })
  test('is not known where all or none came', () => {
    expect(areaUnderCurve([1, 2], [true, true])).toBeNull()
    expect(areaUnderCurve([], [])).toBeNull()
  })
})
