// An end in good order: nothing new is accepted, what was begun is finished, the database is closed last.
import type { Server } from 'node:http'

export const FINISH_WITHIN_MS = 10_000
const SWEEP_EVERY_MS = 50

/**
 * Stops accepting and waits for requests in flight, for ten seconds at most; then their connections are cut. Answers
 * whether all were finished.
 */
export async function closeServer(server: Server, withinMs: number = FINISH_WITHIN_MS): Promise<boolean> {
  const closed = new Promise<true>((done) => server.close(() => done(true)))
  // Connections that are kept alive become idle only once their request is answered.
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_EVERY_MS)
  const finished = await withTimeout(closed, withinMs, false)
  clearInterval(sweep)
  if (!finished) server.closeAllConnections()
  return finished
}

/** What goes on after an answer: a host that ends waits for it. */
export interface LateWork {
  add(work: Promise<unknown>): void
  /** Resolves when nothing is under way, or at the latest after so long; answers whether all was finished. */
  finish(withinMs: number): Promise<boolean>
}

export function createLateWork(): LateWork {
  const under = new Set<Promise<unknown>>()
  async function finishAll(): Promise<true> {
    // What is begun meanwhile, by what was begun before, is waited for too.
    while (under.size > 0) await Promise.allSettled(under)
    return true
  }
  return {
    add: (work) => {
      under.add(work)
      const ended = (): void => void under.delete(work)
      work.then(ended, ended)
    },
    finish: (withinMs) => withTimeout(finishAll(), withinMs, false),
  }
}

export async function withTimeout<T>(work: Promise<T>, ms: number, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<T>((done) => {
    timer = setTimeout(() => done(otherwise), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
