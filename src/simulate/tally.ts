// What the entries of a simulation add up to.
import type { Account, Entry } from '../core/state.ts'

export interface Sums {
  /** Net of what was taken back. */
  issued: number
  redeemed: number
  expired: number
}

export const nothing = (): Sums => ({ issued: 0, redeemed: 0, expired: 0 })

const isSource = (account: Account): boolean => account === 'program' || account.startsWith('partner/')
const isSpent = (account: Account): boolean =>
  account === 'redeemed' || account === 'forfeited' || account.startsWith('cause/')

export function addEntry(sums: Sums, { postings }: Pick<Entry, 'postings'>): void {
  for (const [from, to, points] of postings) {
    if (isSource(from)) sums.issued += points
    if (isSource(to)) sums.issued -= points
    if (isSpent(from)) sums.redeemed -= points
    if (isSpent(to)) sums.redeemed += points
    if (from === 'expired') sums.expired -= points
    if (to === 'expired') sums.expired += points
  }
}
