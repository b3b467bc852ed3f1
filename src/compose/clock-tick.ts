// What a host that is called by the minute does each time. The jobs are apart: one that fails is tried again a minute later,
// and must not keep the others from their work for as long as it does.
import type { App, Logger } from '../app/ports.ts'
import { lookInTime } from './night-look.ts'

export interface TickOptions {
  app: Pick<App, 'settleDue' | 'indexMembers' | 'drainOutbox' | 'getSetting' | 'program' | 'lookAhead'>
  logger: Logger
  /** When this tick was due. */
  now: number
  /** Ends a stretch of work that may take as long as is left: made anew for each. */
  untilLater: () => () => boolean
  queueDigest: () => Promise<void>
  lookAtPayments: (isStopped: () => boolean) => Promise<void>
  lookAtContacts: (isStopped: () => boolean) => Promise<void>
}

/** Members written down per tick; the longest due come first. */
const SETTLE_SLICE = 100

/** @throws what the first job that failed threw, after all of them: so the host's own record says that the tick failed. */
export async function tick(options: TickOptions): Promise<void> {
  const { app, logger, now, untilLater, queueDigest, lookAtPayments, lookAtContacts } = options
  const failures: unknown[] = []
  const run = async (job: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      logger.error('a job of the clock failed; it is tried again in a minute', { job, error })
      failures.push(error)
    }
  }
  await run('the digest', queueDigest)
  await run('what is due', () => app.settleDue(SETTLE_SLICE))
  await run('the search index', () => app.indexMembers())
  await run('deliveries', async () => {
    // A long queue is taken in turns.
    const isOver = untilLater()
    while (!isOver() && (await app.drainOutbox()) > 0);
  })
  // Last: they may take as long as is left. What is missing is learnt before everybody is looked at.
  await run('Stripe’s lists', () => lookAtPayments(untilLater()))
  await run('the look ahead', () => lookInTime(app, { now, isOver: untilLater() }))
  await run('HubSpot’s contacts', () => lookAtContacts(untilLater()))
  if (failures.length > 0) throw failures[0]
}
