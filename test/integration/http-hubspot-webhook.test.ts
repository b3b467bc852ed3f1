import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { StoreUnavailable } from '../../src/app/ports.ts'
import { HUBSPOT_ROUTES } from '../../src/http/hubspot-routes.ts'
import { createTestServer } from '../support/http-test-server.ts'
import { createDoors, type Doors, eventOf } from '../support/hubspot-doors.ts'

const send = (doors: Doors, ...events: unknown[]) => doors.call('POST /hubspot/webhook', { body: events })
const holderOf = async (doors: Doors, record: number) => {
  const found = await doors.world.app.getMember(`hubspot:${record}`)
  return found.ok ? found.value.id : found.code
}
const merge = (into: number, ...from: number[]) =>
  eventOf('contact.merge', into, { primaryObjectId: into, mergedObjectIds: from, newObjectId: into })

describe.each(HUBSPOT_ROUTES)('%s', (route) => {
  test('answers 503 where there is no secret', async () => {
    const [method = '', path = ''] = route.split(' ')
    const answer = await createTestServer().send(path, { method, body: method === 'GET' ? undefined : [] })
    expect(answer).toMatchObject({
      status: 503,
      json: { code: 'unavailable', detail: expect.stringMatching(/HUBSPOT_CLIENT_SECRET/) },
    })
  })

  const body = route.startsWith('GET') ? {} : { body: [] }
  test.each([
    ['without a signature', { version: 'none' as const }, /missing/],
    ['by another secret', { secret: 'another' }, /does not match/],
    ['from six minutes ago', { atMs: Date.UTC(2026, 10, 22, 11, 54) }, /more than five minutes old/],
    ['from in six minutes', { atMs: Date.UTC(2026, 10, 22, 12, 6) }, /from the future|in the future/],
    [
      'that is malformed',
      { version: 'none' as const, headers: { 'x-hubspot-signature-v3': 'x', 'x-hubspot-request-timestamp': '1' } },
      /malformed/,
    ],
  ])('answers 401 to a call %s', async (_title, how, detail) => {
    const doors = await createDoors()
    const answer = await doors.call(route, { ...body, ...how })
    expect(answer).toMatchObject({ status: 401, json: { code: 'unauthorized', detail: expect.stringMatching(detail) } })
    expect(doors.logs.filter(({ level }) => level === 'warn')).toHaveLength(1)
  })

  test('answers 413 to more than 1 MiB', async () => {
    if (route.startsWith('GET')) return
    const doors = await createDoors()
    expect(await doors.call(route, { body: 'x'.repeat(1_048_577) })).toMatchObject({
      status: 413,
      json: { code: 'too_large' },
    })
  })
})

test('a signature of the older version is enough for actions only', async () => {
  const doors = await createDoors()
  const rewards = await doors.call('POST /hubspot/actions/options/rewards', { body: {}, version: 'v2' })
  expect(rewards.status).toBe(200)
  expect((await doors.call('POST /hubspot/webhook', { body: [], version: 'v2' })).status).toBe(401)
  expect(
    (await doors.call('GET /hubspot/card', { query: '?objectId=1&userEmail=a@b.example', version: 'v2' })).status,
  ).toBe(401)
})

test('without PUBLIC_URL the address of the request is what was signed', async () => {
  const doors = await createDoors({ publicUrl: null })
  expect(await send(doors)).toMatchObject({ status: 200, json: { recorded: 0, duplicate: 0, ignored: 0 } })
})

test.each([
  ['no JSON', '{', 'not JSON'],
  ['no list', '{}', 'not a list'],
  ['too long a list', JSON.stringify(Array.from({ length: 1_001 }, () => 0)), 'more than 1000'],
])('%s is answered 400', async (_title, body, detail) => {
  const doors = await createDoors()
  const answer = await doors.call('POST /hubspot/webhook', { body })
  expect(answer).toMatchObject({
    status: 400,
    json: { code: 'invalid_request', detail: expect.stringContaining(detail) },
  })
})

test('what cannot be stored is answered 503, and says nothing of whom it was about', async () => {
  const doors = await createDoors({
    app: { recordContactEvents: () => Promise.reject(new StoreUnavailable('ada@example.org is locked')) },
  })
  const answer = await send(doors, eventOf('contact.deletion', 42))
  expect(answer).toMatchObject({ status: 503, json: { code: 'unavailable' } })
  expect(JSON.stringify([answer, doors.logs])).not.toContain('ada@')
  expect(doors.logs).toContainEqual(
    expect.objectContaining({ level: 'error', fields: { events: 1, error: 'store unavailable' } }),
  )
})

