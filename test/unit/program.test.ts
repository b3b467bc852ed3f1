import { describe, expect, test } from 'vitest'
import { parseProgram } from '../../src/program/parse.ts'
import { formatProblems } from '../../src/program/problems.ts'
import type { Program, ProgramInput } from '../../src/program/schema.ts'
import { programVersion } from '../../src/program/version.ts'

const LEAST = { name: 'Corner Club', currency: 'usd' }

function accept(input: Partial<ProgramInput>): Program {
  const parsed = parseProgram({ ...LEAST, ...input })
  if (!parsed.ok) throw new Error(formatProblems(parsed.problems))
  return parsed.program
}

const NOTHING = { points: 0, reward: null, badge: null, cause: null, choose: [] }
const gift = { id: 'gift', name: 'A gift', cost: 0, fulfil: { kind: 'manual' } }

describe('what is left out', () => {
  test('is what the documentation of the program shows', () => {
    expect(accept({})).toEqual({
      ...LEAST,
      purpose: null,
      basedOn: null,
      timezone: 'America/New_York',
      locale: 'en',
      points: {
        name: { one: 'point', other: 'points' },
        value: 0.01,
        rounding: 'floor',
        holdDays: 0,
        shortfall: 'owe',
        expiry: { kind: 'never' },
      },
      enrolment: { automatic: true, consent: 'implied', award: NOTHING, creditPastDays: 0 },
      earning: [],
      limits: [],
      stacking: 'best',
      campaignStacking: 'best',
      tiers: null,
      campaigns: [],
      rewards: [],
      redeeming: { maximumOpen: null, freeze: null },
      autoRedeem: [],
      challenges: [],
      badges: [],
      referral: null,
      partners: [],
      causes: [],
      goals: [],
      hubspot: { createContacts: true, prefix: 'loyalty_', quotaShare: 0.5 },
      staff: {
        admin: [],
        approver: [],
        issuer: [],
        viewer: ['*'],
        approvalAbovePoints: 1000,
        dailyLimitPoints: 5000,
        approvalsChannel: null,
      },
      retention: {
        alerts: ['at_risk', 'overdue', 'tier_at_risk', 'points_expiring', 'payment_failed', 'cancelling', 'unhappy'],
        atRiskBelow: 0.5,
        expiringDays: 30,
        minimumValue: 0,
        holdout: 0,
        route: 'channel',
        digestAt: '09:00',
      },
    })
  })

  const entries: [string, Partial<ProgramInput>, (program: Program) => unknown, unknown][] = [
    [
      'a purchase rule',
      { earning: [{ id: 'p', on: 'purchase' }] },
      (program) => program.earning[0],
      {
        id: 'p',
        on: 'purchase',
        points: 1,
        per: 1,
        base: 'net',
        scope: 'order',
        currencies: {},
        products: [],
        excludeProducts: [],
        minimum: 0,
        when: { tiers: [], segments: [], metadata: {} },
      },
    ],
    [
      'a tier',
      { tiers: { levels: [{ id: 'a', name: 'A' }] } },
      (program) => program.tiers,
      {
        metric: 'points',
        window: { kind: 'calendar_year' },
        keep: 'next_period',
        downgrade: 'requalify',
        levels: [{ id: 'a', name: 'A', threshold: 0, multiplier: 1, perks: [], expiry: null, entry: null, paid: null }],
      },
    ],
    [
      'a paid tier',
      { tiers: { levels: [{ id: 'a', name: 'A', paid: { products: ['prod_1'] } }] } },
      (program) => [program.tiers?.levels[0]?.threshold, program.tiers?.levels[0]?.paid],
      [null, { products: ['prod_1'], prices: [], trial: true, pastDueDays: 7 }],
    ],
    [
      'a reward',
      { rewards: [{ id: 'mug', name: 'A mug', cost: 50, fulfil: { kind: 'manual' } }] },
      (program) => program.rewards[0],
      {
        id: 'mug',
        name: 'A mug',
        cost: 50,
        fulfil: { kind: 'manual', instructions: 'Hand it over' },
        stock: null,
        limit: null,
        tiers: [],
        segments: [],
        validDays: 90,
        validMonths: null,
        from: null,
        to: null,
        onExpiry: 'forfeit',
        onRequest: true,
      },
    ],
    [
      'a campaign',
      { campaigns: [{ id: 'double', name: 'Double', multiplier: 2 }] },
      (program) => program.campaigns[0],
      {
        id: 'double',
        name: 'Double',
        from: null,
        to: null,
        dates: [],
        weekdays: [],
        on: 'purchase',
        multiplier: 2,
        bonus: 0,
        when: { tiers: [], segments: [], products: [], metadata: {}, minimum: 0 },
        announced: true,
        holdout: 0,
      },
    ],
    [
      'a referral',
      { referral: { referrer: { points: 500 } } },
      (program) => program.referral,
      {
        referrer: { ...NOTHING, points: 500 },
        friend: NOTHING,
        minimumPurchase: 20,
        limit: { times: 20, per: 'year' },
      },
    ],
    [
      'a partner',
      { partners: [{ id: 'cafe', name: 'Café', stripeAccount: 'acct_1', points: 2 }] },
      (program) => program.partners[0],
      {
        id: 'cafe',
        name: 'Café',
        category: null,
        stripeAccount: 'acct_1',
        points: 2,
        per: 1,
        holdDays: 90,
        redeem: false,
        settlement: { issued: 0.01, redeemed: 0.009 },
      },
    ],
    [
      'an expiry by calendar',
      { points: { expiry: { kind: 'calendar' } } },
      (program) => program.points.expiry,
      { kind: 'calendar', month: 12, day: 31, afterYears: 2 },
    ],
  ]
  test.each(entries)('of %s is filled in', (_, input, pick, expected) => {
    expect(pick(accept(input))).toEqual(expected)
  })

  test.each([
    [{ kind: 'calendar_year' }, 'next_period'],
    [{ kind: 'rolling' }, { months: 12 }],
    [{ kind: 'lifetime' }, 'always'],
  ] as const)('of tiers over %j: they are kept %j', (window, keep) => {
    expect(accept({ tiers: { window, levels: [{ id: 'a', name: 'A' }] } }).tiers?.keep).toEqual(keep)
  })
})

