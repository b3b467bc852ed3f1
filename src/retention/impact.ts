/** What can be said of what was done for customers, and how surely: differences of shares with their intervals. */
import { Sample, welch } from '../core/report-statistics.ts'
import type { PaidPurchase } from './metrics.ts'
import { perHead, ratio } from './metrics.ts'

/** The 97.5 % quantile of the normal distribution. */
const Z = 1.959963984540054

/** Below this in either group nothing is said (DESIGN §9). */
export const LEAST_HELD_OUT = 100
export const INTERVAL_METHOD = 'Newcombe’s hybrid score interval'

export interface Proportion {
  hits: number
  of: number
}

/** The 95 % score interval of a share (Wilson 1927): never beyond 0 and 1, right for few and for rare. */
export function wilson({ hits, of }: Proportion): { low: number; high: number } {
  if (of === 0) return { low: 0, high: 1 }
  const share = hits / of
  const z2 = Z * Z
  const centre = share + z2 / (2 * of)
  const half = Z * Math.sqrt((share * (1 - share)) / of + z2 / (4 * of * of))
  const scale = 1 + z2 / of
  return { low: Math.max(0, (centre - half) / scale), high: Math.min(1, (centre + half) / scale) }
}

export interface ShareDifference {
  share: number
  low: number
  high: number
}

/**
 * The share of `a` less that of `b`, with its 95 % interval from Wilson's intervals of both (Newcombe 1998, method 10).
 * Null where either is empty.
 */
export function newcombe(a: Proportion, b: Proportion): ShareDifference | null {
  if (a.of === 0 || b.of === 0) return null
  const [shareA, shareB] = [a.hits / a.of, b.hits / b.of]
  const [ofA, ofB] = [wilson(a), wilson(b)]
  const share = shareA - shareB
  return {
    share,
    low: share - Math.hypot(shareA - ofA.low, ofB.high - shareB),
    high: share + Math.hypot(ofA.high - shareA, shareB - ofB.low),
  }
}

/** Customers of one group, each with what their first purchase within the window brought; 0 where there was none. */
export class ReturnArm {
  returned = 0
  readonly amounts = new Sample()

  add(amountMinor: number | null): void {
    if (amountMinor !== null) this.returned++
    this.amounts.add(amountMinor ?? 0)
  }

  get customers(): number {
    return this.amounts.count
  }

  get share(): number | null {
    return ratio(this.returned, this.customers)
  }
}

export interface HoldoutEffect {
  /** Points of share by which more came back. */
  share: number
  shareLow: number
  shareHigh: number
  /** The same as customers: the difference times those whose alerts were shown. */
  customers: number
  customersLow: number
  customersHigh: number
  /** Minor units by customer whose alert was shown, with its 95 % interval. */
  difference: number
  low: number
  high: number
}

/** Null with fewer than a hundred in either group. Everybody shown counts, acted on or not: chance chose only who was shown. */
export function compareReturns(shown: ReturnArm, heldOut: ReturnArm): HoldoutEffect | null {
  if (shown.customers < LEAST_HELD_OUT || heldOut.customers < LEAST_HELD_OUT) return null
  const found = newcombe(
    { hits: shown.returned, of: shown.customers },
    { hits: heldOut.returned, of: heldOut.customers },
  )
  const money = welch(shown.amounts, heldOut.amounts)
  if (found === null || money === null) return null
  const people = (share: number): number => Math.round(share * shown.customers) + 0
  return {
    share: found.share,
    shareLow: found.low,
    shareHigh: found.high,
    customers: people(found.share),
    customersLow: people(found.low),
    customersHigh: people(found.high),
    difference: Math.round(money.difference) + 0,
    low: Math.round(money.low) + 0,
    high: Math.round(money.high) + 0,
  }
}

/** Days looked at on either side of joining. */
export const JOINING_DAYS = 90

export interface JoiningFigures {
  /** Who had been customers for at least 90 days when they joined, at least 90 days ago. */
  members: number
  /** Purchases by member in the 90 days before and after the day of joining. */
  purchasesBefore: number | null
  purchasesAfter: number | null
  /** Net spend by member, minor units of one currency. */
  spendBefore: number | null
  spendAfter: number | null
}

/** Before and after joining. Not causal: people join when they mean to buy. */
export class JoiningTally {
  #members = 0
  #orders = { before: 0, after: 0 }
  #spend = { before: 0, after: 0 }

  /**
   * Takes a member in if both windows are whole: they bought for the first time before the one, and the other is over. The day
   * of joining is left out, as many join by buying.
   */
  add(
    purchases: readonly (PaidPurchase & { day: number })[],
    joinedDay: number,
    today: number,
    currency: string,
  ): void {
    const firstDay = purchases.reduce((least, { day }) => Math.min(least, day), Number.POSITIVE_INFINITY)
    if (firstDay > joinedDay - JOINING_DAYS || joinedDay + JOINING_DAYS >= today) return
    this.#members++
    for (const purchase of purchases) {
      const away = purchase.day - joinedDay
      if (away === 0 || Math.abs(away) > JOINING_DAYS) continue
      const side = away < 0 ? 'before' : 'after'
      this.#orders[side]++
      if (purchase.currency === currency) this.#spend[side] += purchase.netMinor
    }
  }

  figures(): JoiningFigures {
    return {
      members: this.#members,
      purchasesBefore: ratio(this.#orders.before, this.#members),
      purchasesAfter: ratio(this.#orders.after, this.#members),
      spendBefore: perHead(this.#spend.before, this.#members),
      spendAfter: perHead(this.#spend.after, this.#members),
    }
  }
}
