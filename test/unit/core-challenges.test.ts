import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import {
  actionAmount,
  boughtAmount,
  type Deed,
  isNewest,
  meets,
  noProgress,
  oldestDeedFirst,
  progressAt,
  sameGoal,
} from '../../src/core/challenges.ts'
import type { Item } from '../../src/core/facts.ts'
import type { Challenge } from '../../src/program/engagement.ts'
import { makeProgram } from '../support/programs.ts'

const ZONE = 'America/New_York'
const DAY = 86_400_000
const START = Date.UTC(2026, 2, 1, 15)

type Goal = Partial<Challenge['goal']> & { count: number }
function challengeOf(goal: Goal, repeat: Challenge['repeat'] = 'once'): Challenge {
  const program = makeProgram({ challenges: [{ id: 'c', name: 'C', goal, award: { points: 1 }, repeat }] })
  return program.challenges[0] ?? expect.unreachable()
}

/** `0 0 5x3`: on day 0 twice one, on day 5 three at once. */
const deeds = (written: string): Deed[] =>
  written
    .split(' ')
    .filter((word) => word !== '')
    .map((word, n) => {
      const [day, amount = '1'] = word.split('x')
      return { id: `d${String(n).padStart(3, '0')}`, at: START + Number(day) * DAY, amount: Number(amount) }
    })
const count = (challenge: Challenge, written: string) => {
  const { progress, completions } = meets(challenge, ZONE, deeds(written), noProgress('v1'))
  const left = progress.open.reduce((sum, [, , amount]) => sum + amount, 0)
  return [completions.map((at) => (at - START) / DAY), left]
}

describe('what is done counts', () => {
  test.each<[string, Goal, Challenge['repeat'], string, number[], number]>([
    ['until there is enough', { count: 3 }, 'once', '0 1', [], 2],
    ['once and no more', { count: 3 }, 'once', '0 1 2 3 4 5', [2], 0],
    ['again and again, each once', { count: 2 }, 'always', '0 1 2 3 4', [1, 3], 1],
    ['within so many days', { count: 3, withinDays: 30 }, 'once', '0 15 29', [29], 0],
    ['not a day later', { count: 3, withinDays: 30 }, 'once', '0 15 30', [], 2],
    ['in any such days, not only the first', { count: 2, withinDays: 10 }, 'once', '0 12 20', [20], 0],
    ['on one day', { count: 2, withinDays: 1 }, 'once', '0 1 1', [1], 0],
    ['by the piece', { count: 5, of: 'item' }, 'once', '0x2 3x2 4x9', [4], 0],
    ['pieces left over for the next time', { count: 5, of: 'item' }, 'always', '0x4 3x4 4x9', [3, 4, 4], 2],
    ['many times by one order', { count: 2, of: 'item' }, 'always', '0x7', [0, 0, 0], 1],
  ])('%s', (_, goal, repeat, written, days, left) => {
    expect(count(challengeOf(goal, repeat), written)).toEqual([days, left])
  })

  it('by local days, also when the clocks change', () => {
    // New York is an hour ahead from 8 March 2026: 23:30 on the 7th and 00:30 on the 9th are 24 hours apart, and two days.
    const [evening, night] = [Date.UTC(2026, 2, 8, 4, 30), Date.UTC(2026, 2, 9, 4, 30)]
    const within = (withinDays: number): number =>
      meets(
        challengeOf({ count: 2, withinDays }),
        ZONE,
        [
          { id: 'a', at: evening, amount: 1 },
          { id: 'b', at: night, amount: 1 },
        ],
        noProgress('v1'),
      ).progress.met
    expect([within(2), within(3)]).toEqual([0, 1])
  })
})

