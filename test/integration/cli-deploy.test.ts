// `regulars deploy` against a wrangler that remembers: what it does and in which order, that it can be run again after each
// step that fails, and that no secret is ever said.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseProgram } from '../../src/program/parse.ts'
import { programVersion } from '../../src/program/version.ts'
import { type CliSetup, runInMemory } from '../support/cli-context.ts'
import { createFakeWrangler, DATABASE_ID, type FakeWrangler, URL_THERE } from '../support/fake-wrangler.ts'
import { plain } from '../support/programs.ts'
import { newFolder, removeFolder } from '../support/server.ts'

const SECRETS = {
  STRIPE_SECRET_KEY: 'sk_test_51SecretOfStripe',
  STRIPE_WEBHOOK_SECRET: 'whsec_SecretOfTheEndpoint',
  API_KEYS: 'shop:0123456789abcdef01234567:admin',
}
const ENV = [
  ...Object.entries(SECRETS).map(([name, value]) => `${name}=${value}`),
  'PORT=8080',
  'CLOUDFLARE_API_TOKEN=cf_SecretToken',
]
const TOML = readFileSync('wrangler.toml', 'utf8')
const ZEROS = '00000000-0000-0000-0000-000000000000'

let root: string
let file: string
let fake: FakeWrangler

beforeEach(() => {
  root = newFolder()
  file = join(root, '.env')
  writeFileSync(join(root, 'wrangler.toml'), TOML)
  writeFileSync(join(root, 'program.json'), JSON.stringify(plain))
  writeFileSync(file, ENV.join('\n'))
  fake = createFakeWrangler(root)
})
afterEach(() => removeFolder(root))

const version = async (): Promise<string> => {
  const parsed = parseProgram(plain)
  if (!parsed.ok) throw new Error('the program of the test is not right')
  return programVersion(parsed.program)
}

type Answers = Record<string, (init: RequestInit) => { status: number; body: unknown }>

/** The deployed Worker, seen from outside; what is not said is well. */
function thereAnswers(over: Answers = {}): { fetch: typeof fetch; asked: string[] } {
  const asked: string[] = []
  const usual: Answers = {
    '/healthz': () => ({ status: 200, body: { status: 'alive' } }),
    '/readyz': () => ({ status: 200, body: { status: 'ready' } }),
    '/stripe/webhook': () => ({ status: 400, body: { detail: 'The Stripe-Signature header is missing.' } }),
  }
  const ofProgram = async ({ headers }: RequestInit) => {
    const isKnown = new Headers(headers).get('authorization') === 'Bearer 0123456789abcdef01234567'
    return isKnown
      ? Response.json({ version: await version() })
      : Response.json({ code: 'unauthorized' }, { status: 401 })
  }
  const answering: typeof fetch = async (given, init = {}) => {
    const { origin, pathname } = new URL(String(given))
    asked.push(`${init.method ?? 'GET'} ${origin}${pathname}`)
    const answer = over[pathname] ?? usual[pathname]
    if (answer === undefined) return ofProgram(init)
    const { status, body } = answer(init)
    return Response.json(body, { status })
  }
  return { fetch: answering, asked }
}

const run = (words: string[] = [], setup: CliSetup = {}) =>
  runInMemory(['deploy', '--env', file, ...words], {
    fetch: thereAnswers().fetch,
    deployment: { root, wrangler: fake.wrangler, accountId: null },
    ...setup,
  })
const sure = (...words: string[]) => run(['--yes', ...words])
const asked = (): string[] => fake.calls.map(({ words }) => words)
/** What changes something at Cloudflare. */
const changes = (): string[] => asked().filter((words) => /create|apply|^deploy(?! --dry-run)/.test(words))
const tomlNow = (): string => readFileSync(join(root, 'wrangler.toml'), 'utf8')

