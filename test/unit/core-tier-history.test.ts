import { describe, expect, it, test } from 'vitest'
import { keptSince, risesOf, type TierChange, tierHistory, tierNotes } from '../../src/core/tier-history.ts'
import { addContribution, startTiers, type TierSegment } from '../../src/core/tiers.ts'
import { levels, makeProgram } from '../support/programs.ts'

const DAY = 86_400_000
const at = (date: string): number => Date.parse(`${date}T12:00:00Z`)
const midnight = (date: string): number => Date.parse(`${date}T00:00:00Z`)
const START = at('2026-01-05')
const LEVELS = levels(['base', 0], ['silver', 100], ['gold', 200])
const program = makeProgram({ tiers: { levels: LEVELS } })

/** `silver 2026-03-01 2028-01-01`: held since then, until then. */
const held = (...written: string[]): TierSegment[] =>
  written.map((line) => {
    const [id, since, until] = line.split(' ')
    return { id: id ?? null, since: at(since ?? ''), until: until === undefined ? null : midnight(until) }
  })

describe('a level is come up to', () => {
  test.each<[string, TierSegment[], string[]]>([
    ['by joining', held('base 2026-01-05'), ['base']],
    ['from below', held('base 2026-01-05', 'silver 2026-03-01'), ['base', 'silver']],
    ['and those skipped are not', held('base 2026-01-05', 'gold 2026-03-01'), ['base', 'gold']],
    ['not from above', held('base 2026-01-05', 'gold 2026-03-01', 'silver 2028-01-01'), ['base', 'gold']],
    [
      'again after it was lost',
      held('base 2026-01-05', 'silver 2026-03-01', 'base 2028-01-01', 'silver 2028-02-01'),
      ['base', 'silver', 'silver'],
    ],
    [
      'not when it was passed in the same instant',
      held('base 2026-01-05', 'silver 2026-03-01', 'gold 2026-03-01'),
      ['base', 'gold'],
    ],
    [
      'by joining also where the first purchase reaches more',
      held('base 2026-01-05', 'silver 2026-01-05'),
      ['base', 'silver'],
    ],
    ['not where the program has none to give', [{ id: null, since: START, until: null }], []],
    ['not where the program has it no longer', held('base 2026-01-05', 'ruby 2026-03-01'), ['base']],
    [
      'not from one that the program has no longer',
      held('base 2026-01-05', 'ruby 2026-03-01', 'base 2026-06-01'),
      ['base'],
    ],
    ['from what was held before that', held('base 2026-01-05', 'ruby 2026-03-01', 'gold 2026-06-01'), ['base', 'gold']],
  ])('%s', (_, segments, expected) => {
    expect(risesOf(program, segments, START).map(({ level }) => level)).toEqual(expected)
  })

  it('is not known of the oldest tier kept where older ones are not', () => {
    const segments = held('silver 2026-03-01', 'base 2028-01-01', 'gold 2028-02-01')
    expect(keptSince(segments, START)).toBe(at('2026-03-01'))
    expect(risesOf(program, segments, START).map(({ level }) => level)).toEqual(['gold'])
    expect(keptSince(segments, at('2026-03-01'))).toBe(Number.NEGATIVE_INFINITY)
  })
})

