// Shoppers who are just as the models think: rates, chances to leave and spend are drawn, and what they buy follows.
import type { BgNbd, BuyingHistory, GammaGamma, ModelName } from '../../src/retention/types.ts'

export interface ShoppersOptions {
  customers: number
  model: ModelName
  parameters: BgNbd
  /** Minor units. */
  spend?: GammaGamma
  /** All begin within the first days, and are watched until the last. */
  beginDays: number
  days: number
  seed?: number
}

export interface Shopper {
  history: BuyingHistory
  /** Whether they still are a customer at the end. */
  isThere: boolean
}

const SPEND: GammaGamma = { p: 6, q: 4, v: 1_500 }
const LEAST_CENTS = 1

export interface Chance {
  uniform(): number
  gamma(shape: number): number
}

/** Mulberry32 (github.com/bryc/code, PRNGs): the same on every machine. */
export function seededUniform(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Gamma by Marsaglia & Tsang (2000). */
export function seededChance(seed: number): Chance {
  const random = seededUniform(seed)
  const uniform = (): number => Math.max(random(), Number.EPSILON)
  const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
  const gamma = (shape: number): number => {
    if (shape < 1) return gamma(shape + 1) * uniform() ** (1 / shape)
    const d = shape - 1 / 3
    for (;;) {
      const x = normal()
      const v = (1 + x / Math.sqrt(9 * d)) ** 3
      if (v > 0 && Math.log(uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v
    }
  }
  return { uniform, gamma }
}

export function makeShoppers(options: ShoppersOptions): Shopper[] {
  const chance = seededChance(options.seed ?? 1)
  return Array.from({ length: options.customers }, () => makeShopper(chance, options))
}

export function makeShopper(chance: Chance, options: Omit<ShoppersOptions, 'customers' | 'seed'>): Shopper {
  const { parameters, model, spend = SPEND, beginDays, days: end } = options
  const rate = chance.gamma(parameters.r) / parameters.alpha
  const [stays, leaves] = [chance.gamma(parameters.b), chance.gamma(parameters.a)]
  const leaving = leaves / (leaves + stays)
  const mean = spend.v / Math.max(chance.gamma(spend.q), 1e-6)
  const pay = (): number => Math.max(LEAST_CENTS, Math.round(mean * chance.gamma(spend.p)))
  const begin = Math.floor(chance.uniform() * beginDays)
  const history = { days: [begin], spend: [pay()] }
  let isThere = model === 'bg_nbd' || chance.uniform() >= leaving
  for (let at = begin; isThere; isThere = chance.uniform() >= leaving) {
    at += (-Math.log(chance.uniform()) / rate) * 7
    if (!(at < end + 1)) break
    const day = Math.floor(at)
    // Purchases of a day are one.
    if (day === history.days.at(-1)) continue
    history.days.push(day)
    history.spend.push(pay())
  }
  return { history, isThere }
}
