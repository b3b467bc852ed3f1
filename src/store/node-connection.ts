/** One connection of node:sqlite: how it is set up, its prepared statements, and which of its errors mean "not now". */
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { StoreUnavailable } from '../app/ports.ts'
import type { SqlReader, SqlValue, Statement } from './driver.ts'

/** While opening, another process may be switching the journal mode or recovering. */
const OPENING_WAIT_MS = 5_000
/** Afterwards the event loop is not held up for a lock: who waits for one waits beside it (node-driver.ts). */
export const LOCK_WAIT_MS = 1
/** Whatever is not in it is in the system's own memory: four times as much made no payment faster. */
const CACHE_KIB = 4_096
/** So many pages in the write-ahead log before they are copied back: those that every payment changes are copied once for many. */
const LOG_PAGES = 4_000
/** What is left of the write-ahead log once it was emptied. */
const WAL_LIMIT_BYTES = 64 * 1024 * 1024

export class NodeConnection implements SqlReader {
  readonly database: DatabaseSync
  readonly #reads = new Map<string, StatementSync>()
  readonly #writes = new Map<string, StatementSync>()

  /**
   * @param synchronous `FULL`: what is committed is on the disk. `NORMAL`: a power loss may take the last commits, whole
   * ones, and nothing that another connection committed.
   * @throws StoreUnavailable when the file cannot be opened.
   */
  constructor(path: string, synchronous: 'FULL' | 'NORMAL' = 'FULL') {
    try {
      this.database = new DatabaseSync(path, { timeout: OPENING_WAIT_MS, enableForeignKeyConstraints: false })
      this.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}; PRAGMA cache_size = -${CACHE_KIB};
        PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = ${LOG_PAGES}; PRAGMA journal_size_limit = ${WAL_LIMIT_BYTES}; PRAGMA busy_timeout = ${LOCK_WAIT_MS}`)
    } catch (error) {
      throw unavailable(error) ?? error
    }
  }

  exec(sql: string): void {
    this.database.exec(sql)
  }

  all<Row>(sql: string, params: readonly SqlValue[]): Row[] {
    let statement = this.#reads.get(sql)
    if (statement === undefined) {
      statement = this.database.prepare(sql)
      this.#reads.set(sql, statement)
    }
    return statement.all(...params) as Row[]
  }

  /** @throws Error when it changed another number of rows than it must. */
  run({ sql, params, changes: expected }: Statement): void {
    let statement = this.#writes.get(sql)
    if (statement === undefined) {
      statement = this.database.prepare(sql)
      // `run` answers the last row's number, and the search index numbers rows of its own beyond 2^53.
      statement.setReadBigInts(true)
      this.#writes.set(sql, statement)
    }
    const { changes } = statement.run(...params)
    if (expected !== undefined && Number(changes) !== expected)
      throw new Error(`Changed ${changes} rows instead of ${expected}: ${sql}`)
  }

  /** Leaves a transaction that cannot be finished; SQLite may have left it already. */
  rollback(): void {
    if (this.database.isTransaction) this.exec('ROLLBACK')
  }

  close(): void {
    this.#reads.clear()
    this.#writes.clear()
    if (this.database.isOpen) this.database.close()
  }
}

const BUSY = 5
/** SQLite's primary result codes for what is nobody's mistake: out of memory, read-only, I/O, corrupt, full, … */
const NOT_NOW: ReadonlySet<number> = new Set([BUSY, 6, 7, 8, 9, 10, 11, 13, 14, 15, 22, 26])

function resultCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null
  return error.errcode & 0xff
}

/** Another connection holds the lock: it will be over soon. */
export const isBusy = (error: unknown): boolean => resultCode(error) === BUSY

/** The error to give instead when the database cannot do it now; null for any other error. */
export function unavailable(error: unknown): StoreUnavailable | null {
  if (error instanceof StoreUnavailable) return error
  const code = resultCode(error)
  if (code === null || !NOT_NOW.has(code)) return null
  return new StoreUnavailable(`The database cannot be used now: ${(error as Error).message}`, { cause: error })
}
