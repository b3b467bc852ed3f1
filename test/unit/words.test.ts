// Words: what people read, in their language.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Catalogue, Catalogues } from '../../src/words/catalogues.ts'
import { CATALOGUES } from '../../src/words/catalogues.ts'
import { LANGUAGES, type Language } from '../../src/words/languages.ts'
import { createWords, type WordKey, type Words } from '../../src/words/words.ts'
import { makeProgram } from '../support/programs.ts'

const NOW = Date.parse('2026-11-22T12:00:00Z')
const DAY = 86_400_000

interface Given {
  locale?: string
  timezone?: string
  name?: { one: string; other: string }
  now?: number
  catalogues?: Catalogues
}
const wordsIn = (
  language: Language,
  { locale = 'en', timezone = 'UTC', name, now = NOW, catalogues }: Given = {},
): Words =>
  createWords({
    language,
    program: makeProgram({ locale, timezone, points: name === undefined ? {} : { name } }),
    now,
    ...(catalogues !== undefined && { catalogues }),
  })

const spaced = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ')

describe('points', () => {
  test.each<[Language, string[]]>([
    ['en', ['0 points', '1 point', '2 points', '1,240 points', '-1 point']],
    // Nought is one of them in Amharic.
    ['am', ['0 ነጥብ', '1 ነጥብ', '2 ነጥቦች', '1,240 ነጥቦች', '-1 ነጥብ']],
    // Nouns stay as they are after numerals.
    ['hy', ['0 միավոր', '1 միավոր', '2 միավոր', '1240 միավոր', '-1 միավոր']],
    ['az', ['0 xal', '1 xal', '2 xal', '1.240 xal', '-1 xal']],
    // The noun comes first.
    ['sw', ['pointi 0', 'pointi 1', 'pointi 2', 'pointi 1,240', 'pointi -1']],
  ])('are counted in %s', (language, expected) => {
    const words = wordsIn(language)
    expect([0, 1, 2, 1_240, -1].map((count) => words.points(count))).toEqual(expected)
  })

  test('keep the name that the merchant gave them', () => {
    const name = { one: 'star', other: 'stars' }
    expect(LANGUAGES.map((language) => wordsIn(language, { name }).points(1_240))).toEqual([
      '1,240 stars',
      '1,240 stars',
      '1240 stars',
      '1.240 stars',
      'stars 1,240',
    ])
    const words = wordsIn('hy', { name })
    expect([words.points(1), words.points(-1), words.points(0), words.pointsName()]).toEqual([
      '1 star',
      '-1 star',
      '0 stars',
      'stars',
    ])
  })
})

describe('money', () => {
  test.each<[Language, string[]]>([
    ['en', ['$1,240.50', '-$20.00', '¥1,240', 'KWD 1.234', 'ETB 99.00']],
    ['am', ['$1,240.50', '-$20.00', '¥1,240', 'KWD 1.234', 'ብር 99.00']],
    ['hy', ['1240,50 $', '-20,00 $', '1240 ¥', '1,234 KWD', '99,00 ETB']],
    ['az', ['1.240,50 $', '-20,00 $', '1.240 ¥', '1,234 KWD', '99,00 ETB']],
    ['sw', ['$ 1,240.50', '-$ 20.00', '¥ 1,240', 'KWD 1.234', 'ETB 99.00']],
  ])('of two, no and three decimals is written as in %s', (language, expected) => {
    const { money } = wordsIn(language)
    const amounts: [number, string][] = [
      [124_050, 'usd'],
      [-2_000, 'usd'],
      [1_240, 'jpy'],
      [1_234, 'kwd'],
      [9_900, 'etb'],
    ]
    expect(amounts.map(([minor, currency]) => spaced(money(minor, currency)))).toEqual(expected)
  })

  test('as a price has no needless decimals', () => {
    const { price, money } = wordsIn('en')
    expect([price(1_000, 'usd'), price(499, 'usd'), price(250, 'usd'), price(5_000, 'kwd'), price(10, 'jpy')]).toEqual([
      '$10',
      '$4.99',
      '$2.50',
      'KWD\u00a05',
      '¥10',
    ])
    // No cents of a krona are about, though Stripe counts them.
    expect([money(150_000, 'isk'), money(150_050, 'isk')].map(spaced)).toEqual(['kr 1,500', 'kr 1,500.50'])
  })

  test('of what is no currency is a number and what it was called', () => {
    expect(wordsIn('en').money(1_250, 'gold coins')).toBe('12.50 gold coins')
  })
})

