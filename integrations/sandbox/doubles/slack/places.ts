/** Where somebody presses or types: a message or a window that they see, and what in it has that name. */
import { type Field, fieldsOf, type Given, isNamed } from './fields.ts'
import { isRecord, type Json, listOf, textIn, wordsOf } from './json.ts'
import { placeOfMessage, placeOfView } from './payloads.ts'
import { isSeenBy, messagesSeenBy, type SeenMessage, type SeenView, seenBy, seenMessage, seenView } from './sight.ts'
import { frontOf } from './view-methods.ts'
import { type Channel, type Message, messageAt, type View, type Workspace } from './workspace.ts'

/** A message or view that they see, or its id. Left out: the window in front, else the newest message with that button. */
export type Where =
  | SeenMessage
  | SeenView
  | { message: SeenMessage | string }
  | { view: SeenView | string }
  | 'home'
  | undefined

export interface PressOptions {
  /** Of several buttons of one name: its value. */
  value?: string
  blockId?: string
  /** Which of several, from 0. */
  nth?: number
  /** Of menus and other choices: an option's value or words, or what is typed or picked. */
  selectedOption?: Given
}

export interface Place {
  view: View | null
  message: Message | null
  channel: Channel | null
}

export interface Pressable {
  element: Json
  block: Json
}

const inView = (view: View): Place => ({ view, message: null, channel: null })

/** @throws where they have no such view. */
export function viewShown(workspace: Workspace, user: string, id: string): View {
  const view = workspace.views[id]
  if (view === undefined || view.user !== user) throw new Error(`${user} has no view ${id || 'open'}`)
  return view
}

/** The one in front where none is named. @throws where there is none. */
export function windowOf(workspace: Workspace, user: string, where: SeenView | string | null = null): View {
  const id = typeof where === 'string' ? where : where?.viewId
  const view = id === undefined ? frontOf(workspace, user) : viewShown(workspace, user, id)
  if (view === null) throw new Error(`${user} has no window open`)
  return view
}

/** @throws where they do not see it. */
export function messageShown(workspace: Workspace, user: string, given: SeenMessage | string): SeenMessage {
  if (typeof given !== 'string') return given
  const message = workspace.messages.find((one) => one.ts === given && isSeenBy(workspace, user, one))
  const channel = workspace.channels[message?.channel ?? '']
  if (message === undefined || channel === undefined) throw new Error(`${user} sees no message ${given}`)
  return seenMessage(message, channel)
}

/** @throws where they do not see it. */
export function placeOf(workspace: Workspace, user: string, where: Exclude<Where, undefined>): Place {
  if (where === 'home') return inView(viewShown(workspace, user, workspace.homes[user] ?? ''))
  if ('viewId' in where) return inView(viewShown(workspace, user, where.viewId))
  if ('view' in where) {
    const view = typeof where.view === 'string' ? where.view : where.view.viewId
    return inView(viewShown(workspace, user, view))
  }
  if ('message' in where) return placeOf(workspace, user, messageShown(workspace, user, where.message))
  const message = messageAt(workspace, where.channel, where.ts)
  if (message === undefined) throw new Error(`the message is no longer there: ${where.reads}`)
  if (!isSeenBy(workspace, user, message)) throw new Error(`${user} does not see this message: ${where.reads}`)
  return { view: null, message, channel: workspace.channels[where.channel] ?? null }
}

/** Where that is to be pressed. @throws where they see nothing of that name. */
export function placeWith(workspace: Workspace, user: string, where: Where, named: string): Place {
  if (where !== undefined) return placeOf(workspace, user, where)
  const front = frontOf(workspace, user)
  if (front !== null && hasElement(front.blocks, named)) return inView(front)
  const seen = messagesSeenBy(workspace, user).findLast(({ blocks }) => hasElement(blocks, named))
  if (seen !== undefined) return placeOf(workspace, user, seen)
  throw new Error(`${user} sees no "${named}" anywhere: ${everythingFor(workspace, user)}`)
}

const everythingFor = (workspace: Workspace, user: string): string => {
  const { messages, home } = seenBy(workspace, user)
  const front = frontOf(workspace, user)
  const shown = [front === null ? undefined : seenView(workspace, front), messages.at(-1), home ?? undefined]
  return shown.flatMap((one) => (one === undefined ? [] : [one.reads])).join('\n--\n')
}

/** What Slack tells of it. */
export const placeJson = (workspace: Workspace, { view, message, channel }: Place): Json => {
  if (view !== null) return placeOfView(workspace, view)
  return message !== null && channel !== null ? placeOfMessage(workspace, message, channel) : {}
}

const pressablesIn = (blocks: readonly Json[]): Pressable[] =>
  blocks.flatMap((block) =>
    [block.accessory, block.element, ...listOf(block.elements)]
      .filter(isRecord)
      .filter(({ action_id }) => action_id !== undefined)
      .map((element) => ({ element, block })),
  )

const hasElement = (blocks: readonly Json[], named: string): boolean =>
  pressablesIn(blocks).some(({ element }) => isNamed(element, named))

/** @throws where there is none of that name, or several and nothing says which. */
export function elementIn({ view, message }: Place, named: string, { value, blockId, nth }: PressOptions): Pressable {
  const all = pressablesIn(view?.blocks ?? message?.blocks ?? [])
  const found = all
    .filter(({ element }) => isNamed(element, named))
    .filter(({ block }) => blockId === undefined || block.block_id === blockId)
    .filter(({ element }) => value === undefined || element.type !== 'button' || element.value === value)
  const picked = found[nth ?? 0]
  if (picked === undefined) {
    const there = all.map(({ element }) => `"${wordsOf(element.text) || textIn(element.action_id)}"`).join(', ')
    throw new Error(`there is no "${named}" to press; there is ${there || 'nothing'}`)
  }
  if (nth === undefined && found.length > 1) throw new Error(`"${named}" is there ${found.length} times: say which`)
  return picked
}

/** By block id, action id or label. @throws where there is none. */
export function fieldNamed(blocks: readonly Json[], named: string): Field {
  const fields = fieldsOf(blocks)
  const found = fields.find((field) => [field.blockId, field.actionId, field.label].includes(named))
  if (found !== undefined) return found
  const there = fields.map(({ label, blockId }) => `"${label || blockId}"`).join(', ')
  throw new Error(`there is no field "${named}"; there is ${there || 'none'}`)
}
