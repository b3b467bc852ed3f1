// The quick way of exact arithmetic against the plain one: whatever fits doubles or does not, both give the same.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { exactly, POINTS_LIMIT, type Rounding } from '../../src/core/exact.ts'

const SCALE = 1_000_000n
const millionths = (value: number | bigint): bigint =>
  typeof value === 'bigint' ? value * SCALE : BigInt(Math.round(value * 1_000_000))

/** All in millionths, with no short cut. */
function plainly(whole: number, times: (number | bigint)[], over: (number | bigint)[], rounding: Rounding): number {
  let [numerator, denominator] = [BigInt(whole), 1n]
  for (const factor of times) [numerator, denominator] = [numerator * millionths(factor), denominator * SCALE]
  for (const divisor of over) [numerator, denominator] = [numerator * SCALE, denominator * millionths(divisor)]
  const [quotient, rest] = [numerator / denominator, numerator % denominator]
  const up = rounding === 'nearest' ? 2n * rest >= denominator : rounding === 'ceil' && rest > 0n
  const result = up ? quotient + 1n : quotient
  return result > BigInt(POINTS_LIMIT) ? POINTS_LIMIT : Number(result)
}

const anyWhole = fc.oneof(fc.integer({ min: 0, max: 100_000 }), fc.maxSafeNat())
const anyDecimal = fc.integer({ min: 1, max: 10_000_000 }).map((tenThousandths) => tenThousandths / 10_000)
const anyBig = fc.bigInt({ min: 1n, max: 10n ** 24n })
const anyFactor = fc.oneof(fc.integer({ min: 0, max: 100_000 }), anyDecimal, anyBig)
const anyDivisor = fc.oneof(fc.integer({ min: 1, max: 100_000 }), anyDecimal, anyBig)
const anyRounding = fc.constantFrom<Rounding>('floor', 'nearest', 'ceil')
const few = { maxLength: 5 }

it('exact arithmetic is the same for small numbers and for large ones', () => {
  fc.assert(
    fc.property(
      anyWhole,
      fc.array(anyFactor, few),
      fc.array(anyDivisor, few),
      anyRounding,
      (whole, times, over, rounding) => {
        expect(exactly(whole, { times, over }, rounding)).toBe(plainly(whole, times, over, rounding))
      },
    ),
    { numRuns: 5_000 },
  )
})
