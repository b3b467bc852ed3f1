// A year of shop life whose truth is known: how often alerts of customers who stay away are right, and whom they find.
import { describe, expect, it } from 'vitest'
import { makeProgram } from '../support/programs.ts'
import { hasLeft, makeShop } from '../support/shop-year.ts'
import { replayYear, scoreAll, scoreTable } from '../support/shop-year-replay.ts'

const SEED = 1
const FIRST_DAY = Date.UTC(2024, 10, 22) / 86_400_000
const shop = makeShop({ customers: 2_000, seed: SEED, firstDay: FIRST_DAY })
const raised = replayYear(shop, { program: makeProgram(), everyDays: 3 })
const scores = scoreAll(shop, raised)
process.stdout.write(`\nA year of 2,000 customers, seed ${SEED}\n${scoreTable(Object.values(scores))}\n\n`)

describe('the simulated shop', () => {
  it('is believable: habits, passers-by, a busy December, and customers who leave all the time', () => {
    const days = shop.customers.flatMap(({ history }) => history.days)
    const inMonth = (month: number) => days.filter((day) => new Date(day * 86_400_000).getUTCMonth() === month).length
    expect(inMonth(11)).toBeGreaterThan(1.3 * inMonth(1))
    expect(days.length).toBeGreaterThan(5 * shop.customers.length)
    const left = shop.customers.filter((customer) => hasLeft(customer, shop.endDay))
    expect(left.length).toBeGreaterThan(0.4 * shop.customers.length)
    expect(left.length).toBeLessThan(0.8 * shop.customers.length)
    for (const { history, leftDay } of left) expect(history.days.at(-1)).toBe(leftDay)
  })

  it('is the same for the same seed', () => {
    expect(makeShop({ customers: 20, seed: SEED, firstDay: FIRST_DAY })).toEqual(
      makeShop({ customers: 20, seed: SEED, firstDay: FIRST_DAY }),
    )
    expect(makeShop({ customers: 20, seed: 2, firstDay: FIRST_DAY }).customers).not.toEqual(shop.customers.slice(0, 20))
  })
})

describe('alerts of a year', () => {
  it('are right far more often than chance, of those who bought more than once', () => {
    expect(scores.repeat.alerts).toBeGreaterThan(200)
    expect(scores.repeat.precision).toBeGreaterThan(0.5)
    expect(scores.repeat.precision).toBeGreaterThan(2 * scores.repeat.baseRate)
  })

  it('are right three times as often as chance of those with a habit, whichever the sign', () => {
    expect(scores.habit.precision).toBeGreaterThan(3 * scores.habit.baseRate)
    expect(scores.overdue.precision).toBeGreaterThan(0.4)
    expect(scores.atRisk.precision).toBeGreaterThan(0.6)
  })

  it('find most of those who left, and far more than as many at random', () => {
    expect(scores.habit.recall).toBeGreaterThan(0.6)
    expect(scores.habit.recall).toBeGreaterThan(1.5 * scores.habit.byChance)
    expect(scores.repeat.recall).toBeGreaterThan(0.55)
    expect(scores.repeat.recall).toBeGreaterThan(scores.repeat.byChance + 0.15)
  })

  it('are right of one-time buyers about as often as the model says', () => {
    expect(scores.once.precision).toBeGreaterThan(scores.once.baseRate)
    expect(scores.once.precision).toBeGreaterThan(0.5)
  })

  it('with most at stake are right more often than not', () => {
    expect(scores.top.precision).toBeGreaterThan(0.5)
    expect(scores.top.precision).toBeGreaterThan(1.5 * scores.top.baseRate)
  })

  it('are one for each lapse', () => {
    const lapses = raised.map(({ customer, draft }) => `${customer.id} ${draft.occasion}`)
    expect(new Set(lapses).size).toBe(lapses.length)
    for (const { draft } of raised) expect(draft.valueMinor).toBeGreaterThan(0)
  })
})
