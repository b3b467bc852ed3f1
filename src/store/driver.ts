/**
 * The little that the store needs of a database. All SQL is written once, in SQLite's dialect; a driver only knows how to
 * run it: on Node inside one transaction, on D1 in batches.
 */
import type { SeenRows } from './seen.ts'

export type SqlValue = string | number | null

export interface Statement {
  sql: string
  params: readonly SqlValue[]
  /** How many rows it must change; left out where any number is right. */
  changes?: number
}

/** Reads of one unit. The type of a row is what the statement selects. */
export interface SqlReader {
  all<Row>(sql: string, params: readonly SqlValue[]): Row[]
}

/** What a unit came to. */
export interface Planned<Outcome> {
  outcome: Outcome
  writes: readonly Statement[]
  /**
   * Statements that fail when what the unit read does not stand any more; for drivers that write later than they read.
   * `namesAsOf`: see `guardsOf`.
   */
  guards: (namesAsOf: number | null) => readonly Statement[]
  /** For drivers that write the plans of many units together. Left out where nobody asks for that. */
  traits?: () => Traits
  /** All that it writes can be found out from the rest again: it is written also where that is at rest. */
  isDerived?: boolean
}

/** What units must not have in common to be written together, and how they are. */
export interface Traits {
  seen: readonly SeenRows[]
  /** Statements that fail where what was read beside rows by their keys does not stand any more. */
  listGuards: readonly Statement[]
  /** Rows that it writes (`rowName`). */
  written: readonly string[]
  /** Of those the ones that cannot be written unless they still are as they were read. */
  guarded: readonly string[]
  /** Its writes may come in any order, but for those of one and the same statement. */
  isPlain: boolean
}

/** As with `Promise.allSettled`: what one unit comes to is not the others' concern. */
export type Settled<Outcome> = PromiseSettledResult<Outcome>

export interface Driver {
  /**
   * Runs the unit and stores all that it plans, or nothing. The unit may be run several times.
   * @throws StoreUnavailable when it cannot be stored now; whatever the unit throws.
   */
  commit<Outcome>(unit: (reader: SqlReader) => Planned<Outcome>): Promise<Outcome>
  /**
   * The same of many units, each by itself: in as few commits as possible. Where it is left out, they need no more than
   * `commit`. Never rejects.
   */
  commitAll?<Outcome>(units: readonly ((reader: SqlReader) => Planned<Outcome>)[]): Promise<Settled<Outcome>[]>
  /** Runs reads as of one moment. */
  read<Outcome>(unit: (reader: SqlReader) => Outcome): Promise<Outcome>
  /** One read that may take long; where it can, beside everything else. */
  all<Row>(sql: string, params: readonly SqlValue[]): Promise<Row[]>
  close(): Promise<void>
}

/** A list as one parameter: D1 takes a hundred at the most. */
export const IN_LIST = 'IN (SELECT value FROM json_each(?))'
export const asList = (values: readonly (string | number)[]): string => JSON.stringify(values)
