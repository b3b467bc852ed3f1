// How long subscriptions last: against Kaplan–Meier reckoned the slow way, and for whatever may be asked.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SubscriptionFact } from '../../src/core/facts.ts'
import {
  curveOf,
  DEFAULT_MONTHLY_LOSS,
  lifeOf,
  renewalCurves,
  renewalOf,
  type SubscriptionLife,
  wholeMonths,
} from '../../src/retention/renewals.ts'
import { makeProgram } from '../support/programs.ts'
import { subscriptionFact } from '../support/subscriptions.ts'

const RUNS = Number(process.env.PROPERTY_RUNS ?? 200)
const NOW = Date.UTC(2026, 10, 22, 12)
const program = makeProgram()
const date = (text: string): number => Date.parse(`${text}T12:00:00Z`)

const lived = (over: Partial<SubscriptionFact>): SubscriptionLife | null => lifeOf(subscriptionFact(over), program, NOW)

describe('how long a subscription lasted', () => {
  test.each([
    ['runs since the middle of a month', { startedAt: date('2026-08-10') }, { months: 3, isOver: false }],
    ['was not renewed at a mark', ended('2026-08-22', '2026-11-22'), { months: 3, isOver: true }],
    ['ended a day after a mark', ended('2026-08-21', '2026-11-22'), { months: 3, isOver: true }],
    ['ended within a month that was paid for', ended('2026-08-10', '2026-10-25'), { months: 3, isOver: true }],
    ['ended on the day it began', ended('2026-08-10', '2026-08-10'), { months: 1, isOver: true }],
    ['began on the 31st', ended('2026-01-31', '2026-02-28'), { months: 1, isOver: true }],
    [
      'was unpaid, which is an end too',
      { ...ended('2026-08-22', '2026-10-22'), cancelReason: 'payment_failed' },
      { months: 2, isOver: true },
    ],
    [
      'is to end, but runs',
      { startedAt: date('2026-10-01'), cancelAt: date('2026-12-01') },
      { months: 1, isOver: false },
    ],
    ['will have ended by then', ended('2026-08-22', '2027-01-22'), { months: 3, isOver: false }],
  ] satisfies [string, Partial<SubscriptionFact>, object][])('one that %s', (_, over, expected) => {
    expect(lived(over)).toMatchObject({ ...expected, monthlyMinor: 1_900 })
  })

  test.each([
    ['was never paid for', { status: 'incomplete' }],
    ['was given up at checkout', { status: 'incomplete_expired' }],
    ['is on trial', { status: 'trialing', trialEnd: date('2026-12-01') }],
    ['was cancelled on trial', { ...ended('2026-08-01', '2026-08-14'), trialEnd: date('2026-08-15') }],
    ['is a connected account’s', { account: 'acct_1' }],
    ['has not begun', { startedAt: date('2027-01-01') }],
    ['began nobody knows when', { startedAt: null }],
  ] satisfies [string, Partial<SubscriptionFact>][])('one that %s says nothing', (_, over) => {
    expect(lived(over)).toBeNull()
  })

  test('counts from the end of its trial', () => {
    expect(lived({ startedAt: date('2026-08-01'), trialEnd: date('2026-08-31') })).toMatchObject({ months: 2 })
  })

  test.each([
    ['2026-01-31', '2026-02-28', 1],
    ['2024-02-29', '2025-02-28', 12],
    ['2026-01-31', '2026-03-30', 1],
    ['2026-05-05', '2026-05-05', 0],
    ['2026-05-05', '2020-05-05', 0],
  ])('from %s to %s it is %i whole months', (from, to, months) => {
    expect(wholeMonths(date(from) / 86_400_000, date(to) / 86_400_000)).toBe(months)
  })
})

function ended(from: string, to: string): Partial<SubscriptionFact> {
  return { startedAt: date(from), status: 'canceled', canceledAt: date(to), endedAt: date(to) }
}

const life = fc
  .record({
    monthlyMinor: fc.option(fc.integer({ min: 0, max: 20_000 }), { freq: 10 }),
    months: fc.integer({ min: 0, max: 30 }),
    isOver: fc.boolean(),
  })
  .map((one): SubscriptionLife => ({ ...one, months: one.isOver ? Math.max(1, one.months) : one.months }))

