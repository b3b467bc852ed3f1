// Says what is wrong with a program, and what it would change of the one in force.
import { readFileSync } from 'node:fs'
import { parseProgramText } from '../program/parse.ts'
import { formatProblems, type ProgramProblem } from '../program/problems.ts'
import type { Program } from '../program/schema.ts'
import { unsupported } from '../program/supported.ts'
import { type Context, defineCommand } from './command.ts'
import { Failure, UsageError } from './failures.ts'
import { plural } from './format.ts'
import { type Output, paint } from './output.ts'
import { type Comparison, compareWithDatabase, compareWithServer, describeStanding } from './program-standing.ts'
import { serverUrl } from './server.ts'
import { settingsOf } from './settings.ts'

export const command = defineCommand({
  name: 'program check',
  summary: 'Says what is wrong with a program, a line each',
  about: [
    'Compares it with the one in force: what goes that members hold, and how many it concerns; what holds from then on. Warnings are no failure: only a program that cannot run is.',
    'Changes nothing. A program takes effect when the server starts with it.',
  ],
  arguments: [{ name: 'FILE', about: 'the program (default: PROGRAM_FILE, else program.json)', isOptional: true }],
  options: {
    url: { value: 'URL', about: 'compare with this running server instead of the database' },
    key: { value: 'KEY', about: 'an API key of that server, of the scope read' },
    json: { about: 'answer in JSON' },
  },
  examples: ['program check', 'program check drafts/summer.json'],
  async run(asked, context) {
    const settings = settingsOf(context)
    const file = asked.arguments[0] ?? settings.programFile
    const { program, problems } = readProgramFile(file)
    const [url, key] = [asked.text('url'), asked.text('key')]
    if (url !== undefined && key === undefined) throw new UsageError('--key is missing: the server asks for one')
    if (url === undefined && key !== undefined) throw new UsageError('--url is missing: the server that the key is for')
    const standing =
      program === null || problems.length > 0
        ? null
        : key === undefined
          ? await compareWithDatabase(program, settings, context)
          : await compareWithServer(program, serverUrl(url, settings), key, context)
    if (asked.flag('json')) {
      await context.stdout.line(JSON.stringify({ file, problems, ...standing }, null, 2))
    } else await tell(context, file, program, problems, standing)
    return problems.length > 0 ? 1 : 0
  },
})

export interface CheckedProgram {
  program: Program | null
  problems: ProgramProblem[]
}

/** @throws Failure when there is no such file */
export function readProgramFile(file: string): CheckedProgram {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (isMissing) throw new Failure(`there is no program at ${file}. Make one with: npx regulars init`)
    throw error
  }
  const parsed = parseProgramText(text)
  if (!parsed.ok) return { program: null, problems: parsed.problems }
  return { program: parsed.program, problems: unsupported(parsed.program) }
}

async function tell(
  { stdout }: Context,
  file: string,
  program: Program | null,
  problems: readonly ProgramProblem[],
  standing: Comparison | null,
): Promise<void> {
  if (problems.length === 0 && program !== null && standing !== null) {
    const rules = plural(program.earning.length, 'earning rule')
    const tiers = program.tiers === null ? 'no tiers' : plural(program.tiers.levels.length, 'tier')
    await stdout.line(`${paint(stdout, 'green', '✓')} ${file} is right: ${program.name}, ${rules}, ${tiers}.`)
    await stdout.line(`  ${describeStanding(standing)}`)
    await tellChanges(stdout, standing)
    return
  }
  await stdout.line(`${paint(stdout, 'red', '✗')} ${file}: ${plural(problems.length, 'problem')}`)
  await stdout.line(formatProblems(problems).replaceAll(/^/gm, '  '))
}

const HEADINGS = {
  removed: 'What goes',
  changed: 'What changes',
  added: 'What is new',
} as const

async function tellChanges(stdout: Output, { changes, unknown }: Comparison): Promise<void> {
  if (unknown !== null) await stdout.line(`  ${paint(stdout, 'yellow', '!')} ${unknown}`)
  for (const kind of ['removed', 'changed', 'added'] as const) {
    const own = changes.filter((change) => change.kind === kind)
    if (own.length > 0) await stdout.line(`  ${paint(stdout, 'bold', HEADINGS[kind])}`)
    for (const { what, warns } of own)
      await stdout.line(`  ${warns ? paint(stdout, 'yellow', '!') : '·'} ${what.replaceAll(/\p{Cc}+/gu, ' ')}`)
  }
}
