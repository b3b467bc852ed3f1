/**
 * A member's totals and tier as payments come, change and go. In the ordinary case, a newer payment, everything is
 * brought forward in constant time; only what is late or changed looks at the member's history again.
 */
import type { Program } from '../program/schema.ts'
import type { Books } from './books.ts'
import { localDay } from './calendar.ts'
import type { Programs } from './decide-payment.ts'
import { endsAsToday, longerEnding, lotEnding, tiersGovernExpiry } from './expiry.ts'
import { enrolsAt, nextPaidEdge, paidTiers } from './paid-tiers.ts'
import type { Contribution, Lot, Member, Payment } from './state.ts'
import {
  addContribution,
  heldSegments,
  isInOrder,
  lapseTiers,
  rebaseTiers,
  replayFromCheckpoint,
  replayTiers,
  startTiers,
  type TierContribution,
  type TierMachine,
  type TierSegment,
  tierRulesKey,
} from './tiers.ts'

export interface StoredContribution {
  payment: string
  at: number
  base: number
  spendMinor: number
  purchases: number
}

export const oldestFirst = (a: StoredContribution, b: StoredContribution): number =>
  a.at - b.at || (a.payment < b.payment ? -1 : 1)

/** What is stored of a member's payments. */
export interface MemberHistory {
  /** Payments that may earn, oldest first. */
  contributions(): StoredContribution[]
  /** Those made at `at` or later. */
  contributionsSince(at: number): StoredContribution[]
  /** When the member was active, in any order: their payments but `except`, and what else counts as activity. */
  paidTimes(except: string): number[]
  /** Over the member's payments but `except`: earliest that may earn, newest of which something is kept, newest activity of all. */
  extremes(except: string): { firstEligibleAt: number | null; lastKeptAt: number | null; lastAt: number | null }
}

/**
 * Settles the books up to `until`, tier by tier: where a tier ends on the way, what is due before is settled by the
 * old tier's terms and what comes after by the new one's.
 */
export function settleMember(books: Books, programs: Programs, history: MemberHistory, until: number): void {
  const { member } = books
  adoptProgram(books, programs, history, until)
  adoptSubscriptions(books, programs, history)
  for (;;) {
    const turn = nextTurn(member.tiers)
    if (member.tiers === null || turn === null || turn > until) break
    books.settle(turn)
    changeTiers(books, programs, history, turnTiers(member.tiers, programs, turn))
  }
  books.settle(until)
  const edge = nextPaidEdge(member.tiers?.paid)
  if (edge !== null) books.wakeAt(edge)
}

/** When another tier may next be held by itself: an earned one ends, a paid one begins or ends; null: not that we know. */
function nextTurn(tiers: TierMachine | null): number | null {
  const ends = [tiers?.segments.at(-1)?.until ?? null, nextPaidEdge(tiers?.paid)].filter((at) => at !== null)
  return ends.length === 0 ? null : Math.min(...ends)
}

function turnTiers(tiers: TierMachine, { current }: Programs, at: number): TierMachine {
  const machine = lapseTiers(tiers, current, at)
  const { paid } = machine
  return paid === undefined || paid.asOf >= at ? machine : { ...machine, paid: { ...paid, asOf: at } }
}

/** Brings the paid tiers to what is known of the member's subscriptions, under the program in force. */
function adoptSubscriptions(books: Books, programs: Programs, history: MemberHistory): void {
  const { tiers } = books.member
  if (tiers === null) return
  const paid = paidTiers(books.member, programs.current)
  if (paid !== tiers.paid && JSON.stringify(paid) !== JSON.stringify(tiers.paid))
    changeTiers(books, programs, history, { ...tiers, paid })
}

/** Brings the tier under the program in force: where that has none it ends, where it is new what was bought counts. */
function adoptProgram(books: Books, programs: Programs, history: MemberHistory, at: number): void {
  const { member } = books
  if (programs.current.tiers === null) {
    member.tiers = null
    return
  }
  if (member.tiers === null) {
    if (member.enrolledAt !== null) rebuildTiers(books, programs, history)
    return
  }
  if (member.tiers.program !== programs.version)
    changeTiers(books, programs, history, upToDate(member.tiers, programs, history, at))
}

/** The metric that the program's tiers count. */
export const tierAmount = (
  program: Program,
  { base, spendMinor, purchases }: { base: number; spendMinor: number; purchases: number },
): number => {
  const metric = program.tiers?.metric ?? 'points'
  return metric === 'points' ? base : metric === 'spend' ? spendMinor : purchases
}

const toTier = (program: Program, rows: readonly StoredContribution[]): TierContribution[] =>
  rows.map((row) => ({ at: row.at, amount: tierAmount(program, row) }))

