/** A question to the approvers, as a card that stays true: who asks, for whom, what, why; then who said yes or no, and when. */
import type { ApprovalView } from '../../../src/app/ports/approvals.ts'
import type { WordKey, Words } from '../../../src/words/words.ts'
import { actions, button, context, esc, escTyped, plain, section } from '../blocks.ts'
import type { Block, Message, Modal } from '../desk.ts'
import { modal, textField } from '../form.ts'
import { nameOf, personOf } from '../naming.ts'

export const WHY_LIMIT = 500
const WHY_SHOWN = 1_000
const WHY_LISTED = 150
const REWARD_SHOWN = 100
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** What whoever asked gave away today, and what they may. */
export interface Given {
  points: number
  limit: number
}

/** By this a press knows the card from other messages that tell of the same. */
export const cardBlock = (id: string): string => `approval.${id}`

/** mrkdwn: the people and systems that ask and decide. */
export const whoIs = (actor: string, words: Words): string =>
  /^(slack|hubspot|api):/.test(actor) ? personOf(actor) : words.say('staff.approval.program')

/** mrkdwn: "Free tote", "1,500 points". */
export const whatOf = ({ reward, points }: Pick<ApprovalView, 'reward' | 'points'>, words: Words): string =>
  reward === null ? words.points(points) : esc(reward, REWARD_SHOWN)

/** The same as plain text. */
const plainWhat = ({ reward, points }: ApprovalView, words: Words): string =>
  reward === null ? words.points(points) : plain(reward, REWARD_SHOWN)

export function approvalCard(approval: ApprovalView, { words, given }: { words: Words; given: Given | null }): Message {
  const values = valuesOf(approval, words)
  if (approval.state === 'waiting') return waiting(approval, given, words)
  const key = approval.reward === null ? 'staff.approval.decidedPoints' : 'staff.approval.decidedReward'
  const text = words.say('staff.approval.pushed', values)
  return { text, blocks: [head(approval, words.say(key, values)), context(...outcomeLines(approval, words))] }
}

const head = ({ id }: ApprovalView, sentence: string): Block => ({ ...section(sentence), block_id: cardBlock(id) })

/** Raw: of whoever was erased nothing is left to say. */
export const memberName = ({ member }: Pick<ApprovalView, 'member'>, words: Words): string =>
  member.name === null && member.email === null ? words.say('staff.approval.somebody') : nameOf(member, words)

export function valuesOf(approval: Pick<ApprovalView, 'requestedBy' | 'reward' | 'points' | 'member'>, words: Words) {
  return {
    who: whoIs(approval.requestedBy, words),
    reward: esc(approval.reward ?? '', REWARD_SHOWN),
    what: whatOf(approval, words),
    points: words.points(approval.points),
    name: esc(memberName(approval, words), 80),
  }
}

function waiting(approval: ApprovalView, given: Given | null, words: Words): Message {
  const values = valuesOf(approval, words)
  const key = approval.reward === null ? 'staff.approval.asksPoints' : 'staff.approval.asksReward'
  const text = words.say(key, values)
  return {
    text,
    blocks: [
      head(approval, text),
      context(whyLine(approval, words), ...givenLine(approval, given, words)),
      ...actions(...decisionButtons(approval, words), showButton(approval, words)),
    ],
  }
}

function givenLine({ requestedBy }: ApprovalView, given: Given | null, words: Words): string[] {
  if (given === null) return []
  const [points, limit] = [words.number(given.points), words.points(given.limit)]
  return [words.say('staff.approval.given', { who: whoIs(requestedBy, words), given: points, limit })]
}

const whyLine = ({ why }: ApprovalView, words: Words, limit = WHY_SHOWN): string =>
  why === null || why.trim() === ''
    ? words.say('staff.approval.noWhy')
    : words.say('staff.approval.why', { why: escTyped(why, limit) })

/** `from`: told with the request, where the message holds several. */
function decisionButtons(approval: ApprovalView, words: Words, from = '', nth = '') {
  const value = `${from}${approval.id}`
  const label = { what: plainWhat(approval, words), name: memberName(approval, words) }
  return [
    button({
      text: words.say('staff.approval.approve'),
      action: `approval.approve${nth}`,
      value,
      style: 'primary',
      label: words.say('staff.approval.approveLabel', label),
    }),
    button({
      text: words.say('staff.approval.reject'),
      action: `approval.reject${nth}`,
      value,
      label: words.say('staff.approval.rejectLabel', label),
    }),
  ]
}

/** Of whoever was erased there is nothing to show. */
const showButton = ({ member }: ApprovalView, words: Words, nth = '') =>
  member.name === null && member.email === null
    ? null
    : button({
        text: words.say('staff.approval.show', { name: nameOf(member, words) }),
        action: `member.show${nth}`,
        value: member.id,
      })

/** What was decided, and what came of it. */
function outcomeLines(approval: ApprovalView, words: Words): string[] {
  const { state, decision, redemption } = approval
  if (state === 'cancelled') return [withReason('staff.approval.cancelled', approval.reason, words)]
  const said = decision?.why ?? null
  const lines = [decidedLine(approval, words)]
  if (said !== null) lines.push(words.say('staff.approval.because', { why: esc(said, WHY_SHOWN) }))
  if (redemption?.isRefused) lines.push(words.say('staff.approval.refused', { reason: stripeReason(approval, words) }))
  else if (state === 'approved' && redemption?.state === 'cancelled')
    lines.push(words.say('staff.approval.takenBack', { reason: reasonOf(approval.reason, words) ?? '–' }))
  return lines
}

