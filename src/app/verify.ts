/**
 * Holds everything that is kept for speed against the journal it came from: balances, lots, running balances, payments'
 * postings, members' totals and tiers. Reads in slices, so a running server is not held up, and a member's books together,
 * so that what it writes meanwhile is no difference.
 */
import { shown } from '../core/books.ts'
import { BALANCES, balanceOf, type Rebuilt, rebuild } from '../core/rebuild.ts'
import type { Lot, Member, Payment } from '../core/state.ts'
import type { Context } from './context.ts'
import { type BooksSlice, type MemberBooks, memberBooks, memberBooksAfter } from './member-books.ts'
import type { VerifyCursor, VerifySlice } from './ports/transfer.ts'
import type { Discrepancy, VerifyReport } from './ports.ts'
import type { LedgerRow } from './store-port.ts'
import { createRedemptionCheck, type RedemptionCounts } from './verify-redemptions.ts'
import { createTierCheck } from './verify-tiers.ts'

/** So many differences are listed; more would only be scrolled past. */
const LISTED_LIMIT = 1_000

export async function verify(
  context: Context,
  onProgress?: (done: number, total: number) => void,
): Promise<VerifyReport> {
  const { store } = context
  const report = emptyReport()
  const total = (await store.stats()).members
  const check = await createCheck(context, report, null)
  for await (const slice of memberBooks(store)) {
    check.slice(slice)
    onProgress?.(report.members, Math.max(total, report.members))
  }
  if (report.restless === 0) await check.end()
  return report
}

/** The same of some members, for hosts that cannot work for long at a time. What adds up over all comes with the last. */
export async function verifySlice(context: Context, cursor: VerifyCursor | null): Promise<VerifySlice> {
  const report = emptyReport()
  const check = await createCheck(context, report, cursor)
  const { next, ...slice } = await memberBooksAfter(context.store, cursor?.after ?? '')
  check.slice(slice)
  const restless = (cursor?.restless ?? 0) + report.restless
  if (next !== null) return { ...report, next: { after: next, restless, ...check.counts() } }
  if (restless === 0) await check.end()
  return { ...report, next: null }
}

const emptyReport = (): VerifyReport => ({
  members: 0,
  payments: 0,
  entries: 0,
  postings: 0,
  discrepancies: [],
  restless: 0,
})

async function createCheck(context: Context, report: VerifyReport, counts: RedemptionCounts | null) {
  const note = (discrepancy: Discrepancy): void => {
    if (report.discrepancies.length < LISTED_LIMIT) report.discrepancies.push(discrepancy)
  }
  const tierOf = await createTierCheck(context)
  const redemptions = await createRedemptionCheck(context, counts)
  return {
    slice: ({ books, restless }: BooksSlice): void => {
      for (const rows of books) {
        verifyMember(rows, report, note)
        for (const discrepancy of tierOf(rows)) note(discrepancy)
        for (const discrepancy of redemptions.ofMember(rows)) note(discrepancy)
      }
      report.members += books.length
      report.restless += restless
    },
    /** To be called once nobody is left out: without those who changed at every look, it is not known how many there are. */
    end: async (): Promise<void> => {
      for (const discrepancy of await redemptions.ofStock()) note(discrepancy)
    },
    counts: redemptions.counts,
  }
}

type Note = (discrepancy: Discrepancy) => void

function verifyMember(rows: MemberBooks, report: VerifyReport, note: Note): void {
  const { member, entries, lots, payments } = rows
  const rebuilt = verifyEntries(entries, report, note)
  const expect = (what: string, id: string, expected: unknown, found: unknown): void => {
    if (expected !== found) note({ what, id, expected: String(expected), found: String(found) })
  }
  for (const account of BALANCES) expect(`balance ${account}`, member.id, rebuilt.balances[account], member[account])
  verifyLots(member, lots, expect)
  if (!rebuilt.joined) rebuildLots(rebuilt, lots, expect)
  for (const payment of payments) verifyPayment(payment, entries, lots, rebuilt.joined, expect)
  const counted = payments.filter((payment) => payment.counted.at !== null)
  const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0)
  expect('spend', member.id, sum(counted.map((payment) => payment.counted.spendMinor)), member.spendMinor)
  expect('purchases', member.id, sum(counted.map((payment) => payment.counted.purchases)), member.purchases)
  report.payments += payments.length
}

/** Each entry by itself, and the balance that stands beside it. */
function verifyEntries(entries: readonly LedgerRow[], report: VerifyReport, note: Note): Rebuilt {
  return rebuild(entries, (entry, available) => {
    report.entries++
    report.postings += entry.postings.length
    const id = String(entry.seq)
    for (const [, , points] of entry.postings)
      if (!(Number.isSafeInteger(points) && points > 0))
        note({ what: 'posting', id, expected: 'whole points above 0', found: String(points) })
    const change = entry.postings.reduce((sum, posting) => sum + shown(posting), 0)
    if (change !== entry.points)
      note({ what: 'entry points', id, expected: String(change), found: String(entry.points) })
    if (available !== entry.balance)
      note({ what: 'entry balance', id, expected: String(available), found: String(entry.balance) })
    if (entry.reason === '') note({ what: 'entry reason', id, expected: 'a sentence', found: 'none' })
  })
}

type Expect = (what: string, id: string, expected: unknown, found: unknown) => void

function verifyLots(member: Member, lots: readonly Lot[], expect: Expect): void {
  for (const lot of lots) {
    expect('lot', lot.id, lot.points, lot.remaining + lot.spent + lot.expired)
    for (const part of ['points', 'remaining', 'spent', 'expired'] as const)
      if (lot[part] < 0) expect(`lot ${part}`, lot.id, '0 or more', lot[part])
  }
  const open = (state: Lot['state']): number =>
    lots.filter((lot) => lot.state === state).reduce((sum, lot) => sum + lot.remaining, 0)
  expect('lots pending', member.id, open('pending'), member.pending)
  // What is owed is below zero and in no lot.
  expect('lots available', member.id, open('available'), Math.max(0, member.available))
}

/** Each lot as the journal tells it. */
function rebuildLots({ lots: told }: Rebuilt, lots: readonly Lot[], expect: Expect): void {
  for (const lot of lots) {
    const found = told.get(lot.id) ?? { points: 0, remaining: 0, spent: 0, expired: 0, forgiven: 0 }
    for (const part of ['points', 'remaining', 'spent', 'expired', 'forgiven'] as const)
      expect(`lot ${part} by the journal`, lot.id, found[part], lot[part])
  }
}

/** What a payment says was posted for it is what its entries posted and what its lots hold. */
function verifyPayment(
  payment: Payment,
  entries: readonly LedgerRow[],
  lots: readonly Lot[],
  joined: boolean,
  expect: Expect,
): void {
  for (const [rule, points] of Object.entries(payment.posted)) {
    const lot = lots.find((one) => one.id === `${payment.id}/${rule}`)
    expect('payment lot', `${payment.id}/${rule}`, points, lot?.points ?? 0)
  }
  if (joined) return
  const posted = Object.values(payment.posted).reduce((sum, points) => sum + points, 0)
  const own = entries.filter((entry) => entry.about?.startsWith(`${payment.id}/`)).flatMap((entry) => entry.postings)
  const fromProgram = own.reduce(
    (sum, [from, to, points]) =>
      sum + (balanceOf(from) === 'program' ? points : 0) - (balanceOf(to) === 'program' ? points : 0),
    0,
  )
  expect('payment postings', payment.id, posted, fromProgram)
}
