// Rewards over HTTP down to the store: keys and their scopes, keys that are held like people, and whoever means ill.
import { describe, expect, test } from 'vitest'
import { createApp } from '../../src/http/create-app.ts'
import { createMetrics } from '../../src/metrics.ts'
import type { ProgramInput } from '../../src/program/schema.ts'
import { KEYS } from '../support/http-test-server.ts'
import { makeProgram } from '../support/programs.ts'
import { RewardVendor } from '../support/reward-vendor.ts'
import { createWorld, staff } from '../support/world.ts'

const ADA = '/members/email%3Aada%40example.org'
const REWARDS: ProgramInput['rewards'] = [
  { id: 'mug', name: 'A mug', cost: 50, fulfil: { kind: 'manual' } },
  { id: 'dear', name: 'Dear', cost: 2_000, fulfil: { kind: 'manual' } },
  { id: 'ten', name: '10 % off', cost: 10, fulfil: { kind: 'promotion_code', percentOff: 10 } },
]

interface Answered {
  status: number
  type: string | null
  text: string
  json: Record<string, unknown>
}

async function serve(over: Partial<ProgramInput> = {}) {
  const vendor = new RewardVendor()
  const program = makeProgram({ rewards: REWARDS, ...over })
  const world = await createWorld({ program, deliverers: [vendor.deliverer] })
  await world.app.enrolMember({ email: 'ada@example.org', name: 'Ադա Ləman' }, staff, null)
  await world.app.adjustPoints('email:ada@example.org', { points: 90, reason: 'hello' }, staff, null)
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
  const send = async (
    who: keyof typeof KEYS,
    path: string,
    body?: object,
    idempotencyKey = `call-${calls++}`,
  ): Promise<Answered> => {
    const headers = {
      authorization: `Bearer ${KEYS[who]}`,
      'idempotency-key': idempotencyKey,
      'content-type': 'application/json',
    }
    const sent = body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers }
    const response = await http.request(`/api/v1${path}`, sent)
    const text = await response.text()
    return { status: response.status, type: response.headers.get('content-type'), text, json: JSON.parse(text) }
  }
  return { world, vendor, send, logs }
}

const brief = ({ status, json }: Answered) => [status, json.code ?? json.state]

describe('keys', () => {
  test('that may read redeem nothing, and those that may write approve nothing: forbidden', async () => {
    const { send } = await serve()
    const refused = await send('reader', `${ADA}/redemptions`, { reward: 'mug' })
    expect([refused.status, refused.type, refused.json.code]).toEqual([403, 'application/problem+json', 'forbidden'])
    const asked = await send('writer', `${ADA}/redemptions`, { reward: 'mug' })
    const one = `/redemptions/${asked.json.id}`
    for (const step of ['approve', 'reject'])
      expect(brief(await send('writer', `${one}/${step}`, {}))).toEqual([403, 'forbidden'])
    for (const step of ['approve', 'reject', 'fulfil', 'cancel'])
      expect(brief(await send('reader', `${one}/${step}`, {}))).toEqual([403, 'forbidden'])
    expect(brief(await send('boss', `${one}/approve`, {}))).toEqual([409, 'conflict'])
    expect(brief(await send('writer', `${one}/fulfil`, {}))).toEqual([200, 'issued'])
  })

  test('that a role lists are held like people, others act by their scope', async () => {
    const { send } = await serve({
      staff: { issuer: ['api:writer'], approver: [], approvalAbovePoints: 1_000, dailyLimitPoints: 75 },
    })
    const house = (reward: string) => ({ reward, charge: 'house' })
    const present = await send('writer', `${ADA}/redemptions`, house('mug'))
    expect(brief(present)).toEqual([201, 'reserved'])
    const second = await send('writer', `${ADA}/redemptions`, house('mug'))
    expect([...brief(second), second.json.detail]).toEqual([
      422,
      'staff_limit',
      'You can give away 25 points more today',
    ])
    const dear = await send('writer', `${ADA}/redemptions`, house('dear'))
    expect([...brief(dear), dear.json.detail]).toEqual([
      422,
      'staff_limit',
      'Above 1,000 points, this is not yours to give alone',
    ])
    expect(brief(await send('boss', `${ADA}/redemptions`, house('dear')))).toEqual([201, 'reserved'])
    // For the member's own points nobody is asked.
    expect(brief(await send('writer', `${ADA}/redemptions`, { reward: 'mug' }))).toEqual([201, 'reserved'])
    // What was cancelled was not given away.
    await send('writer', `/redemptions/${present.json.id}/cancel`, {})
    expect(brief(await send('writer', `${ADA}/redemptions`, house('mug')))).toEqual([201, 'reserved'])
  })
})

