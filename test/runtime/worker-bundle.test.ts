// What goes to Cloudflare: the product, and nothing that only plays the vendors.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'

const SLOW_MS = 120_000
const wrangler = new URL('../../node_modules/wrangler/bin/wrangler.js', import.meta.url).pathname
const folder = mkdtempSync(join(tmpdir(), 'regulars-bundle-'))
let files: string[] = []
let inputs: Record<string, { imports: { path: string; kind: string; external?: boolean }[] }> = {}

beforeAll(() => {
  const words = ['deploy', '--dry-run', '--outdir', folder, '--metafile']
  execFileSync(process.execPath, [wrangler, ...words], { env: { ...process.env, WRANGLER_SEND_METRICS: 'false' } })
  inputs = JSON.parse(readFileSync(join(folder, 'bundle-meta.json'), 'utf8')).inputs
  files = Object.keys(inputs)
}, SLOW_MS)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the Worker’s bundle holds the use cases and what calls the vendors', () => {
  for (const part of ['src/app/use-cases.ts', 'integrations/slack/bolt.ts', 'integrations/hubspot/client.ts'])
    expect(files.some((file) => file.endsWith(part))).toBe(true)
})

test.each([
  'node_modules/msw/',
  'node_modules/lowdb/',
  'integrations/sandbox/',
  'node_modules/react',
  'src/cli/',
  'test/',
  // What Bolt's own receivers and its installer would bring along.
  'node_modules/express/',
  'node_modules/body-parser/',
  'node_modules/undici/',
  'node_modules/iconv-lite/',
  'node_modules/mime-db/',
  'node_modules/raw-body/',
  'node_modules/@slack/oauth/',
  'node_modules/@slack/socket-mode/',
  'node_modules/jsonwebtoken/',
  'node_modules/zod/v4/locales/index',
])('the Worker’s bundle holds nothing of %s', (part) => {
  expect(files.filter((file) => file.includes(part) && !file.includes('fast-check'))).toEqual([])
})

const GOAL_BYTES = 1_000_000

test('the Worker’s bundle is below a megabyte, compressed', () => {
  expect(gzipSync(readFileSync(join(folder, 'worker.js'))).length).toBeLessThan(GOAL_BYTES)
})

test('of zod’s languages the Worker’s bundle has English', () => {
  const languages = files.filter((file) => file.includes('node_modules/zod/v4/locales/'))
  expect(languages.map((file) => file.split('/').at(-1))).toEqual(['en.js'])
})

test('what stands in for a package stands in for that one alone', () => {
  const importers = files.flatMap((file) =>
    (inputs[file]?.imports ?? [])
      .filter(({ path }) => path.includes('src/worker-stubs/'))
      .map(({ path }) => `${path.split('/').at(-1)} in ${/node_modules\/(.*)/.exec(file)?.[1] ?? file}`),
  )
  expect([...new Set(importers)].sort()).toEqual([
    'raw-body.ts in @slack/bolt/dist/receivers/HTTPModuleFunctions.js',
    'slack-oauth.ts in @slack/bolt/dist/index.js',
    'slack-receiver.ts in @slack/bolt/dist/App.js',
    'slack-receiver.ts in @slack/bolt/dist/index.js',
    'zod-locales.ts in zod/v4/classic/external.js',
    'zod-locales.ts in zod/v4/core/index.js',
  ])
})

/** What is evaluated with a module: all that it imports, but what it loads when it comes to need it. */
function evaluatedWith(entry: string): string[] {
  const seen = new Set(files.filter((file) => file.endsWith(entry)))
  for (const file of seen)
    for (const { path, kind, external } of inputs[file]?.imports ?? [])
      if (kind !== 'dynamic-import' && !external) seen.add(path)
  return [...seen]
}

const LATE = [
  'node_modules/@slack/',
  'node_modules/@hubspot/',
  'node_modules/stripe/',
  'node_modules/intl-messageformat/',
  'integrations/slack/',
  'integrations/hubspot/',
  'src/words/',
  'src/http/api/',
  'src/http/pages/',
  'zod-openapi/',
  'zod-to-openapi/',
]

// The second is what the first request puts together.
test.each(['src/worker.ts', 'src/http/create-late-app.ts'])(
  '%s evaluates nothing that a webhook does not need',
  (entry) => {
    const evaluated = evaluatedWith(entry)
    expect(evaluated).toContain(entry)
    expect(evaluated.filter((file) => LATE.some((part) => file.includes(part)))).toEqual([])
  },
)
