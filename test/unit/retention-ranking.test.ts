// The ranking learnt from a shop's own past: used where that past bears it out, and only there.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { readFileHistories } from '../../src/cli/fit-history.ts'
import { areaUnderCurve } from '../../src/retention/auc.ts'
import { createForecaster, type Forecaster } from '../../src/retention/bg-nbd.ts'
import { fitPurchases } from '../../src/retention/fit.ts'
import { checkHoldout } from '../../src/retention/holdout-check.ts'
import { rankScore, trainRanking } from '../../src/retention/ranking.ts'
import { chanceLogit } from '../../src/retention/ranking-features.ts'
import { compare, judge } from '../../src/retention/ranking-judge.ts'
import { chanceOf, fitRegression } from '../../src/retention/ranking-regression.ts'
import { describeRanking } from '../../src/retention/ranking-words.ts'
import { daysSeen, groupSummaries, historyUntil, summarise } from '../../src/retention/summaries.ts'
import type { BuyingHistory, Ranking, Summary } from '../../src/retention/types.ts'
import { makeShoppers, seededUniform } from '../support/shoppers.ts'

const UNTIL = 720
const HORIZON = 90

/** Each buys at a pace of their own, some like clockwork (`even`) and some not, and stops one day. */
function makeRegulars({ customers = 800, even = 0.15, seed = 7 } = {}): BuyingHistory[] {
  const uniform = seededUniform(seed)
  return Array.from({ length: customers }, () => {
    const pace = 10 * Math.exp(1.6 * uniform())
    const until = 200 + uniform() * 900
    const days: number[] = []
    for (let at = uniform() * 600; at < until && at < UNTIL + HORIZON; at += pace * (1 + even * (uniform() - 0.5))) {
      const day = Math.floor(at)
      if (day !== days.at(-1)) days.push(day)
    }
    return { days, spend: days.map(() => Math.round(100 * pace)) }
  }).filter(({ days }) => days.length > 0)
}

/** Who spends more comes more often and stays longer, as no model of purchases alone can know of those who came once. */
function makeSpenders(customers: number, seed: number): BuyingHistory[] {
  const uniform = seededUniform(seed)
  return Array.from({ length: customers }, () => {
    const wealth = uniform()
    const rate = 0.002 + 0.03 * wealth ** 2
    const days: number[] = []
    for (let at = uniform() * 650; at < UNTIL + HORIZON; at += -Math.log(1 - uniform()) / rate) {
      const day = Math.floor(at)
      if (day !== days.at(-1)) days.push(day)
      if (uniform() < 0.5 * (1 - wealth)) break
    }
    return { days, spend: days.map(() => Math.round(1_000 * Math.exp(3 * wealth))) }
  })
}

function forecasterOf(histories: readonly BuyingHistory[], untilDay: number): Forecaster {
  const fitted = fitPurchases(
    'mbg_nbd',
    groupSummaries(histories.flatMap((history) => summarise(history, untilDay) ?? [])),
  )
  if (fitted === null) throw new Error('cannot be fitted')
  return createForecaster('mbg_nbd', fitted)
}

/** How well the ranking, and expected purchases, rank on days that neither has seen. */
function unseen(ranking: Ranking, histories: readonly BuyingHistory[]): { ranking: number; expected: number } {
  const known = histories.filter((history) => daysSeen(history, UNTIL) > 0)
  const forecaster = forecasterOf(known, UNTIL)
  const came = known.map((history) => daysSeen(history, UNTIL + HORIZON) > daysSeen(history, UNTIL))
  const expected = known.map((history) => forecaster.purchases(summarise(history, UNTIL) as Summary, HORIZON / 7))
  const ranked = known.map((history) => rankScore(ranking, history, UNTIL, forecaster))
  return { ranking: areaUnderCurve(ranked, came) ?? 0, expected: areaUnderCurve(expected, came) ?? 0 }
}

const shuffled = (histories: readonly BuyingHistory[]): BuyingHistory[] => {
  const uniform = seededUniform(3)
  return histories
    .map((history) => ({ history, at: uniform() }))
    .sort((a, b) => a.at - b.at)
    .map((one) => one.history)
}

