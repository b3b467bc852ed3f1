// An end in good order: nothing new is accepted, what was begun is finished, the database is closed last.
import type { Server } from 'node:http'

const FINISH_WITHIN_MS = 10_000
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