describe('the ledger says', () => {
  const began = startTiers(program, 'v1', START) ?? expect.unreachable()
  const change = (before: TierSegment[], after: TierSegment[], over: Partial<TierChange> = {}): string[] =>
    tierNotes({ program, before, after, machine: null, now: at('2026-06-01'), endedBy: 'other', ...over }).map(
      ({ reason }) => reason,
    )

  test.each<[string, Parameters<typeof makeProgram>[0], number, string]>([
    ['points of a year', { tiers: { levels: LEVELS } }, 520, 'Gold until Dec 31, 2027: 520 points in 2026'],
    [
      'spend over months',
      { tiers: { metric: 'spend', window: { kind: 'rolling', months: 12 }, levels: LEVELS } },
      25_000,
      'Gold until Mar 1, 2027: $250.00 in 12 months',
    ],
    [
      'purchases since joining',
      { tiers: { metric: 'purchases', window: { kind: 'lifetime' }, levels: levels(['base', 0], ['gold', 1]) } },
      1,
      'Gold: 1 purchase',
    ],
    [
      'in its own language’s way of writing',
      { locale: 'de', currency: 'eur', tiers: { metric: 'spend', levels: LEVELS } },
      2_345_600,
      'Gold until 31.12.2027: 23.456,00\u00a0€ in 2026',
    ],
  ])('by what a tier was reached: %s', (_, input, amount, sentence) => {
    const own = makeProgram(input)
    const first = startTiers(own, 'v1', START) ?? expect.unreachable()
    const machine = addContribution(first, own, { at: at('2026-03-01'), amount })
    expect(change(first.segments, machine.segments, { program: own, machine })).toEqual([sentence])
  })

  test.each<[string, TierSegment[], TierSegment[], Partial<TierChange>, string[]]>([
    [
      'that a tier is gone from the program, rather than that a lower one was earned',
      held('base 2026-01-05', 'ruby 2026-03-01'),
      held('base 2026-01-05', 'ruby 2026-03-01', 'base 2026-06-01'),
      { endedBy: 'program' },
      ['The program’s tiers have changed: Base from now on'],
    ],
    [
      'what was reached also after a tier that is gone',
      held('base 2026-01-05', 'ruby 2026-03-01'),
      held('base 2026-01-05', 'ruby 2026-03-01', 'gold 2026-06-01 2028-01-01'),
      { endedBy: 'program', machine: null },
      ['Gold until Dec 31, 2027: paid for by subscription'],
    ],
    ['nothing of the tier that everybody begins with', [], began.segments, {}, []],
    ['nothing when only the time of joining moved', held('base 2026-01-05'), held('base 2026-01-02'), {}, []],
    [
      'nothing when a tier was reached earlier than we knew',
      held('base 2026-01-05', 'gold 2026-03-01'),
      held('base 2026-01-05', 'gold 2026-02-01'),
      {},
      [],
    ],
    [
      'that a tier ended, and which is held now',
      held('base 2026-01-05', 'gold 2026-03-01 2028-01-01'),
      [
        ...held('base 2026-01-05', 'gold 2026-03-01 2028-01-01'),
        { id: 'silver', since: midnight('2028-01-01'), until: null },
      ],
      {},
      ['Gold ended on Dec 31, 2027: back to Silver'],
    ],
    [
      'each of several that ended meanwhile',
      held('base 2026-01-05', 'gold 2026-03-01'),
      [
        ...held('base 2026-01-05', 'gold 2026-03-01'),
        { id: 'silver', since: midnight('2028-01-01'), until: null },
        { id: 'base', since: midnight('2029-01-01'), until: null },
      ],
      {},
      ['Gold ended on Dec 31, 2027: back to Silver', 'Silver ended on Dec 31, 2028: back to Base'],
    ],
    [
      'that a refund ended it',
      held('base 2026-01-05', 'gold 2026-03-01'),
      held('base 2026-01-05'),
      { endedBy: 'refund' },
      ['Gold ended at once: the purchase it rested on was refunded'],
    ],
    [
      'that a subscription did',
      held('base 2026-01-05', 'gold 2026-03-01'),
      held('base 2026-01-05'),
      { endedBy: 'subscription' },
      ['Gold ended at once: its subscription ended'],
    ],
    [
      'that it is paid for',
      held('base 2026-01-05'),
      held('base 2026-01-05', 'gold 2026-03-01 2026-04-02'),
      {},
      ['Gold until Apr 1, 2026: paid for by subscription'],
    ],
  ])('%s', (_, before, after, over, expected) => {
    expect(change(before, after, over)).toEqual(expected)
  })
})

it('tells the tiers held, newest first, each with what was noted of it', () => {
  const segments = held('base 2026-01-05', 'gold 2026-03-01 2028-01-01', 'silver 2028-01-01 2029-01-01')
  const notes = [{ at: at('2026-03-01'), reason: 'Gold until Dec 31, 2027: 520 points in 2026' }]
  expect(tierHistory(program, segments, notes)).toEqual([
    {
      tier: 'silver',
      name: 'Silver',
      since: at('2028-01-01'),
      until: midnight('2029-01-01'),
      reason: 'After Gold, from Jan 1, 2028',
    },
    { tier: 'gold', name: 'Gold', since: at('2026-03-01'), until: at('2028-01-01'), reason: notes[0]?.reason },
    { tier: 'base', name: 'Base', since: START, until: START + 55 * DAY, reason: 'Held since Jan 5, 2026' },
  ])
})
