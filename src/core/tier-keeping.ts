/**
 * What it takes to keep a tier that is going to end: how much more, in the tier's own metric, until when, and what one would
 * fall to. The machine itself is asked what a purchase would change, so that nobody is told what is not so.
 */
import type { Program } from '../program/schema.ts'
import { currencyExponent } from './currency.ts'
import { paidSegments } from './paid-tiers.ts'
import type { Member } from './state.ts'
import { addContribution, lapseTiers, type TierMachine, tierSum } from './tiers.ts'

export interface KeepingTier {
  levelId: string
  /** The instant at which it ends unless it is kept. */
  until: number
  /** What one purchase now must bring for the tier to be kept: points, minor units of spend, or purchases. At least 1. */
  missing: number
  /** The same for purchases at any time before it ends: more, where what counts now falls out of the window on the way. */
  missingByEnd: number
  unit: 'points' | 'spend' | 'purchases'
  /** The level held then; null: none. */
  fallsTo: string | null
}

/** Null where the tier does not end, ends whatever is bought, is kept already, or is held by subscription then. */
export function keepingTier(
  member: Pick<Member, 'tiers' | 'subscriptions'>,
  program: Program,
  at: number,
): KeepingTier | null {
  if (member.tiers === null || program.tiers === null) return null
  const machine = lapseTiers(member.tiers, program, at)
  const held = machine.segments.at(-1)
  if (!held?.id || held.until === null) return null
  const { id: levelId, until } = held
  const rank = rankOf(program, levelId)
  const fallsTo = heldThen(member, machine, program, until)
  if (rank < 0 || rankOf(program, fallsTo) >= rank) return null
  // Nothing can be bought before what was bought last.
  const now = Math.max(at, machine.newestAt ?? at)
  const [missing, missingByEnd] = [now, until - 1].map((when) => needed(machine, program, rank, when))
  if (missing === undefined || missing === null || missingByEnd === undefined || missingByEnd === null) return null
  return { levelId, until, missing, missingByEnd, unit: program.tiers.metric, fallsTo }
}

const rankOf = ({ tiers }: Program, id: string | null): number =>
  tiers?.levels.findIndex((level) => level.id === id) ?? -1

/** The higher of what is earned and what is paid for at that instant, as far as anyone knows today. */
function heldThen(
  { subscriptions }: Pick<Member, 'subscriptions'>,
  machine: TierMachine,
  program: Program,
  at: number,
): string | null {
  const earned = lapseTiers(machine, program, at).segments.at(-1)?.id ?? null
  const paid = paidSegments(program, subscriptions).find(
    ({ since, until }) => since <= at && (until === null || until > at),
  )
  return paid !== undefined && rankOf(program, paid.id) > rankOf(program, earned) ? paid.id : earned
}

/** What purchases at `when` must bring together; null where no amount of them keeps the tier. */
function needed(machine: TierMachine, program: Program, rank: number, when: number): number | null {
  const held = machine.segments.at(-1)
  const { tiers } = program
  const threshold = tiers?.levels[rank]?.threshold ?? null
  if (held === undefined || held.until === null || held.until <= when || threshold === null) return null
  const scale = tiers?.metric === 'spend' ? 10 ** currencyExponent(program.currency) : 1
  // A tier is prolonged by buying, never by time alone: something must be bought even where enough counts already.
  const amount = Math.max(1, Math.round(threshold * scale) - tierSum(machine, program, when))
  const after = lapseTiers(addContribution(machine, program, { at: when, amount }), program, held.until)
  return rankOf(program, after.segments.at(-1)?.id ?? null) >= rank ? amount : null
}
