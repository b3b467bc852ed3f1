/**
 * A member's books while a decision is made: lots, balances and the entries that say why they change. All point
 * movements go through here, so that every one is a posting and none creates or loses a point.
 *
 * Working state of one decision: it is given what was read and yields what to commit. It takes no time and does no I/O;
 * lots it was not given it asks for through `LotReader`.
 */
import type { Program } from '../program/schema.ts'
import { endOfDayAfterMonths } from './calendar.ts'
import { returnFloor } from './expiry.ts'
import type { Taken } from './reward-state.ts'
import { count, day, pointsWord } from './sentences.ts'
import type { Account, Entry, EntryCode, EntryKind, Lot, LotTerms, Member, Posting } from './state.ts'

/** What is stored of a member's lots. Each answers copies that may be changed. */
export interface LotReader {
  /** Lots by id; those that do not exist are left out. */
  byId(ids: readonly string[]): Lot[]
  /** Lots with something remaining that change by themselves at or before `until`: holds over, ended, or idle for `idle` months. */
  due(until: number, idle: readonly number[]): Lot[]
  /** Available lots with something remaining, those that end first first, until `points` are covered. */
  spendable(points: number): Lot[]
  /** Every lot with something remaining. */
  open(): Lot[]
  /** Every lot of which something was spent. */
  spent(): Lot[]
  /** Lots of which something expired, by an end after `at`. */
  expiredAfter(at: number): Lot[]
  /** Lots of these rules with points earned at `since` or later, whatever became of them. */
  ofRules(rules: readonly string[], since: number): Lot[]
  /** The next moment after `after` at which an open lot changes by itself, those in `except` aside. */
  nextDue(after: number, except: readonly string[]): number | null
}

/** `activeAt`: when its member did something last. Null: it never ends. */
export function endOfLot(lot: Lot, activeAt: number | null, zone: string): number | null {
  const own =
    lot.idleMonths === null
      ? lot.expiresAt
      : endOfDayAfterMonths(Math.max(activeAt ?? 0, lot.earnedAt), lot.idleMonths, zone)
  return own === null ? null : Math.max(own, lot.notBefore ?? own)
}

/** Why something is posted: all that an entry holds beside its postings. */
export interface Why {
  at: number
  kind: EntryKind
  code: EntryCode
  reason: string
  about?: string | null
  note?: string | null
  /** Who wanted it, where somebody else said yes: the entry's source then names who did. Default: whoever acts. */
  actor?: string
}

export interface BooksContext {
  member: Member
  lots: LotReader
  program: Program
  now: number
  source: string
  actor: string
}

/** Terms for a lot. */
interface GivenTerms extends Pick<Lot, 'availableAt' | 'expiresAt' | 'idleMonths' | 'notBefore' | 'earnedAt'> {
  /** Since when they govern, where that is known. */
  governedSince?: number | undefined
  /** When the points ended, where that was worked out from all that is known; null: they have not. */
  endedAt?: number | null | undefined
}

const hasTerms = (lot: Lot, terms: GivenTerms): boolean =>
  lot.availableAt === terms.availableAt &&
  lot.expiresAt === terms.expiresAt &&
  lot.idleMonths === terms.idleMonths &&
  lot.notBefore === terms.notBefore &&
  lot.earnedAt === terms.earnedAt

export class Books {
  readonly member: Member
  readonly entries: Entry[] = []
  readonly #context: BooksContext
  readonly #lots = new Map<string, Lot>()
  readonly #changed = new Set<string>()
  /** Lots that were looked for and are not stored: nobody asks for them again. */
  readonly #absent = new Set<string>()
  #settledUntil = Number.NEGATIVE_INFINITY
  /** What this decision left owing and the program forgives. */
  readonly #owedHere: { lot: Lot | null; points: number; why: Why }[] = []
  /** Points that this decision took out of lots: the reader does not know of them. */
  #consumed = 0

