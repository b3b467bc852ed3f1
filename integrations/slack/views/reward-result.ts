/** What became of a reward that was asked for, in words, with what can be done next. */
import type { Button } from '@slack/types'
import type { MemberView, RedemptionView } from '../../../src/app/ports.ts'
import type { Words } from '../../../src/words/words.ts'
import { actions, button, context, esc, plain, section } from '../blocks.ts'
import type { Asking, Block } from '../desk.ts'
import { copyable } from '../form.ts'
import { approvalsChannel, mrkdwnName } from '../naming.ts'

export interface ResultData {
  redemption: RedemptionView
  member: MemberView
  /** To copy for the customer; null where there is nothing for them yet. */
  message: string | null
  /** mrkdwn, on top: who did it, where it was somebody else. */
  banner: string | null
  /** Stripe has not answered in time. */
  isLate?: boolean
  /** Also while this one is on its way. */
  isAnotherOffered?: boolean
  alertChannel: string | null
}

type Reader = Pick<Asking, 'words' | 'program'>

/** Stripe has to do something before there is more to say. */
export const isPending = ({ state, kind, isEnding }: RedemptionView): boolean =>
  isEnding || (state === 'reserved' && (kind === 'promotion_code' || kind === 'credit'))

export function resultBlocks(data: ResultData, reader: Reader): Block[] {
  const { redemption, member, message, banner } = data
  const { words } = reader
  return [
    ...(banner === null ? [] : [section(banner)]),
    section(sentenceOf(data, reader)),
    ...(message === null
      ? []
      : [context(words.say('staff.reward.copy', { name: mrkdwnName(member, words) })), copyable(message)]),
    ...actions(...stepButtons(redemption, words), ...wayOn(data, words)),
  ]
}

function wayOn({ redemption, member, isAnotherOffered = false }: ResultData, words: Words): Button[] {
  const { state, isEnding } = redemption
  const isOver = !isEnding && (state === 'used' || state === 'expired' || state === 'cancelled')
  if (!isOver && !isAnotherOffered) return []
  return [button({ text: words.say('staff.reward.another'), action: 'reward.open', value: member.id })]
}

function sentenceOf(data: ResultData, { words, program }: Reader): string {
  const { redemption, member, isLate = false } = data
  const { state, kind, isEnding, points } = redemption
  const [name, reward] = [mrkdwnName(member, words), esc(redemption.name, 100)]
  const say = (key: Parameters<Words['say']>[0], values = {}): string => words.say(key, { name, reward, ...values })
  if (isEnding) return say(isLate ? 'staff.reward.notEnded' : 'staff.reward.ending')
  switch (state) {
    case 'awaiting_approval': {
      const channel = approvalsChannel(program, data.alertChannel) ?? words.say('staff.reward.approvers')
      return say('staff.reward.waits', { points: words.points(redemption.value), channel })
    }
    case 'reserved':
      if (kind === 'manual')
        return `${say('staff.reward.handOver', { instructions: whole(esc(redemption.instructions ?? '', 1_000)) })} ${balanceSentence(data, say, words)}`
      if (isLate) return say('staff.reward.late')
      return say(kind === 'credit' ? 'staff.reward.booking' : 'staff.reward.making')
    case 'issued':
      return `${issuedSentence(redemption, say, words)} ${balanceSentence(data, say, words)}`
    case 'used':
      return say('staff.reward.taken')
    case 'expired':
      return say('staff.reward.expired')
    case 'cancelled':
      return `${cancelledSentence(redemption, say)} ${say(points === 0 && redemption.cost > 0 ? 'staff.reward.back' : 'staff.reward.nothingLost', { points: words.points(redemption.cost), left: words.points(member.points.available) })}`
    default: {
      const unknown: never = state
      return unknown
    }
  }
}

/** With its full stop. */
const whole = (sentence: string): string => (/[.!?…።։]$/u.test(sentence) ? sentence : `${sentence}.`)

