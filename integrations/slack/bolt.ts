/** What comes from Slack, by Bolt, to the dispatcher. Bolt knows which kind a thing is; what is in it is parsed here. */
import { App as BoltApp, type Receiver } from '@slack/bolt'
import type { PlainTextOption } from '@slack/types'
import type { z } from 'zod'
import { createWords } from '../../src/words/words.ts'
import { LIMITS } from './blocks.ts'
import { homeReply } from './commands/home.ts'
import { digest, type Handler, type Home, type OptionsHandler, type Tools } from './desk.ts'
import { type Acknowledge, createDispatcher, notice, type Way } from './dispatch.ts'
import { parseCommand } from './parse-command.ts'
import {
  actionPayload,
  commandPayload,
  homeEvent,
  optionsPayload,
  shortcutPayload,
  submissionPayload,
} from './payloads.ts'
import { buttons, optionSources, shortcuts, submissions } from './registered.ts'
import type { StaffDirectory } from './staff-directory.ts'
import { wordsIn } from './written-of.ts'

export interface BoltOptions {
  tools: Tools
  directory: StaffDirectory
  receiver: Receiver
  token: string
  apiUrl: string | null
}

/** Of Slack's three seconds. */
const OPTIONS_WITHIN_MS = 2_000
const TEAM = 'T'
/** A button that stands for a command typed. */
const RUN = 'command.run'

type Ack = (answer?: unknown) => Promise<void>

/** What a message or window of an older version of ours may have: whoever uses it is told that it is no more. */
const formerly = (name: string): Handler<unknown> | undefined => (OURS.test(name) ? noLonger : undefined)
const OURS = /^[a-z]+\.[a-z]+$/
const noLonger: Handler<unknown> = {
  needs: null,
  answer: async (_, { words }) => ({ do: 'say', message: notice(words, 'staff.refusal.not_found') }),
}

