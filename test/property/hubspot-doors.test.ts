// Whatever HubSpot's signature stands under: a door answers in words, breaks nothing, and lets the books balance.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HUBSPOT_ROUTES } from '../../src/http/hubspot-routes.ts'
import { createDoors, eventOf, runOf } from '../support/hubspot-doors.ts'

const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<fc.JsonValue>(
    'ada@example.org',
    '42',
    42,
    'tote',
    'member',
    'house',
    'look-0',
    'review',
    '250',
    true,
    null,
    '__proto__',
    'mem_1',
    'a'.repeat(5_000),
    '\u0000',
    '\ud800',
    -1,
    1e308,
  ),
)
const KEYS = [
  'contactId',
  'email',
  'reward',
  'charge',
  'note',
  'ticket',
  'name',
  'callbackId',
  'object',
  'inputFields',
  'fields',
  'fetchOptions',
  'context',
  '__proto__',
  'constructor',
]
const body = fc.oneof(
  odd,
  fc.dictionary(fc.constantFrom(...KEYS), odd),
  fc
    .dictionary(fc.constantFrom('points', 'reason', 'enrol', 'action', 'score', 'reward', 'charge', 'referredBy'), odd)
    .map((fields) => runOf('ap-1', fields)),
  fc
    .tuple(odd, odd)
    .map(([objectId, properties]) => runOf('ap-2', { points: 5, enrol: true }, { objectId, properties })),
  fc.array(
    fc.oneof(
      odd,
      fc
        .record({
          objectId: odd,
          propertyName: odd,
          propertyValue: odd,
          mergedObjectIds: fc.array(odd, { maxLength: 3 }),
        })
        .map((over) => eventOf('contact.merge', 42, over)),
    ),
    { maxLength: 5 },
  ),
)

test('no content under a good signature makes a door stumble', async () => {
  const doors = await createDoors()
  await doors.member('ada@example.org', { record: '42', points: 5_000 })
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...HUBSPOT_ROUTES), body, async (route, content) => {
      const query = '?objectId=42&userId=7&userEmail=sam%40example.org'
      const answer = await doors.call(route, {
        query,
        ...(route.startsWith('POST') && { body: JSON.stringify(content) }),
      })
      expect([200, 400, 403, 404, 409, 422]).toContain(answer.status)
      expect(answer.json).toBeTypeOf('object')
    }),
    { numRuns: 300 },
  )
  expect(doors.logs.filter(({ level }) => level === 'error')).toEqual([])
  expect((await doors.world.app.verify()).discrepancies).toEqual([])
})
