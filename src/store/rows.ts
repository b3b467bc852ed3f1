/** Rows and what they stand for. State that no query needs is one JSON text, without what is empty. */
import { emptyParts, type PaymentParts } from '../core/facts.ts'
import type { Entry, Frozen, Lot, LotTerms, Member, Payment, Posting } from '../core/state.ts'
import type { OutboxRow } from '../app/ports.ts'
import type { LedgerRow } from '../app/store-port.ts'
import type { SqlValue } from './driver.ts'

export interface MemberRow {
  n: number
  id: string
  version: number
  status: Member['status']
  created_at: number
  enrolled_at: number | null
  email: string | null
  name: string | null
  phone: string | null
  birthday: string | null
  language: string | null
  referral_code: string
  available: number
  pending: number
  reserved: number
  redeemed: number
  expired: number
  spend_minor: number
  purchases: number
  last_purchase_at: number | null
  active_at: number | null
  next_at: number | null
  state: string
}

type MemberState = Partial<Pick<Member, 'joinedAt' | 'formerEmails' | 'customers' | 'idleMonths' | 'tiers' | 'mergedInto'>>

export function memberFrom(row: MemberRow): Member {
  const state = JSON.parse(row.state) as MemberState
  return {
    id: row.id,
    version: row.version,
    status: row.status,
    createdAt: row.created_at,
    enrolledAt: row.enrolled_at,
    joinedAt: state.joinedAt ?? null,
    profile: { email: row.email, name: row.name, phone: row.phone, birthday: row.birthday, language: row.language },
    referralCode: row.referral_code,
    formerEmails: state.formerEmails ?? [],
    customers: state.customers ?? {},
    available: row.available,
    pending: row.pending,
    reserved: row.reserved,
    redeemed: row.redeemed,
    expired: row.expired,
    spendMinor: row.spend_minor,
    purchases: row.purchases,
    lastPurchaseAt: row.last_purchase_at,
    activeAt: row.active_at,
    idleMonths: state.idleMonths ?? [],
    tiers: state.tiers ?? null,
    nextAt: row.next_at,
    mergedInto: state.mergedInto ?? null,
  }
}

export const MEMBER_COLUMNS = [
  'status', 'created_at', 'enrolled_at', 'email', 'name', 'phone', 'birthday', 'language', 'referral_code', 'available',
  'pending', 'reserved', 'redeemed', 'expired', 'spend_minor', 'purchases', 'last_purchase_at', 'active_at', 'next_at',
  'state',
] as const

/** In the order of `MEMBER_COLUMNS`, the id last. */
export function memberValues(member: Member): SqlValue[] {
  const { profile, joinedAt, formerEmails, customers, idleMonths, tiers, mergedInto } = member
  const state = compact({ joinedAt, formerEmails, customers, idleMonths, tiers, mergedInto })
  return [
    member.status, member.createdAt, member.enrolledAt, profile.email, profile.name, profile.phone, profile.birthday,
    profile.language, member.referralCode, member.available, member.pending, member.reserved, member.redeemed,
    member.expired, member.spendMinor, member.purchases, member.lastPurchaseAt, member.activeAt, member.nextAt,
    JSON.stringify(state), member.id,
  ]
}

export interface PaymentRow {
  id: string
  version: number
  member: string | null
  seen_at: number
  eligible: 0 | 1 | null
  at: number | null
  paid_minor: number
  refunded_minor: number
  base: number
  spend_minor: number
  purchases: 0 | 1
  state: string
}

interface PaymentState {
  parts?: Partial<PaymentParts>
  frozen?: Frozen
  posted?: Record<string, number>
  explained?: string
}

export function paymentFrom(row: PaymentRow): Payment {
  const state = JSON.parse(row.state) as PaymentState
  return {
    id: row.id,
    version: row.version,
    member: row.member,
    parts: Object.assign(emptyParts(), state.parts),
    seenAt: row.seen_at,
    eligible: row.eligible === null ? null : row.eligible === 1,
    frozen: state.frozen ?? null,
    posted: state.posted ?? {},
    counted: {
      at: row.at,
      paidMinor: row.paid_minor,
      refundedMinor: row.refunded_minor,
      base: row.base,
      spendMinor: row.spend_minor,
      purchases: row.purchases,
    },
    explained: state.explained ?? null,
  }
}

export const PAYMENT_COLUMNS = [
  'member', 'seen_at', 'eligible', 'at', 'paid_minor', 'refunded_minor', 'base', 'spend_minor', 'purchases', 'state',
] as const

/** In the order of `PAYMENT_COLUMNS`, the id last. */
export function paymentValues({ id, member, seenAt, eligible, counted, parts, frozen, posted, explained }: Payment): SqlValue[] {
  const { session, billing, receipt } = parts.emails
  const emails = session === null && billing === null && receipt === null ? null : parts.emails
  const state = compact({ parts: compact({ ...parts, emails }), frozen, posted, explained })
  return [
    member, seenAt, eligible === null ? null : eligible ? 1 : 0, counted.at, counted.paidMinor, counted.refundedMinor,
    counted.base, counted.spendMinor, counted.purchases, JSON.stringify(state), id,
  ]
}

/** Without what is null, false or empty: reading restores it. */
function compact(fields: Record<string, unknown>): Record<string, unknown> {
  const kept: Record<string, unknown> = {}
  for (const key in fields) {
    const value = fields[key]
    if (value !== null && value !== false && !(typeof value === 'object' && isEmpty(value))) kept[key] = value
  }
  return kept
}

function isEmpty(value: object | null): boolean {
  for (const _ in value) return false
  return true
}

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
})

export const LOT_COLUMNS = [
  'id', 'member', 'rule', 'payment', 'program', 'earned_at', 'points', 'remaining', 'spent', 'expired', 'forgiven',
  'state', 'available_at', 'expires_at', 'idle_months', 'not_before', 'due_at',
] as const

/** When it next changes by its own terms; null: never, or only with the member's activity. */
export function lotDueAt({ state, availableAt, expiresAt, idleMonths, notBefore }: Lot): number | null {
  if (state === 'pending') return availableAt
  return idleMonths !== null || expiresAt === null ? null : Math.max(expiresAt, notBefore ?? expiresAt)
}

/** In the order of `LOT_COLUMNS`. */
export const lotValues = (lot: Lot): SqlValue[] => [
  lot.id, lot.member, lot.rule, lot.payment, lot.program, lot.earnedAt, lot.points, lot.remaining, lot.spent, lot.expired,
  lot.forgiven, lot.state, lot.availableAt, lot.expiresAt, lot.idleMonths, lot.notBefore, lotDueAt(lot),
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
  'member', 'about', 'at', 'recorded_at', 'kind', 'code', 'points', 'balance', 'reason', 'source', 'actor', 'note',
  'postings', 'terms',
] as const

/** In the order of `ENTRY_COLUMNS`. */
export const entryValues = (entry: Entry): SqlValue[] => [
  entry.member, entry.about, entry.at, entry.recordedAt, entry.kind, entry.code, entry.points, entry.balance,
  entry.reason, entry.source, entry.actor, entry.note, JSON.stringify(entry.postings), JSON.stringify(entry.terms),
]

export interface OutboxRecord {
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

export const outboxFrom = (row: OutboxRecord): OutboxRow => ({
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
