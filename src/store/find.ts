/** Members for somebody who waits for an answer: those that are meant most likely first, and whether there are more. */
import type { MemberStatus } from '../app/ports.ts'
import type { Member } from '../core/state.ts'
import type { Driver } from './driver.ts'
import { searchMembers } from './search.ts'
import { addressesOf } from './search-index.ts'
import { searchWords } from './search-text.ts'

export interface MemberFind {
  text: string
  /** Null: those who are or were members. */
  status: MemberStatus | null
  /** So many are put in order, the newest of those there are. */
  most: number
}

/** Whoever has a word as it was typed is meant more likely than whoever has it somewhere in an address. */
export async function findMembers(
  driver: Driver,
  { text, status, most }: MemberFind,
): Promise<{ members: Member[]; isMore: boolean }> {
  const { items, next } = await searchMembers(driver, { text, status, limit: most, cursor: null })
  const words = searchWords(text)
  const far = new Map(items.map((member) => [member.id, farness(member, words)]))
  // The newest first among equals, as they come.
  const members = items.toSorted((a, b) => (far.get(a.id) ?? 0) - (far.get(b.id) ?? 0))
  return { members, isMore: next !== null }
}

function farness(member: Member, words: readonly string[]): number {
  const { name, phone } = member.profile
  const names = searchWords(name ?? '')
  const others = [...addressesOf(member), member.referralCode].flatMap(searchWords)
  const digits = (phone ?? '').replace(/\D/g, '')
  const farnessOf = (word: string): number => {
    if (names.includes(word)) return 0
    if (names.some((one) => one.startsWith(word))) return 1
    if (others.includes(word) || (digits !== '' && digits.endsWith(word))) return 2
    return others.some((one) => one.startsWith(word)) ? 3 : 4
  }
  return words.reduce((sum, word) => sum + farnessOf(word), 0)
}
