/**
 * A member's balances and lots from the journal alone: what `verify` holds against what is kept. Reads postings only, by
 * the rules that wrote them (books.ts).
 */
import type { Account, Entry, Lot, Posting } from './state.ts'

export const BALANCES = ['available', 'pending', 'reserved', 'redeemed', 'expired'] as const
export type Balances = Record<(typeof BALANCES)[number], number>

/**
 * The account as a member's balances see it: a partner's points come like the program's own; what was given to a cause or
 * lapsed with a reward was spent like anything redeemed.
 */
export const balanceOf = (account: Account | (string & {})): string =>
  account.startsWith('partner/')
    ? 'program'
    : account.startsWith('cause/') || account === 'forfeited'
      ? 'redeemed'
      : account

export type RebuiltLot = Pick<Lot, 'points' | 'remaining' | 'spent' | 'expired' | 'forgiven' | 'state'>

export interface Rebuilt {
  balances: Balances
  lots: Map<string, RebuiltLot>
  /** Whether books of another member were joined in: their lots' history stands in that member's entries. */
  joined: boolean
}

const GONE: ReadonlySet<string> = new Set(['moved_out', 'duplicate_payment'])

type Told = Pick<Entry, 'about' | 'code' | 'postings'>

/** Entries oldest first. `onEntry` is told the available balance after each. */
export function rebuild<Line extends Told>(
  entries: readonly Line[],
  onEntry?: (entry: Line, available: number) => void,
): Rebuilt {
  const rebuilt: Rebuilt = {
    balances: { available: 0, pending: 0, reserved: 0, redeemed: 0, expired: 0 },
    lots: new Map(),
    joined: false,
  }
  for (const entry of entries) {
    if (entry.code === 'moved_in') rebuilt.joined = true
    // A payment that went elsewhere has nothing to settle here any more.
    if (GONE.has(entry.code) && entry.about !== null) lotOf(rebuilt, entry.about).forgiven = 0
    for (const posting of entry.postings) apply(rebuilt, entry, posting)
    onEntry?.(entry, rebuilt.balances.available)
  }
  return rebuilt
}

function apply(rebuilt: Rebuilt, entry: Told, posting: Posting): void {
  const [from, to, points, lot] = [balanceOf(posting[0]), balanceOf(posting[1]), posting[2], posting[3]]
  const { balances } = rebuilt
  const owed = Math.max(0, -balances.available)
  if (from in balances) balances[from as keyof Balances] -= points
  if (to in balances) balances[to as keyof Balances] += points
  if (lot !== null) applyToLot(rebuilt, entry, posting, Math.min(owed, points))
  // What no lot covers is spent of the lot that it is about.
  else if (from === 'available' && to === 'program' && entry.about !== null && entry.code !== 'adjustment')
    shrink(lotOf(rebuilt, entry.about), points)
}

function lotOf({ lots }: Rebuilt, id: string): RebuiltLot {
  const known = lots.get(id) ?? { points: 0, remaining: 0, spent: 0, expired: 0, forgiven: 0, state: 'available' }
  lots.set(id, known)
  return known
}

/** Points are taken back that were spent: the lot is smaller, and so is what was spent of it. */
function shrink(lot: RebuiltLot, points: number): void {
  lot.points -= points
  lot.spent -= points
}

/** `paid`: how much of points that become available pays what is owed, and counts as spent at once. */
function applyToLot(rebuilt: Rebuilt, entry: Told, [source, target, points, id]: Posting, paid: number): void {
  const lot = lotOf(rebuilt, id ?? '')
  const [from, to] = [balanceOf(source), balanceOf(target)]
  const become = (): void => {
    lot.state = 'available'
    lot.remaining -= paid
    lot.spent += paid
  }
  switch (`${from} ${to}`) {
    case 'program pending':
      lot.points += points
      lot.remaining += points
      lot.state = 'pending'
      return
    case 'program available':
      lot.points += points
      if (entry.code === 'forgiveness_undone') {
        lot.spent += points
        lot.forgiven -= points
        return
      }
      lot.remaining += points
      become()
      return
    case 'pending available':
      become()
      return
    case 'available pending':
      lot.state = 'pending'
      return
    case 'available expired':
      lot.remaining -= points
      lot.expired += points
      return
    case 'expired available':
      lot.expired -= points
      lot.remaining += points
      become()
      return
    case 'expired program':
      lot.points -= points
      lot.expired -= points
      return
    case 'pending program':
      lot.points -= points
      lot.remaining -= points
      return
    case 'available program':
      takeFromLot(rebuilt, entry, lot, points, id ?? '')
      return
    case 'available reserved':
      lot.remaining -= points
      lot.spent += points
      return
    case 'reserved available':
    case 'redeemed available':
      lot.spent -= points
      lot.remaining += points
      become()
      return
    case 'forgiven available':
      lot.forgiven += points
      return
    case 'available forgiven':
      // In a pair with what is applied above where the lot got its points back; else the spending itself was undone.
      if (entry.code !== 'forgiveness_undone') lot.forgiven -= points
      return
    default:
      // What leaves the reserve was spent already.
      return
  }
}

function takeFromLot(rebuilt: Rebuilt, entry: Told, lot: RebuiltLot, points: number, id: string): void {
  lot.remaining -= points
  if (id === entry.about) {
    lot.points -= points
    return
  }
  lot.spent += points
  if (entry.about !== null && entry.code !== 'adjustment') shrink(lotOf(rebuilt, entry.about), points)
}
