// A charge or a payment intent with what came along expanded: each may hold the other.
import type { PaymentParts } from '../../src/core/facts.ts'
import { addCharge } from './add-charge.ts'
import { addIntent } from './add-intent.ts'
import { isJson, type Json, list } from './json.ts'
import { finishParts, type Reading, startParts } from './payment-parts.ts'

export function readCharge(charge: Json, reading: Reading): PaymentParts {
  const parts = startParts(charge, reading)
  addCharge(parts, charge, reading)
  if (isJson(charge.payment_intent)) addIntent(parts, charge.payment_intent, { ...reading, success: false })
  return finishParts(parts)
}

/** The charges of a payment intent: `latest_charge` when expanded, `charges` in versions before 2022-11-15. */
function chargesOf(intent: Json): Json[] {
  const latest = isJson(intent.latest_charge) ? [intent.latest_charge] : []
  return [...latest, ...(list(intent, 'charges')?.items ?? [])]
}

export function readIntent(intent: Json, reading: Reading): PaymentParts {
  const parts = startParts(intent, reading)
  addIntent(parts, intent, reading)
  for (const charge of chargesOf(intent)) addCharge(parts, charge, { ...reading, success: false })
  return finishParts(parts)
}