describe('an award', () => {
  test('reads the same in short and long form', () => {
    const program = accept({
      earning: [
        { id: 'short', on: 'action', action: 'review', points: 50 },
        { id: 'long', on: 'action', action: 'review', award: { points: 50 } },
      ],
    })
    const [short, long] = program.earning
    expect(short).toMatchObject({ award: { ...NOTHING, points: 50 } })
    expect(short).not.toHaveProperty('points')
    expect(long).toEqual({ ...short, id: 'long' })
  })

  test('may be a choice', () => {
    const program = accept({
      rewards: [gift],
      earning: [{ id: 'birthday', on: 'birthday', award: { choose: [{ points: 250 }, { reward: 'gift' }] } }],
    } as Partial<ProgramInput>)
    const { choose: _, ...none } = NOTHING
    const choose = [
      { ...none, points: 250 },
      { ...none, reward: 'gift' },
    ]
    expect(program.earning[0]).toMatchObject({ award: { points: 0, choose } })
  })
})

test('days of the week read as their number, Monday 1', () => {
  const campaigns = [{ id: 'a', name: 'A', bonus: 5, weekdays: ['monday', 'sun'] }] as const
  expect(accept({ campaigns: [{ ...campaigns[0], weekdays: ['monday', 'sun'] }] }).campaigns[0]?.weekdays).toEqual([
    1, 7,
  ])
})

test('emails of staff are in lower case', () => {
  expect(accept({ staff: { admin: ['hubspot:Ada@Example.org', 'slack:U0AB'] } }).staff.admin).toEqual([
    'hubspot:ada@example.org',
    'slack:U0AB',
  ])
})

describe('the version of a program', () => {
  const written = { name: 'A', currency: 'usd', earning: [{ id: 'p', on: 'purchase' as const, points: 1, per: 1 }] }

  test('is 16 hexadecimal digits that only change when the language does', async () => {
    expect(await programVersion(accept(written))).toBe('e7f13066276df7fc')
  })

  test('does not depend on the order of fields, on defaults spelled out or on $schema', async () => {
    const other = {
      $schema: './x.json',
      stacking: 'best' as const,
      earning: [{ per: 1, on: 'purchase' as const, id: 'p' }],
    }
    expect(await programVersion(accept({ ...other, currency: 'usd', name: 'A' }))).toBe(
      await programVersion(accept(written)),
    )
  })

  test('changes with any rule', async () => {
    const versions = await Promise.all(
      [{}, { name: 'B' }, { points: { holdDays: 1 } }, { stacking: 'all' as const }].map((more) =>
        programVersion(accept({ ...written, ...more })),
      ),
    )
    expect(new Set(versions).size).toBe(versions.length)
  })
})
