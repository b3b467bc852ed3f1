/** What points are worth in money, for reports: exact, rounded once, the same below zero as above. */
import { currencyExponent } from './currency.ts'
import { exactly } from './exact.ts'

/** Minor units of `points` at `price` major units each. */
export function pointsValue(points: number, price: number, currency: string): number {
  const value = exactly(Math.abs(points), { times: [price, 10 ** currencyExponent(currency)] }, 'nearest')
  return points < 0 && value !== 0 ? -value : value
}

/** A whole number shared out by weights, so that the parts add up to it; nothing where all weights are 0. */
export function shareOut(whole: number, weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  let seen = 0
  let given = 0
  return weights.map((weight) => {
    seen += weight
    const upTo = total === 0 ? 0 : exactly(whole, { times: [seen], over: [total] }, 'nearest')
    const part = upTo - given
    given = upTo
    return part
  })
}

/** A number of pieces after a part of the payment was given back, to the nearest. */
export const keptPieces = (pieces: number, paidMinor: number, refundedMinor: number): number =>
  paidMinor === 0 ? 0 : exactly(pieces, { times: [paidMinor - refundedMinor], over: [paidMinor] }, 'nearest')
