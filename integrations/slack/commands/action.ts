/** `/loyalty action`: what a member did or said is noted, and what they may choose is chosen for them. */
import { z } from 'zod'
import type { Action, App, AwardView } from '../../../src/app/ports.ts'
import { FEEDBACK } from '../../../src/core/feedback.ts'
import type { Program } from '../../../src/program/schema.ts'
import type { Words } from '../../../src/words/words.ts'
import { esc } from '../blocks.ts'
import {
  type Asking,
  type Buttons,
  type Commanded,
  type Fields,
  type Handler,
  type Message,
  onceFor,
  type Pressed,
  type Reply,
  type Submissions,
  type Tools,
} from '../desk.ts'
import { say } from '../dispatch.ts'
import { parseJson, tellIn } from '../form.ts'
import { chosenIn, typedIn } from '../naming.ts'
import { refusalSentence } from '../refusals.ts'
import {
  type ActionData,
  actionName,
  actionView,
  chosenMessage,
  knownActions,
  noted,
  SAID_LIMIT,
} from '../views/record-action.ts'
import { activeMember, type Called, folded, knownMember, type Split, splitsOf, whoeverIs } from '../who.ts'

const AWARDS_READ = 200

const actionCalled =
  (program: Program, words: Words): Called =>
  (typed, how) => {
    const wanted = folded(typed)
    if (wanted === '') return null
    const known = knownActions(program)
    const names = (action: string): string[] => [folded(action), folded(actionName(action, words))]
    const whole = known.find((action) => names(action).includes(wanted))
    if (whole !== undefined || how === 'whole') return whole ?? null
    const [part, another] = known.filter((action) => names(action).some((name) => name.includes(wanted)))
    return another === undefined ? (part ?? null) : null
  }

const EMPTY: ActionData = { member: null, action: null, score: null, said: null, choices: [], banner: null }

export const actionCommand: Handler<Commanded> = {
  needs: 'issue',
  opens: true,
  answer: async ({ args, once }, asking, tools) => {
    const { words, program } = asking
    const alone = actionCalled(program, words)(args, 'whole')
    if (args === '' || alone !== null) return { do: 'open', view: actionView({ ...EMPTY, action: alone }, asking) }
    const value = (member: string, { what: action }: Split): string =>
      JSON.stringify({ member, ...(action !== null && { action }) })
    const splits = splitsOf(args, actionCalled(program, words))
    const found = await whoeverIs(splits, asking, tools.app, { action: 'action.open', value })
    if (!found.ok) return { do: 'say', message: found.message }
    const { member, isSure, split } = found
    const { what: action, typed } = split
    // By an address it is certain who is meant; by part of a name they are shown first.
    if (isSure && action !== null && action !== FEEDBACK && member.status === 'active')
      return record({ member: member.id, action: { action } }, once, 'say', asking, tools)
    const banner = typed === null ? null : words.say('staff.action.unknown', { typed: esc(typed, 80) })
    return openAction(member.id, { ...EMPTY, action, banner }, 'open', asking, tools)
  },
}

async function openChoices(app: App, member: string): Promise<AwardView[]> {
  const page = await app.listAwards(member, { limit: AWARDS_READ })
  return page.ok ? page.value.items.filter(({ state }) => state === 'open') : []
}

async function openAction(
  ref: string,
  data: ActionData,
  how: 'open' | 'update',
  asking: Asking,
  { app }: Tools,
): Promise<Reply> {
  const { words } = asking
  const [found, choices] = await Promise.all([activeMember(app, ref, words), openChoices(app, ref)])
  if (!found.ok) return tellIn(how, found.message, windowOf(words))
  return { do: how, view: actionView({ ...data, member: found.member, choices }, asking) }
}

const windowOf = (words: Words) => ({
  callback: 'action.done',
  title: words.say('staff.action.title'),
  close: words.say('staff.common.close'),
})

async function record(
  { member, action }: { member: string; action: Action },
  once: string,
  how: 'say' | 'update',
  asking: Asking,
  tools: Tools,
): Promise<Reply> {
  const { words, origin } = asking
  const { app } = tools
  const done = await app.recordAction(member, action, origin, onceFor(asking, 'action', once, { member, action }))
  if (!done.ok) {
    const banner = refusalSentence(words, done, 'other')
    const data = { ...EMPTY, ...saidBefore(action), action: action.action, banner }
    return openAction(member, data, how === 'say' ? 'open' : 'update', asking, tools)
  }
  const [found, choices] = await Promise.all([knownMember(app, member, words), openChoices(app, member)])
  const message = found.ok ? noted(done.value, found.member, choices, asking) : found.message
  return tellIn(how, message, windowOf(words))
}

