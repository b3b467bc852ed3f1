// The reads of a unit, from memory. It hands out the objects themselves (memory-data.ts says why it may).
import type { Counter, GrantFilter, LedgerRow, Purchase, StoredContact, StoredOutlook, Tx } from '../app/store-port.ts'
import type { Alert, Feedback } from '../core/alert-state.ts'
import type { LotReader } from '../core/books.ts'
import type { InvoiceFailureFact, SubscriptionFact } from '../core/facts.ts'
import { type MemberHistory, oldestFirst, type StoredContribution } from '../core/member-progress.ts'
import { balanceOf } from '../core/rebuild.ts'
import type { Grant, Redemption } from '../core/reward-state.ts'
import type { Member, Payment } from '../core/state.ts'
import type { MemoryData } from './memory-data.ts'
import { MemoryLots } from './memory-lots.ts'

export class MemoryTx implements Tx {
  readonly #data: MemoryData

  constructor(data: MemoryData) {
    this.#data = data
  }

  names(names: readonly string[]): Map<string, string> {
    return found(names, (name) => this.#data.names.get(name))
  }

  payments(ids: readonly string[]): Map<string, Payment> {
    return found(ids, (id) => this.#data.payments.get(id))
  }

  members(ids: readonly string[]): Map<string, Member> {
    return found(ids, (id) => this.#data.members.get(id))
  }

  lots(member: string): LotReader {
    return new MemoryLots(this.#data.lots, member)
  }

  history(member: string): MemberHistory {
    return createMemoryHistory(() => this.#data.payments.of(member))
  }

  uncreditedPayments(member: string, since: number): Payment[] {
    return this.paymentsOf(member).filter(
      ({ eligible, counted: { at } }) => eligible === false && at !== null && at >= since,
    )
  }

  paymentsOf(member: string): Payment[] {
    const time = ({ counted, seenAt }: Payment): number => counted.at ?? seenAt
    return this.#data.payments.of(member).sort((a, b) => time(a) - time(b) || (a.id < b.id ? -1 : 1))
  }

  /** Nobody calls with a key here. */
  answered(): null {
    return null
  }

  balancesAsOf(member: string, at: number): ReturnType<Tx['balancesAsOf']> {
    const balances = { available: 0, pending: 0, reserved: 0, redeemed: 0, expired: 0 }
    const add = (account: string, points: number): void => {
      const balance = balanceOf(account)
      if (balance in balances) balances[balance as keyof typeof balances] += points
    }
    for (const entry of this.#journalOf(member)) {
      if (entry.at > at) continue
      for (const [from, to, points] of entry.postings) {
        add(from, -points)
        add(to, points)
      }
    }
    return balances
  }

  spendSince(member: string, since: number): { spendMinor: number; purchases: number } {
    const counted = this.#data.payments
      .of(member)
      .flatMap((payment) => (payment.counted.at !== null && payment.counted.at >= since ? [payment.counted] : []))
    return {
      spendMinor: counted.reduce((sum, { spendMinor }) => sum + spendMinor, 0),
      purchases: counted.reduce((sum, { purchases }) => sum + purchases, 0),
    }
  }

  nextExpiry(member: string, now: number): { at: number; points: number } | null {
    const dated = this.#available(member).flatMap(({ idleMonths, expiresAt, notBefore, remaining }) =>
      idleMonths !== null || expiresAt === null
        ? []
        : [{ at: Math.max(expiresAt, notBefore ?? expiresAt), points: remaining }],
    )
    const at = Math.min(...dated.map((one) => one.at).filter((end) => end > now))
    if (!Number.isFinite(at)) return null
    return { at, points: dated.reduce((sum, one) => (one.at === at ? sum + one.points : sum), 0) }
  }

  idlePoints(member: string): ReturnType<Tx['idlePoints']> {
    return this.#available(member).flatMap(({ idleMonths, notBefore, earnedAt, remaining }) =>
      idleMonths === null ? [] : [{ idleMonths, notBefore, earnedAt, points: remaining }],
    )
  }

  #available(member: string) {
    return this.#data.lots.of(member).filter(({ remaining, state }) => remaining > 0 && state === 'available')
  }

  entryAbout(member: string, about: string): LedgerRow | null {
    return this.#journalOf(member).find((entry) => entry.about === about) ?? null
  }

  #journalOf(member: string): readonly LedgerRow[] {
    const { journal } = this.#data
    if (journal === null) throw new Error('this simulation keeps no journal')
    return journal.get(member) ?? []
  }

  tierNotes(members: readonly string[]): { at: number; reason: string }[] {
    return members
      .flatMap((member) => this.#journalOf(member))
      .filter(({ code }) => code === 'tier_reached' || code === 'tier_ended')
      .map(({ at, reason }) => ({ at, reason }))
  }

  memberWithCode(code: string): string | null {
    for (const { id, referralCode } of this.#data.members.values()) if (referralCode === code) return id
    return null
  }

  grants(ids: readonly string[]): Map<string, Grant> {
    return found(ids, (id) => this.#data.grants.get(id))
  }

  grantsOf(member: string, { occasion, rule, since }: GrantFilter = {}): Grant[] {
    return this.#data.grants
      .of(member)
      .filter(
        (grant) =>
          (occasion === undefined || grant.occasion === occasion) &&
          (rule === undefined || grant.rule === rule) &&
          (since === undefined || grant.at >= since),
      )
      .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
  }

  redemptions(ids: readonly string[]): Map<string, Redemption> {
    return found(ids, (id) => this.#data.redemptions.get(id))
  }

  redemptionsOf(member: string): Redemption[] {
    const rows = this.#data.redemptions.of(member)
    return rows.length < 2 ? rows : rows.sort((a, b) => a.createdAt - b.createdAt || byId(a, b))
  }

  /** Nobody asks for anything where no staff are. */
  adjustmentRequests(): Map<string, never> {
    return new Map<string, never>()
  }

  adjustmentRequestsOf(): never[] {
    return []
  }

  counters(names: readonly string[]): Map<string, Counter> {
    return found(names, (name) => this.#data.counters.get(name))
  }

  subscriptionsOf(customers: readonly string[]): SubscriptionFact[] {
    return [...this.#data.subscriptions.values()].filter(
      ({ customer }) => customer !== null && customers.includes(customer),
    )
  }

  /** Nobody is alarmed here. */
  alerts(): Map<string, Alert> {
    return new Map()
  }

  alertsOf(): Alert[] {
    return []
  }

  feedbackOf(): Feedback[] {
    return []
  }

  purchasesOf(member: string): Purchase[] {
    return this.paymentsOf(member).flatMap(({ counted: { at, purchases, spendMinor }, parts: { renewal } }) =>
      at === null || purchases === 0 ? [] : [{ at, spendMinor, isRenewal: renewal }],
    )
  }

  invoiceFailuresOf(): InvoiceFailureFact[] {
    return []
  }

  contacts(): Map<string, StoredContact> {
    return new Map()
  }

  contactsByRecord(): StoredContact[] {
    return []
  }

  outlooks(): Map<string, StoredOutlook> {
    return new Map()
  }

  setting(name: string): string | null {
    return this.#data.settings.get(name) ?? null
  }

  /** A simulation knows one program only, and has it at hand. */
  program(): null {
    return null
  }

  inbox(): null {
    return null
  }
}

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1)

function found<Row>(keys: readonly string[], get: (key: string) => Row | undefined): Map<string, Row> {
  const rows = new Map<string, Row>()
  for (const key of keys) {
    const row = get(key)
    if (row !== undefined) rows.set(key, row)
  }
  return rows
}

/** Adds a payment to a list of the contributions that may earn. */
const contributionsOf = (payments: readonly Payment[]): StoredContribution[] =>
  payments
    .flatMap(({ id, eligible, counted: { at, base, spendMinor, purchases } }) =>
      at === null || !eligible ? [] : [{ payment: id, at, base, spendMinor, purchases }],
    )
    .sort(oldestFirst)

function createMemoryHistory(payments: () => readonly Payment[]): MemberHistory {
  const pick = (
    except: string,
    wanted: (payment: Payment) => boolean,
    choose: (...times: number[]) => number,
  ): number | null => {
    const times = payments().flatMap((payment) =>
      payment.id === except || payment.counted.at === null || !wanted(payment) ? [] : [payment.counted.at],
    )
    return times.length === 0 ? null : choose(...times)
  }
  return {
    contributions: () => contributionsOf(payments()),
    contributionsSince: (since) => contributionsOf(payments()).filter(({ at }) => at >= since),
    paidTimes: (except) => payments().flatMap(({ id, counted: { at } }) => (at === null || id === except ? [] : [at])),
    extremes: (except) => ({
      firstEligibleAt: pick(except, ({ eligible }) => eligible === true, Math.min),
      lastKeptAt: pick(except, ({ counted }) => counted.purchases === 1, Math.max),
      lastAt: pick(except, () => true, Math.max),
    }),
  }
}
