// The probability models against what was published, against integrals and simulation, and on data that says nothing.
import { describe, expect, test } from 'vitest'
import { createForecaster } from '../../src/retention/bg-nbd.ts'
import { fitModels, fitSpend } from '../../src/retention/fit.ts'
import { expectedSpend } from '../../src/retention/gamma-gamma.ts'
import { discountedPurchases, WEEKS_A_YEAR } from '../../src/retention/lifetime-value.ts'
import { minimise } from '../../src/retention/optimise.ts'
import { groupSummaries, summarise } from '../../src/retention/summaries.ts'
import type { BgNbd, ModelName, Summary } from '../../src/retention/types.ts'
import { makeShoppers } from '../support/shoppers.ts'

const customer = (repeats: number, recency: number, age: number, meanSpend = 0): Summary => ({
  repeats,
  recency,
  age,
  meanSpend,
})
/** Fader, Hardie & Lee (2005), table 2. */
const CDNOW: BgNbd = { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 }

describe('a history as the models see it', () => {
  const history = { days: [100, 107, 121], spend: [5_000, 1_000, 3_000] }

  test('counts repeats, and weeks from the first purchase', () => {
    expect(summarise(history, 135)).toEqual({ repeats: 2, recency: 3, age: 5, meanSpend: 2_000 })
  })
  test('ends on the day asked about', () => {
    expect(summarise(history, 107)).toEqual({ repeats: 1, recency: 1, age: 1, meanSpend: 1_000 })
    expect(summarise(history, 106)).toEqual({ repeats: 0, recency: 0, age: 6 / 7, meanSpend: 0 })
    expect(summarise(history, 99)).toBeNull()
    expect(summarise({ days: [], spend: [] }, 99)).toBeNull()
  })
  test('is grouped with those that are alike, in whatever order they come', () => {
    const some = [customer(0, 0, 5), customer(2, 3, 5), customer(0, 0, 5), customer(1, 1, 9), customer(0, 0, 9)]
    const groups = groupSummaries(some)
    expect([...groups.weights]).toEqual([2, 1, 1, 1])
    expect(groups).toMatchObject({ customers: 5, repeaters: 2 })
    expect(groupSummaries(some.toReversed())).toEqual(groups)
    const spread = Array.from(groups.weights, (_, i) => [
      groups.repeats[groups.repeatsAt[i] ?? 0],
      groups.recencies[groups.recencyAt[i] ?? 0],
      groups.ages[groups.ageAt[i] ?? 0],
    ])
    expect(spread).toEqual([
      [0, 0, 5],
      [0, 0, 9],
      [1, 1, 9],
      [2, 3, 5],
    ])
  })
})

describe('the optimiser', () => {
  test('finds the bottom of a curved valley', () => {
    const valley = ([x = 0, y = 0]: readonly number[], slope: number[]) => {
      slope[0] = 400 * x * (x * x - y) - 2 * (1 - x)
      slope[1] = 200 * (y - x * x)
      return 100 * (y - x * x) ** 2 + (1 - x) ** 2
    }
    const { point, value, isSettled } = minimise(valley, [-1.2, 1])
    expect(isSettled).toBe(true)
    expect(point[0]).toBeCloseTo(1, 5)
    expect(point[1]).toBeCloseTo(1, 5)
    expect(value).toBeCloseTo(0, 10)
  })
  test('says so when there is no bottom', () => {
    const slide = ([x = 0]: readonly number[], slope: number[]) => {
      slope[0] = 1
      return x
    }
    expect(minimise(slide, [0]).isSettled).toBe(false)
  })
  test('says so when the function is no number anywhere', () => {
    expect(minimise(() => Number.NaN, [0, 0]).isSettled).toBe(false)
  })
})

/** The mean of a function of p over Beta(a, b), by the midpoint rule over the logit of p, where the density is tame. */
function overBeta(a: number, b: number, value: (p: number) => number): number {
  const [low, high] = [-35 / a, 35 / b]
  const softplus = (u: number): number => Math.max(u, 0) + Math.log1p(Math.exp(-Math.abs(u)))
  let [sum, all] = [0, 0]
  const steps = 400_000
  for (let i = 0; i < steps; i++) {
    const u = low + ((high - low) * (i + 0.5)) / steps
    const weight = Math.exp(-a * softplus(-u) - b * softplus(u))
    sum += weight * value(1 / (1 + Math.exp(-u)))
    all += weight
  }
  return sum / all
}

