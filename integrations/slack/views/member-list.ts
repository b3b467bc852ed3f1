/** Several who may be meant, to pick from; and nobody, with who may have been meant instead. Pure. */
import type { MemberView } from '../../../src/app/ports.ts'
import type { Words } from '../../../src/words/words.ts'
import { actions, bold, button, context, esc, section } from '../blocks.ts'
import type { Asking, Block, Message } from '../desk.ts'
import { type FoundPage, PAGE } from '../find-member.ts'
import { emailOf, medalAndName, memberName, plainName, tierName } from './member-words.ts'

type Shown = Pick<Asking, 'words' | 'program'>

const TYPED_LIMIT = 80
/** Slack takes 2,000 characters as a button's value. */
const VALUE_LIMIT = 200

export function memberList({ typed, from, items, total, isMore }: FoundPage, shown: Shown): Message {
  const { words } = shown
  const title = words.say(isMore ? 'staff.lookup.atLeast' : 'staff.lookup.several', {
    typed: esc(typed, TYPED_LIMIT),
    count: total,
  })
  const after = total - from - items.length
  return {
    text: title,
    blocks: [
      section(title),
      ...items.map((member, n) => memberLine(member, n, shown)),
      ...more(after, isMore, words),
      ...pager({ typed, from }, after, words),
    ],
  }
}

/** "🥇 Ada Lovelace · Gold / ada@example.org · last purchase 9 weeks ago  [ Show ]" */
export function memberLine(member: MemberView, n: number, { words, program }: Shown): Block {
  const title = [
    medalAndName(member, words, program),
    member.status === 'active' ? tierName(member) : words.say(`staff.lookup.status.${standingOf(member)}`),
  ]
  const about = [
    emailOf(member),
    member.lastPurchaseAt === null
      ? words.say('staff.card.neverBought')
      : words.say('staff.card.lastBought', { ago: words.ago(member.lastPurchaseAt) }),
  ]
  const joined = [title, about].map((parts) => parts.filter((part) => part !== null).join(' · '))
  return section(joined.join('\n'), showButton(member, n, words))
}

const standingOf = ({ status }: MemberView): 'candidate' | 'suspended' | 'left' =>
  status === 'candidate' || status === 'suspended' ? status : 'left'

const showButton = (member: MemberView, n: number, words: Words) =>
  button({
    text: words.say('staff.lookup.show'),
    label: `${words.say('staff.lookup.show')}: ${plainName(member, words)}`,
    action: `member.show:${n}`,
    value: member.id,
  })

function more(after: number, isMore: boolean, words: Words): Block[] {
  if (after <= 0 && !isMore) return []
  return [context(words.say(isMore ? 'staff.lookup.moreAtLeast' : 'staff.lookup.more', { count: Math.max(0, after) }))]
}

/** What the button holds: what was typed, and how many to leave out. */
export const pageValue = (typed: string, from: number): string =>
  JSON.stringify({ t: [...typed].slice(0, VALUE_LIMIT).join(''), f: from })

function pager({ typed, from }: Pick<FoundPage, 'typed' | 'from'>, after: number, words: Words): Block[] {
  return actions(
    from > 0
      ? button({
          text: words.say('staff.lookup.back'),
          action: 'member.more:back',
          value: pageValue(typed, Math.max(0, from - PAGE)),
        })
      : null,
    after > 0
      ? button({
          text: words.say('staff.lookup.next'),
          action: 'member.more:next',
          value: pageValue(typed, from + PAGE),
        })
      : null,
  )
}

interface Nobody {
  typed: string
  similar: readonly MemberView[]
  mayIssue: boolean
}

/** "No member matches lovlace. Did you mean Ada Lovelace?  [ Show ] [ Enrol someone new ]" */
export function nobodyFound({ typed, similar, mayIssue }: Nobody, shown: Shown): Message {
  const { words } = shown
  const none = words.say('staff.lookup.none', { typed: esc(typed, TYPED_LIMIT) })
  const [only, ...others] = similar
  const enrol = mayIssue
    ? button({
        text: words.say('staff.lookup.enrol'),
        action: 'enrol.open',
        value: [...typed].slice(0, VALUE_LIMIT).join(''),
      })
    : null
  if (only === undefined) {
    const sentence = `${none} ${words.say('staff.lookup.tryOther')}`
    return { text: sentence, blocks: [section(sentence), ...actions(enrol)] }
  }
  if (others.length > 0) {
    const sentence = `${none} ${words.say('staff.lookup.meantOne')}`
    const lines = similar.map((member, n) => memberLine(member, n, shown))
    return { text: sentence, blocks: [section(sentence), ...lines, ...actions(enrol)] }
  }
  const sentence = `${none} ${words.say('staff.lookup.meant', { name: bold(memberName(only, words)) })}`
  return { text: sentence, blocks: [section(sentence), ...actions(showButton(only, 0, words), enrol)] }
}

/** Those that a message speaks of. */
export function mentionedList(members: readonly MemberView[], shown: Shown): Message {
  const title = shown.words.say('staff.shortcut.several', { count: members.length })
  return { text: title, blocks: [section(title), ...members.map((member, n) => memberLine(member, n, shown))] }
}
