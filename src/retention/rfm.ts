/**
 * Recency, frequency, monetary value: each in quintiles from 1 to 5 over the shop's active history, and from them the
 * eleven usual segments. Scores are against other customers of the shop, so the bounds are learnt anew each night.
 */
import type { Quintiles, RfmCuts, Segment } from './types.ts'

/** What is scored of one customer: all purchases kept, subscriptions included. */
export interface RfmInput {
  /** Days since the last purchase; below 0 counts as 0. */
  daysSince: number
  /** Purchases kept. */
  purchases: number
  /** Net spend, minor units; below 0 counts as 0. */
  spendMinor: number
}

/**
 * Whoever has not bought for two years says nothing of how today's customers differ: with them, everybody else would be
 * recent. They are scored like all others.
 */
export const ACTIVE_DAYS = 730

/** By recency (rows, 5 to 1) and the mean of frequency and monetary value (columns, 1 to 5). */
const GRID: Readonly<Record<number, readonly [Segment, Segment, Segment, Segment, Segment]>> = {
  5: ['new_customers', 'potential_loyalist', 'potential_loyalist', 'champions', 'champions'],
  4: ['promising', 'potential_loyalist', 'potential_loyalist', 'loyal', 'loyal'],
  3: ['about_to_sleep', 'about_to_sleep', 'needs_attention', 'loyal', 'loyal'],
  2: ['hibernating', 'hibernating', 'at_risk', 'at_risk', 'cannot_lose'],
  1: ['lost', 'hibernating', 'at_risk', 'at_risk', 'cannot_lose'],
}

/** Counts of values, coarse enough that there are never many: as much memory for a million customers as for thousands. */
class Counts {
  readonly #counts = new Map<number, number>()
  #total = 0

  add(value: number): void {
    const kept = coarse(value)
    this.#counts.set(kept, (this.#counts.get(kept) ?? 0) + 1)
    this.#total++
  }

  get total(): number {
    return this.#total
  }

  /** The smallest values that at least 20, 40, 60 and 80 % do not exceed. */
  quintiles(): Quintiles {
    const values = [...this.#counts].sort(([a], [b]) => a - b)
    const bounds: Quintiles = [0, 0, 0, 0]
    let below = 0
    let next = 0
    for (const [value, count] of values) {
      below += count
      for (; next < 4 && below * 5 >= this.#total * (next + 1); next++) bounds[next] = value
    }
    return bounds
  }
}

/** To three significant digits. */
const coarse = (value: number): number => (value < 1_000 ? Math.round(value) : Number(value.toPrecision(3)))

/** Learns the bounds from customers given one by one, in any order. */
export class RfmTally {
  readonly #active = { recency: new Counts(), frequency: new Counts(), monetary: new Counts() }
  #purchases = 0
  readonly #all = { recency: new Counts(), frequency: new Counts(), monetary: new Counts() }

  add({ daysSince, purchases, spendMinor }: RfmInput): void {
    if (purchases <= 0) return
    this.#purchases += purchases
    for (const counts of daysSince <= ACTIVE_DAYS ? [this.#active, this.#all] : [this.#all]) {
      counts.recency.add(Math.max(0, daysSince))
      counts.frequency.add(purchases)
      counts.monetary.add(Math.max(0, spendMinor))
    }
  }

  /** Null where nobody ever bought. Where nobody did lately, all that ever did are compared. */
  cuts(at: number): RfmCuts | null {
    const customers = this.#all.recency.total
    if (customers === 0) return null
    const { recency, frequency, monetary } = this.#active.recency.total > 0 ? this.#active : this.#all
    return {
      at,
      customers,
      purchases: this.#purchases,
      recency: recency.quintiles(),
      frequency: frequency.quintiles(),
      monetary: monetary.quintiles(),
    }
  }
}

/** From 1 for the lowest fifth to 5. */
function scoreOf(value: number, bounds: Quintiles): number {
  const kept = coarse(value)
  const place = bounds.findIndex((bound) => kept <= bound)
  return place === -1 ? 5 : place + 1
}

/** `rfm` is three digits, recency first. Null for whoever bought nothing that they kept. */
export function rfmOf(
  cuts: RfmCuts,
  { daysSince, purchases, spendMinor }: RfmInput,
): { rfm: string; segment: Segment } | null {
  if (purchases <= 0) return null
  const recency = 6 - scoreOf(Math.max(0, daysSince), cuts.recency)
  const frequency = scoreOf(purchases, cuts.frequency)
  const monetary = scoreOf(Math.max(0, spendMinor), cuts.monetary)
  return { rfm: `${recency}${frequency}${monetary}`, segment: segmentOf(recency, frequency, monetary) }
}

/** Scores from 1 to 5. A mean between two columns counts as the higher. */
export function segmentOf(recency: number, frequency: number, monetary: number): Segment {
  const row = GRID[recency]
  const segment = row?.[Math.ceil((frequency + monetary) / 2) - 1]
  if (segment === undefined) throw new Error(`no segment for ${recency}${frequency}${monetary}`)
  return segment
}
