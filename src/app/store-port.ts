/**
 * What the use cases need from a database. There are no interactive transactions (D1 has none): a unit of work is a
 * pure function of what it reads. The store may run it several times; it commits all of what the last run asked for, or
 * nothing.
 */
import type { AdjustmentRequest } from '../core/adjustment-request.ts'
import type { Alert, AlertKind, AlertState, Feedback } from '../core/alert-state.ts'
import type { LotReader } from '../core/books.ts'
import type { InvoiceFailureFact, SubscriptionFact } from '../core/facts.ts'
import type { MemberHistory } from '../core/member-progress.ts'
import type { LotBrief } from '../core/report-breakage.ts'
import type { Grant, Occasion, Redemption, RedemptionState } from '../core/reward-state.ts'
import type { Effect, Entry, Lot, Member, Payment } from '../core/state.ts'
import type { PaidPurchase } from '../retention/metrics.ts'
import type { Risk } from '../retention/types.ts'
import type { PostedMessage } from './ports/staffroom.ts'
import type { TransferChunk, TransferPage, TransferRecord, TransferRow, TransferStatus } from './ports/transfer.ts'
import type { Idempotency, InboxRow, MemberStatus, OutboxRow, Page, PaymentBrief, StoreStats } from './ports.ts'

/** Reads of one unit, all as of the same moment. Objects are copies that may be changed. */
export interface Tx {
  /** What these names stand for (payments, members, events seen); unknown ones are left out. */
  names(names: readonly string[]): Map<string, string>
  payments(ids: readonly string[]): Map<string, Payment>
  members(ids: readonly string[]): Map<string, Member>
  /** Whose referral code this is, also of somebody who became part of another; null when nobody's. */
  memberWithCode(code: string): string | null
  lots(member: string): LotReader
  history(member: string): MemberHistory
  /** Payments of the member that earned nothing because they were no member yet, since the instant, oldest first. */
  uncreditedPayments(member: string, since: number): Payment[]
  /** Every payment of the member, oldest first. */
  paymentsOf(member: string): Payment[]
  /** The stored outcome of a call with this key: `hash` is of the content it came with. */
  answered(key: Idempotency): { hash: string; outcome: string } | null
  /** Sums of the member's accounts over entries that count at or before `at`. */
  balancesAsOf(
    member: string,
    at: number,
  ): Record<'available' | 'pending' | 'reserved' | 'redeemed' | 'expired', number>
  /** Net spend and number of purchases since the instant. */
  spendSince(member: string, since: number): { spendMinor: number; purchases: number }
  /** The nearest end after `now` of dated, available points, and how many end then; null when none does. */
  nextExpiry(member: string, now: number): { at: number; points: number } | null
  /** Open points that end by inactivity, summed by their terms. */
  idlePoints(member: string): { idleMonths: number; notBefore: number | null; earnedAt: number; points: number }[]
  /** The first entry of the member about this lot, award or adjustment. */
  entryAbout(member: string, about: string): LedgerRow | null
  /** When these members' tiers were reached or ended, oldest first, and the sentences that say why. */
  tierNotes(members: readonly string[]): { at: number; reason: string }[]
  grants(ids: readonly string[]): Map<string, Grant>
  /** The member's grants, oldest first: of one occasion or rule, at or after an instant, or all. */
  grantsOf(member: string, only?: GrantFilter): Grant[]
  redemptions(ids: readonly string[]): Map<string, Redemption>
  /** The member's redemptions, oldest first. */
  redemptionsOf(member: string): Redemption[]
  adjustmentRequests(ids: readonly string[]): Map<string, AdjustmentRequest>
  /** What staff asked to give this member, oldest first. */
  adjustmentRequestsOf(member: string): AdjustmentRequest[]
  /** Counts that several may want to raise at once; those never raised are left out. */
  counters(names: readonly string[]): Map<string, Counter>
  /** What is known of the subscriptions of these Stripe customers. */
  subscriptionsOf(customers: readonly string[]): SubscriptionFact[]
  alerts(ids: readonly string[]): Map<string, Alert>
  /** Every alert of the member, oldest first, those held out included. */
  alertsOf(member: string): Alert[]
  /** The newest first. */
  feedbackOf(member: string, limit: number): Feedback[]
  /** Their kept purchases, oldest first; net spend in minor units of the program's currency. */
  purchasesOf(member: string): Purchase[]
  /** Failed payments of invoices of these Stripe customers, oldest first. */
  invoiceFailuresOf(customers: readonly string[]): InvoiceFailureFact[]
  contacts(members: readonly string[]): Map<string, StoredContact>
  contactsByRecord(records: readonly string[]): StoredContact[]
  /** What was last made known of members by models. */
  outlooks(members: readonly string[]): Map<string, StoredOutlook>
  setting(name: string): string | null
  /** The stored text of a program that was in force once. */
  program(version: string): string | null
  inbox(id: string): ParkedEvent | null
}