  constructor(context: BooksContext) {
    this.#context = context
    this.member = context.member
  }

  get changedLots(): Lot[] {
    return [...this.#changed].map((id) => this.#lots.get(id)).filter((lot) => lot !== undefined)
  }

  /** The working copies of stored lots: what this decision has already changed stays changed. */
  #adopt(lots: readonly Lot[]): Lot[] {
    return lots.map((lot) => {
      const known = this.#lots.get(lot.id)
      if (known) return known
      this.#lots.set(lot.id, lot)
      return lot
    })
  }

  /** Lots by id; `stored` says whether any may be in the store. */
  lotsById(ids: readonly string[], stored = true): Lot[] {
    const missing = stored ? ids.filter((id) => !this.#lots.has(id)) : []
    const unknown = missing.filter((id) => !this.#absent.has(id))
    if (unknown.length > 0) this.#adopt(this.#context.lots.byId(unknown))
    for (const id of unknown) if (!this.#lots.has(id)) this.#absent.add(id)
    return ids.map((id) => this.#lots.get(id)).filter((lot) => lot !== undefined)
  }

  /** Every lot with something remaining, also those not read yet. */
  openLots(): Lot[] {
    this.#adopt(this.#context.lots.open())
    return [...this.#lots.values()].filter((lot) => lot.remaining > 0)
  }

  /** Lots of these rules with points earned at `since` or later, as this decision leaves them. */
  lotsOfRules(rules: readonly string[], since: number): Lot[] {
    this.#adopt(this.#context.lots.ofRules(rules, since))
    return [...this.#lots.values()].filter((lot) => rules.includes(lot.rule) && lot.earnedAt >= since)
  }

  /** Lots of which something expired, by an end after `at`. */
  expiredLots(at = Number.MIN_SAFE_INTEGER): Lot[] {
    this.#adopt(this.#context.lots.expiredAfter(at))
    return [...this.#lots.values()].filter((lot) => lot.expired > 0 && (lot.expiredAt ?? at) > at)
  }

  /**
   * We hear that the member was active at `at`. Points that ended by inactivity only because we had not heard of it are
   * followed from there: from one purchase to the next (`activity`, oldest first) as long as none came too late.
   */
  wasActive(at: number, activity: () => readonly number[]): void {
    const { member } = this
    const heard = member.expired > 0 && member.idleMonths.length > 0 ? this.expiredLots(at) : []
    if (member.activeAt === null || at > member.activeAt) member.activeAt = at
    for (const lot of heard) {
      if (lot.idleMonths === null || lot.expiredAt === null) continue
      if (this.#idleEndOf(Math.max(at, lot.earnedAt), lot.idleMonths) <= lot.expiredAt) continue
      const end = this.#carriedTo(at, lot, activity())
      if (end === null) this.#undoExpiry(lot)
      else {
        lot.expiredAt = end
        this.#touch(lot)
      }
    }
  }

  /** Points we hear of late, of which the member's purchases since came too late to keep them, have ended already. */
  lapseLate(lot: Lot, activity: () => readonly number[]): void {
    const { activeAt } = this.member
    if (lot.idleMonths === null || lot.remaining === 0) return
    if (activeAt === null || lot.earnedAt >= activeAt) return
    const end = this.#carriedTo(
      lot.earnedAt,
      lot,
      [...activity()].sort((a, b) => a - b),
    )
    if (end !== null && end > (lot.notBefore ?? 0)) this.#endAt(lot, end)
  }

  /** When a lot ended by inactivity after `at`, given when the member was active; null when they always were in time. */
  #carriedTo(at: number, lot: Lot, activity: readonly number[]): number | null {
    const months = lot.idleMonths ?? 0
    let end = this.#idleEndOf(Math.max(at, lot.earnedAt), months)
    for (const time of activity) {
      if (time <= at) continue
      if (time >= end) return end
      end = Math.max(end, this.#idleEndOf(time, months))
    }
    return null
  }

  #idleEndOf(active: number, months: number): number {
    return endOfDayAfterMonths(active, months, this.#context.program.timezone)
  }

  /** Takes over a lot made or moved here. */
  addLot(lot: Lot): void {
    this.#lots.set(lot.id, lot)
    this.#touch(lot)
  }

  #touch(lot: Lot): void {
    this.#changed.add(lot.id)
    if (lot.idleMonths !== null && !this.member.idleMonths.includes(lot.idleMonths))
      this.member.idleMonths = [...this.member.idleMonths, lot.idleMonths].sort((a, b) => a - b)
    const due = this.dueAt(lot)
    if (due !== null && lot.remaining > 0) this.wakeAt(due)
  }

  /** The member is looked at again no later than this. */
  wakeAt(at: number): void {
    if (this.member.nextAt === null || at < this.member.nextAt) this.member.nextAt = at
  }

  /** When a lot ends: by its own date or by inactivity, never before `notBefore`; null: never. */
  endOf(lot: Lot): number | null {
    return endOfLot(lot, this.member.activeAt, this.#context.program.timezone)
  }

  /** When a lot next changes by itself. */
  dueAt(lot: Lot): number | null {
    return lot.state === 'pending' ? lot.availableAt : this.endOf(lot)
  }

  /** Writes down what became due by `until`: holds that are over, points that ended. Never goes back in time. */
  settle(until: number): void {
    this.#settledUntil = Math.max(this.#settledUntil, until)
    const { nextAt } = this.member
    if (nextAt === null || nextAt > until) return
    const idleEnds = this.member.idleMonths.map((months) => ({ months, at: this.#idleEnd(months) }))
    const lapsed = idleEnds.filter(({ at }) => at <= until).map(({ months }) => months)
    this.#adopt(this.#context.lots.due(until, lapsed))
    const open = [...this.#lots.values()].filter((lot) => lot.remaining > 0)
    for (const lot of byTime(open, (one) => this.dueAt(one))) this.settleLot(lot, until)
    const known = [...this.#lots.values()]
    const ahead = known.filter((lot) => lot.remaining > 0).flatMap((lot) => this.dueAt(lot) ?? [])
    const stored = this.#context.lots.nextDue(
      until,
      known.map((lot) => lot.id),
    )
    const tierEnd = this.member.tiers?.segments.at(-1)?.until ?? null
    const next = [...ahead, ...idleEnds.map(({ at }) => at), stored, tierEnd].filter((at) => at !== null && at > until)
    this.member.nextAt = next.length > 0 ? Math.min(...(next as number[])) : null
  }

  #idleEnd(months: number): number {
    return endOfDayAfterMonths(this.member.activeAt ?? this.member.createdAt, months, this.#context.program.timezone)
  }

  /** Points that are owed: spent or refunded beyond what there was. While any are, no lot has any available. */
  get #debt(): number {
    return Math.max(0, -this.member.available)
  }

  /** The same for one lot. */
  settleLot(lot: Lot, until: number): void {
    if (lot.state === 'pending' && lot.availableAt !== null && lot.availableAt <= until) this.#mature(lot)
    const end = this.endOf(lot)
    if (lot.state === 'available' && lot.remaining > 0 && end !== null && end <= until)
      this.#expire(lot, Math.max(end, lot.availableAt ?? end))
  }

  #mature(lot: Lot): void {
    const points = lot.remaining
    lot.state = 'available'
    this.#touch(lot)
    if (points === 0) return
    const { program } = this.#context
    this.#payDebt(lot, points)
    this.member.pending -= points
    this.member.available += points
    this.#write(
      {
        at: lot.availableAt ?? this.#context.now,
        kind: 'available',
        code: 'hold_over',
        about: lot.id,
        reason: `${count(points, program.locale)} ${pointsWord(points, program)} can be used now`,
      },
      [['pending', 'available', points, lot.id]],
      [],
    )
  }

  #expire(lot: Lot, at: number): void {
    const points = lot.remaining
    this.#consumed += points
    lot.remaining = 0
    lot.expired += points
    lot.expiredAt = at
    this.member.available -= points
    this.member.expired += points
    this.#touch(lot)
    const { program } = this.#context
    const since =
      lot.idleMonths === null
        ? ''
        : `: no activity for ${lot.idleMonths === 1 ? 'a month' : `${lot.idleMonths} months`}`
    const reason = `${count(points, program.locale)} ${pointsWord(points, program)} from ${day(lot.earnedAt, program)} ended on ${day(at, program, true)}${since}`
    this.#write(
      { at, kind: 'expire', code: 'expired', about: lot.id, reason },
      [['available', 'expired', points, lot.id]],
      [],
    )
  }

  /** Gives a lot its terms. Where it has ended by terms that no longer hold, its points are there again. */
  setTerms(lot: Lot, terms: GivenTerms): void {
    const { endedAt } = terms
    if (endedAt !== undefined && (lot.expired === 0 || lot.remaining === 0)) {
      this.#settleAs(lot, terms, endedAt)
      return
    }
    if (hasTerms(lot, terms)) return
    const past = Math.max(this.#settledUntil, this.#context.now)
    if (lot.expired > 0 && lot.idleMonths !== null && !this.#isSavedBy(lot, terms, past)) return
    const { availableAt, expiresAt, idleMonths, notBefore, earnedAt } = terms
    Object.assign(lot, { availableAt, expiresAt, idleMonths, notBefore, earnedAt })
    this.#touch(lot)
    const end = this.endOf(lot)
    if (lot.expired > 0 && (end === null || end > past)) this.#undoExpiry(lot)
    const waits = lot.availableAt === null || lot.availableAt > this.#settledUntil
    // Only points still untouched go back to waiting; those spent were rightly spent.
    if (lot.state === 'available' && waits && lot.remaining === lot.points && this.member.available >= lot.remaining)
      this.#unmature(lot)
  }

  /** Gives a lot its terms, and what became of it by them: it has ended at `endedAt`, or has not. */
  #settleAs(lot: Lot, terms: GivenTerms, endedAt: number | null): void {
    if (!hasTerms(lot, terms) || (lot.expired > 0 && lot.expiredAt !== endedAt)) {
      const { availableAt, expiresAt, idleMonths, notBefore, earnedAt } = terms
      Object.assign(lot, { availableAt, expiresAt, idleMonths, notBefore, earnedAt })
      if (lot.expired > 0) lot.expiredAt = endedAt
      this.#touch(lot)
    }
    if (endedAt === null) {
      if (lot.expired > 0) this.#undoExpiry(lot)
    } else if (lot.remaining > 0) this.#endAt(lot, endedAt)
  }

  /** The time of this decision. */
  get now(): number {
    return this.#context.now
  }

  /** Points that wait until then can be used before they end. */
  #endAt(lot: Lot, at: number): void {
    if (lot.state === 'pending' && lot.availableAt !== null && lot.availableAt <= at) this.#mature(lot)
    if (lot.state === 'available' && lot.remaining > 0) this.#expire(lot, at)
  }

  /** How far these books were brought by what becomes due by itself. */
  get settledUntil(): number {
    return this.#settledUntil
  }

  /**
   * Whether points that ended by inactivity would not have: other terms governed by then, or points came back since. What
   * we hear late of purchases is another matter, see `wasActive`.
   */
  #isSavedBy(
    lot: Lot,
    terms: { idleMonths: number | null; notBefore: number | null; governedSince?: number | undefined },
    past: number,
  ): boolean {
    if (terms.notBefore !== null && terms.notBefore > past) return true
    const { governedSince } = terms
    return (
      terms.idleMonths === null &&
      governedSince !== undefined &&
      lot.expiredAt !== null &&
      governedSince < lot.expiredAt
    )
  }

  #undoExpiry(lot: Lot): void {
    const points = lot.expired
    lot.expired = 0
    lot.expiredAt = null
    lot.remaining += points
    this.#touch(lot)
    this.#payDebt(lot, points)
    this.member.expired -= points
    this.member.available += points
    const { program, now } = this.#context
    const reason = `${count(points, program.locale)} ${pointsWord(points, program)} that had ended are there again`
    this.#write(
      { at: now, kind: 'return', code: 'expiry_undone', about: lot.id, reason },
      [['expired', 'available', points, lot.id]],
      [this.termsOf(lot)],
    )
  }

  #unmature(lot: Lot): void {
    const points = lot.remaining
    lot.state = 'pending'
    if (lot.availableAt !== null) this.wakeAt(lot.availableAt)
    if (points === 0) return
    this.member.available -= points
    this.member.pending += points
    const { program, now } = this.#context
    const reason = `${count(points, program.locale)} ${pointsWord(points, program)} wait until they can be used`
    this.#write(
      { at: now, kind: 'available', code: 'hold_over', about: lot.id, reason },
      [['available', 'pending', points, lot.id]],
      [this.termsOf(lot)],
    )
  }

  termsOf(lot: Lot): LotTerms {
    return [lot.id, lot.availableAt, this.endOf(lot), lot.idleMonths]
  }

  /** Puts new points into a lot. What was forgiven of it is undone first. */
  award(lot: Lot, points: number, why: Why): void {
    if (points <= 0) return
    const forgiven = Math.min(points, lot.forgiven)
    if (forgiven > 0) this.#undoForgiveness(lot, forgiven, why)
    const rest = points - forgiven
    if (rest === 0) return
    lot.points += rest
    lot.remaining += rest
    if (lot.state === 'pending') this.member.pending += rest
    else {
      this.#payDebt(lot, rest)
      this.member.available += rest
    }
    this.#touch(lot)
    this.#write({ ...why, about: lot.id }, [[sourceOf(lot), lot.state, rest, lot.id]], [this.termsOf(lot)])
  }

  #undoForgiveness(lot: Lot, points: number, why: Why): void {
    lot.forgiven -= points
    lot.points += points
    lot.spent += points
    this.#touch(lot)
    this.#write(
      {
        ...why,
        kind: 'return',
        about: lot.id,
        code: 'forgiveness_undone',
        reason: `${why.reason}: points forgiven earlier are settled`,
      },
      [
        [sourceOf(lot), 'available', points, lot.id],
        ['available', 'forgiven', points, lot.id],
      ],
      [],
    )
  }

  /** Of points about to become available, those that pay what is owed count as spent at once. */
  #payDebt(lot: Lot, points: number): void {
    const paid = Math.min(this.#debt, points)
    lot.remaining -= paid
    lot.spent += paid
    if (paid > 0) this.#touch(lot)
  }

  /**
   * Takes points back that a lot had brought: what remains of it, then what has expired of it (out of `expired`), then,
   * for what was spent, from other lots. What no lot covers is owed; `close` forgives it where the program does, once
   * everything else of this decision is done: points given elsewhere by it pay first. `keepsForgiven`: whether the lot may
   * get its points back one day, and then settles what was forgiven.
   */
  takeBack(lot: Lot, points: number, why: Why, shortfall: 'owe' | 'forgive', keepsForgiven = true): void {
    if (points <= 0) return
    const fromLot = Math.min(points, lot.remaining)
    const fromExpired = Math.min(points - fromLot, lot.expired)
    const rest = points - fromLot - fromExpired
    const postings: Posting[] = []
    const source = sourceOf(lot)
    if (fromLot > 0) postings.push([lot.state, source, fromLot, lot.id])
    if (fromExpired > 0) postings.push(['expired', source, fromExpired, lot.id])
    this.#consumed += fromLot
    lot.remaining -= fromLot
    lot.expired -= fromExpired
    lot.points -= points
    if (lot.state === 'pending') this.member.pending -= fromLot
    else this.member.available -= fromLot
    this.member.expired -= fromExpired
    this.#touch(lot)
    if (rest > 0) {
      // What was spent of it now counts as spent of others; what no lot covers is owed or forgiven.
      lot.spent -= rest
      const covered = this.#spendFromLots(rest, lot.id)
      for (const [id, taken] of covered) postings.push(['available', source, taken, id])
      const uncovered = rest - covered.reduce((sum, [, taken]) => sum + taken, 0)
      this.member.available -= rest - uncovered
      if (uncovered > 0) {
        postings.push(['available', source, uncovered, null])
        this.member.available -= uncovered
        if (shortfall === 'forgive') this.#owedHere.push({ lot: keepsForgiven ? lot : null, points: uncovered, why })
      }
    }
    if (postings.length > 0) this.#write({ ...why, about: lot.id }, postings, [])
  }

  /** Sets available points aside for a reward: what each lot gave. Null when there are too few. */
  reserve(points: number, why: Why): Taken | null {
    if (this.member.available < points) return null
    const taken = this.#spendFromLots(points, null)
    this.member.available -= points
    this.member.reserved += points
    this.#write(
      why,
      taken.map(([id, part]) => ['available', 'reserved', part, id]),
      [],
    )
    return taken
  }

  /** Points set aside are spent: on a reward, or for a cause. */
  spendReserved(taken: Taken, to: 'redeemed' | `cause/${string}`, why: Why): void {
    const points = sumOf(taken)
    this.member.reserved -= points
    this.member.redeemed += points
    this.#write(
      why,
      taken.map(([id, part]) => ['reserved', to, part, id]),
      [],
    )
  }

  /** Points spent on a reward that lapsed unused: still spent, but for nothing. */
  forfeit(taken: Taken, why: Why): void {
    this.#write(
      why,
      taken.map(([id, part]) => ['redeemed', 'forfeited', part, id]),
      [],
    )
  }

  /** It was used before it lapsed, as we hear late: the points were spent on it after all. */
  undoForfeit(taken: Taken, why: Why): void {
    this.#write(
      why,
      taken.map(([id, part]) => ['forfeited', 'redeemed', part, id]),
      [],
    )
  }

  /**
   * Points set aside or spent come back. What is owed is paid first: that is what nobody stood in for when a lot was taken
   * back meanwhile. The rest goes to the lots it came from, which end no sooner than 30 days from `at`, or to those that stood
   * in for them. What no lot can take was forgiven because these points were spent, and is so no longer.
   */
  putBack(taken: Taken, from: 'reserved' | 'redeemed', at: number, why: Why): void {
    const points = sumOf(taken)
    const owed = Math.min(points, this.#debt)
    const postings: Posting[] = []
    const terms: LotTerms[] = []
    let left = points - owed
    if (owed > 0) postings.push([from, 'available', owed, null])
    this.member[from] -= owed
    this.member.available += owed
    const giveTo = (lot: Lot, most: number): void => {
      const part = Math.min(most, left, lot.spent)
      if (part <= 0) return
      left -= part
      this.#returnTo(lot, part, at)
      this.member[from] -= part
      this.member.available += part
      postings.push([from, 'available', part, lot.id])
      terms.push(this.termsOf(lot))
    }
    const lots = this.#adoptOwn(taken.map(([id]) => id))
    for (const [id, part] of taken) {
      const lot = lots.get(id)
      if (lot) giveTo(lot, part)
    }
    if (left > 0) {
      this.#adopt(this.#context.lots.spent())
      for (const lot of byTime([...this.#lots.values()], (one) => this.endOf(one)).reverse()) giveTo(lot, left)
    }
    if (left > 0) postings.push(...this.#undoForgiven(left, from, [...lots.values()]))
    if (postings.length > 0) this.#write(why, postings, terms)
  }

  /** Lots of this member, by id. One that went to somebody else with its payment is theirs. */
  #adoptOwn(ids: readonly string[]): Map<string, Lot> {
    const { id: owner, absorbed } = this.member
    const missing = ids.filter((id) => !this.#lots.has(id))
    const stored = missing.length > 0 ? this.#context.lots.byId(missing) : []
    const own = stored.filter(({ member }) => member === owner || absorbed.includes(member))
    this.#adopt(own.map((lot) => ({ ...lot, member: owner })))
    const found = new Map<string, Lot>()
    for (const id of ids) {
      const lot = this.#lots.get(id)
      if (lot) found.set(id, lot)
    }
    return found
  }

  /** These points were spent twice: on what they come back from, and as what was forgiven. */
  #undoForgiven(points: number, from: 'reserved' | 'redeemed', lots: readonly Lot[]): Posting[] {
    this.member[from] -= points
    const postings: Posting[] = [[from, 'available', points, null]]
    let left = points
    for (const lot of lots) {
      const part = Math.min(left, lot.forgiven)
      if (part === 0) continue
      left -= part
      lot.forgiven -= part
      this.#touch(lot)
      postings.push(['available', 'forgiven', part, lot.id])
    }
    if (left > 0) postings.push(['available', 'forgiven', left, null])
    return postings
  }

  #returnTo(lot: Lot, points: number, at: number): void {
    lot.spent -= points
    lot.remaining += points
    lot.returnedAt = Math.max(lot.returnedAt ?? at, at)
    lot.notBefore = Math.max(lot.notBefore ?? 0, returnFloor(at, this.#context.program.timezone))
    this.#touch(lot)
  }

  /** Notes when points last came back to a lot, also where none are left of them. */
  noteReturn(lot: Lot, at: number | null): void {
    if (lot.returnedAt === at) return
    lot.returnedAt = at
    this.#touch(lot)
  }

  /** Ends the decision: forgives what it left owing where the program does so. */
  close(): void {
    for (const { lot, points, why } of this.#owedHere.splice(0)) {
      const forgiven = Math.min(points, this.#debt)
      if (forgiven === 0) continue
      this.member.available += forgiven
      if (lot !== null) {
        lot.forgiven += forgiven
        this.#touch(lot)
      }
      const { program } = this.#context
      const reason = `${count(forgiven, program.locale)} ${pointsWord(forgiven, program)} that were already spent are forgiven`
      this.#write(
        { ...why, about: lot?.id ?? null, code: 'shortfall_forgiven', reason },
        [['forgiven', 'available', forgiven, lot?.id ?? null]],
        [],
      )
    }
  }

  /** Takes up to `points` from available lots, those that end first first: `[lot, points]` of each. */
  #spendFromLots(points: number, except: string | null): [string, number][] {
    const stored = this.#adopt(this.#context.lots.spendable(points + this.#consumed))
    const open = [...new Set([...stored, ...this.#lots.values()])].filter(
      (lot) => lot.state === 'available' && lot.remaining > 0 && lot.id !== except,
    )
    const taken: [string, number][] = []
    let left = points
    for (const lot of byTime(open, (one) => this.endOf(one))) {
      const part = Math.min(left, lot.remaining)
      if (part === 0) break
      lot.remaining -= part
      lot.spent += part
      left -= part
      this.#consumed += part
      taken.push([lot.id, part])
      this.#touch(lot)
    }
    return taken
  }

  /** Takes available points for good (a correction by staff). False when there are too few. */
  deduct(points: number, why: Why): boolean {
    if (this.member.available < points) return false
    const taken = this.#spendFromLots(points, null)
    this.member.available -= points
    this.#write(
      why,
      taken.map(([id, part]) => ['available', 'program', part, id]),
      [],
    )
    return true
  }

  /** An entry that moves nothing but has something to say. */
  note(why: Why): void {
    this.#write(why, [], [])
  }

  /** Lots, emptied by now, that are to be another member's: they are written there and not here. */
  giveUp(ids: readonly string[]): Lot[] {
    const lots = this.lotsById(ids)
    for (const { id } of lots) this.#changed.delete(id)
    return lots.map((lot) => ({ ...lot }))
  }

  /** Closes these books: everything in them goes back to the program, to be opened again elsewhere. */
  moveOut(why: Why): { lots: Lot[]; balances: Balances } {
    const { member } = this
    // Those that settling has just emptied too: what became of them is not stored yet.
    const lots = [...new Set([...this.openLots(), ...this.expiredLots(), ...this.changedLots])]
    const { available, pending, reserved, redeemed, expired } = member
    const balances = { available, pending, reserved, redeemed, expired }
    Object.assign(member, {
      available: 0,
      pending: 0,
      reserved: 0,
      redeemed: 0,
      expired: 0,
      nextAt: null,
      idleMonths: [],
    })
    this.#changed.clear()
    this.#write(why, transfers(balances, 'out'), [])
    return { lots, balances }
  }

  /** Opens what `moveOut` closed. The lots keep their ids and terms; what one side owes, the lots of the other pay. */
  moveIn({ lots, balances }: { lots: readonly Lot[]; balances: Balances }, why: Why): void {
    const { member } = this
    const owed = Math.max(0, -member.available) + Math.max(0, -balances.available)
    for (const account of ACCOUNTS) member[account] += balances[account]
    for (const lot of lots) this.addLot({ ...lot, member: member.id })
    this.#write(
      why,
      transfers(balances, 'in'),
      lots.map((lot) => this.termsOf(lot)),
    )
    if (owed > 0) this.#spendFromLots(owed, null)
  }

  #write(why: Why, postings: Posting[], terms: LotTerms[]): void {
    const { now, source, actor } = this.#context
    this.entries.push({
      member: this.member.id,
      about: why.about ?? null,
      at: why.at,
      recordedAt: now,
      kind: why.kind,
      code: why.code,
      points: postings.reduce((sum, posting) => sum + shown(posting), 0),
      balance: this.member.available,
      reason: why.reason,
      source,
      actor: why.actor ?? actor,
      note: why.note ?? null,
      postings,
      terms,
    })
  }
}

const HELD: ReadonlySet<string> = new Set(['available', 'pending'])

const sumOf = (taken: Taken): number => taken.reduce((sum, [, points]) => sum + points, 0)

/** Where a lot's points came from: a partner's lots bear the rule `partner:<id>`. */
const sourceOf = ({ rule }: Lot): Account =>
  rule.startsWith(PARTNER_RULE) ? `partner/${rule.slice(PARTNER_RULE.length)}` : 'program'
export const PARTNER_RULE = 'partner:'

/** What a posting changes of available and pending together. */
export const shown = ([from, to, points]: Posting): number =>
  (HELD.has(to) ? points : 0) - (HELD.has(from) ? points : 0)

const byTime = (lots: readonly Lot[], timeOf: (lot: Lot) => number | null): Lot[] =>
  [...lots].sort(
    (a, b) =>
      (timeOf(a) ?? Number.POSITIVE_INFINITY) - (timeOf(b) ?? Number.POSITIVE_INFINITY) ||
      a.earnedAt - b.earnedAt ||
      (a.id < b.id ? -1 : 1),
  )

const ACCOUNTS = ['available', 'pending', 'reserved', 'redeemed', 'expired'] as const
export type Balances = Record<(typeof ACCOUNTS)[number], number>

/** Postings that empty the accounts, or fill them again. A negative balance moves the other way. */
function transfers(balances: Balances, way: 'out' | 'in'): Posting[] {
  return ACCOUNTS.flatMap((account): Posting[] => {
    const points = way === 'out' ? balances[account] : -balances[account]
    if (points === 0) return []
    return points > 0 ? [[account, 'program', points, null]] : [['program', account, -points, null]]
  })
}
