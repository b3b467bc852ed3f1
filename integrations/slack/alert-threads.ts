/** Alerts that were told before: their cards are brought up to date, and what one must not miss is said in the thread. */
import type { PostedMessage } from '../../src/app/ports/staffroom.ts'
import type { AlertView, DeliveryOutcome, OutboxRow } from '../../src/app/ports.ts'
import { alertSubject, comebackSubject, hashOf, readMark, wokeSubject, writeMark } from './alert-marks.ts'
import { changeTo, isOutOfReach, note, type Posting, renewSummary } from './alert-posting.ts'
import { outcomeOf } from './deliver.ts'
import { say } from './dispatch.ts'
import { alertCard } from './views/alert-card.ts'
import { comebackOf, nameOf, undoneOf, wokeOf } from './views/alert-words.ts'

interface Told {
  alert: AlertView
  /** Where it was told. */
  card: PostedMessage
  row: OutboxRow
}

const DONE: DeliveryOutcome = { kind: 'done' }

export async function followUp(posting: Posting, told: Told): Promise<DeliveryOutcome> {
  const renewed = await renew(posting, told)
  if (renewed !== null) return renewed
  // What cannot be seen any more has no thread either.
  const card = posting.posted.get(alertSubject(told.alert.id))
  if (card === undefined || readMark(card).gone === true) return DONE
  return (await tellComeback(posting, told)) ?? (await tellWoken(posting, told)) ?? DONE
}

/** First of all: a card that was deleted is found out by it. */
async function renew(posting: Posting, { alert, card }: Told): Promise<DeliveryOutcome | null> {
  const mark = readMark(card)
  if (mark.within !== undefined) return renewSummary(posting, mark.within, alert.id)
  const { words, measured } = posting
  return changeTo(posting, card, mark, alertCard(alert, words, { measured }))
}

/**
 * Once, whatever is heard of it again. Where the purchase was given back, or another one counts, the same line says so; and
 * of whoever was forgotten it says no name any more.
 */
async function tellComeback(posting: Posting, { alert, card }: Told): Promise<DeliveryOutcome | null> {
  const { words } = posting
  const subject = comebackSubject(alert.id)
  const line = posting.posted.get(subject)
  const text = comebackOf(alert, words) ?? (line === undefined ? null : undoneOf(alert, words))
  if (text === null) return null
  // "Today" is another word tomorrow: what is told stays as it was told.
  const hash = hashOf([alert.cameBack, nameOf(alert, words)])
  if (line === undefined) return reply(posting, card, { subject, text, hash })
  const mark = readMark(line)
  if (mark.gone === true || mark.hash === hash) return null
  const changed = await posting.delivering.slack.change({ channel: line.channel, ts: line.message }, say(text))
  if (!changed.ok && !isOutOfReach(changed)) return outcomeOf(changed)
  const next = changed.ok ? { ...mark, hash } : { ...mark, gone: true }
  await note(posting, [{ ...line, shown: writeMark(next) }])
  return null
}

/** Its rest is over: whoever put it off is told, once. */
async function tellWoken(posting: Posting, { alert, card, row }: Told): Promise<DeliveryOutcome | null> {
  const { wake } = (row.payload ?? {}) as { wake?: unknown }
  if (wake !== true || alert.state !== 'open') return null
  const subject = wokeSubject(row.key)
  const [known] = await posting.delivering.app.postedOf([subject])
  return known === undefined ? reply(posting, card, { subject, text: wokeOf(alert, posting.words), hash: '' }) : null
}

/** In the thread of where it was told. */
async function reply(
  posting: Posting,
  { channel, message, ...card }: PostedMessage,
  { subject, text, hash }: { subject: string; text: string; hash: string },
): Promise<DeliveryOutcome | null> {
  const posted = await posting.delivering.slack.post({ channel, thread: message }, say(text))
  if (!posted.ok && !isOutOfReach(posted)) return outcomeOf(posted)
  const { to } = readMark({ ...card, channel })
  const place = posted.ok ? { channel: posted.value.channel, message: posted.value.ts } : { channel, message }
  const shown = writeMark({ to, hash, ...(!posted.ok && { gone: true }) })
  await note(posting, [{ subject, ...place, shown, at: posting.now }])
  return null
}
