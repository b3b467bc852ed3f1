/** The tier that a member holds, by all that they ever bought: what `verify` holds against what is kept. */
import { oldestFirst, type StoredContribution, tierAmount } from '../core/member-progress.ts'
import type { Payment } from '../core/state.ts'
import { lapseTiers, replayTiers, type TierMachine, type TierSegment } from '../core/tiers.ts'
import type { Context } from './context.ts'
import type { MemberBooks } from './member-books.ts'
import { iso } from './member-view.ts'
import type { Discrepancy } from './ports.ts'

/**
 * Replays each member's purchases by the program under which their tier was last reckoned; after a change of the program
 * from there (`rebased`). What has ended by now has ended on both sides, written down or not.
 */
export async function createTierCheck({
  store,
  clock,
  programs,
}: Context): Promise<(books: MemberBooks) => Discrepancy[]> {
  const now = clock.now()
  const bodies = new Map((await store.programs()).map(({ version, body }) => [version, body]))
  return ({ member, payments }) => {
    const { tiers } = member
    if (tiers === null) return []
    const program = programs.byVersion(tiers.program, (version) => bodies.get(version) ?? null)
    const bought = payments.flatMap(contributionOf).sort(oldestFirst)
    const counted = bought.map((row) => ({ at: row.at, amount: tierAmount(program, row) }))
    const held = (machine: TierMachine): TierSegment | undefined => lapseTiers(machine, program, now).segments.at(-1)
    const [expected, found] = [describe(held(replayTiers(tiers, program, counted))), describe(held(tiers))]
    return expected === found ? [] : [{ what: 'tier', id: member.id, expected, found }]
  }
}

/** Payments that may earn, by what they count for. */
function contributionOf({ id, eligible, counted }: Payment): StoredContribution[] {
  const { at, base, spendMinor, purchases } = counted
  return eligible !== true || at === null ? [] : [{ payment: id, at, base, spendMinor, purchases }]
}

function describe(segment: TierSegment | undefined): string {
  if (segment === undefined) return 'none'
  const until = segment.until === null ? '' : ` until ${iso(segment.until)}`
  return `${segment.id ?? 'none'} since ${iso(segment.since)}${until}`
}
