// The Cloudflare Workers host: the same system on D1. Everything that lives as long as the isolate is made at its first
// request; deliveries that a request caused go out after its answer, the rest when the clock ticks.
import type {
  D1Database,
  ExecutionContext,
  MessageBatch,
  Queue,
  RateLimit,
  ScheduledController,
} from '@cloudflare/workers-types'
import programText from '../program.json' with { type: 'json' }
import type { App, Logger } from './app/ports.ts'
import { tick } from './compose/clock-tick.ts'
import { createLasting } from './compose/cut-off.ts'
import { createDigestClock } from './compose/digest-clock.ts'
import { createEventDoor, recordQueued, tryLater } from './compose/event-queue.ts'
import { createHubspotNight } from './compose/hubspot-night.ts'
import { recorderWhilePaused } from './compose/paused-queue.ts'
import { readProgram } from './compose/read-program.ts'
import { createStripeNight } from './compose/stripe-night.ts'
import { createWorkerLimiters } from './compose/worker-limiters.ts'
import { compose, composeApp, type Server } from './compose.ts'
import { parseConfig } from './config.ts'
import { createLogger } from './logger.ts'
import { createMetrics } from './metrics.ts'
import { createD1Driver } from './store/d1-driver.ts'
import { createStore } from './store/store.ts'

export interface Env {
  DB: D1Database
  /** Keeps Stripe's events in a burst; left out, each is recorded before it is acknowledged. */
  EVENTS?: Queue
  /** Counts who asks too often, for all isolates of a place; left out, each counts for itself. */
  LIMITER?: RateLimit
  /** Variables and secrets of DESIGN.md §6. */
  [variable: string]: unknown
}

/** Ends the name of the queue that takes what another one gave up: `dead_letter_queue` in wrangler.toml. */
const DEAD_LETTERS = '-dead'

interface Isolate {
  server: Server
  /** Only what reads is done, and what came before the pause recorded. */
  isPaused: boolean
  logger: Logger
  /** Records what the queue hands over. */
  takeQueued(batch: MessageBatch): Promise<void>
  /** Whether something was put in the outbox since last asked. */
  takeWoken(): boolean
  /** Some slices of the night's look at Stripe's lists, where it is due or under way. */
  lookAtPayments(isStopped: () => boolean): Promise<void>
  /** Some slices of the night's look at HubSpot's contacts, where it is due or under way. */
  lookAtContacts(isStopped: () => boolean): Promise<void>
  /** Queues the day's digest where it is due. */
  queueDigest(): Promise<void>
}

/** A start takes a moment; a tick some slices of fifteen seconds, and deliveries after an answer half a minute. */
const LIMITS = { startMs: 30_000, workMs: 300_000 }
const isolate = createLasting<Isolate>(() => Date.now(), LIMITS)

