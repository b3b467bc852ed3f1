/** A line of the history as the outside sees it. */
import { iso } from './member-view.ts'
import type { EntryView } from './ports.ts'
import type { LedgerRow } from './store-port.ts'

export const viewEntry = (row: LedgerRow): EntryView => ({
  seq: row.seq,
  at: iso(row.at),
  recordedAt: iso(row.recordedAt),
  kind: row.kind,
  points: row.points,
  balance: row.balance,
  code: row.code,
  reason: row.reason,
  source: row.source,
  actor: row.actor,
  note: row.note,
})
