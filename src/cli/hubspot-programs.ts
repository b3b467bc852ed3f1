// The programs whose tiers and badges members may hold: the one in the file, and those that were in force.

import type { Programs } from '../compose/hubspot-tools.ts'
import { lookInside } from '../compose/look-inside.ts'
import { parseProgram } from '../program/parse.ts'
import { formatProblems } from '../program/problems.ts'
import type { Program } from '../program/schema.ts'
import type { Settings } from './backend.ts'
import { databaseExists } from './database-file.ts'
import { Failure } from './failures.ts'
import { readProgramFile } from './program-check.ts'

/** @throws Failure when the file's program is not right */
export async function hubspotPrograms({ programFile, databasePath }: Settings): Promise<Programs> {
  const { program, problems } = readProgramFile(programFile)
  if (program === null || problems.length > 0)
    throw new Failure(`${programFile} is not right:\n${formatProblems(problems)}`)
  return [program, ...(await earlierPrograms(databasePath))]
}

/** Newest first. One that is not understood any more has nothing to say. */
export async function earlierPrograms(databasePath: string): Promise<Program[]> {
  if (!databaseExists(databasePath)) return []
  const stored = await lookInside(databasePath, (store) => store.programs()).catch(() => [])
  return stored
    .toSorted((a, b) => b.since - a.since)
    .flatMap(({ body }) => {
      const parsed = parseProgram(JSON.parse(body))
      return parsed.ok ? [parsed.program] : []
    })
}