function decidedLine({ state, decidedBy, decision, askedAt }: ApprovalView, words: Words): string {
  const who = whoIs(decidedBy ?? '', words)
  const isApproved = state === 'approved'
  if (decision === null)
    return words.say(isApproved ? 'staff.approval.approvedOnly' : 'staff.approval.rejectedOnly', { who })
  const after = span('after', Date.parse(decision.at) - Date.parse(askedAt), words)
  return words.say(isApproved ? 'staff.approval.approved' : 'staff.approval.rejected', { who, after })
}

/** "3 minutes after", "3 minutes ago": days are too rough for what people wait for. */
export function span(which: 'after' | 'ago', ms: number, words: Words): string {
  const key = (unit: 'minutes' | 'hours' | 'days') => `staff.approval.${which}.${unit}` as const
  if (ms < MINUTE_MS) return words.say(`staff.approval.${which}.moment`)
  if (ms < HOUR_MS) return words.say(key('minutes'), { count: Math.floor(ms / MINUTE_MS) })
  if (ms < DAY_MS) return words.say(key('hours'), { count: Math.floor(ms / HOUR_MS) })
  return words.say(key('days'), { count: Math.floor(ms / DAY_MS) })
}

/** Our own reasons, as staff would say them; others as they are. */
const OWN_REASONS: Readonly<Record<string, WordKey>> = {
  'The member was erased': 'staff.approval.erased',
  'Cancelled by staff': 'staff.approval.byStaff',
}

export function reasonOf(reason: string | null, words: Words): string | null {
  if (reason === null || reason.trim() === '') return null
  const key = Object.hasOwn(OWN_REASONS, reason) ? OWN_REASONS[reason] : undefined
  return key === undefined ? esc(reason, 300).replace(/[.\s]+$/u, '') : words.say(key)
}

export const stripeReason = ({ reason }: { reason: string | null }, words: Words): string =>
  reasonOf(reason, words) ?? words.say('staff.notice.noReason')

/** A sentence with the reason, or the same without where there is none. */
export function withReason(
  key: 'staff.approval.cancelled' | 'staff.approval.over' | 'staff.notice.cancelled' | 'staff.notice.ended',
  reason: string | null,
  words: Words,
  values: Record<string, string> = {},
): string {
  const said = reasonOf(reason, words)
  return said === null ? words.say(`${key}Only`, values) : words.say(key, { ...values, reason: said })
}

/** One line, for lists, the digest and Home. */
export const approvalLine = (approval: ApprovalView, words: Words): string =>
  words.say('staff.approval.line', { ...valuesOf(approval, words), ago: words.ago(approval.askedAt) })

/** Pressed in a list, the list is shown again. */
export const IN_LIST = 'list '

/** `/loyalty approvals`. `banner`: what just came of a press. `user`: who reads it. */
export function approvalsList(
  approvals: { items: readonly ApprovalView[]; hasMore: boolean },
  { words, actor, banner }: { words: Words; actor: string; banner: string | null },
): Message {
  const { items, hasMore } = approvals
  const top = banner === null ? [] : [section(banner)]
  if (items.length === 0) {
    const empty = words.say('staff.approval.listEmpty')
    return { text: banner ?? empty, blocks: [...top, section(empty)] }
  }
  const shown: Block[][] = []
  for (const [n, one] of items.entries()) {
    const blocks = listed(one, `:${n}`, actor, words)
    if (charactersIn([...shown, blocks]) > LIST_CHARACTERS) break
    shown.push(blocks)
  }
  const isAll = !hasMore && shown.length === items.length
  return {
    text: banner ?? words.say('staff.approval.list').replaceAll('*', ''),
    blocks: [
      ...top,
      section(words.say('staff.approval.list')),
      ...shown.flat(),
      ...(isAll ? [] : [context(words.say('staff.approval.listMore'))]),
    ],
  }
}

/** Slack takes about 13,000 in a message. */
const LIST_CHARACTERS = 11_000

function charactersIn(blocks: unknown): number {
  let count = 0
  JSON.stringify(blocks, (key, value: unknown) => {
    if (key === 'text' && typeof value === 'string') count += value.length
    return value
  })
  return count
}

function listed(approval: ApprovalView, nth: string, actor: string, words: Words): Block[] {
  const isOwn = approval.requestedBy.toLowerCase() === actor.toLowerCase()
  const decide = isOwn ? [] : decisionButtons(approval, words, IN_LIST, nth)
  return [
    section(approvalLine(approval, words)),
    context(whyLine(approval, words, WHY_LISTED), ...(isOwn ? [words.say('staff.approval.own2')] : [])),
    ...actions(...decide, showButton(approval, words, nth)),
  ]
}

export const REJECT = 'approval.rejecting'
export const WHY_BLOCK = 'why'

export interface RejectAbout {
  id: string
  /** Where it was pressed: App Home is shown again when it is done. */
  from: 'message' | 'home'
}

export function rejectView(approval: ApprovalView, about: RejectAbout, words: Words): Modal {
  const values = valuesOf(approval, words)
  const isPerson = approval.requestedBy.startsWith('slack:')
  return modal({
    callback: REJECT,
    title: words.say('staff.approval.rejectTitle'),
    close: words.say('staff.common.cancel'),
    submit: words.say('staff.approval.rejectSend'),
    about,
    blocks: [
      section(words.say('staff.approval.rejectAbout', values)),
      textField({
        block: WHY_BLOCK,
        label: words.say('staff.approval.rejectWhy'),
        hint: words.say('staff.approval.rejectHintOther'),
        lines: true,
        most: WHY_LIMIT,
      }),
      ...(isPerson ? [context(words.say('staff.approval.rejectHint', { who: values.who }))] : []),
    ],
  })
}
