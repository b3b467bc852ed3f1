/**
 * A member's open lots, read as the books ask for them: by index and no more than are needed, since a member may have
 * thousands that will never be looked at.
 */
import type { LotReader } from '../core/books.ts'
import type { Lot } from '../core/state.ts'
import { type LotRow, lotFrom } from './book-rows.ts'
import { asList, IN_LIST, type SqlReader, type SqlValue } from './driver.ts'

/** So many lots are read at first; where they do not cover the points, four times as many next. */
const FIRST_PAGE = 32

const OPEN = 'member = ? AND remaining > 0'
const BY_ID = `SELECT * FROM lot WHERE id ${IN_LIST}`
const ALL_OPEN = `SELECT * FROM lot WHERE ${OPEN}`
// Two queries, because there is an index for lots with something left and one for those without.
const EXPIRED_AFTER = 'SELECT * FROM lot WHERE member = ? AND expired > 0 AND expired_at > ?'
const SPENT =
  'SELECT * FROM lot WHERE member = ?1 AND remaining > 0 AND spent > 0 UNION ALL SELECT * FROM lot WHERE member = ?1 AND remaining <= 0 AND spent > 0'
const OF_RULES = `SELECT * FROM lot WHERE member = ?1 AND remaining > 0 AND rule IN (SELECT value FROM json_each(?2)) AND earned_at >= ?3
  UNION ALL SELECT * FROM lot WHERE member = ?1 AND remaining <= 0 AND rule IN (SELECT value FROM json_each(?2)) AND earned_at >= ?3`
const DUE = `SELECT * FROM lot WHERE ${OPEN} AND due_at <= ?`
const IDLE = `SELECT * FROM lot WHERE ${OPEN} AND due_at IS NULL AND idle_months ${IN_LIST}`
const NEXT_DUE = `SELECT min(due_at) AS at FROM lot WHERE ${OPEN} AND due_at > ?`
const NEXT_DUE_EXCEPT = `${NEXT_DUE} AND id NOT ${IN_LIST}`

/** What ends by its own date, first by first. */
const DATED = `SELECT * FROM lot WHERE ${OPEN} AND state = 'available' AND due_at IS NOT NULL ORDER BY due_at, earned_at, id LIMIT ?`
const NEVER = `SELECT * FROM lot WHERE ${OPEN} AND state = 'available' AND due_at IS NULL AND idle_months IS NULL ORDER BY earned_at, id LIMIT ?`
/** Of one inactivity period the older ends no later than the newer, but for those that have a floor. */
const IDLE_MONTHS = `SELECT DISTINCT idle_months AS months FROM lot WHERE ${OPEN} AND state = 'available' AND due_at IS NULL AND idle_months > 0`
const IDLE_OF = `SELECT * FROM lot WHERE ${OPEN} AND state = 'available' AND due_at IS NULL AND idle_months = ? AND not_before IS NULL ORDER BY earned_at, id LIMIT ?`
const IDLE_WITH_FLOOR = `SELECT * FROM lot WHERE ${OPEN} AND state = 'available' AND due_at IS NULL AND idle_months > 0 AND not_before IS NOT NULL`

export function createLotReader(reader: SqlReader, member: string): LotReader {
  const read = (sql: string, ...params: SqlValue[]): Lot[] => reader.all<LotRow>(sql, params).map(lotFrom)

  /** As many of an ordered query's first lots as hold the points. */
  const until = (points: number, sql: string, ...params: SqlValue[]): Lot[] => {
    for (let limit = FIRST_PAGE; ; limit *= 4) {
      const lots = read(sql, ...params, limit)
      if (lots.length < limit || sum(lots) >= points) return lots
    }
  }

  return {
    byId: (ids) => (ids.length === 0 ? [] : read(BY_ID, asList(ids))),
    due: (at, idle) => [...read(DUE, member, at), ...(idle.length === 0 ? [] : read(IDLE, member, asList(idle)))],
    // When idle lots end depends on the member's activity, so of each kind enough is read to cover the points alone.
    spendable: (points) => [
      ...until(points, DATED, member),
      ...reader
        .all<{ months: number }>(IDLE_MONTHS, [member])
        .flatMap(({ months }) => until(points, IDLE_OF, member, months)),
      ...read(IDLE_WITH_FLOOR, member),
      ...until(points, NEVER, member),
    ],
    open: () => read(ALL_OPEN, member),
    spent: () => read(SPENT, member),
    expiredAfter: (at) => read(EXPIRED_AFTER, member, at),
    ofRules: (rules, since) => read(OF_RULES, member, asList(rules), since),
    nextDue: (after, except) => {
      const [row] =
        except.length === 0
          ? reader.all<{ at: number | null }>(NEXT_DUE, [member, after])
          : reader.all<{ at: number | null }>(NEXT_DUE_EXCEPT, [member, after, asList(except)])
      return row?.at ?? null
    },
  }
}

const sum = (lots: readonly Lot[]): number => lots.reduce((total, { remaining }) => total + remaining, 0)
