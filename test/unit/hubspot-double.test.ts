// The HubSpot double refuses what HubSpot refuses, in the shapes that HubSpot gives it.
import { describe, expect, it } from 'vitest'
import { createHubspotClient } from '../../integrations/hubspot/client.ts'
import {
  createHubspotDouble,
  type HubspotDouble,
  type HubspotDoubleOptions,
} from '../../integrations/sandbox/doubles/hubspot/create-double.ts'
import { signV3 } from '../../integrations/sandbox/doubles/hubspot/webhooks.ts'
import { listenAsHubspot, provision } from '../support/hubspot.ts'
import { makeProgram } from '../support/programs.ts'

const NOON = Date.UTC(2026, 10, 22, 12)
const CONTACTS = '/crm/objects/2026-09/contacts'
const PROPERTIES = '/crm/properties/2026-09/contacts'
const LISTS = '/crm/lists/2026-09'

function open(options: Partial<HubspotDoubleOptions> = {}) {
  const clock = { at: NOON }
  const double = createHubspotDouble({ now: () => clock.at, ...options })
  provision(double.portal, makeProgram())
  return { clock, double }
}

/** What tests look at; what is not there is undefined. */
interface Body {
  id: string
  message: string
  label: string
  results: { id: string }[]
  errors: { context: object }[]
  propertiesWithHistory: Record<string, unknown>
}

async function call(double: HubspotDouble, method: string, path: string, body?: unknown, token = 'pat-test') {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) }
  const response = await double.fetch(new Request(`http://hubspot.test${path}`, init))
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: (text === '' ? {} : JSON.parse(text)) as Body }
}

const create = (double: HubspotDouble, ...list: Record<string, string>[]) =>
  call(double, 'POST', `${CONTACTS}/batch/create`, { inputs: list.map((properties) => ({ properties })) })
const update = (double: HubspotDouble, ...inputs: { id: string; properties: Record<string, string> }[]) =>
  call(double, 'POST', `${CONTACTS}/batch/update`, { inputs })
const read = (double: HubspotDouble, ids: string[], over: object = {}) =>
  call(double, 'POST', `${CONTACTS}/batch/read`, { inputs: ids.map((id) => ({ id })), properties: ['email'], ...over })
const problemIn = (message: string): unknown => JSON.parse(message.slice(message.indexOf('[')))

describe('who may call', () => {
  it('refuses a wrong token: INVALID_AUTHENTICATION', async () => {
    const { double } = open()
    expect(await call(double, 'GET', PROPERTIES, undefined, 'nope')).toMatchObject({
      status: 401,
      body: { status: 'error', category: 'INVALID_AUTHENTICATION' },
    })
  })

  it('refuses a token without the scope and names it: MISSING_SCOPES', async () => {
    const { double } = open({ scopes: ['crm.objects.contacts.read'] })
    expect(await read(double, ['1'])).toMatchObject({ status: 207 })
    expect(await create(double, { email: 'a@example.com' })).toMatchObject({
      status: 403,
      body: {
        category: 'MISSING_SCOPES',
        errors: [{ context: { requiredGranularScopes: ['crm.objects.contacts.write'] } }],
      },
    })
  })
})

