/** What whoever asked hears of it, in a direct message: what they may give now, or why not. */
import type { ApprovalView } from '../../../src/app/ports/approvals.ts'
import type { MemberView, RedemptionView } from '../../../src/app/ports.ts'
import type { Program } from '../../../src/program/schema.ts'
import type { Words } from '../../../src/words/words.ts'
import { actions, button, context, esc, section } from '../blocks.ts'
import type { Block, Message } from '../desk.ts'
import { copyable } from '../form.ts'
import { memberName, stripeReason, valuesOf, whoIs, withReason } from './approval.ts'
import { resultBlocks } from './reward-result.ts'

/** What there is to tell. `late`: nobody had to be asked, and it took longer than they looked at the window. */
export type NoticeStage = 'approved' | 'rejected' | 'cancelled' | 'ended' | 'refused' | 'late'

export interface NoticeData {
  stage: NoticeStage
  approval: Pick<
    ApprovalView,
    'id' | 'member' | 'reward' | 'points' | 'requestedBy' | 'decidedBy' | 'decision' | 'reason'
  >
  redemption: RedemptionView | null
  /** Null when they were erased. */
  member: MemberView | null
  /** To copy for the customer. */
  message: string | null
}

export interface NoticeReader {
  words: Words
  program: Program
}

export function requesterNotice(data: NoticeData, reader: NoticeReader): Message {
  const { words } = reader
  const sentence = sentenceOf(data, words)
  return { text: sentence, blocks: blocksOf(data, sentence, reader) }
}

function sentenceOf({ stage, approval }: NoticeData, words: Words): string {
  const { what, name } = valuesOf(approval, words)
  const values = { what, name, who: whoIs(approval.decidedBy ?? '', words) }
  switch (stage) {
    case 'approved':
      return words.say('staff.notice.approved', values)
    case 'late':
      return words.say('staff.notice.late', values)
    case 'rejected':
      return words.say('staff.notice.rejected', values)
    case 'refused':
      return words.say('staff.notice.refused', { ...values, reason: stripeReason(approval, words) })
    case 'cancelled':
      return withReason('staff.notice.cancelled', approval.reason, words, values)
    case 'ended':
      return withReason('staff.notice.ended', approval.reason, words, values)
    default: {
      const unknown: never = stage
      return unknown
    }
  }
}

function blocksOf(data: NoticeData, sentence: string, { words, program }: NoticeReader): Block[] {
  const { stage, approval, redemption, member, message } = data
  const isGood = stage === 'approved' || stage === 'late'
  // As in the window in which it would have been shown: the code, the text to copy, what can be done with it.
  if (isGood && redemption !== null && member !== null)
    return resultBlocks({ redemption, member, message, banner: sentence, alertChannel: null }, { words, program })
  const said = approval.decision?.why ?? null
  const name = esc(memberName(approval, words), 80)
  return [
    section(sentence),
    ...(said !== null && stage !== 'ended'
      ? [context(words.say('staff.approval.because', { why: esc(said, 1_000) }))]
      : []),
    ...(stage === 'rejected' ? [context(words.say('staff.notice.nothingLost'))] : []),
    ...(isGood && member !== null
      ? [context(words.say('staff.notice.points', { name, points: words.points(member.points.available) }))]
      : []),
    ...(isGood && message !== null ? [context(words.say('staff.reward.copy', { name })), copyable(message)] : []),
    ...(member === null
      ? []
      : actions(
          button({
            text: words.say('staff.approval.show', { name: memberName(approval, words) }),
            action: 'member.show',
            value: member.id,
          }),
        )),
  ]
}

/** To a channel, where nobody in Slack asked: one message a day and reward, however many went without. */
export function refusedNotice(
  approval: Pick<ApprovalView, 'member' | 'reward' | 'points' | 'requestedBy' | 'reason'>,
  count: number,
  words: Words,
): Message {
  const { what, name } = valuesOf(approval, words)
  const values = { what, name, count, others: count - 1, reason: stripeReason(approval, words) }
  const sentence = words.say('staff.notice.refusedMany', values)
  return { text: sentence, blocks: [section(sentence)] }
}
