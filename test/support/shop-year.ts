/**
 * A shop of two believable years of which the truth is known: who its customers are, how they buy, and when each really
 * left. In the first year it learns, in the second its alerts are held against the truth.
 */
import { DAY_MS } from '../../src/core/calendar.ts'
import type { BuyingHistory } from '../../src/retention/types.ts'
import { seededUniform } from './shoppers.ts'

/** `regular`: by habit; `occasional`: when they happen to come by; `once`: they try the shop and hardly ever return. */
export type CustomerKind = 'regular' | 'occasional' | 'once'

export interface SimulatedCustomer {
  id: number
  kind: CustomerKind
  history: BuyingHistory
  /** The last day on which they were a customer; what they bought then was the last. Null: they still are at the end. */
  leftDay: number | null
}

export interface SimulatedShop {
  firstDay: number
  /** Where the year begins whose alerts are judged. */
  yearDay: number
  /** The first day after it. */
  endDay: number
  customers: SimulatedCustomer[]
}

const YEAR = 365
/** How busy each month is: Christmas, sales in July, nothing in February. */
const SEASON = [0.8, 0.7, 0.95, 1, 1.05, 1, 1.1, 0.85, 1, 1.05, 1.3, 1.5]
const SHARES: readonly (readonly [CustomerKind, number])[] = [
  ['regular', 0.35],
  ['occasional', 0.3],
  ['once', 0.35],
]
/** Of those who buy by habit or on occasion, so many leave within a year. */
const LEAVING_A_YEAR = { regular: 0.3, occasional: 0.4 }
/** Illness, a journey, a new child: so many pauses a year, from which they return. */
const PAUSES_A_YEAR = 0.25
const RETURNS_AFTER_ALL = 0.15

class Chance {
  /** From 0 up to 1, the same in every run. */
  readonly next: () => number

  constructor(seed: number) {
    this.next = seededUniform(seed)
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.next()
  }

  /** Mean 1. */
  exponential(): number {
    return -Math.log(1 - this.next())
  }

  /** Median 1. */
  lognormal(spread: number): number {
    return Math.exp(spread * Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next()))
  }
}

export function makeShop({
  customers,
  seed,
  firstDay,
}: {
  customers: number
  seed: number
  firstDay: number
}): SimulatedShop {
  const chance = new Chance(seed)
  const endDay = firstDay + 2 * YEAR
  return {
    firstDay,
    yearDay: firstDay + YEAR,
    endDay,
    customers: Array.from({ length: customers }, (_, id) => makeCustomer(id, chance, firstDay, endDay)),
  }
}

function makeCustomer(id: number, chance: Chance, firstDay: number, endDay: number): SimulatedCustomer {
  const draw = chance.next()
  let [kind, reached]: [CustomerKind, number] = ['once', 0]
  for (const [one, share] of SHARES) {
    reached += share
    kind = one
    if (draw < reached) break
  }
  // A third of them were customers when the books begin.
  const joined = Math.max(firstDay, Math.floor(chance.between(firstDay - YEAR, endDay - 20)))
  const days = daysOf(kind, chance, joined, endDay)
  const usual = 4_000 * chance.lognormal(0.6)
  const spend = days.kept.map(() => Math.max(100, Math.round(usual * chance.lognormal(0.4))))
  return { id, kind, history: { days: days.kept, spend }, leftDay: days.leftDay }
}

/** Days with a purchase before the end, and the day after which there never is one. */
function daysOf(
  kind: CustomerKind,
  chance: Chance,
  joined: number,
  endDay: number,
): { kept: number[]; leftDay: number | null } {
  if (kind === 'once') {
    const back = chance.next() < RETURNS_AFTER_ALL ? joined + Math.ceil(chance.between(20, 200)) : null
    const days = back === null ? [joined] : [joined, back]
    // Still a customer until the visit that comes; some will come after the end.
    const isBack = back !== null && back >= endDay
    return { kept: days.filter((day) => day < endDay), leftDay: isBack ? null : (days.at(-1) ?? joined) }
  }
  const interval = kind === 'regular' ? chance.between(7, 60) : chance.between(60, 150)
  const stays = (YEAR * chance.exponential()) / -Math.log(1 - LEAVING_A_YEAR[kind])
  const kept = [joined]
  for (let day = joined; ; ) {
    const gap = interval * (kind === 'regular' ? chance.lognormal(0.35) : chance.exponential())
    const month = new Date(day * DAY_MS).getUTCMonth()
    const pause = chance.next() < (PAUSES_A_YEAR * gap) / YEAR ? chance.between(40, 120) : 0
    day += Math.max(1, Math.round(gap / (SEASON[month] ?? 1) + pause))
    if (day > joined + stays) return { kept, leftDay: kept.at(-1) ?? joined }
    if (day >= endDay) return { kept, leftDay: null }
    kept.push(day)
  }
}

/** Whether they had left by that day, as nobody but the simulation knows. */
export const hasLeft = ({ leftDay }: SimulatedCustomer, day: number): boolean => leftDay !== null && leftDay <= day
