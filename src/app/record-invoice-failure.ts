/** A payment of an invoice failed: kept, and told to staff at once where it is a member's. */
import type { InvoiceFailureFact } from '../core/facts.ts'
import type { Desk } from './desk.ts'
import { emailName, identify } from './identify.ts'
import { followSubscriptions, noteSubscribed } from './subscription-alerts.ts'

export const namesInFailure = ({ customer, email, invoice }: InvoiceFailureFact): string[] => [
  invoice,
  ...(customer === null ? [] : [customer]),
  ...(email === null ? [] : [emailName(email)]),
]

/** Answers the invoice's id. */
export function recordInvoiceFailure(desk: Desk, fact: InvoiceFailureFact): string {
  desk.changes.invoiceFailures = [...(desk.changes.invoiceFailures ?? []), fact]
  noteSubscribed(desk)
  const member = whose(desk, fact)
  if (member !== null) followSubscriptions(desk, member)
  return fact.invoice
}

/**
 * Whoever has this customer, else whoever has the address: then the customer is theirs, as with a payment. Nobody is made a
 * candidate for what they did not pay.
 */
function whose(desk: Desk, { account, customer, email }: InvoiceFailureFact): string | null {
  // The customers of connected accounts are not the merchant's.
  if (account !== null || customer === null) return null
  const known = desk.memberNamed(customer)
  if (known !== null) return desk.member(known).id
  if (email === null || desk.memberNamed(emailName(email)) === null) return null
  return identify(desk, { customer, email, name: null, phone: null, language: null })?.id ?? null
}
