// Slack at the real servers: a Node process with its two threads, and real workerd on a local D1. People type in the double,
// which listens as Slack does, and see what comes of it.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestHarness, type TestHarness } from 'wrangler'
import type { SlackDouble } from '../../integrations/sandbox/doubles/slack/create-double.ts'
import { newFolder, removeFolder, type Server, startServer } from '../support/server.ts'
import { CHANNELS, listenAsSlack, PEOPLE, SLACK_SECRET, SLACK_TOKEN, STAFF } from '../support/slack.ts'

const KEY = 'slack-runtime-key-0123456789'
const STARTS_WITHIN_MS = 90_000
const SEEN_WITHIN_MS = 20_000
const root = fileURLToPath(new URL('../../', import.meta.url))
/** The day's digest stays away from what is looked at here. */
const program = { staff: STAFF, retention: { digestAt: '23:59' } }

const settingsFor = (apiUrl: string) => ({
  SLACK_BOT_TOKEN: SLACK_TOKEN,
  SLACK_SIGNING_SECRET: `the-new-secret, ${SLACK_SECRET}`,
  SLACK_ALERT_CHANNEL: CHANNELS.alerts,
  SLACK_API_URL: apiUrl,
  API_KEYS: `test:${KEY}:admin`,
  LOG_LEVEL: 'info',
})

interface Host {
  fetch(
    path: string,
    init?: { method?: string; body?: string; headers?: Record<string, string> },
  ): Promise<{
    status: number
    text(): Promise<string>
  }>
  tick(): Promise<void>
  close(): Promise<unknown>
}

async function startNode(settings: Record<string, string>): Promise<Host> {
  const server = await startServer({ env: settings, program })
  return {
    fetch: (path, init) => fetch(`${server.url}${path}`, init ?? {}),
    tick: async () => {},
    close: () => server.stop(),
  }
}

/** The Worker bundles program.json, in which everybody may look. */
async function startWorker(settings: Record<string, string>): Promise<Host> {
  const worker: TestHarness = createTestHarness({
    root,
    workers: [{ configPath: './wrangler.toml', secrets: settings }],
  })
  await worker.listen()
  await worker.getWorker<{ DB: never }>().applyD1Migrations('DB')
  return {
    fetch: (path, init) => worker.fetch(path, init ?? {}),
    tick: async () => void (await worker.getWorker().scheduled({ cron: '* * * * *', scheduledTime: new Date() })),
    close: () => worker.close(),
  }
}

async function until(isSo: () => boolean, meanwhile: () => Promise<void> = async () => {}): Promise<void> {
  for (const end = performance.now() + SEEN_WITHIN_MS; !isSo() && performance.now() < end; ) {
    await meanwhile()
    await new Promise((done) => setTimeout(done, 20))
  }
  expect(isSo()).toBe(true)
}

