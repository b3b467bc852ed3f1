// Rows for tests of the store: complete and unremarkable but for what a test says.

import type { Alert } from '../../src/core/alert-state.ts'
import { emptyParts } from '../../src/core/facts.ts'
import { newMember } from '../../src/core/new-member.ts'
import {
  type Entry,
  emptyContribution,
  type Lot,
  type Member,
  type Payment,
  type Profile,
} from '../../src/core/state.ts'

export const T0 = Date.UTC(2026, 0, 15, 12)

export function sampleMember(
  id: string,
  fields: Partial<Omit<Member, 'id' | 'profile'>> & { profile?: Partial<Profile> } = {},
): Member {
  const member = newMember({ id, createdAt: T0, referralCode: `REF${id}` })
  return {
    ...member,
    status: 'active',
    enrolledAt: T0,
    ...fields,
    profile: { ...member.profile, email: `${id}@example.org`, ...fields.profile },
  }
}

export function samplePayment(
  id: string,
  fields: Partial<Omit<Payment, 'id' | 'counted'>> & { counted?: Partial<Payment['counted']> } = {},
): Payment {
  return {
    id,
    version: 0,
    member: null,
    parts: { ...emptyParts(), names: [id], currency: 'usd' },
    seenAt: T0,
    eligible: null,
    frozen: null,
    posted: {},
    explained: null,
    campaigns: {},
    causes: {},
    givesBy: null,
    ...fields,
    counted: { ...emptyContribution(), ...fields.counted },
  }
}

export function sampleLot(id: string, member: string, points: number, fields: Partial<Lot> = {}): Lot {
  return {
    id,
    member,
    rule: 'purchase',
    payment: null,
    program: 'v1',
    earnedAt: T0,
    points,
    remaining: points,
    spent: 0,
    expired: 0,
    forgiven: 0,
    state: 'available',
    availableAt: T0,
    expiresAt: null,
    idleMonths: null,
    notBefore: null,
    expiredAt: null,
    returnedAt: null,
    ...fields,
  }
}

export function sampleEntry(member: string, fields: Partial<Entry> = {}): Entry {
  return {
    member,
    about: null,
    at: T0,
    recordedAt: T0,
    kind: 'earn',
    code: 'purchase',
    points: 0,
    balance: 0,
    reason: 'A test said so',
    source: 'api:test',
    actor: 'api:test',
    note: null,
    postings: [],
    terms: [],
    ...fields,
  }
}

/** A lapse of m1 that is open. */
export function sampleAlert(id: string, fields: Partial<Alert> = {}): Alert {
  return {
    id,
    version: 0,
    member: 'm1',
    kind: 'overdue',
    occasion: '2025-11-11',
    state: 'open',
    openedAt: T0,
    valueMinor: 41_200,
    reason: 'Usually buys every 3 weeks; it has been 9.',
    facts: { usualDays: 21, daysSince: 65, word: null },
    suggestion: null,
    snoozedUntil: null,
    assignee: null,
    outcome: null,
    resolvedAt: null,
    note: null,
    actedAt: null,
    windowDays: 30,
    lastPurchaseAt: null,
    returned: null,
    cameBack: null,
    steps: [],
    ...fields,
  }
}
