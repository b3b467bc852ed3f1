import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { handledEvents } from '../../integrations/hubspot/handled-events.ts'
import { translateEvents } from '../../integrations/hubspot/translate-events.ts'

const AT = 1_780_000_000_000
const event = (over: Record<string, unknown>) => ({
  eventId: 100,
  subscriptionId: 25,
  portalId: 33,
  appId: 1160452,
  occurredAt: AT,
  attemptNumber: 0,
  objectId: 42,
  ...over,
})
const one = (over: Record<string, unknown>) => translateEvents([event(over)], 'loyalty_')
const NOTHING = { events: [], edits: [], ignored: 0, odd: 0 }

describe.each([
  ['contact.', {}],
  ['object.', { objectTypeId: '0-1' }],
])('by the name %s…', (name, type) => {
  test('a merge moves records into the one that goes on', () => {
    const merge = {
      subscriptionType: `${name}merge`,
      ...type,
      primaryObjectId: 42,
      mergedObjectIds: [43, '44'],
      newObjectId: 42,
    }
    expect(one(merge).events).toEqual([
      { id: `100.42.${name}merge.${AT}`, at: AT, kind: 'merged', into: '42', from: ['43', '44'] },
    ])
  })

  test('a merge into a new record takes the primary one along', () => {
    const merge = {
      subscriptionType: `${name}merge`,
      ...type,
      primaryObjectId: 42,
      mergedObjectIds: [43],
      newObjectId: 50,
    }
    expect(one(merge).events).toMatchObject([{ kind: 'merged', into: '50', from: ['43', '42'] }])
  })

  test('a deletion and a privacy deletion are told apart', () => {
    expect(one({ subscriptionType: `${name}deletion`, ...type }).events).toMatchObject([
      { kind: 'deleted', record: '42' },
    ])
    expect(one({ subscriptionType: `${name}privacyDeletion`, ...type }).events).toMatchObject([
      { kind: 'forgotten', record: '42' },
    ])
  })

  test('a change of address gives the new one, in any script', () => {
    const change = { subscriptionType: `${name}propertyChange`, ...type, propertyName: 'email' }
    expect(one({ ...change, propertyValue: ' ሰላም@ምሳሌ.com ' }).events).toMatchObject([
      { kind: 'email_changed', record: '42', email: 'ሰላም@ምሳሌ.com' },
    ])
    expect(one({ ...change, propertyValue: '' }).events).toMatchObject([{ kind: 'email_changed', email: null }])
  })

  test('a property of ours that somebody edited is told with what stands there now', () => {
    const change = event({
      subscriptionType: `${name}propertyChange`,
      ...type,
      propertyName: 'loyalty_points',
      propertyValue: '9',
    })
    const edits = [
      { ...change, changeSource: 'CRM_UI' },
      { ...change, changeSource: 'IMPORT', propertyName: 'loyalty_tier' },
      { ...change, changeSource: 'CRM_UI', objectId: 77 },
    ]
    expect(translateEvents(edits, 'loyalty_')).toEqual({
      ...NOTHING,
      edits: [
        { record: '42', property: 'loyalty_points', value: '9' },
        { record: '42', property: 'loyalty_tier', value: '9' },
        { record: '77', property: 'loyalty_points', value: '9' },
      ],
    })
  })

  test.each(['INTEGRATION', 'API'])('what was written as %s is our own doing', (changeSource) => {
    const change = { subscriptionType: `${name}propertyChange`, ...type, propertyName: 'loyalty_points', changeSource }
    expect(one(change)).toEqual({ ...NOTHING, ignored: 1 })
  })
})

test('the program’s own prefix says which properties are ours', () => {
  const change = { subscriptionType: 'contact.propertyChange', propertyName: 'club_points', changeSource: 'CRM_UI' }
  expect(translateEvents([event(change)], 'club_').edits).toEqual([
    { record: '42', property: 'club_points', value: '' },
  ])
  expect(one(change)).toEqual({ ...NOTHING, ignored: 1 })
  expect(one({ ...change, propertyName: 'loyalty_of_somebody_else' })).toEqual({ ...NOTHING, ignored: 1 })
})

