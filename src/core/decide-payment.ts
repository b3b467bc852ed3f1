/**
 * What a payment, as far as it is known now, means for its member's books. Decides from the merged state alone, so the
 * events of a payment end in the same books in whatever order and however often they come (DESIGN.md §3).
 */
import type { Program } from '../program/schema.ts'
import type { Books, Why } from './books.ts'
import { DAY_MS } from './calendar.ts'
import { type DerivedPayment, derivePayment } from './derive-payment.ts'
import { type Earned, type Evaluation, evaluate } from './earning.ts'
import { longerEnding, lotEnding } from './expiry.ts'
import type { PaymentParts } from './facts.ts'
import { applyContribution, type MemberHistory, settleMember } from './member-progress.ts'
import { earnSentence, nothingSentence, refundClause } from './sentences.ts'
import {
  type Contribution,
  type EntryCode,
  type EntryKind,
  emptyContribution,
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
  occasion?: { code: EntryCode; prefix: string }
}

/** A purchase: money was paid, and it is known which payment it belongs to. A zero invoice is none. */
export const isPurchase = (derived: DerivedPayment): boolean => derived.linked && derived.paidMinor > 0

const moneyTime = (derived: DerivedPayment, payment: Payment): number => derived.at ?? payment.seenAt

/** Brings the books to what the payment's merged state says. Changes `payment` and the books' member in place. */
export function decidePayment(decision: PaymentDecision): Evaluation | null {
  const { payment, books, history, programs, now } = decision
  const derived = derivePayment(payment.parts)
  if (!isPurchase(derived)) return null
  const at = moneyTime(derived, payment)
  const until = Math.min(now, Math.max(at, derived.refundedAt ?? at, derived.returnedAt ?? at))
  settleMember(books, programs, history, Math.min(now, at))
  const { member } = books
  payment.eligible ??= member.status === 'active'
  if (payment.eligible) payment.frozen ??= { program: programs.version, tiers: tiersHeld(member) }
  const { frozen } = payment
  // A payment that changed hands keeps its program, but has its new owner's tiers.
  if (frozen !== null && frozen.tiers.length === 0) frozen.tiers = tiersHeld(member)
  const program = frozen ? programs.byVersion(frozen.program) : programs.current
  const tier = frozen ? tierAt(frozen.tiers, at) : null
  const evaluation = evaluate(program, derived, payment.parts, tier)
  const before = decision.before === null ? null : derivePayment(decision.before)
  const earnsOtherwise = evaluation.earned.some((earned) => earned.points > 0)
  const posting = { ...decision, derived, previous: before, program, tier, at, until, earnsOtherwise }
  if (frozen) postRules(posting, evaluation)
  const contribution = contributionOf(payment, derived, evaluation, at)
  applyContribution(books, programs, history, payment, contribution, decision.isNewlyEligible)
  // Only now is it known by which tier's terms the points go.
  const lots = books.lotsById(
    Object.keys(payment.posted).map((rule) => `${payment.id}/${rule}`),
    payment.version > 0,
  )
  for (const lot of lots) books.lapseLate(lot, () => history.paidTimes(payment.id))
  settleMember(books, programs, history, until)
  return evaluation
}

const tiersHeld = (member: Member): [string | null, number][] =>
  heldSegments(member).map(({ id, since }) => [id, since])

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

interface PostingContext extends PaymentDecision {
  /** Whether any rule gives points for it. */
  earnsOtherwise: boolean
  derived: DerivedPayment
  previous: DerivedPayment | null
  program: Program
  tier: string | null
  at: number
  until: number
}

function postRules(context: PostingContext, evaluation: Evaluation): void {
  const { payment, books } = context
  const owed = new Map(evaluation.earned.map((earned) => [earned.rule, earned]))
  const rules = [...new Set([...Object.keys(payment.posted), ...owed.keys()])]
  const lots = new Map(
    books
      .lotsById(
        rules.map((rule) => `${payment.id}/${rule}`),
        payment.version > 0,
      )
      .map((lot) => [lot.rule, lot]),
  )
  for (const rule of rules) postRule(context, rule, owed.get(rule) ?? null, lots.get(rule) ?? null)
  const nothingPosted = Object.values(payment.posted).every((points) => points === 0)
  // What was taken back has its own sentence already.
  const isSaid = payment.explained !== null || lots.size > 0
  if (evaluation.nothing !== null && nothingPosted && !isSaid) {
    payment.explained = evaluation.nothing
    const reason = nothingSentence(evaluation.nothing, context.derived, context.program)
    books.note({ at: context.at, kind: 'note', code: 'nothing_earned', reason, about: payment.id })
  }
}

