/** What touches many rows of one member at once: two members become one, or one is to be forgotten. */
import { asList, IN_LIST, type Statement } from './driver.ts'
import { unindex } from './search-index.ts'

const HAND_OVER = [
  'UPDATE payment SET member = ? WHERE member = ?',
  // Two of them, because there is an index for lots with something left and one for those without.
  'UPDATE lot SET member = ? WHERE member = ? AND remaining > 0',
  'UPDATE lot SET member = ? WHERE member = ? AND remaining <= 0',
]

/** Payments and lots become the other member's; entries stay where they were written. */
export const handOver = ({ from, to }: { from: string; to: string }): Statement[] =>
  HAND_OVER.map((sql) => ({ sql, params: [to, from] }))

const FORGET_NOTES = 'UPDATE entry SET note = NULL WHERE member = ? AND note IS NOT NULL'
const FORGET_ANSWERS = `UPDATE idempotency SET outcome = '{"erased":true}' WHERE member = ?`
const FORGET_SUBSCRIPTIONS = `DELETE FROM subscription WHERE customer ${IN_LIST}`
const FORGET_FAILURES = `DELETE FROM invoice_failure WHERE customer ${IN_LIST} OR email = (SELECT email FROM member WHERE id = ?)`
/** A payload nobody understood is about them when it names their address or one of their customers. */
const FORGET_PARKED = `DELETE FROM inbox
  WHERE EXISTS (SELECT 1 FROM member WHERE id = ? AND email IS NOT NULL AND instr(lower(payload), email) > 0)
  OR EXISTS (SELECT 1 FROM json_each(?) AS customer WHERE instr(payload, '"' || customer.value || '"') > 0)`

/** Words about the member outside the books. Comes before the member's own change: it goes by the address they had. */
export function forget({ member, customers }: { member: string; customers: readonly string[] }): Statement[] {
  const list = asList(customers)
  return [
    { sql: FORGET_NOTES, params: [member] },
    { sql: FORGET_ANSWERS, params: [member] },
    { sql: FORGET_SUBSCRIPTIONS, params: [list] },
    { sql: FORGET_FAILURES, params: [list, member] },
    { sql: FORGET_PARKED, params: [member, list] },
    unindex(member),
  ]
}
