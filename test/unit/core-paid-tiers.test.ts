// When a paid tier is held, by all that Stripe said of the subscriptions, in worked examples and in any order.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SubscriptionFact } from '../../src/core/facts.ts'
import { combineTiers, learnSubscription, nextPaidEdge, paidSegments } from '../../src/core/paid-tiers.ts'
import type { Member } from '../../src/core/state.ts'
import { nextLevel, startTiers, type TierSegment, tierAt } from '../../src/core/tiers.ts'
import { levels, makeProgram } from '../support/programs.ts'

/** Days of January 2026; the tests speak of nothing else. */
const day = (count: number): number => Date.UTC(2026, 0, count)
const dayOf = (at: number | null): number | null => (at === null ? null : (at - day(0)) / 86_400_000)

const club = makeProgram({
  tiers: {
    levels: [
      ...levels(['insider', 0], ['silver', 100]),
      { id: 'plus', name: 'Plus', paid: { products: ['prod_plus'], pastDueDays: 3 } },
      { id: 'prime', name: 'Prime', paid: { products: ['prod_prime'], prices: ['price_student'] } },
      ...levels(['gold', 500]),
    ],
  },
})
const withoutTrial = makeProgram({
  tiers: { levels: [{ id: 'prime', name: 'Prime', paid: { products: ['prod_prime'], trial: false, pastDueDays: 0 } }] },
})

type Said = Partial<SubscriptionFact> & { product?: string | null; price?: string | null }

const fact = (onDay: number, status: string, { product = 'prod_prime', price = 'price_1', ...over }: Said = {}) =>
  ({
    kind: 'subscription',
    id: 'sub_1',
    account: null,
    at: day(onDay),
    rank: 1,
    customer: 'cus_1',
    status,
    items: [{ product, price, quantity: 1, amountMinor: 900, currency: 'usd', interval: 'month', intervalCount: 1 }],
    startedAt: day(1),
    currentPeriodEnd: day(31),
    cancelAt: null,
    cancelAtPeriodEnd: false,
    canceledAt: null,
    endedAt: null,
    trialEnd: null,
    paused: false,
    ...over,
  }) satisfies SubscriptionFact

function learn(facts: readonly SubscriptionFact[]): Member['subscriptions'] {
  const known: Member['subscriptions'] = {}
  for (const one of facts) known[one.id] = learnSubscription(known[one.id], one)
  return known
}

type Held = [level: string | null, since: number | null, until: number | null]
const short = (segments: readonly TierSegment[]): Held[] =>
  segments.map(({ id, since, until }) => [id, dayOf(since), dayOf(until)])
const heldBy = (facts: readonly SubscriptionFact[], program = club): Held[] =>
  short(paidSegments(program, learn(facts)))

const trial = { trialEnd: day(8) }
const ended = (on: number) => ({ rank: 3, canceledAt: day(on), endedAt: day(on) })

