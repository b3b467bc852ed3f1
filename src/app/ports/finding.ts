/** What somebody asks who has a customer before them: who it is, and how they stand. */
import type { MemberView, Result } from '../ports.ts'

export interface FoundMembers {
  /** Those that are meant most likely first; the newest first among equals. Without outlook and feedback. */
  items: MemberView[]
  /** How many there are; at least, where there are more than are counted. */
  total: number
  isMore: boolean
}

/** Money that moved between a customer and the shop. Minor units. */
export interface MoneyMoved {
  at: string
  /** `dispute`: their bank took it back. */
  kind: 'purchase' | 'refund' | 'dispute'
  amount: number
  currency: string
}

export interface CloseUp {
  /** What they bought last and what of it was given back, the newest first. */
  money: MoneyMoved[]
  /** The pending points that can be spent next, and when; null where none are, or nobody knows when. */
  nextAvailable: { points: number; at: string } | null
}

export interface Finding {
  /**
   * Members by part of a name or address, the last digits of a telephone number, or a member code however it is written.
   * Customers who are no members are found where no member is.
   */
  findMembers(text: string, page: { from?: number; limit: number }): Promise<FoundMembers>
  /** Who may have been meant where nobody is called so. */
  similarMembers(text: string, limit: number): Promise<MemberView[]>
  /** Members whose names stand in a text. */
  mentionedMembers(text: string, limit: number): Promise<MemberView[]>
  /** What staff want to see beside a member's view. */
  closeUp(ref: string, limit: number): Promise<Result<CloseUp>>
  /** Which of Stripe's modes this database is pinned to; null while it is to none. */
  stripeMode(): Promise<'live' | 'test' | null>
}
