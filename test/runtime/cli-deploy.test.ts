// `regulars deploy` with the real wrangler: without a network, and against a Cloudflare of our own that keeps what it is told.
import { copyFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deployWorker, readToml } from '../../src/cli/deploy-steps.ts'
import { createWrangler, type Wrangler } from '../../src/cli/wrangler.ts'
import { listMigrations } from '../../src/store/migrate.ts'
import { runInMemory } from '../support/cli-context.ts'
import { runCliIn } from '../support/cli-process.ts'
import { ACCOUNT, type FakeCloudflare, startCloudflare } from '../support/cloudflare.ts'
import { newFolder, removeFolder } from '../support/server.ts'

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url))
/** wrangler starts a process for each command, on a machine that may have other work. */
const SLOW_MS = 120_000
// A dollar is no variable, and a quote ends nothing.
const SECRETS = { STRIPE_SECRET_KEY: 'sk_test_real$HOME"x', API_KEYS: 'shop:0123456789abcdef01234567:admin' }

const folder = newFolder()
const file = join(folder, '.env')
let cloud: FakeCloudflare
let wrangler: Wrangler
const argumentsSeen: string[] = []

beforeAll(async () => {
  // A checkout of its own, for wrangler.toml is written to.
  for (const name of ['src', 'integrations', 'node_modules', 'program.json', 'package.json', 'tsconfig.json'])
    symlinkSync(join(REPOSITORY, name), join(folder, name))
  copyFileSync(join(REPOSITORY, 'wrangler.toml'), join(folder, 'wrangler.toml'))
  writeFileSync(file, `STRIPE_SECRET_KEY='${SECRETS.STRIPE_SECRET_KEY}'\nAPI_KEYS=${SECRETS.API_KEYS}\nPORT=1\n`)
  cloud = await startCloudflare()
  const real = createWrangler(folder, {
    PATH: process.env.PATH,
    HOME: folder,
    // Which account it was is remembered: not beside the packages.
    WRANGLER_CACHE_DIR: join(folder, 'cache'),
    CLOUDFLARE_API_TOKEN: 'cf-token',
    CLOUDFLARE_API_BASE_URL: cloud.url,
  })
  wrangler = async (words, extras) => {
    const answer = await real(words, extras)
    // As wrangler itself says that it was called.
    argumentsSeen.push(
      ...answer.reported.flatMap(({ command_line_args: given }) => (Array.isArray(given) ? given : [])),
    )
    return answer
  }
})
afterAll(() => {
  cloud.stop()
  removeFolder(folder)
})

/** The Worker itself is not run here: what it answers is a matter of other tests. */
const answering: typeof fetch = async (given) => {
  const { pathname } = new URL(String(given))
  if (pathname === '/healthz') return Response.json({ status: 'alive' })
  if (pathname === '/readyz') return Response.json({ status: 'ready' })
  return Response.json({}, { status: pathname === '/stripe/webhook' ? 400 : 401 })
}

const deploy = (...words: string[]) =>
  runInMemory(['deploy', '--yes', ...words], {
    fetch: answering,
    deployment: { root: folder, wrangler, accountId: null },
  })

describe('deploying with wrangler', { timeout: SLOW_MS }, () => {
  test('a dry run builds the real bundle, tells its size and needs nobody logged in', async () => {
    const env = { HOME: folder, CLOUDFLARE_API_BASE_URL: 'http://127.0.0.1:9/nowhere' }
    const { code, out, err } = await runCliIn(folder, ['deploy', '--dry-run', '--env', file], env)
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/✓ Bundle: \d(?:\.\d)? MB, \d{3}(?:\.\d)? KB compressed/)
    expect(out).toContain('npx wrangler d1 migrations apply regulars --remote')
  })

  test('a first deployment makes database and queues, applies the migrations and sends code and secrets as one', async () => {
    const { code, out } = await deploy('--env', file)
    // The key of the file is not one that the made-up Worker takes.
    expect([code, out]).toEqual([1, expect.stringContaining('✗ API: does not take the key')])
    expect(out).toContain(`logged in as ada@example.org, account Corner Club (${ACCOUNT})`)
    expect(out).toContain('https://regulars.corner.workers.dev')
    const applied = cloud.database
      ?.prepare('SELECT name FROM d1_migrations ORDER BY id')
      .all()
      .map(({ name }) => name)
    expect(applied).toEqual(listMigrations().map(({ name }) => name))
    expect(cloud.queues).toEqual(['regulars-events', 'regulars-events-dead'])
    expect(cloud.consumers).toEqual(['regulars-events ← regulars', 'regulars-events-dead ← regulars'])
    expect(Object.fromEntries(cloud.secrets)).toEqual(SECRETS)
    expect(cloud.versions).toHaveLength(1)
    expect(cloud.calls.findLastIndex((call) => call.endsWith('/query'))).toBeLessThan(
      cloud.calls.findIndex((call) => call.startsWith('PUT /workers')),
    )
  })

  test('paused and without queues, the next version has the variable and no queue, and keeps its secrets', async () => {
    const read = readToml(folder)
    if (!read.ok) throw new Error(read.problem)
    const there = { databaseId: read.toml.database.id, missingQueues: [], secrets: Object.keys(SECRETS) }
    const { finding, deployed } = await deployWorker(
      { root: folder, wrangler, accountId: null },
      { toml: read.toml, there, withQueue: false, isPaused: true, secrets: null },
    )
    expect([finding.ok, deployed]).toEqual([true, { url: 'https://regulars.corner.workers.dev' }])
    const { bindings = [] } = cloud.versions[1] ?? {}
    expect(bindings).toContainEqual({ name: 'REGULARS_PAUSED', type: 'plain_text', text: '1' })
    expect(bindings).toContainEqual(expect.objectContaining({ name: 'DB', type: 'd1', id: read.toml.database.id }))
    expect(bindings.map(({ name }) => name)).not.toContain('EVENTS')
    expect(Object.fromEntries(cloud.secrets)).toEqual(SECRETS)
  })

  test('no secret was among the arguments', () => {
    expect(argumentsSeen).toContain('--secrets-file')
    for (const secret of ['sk_test_real', '0123456789abcdef01234567', 'cf-token'])
      expect(argumentsSeen.join(' ')).not.toContain(secret)
  })
})
