// Limits by local calendar: worked examples.
import { describe, expect, test } from 'vitest'
import { offersOf } from '../../src/core/award-rules.ts'
import { inWords, lookBack, periodAt, roomFor, timesProblem } from '../../src/core/limits.ts'
import type { Period } from '../../src/program/awards.ts'
import type { ProgramInput } from '../../src/program/schema.ts'
import { makeProgram } from '../support/programs.ts'

const at = (instant: string): number => Date.parse(instant)
const iso = (instant: number): string => new Date(instant).toISOString()

// biome-ignore format: a table
const PERIODS: [zone: string, per: Exclude<Period, 'lifetime'>, at: string, from: string, to: string][] = [
  ['UTC', 'day', '2026-11-22T23:59:59.999Z', '2026-11-22T00:00:00.000Z', '2026-11-23T00:00:00.000Z'],
  ['UTC', 'day', '2026-11-23T00:00:00.000Z', '2026-11-23T00:00:00.000Z', '2026-11-24T00:00:00.000Z'],
  // A Sunday belongs to the week that began on Monday.
  ['UTC', 'week', '2026-11-22T12:00:00Z', '2026-11-16T00:00:00.000Z', '2026-11-23T00:00:00.000Z'],
  ['UTC', 'week', '2026-11-23T00:00:00Z', '2026-11-23T00:00:00.000Z', '2026-11-30T00:00:00.000Z'],
  ['UTC', 'week', '2027-01-01T12:00:00Z', '2026-12-28T00:00:00.000Z', '2027-01-04T00:00:00.000Z'],
  ['UTC', 'week', '1969-12-31T12:00:00Z', '1969-12-29T00:00:00.000Z', '1970-01-05T00:00:00.000Z'],
  ['UTC', 'month', '2028-02-29T12:00:00Z', '2028-02-01T00:00:00.000Z', '2028-03-01T00:00:00.000Z'],
  ['UTC', 'month', '2026-12-31T23:59:59Z', '2026-12-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
  ['UTC', 'year', '2026-12-31T23:59:59Z', '2026-01-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
  // A day of 23 hours, and one of 25.
  ['America/New_York', 'day', '2026-03-08T12:00:00Z', '2026-03-08T05:00:00.000Z', '2026-03-09T04:00:00.000Z'],
  ['America/New_York', 'day', '2026-11-01T12:00:00Z', '2026-11-01T04:00:00.000Z', '2026-11-02T05:00:00.000Z'],
  ['America/New_York', 'month', '2026-04-01T03:59:59Z', '2026-03-01T05:00:00.000Z', '2026-04-01T04:00:00.000Z'],
  ['Asia/Baku', 'year', '2026-12-31T20:00:00Z', '2026-12-31T20:00:00.000Z', '2027-12-31T20:00:00.000Z'],
  ['Africa/Addis_Ababa', 'day', '2026-11-22T21:00:00Z', '2026-11-22T21:00:00.000Z', '2026-11-23T21:00:00.000Z'],
  ['Africa/Nairobi', 'week', '2026-11-22T20:59:59Z', '2026-11-15T21:00:00.000Z', '2026-11-22T21:00:00.000Z'],
  // Samoa had no 30 December 2011.
  ['Pacific/Apia', 'month', '2011-12-31T09:00:00Z', '2011-12-01T10:00:00.000Z', '2011-12-31T10:00:00.000Z'],
]
describe('a period by the local calendar', () => {
  test.each(PERIODS)('%s: the %s at %s', (zone, per, instant, from, to) => {
    const span = periodAt(at(instant), per, zone)
    expect([iso(span.from), span.to === null ? null : iso(span.to)]).toEqual([from, to])
  })

  test('a lifetime never ends', () => {
    expect(periodAt(at('2026-11-22T12:00:00Z'), 'lifetime', 'UTC')).toEqual({ from: Number.MIN_SAFE_INTEGER, to: null })
  })
})

const program = makeProgram({
  locale: 'en-GB',
  earning: [
    { id: 'review', on: 'action', action: 'review', points: 50, limit: { times: 2, per: 'month' } },
    { id: 'check-in', on: 'action', action: 'check-in', points: 30 },
    { id: 'app', on: 'action', action: 'app', points: 10, limit: { times: 1, per: 'lifetime' } },
  ],
  limits: [
    { id: 'extras', rules: ['review', 'check-in'], points: 100, per: 'year' },
    { id: 'visits', rules: ['check-in'], points: 45, per: 'month' },
  ],
})
const NOON = at('2026-11-22T12:00:00Z')
const given = (rule: string, when: string, points: number, state: 'given' | 'withdrawn' = 'given') => ({
  rule,
  at: at(when),
  points,
  state,
})

describe('how often a rule counts', () => {
  const { limit } = { limit: { times: 2, per: 'month' } as const }
  test.each([
    ['nothing yet', [], null],
    ['once', [given('review', '2026-11-01T00:00:00Z', 50)], null],
    [
      'twice this month',
      [given('review', '2026-11-01T00:00:00Z', 50), given('review', '2026-11-30T23:59:59Z', 50)],
      'This counts 2 times a month, again from 1 Dec 2026',
    ],
    [
      'once in each month',
      [given('review', '2026-10-31T23:59:59Z', 50), given('review', '2026-11-02T00:00:00Z', 50)],
      null,
    ],
    [
      'what was withdrawn',
      [given('review', '2026-11-01T00:00:00Z', 0, 'withdrawn'), given('review', '2026-11-02T00:00:00Z', 50)],
      null,
    ],
    ['another rule', [given('app', '2026-11-01T00:00:00Z', 10), given('app', '2026-11-02T00:00:00Z', 10)], null],
  ])('%s', (_, list, sentence) => {
    expect(timesProblem(program, limit, 'review', NOON, list)).toBe(sentence)
  })

  test('once for each member, when it is for a lifetime', () => {
    const list = [given('app', '2020-01-01T00:00:00Z', 10)]
    expect(timesProblem(program, { times: 1, per: 'lifetime' }, 'app', NOON, list)).toBe(
      'This counts once for each member',
    )
  })
})

describe('points that rules share', () => {
  test.each([
    ['none used', 'review', 50, [], 50, null],
    [
      'all but twenty used',
      'review',
      50,
      [given('check-in', '2026-02-01T00:00:00Z', 80)],
      20,
      'Extras bring at most 100 points a year, again from 1 Jan 2027',
    ],
    [
      'all used',
      'review',
      50,
      [given('check-in', '2026-02-01T00:00:00Z', 80), given('review', '2026-03-01T00:00:00Z', 20)],
      0,
      'Extras bring at most 100 points a year, again from 1 Jan 2027',
    ],
    ['used last year', 'review', 50, [given('review', '2025-12-31T23:59:59Z', 100)], 50, null],
    [
      'the tighter of two',
      'check-in',
      30,
      [given('check-in', '2026-11-01T00:00:00Z', 30)],
      15,
      'Visits bring at most 45 points a month, again from 1 Dec 2026',
    ],
    ['exactly enough', 'review', 50, [given('check-in', '2026-02-01T00:00:00Z', 50)], 50, null],
    ['a rule that shares none', 'app', 10, [given('review', '2026-11-01T00:00:00Z', 100)], 10, null],
  ] as const)('%s', (_, rule, points, list, left, because) => {
    expect(roomFor(program, rule, NOON, points, list)).toEqual({ points: left, because })
  })
})

test('awards are looked back for no further than the longest of the periods', () => {
  const since = (...pers: Period[]) =>
    lookBack(
      pers.map((per) => ({ times: 1, per })),
      NOON,
      'UTC',
    )
  expect(iso(since('day'))).toBe('2026-11-22T00:00:00.000Z')
  expect(iso(since('day', 'year', 'week'))).toBe('2026-01-01T00:00:00.000Z')
  expect(since('day', 'lifetime')).toBe(Number.MIN_SAFE_INTEGER)
  expect(lookBack([null], NOON, 'UTC')).toBe(NOON)
})

describe('several rules for one thing', () => {
  const rules: NonNullable<ProgramInput['earning']> = [
    { id: 'first', on: 'action', action: 'review', points: 50, limit: { times: 1, per: 'lifetime' } },
    { id: 'each', on: 'action', action: 'review', points: 10 },
    { id: 'gold', on: 'action', action: 'review', points: 500, when: { tiers: ['gold'] } },
    { id: 'loyal', on: 'action', action: 'review', points: 70, when: { segments: ['loyal'] } },
  ]
  const stack = (stacking: 'best' | 'all') =>
    makeProgram({
      stacking,
      earning: rules,
      tiers: { levels: [{ id: 'gold', name: 'Gold', threshold: 100 }] },
      limits: [{ id: 'reviews', rules: ['first', 'each'], points: 55, per: 'year' }],
    })
  const offers = (stacking: 'best' | 'all', over: object = {}, list: ReturnType<typeof given>[] = []) => {
    const program = stack(stacking)
    const actions = program.earning.filter((rule) => rule.on === 'action')
    const member = { tiers: null, segment: null, ...over }
    return offersOf(program, actions, { member, at: NOON, given: list, used: list }).list.map(({ rule, award }) => [
      rule.id,
      award.points,
    ])
  }
  const gold = {
    tiers: {
      segments: [
        { id: null, since: 0, until: null },
        { id: 'gold', since: NOON, until: null },
      ],
    },
  }

  test('the best gives, and where its limit is used up the next', () => {
    expect(offers('best')).toEqual([['first', 50]])
    expect(offers('best', {}, [given('first', '2020-01-01T00:00:00Z', 50)])).toEqual([['each', 10]])
  })
  test('all give, each as far as the others leave of what they share', () => {
    expect(offers('all')).toEqual([
      ['first', 50],
      ['each', 5],
    ])
  })
  test('those for a tier count for whoever holds it then', () => {
    expect(offers('best', gold)).toEqual([['gold', 500]])
    expect(offers('best', { tiers: { segments: [{ id: 'gold', since: NOON + 1, until: null }] } })).toEqual([
      ['gold', 500],
    ])
    expect(
      offers('best', {
        tiers: {
          segments: [
            { id: null, since: 0, until: NOON + 1 },
            { id: 'gold', since: NOON + 1, until: null },
          ],
        },
      }),
    ).toEqual([['first', 50]])
  })
  test('those for a segment count for who is in it', () => {
    expect(offers('best', { segment: 'loyal' })).toEqual([['loyal', 70]])
    expect(offers('best', { segment: 'lost' })).toEqual([['first', 50]])
  })
})

test.each([
  ['donate-shoes', 'donate shoes'],
  ['app', 'app'],
  ['own_bag-2', 'own bag 2'],
  ['---', '---'],
])('the id %j is read out as %j', (id, words) => {
  expect(inWords(id)).toBe(words)
})
