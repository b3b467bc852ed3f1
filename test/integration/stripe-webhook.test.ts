// The webhook through Hono, with an app that only remembers what it was given.
import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { signPayload } from '../../integrations/stripe/test-event.ts'
import { createStripeWebhook, MAX_BODY_BYTES } from '../../integrations/stripe/webhook.ts'
import { type EventOutcome, type IncomingEvent, StoreUnavailable } from '../../src/app/ports.ts'
import { charge, EVENT_AT, EVENT_MS, stripeEvent } from '../support/stripe-objects.ts'

const SECRET = 'whsec_first'

interface Logged {
  message: string
  fields: Record<string, unknown> | undefined
}

function setUp({ outcome = 'recorded' as EventOutcome | Error, secrets = [SECRET, 'whsec_second'] } = {}) {
  const events: IncomingEvent[] = []
  const logged: Logged[] = []
  const log = (message: string, fields?: Record<string, unknown>) => void logged.push({ message, fields })
  const app = {
    recordEvent: async (event: IncomingEvent) => {
      events.push(event)
      if (outcome instanceof Error) throw outcome
      return outcome
    },
  }
  const logger = { debug: log, info: log, warn: log, error: log }
  const hono = new Hono()
  hono.post('/stripe/webhook', createStripeWebhook({ app, secrets, clock: { now: () => EVENT_MS }, logger }))
  const post = (body: RequestInit['body'], headers: Record<string, string>) =>
    hono.request('/stripe/webhook', { method: 'POST', body: body ?? null, headers, duplex: 'half' } as RequestInit)
  const deliver = (body: string, { secret = SECRET, t = EVENT_AT } = {}) =>
    post(body, { 'content-type': 'application/json', 'stripe-signature': signPayload(body, secret, t) })
  return { events, logged, post, deliver }
}

const body = JSON.stringify(stripeEvent('charge.succeeded', charge()))

async function expectProblem(response: Response, status: number, code: string) {
  expect(response.status).toBe(status)
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  const problem: unknown = await response.json()
  expect(problem).toMatchObject({
    status,
    code,
    type: 'about:blank',
    title: expect.any(String),
    detail: expect.any(String),
  })
  return problem
}

describe('the Stripe webhook answers 200', () => {
  test.each<EventOutcome>(['recorded', 'duplicate', 'ignored', 'parked'])('with the outcome %s', async (outcome) => {
    const { deliver } = setUp({ outcome })
    const response = await deliver(body)
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ outcome })
  })

  test('and hands over the event, translated and whole', async () => {
    const { deliver, events } = setUp()
    await deliver(body, { secret: 'whsec_second' })
    expect(events).toMatchObject([
      {
        id: 'evt_1',
        type: 'charge.succeeded',
        livemode: false,
        at: EVENT_MS,
        payload: body,
        translation: { kind: 'facts' },
      },
    ])
  })

  test('to a known event with an odd field, which goes on as odd', async () => {
    const { deliver, events } = setUp({ outcome: 'parked' })
    const response = await deliver(JSON.stringify(stripeEvent('charge.succeeded', charge({ amount: 'much' }))))
    expect(response.status).toBe(200)
    expect(events[0]?.translation).toEqual({
      kind: 'odd',
      reason: 'charge.amount is not a whole number from 0 to 2^53 − 1',
    })
  })

  test('to an unknown event, which goes on as ignored', async () => {
    const { deliver, events } = setUp({ outcome: 'ignored' })
    expect((await deliver(JSON.stringify(stripeEvent('balance.available', {})))).status).toBe(200)
    expect(events[0]?.translation).toEqual({ kind: 'ignored' })
  })

  test('to a body of exactly 1 MiB', async () => {
    const { deliver } = setUp()
    const frame = JSON.stringify(stripeEvent('balance.available', { fill: '' }))
    const full = frame.replace('"fill":""', `"fill":"${'x'.repeat(MAX_BODY_BYTES - frame.length)}"`)
    expect((await deliver(full)).status).toBe(200)
  })
})

describe('the Stripe webhook refuses', () => {
  test.each([
    ['a stale signature', { t: EVENT_AT - 301 }],
    ['a signature from the future', { t: EVENT_AT + 301 }],
    ['a signature of another secret', { secret: 'whsec_other' }],
  ])('%s with 400', async (_title, over) => {
    const { deliver, events } = setUp()
    await expectProblem(await deliver(body, over), 400, 'invalid_request')
    expect(events).toEqual([])
  })

  test('a body without a signature with 400', async () => {
    const { post } = setUp()
    await expectProblem(await post(body, {}), 400, 'invalid_request')
  })

  test('a body that was changed with 400', async () => {
    const { post } = setUp()
    const response = await post(body.replace('5000', '9000'), {
      'stripe-signature': signPayload(body, SECRET, EVENT_AT),
    })
    await expectProblem(response, 400, 'invalid_request')
  })

  test.each([
    ['not JSON', '{"id":'],
    ['empty', ''],
    ['null', 'null'],
    ['a list', '[]'],
    ['another object', JSON.stringify(charge())],
    ['an event without an id', JSON.stringify(stripeEvent('charge.succeeded', charge(), { id: undefined }))],
    ['an event without a type', JSON.stringify(stripeEvent('charge.succeeded', charge(), { type: 7 }))],
    ['an event of no mode', JSON.stringify(stripeEvent('charge.succeeded', charge(), { livemode: undefined }))],
  ])('a body that is %s with 400, though well signed', async (_title, text) => {
    const { deliver, events } = setUp()
    await expectProblem(await deliver(text), 400, 'invalid_request')
    expect(events).toEqual([])
  })

  test('a body over 1 MiB with 413, by its declared length', async () => {
    const { post } = setUp()
    const response = await post('{}', { 'content-length': String(MAX_BODY_BYTES + 1) })
    await expectProblem(response, 413, 'too_large')
  })

  test('a body over 1 MiB with 413, without having read much more of it', async () => {
    const { post } = setUp()
    let pulled = 0
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 65_536
        controller.enqueue(new Uint8Array(65_536))
      },
    })
    await expectProblem(await post(endless, {}), 413, 'too_large')
    expect(pulled).toBeLessThan(2 * MAX_BODY_BYTES)
  })

  test('a body that breaks off with 400', async () => {
    const { post } = setUp()
    const broken = new ReadableStream({ pull: (controller) => controller.error(new Error('gone')) })
    await expectProblem(await post(broken, {}), 400, 'invalid_request')
  })
})

describe('the Stripe webhook answers 503', () => {
  test.each([new StoreUnavailable('locked'), new Error('Ada Lovelace is a bug')])(
    'when the app throws %s, and tells nothing of it',
    async (outcome) => {
      const { deliver, logged } = setUp({ outcome })
      const problem = await expectProblem(await deliver(body), 503, 'unavailable')
      expect(JSON.stringify([problem, logged])).not.toMatch(/Ada|stack/)
      expect(logged).toHaveLength(1)
    },
  )

  test('without a signing secret, so that Stripe delivers again', async () => {
    const { deliver } = setUp({ secrets: [] })
    await expectProblem(await deliver(body), 503, 'unavailable')
  })
})

test('the Stripe webhook logs no personal data of what it refuses', async () => {
  const { deliver, logged } = setUp()
  await deliver(body, { secret: 'whsec_other' })
  expect(logged).toEqual([{ message: 'a Stripe webhook was refused', fields: { reason: 'mismatch' } }])
})
