// Why a member cannot have a reward: each reason with its sentence, and which of two speaks first.
import { describe, expect, it } from 'vitest'
import { type Asked, REDEMPTION_CHECKS, whyNot } from '../../src/core/redemption-checks.ts'
import type { Redemption } from '../../src/core/reward-state.ts'
import type { ProgramInput } from '../../src/program/schema.ts'
import { levels, makeProgram } from '../support/programs.ts'
import { sampleMember } from '../support/store-samples.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const DAY = 86_400_000

const sampleRedemption = (id: string, over: Partial<Redemption> = {}): Redemption => ({
  id,
  version: 1,
  member: 'mem_1',
  reward: 'five-off',
  program: 'v1',
  state: 'reserved',
  charge: 'member',
  cost: 500,
  value: 500,
  taken: [],
  partner: null,
  createdAt: NOW - DAY,
  issuedAt: null,
  expiresAt: null,
  endedAt: null,
  code: null,
  vendor: null,
  cancelling: null,
  reason: null,
  usedBy: null,
  again: null,
  grant: null,
  requestedBy: 'api:test',
  decidedBy: null,
  decision: null,
  isRefused: false,
  note: null,
  ...over,
})

type RewardInput = NonNullable<ProgramInput['rewards']>[number]

/** What is asked, and the one reward of the program, as a few changes of what is fine. */
interface Change {
  reward?: Partial<RewardInput>
  program?: Partial<ProgramInput>
  asked?: Partial<Asked>
  member?: Partial<Asked['member']>
}

function asking(...changes: Change[]): Asked {
  const all = <Part extends keyof Change>(part: Part): object => Object.assign({}, ...changes.map((one) => one[part]))
  const reward = {
    id: 'five-off',
    name: '$5 off',
    cost: 500,
    fulfil: { kind: 'promotion_code', amountOff: 5 },
    ...all('reward'),
  } as RewardInput
  return {
    program: makeProgram({ rewards: [reward], ...all('program') }),
    member: { ...sampleMember('mem_1', { available: 1_000 }), ...all('member') },
    reward: 'five-off',
    charge: 'member',
    partner: null,
    now: NOW,
    redemptions: () => [],
    gone: () => 0,
    staff: () => null,
    ...all('asked'),
  }
}

/** One way to be refused for each code; together they contradict each other nowhere. */
const FAULTS: Record<string, Change> = {
  member_inactive: { member: { status: 'suspended' } },
  unknown_reward: { asked: { reward: 'nothing' } },
  reward_closed: { reward: { from: '2027-01-01' } },
  not_eligible: { reward: { tiers: ['gold'] }, program: { tiers: { levels: levels(['base', 0], ['gold', 500]) } } },
  redeeming_frozen: { program: { redeeming: { freeze: { from: '2026-11-01' }, maximumOpen: null } } },
  limit_reached: {
    reward: { limit: { times: 1, per: 'month' } },
    asked: { redemptions: () => [sampleRedemption('red_1')] },
  },
  out_of_stock: { reward: { stock: 3 }, asked: { gone: () => 3 } },
  insufficient_points: { member: { available: 240 } },
  staff_limit: { asked: { staff: () => 'You can give away nothing more today' } },
}
const codes = REDEMPTION_CHECKS.map(([code]) => code)

describe('the order of precedence', () => {
  it('is that of the contract', () => {
    expect(codes).toEqual([
      'member_inactive',
      'unknown_reward',
      'reward_closed',
      'not_eligible',
      'redeeming_frozen',
      'limit_reached',
      'out_of_stock',
      'insufficient_points',
      'staff_limit',
    ])
  })
  it('refuses nothing where nothing is wrong', () => {
    expect(whyNot(asking())).toBe(null)
  })
  it.each(codes)('speaks of %s alone', (code) => {
    expect(whyNot(asking(FAULTS[code] as Change))?.code).toBe(code)
  })
  const pairs = codes.flatMap((first, n) => codes.slice(n + 1).map((second) => [first, second] as const))
  it.each(pairs)('puts %s before %s', (first, second) => {
    const both = [FAULTS[first], FAULTS[second]] as [Change, Change]
    expect(whyNot(asking(...both))?.code).toBe(first)
    expect(whyNot(asking(...both.reverse()))?.code).toBe(first)
  })
  it('of all at once names the first, and the next when that is mended', () => {
    codes.forEach((code, n) => {
      const faults = codes.slice(n).map((one) => FAULTS[one] as Change)
      expect(whyNot(asking(...faults))?.code).toBe(code)
    })
  })
})

