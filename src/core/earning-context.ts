/** What the points of a payment follow from, and how what one rule brings is told. */
import type { Program } from '../program/schema.ts'
import type { DerivedPayment } from './derive-payment.ts'
import type { Item } from './facts.ts'

/** What one rule brings, in whole points. */
export interface Earned {
  rule: string
  on: 'purchase' | 'item' | 'campaign' | 'partner'
  /** What is owed now: after refunds. */
  points: number
  /** Before the tier's and campaigns' multipliers, after refunds: what tiers count. 0 for items and bonuses. */
  base: number
  /** The tier's and the campaigns' together, where they multiply all of the amount. */
  multiplier: number
  /** The amount that earned, in the payment's currency, before refunds. */
  amountMinor: number
  /** Pieces bought, for item rules. */
  pieces: number
  ratePoints: number
  ratePer: number
  /** True while the order's lines are not known, but decide: the points wait as pending. */
  waitsForItems: boolean
  /** Names of the campaigns that multiply all of it, or of the one whose bonus it is. */
  campaigns: readonly string[]
  /** Campaigns that multiply a part of it: which they multiply by what. */
  partly: readonly { name: string; multiplier: number; amountMinor: number }[]
  /** The limit that leaves fewer points than the rule says, in a sentence; left out where none does. */
  cutBecause?: string | null
}

/** What was known of the buyer beside their tier, and when they bought. */
export interface Buyer {
  segment: string | null
  /** Whom unannounced campaigns may leave out; null: nobody is. */
  member: string | null
  /** The money's time; null where no campaign can hold. */
  at: number | null
}

/** All that a payment's points follow from. */
export interface EarningContext extends Buyer {
  program: Program
  payment: DerivedPayment
  items: readonly Item[] | null
  tier: string | null
  metadata: Readonly<Record<string, string>>
}

export const keptMinor = (payment: DerivedPayment): number => payment.paidMinor - payment.refundedMinor

/** Whether buyer and payment are ones that a rule or a campaign is for. */
export function whenHolds(
  when: { tiers: readonly string[]; segments: readonly string[]; metadata: Readonly<Record<string, string>> },
  { tier, segment, metadata }: EarningContext,
): boolean {
  if (when.tiers.length > 0 && (tier === null || !when.tiers.includes(tier))) return false
  if (when.segments.length > 0 && (segment === null || !when.segments.includes(segment))) return false
  for (const key in when.metadata) if (metadata[key] !== when.metadata[key]) return false
  return true
}
