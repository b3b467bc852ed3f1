/** `/loyalty adjust`: points added or taken by hand, with a reason that is kept; what is too much for one is asked of another. */
import { z } from 'zod'
import type { Program } from '../../../src/program/schema.ts'
import type { Words } from '../../../src/words/words.ts'
import {
  type Asking,
  type Buttons,
  type Commanded,
  type Handler,
  type Message,
  onceFor,
  type Pressed,
  type Reply,
  type Submissions,
  type Tools,
} from '../desk.ts'
import { parseJson, tellIn } from '../form.ts'
import { adjustmentMessage } from '../member-messages.ts'
import { chosenIn, cleaned, typedIn } from '../naming.ts'
import { type ParsedPoints, parsePoints, splitAtPoints } from '../parse-points.ts'
import { refusalSentence } from '../refusals.ts'
import { type AdjustData, adjusted, adjustmentWaits, adjustView, REASON_LIMIT } from '../views/adjust.ts'
import { activeMember, knownMember, splitAtReference, whoeverIs } from '../who.ts'

const POINTS_LENGTH = 40

type Typed = Pick<AdjustData, 'points' | 'reason'>
interface Wanted extends Typed {
  member: string
}

const namesOfPoints = ({ points: { name } }: Program): string[] => [name.one, name.other]

const parse = (written: string, program: Program): ParsedPoints => parsePoints(written, namesOfPoints(program))

const pointsSentence = (because: Extract<ParsedPoints, { ok: false }>['because'], words: Words): string =>
  words.say(`staff.adjust.${because}`)

/** "ada@example.org +100 late parcel": who, how many, why. */
function splitArgs(args: string): { who: string } & Typed {
  const split = splitAtPoints(args)
  if (split === null) return withoutPoints(args)
  const points = split.points.slice(0, POINTS_LENGTH)
  const sure = split.before === '' ? splitAtReference(split.after) : null
  if (sure !== null) return { who: sure.who, points, reason: cleaned(sure.rest, REASON_LIMIT) }
  return { who: split.before, points, reason: cleaned(split.after, REASON_LIMIT) }
}

/** What stands behind an address is kept, whatever it is; that it is no number is said. */
function withoutPoints(args: string): { who: string } & Typed {
  const { who, rest } = splitAtReference(args) ?? { who: args, rest: '' }
  return rest === ''
    ? { who: args, points: null, reason: null }
    : { who, points: '', reason: cleaned(rest, REASON_LIMIT) }
}

export const adjustCommand: Handler<Commanded> = {
  needs: 'issue',
  opens: true,
  answer: async ({ args, once }, asking, tools) => {
    const { words, program } = asking
    const { who, points, reason } = splitArgs(args)
    if (who === '') return { do: 'open', view: adjustView({ member: null, points, reason, banner: null }, asking) }
    const value = (member: string): string => JSON.stringify({ member, points, reason })
    const found = await whoeverIs([{ who }], asking, tools.app, { action: 'adjust.open', value })
    if (!found.ok) return { do: 'say', message: found.message }
    const parsed = points === null ? null : parse(points, program)
    // By an address it is certain who is meant; by part of a name they are shown first.
    if (found.isSure && found.member.status === 'active' && parsed?.ok && reason !== null)
      return adjust({ member: found.member.id, points: parsed.points, reason }, once, 'say', asking, tools)
    const banner = parsed?.ok === false ? pointsSentence(parsed.because, words) : null
    return openAdjust({ member: found.member.id, points, reason }, banner, 'open', asking, tools)
  },
}

/** The window for this member; in its place why there is none. */
async function openAdjust(
  { member: ref, points, reason }: Wanted,
  banner: string | null,
  how: 'open' | 'update',
  asking: Asking,
  { app }: Tools,
): Promise<Reply> {
  const { words } = asking
  const found = await activeMember(app, ref, words)
  if (!found.ok) return tellIn(how, found.message, windowOf(words))
  return { do: how, view: adjustView({ member: found.member, points, reason, banner }, asking) }
}

const windowOf = (words: Words) => ({
  callback: 'adjust.done',
  title: words.say('staff.adjust.title'),
  close: words.say('staff.common.close'),
})

interface Adjustment {
  member: string
  points: number
  reason: string
}

async function adjust(
  { member, points, reason }: Adjustment,
  once: string,
  how: 'say' | 'update',
  asking: Asking,
  tools: Tools,
): Promise<Reply> {
  const { words, program, origin } = asking
  const input = { points, reason }
  const key = onceFor(asking, 'adjust', once, { member, input })
  const done = await tools.app.askForAdjustment(member, input, origin, key)
  const put = (message: Message): Reply => tellIn(how, message, windowOf(words))
  if (!done.ok) {
    const banner = refusalSentence(words, done, 'other')
    const typed = { member, points: `${points > 0 ? '+' : '−'}${words.number(Math.abs(points))}`, reason }
    return openAdjust(typed, banner, how === 'say' ? 'open' : 'update', asking, tools)
  }
  if ('waits' in done.value) return put(adjustmentWaits(done.value.waits, asking, tools.settings.alertChannel))
  const found = await knownMember(tools.app, member, words)
  if (!found.ok) return put(found.message)
  const { done: entry } = done.value
  return put(adjusted(entry, found.member, adjustmentMessage(entry, found.member, program, tools.clock.now()), asking))
}

const id = z.string().min(1).max(200)
const wantedValue = z.object({
  member: id,
  points: z.string().max(200).nullish(),
  reason: z.string().max(REASON_LIMIT).nullish(),
})
const aboutWindow = z.object({ member: id.optional() })

function parseWanted(value: string): Wanted | null {
  if (!value.startsWith('{')) return value === '' ? null : { member: value, points: null, reason: null }
  const { data } = wantedValue.safeParse(parseJson(value))
  return data === undefined ? null : { member: data.member, points: data.points ?? null, reason: data.reason ?? null }
}

const howToShow = ({ view }: Pressed): 'open' | 'update' =>
  view !== null && !view.isHome && view.callbackId.startsWith('adjust.') ? 'update' : 'open'

export const adjustButtons: Buttons = {
  'adjust.open': {
    needs: 'issue',
    opens: true,
    answer: async (pressed, asking, tools) => {
      const wanted = parseWanted(pressed.value)
      const how = howToShow(pressed)
      if (wanted !== null) return openAdjust(wanted, null, how, asking, tools)
      return { do: how, view: adjustView({ member: null, points: null, reason: null, banner: null }, asking) }
    },
  },
}

export const adjustSubmissions: Submissions = {
  'adjust.send': {
    needs: 'issue',
    answer: async ({ once, view, values }, asking, tools) => {
      const { words, program } = asking
      const about = aboutWindow.safeParse(parseJson(view.about)).data
      const member = about?.member ?? chosenIn(values, 'member')
      const parsed = parse(typedIn(values, 'points', POINTS_LENGTH) ?? '', program)
      const reason = typedIn(values, 'reason', REASON_LIMIT)
      if (member === null || !parsed.ok || reason === null)
        return {
          do: 'errors',
          errors: {
            ...(member === null && { member: words.say('staff.adjust.noMember') }),
            ...(!parsed.ok && { points: pointsSentence(parsed.because, words) }),
            ...(reason === null && { reason: words.say('staff.adjust.noReason') }),
          },
        }
      return adjust({ member, points: parsed.points, reason }, once, 'update', asking, tools)
    },
  },
}
