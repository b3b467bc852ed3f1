// The texts of --help: what a command does, what it takes with its defaults, and an example to copy.
import type { Command, CommandDescription } from './command.ts'
import { type Output, paint } from './output.ts'

const GAP = 2

/** `regulars pay EMAIL AMOUNT [options]` */
export function usageLine({ name, arguments: taken, options }: CommandDescription): string {
  const words = taken.map(({ name: word, isOptional }) => (isOptional === true ? `[${word}]` : word))
  return ['regulars', name, ...words, ...(Object.keys(options).length > 0 ? ['[options]'] : [])].join(' ')
}

/** Two columns, the second beginning at the same place in each line. */
function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(0, ...rows.map(([left]) => left.length)) + GAP
  return rows.map(([left, right]) => `  ${left.padEnd(width)}${right}`)
}

export function commandHelp(command: CommandDescription, output: Output): string {
  const heading = (text: string) => paint(output, 'bold', text)
  const options = Object.entries(command.options).map(([name, { value, about, default: preset }]) => {
    const written = value === undefined ? `--${name}` : `--${name} ${value}`
    return [written, preset === undefined ? about : `${about} (default: ${preset})`] as const
  })
  const taken = command.arguments.map(({ name, about }) => [name, about] as const)
  return [
    `${heading('Usage:')} ${usageLine(command)}`,
    '',
    `${command.summary}.`,
    ...command.about,
    '',
    ...columns([...taken, ...options, ['--help', 'this text']]),
    '',
    heading('For example:'),
    ...command.examples.map((example) => `  npx regulars ${example}`),
  ].join('\n')
}

export function overview(commands: readonly Command[], output: Output): string {
  return [
    `${paint(output, 'bold', 'Usage:')} regulars <command> [options]`,
    '',
    'A loyalty program on Stripe: payments become points, exactly once.',
    '',
    ...columns(commands.map(({ name, summary }) => [name, summary] as const)),
    '',
    'Each takes --help. The server itself is started with: npm start',
  ].join('\n')
}
