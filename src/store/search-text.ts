/**
 * Text as search compares it, in any script: without case, accents and the differences that keyboards make. Indexed and
 * asked words are folded alike; a word is indexed with each of its ends, so that any part of it is found by its beginning.
 */

/** A word is compared by so many of its letters. */
const WORD_LIMIT = 40
/** So many words of one field, or of a question, count. */
const WORDS_LIMIT = 16
const TEXT_LIMIT = WORD_LIMIT * WORDS_LIMIT
/** A telephone number is found by its last digits from so many on. */
const PHONE_DIGITS = 4

/** Letters that Unicode does not take apart, as people without them on their keyboard type them. */
const PLAIN: Record<string, string> = {
  ı: 'i', ə: 'e', ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ð: 'd', ħ: 'h', ł: 'l', ŧ: 't', þ: 'th', ŋ: 'n', ĸ: 'k',
  ɓ: 'b', ɗ: 'd', ɖ: 'd', ƙ: 'k', ɛ: 'e', ɔ: 'o', ƴ: 'y', ɣ: 'g', ƒ: 'f', ς: 'σ', և: 'եւ', ё: 'е', ґ: 'г',
}
const PLAIN_LETTERS = new RegExp(`[${Object.keys(PLAIN).join('')}]`, 'gu')
/** Marks that stand beside a letter (Mc) are part of the word in Indic scripts; those above and below it are dropped. */
const WORD = /[\p{L}\p{N}\p{Mc}]+/gu
const ASCII_WORD = /[a-z0-9]+/g
const ONLY_ASCII = /^[\0-\x7f]*$/
const SURROGATE = /[\ud800-\udfff]/

function fold(text: string): string {
  // Lower case first and last: taking apart may yield capitals (Ⓐ), and İ is an i with a dot to be dropped.
  const apart = text.toLowerCase().normalize('NFKD').toLowerCase().replace(/\p{Mn}/gu, '')
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

/** What the index holds for a member: every end of every word. This is done for each new member, so it is kept cheap. */
export function indexText({ name, email: addresses, phone, referralCode }: Searched): string {
  let ends = ''
  for (const word of searchWords(referralCode)) ends += endsOf(word, 1)
  if (name !== null) for (const word of searchWords(name)) ends += endsOf(word, 1)
  for (const address of addresses) for (const word of searchWords(address)) ends += endsOf(word, 1)
  return phone === null ? ends : ends + endsOf(cut(fold(phone).replace(/\P{N}/gu, '')), PHONE_DIGITS)
}

/** A space before each. */
function endsOf(word: string, shortest: number): string {
  const letters = SURROGATE.test(word) ? Array.from(word) : null
  const last = (letters?.length ?? word.length) - shortest
  let ends = ''
  for (let from = 0; from <= last; from++) ends += ` ${letters === null ? word.slice(from) : letters.slice(from).join('')}`
  return ends
}

/** The question in FTS5's language; null when it has no words. The words hold nothing that means anything to FTS5. */
export function matchExpression(text: string): string | null {
  const words = [...new Set(searchWords(text))]
  return words.length === 0 ? null : words.map((word) => `"${word}"*`).join(' ')
}
