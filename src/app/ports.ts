/**
 * What the use cases offer to the edges (http, cli, integrations), and what they need from them. Nothing here
 * names a vendor's SDK, a database or a framework.
 */
import type { AlertKind, AlertOutcome } from '../core/alert-state.ts'
import type { Fact, Lookup } from '../core/facts.ts'
import type { RedemptionRefusalCode } from '../core/redemption-checks.ts'
import type { RedemptionState } from '../core/reward-state.ts'
import type { StaffTask } from '../core/staff-policy.ts'
import type { Program } from '../program/schema.ts'
import type { Approvals, DecisionView } from './ports/approvals.ts'
import type { Contacts } from './ports/contacts.ts'
import type { Figures } from './ports/figures.ts'
import type { Finding } from './ports/finding.ts'
import type { Staffroom } from './ports/staffroom.ts'
import type { Transfers } from './ports/transfer.ts'
import type { Upkeep } from './ports/upkeep.ts'
import type { ReportName, ReportPeriod, Reports } from './reports/shapes.ts'

// ---------------------------------------------------------------------------------------------------------------
// Outcomes

/** Expected refusals, in the order of precedence of DESIGN.md §7. */
export type RefusalCode =
  | 'invalid_request'
  | 'not_found'
  | 'idempotency_conflict'
  | 'conflict'
  | RedemptionRefusalCode
  | 'forbidden'

export interface Refusal {
  ok: false
  code: RefusalCode
  message: string
}
export type Result<T> = { ok: true; value: T } | Refusal

/** The database cannot take a change now (locked, full, read-only): nothing was stored, try again later. HTTP 503. */
export class StoreUnavailable extends Error {
  override name: string = 'StoreUnavailable'
}

/** The host is paused (REGULARS_PAUSED) while its rows move to another or from one. */
export class StorePaused extends StoreUnavailable {
  override name = 'StorePaused'
}

// ---------------------------------------------------------------------------------------------------------------
// Who asks

/** `source` says where a command came from (`stripe:evt_…`, `api:key-name`, `cli:import`); `actor` is who did it. */
export interface Origin {
  source: string
  actor: string
  /** Slack user groups that the actor is in: `slack:S…`. */
  groups?: readonly string[] | undefined
  /** A guest or somebody of another workspace: the staff policy lets them do nothing. */
  isOutsider?: boolean | undefined
  /** Other names of the same person: nobody approves what they asked for under another one. */
  aliases?: readonly string[] | undefined
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
  /** Null: nobody can say. */
  livemode: boolean | null
  /** `created`, ms. */
  at: number
  translation: Translation
  payload: string
}

/** `ignored` also for an event of the other mode (test or live) than the one this database is pinned to. */
export type EventOutcome = 'recorded' | 'duplicate' | 'ignored' | 'parked'

/** What a webhook is answered: also that the event is kept where it will be recorded from in a moment. */
export type WebhookOutcome = EventOutcome | 'queued'

/** What became of one of many events. */
export interface Recording {
  /** Null: nothing is stored of it. */
  outcome: EventOutcome | null
  /** By an error of ours or of the database, so that another try may end otherwise. Where it could be, it is parked. */
  isFailure: boolean
}

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
  /** `progress` of `goal` towards the next time; `met`: how often by now. */
  challenges: { id: string; name: string; progress: number; goal: number; met: number }[]
  referralCode: string
  /** The reward they chose to be issued by itself; null: the program's default. */
  autoRedeem: string | null
  /** What can be expected of them; null for whoever never bought. */
  retention: RetentionView | null
  /** What they said of the shop, the newest first; a few. */
  feedback: FeedbackView[]
  /** Stripe customers linked to this member. */
  stripeCustomers: string[]
}

export interface RetentionView {
  /** Three digits from 1 to 5: how recently, how often, how much. Null until the first night's look. */
  rfm: string | null
  /** Made by a plain rule, in part at least, as there are too few customers or subscriptions to learn from. */
  isEstimate: boolean
  probabilityAlive: number
  expectedPurchases30Days: number
  expectedPurchases90Days: number
  expectedPurchases365Days: number
  /** That they buy at all within 90 days, 0 to 1: by this a list of who to write to is best sorted. */
  buysWithin90Days: number
  /** What is still to come, discounted. Minor units. */
  lifetimeValue: { amount: number; currency: string }
  risk: 'low' | 'medium' | 'high'
  /** Days between their purchases, usually; null where they have no habit yet. */
  usualDays: number | null
  /** What they pay by subscription, and the chance that it is renewed; null for whoever has none. */
  subscription: { monthly: { amount: number; currency: string }; since: string; renewalProbability: number } | null
}

export interface FeedbackView {
  id: string
  at: string
  /** `nps`: 0 to 10; `stars`: 1 to 5. */
  scale: 'nps' | 'stars'
  score: number
  text: string | null
}

