// Programs that use every section of program.json at once, each with what it may be changed to; and the presets likewise.
import type { Program, ProgramInput } from '../../src/program/schema.ts'
import { PRESETS, preset } from './presets.ts'
import { makeProgram } from './programs.ts'

/** A program, and another that is put in force after it. */
export interface Reigns {
  first: Program
  second: Program
}

const code = { kind: 'promotion_code' as const, amountOff: 5, currencies: { eur: 5 } }
const goals: ProgramInput['goals'] = [{ metric: 'repeat_rate', target: 0.35, by: '2027-06-30' }]
const settings: Partial<ProgramInput> = {
  goals,
  purpose: 'A tree for every tenth coffee',
  hubspot: { prefix: 'club_' },
  staff: {
    admin: ['slack:U1ADMIN'],
    approver: ['slack:U3CHIEF'],
    issuer: ['api:clerk', 'slack:U2CLERK'],
    approvalAbovePoints: 25,
    dailyLimitPoints: 200,
  },
  retention: { holdout: 0.1 },
}

/** Points, a calendar year, what is kept through the next; everything is added up. */
const generous: Partial<ProgramInput> = {
  ...settings,
  name: 'Corner Club',
  timezone: 'America/New_York',
  points: { rounding: 'nearest', holdDays: 3, shortfall: 'owe', expiry: { kind: 'after', months: 4 } },
  enrolment: { automatic: true, award: { points: 15, badge: 'new' }, creditPastDays: 30 },
  stacking: 'all',
  campaignStacking: 'all',
  earning: [
    { id: 'purchase', on: 'purchase', currencies: { eur: { per: 2 } }, excludeProducts: ['prod_card'] },
    { id: 'lines', on: 'purchase', scope: 'lines', products: ['prod_mug'], points: 2, minimum: 10 },
    { id: 'online', on: 'purchase', base: 'gross', when: { metadata: { channel: 'online' } } },
    { id: 'thanks', on: 'purchase', points: 2, when: { segments: ['champions', 'loyal', 'potential_loyalist'] } },
    { id: 'items', on: 'item', products: ['prod_tea'], points: 30 },
    { id: 'review', on: 'action', action: 'review', points: 20, limit: { times: 2, per: 'month' } },
    { id: 'visit', on: 'action', action: 'visit', award: { choose: [{ points: 9 }, { reward: 'gift' }] } },
    {
      id: 'told',
      on: 'action',
      action: 'feedback',
      award: { choose: [{ points: 4 }, { reward: 'gift' }, { badge: 'regular' }] },
      limit: { times: 2, per: 'month' },
    },
    { id: 'birthday', on: 'birthday', award: { choose: [{ points: 50 }, { reward: 'gift' }, { cause: 'trees' }] } },
    { id: 'anniversary', on: 'anniversary', points: 25 },
  ],
  limits: [{ id: 'extras', rules: ['review', 'items'], points: 70, per: 'year' }],
  tiers: {
    metric: 'points',
    levels: [
      { id: 'base', name: 'Base' },
      { id: 'silver', name: 'Silver', threshold: 150, multiplier: 1.25, entry: { points: 40, badge: 'regular' } },
      {
        id: 'gold',
        name: 'Gold',
        threshold: 400,
        multiplier: 1.5,
        entry: { reward: 'gift' },
        expiry: { kind: 'never' },
        perks: [{ id: 'wifi', name: 'Free wifi' }],
      },
      { id: 'prime', name: 'Prime', paid: { products: ['prod_prime'] }, multiplier: 2 },
    ],
  },
  campaigns: [
    { id: 'weekend', name: 'Weekend', weekdays: ['sat', 'sun'], multiplier: 2 },
    {
      id: 'quiet',
      name: 'Quiet',
      multiplier: 1.5,
      bonus: 6,
      announced: false,
      holdout: 0.5,
      when: { tiers: ['base', 'silver'], products: ['prod_mug'] },
    },
    { id: 'joining', name: 'Joining', on: 'enrolment', bonus: 11 },
    { id: 'back', name: 'Back', bonus: 8, when: { segments: ['hibernating', 'lost', 'at_risk', 'cannot_lose'] } },
  ],
  rewards: [
    { id: 'gift', name: 'A gift', cost: 0, fulfil: { kind: 'manual' } },
    { id: 'code', name: '$5 off', cost: 60, fulfil: code, validDays: 20, stock: 5 },
    { id: 'kept', name: '10 % off', cost: 40, fulfil: { kind: 'promotion_code', percentOff: 10 }, onExpiry: 'return' },
    { id: 'credit', name: '$5', cost: 50, fulfil: { kind: 'credit', amount: 5 }, validMonths: 2 },
    { id: 'mug', name: 'A mug', cost: 30, fulfil: { kind: 'manual' }, limit: { times: 2, per: 'month' }, stock: 3 },
    { id: 'tree', name: 'A tree', cost: 20, fulfil: { kind: 'donation', cause: 'trees', amount: 1 } },
    { id: 'dear', name: 'For you', cost: 15, fulfil: { kind: 'manual' }, segments: ['champions', 'loyal'] },
    { id: 'rare', name: 'Rare', cost: 10, fulfil: { kind: 'manual' }, stock: 2, tiers: ['gold', 'prime'] },
  ],
  redeeming: { maximumOpen: 4, freeze: { from: '2027-02-01', to: '2027-02-20' } },
  autoRedeem: [
    { reward: 'code', atPoints: 200, maximumPerWindow: 3 },
    { reward: 'tree', atPoints: 90, default: false },
  ],
  badges: [
    { id: 'new', name: 'New' },
    { id: 'regular', name: 'Regular' },
  ],
  challenges: [
    { id: 'two', name: 'Two', goal: { count: 2, withinDays: 30 }, award: { points: 33 }, repeat: 'always' },
    { id: 'tea', name: 'Tea', goal: { count: 3, of: 'item', products: ['prod_tea'] }, award: { badge: 'regular' } },
    { id: 'acts', name: 'Acts', goal: { count: 2, of: 'action' }, award: { reward: 'gift' }, repeat: 'always' },
  ],
  referral: {
    referrer: { points: 100 },
    friend: { choose: [{ points: 40 }, { reward: 'code' }] },
    limit: { times: 1, per: 'year' },
  },
  partners: [
    { id: 'cafe', name: 'Café', stripeAccount: 'acct_cafe', points: 3, per: 2, holdDays: 20, redeem: true },
    { id: 'gym', name: 'Gym', stripeAccount: 'acct_gym', points: 1, holdDays: 0 },
  ],
  causes: [
    { id: 'trees', name: 'Trees', perPurchase: { perItem: 1 } },
    { id: 'fund', name: 'Fund', perPurchase: { shareOfSpend: 0.01 } },
  ],
}

