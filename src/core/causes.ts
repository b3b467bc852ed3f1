/**
 * What a purchase gives to causes by itself: for each item sold, or a share of what is spent. A function of the merged
 * payment, so that refunds lessen it and any order of events gives the same.
 */
import type { Program } from '../program/schema.ts'
import type { DerivedPayment } from './derive-payment.ts'
import { exactly } from './exact.ts'
import type { Item } from './facts.ts'
import { spendMinor } from './spend.ts'
import type { Payment } from './state.ts'

/** What one purchase gives to one cause: pieces (trees, shoes), or money in the program's currency. */
export interface CauseGift {
  items?: number
  minor?: number
}

export const givesToCauses = (program: Program): boolean =>
  program.causes.some(({ perPurchase }) => perPurchase !== null)

/** Whether what is given can only be told when an order's lines are known. */
export const causesNeedItems = (program: Program): boolean =>
  program.causes.some(({ perPurchase }) => perPurchase !== null && 'perItem' in perPurchase)

/** What the purchase gives by cause; causes that get nothing are left out. `items`: null while they are not known. */
export function causeGifts(
  program: Program,
  payment: DerivedPayment,
  items: readonly Item[] | null,
): Record<string, CauseGift> {
  const gifts: Record<string, CauseGift> = {}
  const kept = payment.paidMinor - payment.refundedMinor
  if (kept <= 0) return gifts
  for (const { id, perPurchase } of program.causes) {
    if (perPurchase === null) continue
    if ('perItem' in perPurchase) {
      const each = { times: [perPurchase.perItem, kept], over: [payment.paidMinor] }
      const given = exactly(itemsSold(items ?? [], perPurchase), each, 'nearest')
      if (given > 0) gifts[id] = { items: given }
    } else {
      const minor = spendMinor(program, payment, perPurchase.shareOfSpend)
      if (minor > 0) gifts[id] = { minor }
    }
  }
  return gifts
}

type PerItem = Extract<Program['causes'][number]['perPurchase'], { perItem: number }>

/** What comes along for nothing was not sold. */
const itemsSold = (items: readonly Item[], wanted: PerItem): number =>
  items.reduce((sum, item) => (item.amountMinor > 0 && isWanted(item, wanted) ? sum + item.quantity : sum), 0)

const isWanted = ({ product }: Item, { products, excludeProducts }: PerItem): boolean =>
  product === null ? products.length === 0 : isListed(product, products) && !excludeProducts.includes(product)

const isListed = (product: string, products: readonly string[]): boolean =>
  products.length === 0 || products.includes(product)

/**
 * Brings what the payment gives up to date. `isNew`: nothing was known to be paid before; what was paid under a program
 * that gave nothing by purchases gives nothing later.
 */
export function giveToCauses(
  payment: Payment,
  derived: DerivedPayment,
  isNew: boolean,
  programs: { version: string; current: Program; byVersion(version: string): Program },
): { needsItems: boolean } {
  if (payment.givesBy === null && isNew && givesToCauses(programs.current)) payment.givesBy = programs.version
  if (payment.givesBy === null) return { needsItems: false }
  const program = programs.byVersion(payment.givesBy)
  const items = payment.parts.items?.list ?? null
  payment.causes = causeGifts(program, derived, items)
  return { needsItems: items === null && causesNeedItems(program) }
}
