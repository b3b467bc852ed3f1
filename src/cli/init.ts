// A program to begin with: the default, and the schema by which editors complete and check it.
import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { programJsonSchema } from '../program/json-schema.ts'
import { type Context, defineCommand } from './command.ts'
import { Failure } from './failures.ts'
import { presetFile, presetNames } from './presets.ts'
import { settingsOf } from './settings.ts'

// Not the program.json beside package.json: that one is the merchant's to change.
const DEFAULT_PROGRAM = new URL('./default-program.json', import.meta.url)
const SCHEMA_NAME = 'program.schema.json'

export const command = defineCommand({
  name: 'init',
  summary: 'Writes a program to begin with, and its schema for editors',
  about: [
    `Presets: ${presetNames().join(', ')}. Each says in "basedOn" what it is modelled on; none is the brand’s.`,
    'Ids such as prod_…, price_… and acct_… in a preset stand for your own at Stripe.',
  ],
  options: {
    preset: { value: 'NAME', about: 'begin with one of the presets instead of the default' },
    force: { about: 'write over a program that is there' },
  },
  examples: ['init', 'init --preset beauty-insider', 'init --force'],
  async run(asked, context) {
    const { programFile } = settingsOf(context)
    const preset = asked.text('preset')
    const text = readFileSync(preset === undefined ? DEFAULT_PROGRAM : presetFile(preset), 'utf8')
    await write(context, programFile, text, asked.flag('force'))
    if (preset !== undefined) await context.stdout.line('Ids such as prod_… in it stand for your own at Stripe.')
    await context.stdout.line('Change it to your liking, then: npx regulars program check')
    return 0
  },
})

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
}
