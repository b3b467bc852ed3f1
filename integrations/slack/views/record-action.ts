/** The window in which staff note what a member did or said, what it brought them, and what they may still choose. */
import type { Button, PlainTextOption } from '@slack/types'
import type { AwardParts, AwardView, EntryView, MemberView } from '../../../src/app/ports.ts'
import { FEEDBACK } from '../../../src/core/feedback.ts'
import { asHeading } from '../../../src/core/limits.ts'
import type { Program } from '../../../src/program/schema.ts'
import type { Words } from '../../../src/words/words.ts'
import { actions, button, clip, divider, esc, LIMITS, option, plain, section } from '../blocks.ts'
import type { Asking, Block, Message, Modal } from '../desk.ts'
import { choiceField, modal, textField } from '../form.ts'
import { mrkdwnName, nameOf } from '../naming.ts'
import { memberPicker } from '../who.ts'

export const SAID_LIMIT = 2_000
const CHOICES_SHOWN = 5
const OPTIONS_SHOWN = 10

export interface ActionData {
  /** Null: to be looked up in the window. */
  member: MemberView | null
  action: string | null
  /** `score:7`, `stars:4`. */
  score: string | null
  said: string | null
  /** What the member may still choose. */
  choices: readonly AwardView[]
  /** mrkdwn, on top. */
  banner: string | null
}

type Reader = Pick<Asking, 'words' | 'program'>

/** What can be noted: what rules give something for, what challenges count, and what members say of the shop. */
export function knownActions({ earning, challenges }: Pick<Program, 'earning' | 'challenges'>): string[] {
  const ruled = earning.flatMap((rule) => (rule.on === 'action' ? [rule.action] : []))
  const counted = challenges.flatMap(({ goal }) => (goal.of === 'action' ? goal.actions : []))
  return [...new Set([...ruled, ...counted, FEEDBACK])]
}

export const actionName = (action: string, words: Words): string =>
  action === FEEDBACK ? words.say('staff.action.feedback') : asHeading(action)

function actionOption(action: string, { words, program }: Reader): PlainTextOption {
  const rules = program.earning.filter((rule) => rule.on === 'action' && rule.action === action)
  const [only, another] = rules.map((rule) => (rule.on === 'action' ? rule.award.points : 0))
  const name = actionName(action, words)
  if (only === undefined || only === 0 || another !== undefined) return option(name, action)
  const points = words.points(only)
  return option(
    words.say('staff.action.option', { action: clip(plain(name), LIMITS.option - points.length - 3), points }),
    action,
  )
}

export function actionView(data: ActionData, reader: Reader): Modal {
  const { member, action, banner, choices } = data
  const { words, program } = reader
  const who: Block =
    member === null
      ? memberPicker(words)
      : section(
          words.say('staff.action.has', {
            name: mrkdwnName(member, words),
            points: words.points(member.points.available),
          }),
        )
  return modal({
    callback: 'action.send',
    title: words.say('staff.action.title'),
    close: words.say('staff.common.cancel'),
    submit: words.say('staff.action.submit'),
    about: member === null ? {} : { member: member.id },
    blocks: [
      ...(banner === null ? [] : [section(banner)]),
      who,
      choiceField({
        block: 'action',
        action: 'action.pick',
        label: words.say('staff.action.what'),
        placeholder: words.say('staff.action.whatPlaceholder'),
        options: knownActions(program).map((one) => actionOption(one, reader)),
        chosen: action,
        isWatched: true,
      }),
      ...(action === FEEDBACK ? feedbackFields(data, words) : []),
      ...(member === null || choices.length === 0 ? [] : [divider(), ...choiceBlocks(choices, member, reader)]),
    ],
  })
}

function feedbackFields({ score, said }: ActionData, words: Words): Block[] {
  const numbers = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, n) => to - n)
  return [
    choiceField({
      block: 'score',
      label: words.say('staff.action.score'),
      placeholder: words.say('staff.action.whatPlaceholder'),
      options: [],
      groups: [
        {
          label: words.say('staff.action.scores'),
          options: numbers(0, 10).map((n) =>
            option(words.say('staff.action.ofTen', { score: words.number(n) }), `score:${n}`),
          ),
        },
        {
          label: words.say('staff.action.stars'),
          options: numbers(1, 5).map((n) => option(words.say('staff.action.ofFive', { stars: n }), `stars:${n}`)),
        },
      ],
      chosen: score,
    }),
    textField({
      block: 'said',
      label: words.say('staff.action.said'),
      isOptional: true,
      lines: true,
      most: SAID_LIMIT,
      value: said,
    }),
  ]
}

