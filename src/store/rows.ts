/** Rows of members and payments, and what they stand for. State that no query needs is one JSON text, without what is empty. */

import { emptyParts, type PaymentParts } from '../core/facts.ts'
import type { Frozen, Member, Payment } from '../core/state.ts'
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

type MemberState = Partial<
  Pick<
    Member,
    | 'joinedAt'
    | 'formerEmails'
    | 'customers'
    | 'idleMonths'
    | 'tiers'
    | 'mergedInto'
    | 'absorbed'
    | 'badges'
    | 'challenges'
    | 'subscriptions'
    | 'autoRedeem'
    | 'segment'
    | 'referredBy'
    | 'alerts'
  >
>

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
    absorbed: state.absorbed ?? [],
    badges: state.badges ?? [],
    challenges: state.challenges ?? {},
    subscriptions: state.subscriptions ?? {},
    autoRedeem: state.autoRedeem ?? null,
    segment: state.segment ?? null,
    referredBy: state.referredBy ?? null,
    alerts: state.alerts ?? [],
  }
}

export const MEMBER_COLUMNS = [
  'status',
  'created_at',
  'enrolled_at',
  'email',
  'name',
  'phone',
  'birthday',
  'language',
  'referral_code',
  'available',
  'pending',
  'reserved',
  'redeemed',
  'expired',
  'spend_minor',
  'purchases',
  'last_purchase_at',
  'active_at',
  'next_at',
  'state',
] as const

/** In the order of `MEMBER_COLUMNS`, the id last. */
export function memberValues(member: Member): SqlValue[] {
  const { profile } = member
  const state = {
    joinedAt: kept(member.joinedAt),
    formerEmails: keptList(member.formerEmails),
    customers: keptRecord(member.customers),
    idleMonths: keptList(member.idleMonths),
    tiers: kept(member.tiers),
    mergedInto: kept(member.mergedInto),
    absorbed: keptList(member.absorbed),
    badges: keptList(member.badges),
    challenges: keptRecord(member.challenges),
    subscriptions: keptRecord(member.subscriptions),
    autoRedeem: kept(member.autoRedeem),
    segment: kept(member.segment),
    referredBy: kept(member.referredBy),
    alerts: keptList(member.alerts),
  } satisfies Record<keyof MemberState, unknown>
  return [
    member.status,
    member.createdAt,
    member.enrolledAt,
    profile.email,
    profile.name,
    profile.phone,
    profile.birthday,
    profile.language,
    member.referralCode,
    member.available,
    member.pending,
    member.reserved,
    member.redeemed,
    member.expired,
    member.spendMinor,
    member.purchases,
    member.lastPurchaseAt,
    member.activeAt,
    member.nextAt,
    JSON.stringify(state),
    member.id,
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
  currency: string | null
  renewal: 0 | 1
  state: string
}

interface PaymentState {
  parts?: Partial<PaymentParts>
  frozen?: Frozen
  posted?: Record<string, number>
  explained?: string
  campaigns?: Record<string, number>
  causes?: Payment['causes']
  givesBy?: string
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
    campaigns: state.campaigns ?? {},
    causes: state.causes ?? {},
    givesBy: state.givesBy ?? null,
  }
}

export const PAYMENT_COLUMNS = [
  'member',
  'seen_at',
  'eligible',
  'at',
  'paid_minor',
  'refunded_minor',
  'base',
  'spend_minor',
  'purchases',
  'currency',
  'renewal',
  'state',
] as const

/** In the order of `PAYMENT_COLUMNS`, the id last. */
export function paymentValues({
  id,
  member,
  seenAt,
  eligible,
  counted,
  parts,
  frozen,
  posted,
  explained,
  campaigns,
  causes,
  givesBy,
}: Payment): SqlValue[] {
  const state = {
    parts: keptParts(parts),
    frozen: kept(frozen),
    posted: keptRecord(posted),
    explained: kept(explained),
    campaigns: keptRecord(campaigns),
    causes: keptRecord(causes),
    givesBy: kept(givesBy),
  } satisfies Record<keyof PaymentState, unknown>
  return [
    member,
    seenAt,
    eligible === null ? null : eligible ? 1 : 0,
    counted.at,
    counted.paidMinor,
    counted.refundedMinor,
    counted.base,
    counted.spendMinor,
    counted.purchases,
    parts.currency,
    parts.renewal ? 1 : 0,
    JSON.stringify(state),
    id,
  ]
}

/** Fields one by one: an object of one shape is written several times as fast as one that is filled by its keys. */
function keptParts(parts: PaymentParts) {
  const { session, billing, receipt } = parts.emails
  return {
    names: keptList(parts.names),
    account: kept(parts.account),
    currency: kept(parts.currency),
    charges: keptRecord(parts.charges),
    intents: keptRecord(parts.intents),
    sessions: keptRecord(parts.sessions),
    invoices: keptRecord(parts.invoices),
    refunds: keptRecord(parts.refunds),
    disputes: keptRecord(parts.disputes),
    tax: kept(parts.tax),
    shipping: kept(parts.shipping),
    tip: kept(parts.tip),
    items: kept(parts.items),
    itemsFrom: kept(parts.itemsFrom),
    customer: kept(parts.customer),
    emails: session === null && billing === null && receipt === null ? undefined : parts.emails,
    name: kept(parts.name),
    phone: kept(parts.phone),
    language: kept(parts.language),
    subscription: kept(parts.subscription),
    renewal: parts.renewal ? true : undefined,
    metadata: keptRecord(parts.metadata),
    promotionCodes: keptList(parts.promotionCodes),
    succeededAt: kept(parts.succeededAt),
  } satisfies Record<keyof PaymentParts, unknown>
}

// JSON leaves out what is undefined: here what is null or empty, which reading restores.
const kept = <Value>(value: Value | null): Value | undefined => value ?? undefined
const keptList = <Value>(list: readonly Value[]): readonly Value[] | undefined => (list.length === 0 ? undefined : list)
function keptRecord<Value>(record: Record<string, Value>): Record<string, Value> | undefined {
  for (const _ in record) return record
  return undefined
}