export interface Purchase {
  at: number
  spendMinor: number
  /** A later invoice of a subscription. */
  isRenewal: boolean
}

export interface GrantFilter {
  occasion?: Occasion
  rule?: string
  since?: number
}

/** `version` is 0 while it was never raised. */
export interface Counter {
  name: string
  version: number
  value: number
}

export interface ParkedEvent {
  id: string
  type: string
  reason: string
  payload: string
  receivedAt: number
  eventAt: number
  tries: number
}

/** Everything that one unit changes; written together. */
export interface Changes {
  /** New names. Should one exist by then, the unit is run again. */
  names?: [name: string, target: string][]
  /** Names that change what they stand for. */
  renames?: [name: string, target: string][]
  dropNames?: string[]
  payments?: Payment[]
  members?: Member[]
  /** Members whose name, e-mail or phone changed: they are indexed anew. */
  reindex?: string[]
  lots?: Lot[]
  /** In the order in which they happened. */
  entries?: Entry[]
  grants?: Grant[]
  redemptions?: Redemption[]
  adjustmentRequests?: AdjustmentRequest[]
  /** Their new values. Should one have changed by then, the unit is run again. */
  counters?: Counter[]
  alerts?: Alert[]
  /** New ones, or the same again. */
  feedback?: Feedback[]
  /** What was last made known of members; a later one takes an earlier one's place. */
  outlooks?: StoredOutlook[]
  contacts?: StoredContact[]
  /** Members whose contact is forgotten; before others are put. */
  dropContacts?: string[]
  effects?: Effect[]
  answer?: Idempotency & { outcome: string; member: string | null; at: number }
  settings?: [name: string, value: string][]
  park?: ParkedEvent[]
  unpark?: string[]
  subscriptions?: SubscriptionFact[]
  invoiceFailures?: InvoiceFailureFact[]
  /** Pairs of members that may be one person; proposing twice changes nothing. */
  mergeProposals?: { member: string; other: string; at: number }[]
  /** Proposals, either way round, that are not to be shown again. */
  dismissMerges?: { member: string; other: string; at: number }[]
  /** Everything of one member goes to another: payments, lots, entries stay where they were written. */
  handOver?: { from: string; to: string }
  /** Personal data to be forgotten: notes of entries, stored answers of the member, what is kept of their subscriptions and failed invoices. */
  forget?: { members: readonly string[]; customers: readonly string[]; emails: readonly string[] }
  /** Outbox rows about something that is no more. */
  dropEffects?: { kind: string; key: string }[]
}

export interface Decided<Outcome> {
  outcome: Outcome
  changes: Changes | null
}

/** A unit of work. Must be a function of what it reads and of values fixed before: it may run more than once. */
export type Unit<Outcome> = (tx: Tx) => Decided<Outcome>

export interface LedgerRow extends Entry {
  seq: number
}

/** The database's programs: each version that ever was in force. */
export interface StoredProgram {
  version: string
  body: string
  since: number
}

/** Points that went from one account to another, summed by quarter of an hour of record. Merges are left out. */
export interface Movement {
  /** Quarters of an hour since 1970. */
  quarter: number
  /** Accounts by their full names, members' by their last word: `available`, `pending`, `reserved`. */
  source: string
  target: string
  points: number
  /** Where points were forfeited: of which lot. */
  lot: string | null
}

