// When campaigns run, whom they leave out, and what they add to a purchase, as worked examples.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isHeldOut, isWithin } from '../../src/core/campaigns.ts'
import { derivePayment } from '../../src/core/derive-payment.ts'
import { type Buyer, type Evaluation, evaluate, programNeedsItems } from '../../src/core/earning.ts'
import type { Item, PaymentParts } from '../../src/core/facts.ts'
import { earnSentence } from '../../src/core/sentences.ts'
import type { ProgramInput } from '../../src/program/schema.ts'
import { charged, T0 } from '../support/payments.ts'
import { levels, makeProgram } from '../support/programs.ts'

type CampaignInput = NonNullable<ProgramInput['campaigns']>[number]

const campaign = (over: Partial<CampaignInput>) => {
  const [made] = makeProgram({ campaigns: [{ id: 'c', name: 'C', multiplier: 2, ...over }] }).campaigns
  if (made === undefined) throw new Error('no campaign')
  return made
}

describe('the days of a campaign', () => {
  const week = { from: '2026-11-23', to: '2026-11-29' }
  const runs = (over: Partial<CampaignInput>, zone: string, at: string): boolean =>
    isWithin(campaign(over), Date.parse(at), zone)

  it.each<[title: string, over: Partial<CampaignInput>, zone: string, at: string, expected: boolean]>([
    ['begin at midnight of the zone', week, 'America/New_York', '2026-11-23T05:00:00Z', true],
    ['have not begun a moment before', week, 'America/New_York', '2026-11-23T04:59:59.999Z', false],
    ['end at 24:00 of the last', week, 'America/New_York', '2026-11-30T04:59:59.999Z', true],
    ['are over then', week, 'America/New_York', '2026-11-30T05:00:00Z', false],
    ['begin earlier in the east', week, 'Pacific/Kiritimati', '2026-11-22T10:00:00Z', true],
    ['may have no first', { to: '2026-11-29' }, 'UTC', '1970-01-01T00:00:00Z', true],
    ['may have no last', { from: '2026-11-23' }, 'UTC', '2999-12-31T00:00:00Z', true],
    ['are all days where none is named', {}, 'UTC', '2026-02-03T04:05:06Z', true],
    ['may be a single one', { from: '2026-12-31', to: '2026-12-31' }, 'UTC', '2026-12-31T23:59:59.999Z', true],
    ['end with the year', { to: '2026-12-31' }, 'Asia/Kathmandu', '2026-12-31T18:15:00Z', false],
    ['end with the year, not before', { to: '2026-12-31' }, 'Asia/Kathmandu', '2026-12-31T18:14:59Z', true],
    ['know a leap day', { dates: ['2028-02-29'] }, 'UTC', '2028-02-29T12:00:00Z', true],
    ['may be some dates only', { dates: ['2026-04-06', '2026-06-01'] }, 'UTC', '2026-06-01T12:00:00Z', true],
    ['are not the days between', { dates: ['2026-04-06', '2026-06-01'] }, 'UTC', '2026-05-01T12:00:00Z', false],
    ['must be in the range too', { ...week, dates: ['2026-12-24'] }, 'UTC', '2026-12-24T12:00:00Z', false],
    ['may be a day of the week', { weekdays: ['monday'] }, 'UTC', '2026-11-23T12:00:00Z', true],
    ['are not its neighbour', { weekdays: [1] }, 'UTC', '2026-11-24T00:00:00Z', false],
    ['count Sunday as 7', { weekdays: [7] }, 'UTC', '2026-11-22T12:00:00Z', true],
    ['name weekdays in the zone', { weekdays: ['mon'] }, 'America/Los_Angeles', '2026-11-24T07:59:59Z', true],
    ['know weekdays before 1970', { weekdays: ['wed'] }, 'UTC', '1969-12-31T12:00:00Z', true],
    // Clocks go forward at midnight: 4 November 2018 begins at 01:00.
    ['begin where midnight is missing', { from: '2018-11-04' }, 'America/Sao_Paulo', '2018-11-04T03:00:00Z', true],
    ['not before that', { from: '2018-11-04' }, 'America/Sao_Paulo', '2018-11-04T02:59:59Z', false],
    // Clocks go back from 01:00 to 00:00: the day begins the first time.
    ['begin once where midnight comes twice', { from: '2026-11-01' }, 'America/Havana', '2026-11-01T04:00:00Z', true],
    ['last 25 hours then', { dates: ['2026-11-01'] }, 'America/Havana', '2026-11-02T04:59:59Z', true],
    // Clocks went back from 00:01 to 23:01 of the day before, which had ended already.
    ['do not come back', { dates: ['2010-11-06'] }, 'America/St_Johns', '2010-11-07T02:45:00Z', false],
    ['go on meanwhile', { dates: ['2010-11-07'] }, 'America/St_Johns', '2010-11-07T02:45:00Z', true],
    // Samoa had no 30 December 2011.
    ['may be one that never was', { dates: ['2011-12-30'] }, 'Pacific/Apia', '2011-12-30T12:00:00Z', false],
    ['follow one that never was', { dates: ['2011-12-31'] }, 'Pacific/Apia', '2011-12-30T10:00:00Z', true],
  ])('%s', (_, over, zone, at, expected) => expect(runs(over, zone, at)).toBe(expected))

  it('are each of one weekday, one after another without a gap', () => {
    const zones = [
      'UTC',
      'America/New_York',
      'Asia/Kathmandu',
      'Pacific/Apia',
      'America/St_Johns',
      'Africa/Addis_Ababa',
    ]
    const weekdays = ([1, 2, 3, 4, 5, 6, 7] as const).map((day) => campaign({ weekdays: [day] }))
    const anyTime = fc.integer({ min: Date.UTC(1995, 0), max: Date.UTC(2030, 0) })
    fc.assert(
      fc.property(fc.constantFrom(...zones), anyTime, (zone, at) => {
        expect(weekdays.filter((one) => isWithin(one, at, zone))).toHaveLength(1)
      }),
      { numRuns: 2_000 },
    )
  })
})

