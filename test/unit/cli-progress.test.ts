import { describe, expect, test } from 'vitest'
import { duration, plural, size, someOf, standing } from '../../src/cli/format.ts'
import { createProgress, progressLine } from '../../src/cli/progress.ts'
import { createMemoryOutput } from '../support/cli-context.ts'
import { ada, testProgram } from '../support/http-fake-app.ts'

describe('progress', () => {
  const state = { what: 'Reading Stripe', unit: 'days', done: 12, total: 365, elapsedMs: 4_000 }

  test('says what, how much of how much, how fast and how long still', () => {
    expect(progressLine(state)).toBe('Reading Stripe: 12 of 365 days · 3 days/s · 1 min 58 s left')
  })

  test('says no rate before there is one, and no end where there is none', () => {
    expect(progressLine({ ...state, elapsedMs: 500 })).toBe('Reading Stripe: 12 of 365 days')
    expect(progressLine({ ...state, total: null, note: 'May' })).toBe('Reading Stripe: 12 days · 3 days/s · May')
    expect(progressLine({ ...state, done: 365 })).not.toContain('left')
  })

  const run = (isTerminal: boolean, times: number[]) => {
    const stderr = createMemoryOutput({ isTerminal, columns: 30 })
    let now = 0
    const progress = createProgress({ stderr, monotonic: () => now }, 'Sending', 'events')
    for (const [index, at] of times.entries()) {
      now = at
      progress.update(index + 1, 100)
    }
    progress.end()
    return stderr.text()
  }

  test('is one line that is written over on a terminal, no wider than it, and gone at the end', () => {
    const text = run(true, [50, 120, 150, 5_000])
    expect(text.split('\r')).toHaveLength(4)
    expect(text).not.toContain('\n')
    expect(text.endsWith('\r\u001b[K')).toBe(true)
  })

  test('is a plain line now and then elsewhere', () => {
    expect(run(false, [1_000, 9_000, 10_500, 12_000, 21_000])).toBe(
      'Sending: 3 of 100 events · 0.3 events/s · 5 min 39 s left\nSending: 5 of 100 events · 0.2 events/s · 6 min 39 s left\n',
    )
  })
})

describe('words', () => {
  test.each([
    [40, '40 ms'],
    [2_100, '2.1 s'],
    [114_000, '1 min 54 s'],
    [11_520_000, '3 h 12 min'],
  ])('for %i ms are %s', (ms, words) => {
    expect(duration(ms)).toBe(words)
  })

  test('for counts and sizes', () => {
    expect([plural(1, 'member'), plural(2349, 'member'), plural(2, 'entry', 'entries')]).toEqual([
      '1 member',
      '2,349 members',
      '2 entries',
    ])
    expect([size(512), size(3_355_443), size(5 * 1024 ** 3)]).toEqual(['512 bytes', '3.2 MB', '5 GB'])
    expect(someOf(['a', 'b', 'c'], 2)).toEqual(['a', 'b', '… and 1 more'])
  })

  test('for where a member stands', () => {
    const { program } = testProgram()
    expect(standing(ada, program)).toBe('Ada Lovelace has 1,240 points now and 100 pending, Gold.')
    const { points } = ada
    const plain = { ...ada, name: null, tier: null, points: { ...points, available: 1, pending: 0 } }
    expect(standing(plain, program)).toBe('ada@example.org has 1 point now.')
  })
})