const examples: [title: string, facts: SubscriptionFact[], held: Held[]][] = [
  ['active, as long as it runs', [fact(1, 'active')], [['prime', 1, null]]],
  ['another product', [fact(1, 'active', { product: 'prod_mug' })], []],
  [
    'a cheaper price for students of another product',
    [fact(1, 'active', { product: 'prod_student', price: 'price_student' })],
    [['prime', 1, null]],
  ],
  ['nothing that can be told apart', [fact(1, 'active', { product: null, price: null })], []],
  ['waiting for its first payment', [fact(1, 'incomplete')], []],
  ['which never came', [fact(1, 'incomplete'), fact(2, 'incomplete_expired')], []],
  ['which came', [fact(1, 'incomplete'), fact(2, 'active')], [['prime', 2, null]]],
  ['a trial', [fact(1, 'trialing', trial)], [['prime', 1, 15]]],
  ['a trial that is paid for', [fact(1, 'trialing', trial), fact(8, 'active', trial)], [['prime', 1, null]]],
  [
    'a trial cancelled on the second day, to its end',
    [fact(1, 'trialing', trial), fact(2, 'trialing', { ...trial, cancelAt: day(8) })],
    [['prime', 1, 8]],
  ],
  [
    'trial → active → past due → canceled',
    [
      fact(1, 'trialing', trial),
      fact(8, 'active', trial),
      fact(15, 'past_due', trial),
      fact(29, 'canceled', { ...trial, ...ended(29) }),
    ],
    [['prime', 1, 22]],
  ],
  ['past due, seven days long', [fact(1, 'active'), fact(10, 'past_due'), fact(12, 'past_due')], [['prime', 1, 17]]],
  [
    'past due and charged in time',
    [fact(1, 'active'), fact(10, 'past_due'), fact(12, 'past_due'), fact(16, 'active')],
    [['prime', 1, null]],
  ],
  [
    'past due and charged too late',
    [fact(1, 'active'), fact(10, 'past_due'), fact(20, 'active')],
    [
      ['prime', 1, 17],
      ['prime', 20, null],
    ],
  ],
  [
    'past due twice, each counted anew',
    [fact(1, 'active'), fact(10, 'past_due'), fact(12, 'active'), fact(20, 'past_due')],
    [['prime', 1, 27]],
  ],
  [
    'as patient as its level: three days',
    [fact(1, 'active', { product: 'prod_plus' }), fact(10, 'past_due', { product: 'prod_plus' })],
    [['plus', 1, 13]],
  ],
  ['given up', [fact(1, 'active'), fact(10, 'past_due'), fact(12, 'unpaid')], [['prime', 1, 12]]],
  [
    'to be cancelled with the period, as old versions say it',
    [fact(1, 'active'), fact(10, 'active', { cancelAtPeriodEnd: true })],
    [['prime', 1, 31]],
  ],
  ['to be cancelled on a day', [fact(1, 'active'), fact(10, 'active', { cancelAt: day(20) })], [['prime', 1, 20]]],
  [
    'cancelled and thought better of',
    [fact(1, 'active'), fact(10, 'active', { cancelAtPeriodEnd: true }), fact(12, 'active')],
    [['prime', 1, null]],
  ],
  [
    'cancelled with the period, and over',
    [
      fact(1, 'active'),
      fact(10, 'active', { cancelAtPeriodEnd: true }),
      fact(32, 'canceled', { cancelAtPeriodEnd: true, ...ended(31) }),
    ],
    [['prime', 1, 31]],
  ],
  ['cancelled at once', [fact(1, 'active'), fact(5, 'canceled', ended(5))], [['prime', 1, 5]]],
  [
    'paused and resumed',
    [fact(1, 'active'), fact(10, 'active', { paused: true }), fact(20, 'active')],
    [
      ['prime', 1, 10],
      ['prime', 20, null],
    ],
  ],
  [
    'paused after a trial',
    [fact(1, 'trialing', trial), fact(8, 'paused', { ...trial, paused: true })],
    [['prime', 1, 8]],
  ],
  ['heard of late, with its beginning', [fact(20, 'active', { rank: 2 })], [['prime', 1, null]]],
  ['heard of when it was over', [fact(20, 'canceled', { rank: 2, endedAt: day(9) })], [['prime', 1, 9]]],
  ['heard of when it was over, who knows when', [fact(20, 'canceled', { rank: 2 })], []],
  ['heard of when it was past due', [fact(20, 'past_due', { rank: 2 })], [['prime', 1, 27]]],
  [
    'said to have ended before the last word about it',
    [fact(1, 'active'), fact(12, 'past_due'), fact(30, 'canceled', ended(14))],
    [['prime', 1, 14]],
  ],
  [
    'changed to a higher level and back',
    [fact(1, 'active', { product: 'prod_plus' }), fact(10, 'active'), fact(20, 'active', { product: 'prod_plus' })],
    [
      ['plus', 1, 10],
      ['prime', 10, 20],
      ['plus', 20, null],
    ],
  ],
  [
    'two, of which the higher counts',
    [
      fact(1, 'active', { product: 'prod_plus' }),
      fact(10, 'active', { id: 'sub_2', startedAt: day(10), cancelAt: day(20) }),
    ],
    [
      ['plus', 1, 10],
      ['prime', 10, 20],
      ['plus', 20, null],
    ],
  ],
  [
    'two of one level, one after the other',
    [
      fact(1, 'active'),
      fact(10, 'canceled', ended(10)),
      fact(8, 'active', { id: 'sub_2', startedAt: day(8), cancelAt: day(20) }),
    ],
    [['prime', 1, 20]],
  ],
]

