/** What one can type, with examples: only what this person may do. */
import type { StaffTask } from '../../../src/core/staff-policy.ts'
import type { Words } from '../../../src/words/words.ts'
import { actions, bold, button, context, esc, section } from '../blocks.ts'
import type { Asking, Block, Commanded, Handler, Message, Tools } from '../desk.ts'

interface Told {
  name: CommandName
  needs: StaffTask | null
  /** What is typed after the name in the example. */
  example: string
}

/** In the order in which one needs them. */
export const TOLD: readonly Told[] = [
  { name: 'lookup', needs: 'view', example: 'ada@example.org' },
  { name: 'reward', needs: 'issue', example: 'ada@example.org' },
  { name: 'adjust', needs: 'issue', example: 'ada@example.org +50 Late delivery' },
  { name: 'enrol', needs: 'issue', example: 'ada@example.org' },
  { name: 'action', needs: 'issue', example: 'ada@example.org' },
  { name: 'alerts', needs: 'view', example: '' },
  { name: 'top', needs: 'view', example: '' },
  { name: 'report', needs: 'view', example: '' },
  { name: 'rewards', needs: 'view', example: '' },
  { name: 'approvals', needs: 'approve', example: '' },
  { name: 'language', needs: null, example: '' },
  { name: 'help', needs: null, example: '' },
]

export type CommandName =
  | 'lookup'
  | 'reward'
  | 'adjust'
  | 'enrol'
  | 'action'
  | 'alerts'
  | 'top'
  | 'report'
  | 'rewards'
  | 'approvals'
  | 'language'
  | 'help'

/** Of what is shown before one asks for all. */
const FIRST: readonly CommandName[] = ['lookup', 'reward', 'adjust']
const BUTTONS = ['alerts', 'top', 'report', 'rewards'] as const
const VALUE_LIMIT = 500

export const help: Handler<Commanded> = {
  needs: null,
  answer: async ({ args }, asking, tools) => {
    const may = await allowed(asking, tools)
    const { words } = asking
    if (!may.some(({ needs }) => needs !== null)) return { do: 'say', message: forNobody(words) }
    const one = may.find(({ name }) => name === args.toLowerCase())
    if (one !== undefined) return { do: 'say', message: asMessage(words, [section(lineOf(one, words))]) }
    return { do: 'say', message: args === '' ? short(may, words) : whole(may, words) }
  },
}

async function allowed({ origin }: Asking, { app }: Tools): Promise<readonly Told[]> {
  const tasks = await Promise.all(TOLD.map(({ needs }) => needs === null || app.mayStaff(origin, needs)))
  return TOLD.filter((_, n) => tasks[n])
}

/** For `/loyalty` alone: how one begins, and what needs nothing typed. */
function short(may: readonly Told[], words: Words): Message {
  const first = may.filter(({ name }) => FIRST.includes(name))
  const buttons = BUTTONS.filter((name) => may.some((told) => told.name === name))
  return asMessage(words, [
    section(first.map((told) => lineOf(told, words)).join('\n')),
    ...actions(
      ...buttons.map((name, n) => runButton(words.say(`staff.help.button.${name}`), name, n)),
      runButton(words.say('staff.help.button.help'), 'help all', buttons.length),
    ),
    context(words.say('staff.help.alone')),
  ])
}

const whole = (may: readonly Told[], words: Words): Message =>
  asMessage(words, [
    section(may.map((told) => lineOf(told, words)).join('\n')),
    context(words.say('staff.help.forgiving'), words.say('staff.help.alone')),
  ])

const asMessage = (words: Words, blocks: Block[]): Message => ({
  text: words.say('staff.help.title'),
  blocks: [section(bold(words.say('staff.help.title'))), ...blocks],
})

const lineOf = ({ name, example }: Told, words: Words): string =>
  `\`/loyalty ${name}${example === '' ? '' : ` ${example}`}\`  ${words.say(`staff.help.does.${name}`)}`

const forNobody = (words: Words): Message => {
  const said = words.say('staff.common.forbidden.view')
  return { text: said, blocks: [section(said)] }
}

/** Pressed, it is as if that were typed. */
const runButton = (text: string, typed: string, n: number) =>
  button({ text, action: `command.run:${n}`, value: typed.slice(0, VALUE_LIMIT) })

/** Nobody is called so, and it is nearly a command. */
export function meantInstead(typed: string, command: string, args: string, { words }: Asking): Message {
  const meant = `${command} ${args}`.trim()
  const said = words.say('staff.command.nobodyMeant', { typed: esc(typed, 80), meant: esc(meant, 80) })
  return {
    text: words.say('staff.command.nobody'),
    blocks: [section(said), ...actions(runButton(words.say('staff.command.run', { meant: command }), meant, 0))],
  }
}
