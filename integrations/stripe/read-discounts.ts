// Which promotion codes an order was bought with, where its session or invoice shows it without a further question.
import type { CodeFact } from '../../src/core/facts.ts'
import { amount, child, type Json, list, Odd, ownId, paymentId } from './json.ts'
import type { Reading } from './payment-parts.ts'

/** Stripe takes twenty discounts an order at most. */
const MAX_CODES = 20

const items = (object: Json | null, key: string): Json[] => (object && list(object, key)?.items) ?? []

/**
 * The objects that may name a code: the session's own `discounts`; an invoice's `discounts` and `total_discount_amounts`
 * where they are expanded, and its one `discount` of former versions; a session's expanded breakdown.
 */
function discountsOf(object: Json): Json[] {
  const totals = child(object, 'total_details')
  const applied = [
    ...items(object, 'total_discount_amounts'),
    ...items(totals && child(totals, 'breakdown'), 'discounts'),
  ]
  return [
    child(object, 'discount'),
    ...items(object, 'discounts'),
    ...applied.map((one) => child(one, 'discount')),
  ].filter((discount) => discount !== null)
}

/** Sorted, unique. */
export function promotionCodesOf(object: Json): string[] {
  const codes = discountsOf(object).map((discount) => paymentId(discount.promotion_code))
  const known = new Set(codes.filter((code) => code?.startsWith('promo_') === true))
  return [...known]
    .filter((code) => code !== null)
    .slice(0, MAX_CODES)
    .sort()
}

export function readPromotionCode(code: Json, reading: Reading): CodeFact {
  if (typeof code.active !== 'boolean') throw new Odd('promotion_code.active is missing')
  return {
    kind: 'code',
    promotionCode: ownId(code, 'promotion_code'),
    at: reading.at,
    timesRedeemed: amount(code, 'times_redeemed', 'promotion_code'),
    active: code.active,
  }
}
