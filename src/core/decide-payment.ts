/**
 * What a payment, as far as it is known now, means for its member's books. Decides from the merged state alone, so the
 * events of a payment end in the same books in whatever order and however often they come (DESIGN.md §3).
 */
import type { Program } from '../program/schema.ts'
import type { Books } from './books.ts'
import { type DerivedPayment, derivePayment } from './derive-payment.ts'
import { type Evaluation, evaluate } from './earning.ts'
import { earningPlan } from './earning-plan.ts'
import type { PaymentParts } from './facts.ts'
import { applyContribution, lapseLate, type MemberHistory, settleMember, withPayment } from './member-progress.ts'
import { postPoints } from './post-points.ts'
import { limitItems } from './shared-limits.ts'
import {
  type Contribution,
  type EntryCode,
  emptyContribution,
  type Frozen,
  type Lot,
  type Member,
  type Payment,
} from './state.ts'
import { heldSegments, tierAt } from './tiers.ts'

/** The programs a decision may need: the one in force, and those that earlier payments were frozen with. */
export interface Programs {
  version: string
  current: Program
  /** @throws when the version was never stored: the books could not be right then. */
  byVersion(version: string): Program
  /** Since when the programs in force have had something without a break; left out: for ever. */
  since?(has: (program: Program) => boolean): number
}

export interface PaymentDecision {
  payment: Payment
  /** What was known of it before this decision; null when nothing was. */
  before: PaymentParts | null
  books: Books
  history: MemberHistory
  programs: Programs
  now: number
  /** It counted for nothing but spend until now: its buyer was no member. */
  isNewlyEligible?: boolean
  /** Overrides what the entries say, for payments that are credited or moved as a whole. */
  occasion?: { code: EntryCode; prefix: string } | undefined
}

/** A purchase: money was paid, and it is known which payment it belongs to. A zero invoice is none. */
export const isPurchase = (derived: DerivedPayment): boolean => derived.linked && derived.paidMinor > 0

export const moneyTime = (derived: DerivedPayment, payment: Payment): number => derived.at ?? payment.seenAt

/** When the newest of what is known of a payment happened: the books are settled so far. */
export const newestTime = (derived: DerivedPayment, at: number, now: number): number =>
  Math.min(now, Math.max(at, derived.refundedAt ?? at, derived.returnedAt ?? at))

/** Brings the books to what the payment's merged state says. Changes `payment` and the books' member in place. */
export function decidePayment(decision: PaymentDecision): Evaluation | null {
  const { payment, books, history, programs, now } = decision
  const derived = derivePayment(payment.parts)
  if (!isPurchase(derived)) return null
  const at = moneyTime(derived, payment)
  const until = newestTime(derived, at, now)
  settleMember(books, programs, history, Math.min(now, at))
  const { member } = books
  payment.eligible ??= member.status === 'active'
  if (payment.eligible && (payment.frozen === null || payment.frozen.stale))
    payment.frozen = freeze(programs, payment.frozen?.program ?? programs.version, member)
  const { frozen } = payment
  const program = frozen ? programs.byVersion(frozen.program) : programs.current
  const tier = frozen ? tierAt(frozen.tiers, at) : null
  const buyer = { segment: frozen?.segment ?? null, member: frozen?.member ?? null, at }
  const evaluation = evaluate(program, derived, payment.parts, tier, buyer)
  const { nothing } = evaluation
  const { before, occasion } = decision
  const previous = before === null ? null : derivePayment(before)
  const earned = payment.eligible ? limitItems(program, evaluation.earned, payment, books, at) : evaluation.earned
  const lots = payment.eligible
    ? postPoints({
        payment,
        before,
        books,
        history,
        programs,
        now,
        occasion,
        derived,
        previous,
        program,
        tier,
        partner: null,
        at,
        until,
        earned,
        nothing,
      })
    : []
  if (payment.eligible) payment.campaigns = evaluation.campaigns
  const contribution = contributionOf(payment, derived, evaluation, at)
  applyContribution(books, programs, history, payment, contribution, decision.isNewlyEligible)
  concludePayment(decision, lots, until)
  return evaluation
}

/** Only once the payment counts is it known by which tier's terms its points go. */
export function concludePayment(
  { payment, books, history, programs }: PaymentDecision,
  lots: readonly Lot[],
  until: number,
): void {
  const known = withPayment(history, payment.id, payment.counted.at)
  for (const lot of lots) lapseLate(books, programs, known, lot)
  settleMember(books, programs, known, until)
}

/** What is known of the buyer now. Later events of the payment are decided on it, whatever becomes of the buyer. */
function freeze(programs: Programs, version: string, member: Member): Frozen {
  const frozen: Frozen = { program: version, tiers: heldSegments(member).map(({ id, since }) => [id, since]) }
  if (member.segment !== null) frozen.segment = member.segment
  if (earningPlan(programs.byVersion(version)).holdsOut) frozen.member = member.id
  return frozen
}

function contributionOf(payment: Payment, derived: DerivedPayment, evaluation: Evaluation, at: number): Contribution {
  const kept = derived.paidMinor > derived.refundedMinor
  return {
    at,
    paidMinor: derived.paidMinor,
    refundedMinor: derived.refundedMinor,
    base: payment.eligible ? evaluation.earned.reduce((sum, one) => sum + one.base, 0) : 0,
    spendMinor: evaluation.spendMinor,
    purchases: kept ? 1 : 0,
  }
}

/**
 * Takes everything back that was posted for the payment, from the member whose books these are: it turned out to be
 * another payment's, or somebody else's.
 */
export function withdrawPayment(
  { payment, books, history, programs, now }: Omit<PaymentDecision, 'before'>,
  code: EntryCode,
  reason: string,
): void {
  settleMember(books, programs, history, Math.min(now, payment.counted.at ?? now))
  for (const lot of books.lotsById(Object.keys(payment.posted).map((rule) => `${payment.id}/${rule}`))) {
    const shortfall = programs.byVersion(lot.program).points.shortfall
    books.takeBack(lot, lot.points, { at: payment.counted.at ?? now, kind: 'reverse', code, reason }, shortfall, false)
    lot.forgiven = 0
  }
  payment.posted = {}
  payment.campaigns = {}
  applyContribution(books, programs, history, payment, emptyContribution())
}
