/** Retention month over month, and what each month brought. */
import { addToMonth, monthOf } from '../core/report-months.ts'
import { type PaidPurchase, perHead, ratio } from './metrics.ts'

export interface MonthMoney {
  currency: string
  orders: number
  spend: number
  averageOrder: number | null
}

export interface MonthFigures {
  month: string
  /** Who bought in it; of these, for whom it was the month of their first purchase. */
  customers: number
  newCustomers: number
  orders: number
  /** Who bought in the month before, and of these in this month again. */
  customersBefore: number
  retained: number
  retention: number | null
  churn: number | null
  money: MonthMoney[]
}

interface Sums {
  customers: number
  newCustomers: number
  orders: number
  before: number
  retained: number
  money: Map<string, { orders: number; spend: number }>
}

export class MonthsTally {
  readonly #zone: string
  readonly #months: Map<string, Sums>

  /** @param months in order, each the one after the last */
  constructor(months: readonly string[], zone: string) {
    this.#zone = zone
    this.#months = new Map(
      months.map((month) => [
        month,
        { customers: 0, newCustomers: 0, orders: 0, before: 0, retained: 0, money: new Map() },
      ]),
    )
  }

  /** Everything that one customer bought and kept, in any order. */
  add(purchases: readonly PaidPurchase[]): void {
    const bought = new Set<string>()
    let first: string | null = null
    for (const purchase of purchases) {
      const month = monthOf(purchase.at, this.#zone)
      bought.add(month)
      if (first === null || month < first) first = month
      this.#addOrder(month, purchase)
    }
    for (const month of bought) {
      const sums = this.#months.get(month)
      if (sums !== undefined) {
        sums.customers++
        if (month === first) sums.newCustomers++
      }
      const next = this.#months.get(addToMonth(month, 1))
      if (next === undefined) continue
      next.before++
      if (bought.has(addToMonth(month, 1))) next.retained++
    }
  }

  #addOrder(month: string, { currency, netMinor }: PaidPurchase): void {
    const sums = this.#months.get(month)
    if (sums === undefined) return
    sums.orders++
    if (currency === null) return
    const money = sums.money.get(currency) ?? { orders: 0, spend: 0 }
    sums.money.set(currency, money)
    money.orders++
    money.spend += netMinor
  }

  figures(): MonthFigures[] {
    return [...this.#months].map(([month, { customers, newCustomers, orders, before, retained, money }]) => ({
      month,
      customers,
      newCustomers,
      orders,
      customersBefore: before,
      retained,
      retention: ratio(retained, before),
      churn: ratio(before - retained, before),
      money: [...money]
        .map(([currency, sum]) => ({ currency, ...sum, averageOrder: perHead(sum.spend, sum.orders) }))
        .sort((a, b) => (a.currency < b.currency ? -1 : 1)),
    }))
  }
}
