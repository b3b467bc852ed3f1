/** Members' contacts in the CRM: rows, pages, and what a unit writes of them. */
import type { ContactReads, StoredContact } from '../app/store-port.ts'
import { asList, type Driver, IN_LIST, type SqlReader, type Statement } from './driver.ts'

const OF_MEMBERS = `SELECT * FROM contact WHERE member ${IN_LIST}`
const BY_RECORDS = `SELECT * FROM contact WHERE record ${IN_LIST}`
const PUT = `INSERT INTO contact (member, record, state, reason, written, at) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (member) DO UPDATE SET record = excluded.record, state = excluded.state, reason = excluded.reason,
    written = excluded.written, at = excluded.at`
const DROP = `DELETE FROM contact WHERE member ${IN_LIST}`
/** Candidates are nobody's contacts yet. */
const IN_ORDER = `SELECT n, id FROM member WHERE n > ? AND status <> 'candidate' ORDER BY n LIMIT ?`
const REFUSED = `SELECT * FROM contact WHERE state = 'refused' AND (at, member) < (?, ?) ORDER BY at DESC, member DESC LIMIT ?`

const UNWRITTEN = `SELECT count(*) AS n FROM member WHERE status IN ('active', 'left', 'suspended')
  AND NOT EXISTS (SELECT 1 FROM contact WHERE contact.member = member.id)
  AND NOT EXISTS (SELECT 1 FROM outbox WHERE kind = ? AND key = member.id)`
const STANDING = `SELECT count(*) AS waiting, min(due_at) AS nextAt,
  (SELECT count(*) FROM outbox WHERE state = 'parked' AND kind = ?1) AS parked
  FROM outbox WHERE state = 'waiting' AND kind = ?1`

interface ContactRow {
  member: string
  record: string | null
  state: StoredContact['state']
  reason: string | null
  written: string
  at: number
}

const contactFrom = ({ written, ...row }: ContactRow): StoredContact => ({
  ...row,
  written: JSON.parse(written) as Record<string, string>,
})

const byMember = (rows: readonly ContactRow[]): Map<string, StoredContact> =>
  new Map(rows.map((row) => [row.member, contactFrom(row)]))

export const contactsOf = (reader: SqlReader, members: readonly string[]): Map<string, StoredContact> =>
  members.length === 0 ? new Map() : byMember(reader.all<ContactRow>(OF_MEMBERS, [asList(members)]))

export const contactsByRecord = (reader: SqlReader, records: readonly string[]): StoredContact[] =>
  records.length === 0 ? [] : reader.all<ContactRow>(BY_RECORDS, [asList(records)]).map(contactFrom)

export const putContact = ({ member, record, state, reason, written, at }: StoredContact): Statement => ({
  sql: PUT,
  params: [member, record, state, reason, JSON.stringify(written), at],
})

/** First of all: a record may go from one member to another in one unit. */
export const dropContacts = (members: readonly string[]): Statement => ({ sql: DROP, params: [asList(members)] })

export const createContactReads = (driver: Driver): ContactReads => ({
  contactNumbersAfter: (after, limit) => driver.all<{ n: number; id: string }>(IN_ORDER, [after, limit]),
  effectsStanding: async (kind) => {
    const [row] = await driver.all<{ waiting: number; parked: number; nextAt: number | null }>(STANDING, [kind])
    return row ?? { waiting: 0, parked: 0, nextAt: null }
  },
  unwrittenMembers: async (kind) => (await driver.all<{ n: number }>(UNWRITTEN, [kind]))[0]?.n ?? 0,
  refusedContacts: async ({ limit, before }) =>
    (await driver.all<ContactRow>(REFUSED, [before?.[0] ?? Number.MAX_SAFE_INTEGER, before?.[1] ?? '', limit])).map(
      contactFrom,
    ),
})