describe('the sentence', () => {
  const says = (...changes: Change[]) => {
    const refusal = whyNot(asking(...changes))
    return refusal && [refusal.code, refusal.message]
  }
  const gold = { program: { tiers: { levels: levels(['base', 0], ['gold', 500], ['platinum', 900]) } } }
  const partners: Partial<ProgramInput> = {
    partners: [
      { id: 'cafe', name: 'Café', stripeAccount: 'acct_1', points: 1 },
      { id: 'books', name: 'Books', stripeAccount: 'acct_2', points: 1, redeem: true },
    ],
  }
  const past = (over: Partial<Redemption>) => ({ asked: { redemptions: () => [sampleRedemption('red_1', over)] } })
  it.each<[string, Change[], [string, string] | null]>([
    [
      'says how many points are missing',
      [{ member: { available: 240 } }],
      ['insufficient_points', 'You need 260 more points'],
    ],
    ['counts what is owed', [{ member: { available: -1_500 } }], ['insufficient_points', 'You need 2,000 more points']],
    ['knows one from many', [{ member: { available: 499 } }], ['insufficient_points', 'You need 1 more point']],
    ['asks the house for no points', [{ member: { available: 0 }, asked: { charge: 'house' } }], null],
    [
      'says that a present is none for points',
      [{ reward: { cost: 0 } }],
      ['not_eligible', 'This is a present: it cannot be had for points'],
    ],
    [
      'says that it comes by itself',
      [{ reward: { onRequest: false } }],
      ['not_eligible', 'This comes by itself: it cannot be asked for'],
    ],
    ['lets it come by itself', [{ reward: { onRequest: false }, asked: { byItself: true } }], null],
    ['lets the house give what comes by itself', [{ reward: { onRequest: false }, asked: { charge: 'house' } }], null],
    ['lets the house give it', [{ reward: { cost: 0 }, asked: { charge: 'house' } }], null],
    [
      'says from when',
      [{ reward: { from: '2026-11-23' } }],
      ['reward_closed', 'You can have this from Nov 23, 2026 on'],
    ],
    ['knows the last day as one of them', [{ reward: { to: '2026-11-22' } }], null],
    [
      'says until when it was',
      [{ reward: { to: '2026-11-21' } }],
      ['reward_closed', 'This could be had until Nov 21, 2026'],
    ],
    [
      'names the tiers',
      [{ ...gold, reward: { tiers: ['gold', 'platinum'] } }],
      ['not_eligible', 'This is for Gold and Platinum members'],
    ],
    [
      'does not name segments',
      [{ reward: { segments: ['loyal'] } }],
      ['not_eligible', 'This is for some members only, and you are not among them now'],
    ],
    ['knows a member’s segment', [{ reward: { segments: ['loyal', 'lost'] }, member: { segment: 'lost' } }], null],
    [
      'says what a credit needs',
      [{ reward: { fulfil: { kind: 'credit', amount: 5 } } }],
      ['not_eligible', 'A credit goes to your account with us, and you have none yet'],
    ],
    [
      'takes no deleted customer for one',
      [{ reward: { fulfil: { kind: 'credit', amount: 5 } }, member: { customers: { cus_1: { at: 1, rank: 3 } } } }],
      ['not_eligible', 'A credit goes to your account with us, and you have none yet'],
    ],
    [
      'takes one who exists',
      [{ reward: { fulfil: { kind: 'credit', amount: 5 } }, member: { customers: { cus_1: { at: 0, rank: -1 } } } }],
      null,
    ],
    [
      'names a partner that only earns',
      [{ program: partners, asked: { partner: 'cafe' } }],
      ['not_eligible', 'You cannot spend points at Café'],
    ],
    [
      'knows no other partner',
      [{ program: partners, asked: { partner: 'zoo' } }],
      ['not_eligible', 'There is no such partner'],
    ],
    ['lets points be spent at a partner that redeems', [{ program: partners, asked: { partner: 'books' } }], null],
    [
      'says until when redeeming rests',
      [{ program: { redeeming: { freeze: { from: '2026-11-22', to: '2026-11-22' } } } }],
      ['redeeming_frozen', 'Redeeming rests until Nov 22, 2026'],
    ],
    [
      'says where nobody knows',
      [{ program: { redeeming: { freeze: { from: '2026-11-22' } } } }],
      ['redeeming_frozen', 'Redeeming rests until further notice'],
    ],
    ['ends with the freeze', [{ program: { redeeming: { freeze: { from: '2026-10-01', to: '2026-11-21' } } } }], null],
    [
      'says when a limit counts anew',
      [FAULTS.limit_reached as Change],
      ['limit_reached', 'You can have this once a month, again from Dec 1, 2026'],
    ],
    [
      'says what is for ever',
      [past({}), { reward: { limit: { times: 1, per: 'lifetime' } } }],
      ['limit_reached', 'You can have this once'],
    ],
    [
      'counts by calendar',
      [past({ createdAt: Date.UTC(2026, 9, 31, 23) }), { reward: { limit: { times: 1, per: 'month' } } }],
      null,
    ],
    [
      'begins weeks on Monday',
      [past({ createdAt: Date.UTC(2026, 10, 16) }), { reward: { limit: { times: 1, per: 'week' } } }],
      ['limit_reached', 'You can have this once a week, again from Nov 23, 2026'],
    ],
    [
      'counts none that was cancelled',
      [past({ state: 'cancelled' }), { reward: { limit: { times: 1, per: 'month' } } }],
      null,
    ],
    [
      'counts no present for an award',
      [past({ grant: 'mem_1/x' }), { reward: { limit: { times: 1, per: 'month' } } }],
      null,
    ],
    ['counts no replacement', [past({ again: 'red_0' }), { reward: { limit: { times: 1, per: 'month' } } }], null],
    [
      'says how many are open',
      [past({}), { program: { redeeming: { maximumOpen: 1 } } }],
      ['limit_reached', 'You have 1 unused reward, and may have 1 at a time'],
    ],
    [
      'counts as open a code not used yet',
      [
        past({ state: 'issued', code: 'K7QXM-2HT9R', expiresAt: NOW + 1 }),
        { program: { redeeming: { maximumOpen: 1 } } },
      ],
      ['limit_reached', 'You have 1 unused reward, and may have 1 at a time'],
    ],
    [
      'but none that ended',
      [past({ state: 'issued', code: 'K7QXM-2HT9R', expiresAt: NOW }), { program: { redeeming: { maximumOpen: 1 } } }],
      null,
    ],
    ['nor what an award gave', [past({ grant: 'mem_1.x' }), { program: { redeeming: { maximumOpen: 1 } } }], null],
    ['nor what was handed over', [past({ state: 'issued' }), { program: { redeeming: { maximumOpen: 1 } } }], null],
    ['has the last of a stock', [{ reward: { stock: 3 }, asked: { gone: () => 2 } }], null],
    ['says that a stock is empty', [FAULTS.out_of_stock as Change], ['out_of_stock', 'There is none left']],
    ['says who has left', [{ member: { status: 'left' } }], ['member_inactive', 'You have left the program']],
    ['says who has not joined', [{ member: { status: 'candidate' } }], ['member_inactive', 'You are not a member yet']],
    [
      'knows days by the program’s zone',
      [{ program: { timezone: 'Pacific/Auckland' }, reward: { from: '2026-11-23' } }],
      null,
    ],
  ])('%s', (_, changes, expected) => {
    expect(says(...changes)).toEqual(expected)
  })
  it('uses the program’s own words and numbers', () => {
    const program = { locale: 'de', points: { name: { one: 'Stern', other: 'Sterne' } } }
    expect(says({ program, reward: { cost: 5_000 } })).toEqual(['insufficient_points', 'You need 4.000 more Sterne'])
  })
})
