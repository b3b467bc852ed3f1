/** Finding members: by any part of name, address, telephone number or referral code, newest first. */
import type { MemberStatus, Page } from '../app/ports.ts'
import type { Member } from '../core/state.ts'
import type { Driver } from './driver.ts'
import { type MemberRow, memberFrom } from './rows.ts'
import { INDEXED_TO, indexMembers, textOf } from './search-index.ts'
import { isFoundBy, matchExpression, searchWords } from './search-text.ts'

/** Who is listed when nobody asks for a status: those who are or were members. */
const LISTED: readonly MemberStatus[] = ['active', 'left', 'suspended']
/** So many members who wait for the index are looked at one by one; more are indexed first. */
const WAITING_LIMIT = 1_000
/** So many members that the index names are looked at in one search. Who wants more asks for the next page. */
const LOOKED_AT_LIMIT = 4_000

interface MemberQuery {
  text: string
  status: MemberStatus | null
  limit: number
  cursor: string | null
}

interface Wanted {
  words: string[]
  statuses: readonly MemberStatus[]
  before: number
  limit: number
}

const OF_STATUS = 'SELECT * FROM member WHERE status = ? AND n < ? ORDER BY n DESC LIMIT ?'
const ONE_OF = (statuses: readonly MemberStatus[]): string => `IN (${statuses.map(() => '?').join(', ')})`
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
  const wanted = { words, statuses: status === null ? LISTED : [status], before, limit }
  const { rows, seenTo } = words.length === 0 ? await list(driver, wanted) : await find(driver, wanted)
  const page = rows.slice(0, limit)
  const next = rows.length > limit ? (page.at(-1)?.n ?? null) : seenTo
  return { items: page.map(memberFrom), next: next === null ? null : String(next) }
}

/** Up to one more than wanted. `seenTo`: where to go on when not all were looked at. */
interface Found {
  rows: MemberRow[]
  seenTo: number | null
}

async function list(driver: Driver, { statuses, before, limit }: Wanted): Promise<Found> {
  const lists = await Promise.all(
    statuses.map((status) => driver.all<MemberRow>(OF_STATUS, [status, before, limit + 1])),
  )
  return { rows: lists.flat().sort((a, b) => b.n - a.n), seenTo: null }
}

async function find(driver: Driver, wanted: Wanted): Promise<Found> {
  const isFound = (row: MemberRow): boolean => isFoundBy(textOf(memberFrom(row)), wanted.words)
  const waiting = await findWaiting(driver, wanted)
  const rows = waiting.filter(isFound)
  const match = matchExpression(wanted.words)
  let { before } = wanted
  for (let seen = 0, chunk = wanted.limit + 1; rows.length <= wanted.limit; chunk *= 4) {
    if (seen >= LOOKED_AT_LIMIT) return { rows, seenTo: before }
    const named = await driver.all<MemberRow>(INDEXED(wanted.statuses), [match, before, ...wanted.statuses, chunk])
    // Who was indexed since the first look is among both.
    rows.push(...named.filter((row) => isFound(row) && !waiting.some(({ n }) => n === row.n)))
    const last = named.at(-1)
    if (named.length < chunk || last === undefined) break
    seen += chunk
    before = last.n
  }
  return { rows, seenTo: null }
}

async function findWaiting(driver: Driver, { statuses, before }: Wanted): Promise<MemberRow[]> {
  for (;;) {
    const rows = await driver.all<MemberRow>(WAITING(statuses), [before, ...statuses, WAITING_LIMIT])
    if (rows.length < WAITING_LIMIT || (await indexMembers(driver)) === 0) return rows
  }
}
