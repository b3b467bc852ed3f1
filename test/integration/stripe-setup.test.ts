import { describe, expect, test } from 'vitest'
import { createStripeClient } from '../../integrations/stripe/client.ts'
import { subscribedEvents } from '../../integrations/stripe/handled-events.ts'
import { checkStripe, setupStripeWebhook, webhookUrl } from '../../integrations/stripe/setup.ts'
import { type Route, stripeError, useStripeApi } from '../support/stripe-api.ts'
import { listOf } from '../support/stripe-objects.ts'

const { stripe, calls, answer } = useStripeApi()
const url = 'https://points.example.org'
const address = `${url}/stripe/webhook`

const endpoint = (over: object = {}) => ({
  id: 'we_1',
  object: 'webhook_endpoint',
  api_version: '2024-06-20',
  enabled_events: [...subscribedEvents],
  status: 'enabled',
  url: address,
  ...over,
})

const eventsIn = (body: Record<string, string>) =>
  Object.keys(body)
    .filter((key) => key.startsWith('enabled_events'))
    .map((key) => body[key])

describe('setting up the webhook endpoint', () => {
  test('makes it where there is none, and hands over its secret', async () => {
    answer({
      'GET /v1/webhook_endpoints': () => listOf([endpoint({ id: 'we_0', url: 'https://other.example.org/hook' })]),
      'POST /v1/webhook_endpoints': () => ({ ...endpoint(), secret: 'whsec_new' }),
    })
    const setup = await setupStripeWebhook({ stripe, url: `${url}/` })
    expect(setup).toEqual({
      id: 'we_1',
      url: address,
      change: 'created',
      secret: 'whsec_new',
      events: subscribedEvents,
    })
    const body = calls[1]?.body ?? {}
    expect(body).toMatchObject({ url: address, api_version: '2026-10-28.endive' })
    expect(eventsIn(body)).toEqual(subscribedEvents)
  })

  test.each([
    ['has too few events', { enabled_events: ['charge.succeeded'] }],
    ['has every event', { enabled_events: ['*'] }],
    ['has one event too many', { enabled_events: [...subscribedEvents, 'payout.paid'] }],
    ['is disabled', { status: 'disabled' }],
  ])('updates the one that %s', async (_title, over) => {
    answer({
      'GET /v1/webhook_endpoints': () => listOf([endpoint(over)]),
      'POST /v1/webhook_endpoints/we_1': () => endpoint(),
    })
    expect(await setupStripeWebhook({ stripe, url })).toMatchObject({ id: 'we_1', change: 'updated', secret: null })
    expect(eventsIn(calls[1]?.body ?? {})).toEqual(subscribedEvents)
    expect(calls[1]?.body).toMatchObject({ disabled: 'false' })
  })

  test('changes nothing when run again', async () => {
    answer({ 'GET /v1/webhook_endpoints': () => listOf([endpoint()]) })
    expect(await setupStripeWebhook({ stripe, url: address })).toMatchObject({ change: 'none', secret: null })
    expect(calls.map(({ method }) => method)).toEqual(['GET'])
  })

  test('makes another for connected accounts, and tells the two apart', async () => {
    const made = () => ({ ...endpoint({ id: 'we_2' }), secret: 'whsec_connect' })
    answer({ 'GET /v1/webhook_endpoints': () => listOf([endpoint()]), 'POST /v1/webhook_endpoints': made })
    expect(await setupStripeWebhook({ stripe, url, connect: true })).toMatchObject({
      id: 'we_2',
      change: 'created',
      secret: 'whsec_connect',
    })
    expect(calls[1]?.body).toMatchObject({ connect: 'true', 'metadata[regulars]': 'connect', url: address })
    const both = [endpoint({ id: 'we_2', metadata: { regulars: 'connect' } }), endpoint()]
    answer({ 'GET /v1/webhook_endpoints': () => listOf(both) })
    expect(await setupStripeWebhook({ stripe, url, connect: true })).toMatchObject({ id: 'we_2', change: 'none' })
    expect(await setupStripeWebhook({ stripe, url })).toMatchObject({ id: 'we_1', change: 'none' })
  })

  test.each([url, `${url}/`, address, `${address}/`])('finds its address from %s', (given) => {
    expect(webhookUrl(given)).toBe(address)
  })
})

