/**
 * Takes what somebody asked to the handler it is for, and what the handler answers to Slack. Whatever happens, whoever asked
 * gets an answer: a plain sentence where nothing better can be said.
 */
import { type App, StorePaused } from '../../src/app/ports.ts'
import type { StaffTask } from '../../src/core/staff-policy.ts'
import { createWords, type Words } from '../../src/words/words.ts'
import type { Asking, Handler, Message, Modal, Reply, Tools } from './desk.ts'
import { notice, noticeView } from './notices.ts'
import { createShower, type Way } from './show.ts'
import type { StaffDirectory } from './staff-directory.ts'
import { staffLanguageOf } from './staff-language.ts'

export { notice, noticeView, say } from './notices.ts'
export type { Way } from './show.ts'

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
/** Whoever still waits then is told so. What goes on is not called back: it may be done all the same. */
const GIVE_UP_AFTER_MS = 60_000
/** So often what is shown may be followed by something else: far more than any handler has. */
const STEPS_LIMIT = 50

/** A refusal as the message to give; null where they may do it. */
export async function refusalOf(app: App, asking: Asking, needs: StaffTask | null): Promise<Message | null> {
  if (needs === null || (await app.mayStaff(asking.origin, needs))) return null
  if (await mightBeAllowed(app, asking, needs)) return notice(asking.words, 'staff.common.groupsUnknown')
  // Whoever may not even look is not told that they may.
  const lacking = needs === 'issue' && !(await app.mayStaff(asking.origin, 'view')) ? 'view' : needs
  return notice(asking.words, `staff.common.forbidden.${lacking}`)
}

/** By a group that they may be in: Slack could not be asked. */
async function mightBeAllowed(app: App, { origin, groupsAreKnown, unknownGroups }: Asking, needs: StaffTask) {
  if (groupsAreKnown || unknownGroups === undefined) return !groupsAreKnown
  return app.mayStaff({ ...origin, groups: [...(origin.groups ?? []), ...unknownGroups] }, needs)
}

/** What whoever asks is spoken to in: English until it is known who they are. */
interface Speaking {
  words: Words
}

export interface DispatcherOptions {
  giveUpAfterMs?: number
}

export function createDispatcher(
  tools: Tools,
  directory: StaffDirectory,
  { giveUpAfterMs = GIVE_UP_AFTER_MS }: DispatcherOptions = {},
): Dispatcher {
  const { app, clock, logger, slack } = tools
  const { show, openEmpty } = createShower({ slack, logger, program: () => app.program().program })

  async function ask(user: string, channel: string | null): ReturnType<Dispatcher['ask']> {
    const { program } = app.program()
    const now = clock.now()
    const [identified, chosen] = await Promise.all([
      directory.identify(user, program),
      app.staffLanguage(`slack:${user}`).catch(() => null),
    ])
    const locale = identified.ok ? identified.user.locale : null
    const words = createWords({ language: staffLanguageOf(chosen, locale), program, now })
    if (!identified.ok) return { ok: false, words, message: notice(words, 'staff.common.unknownYou') }
    const { origin, groupsAreKnown, unknownGroups } = identified
    if (origin.isOutsider) return { ok: false, words, message: notice(words, 'staff.common.outsider') }
    return {
      ok: true,
      asking: { origin, user, words, program, now, channel, groupsAreKnown, ...(unknownGroups && { unknownGroups }) },
    }
  }

  const forbids: Dispatcher['forbids'] = (asking, needs) => refusalOf(app, asking, needs)

  async function answerOf<Input>(
    handler: Handler<Input>,
    input: Input,
    way: Way,
    speaking: Speaking,
  ): Promise<{ reply: Reply; words: Words }> {
    const asked = await ask(way.user, way.channel)
    if (!asked.ok) return { reply: { do: 'say', message: asked.message }, words: asked.words }
    const { asking } = asked
    speaking.words = asking.words
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
    speaking: Speaking,
  ): Promise<{ reply: Reply; words: Words }> {
    try {
      const answered = await within(answerOf(handler, input, way, speaking))
      if (answered !== 'late') return answered
      const { words } = speaking
      return { reply: tooLate(words), words }
    } catch (error) {
      logger.error('what was asked in Slack could not be done', { error: nameOf(error) })
      const { words } = speaking
      const why = error instanceof StorePaused ? 'staff.common.paused' : failedAt(handler)
      return { reply: { do: 'say', message: notice(words, why) }, words }
    }
  }

  function tooLate(words: Words): Reply {
    logger.error('what was asked in Slack took too long', { ms: giveUpAfterMs })
    return { do: 'say', message: notice(words, 'staff.common.tooLong') }
  }

  async function within<T>(work: Promise<T>): Promise<T | 'late'> {
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<'late'>((done) => {
      timer = setTimeout(() => done('late'), giveUpAfterMs)
    })
    return Promise.race([work, late]).finally(() => clearTimeout(timer))
  }

  const plainWords = (): Words => createWords({ language: 'en', program: app.program().program, now: clock.now() })

  async function run<Input>(handler: Handler<Input>, input: Input, way: Way): Promise<void> {
    const speaking = { words: plainWords() }
    const answering = safely(handler, input, way, speaking)
    let at = way
    if (handler.opens === true && way.trigger !== null && (await isLate(answering)))
      at = await openEmpty(way, speaking.words)
    const { reply, words } = await answering
    await showAll(reply, at, words)
  }

  const isLate = async (work: Promise<unknown>): Promise<boolean> =>
    Promise.race([work.then(() => false), tools.rest(IN_TIME_MS).then(() => true)])

  async function showAll(first: Reply, way: Way, words: Words): Promise<void> {
    let [reply, at] = [first, way]
    for (let step = 0; step < STEPS_LIMIT; step++) {
      at = await show(reply, at, words)
      if (reply.after === undefined) return
      // A function that fails before there is a promise fails no worse than one that does later.
      const answered = await within(Promise.try(reply.after)).catch((error: unknown): Reply => {
        logger.error('what was asked in Slack could not be finished', { error: nameOf(error) })
        return { do: 'say', message: notice(words, 'staff.common.unsure') }
      })
      reply = answered === 'late' ? tooLate(words) : answered
    }
    logger.error('what was asked in Slack has no end', { steps: STEPS_LIMIT })
  }

  async function submit<Input>(
    handler: Handler<Input>,
    input: Input,
    way: Way,
    acknowledge: Acknowledge,
  ): Promise<void> {
    const speaking = { words: plainWords() }
    const answering = safely(handler, input, way, speaking)
    const { program } = app.program()
    if (await isLate(answering)) {
      const { words } = speaking
      const view = noticeView(words, program, notice(words, 'staff.common.working'))
      await acknowledge({ response_action: 'update', view })
      const { reply, words: own } = await answering
      await showAll(reply, { ...way, trigger: null, isWaiting: true }, own)
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

/** Whoever looks may look again. What changes something may have failed behind the change. */
export const changesNothing = (needs: StaffTask | null): boolean => needs === null || needs === 'view'
const failedAt = ({ needs, mayChange = !changesNothing(needs) }: Pick<Handler<never>, 'needs' | 'mayChange'>) =>
  mayChange ? 'staff.common.unsure' : 'staff.common.failed'

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown')
