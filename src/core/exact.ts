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
  /** Decimals (up to six places) that multiply. */
  times?: readonly number[]
  /** Decimals that divide; none may be zero. */
  over?: readonly number[]
}

/** `whole × Πtimes ÷ Πover`, rounded once. All inputs are 0 or more. */
export function exactly(whole: number, { times = [], over = [] }: Ratio, rounding: Rounding): number {
  let numerator = BigInt(whole)
  let denominator = 1n
  for (const factor of times) {
    if (Number.isSafeInteger(factor)) numerator *= BigInt(factor)
    else {
      numerator *= millionths(factor)
      denominator *= BigInt(SCALE)
    }
  }
  for (const divisor of over) {
    if (Number.isSafeInteger(divisor)) denominator *= BigInt(divisor)
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
