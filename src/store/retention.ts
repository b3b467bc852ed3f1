/** What models learn from, is remembered of members, and is shown as alerts: slices and pages that are each quick. */
import type {
  AlertQuery,
  CustomerPayments,
  MemberPurchases,
  PaidPurchase,
  Purchase,
  RetentionReads,
  StandingBrief,
  StoredOutlook,
} from '../app/store-port.ts'
import type { SubscriptionFact } from '../core/facts.ts'
import { asList, type Driver, IN_LIST, type SqlValue, type Statement } from './driver.ts'
import {
  type AlertRow,
  alertFrom,
  type FeedbackRow,
  feedbackFrom,
  OUTLOOK_COLUMNS,
  type OutlookRow,
  outlookFrom,
  outlookValues,
  type PaidRow,
  type PurchaseRow,
  paidFrom,
  purchaseFrom,
} from './retention-rows.ts'
import { type MemberRow, memberFrom } from './rows.ts'

const MEMBERS_IN_ORDER = 'SELECT * FROM member WHERE n > ? ORDER BY n LIMIT ?'
const IDS_IN_ORDER = 'SELECT n, id FROM member WHERE n > ? ORDER BY n LIMIT ?'
/** Answered by the index alone. */
const PURCHASES = `SELECT member, at, spend_minor, renewal FROM payment
  WHERE member ${IN_LIST} AND purchases = 1 AND at IS NOT NULL ORDER BY member, at`
const STANDINGS = `SELECT n, purchases, spend_minor AS spendMinor, last_purchase_at AS lastPurchaseAt FROM member
  WHERE n > ? ORDER BY n LIMIT ?`
const PAID = `SELECT member, at, currency, paid_minor - refunded_minor AS net_minor, renewal FROM payment
  WHERE member ${IN_LIST} AND purchases = 1 AND at IS NOT NULL ORDER BY member, at`
const OUTLOOKS = `SELECT * FROM outlook WHERE member ${IN_LIST}`
const PUT_OUTLOOKS = `INSERT INTO outlook (${OUTLOOK_COLUMNS.join(', ')})
  SELECT ${OUTLOOK_COLUMNS.map((_, n) => `value ->> ${n}`).join(', ')} FROM json_each(?) WHERE true
  ON CONFLICT (member) DO UPDATE SET ${OUTLOOK_COLUMNS.slice(1)
    .map((column) => `${column} = excluded.${column}`)
    .join(', ')}`
const MODELS = 'SELECT at, body FROM model WHERE kind = ? ORDER BY at'
const NEWEST_MODEL = 'SELECT at, body FROM model WHERE kind = ? ORDER BY at DESC LIMIT 1'
const PUT_MODEL =
  'INSERT INTO model (kind, at, body) VALUES (?, ?, ?) ON CONFLICT (kind, at) DO UPDATE SET body = excluded.body'
const ALERTS_AFTER = 'SELECT * FROM alert WHERE id > ? ORDER BY id LIMIT ?'
const FEEDBACK_AFTER = 'SELECT * FROM feedback WHERE id > ? ORDER BY id LIMIT ?'
const SUBSCRIPTIONS_AFTER = 'SELECT body FROM subscription WHERE id > ? ORDER BY id LIMIT ?'

export const putOutlooks = (outlooks: readonly StoredOutlook[]): Statement => ({
  sql: PUT_OUTLOOKS,
  params: [JSON.stringify(outlooks.map(outlookValues))],
})

