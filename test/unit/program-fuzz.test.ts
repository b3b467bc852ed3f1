import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseProgram } from '../../src/program/parse.ts'
import { formatProblems } from '../../src/program/problems.ts'
import { programSchema } from '../../src/program/schema.ts'

const LEAST = { name: 'Corner Club', currency: 'usd' }

const leaf = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom('gold', 'purchase', 'points', 'usd', 0, 1, -1, 1e308),
)
const keys = fc.constantFrom(
  ...Object.keys(programSchema.shape),
  'id',
  'on',
  'levels',
  'kind',
  'award',
  'fulfil',
  'when',
  '__proto__',
  'constructor',
)
const { shape } = fc.letrec<{ shape: unknown }>((tie) => ({
  shape: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    leaf,
    fc.array(tie('shape'), { maxLength: 3 }),
    fc
      .array(fc.tuple(keys, tie('shape')), { maxLength: 6 })
      .map((pairs) =>
        JSON.parse(`{${pairs.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join()}}`),
      ),
  ),
}))

test('whatever JSON comes, the answer is a program or problems', () => {
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), shape), (input) => {
      const parsed = parseProgram(input)
      if (!parsed.ok) {
        expect(parsed.problems.length).toBeGreaterThan(0)
        expect(formatProblems(parsed.problems).split('\n')).toHaveLength(parsed.problems.length)
      }
    }),
    { numRuns: 2_000 },
  )
})

test('a section of any shape in a good program is accepted or told by its path', () => {
  fc.assert(
    fc.property(keys, shape, (key, value) => {
      const parsed = parseProgram(JSON.parse(JSON.stringify({ ...LEAST, [key]: value })))
      if (!parsed.ok) for (const { path } of parsed.problems) expect(path).not.toBe('')
    }),
    { numRuns: 2_000 },
  )
})