describe('a first deployment', () => {
  test('makes what is missing, migrates, and then deploys the code with its secrets', async () => {
    const { code, out, err } = await sure()
    expect([code, err]).toEqual([0, ''])
    expect(asked()).toEqual([
      'deploy --dry-run',
      'whoami --json',
      'd1 list --json',
      'secret list',
      'queues info regulars-events',
      'queues info regulars-events-dead',
      'd1 create regulars',
      'd1 list --json',
      'queues create regulars-events',
      'queues create regulars-events-dead',
      'd1 migrations apply regulars --remote',
      'deploy',
    ])
    expect(fake.worker).toMatchObject({ versions: 1, secrets: SECRETS })
    expect(out).toContain('Secrets, new: API_KEYS, STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET')
    expect(out).toContain('applied 0001_init.sql, 0002_program.sql')
    expect(out).toContain(`It runs: ${URL_THERE}`)
  })

  test('ends with what to do next, at the address that it has', async () => {
    writeFileSync(file, 'STRIPE_SECRET_KEY=sk_test_51SecretOfStripe\nHUBSPOT_ACCESS_TOKEN=pat-na1-secret')
    const { fetch } = thereAnswers({
      '/stripe/webhook': () => ({ status: 503, body: { detail: 'There is no signing secret' } }),
    })
    const { code, out } = await run(['--yes'], { fetch })
    expect([code, out]).toEqual([0, expect.stringContaining('Stripe: webhook: waits for its signing secret')])
    expect(out).toContain(`npx regulars setup stripe --url ${URL_THERE}   makes the webhook endpoint`)
    expect(out).toContain('npx regulars setup hubspot')
    expect(out).toContain(`npx regulars setup slack --url ${URL_THERE}`)
    expect(out).toContain(`npx regulars doctor --url ${URL_THERE}`)
    for (const command of ['npx wrangler tail', 'npx wrangler rollback', 'npm run deploy'])
      expect(out).toContain(command)
  })

  test('changes one line of wrangler.toml, and no other byte', async () => {
    const windows = TOML.replaceAll('\n', '\r\n')
    writeFileSync(join(root, 'wrangler.toml'), windows)
    const { code, out } = await sure()
    expect([code, out]).toEqual([0, expect.stringContaining('its id now stands in wrangler.toml')])
    expect(tomlNow()).toBe(windows.replace(`database_id = "${ZEROS}"`, `database_id = "${DATABASE_ID}"`))
    expect(windows).toContain(ZEROS)
  })

  test('takes a database that is there by its name', async () => {
    fake.databases.push({ uuid: 'other', name: 'something' }, { uuid: DATABASE_ID, name: 'regulars' })
    await sure()
    expect(changes()).not.toContain('d1 create regulars')
    expect(tomlNow()).toContain(`database_id = "${DATABASE_ID}"`)
  })

  test('says that it is in Stripe’s test mode, or that real payments will count', async () => {
    expect((await sure()).out).toContain('TEST MODE')
    writeFileSync(file, ENV.join('\n').replace('sk_test_', 'sk_live_'))
    expect((await sure()).out).toContain('live mode: real payments become points')
  })
})