export interface AlertView {
  id: string
  kind: AlertKind
  state: 'open' | 'snoozed' | 'resolved'
  member: { id: string; name: string | null; email: string | null; tier: { id: string; name: string } | null }
  openedAt: string
  /** What is at stake, minor units. */
  value: { amount: number; currency: string }
  reason: string
  facts: Record<string, string | number | null>
  suggestion: { reward: string; name: string; cost: number; charge: 'member' | 'house' } | null
  assignee: string | null
  snoozedUntil: string | null
  outcome: AlertOutcome | null
  resolvedAt: string | null
  note: string | null
  actedAt: string | null
  /** A purchase that followed somebody's acting, in time. */
  cameBack: { at: string; amount: number; currency: string; daysAfter: number } | null
  steps: { at: string; actor: string; did: string; detail: string | null }[]
}

export type AlertStepInput =
  /** To whom; left out: whoever asks. Null: nobody any more. */
  | { do: 'assign'; to?: string | null /** Refused where somebody else has it. */; ifFree?: boolean }
  | { do: 'snooze'; until: number }
  | { do: 'snooze'; days: number }
  | { do: 'resolve'; outcome: 'helped' | 'no_answer' | 'not_needed' | 'gone'; note?: string | null }
  | { do: 'reopen' }

export interface AlertFilter {
  /** Default: `open`. */
  state?: 'open' | 'snoozed' | 'resolved'
  kind?: AlertKind
  /** A member reference. */
  member?: string
  assignee?: string
  limit: number
  cursor?: string
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

export interface LookAheadOptions {
  /** Members judged at the most. */
  limit: number
  /** Begins anew where the last look is done; else this only goes on with one. */
  begin?: boolean
  /** Fits the models though it is not a week since they were. */
  refit?: boolean
  /** Customers from whom models are learnt at the most; default 100,000. */
  sample?: number
  /** Judges nothing, gives an unfinished look of this process back, and reads what another one has learnt. */
  release?: boolean
}

/** How far the night's look is. */
export interface LookAheadProgress {
  isDone: boolean
  /** Another process is at it: nothing was done. */
  isElsewhere: boolean
  /** What is being done, in words for a progress line. */
  phase: string
  done: number
  total: number
  /** When the newest finished look ended; null while there is none. */
  finishedAt: string | null
  /** What this look came to so far; once done, all of it. */
  judged: number
  opened: number
  closed: number
  /** Members who could not be judged; the log says why. */
  failed: number
  /** What members are judged by; null while nothing was learnt. */
  model: LookAheadModel | null
}

export interface LookAheadModel {
  /** `estimate`: a plain rule, as there are too few customers for a model. */
  name: 'bg_nbd' | 'mbg_nbd' | 'estimate'
  learntAt: string
  customers: number
  sampled: number
  /** Of ten such alerts in the past, so many were right; null where too few were raised to say. */
  rightOfTen: number | null
}

/** An entry with whose it is, also where they had another record by then. */
export interface LedgerLine {
  member: string
  email: string | null
  entry: EntryView
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
  /** The reward that is to be issued by itself; null: the program's default. */
  autoRedeem?: string | null
}

export interface Enrolment {
  email: string
  name?: string | null
  phone?: string | null
  birthday?: string | null
  language?: string | null
  enrolledAt?: number | null
  /** The referral code of the member who brought them. */
  referredBy?: string | null
}

/** A tier that a member held or holds. */
export interface TierView {
  tier: string
  name: string
  since: string
  /** When it ended, or will end; null while that is open. */
  until: string | null
  /** The sentence that says why they came to it. */
  reason: string
}

/** What a member did, as the merchant's own systems report it. */
export interface Action {
  action: string
  /** When; left out: now. */
  at?: number
  /** What `feedback` says: `score` (0 to 10) or `stars` (1 to 5), and perhaps `text`. Of other actions it is not kept. */
  data?: unknown
}

export interface AwardParts {
  points: number
  reward: string | null
  badge: string | null
  cause: string | null
}

/** An award that a member was given, or may still choose. */
export interface AwardView {
  id: string
  occasion: string
  /** The rule, challenge, level or campaign that gave it; '' where there is none. */
  rule: string
  subject: string
  at: string
  recordedAt: string
  /** `open`: the member has not chosen yet. */
  state: 'given' | 'open' | 'withdrawn'
  /** Points given of it now. */
  points: number
  award: AwardParts
  options: AwardParts[]
  /** The option chosen, from 0; null where none was, or there are none. */
  chosen: number | null
}

/** What is asked for: by the member's points, or as a present from the house. */
export interface RedemptionRequest {
  reward: string
  charge?: 'member' | 'house'
  /** The partner where it is redeemed. */
  partner?: string | null
  /** What staff typed: why, and whatever else; erasable. */
  reason?: string | null
  note?: string | null
  /** The alert that it answers: it is given once for it, whoever asks. */
  alert?: string | null
}

export type RedemptionStep = 'approve' | 'reject' | 'fulfil' | 'cancel'
export type RewardKind = Program['rewards'][number]['fulfil']['kind']

export interface RedemptionView {
  id: string
  member: string
  reward: string
  name: string
  kind: RewardKind
  /** What staff do to hand it over. */
  instructions: string | null
  state: RedemptionState
  charge: 'member' | 'house'
  /** Points it cost the member; 0 for a present. */
  cost: number
  /** What it is worth in points, whoever pays. */
  value: number
  /** Points that are set aside for it or spent on it now. */
  points: number
  /** Once it works. */
  code: string | null
  expiresAt: string | null
  createdAt: string
  issuedAt: string | null
  endedAt: string | null
  /** It is cancelled as soon as its code has ended at Stripe. */
  isEnding: boolean
  /** Why it was cancelled or refused. */
  reason: string | null
  /** Stripe would not make it: points and stock are back. */
  isRefused: boolean
  /** The payment that its code was used on. */
  usedBy: string | null
  /** The redemption that it replaces. */
  again: string | null
  /** The award that gave it. */
  grant: string | null
  partner: string | null
  requestedBy: string
  decidedBy: string | null
  /** What was decided by whoever had to be asked. */
  decision: DecisionView | null
  /** Whatever staff typed, the reason first. */
  note: string | null
  /** Why they asked for it; null where nobody said. */
  why?: string | null
}

/** A reward as the program has it, with what is left of its stock and whether it can be had now. */
export type RewardView = Program['rewards'][number] & { left: number | null; open: boolean }

export interface MemberRewardView {
  id: string
  name: string
  cost: number
  kind: RewardKind
  left: number | null
  /** Whether this member may have it now; else why not. */
  available: boolean
  refusal: { code: RedemptionRefusalCode; message: string; until: string | null } | null
  balanceAfter: number | null
  /** Why it cannot be a present of the house; null: it can, as far as it is not for whoever gives it to decide. */
  forHouse?: { code: RedemptionRefusalCode; message: string; until: string | null } | null
}

export interface MemberRewardsView {
  /** Points. */
  available: number
  rewards: MemberRewardView[]
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
  /** Members whose books changed at every look: nothing is said of them. */
  restless: number
}

export interface StoreStats {
  members: number
  payments: number
  entries: number
  outboxWaiting: number
  outboxParked: number
  inboxParked: number
}

export interface AppStats extends StoreStats {
  /** When the newest finished look ahead ended; null while there is none. */
  lookedAheadAt: number | null
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

export interface App extends Contacts, Staffroom, Approvals, Figures, Upkeep, Finding, Transfers {
  program(): ProgramInForce
  /** Whether whoever asks may do such a thing: reads ask nobody themselves, so an edge with people behind it does. */
  mayStaff(origin: Origin, task: StaffTask): Promise<boolean>

