// Feedback over HTTP down to the store: what is answered, shown and refused, and that nobody's words end up anywhere else.
import { afterEach, describe, expect, test } from 'vitest'
import { createApp } from '../../src/http/create-app.ts'
import { createMetrics } from '../../src/metrics.ts'
import type { ProgramInput } from '../../src/program/schema.ts'
import { KEYS } from '../support/http-test-server.ts'
import { makeProgram } from '../support/programs.ts'
import { createWorld, staff, type World } from '../support/world.ts'

const ADA = '/members/email%3Aada%40example.org'
const TEXT = 'ዘገየ። Ուշացավ։ Gecikdi, əla deyil. Ilichelewa.'

let world: World
afterEach(() => world.close())

async function serve(over: Partial<ProgramInput> = {}) {
  world = await createWorld({ program: makeProgram(over) })
  await world.app.enrolMember({ email: 'ada@example.org', name: 'Ադա Ləman' }, staff, null)
  const logs: string[] = []
  const log = (message: string, fields?: object) => void logs.push(`${message} ${JSON.stringify(fields)}`)
  const http = createApp({
    app: world.app,
    apiKeys: [
      { name: 'reader', key: KEYS.reader, scope: 'read' },
      { name: 'writer', key: KEYS.writer, scope: 'write' },
      { name: 'boss', key: KEYS.boss, scope: 'admin' },
    ],
    clock: world.clock,
    logger: { debug: log, info: log, warn: log, error: log },
    metrics: createMetrics(),
    webhooks: {},
    remoteAddress: () => '192.0.2.1',
  })
  let calls = 0
  const send = async (who: keyof typeof KEYS, path: string, body?: object, key = `call-${calls++}`) => {
    const headers = {
      authorization: `Bearer ${KEYS[who]}`,
      'idempotency-key': key,
      'content-type': 'application/json',
    }
    const sent = body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers }
    const response = await http.request(`/api/v1${path}`, sent)
    const text = await response.text()
    return { status: response.status, text, json: JSON.parse(text) as Record<string, unknown> }
  }
  const say = (data: unknown, key?: string) => send('writer', `${ADA}/actions`, { action: 'feedback', data }, key)
  return { send, say, logs }
}

describe('feedback', () => {
  test('is answered with an entry without its words, shown on the member, and exported', async () => {
    const { send, say } = await serve()
    const said = await say({ score: 3, text: TEXT })
    expect([said.status, said.json.reason]).toEqual([201, 'Feedback'])
    expect(said.text).not.toContain('ዘገየ')
    const { json } = await send('reader', ADA)
    expect(json.feedback).toMatchObject([{ scale: 'nps', score: 3, text: TEXT }])
    expect((await send('boss', `${ADA}/export`)).text).toContain(TEXT)
    expect((await send('reader', `${ADA}/ledger`)).text).not.toContain('ዘገየ')
  })

  test('of the unhappy is an alert at once, again without the words', async () => {
    const { send, say } = await serve()
    await say({ stars: 2, text: TEXT })
    const { text, json } = await send('reader', '/alerts')
    expect(json.alerts).toMatchObject([{ kind: 'unhappy', reason: 'Gave 2 of 5 stars and wrote a comment.' }])
    expect(text).not.toContain('ዘገየ')
  })

  test('sent twice with one key is kept once; with other words it is an idempotency_conflict', async () => {
    const { send, say } = await serve()
    const first = await say({ score: 3, text: TEXT }, 'key-1')
    expect(await say({ score: 3, text: TEXT }, 'key-1')).toEqual(first)
    const other = await say({ score: 3, text: 'Other' }, 'key-1')
    expect([other.status, other.json.code]).toEqual([409, 'idempotency_conflict'])
    expect((await send('reader', ADA)).json.feedback).toHaveLength(1)
  })

  test.each([
    [{ score: 3, stars: 3 }, 'data must have a score or stars, not both'],
    [{ score: 3.5 }, 'data.score must be a whole number from 0 to 10'],
    [{ score: '3' }, 'data.score must be a whole number from 0 to 10'],
    [{ stars: 6 }, 'data.stars must be a whole number from 1 to 5'],
    [{ stars: 3, text: 'ዘ'.repeat(2_001) }, 'data.text must have at most 2,000 characters'],
    [{ stars: 3, text: { a: 1 } }, 'data.text must be a string'],
    [{ stars: 3, words: TEXT }, 'data may have score or stars, and text, but nothing else'],
    [null, 'data must have a score from 0 to 10, or stars from 1 to 5, and may have a text'],
    [undefined, 'data must have a score from 0 to 10, or stars from 1 to 5, and may have a text'],
  ])('which is none is refused as invalid_request, and none of it is logged: %j', async (data, detail) => {
    const { say, logs } = await serve()
    const refused = await say(data)
    expect([refused.status, refused.json.code, refused.json.detail]).toEqual([400, 'invalid_request', detail])
    expect(logs.join('\n')).not.toContain('ዘ')
  })

  test('of the most characters is taken, in any script', async () => {
    const { send, say } = await serve()
    for (const text of ['ዘ'.repeat(2_000), '😀'.repeat(2_000), `"${'\n'.repeat(1_998)}"`]) {
      expect((await say({ score: 9, text })).status).toBe(201)
      const { json } = await send('reader', ADA)
      expect((json.feedback as { text: string }[]).map((one) => one.text)).toContain(text)
    }
  })

  test('may be sent by no key that only reads: forbidden', async () => {
    const { send } = await serve()
    const refused = await send('reader', `${ADA}/actions`, { action: 'feedback', data: { score: 9 } })
    expect([refused.status, refused.json.code]).toEqual([403, 'forbidden'])
  })
})
