// The presets as tests run them.
import { readdirSync, readFileSync } from 'node:fs'
import { parseProgramText } from '../../src/program/parse.ts'
import { formatProblems } from '../../src/program/problems.ts'
import type { Program } from '../../src/program/schema.ts'

const FOLDER = new URL('../../src/program/presets/', import.meta.url)

export const PRESETS = readdirSync(FOLDER).map((name) => name.replace(/\.json$/, ''))

export const presetText = (name: string): string => readFileSync(new URL(`${name}.json`, FOLDER), 'utf8')

export function preset(name: string): Program {
  const parsed = parseProgramText(presetText(name))
  if (!parsed.ok) throw new Error(formatProblems(parsed.problems))
  return parsed.program
}