/** What reports read: slices that are each quick, in order of a key. */
export interface ReportReads {
  /** Of the entries after one number up to another. */
  movements(after: number, upTo: number): Promise<Movement[]>
  lotsAfter(id: string, limit: number): Promise<LotBrief[]>
  /** What members owe together, 0 or less: of those after one number up to another. */
  pointsOwed(after: number, upTo: number): Promise<number>
  grantsAfter(id: string, limit: number): Promise<Grant[]>
  redemptionsAfter(id: string, limit: number): Promise<Redemption[]>
  /** Rewards on their way, or waiting to be used. */
  openRedemptions(): Promise<{ reward: string; open: number }[]>
  /** Members' versions as they are now: whatever happens to their books raises them. */
  memberVersions(ids: readonly string[]): Promise<Map<string, number>>
}

/** What was last made known of a member by models: probabilities in steps, so that most nights change nothing. */
export interface StoredOutlook {
  member: string
  at: number
  risk: Risk
  rfm: string | null
  probabilityAlive: number
  expected90: number
  lifetimeValueMinor: number
  /** Their newest purchase as it was known then. */
  lastPurchaseAt: number | null
}

/** A member's contact in the CRM. */
export interface StoredContact {
  member: string
  /** Null while there is none. */
  record: string | null
  state: 'linked' | 'none' | 'refused'
  /** Why it is refused, in the CRM's words. */
  reason: string | null
  /** A short hash of each property as last written. */
  written: Record<string, string>
  at: number
}

export interface ContactReads {
  /** Everybody but candidates, by number. */
  contactNumbersAfter(after: number, limit: number): Promise<{ n: number; id: string }[]>
  /** How much of one kind of effects waits, and is parked. */
  effectsStanding(kind: string): Promise<{ waiting: number; parked: number; nextAt: number | null }>
  /** Members of whom nothing was ever written, and who do not wait for it by this kind of effect. */
  unwrittenMembers(kind: string): Promise<number>
  /** The newest first. `before`: the cursor, as `[at, member]`. */
  refusedContacts(page: { limit: number; before: readonly [number, string] | null }): Promise<StoredContact[]>
}

/** A member with what the night's look needs; numbered in the order of their coming. */
export interface MemberPurchases {
  n: number
  member: Member
  /** Kept, oldest first. */
  purchases: Purchase[]
  outlook: StoredOutlook | null
}

/** What somebody bought and kept, summed up. */
export interface StandingBrief {
  n: number
  purchases: number
  spendMinor: number
  lastPurchaseAt: number | null
}

export type { PaidPurchase }

/** A customer with what they paid and kept, in the currencies they paid in: for figures. */
export interface CustomerPayments {
  n: number
  member: Member
  /** Oldest first. */
  paid: PaidPurchase[]
  /** What is still to come from them, as the last look at them had it; null where there was none. */
  expectedMinor: number | null
}

/** What models learn, is remembered of members, and is shown as alerts. */
export interface RetentionReads {
  /** Members by their numbers, each with all they bought: a slice of the night's look. */
  membersWithPurchases(slice: { after: number; limit: number }): Promise<MemberPurchases[]>
  /** Histories alone, of some members by their numbers: to learn from. */
  purchasesAfter(slice: { after: number; limit: number }): Promise<{ n: number; id: string; purchases: Purchase[] }[]>
  /** What members' quintiles are made of, by their numbers. */
  standingsAfter(slice: { after: number; limit: number }): Promise<StandingBrief[]>
  /** Members by their numbers, each with what they paid: a slice of a report. */
  customersAfter(slice: { after: number; limit: number }): Promise<CustomerPayments[]>
  /** The newest of a kind; null while there is none. */
  newestModel(kind: ModelKind): Promise<{ at: number; body: string } | null>
  /** Every one of a kind, oldest first. */
  models(kind: ModelKind): Promise<{ at: number; body: string }[]>
  putModel(kind: ModelKind, at: number, body: string): Promise<void>
  /** Alerts of one state, the most at stake first. Snoozed ones are `open` with a time to come. */
  alertsPage(query: AlertQuery): Promise<Alert[]>
  alertsAfter(id: string, limit: number): Promise<Alert[]>
  feedbackAfter(id: string, limit: number): Promise<Feedback[]>
  subscriptionsAfter(id: string, limit: number): Promise<SubscriptionFact[]>
}

