/** What members are given beside points for payments: awards for occasions, and rewards on their way. Rebuilt like all state. */
import type { Award } from '../program/awards.ts'

/**
 * An award given for an occasion. Its id names the member and the occasion, so none is given twice; what it gave is a
 * lot of the same id, redemptions that refer to it, a badge, or a gift to a cause.
 */
export interface Grant {
  /** `<member>/<occasion>`: `mem_1/birthday/2026`, `mem_1/act_…`, `mem_1/challenge/three/2`. */
  id: string
  /** 0 while not stored yet. */
  version: number
  member: string
  occasion: Occasion
  /** The earning rule, challenge, level or campaign that gives it; '' for joining and referrals. */
  rule: string
  /** What exactly: an action's name, the year of a birthday, the friend's member id; '' where the rule says it all. */
  subject: string
  at: number
  recordedAt: number
  /** The program in force when it was given. */
  program: string
  award: Award
  /** Points given of it now. */
  points: number
  /** `open`: the member has not chosen yet. */
  state: 'given' | 'open' | 'withdrawn'
  /** Which of the award's choices; null where there are none, or none was made. */
  chosen: number | null
  /** The payment it falls with; null: it stands by itself. */
  payment: string | null
}

export type Occasion =
  | 'action'
  | 'birthday'
  | 'anniversary'
  | 'enrolment'
  | 'campaign'
  | 'tier'
  | 'challenge'
  | 'referrer'
  | 'friend'

export type RedemptionState = 'reserved' | 'awaiting_approval' | 'issued' | 'used' | 'expired' | 'cancelled'

/** One reward on its way to a member, from asking to the end. */
export interface Redemption {
  /** `red_…`. */
  id: string
  /** 0 while not stored yet. */
  version: number
  member: string
  reward: string
  /** The program in force when it was asked for: its terms hold. */
  program: string
  state: RedemptionState
  /** `member`: for points. `house`: a present, by staff, an award or after a refund. */
  charge: 'member' | 'house'
  /** Points set aside or spent; 0 for the house. */
  cost: number
  /** What the house gives away, in points, for approvals and daily limits: the reward's price, whoever pays. */
  value: number
  /** The lots that the points came from. */
  taken: Taken
  /** The partner where it is redeemed; null: here. */
  partner: string | null
  createdAt: number
  issuedAt: number | null
  /** When it ends unused; null: never, or not issued yet. */
  expiresAt: number | null
  /** When it was used, expired or cancelled. */
  endedAt: number | null
  /** The code at Stripe that the member uses. */
  code: string | null
  /** Stripe's ids of what was made for it. */
  vendor: { promotionCode?: string | undefined; coupon?: string | undefined; transaction?: string | undefined } | null
  /** A cancellation waits until the code has ended at Stripe; why it is cancelled. */
  cancelling: string | null
  /** Why it was cancelled or refused, in words. */
  reason: string | null
  /** Stripe would not make it. */
  isRefused: boolean
  /** The payment that the code was used on. */
  usedBy: string | null
  /** The redemption that this one replaces, because the order it was used on was refunded. */
  again: string | null
  /** The grant that gave it. */
  grant: string | null
  /** Who asked, and who approved or rejected. */
  requestedBy: string
  decidedBy: string | null
  /** What they decided; null while nobody did, or nobody had to. */
  decision: Decision | null
  /** What staff typed for the member or as the reason; erasable. */
  note: string | null
  /** Of that, why they asked for it; not there where nobody said why. Erasable. */
  why?: string
}

/** What somebody else said to what staff asked for. */
export interface Decision {
  verdict: 'approved' | 'rejected'
  at: number
  /** What they typed; erasable. */
  why: string | null
}

/** Points taken out of lots: how many of each. */
export type Taken = [lot: string, points: number][]
