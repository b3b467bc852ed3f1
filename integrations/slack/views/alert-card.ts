/** An alert as a card in a channel: the customer's situation first, then what one can do. Kept up to date in its place. */
import type { AlertView } from '../../../src/app/ports.ts'
import type { Words } from '../../../src/words/words.ts'
import {
  type ActionElement,
  actions,
  bold,
  button,
  context,
  esc,
  LIMITS,
  option,
  plain,
  plainText,
  section,
} from '../blocks.ts'
import type { Block, Message } from '../desk.ts'
import { alertLine, emojiOf, headlineOf, stakeOf, statusLines, suggestionLine } from './alert-words.ts'

export { alertLine }

/** What acting was worth: of those who came back, shares of 0 to 1. Only where it was measured (DESIGN.md §9). */
export interface MeasuredReturns {
  shown: number
  heldOut: number
}

export interface AlertCardOptions {
  measured?: MeasuredReturns | null
}

export const SNOOZE_DAYS = [1, 7, 30] as const
export const OUTCOMES = ['helped', 'no_answer', 'not_needed', 'gone'] as const
export const WITH_NOTE = 'note'
const REASON_LIMIT = 1_000
const TIER_LIMIT = 60
const NAME_LIMIT = 60
/** Of these nobody is ever held out, so nothing was measured. */
const NEVER_MEASURED: ReadonlySet<AlertView['kind']> = new Set(['payment_failed', 'cancelling', 'unhappy'])

export function alertCard(alert: AlertView, words: Words, { measured = null }: AlertCardOptions = {}): Message {
  const tier = alert.member.tier === null ? null : esc(alert.member.tier.name, TIER_LIMIT)
  const facts = [stakeOf(alert, words), tier].filter((part) => part !== null)
  const headline = headlineOf(alert, words)
  const title = [`${emojiOf(alert)} ${bold(headline)}`, ...facts].join(' · ')
  const aside = alert.state === 'resolved' ? [] : [measuredLine(alert, measured, words), suggestionLine(alert, words)]
  const lines = [...aside.filter((line) => line !== null), ...statusLines(alert, words)]
  return {
    text: [`${emojiOf(alert)} ${headline}`, ...facts].join(' · '),
    blocks: [
      section(`${title}\n${esc(alert.reason, REASON_LIMIT)}`, showMember(alert, words)),
      ...lines.map((line) => context(line)),
      ...actionsOf(alert, words),
    ],
  }
}

/** Of whoever was forgotten there is nothing to show. */
const showMember = ({ member: { id, name, email } }: AlertView, words: Words) =>
  name === null && email === null
    ? undefined
    : button({ text: words.say('staff.alert.showMember'), action: 'member.show', value: id })

/** "Of ten …, four came back; …, two." In hundreds where tens would say the same of both. */
function measuredLine({ kind }: AlertView, measured: MeasuredReturns | null, words: Words): string | null {
  if (measured === null || NEVER_MEASURED.has(kind)) return null
  const of = [10, 100].find((whole) => Math.round(measured.shown * whole) !== Math.round(measured.heldOut * whole))
  if (of === undefined) return null
  const many = (share: number): string => words.number(Math.round(share * of))
  return words.say('staff.alert.measured', { of, shown: many(measured.shown), heldOut: many(measured.heldOut) })
}

function actionsOf(alert: AlertView, words: Words): Block[] {
  const { id, state, assignee, suggestion } = alert
  if (state === 'resolved')
    return actions(button({ text: words.say('staff.alert.reopen'), action: 'alert.reopen', value: id }))
  const issue =
    suggestion === null
      ? words.say('staff.alert.issueAny')
      : words.say('staff.alert.issue', { reward: suggestion.name.replace(/\s+/gu, ' ') })
  return actions(
    assignee === null
      ? button({ text: words.say('staff.alert.take'), action: 'alert.take', value: id, style: 'primary' })
      : null,
    button({ text: issue, action: 'alert.issue', value: id }),
    menu(
      words.say('staff.alert.snooze'),
      'alert.snooze',
      SNOOZE_DAYS.map((days) => [words.say('staff.alert.snoozeDays', { days }), `${days} ${id}`]),
    ),
    menu(words.say('staff.alert.done'), 'alert.resolve', [
      ...OUTCOMES.map((outcome): Choice => [words.say(`staff.alert.outcome.${outcome}`), `${outcome} ${id}`]),
      [words.say('staff.alert.withNote'), `${WITH_NOTE} ${id}`],
    ]),
  )
}

type Choice = readonly [text: string, value: string]

/** Null where a value would be longer than Slack takes: ids are far shorter. */
function menu(hint: string, action: string, choices: readonly Choice[]): ActionElement | null {
  if (choices.some(([, value]) => value.length > LIMITS.optionValue)) return null
  return {
    type: 'static_select',
    action_id: action,
    placeholder: plainText(hint, LIMITS.placeholder),
    options: choices.map(([text, value]) => option(text, value)),
  }
}

// ------------------------------------------------------------------------------------------------- many in an hour

export interface Flood {
  count: number
  /** All together, as they were when they were told; minor units. */
  atStake: { amount: number; currency: string }
  /** The most at stake first. */
  top: readonly AlertView[]
}

/** What many alerts of one hour become: how many, how much, the few that matter most. */
export function floodCard({ count, atStake, top }: Flood, words: Words, money: string): Message {
  const title = words.say('staff.alert.summary.title', { count })
  const facts = atStake.amount > 0 ? [words.say('staff.alert.summary.atStake', { money })] : []
  const most = top.length === 0 ? [] : [context(words.say('staff.alert.summary.most'))]
  return {
    text: [`🔔 ${title}`, ...facts].join(' · '),
    blocks: [
      section([`🔔 ${bold(title)}`, ...facts].join(' · ')),
      ...most,
      ...top.map((alert, n) => section(alertLine(alert, words), showAlert(alert, n, words))),
      ...actions(button({ text: words.say('staff.alert.summary.all'), action: 'alert.list', value: '{}' })),
    ],
  }
}

export const showAlert = ({ id, member: { name, email } }: AlertView, n: number, words: Words) => {
  const text = words.say('staff.alert.show')
  const label = [text, plain(name ?? email ?? '', NAME_LIMIT)].join(' ').trim()
  return button({ text, action: `alert.show:${n}`, value: id, label })
}
