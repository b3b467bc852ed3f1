// The Slack double for tests, with the people and channels of a shop: reached by the official client in this process (msw), or
// listening for spawned processes.
import { serve } from '@hono/node-server'
import { HttpResponse, http, passthrough } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, beforeAll } from 'vitest'
import {
  createSlackDouble,
  DOUBLE_URL,
  type SlackDouble,
  type SlackDoubleOptions,
} from '../../integrations/sandbox/doubles/slack/create-double.ts'
import {
  addChannel,
  addGroup,
  addUser,
  BOT_USER,
  createWorkspace,
  type Workspace,
} from '../../integrations/sandbox/doubles/slack/workspace.ts'

export const SLACK_API_URL = `${DOUBLE_URL}/api/`
export const SLACK_TOKEN = 'xoxb-test'
export const SLACK_SECRET = 'slack-signing-secret'

export const PEOPLE = {
  sam: 'U0SAM',
  ira: 'U0IRA',
  ana: 'U0ANA',
  ada: 'U0ADA',
  vic: 'U0VIC',
  noa: 'U0NOA',
  gus: 'U0GUS',
  eve: 'U0EVE',
} as const
export type Person = keyof typeof PEOPLE

export const CHANNELS = {
  loyalty: 'C0LOYALTY',
  alerts: 'C0ALERTS',
  approvals: 'C0APPROVALS',
  random: 'C0RANDOM',
} as const
export type ChannelName = keyof typeof CHANNELS

export const ISSUERS = 'S0ISSUERS'
/** The program's staff, as the people above. */
export const STAFF = {
  admin: ['slack:U0ADA'],
  approver: ['slack:U0ANA'],
  issuer: ['slack:U0SAM', `slack:${ISSUERS}`],
  viewer: ['slack:U0VIC'],
  approvalsChannel: '#approvals',
}

/** A workspace with the people and channels of tests. The bot is in #loyalty, #alerts and #approvals, not in #random. */
export function createShopWorkspace(): Workspace {
  const workspace = createWorkspace()
  for (const [name, id] of Object.entries(PEOPLE))
    addUser(workspace, {
      id,
      name,
      realName: `${name[0]?.toUpperCase()}${name.slice(1)}`,
      isAdmin: name === 'ada',
      isRestricted: name === 'gus',
      ...(name === 'eve' && { teamId: 'T0OTHERSHOP', isStranger: true, email: null }),
    })
  addGroup(workspace, { id: ISSUERS, handle: 'loyalty-issuers', users: [PEOPLE.ira] })
  const all = Object.values(PEOPLE)
  addChannel(workspace, { id: CHANNELS.loyalty, name: 'loyalty', members: [BOT_USER, ...all], isShared: true })
  addChannel(workspace, { id: CHANNELS.alerts, name: 'alerts', members: [BOT_USER, ...all] })
  const { sam, ana, ada } = PEOPLE
  addChannel(workspace, {
    id: CHANNELS.approvals,
    name: 'approvals',
    kind: 'private',
    members: [BOT_USER, sam, ana, ada],
  })
  addChannel(workspace, { id: CHANNELS.random, name: 'random', members: all })
  return workspace
}

/** The double that answers at `DOUBLE_URL` from now on, for all tests of this file. */
export function startSlack() {
  let double: SlackDouble | null = null
  const server = setupServer(
    http.all(/^http:\/\/(127\.0\.0\.1|localhost)[:/]/, () => passthrough()),
    http.all(`${DOUBLE_URL}/*`, async ({ request }) => {
      try {
        return (await double?.fetch(request)) ?? HttpResponse.error()
      } catch {
        return HttpResponse.error()
      }
    }),
  )
  beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
  afterAll(() => server.close())
  return {
    use(given: SlackDouble): SlackDouble {
      double = given
      return given
    },
  }
}

/** For processes of their own, started with `env`; once they listen, `double.settings.appUrl` is to say where. */
export function listenAsSlack(options: Partial<SlackDoubleOptions> = {}) {
  const double = createSlackDouble({
    now: Date.now,
    workspace: createShopWorkspace(),
    send: (request) => fetch(request),
    ...options,
  })
  return new Promise<ListeningSlack>((done) => {
    const server = serve({ fetch: double.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => {
      double.settings.url = `http://127.0.0.1:${port}`
      const apiUrl = `${double.settings.url}/api/`
      done({
        double,
        apiUrl,
        env: { SLACK_BOT_TOKEN: SLACK_TOKEN, SLACK_SIGNING_SECRET: SLACK_SECRET, SLACK_API_URL: apiUrl },
        close: () => new Promise((closed) => server.close(() => closed())),
      })
    })
  })
}

export interface ListeningSlack {
  double: SlackDouble
  apiUrl: string
  env: Record<'SLACK_BOT_TOKEN' | 'SLACK_SIGNING_SECRET' | 'SLACK_API_URL', string>
  close: () => Promise<void>
}
