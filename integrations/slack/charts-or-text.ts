/**
 * Charts where Slack takes them, lines of text where it does not: the block is young, and not every workspace and surface has
 * it. What was refused once is not tried again in this process.
 */
import type { Called, SlackCalls } from './calls.ts'
import type { Block } from './desk.ts'
import { chartsAsText, isChart } from './views/charts.ts'

type Surface = 'message' | 'home' | 'modal'

/** What Slack calls blocks that it does not take. A response_url says so by its status alone. */
const REFUSED = new Set(['invalid_blocks', 'invalid_blocks_format', 'invalid_arguments', 'status 400', 'status 500'])

export function withChartsOrText(slack: SlackCalls): SlackCalls {
  const refusing = new Set<Surface>()

  async function show<Shown extends { blocks: Block[] }, T>(
    surface: Surface,
    shown: Shown,
    send: (shown: Shown) => Promise<Called<T>>,
  ): Promise<Called<T>> {
    if (!shown.blocks.some(isChart)) return send(shown)
    const inWords = { ...shown, blocks: chartsAsText(shown.blocks) }
    if (refusing.has(surface)) return send(inWords)
    const first = await send(shown)
    if (first.ok || !REFUSED.has(first.reason)) return first
    const second = await send(inWords)
    if (second.ok) refusing.add(surface)
    return second
  }

  return {
    ...slack,
    openView: (trigger, view) => show('modal', view, (shown) => slack.openView(trigger, shown)),
    pushView: (trigger, view) => show('modal', view, (shown) => slack.pushView(trigger, shown)),
    updateView: (id, view) => show('modal', view, (shown) => slack.updateView(id, shown)),
    publishHome: (user, view) => show('home', view, (shown) => slack.publishHome(user, shown)),
    post: (where, message) => show('message', message, (shown) => slack.post(where, shown)),
    change: (where, message) => show('message', message, (shown) => slack.change(where, shown)),
    whisper: (where, message) => show('message', message, (shown) => slack.whisper(where, shown)),
    respond: (url, message, how) => show('message', message, (shown) => slack.respond(url, shown, how)),
  }
}
