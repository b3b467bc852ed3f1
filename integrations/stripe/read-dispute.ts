// Disputes. What matters is where the money is; the rest of a dispute's life is between the merchant and the bank.
import { type DisputePart, emptyParts, type PaymentParts } from '../../src/core/facts.ts'
import { addUp, amount, type Json, list, Odd, ownId, paymentId, time } from './json.ts'
import { addName, finishParts, type Reading } from './payment-parts.ts'

const isInquiry = (dispute: Json): boolean =>
  typeof dispute.status === 'string' && dispute.status.startsWith('warning_')

/** The sum of the money that moved between the merchant's balance and the bank; null when none did. */
function movedMinor(dispute: Json): number | null {
  const moves = list(dispute, 'balance_transactions')?.items ?? []
  if (moves.length === 0) return null
  const amounts = moves.map(({ amount: moved }) => moved)
  if (!amounts.every(Number.isSafeInteger)) throw new Odd('dispute.balance_transactions has an amount that is none')
  return addUp(amounts as number[])
}

/**
 * Whether the money is withdrawn, by the best evidence that this event gives; null when it gives none. A dispute that
 * is won says nothing by itself: the reinstatement follows, or the money was never taken.
 */
function isWithdrawn(dispute: Json, type: string): boolean | null {
  if (type === 'charge.dispute.funds_withdrawn') return true
  if (type === 'charge.dispute.funds_reinstated') return false
  if (isInquiry(dispute)) return null
  const moved = movedMinor(dispute)
  if (moved !== null) return moved < 0
  return dispute.status === 'lost' ? true : null
}

export function readDispute(dispute: Json, reading: Reading, type: string): PaymentParts {
  const id = ownId(dispute, 'dispute')
  const charge = paymentId(dispute.charge)
  const intent = paymentId(dispute.payment_intent)
  if (charge === null && intent === null) throw new Odd('dispute names neither a charge nor a payment intent')
  const withdrawn = isWithdrawn(dispute, type)
  const part: DisputePart = {
    charge,
    amountMinor: amount(dispute, 'amount', 'dispute'),
    at: time(dispute, 'created', 'dispute'),
    moved: withdrawn === null ? null : { at: reading.at, withdrawn },
  }
  const parts = emptyParts()
  parts.account = reading.account
  parts.disputes[id] = part
  addName(parts, charge)
  addName(parts, intent)
  return finishParts(parts)
}