/** Spend over some months, one step down at a time; whoever joins has to say so. */
const strict: Partial<ProgramInput> = {
  ...generous,
  name: 'Strict Club',
  timezone: 'Asia/Kathmandu',
  currency: 'eur',
  points: { rounding: 'ceil', holdDays: 0, shortfall: 'forgive', expiry: { kind: 'inactivity', months: 2 } },
  enrolment: {
    automatic: false,
    consent: 'explicit',
    award: { choose: [{ points: 5 }, { badge: 'new' }] },
    creditPastDays: 90,
  },
  stacking: 'best',
  campaignStacking: 'best',
  earning: (generous.earning ?? []).map((rule) =>
    rule.on === 'purchase' ? { ...rule, currencies: { usd: { per: 1.1 }, jpy: { per: 150 } } } : rule,
  ),
  tiers: {
    metric: 'spend',
    window: { kind: 'rolling', months: 3 },
    keep: { months: 2 },
    downgrade: 'one_step',
    levels: [
      { id: 'base', name: 'Base', entry: { points: 3 } },
      { id: 'silver', name: 'Silver', threshold: 100, multiplier: 1.1, entry: { points: 40 } },
      {
        id: 'gold',
        name: 'Gold',
        threshold: 250,
        multiplier: 1.5,
        entry: { choose: [{ reward: 'code' }, { points: 7 }] },
      },
      {
        id: 'prime',
        name: 'Prime',
        threshold: 600,
        multiplier: 2,
        expiry: { kind: 'after', months: 6 },
        paid: { products: ['prod_prime'], trial: false, pastDueDays: 3 },
      },
    ],
  },
  rewards: (generous.rewards ?? []).map((reward) =>
    'currencies' in reward.fulfil ? { ...reward, fulfil: { ...code, currencies: { usd: 5 } } } : reward,
  ),
  autoRedeem: [{ reward: 'credit', atPoints: 80, windows: ['03-01', '09-01', '12-01'], maximumPerWindow: 2 }],
  redeeming: { maximumOpen: null, freeze: null },
}

