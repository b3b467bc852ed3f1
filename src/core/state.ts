/** The state that decisions are made on and that commits replace. Everything here can be rebuilt from the journal and the facts. */
import type { CauseGift } from './causes.ts'
import type { PaymentParts } from './facts.ts'
import type { TierMachine } from './tiers.ts'

export type MemberStatus = 'active' | 'candidate' | 'left' | 'suspended' | 'erased' | 'merged'

export interface Profile {
  email: string | null
  name: string | null
  phone: string | null
  /** `--03-14` or `1990-03-14`. */
  birthday: string | null
  language: string | null
}

/** A person we know of. A candidate is one who is not enrolled: a customer of the shop, no member yet. */
export interface Member {
  id: string
  /** 0 while not stored yet. */
  version: number
  status: MemberStatus
  /** When we first heard of them (recorded time). */
  createdAt: number
  /** The earliest of enrolment and first earning payment; null for a candidate. */
  enrolledAt: number | null
  /** When they were enrolled by themselves or staff; null when a payment or a subscription did it. */
  joinedAt: number | null
  profile: Profile
  referralCode: string
  /** Addresses they had before; they are still found by them. */
  formerEmails: string[]
  /** Stripe customers linked, each with the newest description applied (its time and rank). */
  customers: Record<string, { at: number; rank: number }>
  /** Points as far as the books are settled. `available` is negative while points are owed. */
  available: number
  pending: number
  reserved: number
  redeemed: number
  expired: number
  /** Net spend in the program's currency, minor units. */
  spendMinor: number
  purchases: number
  lastPurchaseAt: number | null
  /** The newest purchase (also one refunded since), action or redemption: inactivity counts from here. */
  activeAt: number | null
  /** Inactivity periods (months) of open lots, shortest first. */
  idleMonths: number[]
  tiers: TierMachine | null
  /** No later than the next moment at which a lot or a tier changes by itself; null: none will. */
  nextAt: number | null
  mergedInto: string | null
  /** Members that became part of this one. */
  absorbed: string[]
  /** Badges given, oldest first; each once. */
  badges: { id: string; at: number }[]
  /** How far they are in the program's challenges, by the challenge's id. */
  challenges: Record<string, ChallengeProgress>
  /** What they buy by subscription, by the subscription's id: paid tiers follow from it. */
  subscriptions: Record<string, HeldSubscription>
  /** The reward they chose to be issued by itself; null: the program's default. */
  autoRedeem: string | null
  /** Their RFM segment (DESIGN.md §9); null while there is none. */
  segment: string | null
  /** The member who brought them. */
  referredBy: string | null
  /** Alerts still watched: open, or to see whether the member comes back. Oldest first. */
  alerts: string[]
}

/** Where a member stands in a challenge. Follows from what they did alone, in whatever order we hear of it. */
export interface ChallengeProgress {
  /** How often it was met. */
  met: number
  /** What counts towards the next time, oldest first: `[deed, at, amount]`. */
  open: [deed: string, at: number, amount: number][]
  /** The newest deed counted; what is older is late, or counted already. */
  newest: [deed: string, at: number] | null
  /** The program under which it was counted. */
  program: string
  /** How often another goal was met that the program had under the same id before. */
  earlier: number
}

/** What was said of a Stripe subscription at one time. */
export interface SubscriptionState {
  at: number
  rank: number
  status: string
  products: string[]
  prices: string[]
  trialEnd: number | null
  /** When it is to end, by a date or with the period that is paid for; null: it goes on. */
  cancelAt: number | null
  endedAt: number | null
  paused: boolean
}

/** What paid tiers need to know of a Stripe subscription: the newest description of it, and those before. */
export interface HeldSubscription extends SubscriptionState {
  customer: string | null
  startedAt: number | null
  currentPeriodEnd: number | null
  /** Since when its renewal could not be charged; null while it could. */
  pastDueSince: number | null
  /** What was said of it before, oldest first. */
  earlier: SubscriptionState[]
}

/** Points earned together, of one rule. `points = remaining + spent + expired` at all times. */
export interface Lot {
  /** `<payment>/<rule>`, or the id of the adjustment. */
  id: string
  member: string
  rule: string
  payment: string | null
  /** The program in force when it was made. */
  program: string
  earnedAt: number
  points: number
  remaining: number
  spent: number
  expired: number
  /** Of the points taken back, those that were spent and forgiven: the first to be returned. */
  forgiven: number
  state: 'pending' | 'available'
  /** When pending points become available; null while that is not known. */
  availableAt: number | null
  /** When what remains ends; null: never, or by inactivity. */
  expiresAt: number | null
  /** Months without activity after which what remains ends; null when inactivity does not end it. */
  idleMonths: number | null
  /** It ends no earlier than this: points came back to it. */
  notBefore: number | null
  /** The end by which `expired` ended; null while nothing has. */
  expiredAt: number | null
  /** When points last came back to it from a reward; null: never. */
  returnedAt: number | null
}

