/** The cohort triangle: customers by the month of their first purchase, and what of them was left each month since. */
import { monthOf, monthsBetween } from '../core/report-months.ts'
import { type PaidPurchase, perHead, ratio } from './metrics.ts'

/** More rows or columns than this are not shown: nobody could read them. */
export const COHORT_MONTHS = 36

export interface CohortCell {
  /** Whole months since the month of the first purchase: 0 is that month itself. */
  since: number
  /** Who bought in that month, and their share of the cohort; null of a month without new customers. */
  customers: number
  share: number | null
  orders: number
  spend: number
  /** False for the month that is not over yet. */
  complete: boolean
}

export interface Cohort {
  month: string
  /** Who bought for the first time in that month. */
  customers: number
  orders: number
  spend: number
  cells: CohortCell[]
}

/** Of one column, over months that are over: weighted by the cohorts' sizes. */
export interface CohortAverage {
  since: number
  cohorts: number
  customers: number
  share: number | null
  spendPerCustomer: number | null
}

interface Row {
  customers: number
  cells: Map<number, { customers: number; orders: number; spend: number }>
}

/** Takes customers in one by one and keeps only sums. */
export class CohortTriangle {
  readonly #rows = new Map<string, Row>()
  readonly #months: readonly string[]
  readonly #present: string
  readonly #zone: string
  /** Everybody who ever bought, and of these whose first purchase was before or after the months shown. */
  customers = 0
  earlier = 0
  later = 0

  /** @param months of first purchases, in order; `present`: the month that is not over yet. */
  constructor(months: readonly string[], present: string, zone: string) {
    this.#months = months
    this.#present = present
    this.#zone = zone
    for (const month of months) this.#rows.set(month, { customers: 0, cells: new Map() })
  }

  /** Everything that one customer bought and kept, of one currency, in any order. */
  add(purchases: readonly PaidPurchase[]): void {
    const months = purchases.map(({ at }) => monthOf(at, this.#zone))
    const first = months.reduce<string | null>(
      (least, month) => (least === null || month < least ? month : least),
      null,
    )
    if (first === null) return
    this.customers++
    const row = this.#rows.get(first)
    if (row === undefined) {
      if (first < (this.#months[0] ?? '')) this.earlier++
      else this.later++
      return
    }
    row.customers++
    const active = new Set<number>()
    for (const [n, month] of months.entries()) {
      const since = monthsBetween(first, month)
      const cell = row.cells.get(since) ?? { customers: 0, orders: 0, spend: 0 }
      row.cells.set(since, cell)
      if (!active.has(since)) cell.customers++
      active.add(since)
      cell.orders++
      cell.spend += purchases[n]?.netMinor ?? 0
    }
  }

  cohorts(): Cohort[] {
    return this.#months.map((month) => {
      const { customers, cells } = this.#rows.get(month) ?? { customers: 0, cells: new Map() }
      const length = Math.max(0, Math.min(COHORT_MONTHS, monthsBetween(month, this.#present) + 1))
      const shown = Array.from({ length }, (_, since): CohortCell => {
        const cell = cells.get(since) ?? { customers: 0, orders: 0, spend: 0 }
        const complete = monthsBetween(month, this.#present) > since
        return { since, ...cell, share: ratio(cell.customers, customers), complete }
      })
      const all = [...cells.values()]
      return {
        month,
        customers,
        orders: all.reduce((sum, { orders }) => sum + orders, 0),
        spend: all.reduce((sum, { spend }) => sum + spend, 0),
        cells: shown,
      }
    })
  }
}

/** Every column that has a month which is over. */
export function averagesOf(cohorts: readonly Cohort[]): CohortAverage[] {
  const averages: CohortAverage[] = []
  for (let since = 0; since < COHORT_MONTHS; since++) {
    const rows = cohorts.flatMap(({ customers, cells }) => {
      const cell = cells[since]
      return customers > 0 && cell?.complete ? [{ size: customers, cell }] : []
    })
    if (rows.length === 0) continue
    const customers = rows.reduce((sum, { size }) => sum + size, 0)
    averages.push({
      since,
      cohorts: rows.length,
      customers,
      share: ratio(
        rows.reduce((sum, { cell }) => sum + cell.customers, 0),
        customers,
      ),
      spendPerCustomer: perHead(
        rows.reduce((sum, { cell }) => sum + cell.spend, 0),
        customers,
      ),
    })
  }
  return averages
}
