// Pieces of knowledge about payments, as translators make them.
import { type ChargePart, emptyParts, type PaymentParts, type RefundPart } from '../../src/core/facts.ts'

export const T0 = Date.UTC(2026, 0, 15, 12)
export const DAY = 86_400_000

export const partsOf = (over: Partial<PaymentParts>): PaymentParts => ({ ...emptyParts(), ...over })

export const charge = (over: Partial<ChargePart> = {}): ChargePart => ({
  intent: 'pi_1',
  amountMinor: 10_000,
  at: T0,
  snapshot: { at: T0, refundedMinor: 0 },
  ...over,
})

export const charged = (over: Partial<ChargePart> = {}, parts: Partial<PaymentParts> = {}): PaymentParts =>
  partsOf({
    names: ['ch_1', 'pi_1'],
    currency: 'usd',
    charges: { ch_1: charge(over) },
    succeededAt: T0,
    emails: { session: null, billing: 'ada@example.org', receipt: null },
    ...parts,
  })

export const refund = (over: Partial<RefundPart> = {}): RefundPart => ({
  charge: 'ch_1',
  intent: 'pi_1',
  amountMinor: 4_000,
  state: 'succeeded',
  at: T0 + DAY,
  failedAt: null,
  ...over,
})
