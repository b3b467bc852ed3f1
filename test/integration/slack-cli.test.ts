// `setup slack` and the doctor's part, from the words on the command line to the double.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { createSlackDouble, type SlackDouble } from '../../integrations/sandbox/doubles/slack/create-double.ts'
import { BOT_USER } from '../../integrations/sandbox/doubles/slack/workspace.ts'
import { SCOPES } from '../../integrations/slack/registered.ts'
import type { Settings } from '../../src/cli/backend.ts'
import { createSlackTools } from '../../src/compose/slack-tools.ts'
import type { ProgramInput } from '../../src/program/schema.ts'
import { runInMemory } from '../support/cli-context.ts'
import { createFakeApp, NOW } from '../support/http-fake-app.ts'
import { plain } from '../support/programs.ts'
import {
  CHANNELS,
  createShopWorkspace,
  PEOPLE,
  SLACK_API_URL,
  SLACK_SECRET,
  SLACK_TOKEN,
  STAFF,
  startSlack,
} from '../support/slack.ts'
import { openDoor } from '../support/slack-door.ts'

const slack = startSlack()
const URL_OF_OURS = 'https://shop.example'
const WANTED = Object.keys(SCOPES)

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})
function folder(program: Partial<ProgramInput> = {}): { programFile: string; databasePath: string } {
  const made = mkdtempSync(join(tmpdir(), 'regulars-slack-'))
  folders.push(made)
  const programFile = join(made, 'program.json')
  writeFileSync(programFile, JSON.stringify({ ...plain, ...program }))
  return { programFile, databasePath: join(made, 'regulars.db') }
}

const connected: Settings['slack'] = {
  botToken: SLACK_TOKEN,
  signingSecret: SLACK_SECRET,
  alertChannel: CHANNELS.alerts,
  apiUrl: SLACK_API_URL,
}

interface Setup {
  settings?: Partial<Settings>
  slack?: Partial<Settings['slack']>
  staff?: Partial<NonNullable<ProgramInput['staff']>>
  double?: (double: SlackDouble) => void
  fetch?: typeof fetch
}

/** A command with Slack connected, and a workspace in which everything is as it should be. */
async function run(words: string[], setup: Setup = {}) {
  const double = slack.use(createSlackDouble({ now: () => NOW, workspace: createShopWorkspace(), scopes: WANTED }))
  setup.double?.(double)
  const settings = { ...connected, ...setup.slack }
  const fetch = setup.fetch ?? (() => Promise.reject(new TypeError('fetch failed')))
  const result = await runInMemory(words, {
    settings: {
      ...folder({ staff: { ...STAFF, approvalsChannel: '#approvals', ...setup.staff } }),
      port: 0,
      local: false,
      ...setup.settings,
      slack: settings,
    },
    ...(settings.botToken !== null && {
      slack: createSlackTools({ config: { slack: settings }, clock: { now: () => NOW }, fetch }),
    }),
  })
  expect(result.out + result.err).not.toContain(SLACK_TOKEN)
  expect(result.out + result.err).not.toContain(SLACK_SECRET)
  return { ...result, double, lines: result.out.split('\n').filter((line) => line.includes('Slack')) }
}

const unconnected = { botToken: null, signingSecret: null, alertChannel: null }