/** Registers everything; the receiver gets Bolt by its `init`. */
export async function startBolt({ tools, directory, receiver, token, apiUrl }: BoltOptions): Promise<void> {
  const { logger } = tools
  const dispatcher = createDispatcher(tools, directory)
  const bolt = new BoltApp({
    receiver,
    // No call goes out by Bolt: who we are need not be asked for.
    // One team for all: it keeps a client for each, of everybody's in shared channels.
    authorize: async () => ({ botToken: token, teamId: TEAM }),
    ignoreSelf: false,
    convoStore: false,
    deferInitialization: true,
    tokenVerificationEnabled: false,
    logger: quiet,
    ...(apiUrl !== null && { clientOptions: { slackApiUrl: apiUrl } }),
  })
  await bolt.init()
  bolt.error(async (error) => logger.error('Slack could not be answered', { error: error.name }))

  const read = <S extends z.ZodType>(schema: S, payload: unknown): z.output<S> | null => {
    const parsed = schema.safeParse(payload)
    if (parsed.success) return parsed.data
    logger.warn('Slack sent what is not understood', { at: parsed.error.issues.map(({ path }) => path.join('.')) })
    return null
  }

  // A workspace that has another /loyalty calls ours otherwise; whatever is signed for this app is meant for it.
  bolt.command(/^.*$/s, async ({ ack, body }) => {
    await ack()
    const asked = read(commandPayload, body)
    if (asked === null) return
    const { handler, args } = parseCommand(asked.text)
    const way = { user: asked.user_id, channel: asked.channel_id, responseUrl: asked.response_url, view: null }
    await dispatcher.run(
      handler,
      { args, once: asked.trigger_id },
      { ...way, trigger: asked.trigger_id, isHome: false },
    )
  })

  bolt.action(/^.*$/s, async ({ ack, body }) => {
    await ack()
    const asked = read(actionPayload, body)
    const [action] = asked?.actions ?? []
    if (asked === null || action === undefined) return
    // `member.show:3`: what follows only tells several in one place apart.
    const [name = ''] = action.id.split(':')
    const { view = null, message, container } = asked
    const channel = asked.channel?.id ?? container?.channel_id ?? null
    const ts = message?.ts ?? container?.message_ts ?? null
    const place = channel === null || ts === null ? null : { channel, ts, blocks: (message?.blocks ?? []) as never[] }
    const input = { action: name, value: action.value, once: asked.trigger_id, message: view === null ? place : null }
    const way = wayOf(asked, channel, view)
    if (name === RUN) {
      const { handler, args } = parseCommand(action.value)
      return dispatcher.run(handler, { args, once: asked.trigger_id }, way)
    }
    const handler = Object.hasOwn(buttons, name) ? buttons[name] : formerly(name)
    if (handler !== undefined) await dispatcher.run(handler, { ...input, view: view ?? null }, way)
  })

  bolt.view(/^.*$/s, async ({ ack, body }) => {
    if (body.type !== 'view_submission') return ack()
    const asked = read(submissionPayload, body)
    const handler =
      asked !== null && Object.hasOwn(submissions, asked.view.callbackId)
        ? submissions[asked.view.callbackId]
        : formerly(asked?.view.callbackId ?? '')
    if (asked === null || handler === undefined) return ack()
    const { view, user } = asked
    // A window as we drew it is one wish, sent in as often as they like: an answer may be lost. Drawn anew, it is another.
    const once = digest(`${view.id} ${view.hash} ${view.about}`)
    const way: Way = { user: user.id, channel: null, responseUrl: null, trigger: null, view: view.id, isHome: false }
    await dispatcher.submit(handler, { once, view, values: view.values }, way, ack as Ack as Acknowledge)
  })

  for (const [callbackId, handler] of Object.entries(shortcuts))
    bolt.shortcut(callbackId, async ({ ack, body }) => {
      await ack()
      const asked = read(shortcutPayload, body)
      if (asked === null) return
      const { message, trigger_id: once } = asked
      const channel = asked.channel?.id ?? null
      const place = channel === null || !message ? null : { channel, ts: message.ts }
      await dispatcher.run(handler, { once, text: wordsIn(message), message: place }, wayOf(asked, channel, null))
    })

  bolt.options(/^.*$/s, async ({ ack, body }) => {
    const asked = read(optionsPayload, body)
    const name = asked?.action_id.split(':')[0] ?? ''
    const source = Object.hasOwn(optionSources, name) ? optionSources[name] : undefined
    const none = { options: [] }
    if (asked === null || source === undefined) return ack(none)
    const looking = optionsOf(source, asked.user.id, asked.value)
    // A list that comes late comes never; typing another letter asks again.
    const options = await Promise.race([looking, tools.rest(OPTIONS_WITHIN_MS).then(() => [])])
    await ack({ options })
    await looking
  })

  async function optionsOf(source: OptionsHandler, user: string, typed: string): Promise<PlainTextOption[]> {
    try {
      const found = await dispatcher.ask(user, null)
      if (!found.ok || (await dispatcher.forbids(found.asking, source.needs)) !== null) return []
      return (await source.options(typed, found.asking, tools)).slice(0, LIMITS.options)
    } catch (error) {
      logger.error('what was typed in Slack could not be looked up', { error: nameOf(error) })
      return []
    }
  }

  bolt.event('app_home_opened', async ({ event }) => {
    const opened = read(homeEvent, event)
    if (opened === null || opened.tab !== 'home') return
    const home = await homeOf(opened.user)
    const published = await tools.slack.publishHome(opened.user, home)
    if (!published.ok)
      logger.warn('App Home could not be shown', { because: published.because, reason: published.reason })
  })

  async function homeOf(user: string): Promise<Home> {
    try {
      return await homeReply(await dispatcher.ask(user, null), tools)
    } catch (error) {
      logger.error('App Home could not be made', { error: nameOf(error) })
      const words = createWords({ language: 'en', program: tools.app.program().program, now: tools.clock.now() })
      return { type: 'home', blocks: notice(words, 'staff.common.failed').blocks }
    }
  }
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown')

const wayOf = (
  asked: { user: { id: string }; response_url: string | null; trigger_id: string },
  channel: string | null,
  view: { id: string; isHome: boolean } | null | undefined,
): Way => ({
  user: asked.user.id,
  channel,
  responseUrl: asked.response_url,
  trigger: asked.trigger_id,
  view: view?.id ?? null,
  isHome: view?.isHome ?? false,
})

/** Its lines hold what was said. */
const quiet = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  setLevel: () => {},
  getLevel: () => 'error' as never,
  setName: () => {},
}
