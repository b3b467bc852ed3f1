/** `/loyalty approvals`: what waits for a second pair of eyes, and the buttons by which somebody else says yes or no. */
import { z } from 'zod'
import type { ApprovalView } from '../../../src/app/ports/approvals.ts'
import type { Result } from '../../../src/app/ports.ts'
import { createWords, type Words } from '../../../src/words/words.ts'
import {
  type Asking,
  type Buttons,
  type Commanded,
  type Handler,
  onceFor,
  type Pressed,
  type Reply,
  type Submissions,
  type Submitted,
  type Tools,
} from '../desk.ts'
import { noticeView, say } from '../dispatch.ts'
import { parseJson } from '../form.ts'
import { cleaned } from '../naming.ts'
import { refusalSentence } from '../refusals.ts'
import {
  approvalCard,
  approvalsList,
  cardBlock,
  IN_LIST,
  REJECT,
  rejectView,
  span,
  valuesOf,
  WHY_BLOCK,
  WHY_LIMIT,
  whoIs,
  withReason,
} from '../views/approval.ts'
import { showAgain } from './home.ts'

/** What fits in one message with room to spare: three blocks each. */
const LISTED = 15

const requestId = z.string().regex(/^(red|adr)_\w{1,60}$/)
const pressedValue = z
  .string()
  .transform((value) => ({ id: value.replace(IN_LIST, ''), isInList: value.startsWith(IN_LIST) }))
  .pipe(z.object({ id: requestId, isInList: z.boolean() }))
const rejectAbout = z.object({ id: requestId, from: z.enum(['message', 'home']) })

export const approvals: Handler<Commanded> = {
  needs: 'approve',
  answer: async (_, asking, tools) => ({ do: 'say', message: await listOf(asking, tools, null) }),
}

const listOf = async ({ words, origin }: Asking, { app }: Tools, banner: string | null) =>
  approvalsList(await app.listApprovals(LISTED), { words, actor: origin.actor, banner })

// ------------------------------------------------------------------------------------------------------------ approve

const approve: Handler<Pressed> = {
  needs: 'approve',
  answer: async (pressed, asking, tools) => {
    const read = pressedValue.safeParse(pressed.value)
    if (!read.success) return gone(asking)
    const { id, isInList } = read.data
    const result = await decide(id, { step: 'approve', reason: null, once: pressed.once }, asking, tools)
    const { words } = asking
    const found = await tools.app.getApproval(id)
    if (!found.ok) return gone(asking)
    const card = isInList || !isItsCard(pressed, id) ? null : cardOf(found.value, asking)
    const sentence = result.ok
      ? words.say('staff.approval.approvedNow', valuesOf(found.value, words))
      : whyNot(result, found.value, asking)
    if (isInList) return { do: 'replace', message: await listOf(asking, tools, sentence) }
    if (isHome(pressed)) return showAgain(asking, tools, sentence)
    if (card === null) return { do: 'say', message: say(sentence) }
    if (result.ok) return { do: 'replace', message: card }
    // The card says how it stands, should what was to change it not have come through.
    const isOver = found.value.state !== 'waiting'
    return { do: 'say', message: say(sentence), ...(isOver && { after: async () => replaceBy(card) }) }
  },
}

/** In English, as it was posted: many read it. */
const cardOf = (approval: ApprovalView, { program, now }: Asking) =>
  approvalCard(approval, { words: createWords({ language: 'en', program, now }), given: null })

const isHome = ({ view }: Pressed): boolean => view?.isHome === true

const replaceBy = (message: Extract<Reply, { do: 'replace' }>['message']): Reply => ({ do: 'replace', message })

/** Elsewhere (the digest, Home) other things stand beside it. */
const isItsCard = ({ message }: Pressed, id: string): boolean =>
  message?.blocks.some((block) => 'block_id' in block && block.block_id === cardBlock(id)) === true

const gone = ({ words }: Asking): Reply => ({ do: 'say', message: say(words.say('staff.approval.gone')) })

interface Deciding {
  step: 'approve' | 'reject'
  reason: string | null
  once: string
}

