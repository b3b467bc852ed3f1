/**
 * Takes what somebody asked to the handler it is for, and what the handler answers to Slack. Whatever happens, whoever asked
 * gets an answer: a plain sentence where nothing better can be said.
 */
import { languageOf } from '../../src/words/languages.ts'
import { createWords, type WordKey, type Words } from '../../src/words/words.ts'
import { LIMITS, mrkdwn, plainText } from './blocks.ts'
import type { Called } from './calls.ts'
import type { Asking, Handler, Message, Modal, Reply, Tools } from './desk.ts'
import type { StaffDirectory } from './staff-directory.ts'

/** How an answer reaches who asked. */
export interface Way {
  user: string
  channel: string | null
  /** Of a command, or a message with buttons. */
  responseUrl: string | null
  /** Opens a window, once, within three seconds. */
  trigger: string | null
  /** The window in which it was pressed or sent in. */
  view: string | null
  isHome: boolean
}

export interface Dispatcher {
  /** Who asks, in their words; a refusal as the message to give. */
  ask(
    user: string,
    channel: string | null,
  ): Promise<{ ok: true; asking: Asking } | { ok: false; words: Words; message: Message }>
  /** Runs a handler and shows what it answers. Never throws. */
  run<Input>(handler: Handler<Input>, input: Input, way: Way): Promise<void>
  /** The same of a window that was sent in: what is ready in time is the acknowledgement. */
  submit<Input>(handler: Handler<Input>, input: Input, way: Way, acknowledge: Acknowledge): Promise<void>
  /** Whether they may do what the handler needs; a refusal as the message to give. */
  forbids(asking: Asking, needs: Handler<unknown>['needs']): Promise<Message | null>
}

/** What a window that was sent in is answered with. */
export type Acknowledge = (
  answer?:
    | { response_action: 'update' | 'push'; view: Modal }
    | { response_action: 'errors'; errors: Record<string, string> }
    | { response_action: 'clear' },
) => Promise<void>

/** Slack gives three seconds; what is not ready by then is shown later. */
const IN_TIME_MS = 1_500

export function notice(words: Words, key: WordKey): Message {
  return say(words.say(key))
}

/** One sentence of ours. */
export const say = (sentence: string): Message => ({
  text: sentence,
  blocks: [{ type: 'section', text: mrkdwn(sentence) }],
})

/** A window that only says something. */
export const noticeView = (words: Words, program: { name: string }, { blocks }: Message): Modal => ({
  type: 'modal',
  title: plainText(program.name, LIMITS.title),
  close: plainText(words.say('staff.common.close'), LIMITS.submit),
  blocks,
})

