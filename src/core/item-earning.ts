/** What the pieces of an order earn. */
import type { ItemRule } from '../program/earning.ts'
import { type Earned, type EarningContext, keptMinor } from './earning-context.ts'
import { exactly } from './exact.ts'

/** Each line earns by the best of the item rules that match it, or by all of them. */
export function earnByItems(rules: readonly ItemRule[], context: EarningContext): Earned[] {
  if (rules.length === 0) return []
  const { program, payment, items } = context
  const pieces = new Map<string, number>()
  for (const item of items ?? []) {
    const matching = rules.filter((rule) => item.product !== null && rule.products.includes(item.product))
    const best = matching.reduce<ItemRule | null>((a, b) => (a === null || b.points > a.points ? b : a), null)
    for (const rule of program.stacking === 'all' ? matching : best ? [best] : [])
      pieces.set(rule.id, (pieces.get(rule.id) ?? 0) + item.quantity)
  }
  return rules
    .filter((rule) => items === null || pieces.has(rule.id))
    .map((rule) => {
      const count = pieces.get(rule.id) ?? 0
      const kept = keptMinor(payment)
      const points =
        count === 0 || kept === 0
          ? 0
          : exactly(rule.points, { times: [count, kept], over: [payment.paidMinor] }, program.points.rounding)
      return {
        rule: rule.id,
        on: 'item',
        points,
        base: 0,
        multiplier: 1,
        amountMinor: 0,
        pieces: count,
        ratePoints: rule.points,
        ratePer: 1,
        waitsForItems: items === null,
        campaigns: [],
        partly: [],
      }
    })
}
