// From the words after `regulars` to a command's exit code: 0 done, 1 not done, 2 asked for wrongly, 130 interrupted.
import { didYouMean } from '../program/suggest.ts'
import type { Command, Context } from './command.ts'
import { COMMANDS, loadCommand } from './commands.ts'
import { describeError, UsageError } from './failures.ts'
import { paint } from './output.ts'
import { commandHelp, overview, usageLine } from './usage.ts'

export const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const

export interface CliOptions {
  context: Context
  version: string
  /** Also says where in the code a failure came from. */
  debug: boolean
  /** Told which command runs, before it does. */
  onCommand?: (command: Command) => void
}

/** Runs one command line, without the program's own name. Never throws. */
export async function runCli(words: readonly string[], options: CliOptions): Promise<number> {
  const { context, version } = options
  const [first] = words
  if (first === '--version' || first === '-v') {
    await context.stdout.line(version)
    return EXIT.done
  }
  if (first === undefined || first === '--help' || first === '-h') return showOverview(context)
  if (first === 'help') return words.length > 1 ? showHelp(words.slice(1), context) : showOverview(context)
  const found = await findCommand(words)
  if (found === null) return unknownCommand(words, context)
  if (asksForHelp(found.rest)) return showHelp([found.command.name], context)
  options.onCommand?.(found.command)
  return runCommand(found, options)
}

/** Everything after a lone `--` is meant literally. */
function asksForHelp(rest: readonly string[]): boolean {
  const end = rest.indexOf('--')
  return (end === -1 ? rest : rest.slice(0, end)).some((word) => word === '--help' || word === '-h')
}

interface Found {
  command: Command
  rest: readonly string[]
}

async function findCommand(words: readonly string[]): Promise<Found | null> {
  for (const length of [2, 1]) {
    const command = words.length < length ? null : await loadCommand(words.slice(0, length).join(' '))
    if (command !== null) return { command, rest: words.slice(length) }
  }
  return null
}

async function runCommand({ command, rest }: Found, { context, debug }: CliOptions): Promise<number> {
  const { stderr } = context
  try {
    const code = await command.run(rest, context)
    return context.interrupted.aborted ? EXIT.interrupted : code
  } catch (error) {
    if (error instanceof UsageError) {
      await stderr.line(
        `${paint(stderr, 'red', `regulars ${command.name}:`)} ${error.message.replace(/[.?]?$/, (end) => end || '.')}`,
      )
      await stderr.line(`Usage: ${usageLine(command)}`)
      await stderr.line(`More:  regulars ${command.name} --help`)
      return EXIT.usage
    }
    await stderr.line(`${paint(stderr, 'red', `regulars ${command.name}:`)} ${describeError(error)}`)
    if (debug && error instanceof Error && error.stack !== undefined) await stderr.line(error.stack)
    return context.interrupted.aborted ? EXIT.interrupted : EXIT.failed
  }
}

async function showOverview({ stdout }: Context): Promise<number> {
  const commands: Command[] = []
  for (const name of Object.keys(COMMANDS)) {
    const command = await loadCommand(name)
    if (command !== null) commands.push(command)
  }
  await stdout.line(overview(commands, stdout))
  return EXIT.done
}

async function showHelp(words: readonly string[], context: Context): Promise<number> {
  const found = await findCommand(words)
  if (found === null) return unknownCommand(words, context)
  await context.stdout.line(commandHelp(found.command, context.stdout))
  return EXIT.done
}

async function unknownCommand(words: readonly string[], { stderr }: Context): Promise<number> {
  const names = Object.keys(COMMANDS)
  const [first = ''] = words
  const family = names.filter((name) => name.startsWith(`${first} `))
  const written = family.length > 0 ? words.slice(0, 2).join(' ') : first
  const meant = family.length > 0 ? `; there is ${family.join(', ')}` : didYouMean(written, names)
  await stderr.line(
    `regulars: "${written}" is no command${meant.endsWith('?') || meant === '' ? meant || '.' : `${meant}.`}`,
  )
  await stderr.line('All commands: regulars help')
  return EXIT.usage
}