describe.each<[ModelName, number]>([
  ['bg_nbd', 0],
  ['mbg_nbd', 1],
])('%s', (model, first) => {
  test.each<[string, BgNbd, Summary, number]>([
    ['one purchase', CDNOW, customer(0, 0, 20), 52],
    ['a few', CDNOW, customer(3, 20, 38), 39],
    ['a equal to 1', { ...CDNOW, a: 1 }, customer(2, 30, 38), 52],
    ['a + b below 1', { r: 0.5, alpha: 3, a: 0.3, b: 0.4 }, customer(0, 0, 2), 100],
    ['a rate that all share', { r: 60, alpha: 50, a: 0.4, b: 3 }, customer(12, 10, 12), 156],
    ['few who leave', { r: 2, alpha: 3, a: 0.01, b: 4 }, customer(30, 40, 42), 52],
    ['a heavy buyer', CDNOW, customer(900, 100, 101), 156],
  ])('expects of %s what the integral says', (_, parameters, one, weeks) => {
    const { r, alpha, a, b } = parameters
    const forecaster = createForecaster(model, parameters)
    const [shape, scale] = [r + one.repeats, alpha + one.age]
    // Given p, purchases at rate λ until one leaves: (1 − exp(−λpt)) / p, and λ is Gamma.
    const there = overBeta(a, b + one.repeats + first, (p) =>
      p < 1e-12 ? (shape * weeks) / scale : -Math.expm1(-shape * Math.log1p((p * weeks) / scale)) / p,
    )
    const expected = forecaster.alive(one) * there
    expect(forecaster.purchases(one, weeks) / expected).toBeCloseTo(1, 5)
  })

  test('foretells simulated shoppers: how many are there still, and what they buy', () => {
    const parameters = { r: 0.8, alpha: 6, a: 0.9, b: 3 }
    const [until, end] = [280, 462]
    const shoppers = makeShoppers({ customers: 20_000, model, parameters, beginDays: 90, days: end, seed: 7 })
    const forecaster = createForecaster(model, parameters)
    let [expected, came, alive] = [0, 0, 0]
    for (const { history } of shoppers) {
      const summary = summarise(history, until)
      if (summary === null) continue
      expected += forecaster.purchases(summary, (end - until) / 7)
      alive += forecaster.alive(summary)
      came += history.days.filter((day) => day > until).length
    }
    const now = makeShoppers({ customers: 20_000, model, parameters, beginDays: 90, days: until, seed: 7 })
    expect(alive / now.filter(({ isThere }) => isThere).length).toBeCloseTo(1, 1)
    expect(Math.abs(expected / came - 1)).toBeLessThan(0.04)
  })

  test('finds the parameters that shoppers were made with', () => {
    const parameters = { r: 0.6, alpha: 7, a: 0.8, b: 2.5 }
    const shoppers = makeShoppers({ customers: 40_000, model, parameters, beginDays: 180, days: 728, seed: 3 })
    const summaries = shoppers.flatMap(({ history }) => summarise(history, 728) ?? [])
    const { bgNbd, mbgNbd, gammaGamma } = fitModels(summaries)
    const [fitted, other] = model === 'bg_nbd' ? [bgNbd, mbgNbd] : [mbgNbd, bgNbd]
    for (const key of ['r', 'alpha', 'a', 'b'] as const)
      expect(Math.abs((fitted?.[key] ?? 0) / parameters[key] - 1), key).toBeLessThan(0.12)
    // The model that made them is the likelier one.
    expect(fitted?.logLikelihood).toBeGreaterThan(other?.logLikelihood ?? 0)
    expect(gammaGamma?.p).toBeGreaterThan(5.5)
    expect(gammaGamma?.p).toBeLessThan(6.5)
    expect(gammaGamma?.q).toBeGreaterThan(3.6)
    expect(gammaGamma?.q).toBeLessThan(4.4)
  })

  test('knows the age at which a customer falls below a probability', () => {
    const forecaster = createForecaster(model, CDNOW)
    const one = customer(4, 20, 21)
    const age = forecaster.ageWhenBelow(one, 0.5) ?? 0
    expect(age).toBeGreaterThan(20)
    expect(forecaster.alive({ ...one, age: age - 0.01 })).toBeGreaterThan(0.5)
    expect(forecaster.alive({ ...one, age: age + 0.01 })).toBeLessThan(0.5)
    expect(forecaster.ageWhenBelow(one, 0)).toBeNull()
    expect(forecaster.ageWhenBelow(one, 1)).toBe(20)
  })
})