/** "Review: 50 points. Ada Lovelace has 1,290 points now." */
export function noted(entry: EntryView, member: MemberView, choices: readonly AwardView[], reader: Reader): Message {
  const { words } = reader
  const values = { reason: esc(entry.reason, 600), points: words.points(member.points.available) }
  const key = entry.points === 0 ? 'staff.action.noted' : 'staff.action.earned'
  const sentence = words.say(key, { ...values, name: mrkdwnName(member, words) })
  return {
    text: sentence,
    blocks: [
      section(sentence),
      ...actions(button({ text: words.say('staff.action.again'), action: 'action.open', value: member.id })),
      ...(choices.length === 0 ? [] : [divider(), ...choiceBlocks(choices, member, reader)]),
    ],
  }
}

/** What they may still choose: each with a button for each thing. */
export function choiceBlocks(choices: readonly AwardView[], member: MemberView, reader: Reader): Block[] {
  const { words } = reader
  const name = nameOf(member, words)
  const rows = choices
    .slice(0, CHOICES_SHOWN)
    .flatMap((award, n): Block[] => [
      section(
        words.say('staff.action.choice', { occasion: esc(occasionOf(award, reader), 150), ago: words.ago(award.at) }),
      ),
      ...actions(
        ...award.options
          .slice(0, OPTIONS_SHOWN)
          .map((parts, at) => chooseButton(`${n}-${at}`, { award, at, parts, member: member.id, name }, reader)),
      ),
    ])
  return [section(words.say('staff.action.choices', { name: mrkdwnName(member, words) })), ...rows]
}

interface Choosing {
  award: AwardView
  at: number
  parts: AwardParts
  member: string
  name: string
}

function chooseButton(nth: string, { award, at, parts, member, name }: Choosing, reader: Reader): Button {
  const { words } = reader
  const what = clip(partsInWords(parts, reader), 80)
  return button({
    text: words.say('staff.action.choose', { what }),
    action: `award.choose:${nth}`,
    value: JSON.stringify({ member, award: award.id, option: at }),
    confirm: {
      title: words.say('staff.action.chooseTitle'),
      text: words.say('staff.action.chooseText', { name, what }),
      yes: words.say('staff.action.chooseYes'),
      no: words.say('staff.action.chooseNo'),
    },
  })
}

/** "250 points", "A gift", "the badge Regular" */
export function partsInWords({ points, reward, badge, cause }: AwardParts, { words, program }: Reader): string {
  const named = (list: readonly { id: string; name: string }[], id: string): string =>
    plain(list.find((one) => one.id === id)?.name ?? asHeading(id), 100)
  const parts = [
    points > 0 ? words.points(points) : null,
    reward && named(program.rewards, reward),
    badge && words.say('staff.action.badge', { badge: named(program.badges, badge) }),
    cause && words.say('staff.action.cause', { cause: named(program.causes, cause) }),
  ]
  return words.list(parts.filter((part) => part !== null).filter((part) => part !== ''))
}

function occasionOf({ occasion, rule, subject }: AwardView, { words, program }: Reader): string {
  const level = program.tiers?.levels.find(({ id }) => id === rule)?.name
  const challenge = program.challenges.find(({ id }) => id === rule)?.name
  const what = {
    action: asHeading(subject || rule),
    tier: level ?? asHeading(rule),
    challenge: challenge ?? asHeading(rule),
  }
  const key = `staff.action.occasion.${occasion}` as Parameters<Words['say']>[0]
  return words.say(key, { what: occasion in what ? what[occasion as keyof typeof what] : '' })
}

export function chosenMessage(
  award: AwardView,
  member: MemberView,
  rest: readonly AwardView[],
  reader: Reader,
): Message {
  const { words } = reader
  const parts = award.options[award.chosen ?? 0]
  const what =
    parts === undefined ? '' : partsInWords({ ...parts, points: parts.points > 0 ? award.points : 0 }, reader)
  const values = { what: esc(what, 200), points: words.points(member.points.available) }
  const sentence = words.say('staff.action.chosen', { ...values, name: mrkdwnName(member, words) })
  return {
    text: sentence,
    blocks: [section(sentence), ...(rest.length === 0 ? [] : choiceBlocks(rest, member, reader))],
  }
}
