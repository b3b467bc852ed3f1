// Notes by hand what a member did: the same that shops and sites report through the API.
import type { Action, App, Origin } from '../app/ports.ts'
import { type Asked, defineCommand } from './command.ts'
import { MOMENT_RULE, parseMoment } from './dates.ts'
import { Failure, UsageError } from './failures.ts'
import { standing } from './format.ts'
import { settingsOf, withApp } from './settings.ts'

const ORIGIN: Origin = { source: 'cli:action', actor: 'cli' }

export const command = defineCommand<'at'>({
  name: 'action',
  summary: 'Notes something that a member did: a review, a check-in',
  about: ['Gives what the program’s rules give for it, and says why where they give nothing.'],
  arguments: [
    { name: 'MEMBER', about: 'an e-mail address, a member id, stripe:cus_… or hubspot:…' },
    { name: 'ACTION', about: 'what they did, by its id in the program' },
  ],
  options: { at: { value: 'DATE', about: 'when (default: now)' } },
  examples: ['action ada@example.org review', 'action ada@example.org check-in --at 2026-11-22T09:30:00Z'],
  run: (asked, context) =>
    withApp(context, settingsOf(context), async (app) => {
      const [member = '', action = ''] = asked.arguments
      const done = await app.recordAction(refOf(member), { action, ...momentIn(asked, app) }, ORIGIN, null)
      if (!done.ok) throw new Failure(done.message)
      await context.stdout.line(done.value.reason)
      const found = await app.getMember(refOf(member))
      if (found.ok) await context.stdout.line(standing(found.value, app.program().program))
      return 0
    }),
})

const refOf = (member: string): string => (/^[^:]+@/.test(member) ? `email:${member}` : member)

/** A day without a time is its beginning, in the program's zone. */
function momentIn(asked: Asked<'at'>, app: App): Pick<Action, 'at'> {
  const written = asked.text('at')
  if (written === undefined) return {}
  const moment = parseMoment(written, app.program().program.timezone)
  if (moment === null) throw new UsageError(`--at ${MOMENT_RULE}`)
  return { at: moment.at }
}
