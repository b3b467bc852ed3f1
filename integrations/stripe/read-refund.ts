// Refunds, on their own or in a charge's list.
import type { PaymentParts, RefundPart, RefundState } from '../../src/core/facts.ts'
import { emptyParts } from '../../src/core/facts.ts'
import { amount, currencyOf, type Json, Odd, ownId, paymentId, time } from './json.ts'
import { addName, finishParts, type Reading } from './payment-parts.ts'

function stateOf(refund: Json): RefundState {
  switch (refund.status) {
    case 'succeeded':
    // Very old refunds have no status, and had no way to fail.
    case null:
    case undefined:
      return 'succeeded'
    case 'pending':
    case 'requires_action':
      return 'pending'
    case 'failed':
    case 'canceled':
      return 'failed'
    default:
      throw new Odd('refund.status is none that we know')
  }
}

/** One refund as a part. `charge`: the charge whose list it stood in, else null. */
export function readRefund(refund: Json, reading: Reading, charge: string | null): { id: string; part: RefundPart } {
  const id = ownId(refund, 'refund')
  const state = stateOf(refund)
  const part: RefundPart = {
    charge: paymentId(refund.charge) ?? charge,
    intent: paymentId(refund.payment_intent),
    amountMinor: amount(refund, 'amount', 'refund'),
    state,
    at: time(refund, 'created', 'refund'),
    failedAt: state === 'failed' ? reading.at : null,
  }
  return { id, part }
}

/** True for what older API versions called a refund: the release of money that was never captured. */
const isRelease = (refund: Json): boolean => refund.reason === 'expired_uncaptured_charge'

/** The parts that a refund's event tells; null when it concerns no payment (cash balances, expired authorisations). */
export function readRefundEvent(refund: Json, reading: Reading): PaymentParts | null {
  const { id, part } = readRefund(refund, reading, null)
  const currency = currencyOf(refund, 'refund')
  if (isRelease(refund)) return null
  if (part.charge === null && part.intent === null) {
    if (refund.charge === null && refund.payment_intent === null) return null
    throw new Odd('refund names neither a charge nor a payment intent')
  }
  const parts = emptyParts()
  parts.account = reading.account
  parts.currency = currency
  parts.refunds[id] = part
  addName(parts, part.charge)
  addName(parts, part.intent)
  return finishParts(parts)
}