test('what is not for us is ignored and counted, beside what is', async () => {
  const doors = await createDoors()
  await doors.member('ada@example.org', { record: '42' })
  const answer = await send(
    doors,
    eventOf('contact.creation', 42),
    null,
    eventOf('deal.deletion', 9),
    eventOf('contact.deletion', 42),
  )
  expect(answer).toMatchObject({ status: 200, json: { recorded: 1, duplicate: 0, ignored: 3, rewritten: 0 } })
  expect(doors.metrics()).toContain('regulars_webhook_events_total{vendor="hubspot",outcome="ignored"} 3')
  expect(doors.metrics()).toContain('regulars_webhook_events_total{vendor="hubspot",outcome="recorded"} 1')
  expect(doors.metrics()).toContain('route="/hubspot/webhook",status="200"} 1')
})

test('a batch delivered again changes nothing', async () => {
  const doors = await createDoors()
  const ada = await doors.member('ada@example.org', { record: '42' })
  const batch = [
    merge(50, 42),
    eventOf('contact.propertyChange', 50, { propertyName: 'email', propertyValue: 'ada@new.example' }),
  ]
  await send(doors, ...batch)
  await send(doors, ...batch)
  expect(await send(doors, ...batch)).toMatchObject({ status: 200, json: { recorded: 0, duplicate: 2 } })
  expect(await holderOf(doors, 50)).toBe(ada.id)
})

test('the same batch delivered twice at once is recorded once', async () => {
  const doors = await createDoors()
  await doors.member('ada@example.org', { record: '42' })
  const batch = [merge(50, 42), eventOf('contact.deletion', 42)]
  const answers = await Promise.all([send(doors, ...batch), send(doors, ...batch), send(doors, ...batch)])
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
  expect(answers.reduce((sum, { json }) => sum + Number(json.recorded), 0)).toBe(2)
})

describe('a deleted contact', () => {
  test('is unlinked, and the member stays', async () => {
    const doors = await createDoors()
    const ada = await doors.member('ada@example.org', { record: '42' })
    await send(doors, eventOf('contact.deletion', 42))
    expect(await holderOf(doors, 42)).toBe('not_found')
    const [state] = await doors.world.app.contactsOf([ada.id])
    expect(state).toMatchObject({ record: null, written: {}, standing: { status: 'active' } })
  })

  test.each([['told first'], ['told last']])(
    'of somebody who asked to be forgotten erases them, the deletion %s',
    async (when) => {
      const doors = await createDoors()
      const ada = await doors.member('ada@example.org', { record: '42', points: 100 })
      const events = [eventOf('contact.deletion', 42), eventOf('contact.privacyDeletion', 42)]
      for (const event of when === 'told first' ? events : events.toReversed()) await send(doors, event)
      const erased = await doors.world.app.getMember(ada.id)
      expect(erased).toMatchObject({
        ok: true,
        value: { status: 'erased', email: null, name: null, points: { available: 100 } },
      })
      expect((await doors.world.app.verify()).discrepancies).toEqual([])
    },
  )
})

test('nobody is erased for a contact that is no member’s', async () => {
  const doors = await createDoors()
  const ada = await doors.member('ada@example.org', { record: '42' })
  expect(await send(doors, eventOf('contact.privacyDeletion', 43))).toMatchObject({ json: { recorded: 1 } })
  expect(await doors.world.app.getMember(ada.id)).toMatchObject({ value: { status: 'active' } })
})

describe('merged contacts', () => {
  test('the one that goes on has the member', async () => {
    const doors = await createDoors()
    const ada = await doors.member('ada@example.org', { record: '42' })
    await send(doors, merge(50, 42))
    expect(await holderOf(doors, 50)).toBe(ada.id)
    expect(await holderOf(doors, 42)).toBe('not_found')
    expect(await doors.outbox()).toContain(ada.id)
  })

  test('the one that goes on has whoever the member became part of, told late', async () => {
    const doors = await createDoors()
    const ada = await doors.member('ada@example.org', { record: '42' })
    const bob = await doors.member('bob@example.org')
    await send(doors, eventOf('contact.deletion', 42))
    await doors.world.app.mergeMembers(ada.id, bob.id, { source: 'test', actor: 'test' }, null)
    await send(doors, merge(50, 42))
    expect(await holderOf(doors, 50)).toBe(bob.id)
  })

  test('two members on one are two still, until staff decide', async () => {
    const doors = await createDoors()
    const ada = await doors.member('ada@example.org', { record: '42' })
    const bob = await doors.member('bob@example.org', { record: '50' })
    await send(doors, merge(50, 42))
    expect(await holderOf(doors, 50)).toBe(bob.id)
    expect((await doors.world.app.contactsOf([ada.id]))[0]).toMatchObject({ record: null })
    expect(await doors.world.app.getMember(ada.id)).toMatchObject({ value: { status: 'active' } })
  })

  test('any order of merges, deletions and redeliveries ends with the member on the last one', async () => {
    const happened = [
      merge(50, 42),
      eventOf('contact.deletion', 42, { eventId: 2 }),
      { ...merge(60, 50), eventId: 3 },
      eventOf('object.deletion', 50, { eventId: 4, objectTypeId: '0-1' }),
    ]
    const orders = fc.shuffledSubarray([...happened, ...happened], { minLength: happened.length * 2 })
    await fc.assert(
      fc.asyncProperty(orders, async (events) => {
        const doors = await createDoors()
        const ada = await doors.member('ada@example.org', { record: '42' })
        for (const event of events) await send(doors, event)
        expect(await holderOf(doors, 60)).toBe(ada.id)
        expect(await holderOf(doors, 50)).toBe('not_found')
        expect(await holderOf(doors, 42)).toBe('not_found')
        await doors.world.close()
      }),
      { numRuns: 25 },
    )
  })
})

