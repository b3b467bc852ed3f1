/**
 * The store's driver for node:sqlite. Units that wait together share one transaction and one fsync: each reads what is
 * there by then, those before it in the same transaction included, and is answered once all of it is on the disk.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { StoreUnavailable } from '../app/ports.ts'
import type { Driver, Planned, SqlReader, SqlValue } from './driver.ts'
import { copyDatabase } from './node-backup.ts'
import { isBusy, LOCK_WAIT_MS, NodeConnection, unavailable } from './node-connection.ts'

export interface NodeDriverOptions {
  /** The file, or `:memory:`. */
  path: string
  /** How long a commit waits while another process writes, before it is refused. Default 5000. */
  busyMs?: number
  /** Told how many units each commit held: for the metrics. */
  onBatch?: (units: number) => void
  /**
   * Whatever is written could be found out again, so that it need not survive a power loss: commits wait for no disk, and
   * hold the lock for that much less.
   */
  isRepeatable?: boolean
}

/** The connection as `exclusively` lends it: everything in one transaction. */
export interface ExclusiveSql extends SqlReader {
  exec(sql: string): void
}

export interface NodeDriver extends Driver {
  /** Runs the work alone in a transaction: migrations. */
  exclusively<Outcome>(work: (sql: ExclusiveSql) => Outcome): Promise<Outcome>
  /** Copies the database as of one moment to a file, while it is used. The file is there when the copy is whole. */
  backupTo(path: string): Promise<void>
}

/** Units in one transaction at the most: it should not hold the lock, or the event loop, for long. */
const BATCH_LIMIT = 256
/** Units that may wait for a lock; more are refused at once. */
const QUEUE_LIMIT = 10_000
const BUSY_MS = 5_000
const MEMORY = ':memory:'
/** A process that commits again and again leaves the lock for moments only: who wants it must look often. */
const LOCK_PAUSE_MS = 1

/** A waiting unit. `run` is called inside the transaction; what it answers settles the caller once that is committed. */
interface Job {
  run(connection: NodeConnection): () => void
  reject(error: unknown): void
}

/** A unit failed after it had begun to write. */
class HalfWritten extends Error {
  constructor(cause: unknown) {
    super('A unit failed while it was written', { cause })
  }
}

/** @throws StoreUnavailable when the file cannot be opened. */
export const openNodeDriver = (options: NodeDriverOptions): NodeDriver => new Connected(options)

class Connected implements NodeDriver {
  readonly #connection: NodeConnection
  readonly #path: string
  readonly #busyMs: number
  #queue: Job[] = []
  #flushing = false
  readonly #onBatch: (units: number) => void
  #closed = false
  #idle: (() => void)[] = []

  constructor({ path, busyMs = BUSY_MS, onBatch = () => {}, isRepeatable = false }: NodeDriverOptions) {
    this.#connection = new NodeConnection(path, isRepeatable ? 'NORMAL' : 'FULL')
    this.#path = path
    this.#busyMs = busyMs
    this.#onBatch = onBatch
  }