/** The machine under the program in force: replayed when the rules of tiers have changed since. */
function upToDate(machine: TierMachine, programs: Programs, history: MemberHistory, at: number): TierMachine {
  if (machine.program === programs.version) return machine
  if (tierRulesKey(programs.byVersion(machine.program)) === tierRulesKey(programs.current))
    return { ...machine, program: programs.version }
  const rebased = rebaseTiers(machine, programs.current, programs.version, at)
  return replayTiers(rebased, programs.current, toTier(programs.current, history.contributions()))
}

/** Replaces what the payment added to the member's totals by `next`, and the tier with it. */
export function applyContribution(
  books: Books,
  programs: Programs,
  history: MemberHistory,
  payment: Payment,
  next: Contribution,
  isNewlyEligible = false,
): void {
  const { member } = books
  const last = payment.counted
  member.spendMinor += next.spendMinor - last.spendMinor
  member.purchases += next.purchases - last.purchases
  moveExtremes(member, programs.current, history, payment, next)
  const { at } = next
  const known = withPayment(history, payment.id, at)
  if (at !== null) wasActive(books, programs, known, at)
  if (payment.eligible)
    changeTiers(books, programs, known, nextTiers(member, programs, history, payment, next, isNewlyEligible))
  payment.counted = next
  // What kept points from ending was done on another day, or not by them.
  if (last.at !== null && member.idleMonths.length > 0 && !isSameDay(last.at, at, programs.current))
    retermLots(books, programs, known)
}

const isSameDay = (a: number, b: number | null, { timezone }: Program): boolean =>
  b !== null && (a === b || localDay(a, timezone) === localDay(b, timezone))

/** The history with this payment made at `at`, which is not stored yet; null: it does not count. */
export const withPayment = (history: MemberHistory, id: string, at: number | null): MemberHistory => ({
  ...history,
  paidTimes: () => [...history.paidTimes(id), ...(at === null ? [] : [at])],
})

/** When the member was active, oldest first, as far as it is known. */
const activeTimes = (history: MemberHistory): number[] => [...history.paidTimes('')].sort((a, b) => a - b)

/** We hear that the member was active at `at`: what ended only because we had not heard of it did not. */
export function wasActive(books: Books, programs: Programs, history: MemberHistory, at: number): void {
  const times = (): number[] => [...activeTimes(history), at].sort((a, b) => a - b)
  if (!tiersGovernExpiry(programs.current)) {
    books.wasActive(at, times)
    return
  }
  const { member } = books
  const ended = member.expired > 0 && member.idleMonths.length > 0 ? books.expiredLots(at) : []
  if (member.activeAt === null || at > member.activeAt) member.activeAt = at
  if (ended.length > 0) retermLots(books, programs, { ...history, paidTimes: times }, ended)
}

/** Points we hear of late, or that count from another time than we knew, may have ended already. */
export function lapseLate(books: Books, programs: Programs, history: MemberHistory, lot: Lot): void {
  const { member } = books
  const governed = tiersGovernExpiry(programs.current)
  if (!governed && lot.idleMonths === null) return
  if (!endsAsToday(programs, lot.program)) {
    books.lapseLate(lot, () => history.paidTimes(''))
    return
  }
  const turnedAt = governed ? (heldSegments(member).at(-1)?.since ?? 0) : 0
  // Ordinarily nothing was done since, and no other tier held.
  if (lot.earnedAt < Math.max(member.activeAt ?? 0, turnedAt)) retermLots(books, programs, history, [lot])
}

function moveExtremes(
  member: Member,
  program: Program,
  history: MemberHistory,
  payment: Payment,
  next: Contribution,
): void {
  const last = payment.counted
  const moved = last.at !== null && last.at !== next.at
  const gone = last.purchases === 1 && next.purchases === 0
  const stored = moved || gone || isAdrift(member, program) ? history.extremes(payment.id) : null
  const newest = (a: number | null, b: number | null): number | null =>
    a === null ? b : b === null ? a : Math.max(a, b)
  const kept = next.purchases === 1 ? next.at : null
  member.lastPurchaseAt = newest(stored ? stored.lastKeptAt : member.lastPurchaseAt, kept)
  // Withdrawn or moved: what is left says when the member was last active, unless they did something else since. A newer
  // time is taken over by the caller.
  if (stored && (member.activeAt === null || member.activeAt === last.at)) member.activeAt = stored.lastAt
  if (!payment.eligible || member.enrolledAt === null) return
  const known = stored ? [stored.firstEligibleAt, member.joinedAt, enrolsAt(member, program)] : [member.enrolledAt]
  const times = [...known, next.at].filter((at) => at !== null)
  member.enrolledAt = times.length > 0 ? Math.min(...times) : member.enrolledAt
}

/** Whoever became a member by a subscription that proves not to have made them one is one by their first purchase. */
const isAdrift = (member: Member, program: Program): boolean =>
  member.lastPurchaseAt === null &&
  member.joinedAt === null &&
  Object.keys(member.subscriptions).length > 0 &&
  enrolsAt(member, program) === null

