// Words in real workerd, whose ICU lacks some of our languages: people read there what they read on Node.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestHarness, type TestHarness } from 'wrangler'
import { LANGUAGES } from '../../src/words/languages.ts'
import { sayEverything } from '../support/words-said.ts'

const STARTS_WITHIN_MS = 60_000
const SAID = fileURLToPath(new URL('../support/words-said.ts', import.meta.url))
const WORKER = `
import { known, sayEverything } from ${JSON.stringify(SAID)}
export default {
  fetch: (request) => {
    const language = new URL(request.url).pathname.slice(1)
    return Response.json({ isKnown: known(language), said: sayEverything(language) })
  },
}`
const SETTINGS = `
name = "words"
main = "worker.ts"
compatibility_date = "2026-10-01"
compatibility_flags = ["nodejs_compat"]
`

let folder: string
let worker: TestHarness
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'words-'))
  await writeFile(join(folder, 'worker.ts'), WORKER)
  await writeFile(join(folder, 'wrangler.toml'), SETTINGS)
  worker = createTestHarness({ root: folder, workers: [{ configPath: './wrangler.toml' }] })
  await worker.listen()
}, STARTS_WITHIN_MS)
afterAll(async () => {
  await worker.close()
  await rm(folder, { recursive: true })
})

const ask = async (language: string) =>
  (await (await worker.fetch(`/${language}`)).json()) as { isKnown: boolean; said: string[] }

it.each(LANGUAGES)('%s reads on a Worker as it does on Node', async (language) => {
  const { said } = await ask(language)
  expect(said.length).toBeGreaterThan(60)
  expect(said).toEqual(sayEverything(language))
})

it('needs its catalogue for Armenian and Azerbaijani, which the Worker’s Intl does not know', async () => {
  // Should a new workerd know them, nothing is wrong: then this says that catalogues need no longer.
  const known = await Promise.all(LANGUAGES.map(async (language) => [language, (await ask(language)).isKnown]))
  expect(Object.fromEntries(known)).toEqual({ en: true, am: true, hy: false, az: false, sw: true })
})
