import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatDecimal, parseAmount } from '../../src/cli/amounts.ts'
import { dayOf, endOfDay, momentOfPurchase, parseDate, parseMoment, parseMonth } from '../../src/cli/dates.ts'

const iso = (at: number | undefined) => (at === undefined ? undefined : new Date(at).toISOString())

describe('an amount', () => {
  test.each([
    ['49.90', 'usd', 4990],
    ['49.9', 'usd', 4990],
    ['49', 'usd', 4900],
    ['49.9000', 'usd', 4990],
    ['0', 'usd', 0],
    ['-0.00', 'usd', 0],
    ['-12.34', 'usd', -1234],
    ['5000', 'jpy', 5000],
    ['5000.0', 'jpy', 5000],
    ['1.234', 'kwd', 1234],
    ['1500', 'isk', 150_000],
    ['0.29', 'eur', 29],
    ['90071992547409.91', 'usd', Number.MAX_SAFE_INTEGER],
  ])('of %s %s is %i in minor units', (text, currency, minor) => {
    expect(parseAmount(text, currency)).toEqual({ ok: true, minor })
  })

  test.each([
    ['49.905', 'usd', 'too many decimals'],
    ['49.5', 'jpy', 'no decimals'],
    ['10.5', 'isk', 'no decimals'],
    ['1.2345', 'kwd', 'at most 3 decimals'],
    ['1,234.50', 'usd', 'must be a plain number'],
    ['$5', 'usd', 'must be a plain number'],
    ['1e3', 'usd', 'must be a plain number'],
    ['', 'usd', 'must be a plain number'],
    ['.5', 'usd', 'must be a plain number'],
    ['90071992547409.92', 'usd', 'larger than can be counted exactly'],
  ])('of "%s" %s is refused: %s', (text, currency, message) => {
    expect(parseAmount(text, currency)).toEqual({ ok: false, message: expect.stringContaining(message) })
  })

  test('written for a file reads back as the same amount', () => {
    const currencies = fc.constantFrom('usd', 'jpy', 'kwd', 'eur')
    fc.assert(
      fc.property(fc.maxSafeInteger(), currencies, (minor, currency) => {
        expect(parseAmount(formatDecimal(minor, currency), currency)).toEqual({ ok: true, minor: minor || 0 })
      }),
    )
  })
})

describe('a date', () => {
  test.each(['2026-11-22', '20261122'])('is read from %s', (text) => {
    expect(String(parseDate(text))).toBe('2026-11-22')
  })

  test.each(['2026-02-30', '2026-13-01', '22.11.2026', '26-11-22', '1969-12-31', '2026-1-1', '', '00000000'])(
    'is not read from "%s"',
    (text) => {
      expect(parseDate(text)).toBeNull()
    },
  )

  test('without a time begins with the day of the zone', () => {
    expect(iso(parseMoment('2026-07-01', 'America/New_York')?.at)).toBe('2026-07-01T04:00:00.000Z')
    expect(iso(parseMoment('20260101', 'Asia/Tokyo')?.at)).toBe('2025-12-31T15:00:00.000Z')
  })

  test('with a time is that instant, local where no offset is given', () => {
    expect(iso(parseMoment('2026-07-01T10:00:00Z', 'Asia/Tokyo')?.at)).toBe('2026-07-01T10:00:00.000Z')
    expect(iso(parseMoment('2026-07-01T10:00:00+02:00', 'UTC')?.at)).toBe('2026-07-01T08:00:00.000Z')
    expect(iso(parseMoment('2026-07-01 10:00:00', 'Europe/Berlin')?.at)).toBe('2026-07-01T08:00:00.000Z')
    expect(parseMoment('2026-07-01T25:00:00Z', 'UTC')).toBeNull()
    expect(parseMoment('yesterday', 'UTC')).toBeNull()
  })

  test('of a purchase without a time is noon, so that no zone turns it into another day', () => {
    const moment = parseMoment('1997-01-01', 'America/New_York')
    expect(moment && iso(momentOfPurchase(moment, 'America/New_York'))).toBe('1997-01-01T17:00:00.000Z')
  })

  test('ends where the next day begins, also when clocks change', () => {
    const start = parseMoment('2026-03-29', 'Europe/Berlin')?.at ?? 0
    expect(iso(endOfDay(start, 'Europe/Berlin'))).toBe('2026-03-29T22:00:00.000Z')
    expect(dayOf(start, 'Europe/Berlin')).toBe('2026-03-29')
  })

  test('of a month spans it in the zone', () => {
    const month = parseMonth('2026-12', 'America/New_York')
    expect([iso(month?.fromMs), iso(month?.toMs)]).toEqual(['2026-12-01T05:00:00.000Z', '2027-01-01T05:00:00.000Z'])
    expect(parseMonth('2026-13', 'UTC')).toBeNull()
    expect(parseMonth('2026', 'UTC')).toBeNull()
  })
})
