/**
 * People at their Slack: they type, press, fill in and look. What they do goes to the app as Slack sends it; what they cannot
 * do (press what they do not see, leave out what a form asks for) fails here in words, as it fails in Slack's client.
 */
import { checkChoices } from './check-elements.ts'
import { actionOf, fieldsOf, stateWith } from './fields.ts'
import { isRecord, type Json, listOf, parseJson, recordOf, textIn, wordsOf } from './json.ts'
import { commandForm, commonOf, eventCallback, messageShortcut, viewWithState } from './payloads.ts'
import {
  elementIn,
  fieldNamed,
  messageShown,
  type PressOptions,
  placeJson,
  placeOf,
  placeWith,
  type Where,
  windowOf,
} from './places.ts'
import { say } from './response-urls.ts'
import { type Acknowledged, createSender, type SenderSettings } from './sender.ts'
import { messagesSeenBy, type Seen, type SeenMessage, type SeenView, seenBy } from './sight.ts'
import type { Maker } from './view-methods.ts'
import { createWindows } from './windows.ts'
import {
  type Channel,
  channelNamed,
  dmOf,
  newResponseUrl,
  newTrigger,
  nextNumber,
  nextTs,
  type ResponseUrl,
  type SlackUser,
  type View,
  type Workspace,
} from './workspace.ts'

export interface PeopleParts {
  workspace: () => Workspace
  settings: SenderSettings & { url: string }
}