describe('a paid tier is held', () => {
  test.each(examples)('by a subscription that is %s', (_title, facts, held) => {
    expect(heldBy(facts)).toEqual(held)
  })

  test.each<[string, SubscriptionFact[], Held[]]>([
    ['is not held by a trial', [fact(1, 'trialing', trial)], []],
    ['is held from the first payment', [fact(1, 'trialing', trial), fact(8, 'active', trial)], [['prime', 8, null]]],
    ['is held from the trial’s end, heard of later', [fact(20, 'active', trial)], [['prime', 8, null]]],
    ['was not held by a trial that ended', [fact(20, 'canceled', { ...trial, endedAt: day(8) })], []],
    ['ends when a renewal fails', [fact(1, 'active'), fact(10, 'past_due')], [['prime', 1, 10]]],
  ])('without trial and patience it %s', (_title, facts, held) => {
    expect(heldBy(facts, withoutTrial)).toEqual(held)
  })
})

test('without patience a trial still waits a day to hear that it was paid for', () => {
  const strict = makeProgram({
    tiers: { levels: [{ id: 'prime', name: 'Prime', paid: { products: ['prod_prime'], pastDueDays: 0 } }] },
  })
  expect(heldBy([fact(1, 'trialing', trial)], strict)).toEqual([['prime', 1, 9]])
})

