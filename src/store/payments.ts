/** A member's payments as their totals and tiers are made of them. */
import type { MemberHistory, StoredContribution } from '../core/member-progress.ts'
import type { SqlReader } from './driver.ts'

const OLDEST_FIRST = 'ORDER BY coalesce(at, seen_at), id'
export const PAYMENTS_OF = `SELECT * FROM payment WHERE member = ? ${OLDEST_FIRST}`
export const UNCREDITED = `SELECT * FROM payment WHERE member = ? AND at >= ? AND eligible = 0 ${OLDEST_FIRST}`

const CONTRIBUTIONS = `SELECT id AS payment, at, base, spend_minor AS spendMinor, purchases FROM payment
  WHERE member = ? AND at IS NOT NULL AND eligible = 1 ORDER BY at`
const CONTRIBUTIONS_SINCE = `SELECT id AS payment, at, base, spend_minor AS spendMinor, purchases FROM payment
  WHERE member = ? AND at >= ? AND eligible = 1 ORDER BY at`
const PAID_TIMES = 'SELECT at FROM payment WHERE member = ? AND at IS NOT NULL AND id <> ?'
const EXTREMES = `SELECT
  (SELECT min(at) FROM payment WHERE member = ?1 AND id <> ?2 AND eligible = 1) AS firstEligibleAt,
  (SELECT max(at) FROM payment WHERE member = ?1 AND id <> ?2 AND purchases = 1) AS lastKeptAt,
  (SELECT max(at) FROM payment WHERE member = ?1 AND id <> ?2) AS lastAt`

interface Extremes {
  firstEligibleAt: number | null
  lastKeptAt: number | null
  lastAt: number | null
}

/** By time as they come from the index, and those of one moment by id: a sort in SQL would read each row once more. */
const inOrder = (rows: readonly StoredContribution[]): StoredContribution[] =>
  rows.map((row) => ({ ...row })).sort((a, b) => a.at - b.at || (a.payment < b.payment ? -1 : 1))

export const createMemberHistory = (reader: SqlReader, member: string): MemberHistory => ({
  contributions: () => inOrder(reader.all<StoredContribution>(CONTRIBUTIONS, [member])),
  contributionsSince: (at) => inOrder(reader.all<StoredContribution>(CONTRIBUTIONS_SINCE, [member, at])),
  paidTimes: (except) => reader.all<{ at: number }>(PAID_TIMES, [member, except]).map(({ at }) => at),
  extremes: (except) => {
    const [row] = reader.all<Extremes>(EXTREMES, [member, except])
    return {
      firstEligibleAt: row?.firstEligibleAt ?? null,
      lastKeptAt: row?.lastKeptAt ?? null,
      lastAt: row?.lastAt ?? null,
    }
  },
})
