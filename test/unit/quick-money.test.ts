// Amounts are written as Intl writes them, in every way of grouping and every script.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { currencyExponent } from '../../src/core/currency.ts'
import { money } from '../../src/core/sentences.ts'

const LOCALES = ['en', 'en-US', 'de', 'de-CH', 'fr', 'es', 'pt-BR', 'pl', 'sv', 'hi', 'en-IN', 'ja', 'am', 'hy', 'az']
const MORE = ['sw', 'ar', 'ar-EG', 'fa', 'he', 'bn', 'my', 'th-u-nu-thai', 'zh-Hant', 'lv', 'pt-PT', 'ne']
const CURRENCIES = ['usd', 'eur', 'jpy', 'kwd', 'chf', 'inr', 'isk', 'krw', 'etb']

const byIntl = (minor: number, currency: string, locale: string): string => {
  const exponent = currencyExponent(currency)
  const format = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: exponent,
    maximumFractionDigits: exponent,
  })
  return format.format(minor / 10 ** exponent)
}

describe.each([...LOCALES, ...MORE])('amounts in %s', (locale) => {
  it('are written as Intl does', () => {
    const anyMinor = fc.oneof(fc.integer({ min: -1_000, max: 2_000_000 }), fc.integer({ min: 0, max: 10 ** 13 }))
    fc.assert(
      fc.property(anyMinor, fc.constantFrom(...CURRENCIES), (minor, currency) => {
        expect(money(minor, currency, locale)).toBe(byIntl(minor, currency, locale))
      }),
      {
        numRuns: 60,
        examples: [
          [0, 'usd'],
          [100_000, 'eur'],
          [1_000, 'jpy'],
          [999_999, 'kwd'],
        ],
      },
    )
  })
})
