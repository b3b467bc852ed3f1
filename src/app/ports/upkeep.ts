/** What is kept in order: what waits to go out or was not understood, records that may be one person, payments that differ. */
import type { Origin, Result } from '../ports.ts'

/** Effects of one kind. */
export interface KindStanding {
  kind: string
  waiting: number
  parked: number
  /** Of those that were tried and failed: since when the first of them waits, and why. Null: none failed. */
  failing: { since: string; reason: string } | null
  /** Of the parked: since when, and why the newest was. */
  refused: { since: string; reason: string } | null
}

export interface MaybeSame {
  /** By which the proposal is dismissed: as it was made. */
  pair: [string, string]
  /** As they are now. */
  members: [MaybeSameMember, MaybeSameMember]
  at: string
}

export interface MaybeSameMember {
  id: string
  name: string | null
  email: string | null
  status: string
  purchases: number
}

export interface Upkeep {
  /** Kinds of which something waits or is parked. */
  outboxStanding(): Promise<KindStanding[]>
  /** Puts what is parked of a kind back in line, some hundreds at a time; answers how many. */
  retryParked(kind: string): Promise<number>
  /** Pairs that are still two and that nobody dismissed, the newest first. */
  listMergeProposals(page: { limit: number }): Promise<MaybeSame[]>
  /** They are two: it is not asked again. */
  dismissMergeProposal(pair: readonly [string, string], origin: Origin): Promise<Result<null>>
  /** Of several processes, one holds the vendor's list of payments against ours: whether it is this one, for half a minute from now. */
  holdPayments(): Promise<boolean>
  releasePayments(): Promise<void>
}
