import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { indexText, matchExpression, searchWords } from '../../src/store/search-text.ts'

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

describe('what is indexed', () => {
  test('is every end of every word', () => {
    const text = indexText({ name: 'Ada', email: ['b@c.de'], phone: null, referralCode: 'X7' })
    expect(text.trim().split(' ').sort()).toEqual(['7', 'a', 'ada', 'b', 'c', 'da', 'de', 'e', 'x7'])
  })

  test('takes characters of two code units as one', () => {
    expect(indexText({ ...nobody, name: '𞤀𞤣' }).trim().split(' ')).toEqual(['𞤢𞤣', '𞤣'])
  })

  test('holds a telephone number by its last four digits and more', () => {
    expect(indexText({ ...nobody, phone: '+44 (0)12-345' }).trim().split(' ')).toEqual(['44012345', '4012345', '012345', '12345', '2345'])
    expect(indexText({ ...nobody, phone: '٠١٢٣٤' }).trim().split(' ')).toEqual(['٠١٢٣٤', '١٢٣٤'])
    expect(indexText({ ...nobody, phone: '123' })).toBe('')
  })
})

describe('the question to FTS5', () => {
  test('asks for words that begin so', () => {
    expect(matchExpression('Ada LOVE')).toBe('"ada"* "love"*')
    expect(matchExpression('a a')).toBe('"a"*')
    expect(matchExpression('"*')).toBeNull()
  })

  test('never holds anything but letters and digits in quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const expression = matchExpression(text)
        if (expression !== null) expect(expression).toMatch(/^("[\p{L}\p{N}\p{Mc}]+"\*)( "[\p{L}\p{N}\p{Mc}]+"\*)*$/u)
      }),
    )
  })
})
