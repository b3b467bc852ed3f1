// In the place of `../presets.ts` where tests run in workerd, which has no disk to list them from.
import { parseProgramText } from '../../../src/program/parse.ts'
import { formatProblems } from '../../../src/program/problems.ts'
import type { Program } from '../../../src/program/schema.ts'

const TEXTS = import.meta.glob<string>('../../../src/program/presets/*.json', {
  query: '?raw',
  import: 'default',
  eager: true,
})

const nameOf = (path: string): string => path.replace(/^.*\/(.+)\.json$/, '$1')
const texts = new Map(Object.entries(TEXTS).map(([path, text]) => [nameOf(path), text]))

export const PRESETS = [...texts.keys()].sort()

export function presetText(name: string): string {
  const text = texts.get(name)
  if (text === undefined) throw new Error(`no preset ${name}`)
  return text
}

export function preset(name: string): Program {
  const parsed = parseProgramText(presetText(name))
  if (!parsed.ok) throw new Error(formatProblems(parsed.problems))
  return parsed.program
}
