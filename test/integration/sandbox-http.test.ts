// The sandbox's page and what it asks: for a browser on this machine alone, in JSON, and answered in words.
import type { Hono } from 'hono'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createSandboxRoutes } from '../../integrations/sandbox/routes.ts'
import type { Sandbox } from '../../integrations/sandbox/sandbox.ts'
import type { Outcome, ShownRecord, ShownState, Step } from '../../integrations/sandbox/shown.ts'
import { openTestSandbox } from '../support/sandbox.ts'

const SLOW_MS = 60_000
const ORIGIN = 'http://localhost:3000'
const JSON_TYPE = { 'content-type': 'application/json' }

let sandbox: Sandbox
let machine: { at: number }
let routes: Hono
let filled = 0

beforeAll(async () => {
  ;({ sandbox, machine } = await openTestSandbox())
  const page = { body: new TextEncoder().encode('<!doctype html>'), type: 'text/html; charset=utf-8' }
  routes = createSandboxRoutes({
    sandbox,
    port: () => 3000,
    file: (name) => (name === 'index.html' ? page : null),
    fillYear: async (_, onProgress) => {
      filled++
      onProgress(0.5)
      await new Promise((resume) => setTimeout(resume, 50))
      return 'A year has gone by'
    },
  })
}, SLOW_MS)
afterAll(() => sandbox.close())
beforeEach(() => {
  filled = 0
})

const ask = async (path: string, init: RequestInit & { headers?: Record<string, string> } = {}): Promise<Response> =>
  routes.request(`${ORIGIN}${path}`, { ...init, headers: { host: 'localhost:3000', ...init.headers } })
const post = (path: string, given: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  ask(path, { method: 'POST', body: JSON.stringify(given), headers: { ...JSON_TYPE, ...headers } })
/** What it answers is told by whoever asks. */
const read = async <Answer>(response: Response): Promise<Answer> => (await response.json()) as Answer
const outcomeOf = async (path: string, given: unknown): Promise<Outcome> => read(await post(path, given))
const look = async (query = ''): Promise<ShownState> => read(await ask(`/sandbox/state${query}`))
const adaId = async (): Promise<string> => (await look('?customers=ada')).shop.customers[0]?.id ?? ''
const teapot = async (): Promise<{ price: string; quantity: number }> => {
  const { shop } = await look()
  return { price: shop.products.find(({ name }) => name === 'Teapot')?.price ?? '', quantity: 1 }
}
const buy = async (): Promise<Outcome> => {
  // HubSpot is told of many at once, some moments later.
  machine.at += 1_000
  return outcomeOf('/sandbox/do/shop/buy', { customer: await adaId(), lines: [await teapot()] })
}

describe('who may see the sandbox', () => {
  test.each(['localhost:3000', '127.0.0.1:3000', '[::1]:3000', 'LOCALHOST:3000'])(
    'a browser that came to %s',
    async (host) => {
      expect((await ask('/sandbox/state', { headers: { host } })).status).toBe(200)
    },
  )

  test.each([
    'evil.example:3000',
    'localhost',
    'localhost:3001',
    '127.0.0.1.evil.example:3000',
    'localhost:3000@evil',
    '',
  ])('nobody who says that this is %j: forbidden', async (host) => {
    for (const path of ['/', '/sandbox/state', '/sandbox/assets/app.js', '/sandbox/events']) {
      const response = await ask(path, { headers: { host } })
      expect(response.status).toBe(403)
      expect(await response.json()).toMatchObject({ code: 'forbidden' })
    }
  })

  test.each(['cross-site', 'same-site'])('no page of somebody else’s (%s): forbidden', async (site) => {
    const before = await look()
    const response = await post('/sandbox/start-over', {}, { 'sec-fetch-site': site, 'sec-fetch-mode': 'cors' })
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ code: 'forbidden' })
    const read = await ask('/sandbox/state', { headers: { 'sec-fetch-site': site, 'sec-fetch-mode': 'cors' } })
    expect(read.status).toBe(403)
    expect((await look()).shop.counts).toEqual(before.shop.counts)
  })

  test('not even where a form of theirs is sent, which a browser calls navigation: forbidden', async () => {
    const navigating = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }
    expect((await post('/sandbox/start-over', {}, navigating)).status).toBe(403)
  })

  test('whoever follows a link to the page', async () => {
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }
    expect((await ask('/', { headers })).status).toBe(200)
  })

  test.each(['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x', ''])(
    'and nothing is done for a form (%j): forbidden',
    async (type) => {
      const response = await ask('/sandbox/year', { method: 'POST', body: 'a=b', headers: { 'content-type': type } })
      expect(response.status).toBe(403)
      expect(await response.json()).toMatchObject({ code: 'forbidden' })
      expect(filled).toBe(0)
    },
  )
})

