/** A piece of knowledge about a payment, merged with what is known, credited to whom it belongs. */
import { giveToCauses } from '../core/causes.ts'
import { challengesNeedItems } from '../core/challenges.ts'
import { decidePayment, isPurchase, withdrawPayment } from '../core/decide-payment.ts'
import { derivePayment } from '../core/derive-payment.ts'
import type { Evaluation } from '../core/earning.ts'
import type { Lookup, PaymentFact, PaymentParts } from '../core/facts.ts'
import { emptyParts } from '../core/facts.ts'
import { joinParts } from '../core/merge-payment.ts'
import { emptyContribution, type Member, type Payment } from '../core/state.ts'
import { startTiers } from '../core/tiers.ts'
import { leaveAlerts } from './alerts/follow-alerts.ts'
import { stands } from './award-series.ts'
import type { Desk } from './desk.ts'
import { emailName, type Identity, identify } from './identify.ts'
import { unwelcome, welcome } from './joining.ts'
import { mergeInto, moveSubscriptions } from './merge.ts'
import { noteCodes } from './note-codes.ts'
import { creditPartner, isPartners } from './partner-payments.ts'

/** A refund or dispute of a payment we do not know: its own event may be on its way, so we ask a little later. */
const ASK_AFTER_MS = 60_000

/** Names of a payment that its identity will need: read together with everything else. */
export const namesInFact = ({ parts }: PaymentFact): string[] => {
  const emails = [parts.emails.session, parts.emails.billing, parts.emails.receipt].filter((email) => email !== null)
  return [...parts.names, ...(parts.customer ? [parts.customer] : []), ...emails.map(emailName)]
}

const bestEmail = ({ emails }: PaymentParts): string | null => emails.session ?? emails.billing ?? emails.receipt

/** Answers the payment's id, or null when the fact said nothing that was not known. */
export function recordPayment(desk: Desk, fact: PaymentFact): string | null {
  const known = [...new Set(fact.parts.names.map((name) => desk.paymentNamed(name)).filter((id) => id !== null))]
  desk.load({ payments: known })
  const payment = known.length === 0 ? newPayment(desk) : oldest(desk, known)
  // What it was credited by so far: not what others that prove to be the same knew.
  const before = known.length === 0 ? null : payment.parts
  const parts = joinParts(joined(desk, payment, known), fact.parts)
  if (before !== null && known.length === 1 && JSON.stringify(parts) === JSON.stringify(before)) return null
  payment.parts = parts
  desk.putPayment(payment)
  for (const name of parts.names) if (desk.memberNamed(name) === null) desk.link(name, payment.id)
  credit(desk, payment, before)
  noteCodes(desk, payment)
  return payment.id
}

function newPayment(desk: Desk): Payment {
  return {
    id: desk.newId('pay'),
    version: 0,
    member: null,
    parts: emptyParts(),
    seenAt: desk.now,
    eligible: null,
    frozen: null,
    posted: {},
    counted: emptyContribution(),
    explained: null,
    campaigns: {},
    causes: {},
    givesBy: null,
  }
}

/** Of several payments that prove to be one, the first decided stays. */
function oldest(desk: Desk, ids: readonly string[]): Payment {
  const decided = ({ frozen }: Payment): number => Number(frozen !== null)
  const [first] = ids
    .map((id) => desk.payment(id))
    .sort((a, b) => decided(b) - decided(a) || a.seenAt - b.seenAt || (a.id < b.id ? -1 : 1))
  return first as Payment
}

/** What all of them know together. The others are reversed and know nothing any more. */
function joined(desk: Desk, first: Payment, ids: readonly string[]): PaymentParts {
  let { parts } = first
  for (const id of ids) {
    const other = desk.payment(id)
    if (other === first) continue
    if (other.member !== null) leave(desk, other, 'duplicate_payment', 'Two records turned out to be the same payment')
    parts = joinParts(parts, other.parts)
    first.seenAt = Math.min(first.seenAt, other.seenAt)
    first.givesBy ??= other.givesBy
    other.parts = emptyParts()
    Object.assign(other, { frozen: null, causes: {}, givesBy: null })
    desk.putPayment(other)
  }
  return parts
}

/** Takes the payment away from the member it was credited to. */
function leave(desk: Desk, payment: Payment, code: 'duplicate_payment' | 'moved_out', reason: string): void {
  if (payment.member === null) return
  const { id } = desk.member(payment.member)
  withdrawPayment(
    { payment, books: desk.books(id), history: desk.history(id), programs: desk.programs, now: desk.now },
    code,
    reason,
  )
  payment.member = null
  payment.eligible = null
}

