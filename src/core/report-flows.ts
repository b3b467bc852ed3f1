/**
 * What moved points between members and the rest of the world. The parts add up by construction: each posting that enters
 * or leaves an account outside changes exactly one of them, and members' accounts by the same number.
 */

/** Points, each net of what came back. `redeemed`, `donated`, `expired`, `forfeited`, `forgiven` may be negative in a span. */
export interface Flows {
  /** From the program or a partner. */
  issued: number
  /** Shortfalls that were forgiven. */
  forgiven: number
  /** Back to the program or a partner: refunds, corrections, deductions by staff. */
  reversed: number
  redeemed: number
  donated: number
  expired: number
  /** Spent on rewards that lapsed unused. */
  forfeited: number
}

export const noFlows = (): Flows => ({
  issued: 0,
  forgiven: 0,
  reversed: 0,
  redeemed: 0,
  donated: 0,
  expired: 0,
  forfeited: 0,
})

/** Adds one movement. Accounts by their full names, members' by any word that is none of those outside. */
export function addFlow(flows: Flows, source: string, target: string, points: number): void {
  if (isGiver(source)) flows.issued += points
  else if (source === 'forgiven') flows.forgiven += points
  else if (isTaker(source)) flows[takerOf(source)] -= points
  if (isGiver(target)) flows.reversed += points
  else if (target === 'forgiven') flows.forgiven -= points
  else if (isTaker(target)) flows[takerOf(target)] += points
}

const isGiver = (account: string): boolean => account === 'program' || account.startsWith('partner/')
const TAKERS = ['redeemed', 'expired', 'forfeited'] as const
type Taker = (typeof TAKERS)[number] | 'donated'
const isTaker = (account: string): boolean => account.startsWith('cause/') || TAKERS.some((one) => one === account)
const takerOf = (account: string): Taker => TAKERS.find((one) => one === account) ?? 'donated'

/** By how much what members hold grew. */
export const growth = ({ issued, forgiven, reversed, redeemed, donated, expired, forfeited }: Flows): number =>
  issued + forgiven - reversed - redeemed - donated - expired - forfeited

export function sumFlows(all: Iterable<Flows>): Flows {
  const sum = noFlows()
  for (const flows of all) for (const part of Object.keys(sum) as (keyof Flows)[]) sum[part] += flows[part]
  return sum
}

export interface LiabilityMonth extends Flows {
  /** `2026-11`. */
  month: string
  opening: number
  closing: number
}

/** Each of `months` (in order, without gaps) with what was owed to members when it began and when it ended. */
export function liabilityMonths(byMonth: ReadonlyMap<string, Flows>, months: readonly string[]): LiabilityMonth[] {
  const first = months[0] ?? ''
  const before = [...byMonth].filter(([month]) => month < first).map(([, flows]) => flows)
  let opening = growth(sumFlows(before))
  return months.map((month) => {
    const flows = byMonth.get(month) ?? noFlows()
    const line = { month, opening, ...flows, closing: opening + growth(flows) }
    opening = line.closing
    return line
  })
}