describe('the curve', () => {
  test('is the share that went on beyond each mark, of those seen at it', () => {
    const lives: SubscriptionLife[] = [
      ...Array.from({ length: 10 }, () => ({ monthlyMinor: 1_000, months: 1, isOver: true })),
      ...Array.from({ length: 10 }, () => ({ monthlyMinor: 1_000, months: 1, isOver: false })),
      ...Array.from({ length: 5 }, () => ({ monthlyMinor: 1_000, months: 2, isOver: true })),
      ...Array.from({ length: 15 }, () => ({ monthlyMinor: 1_000, months: 2, isOver: false })),
    ]
    // 40 came to the first mark and 10 ended at it; 20 to the second and 5.
    expect(curveOf(lives, null)).toEqual({ upToMinor: null, subscriptions: 40, survival: [1, 0.75, 0.75 * 0.75] })
  })

  test('is Kaplan–Meier as reckoned the slow way', () => {
    fc.assert(
      fc.property(fc.array(life, { maxLength: 120 }), (lives) => {
        const { survival } = curveOf(lives, null)
        for (let mark = 1; mark < survival.length; mark++)
          expect(survival[mark]).toBeCloseTo(naiveSurvival(lives, mark), 10)
        // It ends where fewer than ten were left to judge by, and not before.
        expect(atRisk(lives, survival.length)).toBeLessThan(10)
      }),
      { numRuns: RUNS },
    )
  })

  test('falls or stays, from 1 to no less than 0', () => {
    fc.assert(
      fc.property(fc.array(life, { maxLength: 200 }), (lives) => {
        for (const { survival } of renewalCurves(lives)) {
          expect(survival[0]).toBe(1)
          for (let mark = 1; mark < survival.length; mark++) {
            expect(survival[mark]).toBeLessThanOrEqual(survival[mark - 1] as number)
            expect(survival[mark]).toBeGreaterThanOrEqual(0)
          }
        }
      }),
      { numRuns: RUNS },
    )
  })
})

const atRisk = (lives: readonly SubscriptionLife[], mark: number): number =>
  lives.filter(({ months }) => months >= mark).length

function naiveSurvival(lives: readonly SubscriptionLife[], upTo: number): number {
  let share = 1
  for (let mark = 1; mark <= upTo; mark++) {
    const died = lives.filter(({ months, isOver }) => isOver && months === mark).length
    share *= 1 - died / atRisk(lives, mark)
  }
  return share
}

const many = (count: number, monthlyMinor: number | null, months = 3, isOver = false): SubscriptionLife[] =>
  Array.from({ length: count }, () => ({ monthlyMinor, months, isOver }))

describe('bands of price', () => {
  test('are thirds where each has enough', () => {
    const curves = renewalCurves([...many(40, 500), ...many(40, 1_000), ...many(40, 9_000)])
    expect(curves.map(({ upToMinor, subscriptions }) => [upToMinor, subscriptions])).toEqual([
      [500, 40],
      [1_000, 40],
      [null, 40],
    ])
  })

  test('are joined where one has too few', () => {
    const curves = renewalCurves([...many(40, 500), ...many(20, 1_000), ...many(10, 9_000)])
    expect(curves.map(({ upToMinor, subscriptions }) => [upToMinor, subscriptions])).toEqual([
      [500, 40],
      [null, 30],
    ])
    expect(renewalCurves([...many(20, 500), ...many(20, 1_000)])).toMatchObject([
      { upToMinor: null, subscriptions: 40 },
    ])
  })

  test('are one where all cost the same, those of unknown price with them', () => {
    expect(renewalCurves([...many(80, 500), ...many(20, null)])).toMatchObject([
      { upToMinor: null, subscriptions: 100 },
    ])
  })

  test('never lose a priced subscription, nor count one twice', () => {
    fc.assert(
      fc.property(fc.array(life, { minLength: 1, maxLength: 250 }), (lives) => {
        const curves = renewalCurves(lives)
        const priced = lives.filter(({ monthlyMinor }) => (monthlyMinor ?? 0) > 0).length
        const counted = curves.reduce((sum, { subscriptions }) => sum + subscriptions, 0)
        expect(counted).toBe(curves.length === 1 ? lives.length : priced)
        if (curves.length > 1) for (const { subscriptions } of curves) expect(subscriptions).toBeGreaterThanOrEqual(30)
        expect(curves.at(-1)?.upToMinor).toBeNull()
      }),
      { numRuns: RUNS },
    )
  })
})