describe('a changed address', () => {
  const change = (email: string, at: number, eventId: number) =>
    eventOf('contact.propertyChange', 42, { propertyName: 'email', propertyValue: email, occurredAt: at, eventId })

  test('is the member’s, the newest whatever order they come in', async () => {
    const doors = await createDoors()
    const ada = await doors.member('ada@example.org', { record: '42' })
    await send(doors, change('ada@newest.example', 3_000, 3))
    await send(doors, change('ada@older.example', 2_000, 2))
    expect(await doors.world.app.getMember(ada.id)).toMatchObject({ value: { email: 'ada@newest.example' } })
    expect(await doors.world.app.getMember('email:ada@example.org')).toMatchObject({ value: { id: ada.id } })
  })

  test('that is another member’s changes neither', async () => {
    const doors = await createDoors()
    const ada = await doors.member('ada@example.org', { record: '42' })
    const bob = await doors.member('bob@example.org')
    await send(doors, change('BOB@example.org', 1_000, 1))
    expect(await doors.world.app.getMember(ada.id)).toMatchObject({ value: { email: 'ada@example.org' } })
    expect(await doors.world.app.getMember('email:bob@example.org')).toMatchObject({ value: { id: bob.id } })
  })

  test('that was emptied leaves ours', async () => {
    const doors = await createDoors()
    const ada = await doors.member('ada@example.org', { record: '42' })
    expect(await send(doors, change('', 1_000, 1))).toMatchObject({ json: { recorded: 1 } })
    expect(await doors.world.app.getMember(ada.id)).toMatchObject({ value: { email: 'ada@example.org' } })
  })
})

test('a property of ours that somebody edits is written again, and what we wrote ourselves is not', async () => {
  const doors = await createDoors()
  const ada = await doors.member('ada@example.org', { record: '42' })
  const edit = (changeSource: string) =>
    eventOf('contact.propertyChange', 42, { propertyName: 'loyalty_points', propertyValue: '1', changeSource })
  expect(await send(doors, edit('INTEGRATION'))).toMatchObject({ json: { ignored: 1, rewritten: 0 } })
  expect((await doors.world.app.contactsOf([ada.id]))[0]?.written).toEqual({ a: 'b' })
  expect(
    await send(
      doors,
      edit('CRM_UI'),
      edit('CRM_UI'),
      eventOf('contact.propertyChange', 99, { propertyName: 'loyalty_points' }),
    ),
  ).toMatchObject({
    json: { rewritten: 1 },
  })
  expect((await doors.world.app.contactsOf([ada.id]))[0]).toMatchObject({ written: {}, record: '42' })
  expect(await doors.outbox()).toContain(ada.id)
})

test('a property of ours that is as it should be is left, whoever wrote it', async () => {
  const doors = await createDoors()
  const ada = await doors.member('ada@example.org', { record: '42', points: 7 })
  const edit = (propertyValue: string) =>
    eventOf('contact.propertyChange', 42, {
      propertyName: 'loyalty_points',
      propertyValue,
      changeSource: 'SOMETHING_NEW',
    })
  expect(await send(doors, edit('7'))).toMatchObject({ json: { rewritten: 0 } })
  expect((await doors.world.app.contactsOf([ada.id]))[0]?.written).toEqual({ a: 'b' })
  expect(await send(doors, edit('7'), edit('8'))).toMatchObject({ json: { rewritten: 1 } })
})

test('a hundred events are stored within the time that HubSpot waits', async () => {
  const doors = await createDoors()
  const events = Array.from({ length: 100 }, (_, n) => eventOf('contact.deletion', n + 1))
  const startedAt = performance.now()
  expect(await send(doors, ...events)).toMatchObject({ status: 200, json: { recorded: 100 } })
  expect(performance.now() - startedAt).toBeLessThan(5_000)
})

test('no address is logged', async () => {
  const doors = await createDoors()
  await doors.member('ada@example.org', { record: '42' })
  await send(
    doors,
    eventOf('contact.propertyChange', 42, { propertyName: 'email', propertyValue: 'ada@secret.example' }),
    { email: 'x@secret.example' },
  )
  expect(JSON.stringify(doors.logs)).not.toMatch(/secret\.example|ada@/)
})