describe('deploying again', () => {
  test('changes nothing but the code and the secrets', async () => {
    await sure()
    const before = tomlNow()
    fake.calls.splice(0)
    const { code, out } = await sure()
    expect([code, changes()]).toEqual([0, ['d1 migrations apply regulars --remote', 'deploy']])
    expect(out).toContain('Migrations: nothing to apply')
    expect(tomlNow()).toBe(before)
    expect([fake.databases.length, fake.queues.length, fake.worker?.versions]).toEqual([1, 2, 2])
  })

  test('tells which secrets are new, which are set again and which stay, by their names', async () => {
    await sure()
    writeFileSync(
      file,
      `STRIPE_SECRET_KEY=sk_test_51Another\nSLACK_BOT_TOKEN=xoxb-SecretOfSlack\nDATABASE_PATH=data/a.db`,
    )
    const { out } = await sure()
    expect(out).toContain('Secrets, new: SLACK_BOT_TOKEN')
    expect(out).toContain('Secrets, set already and set again: STRIPE_SECRET_KEY')
    expect(out).toContain('Secrets that stay, though not in the file: API_KEYS, STRIPE_WEBHOOK_SECRET')
    expect(out).toContain('not for a Worker: DATABASE_PATH')
    expect(fake.worker?.secrets).toEqual({
      ...SECRETS,
      STRIPE_SECRET_KEY: 'sk_test_51Another',
      SLACK_BOT_TOKEN: 'xoxb-SecretOfSlack',
    })
  })

  test('needs no file where the secrets stay, but secrets', async () => {
    const first = await sure('--keep-secrets')
    expect([first.code, first.err]).toEqual([1, expect.stringContaining('no secrets on the Worker to be kept')])
    await sure()
    writeFileSync(file, '')
    const { code, out } = await sure('--keep-secrets')
    expect([code, fake.worker?.secrets]).toEqual([0, SECRETS])
    expect(out).toContain('Secrets: stay as they are')
    expect(fake.calls.at(-1)?.extras.secrets).toBeUndefined()
  })
})

describe('a step that fails', () => {
  const SAYS = 'A request to the Cloudflare API failed. Authentication error [code: 10000]'

  test.each([
    ['d1 create', 'Database', ''],
    ['queues create regulars-events', 'Queues', 'What stands: database. '],
    ['queues create regulars-events-dead', 'Queues', 'What stands: database. '],
    ['d1 migrations apply', 'Migrations', 'What stands: database, queues. '],
    ['deploy', 'Worker', 'What stands: database, queues, migrations. '],
  ])(
    '%s: says what stands, in wrangler’s words why, and goes on when it is run again',
    async (command, name, standing) => {
      fake.onCall = (words) => {
        // The bundle is built before, by the same command.
        if (words.startsWith(command) && !words.includes('--dry-run')) fake.fails.set(command, SAYS)
      }
      const broken = await sure()
      expect(broken.code).toBe(1)
      expect(broken.out).toMatch(new RegExp(`✗ ${name}: .+ wrangler says:\n    A request to the Cloudflare API failed`))
      expect(broken.out).toContain(`\n${standing}Run again, it goes on from there`)
      fake.fails.clear()
      fake.onCall = () => {}
      fake.calls.splice(0)
      expect((await sure()).code).toBe(0)
      expect(fake).toMatchObject({
        queues: ['regulars-events', 'regulars-events-dead'],
        worker: { versions: 1, secrets: SECRETS },
      })
      expect(fake.databases).toHaveLength(1)
      expect(tomlNow()).toContain(DATABASE_ID)
    },
  )

  test.each([
    ['d1 list', 'Database'],
    ['queues info', 'Queues'],
    ['secret list', 'Secrets'],
  ])('%s: nothing was changed', async (command, name) => {
    fake.fails.set(command, SAYS)
    const { code, out } = await sure()
    expect([code, changes()]).toEqual([1, []])
    expect(out).toMatch(new RegExp(`✗ ${name}: .+ wrangler says:\n    A request`))
    expect(out).toContain('Nothing was changed.')
  })

  test('queues that the account does not have: says so, and how to do without', async () => {
    fake.fails.set(
      'queues create',
      'A request to the Cloudflare API (/accounts/acc1/queues) failed.\n\n  Queues are unavailable on the free plan. Please upgrade to a Workers Paid plan to create and use Queues: https://dash.cloudflare.com/acc1/workers/plans [code: 100129]',
    )
    const { code, out } = await sure()
    expect([code, out]).toEqual([1, expect.stringContaining('Queues are unavailable on the free plan')])
    expect(out).toContain('npm run deploy -- --without-queue')
    expect((await sure('--without-queue')).code).toBe(0)
  })

  test('an account without a name for its Workers: says where to choose one', async () => {
    await sure()
    fake.onCall = (words) => {
      if (words === 'deploy')
        fake.fails.set(
          'deploy',
          'register a workers.dev subdomain here:\nhttps://dash.cloudflare.com/acc1/workers/onboarding',
        )
    }
    expect((await sure()).out).toContain('A Worker’s address needs a name for your account')
  })

  test('Ctrl-C ends before the next step, and says what stands', async () => {
    const controller = new AbortController()
    fake.onCall = (words) => {
      if (words.startsWith('queues create')) controller.abort()
    }
    const { code, out } = await run(['--yes'], { interrupted: controller.signal })
    expect([code, out]).toEqual([130, expect.stringContaining('What stands: database, queues')])
    expect(fake.worker).toBeNull()
  })
})

