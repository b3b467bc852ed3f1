// Who gets to see the sandbox: a browser on this machine that was told to come here, where nothing is real. Anywhere else there is none.
import { once } from 'node:events'
import { type IncomingMessage, type RequestOptions, request } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from '../../src/compose/open-database.ts'
import { noteLive } from '../../src/compose/secrets.ts'
import { newFolder } from '../support/server.ts'
import { startTrial, type Trial } from '../support/trial.ts'

const JSON_BODY = { 'content-type': 'application/json' }
/** Nobody listens there. */
const NOWHERE = 'http://127.0.0.1:9'

/** Whatever a client may send: browsers and fetch would not let us. */
async function ask(port: number, path: string, options: RequestOptions & { body?: string } = {}) {
  const { body = '', ...rest } = options
  const asked = request({ port, host: '127.0.0.1', path, agent: false, ...rest }).end(body)
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  let text = ''
  for await (const part of response) text += String(part)
  return { status: response.statusCode ?? 0, headers: response.headers, text }
}

describe('the sandbox', { timeout: 60_000 }, () => {
  let trial: Trial
  beforeAll(async () => {
    trial = await startTrial()
  }, 60_000)
  afterAll(() => trial.stop())
  const here = (over: Record<string, string> = {}) => ({ host: `localhost:${trial.port}`, ...over })

  test.each(['/', '/sandbox/assets/app.js', '/sandbox/assets/app.css', '/sandbox/state', '/sandbox/nothing'])(
    'serves %s with a policy that lets nothing in from elsewhere',
    async (path) => {
      const { headers } = await ask(trial.port, path, { headers: here() })
      const policy = String(headers['content-security-policy']).split('; ')
      expect(policy).toEqual(
        expect.arrayContaining([
          "default-src 'none'",
          "script-src 'self'",
          "frame-ancestors 'none'",
          "base-uri 'none'",
        ]),
      )
      expect(policy.join(' ')).not.toMatch(/unsafe|https?:|\*|blob:/)
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': 'no-store',
      })
    },
  )

  test('says that it is one, with no script or style within the page', async () => {
    const { status, text } = await ask(trial.port, '/', { headers: here() })
    expect([status, text]).toEqual([200, expect.stringContaining('Sandbox')])
    expect(text).not.toMatch(/<style|<script(?![^>]* src="\/sandbox\/)|\son\w+=|https?:\/\//)
  })

  test.each(['evil.example', 'localhost', 'localhost:1', '127.0.0.1.evil.example', 'sandbox.test:80'])(
    'refuses whoever was sent here as %j',
    async (host) => {
      for (const path of ['/', '/sandbox/state', '/sandbox/events']) {
        const { status, text } = await ask(trial.port, path, { headers: { host } })
        expect([status, text]).toEqual([403, expect.not.stringContaining('"shop"')])
      }
    },
  )

  test.each(['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]'])('takes whoever was sent to %s', async (name) => {
    const headers = { host: `${name}:${trial.port}` }
    expect((await ask(trial.port, '/sandbox/state', { headers })).status).toBe(200)
  })

  test.each(['cross-site', 'same-site', 'anything'])(
    'refuses what a %s page asks, but lets its links lead here',
    async (site) => {
      const headers = here({ 'sec-fetch-site': site, ...JSON_BODY })
      const posted = await ask(trial.port, '/sandbox/start-over', { method: 'POST', headers, body: '{}' })
      const read = await ask(trial.port, '/sandbox/state', { headers: { ...headers, 'sec-fetch-mode': 'cors' } })
      expect([posted.status, read.status]).toEqual([403, 403])
      const linked = await ask(trial.port, '/', { headers: { ...headers, 'sec-fetch-mode': 'navigate' } })
      expect(linked.status).toBe(200)
    },
  )

  test.each(['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data', ''])(
    'refuses a form of %j',
    async (type) => {
      const headers = here(type === '' ? {} : { 'content-type': type })
      const { status } = await ask(trial.port, '/sandbox/start-over', { method: 'POST', headers, body: '{}' })
      expect(status).toBe(403)
    },
  )

  test.each(['../run.ts', '..%2Frun.ts', '%2e%2e/%2e%2e/package.json', 'app.js/../../routes.ts', '.env', 'app.js%00'])(
    'serves no file of this machine as %s',
    async (name) => {
      const { status } = await ask(trial.port, `/sandbox/assets/${name}`, { headers: here() })
      expect(status).toBe(404)
    },
  )
})

test('the sandbox ends in good order while a page looks on', { timeout: 60_000 }, async () => {
  const trial = await startTrial()
  const headers = { host: `localhost:${trial.port}` }
  const asked = request({ port: trial.port, host: '127.0.0.1', path: '/sandbox/events', agent: false, headers }).end()
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  const [told] = (await once(response, 'data')) as [Buffer]
  expect(told.toString()).toContain('event: changed')
  response.resume()
  await Promise.all([once(response, 'end'), trial.stop()])
  expect(trial.logs()).toContain('"stopped"')
  expect(trial.logs()).not.toContain('cut off')
})

const credentials: Record<string, Record<string, string>> = {
  'STRIPE_WEBHOOK_SECRET is set': { STRIPE_WEBHOOK_SECRET: 'whsec_live_of_a_shop' },
  'STRIPE_SECRET_KEY is set': { STRIPE_SECRET_KEY: 'sk_test_of_a_shop', STRIPE_API_URL: NOWHERE },
  'HUBSPOT_ACCESS_TOKEN is set': { HUBSPOT_ACCESS_TOKEN: 'pat-of-a-shop', HUBSPOT_API_URL: NOWHERE },
  'HUBSPOT_CLIENT_SECRET is set': { HUBSPOT_CLIENT_SECRET: 'secret-of-a-shop' },
  'SLACK_BOT_TOKEN is set': { SLACK_BOT_TOKEN: 'xoxb-of-a-shop', SLACK_API_URL: `${NOWHERE}/api/` },
  'SLACK_SIGNING_SECRET is set': { SLACK_SIGNING_SECRET: 'signing-secret-of-a-shop' },
  'others can reach it': { HOST: '0.0.0.0' },
  'it is in production': { NODE_ENV: 'production' },
}

async function expectNoSandbox(trial: Trial): Promise<void> {
  expect(trial.isSandbox).toBe(false)
  const headers = { host: `localhost:${trial.port}`, ...JSON_BODY }
  for (const path of ['/', '/sandbox/state', '/sandbox/events', '/sandbox/assets/app.js']) {
    const { text } = await ask(trial.port, path, { headers })
    expect(text).not.toContain('andbox')
  }
  for (const path of ['/sandbox/start-over', '/sandbox/year', '/sandbox/do/shop/buy']) {
    const { status } = await ask(trial.port, path, { method: 'POST', headers, body: '{}' })
    expect(status).toBe(404)
  }
}

describe('there is no sandbox', { timeout: 60_000 }, () => {
  test.each(Object.keys(credentials))('where %s', async (name) => {
    const trial = await startTrial({ env: credentials[name] ?? {} })
    await expectNoSandbox(trial).finally(trial.stop)
  })

  test('on a database that real credentials were used with', async () => {
    const folder = newFolder()
    const { store } = await openDatabase(join(folder, 'shop.db'))
    await noteLive(store, true)
    await store.close()
    const trial = await startTrial({ folder })
    await expectNoSandbox(trial).finally(trial.stop)
  })
})