describe('every answer', () => {
  test.each(['/', '/sandbox/state', '/sandbox/steps', '/sandbox/nothing'])(
    'to %s is for this page alone',
    async (path) => {
      const { headers } = await ask(path)
      const policy = headers.get('content-security-policy') ?? ''
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("script-src 'self'")
      expect(policy).toContain("style-src 'self'")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).not.toMatch(/unsafe|https?:|\*/)
      expect(Object.fromEntries(headers)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'cache-control': 'no-store',
        'cross-origin-resource-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
      })
    },
  )

  test('is the page where there is one, and says how to get it where there is none', async () => {
    expect(await (await ask('/')).text()).toBe('<!doctype html>')
    expect((await ask('/sandbox/assets/app.js')).status).toBe(404)
  })
})

describe('what cannot be asked', () => {
  test.each(['shop/nothing', 'shop/constructor', '__proto__/toString', 'cli/run'])('%s is not found', async (what) => {
    expect((await post(`/sandbox/do/${what}`, {})).status).toBe(404)
  })

  test.each([
    ['shop/buy', {}],
    ['shop/buy', null],
    ['shop/buy', { customer: 'cus_1', lines: [] }],
    ['shop/buy', { customer: 'cus_1', lines: [{ price: 'price_1', quantity: 1.5 }] }],
    ['shop/buy', { customer: 'cus_1', lines: [{ price: 'price_1', quantity: -1 }] }],
    ['shop/refund', { charge: 'ch_1', amount: 1e300 }],
    ['shop/refund', { charge: 'ch_none' }],
    ['shop/refund', { charge: '__proto__' }],
    ['shop/again', { event: 'evt_none' }],
    ['hubspot/trouble', { is: 'on fire' }],
    ['hubspot/edit', { contact: 'none', properties: {} }],
  ])('%s with %j is refused in words', async (what, given) => {
    const outcome = await outcomeOf(`/sandbox/do/${what}`, given)
    expect(outcome).toMatchObject({ ok: false, why: expect.stringMatching(/\w{3}/) })
  })

  test.each(['{"customer":', '[]', '"text"', `{"a":"${'x'.repeat(200_000)}"}`])(
    'a body like %.20j is refused',
    async (body) => {
      const response = await ask('/sandbox/do/shop/buy', { method: 'POST', body, headers: JSON_TYPE })
      expect(await response.json()).toMatchObject({ ok: false })
    },
  )

  test.each([{}, { days: 0 }, { days: 400 }, { months: 13 }, { days: -1 }, { years: 1 }])('time by %j', async (by) => {
    const before = sandbox.clock.ahead()
    const response = await post('/sandbox/time', by)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ ok: false })
    expect(sandbox.clock.ahead()).toBe(before)
  })

  test('a program that there is not', async () => {
    expect((await post('/sandbox/preset', { preset: '../../secrets' })).status).toBe(400)
    expect((await post('/sandbox/preset', {})).status).toBe(400)
    expect(sandbox.preset).toBeNull()
  })

  test('a contact that there is not', async () => {
    expect((await ask('/sandbox/contacts/none')).status).toBe(404)
    expect((await ask('/sandbox/contacts/__proto__')).status).toBe(404)
  })

  test('a door of the card that there is not', async () => {
    expect((await post('/sandbox/card/erase', {})).status).toBe(404)
  })
})

