/**
 * Logistic regression with a ridge: how the odds of buying hang together with what is known. Newton's method, since the
 * function curves upwards everywhere: it has one lowest point, the same from any start, and half a dozen passes find it.
 */

/** A column per feature, all of one length. */
export interface Samples {
  columns: readonly Float64Array[]
  bought: Uint8Array
}

/** The logarithm of the odds is `intercept + Σ weight · value`. */
export interface Regression {
  intercept: number
  weights: number[]
}

const MOST_PASSES = 30
const SETTLED = 1e-10
/** The odds of one customer are never taken for surer than e to this. */
const SUREST = 30

export function chanceOf(logit: number): number {
  return 1 / (1 + Math.exp(-Math.min(SUREST, Math.max(-SUREST, logit))))
}

/** What so many customers would have to say before a weight moves from nothing to half of where they want it. */
const RIDGE = 100

/** Null where all or none bought, or nothing is settled. Features that are alike for all get no weight. */
export function fitRegression({ columns, bought }: Samples): Regression | null {
  const buyers = bought.reduce((sum, one) => sum + one, 0)
  if (buyers === 0 || buyers === bought.length) return null
  const scaled = columns.map(standardise)
  const size = columns.length + 1
  // The last is the intercept.
  const point = new Float64Array(size)
  point[size - 1] = Math.log(buyers / (bought.length - buyers))
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    const { slope, curvature } = slopesAt(point, scaled, bought)
    const step = solve(curvature, slope)
    if (step === null) return null
    let furthest = 0
    for (let j = 0; j < size; j++) {
      point[j] = (point[j] ?? 0) - (step[j] ?? 0)
      furthest = Math.max(furthest, Math.abs(step[j] ?? 0))
    }
    if (furthest < SETTLED) return unscaled(point, scaled)
  }
  return null
}

interface Column {
  values: Float64Array
  mean: number
  spread: number
}

function standardise(column: Float64Array): Column {
  const mean = column.reduce((sum, value) => sum + value, 0) / column.length
  const spread = Math.sqrt(column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / column.length)
  return { values: column.map((value) => (spread > 1e-9 ? (value - mean) / spread : 0)), mean, spread }
}

function unscaled(point: Float64Array, columns: readonly Column[]): Regression | null {
  const weights = columns.map(({ spread }, j) => (spread > 1e-9 ? (point[j] ?? 0) / spread : 0))
  const shift = columns.reduce((sum, { mean }, j) => sum + mean * (weights[j] ?? 0), 0)
  const intercept = (point[columns.length] ?? 0) - shift
  return weights.every(Number.isFinite) && Number.isFinite(intercept) ? { intercept, weights } : null
}

/** First and second derivatives of the penalised loss. */
function slopesAt(point: Float64Array, columns: readonly Column[], bought: Uint8Array) {
  const size = point.length
  const slope = new Float64Array(size)
  const curvature = new Float64Array(size * size)
  const row = new Float64Array(size).fill(1)
  for (let i = 0; i < bought.length; i++) {
    let logit = point[size - 1] ?? 0
    for (let j = 0; j < size - 1; j++) {
      const value = columns[j]?.values[i] ?? 0
      row[j] = value
      logit += value * (point[j] ?? 0)
    }
    const chance = chanceOf(logit)
    const [miss, weight] = [chance - (bought[i] ?? 0), chance * (1 - chance)]
    for (let j = 0; j < size; j++) {
      const value = row[j] ?? 0
      slope[j] = (slope[j] ?? 0) + miss * value
      const weighed = weight * value
      for (let k = 0; k <= j; k++) curvature[j * size + k] = (curvature[j * size + k] ?? 0) + weighed * (row[k] ?? 0)
    }
  }
  for (let j = 0; j < size; j++) {
    const ridge = j < size - 1 ? RIDGE : 0
    slope[j] = (slope[j] ?? 0) + ridge * (point[j] ?? 0)
    curvature[j * size + j] = (curvature[j * size + j] ?? 0) + ridge
  }
  return { slope, curvature }
}

/** Solves by Cholesky; only the lower triangle of the matrix is read. Null where it curves upwards no more. */
function solve(matrix: Float64Array, right: Float64Array): Float64Array | null {
  const size = right.length
  const lower = matrix.slice()
  const at = (i: number, j: number): number => lower[i * size + j] ?? 0
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = at(i, j)
      for (let k = 0; k < j; k++) rest -= at(i, k) * at(j, k)
      if (i === j && !(rest > 0)) return null
      lower[i * size + j] = i === j ? Math.sqrt(rest) : rest / at(j, j)
    }
  }
  const solution = right.slice()
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) solution[i] = (solution[i] ?? 0) - at(i, k) * (solution[k] ?? 0)
    solution[i] = (solution[i] ?? 0) / at(i, i)
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) solution[i] = (solution[i] ?? 0) - at(k, i) * (solution[k] ?? 0)
    solution[i] = (solution[i] ?? 0) / at(i, i)
  }
  return solution
}
