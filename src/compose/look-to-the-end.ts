// The night's look slice after slice, for whoever has the time for all of it: a thread of its own, the command line, and a
// server whose database is in memory.
import { setTimeout as wait } from 'node:timers/promises'
import { type App, type LookAheadOptions, type LookAheadProgress, StoreUnavailable } from '../app/ports.ts'

export interface LookToTheEndOptions extends Pick<LookAheadOptions, 'limit' | 'refit' | 'sample'> {
  isStopped: () => boolean
  onProgress?: (progress: LookAheadProgress) => void
  /** Pauses between slices, in parts of the time that a slice takes: others work then. */
  restShare?: () => number
}

/** How long it waits for another process that is at it, or for the database. */
const ELSEWHERE_MS = 1_000
const UNAVAILABLE_MS = 1_000
/** A slice that the database refuses so often in a row is not the moment's doing. */
const REFUSALS_LIMIT = 60
const LONGEST_REST_MS = 2_000

/** Answers where it stands in the end: not done only when it was stopped. @throws StoreUnavailable when the database stays away. */
export async function lookToTheEnd(
  app: Pick<App, 'lookAhead'>,
  { limit, refit = false, sample, isStopped, onProgress = () => {}, restShare = () => 0 }: LookToTheEndOptions,
): Promise<LookAheadProgress> {
  const slice = { limit, ...(sample !== undefined && { sample }) }
  let progress = await patiently(() => app.lookAhead({ ...slice, begin: true, ...(refit && { refit }) }))
  while (!progress.isDone && !isStopped()) {
    onProgress(progress)
    const startedAt = performance.now()
    if (progress.isElsewhere) await wait(ELSEWHERE_MS)
    progress = await patiently(() => app.lookAhead(slice))
    const restMs = Math.min(LONGEST_REST_MS, (performance.now() - startedAt) * restShare())
    if (restMs > 0) await wait(restMs)
  }
  return progress.isDone ? progress : app.lookAhead({ ...slice, release: true })
}

/** Another process may hold the lock for a while: a look that takes minutes can wait. */
async function patiently<Outcome>(work: () => Promise<Outcome>): Promise<Outcome> {
  for (let refusals = 1; ; refusals++) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || refusals >= REFUSALS_LIMIT) throw error
      await wait(UNAVAILABLE_MS)
    }
  }
}
