/** The best customers, by whatever is asked for: a line each, with a button that shows them. */

import type { TopKind } from '../../../src/app/ports/figures.ts'
import type { MemberView } from '../../../src/app/ports.ts'
import type { Words } from '../../../src/words/words.ts'
import { actions, bold, button, context, esc, section } from '../blocks.ts'
import type { Message } from '../desk.ts'
import { nameOf } from '../naming.ts'
import { agoOf } from './alert-words.ts'

export interface TopData {
  kind: TopKind
  members: readonly MemberView[]
  /** When everybody was looked through. */
  at: string
  /** How many were asked for. */
  asked: number
  isShared: boolean
}

export function topMessage({ kind, members, at, asked, isShared }: TopData, words: Words): Message {
  const points = esc(words.pointsName(2), 80)
  const title = words.say(`staff.top.title.${kind}`, { points })
  if (members.length === 0) {
    const none = words.say(`staff.top.none.${kind}`, { points })
    return { text: none, blocks: [section(none)] }
  }
  const share = button({
    text: words.say('staff.top.share'),
    action: 'top.share',
    value: JSON.stringify({ kind, count: asked }),
  })
  return {
    text: title,
    blocks: [
      section(bold(title)),
      ...members.map((member, n) => section(lineOf(kind, member, n, words), showButton(member, n, words))),
      context(words.say('staff.top.asOf', { when: agoOf(at, words) })),
      ...(isShared ? [] : actions(share)),
    ],
  }
}

const showButton = (member: MemberView, n: number, words: Words) =>
  button({
    text: words.say('staff.top.show'),
    action: `member.show:${n}`,
    value: member.id,
    label: nameOf(member, words),
  })

const lineOf = (kind: TopKind, member: MemberView, n: number, words: Words): string =>
  words.say(`staff.top.line.${kind}`, {
    n: String(n + 1),
    name: esc(nameOf(member, words), 80),
    tier: member.tier === null ? '' : ` · ${esc(member.tier.name, 40)}`,
    value: figureOf(kind, member, words),
  })

function figureOf(kind: TopKind, { spend, points, lastPurchaseAt }: MemberView, words: Words): string {
  switch (kind) {
    case 'spend':
    case 'at_risk':
      return words.money(spend.last12Months, spend.currency)
    case 'points':
      return esc(words.points(points.available), 80)
    case 'recent':
      return lastPurchaseAt === null ? '–' : `${words.ago(lastPurchaseAt)} (${words.date(lastPurchaseAt)})`
    default: {
      const unknown: never = kind
      return unknown
    }
  }
}
