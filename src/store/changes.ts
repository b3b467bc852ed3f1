/** What a unit asks for as statements, in the order in which they must be written. */
import type { Changes, Counter, ParkedEvent } from '../app/store-port.ts'
import type { AdjustmentRequest } from '../core/adjustment-request.ts'
import type { Alert } from '../core/alert-state.ts'
import type { InvoiceFailureFact, SubscriptionFact } from '../core/facts.ts'
import type { Grant, Redemption } from '../core/reward-state.ts'
import type { Effect, Lot, Member, Payment } from '../core/state.ts'
import { ADJUSTMENT_REQUEST_COLUMNS, adjustmentRequestValues } from './adjustment-requests.ts'
import { ENTRY_COLUMNS, entryValues, LOT_COLUMNS, lotValues } from './book-rows.ts'
import { dropContacts, putContact } from './contacts.ts'
import { asList, IN_LIST, type SqlValue, type Statement } from './driver.ts'
import { NOTE_NAMES_MOVED } from './fold.ts'
import { forget, handOver } from './hand-over.ts'
import { putOutlooks } from './retention.ts'
import { ALERT_COLUMNS, alertValues, FEEDBACK_COLUMNS, feedbackValues } from './retention-rows.ts'
import { GRANT_COLUMNS, grantValues, REDEMPTION_COLUMNS, redemptionValues } from './reward-rows.ts'
import { MEMBER_COLUMNS, memberValues, PAYMENT_COLUMNS, paymentValues } from './rows.ts'
import { indexAnew } from './search-index.ts'

const places = (columns: readonly string[]): string => columns.map(() => '?').join(', ')
const insertInto = (table: string, columns: readonly string[]): string =>
  `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places(columns)})`
const assignments = (columns: readonly string[]): string => columns.map((column) => `${column} = ?`).join(', ')

const INSERT_NAME = 'INSERT INTO name (name, target) VALUES (?, ?)'
const RENAME = 'INSERT INTO name (name, target) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET target = excluded.target'
const DROP_NAMES = `DELETE FROM name WHERE name ${IN_LIST}`

const INSERT_MEMBER = `INSERT INTO member (${MEMBER_COLUMNS.join(', ')}, id, version) VALUES (${places(MEMBER_COLUMNS)}, ?, 1)`
const UPDATE_MEMBER = `UPDATE member SET ${assignments(MEMBER_COLUMNS)}, version = version + 1 WHERE id = ? AND version = ?`

const INSERT_PAYMENT = `INSERT INTO payment (${PAYMENT_COLUMNS.join(', ')}, id, version) VALUES (${places(PAYMENT_COLUMNS)}, ?, 1)`
const UPDATE_PAYMENT = `UPDATE payment SET ${assignments(PAYMENT_COLUMNS)}, version = version + 1 WHERE id = ? AND version = ?`

const PUT_LOT = `${insertInto('lot', LOT_COLUMNS)} ON CONFLICT (id) DO UPDATE SET ${LOT_COLUMNS.slice(1)
  .map((column) => `${column} = excluded.${column}`)
  .join(', ')}`
const INSERT_ENTRY = insertInto('entry', ENTRY_COLUMNS)

const INSERT_GRANT = `INSERT INTO grant_given (${GRANT_COLUMNS.join(', ')}, id, version) VALUES (${places(GRANT_COLUMNS)}, ?, 1)`
const UPDATE_GRANT = `UPDATE grant_given SET ${assignments(GRANT_COLUMNS)}, version = version + 1 WHERE id = ? AND version = ?`
const INSERT_REDEMPTION = `INSERT INTO redemption (${REDEMPTION_COLUMNS.join(', ')}, id, version) VALUES (${places(REDEMPTION_COLUMNS)}, ?, 1)`
const UPDATE_REDEMPTION = `UPDATE redemption SET ${assignments(REDEMPTION_COLUMNS)}, version = version + 1 WHERE id = ? AND version = ?`
const INSERT_COUNTER = 'INSERT INTO counter (value, name, version) VALUES (?, ?, 1)'
const UPDATE_COUNTER = 'UPDATE counter SET value = ?, version = version + 1 WHERE name = ? AND version = ?'