export function createPeople({ workspace, settings }: PeopleParts) {
  const sender = createSender(settings)
  const now = (): number => settings.now()
  const maker = (): Maker => ({ workspace: workspace(), now: now() })

  const personOf = (id: string): SlackUser => {
    const user = workspace().users[id]
    if (user === undefined) throw new Error(`there is no user ${id} in this workspace`)
    return user
  }

  /** Where they can write: a channel that they are in, or their own messages with the app. */
  function channelOf(user: string, named: string): Channel {
    if (named === 'dm') return dmOf(workspace(), user)
    const channel = channelNamed(workspace(), named)
    if (channel === undefined || !channel.members.includes(user))
      throw new Error(`${user} is not in a channel ${named}`)
    return channel
  }

  const urlFor = (given: Omit<ResponseUrl, 'uses' | 'madeAt'>): string =>
    `${settings.url}/response/${newResponseUrl(workspace(), { ...given, madeAt: now() })}`

  const ts = (): string => nextTs(workspace(), now())

  /** `/loyalty ada`, in a channel that they are in, or `dm`. */
  async function command(user: string, channelNameOrId: string, line: string): Promise<Acknowledged> {
    const channel = channelOf(user, channelNameOrId)
    const [, name = '', text = ''] = /^(\/\S+)\s*([\s\S]*)$/.exec(line) ?? []
    if (name === '') throw new Error(`${line} is no command`)
    const responseUrl = urlFor({ channel: channel.id, user, messageTs: null, from: 'command' })
    const said = { command: name, text, channel, trigger: newTrigger(workspace(), user, now()), responseUrl }
    const answer = await sender.form(commandForm(workspace(), personOf(user), said), line)
    sayAtOnce(answer, responseUrl)
    return answer
  }

  /** A command may be answered in its acknowledgement. */
  function sayAtOnce({ text }: Acknowledged, responseUrl: string): void {
    if (text === '') return
    const body = parseJson(text)
    const url = workspace().responseUrls[responseUrl.split('/response/')[1] ?? '']
    if (url !== undefined) say(workspace(), url, isRecord(body) ? body : { text }, now())
  }

  /** A menu, a button, a field that tells of itself. `named`: its action_id, or what is written on it. */
  async function press(user: string, where: Where, named: string, options: PressOptions = {}): Promise<Acknowledged> {
    const place = placeWith(workspace(), user, where, named)
    const { view, message } = place
    const { element, block } = elementIn(place, named, options)
    if (view !== null) keepChoice(view, block, element, options)
    const from = message === null ? null : { channel: message.channel, user, messageTs: message.ts }
    const payload = {
      type: 'block_actions',
      ...commonOf(workspace(), personOf(user)),
      ...placeJson(workspace(), place),
      trigger_id: newTrigger(workspace(), user, now(), view?.id ?? null),
      ...(from !== null && { response_url: urlFor({ ...from, from: 'press' }) }),
      actions: [actionOf(element, block, options.selectedOption ?? options.value, ts())],
    }
    return sender.payload(payload, `pressing "${named}"`)
  }

  /** What is typed into a menu that looks options up; those that come back. Below its least length nobody is asked. */
  async function type(
    user: string,
    where: SeenView | SeenMessage | null,
    named: string,
    text: string,
  ): Promise<{ text: string; value: string }[]> {
    const window = { view: null, message: null, channel: null }
    const place = where === null ? { ...window, view: windowOf(workspace(), user) } : placeOf(workspace(), user, where)
    const field = fieldNamed(place.view?.blocks ?? place.message?.blocks ?? [], named)
    if (field.type !== 'external_select') throw new Error(`"${named}" looks nothing up`)
    if (text.length < Number(field.element.min_query_length ?? 3)) return []
    const payload = {
      type: 'block_suggestion',
      ...commonOf(workspace(), personOf(user)),
      ...placeJson(workspace(), place),
      action_id: field.actionId,
      block_id: field.blockId,
      value: text,
    }
    const answer = await sender.payload(payload, `typing "${text}"`)
    const options = offeredIn(recordOf(parseJson(answer.text)))
    if (place.view !== null) sender.offered.set(`${place.view.id} ${field.blockId}`, options)
    return options.map((option) => ({ text: wordsOf(option.text), value: textIn(option.value) }))
  }

  /** From the menu of Slack, or from the menu of a message. */
  async function shortcut(user: string, callbackId: string, of?: SeenMessage): Promise<Acknowledged> {
    const common = {
      ...commonOf(workspace(), personOf(user)),
      callback_id: callbackId,
      trigger_id: newTrigger(workspace(), user, now()),
      action_ts: ts(),
    }
    if (of === undefined) return sender.payload({ type: 'shortcut', ...common }, `the shortcut ${callbackId}`)
    const { message, channel } = placeOf(workspace(), user, of)
    if (message === null || channel === null) throw new Error('there is no such message')
    const about = messageShortcut(workspace(), message, channel)
    const responseUrl = urlFor({ channel: channel.id, user, messageTs: message.ts, from: 'shortcut' })
    const payload = { type: 'message_action', ...common, ...about, response_url: responseUrl }
    return sender.payload(payload, `the shortcut ${callbackId}`)
  }

  /** Any event of the Events API, in its envelope. */
  const event = (given: Json): Promise<Acknowledged> =>
    sender.json(eventCallback(workspace(), given, nextNumber(workspace()), now()), `the event ${textIn(given.type)}`)

  async function openHome(user: string, tab: 'home' | 'messages' = 'home'): Promise<SeenView | null> {
    const shown = workspace().views[workspace().homes[user] ?? '']
    const view = shown === undefined || tab !== 'home' ? {} : { view: viewWithState(workspace(), shown) }
    await event({ type: 'app_home_opened', user, channel: dmOf(workspace(), user).id, tab, ...view })
    return seenBy(workspace(), user).home
  }

  /** Somebody writes in a channel. */
  function write(user: string, channelNameOrId: string, text: string): SeenMessage {
    const { id: channel } = channelOf(user, channelNameOrId)
    const message = {
      channel,
      ts: ts(),
      threadTs: null,
      user,
      isOurs: false,
      text,
      blocks: [],
      editedTs: null,
      isParsed: false,
    }
    workspace().messages.push({ ...message, onlyFor: null })
    return messageShown(workspace(), user, message.ts)
  }

  /** The newest message that they see. @throws where they see none. */
  function lastSeenBy(user: string): SeenMessage {
    const last = messagesSeenBy(workspace(), user).at(-1)
    if (last === undefined) throw new Error(`${user} sees no message`)
    return last
  }

  return {
    command,
    press,
    ...createWindows({ maker, sender, personOf }),
    type,
    shortcut,
    event,
    openHome,
    write,
    /** The last request once more, as Slack sends it when it heard nothing. */
    retry: sender.retry,
    /** A request of anything, signed, for tests of the door itself. */
    signed: sender.signed,
    /** What was sent so far. */
    sent: sender.sent,
    sees: (user: string): Seen => seenBy(workspace(), user),
    lastSeenBy,
  }
}

/** What is chosen in a window stays chosen. */
function keepChoice(view: View, block: Json, element: Json, { selectedOption, value }: PressOptions): void {
  const given = selectedOption ?? value
  const field = fieldsOf([block]).find(({ actionId }) => actionId === element.action_id)
  if (field === undefined || given === undefined) return
  view.values[field.blockId] = { ...view.values[field.blockId], [field.actionId]: stateWith(field, given) }
}

/** @throws where Slack would show none of them. */
function offeredIn(body: Json): Json[] {
  const problems: string[] = []
  const isNone = Array.isArray(body.options) && body.options.length === 0
  if (!isNone) checkChoices(body, '', (pointer, problem) => problems.push(`${problem} [json-pointer:${pointer}]`))
  if (problems.length > 0) throw new Error(`the options are not fit: ${problems.join(', ')}`)
  return [...listOf(body.options), ...listOf(body.option_groups).flatMap((group) => listOf(group.options))]
}
