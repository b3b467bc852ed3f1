import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseBirthday } from '../../integrations/slack/parse-birthday.ts'
import { parsePoints, splitAtPoints } from '../../integrations/slack/parse-points.ts'
import { isBirthday } from '../../src/core/person-fields.ts'

describe('points', () => {
  test.each([
    ['+100', 100],
    ['100', 100],
    ['-50', -50],
    ['−50', -50],
    ['– 50', -50],
    ['+1,000', 1_000],
    ['1.000', 1_000],
    ['1 000', 1_000],
    ['1’000', 1_000],
    ['1\u00a0000\u00a0000', 1_000_000],
    ['١٬٠٠٠', 1_000],
    ['۱۲۳', 123],
    ['๑๐๐', 100],
    ['१००', 100],
    ['１００', 100],
    ['፲', 10],
    ['፻፳፫', 123],
    ['፲፻', 1_000],
    ['፼', 10_000],
    ['፪፼', 20_000],
    ['+100 points', 100],
    ['1 Stern', 1],
  ])('%s are %i', (written, points) => {
    expect(parsePoints(written, ['Stern', 'Sterne'])).toEqual({ ok: true, points })
  })

  test.each([
    ['', 'notANumber'],
    ['twelve', 'notANumber'],
    ['+', 'notANumber'],
    ['1e3', 'notANumber'],
    ['0x10', 'notANumber'],
    ['+-5', 'notANumber'],
    ['1,00,0', 'notANumber'],
    ['1.5', 'fraction'],
    ['10,00', 'fraction'],
    ['0', 'zero'],
    ['-0', 'zero'],
    ['1000000001', 'tooMany'],
    ['9'.repeat(10_000), 'tooMany'],
  ])('%s are none: %s', (written, because) => {
    expect(parsePoints(written)).toEqual({ ok: false, because })
  })

  const locales = fc.constantFrom('en', 'de', 'sv', 'ar-EG', 'fa', 'hi', 'my')
  test('are read as any language writes them', () => {
    const points = fc.integer({ min: -1e9, max: 1e9 }).filter((n) => n !== 0)
    fc.assert(
      fc.property(points, locales, (n, locale) => {
        // In India hundreds of thousands are parted in twos.
        const format = new Intl.NumberFormat(locale, { useGrouping: locale === 'hi' ? false : 'always' })
        expect(parsePoints(`${n < 0 ? '−' : '+'}${format.format(Math.abs(n))}`)).toEqual({ ok: true, points: n })
      }),
    )
  })

  test('of whatever is typed are a number or a reason', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        const parsed = parsePoints(text)
        if (parsed.ok) expect(Number.isSafeInteger(parsed.points) && parsed.points !== 0).toBe(true)
        else expect(['notANumber', 'fraction', 'zero', 'tooMany']).toContain(parsed.because)
      }),
    )
  })

  test.each([
    ['ada@example.org +100 late parcel', { before: 'ada@example.org', points: '+100', after: 'late parcel' }],
    ['Ada Lovelace −50', { before: 'Ada Lovelace', points: '−50', after: '' }],
    ['5550100 100 parcel of 3', { before: '5550100', points: '100', after: 'parcel of 3' }],
    ['+100 ada', { before: '', points: '+100', after: 'ada' }],
    ['አበበ ፻ ስጦታ', { before: 'አበበ', points: '፻', after: 'ስጦታ' }],
    ['ada', null],
    ['5550100', null],
  ])('are found in “%s”', (typed, parts) => {
    expect(splitAtPoints(typed)).toEqual(parts)
  })
})

describe('a birthday', () => {
  test.each([
    ['1990-12-10', '1990-12-10'],
    ['1990/1/2', '1990-01-02'],
    ['10.12.1990', '1990-12-10'],
    ['10. 12. 1990', '1990-12-10'],
    ['10.12.', '--12-10'],
    ['12-10', '--12-10'],
    ['--12-10', '--12-10'],
    ['2/29', '--02-29'],
    ['１９９０-１２-１０', '1990-12-10'],
  ])('%s is %s', (written, kept) => {
    expect(parseBirthday(written)).toBe(kept)
  })

  test.each(['', 'x', '31.2.1990', '1990-13-01', '1990-02-29', '10/12/1990', '2-30', '1'.repeat(10_000)])(
    '%s is none',
    (written) => {
      expect(parseBirthday(written)).toBeNull()
    },
  )

  test('is never one that the API would not take', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[-/. 0-9]{0,12}$/), (text) => {
        const kept = parseBirthday(text)
        expect(kept === null || isBirthday(kept)).toBe(true)
      }),
    )
  })
})