describe('descriptions in any order', () => {
  test.each(examples)('tell the same: %s', (_title, facts, held) => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...facts, ...facts], { minLength: facts.length * 2 }), (order) => {
        expect(learn(order)).toEqual(learn(facts))
        expect(heldBy(order)).toEqual(held)
      }),
      { numRuns: 30 },
    )
  })

  const status = fc.constantFrom('incomplete', 'trialing', 'active', 'past_due', 'unpaid', 'paused', 'canceled')
  const said = fc.record({
    onDay: fc.integer({ min: 1, max: 9 }),
    status,
    rank: fc.integer({ min: 0, max: 3 }),
    product: fc.constantFrom('prod_plus', 'prod_prime', 'prod_mug'),
    cancelAt: fc.constantFrom(null, day(4), day(7)),
    endedAt: fc.constantFrom(null, null, day(6)),
    trialEnd: fc.constantFrom(null, day(3)),
    paused: fc.boolean(),
    startedAt: fc.constantFrom(null, day(1), day(2)),
    customer: fc.constantFrom('cus_1', 'cus_2'),
    id: fc.constantFrom('sub_1', 'sub_2'),
  })

  test('tell the same, whatever they say and however many are of one second', () => {
    fc.assert(
      fc.property(
        fc
          .array(said, { minLength: 1, maxLength: 10 })
          .chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([list, shuffled]) => {
          const factsOf = (some: typeof list) => some.map(({ onDay, status: what, ...over }) => fact(onDay, what, over))
          expect(heldBy(factsOf(shuffled))).toEqual(heldBy(factsOf(list)))
        },
      ),
      { numRuns: 500 },
    )
  })

  /** The level held at one moment, asked of each subscription by itself. */
  function naively(facts: readonly SubscriptionFact[], at: number): string | null {
    const held = new Set(
      [...new Set(facts.map(({ id }) => id))].flatMap((id) => {
        const known = learn(facts.filter((one) => one.id === id))[id] ?? expect.unreachable()
        const all = [...known.earlier, known]
        if (all.some(({ endedAt }) => endedAt !== null && endedAt <= at)) return []
        const past = all.findLastIndex((one) => one.at <= at)
        const first = all[0] ?? expect.unreachable()
        // Before the first word, it was as that word says since the beginning.
        if (past === -1 && (known.startedAt ?? first.at) > at) return []
        const now = all[Math.max(past, 0)] ?? expect.unreachable()
        const wasOver = past <= 0 && now.status === 'canceled' && now.endedAt !== null && at < (all[1]?.at ?? Infinity)
        if (!wasOver && (now.paused || !['active', 'trialing', 'past_due'].includes(now.status))) return []
        const running = all.slice(0, Math.max(past, 0) + 1)
        const dueSince = running[running.findLastIndex(({ status: what }) => what !== 'past_due') + 1]?.at
        const level = now.products.includes('prod_prime') ? 'prime' : now.products.includes('prod_plus') ? 'plus' : null
        const patience = (level === 'prime' ? 7 : 3) * 86_400_000
        if (!wasOver && now.cancelAt !== null && now.cancelAt <= at) return []
        if (now.status === 'past_due' && (dueSince ?? 0) + patience <= at) return []
        if (now.status === 'trialing' && now.trialEnd !== null && now.trialEnd + patience <= at) return []
        return level === null ? [] : [level]
      }),
    )
    return held.has('prime') ? 'prime' : held.has('plus') ? 'plus' : null
  }

  test('come to what is found by asking for each moment by itself', () => {
    fc.assert(
      fc.property(fc.array(said, { minLength: 1, maxLength: 8 }), fc.integer({ min: 0, max: 80 }), (list, quarter) => {
        const facts = list.map(({ onDay, status: what, ...over }) => fact(onDay, what, over))
        const at = day(0) + quarter * 21_600_000
        const held = paidSegments(club, learn(facts)).find(
          ({ since, until }) => since <= at && (until === null || until > at),
        )
        expect(held?.id ?? null).toBe(naively(facts, at))
      }),
      { numRuns: 3_000 },
    )
  })

  test('never overlap, and none ends before it began', () => {
    fc.assert(
      fc.property(fc.array(said, { minLength: 1, maxLength: 12 }), (list) => {
        const held = paidSegments(club, learn(list.map(({ onDay, status: what, ...over }) => fact(onDay, what, over))))
        held.forEach(({ since, until }, i) => {
          if (until !== null) expect(until).toBeGreaterThan(since)
          const next = held[i + 1]
          if (next) expect(until ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(next.since)
        })
      }),
      { numRuns: 500 },
    )
  })

  test('of many years are kept in bounds, the beginning with them', () => {
    const renewals = Array.from({ length: 400 }, (_, n) => fact(n + 1, n % 30 === 29 ? 'past_due' : 'active'))
    const known = learn(renewals)
    expect(known.sub_1?.earlier).toHaveLength(19)
    expect(known.sub_1?.earlier[0]?.at).toBe(day(1))
    expect(heldBy(renewals)).toEqual([['prime', 1, null]])
  })

  test('from the end of time are dates still, and thousands of items do not fill a member', () => {
    const end = 8_640_000_000_000_000
    const items = Array.from({ length: 5_000 }, (_, n) => ({
      ...(fact(1, 'active').items[0] ?? expect.unreachable()),
      product: `prod_${n}`,
    }))
    expect(paidSegments(club, learn([fact(1, 'trialing', { trialEnd: end })]))[0]?.until).toBe(end)
    expect(paidSegments(club, learn([{ ...fact(1, 'past_due'), at: end }]))[0]?.until).toBe(end)
    expect(learn([{ ...fact(1, 'active'), items }]).sub_1?.products).toHaveLength(20)
  })

  test('the newest one is what is shown of it', () => {
    const known = learn([fact(12, 'past_due', { currentPeriodEnd: day(40) }), fact(1, 'active'), fact(10, 'past_due')])
    expect(known.sub_1).toMatchObject({
      status: 'past_due',
      pastDueSince: day(10),
      currentPeriodEnd: day(40),
      customer: 'cus_1',
    })
  })
})

