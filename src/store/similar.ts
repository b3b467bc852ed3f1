/**
 * Who may have been meant where nobody is called so: members whose words differ by a letter or two from those typed, in any
 * script. A mistake spoils only the letters around it, so the index is asked for the others, a few times, for a few rows.
 */
import type { Member } from '../core/state.ts'
import type { Driver } from './driver.ts'
import { mistakesIn, wordDistance } from './edit-distance.ts'
import { type MemberRow, memberFrom } from './rows.ts'
import { OF_STATUS } from './search.ts'
import { textOfRow } from './search-index.ts'
import { endOf, GRAM, gramOf, indexedWords, lettersIn, matchExpression, searchWords, startOf } from './search-text.ts'

/** So many of the newest members are looked at whatever was typed: in a small shop that is everybody. */
const NEWEST = 500
/** The index is asked so often at the most, for so many rows each time. */
const QUESTIONS = 12
const ROWS = 60
/** So many words of what was typed may be the one with a mistake. */
const WORDS = 3
/** Of each beside the others, which are then right. */
const BESIDE = 5
const PLACES = 6
/** A word that is none of theirs is as far as so many mistakes; another then has at least so many letters. */
const MISSED = 3
const TELLING = 3
const SHORT = 4
const LONG = 8
/** So many letters are left out around a mistake, and the next so many letters on: two may have changed places. */
const AROUND = { short: { width: 1, step: 1 }, middling: { width: 2, step: 1 }, long: { width: 3, step: 2 } } as const

const INDEXED = `SELECT member.* FROM member_search CROSS JOIN member ON member.n = member_search.rowid
  WHERE member_search MATCH ? AND member.status IN ('active', 'left', 'suspended')
  ORDER BY member_search.rowid DESC LIMIT ${ROWS}`

interface Likely {
  row: MemberRow
  distance: number
}

export async function similarMembers(
  driver: Driver,
  { text, limit }: { text: string; limit: number },
): Promise<Member[]> {
  const words = searchWords(text)
    .map(lettersIn)
    .map((letters) => ({ letters, most: mistakesIn(letters.length), known: new Map<string, number>() }))
  if (words.length === 0) return []
  // "Mrs Lovelace": one word may be none of theirs. Of an address each counts.
  const spare = words.length > 1 && !text.includes('@') ? 1 : 0
  const likely = new Map<number, Likely>()
  const look = (rows: readonly MemberRow[]): void => {
    for (const row of rows) {
      if (likely.has(row.n)) continue
      // Codes are made by chance, and like anything.
      const distance = distanceOf(textOfRow({ ...row, referral_code: '' }), words, spare)
      if (distance !== null) likely.set(row.n, { row, distance })
    }
  }
  look(await driver.all<MemberRow>(OF_STATUS('active'), [Number.MAX_SAFE_INTEGER, NEWEST]))
  for (const question of questions(indexedWords(text))) {
    if ([...likely.values()].filter(({ distance }) => distance <= 1).length >= limit) break
    look(await driver.all<MemberRow>(INDEXED, [question]))
  }
  // Where no member is like it, a customer who is no member yet may be meant.
  if (likely.size === 0) look(await driver.all<MemberRow>(OF_STATUS('candidate'), [Number.MAX_SAFE_INTEGER, NEWEST]))
  return [...likely.values()]
    .sort((a, b) => a.distance - b.distance || b.row.n - a.row.n)
    .slice(0, limit)
    .map(({ row }) => memberFrom(row))
}

interface Typed {
  letters: readonly string[]
  /** So many mistakes in it are believed. */
  most: number
  /** How far words are from it: many members have the same ones. */
  known: Map<string, number>
}

function distanceTo(word: string, { letters, most, known }: Typed): number {
  const before = known.get(word)
  if (before !== undefined) return before
  const distance = wordDistance(letters, lettersIn(word), most)
  known.set(word, distance)
  return distance
}

/** All mistakes together; null where more words than may be are too far from all of theirs. */
function distanceOf(text: string, words: readonly Typed[], spare: number): number | null {
  const theirs = text.split(' ').filter((word) => word !== '')
  let [sum, missed, matched] = [0, 0, 0]
  for (const typed of words) {
    const nearest = Math.min(...theirs.map((word) => distanceTo(word, typed)))
    if (nearest <= typed.most) {
      sum += nearest
      matched = Math.max(matched, typed.letters.length)
    } else if (missed++ < spare) sum += MISSED
    else return null
  }
  // What is left must say who is meant.
  return missed > 0 && matched < TELLING ? null : sum
}

/** The most selective first. Each is in FTS5's language; words hold nothing that means anything there. */
function questions(words: readonly string[]): string[] {
  const longestFirst = words.toSorted((a, b) => b.length - a.length).slice(0, WORDS)
  const asked = new Set<string>()
  for (const wrong of longestFirst) {
    const right = matchExpression(words.filter((word) => word !== wrong))
    if (right === '') continue
    for (const { question } of spared(wrong).slice(0, BESIDE)) asked.add(`${right} ${question}`)
    asked.add(right)
  }
  for (const wrong of longestFirst) for (const { question, isRare } of spared(wrong)) if (isRare) asked.add(question)
  return [...asked].slice(0, QUESTIONS)
}

interface Spared {
  question: string
  /** One letter alone names nearly everybody: it is asked for only beside another word. */
  isRare: boolean
}

/** What a mistake at one place or another leaves of a word. */
function spared(word: string): Spared[] {
  const letters = lettersIn(word)
  const { width, step } = letters.length <= SHORT ? AROUND.short : letters.length < LONG ? AROUND.middling : AROUND.long
  const last = letters.length - width
  const count = Math.min(PLACES, Math.ceil(last / step) + 1)
  const places = Array.from({ length: count }, (_, n) => (count === 1 ? 0 : Math.round((n * last) / (count - 1))))
  // In the middle both ends are left, which together are rarest.
  return places
    .toSorted((a, b) => Math.abs(a - last / 2) - Math.abs(b - last / 2))
    .map((place) => sparedBy(letters.slice(0, place), letters.slice(place + width)))
    .filter(({ question }) => question !== '')
}

function sparedBy(before: readonly string[], after: readonly string[]): Spared {
  const parts = [
    ...(before.length < GRAM ? [startOf(before)] : [firstOf(before), ...(after.length === 0 ? [lastOf(before)] : [])]),
    ...(after.length >= GRAM ? [...(before.length === 0 ? [firstOf(after)] : []), lastOf(after)] : []),
    // A last letter alone is that of many; beside three others it would only take time.
    ...(after.length < GRAM && (after.length > 1 || before.length < GRAM) ? [endOf(after)] : []),
  ]
  const question = [...new Set(parts.filter((part) => part !== null))].join(' ')
  return { question, isRare: before.length >= 2 || after.length >= 2 }
}

const firstOf = (letters: readonly string[]): string => `"${gramOf(letters)}"`
const lastOf = (letters: readonly string[]): string => `"${gramOf(letters.slice(-GRAM))}"`
