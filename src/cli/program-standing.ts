// A program beside the one in force: the database's on this machine, or a running server's.
import { z } from 'zod'
import { countHeld } from '../app/reports/count-held.ts'
import { type ProgramChange, programChanges } from '../app/reports/program-changes.ts'
import type { Held } from '../app/reports/shapes.ts'
import { lookInside } from '../compose/look-inside.ts'
import { parseProgram } from '../program/parse.ts'
import type { Program } from '../program/schema.ts'
import { programVersion } from '../program/version.ts'
import type { Settings } from './backend.ts'
import type { Context } from './command.ts'
import { databaseExists, openDatabaseFile } from './database-file.ts'
import { dayOf } from './dates.ts'
import { Failure } from './failures.ts'
import { createProgress } from './progress.ts'

export interface Standing {
  version: string
  inForce: { version: string; since: string } | null
}

export interface Comparison extends Standing {
  /** Empty where nothing differs, or no program is in force. */
  changes: ProgramChange[]
  /** Why it is not known what members hold, or what the program in force was; null where it is. */
  unknown: string | null
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

/** The same, with what would change and for how many. */
export async function compareWithDatabase(program: Program, settings: Settings, context: Context): Promise<Comparison> {
  const standing = await compare(program, settings)
  const { inForce, version } = standing
  if (inForce === null || inForce.version === version) return { ...standing, changes: [], unknown: null }
  const { body, isCurrent } = readInForce(settings.databasePath, await context.backend.migrations())
  const before = body === null ? null : readProgram(body)
  if (before === null)
    return { ...standing, changes: [], unknown: 'The program in force cannot be read by this version.' }
  if (!isCurrent)
    return {
      ...standing,
      changes: programChanges(before, program, null),
      unknown: 'What members hold is not known: the database is brought up to date at the next start.',
    }
  const progress = createProgress(context, 'Counting', 'members')
  const held = await lookInside(settings.databasePath, (store) =>
    countHeld(store, before, context.now(), (done, total) => progress.update(done, total)),
  )
  progress.end()
  return { ...standing, changes: programChanges(before, program, held), unknown: null }
}

function readInForce(path: string, known: readonly string[]): { body: string | null; isCurrent: boolean } {
  const file = openDatabaseFile(path)
  try {
    const applied = new Set(file.migrations())
    return { body: file.programInForce()?.body ?? null, isCurrent: known.every((name) => applied.has(name)) }
  } finally {
    file.close()
  }
}

function readProgram(body: string): Program | null {
  const parsed = parseProgram(JSON.parse(body))
  return parsed.ok ? parsed.program : null
}

const TIMEOUT_MS = 60_000
const served = z.object({ program: z.record(z.string(), z.unknown()), version: z.string(), since: z.string() })
const counted = z.int()
const named = { id: z.string(), name: z.string() }
const summary = z.object({
  held: z.object({
    tiers: z.array(z.object({ id: z.string().nullable(), name: z.string(), members: counted })),
    rewards: z.array(z.object({ ...named, open: counted, chosen: counted })),
    badges: z.array(z.object({ ...named, members: counted })),
    challenges: z.array(z.object({ ...named, members: counted })),
    partners: z.array(z.object({ ...named, points: counted })),
    causes: z.array(z.object({ ...named, points: counted })),
  }) satisfies z.ZodType<Held>,
})

/** The same, by asking a running server. @throws Failure when it does not answer, or refuses the key */
export async function compareWithServer(
  program: Program,
  url: string,
  key: string,
  { fetch }: Context,
): Promise<Comparison> {
  const ask = async (path: string): Promise<unknown> => {
    const response = await fetch(`${url}/api/v1${path}`, {
      headers: { authorization: `Bearer ${key}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch(() => null)
    if (response === null) throw new Failure(`no server answers at ${url}.`)
    if (response.status === 401 || response.status === 403)
      throw new Failure(`the server at ${url} does not take this key: it needs one with the scope read.`)
    if (!response.ok) throw new Failure(`the server at ${url} answered ${response.status}.`)
    return response.json().catch(() => null)
  }
  const now = served.safeParse(await ask('/program'))
  if (!now.success) throw new Failure(`what answers at ${url} is not Regulars. Give its address with --url.`)
  const { version, since } = now.data
  const parsed = parseProgram(now.data.program)
  const standing = {
    version: await programVersion(program),
    inForce: { version, since: dayOf(Date.parse(since), program.timezone) },
  }
  if (!parsed.ok) return { ...standing, changes: [], unknown: 'The program in force cannot be read by this version.' }
  if (standing.version === version) return { ...standing, changes: [], unknown: null }
  const held = summary.safeParse(await ask('/reports/summary'))
  return {
    ...standing,
    changes: programChanges(parsed.program, program, held.success ? held.data.held : null),
    unknown: held.success ? null : 'What members hold is not known: the server runs another version.',
  }
}

export function describeStanding({ version, inForce }: Standing): string {
  if (inForce === null) return `Version ${version}. No program is in force yet.`
  if (inForce.version === version) return `Version ${version}, the same as in force since ${inForce.since}.`
  return `Version ${version} would replace ${inForce.version}, in force since ${inForce.since}, at the next start.`
}