/** What was known when a payment was first decided; its points follow from this and the merged facts for ever. */
export interface Frozen {
  program: string
  /** The tiers held before this payment, oldest first: `[level id, since]`. */
  tiers: [string | null, number][]
  /** The segment that its buyer was in; left out where there was none. */
  segment?: string | undefined
  /** Whose it was: unannounced campaigns leave a stable share of members out. */
  member?: string | undefined
  /** It changed hands since: tiers, segment and member are to be frozen anew. */
  stale?: true | undefined
}

/** One payment: what is known, what it was decided on, and what was posted for it. */
export interface Payment {
  id: string
  version: number
  /** Whose it is; null while nobody is known. */
  member: string | null
  parts: PaymentParts
  /** When we first heard of it (recorded time). */
  seenAt: number
  /** Whether it may earn: false when first attributed to somebody who was no active member; null before that. */
  eligible: boolean | null
  frozen: Frozen | null
  /** Points posted by rule: what a lot of that rule holds. */
  posted: Record<string, number>
  /** Its share in the member's totals, as posted. */
  counted: Contribution
  /** Code of the sentence that said why it earned nothing; null when none was needed. */
  explained: string | null
  /** Points that campaigns brought, by the campaign's id, as posted: part of what `posted` has. */
  campaigns: Record<string, number>
  /**
   * What it gives to causes by itself, by the cause's id: pieces, or minor units of the program's currency. Every purchase
   * of the shop gives, whoever bought. Reports add it up: `json_each(state, '$.causes')`, for `payment.at` or `seen_at`.
   */
  causes: Record<string, CauseGift>
  /** The program by which it gives to causes; null where that gives nothing by purchases. */
  givesBy: string | null
}

/** What a payment adds to its member's totals. */
export interface Contribution {
  /** The money's time; null while it is no purchase. */
  at: number | null
  paidMinor: number
  refundedMinor: number
  /** Base points: amount-based, before any multiplier. */
  base: number
  /** Net of tax, shipping, tip and refunds, in the program's currency. */
  spendMinor: number
  /** 1 while something of it is kept, else 0. */
  purchases: 0 | 1
}

export type Account =
  | 'program'
  /** Where a partner's points come from. */
  | `partner/${string}`
  | 'pending'
  | 'available'
  | 'reserved'
  | 'redeemed'
  | 'expired'
  | 'forgiven'
  | 'forfeited'
  | `cause/${string}`

/** `[from, to, points, lot]`; the member's own accounts by their last word, points above 0. */
export type Posting = [from: Account, to: Account, points: number, lot: string | null]

/** A line of the journal. Written once, never changed. */
export interface Entry {
  member: string
  /** What it is about: a lot (`<payment>/<rule>`, or the id of an adjustment), or a payment that brought nothing. */
  about: string | null
  /** When it counts; `recordedAt` is when it was written. */
  at: number
  recordedAt: number
  kind: EntryKind
  code: EntryCode
  /** Signed change of available and pending. */
  points: number
  /** Available after it. */
  balance: number
  /** The sentence that staff can read out. */
  reason: string
  source: string
  actor: string
  /** What staff typed; erasable. */
  note: string | null
  postings: Posting[]
  /** Terms of the lots that this entry opened or changed: `[lot, availableAt, expiresAt, idleMonths]`. */
  terms: LotTerms[]
}

export type LotTerms = [lot: string, availableAt: number | null, expiresAt: number | null, idleMonths: number | null]

export type EntryKind =
  | 'earn'
  | 'reverse'
  | 'return'
  | 'available'
  | 'expire'
  | 'adjust'
  | 'merge'
  | 'note'
  /** A reward on its way: points set aside, spent, or there again. */
  | 'reserve'
  | 'redeem'
  | 'release'
  /** Points given to a cause. */
  | 'donate'
  /** A tier, badge or other honour that moves no points. */
  | 'honour'

export type EntryCode =
  | 'purchase'
  | 'item'
  | 'purchase_corrected'
  | 'refund'
  | 'refund_failed'
  | 'dispute'
  | 'dispute_reinstated'
  | 'nothing_earned'
  | 'hold_over'
  | 'expired'
  | 'expiry_undone'
  | 'shortfall_forgiven'
  | 'forgiveness_undone'
  | 'adjustment'
  | 'moved_out'
  | 'moved_in'
  | 'duplicate_payment'
  | 'credited_on_enrolment'
  | 'action'
  | 'birthday'
  | 'anniversary'
  | 'joined'
  | 'tier_reached'
  | 'tier_ended'
  | 'challenge_met'
  | 'referral'
  | 'campaign'
  | 'partner_purchase'
  | 'award_withdrawn'
  | 'badge_given'
  | 'cause_supported'
  | 'choice_offered'
  | 'reward_reserved'
  | 'reward_issued'
  | 'reward_handed_over'
  | 'reward_used'
  | 'reward_given'
  | 'reward_given_again'
  | 'reward_cancelled'
  | 'reward_refused'
  | 'reward_expired'
  | 'points_donated'

/** Something to be done outside, after the commit. Coalesced by kind and key. */
export interface Effect {
  kind: string
  key: string
  payload: unknown
  /** Not before this instant (ms); null: at once. */
  dueAt: number | null
}

export const emptyContribution = (): Contribution => ({
  at: null,
  paidMinor: 0,
  refundedMinor: 0,
  base: 0,
  spendMinor: 0,
  purchases: 0,
})
