/** A channel as it is read: days, threads, and what is new in it. Pure. */
import type { SeenMessage } from '../../doubles/slack/sight.ts'
import type { ShownStaff } from '../../shown.ts'
import { type DateWords, dateFormat, dayOf } from './slack-date.ts'

export interface Thread {
  root: SeenMessage
  replies: SeenMessage[]
  /** A new day begins with it. */
  day: string | null
}

/** ms */
export const timeOf = (ts: string): number => Number(ts) * 1_000

export function threadsIn(messages: readonly SeenMessage[], channel: string, words: DateWords): Thread[] {
  const own = messages.filter((message) => message.channel === channel).sort((a, b) => compareTs(a.ts, b.ts))
  const roots = new Set(own.filter(({ threadTs, ts }) => threadTs === null || threadTs === ts).map(({ ts }) => ts))
  const threads: Thread[] = []
  let before: string | null = null
  for (const message of own) {
    const { threadTs, ts } = message
    const root = threadTs !== null && threadTs !== ts && roots.has(threadTs) ? threadTs : null
    if (root !== null) {
      threads.find((thread) => thread.root.ts === root)?.replies.push(message)
      continue
    }
    const day = dayName(timeOf(ts), words)
    threads.push({ root: message, replies: [], day: day === before ? null : day })
    before = day
  }
  return threads
}

/** Seconds before the point, a number after it: of numbers as text the longer one is greater. */
export const compareTs = (a: string, b: string): number => Number(a) - Number(b)

export function dayName(at: number, words: DateWords): string {
  const { locale, timezone } = words
  const named = dayOf(at, words)
  if (named !== null) return named.charAt(0).toLocaleUpperCase(locale) + named.slice(1)
  const isThisYear = yearOf(at, timezone) === yearOf(words.now, timezone)
  return dateFormat(locale, {
    timeZone: timezone,
    weekday: 'long',
    month: 'long',
    day: 'numeric',
    ...(!isThisYear && { year: 'numeric' }),
  }).format(at)
}

const yearOf = (at: number, timezone: string): string =>
  dateFormat('en', { timeZone: timezone, year: 'numeric' }).format(at)

/** The newest message of a channel, replies in threads counted; null where there is none. */
export const newestIn = (threads: readonly Thread[]): SeenMessage | null =>
  threads
    .flatMap(({ root, replies }) => [root, ...replies])
    .reduce<SeenMessage | null>((last, one) => (last === null || compareTs(one.ts, last.ts) > 0 ? one : last), null)

/** What somebody has read up to, by person and channel. */
export type Read = Readonly<Record<string, Readonly<Record<string, string>>>>

/** Another than what was read: after *Start over* the newest is older than that. */
export const isUnread = (read: Read, { id, newest }: Pick<ShownStaff, 'id' | 'newest'>, channel: string): boolean =>
  newest[channel] !== undefined && newest[channel] !== read[id]?.[channel]

export const hasUnread = (read: Read, staff: Pick<ShownStaff, 'id' | 'newest'>): boolean =>
  Object.keys(staff.newest).some((channel) => isUnread(read, staff, channel))

/** The same where nothing is new, so that nothing is drawn anew. */
export function withRead(read: Read, person: string, channel: string, ts: string): Read {
  if (read[person]?.[channel] === ts) return read
  return { ...read, [person]: { ...read[person], [channel]: ts } }
}
