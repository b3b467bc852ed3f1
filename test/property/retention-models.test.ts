// Whatever customers and parameters there are: probabilities are between 0 and 1, expectations are finite, none is negative,
// and more time never brings fewer purchases.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createForecaster } from '../../src/retention/bg-nbd.ts'
import { expectedSpend } from '../../src/retention/gamma-gamma.ts'
import { discountedPurchases } from '../../src/retention/lifetime-value.ts'
import { outlook } from '../../src/retention/outlook-model.ts'
import { overdueAfterDays, rhythmOf, usualDays } from '../../src/retention/rhythm.ts'
import { fitShop } from '../../src/retention/shop-fit.ts'
import type { BgNbd, BuyingHistory, Fit, Outlook, Summary } from '../../src/retention/types.ts'

/** Of any order of magnitude. */
const magnitude = (from: number, to: number) =>
  fc.double({ min: from, max: to, noNaN: true }).map((power) => 10 ** power)
const parameters: fc.Arbitrary<BgNbd> = fc.record({
  r: magnitude(-6, 6),
  alpha: magnitude(-6, 8),
  a: magnitude(-6, 6),
  b: magnitude(-6, 6),
})
const model = fc.constantFrom('bg_nbd' as const, 'mbg_nbd' as const)
const summary: fc.Arbitrary<Summary> = fc
  .record({
    repeats: fc.oneof(fc.nat(20), fc.nat(10_000)),
    recency: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 2_000, noNaN: true })),
    since: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 2_000, noNaN: true })),
    meanSpend: fc.oneof(fc.constant(0), fc.double({ min: -1e9, max: 1e12, noNaN: true })),
  })
  .map(({ repeats, recency, since, meanSpend }) => ({
    repeats,
    recency: repeats === 0 ? 0 : recency,
    age: (repeats === 0 ? 0 : recency) + since,
    meanSpend,
  }))
const weeks = fc.oneof(fc.constantFrom(0, 1, 4, 13, 52), fc.double({ min: 0, max: 200, noNaN: true }))

describe('a forecast', () => {
  it('is finite, not negative, and grows with the time', () => {
    fc.assert(
      fc.property(model, parameters, summary, weeks, weeks, (name, fitted, customer, some, more) => {
        const forecaster = createForecaster(name, fitted)
        const alive = forecaster.alive(customer)
        expect(alive).toBeGreaterThanOrEqual(0)
        expect(alive).toBeLessThanOrEqual(1)
        const [soon, later] = [forecaster.purchases(customer, some), forecaster.purchases(customer, some + more)]
        for (const value of [soon, later]) {
          expect(value).toBeGreaterThanOrEqual(0)
          expect(value).toBeLessThan(Number.POSITIVE_INFINITY)
        }
        expect(later).toBeGreaterThanOrEqual(soon * (1 - 1e-6))
        expect(discountedPurchases((time) => forecaster.purchases(customer, time))).toBeGreaterThanOrEqual(0)
      }),
      { numRuns: 400 },
    )
  })
  it('thinks the less of a customer, the longer they are silent', () => {
    fc.assert(
      fc.property(model, parameters, summary, weeks, (name, fitted, customer, more) => {
        const { alive } = createForecaster(name, fitted)
        expect(alive({ ...customer, age: customer.age + more })).toBeLessThanOrEqual(alive(customer) + 1e-12)
      }),
    )
  })
  it('of Gamma-Gamma lies between the customer’s own mean and the shop’s', () => {
    const spend = fc.record({
      p: magnitude(-3, 4),
      q: fc.double({ min: 1.02, max: 1e4, noNaN: true }),
      v: magnitude(-3, 9),
    })
    fc.assert(
      fc.property(spend, summary, (fitted, customer) => {
        const shop = expectedSpend(fitted, { ...customer, repeats: 0 })
        const own = customer.repeats > 0 && customer.meanSpend > 0 ? customer.meanSpend : shop
        const expected = expectedSpend(fitted, customer)
        expect(expected).toBeGreaterThanOrEqual(Math.min(own, shop) * (1 - 1e-9))
        expect(expected).toBeLessThanOrEqual(Math.max(own, shop) * (1 + 1e-9))
      }),
    )
  })
})

const history: fc.Arbitrary<BuyingHistory> = fc
  .array(
    fc.record({
      day: fc.oneof(fc.integer({ min: 19_000, max: 21_000 }), fc.integer({ min: 20_000, max: 20_010 })),
      spend: fc.oneof(
        fc.integer({ min: -5_000, max: 20_000 }),
        fc.constantFrom(0, Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER),
      ),
    }),
    { minLength: 1, maxLength: 30 },
  )
  .map((purchases) => {
    const days = [...new Map(purchases.map(({ day, spend }) => [day, spend]))].sort(([a], [b]) => a - b)
    return { days: days.map(([day]) => day), spend: days.map(([, spend]) => spend) }
  })

