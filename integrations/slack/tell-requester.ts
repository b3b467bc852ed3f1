/**
 * Whoever asked hears what became of it, once: in a direct message, with what they may give the customer. What nobody in Slack
 * asked for and Stripe would not make is told to the channel.
 */
import type { ApprovalView } from '../../src/app/ports/approvals.ts'
import type { PostedMessage } from '../../src/app/ports/staffroom.ts'
import type { DeliveryOutcome, MemberView, RedemptionView } from '../../src/app/ports.ts'
import { localDate } from '../../src/core/calendar.ts'
import type { Program } from '../../src/program/schema.ts'
import { createWords, type Words } from '../../src/words/words.ts'
import { isOutOfReach } from './alert-posting.ts'
import { cardSubject, channelOutcome, DONE, isErased, toldSubject } from './approval-channel.ts'
import type { CallFailure } from './calls.ts'
import { type Delivering, outcomeOf } from './deliver.ts'
import { adjustmentMessage, rewardMessage } from './member-messages.ts'
import { staffLanguageOf } from './staff-language.ts'
import { type NoticeStage, refusedNotice, requesterNotice } from './views/requester-notice.ts'

/** Null while there is nothing to tell, or nobody whom it concerns. */
export function stageOf({ state, decision }: ApprovalView, redemption: RedemptionView | null): NoticeStage | null {
  if (redemption?.isRefused) return 'refused'
  if (state === 'waiting') return null
  if (state === 'rejected' || state === 'cancelled') return state
  if (redemption === null) return 'approved'
  if (redemption.state === 'cancelled') return decision === null ? null : 'ended'
  const isBeingMade = redemption.state === 'reserved' && redemption.kind !== 'manual'
  if (isBeingMade) return null
  return decision === null ? 'late' : 'approved'
}

export async function tell(
  approval: ApprovalView,
  redemption: RedemptionView | null,
  delivering: Delivering,
): Promise<DeliveryOutcome> {
  const stage = stageOf(approval, redemption)
  if (stage === null) return DONE
  const subject = toldSubject(approval.id)
  const [told] = await delivering.app.postedOf([subject])
  if (isErased(approval)) {
    if (told !== undefined) return forget(told, { approval, redemption, stage }, delivering)
    if (stage !== 'cancelled' || !(await hasCard(approval, delivering))) return DONE
  }
  // Whoever had it and cancels it, or has it cancelled, sees that where they have it.
  if (told?.shown === stage || (told !== undefined && stage === 'ended')) return DONE
  const person = /^slack:([UW][A-Z0-9]+)$/.exec(approval.requestedBy)?.[1]
  if (person !== undefined) return tellPerson(person, { approval, redemption, stage }, delivering)
  return stage === 'refused' ? tellChannel(approval, delivering) : DONE
}

/** Erased while it waited: of all else that was ever theirs nobody is told now. */
const hasCard = async ({ id }: ApprovalView, { app }: Delivering): Promise<boolean> =>
  (await app.postedOf([cardSubject(id)])).length > 0

const FORGOTTEN = 'erased'

/** It told of somebody who was erased since: it says the same without their name, their code and what was written to them. */
async function forget(
  told: PostedMessage,
  { approval, stage }: Telling,
  delivering: Delivering,
): Promise<DeliveryOutcome> {
  const { app, slack, words, program } = delivering
  if (told.shown === FORGOTTEN) return DONE
  const isForMany = !approval.requestedBy.startsWith('slack:')
  const notice = isForMany
    ? refusedNotice(approval, (await app.postedIn(told.channel, told.message)).filter(isTold).length, words())
    : requesterNotice(
        { stage, approval, redemption: null, member: null, message: null },
        { words: await wordsFor(approval.requestedBy.slice('slack:'.length), delivering), program: program() },
      )
  const changed = await slack.change({ channel: told.channel, ts: told.message }, notice)
  if (!changed.ok && !isOutOfReach(changed)) return outcomeOf(changed)
  await app.notePosted([{ ...told, shown: FORGOTTEN }])
  return DONE
}

interface Telling {
  approval: ApprovalView
  redemption: RedemptionView | null
  stage: NoticeStage
}

