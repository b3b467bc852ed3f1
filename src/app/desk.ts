/**
 * The desk of one unit of work: what it has read, the working copies it changes, and what is to be committed in the end.
 * Use cases work on a desk; none of them sees the database.
 */
import { Books, type LotReader } from '../core/books.ts'
import type { Programs } from '../core/decide-payment.ts'
import { type MemberHistory, oldestFirst } from '../core/member-progress.ts'
import { newMember } from '../core/new-member.ts'
import type { Grant } from '../core/reward-state.ts'
import type { Effect, Member, Payment } from '../core/state.ts'
import type { Knowledge } from '../retention/types.ts'
import { DeskAlerts } from './desk-alerts.ts'
import { DeskRequests } from './desk-requests.ts'
import { Given } from './given.ts'
import type { Origin } from './ports.ts'
import type { Changes, Tx } from './store-port.ts'
import { type HeldBefore, type PaymentChange, Unconcluded } from './unconcluded.ts'

export interface DeskOptions {
  tx: Tx
  programs: Programs
  now: number
  origin: Origin
  newId: (prefix: string) => string
  newCode: () => string
  /** Keyed hash of a name (`email:…`, `cus_…`), by which the erased are recognised. */
  hashName: (name: string) => string
  /** Kinds of effects that somebody delivers; others are not written. */
  effectKinds: ReadonlySet<string>
  /** What follows for a member whose books were touched: tiers reached, challenges met, rewards issued by themselves. */
  conclude: (desk: Desk, member: string) => void
  /** What was learnt from the whole shop, as the unit began. */
  knowledge: Knowledge
}

export class Desk {
  readonly tx: Tx
  readonly programs: Programs
  readonly now: number
  readonly origin: Origin
  readonly newId: (prefix: string) => string
  readonly newCode: () => string
  /** What was learnt from the whole shop, as this unit began. */
  readonly knowledge: Knowledge
  readonly #options: DeskOptions
  readonly #names = new Map<string, string | null>()
  readonly #members = new Map<string, Member>()
  readonly #dueAt = new Map<string, number | null>()
  readonly #payments = new Map<string, Payment>()
  readonly #books = new Map<string, Books>()
  readonly #changedMembers = new Set<string>()
  readonly #changedPayments = new Set<string>()
  readonly #reindex = new Set<string>()
  /** Awards and rewards of the members at hand. */
  readonly given: Given
  #alerts: DeskAlerts | null = null
  #requests: DeskRequests | null = null
  readonly #unconcluded: Unconcluded
  readonly changes: Required<Pick<Changes, 'names' | 'renames' | 'dropNames' | 'effects'>> & Changes = {
    names: [],
    renames: [],
    dropNames: [],
    effects: [],
    // Here from the beginning, so that filling them in the end does not make another kind of object each time.
    payments: [],
    members: [],
    reindex: [],
    lots: [],
    entries: [],
    grants: [],
    redemptions: [],
    counters: [],
  }

  constructor(options: DeskOptions) {
    this.#options = options
    this.tx = options.tx
    this.programs = options.programs
    this.now = options.now
    this.origin = options.origin
    this.newId = options.newId
    this.newCode = options.newCode
    this.knowledge = options.knowledge
    this.given = new Given(
      options.tx,
      (member) => this.change(member),
      (member) => this.#members.get(member)?.version === 0,
    )
    this.#unconcluded = new Unconcluded(options.programs.current.tiers !== null)
  }

  /** Alerts and feedback. Most units see none: made when first asked for. */
  get alerts(): DeskAlerts {
    this.#alerts ??= new DeskAlerts(this.tx, (member) => this.change(member))
    return this.#alerts
  }

  /** Points that wait for an approver: made when first asked for. */
  get requests(): DeskRequests {
    this.#requests ??= new DeskRequests(this.tx, (member) => this.change(member))
    return this.#requests
  }

  // ------------------------------------------------------------------------------------------------ names

