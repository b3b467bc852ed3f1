/** What staff see at a glance: members in slices without their books, and what administrators keep in order. */
import type { DeskReads, EffectStanding, MemberBrief, StoredMergeProposal } from '../app/store-port.ts'
import { asList, type Driver, IN_LIST } from './driver.ts'

const BRIEFS = `SELECT n, member.id, status, coalesce(enrolled_at, created_at) AS joinedAt, available, pending, reserved,
    redeemed, expired, purchases, member.last_purchase_at AS lastPurchaseAt, outlook.risk
  FROM member LEFT JOIN outlook ON outlook.member = member.id WHERE n > ? ORDER BY n LIMIT ?`
/** Answered by the index alone. */
const PURCHASES = `SELECT member, at, spend_minor AS spendMinor FROM payment
  WHERE member ${IN_LIST} AND purchases = 1 AND at >= ? ORDER BY member, at`
/** A longer backlog is not looked through to its end: that would take longer than anybody wants to wait for a number. */
const COUNTED_LIMIT = 20_000
/** Each by one step in the index, however many rows there are of it. */
const KINDS = `WITH RECURSIVE waiting(kind) AS (SELECT min(kind) FROM outbox WHERE state = 'waiting'
    UNION ALL SELECT (SELECT min(kind) FROM outbox WHERE state = 'waiting' AND kind > waiting.kind) FROM waiting
      WHERE waiting.kind IS NOT NULL)
  SELECT kind FROM waiting WHERE kind IS NOT NULL ORDER BY kind`
/** What was only put off, by a vendor that asked to wait, was not tried in vain. */
const WAITING = `SELECT count(*) AS waiting, min(iif(tries > 0, created_at, NULL)) AS failingSince,
    max(iif(tries > 0, reason, NULL)) AS failingReason
  FROM (SELECT created_at, tries, reason FROM outbox WHERE state = 'waiting' AND kind = ? ORDER BY due_at LIMIT ${COUNTED_LIMIT})`
const PARKED_KINDS = `SELECT kind, count(*) AS parked, min(created_at) AS refusedSince, max(reason) AS refusedReason
  FROM (SELECT kind, created_at, reason FROM outbox WHERE state = 'parked' ORDER BY id DESC LIMIT ${COUNTED_LIMIT})
  GROUP BY kind ORDER BY kind`
const PARKED = `SELECT id FROM outbox WHERE state = 'parked' AND kind = ? ORDER BY id LIMIT ?`
const PROPOSALS = `SELECT member, other, at FROM merge_proposal WHERE dismissed_at IS NULL
  ORDER BY at DESC, member, other LIMIT ?`

type BriefRow = Omit<MemberBrief, 'recent'>

export const createDeskReads = (driver: Driver): DeskReads => ({
  memberBriefsAfter: async ({ after, limit, since }) => {
    const rows = await driver.all<BriefRow>(BRIEFS, [after, limit])
    const buyers = rows.filter(({ lastPurchaseAt }) => lastPurchaseAt !== null && lastPurchaseAt >= since)
    const recent = await purchasesOf(
      driver,
      buyers.map(({ id }) => id),
      since,
    )
    return rows.map((row): MemberBrief => ({ ...row, recent: recent.get(row.id) ?? [] }))
  },
  outboxByKind: () => outboxByKind(driver),
  parkedOfKind: async (kind, limit) => (await driver.all<{ id: number }>(PARKED, [kind, limit])).map(({ id }) => id),
  mergeProposals: (limit) => driver.all<StoredMergeProposal>(PROPOSALS, [limit]),
})

type Waiting = Pick<EffectStanding, 'waiting' | 'failingSince' | 'failingReason'>
type Parked = Pick<EffectStanding, 'kind' | 'parked' | 'refusedSince' | 'refusedReason'>

async function outboxByKind(driver: Driver): Promise<EffectStanding[]> {
  const [kinds, parked] = await Promise.all([
    driver.all<{ kind: string }>(KINDS, []),
    driver.all<Parked>(PARKED_KINDS, []),
  ])
  const names = new Set([...kinds, ...parked].map(({ kind }) => kind))
  const waiting = await Promise.all(
    [...names].sort().map(async (kind) => ({ kind, row: await waitingOf(driver, kind) })),
  )
  return waiting.map(({ kind, row }) => {
    const {
      parked: count = 0,
      refusedSince = null,
      refusedReason = null,
    } = parked.find((one) => one.kind === kind) ?? {}
    return { kind, ...row, parked: count, refusedSince, refusedReason }
  })
}

async function waitingOf(driver: Driver, kind: string): Promise<Waiting> {
  const [row] = await driver.all<Waiting>(WAITING, [kind])
  return {
    waiting: row?.waiting ?? 0,
    failingSince: row?.failingSince ?? null,
    failingReason: row?.failingReason ?? null,
  }
}

async function purchasesOf(
  driver: Driver,
  members: readonly string[],
  since: number,
): Promise<Map<string, MemberBrief['recent']>> {
  const found = new Map<string, MemberBrief['recent']>()
  if (members.length === 0) return found
  const rows = await driver.all<{ member: string; at: number; spendMinor: number }>(PURCHASES, [asList(members), since])
  for (const { member, at, spendMinor } of rows) {
    const list = found.get(member)
    if (list === undefined) found.set(member, [{ at, spendMinor }])
    else list.push({ at, spendMinor })
  }
  return found
}
