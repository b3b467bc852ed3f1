/**
 * A redemption's steps from asking to the end. Each moves its state, its points and the stock together, and says so in the
 * ledger; whoever calls has checked that the step may be taken.
 */

import type { RewardOrder } from '../core/facts.ts'
import { settleMember } from '../core/member-progress.ts'
import {
  countsInStock,
  holdsReserved,
  isLapsed,
  isUsable,
  pointsIn,
  rewardSentences,
  stockCounter,
} from '../core/redemptions.ts'
import type { Redemption } from '../core/reward-state.ts'
import {
  endOfIssued,
  findReward,
  isMadeByStripe,
  orderOf,
  type RewardTerms,
  stripeCustomerOf,
} from '../core/reward-terms.ts'
import type { EntryCode, EntryKind } from '../core/state.ts'
import type { Desk } from './desk.ts'
import { uncountGiven } from './staff.ts'
import { tellOfRedemption } from './staff-news.ts'

/** Orders to Stripe, one for each redemption at a time. */
export const REWARD_ORDER = 'stripe.reward'

/** The terms it was asked for under: a change of the program does not touch what is on its way. */
export function termsOf(desk: Desk, { program: version, reward: id }: Redemption): RewardTerms {
  const program = desk.programs.byVersion(version)
  const reward = findReward(program, id)
  if (reward === null) throw new Error(`program ${version} has no reward ${id}`)
  return { program, reward }
}

export type Wish = Pick<Redemption, 'member' | 'charge' | 'partner' | 'again' | 'grant' | 'requestedBy' | 'note'> & {
  /** The program's version whose terms hold. */
  version: string
  reward: string
}

/** A redemption as it begins: the member's points are set aside and one is taken from the stock. */
export function beginRedemption(desk: Desk, wish: Wish): Redemption {
  const { charge, partner, again, grant, requestedBy, note } = wish
  const redemption: Redemption = {
    id: desk.newId('red'),
    version: 0,
    member: desk.member(wish.member).id,
    reward: wish.reward,
    program: wish.version,
    state: 'reserved',
    charge,
    cost: 0,
    value: 0,
    taken: [],
    partner,
    createdAt: desk.now,
    issuedAt: null,
    expiresAt: null,
    endedAt: null,
    code: null,
    vendor: null,
    cancelling: null,
    reason: null,
    isRefused: false,
    usedBy: null,
    again,
    grant,
    requestedBy,
    decidedBy: null,
    decision: null,
    note,
  }
  const terms = termsOf(desk, redemption)
  redemption.value = terms.reward.cost
  if (terms.reward.fulfil.kind === 'promotion_code') redemption.code = desk.newCode()
  if (redemption.charge === 'member') setAside(desk, redemption, terms)
  desk.given.putRedemption(redemption)
  count(desk, redemption, 1)
  return redemption
}

function setAside(desk: Desk, redemption: Redemption, terms: RewardTerms): void {
  const books = desk.books(redemption.member)
  const { cost } = terms.reward
  const taken = books.reserve(
    cost,
    told(redemption, about(desk, redemption, 'reserve', 'reward_reserved', rewardSentences.reserved(terms, cost))),
  )
  if (taken === null) throw new Error('points were set aside that were not there')
  Object.assign(redemption, { cost, taken })
  // Redeeming is being active; nothing can have been done since.
  books.wasActive(desk.now, () => [])
}

/** How much of the stock is gone, and what staff gave away, follow what becomes of it. */
function count(desk: Desk, redemption: Redemption, amount: 1 | -1): void {
  if (countsInStock(redemption, desk.programs.byVersion(redemption.program)))
    desk.given.addToCounter(stockCounter(redemption.reward), amount)
}

/** Nothing stands in its way any more: Stripe is told to make it, a gift to a cause is given, staff may hand it over. */
export function proceed(desk: Desk, redemption: Redemption, announced?: string): void {
  const terms = termsOf(desk, redemption)
  redemption.state = 'reserved'
  if (redemption.charge === 'house') announce(desk, redemption, announced ?? rewardSentences.given(terms))
  if (isMadeByStripe(terms.reward)) order(desk, redemption, terms)
  desk.given.putRedemption(redemption)
  if (terms.reward.fulfil.kind === 'donation') donate(desk, redemption, terms, terms.reward.fulfil.cause)
}

function announce(desk: Desk, redemption: Redemption, sentence: string): void {
  const code = redemption.again === null ? 'reward_given' : 'reward_given_again'
  desk.books(redemption.member).note(told(redemption, about(desk, redemption, 'note', code, sentence)))
}

/** What staff typed stands in the history where it begins. */
const told = ({ note }: Redemption, why: EntryWhy): EntryWhy & { note: string | null } => ({ ...why, note })