  commit<Outcome>(unit: (reader: SqlReader) => Planned<Outcome>): Promise<Outcome> {
    return this.#enqueue((connection) => {
      const { outcome, writes } = unit(connection)
      try {
        for (const statement of writes) connection.run(statement)
      } catch (error) {
        throw new HalfWritten(error)
      }
      return outcome
    })
  }

  exclusively<Outcome>(work: (sql: ExclusiveSql) => Outcome): Promise<Outcome> {
    return this.#enqueue((connection) => {
      try {
        return work(connection)
      } catch (error) {
        throw new HalfWritten(error)
      }
    })
  }

  async read<Outcome>(unit: (reader: SqlReader) => Outcome): Promise<Outcome> {
    const connection = this.#open()
    try {
      connection.exec('BEGIN')
      const outcome = unit(connection)
      connection.exec('COMMIT')
      return outcome
    } catch (error) {
      connection.rollback()
      throw unavailable(error) ?? error
    }
  }

  async all<Row>(sql: string, params: readonly SqlValue[]): Promise<Row[]> {
    try {
      return this.#open().all<Row>(sql, params)
    } catch (error) {
      throw unavailable(error) ?? error
    }
  }

  async backupTo(path: string): Promise<void> {
    this.#open()
    await copyDatabase(this.#path === MEMORY ? this.#connection : this.#path, path)
  }

  async close(): Promise<void> {
    this.#closed = true
    if (this.#flushing) await new Promise<void>((resolve) => this.#idle.push(resolve))
    this.#connection.close()
  }

  #open(): NodeConnection {
    if (this.#closed) throw new StoreUnavailable('The database is closed')
    return this.#connection
  }

  #enqueue<Outcome>(work: (connection: NodeConnection) => Outcome): Promise<Outcome> {
    if (this.#closed) return Promise.reject(new StoreUnavailable('The database is closed'))
    if (this.#queue.length >= QUEUE_LIMIT)
      return Promise.reject(new StoreUnavailable('Too much waits for the database'))
    return new Promise((resolve, reject) => {
      const run = (connection: NodeConnection) => {
        const outcome = work(connection)
        return () => resolve(outcome)
      }
      this.#queue.push({ run, reject })
      this.#schedule()
    })
  }

  /** After the event loop has read what has come in: all of that waits together. */
  #schedule(): void {
    if (this.#flushing) return
    this.#flushing = true
    setImmediate(() => this.#flush(0))
  }

  #flush(waitedMs: number): void {
    let jobs = this.#queue.slice(0, BATCH_LIMIT)
    let settle: (() => void)[] = []
    try {
      settle = this.#transact(jobs)
      this.#onBatch(jobs.length)
    } catch (error) {
      if (isBusy(error) && waitedMs < this.#busyMs) {
        void wait(LOCK_PAUSE_MS).then(() => this.#flush(waitedMs + LOCK_PAUSE_MS + LOCK_WAIT_MS))
        return
      }
      const reason = unavailable(error) ?? error
      // Whoever holds the lock so long holds it for all: each batch waiting anew would outlast every caller.
      if (isBusy(error)) jobs = this.#queue
      settle = jobs.map((job) => () => job.reject(reason))
    }
    this.#queue = this.#queue.slice(jobs.length)
    for (const answer of settle) answer()
    if (this.#queue.length > 0) setImmediate(() => this.#flush(0))
    else this.#rest()
  }

  #rest(): void {
    this.#flushing = false
    for (const resolve of this.#idle.splice(0)) resolve()
  }

  /** Runs the jobs in one transaction; answers how each is to be settled. @throws when nothing of it is stored. */
  #transact(jobs: readonly Job[]): (() => void)[] {
    try {
      return this.#attempt(jobs, false)
    } catch (error) {
      if (!(error instanceof HalfWritten)) throw error
      // Something is wrong with one of them. Units may run again: this time each can be undone alone.
      return this.#attempt(jobs, true)
    }
  }

  #attempt(jobs: readonly Job[], apart: boolean): (() => void)[] {
    const connection = this.#connection
    connection.exec('BEGIN IMMEDIATE')
    try {
      const settle = jobs.map((job) => (apart ? this.#runApart(job) : this.#run(job)))
      connection.exec('COMMIT')
      return settle
    } catch (error) {
      connection.rollback()
      throw error
    }
  }

  #run(job: Job): () => void {
    try {
      return job.run(this.#connection)
    } catch (error) {
      if (error instanceof HalfWritten) throw unavailable(error.cause) ?? error
      if (unavailable(error)) throw error
      return () => job.reject(error)
    }
  }

  #runApart(job: Job): () => void {
    const connection = this.#connection
    connection.exec('SAVEPOINT unit')
    try {
      const settle = job.run(connection)
      connection.exec('RELEASE unit')
      return settle
    } catch (error) {
      const cause = error instanceof HalfWritten ? error.cause : error
      // A full disk undoes the whole transaction: then it is nobody's alone.
      if (unavailable(cause) || !connection.database.isTransaction) throw cause
      connection.exec('ROLLBACK TO unit')
      connection.exec('RELEASE unit')
      return () => job.reject(cause)
    }
  }
}
