/** What a purchase counts as spent, in the program's currency. */
import type { Program } from '../program/schema.ts'
import { currencyExponent } from './currency.ts'
import type { DerivedPayment } from './derive-payment.ts'
import { exactly } from './exact.ts'

/**
 * Net spend after refunds in the program's currency, or a share of it, rounded once; a listed currency counts by the ratio
 * of its `per`, another for nothing.
 */
export function spendMinor(program: Program, payment: DerivedPayment, part = 1): number {
  const { paidMinor, netMinor, currency } = payment
  const kept = paidMinor - payment.refundedMinor
  if (paidMinor === 0 || kept === 0) return 0
  if (currency === program.currency)
    return kept === paidMinor && part === 1
      ? netMinor
      : exactly(netMinor, { times: [part, kept], over: [paidMinor] }, 'nearest')
  if (currency === null) return 0
  for (const rule of program.earning) {
    const per = rule.on === 'purchase' ? rule.currencies[currency]?.per : undefined
    if (rule.on !== 'purchase' || per === undefined) continue
    const [own, theirs] = [10 ** currencyExponent(program.currency), 10 ** currencyExponent(currency)]
    return exactly(netMinor, { times: [part, kept, rule.per, own], over: [paidMinor, per, theirs] }, 'nearest')
  }
  return 0
}
