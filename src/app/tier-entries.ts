/** What follows from the tiers a member comes up to or loses: awards on reaching one, lines in the ledger, their history. */
import { type EndedBy, keptSince, type Rise, risesOf, tierHistory, tierNotes } from '../core/tier-history.ts'
import { heldSegments, type TierSegment } from '../core/tiers.ts'
import type { Level } from '../program/tiers.ts'
import { alignSeries, stands } from './award-series.ts'
import { type Context, done, findMember, noMember } from './context.ts'
import type { Desk } from './desk.ts'
import { iso, projectBooks } from './member-view.ts'
import type { App } from './ports.ts'
import { settleBeforeShowing } from './settle.ts'

/**
 * Gives a level's award once for each time the member comes up to it, and takes it back where they never rightly did. What
 * was held before is not judged again: an award that the program gains counts from then on.
 */
export function concludeTiers(desk: Desk, id: string): void {
  const program = desk.programs.current
  if (program.tiers === null) return
  const member = desk.member(id)
  const before = desk.heldBefore(id)
  const after = heldSegments(member)
  const handedOver = desk.changes.handOver?.to === id ? desk.heldBefore(desk.changes.handOver.from) : null
  if (sameHeld(before.held, after) && (handedOver === null || handedOver.held.length === 0)) return
  // A program that never had tiers gives members some: they are told which, and get nothing for what was long before.
  const isAdoption = before.isMember && before.held.length === 0
  noteTiers(desk, id, isAdoption ? after.slice(0, -1) : before.held, after)
  const levels = program.tiers.levels.filter(({ entry }) => entry !== null)
  if (levels.length === 0 || isAdoption) return
  const start = member.tiers?.start ?? null
  const from = Math.max(keptSince(before.held, before.start), keptSince(after, start))
  const risen = [before, ...(handedOver === null ? [] : [handedOver])].flatMap((one) =>
    risesOf(program, one.held, one.start, from),
  )
  const rises = risesOf(program, after, start, from)
  for (const level of levels) alignEntries(desk, id, { level, from, before: of(level, risen), due: of(level, rises) })
}

const sameHeld = (a: readonly TierSegment[], b: readonly TierSegment[]): boolean =>
  a === b || (a.length === b.length && a.every(({ id, since }, n) => id === b[n]?.id && since === b[n]?.since))

const of = ({ id }: Level, rises: readonly Rise[]): number[] =>
  rises.filter(({ level }) => level === id).map(({ since }) => since)

interface Entries {
  level: Level
  /** Entries before this are not looked at: the tiers of then are not kept. */
  from: number
  before: readonly number[]
  due: readonly number[]
}

function alignEntries(desk: Desk, member: string, { level, from, before, due }: Entries): void {
  const { entry } = level
  if (entry === null || (before.length === due.length && before.every((at, n) => at === due[n]))) return
  const given = desk.given
    .grantsOf(member, { occasion: 'tier', rule: level.id })
    .filter((grant) => stands(grant) && grant.at > from)
  // Of what was reached before the program gave anything for it, nothing was given and nothing is.
  const wanted = Math.max(0, given.length + due.length - before.length)
  const times = [
    ...given.slice(0, Math.max(0, wanted - due.length)).map(({ at }) => at),
    ...due.slice(Math.max(0, due.length - wanted)),
  ]
  alignSeries(desk, member, given, times, {
    id: (n) => `${member}/tier/${level.id}/${n}`,
    occasion: 'tier',
    rule: level.id,
    subject: '',
    award: entry,
    program: desk.programs.version,
    code: 'tier_reached',
    reason: `Welcome to ${level.name}`,
    because: `${level.name} was not reached after all`,
  })
}

/** Says in the ledger which tier was reached or ended, and why. */
function noteTiers(desk: Desk, id: string, before: readonly TierSegment[], after: readonly TierSegment[]): void {
  const { tiers: machine } = desk.member(id)
  const { current: program } = desk.programs
  const change = { program, before, after, machine, now: desk.now, endedBy: endedBy(desk, id) }
  for (const { at, code, level, reason } of tierNotes(change))
    desk.books(id).note({ at, kind: 'honour', code, about: `${id}/tier/${level}`, reason })
}

function endedBy(desk: Desk, id: string): EndedBy {
  const changes = desk.paymentChanges(id)
  if (changes.some(({ before, after }) => after.counted.refundedMinor > (before?.counted.refundedMinor ?? 0)))
    return 'refund'
  if (changes.length > 0 || desk.changes.handOver?.to === id) return 'other'
  const paid = desk.programs.current.tiers?.levels.some((level) => level.paid !== null) ?? false
  return paid ? 'subscription' : 'program'
}

// ---------------------------------------------------------------------------------------------------------- the history

export function createTierHistory(context: Context): Pick<App, 'memberTiers'> {
  return {
    memberTiers: async (ref) => {
      const member = await context.read((tx) => findMember(tx, ref))
      if (member === null) return noMember()
      // What ended by now has its line in the ledger, which says why.
      await settleBeforeShowing(context, member)
      // Taken once: a unit that runs again must ask for the same.
      const now = context.clock.now()
      return context.read((tx) => {
        const current = findMember(tx, member.id) ?? member
        const programs = context.programsIn(tx)
        const settled = projectBooks(tx, programs, current, now).member
        const notes = tx.tierNotes([current.id, ...current.absorbed])
        const tiers = tierHistory(programs.current, heldSegments(settled), notes)
        return done(
          tiers.map((held) => ({
            ...held,
            since: iso(held.since),
            until: held.until === null ? null : iso(held.until),
          })),
        )
      })
    },
  }
}