function order(desk: Desk, redemption: Redemption, terms: RewardTerms): void {
  redemption.expiresAt = endOfIssued(terms, desk.now)
  const made = orderOf(terms, redemption, stripeCustomerOf(desk.member(redemption.member)))
  if (made !== null) send(desk, made)
}

const send = (desk: Desk, payload: RewardOrder): void =>
  desk.effect({ kind: REWARD_ORDER, key: payload.redemption, payload, dueAt: null })

function donate(desk: Desk, redemption: Redemption, terms: RewardTerms, cause: string): void {
  const name = terms.program.causes.find(({ id }) => id === cause)?.name ?? cause
  const points = pointsIn(redemption.taken)
  const why = about(desk, redemption, 'donate', 'points_donated', rewardSentences.donated(terms, points, name))
  issueAs(desk, redemption, why, `cause/${cause}`)
}

/** It is in the member's hands, or ready to be used: the points are spent. */
export function issue(desk: Desk, redemption: Redemption, how: 'made' | 'handed over'): void {
  const terms = termsOf(desk, redemption)
  const points = pointsIn(redemption.taken)
  const why =
    how === 'made'
      ? about(desk, redemption, 'redeem', 'reward_issued', rewardSentences.issued(terms, points))
      : about(desk, redemption, 'redeem', 'reward_handed_over', rewardSentences.handedOver(terms, points))
  issueAs(desk, redemption, why, 'redeemed')
}

type EntryWhy = ReturnType<typeof about>

function issueAs(desk: Desk, redemption: Redemption, why: EntryWhy, to: 'redeemed' | `cause/${string}`): void {
  const books = desk.books(redemption.member)
  if (redemption.taken.length > 0) books.spendReserved(redemption.taken, to, why)
  else books.note(why)
  redemption.state = 'issued'
  redemption.issuedAt = desk.now
  desk.given.putRedemption(redemption)
}

/** It ends here and now: points and stock are there again, and an order that has not left is not sent. */
export function cancel(
  desk: Desk,
  redemption: Redemption,
  reason: string,
  code: 'reward_cancelled' | 'reward_refused' = 'reward_cancelled',
): void {
  const terms = termsOf(desk, redemption)
  const wasHeard = redemption.state !== 'awaiting_approval' || redemption.charge === 'member'
  count(desk, redemption, -1)
  uncount(desk, redemption)
  const wasAsked = redemption.state === 'awaiting_approval' || redemption.decision !== null
  if (wasAsked || code === 'reward_refused') tellOfRedemption(desk, redemption)
  const sentence = code === 'reward_refused' ? rewardSentences.refused : rewardSentences.cancelled
  const points = pointsIn(redemption.taken)
  const why = about(desk, redemption, 'release', code, sentence(terms, points))
  const books = desk.books(redemption.member)
  if (points > 0) books.putBack(redemption.taken, holdsReserved(redemption) ? 'reserved' : 'redeemed', desk.now, why)
  else if (wasHeard) books.note(why)
  const isOrdered = redemption.state === 'reserved' && isMadeByStripe(terms.reward)
  if (isOrdered && code === 'reward_cancelled') unsend(desk, redemption, terms)
  const isRefused = code === 'reward_refused'
  Object.assign(redemption, { taken: [], state: 'cancelled', endedAt: desk.now, reason, isRefused, cancelling: null })
  desk.given.putRedemption(redemption)
}

/**
 * Its order is answered by another: Stripe may have made the code and its answer been lost, so whatever there is has to end.
 * A credit cannot be ended; should one have been made, it counts after all.
 */
function unsend(desk: Desk, { id, vendor }: Redemption, { reward }: RewardTerms): void {
  if (reward.fulfil.kind !== 'credit') {
    send(desk, { do: 'end', redemption: id, promotionCode: vendor?.promotionCode ?? null })
    return
  }
  const { changes } = desk
  changes.effects = changes.effects.filter(({ kind, key }) => kind !== REWARD_ORDER || key !== id)
  changes.dropEffects = [...(changes.dropEffects ?? []), { kind: REWARD_ORDER, key: id }]
}

/** Only presents that staff gave count in somebody's day. */
function uncount(desk: Desk, { charge, grant, again, requestedBy, createdAt, value }: Redemption): void {
  if (charge === 'house' && grant === null && again === null)
    uncountGiven(desk, { by: requestedBy, at: createdAt, points: value })
}

/** Stripe is to end the code first: until it has, somebody may still use it. */
export function askToEnd(desk: Desk, redemption: Redemption, why: string): void {
  const promotionCode = redemption.vendor?.promotionCode
  if (promotionCode === undefined) {
    cancel(desk, redemption, why)
    return
  }
  redemption.cancelling = why
  desk.given.putRedemption(redemption)
  endCode(desk, redemption)
}