  recordEvent(event: IncomingEvent): Promise<EventOutcome>
  /** The same for many, each by itself, in as few commits as the database needs; answers in their order. Never rejects. */
  recordEvents(events: readonly IncomingEvent[]): Promise<Recording[]>
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
  /** Points that the purchases of somebody who has not joined would have earned. */
  wouldHaveEarned(ref: string): Promise<Result<number>>

  /** The tiers that the member held, newest first. */
  memberTiers(ref: string): Promise<Result<TierView[]>>
  enrolMember(input: Enrolment, origin: Origin, idempotency: Idempotency | null): Promise<Result<MemberView>>
  updateMember(ref: string, patch: MemberPatch, origin: Origin): Promise<Result<MemberView>>
  adjustPoints(
    ref: string,
    input: { points: number; reason: string },
    origin: Origin,
    idempotency: Idempotency | null,
  ): Promise<Result<EntryView>>
  /** Answers the first entry of what it gave. */
  recordAction(ref: string, input: Action, origin: Origin, idempotency: Idempotency | null): Promise<Result<EntryView>>
  /** What the member was given, newest first. */
  listAwards(ref: string, page: { limit: number; cursor?: string }): Promise<Result<Page<AwardView>>>
  chooseAward(
    ref: string,
    award: string,
    option: number,
    origin: Origin,
    idempotency: Idempotency | null,
  ): Promise<Result<AwardView>>
  mergeMembers(ref: string, into: string, origin: Origin, idempotency: Idempotency | null): Promise<Result<MemberView>>
  eraseMember(ref: string, origin: Origin): Promise<Result<{ id: string }>>