test('BG/NBD expects what was published of the customer of the paper', () => {
  // Fader, Hardie & Lee's note on CDNOW: x = 2, t_x = 30.43, T = 38.86 buys 1.226 times in 39 weeks.
  const forecaster = createForecaster('bg_nbd', CDNOW)
  expect(forecaster.purchases(customer(2, 30.43, 38.86), 39)).toBeCloseTo(1.226, 3)
})

test('BG/NBD calls every one-time buyer a customer; MBG/NBD does not', () => {
  expect(createForecaster('bg_nbd', CDNOW).alive(customer(0, 0, 1_000))).toBe(1)
  expect(createForecaster('bg_nbd', CDNOW).ageWhenBelow(customer(0, 0, 1), 0.5)).toBeNull()
  expect(createForecaster('mbg_nbd', CDNOW).alive(customer(0, 0, 1_000))).toBeLessThan(0.5)
})

describe('Gamma-Gamma', () => {
  const fitted = { p: 6.25, q: 3.74, v: 15.44 }

  test('expects the mean of all of those who have not come back', () => {
    const mean = (6.25 * 15.44) / 2.74
    expect(expectedSpend(fitted, customer(0, 0, 10))).toBeCloseTo(mean, 9)
    expect(expectedSpend(fitted, customer(3, 5, 10, 0))).toBeCloseTo(mean, 9)
    expect(expectedSpend(fitted, customer(3, 5, 10, -20))).toBeCloseTo(mean, 9)
  })
  test('believes a customer the more, the more they bought', () => {
    const [one, ten, many] = [1, 10, 1_000].map((repeats) => expectedSpend(fitted, customer(repeats, 5, 10, 200)))
    expect(one).toBeGreaterThan(35)
    expect(ten).toBeGreaterThan(one ?? 0)
    expect(many).toBeCloseTo(200, 0)
  })
  test('is the same in cents as in dollars', () => {
    const shoppers = makeShoppers({
      customers: 3_000,
      model: 'bg_nbd',
      parameters: { r: 1, alpha: 4, a: 0.8, b: 3 },
      beginDays: 60,
      days: 365,
    })
    const cents = shoppers.flatMap(({ history }) => summarise(history, 365) ?? [])
    const dollars = cents.map((one) => ({ ...one, meanSpend: one.meanSpend / 100 }))
    const [inCents, inDollars] = [fitSpend(cents), fitSpend(dollars)]
    expect((inDollars?.p ?? 0) / (inCents?.p ?? 0)).toBeCloseTo(1, 5)
    expect((100 * (inDollars?.v ?? 0)) / (inCents?.v ?? 0)).toBeCloseTo(1, 5)
  })
})

describe('discounted purchases', () => {
  const { purchases } = createForecaster('mbg_nbd', CDNOW)
  const one = (weeks: number) => purchases(customer(5, 30, 32), weeks)

  test('are what monthly steps make', () => {
    let monthly = 0
    for (let month = 1; month <= 36; month++) {
      const [from, to] = [((month - 1) * WEEKS_A_YEAR) / 12, (month * WEEKS_A_YEAR) / 12]
      monthly += (one(to) - one(from)) / 1.1 ** ((month - 0.5) / 12)
    }
    expect(discountedPurchases(one) / monthly).toBeCloseTo(1, 3)
  })
  test('are all of them without a discount, and none without a horizon', () => {
    expect(discountedPurchases(one, { years: 1, yearlyDiscount: 0 })).toBeCloseTo(one(WEEKS_A_YEAR), 9)
    expect(discountedPurchases(one, { years: 0, yearlyDiscount: 0.1 })).toBe(0)
    expect(discountedPurchases(one, { years: 99, yearlyDiscount: 0 })).toBeCloseTo(one(3 * WEEKS_A_YEAR), 9)
  })
})