/** `fit`: parameters of the models; `rfm`: bounds of the quintiles; `renewals`: how long subscriptions last. */
export type ModelKind = 'fit' | 'rfm' | 'renewals'

export interface AlertQuery {
  /** `snoozed`: open, to be shown later. */
  state: Exclude<AlertState, 'held_out'> | 'snoozed'
  kind: AlertKind | null
  member: string | null
  assignee: string | null
  now: number
  limit: number
  /** The cursor, as `[valueMinor, id]`. */
  before: readonly [number, string] | null
}

/** What was posted for staff, and where. */
export interface PostedStore {
  postedOf(subjects: readonly string[]): Promise<PostedMessage[]>
  postedIn(channel: string, message: string): Promise<PostedMessage[]>
  postedSince(prefix: string, since: number): Promise<PostedMessage[]>
  putPosted(messages: readonly PostedMessage[]): Promise<void>
  dropPosted(subjects: readonly string[]): Promise<void>
}

/** A member as a glance at the whole shop needs them. */
export interface MemberBrief {
  n: number
  id: string
  status: Member['status']
  /** When they enrolled; of a candidate when they came. */
  joinedAt: number
  available: number
  pending: number
  reserved: number
  redeemed: number
  expired: number
  purchases: number
  lastPurchaseAt: number | null
  /** As last made known; null while nothing was. */
  risk: Risk | null
  /** Kept purchases since the instant asked for, oldest first; minor units of the program's currency. */
  recent: { at: number; spendMinor: number }[]
}

/** Effects of one kind; instants when the first of them was queued. */
export interface EffectStanding {
  kind: string
  waiting: number
  parked: number
  failingSince: number | null
  failingReason: string | null
  refusedSince: number | null
  refusedReason: string | null
}

export interface StoredMergeProposal {
  member: string
  other: string
  at: number
}

/** What staff see at a glance, and keep in order. */
export interface DeskReads {
  /** Members by their numbers, those who became part of others included. */
  memberBriefsAfter(slice: { after: number; limit: number; since: number }): Promise<MemberBrief[]>
  outboxByKind(): Promise<EffectStanding[]>
  parkedOfKind(kind: string, limit: number): Promise<number[]>
  /** Those that nobody dismissed, the newest first. */
  mergeProposals(limit: number): Promise<StoredMergeProposal[]>
}

/** All rows, as they move between hosts (ports/transfer.ts). It writes also where everything else is paused. */
export interface StoredTransfers {
  status(): Promise<Omit<TransferStatus, 'isPaused' | 'program'> & { program: string | null }>
  record(): Promise<TransferRecord | null>
  /** Null where there is no such table or key. */
  page(table: string, after: TransferRow | null): Promise<TransferPage | null>
  /** Writes the record, and takes away what a host wrote at its start; nothing where there is a record. */
  begin(record: TransferRecord): Promise<void>
  take(id: string, number: number, chunk: TransferChunk): Promise<TakenChunk>
  /** Answers how many members are left. */
  index(): Promise<number>
  /** Null where it is another, or has not all its chunks. */
  finish(id: string): Promise<TransferRecord | null>
  /** Takes some of it back: whether that was all. Null where it is another or finished. */
  clear(id: string): Promise<boolean | null>
}

/** `taken`: it is stored. `early`: others must be stored before it. `unknown`: no table of ours has these columns. */
export type TakenChunk =
  | { kind: 'taken' | 'early'; record: TransferRecord }
  | { kind: 'another'; record: TransferRecord | null }
  | { kind: 'unknown' }

export interface Store extends ReportReads, RetentionReads, ContactReads, PostedStore, DeskReads {
  /** @throws StoreUnavailable when it cannot be committed now. */
  commit<Outcome>(unit: Unit<Outcome>): Promise<Outcome>
  /**
   * Commits many units, each by itself as `commit` does, in any order: one that fails is not the others' concern. They take as
   * few commits as the database needs for them. Never rejects.
   */
  commitAll<Outcome>(units: readonly Unit<Outcome>[]): Promise<PromiseSettledResult<Outcome>[]>
  /** Reads without changing anything, as of one moment. */
  read<Outcome>(unit: (tx: Tx) => Outcome): Promise<Outcome>

