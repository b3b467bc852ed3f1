/** The window in which points are added or taken by hand, and what came of it. */
import type { AdjustmentRequestView } from '../../../src/app/ports/approvals.ts'
import type { EntryView, MemberView } from '../../../src/app/ports.ts'
import { actions, button, context, section } from '../blocks.ts'
import type { Asking, Block, Message, Modal } from '../desk.ts'
import { copyable, modal, textField } from '../form.ts'
import { approvalsChannel, mrkdwnName, nameOf } from '../naming.ts'
import { memberPicker } from '../who.ts'

export const REASON_LIMIT = 500
const POINTS_LENGTH = 40

export interface AdjustData {
  /** Null: to be looked up in the window. */
  member: MemberView | null
  /** As typed. */
  points: string | null
  reason: string | null
  /** mrkdwn, on top. */
  banner: string | null
}

type Reader = Pick<Asking, 'words' | 'program'>

export function adjustView({ member, points, reason, banner }: AdjustData, { words }: Reader): Modal {
  const who: Block =
    member === null
      ? memberPicker(words)
      : section(
          words.say('staff.adjust.has', {
            name: mrkdwnName(member, words),
            points: words.points(member.points.available),
          }),
        )
  return modal({
    callback: 'adjust.send',
    title: words.say('staff.adjust.title'),
    close: words.say('staff.common.cancel'),
    submit: words.say('staff.adjust.submit'),
    about: member === null ? {} : { member: member.id },
    blocks: [
      ...(banner === null ? [] : [section(banner)]),
      who,
      textField({
        block: 'points',
        label: words.say('staff.adjust.points'),
        hint: words.say('staff.adjust.pointsHint'),
        most: POINTS_LENGTH,
        value: points,
      }),
      textField({
        block: 'reason',
        label: words.say('staff.adjust.reason'),
        hint: words.say('staff.adjust.reasonHint'),
        lines: true,
        most: REASON_LIMIT,
        value: reason,
      }),
    ],
  })
}

/** "+100 points", "−50 points" */
export const signed = (points: number, { words }: Pick<Reader, 'words'>): string =>
  `${points < 0 ? '−' : '+'}${words.points(Math.abs(points))}`

/** "+100 points for Ada Lovelace: 1,340 now." `message`: what they may be told. */
export function adjusted(entry: EntryView, member: MemberView, message: string, reader: Reader): Message {
  const { words } = reader
  const values = { change: signed(entry.points, reader), points: words.points(member.points.available) }
  const sentence = words.say('staff.adjust.done', { ...values, name: mrkdwnName(member, words) })
  const back = JSON.stringify({
    member: member.id,
    points: `${entry.points < 0 ? '+' : '−'}${Math.abs(entry.points)}`,
    reason: words.say('staff.adjust.takenBack'),
  })
  return {
    text: sentence,
    blocks: [
      section(sentence),
      context(words.say('staff.adjust.copy', { name: mrkdwnName(member, words) })),
      copyable(message),
      ...actions(
        button({ text: words.say('staff.adjust.takeBack'), action: 'adjust.open', value: back }),
        button({
          text: words.say('staff.adjust.card', { name: nameOf(member, words) }),
          action: 'member.show',
          value: member.id,
        }),
      ),
    ],
  }
}

/** "1,500 points need a second pair of eyes." */
export function adjustmentWaits(
  { points }: AdjustmentRequestView,
  { words, program }: Reader,
  alertChannel: string | null,
): Message {
  const channel = approvalsChannel(program, alertChannel) ?? words.say('staff.reward.approvers')
  const sentence = words.say('staff.adjust.asked', { points: words.points(points), channel })
  return { text: sentence, blocks: [section(sentence)] }
}
