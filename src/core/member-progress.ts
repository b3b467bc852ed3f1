/**
 * A member's totals and tier as payments come, change and go. In the ordinary case, a newer payment, everything is
 * brought forward in constant time; only what is late or changed looks at the member's history again.
 */
import type { Program } from '../program/schema.ts'
import type { Books } from './books.ts'
import type { Programs } from './decide-payment.ts'
import { longerEnding, lotEnding, tiersGovernExpiry } from './expiry.ts'
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
  adoptSubscriptions(books, programs)
  for (;;) {
    const turn = nextTurn(member.tiers)
    if (member.tiers === null || turn === null || turn > until) break
    books.settle(turn)
    changeTiers(books, programs, turnTiers(member.tiers, programs, turn))
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
function adoptSubscriptions(books: Books, programs: Programs): void {
  const { tiers } = books.member
  if (tiers === null) return
  const paid = paidTiers(books.member, programs.current)
  if (paid !== tiers.paid && JSON.stringify(paid) !== JSON.stringify(tiers.paid))
    changeTiers(books, programs, { ...tiers, paid })
}

/** Brings the tier under the program in force: where that has none it ends, where it is new what was bought counts. */
function adoptProgram(books: Books, programs: Programs, history: MemberHistory, at: number): void {
  const { member } = books
  if (programs.current.tiers === null) {
    member.tiers = null
    return
  }
  if (member.tiers === null) {
    if (member.enrolledAt !== null) rebuildTiers(books, programs, history.contributions())
    return
  }
  if (member.tiers.program !== programs.version)
    changeTiers(books, programs, upToDate(member.tiers, programs, history, at))
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
  if (at !== null) books.wasActive(at, () => [...history.paidTimes(payment.id), at].sort((a, b) => a - b))
  if (payment.eligible)
    changeTiers(books, programs, nextTiers(member, programs, history, payment, next, isNewlyEligible))
  payment.counted = next
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
  const stored = moved || gone ? history.extremes(payment.id) : null
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
export function rebuildTiers(books: Books, programs: Programs, rows: readonly StoredContribution[]): void {
  const { member } = books
  const start = member.enrolledAt ?? member.createdAt
  const known = member.tiers ?? startTiers(programs.current, programs.version, start)
  if (known === null) return
  const machine = { ...known, start, program: programs.version }
  const sorted = [...rows].sort(oldestFirst)
  changeTiers(books, programs, replayTiers(machine, programs.current, toTier(programs.current, sorted)))
}

const sameSegments = (a: readonly TierSegment[], b: readonly TierSegment[]): boolean =>
  a.length === b.length && a.every((segment, i) => segment.id === b[i]?.id && segment.since === b[i]?.since)

/** Takes over new tiers; where another tier is held than before, open lots get the terms that go with it. */
function changeTiers(books: Books, programs: Programs, machine: TierMachine | null): void {
  const { member } = books
  const before = heldSegments(member)
  member.tiers = machine
  if (machine === null) return
  const turn = nextTurn(machine)
  if (turn !== null) books.wakeAt(turn)
  if (!tiersGovernExpiry(programs.current)) return
  const held = heldSegments(member)
  // Somebody new has no lots yet.
  if (member.version === 0 || sameSegments(before, held)) return
  for (const lot of new Set([...books.openLots(), ...books.expiredLots()])) retermLot(books, programs, lot, held)
}

function retermLot(books: Books, programs: Programs, lot: Lot, held: readonly TierSegment[]): void {
  const ending = lotEnding(programs.current, lot.earnedAt, held, null)
  const promised = { expiresAt: lot.expiresAt, idleMonths: lot.idleMonths, notBefore: lot.notBefore }
  const next = lot.program === programs.version ? ending : longerEnding(promised, ending)
  // Points that came back keep their thirty days whatever the tier.
  const notBefore = [next.notBefore, lot.notBefore].reduce((a, b) => (a === null ? b : b === null ? a : Math.max(a, b)))
  books.setTerms(lot, { ...next, notBefore, availableAt: lot.availableAt, earnedAt: lot.earnedAt })
}
