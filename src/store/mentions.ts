/** Members whose names stand in what somebody wrote: two words beside one another that are both of one name, in any script. */
import type { Member } from '../core/state.ts'
import type { Driver } from './driver.ts'
import { searchMembers } from './search.ts'
import { searchWords } from './search-text.ts'

/** Nobody writes of more people at once whom one would look up; and every pair of words is a search. */
const TEXT_LIMIT = 4_000
const PAIRS = 12
const ALONE = 6
const EACH = 5

const WORD = /[\p{L}\p{M}][\p{L}\p{M}'’.-]*/gu
const LINE = /[\n\r.!?;:]+/
/** As names are written: with a capital, or in a script that has none. */
const NAME_LIKE = /^[\p{Lu}\p{Lt}\p{Lo}]/u

export async function mentionedMembers(
  driver: Driver,
  { text, limit }: { text: string; limit: number },
): Promise<Member[]> {
  const lines = text.slice(0, TEXT_LIMIT).split(LINE)
  const words = lines.map((line) => [...line.matchAll(WORD)].map(([word]) => word))
  const pairs = words.flatMap((line) => line.slice(1).map((word, n) => [line[n] ?? '', word]))
  const named = pairs.filter((pair) => pair.every((word) => NAME_LIKE.test(word)))
  // Who writes in a hurry writes without capitals.
  const rest = pairs.filter((pair) => !named.includes(pair))
  const byTwo = await whoIsCalled(driver, [...named, ...rest].slice(0, PAIRS), limit)
  if (byTwo.length > 0) return byTwo
  const alone = words.flat().filter((word) => NAME_LIKE.test(word) && isNameLong(word))
  return whoIsCalled(
    driver,
    [...new Set(alone)].slice(0, ALONE).map((word) => [word]),
    limit,
  )
}

/** Words of scripts with capitals are short where they mean nothing. */
const isNameLong = (word: string): boolean => word.length >= (/^\p{Lo}/u.test(word) ? 2 : 3)

async function whoIsCalled(driver: Driver, names: readonly string[][], limit: number): Promise<Member[]> {
  const found = new Map<string, Member>()
  for (const name of names) {
    if (found.size >= limit) break
    const wanted = searchWords(name.join(' '))
    if (wanted.length === 0) continue
    const { items } = await searchMembers(driver, { text: name.join(' '), status: null, limit: EACH, cursor: null })
    for (const member of items) {
      const theirs = searchWords(member.profile.name ?? '')
      if (wanted.every((word) => theirs.includes(word))) found.set(member.id, member)
    }
  }
  return [...found.values()].slice(0, limit)
}
