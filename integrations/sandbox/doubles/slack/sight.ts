/** What a person sees in Slack: nothing of others' ephemeral messages, nothing of channels they are not in. */
import type { Json } from './json.ts'
import { liveIn, readable, textOf } from './text-of.ts'
import { frontOf } from './view-methods.ts'
import type { Channel, Message, View, Workspace } from './workspace.ts'

export interface SeenMessage {
  channel: string
  channelName: string
  ts: string
  threadTs: string | null
  /** What notifications say. */
  text: string
  blocks: Json[]
  isEphemeral: boolean
  isEdited: boolean
  by: string
  /** What is read, buttons as `[ Label ]`: the blocks, or the text where there are none. */
  reads: string
  /** Mentions and links that are alive in it. */
  live: string[]
}

export interface SeenView {
  viewId: string
  type: View['type']
  title: string
  submit: string | null
  close: string | null
  blocks: Json[]
  privateMetadata: string
  callbackId: string
  externalId: string
  hash: string
  /** How many windows lie one over the other, this one counted. */
  depth: number
  reads: string
  live: string[]
}

export interface Seen {
  /** Oldest first: channels, direct messages, and what was shown to them alone. */
  messages: SeenMessage[]
  /** The window in front. */
  view: SeenView | null
  home: SeenView | null
}

export function seenMessage(message: Message, channel: Channel): SeenMessage {
  const { ts, threadTs, text, blocks, user } = message
  return {
    channel: channel.id,
    channelName: channel.name,
    ts,
    threadTs,
    text,
    blocks,
    isEphemeral: message.onlyFor !== null,
    isEdited: message.editedTs !== null,
    by: user,
    reads: blocks.length > 0 ? textOf(blocks) : readable(text),
    live: liveIn(message),
  }
}

const words = (text: Json | null): string | null => (typeof text?.text === 'string' ? text.text : null)

export function seenView(workspace: Workspace, view: View): SeenView {
  const [title, submit, close] = [words(view.title) ?? '', words(view.submit), words(view.close)]
  const buttons = [close ?? (view.type === 'modal' ? 'Close' : null), submit].filter((label) => label !== null)
  const lines = [title, textOf(view.blocks), buttons.map((label) => `[ ${label} ]`).join('  ')]
  return {
    viewId: view.id,
    type: view.type,
    title,
    submit,
    close,
    blocks: view.blocks,
    privateMetadata: view.privateMetadata,
    callbackId: view.callbackId,
    externalId: view.externalId,
    hash: view.hash,
    depth: view.type === 'home' ? 1 : (workspace.stacks[view.user]?.indexOf(view.id) ?? 0) + 1,
    reads: lines.filter((line) => line !== '').join('\n'),
    live: liveIn({ blocks: view.blocks }),
  }
}

export function messagesSeenBy(workspace: Workspace, user: string): SeenMessage[] {
  return workspace.messages.flatMap((message) => {
    const channel = workspace.channels[message.channel]
    return channel !== undefined && isSeenBy(workspace, user, message) ? [seenMessage(message, channel)] : []
  })
}

export const isSeenBy = ({ channels }: Workspace, user: string, { onlyFor, channel }: Message): boolean =>
  onlyFor === user || (onlyFor === null && channels[channel]?.members.includes(user) === true)

export function seenBy(workspace: Workspace, user: string): Seen {
  const [front, home] = [frontOf(workspace, user), workspace.views[workspace.homes[user] ?? '']]
  return {
    messages: messagesSeenBy(workspace, user),
    view: front === null ? null : seenView(workspace, front),
    home: home === undefined ? null : seenView(workspace, home),
  }
}