describe('a shop whose customers buy regularly', () => {
  const regulars = makeRegulars()
  const ranking = trainRanking(regulars, UNTIL) as Ranking

  test('is ranked by how late they are for their own rhythm, better than by expected purchases', () => {
    expect(ranking.features).toContain('late_even')
    expect(ranking.validation.auc.ranking - ranking.validation.auc.expected).toBeGreaterThan(
      2 * ranking.validation.standardError,
    )
    const { ranking: ranked, expected } = unseen(ranking, regulars)
    expect(ranked).toBeGreaterThan(expected + 0.01)
  })
  test('places one who is overdue below one who bought as often and is not', () => {
    const forecaster = forecasterOf(regulars, UNTIL)
    const everyMonth = (last: number): BuyingHistory => {
      const days = Array.from({ length: 10 }, (_, i) => last - 30 * (9 - i))
      return { days, spend: days.map(() => 2_000) }
    }
    const score = (last: number) => rankScore(ranking, everyMonth(last), UNTIL, forecaster)
    expect(score(UNTIL - 25)).toBeGreaterThan(0.7)
    expect(score(UNTIL - 120)).toBeLessThan(0.3)
  })
  test('gives chances that come true: as many buy as it says', () => {
    const known = regulars.filter((history) => daysSeen(history, UNTIL) > 0)
    const forecaster = forecasterOf(known, UNTIL)
    const said = known.reduce((sum, history) => sum + rankScore(ranking, history, UNTIL, forecaster), 0)
    const came = known.filter((history) => daysSeen(history, UNTIL + HORIZON) > daysSeen(history, UNTIL)).length
    expect(Math.abs(said / came - 1)).toBeLessThan(0.15)
  })
  test('is ranked the same however often it is learnt, in whatever order customers come, and after being stored', () => {
    expect(trainRanking(regulars, UNTIL)).toEqual(ranking)
    expect(trainRanking(shuffled(regulars), UNTIL)).toEqual(ranking)
    expect(JSON.parse(JSON.stringify(ranking))).toEqual(ranking)
  })
  test('is ranked by what was known on the day: what came after it changes nothing', () => {
    const known = regulars.map((history) => historyUntil(history, UNTIL))
    expect(trainRanking(known, UNTIL)).toEqual(ranking)
    const dearer = regulars.map(({ days, spend }) => ({
      days,
      spend: spend.map((one, i) => ((days[i] ?? 0) > UNTIL ? 100 * one : one)),
    }))
    expect(trainRanking(dearer, UNTIL)).toEqual(ranking)
    expect(ranking.origins.at(-1)).toBeLessThan(UNTIL)
    const [last = 0] = ranking.validation.origins.slice(-1)
    expect(ranking.origins).toContain(last)
  })
})

test('a shop whose big spenders stay is ranked by spend too, and better for it on days that it has not seen', () => {
  let gained = 0
  for (const seed of [1, 2, 3, 4]) {
    const spenders = makeSpenders(1_500, seed)
    const ranking = trainRanking(spenders, UNTIL) as Ranking
    expect(ranking.features).toContain('spend')
    expect(ranking.weights[ranking.features.indexOf('spend')]).toBeGreaterThan(0)
    expect(describeRanking(ranking)).toContain('how much they spend')
    const { ranking: ranked, expected } = unseen(ranking, spenders)
    // Nobody new came in the last weeks: what spend says of new customers must not be counted for old ones.
    expect(ranked).toBeGreaterThan(expected - 0.001)
    gained += (ranked - expected) / 4
  }
  expect(gained).toBeGreaterThan(0.003)
})

/** Big spenders buy less, until in the last weeks they all come and nobody else: no day before those could have told. */
function makeTurncoats(customers: number): BuyingHistory[] {
  const uniform = seededUniform(11)
  return Array.from({ length: customers }, () => {
    const wealth = uniform()
    const rate = 0.006 * (1.5 - wealth)
    const days: number[] = []
    for (let at = uniform() * 300; at < UNTIL - 90; at += -Math.log(1 - uniform()) / rate)
      if (Math.floor(at) !== days.at(-1)) days.push(Math.floor(at))
    if (wealth > 0.5 && days.length > 0) days.push(UNTIL - 80 + Math.floor(60 * uniform()))
    return { days, spend: days.map(() => Math.round(1_000 * Math.exp(3 * wealth))) }
  })
}