const post = (host: Host, path: string, body: object) =>
  host.fetch(`/api/v1${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: {
      authorization: `Bearer ${KEY}`,
      'content-type': 'application/json',
      'idempotency-key': crypto.randomUUID(),
    },
  })

describe.each([
  ['Node', startNode],
  ['workerd', startWorker],
])('on %s', (_name, start) => {
  let host: Host
  let double: SlackDouble
  let closeDouble: () => Promise<void>
  beforeAll(async () => {
    const listening = await listenAsSlack()
    ;({ double, close: closeDouble } = listening)
    host = await start(settingsFor(listening.apiUrl))
    double.settings.appUrl = 'http://regulars.test/slack/events'
    double.settings.send = async (request) => {
      const headers = Object.fromEntries(request.headers)
      const response = await host.fetch('/slack/events', { method: 'POST', body: await request.text(), headers })
      return new Response(await response.text(), { status: response.status })
    }
  }, STARTS_WITHIN_MS)
  afterAll(async () => {
    await host?.close()
    await closeDouble?.()
  })

  const reads = (): string => double.sees(PEOPLE.sam).messages.at(-1)?.reads ?? ''
  /** Types, and waits for the next message that Sam sees. */
  async function type(line: string): Promise<{ tookMs: number }> {
    const before = double.sees(PEOPLE.sam).messages.length
    const acknowledged = await double.command(PEOPLE.sam, CHANNELS.loyalty, line)
    expect(acknowledged).toMatchObject({ status: 200, text: '' })
    await until(() => double.sees(PEOPLE.sam).messages.length > before)
    return acknowledged
  }

  test('a command is acknowledged, and answered', async () => {
    await type('/loyalty')
    expect(reads()).toContain('/loyalty lookup ada@example.org')
    expect(double.callsTo('response')).not.toEqual([])
  })

  test('a customer is found, by address and by a part of the name in any script', async () => {
    const made = await post(host, '/members', { email: 'abebe@example.org', name: 'አበበ ቢቂላ' })
    expect(made.status).toBe(201)
    await type('/loyalty abebe@example.org')
    expect(reads()).toContain('አበበ ቢቂላ')
    await type('/loyalty አበ')
    expect(reads()).toContain('አበበ ቢቂላ')
  })

  test('the language that one chose is kept', async () => {
    await type('/loyalty language english')
    expect(reads()).toBe('From now on you are answered in *English*.')
    await type('/loyalty language')
    expect(reads()).not.toContain('Chosen by your Slack')
  })

  test('many who ask at once are each answered', async () => {
    const people = [PEOPLE.ira, PEOPLE.ana, PEOPLE.ada, PEOPLE.vic]
    const before = people.map((person) => double.sees(person).messages.length)
    const lines = ['help all', 'language', 'abebe@example.org', 'rewards', 'nobody-of-that-name']
    const asked = people.flatMap((person) => lines.map((line) => ({ person, line: `/loyalty ${line}` })))
    await Promise.all(asked.map(({ person, line }) => double.command(person, CHANNELS.loyalty, line)))
    await until(() =>
      people.every((person, n) => double.sees(person).messages.length === (before[n] ?? 0) + lines.length),
    )
    const answers = people.flatMap((person, n) => double.sees(person).messages.slice(before[n]))
    expect(answers.filter(({ reads: said }) => /could not be|Try again in a moment/.test(said))).toEqual([])
  }, 40_000)

  test('App Home is shown', async () => {
    await double.openHome(PEOPLE.sam)
    await until(() => double.callsTo('views.publish').length > 0)
    expect(double.callsTo('views.publish').map(({ error }) => error)).toEqual([null])
  })

  test('who did not sign is refused', async () => {
    const request = double.signed('command=%2Floyalty', 'form', { secret: 'another' })
    const headers = Object.fromEntries(request.headers)
    const refused = await host.fetch('/slack/events', { method: 'POST', body: 'command=%2Floyalty', headers })
    expect(refused.status).toBe(401)
  })

  test('an alert goes out by itself, also when Slack was not there at first', async () => {
    double.script({ method: 'chat.postMessage', kind: 'status', status: 503 })
    await post(host, '/members', { email: 'unhappy@example.org', name: 'Una Happy' })
    const told = { action: 'feedback', data: { score: 1, text: 'Cold coffee' } }
    const noted = await post(host, '/members/email%3Aunhappy%40example.org/actions', told)
    expect(noted.status).toBe(201)
    const seen = () => double.sees(PEOPLE.ada).messages.filter(({ channel }) => channel === CHANNELS.alerts)
    await until(() => seen().some(({ reads: text }) => text.includes('Una Happy')), host.tick)
    expect(
      seen()
        .map(({ reads: text }) => text)
        .join(),
    ).toContain('Una Happy')
    expect(double.isScriptOver()).toBe(true)
  }, 40_000)

  test('is counted', async () => {
    const metrics = await (await host.fetch('/metrics')).text()
    expect(metrics).toMatch(/regulars_webhook_events_total\{vendor="slack",outcome="recorded"\} [1-9]/)
    expect(metrics).toContain('regulars_http_requests_total{method="POST",route="/slack/events",status="401"} 1')
  })
})

describe('the Node server’s end', () => {
  test('waits for what was acknowledged to Slack, and answers it', { timeout: 60_000 }, async () => {
    const { double, apiUrl, close } = await listenAsSlack()
    const server: Server = await startServer({ env: settingsFor(apiUrl), program })
    double.settings.appUrl = `${server.url}/slack/events`
    double.script({ method: 'users.info', kind: 'slow', ms: 2_000 })
    await double.command(PEOPLE.sam, CHANNELS.loyalty, '/loyalty help')
    expect(double.sees(PEOPLE.sam).messages).toEqual([])
    expect(await server.stop()).toEqual({ code: 0, signal: null })
    expect(double.sees(PEOPLE.sam).messages).toHaveLength(1)
    expect(server.logs()).not.toContain('cut off')
    await close()
  })
})

describe('a Node server without Slack', () => {
  /** Says of each module that is asked for by name. */
  const TELLING = `import { registerHooks } from 'node:module'
registerHooks({ resolve(name, context, next) {
  if (/slack/.test(name)) process.stderr.write('asked for ' + name + '\\n')
  return next(name, context)
} })`

  async function asksFor(env: Record<string, string>, then: (server: Server) => Promise<unknown>): Promise<string> {
    const folder = newFolder()
    const file = join(folder, 'telling.mjs')
    writeFileSync(file, TELLING)
    const server = await startServer({ env: { ...env, NODE_OPTIONS: `--import=${pathToFileURL(file).href}` } })
    await then(server)
    await server.stop()
    removeFolder(folder)
    return server.logs()
  }

  test('never loads its libraries; one with Slack does when it is first called', { timeout: 60_000 }, async () => {
    const call = (server: Server) => fetch(`${server.url}/slack/events`, { method: 'POST', body: '{}' })
    const without = await asksFor({}, async (server) => expect((await call(server)).status).toBe(503))
    expect(without).toContain('asked for ')
    expect(without).not.toContain('@slack/')
    const settings = settingsFor('http://127.0.0.1:1/api/')
    const idle = await asksFor(settings, async () => {})
    expect(idle).not.toContain('@slack/')
    const called = await asksFor(settings, async (server) => expect((await call(server)).status).toBe(401))
    expect(called).toContain('asked for @slack/bolt')
  })
})
