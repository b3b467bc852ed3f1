/**
 * A payment's points into its member's books: of each rule what is owed less what was posted, with the sentence that says
 * why.
 */
import type { Partner } from '../program/partners.ts'
import type { Program } from '../program/schema.ts'
import type { Books, Why } from './books.ts'
import { DAY_MS } from './calendar.ts'
import type { PaymentDecision } from './decide-payment.ts'
import type { DerivedPayment } from './derive-payment.ts'
import type { Earned, Evaluation } from './earning.ts'
import { endsAsToday, longerEnding, lotEnding } from './expiry.ts'
import type { PaymentParts } from './facts.ts'
import { earnSentence, nothingSentence, refundSentence } from './sentences.ts'
import type { EntryCode, EntryKind, Lot, Payment } from './state.ts'
import { heldSegments } from './tiers.ts'

export interface PostingContext extends PaymentDecision, Pick<Evaluation, 'earned' | 'nothing'> {
  derived: DerivedPayment
  previous: DerivedPayment | null
  program: Program
  tier: string | null
  /** Where it was bought; null: at the merchant's own. */
  partner: Partner | null
  at: number
  until: number
}

/**
 * Posts what is owed for the payment less what was posted, rule by rule; or says why it earns nothing. Answers the
 * payment's lots.
 */
export function postPoints(context: PostingContext): Lot[] {
  const { payment, books, earned: owed, nothing } = context
  const before = Object.keys(payment.posted)
  const isNew = payment.version === 0 && before.length === 0
  const now = owed.map(({ rule }) => rule)
  const rules = before.length === 0 ? now : [...new Set([...before, ...now])]
  const known = isNew ? [] : lotsOf(books, payment, rules)
  const lots: Lot[] = []
  for (const rule of rules) {
    const earned = owed.find((one) => one.rule === rule) ?? null
    const lot = postRule(context, rule, earned, isNew ? null : (known.find((one) => one.rule === rule) ?? null))
    if (lot !== null) lots.push(lot)
  }
  const nothingPosted = Object.values(payment.posted).every((points) => points === 0)
  // What was taken back has its own sentence already.
  const isSaid = payment.explained !== null || known.length > 0
  if (nothing !== null && nothingPosted && !isSaid) {
    payment.explained = nothing
    const reason = nothingSentence(nothing, context.derived, context.program, context.partner)
    books.note({ at: context.at, kind: 'note', code: 'nothing_earned', reason, about: payment.id })
  }
  const limited = owed.find(({ cutBecause }) => cutBecause)?.cutBecause ?? null
  if (limited !== null && nothingPosted && !isSaid) {
    payment.explained = 'limit'
    books.note({ at: context.at, kind: 'note', code: 'nothing_earned', reason: limited, about: payment.id })
  }
  return lots
}

/** The payment's lots of these rules, as far as there are any. */
const lotsOf = (books: Books, payment: Payment, rules: readonly string[]): Lot[] =>
  books.lotsById(
    rules.map((rule) => `${payment.id}/${rule}`),
    payment.version > 0,
  )

function postRule(context: PostingContext, rule: string, earned: Earned | null, known: Lot | null): Lot | null {
  const { payment, books, program } = context
  const posted = payment.posted[rule] ?? 0
  const points = earned?.points ?? 0
  if (points === 0 && posted === 0 && known === null) return null
  const lot = known ?? newLot(context, rule, earned)
  if (known !== null) books.noteReturn(known, returnedAtOf(context, known))
  if (known !== null) books.setTerms(lot, termsOf(context, earned, known))
  if (points > posted) books.award(lot, points - posted, whyMore(context, earned, known === null))
  else if (points < posted) books.takeBack(lot, posted - points, whyLess(context, earned), program.points.shortfall)
  payment.posted[rule] = points
  books.settleLot(lot, context.until)
  return lot
}

/** A lot made under an earlier program keeps what it was promised since: no change of the program shortens it. */
function termsOf(context: PostingContext, earned: Earned | null, known: Lot | null) {
  const { program, books, at, programs } = context
  const holdDays = context.partner?.holdDays ?? program.points.holdDays
  const availableAt = earned?.waitsForItems ? null : at + holdDays * DAY_MS
  const ending = lotEnding(program, at, heldSegments(books.member), returnedAtOf(context, known))
  const { expiresAt, idleMonths, notBefore, governedSince } =
    known === null || endsAsToday(programs, known.program) ? ending : longerEnding(ending, known)
  return { earnedAt: at, availableAt, expiresAt, idleMonths, notBefore, governedSince }
}

/** When points last came back to it: with money, or from a reward. */
function returnedAtOf({ derived }: PostingContext, known: Lot | null): number | null {
  const before = known?.returnedAt ?? null
  if (derived.returnedAt === null || before === null) return derived.returnedAt ?? before
  return Math.max(derived.returnedAt, before)
}

function newLot(context: PostingContext, rule: string, earned: Earned | null): Lot {
  const { payment, books, until } = context
  const { earnedAt, availableAt, expiresAt, idleMonths, notBefore } = termsOf(context, earned, null)
  const waits = availableAt === null || availableAt > until
  const lot: Lot = {
    id: `${payment.id}/${rule}`,
    member: books.member.id,
    rule,
    payment: payment.id,
    program: payment.frozen?.program ?? context.programs.version,
    earnedAt,
    points: 0,
    remaining: 0,
    spent: 0,
    expired: 0,
    forgiven: 0,
    state: waits ? 'pending' : 'available',
    availableAt,
    expiresAt,
    idleMonths,
    notBefore,
    expiredAt: null,
    returnedAt: returnedAtOf(context, null),
  }
  books.addLot(lot)
  return lot
}

const CODES = {
  purchase: 'purchase',
  item: 'item',
  campaign: 'campaign',
  partner: 'partner_purchase',
} as const satisfies Record<Earned['on'], EntryCode>

const why = (context: PostingContext, at: number, kind: EntryKind, code: EntryCode, reason: string): Why => ({
  at,
  kind,
  code: context.occasion?.code ?? code,
  reason: context.occasion ? `${context.occasion.prefix}: ${reason}` : reason,
})

function whyMore(context: PostingContext, earned: Earned | null, first: boolean): Why {
  const { derived, previous, program, at, tier, partner } = context
  const sentence = earned === null ? '' : earnSentence(earned, derived, program, tier, partner)
  if (first) return why(context, at, 'earn', CODES[earned?.on ?? 'purchase'], sentence)
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
  const { derived, previous, program, at, tier, partner } = context
  if (previous === null || derived.refundedMinor > previous.refundedMinor) {
    const reason = refundSentence(earned, derived, program, partner)
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
  const isBarren = earned?.on === 'purchase' && earned.amountMinor === 0
  const sentence =
    earned !== null && !isBarren
      ? earnSentence(earned, derived, program, tier, partner)
      : context.earned.some(({ points }) => points > 0)
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
