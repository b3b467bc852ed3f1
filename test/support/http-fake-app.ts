// An App that remembers what it was asked and answers what a test wants: for the HTTP edge alone.
import type { AdjustmentRequestView, ApprovalView } from '../../src/app/ports/approvals.ts'
import type { TransferRecord } from '../../src/app/ports/transfer.ts'
import type {
  AlertView,
  App,
  AwardView,
  EntryView,
  LookAheadProgress,
  MemberView,
  OutboxRow,
  ProgramInForce,
  RedemptionView,
  TierView,
} from '../../src/app/ports.ts'
import { parseProgram } from '../../src/program/parse.ts'
import { reports } from './reports.ts'

export const NOW = Date.parse('2026-11-22T09:30:00Z')

export const ada: MemberView = {
  id: 'mem_ada',
  email: 'ada@example.org',
  name: 'Ada Lovelace',
  phone: null,
  birthday: null,
  language: 'en',
  status: 'active',
  enrolledAt: '2024-03-01T10:00:00.000Z',
  points: {
    available: 1240,
    pending: 100,
    reserved: 0,
    earned: 1340,
    redeemed: 0,
    expired: 0,
    nextExpiry: { points: 300, at: '2026-12-31T23:00:00.000Z' },
  },
  tier: {
    id: 'gold',
    name: 'Gold',
    since: '2025-06-01T00:00:00.000Z',
    until: null,
    next: { id: 'platinum', name: 'Platinum', remaining: 760, by: '2026-12-31T23:00:00.000Z' },
  },
  perks: [{ id: 'wifi', name: 'Free wifi' }],
  spend: { total: 123_456, last12Months: 99_900, currency: 'usd' },
  purchases: 12,
  lastPurchaseAt: '2026-09-18T12:00:00.000Z',
  segment: null,
  badges: [],
  challenges: [{ id: 'three', name: 'Three in thirty', progress: 2, goal: 3, met: 0 }],
  referralCode: 'ADA-7F3K',
  autoRedeem: null,
  retention: null,
  feedback: [],
  stripeCustomers: ['cus_ada'],
}

export const looked: LookAheadProgress = {
  isDone: true,
  isElsewhere: false,
  phase: 'Done',
  done: 2,
  total: 2,
  finishedAt: '2026-11-22T03:00:04.000Z',
  judged: 2,
  opened: 1,
  closed: 0,
  failed: 0,
  model: { name: 'mbg_nbd', learntAt: '2026-11-20T03:00:02.000Z', customers: 2_357, sampled: 2_357, rightOfTen: 8 },
}

export const fiveOff: RedemptionView = {
  id: 'red_1',
  member: 'mem_ada',
  reward: 'five-off',
  name: '$5 off',
  kind: 'promotion_code',
  instructions: null,
  state: 'issued',
  charge: 'member',
  cost: 500,
  value: 500,
  points: 500,
  code: 'K7QXM-2HT9R',
  expiresAt: '2027-02-21T00:00:00.000Z',
  createdAt: '2026-11-22T09:30:00.000Z',
  issuedAt: '2026-11-22T09:30:01.000Z',
  endedAt: null,
  isEnding: false,
  reason: null,
  usedBy: null,
  again: null,
  grant: null,
  partner: null,
  requestedBy: 'api:writer',
  decidedBy: null,
  decision: null,
  isRefused: false,
  note: null,
}

export const lapse: AlertView = {
  id: 'alr_ada.lapse.2026-09-18',
  kind: 'overdue',
  state: 'open',
  member: { id: 'mem_ada', name: 'Ada Lovelace', email: 'ada@example.org', tier: { id: 'gold', name: 'Gold' } },
  openedAt: '2026-11-22T03:00:00.000Z',
  value: { amount: 41_200, currency: 'usd' },
  reason: 'Usually buys every 3 weeks; it has been 9.',
  facts: { usualDays: 21, daysSince: 65 },
  suggestion: { reward: 'five-off', name: '$5 off', cost: 500, charge: 'member' },
  assignee: null,
  snoozedUntil: null,
  outcome: null,
  resolvedAt: null,
  note: null,
  actedAt: null,
  cameBack: null,
  steps: [{ at: '2026-11-22T03:00:00.000Z', actor: 'clock', did: 'opened', detail: null }],
}

export const goodwill: EntryView = {
  seq: 7,
  at: '2026-11-22T09:30:00.000Z',
  recordedAt: '2026-11-22T09:30:00.000Z',
  kind: 'adjustment',
  points: 25,
  balance: 1265,
  code: 'adjusted',
  reason: '25 points added by hand',
  source: 'api:writer',
  actor: 'api:writer',
  note: 'Goodwill for a late parcel',
}

