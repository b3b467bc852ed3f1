// Amounts as people write them, in major units, to what Stripe counts in, and back: by digits, never by floating point.
import { currencyExponent, currencyPlaces } from '../core/currency.ts'

export type ParsedAmount = { ok: true; minor: number } | { ok: false; message: string }

const PLAIN = /^(-?)(\d+)(?:\.(\d+))?$/

/** `49.90` with `usd` → 4990. Zeros beyond the currency's places are nothing; other digits are refused. */
export function parseAmount(text: string, currency: string): ParsedAmount {
  const [, sign, whole, decimals = ''] = PLAIN.exec(text.trim()) ?? []
  if (whole === undefined) return { ok: false, message: 'must be a plain number, such as 49.90' }
  const places = currencyPlaces(currency)
  const written = decimals.replace(/0+$/, '')
  if (written.length > places) {
    const allowed = places === 0 ? 'no decimals' : `at most ${places} decimals`
    return { ok: false, message: `has too many decimals: ${currency.toUpperCase()} has ${allowed}` }
  }
  const minor = Number(`${sign}${whole}${written.padEnd(currencyExponent(currency), '0')}`)
  if (!Number.isSafeInteger(minor)) return { ok: false, message: 'is larger than can be counted exactly' }
  // There is no minus nothing.
  return { ok: true, minor: minor === 0 ? 0 : minor }
}

/** 4990 with `usd` → `49.90`: the way back, for files. */
export function formatDecimal(minor: number, currency: string): string {
  const exponent = currencyExponent(currency)
  const digits = String(Math.abs(minor)).padStart(exponent + 1, '0')
  const sign = minor < 0 ? '-' : ''
  return exponent === 0 ? `${sign}${digits}` : `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`
}