describe('batches', () => {
  it('take a hundred inputs and refuse one more', async () => {
    const { double } = open()
    const many = Array.from({ length: 101 }, (_, n) => ({ email: `m${n}@example.com` }))
    expect((await create(double, ...many)).status).toBe(400)
    expect((await create(double, ...many.slice(1))).status).toBe(201)
    expect(double.calls.map(({ inputs, status }) => [inputs, status])).toEqual([
      [101, 400],
      [100, 201],
    ])
  })

  it('refuse the same contact twice, by whichever id', async () => {
    const { double } = open({ mergeMakesNew: false })
    const [a, b] = [double.people.create({ email: 'a@example.com' }), double.people.create({ email: 'b@example.com' })]
    const properties = { firstname: 'x' }
    expect(await update(double, { id: a.id, properties }, { id: a.id, properties })).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('Duplicate IDs') },
    })
    double.people.merge(a.id, b.id)
    expect((await update(double, { id: a.id, properties }, { id: b.id, properties })).status).toBe(400)
    expect((await create(double, { email: 'c@example.com' }, { email: 'C@example.com' })).status).toBe(400)
    expect((await read(double, [a.id, a.id])).status).toBe(400)
  })

  it.each([
    [{ nothing: 'x' }, 'PROPERTY_DOESNT_EXIST', 'nothing'],
    [{ loyalty_status: 'gone' }, 'INVALID_OPTION', 'loyalty_status'],
    [{ loyalty_points: 'many' }, 'INVALID_NUMBER', 'loyalty_points'],
    [{ loyalty_tier_since: '22.11.2026' }, 'INVALID_DATE', 'loyalty_tier_since'],
    [{ loyalty_tier_since: '2026-02-30' }, 'INVALID_DATE', 'loyalty_tier_since'],
    [{ loyalty_status: ' active' }, 'LEADING_TRAILING_WHITESPACE', 'loyalty_status'],
    [{ hs_object_id: '7' }, 'READ_ONLY_VALUE', 'hs_object_id'],
    [{ email: 'ada@nowhere' }, 'INVALID_EMAIL', 'email'],
  ] as [Record<string, string>, string, string][])('refuse %j: %s', async (properties, error, name) => {
    const { double } = open()
    const { id } = double.people.create({ email: 'a@example.com' })
    const fine = double.people.create({ email: 'b@example.com' })
    const answer = await update(double, { id, properties }, { id: fine.id, properties: { firstname: 'Ada' } })
    expect(answer).toMatchObject({ status: 400, body: { category: 'VALIDATION_ERROR' } })
    expect(answer.body.errors).toBeUndefined()
    expect(problemIn(answer.body.message)).toEqual([{ isValid: false, message: expect.any(String), error, name }])
    // Nothing of the batch was done.
    expect(double.portal.contacts[fine.id]?.properties.firstname).toBeUndefined()
  })

  it('tell which records are missing, and do the others: 207', async () => {
    const { double } = open()
    const [a, b] = [double.people.create({ email: 'a@example.com' }), double.people.create({ email: 'b@example.com' })]
    double.people.archive(b.id)
    const properties = { firstname: 'Ada' }
    expect(await update(double, { id: a.id, properties }, { id: b.id, properties })).toMatchObject({
      status: 207,
      body: {
        results: [{ id: a.id }],
        numErrors: 1,
        errors: [{ category: 'OBJECT_NOT_FOUND', context: { ids: [b.id] } }],
      },
    })
    expect(await read(double, ['a@example.com', 'x@example.com'], { idProperty: 'email' })).toMatchObject({
      status: 207,
      body: { results: [{ id: a.id }], errors: [{ context: { ids: ['x@example.com'] } }] },
    })
    expect((await read(double, ['x'], { idProperty: 'firstname' })).status).toBe(400)
  })

  it('refuse an address that is taken, and a value that only one can have', async () => {
    const { double } = open()
    const { id } = double.people.create({ email: 'a@example.com', loyalty_member_id: 'mem_1' })
    expect(await create(double, { email: 'A@example.com' })).toMatchObject({
      status: 409,
      body: { category: 'CONFLICT', message: `Contact already exists. Existing ID: ${id}` },
    })
    expect(await create(double, { email: 'b@example.com', loyalty_member_id: 'mem_1' })).toMatchObject({
      status: 400,
      body: { message: expect.stringMatching(`${id} already has that value`) },
    })
  })

  it('of creations with traces make those they can: 207', async () => {
    const { double } = open()
    double.people.create({ email: 'a@example.com' })
    const inputs = ['a@example.com', 'b@example.com', 'c@nowhere'].map((email) => ({
      objectWriteTraceId: `trace ${email}`,
      properties: { email },
    }))
    const { status, body } = await call(double, 'POST', `${CONTACTS}/batch/create`, { inputs })
    expect(status).toBe(207)
    expect(body.results).toHaveLength(1)
    expect(body.errors.map(({ context }) => context)).toEqual([
      { objectWriteTraceId: ['trace a@example.com'] },
      { objectWriteTraceId: ['trace c@nowhere'] },
    ])
  })

  it('refuse a contact without what an admin requires', async () => {
    const { double } = open()
    const { id } = double.people.create({ email: 'a@example.com' })
    double.portal.rules.push({ property: 'firstname', rule: 'required' }, { property: 'lastname', rule: 'letters' })
    expect((await update(double, { id, properties: { phone: '1' } })).status).toBe(400)
    expect((await update(double, { id, properties: { firstname: 'Ada', lastname: 'L0velace' } })).status).toBe(400)
    expect((await update(double, { id, properties: { firstname: 'Ada', lastname: 'Əliyeva' } })).status).toBe(200)
  })

  it.each(['nonsense', [], { inputs: 'x' }, { inputs: [] }])('refuse %j', async (body) => {
    const { double } = open()
    expect((await call(double, 'POST', `${CONTACTS}/batch/update`, body)).status).toBe(400)
  })
})