async function tellPerson(
  person: string,
  { approval, redemption, stage }: Telling,
  delivering: Delivering,
): Promise<DeliveryOutcome> {
  const { app, slack, clock } = delivering
  const [program, now] = [delivering.program(), clock.now()]
  const found = await app.getMember(approval.member.id)
  const member = found.ok && found.value.status !== 'erased' ? found.value : null
  const message = member === null ? null : customerText({ approval, redemption, stage }, member, program, now)
  const words = await wordsFor(person, delivering)
  const notice = requesterNotice({ stage, approval, redemption, member, message }, { words, program })
  const posted = await slack.post({ channel: person }, notice)
  if (!posted.ok) return personOutcome(posted, delivering)
  await app.notePosted([noted(toldSubject(approval.id), posted.value, stage, now)])
  return DONE
}

/** A message to one person is in their language, as windows are. */
async function wordsFor(person: string, { app, slack, clock, program }: Delivering): Promise<Words> {
  const chosen = await app.staffLanguage(`slack:${person}`)
  const user = chosen === null ? await slack.user(person) : null
  const language = staffLanguageOf(chosen, user?.ok ? user.value.locale : null)
  return createWords({ language, program: program(), now: clock.now() })
}

/** What they copy for the customer; null where there is nothing for them. */
function customerText({ approval, redemption, stage }: Telling, member: MemberView, program: Program, now: number) {
  if (stage !== 'approved' && stage !== 'late') return null
  if (redemption === null) return adjustmentMessage(approval, member, program, now)
  const isTheirs = redemption.state === 'issued' || redemption.state === 'reserved'
  return isTheirs ? rewardMessage(redemption, member, program, now) : null
}

const noted = (
  subject: string,
  { channel, ts: message }: { channel: string; ts: string },
  shown: string,
  at: number,
): PostedMessage => ({ subject, channel, message, shown, at })

/** Whoever has left is told nothing: the card says what became of it. */
const NO_LONGER_THERE = new Set([
  'user_not_found',
  'users_not_found',
  'user_not_visible',
  'user_disabled',
  'is_inactive',
  'cannot_dm_bot',
  'channel_not_found',
  'is_archived',
])

function personOutcome(failure: CallFailure, { logger }: Delivering): DeliveryOutcome {
  if (failure.because !== 'refused') return outcomeOf(failure)
  if (NO_LONGER_THERE.has(failure.reason)) {
    logger.info('whoever asked can no longer be written to in Slack', { reason: failure.reason })
    return DONE
  }
  if (failure.reason === 'messages_tab_disabled')
    return { kind: 'held', reason: 'Slack refuses messages to people: turn on the app’s Messages tab (App Home)' }
  return outcomeOf(failure)
}

/** Nobody in Slack asked: the channel hears of it, once a day for each reward however many it is. */
async function tellChannel(approval: ApprovalView, delivering: Delivering): Promise<DeliveryOutcome> {
  const { app, slack, clock, words, settings } = delivering
  const program = delivering.program()
  const now = clock.now()
  const channel = settings.alertChannel ?? program.staff.approvalsChannel
  // Nobody is to be told in Slack: the history and the log of rewards say it.
  if (channel === null) return DONE
  const day = `refused:${approval.redemption?.reward ?? ''}:${localDate(now, program.timezone)}`
  const [before] = await app.postedOf([day])
  const others = before === undefined ? 0 : (await app.postedIn(before.channel, before.message)).filter(isTold).length
  const notice = refusedNotice(approval, others + 1, words())
  const own = (at: { channel: string; ts: string }): PostedMessage =>
    noted(toldSubject(approval.id), at, 'refused', now)
  if (before !== undefined) {
    const at = { channel: before.channel, ts: before.message }
    const changed = await slack.change(at, notice)
    if (changed.ok) {
      await app.notePosted([own(at)])
      return DONE
    }
    if (!isOutOfReach(changed)) return outcomeOf(changed)
  }
  const posted = await slack.post({ channel }, notice)
  if (!posted.ok) return channelOutcome(posted, channel)
  await app.notePosted([noted(day, posted.value, 'refused', now), own(posted.value)])
  return DONE
}

const isTold = ({ subject }: PostedMessage): boolean => subject.startsWith('told:')
