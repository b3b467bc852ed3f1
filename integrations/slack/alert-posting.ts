/** New alerts: to whom each goes, as a card of its own or, where there are many, as part of the hour's summary. */
import type { PostedMessage } from '../../src/app/ports/staffroom.ts'
import type { AlertView, DeliveryOutcome } from '../../src/app/ports.ts'
import type { Words } from '../../src/words/words.ts'
import { alertSubject, floodPrefix, floodSubject, hashOf, type Mark, readMark, writeMark } from './alert-marks.ts'
import type { CallFailure } from './calls.ts'
import { type Delivering, outcomeOf } from './deliver.ts'
import type { Message } from './desk.ts'
import { alertCard, floodCard, type MeasuredReturns } from './views/alert-card.ts'
import { roughMoney } from './views/alert-words.ts'

/** What one delivery knows and finds out. */
export interface Posting {
  delivering: Delivering
  words: Words
  measured: MeasuredReturns | null
  now: number
  alerts: ReadonlyMap<string, AlertView>
  /** By subject, as it stands now. */
  posted: Map<string, PostedMessage>
  /** What was posted of alerts within the hour, by subject. */
  recent: Map<string, PostedMessage>
  /** By alert; those left out are done. */
  outcomes: Map<string, DeliveryOutcome>
  /** What stands in the way of everything: Slack is down, or asks to wait. */
  stop: DeliveryOutcome | null
  /** Something new went through. */
  hasPosted: boolean
}

/** Cards within an hour; beyond that there is one message for all. */
const MOST_CARDS = 10
const HOUR_MS = 3_600_000
const TOP = 5

/** Notes what became of an alert; whatever concerns all of Slack ends the delivery. */
export function stopped(posting: Posting, id: string, outcome: DeliveryOutcome): void {
  posting.outcomes.set(id, outcome)
  if (outcome.kind === 'wait' || outcome.kind === 'down') posting.stop = outcome
}

export async function postFresh(posting: Posting, fresh: readonly AlertView[]): Promise<void> {
  if (fresh.length === 0) return
  const { delivering, now } = posting
  for (const one of await delivering.app.postedSince('alert', now - HOUR_MS)) posting.recent.set(one.subject, one)
  const targets = await targetsOf(posting, fresh)
  for (const [to, alerts] of Map.groupBy(fresh, ({ id }) => targets.get(id) ?? null)) {
    // Nobody to tell: they are in the list all the same (README).
    if (to === null) continue
    const outcome = await postTo(posting, to, alerts)
    // Who cannot be written to has no say in who is told: the channel is.
    const fallback = delivering.settings.alertChannel
    const isPersonal = outcome?.kind === 'refused' && fallback !== null && fallback !== to
    const left = alerts.filter(({ id }) => !posting.posted.has(alertSubject(id)))
    const last = isPersonal ? await postTo(posting, fallback, left) : outcome
    if (last !== null) for (const { id } of left) if (!posting.posted.has(alertSubject(id))) stopped(posting, id, last)
  }
}

/** By alert: a channel or a person. Only an owner who is found is told; of all others the channel is. */
async function targetsOf({ delivering }: Posting, alerts: readonly AlertView[]): Promise<Map<string, string | null>> {
  const { settings, program, ownerOf, slack } = delivering
  const channel = settings.alertChannel
  if (program().retention.route === 'channel') return new Map(alerts.map(({ id }) => [id, channel]))
  const people = new Map<string, Promise<string | null>>()
  const personOf = async (member: string): Promise<string | null> => {
    const email = await ownerOf(member).catch(() => null)
    if (email === null) return null
    const known = people.get(email) ?? slack.userByEmail(email).then((found) => (found.ok ? found.value : null))
    people.set(email, known)
    return known
  }
  const found = await Promise.all(
    alerts.map(async ({ id, member }) => [id, (await personOf(member.id)) ?? channel] as const),
  )
  return new Map(found)
}

/** Null when all are told; else what stood in the way. */
async function postTo(posting: Posting, to: string, alerts: readonly AlertView[]): Promise<DeliveryOutcome | null> {
  if (posting.stop !== null) return posting.stop
  const [first] = alerts
  if (first === undefined) return null
  const here = [...posting.recent.values()].filter((one) => readMark(one).to === to)
  const told = here.filter(({ subject }) => subject.startsWith(alertSubject('')))
  if (told.length + alerts.length > MOST_CARDS) {
    const running = here.findLast(({ subject, ...one }) => subject.startsWith(floodPrefix(to)) && !readMark(one).gone)
    return sumUp(posting, to, alerts, running ?? null)
  }
  for (const alert of alerts) {
    const outcome = await postCard(posting, to, alert)
    if (outcome !== null) return outcome
  }
  return null
}

async function postCard(posting: Posting, to: string, alert: AlertView): Promise<DeliveryOutcome | null> {
  const { delivering, words, measured, now } = posting
  const card = alertCard(alert, words, { measured })
  const posted = await delivering.slack.post({ channel: to }, card)
  if (!posted.ok) return postOutcome(posted)
  posting.hasPosted = true
  const { channel, ts } = posted.value
  await note(posting, [
    messageOf(alertSubject(alert.id), { channel, message: ts, at: now }, { to, hash: hashOf(card) }),
  ])
  return null
}

type Place = Pick<PostedMessage, 'channel' | 'message' | 'at'>

const messageOf = (subject: string, { channel, message, at }: Place, mark: Mark): PostedMessage => ({
  subject,
  channel,
  message,
  at,
  shown: writeMark(mark),
})