async function decide(
  id: string,
  { step, reason, once }: Deciding,
  asking: Asking,
  { app }: Tools,
): Promise<Result<unknown>> {
  const key = onceFor(asking, `approval ${step}`, once, { id, reason })
  return id.startsWith('adr_')
    ? app.decideAdjustment(id, step, { reason }, asking.origin, key)
    : app.moveRedemption(id, step, { reason }, asking.origin, key)
}

/** Who was first and when; or why they may not; mrkdwn. */
function whyNot(
  refusal: Extract<Result<unknown>, { ok: false }>,
  approval: ApprovalView,
  { words, origin, now }: Asking,
): string {
  const { state, decision, decidedBy } = approval
  if (state === 'cancelled') return withReason('staff.approval.over', approval.reason, words)
  if (state !== 'waiting') {
    const isApproved = state === 'approved'
    if (decidedBy === origin.actor)
      return words.say(isApproved ? 'staff.approval.alreadyYouApproved' : 'staff.approval.alreadyYouRejected')
    const after = span('ago', decision === null ? 0 : now - Date.parse(decision.at), words)
    const values = { who: whoIs(decidedBy ?? '', words), after }
    return words.say(isApproved ? 'staff.approval.alreadyApproved' : 'staff.approval.alreadyRejected', values)
  }
  if (refusal.code === 'forbidden') return words.say('staff.approval.own')
  if (refusal.code === 'member_inactive') return words.say('staff.approval.inactive', valuesOf(approval, words))
  return refusalSentence(words, refusal, 'other')
}

// ------------------------------------------------------------------------------------------------------------- reject

const reject: Handler<Pressed> = {
  needs: 'approve',
  opens: true,
  answer: async (pressed, asking, { app }) => {
    const read = pressedValue.safeParse(pressed.value)
    const found = read.success ? await app.getApproval(read.data.id) : null
    if (!read.success || found === null || !found.ok) return gone(asking)
    const { id, isInList } = read.data
    const approval = found.value
    const { words } = asking
    if (approval.state === 'waiting')
      return { do: 'open', view: rejectView(approval, { id, from: isHome(pressed) ? 'home' : 'message' }, words) }
    const message = say(whyNot({ ok: false, code: 'conflict', message: '' }, approval, asking))
    if (isInList || !isItsCard(pressed, id)) return { do: 'say', message }
    return { do: 'say', message, after: async () => replaceBy(cardOf(approval, asking)) }
  },
}

const rejecting: Handler<Submitted> = {
  needs: 'approve',
  answer: async ({ view, values, once }, asking, tools) => {
    const { words, program } = asking
    const notice = (sentence: string): Reply => ({
      do: 'update',
      view: noticeView(words, program, say(sentence)),
    })
    const about = rejectAbout.safeParse(parseJson(view.about))
    if (!about.success) return notice(words.say('staff.approval.gone'))
    const typed = typeof values[WHY_BLOCK] === 'string' ? values[WHY_BLOCK] : ''
    const wrong = wrongWhy(typed, words)
    if (wrong !== null) return { do: 'errors', errors: { [WHY_BLOCK]: wrong } }
    const { id, from } = about.data
    const result = await decide(id, { step: 'reject', reason: cleaned(typed, WHY_LIMIT), once }, asking, tools)
    const found = await tools.app.getApproval(id)
    if (!found.ok) return notice(words.say('staff.approval.gone'))
    if (!result.ok) return notice(whyNot(result, found.value, asking))
    const who = whoIs(found.value.requestedBy, words)
    const isTold = found.value.requestedBy.startsWith('slack:')
    const told = notice(words.say(isTold ? 'staff.approval.rejectedNow' : 'staff.approval.rejectedNowOther', { who }))
    return from === 'home'
      ? {
          ...told,
          after: async () => {
            // What became of it is said already.
            await showAgain(asking, tools, null)
            return { do: 'nothing' }
          },
        }
      : told
  },
}

function wrongWhy(typed: string, words: Words): string | null {
  if (cleaned(typed, WHY_LIMIT) === null) return words.say('staff.approval.whyNeeded')
  if (typed.trim().length <= WHY_LIMIT) return null
  return words.say('staff.approval.whyTooLong', {
    count: words.number(WHY_LIMIT),
    typed: words.number(typed.trim().length),
  })
}

export const approvalButtons: Buttons = { 'approval.approve': approve, 'approval.reject': reject }
export const approvalSubmissions: Submissions = { [REJECT]: rejecting }