type Say = (key: Parameters<Words['say']>[0], values?: Record<string, string>) => string

function issuedSentence(redemption: RedemptionView, say: Say, words: Words): string {
  const { kind, code, expiresAt } = redemption
  if (kind === 'credit') return say('staff.reward.credit')
  if (kind === 'donation') return say('staff.reward.donated')
  if (code === null) return say('staff.reward.handedOver')
  const values = { code: esc(code) }
  if (expiresAt === null) return say('staff.reward.ready', values)
  return say('staff.reward.readyUntil', { ...values, date: words.date(lastDay(expiresAt)) })
}

const balanceSentence = ({ redemption, member }: ResultData, say: Say, words: Words): string =>
  say(redemption.charge === 'house' ? 'staff.reward.kept' : 'staff.reward.left', {
    points: words.points(member.points.available),
  })

function cancelledSentence({ isRefused, reason, decision }: RedemptionView, say: Say): string {
  const because = whole(esc(reason ?? '', 300))
  if (isRefused) return say('staff.reward.refused', { reason: because })
  return decision?.verdict === 'rejected'
    ? say('staff.reward.notMade', { reason: because })
    : say('staff.reward.cancelled')
}

/** It ends as that day begins. */
export const lastDay = (expiresAt: string): number => Date.parse(expiresAt) - 1

/** "Free tote · ADA-7F3K, until 30 Dec" */
export function openLine({ name, state, kind, code, expiresAt, isEnding }: RedemptionView, words: Words): string {
  const reward = esc(name, 100)
  if (isEnding) return words.say('staff.reward.openEnding', { reward })
  if (state === 'awaiting_approval') return words.say('staff.reward.openWaits', { reward })
  if (state === 'reserved')
    return words.say(kind === 'manual' ? 'staff.reward.openHandOver' : 'staff.reward.openMaking', { reward })
  const values = { reward, code: esc(code ?? '') }
  if (expiresAt === null) return words.say('staff.reward.openCode', values)
  return words.say('staff.reward.openCodeUntil', { ...values, date: words.date(lastDay(expiresAt)) })
}

/** Whether the member still waits for it or has yet to use it. */
export const isOpen = ({ state, code }: RedemptionView): boolean =>
  state === 'reserved' || state === 'awaiting_approval' || (state === 'issued' && code !== null)

/** What staff can do about it now. `nth` tells several in one place apart. */
export function stepButtons(redemption: RedemptionView, words: Words, nth = ''): Button[] {
  const { id, state, kind, code, name, isEnding } = redemption
  if (isEnding || !isOpen(redemption)) return []
  const at = nth === '' ? '' : `:${nth}`
  const reward = plain(name, 80)
  const steps: Button[] = []
  if (state === 'reserved' && kind === 'manual')
    steps.push(
      button({ text: words.say('staff.reward.fulfil'), action: `reward.fulfil${at}`, value: id, style: 'primary' }),
    )
  if (state === 'issued' && code !== null)
    steps.push(
      button({
        text: words.say('staff.reward.useHere'),
        action: `reward.fulfil${at}`,
        value: id,
        confirm: {
          title: words.say('staff.reward.useHereTitle'),
          text: words.say('staff.reward.useHereText', { reward }),
          yes: words.say('staff.reward.useHereYes'),
          no: words.say('staff.common.back'),
        },
      }),
    )
  // A credit that was ordered cannot be called back.
  if (state === 'reserved' && kind === 'credit') return steps
  steps.push(
    button({
      text: words.say('staff.reward.cancel'),
      action: `reward.cancel${at}`,
      value: id,
      style: 'danger',
      confirm: {
        title: words.say('staff.reward.cancelTitle'),
        text: words.say('staff.reward.cancelText', { reward }),
        yes: words.say('staff.reward.cancelYes'),
        no: words.say('staff.reward.cancelNo'),
      },
    }),
  )
  return steps
}

/** As the text of a notification says it. */
export const resultText = (data: ResultData, reader: Reader): string => sentenceOf(data, reader)