/** Purchases for life, points that end at New Year. */
const lasting: Partial<ProgramInput> = {
  ...generous,
  name: 'Lasting Club',
  timezone: 'Pacific/Auckland',
  points: { holdDays: 14, shortfall: 'forgive', expiry: { kind: 'calendar', month: 12, day: 31, afterYears: 1 } },
  tiers: {
    metric: 'purchases',
    window: { kind: 'lifetime' },
    levels: [
      { id: 'base', name: 'Base' },
      { id: 'silver', name: 'Silver', threshold: 2, entry: { points: 5 } },
      {
        id: 'gold',
        name: 'Gold',
        threshold: 4,
        entry: { badge: 'regular' },
        expiry: { kind: 'inactivity', months: 3 },
      },
      { id: 'prime', name: 'Prime', paid: { products: ['prod_prime'] }, entry: { reward: 'gift' } },
    ],
  },
}

/** Another version of the rich ones: dearer, with less of everything. */
const poorer = (input: Partial<ProgramInput>): Partial<ProgramInput> => ({
  ...input,
  name: `${input.name} again`,
  points: { ...input.points, expiry: { kind: 'after', months: 2 }, holdDays: 7 },
  earning: (input.earning ?? []).flatMap((rule) =>
    rule.id === 'visit' ? [] : [rule.id === 'purchase' ? { ...rule, points: 2 } : rule],
  ),
  ...(input.tiers && {
    tiers: { ...input.tiers, levels: input.tiers.levels.filter(({ id }) => id !== 'silver') },
  }),
  campaigns: [],
  rewards: (input.rewards ?? []).flatMap((reward) =>
    reward.id === 'kept' ? [] : [{ ...reward, cost: reward.cost && reward.cost + 5 }],
  ),
  challenges: (input.challenges ?? []).slice(1),
  badges: input.badges ?? [],
  partners: (input.partners ?? []).slice(0, 1),
})

const reigns = (input: Partial<ProgramInput>): Reigns => ({
  first: makeProgram(input),
  second: makeProgram(poorer(input)),
})

/** A preset as its owner may amend it: half the thresholds, other points, shorter lives. */
function amended(program: Program): Program {
  const { tiers } = program
  return {
    ...program,
    name: `${program.name} again`,
    points: { ...program.points, holdDays: 5, expiry: { kind: 'after', months: 3 } },
    earning: program.earning.map((rule) => (rule.on === 'purchase' ? { ...rule, points: rule.points + 1 } : rule)),
    tiers: tiers && {
      ...tiers,
      levels: tiers.levels.map((level) => ({ ...level, threshold: level.threshold && Math.ceil(level.threshold / 2) })),
    },
  }
}

export const RICH: readonly (readonly [string, Reigns])[] = [
  ['a calendar year of points, everything added up', reigns(generous)],
  ['a rolling spend, one step down, joining by consent', reigns(strict)],
  ['purchases for life', reigns(lasting)],
]

export const ALL_PROGRAMS: readonly (readonly [string, Reigns])[] = [
  ...RICH,
  ...PRESETS.map((name) => [name, { first: preset(name), second: amended(preset(name)) }] as const),
]
