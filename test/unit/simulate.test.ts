// What a simulation says, against what one reckons by hand.
import { describe, expect, test } from 'vitest'
import type { ProgramInput } from '../../src/program/schema.ts'
import { boughtOnce, storedFacts } from '../../src/simulate/history.ts'
import { periodsOf } from '../../src/simulate/periods.ts'
import { type SimulationOptions, simulate } from '../../src/simulate/simulate.ts'
import { charged, DAY, refund, T0 } from '../support/payments.ts'
import { levels, makeProgram } from '../support/programs.ts'

type Bought = [customer: string, day: string, dollars: number]

const historyOf = (...rows: Bought[]) =>
  rows.map(([customer, day, dollars], line) =>
    boughtOnce({ customer, at: Date.parse(`${day}T12:00:00Z`), amountMinor: Math.round(dollars * 100) }, line, 'usd'),
  )

async function run(program: Partial<ProgramInput>, rows: Bought[], over: Partial<SimulationOptions> = {}) {
  const outcome = await simulate({
    program: makeProgram(program),
    history: historyOf(...rows),
    redeemShare: 0,
    ...over,
  })
  if (outcome === null) throw new Error('it was stopped')
  return outcome
}

describe('a simulation', () => {
  test('gives what the program gives for each purchase', async () => {
    // 29 + 29 + 10: each rounded down on its own.
    const outcome = await run({}, [
      ['0001', '2025-01-01', 29.33],
      ['0001', '2025-01-18', 29.73],
      ['ሰላም', '2025-03-02', 10.99],
    ])
    expect(outcome).toMatchObject({ purchases: 3, customers: 2, revenue: 70.05, issued: 68, redeemed: 0, expired: 0 })
    expect(outcome.outstanding).toBe(68)
    expect(outcome.members).toEqual({ none: 2 })
  })

  test('comes to the same whatever order the rows are in', async () => {
    const rows: Bought[] = [
      ['a', '2025-01-01', 300],
      ['b', '2025-02-01', 80],
      ['a', '2025-12-30', 300],
      ['a', '2026-01-05', 40],
    ]
    const tiers = { metric: 'spend' as const, levels: levels(['base', 0], ['gold', 500, { multiplier: 2 }]) }
    const [forward, backward] = [await run({ tiers }, rows), await run({ tiers }, rows.toReversed())]
    expect(backward).toEqual(forward)
    // 300 + 80 + 300 as base, then 2 × 40 as gold.
    expect(forward.issued).toBe(760)
    expect(forward.members).toEqual({ base: 1, gold: 1 })
  })

  test('follows segments: whoever buys much and often is one of the champions a week later', async () => {
    const thanks = { id: 'thanks', on: 'purchase' as const, points: 3, when: { segments: ['champions' as const] } }
    const outcome = await run({ earning: [{ id: 'purchase', on: 'purchase' }, thanks] }, [
      ['a', '2025-01-01', 100],
      ['a', '2025-01-02', 100],
      ['a', '2025-01-03', 100],
      ...['b', 'c', 'd', 'e'].map((one): Bought => [one, '2025-01-03', 10]),
      ['a', '2025-01-15', 100],
      ['b', '2025-01-15', 10],
    ])
    // 300 + 4 × 10, then 3 × 100 as a champion, and 10.
    expect(outcome.issued).toBe(300 + 40 + 300 + 10)
  })

  test('lets points end at their time, and tells when', async () => {
    const outcome = await run({ points: { expiry: { kind: 'after', months: 1 } } }, [
      ['a', '2025-01-10', 100],
      ['b', '2025-03-20', 50],
    ])
    // What a got on 10 January ends on 10 February; b's of 20 March is there still.
    expect(outcome.overTime.map(({ period, issued, expired }) => [period, issued, expired])).toEqual([
      ['2025-01', 100, 0],
      ['2025-02', 0, 100],
      ['2025-03', 50, 0],
    ])
    expect(outcome).toMatchObject({ issued: 150, expired: 100, outstanding: 50 })
  })

  test('shows members by tier at the end of each period, those who lost theirs included', async () => {
    const tiers = { keep: 'period' as const, levels: levels(['base', 0], ['gold', 100]) }
    const { overTime, members } = await run({ tiers }, [
      ['a', '2024-11-10', 150],
      ['b', '2025-01-20', 50],
    ])
    expect(overTime.map((one) => one.members)).toEqual([
      { base: 0, gold: 1 },
      { base: 0, gold: 1 },
      { base: 2, gold: 0 },
    ])
    expect(members).toEqual({ base: 2, gold: 0 })
  })

  test('redeems the assumed share of all points to the point, and leaves the rest to expire', async () => {
    const rows = Array.from(
      { length: 50 },
      (_, n): Bought => [`c${n}`, `2025-01-${String((n % 28) + 1).padStart(2, '0')}`, 7.5],
    )
    // 50 × 7 points; 40 % of 350 are 140.
    const kept = await run({}, rows, { redeemShare: 0.4 })
    expect([kept.issued, kept.redeemed, kept.outstanding]).toEqual([350, 140, 210])
    expect([kept.cost, kept.costOfRevenue]).toEqual([1.4, 1.4 / 375])
    const ended = await run({ points: { expiry: { kind: 'after', months: 1 } } }, [...rows, ['z', '2025-06-01', 0.5]], {
      redeemShare: 0.4,
    })
    expect([ended.issued, ended.redeemed, ended.expired, ended.outstanding]).toEqual([350, 140, 210, 0])
  })

  test('makes the rewards that come by themselves, of which the assumed share is used', async () => {
    const byItself: Partial<ProgramInput> = {
      rewards: [{ id: 'five', name: '$5', cost: 100, fulfil: { kind: 'promotion_code', amountOff: 5 }, validDays: 30 }],
      autoRedeem: [{ reward: 'five', atPoints: 100 }],
    }
    const rows = Array.from({ length: 10 }, (_, n): Bought => [`c${n}`, '2025-01-10', 120])
    const outcome = await run(byItself, [...rows, ['z', '2025-06-01', 1]], { redeemShare: 0.4 })
    // 10 × 120 points and 1: 100 of each became $5 off, 20 stay; four of ten codes are used, which costs $20.
    expect(outcome).toMatchObject({ issued: 1_201, redeemed: 1_000, outstanding: 201, cost: 20 })
    expect(outcome.rewards).toEqual({ made: 10, used: 4 })
  })

  test('has campaigns count on their days', async () => {
    const campaigns = [{ id: 'double', name: 'Double', from: '2025-02-01', to: '2025-02-28', multiplier: 2 }]
    const { overTime } = await run({ campaigns }, [
      ['a', '2025-01-31', 10],
      ['a', '2025-02-28', 10],
      ['a', '2025-03-01', 10],
    ])
    expect(overTime.map(({ issued }) => issued)).toEqual([10, 20, 10])
  })

  test('redeems nothing that cannot be used yet', async () => {
    const outcome = await run({ points: { holdDays: 30 } }, [['a', '2025-01-10', 100]], { redeemShare: 1 })
    expect([outcome.redeemed, outcome.outstanding]).toEqual([0, 100])
    const later = await run(
      { points: { holdDays: 30 } },
      [
        ['a', '2025-01-10', 100],
        ['a', '2025-03-10', 20],
      ],
      {
        redeemShare: 1,
      },
    )
    expect([later.redeemed, later.outstanding]).toEqual([100, 20])
  })

  test('takes everyone who bought as a member, also where members must ask to be', async () => {
    const enrolment = { automatic: false, consent: 'explicit' as const }
    expect((await run({ enrolment }, [['a', '2025-01-10', 100]])).issued).toBe(100)
  })

  test('does not wait to learn what was bought where nobody will tell', async () => {
    const earning = [{ id: 'p', on: 'purchase' as const, excludeProducts: ['prod_gift'] }]
    const outcome = await run({ earning }, [['a', '2025-01-10', 100]], { redeemShare: 1 })
    expect([outcome.issued, outcome.redeemed]).toEqual([100, 100])
  })

  test('ends where it is told to', async () => {
    const outcome = await simulate({
      program: makeProgram(),
      history: historyOf(['a', '2025-01-10', 100]),
      redeemShare: 0,
      onProgress: async () => false,
    })
    expect(outcome).toBeNull()
  })
})