const feedbackData = z.object({
  score: z.number().optional(),
  stars: z.number().optional(),
  text: z.string().optional(),
})

function saidBefore({ data }: Action): Pick<ActionData, 'score' | 'said'> {
  const { score, stars, text = null } = feedbackData.safeParse(data).data ?? {}
  const given = score !== undefined ? `score:${score}` : stars !== undefined ? `stars:${stars}` : null
  return { score: given, said: text }
}

const id = z.string().min(1).max(300)
const wantedValue = z.object({ member: id, action: id.optional() })
const aboutWindow = z.object({ member: id.optional() })
const choiceValue = z.object({ member: id, award: id, option: z.number().int().min(0).max(1_000) })

function parseWanted(value: string): z.output<typeof wantedValue> | null {
  if (!value.startsWith('{')) return value === '' ? null : { member: value }
  return wantedValue.safeParse(parseJson(value)).data ?? null
}

const isWindow = ({ view }: Pressed): boolean => view !== null && !view.isHome

/** The window of this, or what it said in its place. */
const isOwn = ({ view }: Pressed): boolean => view !== null && !view.isHome && view.callbackId.startsWith('action.')

const memberIn = (about: string): string | null => aboutWindow.safeParse(parseJson(about)).data?.member ?? null

export const actionButtons: Buttons = {
  'action.open': {
    needs: 'issue',
    opens: true,
    answer: async (pressed, asking, tools) => {
      const wanted = parseWanted(pressed.value)
      const how = isOwn(pressed) ? 'update' : 'open'
      if (wanted === null) return { do: how, view: actionView(EMPTY, asking) }
      return openAction(wanted.member, { ...EMPTY, action: wanted.action ?? null }, how, asking, tools)
    },
  },
  'action.pick': {
    needs: 'issue',
    answer: async ({ value, view }, asking, tools) => {
      if (view === null) return { do: 'nothing' }
      const { score, said } = feedbackIn(view.values)
      const data = { ...EMPTY, action: value, score, said }
      const member = memberIn(view.about)
      if (member === null) return { do: 'update', view: actionView(data, asking) }
      return openAction(member, data, 'update', asking, tools)
    },
  },
  'award.choose': {
    needs: 'issue',
    answer: async (pressed, asking, { app }) => {
      const { words, origin } = asking
      const how = isWindow(pressed) ? 'update' : 'replace'
      const put = (message: Message): Reply => tellIn(how, message, windowOf(words))
      const { data: wanted } = choiceValue.safeParse(parseJson(pressed.value))
      if (wanted === undefined) return put(say(words.say('staff.action.noChoice')))
      const { member, award, option } = wanted
      const done = await app.chooseAward(member, award, option, origin, onceFor(asking, 'choose', pressed.once, wanted))
      if (!done.ok) return put(say(refusalSentence(words, done, 'other')))
      const [found, rest] = await Promise.all([knownMember(app, member, words), openChoices(app, member)])
      return put(found.ok ? chosenMessage(done.value, found.member, rest, asking) : found.message)
    },
  },
}

const feedbackIn = (values: Fields): Pick<ActionData, 'score' | 'said'> => ({
  score: chosenIn(values, 'score'),
  said: typedIn(values, 'said', SAID_LIMIT),
})

/** What the API takes for feedback: `{score: 7, text}`. Null where nothing was chosen. */
function dataOf({ score, said }: Pick<ActionData, 'score' | 'said'>): Record<string, unknown> | null {
  const [, scale, number] = /^(score|stars):(\d{1,2})$/.exec(score ?? '') ?? []
  if (scale === undefined) return null
  return { [scale]: Number(number), ...(said !== null && { text: said }) }
}

export const actionSubmissions: Submissions = {
  'action.send': {
    needs: 'issue',
    answer: async ({ once, view, values }, asking, tools) => {
      const { words } = asking
      const member = memberIn(view.about) ?? chosenIn(values, 'member')
      const action = chosenIn(values, 'action')
      const data = action === FEEDBACK ? dataOf(feedbackIn(values)) : null
      if (member === null) return { do: 'errors', errors: { member: words.say('staff.action.noMember') } }
      if (action === null) return { do: 'errors', errors: { action: words.say('staff.action.whatPlaceholder') } }
      if (action === FEEDBACK && data === null) {
        // The fields for it may not have come in yet.
        if (!('score' in values)) return openAction(member, { ...EMPTY, action }, 'update', asking, tools)
        return { do: 'errors', errors: { score: words.say('staff.action.noScore') } }
      }
      const done = { member, action: data === null ? { action } : { action, data } }
      return record(done, once, 'update', asking, tools)
    },
  },
}
