import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isUnhappy, npsOf, starsOf } from '../../src/retention/nps.ts'

describe('the Net Promoter Score', () => {
  test('is the share of 9 and 10 less that of 0 to 6', () => {
    const scores = [10, 10, 9, 9, 9, 8, 7, 6, 0, 3]
    expect(npsOf(scores)).toMatchObject({ responses: 10, promoters: 5, passives: 2, detractors: 3, score: 20 })
  })

  test('lies in an interval by the adjusted Wald method', () => {
    // By hand: 19.75 and 6.75 of 39 are .5064 and .1731; 1.96 × √((.6795 − .3333²) / 39) = .2366 about .3333.
    const scores = [...Array(19).fill(10), ...Array(11).fill(8), ...Array(6).fill(2)]
    expect(npsOf(scores)).toMatchObject({ score: 36.1, interval: [9.7, 57] })
  })

  test('of few who all say the same is not certain', () => {
    const { score, interval } = npsOf([10, 10, 10])
    expect(score).toBe(100)
    expect(interval?.[0]).toBeLessThan(60)
    expect(npsOf([10]).interval).toBeNull()
  })

  test('of nobody is none', () => {
    expect(npsOf([])).toEqual({ responses: 0, promoters: 0, passives: 0, detractors: 0, score: null, interval: null })
    expect(starsOf([])).toEqual({ responses: 0, average: null })
  })

  test('and its interval are numbers within their range, whatever is said', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 10 }), { minLength: 2, maxLength: 300 }), (scores) => {
        const { score, interval, responses, promoters, passives, detractors } = npsOf(scores)
        expect(promoters + passives + detractors).toBe(responses)
        const [low = Number.NaN, high = Number.NaN] = interval ?? []
        expect(low).toBeGreaterThanOrEqual(-100)
        expect(high).toBeLessThanOrEqual(100)
        expect(low).toBeLessThan(high)
        expect(Math.abs(score ?? Number.NaN)).toBeLessThanOrEqual(100)
      }),
    )
  })
})

test('stars have a mean', () => {
  expect(starsOf([5, 4, 4])).toEqual({ responses: 3, average: 4.33 })
})

test.each([
  ['nps', 6, true],
  ['nps', 7, false],
  ['stars', 2, true],
  ['stars', 3, false],
  ['nps', 0, true],
] as const)('on the scale %s a %i is unhappy: %s', (scale, score, expected) => {
  expect(isUnhappy({ scale, score })).toBe(expected)
})
