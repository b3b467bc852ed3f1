/** What an app says by a response_url: five times within thirty minutes, to one person or to all, new or instead of the old. */
import { isTrue } from './calls.ts'
import { refuseMessage, withBlockIds } from './chat-methods.ts'
import { type Json, listOf, textIn } from './json.ts'
import { type Message, messageAt, nextTs, type ResponseUrl, type Workspace } from './workspace.ts'

/** https://docs.slack.dev/interactivity/handling-user-interaction#message_responses */
const USES = 5
const LIFE_MS = 30 * 60_000

export interface Answered {
  status: number
  body: Json
}

const gone = (error: string): Answered => ({ status: 404, body: { ok: false, error } })

/** Counts as a use once it was taken. @throws {Refused} */
export function respond(workspace: Workspace, id: string, given: Json, now: number): Answered {
  const url = workspace.responseUrls[id]
  if (url === undefined) return gone('invalid_url')
  if (now - url.madeAt > LIFE_MS) return gone('expired_url')
  if (url.uses >= USES) return gone('used_url')
  say(workspace, url, given, now)
  url.uses++
  return { status: 200, body: { ok: true } }
}

/** A press replaces what it came from unless the answer says `replace_original: false`. */
export function say(workspace: Workspace, url: ResponseUrl, given: Json, now: number): void {
  const original = url.messageTs === null ? undefined : messageAt(workspace, url.channel, url.messageTs)
  if (isTrue(given.delete_original)) {
    workspace.messages = workspace.messages.filter((message) => message !== original)
    return
  }
  const [text, blocks] = [textIn(given.text), given.blocks === undefined ? undefined : listOf(given.blocks)]
  refuseMessage(workspace, text, blocks)
  const isNew = given.response_type === 'in_channel' || url.from !== 'press'
  const replaces = given.replace_original === undefined ? !isNew : isTrue(given.replace_original)
  if (replaces && original !== undefined) {
    original.text = text
    original.blocks = withBlockIds(workspace, blocks ?? [])
    original.editedTs = nextTs(workspace, now)
    return
  }
  addMessage(workspace, url, given, { text, blocks: withBlockIds(workspace, blocks ?? []), ts: nextTs(workspace, now) })
}

function addMessage(
  workspace: Workspace,
  url: ResponseUrl,
  given: Json,
  content: Pick<Message, 'text' | 'blocks' | 'ts'>,
): void {
  const isForAll = given.response_type === 'in_channel'
  workspace.messages.push({
    ...content,
    channel: url.channel,
    threadTs: textIn(given.thread_ts) || null,
    user: workspace.bot.userId,
    isOurs: true,
    editedTs: null,
    isParsed: false,
    onlyFor: isForAll ? null : url.user,
  })
  if (url.from === 'command' && !isForAll) url.messageTs = content.ts
}
