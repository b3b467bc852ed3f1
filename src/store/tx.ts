/** The reads of one unit, and what must still stand when it is written: see `seen`. */
import type { Idempotency } from '../app/ports.ts'
import type {
  Counter,
  GrantFilter,
  LedgerRow,
  ParkedEvent,
  Purchase,
  StoredContact,
  StoredOutlook,
  Tx,
} from '../app/store-port.ts'
import type { AdjustmentRequest } from '../core/adjustment-request.ts'
import type { Alert, Feedback } from '../core/alert-state.ts'
import type { LotReader } from '../core/books.ts'
import type { InvoiceFailureFact, SubscriptionFact } from '../core/facts.ts'
import type { MemberHistory } from '../core/member-progress.ts'
import type { Grant, Redemption } from '../core/reward-state.ts'
import type { Member, Payment } from '../core/state.ts'
import { type AdjustmentRequestRow, adjustmentRequestFrom } from './adjustment-requests.ts'
import { contactsByRecord, contactsOf } from './contacts.ts'
import { asList, IN_LIST, type SqlReader, type Statement } from './driver.ts'
import { createLotReader } from './lots.ts'
import { createMemberHistory, PAYMENTS_OF, UNCREDITED } from './payments.ts'
import {
  type AlertRow,
  alertFrom,
  type FeedbackRow,
  feedbackFrom,
  type OutlookRow,
  outlookFrom,
  type PurchaseRow,
  purchaseFrom,
} from './retention-rows.ts'
import { type GrantRow, grantFrom, type RedemptionRow, redemptionFrom } from './reward-rows.ts'
import { type MemberRow, memberFrom, type PaymentRow, paymentFrom } from './rows.ts'
import { memberWithCode } from './search-index.ts'
import { guardsOf, type SeenRows } from './seen.ts'
import { createViews } from './views.ts'

const NAMES = `SELECT name, target FROM name WHERE name ${IN_LIST}`
/** The same for a few, as nearly always: by as many parameters, without reading JSON. */
const FEW_NAMES = Array.from(
  { length: 9 },
  (_, count) => `SELECT name, target FROM name WHERE name IN (${Array(count).fill('?').join(', ')})`,
)
const PAYMENTS = `SELECT * FROM payment WHERE id ${IN_LIST}`
const MEMBERS = `SELECT * FROM member WHERE id ${IN_LIST}`
const TIER_NOTES = `SELECT at, reason FROM entry WHERE member ${IN_LIST} AND code IN ('tier_reached', 'tier_ended') AND kind = 'honour' ORDER BY seq`
const GRANTS = `SELECT * FROM grant_given WHERE id ${IN_LIST}`
const GRANTS_OF = `SELECT * FROM grant_given WHERE member = ?1 AND at >= ?2 AND (?3 IS NULL OR occasion = ?3) AND (?4 IS NULL OR rule = ?4) ORDER BY at, id`
const REDEMPTIONS = `SELECT * FROM redemption WHERE id ${IN_LIST}`
const REDEMPTIONS_OF = 'SELECT * FROM redemption WHERE member = ? ORDER BY created_at, id'
const REQUESTS = `SELECT * FROM adjustment_request WHERE id ${IN_LIST}`
const REQUESTS_OF = 'SELECT * FROM adjustment_request WHERE member = ? ORDER BY created_at, id'
const COUNTERS = `SELECT name, version, value FROM counter WHERE name ${IN_LIST}`
const SUBSCRIPTIONS = `FROM subscription WHERE customer ${IN_LIST}`
const SUBSCRIPTIONS_OF = `SELECT body ${SUBSCRIPTIONS} ORDER BY id`
const ALL_SUBSCRIPTIONS_OF = `SELECT group_concat(body, char(10) ORDER BY id) ${SUBSCRIPTIONS}`
const ALERTS = `SELECT * FROM alert WHERE id ${IN_LIST}`
const ALERTS_OF = 'SELECT * FROM alert WHERE member = ? ORDER BY opened_at, id'
const FEEDBACK_OF = 'SELECT * FROM feedback WHERE member = ? ORDER BY at DESC, id DESC LIMIT ?'
const PURCHASES_OF =
  'SELECT at, spend_minor, renewal FROM payment WHERE member = ? AND purchases = 1 AND at IS NOT NULL ORDER BY at'
