/**
 * Everything that is kept, as rows that move from one host to another. The file between them and the hosts' own drivers are
 * no concern of it.
 */
import type { Discrepancy, Result, VerifyReport } from '../ports.ts'

/** The setting that tells of a transfer into this database. */
export const TRANSFER = 'transfer'

export type TransferValue = string | number | null
export type TransferRow = TransferValue[]

export interface TransferTable {
  name: string
  columns: string[]
  rows: number
}

/** A transfer into this database, as it stands. */
export interface TransferRecord {
  id: string
  /** SHA-256 of the file. */
  digest: string
  /** How many chunks the file has, and how many of them, from the first on, are stored. */
  chunks: number
  taken: number
  state: 'arriving' | 'done'
  /** When it began, ms. */
  at: number
}

/** The database as a whole. */
export interface TransferStatus {
  /** Nothing is written here but a transfer. */
  isPaused: boolean
  migrations: string[]
  /** In the order in which they move. */
  tables: TransferTable[]
  /** A text that is another when rows came, though others went, or a member, payment or award was changed. */
  mark: string
  transfer: TransferRecord | null
  /** It holds nothing but what a host writes by itself when it starts. */
  isUnused: boolean
  /** The mode of Stripe's that it is pinned to. */
  stripeMode: string | null
  isSandbox: boolean
  /** The versions of the program that is in force by its rows, and of the one that this host was started with. */
  program: { stored: string | null; host: string | null }
}

export interface TransferPage {
  rows: TransferRow[]
  /** Where the next page begins; null after the last row. */
  next: TransferRow | null
}

/** A whole number above 2^53: not every host would keep it as it is. */
export class TooLargeToMove extends Error {
  override name = 'TooLargeToMove'
}

export interface TransferChunk {
  table: string
  columns: string[]
  rows: TransferRow[]
}

/** Where a verification in slices goes on. */
export interface VerifyCursor {
  after: string
  /** How many of each reward were counted so far. */
  counted: [reward: string, count: number][]
  /** The versions of their counts when it began. */
  versions: [reward: string, version: number][]
  /** Members that nothing is said of, so far. */
  restless: number
}

export interface VerifySlice extends VerifyReport {
  discrepancies: Discrepancy[]
  next: VerifyCursor | null
}

export interface Transfers {
  transferStatus(): Promise<TransferStatus>
  /** Some rows of a table, in the order of its key. */
  transferPage(table: string, after: TransferRow | null): Promise<Result<TransferPage>>
  /** Begins, or finds the same one begun already. Refused unless paused and, but for it, unused. */
  beginTransfer(wanted: Pick<TransferRecord, 'id' | 'digest' | 'chunks'>): Promise<Result<TransferRecord>>
  /** Stores the chunk of this number, from 0, once: those before it are there already. */
  takeChunk(id: string, number: number, chunk: TransferChunk): Promise<Result<TransferRecord>>
  /** Rebuilds what is derived, some of it; answers how many members are left. */
  indexTransfer(id: string): Promise<Result<{ left: number }>>
  finishTransfer(id: string): Promise<Result<TransferRecord>>
  /** Takes back what is stored of an unfinished one, some of it; answers whether there is more. */
  clearTransfer(id: string): Promise<Result<{ isCleared: boolean }>>
  /** `verify` of some members; with the last of them what must add up over all. */
  verifySlice(cursor: VerifyCursor | null): Promise<VerifySlice>
}
