// The assumption about redeeming: of the points that members are given, a share is spent as they come. It goes through
// the same books as real redemptions, so that points spent are not there to expire.
import type { Books } from '../core/books.ts'
import type { Entry } from '../core/state.ts'
import { addEntry, nothing } from './tally.ts'

const REASON = 'Assumed to be redeemed'

export class AssumedRedemption {
  readonly #share: number
  /** What each member would have spent by now and has not. */
  readonly #due = new Map<string, number>()
  /** All that was spent so. */
  spent = 0
  /** Fractions of points, so that the share holds for all members together. */
  #rest = 0

  /** @param share from 0 to 1 */
  constructor(share: number) {
    this.#share = share
  }

  /** Spends what is due of what the member has, with what these books give just now; what follows later comes later. */
  spend(books: Books, at: number): void {
    if (this.#share === 0) return
    const { id, available } = books.member
    const justNow = this.#shareOf(books.entries)
    const due = (this.#due.get(id) ?? 0) + justNow
    // Floating point: 40 % of 5 points is 2 points.
    const wanted = Math.max(0, Math.floor(due + this.#rest + 1e-9))
    const points = Math.min(wanted, Math.max(0, available))
    const isAll = points === wanted
    if (isAll) this.#rest += due - points
    // All entries are noted in the end, those of just now too.
    this.#due.set(id, (isAll ? 0 : due - points) - justNow)
    if (points === 0) return
    const taken = books.reserve(points, { at, kind: 'reserve', code: 'reward_reserved', reason: REASON })
    if (taken === null) return
    books.spendReserved(taken, 'redeemed', { at, kind: 'redeem', code: 'reward_issued', reason: REASON })
    this.spent += points
  }

  /** Takes note of all that a unit wrote down. */
  note(entries: readonly Entry[]): void {
    if (this.#share === 0) return
    for (const entry of entries)
      this.#due.set(entry.member, (this.#due.get(entry.member) ?? 0) + this.#shareOf([entry]))
  }

  #shareOf(entries: readonly Entry[]): number {
    const sums = nothing()
    for (const entry of entries) addEntry(sums, entry)
    return sums.issued * this.#share
  }
}
