/**
 * What a reward of the program means for one redemption: when it can be had, when it ends, what Stripe is asked to make.
 * Days are the program's: local, inclusive, kept as half-open instants.
 */
import type { Program } from '../program/schema.ts'
import { DAY_MS, endOfDayAfterMonths, localDay, startOfDay } from './calendar.ts'
import { currencyExponent } from './currency.ts'
import type { RewardOrder } from './facts.ts'
import type { Redemption } from './reward-state.ts'
import type { Member } from './state.ts'

export type Reward = Program['rewards'][number]

/** A reward with the program whose words it is in. */
export interface RewardTerms {
  program: Program
  reward: Reward
}

export const findReward = (program: Program, id: string): Reward | null =>
  program.rewards.find((reward) => reward.id === id) ?? null

const dayNumber = (date: string): number => Date.parse(`${date}T00:00:00Z`) / DAY_MS

/** The instants of a stretch of local days; null where it is open. */
export function spanOf(
  { from, to }: { from: string | null; to: string | null },
  zone: string,
): { from: number | null; to: number | null } {
  return {
    from: from === null ? null : startOfDay(dayNumber(from), zone),
    to: to === null ? null : startOfDay(dayNumber(to) + 1, zone),
  }
}

/** Whether the reward can be had at `at` by its own days, and from or until when. */
export function openingOf({ reward, program }: RewardTerms, at: number): { open: boolean; opensAt: number | null } {
  const { from, to } = spanOf(reward, program.timezone)
  if (from !== null && at < from) return { open: false, opensAt: from }
  return { open: to === null || at < to, opensAt: null }
}

/** Until when redeeming rests; null when it does not, infinity until further notice. */
export function frozenUntil({ redeeming: { freeze }, timezone }: Program, at: number): number | null {
  if (freeze === null) return null
  const { from, to } = spanOf(freeze, timezone)
  if (from === null || at < from || (to !== null && at >= to)) return null
  return to ?? Number.POSITIVE_INFINITY
}

/** When something issued at `at` ends unused; null: never. Only what the member has yet to use can end. */
export function endOfIssued({ reward, program }: RewardTerms, at: number): number | null {
  if (reward.fulfil.kind !== 'promotion_code') return null
  if (reward.validMonths !== null) return endOfDayAfterMonths(at, reward.validMonths, program.timezone)
  if (reward.validDays === null) return null
  return startOfDay(localDay(at, program.timezone) + reward.validDays + 1, program.timezone)
}

/** An amount of the program, in minor units. */
export const minorUnits = (major: number, currency: string): number =>
  Math.round(major * 10 ** currencyExponent(currency))

/** A Stripe customer described as deleted has this rank (facts.ts). */
const DELETED = 3

/** The member's customer at Stripe: the one described last; null when they have none that still exists. */
export function stripeCustomerOf({ customers }: Pick<Member, 'customers'>): string | null {
  const [newest] = Object.entries(customers)
    .filter(([, { rank }]) => rank !== DELETED)
    .sort(([a, x], [b, y]) => y.at - x.at || (a < b ? -1 : 1))
  return newest?.[0] ?? null
}

/** Whether Stripe has to make it. */
export const isMadeByStripe = ({ fulfil }: Reward): boolean =>
  fulfil.kind === 'promotion_code' || fulfil.kind === 'credit'

/** What Stripe is to make for the redemption; null where it has no part in it. */
export function orderOf(
  { reward, program }: RewardTerms,
  redemption: Pick<Redemption, 'id' | 'code' | 'expiresAt'>,
  customer: string | null,
): RewardOrder | null {
  const { fulfil, name } = reward
  const order = { do: 'make', redemption: redemption.id, name, customer } as const
  switch (fulfil.kind) {
    case 'promotion_code': {
      const amounts = fulfil.amountOff === null ? null : { [program.currency]: fulfil.amountOff, ...fulfil.currencies }
      const amountsOff =
        amounts &&
        Object.fromEntries(Object.entries(amounts).map(([currency, off]) => [currency, minorUnits(off, currency)]))
      const { expiresAt } = redemption
      const code = redemption.code ?? redemption.id
      return {
        ...order,
        fulfil: { kind: 'promotion_code', code, amountsOff, percentOff: fulfil.percentOff, expiresAt },
      }
    }
    case 'credit': {
      const { currency } = program
      return { ...order, fulfil: { kind: 'credit', amountMinor: minorUnits(fulfil.amount, currency), currency } }
    }
    case 'manual':
    case 'donation':
      return null
    default: {
      const unknown: never = fulfil
      return unknown
    }
  }
}