function credit(desk: Desk, payment: Payment, before: PaymentParts | null): void {
  const { parts } = payment
  const derived = derivePayment(parts)
  // What connected accounts take is not the merchant's own trade: only partners' is of concern.
  if (parts.account !== null && !isPartners(desk, payment, parts.account)) {
    // Whoever becomes a partner later is none for what was bought before.
    if (isPurchase(derived)) payment.eligible ??= false
    return
  }
  if (!isPurchase(derived)) {
    askAboutUnknown(desk, parts)
    return
  }
  if (parts.account !== null) {
    const enrol = (member: Member, at: number) => enrolByPayment(desk, member, at)
    const find = (identity: Identity) => whose(desk, payment, before, identity)
    creditPartner({ desk, payment, before, email: bestEmail(parts), whose: find, enrol }, parts.account)
    return
  }
  const isNew = before === null || !isPurchase(derivePayment(before))
  const gifts = giveToCauses(payment, derived, isNew, desk.programs)
  const member = whose(desk, payment, before, identityIn(parts))
  if (member !== null) enrolByPayment(desk, member, derived.at ?? payment.seenAt)
  const evaluation = member === null ? null : decide(desk, payment, before, member)
  const needsItems = evaluation?.needsItems || gifts.needsItems || challengesNeedItems(desk.programs.current)
  if (needsItems && parts.items === null) askForItems(desk, parts)
  if (member !== null) askForCustomer(desk, member, parts)
}

function decide(desk: Desk, payment: Payment, before: PaymentParts | null, member: Member): Evaluation | null {
  const owner = { books: desk.books(member.id), history: desk.history(member.id) }
  return decidePayment({ payment, before, ...owner, programs: desk.programs, now: desk.now })
}

const identityIn = (parts: PaymentParts): Identity => ({
  customer: parts.customer,
  email: bestEmail(parts),
  name: parts.name,
  phone: parts.phone,
  language: parts.language,
})

/** The member it belongs to by all that is known now; it is moved where that changed. */
function whose(desk: Desk, payment: Payment, before: PaymentParts | null, identity: Identity): Member | null {
  const owner = payment.member === null ? null : desk.member(payment.member)
  if (owner?.status === 'erased') {
    // The books of the forgotten still add up; who they were stays forgotten.
    forgetIdentity(payment)
    return owner
  }
  const passing = owner !== null && loosen(desk, owner, payment, identity, before)
  const member = identify(desk, identity) ?? owner
  if (member === null) return null
  if (owner !== null && owner.id !== member.id) {
    moveSubscriptions(desk, owner, member, identity.customer)
    const lots = Object.keys(payment.posted).map((rule) => `${payment.id}/${rule}`)
    leave(desk, payment, 'moved_out', 'This purchase belongs to another customer')
    // What was withdrawn there is opened again here, under the same ids.
    for (const lot of desk.books(owner.id).giveUp(lots)) desk.books(member.id).addLot({ ...lot, member: member.id })
    if (payment.frozen !== null) payment.frozen = { program: payment.frozen.program, tiers: [], stale: true }
    if (passing) retire(desk, owner, member)
  }
  payment.member = member.id
  return member
}

/**
 * A better address became known (the checkout's after the card's): whom the payment was credited to by the former one is
 * no evidence then. What rests on this payment alone is taken apart, so that it is decided anew as if both had come at
 * once. Answers whether the owner was a guest known by nothing else.
 */
function loosen(desk: Desk, owner: Member, payment: Payment, identity: Identity, before: PaymentParts | null): boolean {
  const { customer, email } = identity
  const former = before === null ? null : bestEmail(before)
  if (email === null || email === former || email === owner.profile.email) return false
  const others = owner.version === 0 ? [] : desk.tx.paymentsOf(owner.id).filter(({ id }) => id !== payment.id)
  const linked = customer === null ? undefined : owner.customers[customer]
  const rests = linked === undefined || (linked.rank === -1 && !others.some(({ parts }) => parts.customer === customer))
  if (!rests) return false
  const onlyThis =
    others.length === 0 && owner.joinedAt === null && Object.keys(owner.customers).every((id) => id === customer)
  const passing = onlyThis && (owner.profile.email === null || owner.profile.email === former)
  if (passing && desk.name(emailName(email)) === null) {
    correctAddress(desk, owner, email)
    return false
  }
  if (customer !== null && linked !== undefined && (passing || owner.profile.email !== null)) {
    desk.unlink(customer)
    delete desk.change(owner.id).customers[customer]
  }
  return passing
}

