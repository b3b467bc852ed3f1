// The eight programs to begin with: each valid, each run whole by the engine, each honest about what it is.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { programJsonSchema } from '../../src/program/json-schema.ts'
import { unsupported } from '../../src/program/supported.ts'
import { runInMemory } from '../support/cli-context.ts'
import { PRESETS, preset, presetText } from '../support/presets.ts'

const NAMES = [
  'beauty-insider',
  'dsw-vip',
  'plenti',
  'prime',
  'starbucks-rewards',
  'tarte',
  'toms-passport',
  'xplr-pass',
]

test('there are eight', () => {
  expect(PRESETS.toSorted()).toEqual(NAMES)
})

describe.each(NAMES)('%s', (name) => {
  test('is valid, and by the JSON Schema too', () => {
    expect(preset(name).name).not.toBe('')
    const schema = z.fromJSONSchema(JSON.parse(programJsonSchema()))
    expect(schema.safeParse(JSON.parse(presetText(name))).error).toBeUndefined()
    expect(JSON.parse(presetText(name))).toMatchObject({ $schema: './program.schema.json' })
  })

  test('is run whole by the engine', () => {
    expect(unsupported(preset(name))).toEqual([])
  })

  test('says on which public description and date it is modelled, and that it is not the brand’s', () => {
    const { basedOn } = preset(name)
    expect(basedOn).toMatch(/^Modelled on public descriptions of .+ \d{4}/)
    expect(basedOn).toMatch(/It is not .+’/)
    expect(basedOn).toMatch(/no part in it/)
  })
})

describe('init --preset', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'regulars-presets-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  const file = () => join(folder, 'program.json')
  const run = (...words: string[]) => runInMemory(words, { settings: { programFile: file() } })

  test.each(NAMES)('writes %s out as it is, and says that its ids are placeholders', async (name) => {
    const { code, out } = await run('init', '--preset', name)
    expect([code, out]).toEqual([0, expect.stringContaining('stand for your own at Stripe')])
    expect(readFileSync(file(), 'utf8')).toBe(presetText(name))
  })

  test('writes over no program unless forced', async () => {
    writeFileSync(file(), '{}')
    expect((await run('init', '--preset', 'prime')).code).toBe(1)
    expect(readFileSync(file(), 'utf8')).toBe('{}')
    expect((await run('init', '--preset', 'prime', '--force')).code).toBe(0)
    expect(readFileSync(file(), 'utf8')).toBe(presetText('prime'))
  })

  test('lists them in its help, and guesses what was meant', async () => {
    expect((await run('init', '--help')).out).toContain(NAMES.join(', '))
    const { code, err } = await run('init', '--preset', 'beuty-insider')
    expect([code, err]).toEqual([2, expect.stringContaining('did you mean "beauty-insider"?')])
  })

  test('does not leave its folder', async () => {
    expect((await run('init', '--preset', '../../../package')).code).toBe(2)
  })
})
