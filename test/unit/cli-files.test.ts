// Commands that write files or look at them: init, program check, backup, export, setup stripe, doctor.
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { programJsonSchema } from '../../src/program/json-schema.ts'
import { parseProgramText } from '../../src/program/parse.ts'
import { unsupported } from '../../src/program/supported.ts'
import { runInMemory } from '../support/cli-context.ts'
import { ada, goodwill } from '../support/http-fake-app.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'regulars-cli-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const inFolder = (name: string) => join(folder, name)
const read = (name: string) => readFileSync(inFolder(name), 'utf8')
const here = () => ({ settings: { programFile: inFolder('program.json'), databasePath: inFolder('regulars.db') } })

describe('init', () => {
  test('writes the default program and its schema', async () => {
    expect((await runInMemory(['init'], here())).code).toBe(0)
    expect(JSON.parse(read('program.json'))).toMatchObject({ $schema: './program.schema.json', name: 'Corner Club' })
    expect(read('program.schema.json')).toBe(programJsonSchema())
    expect((await runInMemory(['program', 'check'], here())).code).toBe(0)
  })

  // The root's program.json is the merchant's to change; what init writes is not.
  test('begins with a program that the engine runs whole', () => {
    const kept = parseProgramText(readFileSync(new URL('../../src/cli/default-program.json', import.meta.url), 'utf8'))
    expect(kept.ok && unsupported(kept.program)).toEqual([])
  })

  test('writes over a program only when forced', async () => {
    writeFileSync(inFolder('program.json'), '{}')
    const { code, err } = await runInMemory(['init'], here())
    expect([code, err]).toEqual([1, expect.stringContaining('--force writes over it')])
    expect(read('program.json')).toBe('{}')
    expect((await runInMemory(['init', '--force'], here())).code).toBe(0)
    expect(read('program.json')).toContain('Corner Club')
  })

  test('refuses a preset that does not exist', async () => {
    const { code, err } = await runInMemory(['init', '--preset', 'no-such-preset'], here())
    expect([code, err]).toEqual([2, expect.stringMatching(/preset/)])
    expect(existsSync(inFolder('program.json'))).toBe(false)
  })
})

describe('program check', () => {
  const check = (program: unknown, ...more: string[]) => {
    writeFileSync(inFolder('program.json'), typeof program === 'string' ? program : JSON.stringify(program))
    return runInMemory(['program', 'check', ...more], here())
  }

  test('says each problem in a line: where, what stands there, what would be right', async () => {
    const { code, out } = await check({
      name: 'Club',
      currency: 'usd',
      earning: [{ id: 'p', on: 'purchase', per: -1 }],
    })
    expect(code).toBe(1)
    expect(out).toMatch(/earning\[0\]\.per = -1 must be/)
  })

  test('names what is not built yet', async () => {
    const { code, out } = await check({
      name: 'Club',
      currency: 'usd',
      campaigns: [{ id: 'c', name: 'C', on: 'enrolment', bonus: 5, when: { minimum: 3 } }],
    })
    expect(code).toBe(1)
    expect(out).toContain('conditions of campaigns for joining are not built yet')
  })

  test('answers in JSON', async () => {
    const { code, out } = await check({ name: 'Club', currency: 'usd' }, '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      problems: [],
      inForce: null,
      version: expect.stringMatching(/^[0-9a-f]{16}$/),
    })
  })

  test('says that there is no such file, and how to make one', async () => {
    const { code, err } = await runInMemory(['program', 'check', inFolder('none.json')], here())
    expect([code, err]).toEqual([1, expect.stringContaining('npx regulars init')])
  })
})

describe('backup', () => {
  const makeDatabase = (path: string) => {
    const database = new DatabaseSync(path)
    database.exec('CREATE TABLE member (id TEXT); INSERT INTO member VALUES (1), (2)')
    database.close()
  }

  test('copies, checks and names the copy, for its owner’s eyes only', async () => {
    makeDatabase(inFolder('regulars.db'))
    const backupTo = async (path: string) => makeDatabase(path)
    const { code, out } = await runInMemory(['backup', inFolder('b/copy.db')], { ...here(), backupTo })
    expect([code, out]).toEqual([0, expect.stringContaining('2 members, checked')])
    expect(statSync(inFolder('b/copy.db')).mode & 0o777).toBe(0o600)
  })

  test('never replaces another', async () => {
    makeDatabase(inFolder('regulars.db'))
    writeFileSync(inFolder('copy.db'), 'older')
    const { code, err } = await runInMemory(['backup', inFolder('copy.db')], here())
    expect([code, err, read('copy.db')]).toEqual([1, expect.stringContaining('is there already'), 'older'])
  })

  test('leaves nothing behind when the copy is damaged', async () => {
    makeDatabase(inFolder('regulars.db'))
    const backupTo = async (path: string) => writeFileSync(path, 'SQLite format 3\u0000 and then nonsense')
    expect((await runInMemory(['backup', inFolder('copy.db')], { ...here(), backupTo })).code).toBe(1)
    expect([existsSync(inFolder('copy.db')), existsSync(inFolder('copy.db.partial'))]).toEqual([false, false])
  })
})

