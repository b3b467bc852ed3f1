// What a command is: what it is called, what it takes, what it does. Everything it touches is in its context, so that
// tests can run it in memory.
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { didYouMean } from '../program/suggest.ts'
import type { Backend } from './backend.ts'
import { UsageError } from './failures.ts'
import type { Output } from './output.ts'
import type { Wrangler } from './wrangler.ts'

export interface Context {
  stdout: Output
  stderr: Output
  /** Milliseconds since 1970. */
  now: () => number
  /** Milliseconds that only ever grow, for measuring. */
  monotonic: () => number
  sleep: (ms: number) => Promise<void>
  /** A new random id of letters and digits. */
  newId: () => string
  fetch: typeof fetch
  /** Aborted at the first Ctrl-C: long work ends where it can go on later. */
  interrupted: AbortSignal
  backend: Backend
  /** Whether whoever sits at the terminal says yes; null where nobody does. */
  ask: ((question: string) => Promise<boolean>) | null
  deployment: Deployment
}

/** What a Worker is deployed from, and by. */
export interface Deployment {
  /** The checkout, with wrangler.toml. */
  root: string
  wrangler: Wrangler
  /** The account of Cloudflare's that was chosen by CLOUDFLARE_ACCOUNT_ID. */
  accountId: string | null
}

export interface Option {
  /** The placeholder of its value; a flag has none. */
  value?: string
  about: string
  default?: string
}

export interface Argument {
  name: string
  about: string
  isOptional?: boolean
}

/** What was asked for. Asking for an option that the command does not have does not compile. */
export interface Asked<Name extends string> {
  text(name: Name): string | undefined
  flag(name: Name): boolean
  arguments: string[]
}

export interface CommandDescription {
  /** `pay`, `program check`. */
  name: string
  summary: string
  /** More of what one should know, a paragraph each. */
  about: readonly string[]
  arguments: readonly Argument[]
  options: Readonly<Record<string, Option>>
  examples: readonly string[]
  /** Ends by itself after Ctrl-C, in good order; the others are simply ended. */
  endsInOrder: boolean
}

export interface Command extends CommandDescription {
  /** Answers the exit code. @throws UsageError, Failure */
  run(args: readonly string[], context: Context): Promise<number>
}

export interface CommandSpecification<Name extends string> extends Partial<CommandDescription> {
  name: string
  summary: string
  examples: readonly string[]
  options: Readonly<Record<Name, Option>>
  run(asked: Asked<Name>, context: Context): Promise<number>
}

export function defineCommand<Name extends string>(specification: CommandSpecification<Name>): Command {
  const command = { about: [], arguments: [], endsInOrder: false, ...specification }
  return { ...command, run: (args, context) => specification.run(readArguments<Name>(command, args), context) }
}

function readArguments<Name extends string>(command: CommandDescription, args: readonly string[]): Asked<Name> {
  const { values, positionals } = parse(command, args)
  const missing = command.arguments.filter(({ isOptional }) => isOptional !== true)[positionals.length]
  if (missing !== undefined) throw new UsageError(`${missing.name} is missing`)
  const extra = positionals[command.arguments.length]
  if (extra !== undefined) throw new UsageError(`"${extra}" is one too many`)
  return {
    text: (name) => {
      const given = values[name] ?? command.options[name]?.default
      return typeof given === 'string' ? given : undefined
    },
    flag: (name) => values[name] === true,
    arguments: positionals,
  }
}

function parse(command: CommandDescription, args: readonly string[]) {
  const options: ParseArgsOptionsConfig = Object.fromEntries(
    Object.entries(command.options).map(([name, { value }]) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const) },
    ]),
  )
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: true })
  } catch (error) {
    throw new UsageError(explain(command, error))
  }
}

/** Node's own words are long and speak of quoting; these name the option and what was probably meant. */
function explain({ options }: CommandDescription, error: unknown): string {
  const message = error instanceof Error ? error.message : ''
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const option = /'(-[^'\s,=]*)/.exec(message)?.[1] ?? 'an option'
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    const known = Object.keys(options).map((name) => `--${name}`)
    // Words cut short are further away than slips of the finger, and meant more often.
    const longer = known.find((name) => option.length > 2 && name.startsWith(option))
    const meant = longer === undefined ? didYouMean(option, known) : `; did you mean "${longer}"?`
    return `${option} is no option of this command${meant}`
  }
  const long = /--[\w-]+/.exec(message)?.[0] ?? option
  const placeholder = options[long.slice(2)]?.value
  return placeholder === undefined ? `${long} takes no value` : `${long} needs a value: ${long} ${placeholder}`
}