  redeem(
    ref: string,
    request: RedemptionRequest,
    origin: Origin,
    idempotency: Idempotency | null,
  ): Promise<Result<RedemptionView>>
  getRedemption(id: string): Promise<Result<RedemptionView>>
  /** Newest first. */
  listRedemptions(query: {
    state?: RedemptionState
    limit: number
    cursor?: string
  }): Promise<Result<Page<RedemptionView>>>
  memberRedemptions(ref: string, page: { limit: number; cursor?: string }): Promise<Result<Page<RedemptionView>>>
  moveRedemption(
    id: string,
    step: RedemptionStep,
    input: { reason?: string | null },
    origin: Origin,
    idempotency: Idempotency | null,
  ): Promise<Result<RedemptionView>>
  listRewards(): Promise<RewardView[]>
  memberRewards(ref: string): Promise<Result<MemberRewardsView>>

  /** The most at stake first. */
  listAlerts(filter: AlertFilter): Promise<Result<Page<AlertView>>>
  getAlert(id: string): Promise<Result<AlertView>>
  moveAlert(
    id: string,
    step: AlertStepInput,
    origin: Origin,
    idempotency: Idempotency | null,
  ): Promise<Result<AlertView>>
  /**
   * One slice of the night's look: learns from the shop's history, judges every member, opens and closes alerts. Goes on
   * where the last slice ended, also in another process; begins anew when the last look is done and `begin` is given.
   */
  lookAhead(options: LookAheadOptions): Promise<LookAheadProgress>

  listInbox(page: { limit: number; cursor?: string }): Promise<Page<InboxRow>>
  retryInbox(id: string): Promise<Result<{ outcome: EventOutcome }>>
  listOutbox(page: { limit: number; cursor?: string }): Promise<Page<OutboxRow>>
  retryOutbox(id: number): Promise<Result<OutboxRow>>

  /** The payment with any of these names, as reconcile compares it. */
  findPayments(names: string[]): Promise<Map<string, PaymentBrief>>
  stats(): Promise<AppStats>
  /** Rebuilds everything from the journal and compares. `onProgress` gets 0..1. */
  verify(onProgress?: (done: number, total: number) => void): Promise<VerifyReport>

  /** `onProgress` gets what is done of what there is. */
  report<Name extends ReportName>(
    name: Name,
    period: ReportPeriod,
    onProgress?: (done: number, total: number) => void,
  ): Promise<Result<Reports[Name]>>
  /** The whole ledger, member by member, each newest first; a slice of members at a time. */
  exportLedger(after: string): Promise<{ lines: LedgerLine[]; members: number; next: string | null }>

  /** The clock's jobs: writes down what is due (holds over, expiries, tier ends), in slices; answers how many members it touched. */
  settleDue(limit: number): Promise<number>
  /** Brings the search index up to date for some members; answers how many. A search does so too. */
  indexMembers(): Promise<number>
  /** Delivers what is due in the outbox, of one vendor or of all; answers how many rows were tried. */
  drainOutbox(vendor?: string): Promise<number>

  /** Resume points of long work (backfill) and other small named values. */
  getSetting(name: string): Promise<string | null>
  putSetting(name: string, value: string): Promise<void>
}

// ---------------------------------------------------------------------------------------------------------------
// What the use cases need from the outside

export interface Clock {
  now(): number
}

/**
 * What became of one delivery. `wait`: not now (429, 423), no try is counted. `down`: the vendor does not answer. `refused`: this
 * row's own fault. `held`: this row's alone, and not its fault: tried again after a while, and the others go on.
 */
export type DeliveryOutcome =
  | { kind: 'done' }
  | { kind: 'learnt'; learnt: LearntFacts }
  | { kind: 'refused'; reason: string }
  | { kind: 'wait'; forMs: number }
  | { kind: 'down'; reason: string }
  | { kind: 'held'; reason: string }

/** Delivers the outbox rows of its kinds, which all go to one vendor. */
export interface Deliverer {
  vendor: string
  kinds: readonly string[]
  deliver(row: OutboxRow): Promise<DeliveryOutcome>
  /** The vendor would not know a second delivery for the first: of several processes, one delivers at a time. */
  isOneAtATime?: boolean
  /** Given where a vendor takes many at once: used instead, for as many rows of one kind as `most`. */
  together?: {
    kind: string
    most: number
    /** Not asked for more often than this, so that what changes again and again goes out once. */
    everyMs: number
    /** Outcomes in the order of the rows. */
    deliver(rows: readonly OutboxRow[]): Promise<DeliveryOutcome[]>
  }
}

export interface Logger {
  debug(message: string, fields?: Record<string, unknown>): void
  info(message: string, fields?: Record<string, unknown>): void
  warn(message: string, fields?: Record<string, unknown>): void
  error(message: string, fields?: Record<string, unknown>): void
}
