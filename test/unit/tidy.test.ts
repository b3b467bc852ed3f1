// Holds the repository to its layout and habits, and each rule to refusing what it is there to refuse.
import { describe, expect, test } from 'vitest'
import { readRepository } from '../support/repository-files.ts'
import { findViolations, RULES, type RuleName, type SourceFile } from '../support/tidy.ts'

const ruleNames = Object.keys(RULES) as RuleName[]

describe('the repository', () => {
  const files = readRepository()
  const violations = findViolations(files)

  test('is read, sources and all', () => {
    const paths = files.map(({ path }) => path)
    expect(paths).toContain('package.json')
    expect(paths).toContain('test/support/tidy.ts')
    expect(paths.filter((path) => path.includes('node_modules'))).toEqual([])
  })

  test.each(ruleNames)('%s', (name) => {
    const offences = violations.filter(({ rule }) => rule === name)
    expect(offences.map(({ path, line, what }) => `${path}:${line} ${what}`)).toEqual([])
  })
})

const file = (path: string, text = ''): SourceFile => ({ path, text })
const hosts = [
  file('src/node.ts'),
  file('src/node-thread.ts'),
  file('src/node-lookahead.ts'),
  file('src/worker.ts'),
  file('src/cli.ts'),
]
// Put together here, so that this file does not break the rules it tests.
const leftover = `TO${'DO'}`
const machineFolder = `/${'home'}/someone/regulars`
const registry = `https://registry.${'example'}.com/zod`

/** For each rule, trees that it refuses: each entry is one tree with one offence. */
const refused: Record<RuleName, SourceFile[][]> = {
  'src/core imports only itself, temporal-polyfill and types of src/program': [
    [file('src/core/a.ts', `import { schema } from '../program/schema.ts'`)],
    [file('src/core/a.ts', `import { type Program } from '../program/schema.ts'`)],
    [file('src/core/a.ts', `import type { Member } from '../app/ports.ts'`)],
    [file('src/core/a.ts', `import { readFileSync } from 'node:fs'`)],
    [file('src/core/a.ts', `import { z } from 'zod'`)],
    [file('src/core/a.ts', `export { issueReward } from '../app/issue-reward.ts'`)],
    [file('src/core/a.ts', `export type Port = import('../app/ports.ts').Port`)],
    [file('src/core/a.ts', 'export const load = (name: string) => import(name)')],
  ],
  'src/retention imports only itself, src/core, temporal-polyfill, its maths and types of src/program': [
    [file('src/retention/fit.ts', `import { now } from '../app/ports.ts'`)],
    [file('src/retention/fit.ts', `import { cpus } from 'node:os'`)],
    [file('src/retention/fit.ts', `import numeric from 'numeric'`)],
  ],
  'src/program imports only itself, zod, temporal-polyfill and types of src/core': [
    [file('src/program/schema.ts', `import { decide } from '../core/decide.ts'`)],
    [file('src/program/schema.ts', `import { Hono } from 'hono'`)],
  ],
  'src/app imports only itself, src/core, src/program, src/retention and temporal-polyfill': [
    [file('src/app/record-payment.ts', `import type { Rows } from '../store/rows.ts'`)],
    [file('src/app/record-payment.ts', `import type { Context } from 'hono'`)],
    [file('src/app/record-payment.ts', `import type Stripe from 'stripe'`)],
  ],
  'src/store imports only itself, src/core, src/program, the ports of src/app and modules of Node': [
    [file('src/store/store.ts', `import { recordPayment } from '../app/record-payment.ts'`)],
    [file('src/store/store.ts', `import { low } from 'lowdb'`)],
    [file('src/store/store.ts', `import { D1Database } from '@cloudflare/workers-types'`)],
  ],
  'src/http imports only itself, src/app, src/core, src/program, hono and zod': [
    [file('src/http/create-app.ts', `import type { Store } from '../store/store.ts'`)],
    [file('src/http/create-app.ts', `import { serve } from '@hono/node-server'`)],
  ],
  'src/cli imports only itself, src/compose, src/app and what lies below it': [
    [file('src/cli/verify.ts', `import type { Store } from '../store/store.ts'`)],
    [file('src/cli/verify.ts', `import Stripe from 'stripe'`)],
  ],
  'an integration imports only itself, the ports of src/app, src/core, src/program, hono, zod and its vendor': [
    [file('integrations/stripe/verify.ts', `import { open } from '../../src/store/store.ts'`)],
    [file('integrations/stripe/verify.ts', `import { createApp } from '../../src/http/create-app.ts'`)],
    [file('integrations/stripe/verify.ts', `import { post } from '../slack/post.ts'`)],
    [file('integrations/stripe/verify.ts', `import { App } from '@slack/bolt'`)],
    [file('integrations/stripe/verify.ts', `import { recordPayment } from '../../src/app/record-payment.ts'`)],
    [file('integrations/sandbox/doubles/stripe.ts', `import { verify } from '../../stripe/verify.ts'`)],
  ],
  'every folder of src is one that the layout knows': [[file('src/utils/text.ts')]],
  'only src/compose.ts joins integrations to the rest, and only it and the hosts know the store and http': [
    [file('src/node.ts', `import { stripe } from '../integrations/stripe/stripe.ts'`)],
    [file('src/logger.ts', `import { open } from './store/store.ts'`)],
  ],
  'only src/node.ts loads the sandbox, and only when it is wanted': [
    [file('src/node.ts', `import { sandbox } from '../integrations/sandbox/sandbox.ts'`)],
    [file('src/worker.ts', `export const load = () => import('../integrations/sandbox/sandbox.ts')`)],
    [file('src/compose.ts', `import { sandbox } from '../integrations/sandbox/sandbox.ts'`)],
  ],
  'only the hosts read the environment and the command line': [
    [file('src/compose.ts', 'export const port = process.env.PORT')],
    [file('src/cli/verify.ts', 'export const month = process.argv[2]')],
    [file('src/compose.ts', 'export const { env } = process')],
    [file('src/compose.ts', `import { env } from 'node:process'`)],
  ],
  'only the hosts take the time or draw lots': [
    [file('src/core/a.ts', 'export const now = Date.now()')],
    [file('src/app/a.ts', 'export const now = new Date()')],
    [file('src/app/a.ts', 'export const id = crypto.randomUUID()')],
    [file('integrations/slack/a.ts', 'export const today = Temporal.Now.instant()')],
  ],
  'only the hosts, the command line and the bench write to the console': [
    [file('src/app/a.ts', `console.log('here')`)],
    [file('test/unit/a.test.ts', `console.error('here')`)],
  ],
  'no type is any': [[file('src/core/a.ts', 'export const a = (b: any) => b')]],
  'no enum stands where a union would do': [[file('src/core/a.ts', 'export enum Tier { Gold }')]],
  'no leftover is marked for later': [
    [file('src/core/a.ts', `// ${leftover}: later`)],
    [file('src/store/migrations/0001-books.sql', `-- ${leftover} an index`)],
  ],
  'no file of the product is dead': [
    [...hosts, file('src/core/a.ts')],
    [...hosts, file('src/core/a.ts'), file('test/unit/a.test.ts', `import '../../src/core/a.ts'`)],
    [...hosts, file('integrations/sandbox/doubles/stripe.ts')],
  ],
  'every file and folder is in kebab-case': [
    [file('src/core/earnPoints.ts')],
    [file('src/core/earn_points.ts')],
    [file('test/Unit/a.test.ts')],
  ],
  'no file names a folder of one machine': [
    [file('README.md', `Open ${machineFolder}.`)],
    [file('src/node.ts', `export const path = '${machineFolder}'`)],
  ],
  'no file names a package registry': [
    [file('README.md', `From ${registry}`)],
    [file('.npmrc', `fund=false\nregis${'try'}=whatever`)],
  ],
  'every install script is approved and the lock names no download address': [
    [file('package-lock.json', '{"packages":{"node_modules/a":{"hasInstallScript":true}}}')],
    [file('package-lock.json', `{"packages":{"node_modules/a":{"resolved":"https://${'example'}.com/a.tgz"}}}`)],
  ],
}

