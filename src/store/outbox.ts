/** The outbox and inbox as deliverers and operators see them. Rows are made by units (changes.ts). */
import type { InboxRow, OutboxRow } from '../app/ports.ts'
import type { Store } from '../app/store-port.ts'
import type { Driver, Statement } from './driver.ts'

type Outbox = Pick<
  Store,
  'dueEffects' | 'acknowledge' | 'postpone' | 'outboxPage' | 'outboxRow' | 'reviveEffect' | 'inboxPage'
>

const DUE = `SELECT * FROM outbox WHERE state = 'waiting' AND kind = ? AND due_at <= ? ORDER BY due_at, id LIMIT ?`
const DONE = 'DELETE FROM outbox WHERE (id, revision) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))'
// What changed while it was delivered is another matter: its tries begin anew.
const CHANGED =
  'UPDATE outbox SET tries = 0, reason = NULL WHERE id IN (SELECT value ->> 0 FROM json_each(?)) AND tries > 0'
const POSTPONE = `UPDATE outbox SET due_at = late.value ->> 2, reason = late.value ->> 3,
  state = iif(late.value ->> 4, 'parked', 'waiting'), tries = tries + (late.value ->> 5)
  FROM json_each(?) AS late WHERE outbox.id = late.value ->> 0 AND outbox.revision = late.value ->> 1`
const PAGE = 'SELECT * FROM outbox WHERE id > ? ORDER BY id LIMIT ?'
const ONE = 'SELECT * FROM outbox WHERE id = ?'
const REVIVE = `UPDATE outbox SET state = 'waiting', tries = 0, due_at = ? WHERE id = ? AND state = 'parked'`
const INBOX_PAGE =
  'SELECT id, type, state, reason, received_at, event_at, tries FROM inbox WHERE id > ? ORDER BY id LIMIT ?'

interface OutboxRecord {
  id: number
  kind: string
  key: string
  payload: string
  revision: number
  tries: number
  state: OutboxRow['state']
  reason: string | null
  due_at: number
  created_at: number
}

const outboxFrom = (row: OutboxRecord): OutboxRow => ({
  id: row.id,
  kind: row.kind,
  key: row.key,
  payload: JSON.parse(row.payload) as unknown,
  revision: row.revision,
  tries: row.tries,
  state: row.state,
  reason: row.reason,
  dueAt: row.due_at,
  createdAt: row.created_at,
})

interface InboxRecord {
  id: string
  type: string
  state: InboxRow['state']
  reason: string
  received_at: number
  event_at: number
  tries: number
}

const iso = (at: number): string => new Date(at).toISOString()

const inboxFrom = ({ id, type, state, reason, received_at, event_at, tries }: InboxRecord): InboxRow => ({
  id,
  type,
  state,
  reason,
  receivedAt: iso(received_at),
  eventAt: iso(event_at),
  tries,
})

export function createOutbox(driver: Driver, write: (...statements: Statement[]) => Promise<void>): Outbox {
  const outbox = async (sql: string, ...params: (string | number)[]): Promise<OutboxRow[]> =>
    (await driver.all<OutboxRecord>(sql, params)).map(outboxFrom)
  return {
    // Kind by kind, so that the index gives the longest due without sorting a backlog.
    dueEffects: async ({ kinds, now, limit }) => {
      const rows = (await Promise.all(kinds.map((kind) => outbox(DUE, kind, now, limit)))).flat()
      return rows.sort((a, b) => a.dueAt - b.dueAt || a.id - b.id).slice(0, limit)
    },
    acknowledge: async (rows) => {
      if (rows.length === 0) return
      const done = JSON.stringify(rows.map(({ id, revision }) => [id, revision]))
      await write({ sql: DONE, params: [done] }, { sql: CHANGED, params: [done] })
    },
    postpone: async (rows) => {
      if (rows.length === 0) return
      const late = rows.map(({ id, revision, dueAt, reason, park, counts }) => [
        id,
        revision,
        dueAt,
        reason,
        park ? 1 : 0,
        counts ? 1 : 0,
      ])
      await write({ sql: POSTPONE, params: [JSON.stringify(late)] })
    },
    outboxPage: ({ limit, after }) => outbox(PAGE, after, limit),
    outboxRow: async (id) => (await outbox(ONE, id))[0] ?? null,
    reviveEffect: async (id, now) => {
      const row = (await outbox(ONE, id))[0]
      if (row?.state !== 'parked') return null
      await write({ sql: REVIVE, params: [now, id] })
      return (await outbox(ONE, id))[0] ?? null
    },
    inboxPage: async ({ limit, after }) => (await driver.all<InboxRecord>(INBOX_PAGE, [after, limit])).map(inboxFrom),
  }
}