describe('what is to be expected', () => {
  test('without any subscription is a stated guess', () => {
    const guess = renewalOf([], { monthlyMinor: 1_000, months: 5 })
    expect(guess.nextMonth).toBeCloseTo(1 - DEFAULT_MONTHLY_LOSS, 12)
    expect(guess.nextThreeMonths).toBeCloseTo((1 - DEFAULT_MONTHLY_LOSS) ** 3, 12)
    expect(guess.expectedMonths).toBeCloseTo(19 * (1 - 0.95 ** 36), 9)
    expect(guess.valueMinor).toBe(Math.round(guess.expectedMonths * 1_000))
  })

  test('is read off the curve of the price, from where the subscription stands', () => {
    const curves = [
      { upToMinor: 1_000, subscriptions: 50, survival: [1, 0.5, 0.45] },
      { upToMinor: null, subscriptions: 50, survival: [1, 0.9, 0.81] },
    ]
    expect(renewalOf(curves, { monthlyMinor: 1_000, months: 0 }).nextMonth).toBeCloseTo(0.5, 12)
    expect(renewalOf(curves, { monthlyMinor: 1_000, months: 1 }).nextMonth).toBeCloseTo(0.9, 12)
    expect(renewalOf(curves, { monthlyMinor: 1_001, months: 0 }).nextMonth).toBeCloseTo(0.9, 12)
    // Nobody was there that long: the mean loss of the last months holds.
    expect(renewalOf(curves, { monthlyMinor: 5_000, months: 80 }).nextMonth).toBeCloseTo(0.9, 12)
  })

  test('is worth less where it comes later', () => {
    const asked = { monthlyMinor: 1_000, months: 0 }
    expect(renewalOf([], asked, { discount: 0.15 }).valueMinor).toBeLessThan(renewalOf([], asked).valueMinor)
  })

  test('where all ended at once leaves a little hope, and knows nothing of who went on', () => {
    const curves = renewalCurves(many(50, 1_000, 1, true))
    expect(curves[0]?.survival).toEqual([1, 0])
    expect(renewalOf(curves, { monthlyMinor: 1_000, months: 0 }).nextMonth).toBeCloseTo(0.02, 12)
    expect(renewalOf(curves, { monthlyMinor: 1_000, months: 7 }).nextMonth).toBeCloseTo(1 - DEFAULT_MONTHLY_LOSS, 12)
  })

  test('is a number for whatever is asked', () => {
    const odd = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(0, -1, Number.MAX_SAFE_INTEGER))
    fc.assert(
      fc.property(fc.array(life, { maxLength: 120 }), fc.option(odd), odd, (lives, monthlyMinor, months) => {
        const found = renewalOf(renewalCurves(lives), { monthlyMinor, months })
        for (const chance of [found.nextMonth, found.nextThreeMonths]) {
          expect(chance).toBeGreaterThan(0)
          expect(chance).toBeLessThan(1)
        }
        expect(found.nextThreeMonths).toBeLessThan(found.nextMonth)
        expect(found.expectedMonths).toBeGreaterThan(0)
        expect(found.expectedMonths).toBeLessThan(36)
        expect(Number.isSafeInteger(found.valueMinor)).toBe(true)
        expect(found.valueMinor).toBeGreaterThanOrEqual(0)
      }),
      { numRuns: RUNS },
    )
  })
})

test('learns from what Stripe said, in the program’s currency', () => {
  const euros = makeProgram({ earning: [{ id: 'p', on: 'purchase', per: 1, currencies: { eur: { per: 2 } } }] })
  const item = (currency: string) => [{ ...subscriptionFact().items[0], currency }] as SubscriptionFact['items']
  const facts = [
    ...Array.from({ length: 40 }, () => subscriptionFact({ startedAt: date('2026-06-01'), items: item('eur') })),
    ...Array.from({ length: 40 }, () => subscriptionFact(ended('2026-06-01', '2026-07-01'))),
  ]
  expect(renewalCurves(facts.flatMap((fact) => lifeOf(fact, euros, NOW) ?? []))).toEqual([
    { upToMinor: 950, subscriptions: 40, survival: [1, 1, 1, 1, 1, 1] },
    { upToMinor: null, subscriptions: 40, survival: [1, 0] },
  ])
  expect(renewalCurves([])).toEqual([])
})
