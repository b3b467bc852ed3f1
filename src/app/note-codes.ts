/**
 * Codes seen used in Stripe's events, and orders refunded that they were used on. A payment may name a code before Stripe's
 * answer tells us whose it is, so what is not known yet is kept by name until it is.
 */
import { derivePayment } from '../core/derive-payment.ts'
import { BY_PROGRAM, REFUND_FAILED, rewardSentences } from '../core/redemptions.ts'
import type { Redemption } from '../core/reward-state.ts'
import type { Payment } from '../core/state.ts'
import type { Desk } from './desk.ts'
import { beginRedemption, proceed, termsOf, use, withdraw } from './move-redemption.ts'

/** Stands for the payment that a code was used on; for `SEEN` where only Stripe's count told of it. */
const usedName = (promotionCode: string): string => `used:${promotionCode}`
const SEEN = 'seen'

export function redemptionOfCode(desk: Desk, promotionCode: string): Redemption | null {
  const target = desk.name(promotionCode)
  return target?.startsWith('red_') ? desk.given.redemption(target) : null
}

/** The program has codes of its own: others that shoppers use are none of ours. */
const hasCodes = (desk: Desk): boolean =>
  desk.programs.current.rewards.some(({ fulfil }) => fulfil.kind === 'promotion_code')

/** After a payment changed: the codes it was bought with are used, and given once more when all of it was refunded. */
export function noteCodes(desk: Desk, payment: Payment): void {
  const { promotionCodes } = payment.parts
  if (promotionCodes.length === 0) return
  desk.loadNames([...promotionCodes, ...promotionCodes.map(usedName)])
  for (const code of promotionCodes) {
    const redemption = redemptionOfCode(desk, code)
    if (redemption !== null) useOn(desk, redemption, payment)
    else if (hasCodes(desk)) remember(desk, code, payment.id)
  }
}

function remember(desk: Desk, promotionCode: string, payment: string): void {
  const known = desk.paymentNamed(usedName(promotionCode))
  // Anybody's code is used again and again: the first payment is kept, unless it proved to be this one.
  if (known !== null && names(desk.payment(known), promotionCode)) return
  desk.link(usedName(promotionCode), payment)
}

const names = ({ parts }: Payment, promotionCode: string): boolean => parts.promotionCodes.includes(promotionCode)

/** Stripe says that the code was used, without saying on what. Answers whether that is news. */
export function noteCount(desk: Desk, promotionCode: string, at: number): string | null {
  const redemption = redemptionOfCode(desk, promotionCode)
  if (redemption !== null) return use(desk, redemption, null, at) ? redemption.id : null
  if (hasCodes(desk) && desk.name(usedName(promotionCode)) === null) desk.link(usedName(promotionCode), SEEN)
  return null
}

/** The code is this redemption's: what was seen of it before counts now. */
export function claimCode(desk: Desk, redemption: Redemption, promotionCode: string): void {
  desk.link(promotionCode, redemption.id)
  const seen = desk.name(usedName(promotionCode))
  if (seen === null) return
  desk.unlink(usedName(promotionCode))
  if (seen.startsWith('pay_')) useOn(desk, redemption, desk.payment(seen))
  else use(desk, redemption, null, desk.now)
}

function useOn(desk: Desk, redemption: Redemption, payment: Payment): void {
  const { usedBy, vendor } = redemption
  const code = vendor?.promotionCode ?? ''
  // One order for one code; another takes its place only where the two proved to be one.
  if (usedBy !== null && usedBy !== payment.id && names(desk.payment(usedBy), code)) return
  use(desk, redemption, payment.id, payment.counted.at ?? desk.now)
  review(desk, redemption, payment)
}

/** Who could not be given anything is active again: what was refunded meanwhile is made good. */
export function reviewAll(desk: Desk, member: string): void {
  const used = desk.given.redemptionsOf(member).filter(({ usedBy }) => usedBy !== null)
  desk.load({ payments: used.map(({ usedBy }) => usedBy ?? '') })
  for (const redemption of used)
    if (redemption.usedBy !== null) review(desk, redemption, desk.payment(redemption.usedBy))
}

/** Once more for a full refund, and not when that refund fails: as often as this is looked at, the same comes out. */
function review(desk: Desk, redemption: Redemption, payment: Payment): void {
  // Money that a bank took back in a dispute was not refunded.
  const { paidMinor, refundedMinor } = derivePayment({ ...payment.parts, disputes: {} })
  const isRefunded = paidMinor > 0 && refundedMinor >= paidMinor
  const replacements = desk.given.redemptionsOf(redemption.member).filter(({ again }) => again === redemption.id)
  const standing = replacements.filter((one) => one.cancelling !== REFUND_FAILED && one.reason !== REFUND_FAILED)
  if (!isRefunded) for (const replacement of standing) withdraw(desk, replacement, REFUND_FAILED)
  else if (standing.length === 0 && desk.member(redemption.member).status === 'active') giveAgain(desk, redemption)
}

function giveAgain(desk: Desk, redemption: Redemption): void {
  const { member, program, reward, partner, id } = redemption
  const replacement = beginRedemption(desk, {
    member,
    version: program,
    reward,
    partner,
    again: id,
    charge: 'house',
    grant: null,
    requestedBy: BY_PROGRAM,
    note: null,
  })
  proceed(desk, replacement, rewardSentences.givenAgain(termsOf(desk, redemption)))
}