function nextTiers(
  member: Member,
  programs: Programs,
  history: MemberHistory,
  payment: Payment,
  next: Contribution,
  isNewlyEligible: boolean,
): TierMachine | null {
  const program = programs.current
  const start = member.enrolledAt ?? next.at ?? member.createdAt
  const known = member.tiers ?? startTiers(program, programs.version, start)
  if (known === null) return null
  const machine = upToDate(known, programs, history, next.at ?? start)
  const before = isNewlyEligible ? 0 : tierAmount(program, payment.counted)
  const after = tierAmount(program, next)
  const last = isNewlyEligible ? null : payment.counted.at
  if (last === next.at && before === after && machine.start === start) return machine
  const fresh = last === null || before === 0
  if (fresh && next.at !== null && machine.start === start && isInOrder(machine, next.at))
    return addContribution(machine, program, { at: next.at, amount: after })
  const times = [last, next.at].filter((at) => at !== null)
  const since = machine.checkpoint?.at ?? null
  // Nearly always what is late or changed is of the newest day: only that is looked at again.
  const isRecent = since !== null && machine.start === start && times.every((at) => at >= since)
  const stored = isRecent ? history.contributionsSince(since) : history.contributions()
  const others = stored.filter((row) => row.payment !== payment.id)
  const { at, base, spendMinor, purchases } = next
  const own = at === null ? [] : [{ payment: payment.id, at, base, spendMinor, purchases }]
  const rows = toTier(program, [...others, ...own].sort(oldestFirst))
  return isRecent ? replayFromCheckpoint(machine, program, rows) : replayTiers({ ...machine, start }, program, rows)
}

/** The tiers from all contributions, whatever was known before: after two members became one, or on enrolment. */
export function rebuildTiers(books: Books, programs: Programs, history: MemberHistory): void {
  const { member } = books
  const start = member.enrolledAt ?? member.createdAt
  const known = member.tiers ?? startTiers(programs.current, programs.version, start)
  if (known === null) return
  const machine = { ...known, start, program: programs.version }
  const sorted = [...history.contributions()].sort(oldestFirst)
  changeTiers(books, programs, history, replayTiers(machine, programs.current, toTier(programs.current, sorted)))
}

const sameSegments = (a: readonly TierSegment[], b: readonly TierSegment[]): boolean =>
  a.length === b.length && a.every((segment, i) => segment.id === b[i]?.id && segment.since === b[i]?.since)

/** Takes over new tiers; where another tier is held than before, lots get the terms that go with it. */
function changeTiers(books: Books, programs: Programs, history: MemberHistory, machine: TierMachine | null): void {
  const { member } = books
  const before = heldSegments(member)
  member.tiers = machine
  if (machine === null) return
  const turn = nextTurn(machine)
  if (turn !== null) books.wakeAt(turn)
  if (!tiersGovernExpiry(programs.current)) return
  // Somebody new has no lots yet.
  if (member.version === 0 || sameSegments(before, heldSegments(member))) return
  retermLots(books, programs, history)
}

/** Brings lots to the terms that they have, and to whether they ended by them, by the tiers held and what was done. */
export function retermLots(
  books: Books,
  programs: Programs,
  history: MemberHistory,
  lots: Iterable<Lot> = new Set([...books.openLots(), ...books.expiredLots()]),
): void {
  const held = heldSegments(books.member)
  let active: readonly number[] | null = null
  for (const lot of lots) {
    if (!endsAsToday(programs, lot.program)) {
      retermOldLot(books, programs, lot, held)
      continue
    }
    active ??= activeTimes(history)
    // What ended was seen to; of the rest what is due later than the books were brought comes in its turn.
    const until = lot.expired > 0 ? Math.max(books.now, books.settledUntil) : books.settledUntil
    const { earnedAt, availableAt, returnedAt } = lot
    const ending = lotEnding(programs.current, earnedAt, held, returnedAt, { active, until, availableAt })
    books.setTerms(lot, { ...ending, availableAt, earnedAt })
  }
}

/** A lot made under another program keeps what it was promised. */
function retermOldLot(books: Books, programs: Programs, lot: Lot, held: readonly TierSegment[]): void {
  const ending = lotEnding(programs.current, lot.earnedAt, held, null)
  const promised = { expiresAt: lot.expiresAt, idleMonths: lot.idleMonths, notBefore: lot.notBefore }
  const next = longerEnding(promised, ending)
  // Points that came back keep their thirty days whatever the tier.
  const notBefore = [next.notBefore, lot.notBefore].reduce((a, b) => (a === null ? b : b === null ? a : Math.max(a, b)))
  books.setTerms(lot, { ...next, notBefore, availableAt: lot.availableAt, earnedAt: lot.earnedAt })
}
