/** What touches many rows of one member at once: two members become one, or one is to be forgotten. */
import type { Changes } from '../app/store-port.ts'
import { asList, IN_LIST, type Statement } from './driver.ts'
import { unindex } from './search-index.ts'

const HAND_OVER = [
  'UPDATE payment SET member = ? WHERE member = ?',
  // Two of them, because there is an index for lots with something left and one for those without.
  'UPDATE lot SET member = ? WHERE member = ? AND remaining > 0',
  'UPDATE lot SET member = ? WHERE member = ? AND remaining <= 0',
  'UPDATE grant_given SET member = ? WHERE member = ?',
  'UPDATE redemption SET member = ? WHERE member = ?',
  'UPDATE adjustment_request SET member = ? WHERE member = ?',
  'UPDATE alert SET member = ? WHERE member = ?',
  'UPDATE feedback SET member = ? WHERE member = ?',
]

/** Payments, lots, awards, rewards and alerts become the other member's; entries stay where they were written. */
export const handOver = ({ from, to }: { from: string; to: string }): Statement[] =>
  HAND_OVER.map((sql) => ({ sql, params: [to, from] }))

const FORGET_NOTES = `UPDATE entry SET note = NULL WHERE member ${IN_LIST} AND note IS NOT NULL`
const FORGET_WISHES = `UPDATE redemption SET note = NULL WHERE member ${IN_LIST} AND note IS NOT NULL`
const FORGET_REQUESTS = `UPDATE adjustment_request SET note = NULL, why = NULL WHERE member ${IN_LIST}`
// What staff noted, and what the member wrote.
const FORGET_ALERTS = `UPDATE alert SET note = NULL WHERE member ${IN_LIST} AND note IS NOT NULL`
const FORGET_FEEDBACK = `UPDATE feedback SET text = NULL WHERE member ${IN_LIST} AND text IS NOT NULL`
const FORGET_OUTLOOK = `DELETE FROM outlook WHERE member ${IN_LIST}`
const FORGET_ANSWERS = `UPDATE idempotency SET outcome = '{"erased":true}' WHERE member ${IN_LIST}`
const FORGET_SUBSCRIPTIONS = `DELETE FROM subscription WHERE customer ${IN_LIST}`
const FORGET_FAILURES = `DELETE FROM invoice_failure WHERE customer ${IN_LIST} OR email ${IN_LIST}`
/** A payload nobody understood is about them when it names one of their addresses or customers. */
const FORGET_PARKED = `DELETE FROM inbox
  WHERE EXISTS (SELECT 1 FROM json_each(?) AS email WHERE instr(lower(payload), email.value) > 0)
  OR EXISTS (SELECT 1 FROM json_each(?) AS customer WHERE instr(payload, '"' || customer.value || '"') > 0)`
/** Payments that were credited to nobody: authorisations, invoices not linked yet. */
const FORGET_UNCREDITED = `UPDATE payment SET version = version + 1,
  state = json_remove(state, '$.parts.customer', '$.parts.emails', '$.parts.name', '$.parts.phone', '$.parts.metadata')
  WHERE member IS NULL AND (state ->> '$.parts.customer' ${IN_LIST} OR state ->> '$.parts.emails.session' ${IN_LIST}
    OR state ->> '$.parts.emails.billing' ${IN_LIST} OR state ->> '$.parts.emails.receipt' ${IN_LIST})`

/** Words about somebody outside the books, also about those who became part of them. */
export function forget({ members, customers, emails }: NonNullable<Changes['forget']>): Statement[] {
  const [people, vendors, addresses] = [asList(members), asList(customers), asList(emails)]
  return [
    { sql: FORGET_NOTES, params: [people] },
    { sql: FORGET_WISHES, params: [people] },
    { sql: FORGET_REQUESTS, params: [people] },
    { sql: FORGET_ALERTS, params: [people] },
    { sql: FORGET_FEEDBACK, params: [people] },
    { sql: FORGET_OUTLOOK, params: [people] },
    { sql: FORGET_ANSWERS, params: [people] },
    { sql: FORGET_SUBSCRIPTIONS, params: [vendors] },
    { sql: FORGET_FAILURES, params: [vendors, addresses] },
    { sql: FORGET_PARKED, params: [addresses, vendors] },
    { sql: FORGET_UNCREDITED, params: [vendors, addresses, addresses, addresses] },
    ...members.map(unindex),
  ]
}
