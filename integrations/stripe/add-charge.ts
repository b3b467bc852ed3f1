// Charges: what was captured, and how much of it is refunded by now.
import type { PaymentParts, RefundPart } from '../../src/core/facts.ts'
import { cleanEmail } from './identity.ts'
import { addUp, amount, amountOrNull, child, currencyOf, type Json, list, Odd, ownId, paymentId, time } from './json.ts'
import { addName, addPerson, BASIL, type Reading } from './payment-parts.ts'
import { readRefund } from './read-refund.ts'

/** What was captured. `paid` is true for a mere authorisation too, so it proves nothing; false does. */
function capturedMinor(charge: Json): number {
  const whole = amount(charge, 'amount', 'charge')
  const captured = amountOrNull(charge, 'amount_captured', 'charge')
  if (charge.status === 'failed' || charge.paid === false) return 0
  if (captured !== null) return captured
  if (typeof charge.captured !== 'boolean') throw new Odd('charge.captured is missing')
  return charge.captured ? whole : 0
}

/** Before basil the rest that was not captured counted as refunded. Without a version, such charges still have `invoice`. */
function uncapturedRestMinor(charge: Json, captured: number, reading: Reading): number {
  const isOld = reading.version === null ? 'invoice' in charge : reading.version < BASIL
  return isOld ? Math.max(0, amount(charge, 'amount', 'charge') - captured) : 0
}

function refundedMinor(charge: Json, captured: number, rest: number): number | null {
  const told = amountOrNull(charge, 'amount_refunded', 'charge')
  if (told === null) return null
  return captured === 0 ? 0 : Math.max(0, told - rest)
}

const inForce = (refunds: Record<string, RefundPart>): number =>
  addUp(Object.values(refunds).map(({ state, amountMinor }) => (state === 'failed' ? 0 : amountMinor)))

/**
 * The charge's own list of refunds, where it is sent along. In older versions the rest of a partial capture stands in
 * it like a refund, the earliest one: it is set down as failed, so that it never counts. A list that still exceeds
 * the charge's total is not believed.
 */
function readRefunds(charge: Json, id: string, reading: Reading, refunded: number | null, rest: number) {
  const refunds: Record<string, RefundPart> = {}
  for (const refund of list(charge, 'refunds')?.items ?? []) {
    const read = readRefund(refund, reading, id)
    // The total of this very moment leaves it out already, so it failed before.
    if (read.part.failedAt !== null) read.part.failedAt -= 1
    refunds[read.id] = read.part
  }
  if (refunded === null || inForce(refunds) <= refunded) return refunds
  const release = Object.values(refunds)
    .filter(({ amountMinor, state }) => rest > 0 && amountMinor === rest && state !== 'failed')
    .sort((one, other) => one.at - other.at)[0]
  if (release !== undefined) Object.assign(release, { state: 'failed', failedAt: release.at })
  return inForce(refunds) <= refunded ? refunds : {}
}

/** Adds what this charge says to `parts`. */
export function addCharge(parts: PaymentParts, charge: Json, reading: Reading): void {
  const id = ownId(charge, 'charge')
  const intent = paymentId(charge.payment_intent)
  const invoice = paymentId(charge.invoice)
  const captured = capturedMinor(charge)
  const rest = uncapturedRestMinor(charge, captured, reading)
  const refunded = refundedMinor(charge, captured, rest)
  parts.currency ??= currencyOf(charge, 'charge')
  parts.charges[id] = {
    intent,
    amountMinor: captured,
    at: time(charge, 'created', 'charge'),
    snapshot: refunded === null ? null : { at: reading.at, refundedMinor: refunded },
  }
  if (captured > 0) Object.assign(parts.refunds, readRefunds(charge, id, reading, refunded, rest))
  for (const name of [id, intent, invoice]) addName(parts, name)
  parts.itemsFrom ??= invoice
  addPerson(parts, child(charge, 'billing_details'), 'billing')
  parts.emails.receipt ??= cleanEmail(charge.receipt_email)
  if (reading.success && captured > 0) parts.succeededAt = reading.at
}