function postRule(context: PostingContext, rule: string, earned: Earned | null, known: Lot | null): void {
  const { payment, books, program } = context
  const posted = payment.posted[rule] ?? 0
  const points = earned?.points ?? 0
  if (points === 0 && posted === 0 && known === null) return
  const lot = known ?? newLot(context, rule, earned)
  books.setTerms(lot, termsOf(context, earned, known))
  if (points > posted) books.award(lot, points - posted, whyMore(context, earned, known === null))
  else if (points < posted) books.takeBack(lot, posted - points, whyLess(context, earned), program.points.shortfall)
  payment.posted[rule] = points
  books.settleLot(lot, context.until)
}

/** A lot made under an earlier program keeps what it was promised since: no change of the program shortens it. */
function termsOf(context: PostingContext, earned: Earned | null, known: Lot | null) {
  const { program, derived, books, at, programs } = context
  const availableAt = earned?.waitsForItems ? null : at + program.points.holdDays * DAY_MS
  const returned = [derived.returnedAt, known?.returnedAt ?? null].filter((time) => time !== null)
  const returnedAt = returned.length > 0 ? Math.max(...returned) : null
  const ending = lotEnding(program, at, heldSegments(books.member), returnedAt)
  return {
    earnedAt: at,
    availableAt,
    ...(known === null || known.program === programs.version ? ending : longerEnding(ending, known)),
  }
}

function newLot(context: PostingContext, rule: string, earned: Earned | null): Lot {
  const { payment, books, until } = context
  const terms = termsOf(context, earned, null)
  const waits = terms.availableAt === null || terms.availableAt > until
  const lot: Lot = {
    id: `${payment.id}/${rule}`,
    member: books.member.id,
    rule,
    payment: payment.id,
    program: payment.frozen?.program ?? context.programs.version,
    points: 0,
    remaining: 0,
    spent: 0,
    expired: 0,
    forgiven: 0,
    expiredAt: null,
    returnedAt: null,
    state: waits ? 'pending' : 'available',
    ...terms,
  }
  books.addLot(lot)
  return lot
}

const why = (context: PostingContext, at: number, kind: EntryKind, code: EntryCode, reason: string): Why => ({
  at,
  kind,
  code: context.occasion?.code ?? code,
  reason: context.occasion ? `${context.occasion.prefix}: ${reason}` : reason,
})

function whyMore(context: PostingContext, earned: Earned | null, first: boolean): Why {
  const { derived, previous, program, at, tier } = context
  const sentence = earned === null ? '' : earnSentence(earned, derived, program, tier)
  if (first) return why(context, at, 'earn', earned?.on === 'item' ? 'item' : 'purchase', sentence)
  if (previous !== null && derived.refundedMinor < previous.refundedMinor) {
    const dispute = moneyBackFromDispute(context)
    const reason = dispute ? `The disputed money came back: ${sentence}` : `A refund did not go through: ${sentence}`
    return why(
      context,
      derived.returnedAt ?? context.now,
      'return',
      dispute ? 'dispute_reinstated' : 'refund_failed',
      reason,
    )
  }
  return why(context, at, 'earn', 'purchase_corrected', `We know more about this purchase now: ${sentence}`)
}

function whyLess(context: PostingContext, earned: Earned | null): Why {
  const { derived, previous, program, at, tier } = context
  if (previous === null || derived.refundedMinor > previous.refundedMinor) {
    const clause = refundClause(derived, program)
    const reason = clause.charAt(0).toUpperCase() + clause.slice(1)
    const disputed = withdrawnMinor(context.payment.parts) > withdrawnMinor(context.before)
    const code = disputed ? 'dispute' : 'refund'
    return why(
      context,
      derived.refundedAt ?? at,
      'reverse',
      code,
      disputed ? `${reason} (disputed at the bank)` : reason,
    )
  }
  const sentence =
    earned !== null
      ? earnSentence(earned, derived, program, tier)
      : context.earnsOtherwise
        ? 'another rule counts for it'
        : 'what was bought does not earn points'
  return why(context, at, 'reverse', 'purchase_corrected', `We know more about this purchase now: ${sentence}`)
}

/** What banks have taken for disputes. */
const withdrawnMinor = (parts: PaymentParts | null): number =>
  Object.values(parts?.disputes ?? {}).reduce(
    (sum, { moved, amountMinor }) => sum + (moved?.withdrawn ? amountMinor : 0),
    0,
  )

/** Whether the newest money that came back came from a dispute rather than from a refund that failed. */
function moneyBackFromDispute({ payment, derived }: PostingContext): boolean {
  return Object.values(payment.parts.disputes).some(
    (dispute) => dispute.moved?.withdrawn === false && dispute.moved.at === derived.returnedAt,
  )
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
  applyContribution(books, programs, history, payment, emptyContribution())
}
