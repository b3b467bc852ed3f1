/** What rewards say against the books: points set aside and spent, and how much of each stock is gone. */
import { countsInStock, holdsReserved, pointsIn, stockCounter } from '../core/redemptions.ts'
import type { Redemption } from '../core/reward-state.ts'
import type { Program } from '../program/schema.ts'
import type { Context } from './context.ts'
import type { MemberBooks } from './member-books.ts'
import type { VerifyCursor } from './ports/transfer.ts'
import type { Discrepancy } from './ports.ts'
import type { Counter } from './store-port.ts'

export interface RedemptionCheck {
  /** To be called for each member once. */
  ofMember(books: Pick<MemberBooks, 'member' | 'redemptions'>): Discrepancy[]
  /** Once all members were seen. */
  ofStock(): Promise<Discrepancy[]>
  /** What was counted so far, for another check to go on with. */
  counts(): RedemptionCounts
}

export type RedemptionCounts = Pick<VerifyCursor, 'counted' | 'versions'>

export async function createRedemptionCheck(
  { store, programs }: Context,
  before: RedemptionCounts | null = null,
): Promise<RedemptionCheck> {
  const bodies = new Map((await store.programs()).map(({ version, body }) => [version, body]))
  const programOf = (version: string): Program => programs.byVersion(version, (wanted) => bodies.get(wanted) ?? null)
  const limited = new Set(
    [programs.current, ...[...bodies.keys()].map(programOf)].flatMap(({ rewards }) =>
      rewards.flatMap(({ id, stock }) => (stock === null ? [] : [id])),
    ),
  )
  const versionsBefore = new Map(before?.versions ?? versionsIn(await readGone(store, limited)))
  const counted = new Map<string, number>(before?.counted)
  return {
    ofMember: ({ member, redemptions }) => {
      for (const one of redemptions)
        if (countsInStock(one, programOf(one.program))) counted.set(one.reward, (counted.get(one.reward) ?? 0) + 1)
      return [
        ...differs('points set aside', member.id, sumWhere(redemptions, holdsReserved), member.reserved),
        ...differs('points in rewards', member.id, sumWhere(redemptions, isSpent), member.redeemed),
      ]
    },
    ofStock: async () => {
      const gone = await readGone(store, limited)
      // Where some went or came back meanwhile, there is nothing to compare with.
      const still = [...limited].filter((reward) => gone.get(reward)?.version === versionsBefore.get(reward))
      return still.flatMap((reward) => differs('stock', reward, counted.get(reward) ?? 0, gone.get(reward)?.value ?? 0))
    },
    counts: () => ({ counted: [...counted], versions: [...versionsBefore] }),
  }
}

const versionsIn = (gone: ReadonlyMap<string, Counter | undefined>): [string, number][] =>
  [...gone].flatMap(([reward, counter]) => (counter === undefined ? [] : [[reward, counter.version]]))

/** Points that came back are in no redemption any more. */
const isSpent = (redemption: Redemption): boolean => !holdsReserved(redemption)

const sumWhere = (redemptions: readonly Redemption[], counts: (one: Redemption) => boolean): number =>
  redemptions.filter(counts).reduce((sum, { taken }) => sum + pointsIn(taken), 0)

const differs = (what: string, id: string, expected: number, found: number): Discrepancy[] =>
  expected === found ? [] : [{ what, id, expected: String(expected), found: String(found) }]

async function readGone(
  store: Context['store'],
  rewards: ReadonlySet<string>,
): Promise<Map<string, Counter | undefined>> {
  const counters = await store.read((tx) => tx.counters([...rewards].map(stockCounter)))
  return new Map([...rewards].map((reward) => [reward, counters.get(stockCounter(reward))]))
}
