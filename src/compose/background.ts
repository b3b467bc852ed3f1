// What goes on beside requests on a host that lives: deliveries, what falls due, and the night's work. A Worker has
// Cron Triggers for the same jobs instead.
import type { App, Logger } from '../app/ports.ts'

export interface BackgroundOptions {
  app: Pick<App, 'drainOutbox' | 'settleDue' | 'indexMembers'>
  logger: Logger
  /** Whether requests take most of the time now. Default: they never do. */
  isBusy?: () => boolean
  /** Called every minute: holds Stripe's lists against ours where that is due. */
  lookAtPayments?: (isStopped: () => boolean) => Promise<void>
  /** Called now and then: looks ahead where that is due. It takes long, and nothing else waits for it. */
  lookAhead?: (isStopped: () => boolean) => Promise<void>
  /** Called every minute: queues the day's digest where it is due. */
  queueDigest?: () => Promise<void>
}

export interface Background {
  /** Something was put in the outbox: it need not wait for the next round. */
  wake(): void
  /** Ends the rounds; resolves when none is under way. */
  stop(): Promise<void>
}

const DRAIN_EVERY_MS = 1_000
/** So that many commits in a moment make one round. */
const WAKE_AFTER_MS = 20
const INDEX_EVERY_MS = 1_000
/** So many rounds of indexing may be left out in a rush, so that few wait when it goes on. */
const INDEX_POSTPONED_LIMIT = 4
const SETTLE_EVERY_MS = 60_000
const SETTLE_SLICE = 100
const COMPARE_EVERY_MS = 60_000
const DIGEST_EVERY_MS = 60_000
/** Whether it is time to look ahead; first when the start is over. */
const LOOK_EVERY_MS = 60_000
const LOOK_AFTER_MS = 5_000

export function startBackground(options: BackgroundOptions): Background {
  const { app, logger, isBusy = () => false } = options
  const deliveries = new Set<Promise<unknown>>()
  const draining = repeat('deliveries', DRAIN_EVERY_MS, logger, async () => {
    const round = app.drainOutbox()
    deliveries.add(round)
    const ended = () => void deliveries.delete(round)
    round.then(ended, ended)
    // One vendor that is slow must not keep others from going out: who is under way is left to it.
    if (await endsWithin(round, DRAIN_EVERY_MS)) return
    round.catch((error: unknown) => logger.error('a round of the background failed', { job: 'deliveries', error }))
  })
  let postponed = 0
  const indexing = repeat('the search index', INDEX_EVERY_MS, logger, async (isStopped) => {
    // In a rush payments go first; a search that comes meanwhile indexes who waits by itself.
    postponed = isBusy() && postponed < INDEX_POSTPONED_LIMIT ? postponed + 1 : 0
    if (postponed > 0) return
    while (!isStopped() && (await app.indexMembers()) > 0) await pause()
  })
  const settling = repeat('what is due', SETTLE_EVERY_MS, logger, (isStopped) => settleAll(app, isStopped))
  const comparing = repeat('Stripe’s lists', COMPARE_EVERY_MS, logger, options.lookAtPayments ?? (async () => {}))
  const looking = repeat('the look ahead', LOOK_EVERY_MS, logger, options.lookAhead ?? (async () => {}), LOOK_AFTER_MS)
  const telling = repeat('the digest', DIGEST_EVERY_MS, logger, options.queueDigest ?? (async () => {}))
  return {
    wake: () => draining.soon(WAKE_AFTER_MS),
    stop: async () => {
      const jobs = [draining, indexing, settling, comparing, looking, telling]
      await Promise.all(jobs.map((job) => job.stop()))
      await Promise.allSettled(deliveries)
    },
  }
}

/** In slices, each a commit or a few of its own: requests go between them. */
async function settleAll(app: BackgroundOptions['app'], isStopped: () => boolean): Promise<void> {
  while (!isStopped() && (await app.settleDue(SETTLE_SLICE)) === SETTLE_SLICE) await pause()
}

const pause = () => new Promise<void>((done) => setTimeout(done, 0))

async function endsWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<false>((done) => {
    timer = setTimeout(() => done(false), ms)
  })
  return Promise.race([work.then(() => true), over]).finally(() => clearTimeout(timer))
}

/** Runs a job again and again, never twice at a time; a failure is logged and the next round tries again. */
function repeat(
  name: string,
  everyMs: number,
  logger: Logger,
  job: (isStopped: () => boolean) => Promise<void>,
  firstMs: number = Math.min(everyMs, DRAIN_EVERY_MS),
) {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | null = null
  let isWanted = false
  const round = () => {
    isWanted = false
    running = job(() => stopped)
      .catch((error: unknown) => logger.error('a round of the background failed', { job: name, error }))
      .finally(() => {
        running = null
        if (!stopped) plan(isWanted ? WAKE_AFTER_MS : everyMs)
      })
  }
  const plan = (afterMs: number) => {
    clearTimeout(timer)
    timer = setTimeout(round, afterMs)
    // The server's socket keeps the process alive, not this.
    timer.unref()
  }
  plan(firstMs)
  return {
    soon(afterMs: number): void {
      if (isWanted || stopped) return
      isWanted = true
      if (running === null) plan(afterMs)
    },
    async stop(): Promise<void> {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
