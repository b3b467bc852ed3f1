// A wrangler that keeps databases, queues, secrets and versions in memory and answers as the real one does. Its words are
// copied from 4.156: src/d1/list.ts, src/queues/cli/commands/info.ts, src/secret/index.ts, src/user/whoami.ts; and
// test/runtime/cli-deploy.test.ts has the real one do the same.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Wrangler, WranglerAnswer, WranglerExtras } from '../../src/cli/wrangler.ts'

export interface WranglerCall {
  words: string
  extras: WranglerExtras
}

export interface FakeWrangler {
  wrangler: Wrangler
  calls: WranglerCall[]
  accounts: { id: string; name: string }[] | null
  databases: { uuid: string; name: string }[]
  queues: string[]
  migrations: string[]
  /** Null until it is first deployed. */
  worker: { secrets: Record<string, string>; versions: number; configurations: string[] } | null
  /** What a command says instead of doing its work: `d1 create` → its error. */
  fails: Map<string, string>
  /** Called before each command. */
  onCall: (words: string) => void
}

export const DATABASE_ID = '11111111-2222-4333-8444-555555555555'
export const URL_THERE = 'https://regulars.corner.workers.dev'
const MIGRATIONS = ['0001_init.sql', '0002_program.sql']

const said = (out: string, over: Partial<WranglerAnswer> = {}): WranglerAnswer => ({
  code: 0,
  out: `${out}\n`,
  err: '',
  reported: [],
  ...over,
})
const refused = (words: string): WranglerAnswer => said('', { code: 1, err: `✘ [ERROR] ${words}\n\n\n` })

export function createFakeWrangler(root: string): FakeWrangler {
  const fake: FakeWrangler = {
    wrangler: async (words, extras = {}) => {
      const line = words.join(' ')
      fake.calls.push({ words: line, extras })
      fake.onCall(line)
      for (const [start, error] of fake.fails) if (line.startsWith(start)) return refused(error)
      return answer(fake, { root, words, extras })
    },
    calls: [],
    accounts: [{ id: 'acc1', name: 'Corner Club' }],
    databases: [],
    queues: [],
    migrations: [],
    worker: null,
    fails: new Map(),
    onCall: () => {},
  }
  return fake
}

interface Asked {
  root: string
  words: readonly string[]
  extras: WranglerExtras
}

function answer(fake: FakeWrangler, asked: Asked): WranglerAnswer {
  const [first = '', second = '', third = ''] = asked.words
  switch (`${first} ${second}`.trim()) {
    case 'whoami --json':
      return whoami(fake)
    case 'd1 list':
      return said(JSON.stringify(fake.databases, null, 2))
    case 'd1 create':
      fake.databases.push({ uuid: DATABASE_ID, name: third })
      return said(`✅ Successfully created DB '${third}' in region WEUR`)
    case 'd1 migrations':
      return migrate(fake, asked)
    case 'queues info':
      if (fake.queues.includes(third)) return said(`Queue Name: ${third}`)
      return refused(`Queue "${third}" does not exist. To create it, run: wrangler queues create ${third}`)
    case 'queues create':
      fake.queues.push(third)
      return said(`🌀 Creating queue '${third}'\n✅ Created queue '${third}'`)
    case 'secret list':
      return secrets(fake)
    default:
      return first === 'deploy' ? deploy(fake, asked) : refused(`Unknown argument: ${first}`)
  }
}

function whoami({ accounts }: FakeWrangler): WranglerAnswer {
  if (accounts === null) return said(JSON.stringify({ loggedIn: false }), { code: 1 })
  return said(JSON.stringify({ loggedIn: true, authType: 'OAuth Token', email: 'ada@example.org', accounts }, null, 4))
}

function secrets({ worker }: FakeWrangler): WranglerAnswer {
  if (worker === null)
    return refused('Worker "regulars" not found.\n\n  If this is a new Worker, run `wrangler deploy` first')
  const list = Object.keys(worker.secrets).map((name) => ({ name, type: 'secret_text' }))
  return said(JSON.stringify(list, null, 2))
}

const idIn = (root: string): string =>
  /^database_id = "(.*)"/m.exec(readFileSync(join(root, 'wrangler.toml'), 'utf8'))?.[1] ?? ''

function migrate(fake: FakeWrangler, { root, words }: Asked): WranglerAnswer {
  if (!words.includes('--remote') || !fake.databases.some(({ uuid }) => uuid === idIn(root)))
    return refused('The database could not be found [code: 7404]')
  const missing = MIGRATIONS.filter((name) => !fake.migrations.includes(name))
  fake.migrations.push(...missing)
  if (missing.length === 0) return said('✅ No migrations to apply!')
  return said(['Migrations to be applied:', ...missing.map((name) => `│ ${name} │ ✅ │`)].join('\n'))
}

function deploy(fake: FakeWrangler, { root, words, extras }: Asked): WranglerAnswer {
  const bundle_size = { raw_bytes: 2_047_027, gzip_bytes: 590_564 }
  if (words.includes('--dry-run'))
    return said('--dry-run: exiting now.', { reported: [{ type: 'deploy', version_id: null, bundle_size }] })
  const file = words[words.indexOf('--config') + 1] ?? ''
  const configuration = readFileSync(join(root, words.includes('--config') ? file : 'wrangler.toml'), 'utf8')
  const worker = fake.worker ?? { secrets: {}, versions: 0, configurations: [] }
  fake.worker = worker
  worker.versions++
  worker.configurations.push(configuration)
  Object.assign(worker.secrets, extras.secrets)
  const targets = [URL_THERE, 'schedule: * * * * *', 'Producer for regulars-events', 'Consumer for regulars-events']
  return said(`Deployed regulars triggers\n  ${targets.join('\n  ')}`, {
    reported: [{ type: 'deploy', version: 1, version_id: `v${worker.versions}`, targets, bundle_size }],
  })
}