describe('export', () => {
  test('writes members with money in major units and no formulas', async () => {
    const risky = { ...ada, name: '=HYPERLINK("x")', phone: '+1 555 0100' }
    const listMembers = async () => ({ ok: true as const, value: { items: [risky], next: null } })
    const { out } = await runInMemory(['export', 'members'], { app: { listMembers } })
    const [header, row] = out.split('\r\n')
    expect(header).toMatch(/^id,email,name,phone,birthday,language,status,enrolled_at,tier,points/)
    expect(row).toContain(`"'=HYPERLINK(""x"")",'+1 555 0100`)
    expect(row).toContain(',1234.56,usd,')
  })

  test('goes through every page of members', async () => {
    const pages: Record<string, { items: (typeof ada)[]; next: string | null }> = {
      first: { items: [ada], next: 'second' },
      second: { items: [{ ...ada, id: 'mem_bob' }], next: null },
    }
    const listMembers = async ({ cursor = 'first' }: { cursor?: string }) => ({
      ok: true as const,
      value: pages[cursor] ?? { items: [], next: null },
    })
    const { out } = await runInMemory(['export', 'members'], { app: { listMembers } })
    expect(out.match(/^mem_\w+/gm)).toEqual(['mem_ada', 'mem_bob'])
  })

  test('goes through every slice of the ledger, and writes no formulas', async () => {
    const exportLedger = async (after: string) => ({
      lines: [
        { member: 'mem_ada', email: '@ada', entry: goodwill },
        { member: 'mem_bob', email: null, entry: { ...goodwill, note: '=1+1' } },
      ],
      members: 2,
      next: after === '' ? 'mem_bob' : null,
    })
    const { out } = await runInMemory(['export', 'ledger'], { app: { exportLedger } })
    expect(out.match(/^mem_\w+/gm)).toEqual(['mem_ada', 'mem_bob', 'mem_ada', 'mem_bob'])
    expect([out.match(/mem_ada,'@ada,7,/g)?.length, out.match(/,'=1\+1/g)?.length]).toEqual([2, 2])
  })

  test('writes a file whole or not at all', async () => {
    const { code, err } = await runInMemory(['export', '--out', inFolder('m.csv')])
    expect([code, err]).toEqual([0, expect.stringContaining('1 member.')])
    expect(read('m.csv')).toContain('ada@example.org')
    const listMembers = async () => ({ ok: false as const, code: 'invalid_request' as const, message: 'no' })
    expect((await runInMemory(['export', '--out', inFolder('n.csv')], { app: { listMembers } })).code).toBe(1)
    expect([existsSync(inFolder('n.csv')), existsSync(inFolder('n.csv.partial'))]).toEqual([false, false])
  })

  test('refuses what cannot be exported', async () => {
    expect(await runInMemory(['export', 'rewards'])).toMatchObject({ code: 2 })
  })
})

describe('setup stripe', () => {
  const made = {
    id: 'we_1',
    url: 'https://a.example/stripe/webhook',
    change: 'created' as const,
    secret: 'whsec_new',
    events: ['charge.succeeded'],
  }

  test('shows the secret once, as the line that the environment needs', async () => {
    const setup = async () => made
    const run = await runInMemory(['setup', 'stripe', '--url', 'https://a.example'], { stripe: { setup } })
    expect([run.code, run.out]).toEqual([0, expect.stringContaining('\nSTRIPE_WEBHOOK_SECRET=whsec_new\n')])
    const stripe = { secretKey: 'sk_test_1', webhookSecrets: ['whsec_old'], apiUrl: null }
    const again = await runInMemory(['setup', 'stripe', '--url', 'https://a.example'], {
      stripe: { setup },
      settings: { stripe },
    })
    expect(again.out).toContain('STRIPE_WEBHOOK_SECRET=whsec_old,whsec_new')
  })

  test('says where the secret is when the endpoint was there before', async () => {
    const setup = async () => ({ ...made, change: 'none' as const, secret: null })
    const { out } = await runInMemory(['setup', 'stripe', '--url', 'https://a.example'], { stripe: { setup } })
    expect(out).toContain('dashboard.stripe.com/webhooks')
  })

  test('makes an endpoint for connected accounts too where the program has partners', async () => {
    const partners = [{ id: 'cafe', name: 'Café', stripeAccount: 'acct_1', points: 2 }]
    writeFileSync(inFolder('program.json'), JSON.stringify({ name: 'Club', currency: 'usd', partners }))
    const setup = async (_url: string, connect: boolean) => ({ ...made, secret: connect ? 'whsec_2' : 'whsec_1' })
    const { settings } = here()
    const run = await runInMemory(['setup', 'stripe', '--url', 'https://a.example'], { stripe: { setup }, settings })
    expect(run.out).toContain('of connected accounts, for partners.')
    expect(run.out).toContain('\nSTRIPE_WEBHOOK_SECRET=whsec_1,whsec_2\n')
  })

  test('needs a key, and an address that Stripe can reach', async () => {
    expect((await runInMemory(['setup', 'stripe', '--url', 'https://a.example'])).err).toContain('STRIPE_SECRET_KEY')
    expect(await runInMemory(['setup', 'stripe'], { stripe: {} })).toMatchObject({ code: 2 })
    expect(await runInMemory(['setup', 'stripe', '--url', 'http://localhost:1'], { stripe: {} })).toMatchObject({
      code: 2,
    })
    expect(await runInMemory(['setup', 'stripe', '--url', 'example'], { stripe: {} })).toMatchObject({ code: 2 })
  })
})

