// The door that Slack calls, attacked: who did not sign is refused, whatever was signed is acknowledged, once, and nothing
// that anybody typed stands in a log.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { formOf } from '../../integrations/sandbox/doubles/slack/signature.ts'
import type { Commanded, Handler, Reply } from '../../integrations/slack/desk.ts'
import { createReceiver } from '../../integrations/slack/receiver.ts'
import { buttons, commands, optionSources, shortcuts, submissions } from '../../integrations/slack/registered.ts'
import { createSlackHandler } from '../../src/compose/slack.ts'
import { parseConfig } from '../../src/config.ts'
import { createApp } from '../../src/http/create-app.ts'
import { createMetrics } from '../../src/metrics.ts'
import { createFakeApp, NOW } from '../support/http-fake-app.ts'
import { CHANNELS, createDesk, type LoyaltyDesk, PEOPLE, SLACK_SECRET, startSlack } from '../support/slack.ts'
import { FORM, JSON_TYPE, openDoor, signSlack } from '../support/slack-door.ts'

const slack = startSlack()

/** What the handlers of these tests were asked. */
const asked: string[] = []
const seen: Reply = { do: 'say', message: { text: 'seen', blocks: [] } }
const probe: Handler<Commanded> = {
  needs: 'view',
  answer: async ({ args }) => {
    asked.push(args)
    return seen
  },
}
const tables: object[] = [commands, buttons, submissions, shortcuts, optionSources]
const before = tables.map((table) => ({ ...table }))
beforeEach(() => {
  asked.length = 0
  commands.probe = probe
  buttons['probe.press'] = {
    needs: 'view',
    answer: async ({ value }) => {
      asked.push(value)
      return seen
    },
  }
  submissions.probe = {
    needs: 'view',
    answer: async ({ once }) => {
      asked.push(once)
      return { do: 'errors', errors: { b: 'no' } }
    },
  }
  shortcuts.probe = {
    needs: 'view',
    answer: async ({ text }) => {
      asked.push(text ?? 'global')
      return seen
    },
  }
  optionSources.probe = {
    needs: 'view',
    options: async (typed) => {
      asked.push(typed)
      return [{ text: { type: 'plain_text', text: typed }, value: typed }]
    },
  }
})
afterEach(() => {
  for (const [n, table] of tables.entries()) {
    for (const key of Object.keys(table)) Reflect.deleteProperty(table, key)
    Object.assign(table, before[n])
  }
})

const COMMAND = {
  command: '/loyalty',
  text: 'probe ada@example.org',
  user_id: PEOPLE.sam,
  team_id: 'T0REGULARS',
  channel_id: CHANNELS.loyalty,
  trigger_id: '1.2.3',
  response_url: 'http://slack.test:4003/response/none',
}
const commandBody = (over: Record<string, string> = {}): string => formOf({ ...COMMAND, ...over })
const payloadBody = (payload: unknown): string => formOf({ payload: JSON.stringify(payload) })
const user = { id: PEOPLE.sam, team_id: 'T0REGULARS' }
const PRESS = {
  type: 'block_actions',
  user,
  trigger_id: '4.5.6',
  channel: { id: CHANNELS.loyalty },
  response_url: COMMAND.response_url,
  container: { channel_id: CHANNELS.loyalty, message_ts: '1.1' },
  actions: [{ action_id: 'probe.press:2', block_id: 'b', value: 'mem_1' }],
}
const SUBMISSION = {
  type: 'view_submission',
  user,
  trigger_id: '7.8.9',
  view: { id: 'V1', type: 'modal', callback_id: 'probe', hash: 'h', state: { values: {} } },
}

async function opened(over: { secrets?: string[] } = {}) {
  const desk = await createDesk(slack, { members: ['ada'] })
  return { desk, ...(await openDoor({ app: desk.app, clock: desk.clock, ...over })) }
}

