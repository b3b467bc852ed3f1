/**
 * Who a payment or a customer is: the Stripe customer first, then the e-mail address. A customer's first known address
 * joins them with whoever has it; a later change never merges anybody, it is proposed to staff.
 */
import type { Member } from '../core/state.ts'
import type { Desk } from './desk.ts'
import { mergeInto } from './merge.ts'
import { followSubscriptions } from './subscription-alerts.ts'

export interface Identity {
  customer: string | null
  /** Lower-cased. */
  email: string | null
  name: string | null
  phone: string | null
  language: string | null
}

export const emailName = (email: string): string => `email:${email}`

const namesOf = ({ customer, email }: Identity): string[] => [
  ...(customer ? [customer] : []),
  ...(email ? [emailName(email)] : []),
]

/**
 * The member of this identity, made a candidate when nobody has it yet; null when there is nothing to go by, or when
 * they asked to be forgotten.
 */
export function identify(desk: Desk, identity: Identity): Member | null {
  const names = namesOf(identity)
  if (names.length === 0) return null
  desk.loadNames(names)
  const byCustomer = identity.customer === null ? null : desk.memberNamed(identity.customer)
  const byEmail = identity.email === null ? null : desk.memberNamed(emailName(identity.email))
  desk.load({ members: [byCustomer, byEmail].filter((id) => id !== null) })
  const id = chosen(desk, byCustomer, byEmail)
  if (id === null && desk.isErased(names)) return null
  const member = id === null ? desk.addCandidate() : desk.member(id)
  if (member.status === 'erased') return null
  complete(desk, member, identity)
  return member
}

function chosen(desk: Desk, byCustomer: string | null, byEmail: string | null): string | null {
  if (byCustomer === null || byEmail === null) return byCustomer ?? byEmail
  const [customer, owner] = [desk.member(byCustomer), desk.member(byEmail)]
  if (customer.id === owner.id) return customer.id
  // A customer we knew by id only says who they are for the first time: they are the one with this address.
  if (customer.profile.email !== null || customer.status === 'erased') return customer.id
  mergeInto(desk, customer.id, owner.id)
  return owner.id
}

/** Links what is not linked yet and fills in what is not known yet; nothing known is overwritten. */
function complete(desk: Desk, member: Member, identity: Identity): void {
  const { profile } = member
  if (identity.customer !== null && desk.name(identity.customer) === null) {
    desk.change(member.id).customers[identity.customer] = { at: 0, rank: -1 }
    desk.link(identity.customer, member.id)
    // What this customer subscribes to is theirs now; whoever is no member yet hears of it when they become one.
    followSubscriptions(desk, member.id)
  }
  if (identity.email !== null && profile.email === null && desk.name(emailName(identity.email)) === null) {
    desk.change(member.id).profile.email = identity.email
    desk.link(emailName(identity.email), member.id)
    desk.reindex(member.id)
  }
  for (const field of ['name', 'phone', 'language'] as const) {
    if (profile[field] !== null || identity[field] === null) continue
    desk.change(member.id).profile[field] = identity[field]
    desk.reindex(member.id)
  }
}
