/** Reads outside of units: what pages, reports and jobs ask for. Each is one statement. */
import type { PaymentBrief } from '../app/ports.ts'
import type { Store } from '../app/store-port.ts'
import { type EntryRow, entryFrom, type LotRow, lotFrom } from './book-rows.ts'
import { asList, type Driver, IN_LIST } from './driver.ts'
import { findMembers } from './find.ts'
import { mentionedMembers } from './mentions.ts'
import { type GrantRow, grantFrom, type RedemptionRow, redemptionFrom } from './reward-rows.ts'
import { type MemberRow, memberFrom, type PaymentRow, paymentFrom } from './rows.ts'
import { searchMembers } from './search.ts'
import { indexMembers } from './search-index.ts'
import { similarMembers } from './similar.ts'

type Lookups = Pick<
  Store,
  | 'indexMembers'
  | 'searchMembers'
  | 'findMembers'
  | 'similarMembers'
  | 'mentionedMembers'
  | 'newestPayments'
  | 'ledgerOf'
  | 'dueMembers'
  | 'findPayments'
  | 'stats'
  | 'membersAfter'
  | 'membersOf'
  | 'paymentsAfter'
  | 'paymentsOfMembers'
  | 'entriesOf'
  | 'lotsOf'
  | 'redemptionsPage'
  | 'redemptionsOfMembers'
  | 'grantsPage'
>

const LEDGER = 'SELECT * FROM entry WHERE member = ? AND seq < ? ORDER BY seq DESC LIMIT ?'
const LEDGER_OF_SEVERAL = `SELECT * FROM entry WHERE member ${IN_LIST} AND seq < ? ORDER BY seq DESC LIMIT ?`
const DUE_MEMBERS = 'SELECT id FROM member WHERE next_at <= ? ORDER BY next_at LIMIT ?'
const BRIEFS = `SELECT name.name, payment.* FROM name JOIN payment ON payment.id = name.target WHERE name.name ${IN_LIST}`
/** A longer backlog is not counted to its end: that would take longer than anybody wants to wait for a number. */
const COUNTED_LIMIT = 100_000

// Members, payments and entries are never deleted, so the last row's number is how many there are.
const STATS = `SELECT (SELECT coalesce(max(n), 0) FROM member) AS members, (SELECT coalesce(max(rowid), 0) FROM payment) AS payments,
  (SELECT coalesce(max(seq), 0) FROM entry) AS entries, (SELECT count(*) FROM (SELECT 1 FROM outbox WHERE state = 'waiting' LIMIT ${COUNTED_LIMIT})) AS outboxWaiting,
  (SELECT count(*) FROM outbox WHERE state = 'parked') AS outboxParked, (SELECT count(*) FROM inbox WHERE state = 'parked') AS inboxParked`

const MEMBERS_AFTER = 'SELECT * FROM member WHERE id > ? ORDER BY id LIMIT ?'
const MEMBERS_OF = `SELECT * FROM member WHERE id ${IN_LIST} ORDER BY id`
const PAYMENTS_AFTER = 'SELECT * FROM payment WHERE id > ? ORDER BY id LIMIT ?'
const PAYMENTS_OF_MEMBERS = `SELECT * FROM payment WHERE member ${IN_LIST} ORDER BY id`
const NEWEST_PAYMENTS = 'SELECT * FROM payment WHERE member = ? AND at IS NOT NULL ORDER BY at DESC LIMIT ?'
const ENTRIES_OF = `SELECT * FROM entry WHERE member ${IN_LIST} ORDER BY seq`
const LOTS_OF = `SELECT * FROM lot WHERE member ${IN_LIST} AND remaining > 0 UNION ALL SELECT * FROM lot WHERE member ${IN_LIST} AND remaining <= 0`

const REDEMPTIONS_OF_MEMBERS = `SELECT * FROM redemption WHERE member ${IN_LIST} ORDER BY created_at, id`
// Two statements, for each is answered by an index of its own.
const NEWEST_FIRST = 'ORDER BY created_at DESC, id DESC LIMIT ?'
const REDEMPTIONS_PAGE = `SELECT * FROM redemption WHERE (created_at, id) < (?, ?) ${NEWEST_FIRST}`
const REDEMPTIONS_OF_STATE = `SELECT * FROM redemption WHERE state = ? AND (created_at, id) < (?, ?) ${NEWEST_FIRST}`

