// Payment intents: what was received, and the tax, shipping and tip that a merchant may have put on them.
import type { PaymentParts, Ranked } from '../../src/core/facts.ts'
import { cleanEmail } from './identity.ts'
import { amount, amountOrNull, child, currencyOf, type Json, list, ownId, paymentId } from './json.ts'
import { addName, RANK, type Reading } from './payment-parts.ts'

function detail(details: Json | null, group: string, field: string): Ranked | null {
  const object = details && child(details, group)
  const value = object && amountOrNull(object, field, `payment_intent.amount_details.${group}`)
  return value === null ? null : { rank: RANK.intent, value }
}

/** Adds what this payment intent says to `parts`. One that has not succeeded says no amount. */
export function addIntent(parts: PaymentParts, intent: Json, reading: Reading): void {
  const id = ownId(intent, 'payment_intent')
  const invoice = paymentId(intent.invoice)
  parts.currency ??= currencyOf(intent, 'payment_intent')
  for (const name of [id, paymentId(intent.latest_charge), invoice]) addName(parts, name)
  for (const charge of list(intent, 'charges')?.items ?? []) addName(parts, paymentId(charge.id))
  if (reading.success || intent.status === 'succeeded') {
    parts.intents[id] = { amountMinor: amount(intent, 'amount_received', 'payment_intent') }
  }
  parts.itemsFrom ??= invoice
  parts.emails.receipt ??= cleanEmail(intent.receipt_email)
  const details = child(intent, 'amount_details')
  parts.tax ??= detail(details, 'tax', 'total_tax_amount')
  parts.shipping ??= detail(details, 'shipping', 'amount')
  parts.tip ??= detail(details, 'tip', 'amount')
  if (reading.success) parts.succeededAt = reading.at
}