describe('doctor', () => {
  test('says one line a check, and under what is wrong how to mend it', async () => {
    const { code, out } = await runInMemory(['doctor'], {
      settings: { ...here().settings, port: 0, local: false },
      problems: ['LOG_LEVEL must be one of debug, info'],
    })
    expect(code).toBe(1)
    expect(out).toContain('✓ Node: v')
    expect(out).toContain('✗ LOG_LEVEL: must be one of debug, info\n    → Set LOG_LEVEL')
    expect(out).toMatch(/✗ Program: there is no program at .*\n {4}→ npx regulars init/)
    expect(out).toContain('✗ Stripe: signing secret: STRIPE_WEBHOOK_SECRET is not set')
    expect(out).toContain('✗ API keys: none is set')
    expect(out).toMatch(/\d things to mend/)
  })

  test('is content with the sandbox, and says so in JSON', async () => {
    await runInMemory(['init'], here())
    const { code, out } = await runInMemory(['doctor', '--json'], { settings: { ...here().settings, port: 0 } })
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      ok: true,
      checks: expect.arrayContaining([{ name: 'Program', ok: true, fix: null, message: expect.any(String) }]),
    })
  })

  test('names rules that look at products when there is no key to ask with', async () => {
    const rule = { id: 'items', on: 'item', products: ['prod_1'], points: 5 }
    writeFileSync(inFolder('program.json'), JSON.stringify({ name: 'Club', currency: 'usd', earning: [rule] }))
    const { out } = await runInMemory(['doctor'], { settings: { ...here().settings, port: 0, local: false } })
    expect(out).toContain('their points wait as pending')
  })

  test('says that codes wait while Stripe is not connected', async () => {
    const told = 'Rewards that Stripe makes stay on their way until it is'
    const reward = (fulfil: object) =>
      JSON.stringify({ name: 'Club', currency: 'usd', rewards: [{ id: 'r', name: 'R', cost: 1, fulfil }] })
    const doctor = () => runInMemory(['doctor'], { settings: { ...here().settings, port: 0, local: false } })
    writeFileSync(inFolder('program.json'), reward({ kind: 'promotion_code', amountOff: 5 }))
    expect((await doctor()).out).toContain(told)
    writeFileSync(inFolder('program.json'), reward({ kind: 'manual', instructions: 'Hand it over' }))
    expect((await doctor()).out).not.toContain(told)
  })

  test('passes on what Stripe’s check finds', async () => {
    const check = async () => [{ name: 'Stripe: key', ok: false, message: 'is wrong', fix: 'Copy it again.' }]
    const stripe = { secretKey: 'sk_test_1', webhookSecrets: ['whsec_1'], apiUrl: null }
    const settings = { ...here().settings, port: 0, local: false, stripe }
    const { out } = await runInMemory(['doctor'], { settings, stripe: { check } })
    expect(out).toContain('✗ Stripe: key: is wrong\n    → Copy it again.')
  })

  test('says that a damaged database needs a backup', async () => {
    writeFileSync(inFolder('regulars.db'), 'this is no database at all, only some text that is long enough'.repeat(50))
    const { out } = await runInMemory(['doctor'], { settings: { ...here().settings, port: 0 } })
    expect(out).toMatch(/✗ Database: .*not a database\n {4}→ Put back the newest backup/)
  })

  test('says that half of Slack’s credentials are not enough', async () => {
    const slack = { botToken: null, signingSecret: 'secret', alertChannel: null, apiUrl: null }
    const { out } = await runInMemory(['doctor'], { settings: { ...here().settings, port: 0, slack } })
    expect(out).toContain('✗ Slack: token: SLACK_BOT_TOKEN is not set')
  })
})
