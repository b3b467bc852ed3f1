/**
 * Text as search compares it, in any script: without case, accents and the differences that keyboards make. A member is
 * found by any part of any of their words. The index knows which three letters stand together in them (fewer at the end of a
 * word, so that one or two letters are found by beginning); whether longer words are really there is looked up in the text.
 */

/** A word is compared by so many of its letters. */
const WORD_LIMIT = 40
/** So many words of one field, or of a question, count. */
const WORDS_LIMIT = 16
const TEXT_LIMIT = WORD_LIMIT * WORDS_LIMIT
/** So many letters together are one entry of the index. */
export const GRAM = 3
/** A question asks the index for so many at the most. */
const TERMS_PER_WORD = 4
const TERMS_LIMIT = 6

/** Letters that Unicode does not take apart, as people without them on their keyboard type them. */
const PLAIN: Record<string, string> = {
  ı: 'i',
  ə: 'e',
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  ł: 'l',
  ŧ: 't',
  þ: 'th',
  ŋ: 'n',
  ĸ: 'k',
  ɓ: 'b',
  ɗ: 'd',
  ɖ: 'd',
  ƙ: 'k',
  ɛ: 'e',
  ɔ: 'o',
  ƴ: 'y',
  ɣ: 'g',
  ƒ: 'f',
  ς: 'σ',
  և: 'եւ',
  ё: 'е',
  ґ: 'г',
}
const PLAIN_LETTERS = new RegExp(`[${Object.keys(PLAIN).join('')}]`, 'gu')
/** Marks that stand beside a letter (Mc) are part of the word in Indic scripts; those above and below it are dropped. */
const WORD = /[\p{L}\p{N}\p{Mc}]+/gu
const ASCII_WORD = /[a-z0-9]+/g
const ONLY_ASCII = /^[\0-\x7f]*$/
const SURROGATE = /[\ud800-\udfff]/

function fold(text: string): string {
  // Lower case first and last: taking apart may yield capitals (Ⓐ), and İ is an i with a dot to be dropped.
  const apart = text
    .toLowerCase()
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{Mn}/gu, '')
  return apart.replace(PLAIN_LETTERS, (letter) => PLAIN[letter] ?? letter)
}

/** The words of a text, folded. Never fails: what is no letter or digit only separates. */
export function searchWords(text: string): string[] {
  // Long texts are cut before they are looked at: a question is a few words.
  const start = text.length > TEXT_LIMIT ? text.slice(0, TEXT_LIMIT) : text
  const words = ONLY_ASCII.test(start) ? start.toLowerCase().match(ASCII_WORD) : fold(start).match(WORD)
  return words === null ? [] : words.slice(0, WORDS_LIMIT).map(cut)
}

function cut(word: string): string {
  return word.length <= WORD_LIMIT ? word : Array.from(word).slice(0, WORD_LIMIT).join('')
}

export interface Searched {
  name: string | null
  /** The address they have and those they had. */
  email: readonly string[]
  phone: string | null
  referralCode: string
}

/** The words a member is found by, folded, each after a space. */
export function searchedText({ name, email, phone, referralCode }: Searched): string {
  let text = ''
  for (const part of [name, ...email, referralCode]) {
    if (part !== null) for (const word of searchWords(part)) text += ` ${word}`
  }
  return phone === null ? text : `${text} ${cut(fold(phone).replace(/\P{N}/gu, ''))}`
}

/** Whether each of the words is part of one that the member is found by. */
export const isFoundBy = (text: string, words: readonly string[]): boolean => words.every((word) => text.includes(word))

/** What the index holds of a text of words: the letters that stand together in it. */
export function gramsOf(text: string): string {
  let grams = ''
  for (const word of text.split(' ')) {
    const letters = lettersOf(word)
    for (let from = 0; from < letters.length; from++) grams += ` ${gramAt(letters, from)}`
  }
  return grams
}

/**
 * The words to ask the index for. Of an address those before the @ are enough: the others are shared by many, which is
 * what makes an index slow.
 */
export function indexedWords(text: string): string[] {
  const words = searchWords(text.slice(0, text.indexOf('@') + 1))
  return words.some((word) => word.length >= GRAM) ? words : searchWords(text)
}

/**
 * The question in FTS5's language, about some of the letters: each more makes the search slower, and what it finds is
 * looked at anyway. The words hold nothing that means anything to FTS5.
 */
export function matchExpression(words: readonly string[]): string {
  const terms = new Set<string>()
  const isLong = (word: string): boolean => lettersOf(word).length >= GRAM
  // Few letters name many members, and are slow to look up: beside a longer word they are only looked for in what it names.
  const asked = areShort(words) ? words : words.filter(isLong)
  // Long words are rarer: they go first.
  for (const word of [...asked].sort((a, b) => b.length - a.length)) {
    if (terms.size >= TERMS_LIMIT) break
    const letters = lettersOf(word)
    if (!isLong(word)) terms.add(`"${word}"*`)
    else for (const from of spread(letters.length - GRAM)) terms.add(`"${gramAt(letters, from)}"`)
  }
  return [...terms].join(' ')
}

/** Whether none of the words has as many letters as stand together in the index. */
export const areShort = (words: readonly string[]): boolean => words.every((word) => lettersOf(word).length < GRAM)

/** A few places from 0 to `last`, as far apart as can be. */
function spread(last: number): number[] {
  const places = Math.min(last + 1, TERMS_PER_WORD)
  return Array.from({ length: places }, (_, i) => (i === 0 ? 0 : Math.round((i * last) / (places - 1))))
}

/** A word by characters; where each is one code unit, the word itself. */
const lettersOf = (word: string): string | string[] => (SURROGATE.test(word) ? Array.from(word) : word)

function gramAt(letters: string | string[], from: number): string {
  const gram = letters.slice(from, from + GRAM)
  return typeof gram === 'string' ? gram : gram.join('')
}

/** A word by its characters. */
export const lettersIn = (word: string): string[] => Array.from(word)

/** The entry of the index that these letters begin with: so many as stand together there. */
export const gramOf = (letters: readonly string[]): string => letters.slice(0, GRAM).join('')

/** In FTS5's language: words in which these two letters stand together; null of fewer, which nearly everybody has. */
export const startOf = (letters: readonly string[]): string | null =>
  letters.length < 2 ? null : `"${letters.slice(0, 2).join('')}"*`

/** In FTS5's language: words that end in these one or two letters; null of none. */
export const endOf = (letters: readonly string[]): string | null =>
  letters.length === 0 ? null : `"${letters.slice(-2).join('')}"`
