/** What administrators keep in order (ports/upkeep.ts). */
import type { Member } from '../core/state.ts'
import { type Context, done } from './context.ts'
import { createFlushLease } from './flush-lease.ts'
import { iso } from './member-view.ts'
import type { KindStanding, MaybeSame, MaybeSameMember, Upkeep } from './ports/upkeep.ts'
import { forbids } from './staff.ts'
import type { EffectStanding, StoredMergeProposal, Tx } from './store-port.ts'

const RETRIED_LIMIT = 500
/** Many may be of members who are one by now. */
const PROPOSALS_READ = 500
/** Members merged into members merged into members. */
const MERGES_LIMIT = 20

export function createUpkeep(context: Context): Upkeep {
  const comparing = createFlushLease(context, 'all payments')
  return {
    outboxStanding: async () => (await context.store.outboxByKind()).map(viewStanding),
    retryParked: async (kind) => {
      const { store, clock } = context
      const ids = await store.parkedOfKind(kind, RETRIED_LIMIT)
      let revived = 0
      for (const id of ids) if ((await store.reviveEffect(id, clock.now())) !== null) revived++
      return revived
    },
    listMergeProposals: async ({ limit }) => {
      const rows = await context.store.mergeProposals(PROPOSALS_READ)
      return context.read((tx) => stillTwo(tx, rows)).then((found) => found.slice(0, limit))
    },
    dismissMergeProposal: (pair, origin) =>
      context.onDesk(origin, (desk) => {
        const forbidden = forbids(desk, 'administer')
        if (forbidden !== null) return forbidden
        const [member, other] = pair
        desk.changes.dismissMerges = [{ member, other, at: desk.now }]
        return done(null)
      }),
    holdPayments: comparing.hold,
    releasePayments: comparing.release,
  }
}

function viewStanding(row: EffectStanding): KindStanding {
  const { kind, waiting, parked, failingSince, failingReason, refusedSince, refusedReason } = row
  const since = (at: number | null, reason: string | null) =>
    at === null ? null : { since: iso(at), reason: reason ?? '' }
  return {
    kind,
    waiting,
    parked,
    failing: since(failingSince, failingReason),
    refused: since(refusedSince, refusedReason),
  }
}

function stillTwo(tx: Tx, rows: readonly StoredMergeProposal[]): MaybeSame[] {
  const known = tx.members([...new Set(rows.flatMap(({ member, other }) => [member, other]))])
  const seen = new Set<string>()
  return rows.flatMap(({ member, other, at }): MaybeSame[] => {
    const [a, b] = [nowOf(tx, known.get(member)), nowOf(tx, known.get(other))]
    if (a === null || b === null || a.id === b.id) return []
    const pair = [a.id, b.id].sort().join(' ')
    if (seen.has(pair)) return []
    seen.add(pair)
    return [{ pair: [member, other], members: [brief(a), brief(b)], at: iso(at) }]
  })
}

/** Whom they became part of; null of the erased. */
function nowOf(tx: Tx, member: Member | undefined): Member | null {
  let found = member
  for (let merges = 0; found !== undefined && found.mergedInto !== null && merges < MERGES_LIMIT; merges++)
    found = tx.members([found.mergedInto]).get(found.mergedInto)
  return found === undefined || found.mergedInto !== null || found.status === 'erased' ? null : found
}

const brief = ({ id, profile, status, purchases }: Member): MaybeSameMember => ({
  id,
  name: profile.name,
  email: profile.email,
  status,
  purchases,
})
