// Joins pieces of knowledge that share a name into whole payments, so that a payment read from lists arrives at once.
import type { PaymentParts } from '../../src/core/facts.ts'
import { joinParts } from '../../src/core/merge-payment.ts'

/** One entry for each payment, in the order of its first piece. */
export function joinPayments(pieces: readonly PaymentParts[]): PaymentParts[] {
  const byName = new Map<string, PaymentParts>()
  const whole = new Set<PaymentParts>()
  for (const piece of pieces) {
    const known = new Set(piece.names.flatMap((name) => byName.get(name) ?? []))
    let joined = piece
    for (const other of known) {
      joined = joinParts(other, joined)
      whole.delete(other)
    }
    whole.add(joined)
    for (const name of joined.names) byName.set(name, joined)
  }
  return [...whole]
}