/** It is still the same guest: the address is corrected rather than a second guest made. */
function correctAddress(desk: Desk, guest: Member, email: string | null): void {
  if (email === null || guest.profile.email === null || desk.name(emailName(email)) !== null) return
  desk.unlink(emailName(guest.profile.email))
  desk.change(guest.id).profile.email = email
  desk.link(emailName(email), guest.id)
  desk.reindex(guest.id)
}

/** A guest who was somebody else all along leaves a pointer to them, and whatever else they have. */
function retire(desk: Desk, guest: Member, owner: Member): void {
  leaveAlerts(desk, guest, owner)
  // What rested on the payment falls with it, and so does their joining, which was its doing alone.
  desk.conclude(guest.id)
  unwelcome(desk, guest)
  const retired = desk.change(guest.id)
  const hasAnything =
    ACCOUNTS.some((account) => retired[account] !== 0) ||
    desk.given.grantsOf(retired.id).some(stands) ||
    desk.given.redemptionsOf(retired.id).length > 0
  if (hasAnything && desk.changes.handOver === undefined) {
    mergeInto(desk, retired.id, owner.id)
    return
  }
  if (retired.profile.email !== null) desk.unlink(emailName(retired.profile.email))
  retired.status = 'merged'
  retired.mergedInto = owner.id
  retired.profile = { email: null, name: null, phone: null, birthday: null, language: null }
  const into = desk.change(owner.id)
  into.absorbed = [...into.absorbed, retired.id]
  desk.reindex(retired.id)
}

const ACCOUNTS = ['available', 'pending', 'reserved', 'redeemed', 'expired'] as const

/** Nothing is kept about who asked to be forgotten. */
function forgetIdentity(payment: Payment): void {
  const { parts } = payment
  payment.parts = {
    ...parts,
    customer: null,
    emails: { session: null, billing: null, receipt: null },
    name: null,
    phone: null,
    metadata: {},
  }
}

function enrolByPayment(desk: Desk, member: Member, at: number): void {
  const { enrolment } = desk.programs.current
  if (member.status !== 'candidate' || !enrolment.automatic || enrolment.consent !== 'implied') return
  const enrolled = desk.change(member.id)
  enrolled.status = 'active'
  enrolled.enrolledAt = Math.min(at, desk.now)
  enrolled.tiers = startTiers(desk.programs.current, desk.programs.version, enrolled.enrolledAt)
  welcome(desk, enrolled)
}

// ---------------------------------------------------------------------------------------------------- open questions

export function ask(desk: Desk, lookup: Lookup, dueAt: number | null = null): void {
  // Two thin events about one object ask two things.
  const key = lookup.kind === 'stripe.event' ? `${lookup.type} ${lookup.id}` : lookup.id
  desk.effect({ kind: lookup.kind, key, payload: lookup, dueAt })
}

function askAboutUnknown(desk: Desk, parts: PaymentParts): void {
  const { account } = parts
  if (Object.keys(parts.refunds).length + Object.keys(parts.disputes).length === 0) return
  // Known, but nothing was paid: asking again would tell the same.
  if (Object.values(parts.charges).some((charge) => charge.at !== null)) return
  const id = parts.names.find((name) => /^(ch|py)_/.test(name)) ?? parts.names.find((name) => name.startsWith('pi_'))
  if (id !== undefined) ask(desk, { kind: 'stripe.charge', id, account }, desk.now + ASK_AFTER_MS)
}

function askForItems(desk: Desk, parts: PaymentParts): void {
  const { account, itemsFrom } = parts
  const intent = parts.names.find((name) => name.startsWith('pi_'))
  if (itemsFrom?.startsWith('cs_')) ask(desk, { kind: 'stripe.session', id: itemsFrom, account })
  else if (itemsFrom?.startsWith('in_')) ask(desk, { kind: 'stripe.invoice', id: itemsFrom, account })
  else if (intent !== undefined) ask(desk, { kind: 'stripe.items', id: intent, account })
}

function askForCustomer(desk: Desk, member: Member, parts: PaymentParts): void {
  const { customer, account } = parts
  if (customer !== null && member.profile.email === null && member.customers[customer]?.rank === -1)
    ask(desk, { kind: 'stripe.customer', id: customer, account })
}