describe('customers who say too little', () => {
  const many = (count: number, make: (i: number) => Summary) => Array.from({ length: count }, (_, i) => make(i))
  const none = { bgNbd: null, mbgNbd: null, gammaGamma: null }

  test.each<[string, Summary[]]>([
    ['nobody', []],
    ['one customer', [customer(5, 10, 20, 30)]],
    ['one-time buyers only', many(5_000, (i) => customer(0, 0, i % 50))],
    ['all on one day, today', many(5_000, () => customer(0, 0, 0))],
    ['too few who came back', many(1_000, (i) => customer(i < 19 ? 1 : 0, i < 19 ? 3 : 0, 20, 10 + i))],
  ])('%s: there is no model', (_, summaries) => {
    expect(fitModels(summaries)).toEqual(none)
  })
  test('all of the same spend: there is no Gamma-Gamma', () => {
    expect(fitSpend(many(500, (i) => customer(1 + (i % 3), 5, 10, 4_990)))).toBeNull()
  })
  test('nobody paid: there is no Gamma-Gamma', () => {
    expect(fitSpend(many(500, (i) => customer(1 + (i % 3), 5, 10, -i)))).toBeNull()
  })
  test('all alike: whatever is fitted is finite', () => {
    for (const one of [customer(3, 30, 40, 10), customer(300, 52, 52, 10), customer(1, 0, 0, 10)]) {
      const { bgNbd, mbgNbd, gammaGamma } = fitModels(many(400, () => one))
      for (const fitted of [bgNbd, mbgNbd, gammaGamma])
        expect(Object.values(fitted ?? {}).every((value) => Number.isFinite(value))).toBe(true)
    }
  })
})

test('heavy buyers do not break the fit', () => {
  const shoppers = makeShoppers({
    customers: 2_000,
    model: 'mbg_nbd',
    parameters: { r: 0.5, alpha: 4, a: 0.9, b: 3 },
    beginDays: 90,
    days: 730,
  })
  const summaries = shoppers.flatMap(({ history }) => summarise(history, 730) ?? [])
  for (let i = 0; i < 20; i++) summaries.push(customer(3_000 + i, 500, 500, 5_000))
  const { bgNbd, mbgNbd, gammaGamma } = fitModels(summaries)
  for (const fitted of [bgNbd, mbgNbd, gammaGamma])
    expect(Object.values(fitted ?? { none: Number.NaN }).every((value) => Number.isFinite(value))).toBe(true)
  for (const [model, fitted] of [
    ['bg_nbd', bgNbd],
    ['mbg_nbd', mbgNbd],
  ] as const) {
    if (fitted === null) throw new Error(`${model} was not fitted`)
    const forecaster = createForecaster(model, fitted)
    expect(forecaster.purchases(customer(3_000, 500, 500), 52)).toBeGreaterThan(200)
    expect(forecaster.purchases(customer(3_000, 500, 500), 52)).toBeLessThan(330)
    expect(forecaster.alive(customer(3_000, 400, 500))).toBeLessThan(0.001)
  }
})

/** Each takes hundredths of a second: REFITS=1000 takes its time. */
const REFITS = Number(process.env.REFITS ?? 100)

test('refits, in whatever order and however many, give the same numbers to the last digit', () => {
  const shoppers = makeShoppers({
    customers: 150,
    model: 'bg_nbd',
    parameters: { r: 0.6, alpha: 5, a: 0.8, b: 2.5 },
    beginDays: 90,
    days: 365,
  })
  const summaries = shoppers.flatMap(({ history }) => summarise(history, 365) ?? [])
  const first = JSON.stringify(fitModels(summaries))
  expect(JSON.parse(first).mbgNbd).not.toBeNull()
  for (let i = 0; i < REFITS; i++) {
    summaries.push(...summaries.splice(0, 1 + (i % 7)))
    if (i % 3 === 0) summaries.reverse()
    expect(JSON.stringify(fitModels(summaries))).toBe(first)
  }
}, 120_000)