export const waitingPoints: AdjustmentRequestView = {
  id: 'adr_1',
  member: 'mem_ada',
  points: 1_500,
  state: 'waiting',
  createdAt: '2026-11-22T09:30:00.000Z',
  endedAt: null,
  requestedBy: 'slack:U0SAM',
  decidedBy: null,
  decision: null,
  note: 'A late parcel',
  reason: null,
}

export const waitingApproval: ApprovalView = {
  id: 'adr_1',
  kind: 'points',
  state: 'waiting',
  member: { id: 'mem_ada', name: 'Ada Lovelace', email: 'ada@example.org' },
  points: 1_500,
  reward: null,
  why: 'A late parcel',
  requestedBy: 'slack:U0SAM',
  askedAt: '2026-11-22T09:30:00.000Z',
  endedAt: null,
  decidedBy: null,
  decision: null,
  reason: null,
  redemption: null,
}

export const birthdayChoice: AwardView = {
  id: 'mem_ada.birthday.birthday.2026',
  occasion: 'birthday',
  rule: 'birthday',
  subject: '2026',
  at: '2026-11-22T00:00:00.000Z',
  recordedAt: '2026-11-22T09:30:00.000Z',
  state: 'open',
  points: 0,
  award: { points: 0, reward: null, badge: null, cause: null },
  options: [
    { points: 250, reward: null, badge: null, cause: null },
    { points: 0, reward: 'gift', badge: null, cause: null },
  ],
  chosen: null,
}

export const gold: TierView = {
  tier: 'gold',
  name: 'Gold',
  since: '2025-06-01T00:00:00.000Z',
  until: null,
  reason: 'Gold: 520 points',
}

export const waiting: OutboxRow = {
  id: 3,
  kind: 'stripe.customer',
  key: 'cus_ada',
  payload: { id: 'cus_ada' },
  revision: 1,
  tries: 0,
  state: 'waiting',
  reason: null,
  dueAt: NOW,
  createdAt: NOW,
}

const arriving: TransferRecord = { id: '3', digest: '0'.repeat(64), chunks: 1, taken: 0, state: 'arriving', at: NOW }

export function testProgram(over: Record<string, unknown> = {}): ProgramInForce {
  const parsed = parseProgram({ name: 'Corner Club', currency: 'usd', timezone: 'UTC', ...over })
  if (!parsed.ok) throw new Error('the program of the tests is not valid')
  return { program: parsed.program, version: 'v1', since: NOW }
}

export type Call = { [Name in keyof App]: [name: Name, ...args: Parameters<App[Name]>] }[keyof App]