/** Of the first twenty, those left out of “spring”. */
const STABLE = [0, 2, 6, 7, 9, 10, 11, 12, 14, 16, 19]

describe('whom an unannounced campaign leaves out', () => {
  const surprise = (id: string, holdout: number) => ({ id, announced: false, holdout })
  const MEMBERS = 20_000
  const members = Array.from({ length: MEMBERS }, (_, n) => `mem_01k${n.toString(36).padStart(22, '0')}`)

  it.each([0.01, 0.1, 0.5, 0.9])('is a share of %d of all, as near as chance comes', (share) => {
    const out = members.filter((member) => isHeldOut(surprise('spring', share), member)).length
    const deviation = Math.sqrt(MEMBERS * share * (1 - share))
    expect(Math.abs(out - MEMBERS * share)).toBeLessThan(4 * deviation)
  })
  it('is nobody at 0, and everybody at 1', () => {
    expect(members.some((member) => isHeldOut(surprise('spring', 0), member))).toBe(false)
    expect(members.every((member) => isHeldOut(surprise('spring', 1), member))).toBe(true)
  })
  it('is nobody of an announced one', () => {
    expect(members.some((member) => isHeldOut({ ...surprise('a', 1), announced: true }, member))).toBe(false)
  })
  it('is the same for ever, in every runtime', () => {
    const out = members.slice(0, 20).filter((member) => isHeldOut(surprise('spring', 0.5), member))
    expect(out.map((member) => Number.parseInt(member.slice(7), 36))).toEqual(STABLE)
  })
  it('is more of the same where the share grows', () => {
    const small = members.filter((member) => isHeldOut(surprise('spring', 0.1), member))
    expect(small.every((member) => isHeldOut(surprise('spring', 0.3), member))).toBe(true)
  })
  it('is drawn anew for each campaign, even of nearly the same name', () => {
    for (const [one, other] of [
      ['spring', 'autumn'],
      ['spring-1', 'spring-2'],
      ['a', 'b'],
    ] as const) {
      const both = members.filter(
        (member) => isHeldOut(surprise(one, 0.5), member) && isHeldOut(surprise(other, 0.5), member),
      ).length
      expect(Math.abs(both - MEMBERS / 4)).toBeLessThan(4 * Math.sqrt((MEMBERS * 3) / 16))
    }
  })
})

