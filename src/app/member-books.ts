/**
 * Members with all of their books, as of one moment for each, while others write. There is no transaction over several
 * reads (D1 has none, and on Node it would hold up the server): what changed between the first read and the last is read again.
 */
import type { Redemption } from '../core/reward-state.ts'
import type { Lot, Member, Payment } from '../core/state.ts'
import { breathe, slicesById } from './reports/slices.ts'
import type { LedgerRow, Store } from './store-port.ts'

export interface MemberBooks {
  member: Member
  entries: LedgerRow[]
  lots: Lot[]
  payments: Payment[]
  redemptions: Redemption[]
}

export interface BooksSlice {
  books: MemberBooks[]
  /** Members who changed at every look. */
  restless: number
}

type Reads = Pick<
  Store,
  | 'membersAfter'
  | 'membersOf'
  | 'memberVersions'
  | 'entriesOf'
  | 'lotsOf'
  | 'paymentsOfMembers'
  | 'redemptionsOfMembers'
>

const SLICE = 200
/** How often members who changed meanwhile are read again, each time after a longer pause. */
const LOOKS_LIMIT = 8

export async function* memberBooks(store: Reads): AsyncGenerator<BooksSlice> {
  for await (const members of slicesById(store.membersAfter, SLICE)) yield readSlice(store, members)
}

/** One slice: those after this id. `next` is null with the last of them. */
export async function memberBooksAfter(store: Reads, after: string): Promise<BooksSlice & { next: string | null }> {
  const members = await store.membersAfter(after, SLICE)
  const last = members.length < SLICE ? undefined : members.at(-1)
  return { ...(await readSlice(store, members)), next: last?.id ?? null }
}

async function readSlice(store: Reads, members: readonly Member[]): Promise<BooksSlice> {
  const slice: BooksSlice = { books: [], restless: 0 }
  let waiting = members
  for (let look = 1; waiting.length > 0 && look <= LOOKS_LIMIT; look++) {
    const { still, changed } = await readTogether(store, waiting)
    slice.books.push(...still)
    for (let pauses = 0; changed.length > 0 && pauses < look; pauses++) await breathe()
    waiting = changed.length === 0 ? [] : await store.membersOf(changed)
  }
  slice.restless = waiting.length
  return slice
}

/** The books of those whose version is the same after all of it was read, and the ids of the others. */
async function readTogether(
  store: Reads,
  members: readonly Member[],
): Promise<{ still: MemberBooks[]; changed: string[] }> {
  const ids = members.map(({ id }) => id)
  const entries = Map.groupBy(await store.entriesOf(ids), ({ member }) => member)
  const lots = Map.groupBy(await store.lotsOf(ids), ({ member }) => member)
  const payments = Map.groupBy(await store.paymentsOfMembers(ids), ({ member }) => member)
  const redemptions = Map.groupBy(await store.redemptionsOfMembers(ids), ({ member }) => member)
  const versions = await store.memberVersions(ids)
  const isStill = ({ id, version }: Member): boolean => versions.get(id) === version
  return {
    still: members.filter(isStill).map((member) => ({
      member,
      entries: entries.get(member.id) ?? [],
      lots: lots.get(member.id) ?? [],
      payments: payments.get(member.id) ?? [],
      redemptions: redemptions.get(member.id) ?? [],
    })),
    changed: members.filter((member) => !isStill(member)).map(({ id }) => id),
  }
}