/** What a test overrides replaces the answer; every call is recorded either way. */
export function createFakeApp(over: Partial<App> = {}): App & { calls: Call[] } {
  const calls: Call[] = []
  const standard: App = {
    program: () => testProgram(),
    mayStaff: async () => true,
    recordEvent: async () => 'recorded',
    recordEvents: async (events) => events.map(() => ({ outcome: 'recorded', isFailure: false })),
    learnFacts: async () => ({ changed: 0 }),
    getMember: async () => ({ ok: true, value: ada }),
    listMembers: async () => ({ ok: true, value: { items: [ada], next: null } }),
    ledger: async () => ({ ok: true, value: { items: [goodwill], next: null } }),
    exportMember: async () => ({ ok: true, value: { member: ada } }),
    wouldHaveEarned: async () => ({ ok: true, value: 320 }),
    memberTiers: async () => ({ ok: true, value: [gold] }),
    enrolMember: async () => ({ ok: true, value: ada }),
    updateMember: async () => ({ ok: true, value: ada }),
    adjustPoints: async () => ({ ok: true, value: goodwill }),
    recordAction: async () => ({ ok: true, value: goodwill }),
    listAwards: async () => ({ ok: true, value: { items: [birthdayChoice], next: null } }),
    chooseAward: async () => ({ ok: true, value: { ...birthdayChoice, state: 'given', chosen: 0 } }),
    mergeMembers: async () => ({ ok: true, value: ada }),
    eraseMember: async () => ({ ok: true, value: { id: ada.id } }),
    redeem: async () => ({ ok: true, value: fiveOff }),
    getRedemption: async () => ({ ok: true, value: fiveOff }),
    listRedemptions: async () => ({ ok: true, value: { items: [fiveOff], next: null } }),
    memberRedemptions: async () => ({ ok: true, value: { items: [fiveOff], next: null } }),
    moveRedemption: async () => ({ ok: true, value: fiveOff }),
    listRewards: async () => [],
    askForAdjustment: async () => ({ ok: true, value: { done: goodwill } }),
    decideAdjustment: async () => ({ ok: true, value: { ...waitingPoints, state: 'approved' } }),
    listAdjustmentRequests: async () => ({ ok: true, value: { items: [waitingPoints], next: null } }),
    getApproval: async () => ({ ok: true, value: waitingApproval }),
    listApprovals: async () => ({ items: [], hasMore: false }),
    givenToday: async () => ({ points: 0, limit: 5_000 }),
    memberRewards: async () => ({ ok: true, value: { available: 1240, rewards: [] } }),
    listAlerts: async () => ({ ok: true, value: { items: [lapse], next: null } }),
    getAlert: async () => ({ ok: true, value: lapse }),
    moveAlert: async () => ({ ok: true, value: lapse }),
    lookAhead: async () => looked,
    listInbox: async () => ({ items: [], next: null }),
    retryInbox: async () => ({ ok: true, value: { outcome: 'recorded' } }),
    listOutbox: async () => ({ items: [waiting], next: null }),
    retryOutbox: async () => ({ ok: true, value: waiting }),
    findPayments: async () => new Map(),
    stats: async () => ({
      members: 2,
      payments: 3,
      entries: 4,
      outboxWaiting: 5,
      outboxParked: 6,
      inboxParked: 7,
      lookedAheadAt: NOW,
    }),
    verify: async () => ({ members: 0, payments: 0, entries: 0, postings: 0, discrepancies: [], restless: 0 }),
    report: async (name) => ({ ok: true, value: reports[name] }),
    verifySlice: async () => ({
      ...{ members: 0, payments: 0, entries: 0, postings: 0, discrepancies: [], restless: 0 },
      next: null,
    }),
    transferStatus: async () => ({
      isPaused: true,
      migrations: ['0001_init.sql'],
      tables: [{ name: 'setting', columns: ['name', 'value'], rows: 1 }],
      mark: '0',
      transfer: null,
      isUnused: false,
      stripeMode: 'test',
      isSandbox: false,
      program: { stored: 'v1', host: 'v1' },
    }),
    transferPage: async () => ({ ok: true, value: { rows: [['a', '1']], next: ['a'] } }),
    beginTransfer: async () => ({ ok: true, value: arriving }),
    takeChunk: async () => ({ ok: true, value: arriving }),
    indexTransfer: async () => ({ ok: true, value: { left: 0 } }),
    finishTransfer: async () => ({ ok: true, value: { ...arriving, state: 'done' } }),
    clearTransfer: async () => ({ ok: true, value: { isCleared: true } }),
    exportLedger: async () => ({
      lines: [{ member: ada.id, email: ada.email, entry: goodwill }],
      members: 1,
      next: null,
    }),
    settleDue: async () => 0,
    indexMembers: async () => 0,
    drainOutbox: async () => 0,
    getSetting: async () => null,
    putSetting: async () => {},
    contactsOf: async () => [],
    noteContacts: async () => {},
    postedOf: async () => [],
    postedIn: async () => [],
    postedSince: async () => [],
    notePosted: async () => {},
    forgetPosted: async () => {},
    queueDigest: async () => false,
    claimDigest: async () => true,
    releaseDigest: async () => {},
    glance: async () => null,
    periodFigures: async () => {
      throw new Error('not asked for over HTTP')
    },
    outboxStanding: async () => [],
    retryParked: async () => 0,
    listMergeProposals: async () => [],
    dismissMergeProposal: async () => ({ ok: true, value: null }),
    staffLanguage: async () => null,
    findMembers: async () => ({ items: [], total: 0, isMore: false }),
    similarMembers: async () => [],
    mentionedMembers: async () => [],
    closeUp: async () => ({ ok: true, value: { money: [], nextAvailable: null } }),
    stripeMode: async () => null,
    putStaffLanguage: async () => {},
    recordContactEvents: async (events) => ({ recorded: events.length }),
    contactsAfter: async () => ({ contacts: [], next: null, total: 0 }),
    resyncContacts: async () => {},
    queueContacts: async () => {},
    holdContacts: async () => true,
    releaseContacts: async () => {},
    holdPayments: async () => true,
    releasePayments: async () => {},
    contactsWaiting: async () => ({ waiting: 0, parked: 0, nextAt: null }),
    refusedContacts: async () => ({
      items: [{ member: ada.id, record: '1001', reason: 'Enter only letters', at: '2026-11-20T10:00:00.000Z' }],
      next: null,
    }),
  }
  const chosen: App = { ...standard, ...over }
  const recording = new Proxy(chosen, {
    get: (target, name, receiver) => {
      const method: unknown = Reflect.get(target, name, receiver)
      if (typeof method !== 'function') return method
      return (...args: unknown[]) => {
        calls.push([name, ...args] as Call)
        return method(...args)
      }
    },
  })
  return Object.assign(recording, { calls })
}