describe('earned and paid together', () => {
  const earned = (...list: Held[]): TierSegment[] =>
    list.map(([id, since, until]) => ({ id, since: day(since ?? 0), until: until === null ? null : day(until) }))
  const order = club.tiers?.levels.map(({ id }) => id) ?? []
  const together = (own: Held[], paid: Held[], asOf: number): Held[] =>
    short(combineTiers(earned(...own), { order, held: earned(...paid), asOf: day(asOf) }))

  test.each<[title: string, own: Held[], paid: Held[], asOf: number, held: Held[]]>([
    [
      'a paid tier lifts a member and lets them down to what they earned',
      [['insider', 1, null]],
      [['prime', 5, 15]],
      20,
      [
        ['insider', 1, null],
        ['prime', 5, 15],
        ['insider', 15, null],
      ],
    ],
    [
      'its end is a promise until it has come',
      [['insider', 1, null]],
      [['prime', 5, 15]],
      10,
      [
        ['insider', 1, null],
        ['prime', 5, 15],
      ],
    ],
    [
      'what is earned above it counts, and ends back to it',
      [
        ['insider', 1, null],
        ['gold', 8, 12],
        ['insider', 12, null],
      ],
      [['prime', 5, null]],
      20,
      [
        ['insider', 1, null],
        ['prime', 5, null],
        ['gold', 8, 12],
        ['prime', 12, null],
      ],
    ],
    [
      'what is earned below it does not show',
      [
        ['insider', 1, null],
        ['silver', 8, 400],
      ],
      [['prime', 5, 15]],
      20,
      [
        ['insider', 1, null],
        ['prime', 5, 15],
        ['silver', 15, 400],
      ],
    ],
    [
      'whoever begins with it did not hold it before',
      [['insider', 5, null]],
      [['prime', 1, null]],
      5,
      [
        ['insider', 5, null],
        ['prime', 5, null],
      ],
    ],
    ['what begins later is not held yet', [['insider', 1, null]], [['prime', 9, null]], 5, [['insider', 1, null]]],
    [
      'with paid tiers alone there may be none',
      [[null, 1, null]],
      [
        ['prime', 2, 4],
        ['prime', 8, 9],
      ],
      10,
      [
        [null, 1, null],
        ['prime', 2, 4],
        [null, 4, null],
        ['prime', 8, 9],
        [null, 9, null],
      ],
    ],
    [
      'both ways to one level last as long as the longer',
      [
        ['insider', 1, null],
        ['prime', 3, 30],
      ],
      [['prime', 5, 15]],
      20,
      [
        ['insider', 1, null],
        ['prime', 3, 30],
      ],
    ],
  ])('%s', (_title, own, paid, asOf, held) => {
    expect(together(own, paid, asOf)).toEqual(held)
  })

  test('the tier at a time is the one held then', () => {
    const held = combineTiers(earned(['insider', 5, null]), { order, held: earned(['prime', 1, 9]), asOf: day(20) })
    const at = (on: number) =>
      tierAt(
        held.map(({ id, since }) => [id, since] as const),
        day(on),
      )
    expect([4, 5, 8, 9, 10].map(at)).toEqual(['insider', 'prime', 'prime', 'insider', 'insider'])
  })

  test('the next turn is the first that is not written down', () => {
    const paid = { order, held: earned(['prime', 1, 9], ['prime', 12, null]), asOf: day(9) }
    expect(nextPaidEdge(paid)).toBe(day(12))
    expect(nextPaidEdge({ ...paid, asOf: day(12) })).toBeNull()
    expect(nextPaidEdge(undefined)).toBeNull()
  })

  test('the next level is one above what is held, that can be earned', () => {
    const machine = startTiers(club, 'v1', day(1)) ?? expect.unreachable()
    const next = (paid: Held[]) =>
      nextLevel({ ...machine, paid: { order, held: earned(...paid), asOf: day(9) } }, club, day(9))?.index
    expect([next([]), next([['plus', 1, null]]), next([['prime', 1, 8]])]).toEqual([1, 4, 1])
  })
})
