/**
 * The write-ahead log of a server that commits much: brought to the disk beside the commits, not within each, and copied
 * back into the database by a thread of its own. Whoever decides what comes next need not wait for the disk then.
 */
import { closeSync, fdatasync, openSync } from 'node:fs'
import { Worker } from 'node:worker_threads'

/** So many pages in the log before they are copied back: those that every batch changes are copied once for many. */
const COPIED_FROM_PAGES = 4_000
/** So few are copied within a commit, after which the log begins anew. */
const FEW_PAGES = 300
/** What came of a thread that does not keep up: then commits wait for it. */
const LIMIT_PAGES = 40_000
/** A thread that copied nothing for so long ends. */
const IDLE_MS = 10_000
const COPIER_CACHE_KIB = 64
const COPIER = new URL('../../bin/log-thread.mjs', import.meta.url)

/** The log's state, in pages. */
export interface LogState {
  log: number
  checkpointed: number
}

export type LogStep = 'nothing' | 'copy' | 'finish'

/** What is to be done after a commit. */
export function nextLogStep({ log, checkpointed }: LogState): LogStep {
  if (log < COPIED_FROM_PAGES) return 'nothing'
  return log - checkpointed <= FEW_PAGES || log >= LIMIT_PAGES ? 'finish' : 'copy'
}

export interface LogCopier {
  /** Begins to copy what is in the log by now, unless it is at it. */
  copy(): void
  close(): Promise<void>
}

export function createLogCopier(path: string): LogCopier {
  let worker: Worker | undefined
  let isCopying = false
  const start = (): Worker => {
    const started = new Worker(COPIER, {
      workerData: { path, idleMs: IDLE_MS, cacheKib: COPIER_CACHE_KIB },
      resourceLimits: { maxYoungGenerationSizeMb: 1 },
    })
    // Nothing is lost with it: what is not copied yet is in the log, and the next commit asks again.
    started.on('error', () => {})
    started.on('exit', () => {
      if (worker === started) worker = undefined
      isCopying = false
    })
    started.on('message', () => {
      isCopying = false
    })
    started.unref()
    return started
  }
  return {
    copy: () => {
      if (isCopying) return
      isCopying = true
      worker ??= start()
      worker.postMessage('copy')
    },
    close: async () => {
      await worker?.terminate()
    },
  }
}

export interface LogFile {
  /** Calls back once all that was written to it before is on the disk. */
  sync(done: (error: Error | null) => void): void
  close(): void
}

/** The log's own file. SQLite holds no lock on it, so closing it lets none go. */
export function openLogFile(path: string): LogFile {
  const file = openSync(path, 'r+')
  return { sync: (done) => fdatasync(file, done), close: () => closeSync(file) }
}