describe('a contact', () => {
  it('keeps what each property was, the newest first, and nothing of what did not change', async () => {
    const { clock, double } = open()
    const { id } = double.people.create({ email: 'a@example.com', firstname: 'Ada' })
    clock.at += 1_000
    await update(double, { id, properties: { firstname: 'Ada', lastname: 'L' } })
    await update(double, { id, properties: { firstname: '' } })
    const { body } = await call(double, 'GET', `${CONTACTS}/${id}?propertiesWithHistory=firstname`)
    expect(body.propertiesWithHistory.firstname).toEqual([
      { value: '', timestamp: '2026-11-22T12:00:01.000Z', sourceType: 'INTEGRATION', sourceId: 'double' },
      { value: 'Ada', timestamp: '2026-11-22T12:00:00.000Z', sourceType: 'CRM_UI', sourceId: 'double' },
    ])
  })

  it('that was merged leads to the one that goes on, by id and by address', async () => {
    const { double } = open()
    const [a, b] = [double.people.create({ email: 'a@example.com' }), double.people.create({ email: 'b@example.com' })]
    const { body } = await call(double, 'POST', `${CONTACTS}/merge`, { primaryObjectId: a.id, objectIdToMerge: b.id })
    for (const id of [a.id, b.id]) expect((await call(double, 'GET', `${CONTACTS}/${id}`)).body.id).toBe(body.id)
    expect((await call(double, 'GET', `${CONTACTS}/b@example.com?idProperty=email`)).body.id).toBe(body.id)
    expect(double.portal.contacts[body.id]?.properties).toMatchObject({
      email: 'a@example.com',
      hs_additional_emails: 'b@example.com',
    })
    expect(
      (await call(double, 'POST', `${CONTACTS}/merge`, { primaryObjectId: a.id, objectIdToMerge: b.id })).status,
    ).toBe(404)
  })

  it('that was deleted is not there, and its address is free; one that was forgotten is kept out', async () => {
    const { double } = open()
    const [a, b] = [double.people.create({ email: 'a@example.com' }), double.people.create({ email: 'b@example.com' })]
    expect((await call(double, 'DELETE', `${CONTACTS}/${a.id}`)).status).toBe(204)
    expect((await call(double, 'DELETE', `${CONTACTS}/${a.id}`)).status).toBe(404)
    expect((await call(double, 'GET', `${CONTACTS}/${a.id}`)).status).toBe(404)
    expect((await call(double, 'PATCH', `${CONTACTS}/${a.id}`, { properties: {} })).status).toBe(404)
    expect((await create(double, { email: 'a@example.com' })).status).toBe(201)
    await call(double, 'POST', `${CONTACTS}/gdpr-delete`, { objectId: b.id })
    expect(double.portal.contacts[b.id]).toBeUndefined()
    expect((await create(double, { email: 'b@example.com' })).status).toBe(400)
  })
})

