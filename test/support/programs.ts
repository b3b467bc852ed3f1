// Programs for tests: the least that is valid, with what a test is about on top.
import { parseProgram } from '../../src/program/parse.ts'
import type { Program, ProgramInput } from '../../src/program/schema.ts'

export const plain: ProgramInput = {
  name: 'Test Club',
  currency: 'usd',
  timezone: 'UTC',
  earning: [{ id: 'purchase', on: 'purchase' }],
}

export function makeProgram(over: Partial<ProgramInput> = {}): Program {
  const parsed = parseProgram({ ...plain, ...over })
  if (!parsed.ok) throw new Error(parsed.problems.map(({ path, message }) => `${path} ${message}`).join('\n'))
  return parsed.program
}

export const levels = (
  ...list: [id: string, threshold: number, over?: object][]
): NonNullable<ProgramInput['tiers']>['levels'] =>
  list.map(([id, threshold, over]) => ({ id, name: id[0]?.toUpperCase() + id.slice(1), threshold, ...over }))