/** Whatever became of the redemption, its code must not be used from now on. */
export function endCode(desk: Desk, { id, vendor }: Redemption): void {
  if (vendor?.promotionCode !== undefined)
    send(desk, { do: 'end', redemption: id, promotionCode: vendor.promotionCode })
}

/**
 * Takes back what the member has not had yet, now or as soon as its code has ended. Answers whether there was anything to
 * take back: what was handed over stays, and a credit may be at Stripe already once it was ordered.
 */
export function withdraw(desk: Desk, redemption: Redemption, why: string): boolean {
  if (redemption.cancelling !== null) return true
  if (holdsReserved(redemption)) {
    const isOnItsWay = redemption.state === 'reserved' && termsOf(desk, redemption).reward.fulfil.kind === 'credit'
    if (!isOnItsWay) cancel(desk, redemption, why)
    return !isOnItsWay
  }
  if (!isUsable(redemption) || isLapsed(redemption, desk.now)) return false
  askToEnd(desk, redemption, why)
  return true
}

/** Its time is over and nobody used it. One that was being cancelled is: its code has ended by itself. */
export function lapse(desk: Desk, redemption: Redemption): void {
  if (redemption.cancelling !== null) {
    cancel(desk, redemption, redemption.cancelling)
    return
  }
  const terms = termsOf(desk, redemption)
  const at = redemption.expiresAt ?? desk.now
  const books = desk.books(redemption.member)
  const returned = terms.reward.onExpiry === 'return' ? pointsIn(redemption.taken) : 0
  const sentence = rewardSentences.lapsed(terms, at, returned)
  const why = (kind: EntryKind) => ({ ...about(desk, redemption, kind, 'reward_expired', sentence), at })
  if (returned > 0) {
    books.putBack(redemption.taken, 'redeemed', at, why('release'))
    redemption.taken = []
  } else if (redemption.taken.length > 0) books.forfeit(redemption.taken, why('redeem'))
  else books.note(why('redeem'))
  Object.assign(redemption, { state: 'expired', endedAt: at })
  desk.given.putRedemption(redemption)
}

/** It was used: on this payment, or on one not known yet. Answers whether that is news. */
export function use(desk: Desk, redemption: Redemption, payment: string | null, at: number): boolean {
  const isNews = redemption.state !== 'used'
  if (!isNews && (payment === null || redemption.usedBy === payment)) return false
  if (isNews) {
    if (redemption.state === 'expired' || redemption.state === 'cancelled') countAfterAll(desk, redemption)
    const terms = termsOf(desk, redemption)
    desk.books(redemption.member).note(about(desk, redemption, 'redeem', 'reward_used', rewardSentences.used(terms)))
    Object.assign(redemption, { state: 'used', endedAt: Math.min(at, desk.now), cancelling: null })
  }
  redemption.usedBy = payment ?? redemption.usedBy
  desk.given.putRedemption(redemption)
  return true
}

/**
 * What had ended was had after all. Points that came back are spent again; where the member has spent them otherwise by
 * now, the house pays: they keep what they were told they have.
 */
export function countAfterAll(desk: Desk, redemption: Redemption): void {
  const terms = termsOf(desk, redemption)
  const books = desk.books(redemption.member)
  const wasCancelled = redemption.state === 'cancelled'
  const why = about(desk, redemption, 'redeem', 'reward_issued', rewardSentences.usedAfterAll(terms, redemption.cost))
  if (redemption.taken.length > 0) books.undoForfeit(redemption.taken, why)
  else if (redemption.charge === 'member') {
    const { cost } = redemption
    // What has ended by now is not there to be spent.
    settleMember(books, desk.programs, desk.history(redemption.member), desk.now)
    const taken = books.reserve(cost, {
      ...why,
      kind: 'reserve',
      code: 'reward_reserved',
      reason: rewardSentences.reserved(terms, cost),
    })
    if (taken === null) Object.assign(redemption, { charge: 'house', cost: 0 })
    else {
      redemption.taken = taken
      books.spendReserved(taken, 'redeemed', why)
    }
  }
  Object.assign(redemption, {
    state: 'issued',
    issuedAt: redemption.issuedAt ?? desk.now,
    endedAt: null,
    reason: null,
    isRefused: false,
  })
  if (wasCancelled) count(desk, redemption, 1)
  desk.given.putRedemption(redemption)
}

const about = (desk: Desk, redemption: Redemption, kind: EntryKind, code: EntryCode, reason: string) =>
  ({ at: desk.now, kind, code, about: redemption.id, reason, ...askedBy(desk, redemption) }) as const

/** What an approver lets through is done by whoever asked for it. */
const askedBy = (desk: Desk, { decision, decidedBy, requestedBy }: Redemption): { actor?: string } =>
  decision?.verdict === 'approved' && decision.at === desk.now && decidedBy === desk.origin.actor
    ? { actor: requestedBy }
    : {}
