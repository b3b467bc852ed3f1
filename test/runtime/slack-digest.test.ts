// The morning digest and App Home at the real servers: a Node process with its two threads, and real workerd on a local D1.
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestHarness, type TestHarness } from 'wrangler'
import type { SlackDouble } from '../../integrations/sandbox/doubles/slack/create-double.ts'
import shipped from '../../program.json' with { type: 'json' }
import { localMinute } from '../../src/compose/digest-clock.ts'
import { newFolder, removeFolder, type Server, startServer } from '../support/server.ts'
import { CHANNELS, listenAsSlack, PEOPLE, SLACK_SECRET, SLACK_TOKEN, STAFF } from '../support/slack.ts'

const STARTS_WITHIN_MS = 90_000
const SEEN_WITHIN_MS = 20_000
const root = fileURLToPath(new URL('../../', import.meta.url))

const settingsFor = (apiUrl: string) => ({
  SLACK_BOT_TOKEN: SLACK_TOKEN,
  SLACK_SIGNING_SECRET: SLACK_SECRET,
  SLACK_ALERT_CHANNEL: CHANNELS.alerts,
  SLACK_API_URL: apiUrl,
  LOG_LEVEL: 'info',
})

type Slack = Awaited<ReturnType<typeof listenAsSlack>>

function tell(
  double: SlackDouble,
  fetchHost: (body: string, headers: Record<string, string>) => Promise<{ status: number; text(): Promise<string> }>,
) {
  double.settings.appUrl = 'http://regulars.test/slack/events'
  double.settings.send = async (request) => {
    const response = await fetchHost(await request.text(), Object.fromEntries(request.headers))
    return new Response(await response.text(), { status: response.status })
  }
}

const digests = (double: SlackDouble) =>
  double
    .sees(PEOPLE.ada)
    .messages.filter(({ channel, text }) => channel === CHANNELS.alerts && text.includes('in the last seven days'))

async function until(isSo: () => boolean): Promise<void> {
  for (const end = performance.now() + SEEN_WITHIN_MS; !isSo() && performance.now() < end; )
    await new Promise((done) => setTimeout(done, 50))
  expect(isSo()).toBe(true)
}

async function home(double: SlackDouble, user: string): Promise<string> {
  await double.openHome(user)
  const read = () => double.sees(user).home?.reads ?? ''
  await until(() => read().includes('*Members*'))
  return read()
}

describe('on Node', () => {
  let slack: Slack
  let server: Server
  const program = { staff: STAFF, retention: { digestAt: '00:00' } }
  const folder = newFolder()
  const start = async (): Promise<void> => {
    server = await startServer({ env: settingsFor(slack.apiUrl), program, folder })
    tell(slack.double, (body, headers) => fetch(`${server.url}/slack/events`, { method: 'POST', body, headers }))
  }
  beforeAll(async () => {
    slack = await listenAsSlack()
    await start()
  }, STARTS_WITHIN_MS)
  afterAll(async () => {
    await server?.stop()
    await slack?.close()
    removeFolder(folder)
  })

  test('the day’s digest is posted soon after the start, and once', async () => {
    await until(() => digests(slack.double).length > 0)
    expect(digests(slack.double)[0]?.reads).toContain('Nobody has bought yet.')
    expect(digests(slack.double)).toHaveLength(1)
  })

  test('a server that was killed and starts again does not post it again', { timeout: 60_000 }, async () => {
    await server.kill()
    await start()
    // Longer than the first round of the clock takes to come, and what it queues to go out.
    await new Promise((done) => setTimeout(done, 3_000))
    expect(digests(slack.double)).toHaveLength(1)
  })

  test('App Home is shown, with what an administrator mends', async () => {
    expect(await home(slack.double, PEOPLE.ada)).toContain('Everything is in order.')
  })
})

describe('on workerd', () => {
  let slack: Slack
  let worker: TestHarness
  beforeAll(async () => {
    slack = await listenAsSlack()
    worker = createTestHarness({
      root,
      workers: [{ configPath: './wrangler.toml', secrets: settingsFor(slack.apiUrl) }],
    })
    await worker.listen()
    await worker.getWorker<{ DB: never }>().applyD1Migrations('DB')
    tell(slack.double, (body, headers) => worker.fetch('/slack/events', { method: 'POST', body, headers }))
  }, STARTS_WITHIN_MS)
  afterAll(async () => {
    await worker?.close()
    await slack?.close()
  })

  test('the clock’s ticks post the day’s digest once, and none before its hour', async () => {
    for (let n = 0; n < 3; n++) await worker.getWorker().scheduled({ cron: '* * * * *', scheduledTime: new Date() })
    // The Worker bundles the shipped program, and its clock is the real one.
    const { timezone = 'UTC', retention } = shipped as { timezone?: string; retention?: { digestAt?: string } }
    const isDue = localMinute(Date.now(), timezone).time >= (retention?.digestAt ?? '09:00')
    expect(digests(slack.double)).toHaveLength(isDue ? 1 : 0)
  })

  test('App Home is shown', async () => {
    expect(await home(slack.double, PEOPLE.vic)).toContain('*Points outstanding*')
  })
})
