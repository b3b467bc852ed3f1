// A history as a simulation takes it: facts about payments, each at the time it became known.
import { derivePayment } from '../core/derive-payment.ts'
import { emptyParts, type PaymentFact, type PaymentParts } from '../core/facts.ts'

export interface HistoryFact {
  at: number
  /** Made when it is its turn: a long history is held as short as it came. */
  fact(): PaymentFact
}

export interface BoughtOnce {
  customer: string
  at: number
  amountMinor: number
}

const NO_PARTS: Readonly<PaymentParts> = emptyParts()
/** Known to have none: whoever knew more would have said so. */
const NO_LINES: PaymentParts['items'] = { rank: 3, list: [] }

/** A purchase of a list: nothing is known of what was bought, so nothing of it is excluded and no product earns extra. */
export const boughtOnce = (
  { customer, at, amountMinor }: BoughtOnce,
  number: number,
  currency: string,
): HistoryFact => ({
  at,
  fact() {
    const parts: PaymentParts = {
      ...NO_PARTS,
      names: [`ch_simulated${number}`],
      currency,
      // Each payment has one charge only, so it need not be told from others: objects with the same fields are quicker.
      charges: { ch_simulated: { intent: null, amountMinor, at, snapshot: null } },
      items: NO_LINES,
      customer: `cus_simulated_${customer}`,
      succeededAt: at,
    }
    return { kind: 'payment', parts }
  },
})

/**
 * A payment of our own books: first as it was paid, then as it was refunded, each at its time. Whose it was is known, so
 * identity is not found out again. Empty when nothing was paid.
 */
export function storedFacts(stored: PaymentParts, member: string): HistoryFact[] {
  const { at, paidMinor, refundedMinor, refundedAt, linked } = derivePayment(stored)
  if (!linked || paidMinor === 0 || at === null) return []
  const whole: PaymentParts = {
    ...stored,
    customer: `cus_simulated_${member}`,
    // Partners' payments go by the address.
    emails: { session: `${member}@simulated.invalid`, billing: null, receipt: null },
    name: null,
    phone: null,
    // What was bought is not asked again: unknown lines are no lines.
    items: stored.items ?? NO_LINES,
  }
  const fact = (parts: PaymentParts) => (): PaymentFact => ({ kind: 'payment', parts })
  if (refundedMinor === 0) return [{ at, fact: fact(whole) }]
  const charges = Object.fromEntries(
    Object.entries(whole.charges).map(([id, charge]) => [id, { ...charge, snapshot: null }]),
  )
  return [
    { at, fact: fact({ ...whole, charges, refunds: {}, disputes: {} }) },
    { at: Math.max(at, refundedAt ?? at), fact: fact(whole) },
  ]
}