const empty: Route = () => listOf([])
const readable = {
  'GET /v1/balance': () => ({ object: 'balance', livemode: false }),
  'GET /v1/charges': empty,
  'GET /v1/payment_intents': empty,
  'GET /v1/checkout/sessions': empty,
  'GET /v1/invoices': empty,
  'GET /v1/customers': empty,
  'GET /v1/subscriptions': empty,
  'GET /v1/disputes': empty,
  'GET /v1/webhook_endpoints': () => listOf([endpoint()]),
}

describe("the doctor's look at Stripe, where there are partners", () => {
  const look = async (endpoints: object[]) => {
    answer({ ...readable, 'GET /v1/webhook_endpoints': () => listOf(endpoints) })
    return (await checkStripe({ stripe, url, connect: true })).filter(({ name }) => name.endsWith('for partners'))
  }
  test('says that the endpoint for connected accounts is missing', async () => {
    expect(await look([endpoint()])).toEqual([
      {
        name: 'Stripe: webhook endpoint for partners',
        ok: false,
        message: `There is none at ${address}.`,
        fix: 'Run `npx regulars setup stripe`.',
      },
    ])
  })
  test('is content when there is one', async () => {
    const ours = endpoint({ id: 'we_2', metadata: { regulars: 'connect' } })
    expect(await look([endpoint(), ours])).toMatchObject([{ ok: true }])
  })
})

describe("the doctor's look at Stripe", () => {
  const failures = async (routes: Record<string, Route>, at: string | null = url) => {
    answer({ ...readable, ...routes })
    return (await checkStripe({ stripe, url: at })).filter(({ ok }) => !ok)
  }

  test('finds all well', async () => {
    answer(readable)
    const checks = await checkStripe({ stripe, url })
    expect(checks.every(({ ok, fix }) => ok && fix === null)).toBe(true)
    expect(checks.map(({ message }) => message)).toEqual(
      expect.arrayContaining(['works, in test mode', `${address} gets all events`]),
    )
  })

  test('stops at a key that Stripe does not accept', async () => {
    answer({ 'GET /v1/balance': () => stripeError(401, { type: 'invalid_request_error' }) })
    expect(await checkStripe({ stripe, url })).toMatchObject([
      { name: 'Stripe: key', ok: false, fix: expect.stringContaining('STRIPE_SECRET_KEY') },
    ])
  })

  test('takes a restricted key, and names the permission that it lacks', async () => {
    const refuse = () => stripeError(403, { type: 'invalid_request_error' })
    expect(await failures({ 'GET /v1/balance': refuse, 'GET /v1/disputes': refuse })).toMatchObject([
      {
        name: 'Stripe: Disputes',
        message: 'The key may not read Disputes.',
        fix: expect.stringContaining('Disputes: Read'),
      },
    ])
  })

  test.each<[string, Route]>([
    ['There is none at', () => listOf([])],
    ['is disabled', () => listOf([endpoint({ status: 'disabled' })])],
    [
      'It does not get invoice.paid',
      () => listOf([endpoint({ enabled_events: subscribedEvents.filter((type) => type !== 'invoice.paid') })]),
    ],
  ])('says of the endpoint: %s', async (message, route) => {
    expect(await failures({ 'GET /v1/webhook_endpoints': route })).toMatchObject([
      {
        name: 'Stripe: webhook endpoint',
        message: expect.stringContaining(message),
        fix: 'Run `npx regulars setup stripe`.',
      },
    ])
  })

  test('says that Stripe cannot reach us without PUBLIC_URL', async () => {
    expect(await failures({}, null)).toMatchObject([{ fix: 'Set PUBLIC_URL.' }])
  })

  test('says that Stripe is not well', async () => {
    answer({ 'GET /v1/balance': () => stripeError(503) })
    expect(await checkStripe({ stripe, url })).toMatchObject([{ ok: false, message: 'Stripe answers 503.' }])
  })
})

test('the client refuses an address that is none of the web', () => {
  expect(() => createStripeClient({ apiKey: 'sk_test_1', apiUrl: 'ftp://example.org' })).toThrow(
    'STRIPE_API_URL must begin with',
  )
})
