/** Finding members: by any part of name, address, telephone number or referral code, newest first. */
import type { MemberStatus, Page } from '../app/ports.ts'
import type { Member } from '../core/state.ts'
import { isSearched, wordsOf } from './changes.ts'
import type { Driver, Statement } from './driver.ts'
import { type MemberRow, memberFrom } from './rows.ts'
import { matchExpression } from './search-text.ts'

/** Who is listed when nobody asks for a status: those who are or were members. */
const LISTED: readonly MemberStatus[] = ['active', 'left', 'suspended']

interface MemberQuery {
  text: string
  status: MemberStatus | null
  limit: number
  cursor: string | null
}

const FOUND = (
  statuses: number,
): string => `SELECT member.* FROM member_search CROSS JOIN member ON member.n = member_search.rowid
  WHERE member_search MATCH ? AND member_search.rowid < ? AND member.status IN (${Array(statuses).fill('?').join(', ')})
  ORDER BY member_search.rowid DESC LIMIT ?`
const OF_STATUS = 'SELECT * FROM member WHERE status = ? AND n < ? ORDER BY n DESC LIMIT ?'

/** Members indexed in one commit: long enough to be cheap, short enough to hold nobody up. */
const INDEXED_AT_ONCE = 200
/** A search indexes so many members that are not yet; a larger backlog is left to the clock's job. */
const INDEXED_FOR_A_SEARCH = 20_000

const UNINDEXED = 'SELECT * FROM member WHERE indexed <> 1 ORDER BY n LIMIT ?'
const REMOVE = 'DELETE FROM member_search WHERE rowid = ?'
const ADD = 'INSERT INTO member_search (rowid, words) VALUES (?, ?)'
// Whoever changed meanwhile stays as they are marked, and is indexed again.
const INDEXED = 'UPDATE member SET indexed = 1 WHERE n = ? AND version = ?'

/** Brings the index up to date for some members; answers how many. */
export function indexMembers(driver: Driver): Promise<number> {
  return driver.commit((reader) => {
    const rows = reader.all<MemberRow & { indexed: number }>(UNINDEXED, [INDEXED_AT_ONCE])
    const writes = rows.flatMap((row): Statement[] => {
      const member = memberFrom(row)
      return [
        ...(row.indexed === 0 ? [] : [{ sql: REMOVE, params: [row.n] }]),
        ...(isSearched(member) ? [{ sql: ADD, params: [row.n, wordsOf(member)] }] : []),
        { sql: INDEXED, params: [row.n, row.version] },
      ]
    })
    return { outcome: rows.length, writes, guards: () => [] }
  })
}

async function catchUp(driver: Driver): Promise<void> {
  for (let indexed = 0; indexed < INDEXED_FOR_A_SEARCH; ) {
    // Most searches find nothing to do, and a read costs less than a commit.
    if ((await driver.all(UNINDEXED, [1])).length === 0) return
    indexed += await indexMembers(driver)
  }
}

export async function searchMembers(
  driver: Driver,
  { text, status, limit, cursor }: MemberQuery,
): Promise<Page<Member>> {
  const before = cursor === null ? Number.MAX_SAFE_INTEGER : Number(cursor)
  const match = matchExpression(text)
  // Words without a letter or digit are found nowhere.
  if (!Number.isSafeInteger(before) || (match === null && text.trim() !== '')) return { items: [], next: null }
  if (match !== null) await catchUp(driver)
  const statuses = status === null ? LISTED : [status]
  const rows =
    match === null
      ? (await Promise.all(statuses.map((one) => driver.all<MemberRow>(OF_STATUS, [one, before, limit + 1]))))
          .flat()
          .sort((a, b) => b.n - a.n)
      : await driver.all<MemberRow>(FOUND(statuses.length), [match, before, ...statuses, limit + 1])
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return { items: page.map(memberFrom), next: rows.length > limit && last !== undefined ? String(last.n) : null }
}