describe('who did not sign', () => {
  const at = (desk: LoyaltyDesk, seconds: number) => ({ at: desk.clock.at + seconds * 1_000 })

  test('is refused 401, and nothing is done', async () => {
    const { desk, send, settled } = await opened()
    const body = commandBody()
    const right = signSlack(body, SLACK_SECRET, desk.clock.at)
    const cases: [string, Parameters<typeof send>[1]][] = [
      ['wrong secret', { secret: 'another' }],
      ['stale', at(desk, -301)],
      ['future', at(desk, 301)],
      ['missing signature', { headers: { 'x-slack-signature': '' } }],
      ['missing time', { headers: { 'x-slack-request-timestamp': '' } }],
      ['malformed', { headers: { 'x-slack-signature': 'v1=00' } }],
      ['tampered', { headers: signSlack(`${body}x`, SLACK_SECRET, desk.clock.at) }],
      [
        'time changed',
        { headers: { 'x-slack-request-timestamp': `${Number(right['x-slack-request-timestamp']) + 1}` } },
      ],
    ]
    for (const [name, over] of cases) {
      const { status, text } = await send(body, over)
      expect([status, JSON.parse(text).code], name).toEqual([401, 'unauthorized'])
    }
    await settled()
    expect(asked).toEqual([])
    expect(desk.slack.calls).toEqual([])
  })

  test('is not told apart by whether Slack would have understood them', async () => {
    const { send } = await opened()
    for (const body of ['', '{', 'ssl_check=1', '{"type":"url_verification","challenge":"c"}', '\u0000'])
      expect((await send(body, { secret: 'another', type: JSON_TYPE })).status).toBe(401)
  })

  test('is let in by the second of two secrets', async () => {
    const { send, settled } = await opened({ secrets: ['new-secret', SLACK_SECRET] })
    expect(await send(commandBody())).toMatchObject({ status: 200, text: '' })
    expect(await send(commandBody({ trigger_id: 'x' }), { secret: 'new-secret' })).toMatchObject({ status: 200 })
    await settled()
    expect(asked).toEqual(['ada@example.org', 'ada@example.org'])
  })

  test('leaves a reason in the log, and neither the body nor the signature', async () => {
    const { send, lines } = await opened()
    await send(commandBody(), { secret: 'another' })
    expect(lines).toEqual([
      { level: 'warn', message: 'a call in Slack’s name was refused', fields: { reason: 'mismatch' } },
    ])
  })
})

