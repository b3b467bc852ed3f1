/**
 * Gamma-Gamma (Fader & Hardie 2013): what a purchase of a customer brings, drawn to the shop's mean the more, the less they
 * have bought. Spend goes into it as a multiple of the shop's mean, so that it is the same in cents and in dollars.
 */
import digamma from '@stdlib/math-base-special-digamma'
import gammaln from '@stdlib/math-base-special-gammaln'
import type { Objective } from './optimise.ts'
import type { GammaGamma, Summary } from './types.ts'

/** Those who came back and paid, by number of repeats. */
export interface Spenders {
  customers: number
  /** Mean spend of all their means: the unit of what follows. */
  unit: number
  /** For each number of repeats that occurs: who has it, from where to where. */
  repeats: number[]
  from: number[]
  /** Means, ascending within each number of repeats. */
  means: Float64Array
  /** Sums of logarithms of means for each number of repeats. */
  logs: number[]
}

/** Means of 0 or less say nothing that this model could use. */
export function collectSpenders(summaries: readonly Summary[]): Spenders {
  const paying = summaries
    .filter(({ repeats, meanSpend }) => repeats > 0 && meanSpend > 0)
    .sort((a, b) => a.repeats - b.repeats || a.meanSpend - b.meanSpend)
  const unit = paying.length === 0 ? 1 : paying.reduce((sum, { meanSpend }) => sum + meanSpend, 0) / paying.length
  const spenders: Spenders = {
    customers: paying.length,
    unit,
    repeats: [],
    from: [],
    means: Float64Array.from(paying, ({ meanSpend }) => meanSpend / unit),
    logs: [],
  }
  for (const [i, { repeats }] of paying.entries()) {
    if (spenders.repeats.at(-1) !== repeats) {
      spenders.repeats.push(repeats)
      spenders.from.push(i)
      spenders.logs.push(0)
    }
    const last = spenders.logs.length - 1
    spenders.logs[last] = (spenders.logs[last] ?? 0) + Math.log(spenders.means[i] ?? 1)
  }
  return spenders
}

/** Of logarithms of p, q and v (in units). Minus the logarithm of the likelihood, for each customer on average. */
export function createSpendObjective(spenders: Spenders): Objective {
  const { customers, repeats, from, means, logs } = spenders
  return ([logP = 0, logQ = 0, logV = 0], slope) => {
    const [p, q, v] = [Math.exp(logP), Math.exp(logQ), Math.exp(logV)]
    let [value, byP, byQ, byV] = [0, 0, 0, 0]
    for (let k = 0; k < repeats.length; k++) {
      const [start, end] = [from[k] ?? 0, from[k + 1] ?? means.length]
      const [x, many, log] = [repeats[k] ?? 0, end - start, logs[k] ?? 0]
      const own = x * p
      let [sumLogs, sumShares] = [0, 0]
      for (let i = start; i < end; i++) {
        const both = v + x * (means[i] ?? 0)
        sumLogs += Math.log(both)
        sumShares += 1 / both
      }
      const all = digamma(own + q)
      value += many * (gammaln(own + q) - gammaln(own) - gammaln(q) + q * logV + own * Math.log(x))
      value += (own - 1) * log - (own + q) * sumLogs
      byP += x * (many * (all - digamma(own) + Math.log(x)) + log - sumLogs)
      byQ += many * (all - digamma(q) + logV) - sumLogs
      byV += (many * q) / v - (own + q) * sumShares
    }
    const scale = -1 / customers
    slope[0] = byP * p * scale
    slope[1] = byQ * q * scale
    slope[2] = byV * v * scale
    return value * scale
  }
}

/** What a purchase is expected to bring, in the unit of `v`. The shop's mean for those without a paid repeat. */
export function expectedSpend({ p, q, v }: GammaGamma, { repeats, meanSpend }: Summary): number {
  const own = repeats > 0 && meanSpend > 0 ? repeats : 0
  return (p * (v + own * meanSpend)) / (p * own + q - 1)
}
