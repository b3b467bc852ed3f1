/** What somebody is about to buy: how many of each price. Pure. */
import type { ShownProduct } from '../shown.ts'

export type Basket = Readonly<Record<string, number>>

export const QUANTITY_LIMIT = 99

/** One more or one less; what is none is not in it. */
export function withOne(basket: Basket, price: string, by: 1 | -1): Basket {
  const quantity = Math.min(QUANTITY_LIMIT, (basket[price] ?? 0) + by)
  const { [price]: _, ...others } = basket
  return quantity < 1 ? others : { ...others, [price]: quantity }
}

/** What can be sent: prices that the shelf no longer has are left out. */
export const linesOf = (basket: Basket, products: readonly ShownProduct[]): { price: string; quantity: number }[] =>
  products.flatMap(({ price }) => {
    const quantity = basket[price] ?? 0
    return quantity > 0 ? [{ price, quantity }] : []
  })

export const totalOf = (basket: Basket, products: readonly ShownProduct[]): number =>
  products.reduce((sum, { price, amount }) => sum + amount * (basket[price] ?? 0), 0)