describe('what is no interaction', () => {
  test('Slack’s question whether it is us is answered', async () => {
    const { send } = await opened()
    const asks = JSON.stringify({ token: 't', type: 'url_verification', challenge: '3eZbrw1aBm2rZgRNFdxV2595E9CY3gmd' })
    const { status, text } = await send(asks, { type: 'application/json; charset=utf-8' })
    expect([status, JSON.parse(text)]).toEqual([200, { challenge: '3eZbrw1aBm2rZgRNFdxV2595E9CY3gmd' }])
    const odd = await send(JSON.stringify({ type: 'url_verification', challenge: { a: 1 } }), { type: JSON_TYPE })
    expect([odd.status, JSON.parse(odd.text)]).toEqual([200, { challenge: '' }])
  })

  test('Slack’s look at the certificate, which it does not sign, is acknowledged, and does nothing', async () => {
    const { send, settled, outcomes } = await opened()
    expect(await send('ssl_check=1&token=t')).toMatchObject({ status: 200, text: '' })
    const unsigned = { secret: 'another' }
    expect(await send('token=t&ssl_check=1', unsigned)).toMatchObject({ status: 200, text: '' })
    expect(await send(`${commandBody()}&ssl_check=1`, unsigned)).toMatchObject({ status: 200, text: '' })
    for (const body of ['ssl_check=0', 'ssl_check=', `ssl_check=1&x=${'x'.repeat(2_000)}`, commandBody()])
      expect((await send(body, unsigned)).status).toBe(401)
    await settled()
    expect(asked).toEqual([])
    expect(outcomes).toEqual([])
  })

  test('a body beyond 1 MiB is refused too_large before anything else, also without its length', async () => {
    const { send } = await opened()
    const { status, text } = await send('a'.repeat(1_048_577))
    expect([status, JSON.parse(text).code]).toEqual([413, 'too_large'])
    const body = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
    })
    const receiver = createReceiver({ secrets: ['s'], clock: { now: () => 0 }, logger: console, busy: () => '' })
    const request = new Request('http://x', { method: 'POST', body, duplex: 'half' } as RequestInit)
    expect((await receiver.handle(request, () => {})).status).toBe(413)
  })

  test.each<[string, string | Uint8Array, string]>([
    ['truncated JSON', '{"type":"event_callback","event":{"ty', JSON_TYPE],
    ['JSON that is a list', '[{"type":"url_verification"}]', JSON_TYPE],
    ['JSON that is null', 'null', JSON_TYPE],
    ['JSON that is a number', '7', JSON_TYPE],
    ['nothing', '', JSON_TYPE],
    ['a payload that is truncated', 'payload=%7B%22type%22', FORM],
    ['a payload that is a list', 'payload=%5B%5D', FORM],
    ['a payload that is a text', 'payload=%22x%22', FORM],
    ['plain text', commandBody(), 'text/plain'],
    ['a form of parts', commandBody(), 'multipart/form-data; boundary=x'],
    ['no type', commandBody(), ''],
    ['nearly JSON', '{}', 'application/jsonp'],
    ['bytes that are no text', Uint8Array.from([0xff, 0xfe, 0x00, 0x80]), JSON_TYPE],
  ])('%s is refused invalid_request', async (_, body, type) => {
    const { send, outcomes } = await opened()
    const { status, text } = await send(body, { type })
    expect([status, JSON.parse(text).code]).toEqual([400, 'invalid_request'])
    expect(outcomes).toEqual([])
  })

  test.each<[string, unknown]>([
    ['an event nobody asked for', { type: 'event_callback', event: { type: 'message', channel: null, item: 'x' } }],
    ['an event without a type', { type: 'event_callback', event: {} }],
    ['an event that is none', { type: 'event_callback', event: null }],
    ['an event named as a prototype’s', { type: 'event_callback', event: { type: 'constructor', user: 'U' } }],
    ['a kind there is not', { type: 'workflow_step_edit', user }],
    ['a kind named as a prototype’s', { type: '__proto__', user }],
    ['nothing at all', {}],
    ['a press of nothing', { ...PRESS, actions: [] }],
    ['a press by nobody', { ...PRESS, user: null }],
    ['a press without an action', { ...PRESS, actions: [null] }],
    ['a press of something else', { ...PRESS, actions: [{ type: 'button', text: 'x' }] }],
    ['a window without a view', { ...SUBMISSION, view: null }],
    ['a shortcut without a name', { type: 'shortcut', user, trigger_id: '1' }],
    ['an old dialogue', { type: 'dialog_submission', user, name: 'x' }],
  ])('%s is acknowledged and ignored', async (_, body) => {
    const { send, settled, outcomes, lines, desk } = await opened()
    expect(await send(JSON.stringify(body), { type: JSON_TYPE })).toMatchObject({ status: 200, text: '' })
    expect(await send(payloadBody(body))).toMatchObject({ status: 200, text: '' })
    await settled()
    expect(outcomes).toEqual(['ignored', 'ignored'])
    expect(lines).toEqual([])
    expect(asked).toEqual([])
    expect(desk.slack.calls).toEqual([])
  })

  test.each<[string, unknown]>([
    ['a button', { ...PRESS, actions: [{ action_id: 'constructor', value: 'x' }] }],
    ['a button of no name', { ...PRESS, actions: [{ action_id: '', value: 'x' }] }],
    ['a button named as a prototype', { ...PRESS, actions: [{ action_id: '__proto__:1', value: 'x' }] }],
    ['a window', { ...SUBMISSION, view: { ...SUBMISSION.view, callback_id: 'toString' } }],
    ['a window of no name', { ...SUBMISSION, view: { id: 'V', type: 'modal', callback_id: null } }],
    ['a shortcut', { type: 'shortcut', user, trigger_id: '1', callback_id: 'hasOwnProperty' }],
    ['a window that was shut', { type: 'view_closed', user, view: { id: 'V', callback_id: 'probe' } }],
    ['a list of options', { type: 'block_suggestion', user, action_id: '__proto__', value: 'x' }],
  ])('%s that nobody made is acknowledged, and nothing is done', async (_, body) => {
    const { send, settled, lines, desk } = await opened()
    const { status, text } = await send(payloadBody(body))
    await settled()
    expect(status).toBe(200)
    expect(['', '{"options":[]}']).toContain(text)
    expect(asked).toEqual([])
    expect(lines).toEqual([])
    expect(desk.slack.calls).toEqual([])
    expect({}).not.toHaveProperty('polluted')
  })

  test('parts of a body named as prototypes change nothing', async () => {
    const { send, settled } = await opened()
    const polluting = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},'
    await send(`${polluting}"type":"event_callback","event":{"type":"app_home_opened","user":"${PEOPLE.sam}"}}`, {
      type: JSON_TYPE,
    })
    const view = `{"id":"V","type":"modal","callback_id":"probe","state":{"values":{"__proto__":{"a":{"type":"x"}}}}}`
    await send(
      formOf({ payload: `${polluting}"type":"view_submission","user":{"id":"${PEOPLE.sam}"},"view":${view}}` }),
    )
    await send(`${commandBody()}&__proto__=polluted&constructor=x`)
    await settled()
    expect({}).not.toHaveProperty('polluted')
    expect(asked).toHaveLength(2)
  })
})