const fit: fc.Arbitrary<Fit | null> = fc.option(
  fc.record({
    at: fc.constant(0),
    untilDay: fc.constant(20_500),
    customers: fc.constant(1_000),
    sampled: fc.constant(1_000),
    bgNbd: fc.option(parameters.map((found) => ({ ...found, logLikelihood: -1, customers: 1_000 }))),
    mbgNbd: fc.option(parameters.map((found) => ({ ...found, logLikelihood: -1, customers: 1_000 }))),
    gammaGamma: fc.option(fc.constant({ p: 6, q: 3.7, v: 1_544, logLikelihood: -1, customers: 400 })),
    chosen: model,
    backtest: fc.constant(null),
    rhythm: fc.option(
      fc.record({ medianDays: magnitude(0, 3), logSpread: fc.double({ min: 0, max: 3, noNaN: true }) }),
    ),
    meanSpend: fc.oneof(fc.constant(0), magnitude(0, 6)),
  }),
)

function expectSound(seen: Outlook): void {
  expect(seen.probabilityAlive).toBeGreaterThanOrEqual(0)
  expect(seen.probabilityAlive).toBeLessThanOrEqual(1)
  const { days30, days90, days365 } = seen.expectedPurchases
  for (const value of [days30, days90, days365, seen.expectedYearThen]) {
    expect(value).toBeGreaterThanOrEqual(0)
    expect(Number.isFinite(value)).toBe(true)
  }
  expect(days90).toBeGreaterThanOrEqual(days30 * (1 - 1e-6))
  expect(days365).toBeGreaterThanOrEqual(days90 * (1 - 1e-6))
  for (const value of [seen.lifetimeValueMinor, seen.spendPerPurchaseMinor]) {
    expect(Number.isSafeInteger(value)).toBe(true)
    expect(value).toBeGreaterThanOrEqual(0)
    expect(Object.is(value, -0)).toBe(false)
  }
}

describe('an outlook', () => {
  it('is sound for any history, day and fit, or none', () => {
    fc.assert(
      fc.property(history, fit, fc.integer({ min: 18_990, max: 22_000 }), (bought, known, today) => {
        const seen = outlook(bought, known, today, { atRiskBelow: 0.5 })
        expect(seen === null).toBe(today < (bought.days[0] ?? 0))
        if (seen === null) return
        expectSound(seen)
        expect(seen.daysSinceLast).toBeGreaterThanOrEqual(0)
        expect(seen.isEstimate).toBe(known === null || (known.bgNbd === null && known.mbgNbd === null))
      }),
      { numRuns: 300 },
    )
  })
})

describe('a rhythm', () => {
  it('is never broken before half as long again as usual, nor known from a few purchases', () => {
    fc.assert(
      fc.property(history, fc.array(history, { maxLength: 40 }), (bought, others) => {
        const rhythm = rhythmOf(others, 20_500)
        if (rhythm !== null) expect(Number.isFinite(rhythm.logSpread + rhythm.medianDays)).toBe(true)
        const [overdue, usual] = [overdueAfterDays(bought, rhythm), usualDays(bought)]
        expect(overdue === null).toBe(bought.days.length < 4)
        expect(usual === null).toBe(bought.days.length < 3)
        if (overdue !== null) expect(overdue).toBeGreaterThanOrEqual(1.5 * (usual ?? 0))
      }),
    )
  })
})

describe('what is learnt from a shop', () => {
  it('has nothing in it that is no number, whatever the shop', () => {
    // Also of so many that models can be fitted.
    const shop = fc.oneof(
      fc.array(history, { maxLength: 20 }),
      fc.array(history, { minLength: 120, maxLength: 250, size: 'max' }),
    )
    let fitted = 0
    fc.assert(
      fc.property(shop, fc.integer({ min: 19_000, max: 21_100 }), (histories, untilDay) => {
        const learnt = fitShop(histories, { at: 0, untilDay, customers: histories.length, atRiskBelow: 0.5 })
        if (learnt.mbgNbd !== null) fitted++
        // JSON would turn NaN and infinity into null.
        expect(JSON.parse(JSON.stringify(learnt))).toEqual(learnt)
        for (const bought of histories.slice(0, 5)) {
          const seen = outlook(bought, learnt, untilDay, { atRiskBelow: 0.5 })
          if (seen !== null) expectSound(seen)
        }
      }),
      { numRuns: 30 },
    )
    expect(fitted).toBeGreaterThan(3)
  })
})
