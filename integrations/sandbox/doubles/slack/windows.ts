/** Windows that people fill in and send, and what the answer to that does to them. */
import { clientRefusal, fieldsOf, type Given, stateWith } from './fields.ts'
import { type Json, parseJson, recordOf, textIn, wordsOf } from './json.ts'
import { commonOf, viewWithState } from './payloads.ts'
import { fieldNamed, windowOf } from './places.ts'
import type { Acknowledged, Sender } from './sender.ts'
import { type SeenView, seenBy } from './sight.ts'
import {
  changeView,
  closeDownTo,
  type Maker,
  makeView,
  putInFront,
  STACK_LIMIT,
  stackOf,
  viewGiven,
} from './view-methods.ts'
import { newTrigger, type SlackUser, type View } from './workspace.ts'

export interface Submission extends Acknowledged {
  /** Beside the fields, by block id; null where there are none. */
  errors: Record<string, string> | null
  /** What is in front of them now. */
  view: SeenView | null
}

interface Parts {
  maker: () => Maker
  sender: Sender
  personOf: (id: string) => SlackUser
}

export function createWindows({ maker, sender, personOf }: Parts) {
  /** Puts something into fields without sending the form. `values`: by block id, action id or label. */
  function fill(user: string, where: SeenView | string | null, values: Record<string, Given>): void {
    const view = windowOf(maker().workspace, user, where)
    for (const [named, given] of Object.entries(values)) {
      const field = fieldNamed(view.blocks, named)
      const offered = sender.offered.get(`${view.id} ${field.blockId}`) ?? []
      const state = stateWith(field, given, offered)
      view.values[field.blockId] = { ...view.values[field.blockId], [field.actionId]: state }
    }
  }

  /** Fills in and sends. @throws in words where Slack's client would not send it. */
  async function submit(
    user: string,
    where: SeenView | string | null,
    values: Record<string, Given> = {},
  ): Promise<Submission> {
    const { workspace, now } = maker()
    const view = windowOf(workspace, user, where)
    if (view.submit === null) throw new Error(`"${wordsOf(view.title)}" has nothing to send it by`)
    fill(user, view.id, values)
    const sent = viewWithState(workspace, view)
    refuseAsClient(view, sent)
    const payload = {
      type: 'view_submission',
      ...commonOf(workspace, personOf(user)),
      trigger_id: newTrigger(workspace, user, now, view.id),
      view: sent,
      response_urls: [],
    }
    const answer = await sender.payload(payload, `sending in "${wordsOf(view.title)}"`)
    return applied(maker(), view, answer)
  }

  /** The ✕ or the close button of the window in front. The app hears of it where it asked to. */
  async function closeView(user: string, { isCleared = false } = {}): Promise<void> {
    const { workspace } = maker()
    const view = windowOf(workspace, user)
    const isAll = isCleared || view.clearOnClose
    const payload = {
      type: 'view_closed',
      ...commonOf(workspace, personOf(user)),
      view: viewWithState(workspace, view),
      is_cleared: isAll,
    }
    closeDownTo(workspace, user, isAll ? 0 : stackOf(workspace, user).length - 1)
    if (view.notifyOnClose) await sender.payload(payload, 'closing a window')
  }

  return { fill, submit, closeView }
}

/** What the form's acknowledgement does to the windows. */
function applied(maker: Maker, view: View, answer: Acknowledged): Submission {
  const { workspace } = maker
  const { user } = view
  const body = recordOf(parseJson(answer.text))
  const action = textIn(body.response_action)
  const isOpen = workspace.views[view.id] !== undefined
  const errors = action === 'errors' ? errorsOf(view, body.errors) : null
  if (action === 'clear') closeDownTo(workspace, user, 0)
  else if (action === 'update' && isOpen) changeView(maker, view, viewGiven(workspace, body.view, 'modal', view.id))
  else if (action === 'push') pushOn(maker, view, body.view)
  else if (action === '' && isOpen) closeDownTo(workspace, user, stackOf(workspace, user).indexOf(view.id))
  return { ...answer, errors, view: seenBy(workspace, user).view }
}

function pushOn(maker: Maker, under: View, given: unknown): void {
  const { workspace } = maker
  if (stackOf(workspace, under.user).length >= STACK_LIMIT) throw new Error('push_limit_reached')
  putInFront(workspace, makeView(maker, under.user, viewGiven(workspace, given, 'modal', null), under))
}

/** @throws in the words of Slack's client. */
function refuseAsClient(view: View, sent: Json): void {
  const values = recordOf(recordOf(sent.state).values)
  const refusals = fieldsOf(view.blocks)
    .map((field) => clientRefusal(field, recordOf(recordOf(values[field.blockId])[field.actionId])))
    .filter((refusal) => refusal !== null)
  if (refusals.length > 0) throw new Error(`Slack does not send it: ${refusals.join('; ')}`)
}

/** By block; Slack knows no others. */
function errorsOf({ blocks }: View, given: unknown): Record<string, string> {
  const errors = recordOf(given)
  const inputs = blocks.filter(({ type }) => type === 'input').map(({ block_id }) => textIn(block_id))
  const strange = Object.keys(errors).filter((id) => !inputs.includes(id))
  if (strange.length > 0 || Object.keys(errors).length === 0)
    throw new Error(`errors must be beside inputs: ${strange.join(', ') || 'none given'} of ${inputs.join(', ')}`)
  return Object.fromEntries(Object.entries(errors).map(([id, words]) => [id, String(words)]))
}