async function start(env: Env): Promise<Isolate> {
  const variables = Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
  // A Worker is on the open internet: never the sandbox that a laptop gets.
  const config = parseConfig({ ...variables, NODE_ENV: 'production' })
  if (!config.ok) throw new Error(`The configuration is not right:\n${config.problems.join('\n')}`)
  const program = readProgram(JSON.stringify(programText))
  if (!program.ok) throw new Error(`program.json is not right:\n${program.problems}`)
  const now = (): number => Date.now()
  const logger = createLogger({ level: config.config.logLevel, write: (line) => console.log(line.trimEnd()), now })
  const clock = { now }
  const driver = createD1Driver(env.DB)
  const { paused: isPaused } = config.config
  const random = (count: number) => crypto.getRandomValues(new Uint8Array(count))
  let woken = false
  const { EVENTS: queue, LIMITER: counter } = env
  const metrics = createMetrics()
  const server = await compose(config.config, {
    store: createStore(driver, { isPaused }),
    program: program.program,
    clock,
    random,
    logger,
    metrics,
    remoteAddress: (c) => c.req.header('cf-connecting-ip') ?? 'unknown',
    limiters: createWorkerLimiters({ counter, clock, logger }),
    isApiLate: true,
    waitUntil: (c) => (work) => c.executionCtx.waitUntil(work.then(deliverWoken, deliverWoken)),
    onEffects: () => {
      woken = true
    },
    // In a pause nothing is acknowledged that is not in the books.
    ...(queue !== undefined &&
      !isPaused && {
        stripeDoor: (app) =>
          createEventDoor(app, { send: (text) => queue.send(text, { contentType: 'text' }), clock, logger }),
      }),
  })
  const recorder: Pick<App, 'recordEvents'> = isPaused
    ? recorderWhilePaused(createStore(driver), (store) =>
        composeApp({ ...config.config, paused: false }, { store, program: program.program, clock, random, logger }),
      )
    : server.app
  const takeQueued = ({ queue: name, messages }: MessageBatch): Promise<void> =>
    recordQueued({ messages, areDead: name.endsWith(DEAD_LETTERS) }, { app: recorder, clock, logger, metrics })
  function takeWoken(): boolean {
    const was = woken
    woken = false
    return was
  }
  // What is done after an answer may cause deliveries too: they do not wait for the clock.
  async function deliverWoken(): Promise<void> {
    if (takeWoken()) await isolate.during(() => server.app.drainOutbox())
  }
  const lookAtPayments = createStripeNight({ config: config.config, app: server.app, clock, logger })
  const lookAtContacts = createHubspotNight({ config: config.config, app: server.app, clock, logger })
  const { botToken, alertChannel } = config.config.slack
  const isTold = botToken !== null && alertChannel !== null
  const queueDigest = isTold ? createDigestClock({ app: server.app, clock }) : async () => {}
  return { server, isPaused, logger, takeQueued, takeWoken, lookAtPayments, lookAtContacts, queueDigest }
}

/** A start that failed is tried again by the next request: the database may not have been migrated yet. */
const started = (env: Env): Promise<Isolate> => isolate.get(() => start(env))

const deliver = ({ server }: Isolate): Promise<unknown> => isolate.during(() => server.app.drainOutbox())

const UNAVAILABLE = {
  type: 'about:blank',
  title: 'Service Unavailable',
  status: 503,
  code: 'unavailable',
  detail: 'Regulars could not start; its log says why',
}

function tellWhyNotStarted(error: unknown): void {
  const reason = error instanceof Error ? error.message : 'unknown'
  console.error(JSON.stringify({ level: 'error', message: 'could not start', error: reason }))
}

/** Some slices each minute, until everybody was judged. */
const LOOK_FOR_MS = 15_000

function untilLater(): () => boolean {
  const endsAt = Date.now() + LOOK_FOR_MS
  return () => Date.now() >= endsAt
}

export default {
  async fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
    let running: Isolate
    const starting = started(env)
    // Others wait for it too, though this caller may be gone.
    context.waitUntil(Promise.allSettled([starting]))
    try {
      running = await starting
    } catch (error) {
      tellWhyNotStarted(error)
      return Response.json(UNAVAILABLE, {
        status: 503,
        headers: { 'content-type': 'application/problem+json', 'retry-after': '5' },
      })
    }
    const response = await running.server.http.fetch(request, env, context)
    if (running.takeWoken()) context.waitUntil(deliver(running))
    return response
  },

  async queue(batch: MessageBatch, env: Env, context: ExecutionContext): Promise<void> {
    let running: Isolate
    try {
      running = await started(env)
    } catch (error) {
      tellWhyNotStarted(error)
      tryLater({ messages: batch.messages, areDead: batch.queue.endsWith(DEAD_LETTERS) })
      return
    }
    await running.takeQueued(batch)
    if (running.takeWoken()) context.waitUntil(deliver(running))
  },

  async scheduled({ scheduledTime }: ScheduledController, env: Env): Promise<void> {
    const { server, isPaused, logger, lookAtPayments, lookAtContacts, queueDigest } = await started(env)
    if (isPaused) return
    const jobs = { queueDigest, lookAtPayments, lookAtContacts }
    await isolate.during(() => tick({ app: server.app, logger, now: scheduledTime, untilLater, ...jobs }))
  },
}
