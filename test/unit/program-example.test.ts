import { expect, test } from 'vitest'
import { parseProgramText } from '../../src/program/parse.ts'

/** The program that the design shows, which has everything in it. */
const EXAMPLE = {
  $schema: './program.schema.json',
  name: 'Corner Club',
  purpose: 'A tree for every tenth coffee',
  currency: 'usd',
  timezone: 'America/New_York',
  locale: 'en',
  points: {
    name: {
      one: 'point',
      other: 'points',
    },
    value: 0.01,
    rounding: 'floor',
    holdDays: 0,
    shortfall: 'owe',
    expiry: {
      kind: 'never',
    },
  },
  enrolment: {
    automatic: true,
    consent: 'implied',
    award: {
      points: 0,
    },
    creditPastDays: 0,
  },
  earning: [
    {
      id: 'purchase',
      on: 'purchase',
      points: 1,
      per: 1,
      base: 'net',
      scope: 'order',
      currencies: {
        jpy: {
          per: 100,
        },
      },
      products: [],
      excludeProducts: [],
      minimum: 0,
      when: {
        tiers: [],
        segments: [],
        metadata: {},
      },
    },
    {
      id: 'items',
      on: 'item',
      products: ['prod_…'],
      points: 100,
    },
    {
      id: 'review',
      on: 'action',
      action: 'review',
      points: 50,
      limit: {
        times: 1,
        per: 'month',
      },
    },
    {
      id: 'birthday',
      on: 'birthday',
      award: {
        choose: [
          {
            points: 250,
          },
          {
            reward: 'gift',
          },
        ],
      },
    },
    {
      id: 'anniversary',
      on: 'anniversary',
      points: 100,
    },
  ],
  limits: [
    {
      id: 'extras',
      rules: ['review'],
      points: 100,
      per: 'year',
    },
  ],
  stacking: 'best',
  campaignStacking: 'best',
  tiers: {
    metric: 'points',
    window: {
      kind: 'calendar_year',
    },
    keep: 'next_period',
    downgrade: 'requalify',
    levels: [
      {
        id: 'insider',
        name: 'Insider',
        threshold: 0,
        multiplier: 1,
        perks: [
          {
            id: 'wifi',
            name: 'Free wifi',
          },
        ],
      },
      {
        id: 'vib',
        name: 'VIB',
        threshold: 350,
        multiplier: 1.25,
        expiry: {
          kind: 'never',
        },
        entry: {
          reward: 'gift',
        },
      },
      {
        id: 'prime',
        name: 'Prime',
        paid: {
          products: ['prod_…'],
          prices: [],
          trial: true,
          pastDueDays: 7,
        },
        multiplier: 2,
      },
    ],
  },
  campaigns: [
    {
      id: 'double-week',
      name: 'Double points week',
      from: '2026-11-23',
      to: '2026-11-29',
      dates: [],
      weekdays: [],
      on: 'purchase',
      multiplier: 2,
      bonus: 0,
      when: {
        tiers: [],
        segments: [],
        products: [],
        metadata: {},
        minimum: 0,
      },
      announced: true,
      holdout: 0,
    },
  ],
  rewards: [
    {
      id: 'gift',
      name: 'A gift',
      cost: 0,
      fulfil: {
        kind: 'manual',
        instructions: 'Hand it over',
      },
    },
    {
      id: 'five-off',
      name: '$5 off',
      cost: 500,
      fulfil: {
        kind: 'promotion_code',
        amountOff: 5,
        currencies: {
          eur: 5,
        },
      },
      stock: null,
      limit: {
        times: 1,
        per: 'month',
      },
      tiers: [],
      segments: [],
      validDays: 90,
      validMonths: null,
      from: null,
      to: null,
      onExpiry: 'forfeit',
    },
  ],
  redeeming: {
    maximumOpen: null,
    freeze: null,
  },
  autoRedeem: [],
  challenges: [
    {
      id: 'three-in-thirty',
      name: 'Three in thirty',
      goal: {
        count: 3,
        of: 'purchase',
        products: [],
        withinDays: 30,
      },
      award: {
        points: 200,
        badge: 'regular',
      },
      repeat: 'once',
    },
  ],
  badges: [
    {
      id: 'regular',
      name: 'Regular',
      icon: '🏅',
    },
  ],
  referral: {
    referrer: {
      points: 500,
    },
    friend: {
      points: 200,
    },
    minimumPurchase: 20,
    limit: {
      times: 20,
      per: 'year',
    },
  },
  partners: [
    {
      id: 'cafe',
      name: 'Corner Café',
      category: 'food',
      stripeAccount: 'acct_…',
      points: 2,
      per: 1,
      holdDays: 90,
      redeem: false,
      settlement: {
        issued: 0.01,
        redeemed: 0.009,
      },
    },
  ],
  causes: [
    {
      id: 'trees',
      name: 'Plant a tree',
      perPurchase: null,
    },
  ],
  goals: [
    {
      metric: 'repeat_rate',
      target: 0.35,
      by: '2027-06-30',
    },
  ],
  hubspot: {
    createContacts: true,
    prefix: 'loyalty_',
    quotaShare: 0.5,
  },
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
}

test('the whole of the program language is understood', () => {
  const parsed = parseProgramText(JSON.stringify(EXAMPLE))
  expect(parsed).toMatchObject({ ok: true, program: { campaigns: [{ id: 'double-week' }], goals: [{ target: 0.35 }] } })
})

test('a program that was read reads the same again', () => {
  const first = parseProgramText(
    JSON.stringify({ ...EXAMPLE, campaigns: [{ ...EXAMPLE.campaigns[0], weekdays: ['fri'] }] }),
  )
  if (!first.ok) throw new Error('refused')
  expect(parseProgramText(JSON.stringify(first.program))).toEqual(first)
})
