/**
 * What the use cases offer to the edges (http, cli, integrations), and what they need from them. Nothing here
 * names a vendor's SDK, a database or a framework.
 */
import type { Fact, Lookup } from '../core/facts.ts'
import type { Program } from '../program/schema.ts'

// ---------------------------------------------------------------------------------------------------------------
// Outcomes

/** Expected refusals, in the order of precedence of DESIGN.md §7. */
export type RefusalCode =
  | 'invalid_request'
  | 'not_found'
  | 'idempotency_conflict'
  | 'conflict'
  | 'member_inactive'
  | 'unknown_reward'
  | 'reward_closed'
  | 'not_eligible'
  | 'redeeming_frozen'
  | 'limit_reached'
  | 'out_of_stock'
  | 'insufficient_points'
  | 'staff_limit'
  | 'forbidden'

export interface Refusal {
  ok: false
  code: RefusalCode
  message: string
}
export type Result<T> = { ok: true; value: T } | Refusal

/** The database cannot take a change now (locked, full, read-only): nothing was stored, try again later. HTTP 503. */
export class StoreUnavailable extends Error {
  override name = 'StoreUnavailable'
}

// ---------------------------------------------------------------------------------------------------------------
// Who asks

/** `source` says where a command came from (`stripe:evt_…`, `api:key-name`, `cli:import`); `actor` is who did it. */
export interface Origin {
  source: string
  actor: string
}

/** An idempotency key, unique per holder and route; `hash` is of the request's content. */
export interface Idempotency {
  holder: string
  route: string
  key: string
  hash: string
}

// ---------------------------------------------------------------------------------------------------------------
// Events in

/** What a translator makes of a vendor's payload. `odd`: a known type that could not be understood. */
export type Translation =
  | { kind: 'facts'; facts: Fact[]; lookups: Lookup[] }
  | { kind: 'ignored' }
  | { kind: 'odd'; reason: string }

/** One verified event. `payload` is the raw text, kept only when the event has to be parked. */
export interface IncomingEvent {
  id: string
  type: string
  livemode: boolean
  /** `created`, ms. */
  at: number
  translation: Translation
  payload: string
}

/** `ignored` also for an event of the other mode (test or live) than the one this database is pinned to. */
export type EventOutcome = 'recorded' | 'duplicate' | 'ignored' | 'parked'

/** Facts learnt by asking (lookups, backfill, reconcile) rather than told by an event. */
export interface LearntFacts {
  /** For the ledger: `stripe:ch_…`. */
  source: string
  livemode: boolean | null
  facts: Fact[]
  lookups: Lookup[]
}

// ---------------------------------------------------------------------------------------------------------------
// Views out (DESIGN.md §7 gives the JSON; these are its types, field by field)

export type MemberStatus = 'active' | 'candidate' | 'left' | 'suspended' | 'erased'

export interface MemberView {
  id: string
  email: string | null
  name: string | null
  phone: string | null
  birthday: string | null
  language: string | null
  status: MemberStatus
  enrolledAt: string | null
  points: {
    available: number
    pending: number
    reserved: number
    earned: number
    redeemed: number
    expired: number
    nextExpiry: { points: number; at: string } | null
  }
  tier: {
    id: string
    name: string
    since: string
    until: string | null
    next: { id: string; name: string; remaining: number; by: string | null } | null
  } | null
  perks: { id: string; name: string }[]
  spend: { total: number; last12Months: number; currency: string }
  purchases: number
  lastPurchaseAt: string | null
  segment: string | null
  badges: { id: string; name: string }[]
  challenges: { id: string; progress: number; goal: number }[]
  referralCode: string
  retention: null
  /** Stripe customers linked to this member. */
  stripeCustomers: string[]
}

export interface EntryView {
  seq: number
  at: string
  recordedAt: string
  kind: string
  points: number
  balance: number
  code: string
  reason: string
  source: string
  actor: string
  /** Free text that staff typed, erasable; null when there is none. */
  note: string | null
}

export interface Page<T> {
  items: T[]
  next: string | null
}

export interface MemberPatch {
  name?: string | null
  phone?: string | null
  birthday?: string | null
  language?: string | null
  status?: 'active' | 'left' | 'suspended'
}

export interface Enrolment {
  email: string
  name?: string | null
  phone?: string | null
  birthday?: string | null
  language?: string | null
  enrolledAt?: number | null
}

export interface ProgramInForce {
  program: Program
  version: string
  since: number
}

export interface InboxRow {
  id: string
  type: string
  state: 'parked' | 'retried'
  reason: string
  receivedAt: string
  eventAt: string
  tries: number
}

