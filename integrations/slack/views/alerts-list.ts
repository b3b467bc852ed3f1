/** Alerts as a list: one line each, the most at stake first, a page at a time. */
import { z } from 'zod'
import type { AlertView, Page } from '../../../src/app/ports.ts'
import type { Words } from '../../../src/words/words.ts'
import { actions, bold, button, section } from '../blocks.ts'
import type { Message } from '../desk.ts'
import { showAlert } from './alert-card.ts'
import { alertLine } from './alert-words.ts'

export const ALERTS_ON_PAGE = 10

/** What is listed. It stands in buttons, and so is told in few letters. */
export const listed = z.object({
  state: z.enum(['open', 'snoozed', 'resolved']).optional(),
  kind: z
    .enum(['at_risk', 'overdue', 'tier_at_risk', 'points_expiring', 'payment_failed', 'cancelling', 'unhappy'])
    .optional(),
  /** `slack:U…` */
  who: z.string().max(100).optional(),
  member: z.string().max(100).optional(),
  cursor: z.string().max(500).optional(),
  /** It is paged in its place; else it is shown beside. */
  here: z.boolean().optional(),
})
export type Listed = z.output<typeof listed>

/** What the list is called, and what is said where it is empty; `who` and `name` are mrkdwn. */
export interface ListWords {
  title: string
  empty: string
}

export function alertsList({ items, next }: Page<AlertView>, filter: Listed, said: ListWords, words: Words): Message {
  const isFirst = filter.cursor === undefined
  if (items.length === 0 && isFirst) return { text: said.empty, blocks: [section(said.empty)] }
  const { cursor: _, ...start } = filter
  const to = (text: string, at: Listed) =>
    button({
      text,
      action: `alert.list:${at.cursor === undefined ? 'first' : 'more'}`,
      value: JSON.stringify({ ...at, here: true }),
    })
  return {
    text: said.title,
    blocks: [
      section(bold(said.title)),
      ...items.map((alert, n) => section(alertLine(unlessSaid(alert, filter), words), showAlert(alert, n, words))),
      ...actions(
        isFirst ? null : to(words.say('staff.alert.list.first'), start),
        next === null ? null : to(words.say('staff.alert.list.more'), { ...start, cursor: next }),
      ),
    ],
  }
}

/** Whose they all are is said above them. */
const unlessSaid = (alert: AlertView, { who }: Listed): AlertView =>
  who === undefined ? alert : { ...alert, assignee: null }

export function listWords(
  { state, kind, who, member }: Listed,
  about: { who: string; name: string; isMine: boolean },
  words: Words,
): ListWords {
  const { who: whose, name, isMine } = about
  const key = member !== undefined ? 'member' : who !== undefined ? (isMine ? 'mine' : 'of') : (state ?? 'open')
  const values = { who: whose, name }
  const isKind = kind !== undefined && key === 'open'
  return {
    title: words.say(`staff.alert.list.title.${key}`, values),
    empty: words.say(`staff.alert.list.empty.${isKind ? 'kind' : key}`, values),
  }
}