describe('regulars setup slack', () => {
  test('without a token, says what to do, with a link that brings the manifest along', async () => {
    const { code, out, double } = await run(['setup', 'slack', '--url', URL_OF_OURS], { slack: unconnected })
    expect(code).toBe(0)
    expect(double.calls).toEqual([])
    const link = /https:\/\/api\.slack\.com\/apps\?new_app=1&manifest_json=(\S+)/.exec(out)?.[1] ?? ''
    const manifest = JSON.parse(decodeURIComponent(link))
    expect(manifest.features.slash_commands[0]).toMatchObject({
      command: '/loyalty',
      url: 'https://shop.example/slack/events',
    })
    expect(link).not.toContain('loyalty.example.org')
    for (const words of [
      'SLACK_BOT_TOKEN=',
      'SLACK_SIGNING_SECRET=',
      'SLACK_ALERT_CHANNEL=',
      '"staff": {',
      '/invite',
      'Retry',
    ])
      expect(out).toContain(words)
  })

  test('--manifest prints the manifest, and nothing else', async () => {
    const { code, out } = await run(['setup', 'slack', '--manifest'], {
      slack: unconnected,
      settings: { publicUrl: 'https://shop.example/' },
    })
    expect(code).toBe(0)
    const urls = [...out.matchAll(/https:\/\/[^"]+/g)].map(([url]) => url)
    expect(new Set(urls)).toEqual(new Set(['https://shop.example/slack/events']))
    expect(JSON.parse(out).oauth_config.scopes.bot.toSorted()).toEqual(WANTED.toSorted())
  })

  test.each([
    [[], '--url is missing, and PUBLIC_URL is not set'],
    [['--url', 'shop.example'], '--url must be an address that Slack can call'],
    [['--url', 'http://127.0.0.1:8787'], '--url must be an address that Slack can call'],
  ])('refuses %j in words', async (words, said) => {
    const { code, err } = await run(['setup', 'slack', ...words], { slack: unconnected })
    expect(code).toBe(2)
    expect(err).toContain(said)
  })

  test('connected, says that everything is as it should be', async () => {
    const { code, out } = await run(['setup', 'slack', '--url', URL_OF_OURS])
    expect(code).toBe(0)
    expect(out).toContain('✓ Slack: token: of the workspace “Regulars Shop”\n')
    expect(out).toContain('Slack is connected. Type /loyalty there.')
    expect(out).not.toContain('✗')
  })

  test('connected in part, says what is left, each with what mends it', async () => {
    const { code, out } = await run(['setup', 'slack', '--url', URL_OF_OURS], {
      slack: { alertChannel: CHANNELS.random },
    })
    expect(code).toBe(1)
    expect(out).toContain(
      '✗ Slack: alert channel: the app is not in #random\n    → In Slack, in #random: /invite @Regulars\n',
    )
    expect(out).toContain('Mend what is marked, then run this again.')
  })

  test('with a token and no secret, shows the steps and what the token may do', async () => {
    const { code, out } = await run(['setup', 'slack', '--url', URL_OF_OURS], { slack: { signingSecret: null } })
    expect(code).toBe(1)
    expect(out).toContain('1. Open this link')
    expect(out).toContain('✗ Slack: signing secret: SLACK_SIGNING_SECRET is not set')
    expect(out).toContain('✓ Slack: token')
  })
})

describe('the doctor', () => {
  const finds = async (setup: Setup = {}): Promise<string> => (await run(['doctor'], setup)).out

  test('says in one line that Slack is not connected', async () => {
    const { lines } = await run(['doctor'], { slack: unconnected })
    expect(lines).toEqual([
      '✓ Slack: not connected: nobody is told of anything there. To connect: npx regulars setup slack',
    ])
  })

  test('finds everything right where it is', async () => {
    const { lines } = await run(['doctor'])
    expect(lines).toEqual([
      '✓ Slack: signing secret: set',
      '✓ Slack: token: of the workspace “Regulars Shop”',
      `✓ Slack: scopes: all ${WANTED.length} are there`,
      '✓ Slack: alert channel: #alerts',
      '✓ Slack: approvals channel: #approvals',
      '✓ Slack: staff: 1 admin, 1 approver, 2 issuer, 1 viewer',
      '✓ Slack: user group S0ISSUERS: 1 person',
    ])
  })

  test('changes nothing in Slack', async () => {
    const { double } = await run(['doctor'])
    const asks = /^(auth\.test|users\.info|conversations\.(info|list)|usergroups\.users\.list)$/
    expect(double.calls.map(({ method }) => method).filter((method) => !asks.test(method))).toEqual([])
  })

  test.each<[string, Setup, RegExp]>([
    [
      'no signing secret',
      { slack: { signingSecret: null } },
      /✗ Slack: signing secret: .*refused\n {4}→ Copy “Signing Secret”/,
    ],
    [
      'no token',
      { slack: { botToken: null } },
      /✗ Slack: token: SLACK_BOT_TOKEN is not set.*\n {4}→ npx regulars setup slack/,
    ],
    [
      'a token that was revoked',
      { double: (double) => double.script({ kind: 'error', error: 'token_revoked' }) },
      /✗ Slack: token: Slack refuses it: token_revoked\n {4}→ Copy “Bot User OAuth Token”/,
    ],
    [
      'a Slack that is down',
      {
        double: (double) => {
          double.settings.down = 'broken'
        },
      },
      /✗ Slack: token: Slack does not answer .*\n {4}→ Look at slack-status\.com/,
    ],
    [
      'a Slack that answers with pages',
      { double: (double) => double.script({ kind: 'html' }) },
      /✗ Slack: token: Slack does not answer \(status 503\)/,
    ],
    [
      'scopes that are missing, by name',
      {
        double: (double) => {
          double.settings.scopes = WANTED.filter((scope) => scope !== 'usergroups:read' && scope !== 'commands')
        },
      },
      /✗ Slack: scopes: missing: commands, usergroups:read\n {4}→ Paste what npx regulars setup slack --manifest prints/,
    ],
    [
      'user groups that cannot be read',
      {
        double: (double) => {
          double.settings.scopes = WANTED.filter((scope) => scope !== 'usergroups:read')
        },
      },
      /✗ Slack: user group S0ISSUERS: cannot be read \(missing_scope\): nobody in it may do anything/,
    ],
    ['no alert channel', { slack: { alertChannel: null } }, /✗ Slack: alert channel: SLACK_ALERT_CHANNEL is not set/],
    [
      'an alert channel that there is not',
      { slack: { alertChannel: 'C0NOWHERE' } },
      /✗ Slack: alert channel: there is no C0NOWHERE, or it is private and the app is not in it\n {4}→ In Slack, in that channel: \/invite/,
    ],
    ['an alert channel by a name there is not', { slack: { alertChannel: '#nowhere' } }, /there is no #nowhere/],
    [
      'an alert channel that is archived',
      {
        double: ({ workspace }) => {
          const channel = workspace.channels[CHANNELS.alerts]
          if (channel !== undefined) channel.isArchived = true
        },
      },
      /✗ Slack: alert channel: #alerts is archived/,
    ],
    [
      'an approvals channel without the app',
      {
        double: ({ workspace }) => {
          const channel = workspace.channels[CHANNELS.approvals]
          if (channel !== undefined) channel.members = channel.members.filter((id) => id !== BOT_USER)
        },
      },
      /✗ Slack: approvals channel: there is no #approvals, or it is private and the app is not in it/,
    ],
    [
      'lists that are empty',
      { staff: { admin: [], approver: [], issuer: [], viewer: [] } },
      /✗ Slack: staff: nobody is listed, so nobody may do anything\n {4}→ .*“Copy member ID”; then in program\.json: "staff"/,
    ],
    [
      'lists of which nobody may give anything',
      { staff: { admin: [], approver: [], issuer: ['hubspot:a@example.org'], viewer: ['*'] } },
      /✗ Slack: staff: nobody may give anything/,
    ],
    [
      'nobody to approve',
      { staff: { admin: [], approver: [], issuer: ['slack:U0SAM'] } },
      /✗ Slack: staff: nobody may agree to more than 1,000 points/,
    ],
    [
      'an id that is nobody’s',
      { staff: { issuer: ['slack:U0NOBODY'] } },
      /✗ Slack: U0NOBODY: is nobody in this workspace\n {4}→ Take slack:U0NOBODY off/,
    ],
    ['a guest on the lists', { staff: { issuer: [`slack:${PEOPLE.gus}`] } }, /✗ Slack: U0GUS: is a guest or has gone/],
    [
      'a user group that there is not',
      { staff: { issuer: ['slack:S0GONE'] } },
      /✗ Slack: user group S0GONE: cannot be read \(no_such_subteam\).*\n {4}→ In Slack: People/,
    ],
    [
      'a user group with nobody in it',
      {
        double: ({ workspace }) => {
          const group = workspace.groups.S0ISSUERS
          if (group !== undefined) group.users = []
        },
      },
      /✗ Slack: user group S0ISSUERS: has nobody in it/,
    ],
  ])('names %s, with what mends it', async (_, setup, pattern) => {
    expect(await finds(setup)).toMatch(pattern)
  })

  test('finds the alert channel by its id or its name, with or without #', async () => {
    for (const alertChannel of [CHANNELS.alerts, '#alerts', 'alerts', 'Alerts'])
      expect(await finds({ slack: { alertChannel } })).toContain('✓ Slack: alert channel: #alerts\n')
  })

  describe('calls our own door by the address that the world uses', () => {
    const publicUrl = URL_OF_OURS
    async function reach(answer: typeof fetch): Promise<string> {
      return finds({ settings: { publicUrl }, fetch: answer })
    }

    test('and finds it there, with the same secret', async () => {
      const door = await openDoor({ app: createFakeApp(), clock: { now: () => NOW } })
      const called: string[] = []
      const answer: typeof fetch = async (url, init) => {
        called.push(String(url))
        const headers = Object.fromEntries(new Headers(init?.headers))
        const { status, text } = await door.send(String(init?.body), { type: '', headers })
        return new Response(text, { status })
      }
      expect(await reach(answer)).toContain('✓ Slack: address: https://shop.example/slack/events answers\n')
      expect(called).toEqual(['https://shop.example/slack/events'])
    })

    test.each<[string, typeof fetch, RegExp]>([
      [
        'another secret',
        async () => new Response('', { status: 401 }),
        /✗ Slack: address: .* has another, or another clock\n/,
      ],
      [
        'no server',
        () => Promise.reject(new TypeError('fetch failed')),
        /✗ Slack: address: \S+ does not answer\n {4}→ Start/,
      ],
      ['something else', async () => new Response('<h1>hello</h1>'), /✗ Slack: address: \S+ answers 200\n/],
      ['a server without Slack', async () => new Response('', { status: 503 }), /✗ Slack: address: \S+ answers 503\n/],
    ])('and finds %s', async (_, answer, pattern) => {
      expect(await reach(answer)).toMatch(pattern)
    })
  })
})