const item = (product: string | null, amountMinor: number, quantity = 1): Item => ({
  product,
  price: null,
  quantity,
  amountMinor,
})
const order = (list: Item[], over: Partial<PaymentParts> = {}) => charged({}, { items: { rank: 3, list }, ...over })
const paid = (minor: number, over: Partial<PaymentParts> = {}) => charged({ amountMinor: minor }, over)
const refunded = (minor: number, over: Partial<PaymentParts> = {}) =>
  charged({ snapshot: { at: T0, refundedMinor: minor } }, over)

interface Case {
  program: Partial<ProgramInput>
  parts?: PaymentParts
  tier?: string
  buyer?: Partial<Buyer>
}

function decide({ program, parts = charged(), tier, buyer = {} }: Case): Evaluation {
  const derived = derivePayment(parts)
  const known = { segment: null, member: null, at: derived.at, ...buyer }
  return evaluate(makeProgram(program), derived, parts, tier ?? null, known)
}

const double: CampaignInput = { id: 'double', name: 'Double points week', multiplier: 2 }
const gold = { tiers: { levels: levels(['base', 0], ['gold', 100, { multiplier: 1.25 }]) } }
const tea = { products: ['prod_tea'] }
const teaAndCup = [item('prod_tea', 6_000), item('prod_cup', 4_000)]

