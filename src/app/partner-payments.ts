/**
 * Payments that connected accounts (Stripe Connect) take. Where the account is a partner's they earn; any other is no
 * concern of the program. Whoever bought is known by e-mail alone: the partner's customers are not the merchant's.
 */
import { isPurchase, moneyTime } from '../core/decide-payment.ts'
import { derivePayment } from '../core/derive-payment.ts'
import type { PaymentParts } from '../core/facts.ts'
import { decidePartnerPayment, partnerOf } from '../core/partners.ts'
import type { Member, Payment } from '../core/state.ts'
import type { Desk } from './desk.ts'
import { emailName, type Identity } from './identify.ts'

export interface PartnerCredit {
  desk: Desk
  payment: Payment
  before: PaymentParts | null
  email: string | null
  /** The member of this identity, the payment being theirs from then on. */
  whose(identity: Identity): Member | null
  /** Makes a candidate a member where the program enrols by payments. */
  enrol(member: Member, at: number): void
}

/** Whether the program has, or had when the payment was decided, a partner with this account. */
export const isPartners = (desk: Desk, payment: Payment, account: string): boolean =>
  partnerOf(programOf(desk, payment), account) !== null

const programOf = (desk: Desk, { frozen }: Payment) =>
  frozen === null ? desk.programs.current : desk.programs.byVersion(frozen.program)

/** Credits a payment to a partner's account to the member with its e-mail address. */
export function creditPartner({ desk, payment, before, email, whose, enrol }: PartnerCredit, account: string): void {
  const derived = derivePayment(payment.parts)
  if (!isPurchase(derived)) return
  if (payment.member === null && !mayEarn(desk, payment, email)) return
  const member = whose({ customer: null, email, name: null, phone: null, language: null })
  if (member === null) return
  enrol(member, moneyTime(derived, payment))
  payment.eligible ??= member.status === 'active'
  if (!payment.eligible) return
  decidePartnerPayment(
    {
      payment,
      before,
      books: desk.books(member.id),
      history: desk.history(member.id),
      programs: desk.programs,
      now: desk.now,
    },
    account,
  )
}

/**
 * Members earn; others only where payments enrol them. It is settled once somebody is named: who becomes a member later
 * does not earn for it.
 */
function mayEarn(desk: Desk, payment: Payment, email: string | null): boolean {
  if (payment.eligible === false || email === null) return false
  const { enrolment } = desk.programs.current
  if (enrolment.automatic && enrolment.consent === 'implied') return true
  const known = desk.memberNamed(emailName(email))
  if (known !== null && desk.member(known).status === 'active') return true
  payment.eligible = false
  return false
}
