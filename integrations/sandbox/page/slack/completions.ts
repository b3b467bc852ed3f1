/** What the composer offers while somebody types. Pure. */
import type { ShownSlack } from '../../shown.ts'

export type KnownCommand = ShownSlack['commands'][number]

export interface Completion {
  id: string
  /** Shown first: `/loyalty reward`. */
  label: string
  about: string
  /** What the composer holds once it is taken. */
  line: string
  /** From where on it is selected: an example, to be typed over. */
  selectFrom: number
}

export const COMMAND = '/loyalty'
const ABOUT = 'Look up a customer, give a reward, see who may be leaving'

export function completionsFor(line: string, commands: readonly KnownCommand[]): Completion[] {
  if (!line.startsWith('/') || line.includes('\n')) return []
  const [, name = '', space = '', typed = ''] = /^(\/\S*)(\s*)(.*)$/s.exec(line) ?? []
  if (space === '') return COMMAND.startsWith(name.toLowerCase()) ? [whole] : []
  if (name.toLowerCase() !== COMMAND || /\s/.test(typed)) return []
  return commands.filter((command) => command.name.startsWith(typed.toLowerCase())).map(completionOf)
}

const whole: Completion = {
  id: 'command',
  label: COMMAND,
  about: ABOUT,
  line: `${COMMAND} `,
  selectFrom: COMMAND.length + 1,
}

function completionOf({ name, example, about }: KnownCommand): Completion {
  const label = `${COMMAND} ${name}`
  const isExampleOfIt = example.startsWith(`${label} `)
  const line = isExampleOfIt ? example : label
  return { id: name, label, about, line, selectFrom: isExampleOfIt ? label.length + 1 : line.length }
}

/** Whether ⏎ takes the completion, or sends what stands there. */
export const isTakenByEnter = (line: string, isChosen: boolean): boolean =>
  isChosen || (line.startsWith('/') && !/\s/.test(line) && line.toLowerCase() !== COMMAND)

/** Slack knows no other command here. */
export function refusalOf(line: string): string | null {
  const [, name] = /^(\/\S*)/.exec(line) ?? []
  if (name === undefined || name.toLowerCase() === COMMAND) return null
  return `${name} is not a command here. Type ${COMMAND}, or begin with something other than a slash.`
}