describe('the state', { timeout: SLOW_MS }, () => {
  test('shows who is looked for, and who is served whatever is looked for', async () => {
    const ada = await adaId()
    const { shop } = await look(`?customers=mamm%C9%99dova+leyla&customer=${ada}`)
    expect(shop.customers).toEqual([])
    const found = (await look(`?customers=m%C9%99mm%C9%99d+leyla&customer=${ada}`)).shop
    expect(found.customers.map(({ name }) => name)).toEqual(['Leyla Məmmədova'])
    expect(found.chosen?.name).toBe('Ada Lovelace')
    expect(found.counts).toMatchObject({ customers: 5, found: 1 })
  })

  test('shows nobody as served who is not there', async () => {
    expect((await look('?customer=__proto__')).shop.chosen).toBeNull()
  })

  test('shows Slack as nobody but the staff sees it', async () => {
    expect((await look('?me=U0VIC')).slack.me).toBe('U0VIC')
    expect((await look('?me=U0EVIL')).slack.me).toBe('U0SAM')
  })

  test('shows a purchase with its steps, and their JSON on asking', async () => {
    expect(await buy()).toEqual({ ok: true })
    const { shop, steps } = await look(`?customer=${await adaId()}`)
    expect(shop.theirs[0]).toMatchObject({ by: 'Ada Lovelace', amount: 4_200, refunded: 0, currency: 'usd' })
    expect(JSON.stringify(steps)).not.toContain('"detail"')
    const bought = steps.findLast(({ title }) => title === 'Ada Lovelace buys Teapot')
    const told = await read<Step[]>(await ask(`/sandbox/steps?journey=${bought?.journey}`))
    expect(told.map(({ stage }) => stage)).toEqual(
      expect.arrayContaining(['happened', 'delivered', 'recorded', 'queued', 'sent']),
    )
    expect(told.find(({ stage }) => stage === 'recorded')).toMatchObject({
      points: 42,
      detail: { kind: 'earn', points: 42 },
    })
  })

  test('shows that an event that is delivered again changes nothing', async () => {
    await buy()
    const { steps } = await look()
    const { event } = steps.findLast(({ title }) => title === 'charge.succeeded') ?? {}
    const recorded = (all: ShownState['steps']) => all.filter(({ stage }) => stage === 'recorded').length
    const outcome = await outcomeOf('/sandbox/do/shop/again', { event })
    expect(outcome).toMatchObject({ ok: true, said: expect.stringContaining('duplicate') })
    expect(recorded((await look()).steps)).toBe(recorded(steps))
  })

  test('shows a contact with properties, their history, and the card', async () => {
    await buy()
    const { hubspot } = await look('?contacts=ada')
    const [contact] = hubspot.contacts
    expect(contact).toMatchObject({ name: 'Ada Lovelace', email: 'ada@example.org' })
    const record = await read<ShownRecord>(await ask(`/sandbox/contacts/${contact?.id}`))
    const points = record.properties.find(({ name }) => name === 'loyalty_points')
    expect(points).toMatchObject({ label: 'Loyalty: points', value: contact?.points })
    expect(points?.history.length).toBeGreaterThan(1)
    expect(record.card).toMatchObject({ kind: 'member', mayIssue: true })
  })

  test('shows what waits for HubSpot while it is away, and that it waits no more when it is back', async () => {
    await post('/sandbox/do/hubspot/trouble', { is: 'down' })
    await buy()
    const { hubspot, steps } = await look()
    expect(hubspot).toMatchObject({ trouble: 'down', waits: [{ about: 'Ada Lovelace' }] })
    expect(steps.findLast(({ stage }) => stage === 'sent')).toMatchObject({ title: 'down', isTrouble: true })
    await post('/sandbox/do/hubspot/trouble', { is: 'none' })
    await post('/sandbox/time', { days: 1 })
    expect((await look()).hubspot).toMatchObject({ trouble: 'none', waits: [] })
  })

  test('keeps the oldest of many payments off the page, and the newest on it', async () => {
    for (let n = 0; n < 35; n++) await buy()
    const { payments, counts } = (await look()).shop
    expect(counts.payments).toBeGreaterThan(35)
    expect(payments).toHaveLength(30)
    const times = payments.map(({ at, charge }) => [at, charge] as const)
    expect(times).toEqual([...times].sort(([a, one], [b, other]) => b - a || (one < other ? 1 : -1)))
  })
})

describe('long work', { timeout: SLOW_MS }, () => {
  test('is one at a time, and the rest is told to wait', async () => {
    const [first, second] = await Promise.all([post('/sandbox/year', {}), post('/sandbox/time', { days: 1 })])
    const outcomes = [await read<Outcome>(first), await read<Outcome>(second)]
    expect(outcomes).toEqual([
      { ok: true, said: 'A year has gone by' },
      { ok: false, why: expect.stringContaining('wait') },
    ])
  })

  test('lets nobody buy meanwhile', async () => {
    const ada = await adaId()
    const lines = [await teapot()]
    const over = sandbox.alone(() => new Promise((resume) => setTimeout(resume, 50)))
    expect(await outcomeOf('/sandbox/do/shop/buy', { customer: ada, lines })).toMatchObject({
      ok: false,
      why: expect.stringContaining('wait'),
    })
    await over
  })

  test('that fails is told in words, and leaves the way free', async () => {
    const failing = createSandboxRoutes({
      sandbox,
      port: () => 3000,
      file: () => null,
      fillYear: async () => {
        throw new Error('The shop burnt down')
      },
    })
    const asked = { method: 'POST', body: '{}', headers: { host: 'localhost:3000', ...JSON_TYPE } }
    const response = await failing.request(`${ORIGIN}/sandbox/year`, asked)
    expect(await response.json()).toEqual({ ok: false, why: 'The shop burnt down' })
    expect(await outcomeOf('/sandbox/time', { days: 1 })).toEqual({ ok: true })
  })
})

describe('the tour', { timeout: SLOW_MS }, () => {
  test('is taken step by step, and begun anew', async () => {
    await post('/sandbox/tour', { step: 'begin' })
    const done = async () => (await look()).tour.flatMap(({ id, isDone }) => (isDone ? [id] : []))
    expect(await done()).toEqual([])
    await buy()
    expect(await done()).toEqual(['buy'])
    const journey = (await look()).steps.findLast(({ stage }) => stage === 'recorded')?.journey
    await ask(`/sandbox/steps?journey=${journey}`)
    expect(await done()).toEqual(['buy', 'points'])
    const [contact] = (await look()).hubspot.contacts
    await ask(`/sandbox/contacts/${contact?.id}`)
    expect(await done()).toEqual(['buy', 'points', 'hubspot'])
    await post('/sandbox/tour', { step: 'begin' })
    expect(await done()).toEqual([])
  })
})

describe('what is told live', { timeout: SLOW_MS }, () => {
  test('is each step without its JSON, and that there is something to look at', async () => {
    const response = await ask('/sandbox/events')
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    await buy()
    let heard = ''
    while (!/event: step.*event: changed/s.test(heard)) heard += (await reader?.read())?.value ?? ''
    await reader?.cancel()
    expect(heard).toContain('Ada Lovelace buys Teapot')
    expect(heard).not.toContain('"detail"')
  })
})
