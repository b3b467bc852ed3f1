import fc from 'fast-check'
import { expect, test } from 'vitest'
import { currencyExponent, currencyPlaces, isCurrency } from '../../src/core/currency.ts'
import { decimalPlaces } from '../../src/program/decimal.ts'

test.each([
  ['usd', 2],
  ['EUR', 2],
  ['isk', 2],
  ['ugx', 2],
  ...'bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' ').map((code) => [code, 0] as const),
  ...'bhd jod kwd omr tnd'.split(' ').map((code) => [code, 3] as const),
] as const)('an amount in %s has %i decimals at Stripe', (code, exponent) => {
  expect(isCurrency(code)).toBe(true)
  expect(currencyExponent(code)).toBe(exponent)
})

test.each([
  ['isk', 0],
  ['ugx', 0],
  ['jpy', 0],
  ['usd', 2],
  ['kwd', 3],
] as const)('an amount in %s is written with at most %i decimals', (code, places) => {
  expect(currencyPlaces(code)).toBe(places)
})

test.each(['', 'us', 'usdd', 'xxx', 'btc', '__proto__', 'constructor'])('%j is no currency', (code) => {
  expect(isCurrency(code)).toBe(false)
})

test.each([
  [0, 0],
  [5, 0],
  [4.99, 2],
  [0.1, 1],
  [1.2345, 4],
  [1e-7, 7],
  [1.5e-7, 8],
  [1e21, 0],
  [1.5e300, 0],
] as const)('%d has %i places', (value, places) => {
  expect(decimalPlaces(value)).toBe(places)
})

test('any whole number of cents has at most two places', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 1e14 }), (cents) => decimalPlaces(cents / 100) <= 2))
})
