/**
 * Fits the models to a shop's own history by maximum likelihood. Always from the same starts and in the same order of
 * customers: fitted again on what has not changed, they are the same to the last digit.
 */
import { createObjective, parametersAt, pointOf } from './bg-nbd-likelihood.ts'
import { collectSpenders, createSpendObjective } from './gamma-gamma.ts'
import { type Least, minimise, type Objective, within } from './optimise.ts'
import { type Groups, groupSummaries } from './summaries.ts'
import type { BgNbd, Fitted, GammaGamma, ModelName, Summary } from './types.ts'

/** With fewer customers, or fewer who came back, parameters are chance: a plain rule answers. */
export const MIN_CUSTOMERS = 100
export const MIN_REPEATERS = 20
/** More do not make it better, only slower. */
export const MAX_CUSTOMERS = 100_000

/** In multiples of the mean age, which makes them good for shops of any pace. */
const STARTS: readonly BgNbd[] = [
  { r: 1, alpha: 0.3, a: 1, b: 3 },
  { r: 0.3, alpha: 0.1, a: 0.3, b: 3 },
  { r: 3, alpha: 2, a: 0.5, b: 10 },
  { r: 0.5, alpha: 0.5, a: 3, b: 3 },
]
const SPEND_STARTS: readonly GammaGamma[] = [
  { p: 2, q: 3, v: 1 },
  { p: 6, q: 4, v: 0.5 },
  { p: 1, q: 1.5, v: 1 },
  { p: 10, q: 10, v: 1 },
]
/** Of logarithms: r/alpha as it comes, r from 1/1,000 to 1,000, a/b likewise, a·b up to 20,000. */
const REACH = [16, 7, 7, 10]
/** p and q from 1/1,000 to 1,000, v up to 20,000 times the mean. */
const SPEND_REACH = [7, 7, 10]
/** Gamma-Gamma's mean is infinite up to q = 1, and just above it nonsense. */
const LEAST_Q = 1.01

export interface FittedModels {
  bgNbd: Fitted<BgNbd> | null
  mbgNbd: Fitted<BgNbd> | null
  gammaGamma: Fitted<GammaGamma> | null
}

/** Null for each model that the customers say too little for. */
export function fitModels(summaries: readonly Summary[]): FittedModels {
  const groups = groupSummaries(summaries)
  return {
    bgNbd: fitPurchases('bg_nbd', groups),
    mbgNbd: fitPurchases('mbg_nbd', groups),
    gammaGamma: fitSpend(summaries),
  }
}

export function fitPurchases(model: ModelName, groups: Groups): Fitted<BgNbd> | null {
  const { customers, repeaters, ages, ageAt, weights } = groups
  if (customers < MIN_CUSTOMERS || repeaters < MIN_REPEATERS) return null
  let time = 0
  for (let i = 0; i < weights.length; i++) time += (weights[i] ?? 0) * (ages[ageAt[i] ?? 0] ?? 0)
  const unit = time / customers
  if (!(unit > 0)) return null
  const starts = STARTS.map((start) => pointOf({ ...start, alpha: start.alpha * unit }))
  const objective = createObjective(model, groups)
  const found = search(objective, REACH, starts)
  if (found === null) return null
  return { ...parametersAt(found), logLikelihood: -objective(found, [0, 0, 0, 0]) * customers, customers }
}

export function fitSpend(summaries: readonly Summary[]): Fitted<GammaGamma> | null {
  const spenders = collectSpenders(summaries)
  const { customers, unit, means } = spenders
  // Where all spend the same there is no spread to be fitted.
  if (customers < MIN_REPEATERS || !Number.isFinite(unit) || means.every((mean) => mean === means[0])) return null
  const starts = SPEND_STARTS.map(({ p, q, v }) => [Math.log(p), Math.log(q), Math.log(v)])
  const objective = createSpendObjective(spenders)
  const found = search(objective, SPEND_REACH, starts)
  if (found === null) return null
  const [p = 0, q = 0, v = 0] = found.map(Math.exp)
  if (q < LEAST_Q) return null
  return { p, q, v: v * unit, logLikelihood: -(objective(found, [0, 0, 0]) + Math.log(unit)) * customers, customers }
}

/** Where the first start led that led to a least value within reach; else the best at its edge; null where none settled. */
function search(
  objective: Objective,
  reach: readonly number[],
  starts: readonly (readonly number[])[],
): readonly number[] | null {
  const bounded = within(objective, reach)
  let best: Least | null = null
  for (const start of starts) {
    const least = minimise(bounded, start)
    if (!least.isSettled) continue
    if (least.point.every((value, i) => Math.abs(value) <= (reach[i] ?? 0))) return least.point
    if (best === null || least.value < best.value) best = least
  }
  return best === null ? null : best.point
}
