// A program to begin with: the default, and the schema by which editors complete and check it.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { programJsonSchema } from '../program/json-schema.ts'
import { didYouMean } from '../program/suggest.ts'
import { type Context, defineCommand } from './command.ts'
import { Failure, UsageError } from './failures.ts'
import { settingsOf } from './settings.ts'

// Not the program.json beside package.json: that one is the merchant's to change.
const DEFAULT_PROGRAM = new URL('./default-program.json', import.meta.url)
const PRESETS = new URL('../program/presets/', import.meta.url)
const SCHEMA_NAME = 'program.schema.json'

export const command = defineCommand({
  name: 'init',
  summary: 'Writes a program to begin with, and its schema for editors',
  options: {
    preset: { value: 'NAME', about: 'begin with one of the presets instead of the default' },
    force: { about: 'write over a program that is there' },
  },
  examples: ['init', 'init --force'],
  async run(asked, context) {
    const { programFile } = settingsOf(context)
    const text = readFileSync(sourceOf(asked.text('preset')), 'utf8')
    await write(context, programFile, text, asked.flag('force'))
    return 0
  },
})

function sourceOf(preset: string | undefined): URL {
  if (preset === undefined) return DEFAULT_PROGRAM
  const names = existsSync(PRESETS)
    ? readdirSync(PRESETS).flatMap((name) => (name.endsWith('.json') ? [name.slice(0, -'.json'.length)] : []))
    : []
  if (names.includes(preset)) return new URL(`${preset}.json`, PRESETS)
  if (names.length === 0) {
    throw new UsageError('there are no presets in this version yet: leave --preset out for the default program')
  }
  throw new UsageError(`there is no preset "${preset}"${didYouMean(preset, names)} There is ${names.join(', ')}`)
}

async function write({ stdout }: Context, file: string, text: string, force: boolean): Promise<void> {
  const schemaFile = join(dirname(file), SCHEMA_NAME)
  await mkdir(dirname(file), { recursive: true })
  try {
    await writeFile(file, text, { flag: force ? 'w' : 'wx' })
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST'
    if (exists) throw new Failure(`${file} is there already. --force writes over it.`)
    throw error
  }
  await writeFile(schemaFile, programJsonSchema())
  await stdout.line(`Wrote ${file} and ${schemaFile}.`)
  await stdout.line('Change it to your liking, then: npx regulars program check')
}
