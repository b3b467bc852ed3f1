import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseProgramText } from '../../src/program/parse.ts'
import { formatProblems } from '../../src/program/problems.ts'

const LEAST = { name: 'Corner Club', currency: 'usd' }

describe('what is no JSON is told with line and column', () => {
  test.each([
    ['', 'line 1, column 1: the file ends too early: a value is missing'],
    ['{"name": "x",\n "currency": "usd"', 'line 2, column 19: the file ends too early: a "," or "}" is missing'],
    ['{\n  "name": "x",\n}', 'line 3, column 1: no "," may stand before "}"'],
    ['[1,]', 'line 1, column 4: no "," may stand before "]"'],
    ['{"name": "x" "currency": "usd"}', 'line 1, column 14: a "," or "}" must stand here, not "currency"'],
    ['{"name" "x"}', 'line 1, column 9: a ":" must stand here, not "x"'],
    ['{\n  // the name\n  "name": "x"}', 'line 2, column 3: comments are not possible in JSON'],
    ["{'name': 1}", 'line 1, column 2: texts and names stand in double quotes'],
    ['{name: 1}', 'line 1, column 2: a field’s name in double quotes or "}" must stand here'],
    ['{"a": 01}', 'line 1, column 7: a value must stand here'],
    ['{"a": "x\ny"}', 'line 1, column 7: a text that does not end on its line, or has a wrong "\\" in it'],
    ['{} {}', 'line 1, column 4: the program ends before this: nothing may follow it'],
    ['{"name": "x", "name": "y"}', 'line 1, column 15: the field "name" is written twice'],
    [' '.repeat(1_000_001), 'the file is longer than 1000000 characters'],
  ])('%j', (text, message) => {
    expect(parseProgramText(text)).toEqual({ ok: false, problems: [{ path: '', value: undefined, message }] })
  })

  test('a byte order mark is no mistake', () => {
    expect(parseProgramText(`\uFEFF${JSON.stringify(LEAST)}`).ok).toBe(true)
  })

  test('nor is anything that JSON.parse takes, and nothing else is right', () => {
    const parses = (text: string): boolean => {
      try {
        JSON.parse(text)
        return true
      } catch {
        return false
      }
    }
    const texts = fc.oneof(
      fc.json(),
      fc
        .array(fc.constantFrom('{', '}', '[', ']', ',', ':', '"a"', '"b"', '1', '-1.5e3', '01', 'null', ' ', 'x'))
        .map((all) => all.join('')),
      fc
        .tuple(fc.json(), fc.nat(), fc.string({ maxLength: 2 }))
        .map(([text, at, put]) => text.slice(0, at % text.length) + put + text.slice(at % text.length)),
    )
    fc.assert(
      fc.property(texts, (text) => {
        const told = parseProgramText(text)
        const message = told.ok ? '' : formatProblems(told.problems)
        if (/written twice/.test(message)) return
        expect(/^line \d+, column \d+: /.test(message)).toBe(!parses(text))
      }),
      { numRuns: 2_000 },
    )
  })
})