test('Ctrl-C at a question changes nothing, and asks nothing more', async () => {
  const controller = new AbortController()
  const questions: string[] = []
  const ask = async (question: string) => {
    questions.push(question)
    controller.abort()
    return false
  }
  const { code, out } = await run([], { ask, interrupted: controller.signal })
  expect([code, out, changes()]).toEqual([130, expect.stringContaining('Nothing was changed.'), []])
  expect(questions).toHaveLength(1)
})

describe('secrets', () => {
  test('are in no argument and in nothing that is said, also where wrangler repeats them', async () => {
    const values = [...Object.values(SECRETS), '0123456789abcdef01234567', 'cf_SecretToken']
    const said: string[] = []
    const keep = ({ out, err }: { out: string; err: string }) => said.push(out, err)
    keep(await run(['--dry-run']))
    fake.onCall = (words) => {
      if (words === 'deploy')
        fake.fails.set(
          'deploy',
          `binding STRIPE_SECRET_KEY: "${SECRETS.STRIPE_SECRET_KEY}" of shop 0123456789abcdef01234567 is too long`,
        )
    }
    keep(await sure())
    expect(said.join('')).toContain('"(STRIPE_SECRET_KEY)" of shop (API_KEYS) is too long')
    fake.onCall = () => {}
    fake.fails.clear()
    keep(await sure())
    keep(await sure('--paused'))
    expect(fake.worker?.secrets).toEqual(SECRETS)
    const everything = [...said, ...asked(), tomlNow()].join('\n')
    for (const value of values) expect(everything).not.toContain(value)
  })

  test('are set only if whoever is asked says yes', async () => {
    const questions: string[] = []
    const ask = async (question: string) => {
      questions.push(question)
      return !question.startsWith('Set ')
    }
    const { fetch } = thereAnswers({
      '/stripe/webhook': () => ({ status: 503, body: { detail: 'There is no signing secret' } }),
    })
    const { code } = await run([], { ask, fetch })
    expect([code, questions]).toEqual([0, ['Set 3 secrets on regulars?', 'Deploy to the account Corner Club?']])
    expect(fake.worker).toMatchObject({ versions: 1, secrets: {} })
  })
})

