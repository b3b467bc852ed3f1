/** What a purchase counts as spent, in the program's currency. */
import type { Program } from '../program/schema.ts'
import { currencyExponent } from './currency.ts'
import type { DerivedPayment } from './derive-payment.ts'
import { exactly } from './exact.ts'

/**
 * Net spend after refunds in the program's currency, or a share of it, rounded once; a listed currency counts by the ratio
 * of its `per`, another for nothing.
 */
export function spendMinor(
  program: Program,
  payment: Pick<DerivedPayment, 'paidMinor' | 'netMinor' | 'refundedMinor' | 'currency'>,
  part = 1,
): number {
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

/** Whether amounts in this currency count: the program's own, or one that a purchase rule lists. */
export const isCounted = (program: Program, currency: string | null): boolean =>
  currency !== null &&
  (currency === program.currency ||
    program.earning.some((rule) => rule.on === 'purchase' && rule.currencies[currency] !== undefined))

/** An amount in the program's currency, minor units; null for a currency that the program does not list. */
export function inProgramCurrency(program: Program, minor: number, currency: string | null): number | null {
  if (!isCounted(program, currency)) return null
  return spendMinor(program, { paidMinor: minor, netMinor: minor, refundedMinor: 0, currency })
}