const INSERT_REQUEST = `INSERT INTO adjustment_request (${ADJUSTMENT_REQUEST_COLUMNS.join(', ')}, id, version) VALUES (${places(ADJUSTMENT_REQUEST_COLUMNS)}, ?, 1)`
const UPDATE_REQUEST = `UPDATE adjustment_request SET ${assignments(ADJUSTMENT_REQUEST_COLUMNS)}, version = version + 1 WHERE id = ? AND version = ?`
const INSERT_ALERT = `INSERT INTO alert (${ALERT_COLUMNS.join(', ')}, id, version) VALUES (${places(ALERT_COLUMNS)}, ?, 1)`
const UPDATE_ALERT = `UPDATE alert SET ${assignments(ALERT_COLUMNS)}, version = version + 1 WHERE id = ? AND version = ?`
const PUT_FEEDBACK = `${insertInto('feedback', FEEDBACK_COLUMNS)} ON CONFLICT (id) DO NOTHING`

/** One row per kind and key. A change wakes a parked row and brings its time forward, never back. */
const PUT_EFFECT = `INSERT INTO outbox (kind, key, payload, due_at) VALUES (?, ?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET
  revision = revision + 1, payload = excluded.payload, state = 'waiting',
  due_at = iif(state = 'parked', excluded.due_at, min(due_at, excluded.due_at)),
  tries = iif(state = 'parked', 0, tries), reason = iif(state = 'parked', NULL, reason)`
const DROP_EFFECT = 'DELETE FROM outbox WHERE kind = ? AND key = ?'

const ANSWER = insertInto('idempotency', ['holder', 'route', 'key', 'hash', 'outcome', 'member', 'at'])
export const PUT_SETTING =
  'INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value'
const PARK = `${insertInto('inbox', ['id', 'type', 'reason', 'payload', 'received_at', 'event_at', 'tries'])} ON CONFLICT (id) DO UPDATE SET
  state = 'parked', reason = excluded.reason, payload = excluded.payload, tries = excluded.tries`
// The row stays as a sign that it was dealt with; what it said is not kept any longer than needed.
const UNPARK = `UPDATE inbox SET state = 'retried', payload = '', tries = tries + 1 WHERE id = ?`
const PUT_SUBSCRIPTION = `${insertInto('subscription', ['id', 'customer', 'at', 'rank', 'body'])} ON CONFLICT (id) DO UPDATE SET
  customer = excluded.customer, at = excluded.at, rank = excluded.rank, body = excluded.body
  WHERE excluded.at > at OR (excluded.at = at AND excluded.rank >= rank)`
const PUT_INVOICE_FAILURE = `${insertInto('invoice_failure', ['invoice', 'at', 'customer', 'email', 'body'])} ON CONFLICT (invoice, at) DO UPDATE SET
  customer = excluded.customer, email = excluded.email, body = excluded.body`

const PROPOSE_MERGE = `${insertInto('merge_proposal', ['member', 'other', 'at'])} ON CONFLICT (member, other) DO NOTHING`
const DISMISS_MERGE = `UPDATE merge_proposal SET dismissed_at = ?1 WHERE (member = ?2 AND other = ?3) OR (member = ?3 AND other = ?2)`