  /** Brings the search index up to date for some members; answers how many. A search does so too. */
  indexMembers(): Promise<number>
  searchMembers(query: {
    text: string
    status: MemberStatus | null
    limit: number
    cursor: string | null
  }): Promise<Page<Member>>
  /** Up to `most` of them, the newest, those first who are meant most likely. `isMore`: there are others. */
  findMembers(query: {
    text: string
    status: MemberStatus | null
    most: number
  }): Promise<{ members: Member[]; isMore: boolean }>
  /** Members, not candidates, whose words are a few letters off, the nearest first. */
  similarMembers(query: { text: string; limit: number }): Promise<Member[]>
  /** Members, not candidates, whose names stand in the text. */
  mentionedMembers(query: { text: string; limit: number }): Promise<Member[]>
  /** What the member paid, the newest first. */
  newestPayments(member: string, limit: number): Promise<Payment[]>
  /** Entries of these members together, newest first. */
  ledgerOf(members: readonly string[], page: { limit: number; before: number | null }): Promise<LedgerRow[]>
  /** Members with something due at or before `now`, the longest due first. */
  dueMembers(now: number, limit: number): Promise<string[]>
  dueEffects(query: { kinds: readonly string[]; now: number; limit: number }): Promise<OutboxRow[]>
  /** The delivery of this revision is over; a change since then keeps the row. */
  acknowledge(rows: readonly { id: number; revision: number }[]): Promise<void>
  postpone(
    rows: readonly { id: number; revision: number; dueAt: number; reason: string; park: boolean; counts: boolean }[],
  ): Promise<void>
  outboxPage(page: { limit: number; after: number }): Promise<OutboxRow[]>
  outboxRow(id: number): Promise<OutboxRow | null>
  /** Puts a parked row back in line; null when there is none. */
  reviveEffect(id: number, now: number): Promise<OutboxRow | null>
  inboxPage(page: { limit: number; after: string }): Promise<InboxRow[]>

  /** Redemptions newest first, of one state or all. `before`: the cursor, as `[createdAt, id]`. */
  redemptionsPage(page: {
    state: RedemptionState | null
    limit: number
    before: readonly [number, string] | null
  }): Promise<Redemption[]>

  /** Points asked for, newest first, of one state or all. `before`: the cursor, as `[createdAt, id]`. */
  adjustmentRequestsPage(page: {
    state: AdjustmentRequest['state'] | null
    limit: number
    before: readonly [number, string] | null
  }): Promise<AdjustmentRequest[]>

  /** Awards of one member, newest first. `before`: the cursor, as `[at, id]`. */
  grantsPage(page: { member: string; limit: number; before: readonly [number, string] | null }): Promise<Grant[]>

  /**
   * Has every active member looked at from `now` on, in slices: of those after one number up to another, members being
   * numbered in the order of their coming. The setting that says how far it came is written together with them.
   */
  wakeMembers(slice: {
    after: number
    upTo: number
    now: number
    setting: [name: string, value: string]
  }): Promise<void>
  /** The number of the newest member; 0 while there is none. */
  newestMember(): Promise<number>

  programs(): Promise<StoredProgram[]>
  putProgram(program: StoredProgram): Promise<void>
  findPayments(names: readonly string[]): Promise<Map<string, PaymentBrief>>
  stats(): Promise<StoreStats>
  /** Rows in slices for `verify`, export and rebuilds, by ascending id. */
  membersAfter(id: string, limit: number): Promise<Member[]>
  membersOf(ids: readonly string[]): Promise<Member[]>
  paymentsAfter(id: string, limit: number): Promise<Payment[]>
  paymentsOfMembers(members: readonly string[]): Promise<Payment[]>
  redemptionsOfMembers(members: readonly string[]): Promise<Redemption[]>
  entriesOf(members: readonly string[]): Promise<LedgerRow[]>
  lotsOf(members: readonly string[]): Promise<Lot[]>
  transfers: StoredTransfers
  close(): Promise<void>
}