describe('properties and lists', () => {
  const fine = { name: 'loyalty_new', label: 'New', type: 'number', fieldType: 'number', groupName: 'loyalty' }

  it('are made once', async () => {
    const { double } = open()
    expect(await call(double, 'POST', PROPERTIES, fine)).toMatchObject({ status: 201, body: { name: 'loyalty_new' } })
    expect((await call(double, 'POST', PROPERTIES, fine)).status).toBe(409)
    expect((await call(double, 'POST', `${PROPERTIES}/groups`, { name: 'club', label: 'Club' })).status).toBe(201)
    expect((await call(double, 'POST', `${PROPERTIES}/groups`, { name: 'club', label: 'Club' })).status).toBe(409)
    expect((await call(double, 'GET', `${PROPERTIES}/groups/club`)).body.label).toBe('Club')
    expect((await call(double, 'GET', `${PROPERTIES}/groups/none`)).status).toBe(404)
  })

  it.each([
    { groupName: 'nobody' },
    { fieldType: 'checkbox' },
    { name: 'Loyalty New' },
    { label: '' },
    {
      type: 'enumeration',
      fieldType: 'select',
      options: [
        { label: 'a', value: 'a' },
        { label: 'b', value: 'a' },
      ],
    },
  ])('are refused with %j', async (over) => {
    const { double } = open()
    expect((await call(double, 'POST', PROPERTIES, { ...fine, ...over })).status).toBe(400)
  })

  it('take further options', async () => {
    const { double } = open()
    const options = ['active', 'vip'].map((value) => ({ label: value, value }))
    expect((await call(double, 'PATCH', `${PROPERTIES}/loyalty_status`, { options })).status).toBe(200)
    expect((await create(double, { email: 'a@example.com', loyalty_status: 'vip' })).status).toBe(201)
    expect((await call(double, 'PATCH', `${PROPERTIES}/email`, { label: 'x' })).status).toBe(400)
    expect((await call(double, 'PATCH', `${PROPERTIES}/nothing`, { label: 'x' })).status).toBe(404)
  })

  it('lists have a name of their own, and filters over properties that are there', async () => {
    const { double } = open()
    const list = (property: string) => ({
      name: 'Gold',
      objectTypeId: '0-1',
      processingType: 'DYNAMIC',
      filterBranch: {
        filterBranchType: 'OR',
        filters: [],
        filterBranches: [
          { filterBranchType: 'AND', filterBranches: [], filters: [{ filterType: 'PROPERTY', property }] },
        ],
      },
    })
    expect((await call(double, 'POST', LISTS, list('nothing'))).status).toBe(400)
    expect((await call(double, 'POST', LISTS, { ...list('loyalty_tier'), filterBranch: {} })).status).toBe(400)
    expect(await call(double, 'POST', LISTS, list('loyalty_tier'))).toMatchObject({
      status: 200,
      body: { list: { listId: '1' } },
    })
    expect((await call(double, 'POST', LISTS, list('loyalty_tier'))).status).toBe(400)
    expect((await call(double, 'POST', `${LISTS}/search`, { query: 'gold', offset: 0, count: 5 })).body).toMatchObject({
      lists: [{ name: 'Gold' }],
      hasMore: false,
      total: 1,
    })
  })
})

describe('limits and faults', () => {
  it('counts ten seconds and the day, and says so in headers', async () => {
    const { clock, double } = open({ limits: { windowCalls: 2, daily: 3 } })
    const answers = []
    for (let n = 0; n < 3; n++) answers.push(await call(double, 'GET', PROPERTIES))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429])
    expect(answers[2]?.body).toMatchObject({ errorType: 'RATE_LIMIT', policyName: 'TEN_SECONDLY_ROLLING' })
    expect(answers[0]?.headers.get('x-hubspot-ratelimit-remaining')).toBe('1')
    expect(answers[0]?.headers.get('x-hubspot-ratelimit-daily-remaining')).toBe('2')
    clock.at += 10_000
    expect((await call(double, 'GET', PROPERTIES)).status).toBe(200)
    clock.at += 10_000
    expect((await call(double, 'GET', PROPERTIES)).body).toMatchObject({ policyName: 'DAILY' })
    clock.at += 12 * 3_600_000
    expect((await call(double, 'GET', PROPERTIES)).status).toBe(200)
  })

  it('plays what it is told in turn, and counts it', async () => {
    const { double } = open()
    double.script(
      { kind: 'limit', policy: 'DAILY', retryAfterS: 7 },
      { kind: 'locked' },
      { kind: 'status', status: 503 },
      { kind: 'broken', after: true },
    )
    const limited = await call(double, 'GET', PROPERTIES)
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '7'])
    expect((await call(double, 'GET', PROPERTIES)).status).toBe(423)
    expect((await call(double, 'GET', PROPERTIES)).status).toBe(503)
    await expect(create(double, { email: 'a@example.com' })).rejects.toThrow('fetch failed')
    expect(Object.values(double.portal.contacts)).toHaveLength(1)
    double.script({ kind: 'html' })
    const page = await double.fetch(new Request(`http://hubspot.test${PROPERTIES}`))
    expect(page.headers.get('content-type')).toContain('text/html')
    expect(double.isScriptOver()).toBe(true)
    expect(double.calls.map(({ status }) => status)).toEqual([429, 423, 503, 0, 200])
  })

  it('takes its time where it is told to', async () => {
    const { double } = open({ latencyMs: 30 })
    const start = performance.now()
    await call(double, 'GET', PROPERTIES)
    expect(performance.now() - start).toBeGreaterThanOrEqual(25)
  })
})