describe('dates', () => {
  test.each<[Language, string[]]>([
    ['en', ['Sep 18', 'Sep 18, 2025', 'September 18, 2026']],
    ['am', ['ሴፕቴ 18', 'ሴፕቴ 18 2025', '18 ሴፕቴምበር 2026']],
    ['hy', ['18 սեպ', '18 սեպ, 2025 թ.', '2026 թ. սեպտեմբերի 18']],
    ['az', ['18 sen', '18 sen 2025', '18 sentyabr 2026']],
    ['sw', ['18 Sep', '18 Sep 2025', '18 Septemba 2026']],
  ])('are written as in %s, with the year where it is another', (language, expected) => {
    const { date, longDate } = wordsIn(language)
    expect([date('2026-09-18T10:00:00Z'), date('2025-09-18'), longDate('2026-09-18')]).toEqual(expected)
  })

  test('are the days of the program’s zone, and a day without a time is that day everywhere', () => {
    const late = Date.parse('2026-11-22T20:30:00Z')
    expect(wordsIn('en', { timezone: 'Asia/Yerevan' }).date(late)).toBe('Nov 23')
    expect(wordsIn('en', { timezone: 'America/New_York' }).date(late)).toBe('Nov 22')
    for (const timezone of ['America/New_York', 'Pacific/Kiritimati', 'UTC'])
      expect(wordsIn('en', { timezone }).date('2026-11-22')).toBe('Nov 22')
  })

  test('of the turn of the year have the year of the program’s zone', () => {
    const at = Date.parse('2026-01-01T02:00:00Z')
    expect(wordsIn('en', { timezone: 'America/New_York' }).date(at)).toBe('Dec 31, 2025')
    expect(wordsIn('en').date(at)).toBe('Jan 1')
  })

  test('are written by the program’s own locale in its own language only', () => {
    expect(wordsIn('en', { locale: 'en-GB' }).longDate('2026-09-18')).toBe('18 September 2026')
    expect(wordsIn('hy', { locale: 'en-GB' }).longDate('2026-09-18')).toBe('2026 թ. սեպտեմբերի 18')
    expect(wordsIn('sw', { locale: 'sw-KE' }).locale).toBe('sw-KE')
  })
})

describe('how long ago', () => {
  test.each<[Language, string[]]>([
    [
      'en',
      ['today', 'yesterday', '3 days ago', '20 days ago', '3 weeks ago', '4 months ago', '2 years ago', 'in 5 days'],
    ],
    ['am', ['ዛሬ', 'ትናንት', 'ከ3 ቀናት በፊት', 'ከ20 ቀናት በፊት', 'ከ3 ሳምንታት በፊት', 'ከ4 ወራት በፊት', 'ከ2 ዓመታት በፊት', 'በ5 ቀናት ውስጥ']],
    ['hy', ['այսօր', 'երեկ', '3 օր առաջ', '20 օր առաջ', '3 շաբաթ առաջ', '4 ամիս առաջ', '2 տարի առաջ', '5 օրից']],
    ['az', ['bu gün', 'dünən', '3 gün öncə', '20 gün öncə', '3 həftə öncə', '4 ay öncə', '2 il öncə', '5 gün ərzində']],
    [
      'sw',
      [
        'leo',
        'jana',
        'siku 3 zilizopita',
        'siku 20 zilizopita',
        'wiki 3 zilizopita',
        'miezi 4 iliyopita',
        'miaka 2 iliyopita',
        'baada ya siku 5',
      ],
    ],
  ])('is said in %s', (language, expected) => {
    const { ago } = wordsIn(language)
    expect([0, -1, -3, -20, -21, -125, -740, 5].map((days) => ago(NOW + days * DAY))).toEqual(expected)
  })

  test('goes by days of the program’s zone: late yesterday is yesterday', () => {
    const now = Date.parse('2026-11-22T05:30:00Z')
    const { ago } = wordsIn('en', { timezone: 'America/New_York', now })
    expect(ago('2026-11-22T04:59:00Z')).toBe('yesterday')
    expect(ago('2026-11-22T05:01:00Z')).toBe('today')
  })

  test('counts days, not hours, where clocks change', () => {
    // 1 November 2026 has 25 hours in New York.
    const now = Date.parse('2026-11-02T04:30:00Z')
    expect(wordsIn('en', { timezone: 'America/New_York', now }).ago('2026-11-01T04:10:00Z')).toBe('today')
    // 8 March has 23.
    const spring = Date.parse('2026-03-09T03:55:00Z')
    expect(wordsIn('en', { timezone: 'America/New_York', now: spring }).ago('2026-03-08T04:50:00Z')).toBe('yesterday')
  })
})