  /** Reads what names stand for, all that are not known yet in one go. */
  loadNames(names: readonly string[]): void {
    const missing = unknownOf(names, this.#names)
    if (missing.length === 0) return
    const found = this.tx.names(missing)
    for (const name of missing) this.#names.set(name, found.size === 0 ? null : (found.get(name) ?? null))
  }

  name(name: string): string | null {
    const known = this.#names.get(name)
    if (known !== undefined) return known
    this.loadNames([name])
    return this.#names.get(name) ?? null
  }

  /** The member of this name. An id of a payment or an event in a customer's place names nobody. */
  memberNamed(name: string): string | null {
    const target = this.name(name)
    return target?.startsWith('mem_') ? target : null
  }

  /** The payment of this name. */
  paymentNamed(name: string): string | null {
    const target = this.name(name)
    return target?.startsWith('pay_') ? target : null
  }

  /** Makes the name stand for the target from now on. */
  link(name: string, target: string): void {
    const known = this.name(name)
    if (known === target) return
    const isNew = known === null && !this.changes.dropNames.includes(name)
    const fresh = this.changes.names.find((pair) => pair[0] === name)
    if (fresh) fresh[1] = target
    else if (isNew) this.changes.names.push([name, target])
    else this.changes.renames.push([name, target])
    this.#names.set(name, target)
  }

  unlink(name: string): void {
    if (this.name(name) === null) return
    this.changes.dropNames.push(name)
    this.changes.names = this.changes.names.filter((pair) => pair[0] !== name)
    this.changes.renames = this.changes.renames.filter((pair) => pair[0] !== name)
    this.#names.set(name, null)
  }

  /** Whether somebody with one of these names asked to be forgotten. */
  isErased(names: readonly string[]): boolean {
    // Where nobody ever did, nothing need be hashed and looked up.
    if (this.name(ANYBODY_ERASED) === null) return false
    const hashed = names.map((name) => erasedName(this.#options.hashName(name)))
    this.loadNames(hashed)
    return hashed.some((name) => this.name(name) !== null)
  }

  /** Keeps only the keyed hash of a name, so that whoever bore it is not brought back. */
  erase(name: string, member: string): void {
    this.unlink(name)
    this.link(this.hashed(name), member)
    if (this.name(ANYBODY_ERASED) === null) this.link(ANYBODY_ERASED, member)
  }

  hashed(name: string): string {
    return erasedName(this.#options.hashName(name))
  }

  // ------------------------------------------------------------------------------------------------ members and payments

  /** Reads members and payments together. */
  load(ids: { members?: readonly string[]; payments?: readonly string[] }): void {
    const members = unknownOf(ids.members, this.#members)
    const payments = unknownOf(ids.payments, this.#payments)
    if (payments.length > 0)
      for (const [id, payment] of this.tx.payments(payments)) {
        this.#unconcluded.readPayment(payment)
        this.#payments.set(id, payment)
      }
    if (members.length > 0)
      for (const [id, member] of this.tx.members(members)) {
        this.#unconcluded.readMember(member)
        this.#members.set(id, member)
        this.#dueAt.set(id, member.nextAt)
      }
  }

  /** The member, where it was merged the one it went into. @throws when there is none: names never dangle. */
  member(id: string): Member {
    if (!this.#members.has(id)) this.load({ members: [id] })
    const member = this.#members.get(id)
    if (member === undefined) throw new Error(`no member ${id}`)
    return member.mergedInto === null ? member : this.member(member.mergedInto)
  }

  /** When the member was to be looked at next, as this unit found them: the past, where the clock is late. */
  wasDueAt(id: string): number | null {
    return this.#dueAt.get(id) ?? null
  }

  /** A member about to change. */
  change(id: string): Member {
    const member = this.member(id)
    this.#changedMembers.add(member.id)
    return member
  }

  reindex(id: string): void {
    this.#reindex.add(id)
  }

  payment(id: string): Payment {
    if (!this.#payments.has(id)) this.load({ payments: [id] })
    const payment = this.#payments.get(id)
    if (payment === undefined) throw new Error(`no payment ${id}`)
    return payment
  }

  putPayment(payment: Payment): void {
    this.#payments.set(payment.id, payment)
    this.#changedPayments.add(payment.id)
  }

  /** Somebody we have not heard of before: a candidate until enrolled. */
  addCandidate(): Member {
    const member = newMember({ id: this.newId('mem'), createdAt: this.now, referralCode: this.#options.newCode() })
    this.#members.set(member.id, member)
    this.#changedMembers.add(member.id)
    this.#reindex.add(member.id)
    return member
  }

  /** The books of a member about to change. */
  books(id: string): Books {
    const member = this.change(id)
    const open = this.#books.get(member.id)
    if (open) return open
    const books = new Books({
      member,
      lots: member.version === 0 ? NO_LOTS : this.tx.lots(member.id),
      program: this.programs.current,
      now: this.now,
      source: this.origin.source,
      actor: this.origin.actor,
    })
    this.#books.set(member.id, books)
    return books
  }

  /** The member's payments as this unit leaves them: what it changed of others than the one at hand is not stored yet. */
  history(id: string): MemberHistory {
    const stored = this.#members.get(id)?.version === 0 ? NO_HISTORY : this.tx.history(id)
    const now = (): MemberHistory =>
      this.#changedPayments.size <= 1 && this.changes.handOver?.to !== id && !this.#hasLost(id)
        ? stored
        : historyOf(this.#paymentsOf(id))
    return {
      contributions: () => now().contributions(),
      contributionsSince: (at) => now().contributionsSince(at),
      // What else counts as activity: actions and redemptions.
      paidTimes: (except) => [...now().paidTimes(except), ...this.given.activeTimes(id)],
      extremes: (except) => {
        const extremes = now().extremes(except)
        const times = [...this.given.activeTimes(id), ...(extremes.lastAt === null ? [] : [extremes.lastAt])]
        return { ...extremes, lastAt: times.length > 0 ? Math.max(...times) : null }
      },
    }
  }

  #paymentsOf(id: string): Payment[] {
    const { handOver } = this.changes
    const owners = handOver?.to === id ? [id, handOver.from] : [id]
    const stored = owners.flatMap((owner) => (this.#members.get(owner)?.version === 0 ? [] : this.tx.paymentsOf(owner)))
    const unchanged = stored.filter((payment) => !this.#changedPayments.has(payment.id))
    const changed = [...this.#changedPayments].map((changedId) => this.payment(changedId))
    return [...unchanged, ...changed.filter(({ member }) => member !== null && owners.includes(member))]
  }

  /** Whether a payment of the member became another's in this unit. */
  #hasLost(id: string): boolean {
    return [...this.#changedPayments].some(
      (changed) => this.#unconcluded.ownerOf(changed) === id && this.payment(changed).member !== id,
    )
  }

  /** Every payment of the member as this unit leaves it, also those of somebody who becomes them in it. */
  paymentsOf(id: string): Payment[] {
    return this.#paymentsOf(id)
  }

  /** What this unit changed of the member's payments since they were last concluded. */
  paymentChanges(id: string): PaymentChange[] {
    if (this.#changedPayments.size === 0) return []
    return this.#unconcluded.payments(
      id,
      [...this.#changedPayments].map((changed) => this.payment(changed)),
    )
  }

  /** The member's awards of one occasion that this unit changed since they were last concluded. */
  grantChanges(id: string, occasion: Grant['occasion']): Grant[] {
    return this.#unconcluded.grants(this.given.changedGrants(id, occasion))
  }

  /** The tiers that the member held when this unit read them, or was last concluded. */
  heldBefore(id: string): HeldBefore {
    return this.#unconcluded.heldBefore(id)
  }

  /** Notes that the two may be one person; staff decide. */
  proposeMerge(member: string, other: string): void {
    this.changes.mergeProposals = [...(this.changes.mergeProposals ?? []), { member, other, at: this.now }]
  }

  // ------------------------------------------------------------------------------------------------ effects and result

  effect(effect: Effect): void {
    if (!this.#options.effectKinds.has(effect.kind)) return
    this.changes.effects.push(effect)
  }

  /** Brings about what follows from the changes so far; called again it changes nothing more. */
  conclude(id: string): void {
    const member = this.member(id)
    this.#options.conclude(this, member.id)
    this.#unconcluded.concluded(member, this.paymentChanges(member.id), this.grantChanges(member.id, 'action'))
  }

  /** Everything to be committed; null when nothing changed. */
  finish(): Changes | null {
    // A consequence may touch another member (who brought a friend): those follow in turn.
    for (const id of this.#books.keys()) this.conclude(id)
    const members = [...this.#changedMembers]
      .map((id) => this.#members.get(id))
      .filter((member) => member !== undefined)
    // Whoever became part of another has nothing to come: the clock would look for them for ever, before all others.
    for (const member of members) if (member.mergedInto !== null) member.nextAt = null
    for (const member of members)
      if (member.status !== 'candidate')
        this.effect({ kind: 'hubspot.contact', key: member.id, payload: { member: member.id }, dueAt: null })
    const books = [...this.#books.values()]
    for (const one of books) one.close()
    const { grants, redemptions, counters } = this.given.changes()
    const all: Changes = {
      ...this.changes,
      grants,
      redemptions,
      counters,
      ...this.#alerts?.changes(),
      ...this.#requests?.changes(),
      payments: [...this.#changedPayments].map((id) => this.payment(id)),
      members,
      reindex: [...this.#reindex],
      lots: books.flatMap((one) => one.changedLots),
      entries: books.flatMap((one) => one.entries),
    }
    return isEmpty(all) ? null : all
  }
}

/** Those of the ids that are not known yet, each once. */
function unknownOf(ids: readonly string[] | undefined, known: { has(id: string): boolean }): readonly string[] {
  if (ids === undefined) return NONE
  const unknown = ids.filter((id) => !known.has(id))
  return unknown.length < 2 ? unknown : [...new Set(unknown)]
}
const NONE: readonly string[] = []

function isEmpty(changes: Changes): boolean {
  for (const part in changes) {
    const value = changes[part as keyof Changes]
    if (value !== undefined && !(Array.isArray(value) && value.length === 0)) return false
  }
  return true
}

/** Of somebody not stored yet nothing is stored. */
const NO_LOTS: LotReader = {
  byId: () => [],
  due: () => [],
  spendable: () => [],
  open: () => [],
  spent: () => [],
  expiredAfter: () => [],
  ofRules: () => [],
  nextDue: () => null,
}
const NO_HISTORY: MemberHistory = {
  contributions: () => [],
  contributionsSince: () => [],
  paidTimes: () => [],
  extremes: () => ({ firstEligibleAt: null, lastKeptAt: null, lastAt: null }),
}

function historyOf(payments: readonly Payment[]): MemberHistory {
  const best = (values: (number | null)[], pick: (...numbers: number[]) => number): number | null => {
    const known = values.filter((value) => value !== null)
    return known.length > 0 ? pick(...known) : null
  }
  const contributions = () =>
    payments
      .flatMap(({ id, eligible, counted: { at, base, spendMinor, purchases } }) =>
        at === null || !eligible ? [] : [{ payment: id, at, base, spendMinor, purchases }],
      )
      .sort(oldestFirst)
  return {
    contributions,
    contributionsSince: (since) => contributions().filter(({ at }) => at >= since),
    paidTimes: (except) => payments.flatMap(({ id, counted: { at } }) => (at === null || id === except ? [] : [at])),
    extremes: (except) => {
      const others = payments.filter(({ id }) => id !== except)
      return {
        firstEligibleAt: best(
          others.map(({ eligible, counted }) => (eligible ? counted.at : null)),
          Math.min,
        ),
        lastKeptAt: best(
          others.map(({ counted }) => (counted.purchases === 1 ? counted.at : null)),
          Math.max,
        ),
        lastAt: best(
          others.map(({ counted }) => counted.at),
          Math.max,
        ),
      }
    },
  }
}

/** Stands for the first who was erased. */
export const ANYBODY_ERASED = 'erased'
/** Known once anything was heard of a subscription or a failed invoice: most shops have none, and look nothing up. */
export const ANYBODY_SUBSCRIBED = 'subscribed'

const erasedName = (hash: string): string => `erased:${hash}`