describe('of a purchase', () => {
  const item = (product: string | null, quantity = 1): Item => ({ product, price: null, quantity, amountMinor: 100 })
  test.each<[string, Goal, Item[] | null, number]>([
    ['counts one', { count: 3 }, null, 1],
    ['counts one with one of the products', { count: 3, products: ['a'] }, [item('b'), item('a', 4)], 1],
    ['counts nothing without', { count: 3, products: ['a'] }, [item('b'), item(null)], 0],
    ['counts nothing while its lines are not known', { count: 3, products: ['a'] }, null, 0],
    ['counts pieces', { count: 3, of: 'item' }, [item('b', 2), item(null, 3)], 5],
    ['counts pieces of the products', { count: 3, of: 'item', products: ['a'] }, [item('b', 2), item('a', 3)], 3],
    ['counts no more pieces than make a hundred times', { count: 3, of: 'item' }, [item('a', 1e9)], 300],
    ['counts nothing towards actions', { count: 3, of: 'action' }, null, 0],
  ])('%s', (_, goal, items, amount) => {
    expect(boughtAmount(challengeOf(goal), { kept: true, items })).toBe(amount)
    expect(boughtAmount(challengeOf(goal), { kept: false, items })).toBe(0)
  })

  it('is no action, and of actions only those named count', () => {
    expect(actionAmount(challengeOf({ count: 1 }), 'review')).toBe(0)
    expect(actionAmount(challengeOf({ count: 1, of: 'action' }), 'review')).toBe(1)
    expect(actionAmount(challengeOf({ count: 1, of: 'action', actions: ['quiz'] }), 'review')).toBe(0)
  })
})

it('shows what still counts, and a challenge that is met as full', () => {
  const soon = challengeOf({ count: 3, withinDays: 10 })
  const { progress } = meets(soon, ZONE, deeds('0 5'), noProgress('v1'))
  const shown = (day: number) => progressAt(soon, ZONE, progress, START + day * DAY).progress
  expect([shown(5), shown(9), shown(10), shown(15)]).toEqual([2, 2, 1, 0])
  const done = meets(soon, ZONE, deeds('0 1 2'), noProgress('v1')).progress
  expect(progressAt(soon, ZONE, done, START)).toEqual({ progress: 3, met: 1 })
  expect(progressAt(soon, ZONE, null, START)).toEqual({ progress: 0, met: 0 })
  expect(progressAt(soon, ZONE, noProgress('v2', 1), START)).toEqual({ progress: 3, met: 1 })
})

it('is another challenge when the goal is another, not when the award or the name is', () => {
  const challenge = challengeOf({ count: 3 })
  expect(sameGoal(challenge, { ...challenge, name: 'Other', award: { ...challenge.award, points: 9 } })).toBe(true)
  expect(sameGoal(challenge, challengeOf({ count: 4 }))).toBe(false)
  expect(sameGoal(challenge, challengeOf({ count: 3 }, 'always'))).toBe(false)
})

it('comes to the same one by one as all at once, and stays small', () => {
  const deed = fc.record({ day: fc.integer({ min: 0, max: 60 }), amount: fc.integer({ min: 1, max: 5 }) })
  const goal = fc.record({
    count: fc.integer({ min: 1, max: 9 }),
    withinDays: fc.option(fc.integer({ min: 1, max: 20 })),
    of: fc.constant('item' as const),
  })
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 30 }), goal, fc.constantFrom('once', 'always'), (list, own, repeat) => {
      const challenge = challengeOf(own, repeat)
      const all = list
        .map(({ day, amount }, n) => ({ id: `d${String(n).padStart(3, '0')}`, at: START + day * DAY, amount }))
        .sort(oldestDeedFirst)
      const together = meets(challenge, ZONE, all, noProgress('v1'))
      let progress = noProgress('v1')
      const completions: number[] = []
      for (const one of all) {
        expect(isNewest(progress, one)).toBe(true)
        const next = meets(challenge, ZONE, [one], progress)
        expect(isNewest(next.progress, one)).toBe(false)
        progress = next.progress
        completions.push(...next.completions)
        expect(progress.open.length).toBeLessThanOrEqual(own.withinDays ?? 1)
      }
      expect({ progress, completions }).toEqual(together)
    }),
    { numRuns: 300 },
  )
})
