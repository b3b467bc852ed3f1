/**
 * What happened to a member's points, a page at a time. Date and points stand in columns; the sentence after them may be as
 * long, and run in whatever direction, as it likes: on a telephone it goes on in the next line. Pure.
 */
import type { EntryView, MemberView, Page } from '../../../src/app/ports.ts'
import type { Words } from '../../../src/words/words.ts'
import { actions, bold, button, clip, esc, escTyped, plain, section } from '../blocks.ts'
import type { Block, Message } from '../desk.ts'
import { whoOf } from './alert-words.ts'
import { memberName } from './member-words.ts'

export const ENTRIES = 10
const REASON_LIMIT = 300
const NOTE_LIMIT = 300
/** Escaped text grows: ten of these are what a message may hold. */
const LINE_LIMIT = 1_150
/** So many pages are gone back one by one; before those, the first is next. */
const PAGES_REMEMBERED = 100
const OWN_DIRECTION = ['\u2068', '\u2069'] as const

/** Where a page begins: after the entry of the last number; the others are where those before began. */
export type Trail = readonly number[]

export interface HistoryPage {
  member: MemberView
  entries: Page<EntryView>
  trail: Trail
  /** In a window, which lies over that of the card. */
  isOverCard?: boolean
}

export const historyValue = (member: string, trail: Trail): string =>
  JSON.stringify({ m: member, t: trail.slice(-PAGES_REMEMBERED) })

export function historyMessage(page: HistoryPage, words: Words): Message {
  const {
    member,
    entries: { items },
  } = page
  const title = words.say('staff.history.title', { name: bold(memberName(member, words)) })
  const balance = words.say('staff.history.now', { points: esc(words.points(member.points.available)) })
  return {
    text: `${title} · ${balance}`,
    blocks: [section(`${title} · ${balance}`), ...linesOf(items, words), ...pager(page, words)],
  }
}

function linesOf(entries: readonly EntryView[], words: Words): Block[] {
  if (entries.length === 0) return [section(words.say('staff.history.empty'))]
  const cells = entries.map((entry) => ({ date: cell(words.date(entry.at)), points: signed(entry.points, words) }))
  const [dates, points] = [widest(cells.map(({ date }) => date)), widest(cells.map(({ points }) => points))]
  return entries.map((entry, n) => {
    const { date = '', points: moved = '' } = cells[n] ?? {}
    const figures = `\`${padded(date, dates)}${SPACE}${SPACE}${padded(moved, points)}\``
    return section(clip([`${figures}  ${sentenceOf(entry, words)}`, ...asideOf(entry, words)].join('\n'), LINE_LIMIT))
  })
}

/** Slack trims other spaces. */
const SPACE = '\u00a0'
const padded = (text: string, width: number): string => text.padStart(width, SPACE)
const widest = (texts: readonly string[]): number => Math.max(...texts.map(({ length }) => length))
const cell = (text: string): string => plain(text, 40).replaceAll('`', '')

/** `+168`, `−20`; nothing where no points moved. */
const signed = (points: number, words: Words): string =>
  points === 0 ? '' : cell(`${points > 0 ? '+' : '−'}${words.number(Math.abs(points))}`)

function sentenceOf({ reason, balance }: EntryView, words: Words): string {
  const [begin, end] = OWN_DIRECTION
  return `${begin}${esc(reason, REASON_LIMIT)}${end} → *${words.number(balance)}*`
}

/** Who of staff did it, and what they typed. */
function asideOf({ actor, note }: EntryView, words: Words): string[] {
  const isByStaff = /^(slack|hubspot|api):/.test(actor)
  const said = escTyped(note ?? '', NOTE_LIMIT)
  const parts = [
    isByStaff ? words.say('staff.history.by', { who: whoOf(actor, words) }) : null,
    said === '' ? null : words.say('staff.history.note', { note: said }),
  ].filter((part) => part !== null)
  return parts.length === 0 ? [] : [parts.join(' · ')]
}

function pager({ member: { id }, entries: { next }, trail, isOverCard }: HistoryPage, words: Words): Block[] {
  return actions(
    trail.length > 0
      ? button({
          text: words.say('staff.history.newer'),
          action: 'history.page:newer',
          value: historyValue(id, trail.slice(0, -1)),
        })
      : null,
    next === null
      ? null
      : button({
          text: words.say('staff.history.older'),
          action: 'history.page:older',
          value: historyValue(id, [...trail, Number(next)]),
        }),
    isOverCard ? null : button({ text: words.say('staff.history.card'), action: 'member.show', value: id }),
  )
}
