// How wrangler is called: with a script in its place that says how it was.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWrangler, jsonOf, saidBy } from '../../src/cli/wrangler.ts'
import { newFolder, removeFolder } from '../support/server.ts'

const SCRIPT = `
const { appendFileSync, readFileSync, statSync } = require('node:fs')
const words = process.argv.slice(2)
const file = words[words.indexOf('--secrets-file') + 1]
const secrets = words.includes('--secrets-file')
  ? { file, mode: (statSync(file).mode & 0o777).toString(8), text: readFileSync(file, 'utf8') }
  : null
appendFileSync(process.env.WRANGLER_OUTPUT_FILE_PATH, JSON.stringify({ type: 'deploy', words, secrets, env: process.env }) + '\\n')
console.log('\\u001b[32mdone\\u001b[0m')
console.error('\\u001b[31m✘ [ERROR]\\u001b[0m not so')
process.exitCode = words.includes('fail') ? 3 : 0
`

const root = newFolder()
beforeAll(() => {
  const bin = join(root, 'node_modules/wrangler/bin/wrangler.js')
  mkdirSync(dirname(bin), { recursive: true })
  writeFileSync(bin, SCRIPT)
})
afterAll(() => removeFolder(root))

const wrangler = createWrangler(root, {
  PATH: process.env.PATH,
  CLOUDFLARE_API_TOKEN: 'cf',
  STRIPE_SECRET_KEY: 'sk_test_of_this_machine',
})

test('secrets go by a file that only this user can read, and is gone afterwards', async () => {
  const { reported } = await wrangler(['deploy'], { secrets: { STRIPE_SECRET_KEY: 'sk_test_x' } })
  const secrets = reported[0]?.secrets
  expect(secrets).toMatchObject({ mode: '600', text: '{"STRIPE_SECRET_KEY":"sk_test_x"}' })
  expect(JSON.stringify(reported[0]?.words)).not.toContain('sk_test_x')
  const { file } = secrets as { file: string }
  expect([existsSync(file), existsSync(dirname(file))]).toEqual([false, false])
})

test('wrangler hears nothing of the Worker’s variables, and is told in whose account it works', async () => {
  const { reported } = await wrangler(['d1', 'list'], { accountId: 'acc1' })
  expect(reported[0]?.env).toMatchObject({ CLOUDFLARE_API_TOKEN: 'cf', CLOUDFLARE_ACCOUNT_ID: 'acc1' })
  expect(reported[0]?.env).not.toHaveProperty('STRIPE_SECRET_KEY')
})

test('what it says comes without colours, and its exit code with it', async () => {
  const answer = await wrangler(['fail'])
  expect(answer).toMatchObject({ code: 3, out: 'done\n', err: '✘ [ERROR] not so\n' })
  expect(saidBy(answer)).toBe('not so')
})

test('where it is not installed, that is said', async () => {
  await expect(createWrangler(join(root, 'none'), {})(['whoami'])).rejects.toThrow('wrangler is not installed here')
})

test('its JSON is found after whatever it said before', () => {
  expect(jsonOf({ out: 'Getting User settings...\n{"loggedIn":false}\n' })).toEqual({ loggedIn: false })
  expect(jsonOf({ out: 'no [JSON] at all' })).toBeUndefined()
  expect(jsonOf({ out: '[broken' })).toBeUndefined()
})