test('a test in the past is taken with what was known before it: what only the last weeks tell is no gain', () => {
  const ranking = trainRanking(makeTurncoats(1_500), UNTIL, { horizonDays: UNTIL })
  expect(ranking?.features ?? []).not.toContain('spend')
})

describe('a shop is left with the model alone', () => {
  const shoppers = (customers: number, seed: number) =>
    makeShoppers({
      customers,
      model: 'mbg_nbd',
      parameters: { r: 0.52, alpha: 6.2, a: 0.9, b: 1.6 },
      beginDays: 84,
      days: 273,
      seed,
    }).map(({ history }) => history)

  test('where customers are just as the model thinks', () => {
    const gained = [1, 2, 3, 4].map((seed) => trainRanking(shoppers(1_000, seed), 273, { horizonDays: 91 }))
    // There is a little to gain even there: who buys at all is not quite the same as how much is expected.
    for (const ranking of gained.filter((one) => one !== null))
      expect(ranking.validation.auc.ranking - ranking.validation.auc.expected).toBeLessThan(0.01)
    expect(gained.filter((one) => one === null).length).toBeGreaterThanOrEqual(2)
  })
  test('while there are too few customers, or too short a past', () => {
    expect(trainRanking([], UNTIL)).toBeNull()
    expect(trainRanking(makeRegulars({ customers: 60 }), UNTIL)).toBeNull()
    expect(trainRanking(shoppers(1_000, 1), 100)).toBeNull()
    expect(trainRanking(makeRegulars(), UNTIL, { horizonDays: 0 })).toBeNull()
    expect(trainRanking(makeRegulars(), UNTIL, { horizonDays: Number.NaN })).toBeNull()
  })
  test('where all bought on one day, or nobody ever came back', () => {
    const once = Array.from({ length: 500 }, (_, i) => ({ days: [i], spend: [1_000] }))
    expect(trainRanking(once, UNTIL)).toBeNull()
    const together = Array.from({ length: 500 }, () => ({ days: [300], spend: [1_000] }))
    expect(trainRanking(together, UNTIL)).toBeNull()
  })
})

describe('the chance to buy at all', () => {
  const parameters = { r: 0.525, alpha: 6.18, a: 0.891, b: 1.614 }
  const customer: Summary = { repeats: 3, recency: 20, age: 30, meanSpend: 0 }

  test('is what simulated customers do', () => {
    const shoppers = makeShoppers({ customers: 60_000, model: 'mbg_nbd', parameters, beginDays: 1, days: 273 + 91 })
    const forecaster = createForecaster('mbg_nbd', parameters)
    let [said, came] = [0, 0]
    for (const { history } of shoppers) {
      const summary = summarise(history, 273)
      if (summary === null || summary.repeats !== 2) continue
      said += chanceOf(chanceLogit(forecaster, summary, 13))
      came += history.days.length > daysSeen(history, 273) ? 1 : 0
    }
    expect(came).toBeGreaterThan(500)
    expect(Math.abs(said / came - 1)).toBeLessThan(0.06)
  })
  test('is below what is expected, and grows with the time up to P(alive)', () => {
    const forecaster = createForecaster('mbg_nbd', parameters)
    const chance = (weeks: number) => chanceOf(chanceLogit(forecaster, customer, weeks))
    expect(chance(13)).toBeLessThan(forecaster.purchases(customer, 13))
    expect(chance(52)).toBeGreaterThan(chance(13))
    expect(chance(1e7)).toBeCloseTo(forecaster.alive(customer), 2)
    expect(chance(0)).toBeLessThan(1e-8)
  })
})

