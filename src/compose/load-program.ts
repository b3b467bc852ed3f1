// The program's file on a machine; the Worker has its program bundled instead.
import { readFileSync } from 'node:fs'
import { type ReadProgram, readProgram } from './read-program.ts'

/** Reads the file; what is wrong with it, or that it is not there, comes as words to print. */
export function loadProgram(file: string): ReadProgram {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return { ok: false, problems: `There is no program at ${file}. Make one with: npx regulars init` }
  }
  const read = readProgram(text)
  return read.ok ? read : { ok: false, problems: `The program in ${file} is not right:\n${read.problems}` }
}
