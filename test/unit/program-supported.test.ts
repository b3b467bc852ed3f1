import { describe, expect, test } from 'vitest'
import { parseProgram } from '../../src/program/parse.ts'
import { formatProblems } from '../../src/program/problems.ts'
import { unsupported } from '../../src/program/supported.ts'

function refusals(input: object): string[] {
  const parsed = parseProgram({ name: 'Corner Club', currency: 'usd', ...input })
  if (!parsed.ok) throw new Error(formatProblems(parsed.problems))
  const found = unsupported(parsed.program)
  return found.length === 0 ? [] : formatProblems(found).split('\n')
}

const gift = { id: 'gift', name: 'A gift', cost: 0, fulfil: { kind: 'manual' } }
const badge = { id: 'regular', name: 'Regular' }
const level = { id: 'gold', name: 'Gold' }
const NOT_BUILT = 'must be left out for now:'

describe('what the engine does not do yet is refused by name', () => {
  const cases: [object, string[]][] = [
    [
      { earning: [{ id: 'a', on: 'purchase' }], limits: [{ id: 'l', rules: ['a'], points: 100 }] },
      [`limits[0].rules[0] = "a" ${NOT_BUILT} limits on what purchases earn by their amount are not built yet`],
    ],
    [
      { campaigns: [{ id: 'c', name: 'C', on: 'enrolment', bonus: 5, when: { products: ['a'], minimum: 3 } }] },
      [
        `campaigns[0].when.products = […] ${NOT_BUILT} conditions of campaigns for joining are not built yet`,
        `campaigns[0].when.minimum = 3 ${NOT_BUILT} conditions of campaigns for joining are not built yet`,
      ],
    ],
  ]
  test.each(cases)('%j', (input, lines) => {
    expect(refusals(input)).toEqual(lines)
  })
})

describe('what the engine does is not refused', () => {
  const purchase = { id: 'p', on: 'purchase' }
  test.each([
    {},
    { earning: [{ id: 'a', on: 'purchase', when: { segments: ['loyal'] } }] },
    { campaigns: [{ id: 'c', name: 'C', multiplier: 2, when: { segments: ['loyal'] } }] },
    { rewards: [{ ...gift, segments: ['champions'] }] },
    ...['never', 'after', 'inactivity', 'calendar'].map((kind) => ({ points: { expiry: { kind } } })),
    { points: { rounding: 'ceil', holdDays: 14, shortfall: 'forgive' } },
    { enrolment: { automatic: false, creditPastDays: 30 } },
    { enrolment: { consent: 'explicit' }, tiers: { levels: [{ ...level, paid: { products: ['prod_1'] } }] } },
    {
      badges: [badge],
      challenges: [{ id: 'c', name: 'C', goal: { count: 3, of: 'item' }, award: { badge: 'regular' } }],
      referral: { friend: { points: 5 } },
      tiers: { levels: [{ ...level, entry: { points: 5 } }] },
    },
    {
      earning: [
        { ...purchase, points: 2, per: 5, base: 'gross', scope: 'lines', currencies: { jpy: { per: 500 } } },
        { ...purchase, id: 'q', products: ['a'], excludeProducts: ['b'], minimum: 5 },
        { ...purchase, id: 'r', when: { tiers: ['gold'], metadata: { channel: 'store' } } },
        { id: 'i', on: 'item', products: ['a'], points: 100 },
      ],
      stacking: 'all',
      tiers: { levels: [level] },
    },
    ...[{ kind: 'rolling', months: 6 }, { kind: 'lifetime' }].map((window) => ({
      tiers: {
        metric: 'spend',
        window,
        downgrade: 'one_step',
        levels: [{ ...level, multiplier: 1.25, expiry: { kind: 'after' }, perks: [{ id: 'wifi', name: 'Free wifi' }] }],
      },
    })),
    {
      campaigns: [{ id: 'c', name: 'C', multiplier: 2, bonus: 50, weekdays: ['tue'], when: { products: ['a'] } }],
      campaignStacking: 'all',
      partners: [{ id: 'cafe', name: 'Café', stripeAccount: 'acct_1', points: 2 }],
      causes: [
        { id: 'trees', name: 'Trees', perPurchase: { perItem: 1 } },
        { id: 'reef', name: 'Reef', perPurchase: { shareOfSpend: 0.01 } },
      ],
    },
    {
      enrolment: { award: { points: 100, badge: 'regular' } },
      campaigns: [{ id: 'c', name: 'C', on: 'enrolment', bonus: 5 }],
      badges: [badge],
      earning: [
        { id: 'review', on: 'action', action: 'review', points: 5, limit: { times: 1, per: 'month' } },
        { id: 'birthday', on: 'birthday', award: { choose: [{ points: 5 }, { badge: 'regular' }] } },
        { id: 'anniversary', on: 'anniversary', points: 5, when: { tiers: ['gold'] } },
      ],
      limits: [{ id: 'extras', rules: ['review', 'birthday'], points: 100 }],
      tiers: { levels: [level] },
    },
    {
      rewards: [
        gift,
        { id: 'five-off', name: '$5 off', cost: 500, fulfil: { kind: 'promotion_code', amountOff: 5 }, stock: 10 },
        { id: 'credit', name: '$5', cost: 500, fulfil: { kind: 'credit', amount: 5 }, tiers: ['gold'] },
      ],
      redeeming: { maximumOpen: 1, freeze: { from: '2026-01-01' } },
      autoRedeem: [{ reward: 'five-off', atPoints: 500, windows: ['03-01'] }],
      tiers: { levels: [level] },
    },
    {
      goals: [{ metric: 'repeat_rate', target: 0.35, by: '2027-06-30' }],
      hubspot: { prefix: 'club_' },
      staff: { admin: ['slack:U0ABC'], approvalsChannel: '#approvals' },
      retention: { route: 'owner' },
    },
  ])('%j', (input) => {
    expect(refusals(input)).toEqual([])
  })
})