const INVOICE_FAILURES = `FROM invoice_failure WHERE customer ${IN_LIST}`
const INVOICE_FAILURES_OF = `SELECT body ${INVOICE_FAILURES} ORDER BY at, invoice`
const ALL_INVOICE_FAILURES_OF = `SELECT group_concat(body, char(10) ORDER BY at, invoice) ${INVOICE_FAILURES}`
const OUTLOOKS = `SELECT * FROM outlook WHERE member ${IN_LIST}`
const ANSWERED = 'SELECT hash, outcome FROM idempotency WHERE holder = ? AND route = ? AND key = ?'
const PROGRAM = 'SELECT body FROM program WHERE version = ?'
const SETTING = 'SELECT value FROM setting WHERE name = ?'
const INBOX = `SELECT id, type, reason, payload, received_at, event_at, tries FROM inbox WHERE id = ? AND state = 'parked'`

interface InboxRecord {
  id: string
  type: string
  reason: string
  payload: string
  received_at: number
  event_at: number
  tries: number
}

/** What was read of one table. Of what was read twice, at two moments, the first is guarded: it stands, and so does the second. */
class Seen {
  readonly rows = new Map<string, string | number | null>()

  add(keys: readonly string[], found: ReadonlyMap<string, string | number>): void {
    for (const key of keys) if (!this.rows.has(key)) this.rows.set(key, found.get(key) ?? null)
  }
}

export class StoreTx implements Tx {
  readonly #reader: SqlReader
  readonly #names = new Seen()
  readonly #payments = new Seen()
  readonly #members = new Seen()
  readonly #settings = new Seen()
  readonly #inbox = new Seen()
  readonly #grants = new Seen()
  readonly #redemptions = new Seen()
  readonly #requests = new Seen()
  readonly #counters = new Seen()
  readonly #alerts = new Seen()
  /** Lists that were read whole, as the statements that fail where they are other ones by now. */
  readonly #lists = new Map<string, Statement>()

  constructor(reader: SqlReader) {
    this.#reader = reader
  }

