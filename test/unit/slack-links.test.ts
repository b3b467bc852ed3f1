// Where staff look a customer up by hand: at Stripe and in HubSpot.
import { describe, expect, test } from 'vitest'
import type { Answer } from '../../integrations/hubspot/answers.ts'
import { createHubspotClient } from '../../integrations/hubspot/client.ts'
import { createHubspotDouble } from '../../integrations/sandbox/doubles/hubspot/create-double.ts'
import { createSlackLinks } from '../../src/compose/slack-links.ts'
import { HUBSPOT_URL, startHubspot, TOKEN } from '../support/hubspot.ts'

const hubspot = startHubspot()
const quota = { max: null, remaining: null, windowMs: null, daily: null, dailyRemaining: null }
const ok = (body: Record<string, unknown>): Answer => ({ kind: 'ok', status: 200, body, errors: [], quota })
const ACCOUNT = ok({ portalId: 4_242, uiDomain: 'app-eu1.hubspot.com', accountType: 'STANDARD' })

function make({
  answer = async () => ACCOUNT,
  secretKey = 'sk_live_1' as string | null,
  webhookSecrets = [] as string[],
  mode = null as 'live' | 'test' | null,
  connected = true,
} = {}) {
  const clock = { at: 0, now: () => clock.at }
  const asked: string[] = []
  const call = async (_method: string, path: string) => {
    asked.push(path)
    return answer()
  }
  const links = createSlackLinks({
    config: { stripe: { secretKey, webhookSecrets } },
    clock,
    app: () => ({ stripeMode: async () => mode }),
    hubspot: () => (connected ? Promise.resolve({ call: call as never }) : null),
  })
  return { ...links, clock, asked }
}

describe('HubSpot', () => {
  test('is asked once for the account, at whose domain its contacts are', async () => {
    const { hubspotUrl, asked } = make()
    const urls = await Promise.all([hubspotUrl('501'), hubspotUrl('502')])
    expect(urls).toEqual([
      'https://app-eu1.hubspot.com/contacts/4242/record/0-1/501',
      'https://app-eu1.hubspot.com/contacts/4242/record/0-1/502',
    ])
    await hubspotUrl('503')
    expect(asked).toEqual(['/account-info/2026-09/details'])
  })

  test.each<[string, () => Promise<Answer>]>([
    [
      'refuses',
      async () => ({
        kind: 'refused',
        status: 403,
        category: 'MISSING_SCOPES',
        message: '',
        wrong: [],
        body: {},
        quota,
      }),
    ],
    ['is down', async () => ({ kind: 'down', reason: 'no answer' })],
    ['asks to wait', async () => ({ kind: 'wait', forMs: 1_000 })],
    ['answers oddly', async () => ok({ portalId: 'many' })],
    ['fails', () => Promise.reject(new Error('no'))],
  ])('that %s brings no link, and is asked again after some minutes', async (_, answer) => {
    const { hubspotUrl, asked, clock } = make({ answer })
    expect([await hubspotUrl('501'), await hubspotUrl('501')]).toEqual([null, null])
    expect(asked).toHaveLength(1)
    clock.at += 300_001
    expect(await hubspotUrl('501')).toBeNull()
    expect(asked).toHaveLength(2)
  })

  test('that is slow is not waited for, and known the next time', async () => {
    const late = Promise.withResolvers<Answer>()
    const { hubspotUrl, asked } = make({ answer: () => late.promise })
    expect(await hubspotUrl('501')).toBeNull()
    late.resolve(ACCOUNT)
    await late.promise
    await new Promise((done) => setTimeout(done, 5))
    expect(await hubspotUrl('501')).toContain('/contacts/4242/')
    expect(asked).toHaveLength(1)
  })

  test('at a domain that is not HubSpot’s is not believed', async () => {
    const { hubspotUrl } = make({ answer: async () => ok({ portalId: 1, uiDomain: 'evil.test' }) })
    expect(await hubspotUrl('501')).toBe('https://app.hubspot.com/contacts/1/record/0-1/501')
  })

  test('that is not connected, or has no such record, brings no link', async () => {
    expect(await make({ connected: false }).hubspotUrl('501')).toBeNull()
    const { hubspotUrl, asked } = make()
    expect(await hubspotUrl('../settings')).toBeNull()
    expect(asked).toEqual([])
  })
})

test('HubSpot’s double says which account it is', async () => {
  const clock = { now: () => Date.UTC(2026, 10, 22) }
  const double = hubspot.use(createHubspotDouble({ now: clock.now }))
  const client = createHubspotClient({ accessToken: TOKEN, apiUrl: HUBSPOT_URL, clock, quotaShare: 1 })
  const { hubspotUrl } = createSlackLinks({
    config: { stripe: { secretKey: null, webhookSecrets: [] } },
    clock,
    app: () => ({ stripeMode: async () => null }),
    hubspot: () => Promise.resolve(client),
  })
  const { id } = double.portal
  expect(await hubspotUrl('501')).toBe(`https://app.hubspot.com/contacts/${id}/record/0-1/501`)
})

describe('Stripe', () => {
  test.each<[Parameters<typeof make>[0], string | null]>([
    [{ secretKey: 'sk_live_1' }, 'https://dashboard.stripe.com/customers/cus_ada'],
    [{ secretKey: 'rk_live_1', mode: 'test' }, 'https://dashboard.stripe.com/customers/cus_ada'],
    [{ secretKey: 'sk_test_1' }, 'https://dashboard.stripe.com/test/customers/cus_ada'],
    [{ secretKey: 'rk_test_1' }, 'https://dashboard.stripe.com/test/customers/cus_ada'],
    [
      { secretKey: null, webhookSecrets: ['whsec_1'], mode: 'test' },
      'https://dashboard.stripe.com/test/customers/cus_ada',
    ],
    [{ secretKey: null, webhookSecrets: ['whsec_1'], mode: 'live' }, 'https://dashboard.stripe.com/customers/cus_ada'],
    [{ secretKey: null, webhookSecrets: [] }, null],
  ])('%j', async (options, url) => {
    expect(await make(options).stripeUrl('cus_ada')).toBe(url)
  })

  test('has no page for what is no customer', async () => {
    expect(await make().stripeUrl('gcus_1/../..')).toBeNull()
  })
})