describe('before anything is changed', () => {
  const refusals: [string, string, RegExp][] = [
    [
      'a misspelt name',
      'STRIPE_SECRETKEY=sk_test_x',
      /STRIPE_SECRETKEY in .+ is none that Regulars knows\n {4}→ Did you mean STRIPE_SECRET_KEY\?/,
    ],
    ['a name of ours that is none', 'STRIPE_ACCOUNT_NAME=x', /STRIPE_ACCOUNT_NAME in .+ is none/],
    ['a value that is wrong', 'STRIPE_SECRET_KEY=pk_test_x', /✗ STRIPE_SECRET_KEY: must be a secret or restricted key/],
    [
      'a key that is easily guessed',
      'STRIPE_SECRET_KEY=sk_test_x\nAPI_KEYS=shop:1234:admin',
      /✗ API keys: .+ easily guessed/,
    ],
    [
      'an address of this machine',
      'STRIPE_SECRET_KEY=sk_test_x\nSTRIPE_API_URL=http://localhost:12111',
      /✗ STRIPE_API_URL: is an address on this machine/,
    ],
    [
      'no credential at all',
      'API_KEYS=shop:0123456789abcdef01234567:admin\nSTRIPE_SECRET_KEY=',
      /✗ Stripe: there is no credential of any vendor/,
    ],
  ]

  test.each(refusals)('%s is told, and nothing is called', async (_, text, told) => {
    writeFileSync(file, text)
    const { code, out } = await sure()
    expect(code).toBe(1)
    expect(out).toMatch(told)
    expect(out).toContain('Nothing was changed.')
    expect(asked()).toEqual(['deploy --dry-run'])
  })

  test('a file that is not there is told', async () => {
    const { code, out } = await run(['--yes', '--env', join(root, 'none')])
    expect([code, out]).toEqual([
      1,
      expect.stringMatching(/✗ Variables: there is no .+none\n {4}→ Write your variables into/),
    ])
    expect(asked()).toEqual(['deploy --dry-run'])
  })

  test('names that are nobody’s are left out, and told', async () => {
    writeFileSync(file, `${ENV.join('\n')}\nEDITOR=vi`)
    const { code, out } = await sure()
    expect([code, out]).toEqual([0, expect.stringContaining('left out, unknown here: EDITOR')])
    expect(fake.worker?.secrets).toEqual(SECRETS)
  })

  test('a program that is not right is told', async () => {
    writeFileSync(join(root, 'program.json'), '{"name":"Club"}')
    const { code, out } = await sure()
    expect([code, out]).toEqual([1, expect.stringContaining('✗ Program: program.json is not right')])
    expect(asked()).toEqual(['deploy --dry-run'])
  })

  test('code that makes no bundle is told in the compiler’s words', async () => {
    fake.fails.set('deploy --dry-run', 'Build failed with 1 error:\n✘ [ERROR] Could not resolve "./core/nothing.ts"')
    const { code, out } = await sure()
    expect([code, out]).toEqual([1, expect.stringContaining('Could not resolve "./core/nothing.ts"')])
    expect(asked()).toEqual(['deploy --dry-run'])
  })

  test('nobody logged in is told, with the way to log in', async () => {
    fake.accounts = null
    const { code, out } = await sure()
    expect([code, out]).toEqual([
      1,
      expect.stringContaining('→ npx wrangler login. Where no browser is: CLOUDFLARE_API_TOKEN'),
    ])
    expect(asked()).toEqual(['deploy --dry-run', 'whoami --json'])
  })

  test('of several accounts one must be named, and everything is in that one', async () => {
    fake.accounts = [...(fake.accounts ?? []), { id: 'acc2', name: 'Another' }]
    const unsure = await sure()
    expect([unsure.code, unsure.out]).toEqual([
      1,
      expect.stringMatching(/several accounts:\n +acc1 {2}Corner Club\n +acc2 {2}Another\n +→ Say which/),
    ])
    fake.calls.splice(0)
    const deployment = { root, wrangler: fake.wrangler, accountId: 'acc2' }
    expect((await run(['--yes'], { deployment })).out).toContain('account Another (acc2)')
    const later = fake.calls.slice(2).map(({ extras }) => extras.accountId)
    expect(new Set(later)).toEqual(new Set(['acc2']))
  })

  test('a database of another account is not taken for ours', async () => {
    writeFileSync(join(root, 'wrangler.toml'), TOML.replace(ZEROS, '77777777-2222-4333-8444-555555555555'))
    fake.databases.push({ uuid: DATABASE_ID, name: 'regulars' })
    const { code, out } = await sure()
    expect([code, out, changes()]).toEqual([1, expect.stringContaining('which this account does not have'), []])
  })

  test('without a terminal and without --yes it refuses', async () => {
    const { code, err } = await run()
    expect([code, err, asked()]).toEqual([2, expect.stringContaining('there is no terminal to ask at'), []])
  })

  test('whoever is asked and says no has changed nothing', async () => {
    const { code, out } = await run([], { ask: async () => false })
    expect([code, out, changes()]).toEqual([1, expect.stringContaining('Nothing was changed.'), []])
    expect(tomlNow()).toBe(TOML)
  })
})

