// Alerts as a terminal and as a file show them: what is at stake, who it is, why, and what may help.
import type { AlertView } from '../app/ports.ts'
import { money } from '../core/sentences.ts'
import { count } from './format.ts'
import { ALERT_WORDS } from './retention-tables.ts'
import type { Table } from './table.ts'

/** What a terminal would obey is left out. */
const plain = (text: string): string => text.replaceAll(/\p{Cc}+/gu, ' ')

function suggestionOf({ suggestion }: AlertView): string {
  if (suggestion === null) return ''
  const from = suggestion.charge === 'house' ? 'as a present' : `for ${count(suggestion.cost)} of their points`
  return ` Suggested: ${suggestion.name}, ${from}.`
}

/** Two lines or more for each, none wider than the terminal. */
export function alertLines(alerts: readonly AlertView[], columns: number): string[] {
  const stakes = alerts.map(({ value }) => money(value.amount, value.currency, 'en'))
  const width = Math.max(0, ...stakes.map((text) => text.length))
  const indent = ' '.repeat(width + 4)
  return alerts.flatMap((alert, n) => {
    const { member, kind, assignee } = alert
    const tier = member.tier === null ? '' : `, ${member.tier.name}`
    const whose = assignee === null ? '' : ` (with ${assignee})`
    const head = `${ALERT_WORDS[kind] ?? kind}: ${member.name ?? member.email ?? member.id}${tier}${whose}`
    const lines = wrap(plain(`${alert.reason}${suggestionOf(alert)}`), Math.max(30, columns - indent.length))
    return [`  ${(stakes[n] ?? '').padStart(width)}  ${plain(head)}`, ...lines.map((line) => `${indent}${line}`)]
  })
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ').filter((one) => one !== '')) {
    const last = lines.length - 1
    const line = lines[last]
    if (line === undefined || line.length + 1 + word.length > width) lines.push(word)
    else lines[last] = `${line} ${word}`
  }
  return lines
}

export const alertFile = (alerts: readonly AlertView[]): Omit<Table, 'title' | 'nothing'> => ({
  columns: 'id kind member name email tier value currency opened_at assignee reason suggestion charge'.split(' '),
  rows: alerts.map(({ id, kind, member, value, openedAt, assignee, reason, suggestion }) => [
    id,
    kind,
    member.id,
    member.name,
    member.email,
    member.tier?.name ?? null,
    { minor: value.amount, currency: value.currency },
    value.currency,
    openedAt,
    assignee,
    reason,
    suggestion?.name ?? null,
    suggestion?.charge ?? null,
  ]),
})