test.each<[string, Record<string, unknown>]>([
  ['events of types that we do not handle', { subscriptionType: 'contact.creation' }],
  ['events of companies', { subscriptionType: 'object.deletion', objectTypeId: '0-2' }],
  ['events of anything that says no type', { subscriptionType: 'object.deletion' }],
  ['names that every object has', { subscriptionType: 'constructor' }],
  [
    'properties that are not ours',
    { subscriptionType: 'contact.propertyChange', propertyName: 'firstname', propertyValue: 'Ada' },
  ],
])('%s are ignored and counted', (_title, over) => {
  expect(one(over)).toEqual({ ...NOTHING, ignored: 1 })
})

test.each<[string, unknown]>([
  ['null', null],
  ['a text', 'contact.deletion'],
  ['a list', [[]]],
  ['no subscription type', event({})],
  ['no time', event({ subscriptionType: 'contact.deletion', occurredAt: undefined })],
  ['a time that is none', event({ subscriptionType: 'contact.deletion', occurredAt: 1e99 })],
  ['no record', event({ subscriptionType: 'contact.deletion', objectId: null })],
  ['a record that is no number', event({ subscriptionType: 'contact.deletion', objectId: '1; DROP TABLE' })],
  ['a record beyond what numbers hold', event({ subscriptionType: 'contact.deletion', objectId: 2 ** 60 })],
  ['an event id that is none', event({ subscriptionType: 'contact.deletion', eventId: { a: 1 } })],
  ['a merge of nothing', event({ subscriptionType: 'contact.merge', mergedObjectIds: [], primaryObjectId: 42 })],
  ['a merge of odd things', event({ subscriptionType: 'contact.merge', mergedObjectIds: ['a'], primaryObjectId: 42 })],
  [
    'an address that is none',
    event({ subscriptionType: 'contact.propertyChange', propertyName: 'email', propertyValue: 'a b' }),
  ],
  [
    'an address longer than any',
    event({
      subscriptionType: 'contact.propertyChange',
      propertyName: 'email',
      propertyValue: `${'a'.repeat(250)}@b.example`,
    }),
  ],
  [
    'an address that is a list',
    event({ subscriptionType: 'contact.propertyChange', propertyName: 'email', propertyValue: ['a@b.example'] }),
  ],
])('%s is odd, counted, and holds up nothing beside it', (_title, odd) => {
  const good = event({ subscriptionType: 'contact.deletion', objectId: 1 })
  const translated = translateEvents([odd, good], 'loyalty_')
  expect(translated).toMatchObject({ odd: 1, ignored: 0, edits: [] })
  expect(translated.events).toMatchObject([{ kind: 'deleted', record: '1' }])
})

test('one event id may stand for several events', () => {
  const events = [
    event({ subscriptionType: 'contact.deletion' }),
    event({ subscriptionType: 'contact.deletion', objectId: 43 }),
    event({ subscriptionType: 'contact.deletion', occurredAt: AT + 1 }),
    event({ subscriptionType: 'contact.privacyDeletion' }),
  ]
  const ids = translateEvents(events, 'loyalty_').events.map(({ id }) => id)
  expect(new Set(ids).size).toBe(4)
})

test('nothing that may be sent makes it stumble, and everything is counted', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.jsonValue(),
          fc.record({
            subscriptionType: fc.constantFrom(...Object.keys(handledEvents)),
            objectTypeId: fc.constantFrom('0-1', '0-2', null),
            eventId: fc.jsonValue(),
            objectId: fc.jsonValue(),
            occurredAt: fc.jsonValue(),
            propertyName: fc.constantFrom('email', 'loyalty_points', null),
            propertyValue: fc.jsonValue(),
            mergedObjectIds: fc.jsonValue(),
          }),
        ),
        { maxLength: 20 },
      ),
      (payload) => {
        const { events, edits, ignored, odd } = translateEvents(payload, 'loyalty_')
        expect(events.length + edits.length + ignored + odd).toBe(payload.length)
      },
    ),
  )
})

test('the README’s table of events is the table of events that are handled', () => {
  const readme = readFileSync(new URL('../../integrations/hubspot/README.md', import.meta.url), 'utf8')
  const rows = [...readme.matchAll(/^\| `((?:contact|object)\.\w+)` \| (.+) \|$/gm)].map(([, type, does]) => [
    type,
    does,
  ])
  expect(rows).toEqual(Object.entries(handledEvents).map(([type, { does }]) => [type, does]))
})
