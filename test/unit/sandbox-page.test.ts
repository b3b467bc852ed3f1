// The pure parts of the sandbox's page: its words, its basket, and how it keeps what did not change.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { OUT_OF_REACH, outcomeOf } from '../../integrations/sandbox/page/api.ts'
import { linesOf, QUANTITY_LIMIT, totalOf, withOne } from '../../integrations/sandbox/page/basket.ts'
import { share } from '../../integrations/sandbox/page/share.ts'
import { counted, createWords } from '../../integrations/sandbox/page/words.ts'
import type { ShownProduct } from '../../integrations/sandbox/shown.ts'

const words = createWords({
  locale: 'en',
  timezone: 'America/New_York',
  currencies: { usd: 2, jpy: 0, kwd: 3 },
})

describe('words', () => {
  test.each([
    [29_100, 'usd', '$291.00'],
    [291, 'jpy', '¥291'],
    [1_500, 'kwd', 'KWD 1.500'],
  ])('%i in %s are %s', (minor, currency, said) => {
    expect(words.money(minor, currency).replaceAll('\u00a0', ' ')).toBe(said)
  })

  test.each([
    ['12', 'usd', 1_200],
    ['12.5', 'usd', 1_250],
    ['12,05', 'usd', 1_205],
    [' 0.01 ', 'usd', 1],
    ['291', 'jpy', 291],
    ['1.500', 'kwd', 1_500],
  ])('%j in %s is read as %i', (typed, currency, minor) => {
    expect(words.minor(typed, currency)).toBe(minor)
  })

  test.each([
    ['', 'usd'],
    ['-5', 'usd'],
    ['1.234', 'usd'],
    ['1.5', 'jpy'],
    ['12e3', 'usd'],
    ['1,234.50', 'usd'],
    ['٥', 'usd'],
    ['12345678901', 'usd'],
  ])('%j is no amount in %s', (typed, currency) => {
    expect(words.minor(typed, currency)).toBeNull()
  })

  test('what is offered to be typed is read as the same amount', () => {
    const amounts = fc.record({
      minor: fc.integer({ min: 0, max: 900_000_000 }),
      currency: fc.constantFrom('usd', 'jpy'),
    })
    fc.assert(
      fc.property(amounts, ({ minor, currency }) => {
        expect(words.minor(words.major(minor, currency), currency)).toBe(minor)
      }),
    )
  })

  test('dates are days in the program’s zone', () => {
    expect(words.date(Date.UTC(2026, 10, 23, 3))).toBe('Nov 22, 2026')
  })

  test.each([
    [30_000, 'just now'],
    [5 * 60_000, '5 minutes ago'],
    [3 * 3_600_000, '3 hours ago'],
    [3 * 86_400_000, '3 days ago'],
    [-5_000, 'just now'],
  ])('%i ms before now is %s', (gone, said) => {
    const now = Date.UTC(2026, 10, 22, 17)
    expect(words.ago(now - gone, now)).toBe(said)
  })

  test.each([
    [0.4, '<1 ms'],
    [37.6, '38 ms'],
    [1_240, '1.2 s'],
    [90_000, '2 min'],
  ])('%d ms took %s', (ms, said) => {
    expect(words.took(ms)).toBe(said)
  })

  test('one and several are counted', () => {
    expect([counted(1, 'event'), counted(3, 'event'), counted(2, 'match', 'matches')]).toEqual([
      '1 event',
      '3 events',
      '2 matches',
    ])
  })
})

const product = (price: string, amount: number): ShownProduct => ({
  price,
  amount,
  product: `prod_${price}`,
  name: price,
  currency: 'usd',
  interval: null,
})
const shelf = [product('coffee', 450), product('teapot', 4_200)]

describe('the basket', () => {
  test('holds how many of each, and what they cost together', () => {
    const basket = withOne(withOne(withOne({}, 'teapot', 1), 'teapot', 1), 'coffee', 1)
    expect(linesOf(basket, shelf)).toEqual([
      { price: 'coffee', quantity: 1 },
      { price: 'teapot', quantity: 2 },
    ])
    expect(totalOf(basket, shelf)).toBe(8_850)
  })

  test('what is taken out is not in it', () => {
    expect(withOne(withOne({}, 'teapot', 1), 'teapot', -1)).toEqual({})
    expect(withOne({}, 'teapot', -1)).toEqual({})
  })

  test('has room for so many and no more', () => {
    expect(withOne({ teapot: QUANTITY_LIMIT }, 'teapot', 1)).toEqual({ teapot: QUANTITY_LIMIT })
  })

  test('leaves out what the shelf no longer has', () => {
    expect(linesOf({ gone: 2, coffee: 1 }, shelf)).toEqual([{ price: 'coffee', quantity: 1 }])
    expect(totalOf({ gone: 2, coffee: 1 }, shelf)).toBe(450)
  })
})

describe('what did not change', () => {
  test('stays the very same object', () => {
    const before = { shop: { payments: [{ charge: 'ch_1', amount: 5 }] }, now: 1 }
    const after = share(before, { shop: { payments: [{ charge: 'ch_1', amount: 5 }] }, now: 2 })
    expect(after).toEqual({ shop: { payments: [{ charge: 'ch_1', amount: 5 }] }, now: 2 })
    expect(after.shop).toBe(before.shop)
  })

  test('is found by its id where a list grew at its beginning', () => {
    const before = [{ charge: 'ch_1', refunds: [] }]
    const after = share(before, [
      { charge: 'ch_2', refunds: [] },
      { charge: 'ch_1', refunds: [] },
    ])
    expect(after).toHaveLength(2)
    expect(after[1]).toBe(before[0])
  })

  test('never changes what is shown, whatever it was before', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (before, after) => {
        expect(share(before, after)).toEqual(after)
        expect(share(after, structuredClone(after))).toBe(after)
      }),
    )
  })
})

describe('an answer', () => {
  test.each([
    [
      { ok: true, said: 'Done' },
      { ok: true, said: 'Done' },
    ],
    [
      { ok: false, why: 'There is nothing in the basket' },
      { ok: false, why: 'There is nothing in the basket' },
    ],
    [
      { message: 'ADA-7F3K is ready', code: 'ADA-7F3K' },
      { ok: true, said: 'ADA-7F3K is ready' },
    ],
    [
      { status: 403, detail: 'You may not' },
      { ok: false, why: 'You may not' },
    ],
    [null, { ok: false, why: OUT_OF_REACH }],
    ['nonsense', { ok: false, why: OUT_OF_REACH }],
    [{ ok: 'yes' }, { ok: false, why: OUT_OF_REACH }],
  ])('%j is %j', (answer, outcome) => {
    expect(outcomeOf(answer)).toEqual(outcome)
  })
})