  /** What was read and must still stand when it is written. Lots and journal go with their member's version. */
  seen(): SeenRows[] {
    return [
      { table: 'name', key: 'name', value: 'target', rows: this.#names.rows },
      { table: 'payment', key: 'id', value: 'version', rows: this.#payments.rows },
      { table: 'member', key: 'id', value: 'version', rows: this.#members.rows },
      { table: 'setting', key: 'name', value: 'value', rows: this.#settings.rows },
      { table: 'inbox', key: 'id', value: 'tries', rows: this.#inbox.rows },
      { table: 'grant_given', key: 'id', value: 'version', rows: this.#grants.rows },
      { table: 'redemption', key: 'id', value: 'version', rows: this.#redemptions.rows },
      { table: 'adjustment_request', key: 'id', value: 'version', rows: this.#requests.rows },
      { table: 'counter', key: 'name', value: 'version', rows: this.#counters.rows },
      { table: 'alert', key: 'id', value: 'version', rows: this.#alerts.rows },
    ]
  }

  /** Statements that fail when something that was read has changed. */
  guards(namesAsOf: number | null): Statement[] {
    return [...this.seen().flatMap((seen) => guardsOf(seen, namesAsOf)), ...this.listGuards()]
  }

  /** Those of what no row's version stands for: one that was not there yet when it was read has none. */
  listGuards(): Statement[] {
    return [...this.#lists.values()]
  }

  names(names: readonly string[]): Map<string, string> {
    if (names.length === 0) return new Map()
    const few = FEW_NAMES[names.length]
    const rows =
      few === undefined
        ? this.#reader.all<{ name: string; target: string }>(NAMES, [asList(names)])
        : this.#reader.all<{ name: string; target: string }>(few, names)
    const found = new Map<string, string>()
    for (const { name, target } of rows) found.set(name, target)
    this.#names.add(names, found)
    return found
  }

  payments(ids: readonly string[]): Map<string, Payment> {
    if (ids.length === 0) return new Map()
    const rows = this.#reader.all<PaymentRow>(PAYMENTS, [asList(ids)])
    this.#payments.add(ids, new Map(rows.map(({ id, version }) => [id, version])))
    return new Map(rows.map((row) => [row.id, paymentFrom(row)]))
  }

  members(ids: readonly string[]): Map<string, Member> {
    if (ids.length === 0) return new Map()
    const rows = this.#reader.all<MemberRow>(MEMBERS, [asList(ids)])
    this.#members.add(ids, new Map(rows.map(({ id, version }) => [id, version])))
    return new Map(rows.map((row) => [row.id, memberFrom(row)]))
  }

  /** Not guarded: a code is made with its member and stays theirs. */
  memberWithCode(code: string): string | null {
    return memberWithCode(this.#reader, code)
  }

  lots(member: string): LotReader {
    return createLotReader(this.#reader, member)
  }

  history(member: string): MemberHistory {
    return createMemberHistory(this.#reader, member)
  }

  uncreditedPayments(member: string, since: number): Payment[] {
    return this.#paymentsBy(UNCREDITED, [member, since])
  }

  paymentsOf(member: string): Payment[] {
    return this.#paymentsBy(PAYMENTS_OF, [member])
  }

  #paymentsBy(sql: string, params: (string | number)[]): Payment[] {
    const rows = this.#reader.all<PaymentRow>(sql, params)
    const versions = new Map(rows.map(({ id, version }) => [id, version]))
    this.#payments.add([...versions.keys()], versions)
    return rows.map(paymentFrom)
  }

  tierNotes(members: readonly string[]): { at: number; reason: string }[] {
    const rows = this.#reader.all<{ at: number; reason: string }>(TIER_NOTES, [asList(members)])
    return rows.map(({ at, reason }) => ({ at, reason }))
  }

  grants(ids: readonly string[]): Map<string, Grant> {
    if (ids.length === 0) return new Map()
    const grants = this.#grantsBy(GRANTS, [asList(ids)], ids)
    return new Map(grants.map((grant) => [grant.id, grant]))
  }

  /** A member's list of grants or redemptions changes only together with the member's version. */
  grantsOf(member: string, { occasion, rule, since }: GrantFilter = {}): Grant[] {
    return this.#grantsBy(GRANTS_OF, [member, since ?? Number.MIN_SAFE_INTEGER, occasion ?? null, rule ?? null])
  }

  #grantsBy(sql: string, params: (string | number | null)[], ids: readonly string[] = []): Grant[] {
    const rows = this.#reader.all<GrantRow>(sql, params)
    const versions = new Map(rows.map(({ id, version }) => [id, version]))
    this.#grants.add([...ids, ...versions.keys()], versions)
    return rows.map(grantFrom)
  }

  redemptions(ids: readonly string[]): Map<string, Redemption> {
    if (ids.length === 0) return new Map()
    const redemptions = this.#redemptionsBy(REDEMPTIONS, [asList(ids)], ids)
    return new Map(redemptions.map((redemption) => [redemption.id, redemption]))
  }

  redemptionsOf(member: string): Redemption[] {
    return this.#redemptionsBy(REDEMPTIONS_OF, [member])
  }

  #redemptionsBy(sql: string, params: string[], ids: readonly string[] = []): Redemption[] {
    const rows = this.#reader.all<RedemptionRow>(sql, params)
    const versions = new Map(rows.map(({ id, version }) => [id, version]))
    this.#redemptions.add([...ids, ...versions.keys()], versions)
    return rows.map(redemptionFrom)
  }

  adjustmentRequests(ids: readonly string[]): Map<string, AdjustmentRequest> {
    if (ids.length === 0) return new Map()
    const requests = this.#requestsBy(REQUESTS, asList(ids), ids)
    return new Map(requests.map((request) => [request.id, request]))
  }

  adjustmentRequestsOf(member: string): AdjustmentRequest[] {
    return this.#requestsBy(REQUESTS_OF, member)
  }

  #requestsBy(sql: string, param: string, ids: readonly string[] = []): AdjustmentRequest[] {
    const rows = this.#reader.all<AdjustmentRequestRow>(sql, [param])
    const versions = new Map(rows.map(({ id, version }) => [id, version]))
    this.#requests.add([...ids, ...versions.keys()], versions)
    return rows.map(adjustmentRequestFrom)
  }

  counters(names: readonly string[]): Map<string, Counter> {
    if (names.length === 0) return new Map()
    const rows = this.#reader.all<Counter>(COUNTERS, [asList(names)])
    this.#counters.add(names, new Map(rows.map(({ name, version }) => [name, version])))
    return new Map(rows.map(({ name, version, value }) => [name, { name, version, value }]))
  }

  subscriptionsOf(customers: readonly string[]): SubscriptionFact[] {
    return this.#factsOf<SubscriptionFact>(customers, { one: SUBSCRIPTIONS_OF, all: ALL_SUBSCRIPTIONS_OF })
  }

  /** Whoever tells of a customer whom nobody has yet changes no member: the list itself must be the same still. */
  #factsOf<Fact>(customers: readonly string[], { one, all }: { one: string; all: string }): Fact[] {
    if (customers.length === 0) return []
    const list = asList(customers)
    const bodies = this.#reader.all<{ body: string }>(one, [list]).map(({ body }) => body)
    this.#lists.set(`${all} ${list}`, {
      sql: `INSERT INTO guard (stands) SELECT 0 WHERE coalesce((${all}), '') <> ?`,
      params: [list, bodies.join('\n')],
    })
    return bodies.map((body) => JSON.parse(body) as Fact)
  }

  alerts(ids: readonly string[]): Map<string, Alert> {
    if (ids.length === 0) return new Map()
    const alerts = this.#alertsBy(ALERTS, asList(ids), ids)
    return new Map(alerts.map((alert) => [alert.id, alert]))
  }

  alertsOf(member: string): Alert[] {
    return this.#alertsBy(ALERTS_OF, member)
  }

  #alertsBy(sql: string, param: string, ids: readonly string[] = []): Alert[] {
    const rows = this.#reader.all<AlertRow>(sql, [param])
    const versions = new Map(rows.map(({ id, version }) => [id, version]))
    this.#alerts.add([...ids, ...versions.keys()], versions)
    return rows.map(alertFrom)
  }

  feedbackOf(member: string, limit: number): Feedback[] {
    return this.#reader.all<FeedbackRow>(FEEDBACK_OF, [member, limit]).map(feedbackFrom)
  }

  /** Not guarded: a purchase changes only together with its member. */
  purchasesOf(member: string): Purchase[] {
    return this.#reader.all<PurchaseRow>(PURCHASES_OF, [member]).map(purchaseFrom)
  }

  invoiceFailuresOf(customers: readonly string[]): InvoiceFailureFact[] {
    return this.#factsOf<InvoiceFailureFact>(customers, { one: INVOICE_FAILURES_OF, all: ALL_INVOICE_FAILURES_OF })
  }

  /** Not guarded: only the sync writes them, after what it did. */
  contacts(members: readonly string[]): Map<string, StoredContact> {
    return contactsOf(this.#reader, members)
  }

  contactsByRecord(records: readonly string[]): StoredContact[] {
    return contactsByRecord(this.#reader, records)
  }

  /** Not guarded: made known again when they change. */
  outlooks(members: readonly string[]): Map<string, StoredOutlook> {
    if (members.length === 0) return new Map()
    const rows = this.#reader.all<OutlookRow>(OUTLOOKS, [asList(members)])
    return new Map(rows.map((row) => [row.member, outlookFrom(row)]))
  }

  answered({ holder, route, key }: Idempotency): { hash: string; outcome: string } | null {
    const [row] = this.#reader.all<{ hash: string; outcome: string }>(ANSWERED, [holder, route, key])
    return row === undefined ? null : { hash: row.hash, outcome: row.outcome }
  }

  balancesAsOf(member: string, at: number): ReturnType<Tx['balancesAsOf']> {
    return createViews(this.#reader).balancesAsOf(member, at)
  }

  spendSince(member: string, since: number): { spendMinor: number; purchases: number } {
    return createViews(this.#reader).spendSince(member, since)
  }

  nextExpiry(member: string, now: number): { at: number; points: number } | null {
    return createViews(this.#reader).nextExpiry(member, now)
  }

  idlePoints(member: string): ReturnType<Tx['idlePoints']> {
    return createViews(this.#reader).idlePoints(member)
  }

  entryAbout(member: string, about: string): LedgerRow | null {
    return createViews(this.#reader).entryAbout(member, about)
  }

  setting(name: string): string | null {
    const value = this.#reader.all<{ value: string }>(SETTING, [name])[0]?.value ?? null
    this.#settings.add([name], value === null ? new Map() : new Map([[name, value]]))
    return value
  }

  /** Programs are never changed, so none is guarded. */
  program(version: string): string | null {
    return this.#reader.all<{ body: string }>(PROGRAM, [version])[0]?.body ?? null
  }

  inbox(id: string): ParkedEvent | null {
    const [row] = this.#reader.all<InboxRecord>(INBOX, [id])
    if (row === undefined) return null
    this.#inbox.add([id], new Map([[id, row.tries]]))
    const { type, reason, payload, received_at: receivedAt, event_at: eventAt, tries } = row
    return { id, type, reason, payload, receivedAt, eventAt, tries }
  }
}