describe('what was typed', () => {
  test.each([
    ['a text of 10,000 characters', `probe ${'አ'.repeat(10_000)}`],
    ['NUL bytes', 'probe \u0000ada\u0000'],
    ['half a character', 'probe \ud83d ada'],
    ['right to left', 'probe \u202eada'],
    ['a channel’s name', 'probe <!channel> <@U0ADA> &lt;!here&gt;'],
  ])('%s reaches the handler, and is acknowledged at once', async (_, text) => {
    const { send, settled, lines } = await opened()
    expect(await send(commandBody({ text }))).toMatchObject({ status: 200, text: '' })
    await settled()
    expect(asked).toHaveLength(1)
    expect(asked[0]).not.toMatch(/[\p{Cc}\u202e]/u)
    expect(asked[0]?.length).toBeLessThanOrEqual(500)
    expect(lines.filter(({ level }) => level === 'error')).toEqual([])
  })

  test('bytes that are no UTF-8 in a form are read as far as they go', async () => {
    const { send, settled } = await opened()
    const body = Buffer.concat([Buffer.from(commandBody({ text: 'probe ada' })), Buffer.from([0x26, 0xff, 0x3d, 0xc3])])
    expect((await send(body)).status).toBe(200)
    await settled()
    expect(asked).toEqual(['ada'])
  })

  test('by whatever name the workspace calls our command', async () => {
    const { send, settled } = await opened()
    await send(commandBody({ command: '/points' }))
    await settled()
    expect(asked).toEqual(['ada@example.org'])
  })

  test('stands in no log, nor does the token, whatever fails', async () => {
    commands.probe = { needs: 'view', answer: () => Promise.reject(new Error('ada@example.org xoxb-test')) }
    const { send, settled, lines, desk } = await opened()
    desk.slack.settings.down = 'broken'
    await send(commandBody())
    await send(payloadBody(PRESS))
    desk.slack.settings.down = null
    await send(commandBody({ trigger_id: 'again' }))
    await send(payloadBody({ ...PRESS, trigger_id: '9', view: 7 }))
    await settled()
    expect(lines.length).toBeGreaterThan(0)
    expect(JSON.stringify(lines)).not.toMatch(/ada|example|xoxb|U0SAM|mem_|response\//)
  })
})

describe('what comes twice', () => {
  test.each<[string, string]>([
    ['a command', commandBody()],
    ['a press', payloadBody(PRESS)],
    ['a window sent in', payloadBody(SUBMISSION)],
    ['a shortcut', payloadBody({ type: 'shortcut', user, callback_id: 'probe', trigger_id: '1.1' })],
  ])('%s that is replayed is acknowledged, and done once', async (_, body) => {
    const { send, settled, outcomes } = await opened()
    await send(body)
    expect(await send(body)).toMatchObject({ status: 200, text: '' })
    await settled()
    const retried = { 'x-slack-retry-num': '1', 'x-slack-retry-reason': 'http_timeout' }
    expect(await send(body, { headers: retried })).toMatchObject({ status: 200, text: '' })
    await settled()
    expect(asked).toHaveLength(1)
    expect(outcomes).toEqual(['recorded', 'duplicate', 'duplicate'])
  })

  test('an event that Slack delivers again is not shown again', async () => {
    const { desk, send, settled } = await opened()
    const event = { type: 'app_home_opened', user: PEOPLE.sam, tab: 'home' }
    const body = JSON.stringify({ type: 'event_callback', team_id: 'T', event_id: 'Ev1', event })
    await send(body, { type: JSON_TYPE })
    await send(body, { type: JSON_TYPE, headers: { 'x-slack-retry-num': '1' } })
    await send(body, { type: JSON_TYPE, headers: { 'x-slack-retry-num': 'constructor' } })
    await settled()
    expect(desk.slack.callsTo('views.publish')).toHaveLength(1)
  })

  test('a retry of what never reached us is done', async () => {
    const { send, settled } = await opened()
    await send(commandBody(), { headers: { 'x-slack-retry-num': '2' } })
    await settled()
    expect(asked).toHaveLength(1)
  })

  test('another one of the same words is another', async () => {
    const { send, settled } = await opened()
    await send(commandBody())
    await send(commandBody({ trigger_id: '1.2.4' }))
    await settled()
    expect(asked).toHaveLength(2)
  })

  test('what moves points moves them once, whichever isolates hear of it, and however often', async () => {
    const { desk, ...first } = await opened()
    const doors = [first, ...(await Promise.all([1, 2].map(() => openDoor({ app: desk.app, clock: desk.clock }))))]
    const body = commandBody({ text: 'adjust ada@example.org +50 Late delivery' })
    for (let round = 0; round < 2; round++) await Promise.all(doors.map(({ send }) => send(body)))
    await Promise.all(doors.map(({ settled }) => settled()))
    expect((await desk.member('ada')).points.available).toBe(50)
    await first.send(commandBody({ text: 'adjust ada@example.org +50 Late delivery', trigger_id: 'another' }))
    await first.settled()
    expect((await desk.member('ada')).points.available).toBe(100)
  })

  test('the same window sent in with the same in it is one wish to every isolate', async () => {
    const first = await opened()
    const second = await openDoor({ app: first.desk.app, clock: first.desk.clock })
    await first.send(payloadBody(SUBMISSION))
    await second.send(payloadBody({ ...SUBMISSION, trigger_id: 'another' }))
    await Promise.all([first.settled(), second.settled()])
    expect(asked).toHaveLength(2)
    expect(asked[0]).toBe(asked[1])
  })
})

describe('acknowledged in time', () => {
  const HANG_MS = 10_000
  const hang = <T>(value: T): Promise<T> => new Promise((done) => setTimeout(() => done(value), HANG_MS))
  async function slowly(over: Parameters<typeof createDesk>[1]) {
    const desk = await createDesk(slack, { members: ['ada'], ...over })
    const app = over?.appWith?.(desk.app) ?? desk.app
    return { desk, ...(await openDoor({ app, clock: desk.clock })) }
  }
  const took = async (work: Promise<unknown>): Promise<number> => {
    const began = performance.now()
    await work
    return performance.now() - began
  }

  test('while the store hangs for ten seconds: commands, presses, windows and lists', { timeout: 30_000 }, async () => {
    const slow = { mayStaff: () => hang(true), staffLanguage: () => hang(null) }
    const { send, settled } = await slowly({ appWith: (app) => ({ ...app, ...slow }) })
    const [command, press, submission, options] = await Promise.all([
      took(send(commandBody())),
      took(send(payloadBody(PRESS))),
      took(send(payloadBody(SUBMISSION)).then(({ text }) => expect(text).toContain('One moment…'))),
      took(
        send(payloadBody({ type: 'block_suggestion', user, action_id: 'probe', value: 'ad' })).then(({ text }) =>
          expect(JSON.parse(text)).toEqual({ options: [] }),
        ),
      ),
    ])
    expect(command).toBeLessThan(500)
    expect(press).toBeLessThan(500)
    expect(submission).toBeLessThan(2_500)
    expect(options).toBeLessThan(2_500)
    expect(asked).toEqual([])
    // What was asked is done all the same.
    await settled()
    expect(asked).toHaveLength(4)
  })

  test('while Slack itself hangs', { timeout: 30_000 }, async () => {
    const { desk, send, settled } = await slowly({})
    desk.slack.script({ method: 'users.info', kind: 'slow', ms: 4_000 })
    expect(await took(send(commandBody()))).toBeLessThan(500)
    expect(await took(send(payloadBody(SUBMISSION)))).toBeLessThan(2_500)
    await settled()
    expect(asked).toHaveLength(2)
  })

  test('beyond what may be under way, whoever types is told so, and Slack tells the others', async () => {
    const desk = await createDesk(slack, {})
    let release: () => void = () => {}
    const held = new Promise<void>((done) => {
      release = done
    })
    const receiver = createReceiver({
      secrets: [SLACK_SECRET],
      clock: desk.clock,
      logger: { debug() {}, info() {}, warn() {}, error() {} },
      busy: () => 'Too much',
      inFlightLimit: 2,
    })
    receiver.init({
      processEvent: async ({ ack }: { ack: () => Promise<void> }) => {
        await ack()
        await held
      },
    } as never)
    const work: Promise<unknown>[] = []
    const send = (body: string) =>
      receiver.handle(
        new Request('http://x', {
          method: 'POST',
          body,
          headers: { 'content-type': FORM, ...signSlack(body, SLACK_SECRET, desk.clock.at) },
        }),
        (going) => void work.push(going),
      )
    for (const trigger_id of ['a', 'b']) expect((await send(commandBody({ trigger_id }))).status).toBe(200)
    const third = await send(commandBody({ trigger_id: 'c' }))
    expect([third.status, await third.json()]).toEqual([200, { response_type: 'ephemeral', text: 'Too much' }])
    expect((await send(payloadBody(PRESS))).status).toBe(503)
    release()
    await Promise.all(work)
    // What was turned away was not taken for done.
    expect(await (await send(commandBody({ trigger_id: 'c' }))).text()).toBe('')
    expect((await send(payloadBody(PRESS))).status).toBe(200)
  })
})

describe('a server without Slack', () => {
  const server = async (variables: Record<string, string>) => {
    const parsed = parseConfig(variables)
    if (!parsed.ok) throw new Error(parsed.problems.join())
    const app = createFakeApp()
    const logger = { debug() {}, info() {}, warn() {}, error() {} }
    const metrics = createMetrics()
    const common = { app, clock: { now: () => NOW }, logger, metrics }
    const handler = await createSlackHandler({ config: parsed.config, ...common, waitUntil: () => () => {} })
    return createApp({ ...common, apiKeys: [], webhooks: handler, remoteAddress: () => '::1' })
  }

  test.each([[{}], [{ SLACK_BOT_TOKEN: 'xoxb-1' }], [{ SLACK_SIGNING_SECRET: 's' }]])(
    'answers 503 unavailable with %j',
    async (variables) => {
      const body = commandBody()
      const http = await server(variables as Record<string, string>)
      const headers = { 'content-type': FORM, ...signSlack(body, 's', NOW) }
      const response = await http.request('/slack/events', { method: 'POST', body, headers })
      expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([503, 'unavailable'])
    },
  )

  test('counts what came of what was signed', async () => {
    const http = await server({ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: ' s, t ' })
    const body = JSON.stringify({ type: 'event_callback', event: { type: 'message' } })
    for (const secret of ['s', 't', 'u']) {
      const headers = { 'content-type': JSON_TYPE, ...signSlack(body, secret, NOW) }
      await http.request('/slack/events', { method: 'POST', body, headers })
    }
    const said = await (await http.request('/metrics')).text()
    expect(said).toContain('regulars_webhook_events_total{vendor="slack",outcome="ignored"} 2')
    expect(said).toContain('regulars_http_requests_total{method="POST",route="/slack/events",status="401"} 1')
  })
})
