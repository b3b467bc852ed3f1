/** What reports and `verify` read: sums and rows in slices, so that nothing else waits for long and no answer is huge. */
import type { ReportReads } from '../app/store-port.ts'
import type { LotBrief } from '../core/report-breakage.ts'
import type { Grant, Redemption } from '../core/reward-state.ts'
import { asList, type Driver, IN_LIST } from './driver.ts'
import { type GrantRow, grantFrom, type RedemptionRow, redemptionFrom } from './reward-rows.ts'

/**
 * The postings themselves rather than the view over them, which writes out each account's full name. What one member's books
 * lost to another's by a merge cancels out, and is nobody's doing.
 */
const MOVEMENTS = `SELECT recorded_at / 900000 AS quarter, p.value ->> 0 AS source, p.value ->> 1 AS target,
    iif(p.value ->> 0 = 'forfeited' OR p.value ->> 1 = 'forfeited', p.value ->> 3, NULL) AS lot, sum(p.value ->> 2) AS points
  FROM entry, json_each(entry.postings) AS p WHERE seq > ?1 AND seq <= ?2 AND kind <> 'merge' GROUP BY 1, 2, 3, 4`
const LOTS_AFTER = `SELECT lot.id, lot.rule, lot.earned_at AS earnedAt, lot.points, lot.remaining, lot.expired, lot.state,
    lot.expires_at AS expiresAt, lot.idle_months AS idleMonths, lot.not_before AS notBefore, member.active_at AS activeAt
  FROM lot JOIN member ON member.id = lot.member WHERE lot.id > ? ORDER BY lot.id LIMIT ?`
const OWED = 'SELECT coalesce(sum(available), 0) AS points FROM member WHERE n > ?1 AND n <= ?2 AND available < 0'
const GRANTS_AFTER = 'SELECT * FROM grant_given WHERE id > ? ORDER BY id LIMIT ?'
const REDEMPTIONS_AFTER = 'SELECT * FROM redemption WHERE id > ? ORDER BY id LIMIT ?'
const OPEN_REDEMPTIONS = `SELECT reward, count(*) AS open FROM redemption
  WHERE state IN ('reserved', 'awaiting_approval', 'issued') GROUP BY reward ORDER BY reward`
const VERSIONS = `SELECT id, version FROM member WHERE id ${IN_LIST}`

export const createReportReads = (driver: Driver): ReportReads => ({
  movements: (after, upTo) => driver.all(MOVEMENTS, [after, upTo]),
  lotsAfter: (id, limit) => driver.all<LotBrief>(LOTS_AFTER, [id, limit]),
  pointsOwed: async (after, upTo) => (await driver.all<{ points: number }>(OWED, [after, upTo]))[0]?.points ?? 0,
  grantsAfter: async (id, limit): Promise<Grant[]> =>
    (await driver.all<GrantRow>(GRANTS_AFTER, [id, limit])).map(grantFrom),
  redemptionsAfter: async (id, limit): Promise<Redemption[]> =>
    (await driver.all<RedemptionRow>(REDEMPTIONS_AFTER, [id, limit])).map(redemptionFrom),
  openRedemptions: () => driver.all<{ reward: string; open: number }>(OPEN_REDEMPTIONS, []),
  memberVersions: async (ids) => {
    const rows = await driver.all<{ id: string; version: number }>(VERSIONS, [asList(ids)])
    return new Map(rows.map(({ id, version }) => [id, version]))
  },
})
