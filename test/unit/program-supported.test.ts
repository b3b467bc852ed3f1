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
      { enrolment: { consent: 'explicit' } },
      [`enrolment.consent = "explicit" ${NOT_BUILT} consent other than "implied" is not built yet`],
    ],
    [
      { enrolment: { award: { points: 100 } } },
      [`enrolment.award = {…} ${NOT_BUILT} awards on joining are not built yet`],
    ],
    [
      { earning: [{ id: 'a', on: 'action', action: 'review', points: 5 }] },
      [`earning[0].on = "action" ${NOT_BUILT} actions that earn are not built yet`],
    ],
    [
      { earning: [{ id: 'a', on: 'birthday', points: 5 }] },
      [`earning[0].on = "birthday" ${NOT_BUILT} birthdays that earn are not built yet`],
    ],
    [
      { earning: [{ id: 'a', on: 'anniversary', points: 5 }] },
      [`earning[0].on = "anniversary" ${NOT_BUILT} anniversaries that earn are not built yet`],
    ],
    [
      { earning: [{ id: 'a', on: 'purchase', when: { segments: ['loyal'] } }] },
      [`earning[0].when.segments = […] ${NOT_BUILT} earning rules for segments only are not built yet`],
    ],
    [
      { earning: [{ id: 'a', on: 'purchase' }], limits: [{ id: 'l', rules: ['a'], points: 100 }] },
      [`limits = […] ${NOT_BUILT} limits shared by earning rules are not built yet`],
    ],
    [
      { tiers: { levels: [{ ...level, entry: { points: 5 } }] } },
      [`tiers.levels[0].entry = {…} ${NOT_BUILT} awards on reaching a tier are not built yet`],
    ],
    [
      { tiers: { levels: [{ ...level, paid: { products: ['prod_1'] } }] } },
      [`tiers.levels[0].paid = {…} ${NOT_BUILT} paid tiers are not built yet`],
    ],
    [
      { campaigns: [{ id: 'c', name: 'C', multiplier: 2 }] },
      [`campaigns = […] ${NOT_BUILT} campaigns are not built yet`],
    ],
    [{ rewards: [gift] }, [`rewards = […] ${NOT_BUILT} rewards are not built yet`]],
    [
      { redeeming: { maximumOpen: 1 } },
      [`redeeming.maximumOpen = 1 ${NOT_BUILT} limits on open rewards are not built yet`],
    ],
    [
      { redeeming: { freeze: { from: '2026-01-01' } } },
      [`redeeming.freeze = {…} ${NOT_BUILT} days without redeeming are not built yet`],
    ],
    [
      { rewards: [gift], autoRedeem: [{ reward: 'gift', atPoints: 5 }] },
      [
        `rewards = […] ${NOT_BUILT} rewards are not built yet`,
        `autoRedeem = […] ${NOT_BUILT} rewards that are issued by themselves are not built yet`,
      ],
    ],
    [
      { badges: [badge], challenges: [{ id: 'c', name: 'C', goal: { count: 3 }, award: { badge: 'regular' } }] },
      [
        `challenges = […] ${NOT_BUILT} challenges are not built yet`,
        `badges = […] ${NOT_BUILT} badges are not built yet`,
      ],
    ],
    [{ referral: { friend: { points: 5 } } }, [`referral = {…} ${NOT_BUILT} referrals are not built yet`]],
    [
      { partners: [{ id: 'cafe', name: 'Café', stripeAccount: 'acct_1', points: 2 }] },
      [`partners = […] ${NOT_BUILT} partners are not built yet`],
    ],
    [{ causes: [{ id: 'trees', name: 'Trees' }] }, [`causes = […] ${NOT_BUILT} causes are not built yet`]],
    [
      { goals: [{ metric: 'repeat_rate', target: 0.35, by: '2027-06-30' }] },
      [`goals = […] ${NOT_BUILT} goals are not built yet`],
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
    ...['never', 'after', 'inactivity', 'calendar'].map((kind) => ({ points: { expiry: { kind } } })),
    { points: { rounding: 'ceil', holdDays: 14, shortfall: 'forgive' } },
    { enrolment: { automatic: false, creditPastDays: 30 } },
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
      hubspot: { prefix: 'club_' },
      staff: { admin: ['slack:U0ABC'], approvalsChannel: '#approvals' },
      retention: { route: 'owner' },
    },
  ])('%j', (input) => {
    expect(refusals(input)).toEqual([])
  })
})
