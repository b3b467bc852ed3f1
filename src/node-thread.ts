// The Node host's second thread: the database, the use cases and what goes on beside requests. The first one
// (store-thread.ts) serves, and calls them.
import { getRandomValues } from 'node:crypto'
import { enableCompileCache, flushCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'
import { parentPort } from 'node:worker_threads'
import type { App, Clock } from './app/ports.ts'
import type { Background } from './compose/background.ts'
import type { CalledEvent, ThreadAnswers, ThreadCalls, ThreadOrder, ThreadStart } from './compose/thread-messages.ts'

enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/regulars', import.meta.url)))
const { createLogger } = await import('./logger.ts')
const { openDatabase } = await import('./compose/open-database.ts')
const { createRandomPool } = await import('./compose/chance.ts')
const { startBackground } = await import('./compose/background.ts')
const { createNightLook } = await import('./compose/night-look.ts')
const { createHubspotNight } = await import('./compose/hubspot-night.ts')
const { createStripeNight } = await import('./compose/stripe-night.ts')
const { createDigestClock } = await import('./compose/digest-clock.ts')
const { lookBeside } = await import('./compose/look-thread.ts')
const { lookToTheEnd } = await import('./compose/look-to-the-end.ts')
const { failureOf } = await import('./compose/thread-messages.ts')
const { composeInner } = await import('./compose.ts')

const port = parentPort
if (port === null) throw new Error('node-thread.ts is run by node.ts')

const clock: Clock = { now: () => Date.now() }
const random = createRandomPool((bytes) => getRandomValues(bytes))

const say = createAnswers((message) => port.postMessage(message))

/** Collects what is to be said until nothing more follows at once. */
function createAnswers(post: (message: ThreadAnswers) => void) {
  let next: ThreadAnswers = { done: [], failed: [], commits: [], lines: [] }
  let isPlanned = false
  const send = () => {
    isPlanned = false
    const { done, failed, commits, lines } = next
    if (done.length + failed.length + commits.length + lines.length === 0) return
    post(next)
    next = { done: [], failed: [], commits: [], lines: [] }
  }
  return {
    now: (put: (message: ThreadAnswers) => void): void => {
      put(next)
      if (isPlanned) return
      isPlanned = true
      process.nextTick(send)
    },
    /** A commit is told of with the answers that follow from it. */
    commit: (units: number): void => {
      next.commits.push(units)
      setImmediate(send)
    },
  }
}

const BUSY_SHARE = 0.5

/** Whether this thread was busy most of the time since last asked. */
function createIsBusy(): () => boolean {
  let last = performance.eventLoopUtilization()
  return () => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, last)
    last = now
    return utilization > BUSY_SHARE
  }
}

/** Of a database in memory there is one connection only: then it is looked at from here, a little at a time. */
const IN_MEMORY = { limit: 20, sample: 10_000, restShare: () => 3 }

function lookIn(order: ThreadOrder, app: App): (isStopped: () => boolean) => Promise<void> {
  return async (isStopped) => {
    if (order.config.databasePath === ':memory:') await lookToTheEnd(app, { ...IN_MEMORY, isStopped })
    else {
      const writeLine = (line: string) => say.now(({ lines }) => lines.push(line))
      await lookBeside(order, { isStopped, writeLine, isBusy: createIsBusy() })
      // What that thread has learnt is at hand here, too.
      await app.lookAhead({ limit: 1, release: true })
    }
  }
}

type Method = (...args: never[]) => unknown

async function start({ config, program }: ThreadOrder): Promise<void> {
  const logger = createLogger({
    level: config.logLevel,
    write: (line) => say.now(({ lines }) => lines.push(line)),
    now: clock.now,
  })
  const database = await openDatabase(config.databasePath, say.commit, false, config.paused)
  const { store, isUpToDate } = database
  let background: Background | undefined
  const host = { store, program, clock, random, logger, onEffects: () => background?.wake() }
  const { app, webhookSecrets } = await composeInner(config, host)
  const lookAtPayments = createStripeNight({ config, app, clock, logger })
  const look = createNightLook({ app, clock, logger, look: lookIn({ config, program }, app) })
  const lookAtContacts = createHubspotNight({ config, app, clock, logger, isBusy: createIsBusy() })
  // What the look finds out is in the contacts that are looked at.
  const lookAhead = async (isStopped: () => boolean) => {
    await look(isStopped)
    await lookAtContacts(isStopped)
  }
  const { botToken, alertChannel } = config.slack
  const queueDigest = botToken === null || alertChannel === null ? null : createDigestClock({ app, clock })
  const told = queueDigest === null ? {} : { queueDigest }
  // What rests has no work of its own either.
  if (!config.paused)
    background = startBackground({ app, logger, lookAtPayments, lookAhead, ...told, isBusy: createIsBusy() })
  const running = background
  const own: Record<string, Method> = {
    isUpToDate,
    stopBackground: async () => running?.stop(),
    close: () => store.close(),
  }
  port?.postMessage({ ok: true, webhookSecrets, program: app.program() } satisfies ThreadStart)
  obey = ({ events, payloads, others }) => {
    for (const [index, text] of events.entries()) {
      const [id, event] = JSON.parse(text) as CalledEvent
      settle(id, app.recordEvent({ ...event, payload: payloads[index] ?? '' }))
    }
    for (const { id, method, args } of others) {
      const work = own[method] ?? (app as unknown as Record<string, Method | undefined>)[method]
      // Whoever waits must hear of it: a call that nobody answers would hold its request open for ever.
      settle(
        id,
        work === undefined
          ? Promise.reject(new Error(`no use case ${method}`))
          : Promise.try(work, ...(args as never[])),
      )
    }
  }
  flushCompileCache()
}

let obey: (calls: ThreadCalls) => void = () => {}

function settle(id: number, work: Promise<unknown>): void {
  work.then(
    (value) => say.now(({ done }) => done.push([id, value])),
    (error: unknown) => say.now(({ failed }) => failed.push([id, failureOf(error)])),
  )
}

port.on('message', (message: ThreadOrder | ThreadCalls) => {
  if ('events' in message) {
    obey(message)
    return
  }
  start(message).catch((error: unknown) => {
    port.postMessage({ ok: false, message: error instanceof Error ? error.message : 'no reason' } satisfies ThreadStart)
  })
})
