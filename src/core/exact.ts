/**
 * Exact arithmetic for points: a product of decimals and whole numbers over a quotient of the same, rounded once.
 * BigInt, because ¥10^12 × 10 points × 1.25 leaves what a double holds.
 */
export type Rounding = 'floor' | 'nearest' | 'ceil'

/** Program decimals have at most six places (points.value); multipliers four. */
const SCALE = 1_000_000

/** A decimal of up to six places as a whole number of millionths. */
const millionths = (value: number): bigint => BigInt(Math.round(value * SCALE))

export interface Ratio {
  /** Decimals (up to six places) that multiply, or whole numbers of any size. */
  times?: readonly (number | bigint)[]
  /** Decimals that divide, or whole numbers of any size; none may be zero. */
  over?: readonly (number | bigint)[]
}

const NONE: readonly number[] = []

/** `whole × Πtimes ÷ Πover`, rounded once. All inputs are 0 or more. */
export function exactly(whole: number, { times = NONE, over = NONE }: Ratio, rounding: Rounding): number {
  return ofDoubles(whole, times, over, rounding) ?? ofAnySize(whole, times, over, rounding)
}

/** The same where every step fits a double, as nearly always; else null. Ten times as fast. */
function ofDoubles(
  whole: number,
  times: readonly (number | bigint)[],
  over: readonly (number | bigint)[],
  rounding: Rounding,
): number | null {
  let numerator = whole
  let denominator = 1
  for (const factor of times) {
    if (typeof factor === 'bigint') return null
    if (Number.isInteger(factor)) numerator *= factor
    else {
      numerator *= Math.round(factor * SCALE)
      denominator *= SCALE
    }
  }
  for (const divisor of over) {
    if (typeof divisor === 'bigint') return null
    if (Number.isInteger(divisor)) denominator *= divisor
    else {
      denominator *= Math.round(divisor * SCALE)
      numerator *= SCALE
    }
  }
  if (!Number.isSafeInteger(numerator) || !Number.isSafeInteger(denominator)) return null
  // The remainder of two doubles is exact, so the quotient is.
  const rest = numerator % denominator
  const quotient = (numerator - rest) / denominator
  const up = rounding === 'nearest' ? 2 * rest >= denominator : rounding === 'ceil' && rest > 0
  return Math.min(POINTS_LIMIT, up ? quotient + 1 : quotient)
}

function ofAnySize(
  whole: number,
  times: readonly (number | bigint)[],
  over: readonly (number | bigint)[],
  rounding: Rounding,
): number {
  let numerator = BigInt(whole)
  let denominator = 1n
  for (const factor of times) {
    if (typeof factor === 'bigint' || Number.isSafeInteger(factor)) numerator *= BigInt(factor)
    else {
      numerator *= millionths(factor)
      denominator *= BigInt(SCALE)
    }
  }
  for (const divisor of over) {
    if (typeof divisor === 'bigint' || Number.isSafeInteger(divisor)) denominator *= BigInt(divisor)
    else {
      denominator *= millionths(divisor)
      numerator *= BigInt(SCALE)
    }
  }
  return safe(divide(numerator, denominator, rounding))
}

function divide(numerator: bigint, denominator: bigint, rounding: Rounding): bigint {
  if (rounding === 'nearest') return (2n * numerator + denominator) / (2n * denominator)
  const quotient = numerator / denominator
  return rounding === 'ceil' && quotient * denominator !== numerator ? quotient + 1n : quotient
}

/** Points beyond what can be counted exactly are capped: a payment of 2^53 must not break the books. */
function safe(points: bigint): number {
  return points > BigInt(POINTS_LIMIT) ? POINTS_LIMIT : Number(points)
}

/** The most points one award may bring; a thousand of them still add up exactly. */
export const POINTS_LIMIT = 1_000_000_000_000