describe('what campaigns add to a purchase of $100.00', () => {
  it.each<[title: string, given: Case, points: Record<string, number>, base: number, brought: Record<string, number>]>([
    ['multiply', { program: { campaigns: [double] } }, { purchase: 200 }, 100, { double: 100 }],
    [
      'multiply on top of the tier',
      { program: { ...gold, campaigns: [double] }, tier: 'gold' },
      { purchase: 250 },
      100,
      { double: 125 },
    ],
    [
      'are rounded once: 33.33 × 1.25 × 1.1 = 45.83',
      { program: { ...gold, campaigns: [{ ...double, multiplier: 1.1 }] }, parts: paid(3_333), tier: 'gold' },
      { purchase: 45 },
      33,
      { double: 4 },
    ],
    [
      'are rounded up where the program does',
      { program: { points: { rounding: 'ceil' }, campaigns: [{ ...double, multiplier: 1.1 }] }, parts: paid(3_333) },
      { purchase: 37 },
      34,
      { double: 3 },
    ],
    [
      'give a bonus beside, which nothing multiplies',
      { program: { ...gold, campaigns: [{ ...double, bonus: 50 }] }, tier: 'gold' },
      { purchase: 250, 'campaign:double': 50 },
      100,
      { double: 175 },
    ],
    [
      'go pro rata with a refund, the bonus too',
      { program: { campaigns: [{ ...double, bonus: 50 }] }, parts: refunded(3_333) },
      { purchase: 133, 'campaign:double': 33 },
      66,
      { double: 100 },
    ],
    [
      'bring nothing of what is refunded in full',
      { program: { campaigns: [{ ...double, bonus: 50 }] }, parts: refunded(10_000) },
      { purchase: 0, 'campaign:double': 0 },
      0,
      {},
    ],
    [
      'hold for their tiers only',
      { program: { ...gold, campaigns: [{ ...double, when: { tiers: ['gold'] } }] }, tier: 'base' },
      { purchase: 100 },
      100,
      {},
    ],
    [
      'hold for nobody without a tier where they are for some',
      { program: { ...gold, campaigns: [{ ...double, when: { tiers: ['gold'] } }] } },
      { purchase: 100 },
      100,
      {},
    ],
    [
      'hold for their segments',
      { program: { campaigns: [{ ...double, when: { segments: ['loyal'] } }] }, buyer: { segment: 'loyal' } },
      { purchase: 200 },
      100,
      { double: 100 },
    ],
    [
      'do not hold for other segments',
      { program: { campaigns: [{ ...double, when: { segments: ['loyal'] } }] }, buyer: { segment: 'lost' } },
      { purchase: 100 },
      100,
      {},
    ],
    [
      'hold for their metadata',
      {
        program: { campaigns: [{ ...double, when: { metadata: { cup: 'reusable' } } }] },
        parts: charged({}, { metadata: { cup: 'reusable', other: 'x' } }),
      },
      { purchase: 200 },
      100,
      { double: 100 },
    ],
    [
      'hold from their minimum on',
      { program: { campaigns: [{ ...double, when: { minimum: 100 } }] } },
      { purchase: 200 },
      100,
      { double: 100 },
    ],
    [
      'bring nothing below their minimum, not even the bonus',
      { program: { campaigns: [{ ...double, bonus: 50, when: { minimum: 100.01 } }] } },
      { purchase: 100 },
      100,
      {},
    ],
    [
      'judge the minimum without tax',
      {
        program: { campaigns: [{ ...double, when: { minimum: 100 } }] },
        parts: charged({}, { tax: { rank: 3, value: 1 } }),
      },
      { purchase: 99 },
      99,
      {},
    ],
    [
      'do not test the minimum again after a refund',
      { program: { campaigns: [{ ...double, when: { minimum: 100 } }] }, parts: refunded(9_000) },
      { purchase: 20 },
      10,
      { double: 10 },
    ],
    [
      'judge the minimum in a listed currency by the ratio of its "per"',
      {
        program: {
          earning: [{ id: 'purchase', on: 'purchase', currencies: { jpy: { per: 100 } } }],
          campaigns: [{ ...double, when: { minimum: 100 } }],
        },
        parts: charged({}, { currency: 'jpy' }),
      },
      { purchase: 200 },
      100,
      { double: 100 },
    ],
    [
      'give no bonus for a currency that does not count',
      { program: { campaigns: [{ ...double, bonus: 50 }] }, parts: charged({}, { currency: 'eur' }) },
      {},
      0,
      {},
    ],
    [
      'give no bonus for what does not earn',
      {
        program: {
          earning: [{ id: 'purchase', on: 'purchase', excludeProducts: ['prod_card'] }],
          campaigns: [{ ...double, bonus: 50 }],
        },
        parts: order([item('prod_card', 10_000)]),
      },
      { purchase: 0 },
      0,
      {},
    ],
    [
      'give a bonus where nothing else earns by rule',
      { program: { earning: [], campaigns: [{ id: 'visit', name: 'Visit', bonus: 5 }] } },
      { 'campaign:visit': 5 },
      0,
      { visit: 5 },
    ],
    [
      'multiply the lines they are for',
      { program: { campaigns: [{ ...double, multiplier: 3, when: tea }] }, parts: order(teaAndCup) },
      { purchase: 220 },
      100,
      { double: 120 },
    ],
    [
      'multiply no line of another product',
      { program: { campaigns: [{ ...double, bonus: 5, when: tea }] }, parts: order([item('prod_cup', 10_000)]) },
      { purchase: 100 },
      100,
      {},
    ],
    [
      'multiply only lines that the rule counts',
      {
        program: {
          earning: [{ id: 'purchase', on: 'purchase', excludeProducts: ['prod_cup'] }],
          campaigns: [{ ...double, when: { products: ['prod_tea', 'prod_cup'] } }],
        },
        parts: order(teaAndCup),
      },
      { purchase: 120 },
      60,
      { double: 60 },
    ],
    [
      'leave the rest of an order alone that a rule counts in part',
      {
        program: {
          earning: [{ id: 'purchase', on: 'purchase', ...tea, scope: 'lines' }],
          campaigns: [{ ...double, when: { products: ['prod_cup'] } }],
        },
        parts: order(teaAndCup),
      },
      { purchase: 60 },
      60,
      {},
    ],
    [
      'give one bonus for several lines',
      {
        program: { campaigns: [{ id: 'tea', name: 'Tea', bonus: 5, when: tea }] },
        parts: order([item('prod_tea', 5_000, 2), item('prod_tea', 5_000)]),
      },
      { purchase: 100, 'campaign:tea': 5 },
      100,
      { tea: 5 },
    ],
    [
      'leave items alone',
      {
        program: {
          earning: [{ id: 'tea', on: 'item', products: ['prod_tea'], points: 7 }],
          campaigns: [double],
        },
        parts: order([item('prod_tea', 10_000, 3)]),
      },
      { tea: 21 },
      0,
      {},
    ],
    [
      'leave out who is held out',
      {
        program: { campaigns: [{ ...double, announced: false, holdout: 1 }] },
        buyer: { member: 'mem_1' },
      },
      { purchase: 100 },
      100,
      {},
    ],
    [
      'are over by the money’s time',
      { program: { campaigns: [{ ...double, to: '2026-01-14' }] } },
      { purchase: 100 },
      100,
      {},
    ],
    [
      'may lessen',
      { program: { campaigns: [{ ...double, multiplier: 0.5 }] } },
      { purchase: 50 },
      100,
      { double: -50 },
    ],
    [
      'are no purchases’ where they reward joining',
      { program: { campaigns: [{ id: 'join', name: 'Join', on: 'enrolment', bonus: 50 }] } },
      { purchase: 100 },
      100,
      {},
    ],
  ])('%s', (_, given, points, base, brought) => {
    const { earned, campaigns } = decide(given)
    expect(Object.fromEntries(earned.map((one) => [one.rule, one.points]))).toEqual(points)
    expect(earned.reduce((sum, one) => sum + one.base, 0)).toBe(base)
    expect(campaigns).toEqual(brought)
  })

  it('hold for the segments of a rule as well', () => {
    const program = { earning: [{ id: 'loyal', on: 'purchase' as const, when: { segments: ['loyal' as const] } }] }
    expect(decide({ program, buyer: { segment: 'loyal' } }).earned[0]?.points).toBe(100)
    expect(decide({ program, buyer: { segment: 'lost' } }).nothing).toBe('conditions')
    expect(decide({ program }).nothing).toBe('conditions')
  })
})

