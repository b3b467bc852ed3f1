/**
 * Text as search compares it, in any script: without case, accents and the differences that keyboards make. Indexed and
 * asked words are folded alike; a word is indexed with each of its ends, so that any part of it is found by its beginning.
 */

/** A word is compared by so many of its letters. */
const WORD_LIMIT = 40
/** So many words of one field, or of a question, count. */
const WORDS_LIMIT = 16
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
const ONLY_ASCII = /^[\0-\x7f]*$/

function fold(text: string): string {
  if (ONLY_ASCII.test(text)) return text.toLowerCase()
  // Lower case first and last: taking apart may yield capitals (Ⓐ), and İ is an i with a dot to be dropped.
  const apart = text.toLowerCase().normalize('NFKD').toLowerCase().replace(/\p{Mn}/gu, '')
  return apart.replace(PLAIN_LETTERS, (letter) => PLAIN[letter] ?? letter)
}

/** The words of a text, folded. Never fails: what is no letter or digit only separates. */
export function searchWords(text: string): string[] {
  // Long texts are cut before they are looked at: a question is a few words.
  const words = fold(text.slice(0, WORD_LIMIT * WORDS_LIMIT)).match(WORD) ?? []
  return words.slice(0, WORDS_LIMIT).map(cut)
}

function cut(word: string): string {
  return word.length <= WORD_LIMIT ? word : Array.from(word).slice(0, WORD_LIMIT).join('')
}

/** What the index holds for a member: every end of every word. */
export function indexText(fields: { name: string | null; email: readonly string[]; phone: string | null; referralCode: string | null }): string {
  const ends = new Set<string>()
  for (const text of [fields.name, ...fields.email, fields.referralCode]) {
    if (text !== null) for (const word of searchWords(text)) addEnds(ends, word, 1)
  }
  if (fields.phone !== null) addEnds(ends, cut(fold(fields.phone).replace(/\P{N}/gu, '')), PHONE_DIGITS)
  return Array.from(ends).join(' ')
}

function addEnds(ends: Set<string>, word: string, shortest: number): void {
  const letters = Array.from(word)
  for (let from = 0; from <= letters.length - shortest; from++) ends.add(from === 0 ? word : letters.slice(from).join(''))
}

/** The question in FTS5's language; null when it has no words. The words hold nothing that means anything to FTS5. */
export function matchExpression(text: string): string | null {
  const words = [...new Set(searchWords(text))]
  return words.length === 0 ? null : words.map((word) => `"${word}"*`).join(' ')
}
