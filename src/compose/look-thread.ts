// The thread that looks ahead, as the one with the books sees it: it has a connection and use cases of its own, so that
// reading everybody and fitting models holds up no payment. It lives for one look.
import { Worker } from 'node:worker_threads'
import type { LookAheadProgress } from '../app/ports.ts'
import type { ThreadOrder } from './thread-messages.ts'

/** What the thread says: a line of the log, or that it is done or was stopped. */
export type LookMessage = { line: string } | { ended: LookAheadProgress }
/** What the thread begins with. */
export interface LookWork {
  runs: 'look'
  order: ThreadOrder
}
/** What it is told: to stop, or that payments take most of the time now, or do no more. */
export type LookOrder = 'stop' | 'rush' | 'calm'

const THREAD = new URL('../../bin/server.mjs', import.meta.url)
/** Beyond this the look fails, and nothing else does. */
const MEMORY_MB = 1_024
const STOP_CHECK_MS = 50
const RUSH_CHECK_MS = 500
/** A slice takes less; a fit may not, and is done again. */
const STOPS_WITHIN_MS = 3_000

export interface LookBesideOptions {
  isStopped: () => boolean
  writeLine: (line: string) => void
  /** Whether payments take most of the time now: it rests more then. */
  isBusy: () => boolean
}

/** Resolves when the look is done, or was stopped. @throws when the thread breaks down. */
export async function lookBeside(
  order: ThreadOrder,
  { isStopped, writeLine, isBusy }: LookBesideOptions,
): Promise<LookAheadProgress | null> {
  const worker = new Worker(THREAD, {
    workerData: { runs: 'look', order } satisfies LookWork,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  })
  const { promise, resolve, reject } = Promise.withResolvers<LookAheadProgress | null>()
  let ended: LookAheadProgress | null = null
  let stoppedAt: number | null = null
  const watch = setInterval(() => {
    if (!isStopped()) return
    if (stoppedAt === null) worker.postMessage('stop' satisfies LookOrder)
    stoppedAt ??= performance.now()
    if (performance.now() - stoppedAt > STOPS_WITHIN_MS) void worker.terminate()
  }, STOP_CHECK_MS)
  const rush = setInterval(() => worker.postMessage((isBusy() ? 'rush' : 'calm') satisfies LookOrder), RUSH_CHECK_MS)
  worker.on('message', (message: LookMessage) => {
    if ('line' in message) writeLine(message.line)
    else ended = message.ended
  })
  worker.on('error', reject)
  worker.on('exit', (code) => {
    if (ended !== null || stoppedAt !== null) resolve(ended)
    else reject(new Error(`the thread that looks ahead ended with ${code}`))
  })
  return promise.finally(() => {
    clearInterval(watch)
    clearInterval(rush)
  })
}