describe('the regression', () => {
  test('finds the weights that the odds were made with', () => {
    const uniform = seededUniform(1)
    const rows = 40_000
    const columns = [0, 1].map(() => Float64Array.from({ length: rows }, () => 4 * uniform() - 2))
    const odds = (i: number) => 0.5 + 1.2 * (columns[0]?.[i] ?? 0) - 0.7 * (columns[1]?.[i] ?? 0)
    const bought = Uint8Array.from({ length: rows }, (_, i) => (uniform() < chanceOf(odds(i)) ? 1 : 0))
    const found = fitRegression({ columns, bought })
    expect(found?.intercept).toBeCloseTo(0.5, 1)
    expect(found?.weights[0]).toBeCloseTo(1.2, 1)
    expect(found?.weights[1]).toBeCloseTo(-0.7, 1)
  })
  test('stays finite where a feature tells all, is alike for all, or stands there twice', () => {
    const telling = Float64Array.from({ length: 200 }, (_, i) => i)
    const alike = new Float64Array(200).fill(7)
    const bought = Uint8Array.from(telling, (value) => (value < 100 ? 0 : 1))
    const found = fitRegression({ columns: [telling, alike, telling], bought })
    expect(found?.weights.every(Number.isFinite)).toBe(true)
    expect(found?.weights[1]).toBe(0)
    expect(found?.weights[0]).toBeCloseTo(found?.weights[2] ?? 0, 9)
    expect(found?.weights[0]).toBeGreaterThan(0)
  })
  test('finds nothing where all bought, or none', () => {
    const columns = [Float64Array.of(1, 2, 3)]
    expect(fitRegression({ columns, bought: Uint8Array.of(1, 1, 1) })).toBeNull()
    expect(fitRegression({ columns, bought: Uint8Array.of(0, 0, 0) })).toBeNull()
  })
})

describe('how well scores rank', () => {
  const uniform = seededUniform(9)
  const day = { whose: Array.from({ length: 400 }, (_, i) => i), bought: new Uint8Array(400) }
  const good = Float64Array.from(day.bought, () => Math.round(10 * uniform()))
  day.bought.set(good.map((score) => (uniform() < score / 15 ? 1 : 0)))
  const noise = good.map(() => uniform())

  test('is the area under the curve, ties counted half', () => {
    const came = Array.from(day.bought, (one) => one === 1)
    expect(judge([day], [good], 400).auc).toBeCloseTo(areaUnderCurve([...good], came) ?? 0, 12)
  })
  test('has an error as large as a bootstrap finds', () => {
    const { gain, error } = compare(judge([day], [good], 400), judge([day], [noise], 400))
    expect(gain).toBeGreaterThan(0.1)
    const gains = Array.from({ length: 400 }, () => {
      const drawn = day.whose.map(() => Math.floor(400 * uniform()))
      const came = drawn.map((i) => day.bought[i] === 1)
      const rank = (scores: Float64Array) =>
        areaUnderCurve(
          drawn.map((i) => scores[i] ?? 0),
          came,
        ) ?? 0
      return rank(good) - rank(noise)
    })
    const mean = gains.reduce((sum, one) => sum + one, 0) / gains.length
    const spread = Math.sqrt(gains.reduce((sum, one) => sum + (one - mean) ** 2, 0) / gains.length)
    expect(error / spread).toBeGreaterThan(0.85)
    expect(error / spread).toBeLessThan(1.15)
  })
  test('is no surer for judging the same customers on the same day twice', () => {
    const once = compare(judge([day], [good], 400), judge([day], [noise], 400))
    const twice = compare(judge([day, day], [good, good], 400), judge([day, day], [noise, noise], 400))
    expect(twice.gain).toBeCloseTo(once.gain, 12)
    expect(twice.error).toBeCloseTo(once.error, 12)
  })
})

const CDNOW = fileURLToPath(new URL('../../../shared/data/cdnow-sample.csv', import.meta.url))
describe.skipIf(!existsSync(CDNOW))('the CDNOW sample (skipped where ../shared/data is missing)', () => {
  const untilDay = Date.UTC(1997, 8, 30) / 86_400_000

  test('is ranked better than by the models, on days chosen from and on days never seen', async () => {
    const { histories } = await readFileHistories(CDNOW)
    const ranking = trainRanking(histories, untilDay, { horizonDays: 273 })
    expect(ranking?.validation.auc.expected).toBeCloseTo(0.7362, 3)
    expect(ranking?.validation.auc.ranking).toBeCloseTo(0.7447, 3)
    const summaries = histories.flatMap((history) => summarise(history, untilDay) ?? [])
    const groups = groupSummaries(summaries)
    const [bgNbd, mbgNbd] = [fitPurchases('bg_nbd', groups), fitPurchases('mbg_nbd', groups)]
    const check = checkHoldout(histories, untilDay, { bgNbd, mbgNbd, gammaGamma: null, ranking })
    expect(check?.auc.expected).toBeCloseTo(0.7725, 4)
    expect(check?.auc.ranking).toBeGreaterThan(0.78)
  })
})