export function createRetentionReads(driver: Driver, write: (...writes: Statement[]) => Promise<void>): RetentionReads {
  return {
    membersWithPurchases: async ({ after, limit }) => {
      const rows = await driver.all<MemberRow>(MEMBERS_IN_ORDER, [after, limit])
      const ids = rows.map(({ id }) => id)
      const [purchases, outlooks] = await Promise.all([purchasesBy(driver, ids), outlooksBy(driver, ids)])
      return rows.map(
        (row): MemberPurchases => ({
          n: row.n,
          member: memberFrom(row),
          purchases: purchases.get(row.id) ?? [],
          outlook: outlooks.get(row.id) ?? null,
        }),
      )
    },
    purchasesAfter: async ({ after, limit }) => {
      const rows = await driver.all<{ n: number; id: string }>(IDS_IN_ORDER, [after, limit])
      const purchases = await purchasesBy(
        driver,
        rows.map(({ id }) => id),
      )
      return rows.map(({ n, id }) => ({ n, id, purchases: purchases.get(id) ?? [] }))
    },
    standingsAfter: ({ after, limit }) => driver.all<StandingBrief>(STANDINGS, [after, limit]),
    customersAfter: async ({ after, limit }) => {
      const rows = await driver.all<MemberRow>(MEMBERS_IN_ORDER, [after, limit])
      const ids = rows.map(({ id }) => id)
      const [paid, outlooks] = await Promise.all([paidBy(driver, ids), outlooksBy(driver, ids)])
      return rows.map(
        (row): CustomerPayments => ({
          n: row.n,
          member: memberFrom(row),
          paid: paid.get(row.id) ?? [],
          expectedMinor: outlooks.get(row.id)?.lifetimeValueMinor ?? null,
        }),
      )
    },
    newestModel: async (kind) => (await driver.all<{ at: number; body: string }>(NEWEST_MODEL, [kind]))[0] ?? null,
    models: (kind) => driver.all(MODELS, [kind]),
    putModel: (kind, at, body) => write({ sql: PUT_MODEL, params: [kind, at, body] }),
    alertsPage: async (query) => (await driver.all<AlertRow>(...alertsPage(query))).map(alertFrom),
    alertsAfter: async (id, limit) => (await driver.all<AlertRow>(ALERTS_AFTER, [id, limit])).map(alertFrom),
    feedbackAfter: async (id, limit) => (await driver.all<FeedbackRow>(FEEDBACK_AFTER, [id, limit])).map(feedbackFrom),
    subscriptionsAfter: async (id, limit) =>
      (await driver.all<{ body: string }>(SUBSCRIPTIONS_AFTER, [id, limit])).map(
        ({ body }) => JSON.parse(body) as SubscriptionFact,
      ),
  }
}

async function purchasesBy(driver: Driver, ids: readonly string[]): Promise<Map<string, Purchase[]>> {
  const rows = await driver.all<PurchaseRow & { member: string }>(PURCHASES, [asList(ids)])
  const found = new Map<string, Purchase[]>()
  for (const row of rows) {
    const list = found.get(row.member)
    if (list === undefined) found.set(row.member, [purchaseFrom(row)])
    else list.push(purchaseFrom(row))
  }
  return found
}

async function paidBy(driver: Driver, ids: readonly string[]): Promise<Map<string, PaidPurchase[]>> {
  const rows = await driver.all<PaidRow>(PAID, [asList(ids)])
  const found = new Map<string, PaidPurchase[]>()
  for (const row of rows) {
    const list = found.get(row.member)
    if (list === undefined) found.set(row.member, [paidFrom(row)])
    else list.push(paidFrom(row))
  }
  return found
}

async function outlooksBy(driver: Driver, ids: readonly string[]) {
  const rows = await driver.all<OutlookRow>(OUTLOOKS, [asList(ids)])
  return new Map(rows.map((row) => [row.member, outlookFrom(row)]))
}

/** Ties of what is at stake are broken by the id, so that no page misses one. */
function alertsPage({ state, kind, member, assignee, now, limit, before }: AlertQuery): [string, SqlValue[]] {
  const wanted: string[] = ['state = ?']
  const params: SqlValue[] = [state === 'resolved' ? 'resolved' : 'open']
  const add = (condition: string, ...values: SqlValue[]): void => {
    wanted.push(condition)
    params.push(...values)
  }
  if (state === 'snoozed') add('snoozed_until > ?', now)
  if (state === 'open') add('coalesce(snoozed_until, 0) <= ?', now)
  if (kind !== null) add('kind = ?', kind)
  if (member !== null) add('member = ?', member)
  if (assignee !== null) add('assignee = ?', assignee)
  if (before !== null) add('(value_minor, id) < (?, ?)', ...before)
  return [
    `SELECT * FROM alert WHERE ${wanted.join(' AND ')} ORDER BY value_minor DESC, id DESC LIMIT ?`,
    [...params, limit],
  ]
}