export interface OutboxRow {
  id: number
  kind: string
  key: string
  /** Kind-specific JSON, parsed. Holds ids only, never personal data. */
  payload: unknown
  revision: number
  tries: number
  state: 'waiting' | 'parked'
  /** In words, why the last try failed; null before any. */
  reason: string | null
  dueAt: number
  createdAt: number
}

/** One difference that `verify` found between the journal and what is derived from it. */
export interface Discrepancy {
  what: string
  id: string
  expected: string
  found: string
}

export interface VerifyReport {
  members: number
  payments: number
  entries: number
  postings: number
  discrepancies: Discrepancy[]
}

export interface StoreStats {
  members: number
  payments: number
  entries: number
  outboxWaiting: number
  outboxParked: number
  inboxParked: number
}

/** A payment as reconcile needs it. */
export interface PaymentBrief {
  id: string
  names: string[]
  paidMinor: number
  refundedMinor: number
  currency: string | null
  at: number | null
}

// ---------------------------------------------------------------------------------------------------------------
// The use cases

export interface App {
  program(): ProgramInForce

  recordEvent(event: IncomingEvent): Promise<EventOutcome>
  /** Each fact in a unit of its own, in order; answers how many changed something. */
  learnFacts(learnt: LearntFacts): Promise<{ changed: number }>

  /** `ref`: a member id, `email:…`, `stripe:cus_…`, `hubspot:…`. */
  getMember(ref: string, asOf?: number): Promise<Result<MemberView>>
  listMembers(query: {
    query?: string
    status?: MemberStatus
    limit: number
    cursor?: string
  }): Promise<Result<Page<MemberView>>>
  ledger(ref: string, page: { limit: number; cursor?: string }): Promise<Result<Page<EntryView>>>
  exportMember(ref: string): Promise<Result<unknown>>

  enrolMember(input: Enrolment, origin: Origin, idempotency: Idempotency | null): Promise<Result<MemberView>>
  updateMember(ref: string, patch: MemberPatch, origin: Origin): Promise<Result<MemberView>>
  adjustPoints(
    ref: string,
    input: { points: number; reason: string },
    origin: Origin,
    idempotency: Idempotency | null,
  ): Promise<Result<EntryView>>
  mergeMembers(ref: string, into: string, origin: Origin, idempotency: Idempotency | null): Promise<Result<MemberView>>
  eraseMember(ref: string, origin: Origin): Promise<Result<{ id: string }>>

  listInbox(page: { limit: number; cursor?: string }): Promise<Page<InboxRow>>
  retryInbox(id: string): Promise<Result<{ outcome: EventOutcome }>>
  listOutbox(page: { limit: number; cursor?: string }): Promise<Page<OutboxRow>>
  retryOutbox(id: number): Promise<Result<OutboxRow>>

  /** The payment with any of these names, as reconcile compares it. */
  findPayments(names: string[]): Promise<Map<string, PaymentBrief>>
  stats(): Promise<StoreStats>
  /** Rebuilds everything from the journal and compares. `onProgress` gets 0..1. */
  verify(onProgress?: (done: number, total: number) => void): Promise<VerifyReport>

  /** The clock's jobs: writes down what is due (holds over, expiries, tier ends), in slices; answers how many members it touched. */
  settleDue(limit: number): Promise<number>
  /** Brings the search index up to date for some members; answers how many. A search does so too. */
  indexMembers(): Promise<number>
  /** Delivers what is due in the outbox; answers how many rows were tried. */
  drainOutbox(): Promise<number>

  /** Resume points of long work (backfill) and other small named values. */
  getSetting(name: string): Promise<string | null>
  putSetting(name: string, value: string): Promise<void>
}

// ---------------------------------------------------------------------------------------------------------------
// What the use cases need from the outside

export interface Clock {
  now(): number
}

/** What became of one delivery. `wait`: not now (429, 423), no try is counted. `down`: the vendor does not answer. `refused`: this row's own fault. */
export type DeliveryOutcome =
  | { kind: 'done' }
  | { kind: 'learnt'; learnt: LearntFacts }
  | { kind: 'refused'; reason: string }
  | { kind: 'wait'; forMs: number }
  | { kind: 'down'; reason: string }

/** Delivers the outbox rows of its kinds, which all go to one vendor. */
export interface Deliverer {
  vendor: string
  kinds: readonly string[]
  deliver(row: OutboxRow): Promise<DeliveryOutcome>
}

export interface Logger {
  debug(message: string, fields?: Record<string, unknown>): void
  info(message: string, fields?: Record<string, unknown>): void
  warn(message: string, fields?: Record<string, unknown>): void
  error(message: string, fields?: Record<string, unknown>): void
}
