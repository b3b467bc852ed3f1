import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { programJsonSchema } from '../../src/program/json-schema.ts'
import { parseProgramText } from '../../src/program/parse.ts'
import { unsupported } from '../../src/program/supported.ts'

const file = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')

describe('program.schema.json', () => {
  test('is what the schema in code gives: node src/program/json-schema.ts > program.schema.json', () => {
    expect(file('program.schema.json')).toBe(programJsonSchema())
  })

  test('describes every field to whoever writes a program', () => {
    const undescribed: string[] = []
    const walk = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return
      const properties: unknown = Reflect.get(node, 'properties')
      if (typeof properties === 'object' && properties !== null) {
        for (const [name, field] of Object.entries(properties)) {
          // An id, a kind and a percentage explain themselves; a $ref brings its own words.
          const explains = 'description' in field || '$ref' in field || 'const' in field || name === 'id'
          if (!explains) undescribed.push(`${path}.${name}`)
        }
      }
      for (const [key, inner] of Object.entries(node)) walk(inner, `${path}.${key}`)
    }
    walk(JSON.parse(programJsonSchema()), '')
    expect(undescribed).toEqual([])
  })
})

describe('program.json', () => {
  test('is a program the engine can run', () => {
    const parsed = parseProgramText(file('program.json'))
    expect(parsed).toMatchObject({ ok: true, program: { name: 'Corner Club', currency: 'usd' } })
    if (parsed.ok) expect(unsupported(parsed.program)).toEqual([])
  })

  test('is valid by the JSON Schema, and a slip in it is not', () => {
    const schema = z.fromJSONSchema(JSON.parse(file('program.schema.json')))
    const program = JSON.parse(file('program.json'))
    expect(schema.safeParse(program).error).toBeUndefined()
    expect(schema.safeParse({ ...program, tires: null }).success).toBe(false)
    expect(schema.safeParse({ ...program, earning: [{ id: 'p', on: 'purchse' }] }).success).toBe(false)
  })
})
