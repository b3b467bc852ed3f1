// Numbers and dates of languages that a host's Intl does not know: what catalogues say of them is what Intl says where it knows.
import { describe, expect, test } from 'vitest'
import { CATALOGUES, type OwnFormat } from '../../src/words/catalogues.ts'
import { type DateStyle, formatsOf, intlFormats, isKnownToIntl, ownFormats } from '../../src/words/formats.ts'

const OWN: [string, OwnFormat][] = [
  ['hy', CATALOGUES.hy.format],
  ['az', CATALOGUES.az.format],
]

describe.each(OWN)('%s without Intl', (language, own) => {
  const [byIntl, byCatalogue] = [intlFormats(language), ownFormats(own)]

  test('is known to this Intl, so that there is something to compare with', () => {
    expect(isKnownToIntl(language)).toBe(true)
  })

  test('has the same numbers and shares', () => {
    for (const value of [
      0, 1, -1, 12, 999, 1_000, 1_234, -1_234, 9_999, 10_000, 123_456, 1_234_567, 0.5, -0.25, 1234.5678,
    ])
      expect(byCatalogue.number(value)).toBe(byIntl.number(value))
    for (const share of [0, 0.004, 0.005, 0.62, 1, 12.5, -0.25])
      expect(byCatalogue.percent(share)).toBe(byIntl.percent(share))
  })

  test('has the same money', () => {
    for (const currency of ['usd', 'eur', 'gbp', 'amd', 'azn', 'etb', 'kes', 'jpy', 'kwd', 'isk'])
      for (const minor of [0, 1, -1, 99, 1_000, -2_000, 123_450, 1_234_500, 987_654_321])
        for (const isShort of [true, false])
          expect(byCatalogue.money(minor, currency, isShort)).toBe(byIntl.money(minor, currency, isShort))
  })

  test('has the same dates, on every day of some years', () => {
    const styles: DateStyle[] = ['short', 'shortWithYear', 'long', 'month', 'shortMonth']
    for (let day = 20_400; day < 21_200; day += 1)
      for (const style of styles) expect(byCatalogue.date(day, style)).toBe(byIntl.date(day, style))
  })

  test('has the same words for how long ago, as far as they are used', () => {
    for (let days = -20; days <= 20; days += 1)
      expect(byCatalogue.relative(days, 'day')).toBe(byIntl.relative(days, 'day'))
    for (let count = 2; count <= 1_500; count += 7)
      for (const unit of ['day', 'week', 'month', 'year'] as const)
        for (const signed of [count + 1, -count - 1])
          expect(byCatalogue.relative(signed, unit)).toBe(byIntl.relative(signed, unit))
  })

  test('has the same lists', () => {
    for (const items of [[], ['a'], ['a', 'b'], ['a', 'b', 'c']])
      expect(byCatalogue.list(items, 'and')).toBe(byIntl.list(items, 'and'))
    expect(byCatalogue.list(['a', 'b'], 'or')).toBe(byIntl.list(['a', 'b'], 'or'))
  })
})

test('a language that neither Intl nor its catalogue knows has English numbers and dates', () => {
  expect(isKnownToIntl('tlh')).toBe(false)
  const formats = formatsOf('tlh', null)
  expect([formats.number(1_240), formats.date(20_779, 'long')]).toEqual(['1,240', 'November 22, 2026'])
})

test('a language that Intl does not know is written as its catalogue says', () => {
  const formats = formatsOf('qya', CATALOGUES.hy.format)
  expect([formats.number(12_400), formats.date(20_779, 'short')]).toEqual(['12\u00a0400', '22 նոյ'])
})
