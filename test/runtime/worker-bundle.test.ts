// What goes to Cloudflare: the product, and nothing that only plays the vendors.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const SLOW_MS = 120_000
const wrangler = new URL('../../node_modules/wrangler/bin/wrangler.js', import.meta.url).pathname
const folder = mkdtempSync(join(tmpdir(), 'regulars-bundle-'))
let files: string[] = []

beforeAll(() => {
  const words = ['deploy', '--dry-run', '--outdir', folder, '--metafile']
  execFileSync(process.execPath, [wrangler, ...words], { env: { ...process.env, WRANGLER_SEND_METRICS: 'false' } })
  const { inputs } = JSON.parse(readFileSync(join(folder, 'bundle-meta.json'), 'utf8')) as { inputs: object }
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
])('the Worker’s bundle holds nothing of %s', (part) => {
  expect(files.filter((file) => file.includes(part) && !file.includes('fast-check'))).toEqual([])
})