describe('of several campaigns', () => {
  const triple: CampaignInput = { id: 'triple', name: 'Triple', multiplier: 3 }
  const bonus: CampaignInput = { id: 'bonus', name: 'Bonus', bonus: 150 }
  const of = (campaigns: CampaignInput[], over: Partial<ProgramInput> = {}, parts = charged()) =>
    decide({ program: { campaigns, ...over }, parts })
  const all = { campaignStacking: 'all' as const }

  it('the best for the member holds', () => {
    expect(of([double, triple]).campaigns).toEqual({ triple: 200 })
    expect(of([double, bonus]).campaigns).toEqual({ bonus: 150 })
    expect(of([triple, bonus]).campaigns).toEqual({ triple: 200 })
  })
  it('the first holds where none is better', () => {
    expect(of([double, { ...double, id: 'again' }]).campaigns).toEqual({ double: 100 })
  })
  it('the best stays the best after a refund', () => {
    // Both bring 100 of what is kept; of what was paid the second brought one more.
    const near = { ...double, id: 'near', multiplier: 2.01 }
    expect(of([double, near], {}, refunded(5_000)).earned[0]?.points).toBe(100)
    expect(of([double, near], {}, refunded(5_000)).earned[0]?.campaigns).toEqual(['Double points week'])
    expect(of([double, near], {}, refunded(5_000)).earned[0]?.multiplier).toBe(2.01)
  })
  it('all hold where the program says so: they multiply, and their parts add up', () => {
    const { earned, campaigns } = of([double, triple, bonus], all)
    expect(earned.map((one) => one.points)).toEqual([600, 150])
    expect(campaigns).toEqual({ double: 100, triple: 400, bonus: 150 })
  })
  it('all multiply the lines they are for', () => {
    const { earned, campaigns } = of([double, { ...triple, when: tea }], all, order(teaAndCup))
    // 60 × 2 × 3 + 40 × 2
    expect(earned[0]?.points).toBe(440)
    expect(campaigns).toEqual({ double: 100, triple: 240 })
  })
  it('what they bring is what is earned more than without them', () => {
    const anyCampaign = fc.record({
      multiplier: fc.constantFrom(1, 1.1, 1.25, 2, 3.3333),
      bonus: fc.constantFrom(1, 7, 100),
      when: fc.constantFrom({}, tea, { products: ['prod_cup'] }, { minimum: 30 }),
    })
    const amounts = fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 2, maxLength: 2 })
    const anyStacking = fc.constantFrom('best' as const, 'all' as const)
    const anyRounding = fc.constantFrom('floor' as const, 'nearest' as const, 'ceil' as const)
    fc.assert(
      fc.property(
        fc.array(anyCampaign, { maxLength: 4 }),
        amounts,
        fc.integer({ min: 0, max: 100 }),
        anyStacking,
        anyRounding,
        (list, [a = 0, b = 0], percent, campaignStacking, rounding) => {
          const total = a + b + 100
          const parts = charged(
            { amountMinor: total, snapshot: { at: T0, refundedMinor: Math.floor((total * percent) / 100) } },
            { items: { rank: 3, list: [item('prod_tea', a), item('prod_cup', b)] } },
          )
          const campaigns = list.map((one, n) => ({ id: `c${n}`, name: `C ${n}`, ...one }))
          const program = { ...gold, campaigns, campaignStacking, points: { rounding } }
          const sum = (found: Evaluation) => found.earned.reduce((points, one) => points + one.points, 0)
          const having = decide({ program, parts, tier: 'gold' })
          const without = decide({ program: { ...program, campaigns: [] }, parts, tier: 'gold' })
          const brought = Object.values(having.campaigns).reduce((points, one) => points + one, 0)
          expect(brought).toBe(sum(having) - sum(without))
          expect(having.earned.map((one) => one.base).filter(Boolean)).toEqual(
            without.earned.map((one) => one.base).filter(Boolean),
          )
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('where the order’s lines are not known yet', () => {
  const program = { campaigns: [{ ...double, bonus: 50, when: tea }] }

  it('the order’s own points do not wait for a campaign’s', () => {
    const { earned, needsItems } = decide({ program })
    expect(needsItems).toBe(true)
    expect(earned).toMatchObject([
      { rule: 'purchase', points: 100, waitsForItems: false },
      { rule: 'campaign:double', points: 0, waitsForItems: true },
    ])
  })
  it('nobody is asked for lines outside the campaign’s days', () => {
    expect(decide({ program: { campaigns: [{ ...double, to: '2020-01-01', when: tea }] } }).needsItems).toBe(false)
  })
  it('a bonus waits with an order that may not earn', () => {
    const earning = [{ id: 'purchase', on: 'purchase' as const, excludeProducts: ['prod_card'] }]
    expect(decide({ program: { earning, campaigns: [{ ...double, bonus: 50 }] } }).earned).toMatchObject([
      { rule: 'purchase', points: 200, waitsForItems: true },
      { rule: 'campaign:double', points: 0, waitsForItems: true },
    ])
  })
  it('an order that has none is multiplied for no product', () => {
    expect(decide({ program, parts: order([]) })).toMatchObject({ needsItems: false, earned: [{ points: 100 }] })
  })
  it('a program says that it needs them', () => {
    expect(programNeedsItems(makeProgram(program))).toBe(true)
    expect(programNeedsItems(makeProgram({ campaigns: [double] }))).toBe(false)
  })
})

describe('the sentence', () => {
  const sentences = (given: Case): string[] => {
    const program = makeProgram(given.program)
    const derived = derivePayment(given.parts ?? charged())
    return decide(given).earned.map((one) => earnSentence(one, derived, program, given.tier ?? null))
  }
  const withTier = { tiers: { levels: levels(['gold', 0, { multiplier: 2 }]) } }

  it.each<[expected: string[], given: Case]>([
    [['2 × points on $100.00 (Double points week)'], { program: { campaigns: [double] } }],
    [
      ['4 × points on $100.00 (Double points week), Gold'],
      { program: { ...withTier, campaigns: [double] }, tier: 'gold' },
    ],
    [
      ['2 × points on $84.00 (Double points week)'],
      { program: { ...gold, campaigns: [double] }, tier: 'base', parts: paid(8_400) },
    ],
    [
      [
        '3 × 10 points per $3 on $100.00 (Double points week, የቡና ቀን), $20.00 of $100.00 refunded',
        '1,500 bonus points (Double points week), $20.00 of $100.00 refunded',
      ],
      {
        program: {
          earning: [{ id: 'p', on: 'purchase', points: 10, per: 3 }],
          campaigns: [
            { ...double, bonus: 1_500 },
            { ...double, id: 'x', name: 'የቡና ቀን', multiplier: 1.5 },
          ],
          campaignStacking: 'all',
        },
        parts: refunded(2_000),
      },
    ],
    [
      ['1 point per $1 on $100.00, 3 × that on $60.00 of it (Tea days)'],
      { program: { campaigns: [{ ...double, name: 'Tea days', multiplier: 3, when: tea }] }, parts: order(teaAndCup) },
    ],
  ])('is %j', (expected, given) => expect(sentences(given)).toEqual(expected))
})
