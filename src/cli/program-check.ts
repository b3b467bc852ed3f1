// Says what is wrong with a program, and whether it is the one in force.
import { readFileSync } from 'node:fs'
import { parseProgramText } from '../program/parse.ts'
import { formatProblems, type ProgramProblem } from '../program/problems.ts'
import type { Program } from '../program/schema.ts'
import { unsupported } from '../program/supported.ts'
import { programVersion } from '../program/version.ts'
import type { Settings } from './backend.ts'
import { type Context, defineCommand } from './command.ts'
import { databaseExists, openDatabaseFile } from './database-file.ts'
import { dayOf } from './dates.ts'
import { Failure } from './failures.ts'
import { plural } from './format.ts'
import { paint } from './output.ts'
import { settingsOf } from './settings.ts'

export const command = defineCommand({
  name: 'program check',
  summary: 'Says what is wrong with a program, a line each',
  about: ['Changes nothing. A program takes effect when the server starts with it.'],
  arguments: [{ name: 'FILE', about: 'the program (default: PROGRAM_FILE, else program.json)', isOptional: true }],
  options: { json: { about: 'answer in JSON' } },
  examples: ['program check', 'program check drafts/summer.json'],
  async run(asked, context) {
    const settings = settingsOf(context)
    const file = asked.arguments[0] ?? settings.programFile
    const { program, problems } = readProgramFile(file)
    const standing = program === null || problems.length > 0 ? null : await compare(program, settings)
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

export interface Standing {
  version: string
  inForce: { version: string; since: string } | null
}

/** The program beside the one in force, should there be a database with one. */
export async function compare(program: Program, { databasePath }: Settings): Promise<Standing> {
  const version = await programVersion(program)
  if (!databaseExists(databasePath)) return { version, inForce: null }
  const file = openDatabaseFile(databasePath)
  try {
    const inForce = file.programInForce()
    const since = inForce === null ? '' : dayOf(inForce.since, program.timezone)
    return { version, inForce: inForce === null ? null : { version: inForce.version, since } }
  } finally {
    file.close()
  }
}

export function describeStanding({ version, inForce }: Standing): string {
  if (inForce === null) return `Version ${version}. No program is in force yet.`
  if (inForce.version === version) return `Version ${version}, the same as in force since ${inForce.since}.`
  return `Version ${version} would replace ${inForce.version}, in force since ${inForce.since}, at the next start.`
}

async function tell(
  { stdout }: Context,
  file: string,
  program: Program | null,
  problems: readonly ProgramProblem[],
  standing: Standing | null,
): Promise<void> {
  if (problems.length === 0 && program !== null && standing !== null) {
    const rules = plural(program.earning.length, 'earning rule')
    const tiers = program.tiers === null ? 'no tiers' : plural(program.tiers.levels.length, 'tier')
    await stdout.line(`${paint(stdout, 'green', '✓')} ${file} is right: ${program.name}, ${rules}, ${tiers}.`)
    await stdout.line(`  ${describeStanding(standing)}`)
    return
  }
  await stdout.line(`${paint(stdout, 'red', '✗')} ${file}: ${plural(problems.length, 'problem')}`)
  await stdout.line(formatProblems(problems).replaceAll(/^/gm, '  '))
}
