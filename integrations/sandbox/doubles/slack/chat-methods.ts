/** What an app says in channels and direct messages. */
import { checkMessage, TEXT_LIMIT, tooLongInAll } from './block-limits.ts'
import { blocksArg, isTrue, type Method, type MethodCall, neededArg, needScope, refused, textArg } from './calls.ts'
import { type Json, textIn } from './json.ts'
import {
  type Channel,
  channelNamed,
  dmOf,
  type Message,
  messageAt,
  nextNumber,
  nextTs,
  type Workspace,
} from './workspace.ts'

/** The message as the API shows it. */
export function messageJson(message: Message, botId: string, appId: string, team: string): Json {
  return {
    type: 'message',
    user: message.user,
    ts: message.ts,
    ...(message.isOurs && { bot_id: botId, app_id: appId }),
    text: message.text,
    team,
    ...(message.blocks.length > 0 && { blocks: message.blocks }),
    ...(message.threadTs !== null && { thread_ts: message.threadTs }),
    ...(message.editedTs !== null && { edited: { user: botId, ts: message.editedTs } }),
  }
}

/** Blocks without an id get one, as in Slack. */
export const withBlockIds = (workspace: Workspace, blocks: readonly Json[]): Json[] =>
  blocks.map((block) => ({ ...block, block_id: block.block_id ?? `b${nextNumber(workspace).toString(36)}` }))

/** Blocks that are documented, and not yet there for this workspace. */
export const unknownIn = ({ refusedBlocks }: Workspace, blocks: readonly Json[]): string[] =>
  blocks.flatMap(({ type }, n) =>
    refusedBlocks.includes(textIn(type)) ? [`unsupported type: ${textIn(type)} [json-pointer:/blocks/${n}/type]`] : [],
  )

/** What is wrong with a message. @throws {Refused} */
export function refuseMessage(workspace: Workspace, text: string, blocks: readonly Json[] | undefined): void {
  if (text === '' && (blocks === undefined || blocks.length === 0)) throw refused('no_text')
  if (text.length > TEXT_LIMIT) throw refused('msg_too_long')
  if (blocks === undefined) return
  if (tooLongInAll(blocks)) throw refused('msg_blocks_too_long')
  const problems = [...checkMessage({ text, blocks }), ...unknownIn(workspace, blocks)]
  if (problems.length > 0) throw refused('invalid_blocks', problems)
}

/** Where the bot may write: it is in there, or may write in public without. @throws {Refused} */
function channelToWrite(call: MethodCall, named: string): Channel {
  const { workspace } = call
  const person = workspace.users[named]
  if (person !== undefined && !person.isDeleted && !person.isBot) return dmOf(workspace, named)
  const channel = channelNamed(workspace, named)
  if (channel === undefined) throw refused('channel_not_found')
  if (channel.isArchived) throw refused('is_archived')
  if (channel.members.includes(workspace.bot.userId)) return channel
  if (channel.kind === 'private') throw refused('channel_not_found')
  if (!call.scopes.includes('chat:write.public')) throw refused('not_in_channel')
  return channel
}

const postMessage: Method = (call) => {
  needScope(call, 'chat:write')
  const { workspace } = call
  const channel = channelToWrite(call, neededArg(call, 'channel'))
  const [text, blocks] = [textArg(call, 'text'), blocksArg(call)]
  refuseMessage(workspace, text, blocks)
  const threadTs = textArg(call, 'thread_ts')
  if (threadTs !== '' && messageAt(workspace, channel.id, threadTs) === undefined) throw refused('thread_not_found')
  const message: Message = {
    channel: channel.id,
    ts: nextTs(workspace, call.now),
    threadTs: threadTs === '' ? null : threadTs,
    user: workspace.bot.userId,
    isOurs: true,
    text,
    blocks: withBlockIds(workspace, blocks ?? []),
    editedTs: null,
    isParsed: call.args.parse === 'full' || isTrue(call.args.link_names),
    onlyFor: null,
  }
  workspace.messages.push(message)
  return { channel: channel.id, ts: message.ts, message: jsonOf(call, message) }
}

const jsonOf = ({ workspace }: MethodCall, message: Message): Json =>
  messageJson(message, workspace.bot.botId, workspace.appId, workspace.team.id)

const postEphemeral: Method = (call) => {
  needScope(call, 'chat:write')
  const { workspace } = call
  const channel = channelToWrite(call, neededArg(call, 'channel'))
  const user = neededArg(call, 'user')
  if (!channel.members.includes(user)) throw refused('user_not_in_channel')
  const [text, blocks] = [textArg(call, 'text'), blocksArg(call)]
  refuseMessage(workspace, text, blocks)
  const ts = nextTs(workspace, call.now)
  workspace.messages.push({
    channel: channel.id,
    ts,
    threadTs: textArg(call, 'thread_ts') || null,
    user: workspace.bot.userId,
    isOurs: true,
    text,
    blocks: withBlockIds(workspace, blocks ?? []),
    editedTs: null,
    isParsed: call.args.parse === 'full' || isTrue(call.args.link_names),
    onlyFor: user,
  })
  return { message_ts: ts }
}

/** The message that is to be changed or taken away: ephemeral ones are out of the API's reach. @throws {Refused} */
function ours(call: MethodCall, notOurs: string): Message {
  needScope(call, 'chat:write')
  const channel = call.workspace.channels[neededArg(call, 'channel')]
  if (channel === undefined) throw refused('channel_not_found')
  const message = messageAt(call.workspace, channel.id, neededArg(call, 'ts'))
  if (message === undefined || message.onlyFor !== null) throw refused('message_not_found')
  if (channel.isArchived) throw refused('is_archived')
  if (!message.isOurs) throw refused(notOurs)
  return message
}

/** What is not given stays as it was: blocks too (an empty list takes them away). */
const update: Method = (call) => {
  const message = ours(call, 'cant_update_message')
  const blocks = blocksArg(call)
  const text = call.args.text === undefined ? message.text : textArg(call, 'text')
  refuseMessage(call.workspace, text, blocks ?? message.blocks)
  message.text = text
  if (blocks !== undefined) message.blocks = withBlockIds(call.workspace, blocks)
  message.editedTs = nextTs(call.workspace, call.now)
  // https://docs.slack.dev/reference/methods/chat.update: its default is `client`, unlike that of chat.postMessage.
  message.isParsed = call.args.parse !== 'none'
  return { channel: message.channel, ts: message.ts, text, message: jsonOf(call, message) }
}

const remove: Method = (call) => {
  const message = ours(call, 'cant_delete_message')
  call.workspace.messages = call.workspace.messages.filter((other) => other !== message)
  return { channel: message.channel, ts: message.ts }
}

const getPermalink: Method = (call) => {
  const channel = neededArg(call, 'channel')
  const ts = neededArg(call, 'message_ts')
  if (call.workspace.channels[channel] === undefined) throw refused('channel_not_found')
  if (messageAt(call.workspace, channel, ts) === undefined) throw refused('message_not_found')
  const permalink = `https://${call.workspace.team.domain}.slack.com/archives/${channel}/p${ts.replace('.', '')}`
  return { channel, permalink }
}

export const CHAT_METHODS: Record<string, Method> = {
  'chat.postMessage': postMessage,
  'chat.postEphemeral': postEphemeral,
  'chat.update': update,
  'chat.delete': remove,
  'chat.getPermalink': getPermalink,
}

/** Posts in a channel: one a second. */
export const isPost = (method: string): boolean => method === 'chat.postMessage'
