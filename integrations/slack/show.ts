/**
 * How what is to be shown reaches who asked, by the shortest way that still works: Slack's own, the window, the channel to them
 * alone, their messages with the app.
 */
import type { Program } from '../../src/program/schema.ts'
import type { WordKey, Words } from '../../src/words/words.ts'
import { esc } from './blocks.ts'
import type { Called } from './calls.ts'
import type { Message, Modal, Reply, Tools } from './desk.ts'
import { notice, noticeView, say } from './notices.ts'

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
  /** The window was opened empty, since what was asked took its time: whatever comes of it is shown there. */
  isWaiting?: boolean
}

export interface ShowOptions extends Pick<Tools, 'slack' | 'logger'> {
  program: () => Program
}

export interface Shower {
  /** Answers where what follows is to be shown. */
  show(reply: Reply, way: Way, words: Words): Promise<Way>
  /** Opens a window that says only that something is coming, to be filled when the trigger's time is over. */
  openEmpty(way: Way, words: Words): Promise<Way>
}

export function createShower({ slack, logger, program }: ShowOptions): Shower {
  const openIn = (way: Way, view: Modal): Promise<Called<string>> =>
    way.view !== null && !way.isHome ? slack.pushView(way.trigger ?? '', view) : slack.openView(way.trigger ?? '', view)

  async function openEmpty(way: Way, words: Words): Promise<Way> {
    const opened = await openIn(way, noticeView(words, program(), notice(words, 'staff.common.working')))
    return opened.ok ? { ...way, view: opened.value, trigger: null, isHome: false, isWaiting: true } : way
  }

  /** Answers where what follows is to be shown. */
  async function show(reply: Reply, way: Way, words: Words): Promise<Way> {
    if (way.isWaiting !== true) return showIn(reply, way, words)
    const filled = { ...way, isWaiting: false }
    if (reply.do === 'say') return update(noticeView(words, program(), reply.message), filled, words)
    // Beside the window goes what everybody sees, or stands where a message was.
    if (reply.do === 'share' || reply.do === 'replace') await showIn(reply, { ...filled, view: null }, words)
    return showIn(isWindow(reply) ? reply : allDone(words), filled, words)
  }

  async function showIn(reply: Reply, way: Way, words: Words): Promise<Way> {
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
    if (way.trigger === null && way.view !== null) return update(view, way, words, 'staff.common.failed')
    const opened = await openIn(way, view)
    if (opened.ok) return { ...way, view: opened.value, trigger: null, isHome: false }
    logger.warn('a window could not be opened in Slack', { because: opened.because, reason: opened.reason })
    const key = opened.because === 'expired' ? 'staff.common.expired' : 'staff.common.failed'
    await tell(notice(words, key), { ...way, trigger: null }, words)
    return way
  }

  /** `failed`: where it cannot be shown, what it tells of is done all the same. */
  async function update(view: Modal, way: Way, words: Words, failed: WordKey = 'staff.common.unsure'): Promise<Way> {
    if (way.view === null || way.isHome) return open(view, way, words)
    const updated = await slack.updateView(way.view, view)
    if (updated.ok) return way
    // They have shut it: what it would have said is said beside.
    if (updated.because === 'gone')
      await tell({ text: esc(view.title.text), blocks: sayable(view) }, { ...way, view: null }, words)
    else {
      logger.warn('a window could not be changed in Slack', { because: updated.because, reason: updated.reason })
      // Else it would say for ever that it is working on it.
      await tell(notice(words, failed), { ...way, trigger: null }, words)
    }
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
        ? slack.updateView(way.view, noticeView(words, program(), message))
        : slack.pushView(way.trigger, noticeView(words, program(), message)))
      if (shown.ok) return
    } else if (way.trigger !== null && way.responseUrl === null) {
      if ((await slack.openView(way.trigger, noticeView(words, program(), message))).ok) return
    }
    // What was to be shared is shared, if it can be: a response_url may be used five times, and for half an hour.
    if (how === 'in_channel' && way.channel !== null && (await slack.post({ channel: way.channel }, message)).ok) return
    if (way.channel !== null && (await slack.whisper({ channel: way.channel, user: way.user }, message)).ok) return
    let posted = await slack.post({ channel: way.user }, message)
    // What Slack does not take as it is drawn is said plainly.
    if (!posted.ok && posted.because === 'refused')
      posted = await slack.post({ channel: way.user }, say(esc(message.text)))
    if (!posted.ok)
      logger.warn('an answer could not be given in Slack', { because: posted.because, reason: posted.reason })
  }

  /** A window can be shut only in time: later it says that all is done. */
  const allDone = (words: Words): Reply => ({
    do: 'update',
    view: noticeView(words, program(), notice(words, 'staff.common.done')),
  })

  return { show, openEmpty }
}

const isWindow = (reply: Reply): boolean => reply.do === 'open' || reply.do === 'update' || reply.do === 'errors'

/** Of a window that is no more: without its fields, which only a window can have. */
const sayable = ({ blocks }: Modal): Message['blocks'] => blocks.filter(({ type }) => type !== 'input').slice(0, 20)