describe('a call sent again', () => {
  test('that was refused is refused again, and is no other call', async () => {
    const { send, world } = await serve()
    const first = await send('writer', `${ADA}/redemptions`, { reward: 'dear' }, 'once')
    expect(brief(first)).toEqual([422, 'insufficient_points'])
    await world.app.adjustPoints('email:ada@example.org', { points: 5_000, reason: 'now' }, staff, null)
    expect((await send('writer', `${ADA}/redemptions`, { reward: 'dear' }, 'once')).text).toBe(first.text)
    const other = await send('writer', `${ADA}/redemptions`, { reward: 'mug' }, 'once')
    expect(brief(other)).toEqual([409, 'idempotency_conflict'])
    // Keys are their holder's own.
    expect(brief(await send('boss', `${ADA}/redemptions`, { reward: 'dear' }, 'once'))).toEqual([201, 'reserved'])
  })
})

describe('whoever means ill', () => {
  test('finds no page behind a cursor that is none: invalid_request', async () => {
    const { send } = await serve()
    await send('writer', `${ADA}/redemptions`, { reward: 'mug' })
    const none = ['-1.red_1', '1', '1.', '.red_1', '1e3.red_1', '١.red_1', '99999999999999999.red_1', "1.red_1' OR 1"]
    for (const list of ['/redemptions', `${ADA}/redemptions`])
      for (const cursor of none)
        expect(brief(await send('reader', `${list}?cursor=${encodeURIComponent(cursor)}`))).toEqual([
          400,
          'invalid_request',
        ])
    for (const [cursor, length] of [
      ['9999999999999999.zzz', 1],
      ['0.a', 0],
    ] as const)
      for (const list of ['/redemptions', `${ADA}/redemptions`])
        expect((await send('reader', `${list}?cursor=${cursor}`)).json.redemptions).toHaveLength(length)
  })

  test('asks for what is not there, in any writing', async () => {
    const { send } = await serve()
    for (const id of ['red_1', 'mem_1', '__proto__', 'ሽልማት', '%00x', 'a'.repeat(99)]) {
      const path = `/redemptions/${id === '%00x' ? id : encodeURIComponent(id)}`
      expect([400, 404]).toContain((await send('boss', path)).status)
      for (const step of ['approve', 'reject', 'fulfil', 'cancel'])
        expect([400, 404]).toContain((await send('boss', `${path}/${step}`, {})).status)
    }
    for (const reward of ['__proto__', 'constructor', 'mug ', 'MUG'])
      expect(brief(await send('boss', `${ADA}/redemptions`, { reward: `${reward}x` }))).toEqual([422, 'unknown_reward'])
    for (const body of [{}, { reward: '' }, { reward: 'mug', charge: 'bank' }, { reward: 'mug', cost: 0 }])
      expect(brief(await send('boss', `${ADA}/redemptions`, body))).toEqual([400, 'invalid_request'])
  })
})

test('what staff type stays out of sentences and logs, and is forgotten with the member', async () => {
  const { send, logs, world } = await serve()
  const note = 'Für Զարուհի 🎁 ሰላም ‏שלום Əli'
  const asked = await send('writer', `${ADA}/redemptions`, { reward: 'ten', reason: note })
  await world.app.drainOutbox()
  const one = `/redemptions/${asked.json.id}`
  expect((await send('reader', one)).json).toMatchObject({ state: 'issued', note, code: expect.any(String) })
  await send('writer', `${one}/cancel`, { reason: 'Բարև' })
  const { json } = await send('reader', `${ADA}/ledger`)
  const reasons = (json.entries as { reason: string }[]).map(({ reason }) => reason).join('\n')
  for (const typed of [note, 'Բարև', 'Ադա', 'ada@example.org']) {
    expect(reasons).not.toContain(typed)
    expect(logs.join('\n')).not.toContain(typed)
  }
  const { id } = (await send('reader', ADA)).json
  await world.app.eraseMember('email:ada@example.org', staff)
  expect((await send('reader', one)).json).toMatchObject({ note: null, isEnding: true })
  expect((await send('reader', `/members/${id}/redemptions`)).text).not.toContain('Բարև')
  await world.app.drainOutbox()
  expect((await send('reader', one)).json).toMatchObject({ state: 'cancelled', note: null })
  expect((await world.app.verify()).discrepancies).toEqual([])
})