describe('listening', () => {
  it('answers the official client of another process as of this one', async () => {
    const { double, url, close } = await listenAsHubspot({ now: () => NOON })
    try {
      const clock = { now: () => NOON }
      const client = createHubspotClient({ accessToken: 'pat-test', apiUrl: `${url}/`, clock, quotaShare: 1 })
      double.people.create({ email: 'a@example.com' })
      const answer = await client.call('POST', `${CONTACTS}/batch/read`, {
        idProperty: 'email',
        inputs: [{ id: 'a@example.com' }],
      })
      expect(answer).toMatchObject({ kind: 'ok', quota: { max: 190, daily: 650_000 } })
      double.script({ kind: 'broken' })
      expect(await client.call('GET', PROPERTIES)).toMatchObject({ kind: 'down' })
    } finally {
      await close()
    }
  })
})

describe('its state', () => {
  it('goes on as JSON in another double', async () => {
    const { double } = open()
    const made = double.people.create({ email: 'a@example.com', loyalty_member_id: 'mem_1' })
    const other = createHubspotDouble({ now: () => NOON })
    other.importState(JSON.parse(JSON.stringify(double.exportState())))
    expect((await read(other, ['a@example.com'], { idProperty: 'email' })).body.results[0]?.id).toBe(made.id)
    expect((await create(other, { email: 'a@example.com' })).status).toBe(409)
    expect((await create(other, { email: 'b@example.com', loyalty_member_id: 'mem_1' })).status).toBe(400)
    expect((await create(other, { email: 'b@example.com' })).body.results[0]?.id).not.toBe(made.id)
    expect((await create(double, { email: 'b@example.com' })).status).toBe(201)
  })
})

describe('webhooks', () => {
  it('tell of everything, signed as version 3', async () => {
    const posted: { url: string; body: string; headers: Headers }[] = []
    const target = {
      url: 'https://loyalty.example/hubspot/webhook',
      clientSecret: 'secret',
      fetch: ((url: string, init: RequestInit) => {
        posted.push({ url, body: String(init.body), headers: new Headers(init.headers) })
        return Promise.resolve(new Response(null, { status: 204 }))
      }) as typeof fetch,
    }
    const { double } = open({ webhook: target })
    const [a, b] = [double.people.create({ email: 'a@example.com' }), double.people.create({ email: 'b@example.com' })]
    double.people.merge(a.id, b.id)
    double.people.forget(a.id)
    await double.tellAll()
    await double.tellAll()
    expect(posted).toHaveLength(1)
    const [{ url, body, headers } = { url: '', body: '', headers: new Headers() }] = posted
    const types = (JSON.parse(body) as { subscriptionType: string }[]).map(({ subscriptionType }) => subscriptionType)
    for (const type of ['creation', 'propertyChange', 'merge', 'privacyDeletion', 'deletion'])
      expect(types).toContain(`contact.${type}`)
    expect(Object.fromEntries(headers)).toMatchObject(
      Object.fromEntries(
        Object.entries(signV3({ method: 'POST', uri: url, body, at: NOON }, 'secret')).map(([name, value]) => [
          name.toLowerCase(),
          value,
        ]),
      ),
    )
    expect(JSON.parse(body)).toContainEqual(
      expect.objectContaining({
        subscriptionType: 'contact.merge',
        primaryObjectId: Number(a.id),
        mergedObjectIds: [Number(b.id)],
        newObjectId: 1_003,
      }),
    )
  })
})
