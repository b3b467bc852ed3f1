// What a simulation comes to.
import { currencyExponent } from '../core/currency.ts'
import type { Program } from '../program/schema.ts'
import type { MemoryData } from './memory-data.ts'
import type { Sums } from './tally.ts'

/** By the ids of tiers; `none`: members who hold none. */
export type MembersByTier = Record<string, number>

export interface PeriodOutcome extends Sums {
  period: string
  /** At its end. */
  members: MembersByTier
}

export interface Simulated extends Sums {
  purchases: number
  customers: number
  /** Net of refunds, tax, shipping and tips, in major units of the program's currency. */
  revenue: number
  /** Points there in the end, those that cannot be used yet included. */
  outstanding: number
  /** What redeeming costs, in major units. */
  cost: number
  /** As a share of revenue; null where there was none. */
  costOfRevenue: number | null
  members: MembersByTier
  /** Rewards that the program gave by itself: made, and assumed to be used. */
  rewards: { made: number; used: number }
  overTime: PeriodOutcome[]
}

export interface Ended {
  program: Program
  data: MemoryData
  sums: Sums
  overTime: PeriodOutcome[]
  members: MembersByTier
  rewards: { made: number; used: number; usedWorth: number }
  /** Points redeemed by assumption. */
  assumed: number
}

export function outcomeOf({ program, data, sums, overTime, members, rewards, assumed }: Ended): Simulated {
  const scale = 10 ** currencyExponent(program.currency)
  const people = [...data.members.values()]
  const revenueMinor = people.reduce((sum, { spendMinor }) => sum + spendMinor, 0)
  const costMinor = Math.round((assumed * program.points.value + rewards.usedWorth) * scale)
  return {
    purchases: [...data.payments.all()].filter(({ counted }) => counted.purchases === 1).length,
    customers: people.length,
    revenue: revenueMinor / scale,
    ...sums,
    outstanding: people.reduce((sum, { available, pending, reserved }) => sum + available + pending + reserved, 0),
    cost: costMinor / scale,
    costOfRevenue: revenueMinor === 0 ? null : costMinor / revenueMinor,
    members,
    rewards: { made: rewards.made, used: rewards.used },
    overTime,
  }
}

/** What a reward is worth to who uses it, in major units. A percentage is worth the points that it costs. */
export function worthOf(program: Program, id: string): number {
  const reward = program.rewards.find((one) => one.id === id)
  if (reward === undefined) return 0
  const { fulfil } = reward
  if (fulfil.kind === 'credit' || fulfil.kind === 'donation') return fulfil.amount
  return (fulfil.kind === 'promotion_code' ? fulfil.amountOff : null) ?? reward.cost * program.points.value
}