/** At once, so that at most one is told twice whatever happens next. */
export async function note(posting: Posting, messages: readonly PostedMessage[]): Promise<void> {
  await posting.delivering.app.notePosted(messages)
  for (const message of messages) {
    posting.posted.set(message.subject, message)
    if (message.subject.startsWith('alert')) posting.recent.set(message.subject, message)
  }
}

// ------------------------------------------------------------------------------------------------- the summary

/** All of them in one message; what was told in it before this stays part of it. */
async function sumUp(
  posting: Posting,
  to: string,
  alerts: readonly AlertView[],
  running: PostedMessage | null,
): Promise<DeliveryOutcome | null> {
  const { delivering, now } = posting
  const before = running === null ? null : readMark(running)
  const top = await topOf(posting, [...(before?.top ?? []), ...alerts.map(({ id }) => id)])
  const sum = alerts.reduce((total, { value }) => total + value.amount, before?.atStake ?? 0)
  const mark: Mark = {
    to,
    hash: '',
    count: (before?.count ?? 0) + alerts.length,
    atStake: Math.min(sum, Number.MAX_SAFE_INTEGER),
    top: top.map(({ id }) => id),
  }
  const card = summaryOf(posting, mark, top)
  let place: Place
  if (running === null) {
    const posted = await delivering.slack.post({ channel: to }, card)
    if (!posted.ok) return postOutcome(posted)
    posting.hasPosted = true
    place = { channel: posted.value.channel, message: posted.value.ts, at: now }
  } else {
    const changed = await delivering.slack.change({ channel: running.channel, ts: running.message }, card)
    if (!changed.ok && !isOutOfReach(changed)) return outcomeOf(changed)
    if (!changed.ok) {
      // Somebody deleted it: these are news all the same, and begin another one.
      await note(posting, [{ ...running, shown: writeMark({ ...readMark(running), gone: true }) }])
      return sumUp(posting, to, alerts, null)
    }
    place = running
  }
  const subject = running?.subject ?? floodSubject(to, now)
  await note(posting, [
    messageOf(subject, place, { ...mark, hash: hashOf(card) }),
    ...alerts.map(({ id }) => messageOf(alertSubject(id), { ...place, at: now }, { to, hash: '', within: subject })),
  ])
  return null
}

/** The few with the most at stake; what is not at hand is looked up. */
async function topOf({ alerts, delivering }: Posting, ids: readonly string[]): Promise<AlertView[]> {
  const views = await Promise.all(
    [...new Set(ids)].map(async (id) => {
      const known = alerts.get(id)
      if (known !== undefined) return [known]
      const found = await delivering.app.getAlert(id)
      return found.ok ? [found.value] : []
    }),
  )
  return views
    .flat()
    .sort((a, b) => b.value.amount - a.value.amount)
    .slice(0, TOP)
}

function summaryOf(
  { delivering, words }: Posting,
  { count = 0, atStake = 0 }: Mark,
  top: readonly AlertView[],
): Message {
  const value = { amount: atStake, currency: delivering.program().currency }
  return floodCard({ count, atStake: value, top }, words, roughMoney(words, value))
}

/** The summary as it is now, where one of those it names has changed. */
export async function renewSummary(posting: Posting, subject: string, id: string): Promise<DeliveryOutcome | null> {
  const summary = posting.posted.get(subject) ?? (await posting.delivering.app.postedOf([subject]))[0]
  if (summary === undefined) return null
  posting.posted.set(subject, summary)
  const mark = readMark(summary)
  if (mark.gone === true || mark.top?.includes(id) !== true) return null
  const card = summaryOf(posting, mark, await topOf(posting, mark.top))
  return changeTo(posting, summary, mark, card)
}

/** Null when it shows this now, or never will again. */
export async function changeTo(
  posting: Posting,
  message: PostedMessage,
  mark: Mark,
  card: Message,
): Promise<DeliveryOutcome | null> {
  const hash = hashOf(card)
  if (mark.hash === hash) return null
  const changed = await posting.delivering.slack.change({ channel: message.channel, ts: message.message }, card)
  if (!changed.ok && !isOutOfReach(changed)) return outcomeOf(changed)
  const next = changed.ok ? { ...mark, hash } : { ...mark, gone: true }
  await note(posting, [{ ...message, shown: writeMark(next) }])
  return null
}

// ------------------------------------------------------------------------------------------------- what Slack says

/** Of a message that was there: deleted, or in a channel that is closed. It is not posted anew for ever. */
const OUT_OF_REACH = new Set([
  'channel_not_found',
  'is_archived',
  'not_in_channel',
  'edit_window_closed',
  'is_inactive',
  'thread_not_found',
])
export const isOutOfReach = ({ because, reason }: CallFailure): boolean =>
  because === 'gone' || (because === 'refused' && OUT_OF_REACH.has(reason))

const MENDED_BY: Record<string, string> = {
  channel_not_found:
    'Slack finds no such channel: put its id into SLACK_ALERT_CHANNEL; into a private one the app has to be invited first',
  not_in_channel: 'The app is not in the alert channel: write /invite there, and choose the app',
  is_archived: 'The alert channel is archived: bring it back, or put another one into SLACK_ALERT_CHANNEL',
}

function postOutcome(failure: CallFailure): DeliveryOutcome {
  const words = Object.hasOwn(MENDED_BY, failure.reason) ? MENDED_BY[failure.reason] : undefined
  if (failure.because !== 'refused' || words === undefined) return outcomeOf(failure)
  return { kind: 'refused', reason: `${words} (${failure.reason})` }
}