describe('a payment of our own books', () => {
  test('is given again as it was paid, and taken back when it was refunded', async () => {
    const stored = charged({}, { refunds: { re_1: refund({ at: T0 + 40 * DAY }) } })
    const facts = storedFacts(stored, 'mem_1')
    expect(facts.map(({ at }) => at)).toEqual([T0, T0 + 40 * DAY])
    const outcome = await simulate({ program: makeProgram(), history: facts, redeemShare: 0 })
    // $100 in January, of which $40 are refunded in February.
    expect(outcome?.overTime.map(({ issued }) => issued)).toEqual([100, -40])
    expect(outcome).toMatchObject({ issued: 60, revenue: 60, customers: 1 })
  })

  test('is nothing while nothing was paid', () => {
    expect(storedFacts(charged({ amountMinor: 0 }), 'mem_1')).toEqual([])
  })
})

describe('periods', () => {
  const at = (day: string) => Date.parse(`${day}T12:00:00Z`)
  const names = (from: string, to: string) => periodsOf(at(from), at(to), 'UTC').map(({ name }) => name)

  test('are months, quarters or years, so that the table stays short', () => {
    expect(names('2025-11-03', '2026-01-10')).toEqual(['2025-11', '2025-12', '2026-01'])
    expect(names('1997-01-01', '1998-06-30')).toEqual([
      '1997 Q1',
      '1997 Q2',
      '1997 Q3',
      '1997 Q4',
      '1998 Q1',
      '1998 Q2',
    ])
    expect(names('2001-05-01', '2009-05-01').at(-1)).toBe('2009')
  })

  test('end at midnight of the program’s zone', () => {
    const [january] = periodsOf(at('2026-01-15'), at('2026-01-20'), 'America/New_York')
    expect(january?.end).toBe(Date.parse('2026-02-01T05:00:00Z'))
  })
})
