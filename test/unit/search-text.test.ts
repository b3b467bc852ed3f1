import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  gramsOf,
  indexedWords,
  isFoundBy,
  matchExpression,
  searchedText,
  searchWords,
} from '../../src/store/search-text.ts'

const nobody = { name: null, email: [], phone: null, referralCode: '' }

describe('the words of a text', () => {
  test.each([
    ['Ada  Lovelace', ['ada', 'lovelace']],
    ['ada.lovelace+shop@example.org', ['ada', 'lovelace', 'shop', 'example', 'org']],
    ['İlham ƏLİYEV Işıl', ['ilham', 'eliyev', 'isil']],
    ['Núñez', ['nunez']],
    ['Straße ÆØÅ Œuvre Łódź Þór', ['strasse', 'aeoa', 'oeuvre', 'lodz', 'thor']],
    ['Արև ԱՐԵՎ', ['արեւ', 'արեվ']],
    ['ΟΔΥΣΣΕΥΣ οδυσσευς', ['οδυσσευσ', 'οδυσσευσ']],
    ['ｆｕｌｌ ｗｉｄｔｈ ① ﬁne', ['full', 'width', '1', 'fine']],
    ["O'Brien-Smith", ['o', 'brien', 'smith']],
    ['', []],
    [' \t\n ', []],
    ['😀 — …', []],
  ])('of %j are %j', (text, words) => {
    expect(searchWords(text)).toEqual(words)
  })

  test('are limited in length and number, never within a character', () => {
    expect(searchWords('x'.repeat(1000))).toEqual(['x'.repeat(40)])
    expect(searchWords('𞤢'.repeat(1000))).toEqual(['𞤢'.repeat(40)])
    expect(searchWords('a '.repeat(1000))).toHaveLength(16)
  })

  test('stay the same when they are asked for again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), (text) => {
        const words = searchWords(text)
        expect(searchWords(words.join(' '))).toEqual(words)
      }),
    )
  })
})

const grams = (text: string) => gramsOf(text).trim().split(' ')
const found = (text: string, question: string) =>
  isFoundBy(searchedText({ ...nobody, name: text }), searchWords(question))

describe('what a member is found by', () => {
  test('is every word of name, addresses, telephone number and referral code', () => {
    const text = searchedText({
      name: 'Ada Núñez',
      email: ['b@c.de', 'old@c.de'],
      phone: '+44 (0)12-345',
      referralCode: 'X7',
    })
    expect(text).toBe(' ada nunez b c de old c de x7 44012345')
    expect(searchedText({ ...nobody, phone: '٠١٢٣٤' })).toBe(' ٠١٢٣٤')
  })

  test('is any part of a word, not what goes over into the next', () => {
    expect(found('Ada Lovelace', 'LACE ad')).toBe(true)
    expect(found('Ada Lovelace', 'alo')).toBe(false)
    expect(found('Ada Lovelace', 'ada grace')).toBe(false)
  })
})

describe('what is indexed', () => {
  test('is which three letters stand together, fewer at the end', () => {
    expect(grams(' ada ab')).toEqual(['ada', 'da', 'a', 'ab', 'b'])
  })

  test('takes characters of two code units as one', () => {
    expect(grams(' 𞤢𞤣𞤢𞤥')).toEqual(['𞤢𞤣𞤢', '𞤣𞤢𞤥', '𞤢𞤥', '𞤥'])
  })

  test('names everybody whom a question finds', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'ä', 'ß', '王', '𞤢', '1'), minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 3 }), fc.nat(), fc.nat(9), (words, start, length) => {
        const text = searchedText({ ...nobody, name: words.join(' ') })
        const letters = Array.from(words[start % words.length] ?? '')
        const asked = searchWords(letters.slice(start % letters.length, (start % letters.length) + length).join(''))
        const terms = matchExpression(asked)
          .split(' ')
          .filter((term) => term !== '')
        const indexed = grams(text)
        for (const term of terms) {
          const wanted = term.replace(/^"|"\*?$/g, '')
          expect(indexed.some((gram) => (term.endsWith('*') ? gram.startsWith(wanted) : gram === wanted))).toBe(true)
        }
      }),
    )
  })
})

describe('the question to FTS5', () => {
  test('asks for short words by their beginning, for long ones by all their letters', () => {
    expect(matchExpression(['ad'])).toBe('"ad"*')
    expect(matchExpression(['a', 'ad'])).toBe('"ad"* "a"*')
    expect(matchExpression(['ad', 'love', '𞤢𞤣'])).toBe('"lov" "ove"')
    expect(matchExpression(['ada', 'love'])).toBe('"lov" "ove" "ada"')
    expect(matchExpression(['aaaa', 'aaa'])).toBe('"aaa"')
    expect(matchExpression([])).toBe('')
    expect(matchExpression(['𞤢𞤣𞤢𞤥'])).toBe('"𞤢𞤣𞤢" "𞤣𞤢𞤥"')
  })

  test('asks for a few of the letters of long questions, the first and the last of a word among them', () => {
    expect(matchExpression(['abcdefghijklmnop'])).toBe('"abc" "efg" "jkl" "nop"')
    expect(matchExpression(['abcdefgh', 'ijklmnop', 'qrstuvwx']).split(' ')).toHaveLength(8)
  })

  test('leaves out what follows the @ of an address', () => {
    expect(indexedWords('ada.lovelace@example.org')).toEqual(['ada', 'lovelace'])
    expect(indexedWords('a@example.org')).toEqual(['a', 'example', 'org'])
    expect(indexedWords('@example')).toEqual(['example'])
    expect(indexedWords('ada lovelace')).toEqual(['ada', 'lovelace'])
  })

  test('never holds anything but letters and digits in quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const expression = matchExpression(searchWords(text))
        if (expression !== '') expect(expression).toMatch(/^("[\p{L}\p{N}\p{Mc}]+"\*?)( "[\p{L}\p{N}\p{Mc}]+"\*?)*$/u)
      }),
    )
  })
})
