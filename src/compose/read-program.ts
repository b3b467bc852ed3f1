// From the text of program.json to a program that the engine can run, or to what is wrong with it, a line each.
import { parseProgramText } from '../program/parse.ts'
import { formatProblems } from '../program/problems.ts'
import type { Program } from '../program/schema.ts'
import { unsupported } from '../program/supported.ts'

export type ReadProgram = { ok: true; program: Program } | { ok: false; problems: string }

export function readProgram(text: string): ReadProgram {
  const parsed = parseProgramText(text)
  if (!parsed.ok) return { ok: false, problems: formatProblems(parsed.problems) }
  const missing = unsupported(parsed.program)
  return missing.length === 0 ? { ok: true, program: parsed.program } : { ok: false, problems: formatProblems(missing) }
}
