/**
 * What BG/NBD and MBG/NBD say of one customer: whether they still are one, and how often they will buy.
 *
 * The papers' closed form has a Gaussian hypergeometric function that overflows for heavy buyers, loses all digits where
 * `a` is near 1, and needs a + b > 1. The same expectation is a plain sum of positive numbers: over how many times they
 * would come if they never left (negative binomial), of how many of those they are still there for.
 */
import { FIRST_CHANCES } from './bg-nbd-likelihood.ts'
import type { BgNbd, ModelName, Summary } from './types.ts'

export interface Forecaster {
  model: ModelName
  parameters: BgNbd
  /** The probability that they are still a customer. BG/NBD calls every one-time buyer one. */
  alive(customer: Summary): number
  /** Purchases to be expected in the weeks to come. */
  purchases(customer: Summary, weeks: number): number
  /** The age in weeks at which, with no purchase in between, `alive` falls below; null: never. */
  ageWhenBelow(customer: Summary, alive: number): number | null
}

/** Summaries of a clock that runs backwards, or of nobody, do no harm. */
const clean = (value: number): number => (value > 0 && value < 1e7 ? value : value >= 1e7 ? 1e7 : 0)

export function createForecaster(model: ModelName, parameters: BgNbd): Forecaster {
  const { r, alpha, a, b } = parameters
  const first = FIRST_CHANCES[model]

  const alive = ({ repeats, recency, age }: Summary): number => {
    const [x, last] = [clean(repeats), clean(recency)]
    const chances = x + first
    if (chances === 0) return 1
    const silence = Math.log(alpha + Math.max(last, clean(age))) - Math.log(alpha + last)
    return 1 / (1 + Math.exp(Math.log(a) - Math.log(b + chances - 1) + (r + x) * silence))
  }

  const expect = (customer: Summary, weeks: number): number => {
    const x = clean(customer.repeats)
    const age = Math.max(clean(customer.recency), clean(customer.age))
    return alive(customer) * purchasesWhileThere(r + x, alpha + age, a, b + x + first, clean(weeks))
  }
  // Most bought once, and those of one day are alike.
  const once = keep((weeks, age) => expect({ repeats: 0, recency: 0, age, meanSpend: 0 }, weeks))
  const purchases = (customer: Summary, weeks: number): number =>
    customer.repeats === 0 && customer.recency === 0 ? once(weeks, customer.age) : expect(customer, weeks)

  const ageWhenBelow = ({ repeats, recency }: Summary, below: number): number | null => {
    const [x, last] = [clean(repeats), clean(recency)]
    const chances = x + first
    if (chances === 0 || !(below > 0)) return null
    if (below >= 1) return last
    const grown = (Math.log(1 / below - 1) - Math.log(a) + Math.log(b + chances - 1)) / (r + x)
    const age = (alpha + last) * Math.exp(grown) - alpha
    return Number.isFinite(age) ? Math.max(last, age) : null
  }

  return { model, parameters, alive, purchases, ageWhenBelow }
}

/** So many ages, and lengths of time. */
const KEPT_AGES = 2_000
const KEPT_TIMES = 50

/** The answers to what is asked for again and again. */
function keep(make: (weeks: number, age: number) => number): (weeks: number, age: number) => number {
  const known = new Map<number, Map<number, number>>()
  return (weeks, age) => {
    const ages = known.get(weeks) ?? new Map<number, number>()
    const hit = ages.get(age)
    if (hit !== undefined) return hit
    if (known.size >= KEPT_TIMES) known.clear()
    if (ages.size >= KEPT_AGES) ages.clear()
    const made = make(weeks, age)
    known.set(weeks, ages.set(age, made))
    return made
  }
}

/** Terms that may matter: someone who comes so often in the time asked about is no customer of a shop. */
const MOST_TERMS = 60_000
const PRECISION = 1e-8
const HUGE = 1e200

/**
 * Purchases in the time to come of someone who is still a customer, who buys at a rate of Gamma(shape, scale) and leaves
 * after each with a chance of Beta(a, b): the sum over n of NB(n) · Σ(k ≤ n) B(a, b+k−1) / B(a, b).
 */
function purchasesWhileThere(shape: number, scale: number, a: number, b: number, time: number): number {
  if (time === 0) return 0
  const share = time / (scale + time)
  /** Of coming n times, scaled so that coming 0 times has 1; what they are there for of n times; and of the next. */
  let [weight, there, next] = [1, 0, 1]
  let [sum, all] = [0, 1]
  let left = -shape * Math.log1p(-share)
  /** Of a weight to the one before. */
  let ratio = shape * share
  for (let n = 1; n <= MOST_TERMS; n++) {
    weight *= ratio
    there += next
    next *= (b + n - 1) / (a + b + n - 1)
    sum += weight * there
    all += weight
    if (all > HUGE) {
      weight /= HUGE
      sum /= HUGE
      all /= HUGE
      left -= Math.log(HUGE)
    }
    ratio = ((shape + n) / (n + 1)) * share
    if (ratio < 1 && weight * (there + 1) * ratio < PRECISION * sum * (1 - ratio) * (1 - ratio)) return sum / all
  }
  // What is beyond counts as the last.
  const seen = all * Math.exp(-left)
  return seen < 1 ? there * (1 - seen) + (sum / all) * seen : sum / all
}
