// The whole server in one thread, over a database of the sandbox's own: what the sandbox's vendors talk to. Loaded by the
// Node host alone, where nothing is connected.
import { getRandomValues } from 'node:crypto'
import type { Hono } from 'hono'
import type { App, Clock, Deliverer, Logger } from '../app/ports.ts'
import type { Changes } from '../app/store-port.ts'
import { composeApp } from '../compose.ts'
import type { Config } from '../config.ts'
import { createMetrics } from '../metrics.ts'
import type { Program } from '../program/schema.ts'
import { type Background, startBackground } from './background.ts'
import { createRandomPool } from './chance.ts'
import { createDigestClock } from './digest-clock.ts'
import { composeHttp } from './doors.ts'
import { createHubspotNight } from './hubspot-night.ts'
import { createHubspotTools } from './hubspot-tools.ts'
import { lookToTheEnd } from './look-to-the-end.ts'
import { createNightLook } from './night-look.ts'
import { openDatabase } from './open-database.ts'
import { localWebhookSecret, noteSandbox } from './secrets.ts'

export interface SandboxServerParts {
  databasePath: string
  program: Program
  staff: Program['staff']
  /** With the addresses and credentials of the sandbox's vendors. */
  config: Config
  clock: Clock
  logger: Logger
  /** Told of what was committed, and of what went out. */
  watch: {
    onCommit: (changes: Changes) => void
    deliverer: (deliverer: Deliverer) => Deliverer
  }
  remoteAddress: Parameters<typeof composeHttp>[2]['remoteAddress']
}

export interface SandboxServer {
  app: App
  http: Hono
  /** What Stripe's webhooks are signed with; also the command line finds it in the database. */
  webhookSecret: string
  /** Makes the properties in HubSpot, as `setup hubspot` does. */
  provision(): Promise<void>
  /** What would come by itself as time goes on, done now: what is due, the night's look, deliveries. */
  catchUp(what: { night: boolean }): Promise<void>
  /** Looks ahead now, whatever the hour. */
  look(): Promise<void>
  close(): Promise<void>
}

/** Judged in one go; requests are served between. */
const LOOK = { limit: 100, sample: 10_000 }
const SETTLE_SLICE = 200
const DRAINS_LIMIT = 200

export async function openSandboxServer(parts: SandboxServerParts): Promise<SandboxServer> {
  const { databasePath, program, staff, config, clock, logger, watch } = parts
  const { store, isUpToDate } = await openDatabase(databasePath, undefined, true)
  await noteSandbox(store)
  const random = createRandomPool((bytes) => getRandomValues(bytes))
  let background: Background | undefined
  const watched: typeof store = {
    ...store,
    commit: async (unit) => {
      let changes: Changes | null = null
      const outcome = await store.commit((tx) => {
        const decided = unit(tx)
        // The last run is the one that counts.
        changes = decided.changes
        return decided
      })
      if (changes !== null) {
        watch.onCommit(changes)
        background?.wake()
      }
      return outcome
    },
  }
  const webhookSecret = await localWebhookSecret(store, random)
  const app = await composeApp(config, {
    store: watched,
    program,
    clock,
    random,
    logger,
    watchDeliverer: watch.deliverer,
    staff,
  })
  const inner = { app, webhookSecrets: [webhookSecret] }
  const working = new Set<Promise<unknown>>()
  const http = await composeHttp(config, inner, {
    clock,
    logger,
    metrics: createMetrics(),
    remoteAddress: parts.remoteAddress,
    isReady: isUpToDate,
    waitUntil: () => (work) => {
      working.add(work)
      void work.finally(() => working.delete(work))
    },
  })
  const look = createNightLook({
    app,
    clock,
    logger,
    look: async (isStopped) => void (await lookToTheEnd(app, { ...LOOK, isStopped })),
  })
  const lookAtContacts = createHubspotNight({ config, app, clock, logger, rest: async () => {} })
  const queueDigest = createDigestClock({ app, clock })
  background = startBackground({ app, logger, queueDigest })
  const running = background
  return {
    app,
    http,
    webhookSecret,
    provision: async () => {
      await createHubspotTools({ config, clock }).provision([program], { withLists: true, isDryRun: false })
    },
    catchUp: async ({ night }) => {
      while ((await app.settleDue(SETTLE_SLICE)) === SETTLE_SLICE);
      while ((await app.indexMembers()) > 0);
      await queueDigest()
      if (night) {
        await look(() => false)
        await lookAtContacts(() => false)
      }
      for (let round = 0; round < DRAINS_LIMIT && (await app.drainOutbox()) > 0; round++);
    },
    look: async () => void (await lookToTheEnd(app, { ...LOOK, isStopped: () => false })),
    close: async () => {
      await running.stop()
      await Promise.allSettled(working)
      await store.close()
    },
  }
}
