// From whatever stands in program.json to a program the rules can work with, or to all that is wrong with it.
import type * as z from 'zod'
import { checkMoney } from './check-money.ts'
import { checkReferences } from './check-references.ts'
import { checkRules } from './check-rules.ts'
import { inspectJson } from './json-text.ts'
import { readParts } from './parts.ts'
import { formatPath, type Path, type ProgramProblem, valueAt } from './problems.ts'
import { type Program, programSchema } from './schema.ts'

export type ParsedProgram = { ok: true; program: Program } | { ok: false; problems: ProgramProblem[] }

/** No more problems are told at once: whoever made more has another file in hand. */
const PROBLEMS_LIMIT = 200

/**
 * Parses what `program.json` holds. Never throws, and tells all problems at once: first what is malformed, then what
 * does not fit together.
 */
export function parseProgram(input: unknown): ParsedProgram {
  const parsed = programSchema.safeParse(input)
  const problems = collector(input)
  if (!parsed.success) for (const issue of parsed.error.issues) addIssue(issue, problems.add)
  if (isObject(input)) {
    const parts = parsed.success ? parsed.data : readParts(input)
    checkReferences(input, parts, problems.add)
    checkMoney(parts, problems.add)
    checkRules(parts, problems.add)
  }
  const found = problems.all()
  if (!parsed.success || found.length > 0) return { ok: false, problems: found }
  const { $schema: _, ...program } = parsed.data
  return { ok: true, program }
}

/** As {@link parseProgram}, from the file's text: what is no JSON is told with line and column. */
export function parseProgramText(text: string): ParsedProgram {
  const found = inspectJson(text)
  if (!found.ok) return { ok: false, problems: [{ path: '', value: undefined, message: found.message }] }
  return parseProgram(found.value)
}

const isObject = (input: unknown): input is Record<string, unknown> =>
  typeof input === 'object' && input !== null && !Array.isArray(input)

function addIssue(issue: z.core.$ZodIssue, add: (path: Path, message: string) => void): void {
  if (issue.code !== 'unrecognized_keys') {
    add(issue.path, issue.message)
    return
  }
  // scalars.ts says one line for each of the keys, in their order.
  const messages = issue.message.split('\n')
  issue.keys.forEach((key, index) => {
    add([...issue.path, key], messages[index] ?? issue.message)
  })
}

function collector(input: unknown) {
  const found = new Map<string, ProgramProblem>()
  return {
    add(path: Path, message: string): void {
      const written = formatPath(path)
      // The first that is said of a place is the plainest; what follows from it would only confuse.
      if (!found.has(written) && found.size < PROBLEMS_LIMIT) {
        found.set(written, { path: written, value: valueAt(input, path), message })
      }
    },
    all: (): ProgramProblem[] => [...found.values()],
  }
}
