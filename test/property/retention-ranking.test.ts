// Whatever customers bought, and whatever a ranking weighs: a chance is a chance, and nothing is ever no number.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createForecaster } from '../../src/retention/bg-nbd.ts'
import { rankScore, trainRanking } from '../../src/retention/ranking.ts'
import type { BuyingHistory, Ranking } from '../../src/retention/types.ts'
import { seededUniform } from '../support/shoppers.ts'

const FEATURES = [
  'chance',
  'expected',
  'often',
  'since',
  'late',
  'late_even',
  'early_even',
  'uneven',
  'rhythm',
  'spend',
] as const

const history: fc.Arbitrary<BuyingHistory> = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: -1_000, max: 30_000 }), { minLength: 0, maxLength: 40 }),
    fc.array(fc.oneof(fc.integer({ min: -1_000_000, max: 1_000_000_000 }), fc.constant(0)), {
      minLength: 40,
      maxLength: 40,
    }),
  )
  .map(([days, spend]) => ({ days: days.sort((a, b) => a - b), spend: spend.slice(0, days.length) }))
const magnitude = fc.double({ min: -4, max: 6, noNaN: true }).map((power) => 10 ** power)
const ranking: fc.Arbitrary<Ranking> = fc
  .record({
    weights: fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 10, maxLength: 10 }),
    intercept: fc.double({ min: -50, max: 50, noNaN: true }),
    typicalSpend: fc.oneof(fc.constant(0), magnitude),
    horizonDays: fc.integer({ min: 1, max: 1_000 }),
  })
  .map((some) => ({
    ...some,
    features: [...FEATURES],
    origins: [],
    validation: { origins: [], customers: 0, auc: { expected: 0.5, ranking: 0.6 }, standardError: 0.01 },
  }))

describe('a score', () => {
  test('is from 0 to 1 for any customer, any day, any model and any weights', () => {
    fc.assert(
      fc.property(
        ranking,
        history,
        fc.integer({ min: -2_000, max: 40_000 }),
        fc.record({ r: magnitude, alpha: magnitude, a: magnitude, b: magnitude }),
        fc.option(fc.integer({ min: 0, max: 5_000 }), { nil: undefined }),
        (some, customer, day, parameters, days) => {
          const score = rankScore(some, customer, day, createForecaster('mbg_nbd', parameters), days)
          expect(score).toBeGreaterThanOrEqual(0)
          expect(score).toBeLessThanOrEqual(1)
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('learning', () => {
  interface ShopOptions {
    seed: number
    customers: number
    unevenness: number
    odd: BuyingHistory[]
  }
  /** Customers with paces of their own, more or less regular, and among them some who are as odd as can be. */
  function makeShop({ seed, customers, unevenness, odd }: ShopOptions): BuyingHistory[] {
    const uniform = seededUniform(seed)
    return [...Array.from({ length: customers }, () => makeCustomer(uniform, unevenness)), ...odd]
  }
  const shop = fc
    .record({
      seed: fc.nat(),
      customers: fc.integer({ min: 50, max: 300 }),
      unevenness: fc.double({ min: 0, max: 2, noNaN: true }),
      odd: fc.array(history, { maxLength: 20 }),
    })
    .map(makeShop)
  const regular = makeShop({ seed: 2, customers: 300, unevenness: 0.2, odd: [] })

  function makeCustomer(uniform: () => number, unevenness: number): BuyingHistory {
    const [pace, until] = [10 + 60 * uniform(), 200 + 900 * uniform()]
    const days: number[] = []
    for (let at = 500 * uniform(); at < until; at += Math.max(1, pace * (1 + unevenness * (uniform() - 0.5))))
      if (Math.floor(at) !== days.at(-1)) days.push(Math.floor(at))
    return { days, spend: days.map(() => Math.round(10_000 * uniform()) - 500) }
  }

  test('ends in no ranking or in finite weights that gained what they say, in any order of customers', () => {
    let learnt = 0
    fc.assert(
      fc.property(shop, fc.integer({ min: 60, max: 900 }), fc.integer({ min: 1, max: 400 }), (some, untilDay, days) => {
        const found = trainRanking(some, untilDay, { horizonDays: days })
        expect(trainRanking(some.toReversed(), untilDay, { horizonDays: days })).toEqual(found)
        if (found === null) return
        learnt++
        expect([...found.weights, found.intercept, found.typicalSpend].every(Number.isFinite)).toBe(true)
        const { auc, standardError } = found.validation
        expect(auc.ranking - auc.expected).toBeGreaterThan(2 * standardError)
        expect(found.origins.every((day) => day < untilDay)).toBe(true)
      }),
      { numRuns: 10, examples: [[regular, 800, 90]] },
    )
    expect(learnt).toBeGreaterThan(0)
  }, 60_000)
})
