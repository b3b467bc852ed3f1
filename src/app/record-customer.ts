/** What Stripe says of a customer: the newest description wins, whatever order they come in. */
import type { CustomerFact } from '../core/facts.ts'
import type { Member } from '../core/state.ts'
import type { Desk } from './desk.ts'
import { emailName, identify } from './identify.ts'

export const namesInCustomer = (fact: CustomerFact): string[] => [
  fact.id,
  ...(fact.email ? [emailName(fact.email)] : []),
]

/** Answers the member's id, or null when nothing was new. */
export function recordCustomer(desk: Desk, fact: CustomerFact): string | null {
  // The customers of connected accounts are not the merchant's.
  if (fact.account !== null) return null
  const known = desk.name(fact.id)
  if (fact.deleted && known === null) return null
  const member = identify(desk, {
    customer: fact.id,
    email: fact.email,
    name: fact.name,
    phone: fact.phone,
    language: fact.language,
  })
  if (member === null) return null
  const last = member.customers[fact.id]
  if (last && last.rank >= 0 && (last.at > fact.at || (last.at === fact.at && last.rank >= fact.rank))) return null
  desk.change(member.id).customers[fact.id] = { at: fact.at, rank: fact.rank }
  // A deleted customer stays a member: what they bought and earned is theirs.
  if (!fact.deleted) describe(desk, member, fact)
  return member.id
}

function describe(desk: Desk, member: Member, fact: CustomerFact): void {
  const { profile } = member
  for (const field of ['name', 'phone', 'language'] as const) {
    if (fact[field] === null || fact[field] === profile[field]) continue
    profile[field] = fact[field]
    desk.reindex(member.id)
  }
  if (fact.email !== null) changeAddress(desk, member, fact.email)
}

/** A member about to change has another address from now on, unless it is another member's. */
export function changeAddress(desk: Desk, member: Member, address: string): void {
  const { profile } = member
  if (address === profile.email) return
  const owner = desk.name(emailName(address))
  if (owner !== null && desk.member(owner).id !== member.id) {
    // Two members, one address: staff decide whether they are one.
    desk.proposeMerge(member.id, desk.member(owner).id)
    return
  }
  // The former address still finds them.
  if (profile.email !== null)
    member.formerEmails = [...member.formerEmails.filter((email) => email !== address), profile.email]
  profile.email = address
  desk.link(emailName(address), member.id)
  desk.reindex(member.id)
}