const GRANTS_PAGE = 'SELECT * FROM grant_given WHERE member = ? AND (at, id) < (?, ?) ORDER BY at DESC, id DESC LIMIT ?'

const NEWEST = Number.MAX_SAFE_INTEGER

export function createLookups(driver: Driver): Lookups {
  return {
    indexMembers: () => indexMembers(driver),
    searchMembers: (query) => searchMembers(driver, query),
    findMembers: (query) => findMembers(driver, query),
    similarMembers: (query) => similarMembers(driver, query),
    mentionedMembers: (query) => mentionedMembers(driver, query),
    newestPayments: async (member, limit) =>
      (await driver.all<PaymentRow>(NEWEST_PAYMENTS, [member, limit])).map(paymentFrom),
    ledgerOf: async (members, { limit, before }) => {
      const [only, ...others] = members
      // Nearly everybody is one: they need no sorting.
      const [sql, whose] = others.length === 0 ? [LEDGER, only ?? ''] : [LEDGER_OF_SEVERAL, asList(members)]
      return (await driver.all<EntryRow>(sql, [whose, before ?? NEWEST, limit])).map(entryFrom)
    },
    dueMembers: async (now, limit) => (await driver.all<{ id: string }>(DUE_MEMBERS, [now, limit])).map(({ id }) => id),
    findPayments: async (names) => {
      if (names.length === 0) return new Map()
      const rows = await driver.all<PaymentRow & { name: string }>(BRIEFS, [asList(names)])
      return new Map(rows.map((row) => [row.name, briefOf(row)]))
    },
    stats: async () => {
      const [row] = await driver.all<Awaited<ReturnType<Store['stats']>>>(STATS, [])
      return row ?? { members: 0, payments: 0, entries: 0, outboxWaiting: 0, outboxParked: 0, inboxParked: 0 }
    },
    membersAfter: async (id, limit) => (await driver.all<MemberRow>(MEMBERS_AFTER, [id, limit])).map(memberFrom),
    membersOf: async (ids) => (await driver.all<MemberRow>(MEMBERS_OF, [asList(ids)])).map(memberFrom),
    paymentsAfter: async (id, limit) => (await driver.all<PaymentRow>(PAYMENTS_AFTER, [id, limit])).map(paymentFrom),
    paymentsOfMembers: async (members) =>
      (await driver.all<PaymentRow>(PAYMENTS_OF_MEMBERS, [asList(members)])).map(paymentFrom),
    entriesOf: async (members) => (await driver.all<EntryRow>(ENTRIES_OF, [asList(members)])).map(entryFrom),
    redemptionsPage: async ({ state, limit, before }) => {
      const [createdAt, id] = before ?? [NEWEST, '']
      const rows =
        state === null
          ? await driver.all<RedemptionRow>(REDEMPTIONS_PAGE, [createdAt, id, limit])
          : await driver.all<RedemptionRow>(REDEMPTIONS_OF_STATE, [state, createdAt, id, limit])
      return rows.map(redemptionFrom)
    },
    grantsPage: async ({ member, limit, before }) => {
      const [at, id] = before ?? [NEWEST, '']
      return (await driver.all<GrantRow>(GRANTS_PAGE, [member, at, id, limit])).map(grantFrom)
    },
    redemptionsOfMembers: async (members) =>
      (await driver.all<RedemptionRow>(REDEMPTIONS_OF_MEMBERS, [asList(members)])).map(redemptionFrom),
    lotsOf: async (members) => {
      const list = asList(members)
      return (await driver.all<LotRow>(LOTS_OF, [list, list])).map(lotFrom)
    },
  }
}

function briefOf(row: PaymentRow): PaymentBrief {
  const { id, parts, counted } = paymentFrom(row)
  return {
    id,
    names: parts.names,
    paidMinor: counted.paidMinor,
    refundedMinor: counted.refundedMinor,
    currency: parts.currency,
    at: counted.at,
  }
}
