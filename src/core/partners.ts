/**
 * Purchases at partners, whose payments come from their own Stripe accounts: points from the partner, held for its days.
 * They are activity, but no purchases of the merchant: neither spend nor tiers count them, and neither tiers nor
 * campaigns multiply them.
 */
import type { Partner } from '../program/partners.ts'
import type { Program } from '../program/schema.ts'
import { PARTNER_RULE } from './books.ts'
import { currencyExponent } from './currency.ts'
import { concludePayment, isPurchase, moneyTime, newestTime, type PaymentDecision } from './decide-payment.ts'
import { type DerivedPayment, derivePayment } from './derive-payment.ts'
import type { Earned, NothingEarned } from './earning.ts'
import { exactly } from './exact.ts'
import { applyContribution, settleMember } from './member-progress.ts'
import { postPoints } from './post-points.ts'
import { emptyContribution } from './state.ts'

/** The partner whose account this is; null where the program has none. */
export const partnerOf = (program: Program, account: string): Partner | null =>
  program.partners.find(({ stripeAccount }) => stripeAccount === account) ?? null

/** Points for each `per` of the net amount that is kept, in the program's currency only. */
export function earnAtPartner(
  { id, points, per }: Partner,
  program: Program,
  payment: DerivedPayment,
): { earned: Earned[]; nothing: NothingEarned | null } {
  if (payment.currency !== program.currency) return { earned: [], nothing: 'currency' }
  const kept = payment.paidMinor - payment.refundedMinor
  const over = [per, 10 ** currencyExponent(program.currency), payment.paidMinor]
  const earned: Earned = {
    rule: `${PARTNER_RULE}${id}`,
    on: 'partner',
    points: kept === 0 ? 0 : exactly(payment.netMinor, { times: [points, kept], over }, program.points.rounding),
    base: 0,
    multiplier: 1,
    amountMinor: payment.netMinor,
    pieces: 0,
    ratePoints: points,
    ratePer: per,
    waitsForItems: false,
    campaigns: [],
    partly: [],
  }
  const nothing = earned.points > 0 ? null : kept === 0 ? 'nothing_kept' : 'too_small'
  return { earned: [earned], nothing }
}

/**
 * Brings the books of a member to what a payment to the partner's account says. The payment must be one that may earn.
 * Changes `payment` and the books' member in place.
 */
export function decidePartnerPayment(decision: PaymentDecision, account: string): void {
  const { payment, books, history, programs, now } = decision
  const derived = derivePayment(payment.parts)
  if (!isPurchase(derived) || !payment.eligible) return
  if (payment.frozen === null || payment.frozen.stale)
    payment.frozen = { program: payment.frozen?.program ?? programs.version, tiers: [] }
  const program = programs.byVersion(payment.frozen.program)
  const partner = partnerOf(program, account)
  if (partner === null) return
  const at = moneyTime(derived, payment)
  const until = newestTime(derived, at, now)
  settleMember(books, programs, history, Math.min(now, at))
  const previous = decision.before === null ? null : derivePayment(decision.before)
  const { earned, nothing } = earnAtPartner(partner, program, derived)
  const lots = postPoints({
    ...decision,
    derived,
    previous,
    program,
    tier: null,
    partner,
    at,
    until,
    earned,
    nothing,
  })
  applyContribution(books, programs, history, payment, { ...emptyContribution(), at })
  concludePayment(decision, lots, until)
}
