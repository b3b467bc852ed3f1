/**
 * How well customers are kept, in the figures of the field. Everything is counted of kept purchases (what was given back in
 * full is none), net of refunds, and money by the currency it was paid in: amounts of two currencies are never added.
 */
import { localDay } from '../core/calendar.ts'
import { Gaps } from './metrics-gaps.ts'

/** A purchase of which something was kept. `netMinor`: paid less refunded, in minor units of the currency it was paid in. */
export interface PaidPurchase {
  at: number
  /** Null: not known; it counts as a purchase, but as no money. */
  currency: string | null
  netMinor: number
  /** A later invoice of a subscription. */
  isRenewal: boolean
}

/** Local days, both included. */
export interface Days {
  fromDay: number
  toDay: number
}

/** As many days as the period has, right before it. */
export const daysBefore = ({ fromDay, toDay }: Days): Days => ({
  fromDay: fromDay - (toDay - fromDay + 1),
  toDay: fromDay - 1,
})

export interface MoneyOfCustomer {
  currency: string
  orders: number
  spendMinor: number
  /** To the end of the period. */
  spendEverMinor: number
}

/** What one customer adds to the figures of a period. */
export interface CustomerInPeriod {
  orders: number
  renewals: number
  ordersBefore: number
  /** From the first purchase to the end of the period. */
  ordersEver: number
  /** Days between buying days, those that ended in the period. */
  gaps: number[]
  money: MoneyOfCustomer[]
}

/** Null for who had bought nothing by the end of the period. Purchases may come in any order. */
export function customerInPeriod(
  purchases: readonly PaidPurchase[],
  period: Days,
  zone: string,
): CustomerInPeriod | null {
  const found: CustomerInPeriod = { orders: 0, renewals: 0, ordersBefore: 0, ordersEver: 0, gaps: [], money: [] }
  const before = daysBefore(period)
  const buyingDays: number[] = []
  for (const { at, currency, netMinor, isRenewal } of purchases) {
    const day = localDay(at, zone)
    if (day > period.toDay) continue
    const isIn = day >= period.fromDay
    found.ordersEver++
    if (isIn) found.orders++
    if (isIn && isRenewal) found.renewals++
    if (day >= before.fromDay && day <= before.toDay) found.ordersBefore++
    if (!isRenewal) buyingDays.push(day)
    if (currency === null) continue
    const money = moneyIn(found.money, currency)
    money.spendEverMinor += netMinor
    if (!isIn) continue
    money.orders++
    money.spendMinor += netMinor
  }
  if (found.ordersEver === 0) return null
  found.gaps = gapsEndingFrom(buyingDays, period.fromDay)
  return found
}

function moneyIn(list: MoneyOfCustomer[], currency: string): MoneyOfCustomer {
  const known = list.find((one) => one.currency === currency)
  if (known !== undefined) return known
  const money = { currency, orders: 0, spendMinor: 0, spendEverMinor: 0 }
  list.push(money)
  return money
}

/** Purchases of one day are one. */
function gapsEndingFrom(days: number[], fromDay: number): number[] {
  days.sort((a, b) => a - b)
  const gaps: number[] = []
  let last = days[0] ?? 0
  for (const day of days) {
    if (day > last && day >= fromDay) gaps.push(day - last)
    last = day
  }
  return gaps
}

export interface MoneyFigures {
  currency: string
  /** Who bought in the period in this currency, and how often. */
  customers: number
  orders: number
  spend: number
  /** Spend by order: average order value. */
  averageOrder: number | null
  /** Net spend from the first purchase to the end of the period, by customer who ever bought in this currency. */
  lifetimeValue: number | null
}

/** Shares from 0 to 1; null where there is nothing to take a share of. Money in minor units, whole. */
export interface Figures {
  /** Who had bought by the end of the period. */
  everCustomers: number
  /** Who bought in the period. */
  customers: number
  orders: number
  /** Of the orders: later invoices of subscriptions. */
  renewals: number
  /** Who bought in as many days before the period. */
  customersBefore: number
  /** Of these: who bought in the period again. */
  retained: number
  /** Customer retention rate: `retained / customersBefore`. */
  retention: number | null
  /** Customer churn rate: 1 − retention. */
  churn: number | null
  /** Repeat-purchase rate: of who bought in the period, the share who had bought at least twice by its end. */
  repeatRate: number | null
  /** Purchase frequency: orders in the period by customer in the period. */
  frequency: number | null
  /** Time between purchases: days from one buying day to the next, of one-off purchases, those that ended in the period. */
  daysBetween: { median: number | null; mean: number | null; gaps: number }
  money: MoneyFigures[]
  /** What is still to come, by customer of whom it is expected; minor units of the program's currency. */
  expectedValue: number | null
}

export const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole)

/** Whole minor units; there is no minus nothing. */
export const perHead = (minor: number, heads: number): number | null =>
  heads === 0 ? null : Math.round(minor / heads) + 0

/** Adds customers up; of any number of them it keeps only sums. */
export class RetentionTally {
  #ever = 0
  #customers = 0
  #orders = 0
  #renewals = 0
  #before = 0
  #retained = 0
  #repeated = 0
  #expected = { customers: 0, minor: 0 }
  readonly #gaps = new Gaps()
  readonly #money = new Map<
    string,
    { customers: number; everCustomers: number; orders: number; spend: number; spendEver: number }
  >()

  /** `expectedMinor`: what is still to come from them; null where nobody knows. */
  add(customer: CustomerInPeriod, expectedMinor: number | null): void {
    const isIn = customer.orders > 0
    this.#ever++
    this.#orders += customer.orders
    this.#renewals += customer.renewals
    if (isIn) this.#customers++
    if (isIn && customer.ordersEver > 1) this.#repeated++
    if (customer.ordersBefore > 0) this.#before++
    if (customer.ordersBefore > 0 && isIn) this.#retained++
    if (expectedMinor !== null) {
      this.#expected.customers++
      this.#expected.minor += expectedMinor
    }
    for (const days of customer.gaps) this.#gaps.add(days)
    for (const money of customer.money) this.#addMoney(money)
  }

  #addMoney({ currency, orders, spendMinor, spendEverMinor }: MoneyOfCustomer): void {
    const sum = this.#money.get(currency) ?? { customers: 0, everCustomers: 0, orders: 0, spend: 0, spendEver: 0 }
    this.#money.set(currency, sum)
    sum.everCustomers++
    if (orders > 0) sum.customers++
    sum.orders += orders
    sum.spend += spendMinor
    sum.spendEver += spendEverMinor
  }

  figures(): Figures {
    const retention = ratio(this.#retained, this.#before)
    return {
      everCustomers: this.#ever,
      customers: this.#customers,
      orders: this.#orders,
      renewals: this.#renewals,
      customersBefore: this.#before,
      retained: this.#retained,
      retention,
      churn: retention === null ? null : (this.#before - this.#retained) / this.#before,
      repeatRate: ratio(this.#repeated, this.#customers),
      frequency: ratio(this.#orders, this.#customers),
      daysBetween: { median: this.#gaps.median, mean: this.#gaps.mean, gaps: this.#gaps.count },
      money: [...this.#money]
        .map(([currency, { customers, everCustomers, orders, spend, spendEver }]) => ({
          currency,
          customers,
          orders,
          spend,
          averageOrder: perHead(spend, orders),
          lifetimeValue: perHead(spendEver, everCustomers),
        }))
        .sort((a, b) => (a.currency < b.currency ? -1 : 1)),
      expectedValue: perHead(this.#expected.minor, this.#expected.customers),
    }
  }
}
