// Checkout sessions: who bought, with which tax and shipping. One for a subscription or an invoice names no payment
// intent, so it waits until its invoice tells which payment it belongs to.
import type { Lookup, PaymentParts, Ranked } from '../../src/core/facts.ts'
import { cleanEmail, cleanLanguage } from './identity.ts'
import { amount, amountOrNull, child, currencyOf, idOf, type Json, Odd, ownId, paymentId } from './json.ts'
import { addName, addPerson, finishParts, RANK, type Reading, shippingWithoutTax, startParts } from './payment-parts.ts'
import { promotionCodesOf } from './read-discounts.ts'
import { readSessionItems } from './read-items.ts'

const MAX_REFERENCE_CHARACTERS = 200

/** The amount of a session that is paid, 0 where no payment was required; null while it is unpaid. */
function paidMinor(session: Json): number | null {
  switch (session.payment_status) {
    case 'paid':
      return amount(session, 'amount_total', 'checkout.session')
    case 'no_payment_required':
      return 0
    case 'unpaid':
      return null
    default:
      throw new Odd('checkout.session.payment_status is missing or none that we know')
  }
}

const ranked = (value: number | null): Ranked | null => (value === null ? null : { rank: RANK.session, value })

function addAmounts(parts: PaymentParts, session: Json, paid: number | null): void {
  // Without an amount to read it for, a currency may be missing.
  if (!paid && typeof session.currency !== 'string') return
  parts.currency = currencyOf(session, 'checkout.session')
  const totals = child(session, 'total_details')
  if (totals === null) return
  parts.tax = ranked(amountOrNull(totals, 'amount_tax', 'checkout.session.total_details'))
  const shipping = amountOrNull(totals, 'amount_shipping', 'checkout.session.total_details')
  parts.shipping = ranked(shippingWithoutTax(child(session, 'shipping_cost')) ?? shipping)
}

function addIdentity(parts: PaymentParts, session: Json): void {
  addPerson(parts, child(session, 'customer_details'), 'session')
  parts.emails.session ??= cleanEmail(session.customer_email)
  parts.language = cleanLanguage(session.locale)
  const reference = session.client_reference_id
  if (typeof reference === 'string' && reference !== '') {
    parts.metadata.client_reference_id = reference.slice(0, MAX_REFERENCE_CHARACTERS)
  }
}

/** The parts of a session and what must be asked to link it; null for one that only saves a payment method. */
export function readSession(session: Json, reading: Reading): { parts: PaymentParts; lookups: Lookup[] } | null {
  const id = ownId(session, 'checkout.session')
  if (session.mode === 'setup') return null
  const intent = paymentId(session.payment_intent)
  const invoice = paymentId(session.invoice)
  const subscription = idOf(session.subscription)
  const parts = startParts(session, reading)
  for (const name of [id, intent, invoice]) addName(parts, name)
  addIdentity(parts, session)
  const paid = paidMinor(session)
  addAmounts(parts, session, paid)
  parts.subscription = subscription
  parts.promotionCodes = promotionCodesOf(session)
  const items = readSessionItems(session)
  parts.items = items === null ? null : { rank: RANK.session, list: items }
  parts.itemsFrom = items === null ? id : null
  const isLinkedLater = session.mode === 'subscription' || invoice !== null || subscription !== null
  const pendingLink = intent === null && paid !== null && paid > 0 && isLinkedLater
  if (paid !== null) {
    parts.sessions[id] = { amountMinor: paid, pendingLink }
    if (reading.success) parts.succeededAt = reading.at
  }
  const lookups: Lookup[] =
    pendingLink && invoice !== null ? [{ kind: 'stripe.invoice', id: invoice, account: reading.account }] : []
  return { parts: finishParts(parts), lookups }
}