describe('lists and shares', () => {
  test.each<[Language, string, string, string]>([
    ['en', 'a, b, and c', 'a or b', '62%'],
    ['am', 'a፣ b እና c', 'a ወይም b', '62%'],
    ['hy', 'a, b և c', 'a կամ b', '62%'],
    ['az', 'a, b və c', 'a yaxud b', '62%'],
    ['sw', 'a, b na c', 'a au b', '62%'],
  ])('are joined as in %s', (language, and, or, share) => {
    const words = wordsIn(language)
    expect([words.list(['a', 'b', 'c']), words.either(['a', 'b']), words.percent(0.62)]).toEqual([and, or, share])
    expect([words.list([]), words.list(['a'])]).toEqual(['', 'a'])
  })
})

describe('a message', () => {
  const made: Catalogue = {
    name: 'Test',
    member: {
      hello: 'Hello {name}, <b>you</b> have {count}.',
      until: '{count, plural, =0 {nothing} one {# of {total} for {name}} other {# of {total} for {name}}}',
    },
  }
  const words = wordsIn('en', { catalogues: { ...CATALOGUES, en: made } })
  // Keys of the real catalogue, with words of the test's.
  const hello: WordKey = 'member.hello'
  const plural: WordKey = 'member.until'

  test('has numbers as the language writes them, wherever they stand', () => {
    expect(words.say(hello, { name: 'Ada', count: 1_240 })).toBe('Hello Ada, <b>you</b> have 1,240.')
    expect(words.say(plural, { count: 1_240, total: 5_000, name: 'Ada' })).toBe('1,240 of 5,000 for Ada')
    expect(words.say(plural, { count: 0, total: 5_000, name: 'Ada' })).toBe('nothing')
  })

  const hostile = [
    '{braces} and {count, plural, other {x}}',
    '<script>alert(1)</script> <!channel> <@U1>',
    `'quotes' "double" ''`,
    '# ## {',
    'ናሆም ተስፋዬ',
    'شركة المخبز',
    'עברית \u2067',
    'e\u0301\u0323 👩‍👩‍👧‍👦 \u200d',
    '\ud800',
    'x'.repeat(10_000),
    '{'.repeat(10_000),
    '',
  ]
  test.each(hostile.map((name) => [name.slice(0, 40), name]))('holds %j as it is', (_, name) => {
    expect(words.say(hello, { name, count: 1 })).toBe(`Hello ${name}, <b>you</b> have 1.`)
    expect(words.say(plural, { name, count: 1, total: 1 })).toBe(`1 of 1 for ${name}`)
  })

  test('holds any text as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (name) => {
        expect(words.say(hello, { name, count: 1 })).toBe(`Hello ${name}, <b>you</b> have 1.`)
      }),
    )
  })

  test('throws where a value is missing, and where it is undefined', () => {
    expect(() => words.say(hello, { count: 1 })).toThrow(/"name" was not provided/)
    const values: Record<string, string | number> = { count: 1 }
    Reflect.set(values, 'name', undefined)
    expect(() => words.say(hello, values)).toThrow(/"name" was not provided/)
  })

  test('throws where a plural goes by a number that was written out already', () => {
    expect(() => words.say(plural, { name: 'Ada', total: 1, count: '1,240' })).toThrow('a plural goes by a number')
    expect(() => words.say(plural, { name: 'Ada', total: 1, count: Number.NaN })).toThrow('a plural goes by a number')
  })

  test('is said in English where the language does not say it, numbers included', () => {
    const bare: Catalogue = { name: 'Հայերեն', member: {} }
    const own = wordsIn('hy', { catalogues: { ...CATALOGUES, hy: bare } })
    expect(own.say('member.balance.purchases', { count: 1_240 })).toBe('1,240 purchases')
    expect(own.say('member.hello')).toBe('Hello,')
  })

  test('that nobody wrote throws', () => {
    const unknown = JSON.parse('"member.no.such"')
    expect(() => words.say(unknown)).toThrow('no words for member.no.such')
    expect(() => words.say(JSON.parse('"member.constructor"'))).toThrow('no words for')
    expect(() => words.say(JSON.parse('"member.balance"'))).toThrow('no words for')
  })
})

test('a card full of words is written in well under a millisecond', () => {
  const words = wordsIn('hy')
  const card = () => {
    for (let line = 0; line < 10; line += 1) {
      words.say('member.balance.purchases', { count: line })
      words.say('member.balance.toTierBy', { tier: 'Gold', missing: 'x', date: words.longDate(NOW) })
      words.money(line * 999, 'usd')
      words.date(NOW - line * DAY)
      words.ago(NOW - line * DAY)
      words.points(line * 1_000)
    }
  }
  for (let n = 0; n < 200; n += 1) card()
  const times = Array.from({ length: 50 }, () => {
    const began = performance.now()
    card()
    return performance.now() - began
  }).toSorted((a, b) => a - b)
  expect(times[25]).toBeLessThan(1)
})
