/**
 * Finds where a smooth function is least: the conjugate gradients of fmin, first as they are, then over and over in
 * coordinates in which the function curves alike in all directions, where they need a handful of steps. From the same start
 * it takes the same way, always.
 *
 * Of fmin 0.0.4 only this part is used: its Nelder–Mead writes to an undeclared variable when it shrinks. Its build for
 * browsers hangs itself on the global object wherever modules are modules, and on the module where a loader has it so.
 */
/// <reference path="fmin.d.ts" />
import * as loaded from 'fmin'

/** The value at a point; writes its slope, of the same length, in place. */
export type Objective = (point: readonly number[], slope: number[]) => number

export interface Least {
  point: number[]
  value: number
  /** The slope has all but vanished there. */
  isSettled: boolean
}

interface Step {
  x: number[]
  fx: number
  fxprime: number[]
}
type Minimise = (f: Objective, start: number[], options: { maxIterations: number }) => Step

/** Points are logarithms: beyond that, a parameter is as good as nothing or as infinity. */
const FURTHEST = 16
const NOWHERE = 1e300
const FIRST_STEPS = 6
const STEPS_A_ROUND = 8
const MOST_ROUNDS = 12
/** Of an objective per customer that is some units high: then the parameters are known to six digits. */
const FLAT = 1e-7
/** The library stops at a slope of 1e-5, which is not flat yet. */
const SCALE = 100
const NUDGE = 1e-4

const conjugateGradient = findLibrary()

function findLibrary(): Minimise {
  const library: unknown = 'conjugateGradient' in loaded ? loaded : Reflect.get(globalThis, 'fmin')
  if (typeof library !== 'object' || library === null || !('conjugateGradient' in library)) throw new Error('no fmin')
  return library.conjugateGradient as Minimise
}

const STEEPNESS = 1e-3

/**
 * The objective with a rise beyond the reach of each coordinate. Where all customers are alike in something, or nobody ever
 * left, there is no least value: it comes ever closer as parameters grow. This says where to stop; inside nothing changes.
 */
export const within =
  (objective: Objective, reach: readonly number[]): Objective =>
  (point, slope) => {
    let value = objective(point, slope)
    for (let i = 0; i < point.length; i++) {
      const coordinate = point[i] ?? 0
      const beyond = Math.abs(coordinate) - (reach[i] ?? 0)
      if (!(beyond > 0)) continue
      value += STEEPNESS * beyond ** 2
      slope[i] = (slope[i] ?? 0) + 2 * STEEPNESS * beyond * Math.sign(coordinate)
    }
    return value
  }

/** The least value found from the start, and whether it is one. */
export function minimise(objective: Objective, start: readonly number[]): Least {
  const guarded = guard(objective)
  let step = conjugateGradient(guarded, [...start], { maxIterations: FIRST_STEPS })
  for (let round = 0; round < MOST_ROUNDS && !isFlat(step); round++) {
    const factor = choleskyOf(curvatureAt(guarded, step.x))
    const next =
      factor === null
        ? conjugateGradient(guarded, step.x, { maxIterations: FIRST_STEPS })
        : minimiseEvenly(guarded, step.x, factor)
    if (!(next.fx < step.fx) && !isFlat(next)) break
    step = next
  }
  return { point: step.x, value: step.fx / SCALE, isSettled: isFlat(step) }
}

const isFlat = ({ fxprime, fx }: Step): boolean => fx < NOWHERE && Math.hypot(...fxprime) <= FLAT * SCALE * 10

/** Where the objective is no number, or parameters run away, there is a wall. */
const guard =
  (objective: Objective): Objective =>
  (point, slope) => {
    const isInside = point.every((value) => Math.abs(value) <= FURTHEST)
    const value = isInside ? objective(point, slope) : Number.NaN
    if (Number.isFinite(value) && slope.every(Number.isFinite)) {
      for (let i = 0; i < slope.length; i++) slope[i] = (slope[i] ?? 0) * SCALE
      return value * SCALE
    }
    slope.fill(0)
    return NOWHERE
  }

/** Second derivatives, by differences of slopes. */
function curvatureAt(objective: Objective, point: readonly number[]): number[][] {
  const rows = point.map((value, i) => {
    const [above, below] = [[...point], [...point]]
    const [up, down] = [[...point], [...point]]
    above[i] = value + NUDGE
    below[i] = value - NUDGE
    objective(above, up)
    objective(below, down)
    return up.map((slope, j) => (slope - (down[j] ?? 0)) / (2 * NUDGE))
  })
  return rows.map((row, i) => row.map((value, j) => (value + (rows[j]?.[i] ?? 0)) / 2))
}

/** The lower triangle whose square the matrix is; null where the function does not curve upwards in all directions. */
function choleskyOf(matrix: readonly (readonly number[])[]): number[][] | null {
  const lower: number[][] = []
  for (const [i, row] of matrix.entries()) {
    const made: number[] = []
    for (let j = 0; j <= i; j++) {
      const other = j === i ? made : (lower[j] ?? [])
      let rest = row[j] ?? 0
      for (let k = 0; k < j; k++) rest -= (made[k] ?? 0) * (other[k] ?? 0)
      if (j === i && !(rest > 0)) return null
      made.push(j === i ? Math.sqrt(rest) : rest / (other[j] ?? 1))
    }
    lower.push(made)
  }
  return lower
}

/** A round in coordinates in which the curvature at the origin is one in all directions. */
function minimiseEvenly(objective: Objective, origin: readonly number[], lower: readonly (readonly number[])[]): Step {
  const size = origin.length
  const at = (i: number, j: number): number => lower[i]?.[j] ?? 0
  const there = (even: readonly number[]): number[] => {
    const point = [...even]
    for (let i = size - 1; i >= 0; i--) {
      for (let k = i + 1; k < size; k++) point[i] = (point[i] ?? 0) - at(k, i) * (point[k] ?? 0)
      point[i] = (point[i] ?? 0) / at(i, i)
    }
    return point.map((value, i) => value + (origin[i] ?? 0))
  }
  const even: Objective = (point, slope) => {
    const plain = new Array<number>(size).fill(0)
    const value = objective(there(point), plain)
    for (let i = 0; i < size; i++) {
      let rest = plain[i] ?? 0
      for (let k = 0; k < i; k++) rest -= at(i, k) * (slope[k] ?? 0)
      slope[i] = rest / at(i, i)
    }
    return value
  }
  const found = conjugateGradient(even, new Array<number>(size).fill(0), { maxIterations: STEPS_A_ROUND })
  const x = there(found.x)
  const fxprime = new Array<number>(size).fill(0)
  return { x, fx: objective(x, fxprime), fxprime }
}