describe('a dry run', () => {
  test('builds, tells every step in its order, and calls nothing outside', async () => {
    const { fetch, asked: fetched } = thereAnswers()
    const { code, out } = await run(['--dry-run'], { fetch })
    expect([code, asked(), fetched]).toEqual([0, ['deploy --dry-run'], []])
    expect(out).toContain('✓ Bundle: 2 MB, 576.7 KB compressed')
    const steps = [
      'whoami',
      'd1 create regulars',
      'queues create regulars-events',
      'secret list',
      'd1 migrations apply',
      'wrangler deploy',
      'doctor --url',
    ]
    const places = steps.map((step) => out.indexOf(step))
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    expect(places).not.toContain(-1)
    expect(out).toContain('API_KEYS, STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET')
    expect(tomlNow()).toBe(TOML)
  })

  test('tells the steps also where something is missing, and fails', async () => {
    writeFileSync(file, 'PORT=1')
    const { code, out } = await run(['--dry-run'])
    expect([code, out]).toEqual([1, expect.stringContaining('d1 migrations apply')])
  })
})

describe('--paused and --without-queue', () => {
  test('paused: the variable goes with the code, and the look expects a door that takes nothing', async () => {
    const { fetch } = thereAnswers({
      '/readyz': () => ({ status: 200, body: { status: 'paused' } }),
      '/stripe/webhook': () => ({ status: 503, body: { detail: 'paused' } }),
    })
    const { code, out } = await run(['--yes', '--paused'], { fetch })
    expect([code, asked().at(-1)]).toEqual([0, 'deploy --var REGULARS_PAUSED:1'])
    expect(out).toContain('Database: answers; the server is paused and takes nothing')
    expect(out).toContain('Paused: it takes nothing until it is deployed without --paused')
    const stillRuns = await sure('--paused')
    expect([stillRuns.code, stillRuns.out]).toEqual([1, expect.stringContaining('but the server is not paused')])
    await sure()
    expect(asked().at(-1)).toBe('deploy')
  })

  test('without queue: no queue is made or named, and the file for it is gone again', async () => {
    const { code, out } = await sure('--without-queue')
    expect([code, out]).toEqual([
      0,
      expect.stringContaining('Queues: left out: each event is recorded before it is acknowledged'),
    ])
    expect(asked().some((words) => words.startsWith('queues'))).toBe(false)
    const [configuration = ''] = fake.worker?.configurations ?? []
    expect(configuration).not.toMatch(/\[queues|regulars-events/)
    expect(configuration).toContain(`database_id = "${DATABASE_ID}"`)
    expect(configuration).toContain('crons = ["* * * * *"]')
    expect(existsSync(join(root, 'wrangler.without-queue.toml'))).toBe(false)
  })

  test('without queue: the file is gone also where deploying failed', async () => {
    fake.fails.set('deploy --config', 'no')
    expect((await sure('--without-queue')).code).toBe(1)
    expect(existsSync(join(root, 'wrangler.without-queue.toml'))).toBe(false)
  })
})

describe('the look at what was deployed', () => {
  const down: typeof fetch = async () => {
    throw new TypeError('fetch failed')
  }

  test('nothing answers: says so after a while, and what to do', async () => {
    const { code, out } = await run(['--yes'], { fetch: down })
    expect([code, out]).toEqual([1, expect.stringContaining(`✗ Server: nothing answers at ${URL_THERE}`)])
    expect(out).toContain('Deployed, but not all is as it should be')
  })

  test('it waits until a new address is known', async () => {
    const { fetch: answering } = thereAnswers()
    let tries = 0
    const slow: typeof fetch = async (...given) => (++tries < 5 ? down(...given) : answering(...given))
    expect((await run(['--yes'], { fetch: slow })).code).toBe(0)
  })

  test.each([
    [
      '/healthz',
      503,
      { code: 'unavailable', detail: 'Regulars could not start; its log says why' },
      /✗ Server: .+ answers 503: Regulars could not start.+\n {4}→ .*npx wrangler tail/,
    ],
    ['/healthz', 200, { hello: 'world' }, /✗ Server: what answers at .+ is not Regulars/],
    [
      '/readyz',
      503,
      { detail: 'The database does not answer, or is not up to date.' },
      /✗ Database: .+readyz answers 503: The database does not answer/,
    ],
    ['/stripe/webhook', 200, { outcome: 'recorded' }, /✗ Stripe: webhook: answers 200 to what nobody signed/],
    [
      '/stripe/webhook',
      503,
      { detail: 'There is no signing secret configured' },
      /✗ Stripe: webhook: answers 503: There is no signing secret/,
    ],
    ['/api/v1/program', 200, { version: 'x' }, /✗ API: answers 200 to a call without a key/],
  ])('%s answering %i %j is told', async (path, status, body, told) => {
    const { fetch } = thereAnswers({ [path]: () => ({ status, body }) })
    const { code, out } = await run(['--yes'], { fetch })
    expect([code, out]).toEqual([1, expect.stringMatching(told)])
  })

  test('another program than the one here, and a key that is not taken, are told', async () => {
    const withKey = (init: RequestInit) => new Headers(init.headers).has('authorization')
    const old = thereAnswers({
      '/api/v1/program': (init) =>
        withKey(init) ? { status: 200, body: { version: 'old' } } : { status: 401, body: {} },
    })
    expect((await run(['--yes'], { fetch: old.fetch })).out).toMatch(/✗ Program there: version old, here it is \w{16}/)
    const closed = thereAnswers({ '/api/v1/program': () => ({ status: 401, body: {} }) })
    expect((await run(['--yes'], { fetch: closed.fetch })).out).toContain('✗ API: does not take the key')
  })
})

describe('doctor --url', () => {
  const doctor = (setup: CliSetup = {}, ...words: string[]) =>
    runInMemory(['doctor', '--url', `${URL_THERE}/`, ...words], {
      fetch: thereAnswers().fetch,
      settings: {
        local: false,
        programFile: join(root, 'program.json'),
        apiKeys: [{ name: 'shop', key: '0123456789abcdef01234567', scope: 'admin' }],
        stripe: { secretKey: 'sk_test_x', webhookSecrets: ['whsec_x'], apiUrl: null },
      },
      ...setup,
    })

  test('looks at the server there from outside, and at Stripe’s endpoint for that address', async () => {
    const checked: unknown[] = []
    const stripe = {
      check: async (url: string | null) => {
        checked.push(url)
        return []
      },
    }
    const { code, out } = await doctor({ stripe })
    expect([code, checked]).toEqual([0, [URL_THERE]])
    for (const told of [
      `✓ Server: answers at ${URL_THERE}`,
      '✓ Database: answers',
      '✓ Stripe: webhook: refuses',
      '✓ API: takes the key',
      '✓ Program there: version',
    ])
      expect(out).toContain(told)
    // Nothing of this machine.
    for (const own of ['Node', 'Disk', 'Port']) expect(out).not.toContain(`${own}:`)
  })

  test('answers in JSON, and fails where something is wrong', async () => {
    const { fetch } = thereAnswers({ '/readyz': () => ({ status: 503, body: { detail: 'no' } }) })
    const { code, out } = await doctor({ fetch, stripe: { check: async () => [] } }, '--json')
    const { ok, checks } = JSON.parse(out)
    expect([code, ok]).toEqual([1, false])
    expect(checks).toContainEqual(expect.objectContaining({ name: 'Database', ok: false }))
  })
})
