/** What somebody sees of the sandbox's Slack, and who else has something new there. */
import { COMMANDS_SHOWN } from './commands-shown.ts'
import { type SeenMessage, seenMessage, seenView } from './doubles/slack/sight.ts'
import { frontOf } from './doubles/slack/view-methods.ts'
import type { Channel, Message, Workspace } from './doubles/slack/workspace.ts'
import { STAFF } from './first-day.ts'
import type { ShownChannel, ShownSlack } from './shown.ts'

/** Of each channel; threads count as one. */
const THREADS_SHOWN = 60
const REPLIES_SHOWN = 20

export function viewSlack(workspace: Workspace, me: string): ShownSlack {
  const [front, home] = [frontOf(workspace, me), workspace.views[workspace.homes[me] ?? '']]
  const newest = newestOf(workspace)
  const shown = Object.values(workspace.channels)
    .filter(({ members }) => members.includes(me))
    .map((channel) => viewChannel(workspace, channel, me))
  return {
    view: front === null ? null : seenView(workspace, front),
    home: home === undefined ? null : seenView(workspace, home),
    messages: shown.flatMap(({ messages }) => messages),
    me,
    staff: STAFF.map(({ id, realName, role, about }) => ({
      id,
      name: realName,
      role,
      about,
      newest: newest.get(id) ?? {},
    })),
    channels: shown.map(({ channel }) => channel),
    channelNames: Object.fromEntries(
      Object.values(workspace.channels)
        .filter(({ kind, members }) => kind === 'public' || (kind === 'private' && members.includes(me)))
        .map(({ id, name }) => [id, name]),
    ),
    people: Object.fromEntries(Object.values(workspace.users).map(({ id, realName }) => [id, realName])),
    commands: COMMANDS_SHOWN,
  }
}

/** Only what is shown is read in full: a channel may hold thousands. */
function viewChannel(
  workspace: Workspace,
  channel: Channel,
  me: string,
): { channel: ShownChannel; messages: SeenMessage[] } {
  const seen = workspace.messages.filter((one) => one.channel === channel.id && isSeen(one, me))
  const threads = Map.groupBy(seen, ({ threadTs, ts }) => threadTs ?? ts)
  const shown = [...threads.values()].slice(-THREADS_SHOWN)
  const { id, name, kind } = channel
  return {
    channel: { id, name: kind === 'im' ? 'Regulars' : name, kind, older: threads.size - shown.length },
    messages: shown
      .flatMap(([root, ...replies]) => (root === undefined ? [] : [root, ...replies.slice(-REPLIES_SHOWN)]))
      .map((message) => seenMessage(message, channel)),
  }
}

const isSeen = ({ onlyFor }: Message, user: string): boolean => onlyFor === null || onlyFor === user

function newestOf({ channels, messages }: Workspace): Map<string, Record<string, string>> {
  const newest = new Map<string, Record<string, string>>(STAFF.map(({ id }) => [id, {}]))
  for (const message of messages) {
    const members = channels[message.channel]?.members ?? []
    for (const [id, own] of newest) {
      if (message.user === id || !isSeen(message, id) || !members.includes(id)) continue
      if (message.ts > (own[message.channel] ?? '')) own[message.channel] = message.ts
    }
  }
  return newest
}
