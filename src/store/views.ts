/** What is shown of one member beside their own row: sums over journal, payments and lots. */
import type { LedgerRow, Tx } from '../app/store-port.ts'
import { balanceOf } from '../core/rebuild.ts'
import { type EntryRow, entryFrom } from './book-rows.ts'
import type { SqlReader } from './driver.ts'

type Views = Pick<Tx, 'balancesAsOf' | 'spendSince' | 'nextExpiry' | 'idlePoints' | 'entryAbout'>

const BALANCES = `WITH movement AS (SELECT p.value AS p FROM entry, json_each(entry.postings) AS p WHERE entry.member = ? AND entry.at <= ?)
  SELECT account, sum(points) AS points
  FROM (SELECT p ->> 1 AS account, p ->> 2 AS points FROM movement UNION ALL SELECT p ->> 0, -(p ->> 2) FROM movement)
  GROUP BY account`
const SPEND =
  'SELECT coalesce(sum(spend_minor), 0) AS spendMinor, coalesce(sum(purchases), 0) AS purchases FROM payment WHERE member = ? AND at >= ?'

const AVAILABLE = `member = ?1 AND remaining > 0 AND state = 'available'`
const NEXT_EXPIRY = `SELECT due_at AS at, sum(remaining) AS points FROM lot WHERE ${AVAILABLE}
  AND due_at = (SELECT min(due_at) FROM lot WHERE ${AVAILABLE} AND due_at > ?2) GROUP BY due_at`
const IDLE = `SELECT idle_months AS idleMonths, not_before AS notBefore, earned_at AS earnedAt, sum(remaining) AS points
  FROM lot WHERE ${AVAILABLE} AND due_at IS NULL AND idle_months > 0 GROUP BY idle_months, earned_at, not_before`
// The first says what it is; later ones what became of it.
const ABOUT = 'SELECT * FROM entry WHERE member = ? AND about = ? ORDER BY seq LIMIT 1'

export const createViews = (reader: SqlReader): Views => ({
  balancesAsOf: (member, at) => {
    const balances = { available: 0, pending: 0, reserved: 0, redeemed: 0, expired: 0 }
    for (const { account, points } of reader.all<{ account: string; points: number }>(BALANCES, [member, at])) {
      const balance = balanceOf(account)
      if (balance in balances) balances[balance as keyof typeof balances] += points
    }
    return balances
  },
  spendSince: (member, since) => {
    const [row] = reader.all<{ spendMinor: number; purchases: number }>(SPEND, [member, since])
    return { spendMinor: row?.spendMinor ?? 0, purchases: row?.purchases ?? 0 }
  },
  nextExpiry: (member, now) => {
    const [row] = reader.all<{ at: number; points: number }>(NEXT_EXPIRY, [member, now])
    return row === undefined ? null : { at: row.at, points: row.points }
  },
  idlePoints: (member) =>
    reader.all<ReturnType<Views['idlePoints']>[number]>(IDLE, [member]).map((row) => ({ ...row })),
  entryAbout: (member, about): LedgerRow | null => {
    const [row] = reader.all<EntryRow>(ABOUT, [member, about])
    return row === undefined ? null : entryFrom(row)
  },
})