export function createDispatcher(tools: Tools, directory: StaffDirectory): Dispatcher {
  const { app, clock, logger, slack } = tools

  async function ask(user: string, channel: string | null): ReturnType<Dispatcher['ask']> {
    const { program } = app.program()
    const now = clock.now()
    const [identified, chosen] = await Promise.all([
      directory.identify(user, program),
      app.staffLanguage(`slack:${user}`).catch(() => null),
    ])
    const words = createWords({ language: languageOf(chosen) ?? 'en', program, now })
    if (!identified.ok) return { ok: false, words, message: notice(words, 'staff.common.unknownYou') }
    const { origin, groupsAreKnown } = identified
    if (origin.isOutsider) return { ok: false, words, message: notice(words, 'staff.common.outsider') }
    return { ok: true, asking: { origin, user, words, program, now, channel, groupsAreKnown } }
  }

  async function forbids(asking: Asking, needs: Handler<unknown>['needs']): Promise<Message | null> {
    if (needs === null || (await app.mayStaff(asking.origin, needs))) return null
    const key = asking.groupsAreKnown ? (`staff.common.forbidden.${needs}` as const) : 'staff.common.groupsUnknown'
    return notice(asking.words, key)
  }

  async function answerOf<Input>(
    handler: Handler<Input>,
    input: Input,
    way: Way,
  ): Promise<{ reply: Reply; words: Words }> {
    const asked = await ask(way.user, way.channel)
    if (!asked.ok) return { reply: { do: 'say', message: asked.message }, words: asked.words }
    const { asking } = asked
    const { words } = asking
    const refusal = await forbids(asking, handler.needs)
    if (refusal !== null) return { reply: { do: 'say', message: refusal }, words }
    return { reply: await handler.answer(input, asking, tools), words }
  }

  /** Never throws: an error of ours is a sentence to who asked, and a line in the log. */
  async function safely<Input>(
    handler: Handler<Input>,
    input: Input,
    way: Way,
  ): Promise<{ reply: Reply; words: Words }> {
    try {
      return await answerOf(handler, input, way)
    } catch (error) {
      logger.error('what was asked in Slack could not be done', { error: nameOf(error) })
      const words = plainWords()
      return { reply: { do: 'say', message: notice(words, 'staff.common.failed') }, words }
    }
  }

  const plainWords = (): Words => createWords({ language: 'en', program: app.program().program, now: clock.now() })

  async function run<Input>(handler: Handler<Input>, input: Input, way: Way): Promise<void> {
    const answering = safely(handler, input, way)
    let at = way
    if (handler.opens === true && way.trigger !== null && (await isLate(answering))) at = await openEmpty(way)
    const { reply, words } = await answering
    await showAll(reply, at, words)
  }

  const isLate = async (work: Promise<unknown>): Promise<boolean> =>
    Promise.race([work.then(() => false), tools.rest(IN_TIME_MS).then(() => true)])

  /** So that there is a window to be filled when the trigger's time is over. */
  async function openEmpty(way: Way): Promise<Way> {
    const words = plainWords()
    const opened = await openIn(way, noticeView(words, app.program().program, notice(words, 'staff.common.working')))
    return opened.ok ? { ...way, view: opened.value, trigger: null, isHome: false } : way
  }

  const openIn = (way: Way, view: Modal): Promise<Called<string>> =>
    way.view !== null && !way.isHome ? slack.pushView(way.trigger ?? '', view) : slack.openView(way.trigger ?? '', view)

  async function showAll(first: Reply, way: Way, words: Words): Promise<void> {
    let [reply, at] = [first, way]
    for (;;) {
      at = await show(reply, at, words)
      if (reply.after === undefined) return
      reply = await reply.after().catch((error: unknown): Reply => {
        logger.error('what was asked in Slack could not be finished', { error: nameOf(error) })
        return { do: 'say', message: notice(words, 'staff.common.failed') }
      })
    }
  }

  /** Answers where what follows is to be shown. */
  async function show(reply: Reply, way: Way, words: Words): Promise<Way> {
    switch (reply.do) {
      case 'nothing':
      case 'close':
        return way
      case 'say':
        await tell(reply.message, way, words)
        return way
      case 'replace':
      case 'share':
        await tell(reply.message, way, words, reply.do === 'share' ? 'in_channel' : 'replace')
        return way
      case 'open':
        return open(reply.view, way, words)
      case 'update':
        return update(reply.view, way, words)
      case 'errors':
        await tell(say(Object.values(reply.errors).join('\n')), way, words)
        return way
      default: {
        const unknown: never = reply
        return unknown
      }
    }
  }

  async function open(view: Modal, way: Way, words: Words): Promise<Way> {
    // An empty window was opened meanwhile.
    if (way.trigger === null && way.view !== null) return update(view, way, words)
    const opened = await openIn(way, view)
    if (opened.ok) return { ...way, view: opened.value, trigger: null, isHome: false }
    logger.warn('a window could not be opened in Slack', { because: opened.because, reason: opened.reason })
    const key = opened.because === 'expired' ? 'staff.common.expired' : 'staff.common.failed'
    await tell(notice(words, key), { ...way, trigger: null }, words)
    return way
  }

  async function update(view: Modal, way: Way, words: Words): Promise<Way> {
    if (way.view === null || way.isHome) return open(view, way, words)
    const updated = await slack.updateView(way.view, view)
    if (updated.ok) return way
    // They have shut it: what it would have said is said beside.
    if (updated.because === 'gone')
      await tell({ text: view.title.text, blocks: sayable(view) }, { ...way, view: null }, words)
    else logger.warn('a window could not be changed in Slack', { because: updated.because, reason: updated.reason })
    return way
  }

  /** By the shortest way that still works. */
  async function tell(
    message: Message,
    way: Way,
    words: Words,
    how: 'alone' | 'in_channel' | 'replace' = 'alone',
  ): Promise<void> {
    if (way.responseUrl !== null && (await slack.respond(way.responseUrl, message, how)).ok) return
    if (way.view !== null && !way.isHome) {
      const shown = await (way.trigger === null
        ? slack.updateView(way.view, noticeView(words, app.program().program, message))
        : slack.pushView(way.trigger, noticeView(words, app.program().program, message)))
      if (shown.ok) return
    } else if (way.trigger !== null && way.responseUrl === null) {
      if ((await slack.openView(way.trigger, noticeView(words, app.program().program, message))).ok) return
    }
    if (way.channel !== null && (await slack.whisper({ channel: way.channel, user: way.user }, message)).ok) return
    const posted = await slack.post({ channel: way.user }, message)
    if (!posted.ok)
      logger.warn('an answer could not be given in Slack', { because: posted.because, reason: posted.reason })
  }

  async function submit<Input>(
    handler: Handler<Input>,
    input: Input,
    way: Way,
    acknowledge: Acknowledge,
  ): Promise<void> {
    const answering = safely(handler, input, way)
    const { program } = app.program()
    if (await isLate(answering)) {
      const words = plainWords()
      const view = noticeView(words, program, notice(words, 'staff.common.working'))
      await acknowledge({ response_action: 'update', view })
      const { reply, words: own } = await answering
      await showAll(reply, { ...way, trigger: null }, own)
      return
    }
    const { reply, words } = await answering
    await acknowledge(...acknowledgement(reply, words, program))
    const isShown = reply.do !== 'share' && reply.do !== 'replace'
    const rest = isShown ? { do: 'nothing' as const, ...(reply.after !== undefined && { after: reply.after }) } : reply
    await showAll(rest, { ...way, trigger: null }, words)
  }

  return { ask, run, submit, forbids }
}

function acknowledgement(reply: Reply, words: Words, program: { name: string }): Parameters<Acknowledge> {
  switch (reply.do) {
    case 'nothing':
    case 'share':
    case 'replace':
      return []
    case 'close':
      return [{ response_action: 'clear' }]
    case 'update':
      return [{ response_action: 'update', view: reply.view }]
    case 'open':
      return [{ response_action: 'push', view: reply.view }]
    case 'errors':
      return [{ response_action: 'errors', errors: reply.errors }]
    case 'say':
      return [{ response_action: 'update', view: noticeView(words, program, reply.message) }]
    default: {
      const unknown: never = reply
      return unknown
    }
  }
}

/** Of a window that is no more: without its fields, which only a window can have. */
const sayable = ({ blocks }: Modal): Message['blocks'] => blocks.filter(({ type }) => type !== 'input').slice(0, 20)

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown')