describe.each(ruleNames)('the rule that %s', (name) => {
  test.each(refused[name].map((files) => ({ files, ...files.at(-1) })))('refuses $path: $text', ({ files }) => {
    const offences = findViolations(files).filter(({ rule }) => rule === name)
    expect(offences).toHaveLength(1)
  })
})

test('no rule refuses a tree that keeps them all', () => {
  const tree = [
    file('package.json', '{"allowScripts":{"a":true}}'),
    file('package-lock.json', '{"packages":{"node_modules/a":{"hasInstallScript":true}}}'),
    file('wrangler.toml', '[alias]\n"raw-body" = "./src/worker-stubs/raw-body.ts"'),
    file('src/worker-stubs/raw-body.ts'),
    file('README.md', 'Ask https://example.com/home/page, ./tmp/file or src/work/; the currency XTS is for tests.'),
    file(
      'src/core/decide.ts',
      `import type { Program } from '../program/schema.ts'\nimport { Temporal } from 'temporal-polyfill'`,
    ),
    file('src/program/schema.ts', `import { z } from 'zod/v4'`),
    file('src/retention/fit.ts', `import 'fmin'\nimport gammaln from '@stdlib/math-base-special-gammaln'`),
    file('src/app/ports.ts', `import { decide } from '../core/decide.ts'`),
    file('src/app/record-payment.ts', `export const at = new Date(0) // not ${'Date'}.now()`),
    file(
      'src/store/node-driver.ts',
      `import { DatabaseSync } from 'node:sqlite'\nimport type { Port } from '../app/ports.ts'`,
    ),
    file('src/store/d1-driver.ts', `import type { D1Database } from '@cloudflare/workers-types'`),
    file('src/http/create-app.ts', `import { html } from 'hono/html'\nimport '../app/record-payment.ts'`),
    file('src/compose.ts', `import '../integrations/stripe/webhook.ts'\nimport './http/create-app.ts'`),
    file('src/cli/verify.ts', `import { compose } from '../compose.ts'\nconsole.log(compose)`),
    file(
      'src/node.ts',
      `import './store/node-driver.ts'\nexport const s = () => import('../integrations/sandbox/main.ts')`,
    ),
    file('src/worker.ts', `import './store/d1-driver.ts'`),
    file('src/cli.ts', 'export const load = (path: string) => import(path)\nprocess.argv'),
    file(
      'integrations/stripe/webhook.ts',
      `import Stripe from 'stripe'\nimport type { Use } from '../../src/app/record-payment.ts'`,
    ),
    file('integrations/sandbox/main.ts', `import './doubles/stripe.ts'\nimport { Low } from 'lowdb'`),
    file('integrations/sandbox/doubles/stripe.ts', `import { Hono } from 'hono'`),
  ]
  expect(findViolations(tree)).toEqual([])
})
