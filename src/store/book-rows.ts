/** Rows of lots and of the journal, and what they stand for. */
import type { LedgerRow } from '../app/store-port.ts'
import type { Entry, Lot, LotTerms, Posting } from '../core/state.ts'
import type { SqlValue } from './driver.ts'

export interface LotRow {
  id: string
  member: string
  rule: string
  payment: string | null
  program: string
  earned_at: number
  points: number
  remaining: number
  spent: number
  expired: number
  forgiven: number
  state: Lot['state']
  available_at: number | null
  expires_at: number | null
  idle_months: number | null
  not_before: number | null
  expired_at: number | null
  returned_at: number | null
}

export const lotFrom = (row: LotRow): Lot => ({
  id: row.id,
  member: row.member,
  rule: row.rule,
  payment: row.payment,
  program: row.program,
  earnedAt: row.earned_at,
  points: row.points,
  remaining: row.remaining,
  spent: row.spent,
  expired: row.expired,
  forgiven: row.forgiven,
  state: row.state,
  availableAt: row.available_at,
  expiresAt: row.expires_at,
  idleMonths: row.idle_months,
  notBefore: row.not_before,
  expiredAt: row.expired_at,
  returnedAt: row.returned_at,
})

export const LOT_COLUMNS = [
  'id',
  'member',
  'rule',
  'payment',
  'program',
  'earned_at',
  'points',
  'remaining',
  'spent',
  'expired',
  'forgiven',
  'state',
  'available_at',
  'expires_at',
  'idle_months',
  'not_before',
  'expired_at',
  'due_at',
  'returned_at',
] as const

/** When it next changes by its own terms; null: never, or only with the member's activity. */
export function lotDueAt({ state, availableAt, expiresAt, idleMonths, notBefore }: Lot): number | null {
  if (state === 'pending') return availableAt
  return idleMonths !== null || expiresAt === null ? null : Math.max(expiresAt, notBefore ?? expiresAt)
}

/** In the order of `LOT_COLUMNS`. */
export const lotValues = (lot: Lot): SqlValue[] => [
  lot.id,
  lot.member,
  lot.rule,
  lot.payment,
  lot.program,
  lot.earnedAt,
  lot.points,
  lot.remaining,
  lot.spent,
  lot.expired,
  lot.forgiven,
  lot.state,
  lot.availableAt,
  lot.expiresAt,
  lot.idleMonths,
  lot.notBefore,
  lot.expiredAt,
  lotDueAt(lot),
  lot.returnedAt,
]

export interface EntryRow {
  seq: number
  member: string
  about: string | null
  at: number
  recorded_at: number
  kind: Entry['kind']
  code: Entry['code']
  points: number
  balance: number
  reason: string
  source: string
  actor: string
  note: string | null
  postings: string
  terms: string
}

export const entryFrom = (row: EntryRow): LedgerRow => ({
  seq: row.seq,
  member: row.member,
  about: row.about,
  at: row.at,
  recordedAt: row.recorded_at,
  kind: row.kind,
  code: row.code,
  points: row.points,
  balance: row.balance,
  reason: row.reason,
  source: row.source,
  actor: row.actor,
  note: row.note,
  postings: JSON.parse(row.postings) as Posting[],
  terms: JSON.parse(row.terms) as LotTerms[],
})

export const ENTRY_COLUMNS = [
  'member',
  'about',
  'at',
  'recorded_at',
  'kind',
  'code',
  'points',
  'balance',
  'reason',
  'source',
  'actor',
  'note',
  'postings',
  'terms',
] as const

/** In the order of `ENTRY_COLUMNS`. */
export const entryValues = (entry: Entry): SqlValue[] => [
  entry.member,
  entry.about,
  entry.at,
  entry.recordedAt,
  entry.kind,
  entry.code,
  entry.points,
  entry.balance,
  entry.reason,
  entry.source,
  entry.actor,
  entry.note,
  JSON.stringify(entry.postings),
  JSON.stringify(entry.terms),
]
