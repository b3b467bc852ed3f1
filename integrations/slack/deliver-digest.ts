/**
 * The day's numbers, every morning. Told on its day only: what could not be told until the next is not told any more. Of
 * several processes one posts it; what was posted is remembered.
 */
import { z } from 'zod'
import type { DeliveryOutcome } from '../../src/app/ports.ts'
import { localDate } from '../../src/core/calendar.ts'
import { type Delivering, type DeliverOne, outcomeOf } from './deliver.ts'
import type { Message } from './desk.ts'
import { CONTACT_KIND, isHubspotConnected, readHubspot } from './health.ts'
import { type DigestData, digestMessage } from './views/digest.ts'
import { hubspotLine } from './views/health.ts'

const payload = z.object({ date: z.string().regex(/^\d{4}-\d{2}-\d{2}$/) })

/** Figures of the night are no older than this in the morning. */
const FRESH_MS = 600_000
/** Five are shown; of the others it is said how many there are. */
const ALERTS = 105
const APPROVALS = 50

export const deliverDigest: DeliverOne = async (row, delivering) => {
  const { app, clock, logger, settings } = delivering
  const read = payload.safeParse(row.payload)
  if (!read.success) return { kind: 'refused', reason: 'Nobody knows of which day it is' }
  const { date } = read.data
  const channel = settings.alertChannel
  const isToday = localDate(clock.now(), delivering.program().timezone) === date
  if (channel === null || !isToday) {
    logger.info('a digest is not told', { date, because: channel === null ? 'there is no channel' : 'its day is over' })
    return { kind: 'done' }
  }
  if ((await app.postedOf([subjectOf(date)])).length > 0) return { kind: 'done' }
  // Before it is claimed: of a large shop the figures may take a while.
  const message = await writeDigest(date, delivering).catch((error: unknown) => {
    logger.error('the digest could not be written', { date, error: error instanceof Error ? error.name : 'unknown' })
    return null
  })
  // No fault of Slack's: what else is to be told there must not wait for it.
  if (message === null) return { kind: 'held', reason: 'The figures could not be read' }
  if (!(await app.claimDigest(date))) return { kind: 'held', reason: 'Another process is at it' }
  return post(date, channel, message, delivering)
}

export const subjectOf = (date: string): string => `digest:${date}`

async function post(
  date: string,
  channel: string,
  message: Message,
  { app, clock, slack }: Delivering,
): Promise<DeliveryOutcome> {
  // It may have been posted while the figures were made.
  if ((await app.postedOf([subjectOf(date)])).length > 0) return { kind: 'done' }
  const posted = await slack.post({ channel }, message)
  if (!posted.ok) {
    await app.releaseDigest(date)
    return outcomeOf(posted)
  }
  const { value } = posted
  const at = clock.now()
  await app.notePosted([{ subject: subjectOf(date), channel: value.channel, message: value.ts, shown: 'digest', at }])
  return { kind: 'done' }
}

async function writeDigest(date: string, delivering: Delivering): Promise<Message> {
  const { app, program } = delivering
  const [glance, alerts, approvals, health] = await Promise.all([
    app.glance(FRESH_MS),
    app.listAlerts({ limit: ALERTS }),
    app.listApprovals(APPROVALS),
    healthOf(delivering),
  ])
  if (glance === null) throw new Error('there are no figures')
  return digestMessage(
    {
      programName: program().name,
      date,
      glance,
      alerts: alerts.ok ? alerts.value.items : [],
      hasMoreAlerts: alerts.ok && alerts.value.next !== null,
      approvals: { count: approvals.items.length, hasMore: approvals.hasMore },
      health,
    },
    delivering.words(),
  )
}

async function healthOf({ app, clock, settings, words }: Delivering): Promise<DigestData['health']> {
  if (!(await isHubspotConnected(settings))) return null
  const kinds = await app.outboxStanding()
  const hubspot = await readHubspot(
    app,
    kinds.find(({ kind }) => kind === CONTACT_KIND),
  )
  return { line: hubspotLine(hubspot, words(), clock.now()), why: hubspot.refused > 0 }
}
