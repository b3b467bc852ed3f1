/** Finding members: by any part of name, address, telephone number or referral code, newest first. */
import type { MemberStatus, Page } from '../app/ports.ts'
import type { Member } from '../core/state.ts'
import type { Driver } from './driver.ts'
import { type MemberRow, memberFrom } from './rows.ts'
import { INDEXED_TO, indexMembers, textOfRow } from './search-index.ts'
import { areShort, indexedWords, isFoundBy, matchExpression, searchWords } from './search-text.ts'

/** Who is listed when nobody asks for a status: those who are or were members. */
const LISTED: readonly MemberStatus[] = ['active', 'left', 'suspended']
/** So many members are looked at one by one. Are there more who wait for the index, they are indexed first. */
const FEW = 1_000
/** Of one or two letters: most of those that are asked for stand in the words of some of so many members. */
const NEWEST = 500
/** So many members that the index names are looked at in one search. Who wants more asks for the next page. */
const LOOKED_AT_LIMIT = 4_000

interface MemberQuery {
  text: string
  status: MemberStatus | null
  limit: number
  cursor: string | null
}

interface Wanted {
  text: string
  words: string[]
  statuses: readonly MemberStatus[]
  before: number
  limit: number
}

const ONE_OF = (statuses: readonly MemberStatus[]): string => `IN (${statuses.map(() => '?').join(', ')})`
/** SQLite uses the index of those who are not active where its own condition stands in the question, word by word. */
const HAS = (status: MemberStatus): string =>
  status === 'active' ? `status = 'active'` : `status = '${status}' AND status <> 'active'`
export const OF_STATUS = (status: MemberStatus): string =>
  `SELECT * FROM member WHERE ${HAS(status)} AND n < ? ORDER BY n DESC LIMIT ?`
const COUNT = (statuses: readonly MemberStatus[]): string => {
  const each = statuses.map((status) => `SELECT 1 FROM (SELECT 1 FROM member WHERE ${HAS(status)} LIMIT ?1)`)
  return `SELECT count(*) AS count FROM (${each.join(' UNION ALL ')})`
}
const WAITING = (statuses: readonly MemberStatus[]): string =>
  `SELECT * FROM member WHERE n > ${INDEXED_TO} AND n < ? AND status ${ONE_OF(statuses)} ORDER BY n DESC LIMIT ?`
const INDEXED = (statuses: readonly MemberStatus[]): string => `SELECT member.* FROM member_search
  CROSS JOIN member ON member.n = member_search.rowid
  WHERE member_search MATCH ? AND member_search.rowid < ? AND member.status ${ONE_OF(statuses)}
  ORDER BY member_search.rowid DESC LIMIT ?`

export async function searchMembers(
  driver: Driver,
  { text, status, limit, cursor }: MemberQuery,
): Promise<Page<Member>> {
  const before = cursor === null ? Number.MAX_SAFE_INTEGER : Number(cursor)
  const words = searchWords(text)
  // Words without a letter or digit are found nowhere.
  if (!Number.isSafeInteger(before) || (words.length === 0 && text.trim() !== '')) return { items: [], next: null }
  const wanted = { text, words, statuses: status === null ? LISTED : [status], before, limit }
  const { rows, seenTo } = words.length === 0 ? await list(driver, wanted, limit + 1) : await find(driver, wanted)
  const page = rows.slice(0, limit)
  const next = rows.length > limit ? (page.at(-1)?.n ?? null) : seenTo
  return { items: page.map(memberFrom), next: next === null ? null : String(next) }
}

/** Up to one more than wanted, or all there are. `seenTo`: where to go on when not all were looked at. */
interface Found {
  rows: MemberRow[]
  seenTo: number | null
}

async function list(driver: Driver, { statuses, before }: Wanted, limit: number): Promise<Found> {
  const lists = await Promise.all(statuses.map((status) => driver.all<MemberRow>(OF_STATUS(status), [before, limit])))
  return { rows: lists.flat().sort((a, b) => b.n - a.n), seenTo: null }
}

async function find(driver: Driver, wanted: Wanted): Promise<Found> {
  const isFound = (row: MemberRow): boolean => isFoundBy(textOfRow(row), wanted.words)
  const [all] = await driver.all<{ count: number }>(COUNT(wanted.statuses), [FEW + 1])
  // Where few have the status, the index would name mostly others.
  if ((all?.count ?? 0) <= FEW) return { rows: (await list(driver, wanted, FEW)).rows.filter(isFound), seenTo: null }
  if (areShort(wanted.words)) {
    const newest = (await list(driver, wanted, NEWEST)).rows.slice(0, NEWEST).filter(isFound)
    // Where it takes more than these, the letters are rare, and the index names few.
    if (newest.length > wanted.limit) return { rows: newest, seenTo: null }
  }
  const waiting = (await findWaiting(driver, wanted)).filter(isFound)
  if (waiting.length > wanted.limit) return { rows: waiting, seenTo: null }
  const indexed = await findIndexed(driver, wanted, isFound)
  // Who was indexed since the first look is among both.
  const both = new Set(indexed.rows.map(({ n }) => n))
  const rows = [...waiting.filter(({ n }) => !both.has(n)), ...indexed.rows]
  return { rows, seenTo: indexed.seenTo }
}

async function findWaiting(driver: Driver, { statuses, before }: Wanted): Promise<MemberRow[]> {
  for (;;) {
    const rows = await driver.all<MemberRow>(WAITING(statuses), [before, ...statuses, FEW])
    if (rows.length < FEW || (await indexMembers(driver)) === 0) return rows
  }
}

async function findIndexed(
  driver: Driver,
  { text, statuses, before, limit }: Wanted,
  isFound: (row: MemberRow) => boolean,
): Promise<Found> {
  const match = matchExpression(indexedWords(text))
  const rows: MemberRow[] = []
  let seenTo = before
  for (let seen = 0, chunk = limit + 1; rows.length <= limit; chunk *= 4) {
    if (seen >= LOOKED_AT_LIMIT) return { rows, seenTo }
    const named = await driver.all<MemberRow>(INDEXED(statuses), [match, seenTo, ...statuses, chunk])
    rows.push(...named.filter(isFound))
    const last = named.at(-1)
    if (named.length < chunk || last === undefined) break
    seen += chunk
    seenTo = last.n
  }
  return { rows, seenTo: null }
}
