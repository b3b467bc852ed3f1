// Notes by hand what a member did: the same that shops and sites report through the API.
import type { Action, App, Origin } from '../app/ports.ts'
import { FEEDBACK } from '../core/feedback.ts'
import { type Asked, defineCommand } from './command.ts'
import { MOMENT_RULE, parseMoment } from './dates.ts'
import { Failure, UsageError } from './failures.ts'
import { standing } from './format.ts'
import { settingsOf, withApp } from './settings.ts'

const ORIGIN: Origin = { source: 'cli:action', actor: 'cli' }

export const command = defineCommand<Option>({
  name: 'action',
  summary: 'Notes something that a member did: a review, a check-in, feedback',
  about: [
    'Gives what the program’s rules give for it, and says why where they give nothing.',
    'Every program knows the action feedback: a score from 0 to 10 or stars from 1 to 5, and perhaps some words.',
  ],
  arguments: [
    { name: 'MEMBER', about: 'an e-mail address, a member id, stripe:cus_… or hubspot:…' },
    { name: 'ACTION', about: 'what they did, by its id in the program' },
  ],
  options: {
    at: { value: 'DATE', about: 'when (default: now)' },
    score: { value: 'NUMBER', about: 'feedback: how likely they are to recommend you, 0 to 10' },
    stars: { value: 'NUMBER', about: 'feedback: 1 to 5 stars' },
    text: { value: 'TEXT', about: 'feedback: what they said' },
  },
  examples: [
    'action ada@example.org review',
    'action ada@example.org check-in --at 2026-11-22T09:30:00Z',
    'action ada@example.org feedback --score 3 --text "Two parcels were late"',
  ],
  run: (asked, context) =>
    withApp(context, settingsOf(context), async (app) => {
      const [member = '', action = ''] = asked.arguments
      const input = { action, ...momentIn(asked, app), ...dataIn(asked, action) }
      const done = await app.recordAction(refOf(member), input, ORIGIN, null)
      if (!done.ok) throw new Failure(done.message)
      await context.stdout.line(done.value.reason)
      const found = await app.getMember(refOf(member))
      if (found.ok) await context.stdout.line(standing(found.value, app.program().program))
      return 0
    }),
})

type Option = 'at' | 'score' | 'stars' | 'text'

/** What was said; what is wrong with it the use case says. */
function dataIn(asked: Asked<Option>, action: string): Pick<Action, 'data'> {
  const numbers = (['score', 'stars'] as const).flatMap((name) => {
    const written = asked.text(name)
    return written === undefined ? [] : [[name, written.trim() === '' ? Number.NaN : Number(written)] as const]
  })
  const text = asked.text('text')
  const data = { ...Object.fromEntries(numbers), ...(text !== undefined && { text }) }
  if (Object.keys(data).length === 0) return {}
  if (action !== FEEDBACK) throw new UsageError('--score, --stars and --text go with the action feedback')
  return { data }
}

const refOf = (member: string): string => (/^[^:]+@/.test(member) ? `email:${member}` : member)

/** A day without a time is its beginning, in the program's zone. */
function momentIn(asked: Asked<Option>, app: App): Pick<Action, 'at'> {
  const written = asked.text('at')
  if (written === undefined) return {}
  const moment = parseMoment(written, app.program().program.timezone)
  if (moment === null) throw new UsageError(`--at ${MOMENT_RULE}`)
  return { at: moment.at }
}
