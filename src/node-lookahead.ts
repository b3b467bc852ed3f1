// The Node host's thread for the night's look: opens the same database, looks to the end in slices, and is over.
import { getRandomValues } from 'node:crypto'
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'
import type { Clock } from './app/ports.ts'
import type { LookMessage, LookOrder, LookWork } from './compose/look-thread.ts'

enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/regulars', import.meta.url)))
const { createLogger } = await import('./logger.ts')
const { openDatabase } = await import('./compose/open-database.ts')
const { politely } = await import('./compose/polite-driver.ts')
const { lookToTheEnd } = await import('./compose/look-to-the-end.ts')
const { composeApp } = await import('./compose.ts')
const { createStore } = await import('./store/store.ts')

const port = parentPort
if (port === null) throw new Error('node-lookahead.ts is run by node-thread.ts')

/** Members at a time: reading them takes some milliseconds. */
const SLICE = 500
/** The server's threads come first, also where there are but two processors; in a rush all the more. */
const REST_SHARE = 0.25
const RUSH_REST_SHARE = 8

const say = (message: LookMessage): void => port.postMessage(message)
const clock: Clock = { now: () => Date.now() }
const random = (count: number): Uint8Array => getRandomValues(new Uint8Array(count))

let isStopped = false
let isRush = false

async function look({ order: { config, program } }: LookWork): Promise<void> {
  const logger = createLogger({ level: config.logLevel, write: (line) => say({ line }), now: clock.now })
  // A look that a power loss undid in part is done again.
  const { driver } = await openDatabase(config.databasePath, undefined, true)
  const store = createStore(politely(driver))
  try {
    const app = await composeApp(config, { store, program, clock, random, logger, isBeside: true })
    const startedAt = performance.now()
    const ended = await lookToTheEnd(app, {
      limit: SLICE,
      isStopped: () => isStopped,
      restShare: () => (isRush ? RUSH_REST_SHARE : REST_SHARE),
    })
    const { isDone, judged, opened, closed, failed } = ended
    const tookMs = Math.round(performance.now() - startedAt)
    logger.info(isDone ? 'looked ahead' : 'looking ahead was broken off', { judged, opened, closed, failed, tookMs })
    say({ ended })
  } finally {
    await store.close()
  }
}

port.on('message', (order: LookOrder) => {
  if (order === 'stop') isStopped = true
  else isRush = order === 'rush'
})
await look(workerData as LookWork)
port.close()