/** Statements for all of it. What moves or forgets comes first: the rest is written on top of it. */
export function statementsOf(changes: Changes): Statement[] {
  const statements: Statement[] = []
  const add = (sql: string, params: readonly SqlValue[]): void => {
    statements.push({ sql, params })
  }
  if (changes.handOver) statements.push(...handOver(changes.handOver))
  if (changes.forget) statements.push(...forget(changes.forget))
  if (changes.dropNames?.length) add(DROP_NAMES, [asList(changes.dropNames)])
  for (const name of changes.renames ?? []) add(RENAME, name)
  if (changes.dropNames?.length || changes.renames?.length) add(NOTE_NAMES_MOVED, [])
  if (changes.names?.length) statements.push(...insertNames(changes.names))
  for (const payment of changes.payments ?? []) statements.push(putPayment(payment))
  for (const member of changes.members ?? [])
    statements.push(...putMember(member, changes.reindex?.includes(member.id) ?? false))
  for (const lot of changes.lots ?? []) statements.push(putLot(lot))
  for (const entry of changes.entries ?? []) add(INSERT_ENTRY, entryValues(entry))
  for (const grant of changes.grants ?? []) statements.push(putGrant(grant))
  for (const redemption of changes.redemptions ?? []) statements.push(putRedemption(redemption))
  for (const request of changes.adjustmentRequests ?? []) statements.push(putRequest(request))
  for (const counter of changes.counters ?? []) statements.push(putCounter(counter))
  for (const alert of changes.alerts ?? []) statements.push(putAlert(alert))
  for (const one of changes.feedback ?? []) add(PUT_FEEDBACK, feedbackValues(one))
  if (changes.outlooks?.length) statements.push(putOutlooks(changes.outlooks))
  if (changes.dropContacts?.length) statements.push(dropContacts(changes.dropContacts))
  for (const contact of changes.contacts ?? []) statements.push(putContact(contact))
  for (const { kind, key } of changes.dropEffects ?? []) add(DROP_EFFECT, [kind, key])
  for (const effect of changes.effects ?? []) statements.push(putEffect(effect))
  if (changes.answer) {
    const { holder, route, key, hash, outcome, member, at } = changes.answer
    add(ANSWER, [holder, route, key, hash, outcome, member, at])
  }
  for (const setting of changes.settings ?? []) add(PUT_SETTING, setting)
  for (const event of changes.park ?? []) statements.push(park(event))
  for (const id of changes.unpark ?? []) add(UNPARK, [id])
  for (const { member, other, at } of changes.mergeProposals ?? []) add(PROPOSE_MERGE, [member, other, at])
  for (const { member, other, at } of changes.dismissMerges ?? []) add(DISMISS_MERGE, [at, member, other])
  for (const fact of changes.subscriptions ?? []) statements.push(putSubscription(fact))
  for (const fact of changes.invoiceFailures ?? []) statements.push(putInvoiceFailure(fact))
  return statements
}

/** One by one: a statement of several rows keeps a journal of its own, which costs more than it saves. */
const insertNames = (names: readonly (readonly [string, string])[]): Statement[] =>
  [...new Map(names)].map((name) => ({ sql: INSERT_NAME, params: name }))

function putPayment(payment: Payment): Statement {
  return put(INSERT_PAYMENT, UPDATE_PAYMENT, paymentValues(payment), payment.version)
}

/** New members are indexed later, many at a time (search-index.ts). */
function putMember(member: Member, reindex: boolean): Statement[] {
  const params = memberValues(member)
  if (member.version === 0) return [{ sql: INSERT_MEMBER, params }]
  const update = { sql: UPDATE_MEMBER, params: [...params, member.version], changes: 1 }
  return reindex ? [update, ...indexAnew(member)] : [update]
}

const putLot = (lot: Lot): Statement => ({ sql: PUT_LOT, params: lotValues(lot) })

/** New rows, or rows of the version that was read. */
const put = (insert: string, update: string, params: SqlValue[], version: number): Statement =>
  version === 0 ? { sql: insert, params } : { sql: update, params: [...params, version], changes: 1 }

const putGrant = (grant: Grant): Statement => put(INSERT_GRANT, UPDATE_GRANT, grantValues(grant), grant.version)
const putRedemption = (redemption: Redemption): Statement =>
  put(INSERT_REDEMPTION, UPDATE_REDEMPTION, redemptionValues(redemption), redemption.version)
const putRequest = (request: AdjustmentRequest): Statement =>
  put(INSERT_REQUEST, UPDATE_REQUEST, adjustmentRequestValues(request), request.version)
const putAlert = (alert: Alert): Statement => put(INSERT_ALERT, UPDATE_ALERT, alertValues(alert), alert.version)
const putCounter = ({ name, value, version }: Counter): Statement =>
  put(INSERT_COUNTER, UPDATE_COUNTER, [value, name], version)

const putEffect = ({ kind, key, payload, dueAt }: Effect): Statement => ({
  sql: PUT_EFFECT,
  params: [kind, key, JSON.stringify(payload ?? null), dueAt ?? 0],
})

const park = ({ id, type, reason, payload, receivedAt, eventAt, tries }: ParkedEvent): Statement => ({
  sql: PARK,
  params: [id, type, reason, payload, receivedAt, eventAt, tries],
})

const putSubscription = (fact: SubscriptionFact): Statement => ({
  sql: PUT_SUBSCRIPTION,
  params: [fact.id, fact.customer, fact.at, fact.rank, JSON.stringify(fact)],
})

const putInvoiceFailure = (fact: InvoiceFailureFact): Statement => ({
  sql: PUT_INVOICE_FAILURE,
  params: [fact.invoice, fact.at, fact.customer, fact.email, JSON.stringify(fact)],
})
