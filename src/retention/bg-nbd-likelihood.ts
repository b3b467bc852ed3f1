/**
 * How likely the customers seen are under BG/NBD (Fader, Hardie & Lee 2005, eq. 6) and MBG/NBD (Batislam, Denizel &
 * Filiztekin 2007), and how that changes with the parameters. All in logarithms: heavy buyers overflow otherwise. The two
 * differ in one thing: in MBG/NBD customers may leave right after their first purchase too.
 */
import digamma from '@stdlib/math-base-special-digamma'
import gammaln from '@stdlib/math-base-special-gammaln'
import type { Objective } from './optimise.ts'
import type { Groups } from './summaries.ts'
import type { BgNbd, ModelName } from './types.ts'

/** Chances to leave at the first purchase. */
export const FIRST_CHANCES = { bg_nbd: 0, mbg_nbd: 1 } satisfies Record<ModelName, number>

/**
 * The point at which the parameters are searched: logarithms of the mean rate r/alpha, of r, and of a/b and a·b. Data say
 * much about the first, and about each of the others whatever the rest is: the search is short.
 */
export const pointOf = ({ r, alpha, a, b }: BgNbd): number[] => [
  Math.log(r / alpha),
  Math.log(r),
  Math.log(a / b),
  Math.log(a * b),
]

export function parametersAt([rate = 0, r = 0, ratio = 0, product = 0]: readonly number[]): BgNbd {
  return {
    r: Math.exp(r),
    alpha: Math.exp(r - rate),
    a: Math.exp((product + ratio) / 2),
    b: Math.exp((product - ratio) / 2),
  }
}

/** Minus the logarithm of the likelihood, for each customer on average. */
export function createObjective(model: ModelName, groups: Groups): Objective {
  const tables = createTables(groups)
  return (point, slope) => {
    const parameters = parametersAt(point)
    const { value, r, alpha, a, b } = sumUp(groups, fillTables(tables, groups, parameters, FIRST_CHANCES[model]))
    const [byR, byAlpha, byA, byB] = [r * parameters.r, alpha * parameters.alpha, a * parameters.a, b * parameters.b]
    const scale = -1 / groups.customers
    slope[0] = -byAlpha * scale
    slope[1] = (byR + byAlpha) * scale
    slope[2] = ((byA - byB) / 2) * scale
    slope[3] = ((byA + byB) / 2) * scale
    return value * scale
  }
}

/** What depends on one number alone is reckoned once for each value that it takes. */
interface Tables {
  parameters: BgNbd
  first: number
  /** By number of repeats. */
  constant: Float64Array
  byR: Float64Array
  byA: Float64Array
  byB: Float64Array
  /** Logarithm of the odds of leaving at one purchase; minus infinity where there was no chance to. */
  leaving: Float64Array
  /** Logarithms of alpha and a time, and one over them. */
  recency: Float64Array
  age: Float64Array
  perRecency: Float64Array
  perAge: Float64Array
}

const createTables = ({ repeats, recencies, ages }: Groups): Omit<Tables, 'parameters' | 'first'> => ({
  constant: new Float64Array(repeats.length),
  byR: new Float64Array(repeats.length),
  byA: new Float64Array(repeats.length),
  byB: new Float64Array(repeats.length),
  leaving: new Float64Array(repeats.length),
  recency: new Float64Array(recencies.length),
  age: new Float64Array(ages.length),
  perRecency: new Float64Array(recencies.length),
  perAge: new Float64Array(ages.length),
})

function fillTables(
  tables: Omit<Tables, 'parameters' | 'first'>,
  { repeats, recencies, ages }: Groups,
  parameters: BgNbd,
  first: number,
): Tables {
  const { r, alpha, a, b } = parameters
  const both = a + b
  const logAlpha = Math.log(alpha)
  const constant = r * logAlpha - gammaln(r) + gammaln(both) - gammaln(b)
  const [byR, byA, byB] = [logAlpha - digamma(r), digamma(both), digamma(both) - digamma(b)]
  for (let i = 0; i < repeats.length; i++) {
    const x = repeats[i] ?? 0
    const chances = x + first
    const left = digamma(both + chances)
    tables.constant[i] = constant + gammaln(r + x) + gammaln(b + chances) - gammaln(both + chances)
    tables.byR[i] = byR + digamma(r + x)
    tables.byA[i] = byA - left
    tables.byB[i] = byB + digamma(b + chances) - left
    tables.leaving[i] = chances > 0 ? Math.log(a) - Math.log(b + chances - 1) : Number.NEGATIVE_INFINITY
  }
  fillTimes(recencies, alpha, tables.recency, tables.perRecency)
  fillTimes(ages, alpha, tables.age, tables.perAge)
  return { ...tables, parameters, first }
}

function fillTimes(times: Float64Array, alpha: number, logs: Float64Array, inverses: Float64Array): void {
  for (let i = 0; i < times.length; i++) {
    const time = alpha + (times[i] ?? 0)
    logs[i] = Math.log(time)
    inverses[i] = 1 / time
  }
}

/** The sum over all customers, and its derivatives by the four parameters. */
function sumUp(groups: Groups, tables: Tables) {
  const { r, alpha, a, b } = tables.parameters
  const sums = { value: 0, r: 0, alpha: 0, a: 0, b: 0 }
  for (let i = 0; i < groups.weights.length; i++) {
    const [at, seen, until] = [groups.repeatsAt[i] ?? 0, groups.recencyAt[i] ?? 0, groups.ageAt[i] ?? 0]
    const weight = groups.weights[i] ?? 0
    const x = groups.repeats[at] ?? 0
    const inverse = tables.perAge[until] ?? 0
    const silence = (tables.age[until] ?? 0) - (tables.recency[seen] ?? 0)
    const odds = (tables.leaving[at] ?? 0) + (r + x) * silence
    const small = Math.exp(-Math.abs(odds))
    const gone = (odds > 0 ? 1 : small) / (1 + small)
    const logOf = Math.max(odds, 0) + Math.log(1 + small)
    sums.value += weight * ((tables.constant[at] ?? 0) - (r + x) * (tables.age[until] ?? 0) + logOf)
    sums.r += weight * ((tables.byR[at] ?? 0) - (tables.age[until] ?? 0) + gone * silence)
    sums.alpha += weight * (r / alpha + (r + x) * (gone * (inverse - (tables.perRecency[seen] ?? 0)) - inverse))
    sums.a += weight * ((tables.byA[at] ?? 0) + gone / a)
    const chances = x + tables.first
    sums.b += weight * ((tables.byB[at] ?? 0) - (chances > 0 ? gone / (b + chances - 1) : 0))
  }
  return sums
}
