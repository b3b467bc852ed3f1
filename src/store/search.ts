/** Finding members: by any part of name, address, telephone number or referral code, newest first. */
import type { MemberStatus, Page } from '../app/ports.ts'
import type { Member } from '../core/state.ts'
import type { Driver } from './driver.ts'
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

const FOUND = (statuses: number): string => `SELECT member.* FROM member_search CROSS JOIN member ON member.n = member_search.rowid
  WHERE member_search MATCH ? AND member_search.rowid < ? AND member.status IN (${Array(statuses).fill('?').join(', ')})
  ORDER BY member_search.rowid DESC LIMIT ?`
const OF_STATUS = 'SELECT * FROM member WHERE status = ? AND n < ? ORDER BY n DESC LIMIT ?'

export async function searchMembers(driver: Driver, { text, status, limit, cursor }: MemberQuery): Promise<Page<Member>> {
  const before = cursor === null ? Number.MAX_SAFE_INTEGER : Number(cursor)
  const match = matchExpression(text)
  // Words without a letter or digit are found nowhere.
  if (!Number.isSafeInteger(before) || (match === null && text.trim() !== '')) return { items: [], next: null }
  const statuses = status === null ? LISTED : [status]
  const rows =
    match === null
      ? (await Promise.all(statuses.map((one) => driver.all<MemberRow>(OF_STATUS, [one, before, limit + 1])))).flat().sort((a, b) => b.n - a.n)
      : await driver.all<MemberRow>(FOUND(statuses.length), [match, before, ...statuses, limit + 1])
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return { items: page.map(memberFrom), next: rows.length > limit && last !== undefined ? String(last.n) : null }
}
