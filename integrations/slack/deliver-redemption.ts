/**
 * What waits for approvers, and what became of it. A delivery looks at how it stands and at what is posted, and brings Slack
 * in line: a card in the approvers' channel, and a message to whoever asked. It may run again at any point.
 */
import { z } from 'zod'
import type { ApprovalView } from '../../src/app/ports/approvals.ts'
import type { DeliveryOutcome, RedemptionView } from '../../src/app/ports.ts'
import { isOutOfReach } from './alert-posting.ts'
import { cardSubject, channelOutcome, DONE, isErased } from './approval-channel.ts'
import { type Delivering, type DeliverOne, outcomeOf } from './deliver.ts'
import { tell } from './tell-requester.ts'
import { approvalCard } from './views/approval.ts'

const redemptionPayload = z.object({ redemption: z.string() })
const requestPayload = z.object({ request: z.string() })

export const deliverRedemption: DeliverOne = async (row, delivering) => {
  const read = redemptionPayload.safeParse(row.payload)
  const found = read.success ? await delivering.app.getRedemption(read.data.redemption) : null
  if (found === null || !found.ok) return DONE
  const redemption = found.value
  const asked = await delivering.app.getApproval(redemption.id)
  const approval = asked.ok ? asked.value : null
  const card = approval === null ? DONE : await showCard(approval, delivering)
  const told = await tell(approval ?? (await unasked(redemption, delivering)), redemption, delivering)
  return worseOf(card, told)
}

export const deliverAdjustment: DeliverOne = async (row, delivering) => {
  const read = requestPayload.safeParse(row.payload)
  const found = read.success ? await delivering.app.getApproval(read.data.request) : null
  if (found === null || !found.ok) return DONE
  const card = await showCard(found.value, delivering)
  return worseOf(card, await tell(found.value, null, delivering))
}

/** One that nobody had to be asked for, in the same shape. */
async function unasked(redemption: RedemptionView, { app }: Delivering): Promise<ApprovalView> {
  const member = await app.getMember(redemption.member)
  const { id, name, email } = member.ok ? member.value : { id: redemption.member, name: null, email: null }
  return {
    id: redemption.id,
    kind: 'reward',
    state: 'approved',
    member: { id, name, email },
    points: redemption.value,
    reward: redemption.name,
    why: null,
    requestedBy: redemption.requestedBy,
    askedAt: redemption.createdAt,
    endedAt: redemption.endedAt,
    decidedBy: null,
    decision: null,
    reason: redemption.reason,
    redemption,
  }
}

/** What has to be tried again counts before what is done. */
const ORDER: readonly DeliveryOutcome['kind'][] = ['wait', 'down', 'refused', 'held', 'learnt', 'done']
const worseOf = (a: DeliveryOutcome, b: DeliveryOutcome): DeliveryOutcome =>
  ORDER.indexOf(a.kind) <= ORDER.indexOf(b.kind) ? a : b

// --------------------------------------------------------------------------------------------------------------- card

/** A short mark of what the card shows. */
const markOf = (approval: ApprovalView): string => `${stateMark(approval)}${isErased(approval) ? ', erased' : ''}`

const stateMark = ({ state, redemption }: ApprovalView): string =>
  state === 'approved' && redemption?.state === 'cancelled'
    ? `${state}, ${redemption.isRefused ? 'refused' : 'ended'}`
    : state

async function showCard(approval: ApprovalView, delivering: Delivering): Promise<DeliveryOutcome> {
  const { app, slack, words } = delivering
  const subject = cardSubject(approval.id)
  const [posted] = await app.postedOf([subject])
  const shown = markOf(approval)
  if (posted?.shown === shown) return DONE
  const isWaiting = approval.state === 'waiting'
  if (posted === undefined) return isWaiting ? postCard(approval, delivering) : DONE
  const card = approvalCard(approval, { words: words(), given: null })
  const changed = await slack.change({ channel: posted.channel, ts: posted.message }, card)
  if (changed.ok) {
    await app.notePosted([{ ...posted, shown }])
    return DONE
  }
  // Somebody deleted it, or the app has left: where it no longer matters there is nothing to keep true.
  if (isOutOfReach(changed)) {
    await app.forgetPosted([subject])
    return isWaiting ? postCard(approval, delivering) : DONE
  }
  return outcomeOf(changed)
}

async function postCard(approval: ApprovalView, delivering: Delivering): Promise<DeliveryOutcome> {
  const { app, slack, clock, words, program, settings } = delivering
  const channel = program().staff.approvalsChannel ?? settings.alertChannel
  if (channel === null) return { kind: 'refused', reason: NO_CHANNEL }
  const given = await app.givenToday(approval.requestedBy)
  const posted = await slack.post({ channel }, approvalCard(approval, { words: words(), given }))
  if (!posted.ok) return channelOutcome(posted, channel)
  const { channel: at, ts: message } = posted.value
  await app.notePosted([
    { subject: cardSubject(approval.id), channel: at, message, shown: markOf(approval), at: clock.now() },
  ])
  return DONE
}

const NO_CHANNEL =
  'There is no channel to ask for approval in: set staff.approvalsChannel in the program, or SLACK_ALERT_CHANNEL. ' +
  'Until then /loyalty approvals shows what waits'
