/** Means of two groups and what can be said of their difference. */

/** Numbers taken in one by one (Welford 1962): exact enough for millions of them. */
export class Sample {
  count = 0
  mean = 0
  #squares = 0

  add(value: number): void {
    this.count++
    const delta = value - this.mean
    this.mean += delta / this.count
    this.#squares += delta * (value - this.mean)
  }

  /** Of the population that it is drawn from; 0 for fewer than two. */
  get variance(): number {
    return this.count < 2 ? 0 : this.#squares / (this.count - 1)
  }
}

/** Below this in either group nothing is said: the mean of fewer shoppers' spend is anything but normal. */
export const LEAST_PER_ARM = 30

export interface Difference {
  difference: number
  low: number
  high: number
}

/** Mean of `a` less that of `b` with its 95 % interval by Welch's t-test; null with fewer than 30 in either. */
export function welch(a: Sample, b: Sample): Difference | null {
  if (a.count < LEAST_PER_ARM || b.count < LEAST_PER_ARM) return null
  const [ofA, ofB] = [a.variance / a.count, b.variance / b.count]
  const difference = a.mean - b.mean
  const error = Math.sqrt(ofA + ofB)
  if (error === 0) return { difference, low: difference, high: difference }
  // Welch–Satterthwaite.
  const freedom = (ofA + ofB) ** 2 / (ofA ** 2 / (a.count - 1) + ofB ** 2 / (b.count - 1))
  const margin = t975(freedom) * error
  return { difference, low: difference - margin, high: difference + margin }
}

const Z = 1.959963984540054

/**
 * The 97.5 % quantile of Student's t, by the expansion in Abramowitz & Stegun 26.7.5: right to five digits from ten degrees
 * of freedom on, and here there are never fewer than 29.
 */
export function t975(freedom: number): number {
  const z = Z
  const g1 = (z ** 3 + z) / 4
  const g2 = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96
  const g3 = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384
  return z + g1 / freedom + g2 / freedom ** 2 + g3 / freedom ** 3
}
