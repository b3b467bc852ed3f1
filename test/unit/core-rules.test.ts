// Rates, dates, terms and tiers as worked examples.
import { describe, expect, it } from 'vitest'
import { addMonths, calendarEnd, endOfDayAfterMonths, endOfYear, localDate, localDay } from '../../src/core/calendar.ts'
import { derivePayment } from '../../src/core/derive-payment.ts'
import { evaluate } from '../../src/core/earning.ts'
import { exactly } from '../../src/core/exact.ts'
import { lotEnding } from '../../src/core/expiry.ts'
import type { Item, PaymentParts } from '../../src/core/facts.ts'
import { addContribution, lapseTiers, replayTiers, startTiers, tierAt } from '../../src/core/tiers.ts'
import type { ProgramInput } from '../../src/program/schema.ts'
import { charged, T0 } from '../support/payments.ts'
import { levels, makeProgram } from '../support/programs.ts'

const NY = 'America/New_York'

describe('exact arithmetic', () => {
  it.each([
    ['rounds down', exactly(4_990, { times: [1], over: [1, 100] }, 'floor'), 49],
    ['rounds to the nearest, a half up', exactly(4_950, { times: [1], over: [1, 100] }, 'nearest'), 50],
    ['rounds up', exactly(4_901, { times: [1], over: [1, 100] }, 'ceil'), 50],
    ['keeps what is whole when rounding up', exactly(4_900, { times: [1], over: [1, 100] }, 'ceil'), 49],
    ['knows no error of doubles', exactly(1_005, { times: [1.1], over: [1, 5] }, 'floor'), 221],
    ['multiplies by four decimals', exactly(10_000, { times: [1.2345], over: [100] }, 'floor'), 123],
    ['divides by decimals', exactly(1_000, { times: [1], over: [0.5, 100] }, 'floor'), 20],
    [
      'stays exact beyond doubles',
      exactly(999_999_999_999, { times: [10, 1.25, 999_999_999_999], over: [100, 999_999_999_999] }, 'floor'),
      124_999_999_999,
    ],
  ])('%s', (_, found, expected) => expect(found).toBe(expected))
})

describe('local dates', () => {
  it.each([
    [
      'clamps to the last day of a month',
      new Date(endOfDayAfterMonths(Date.UTC(2026, 0, 31, 12), 1, 'UTC')).toISOString(),
      '2026-03-01T00:00:00.000Z',
    ],
    [
      'knows leap years',
      new Date(endOfDayAfterMonths(Date.UTC(2028, 1, 29, 12), 12, 'UTC')).toISOString(),
      '2029-03-01T00:00:00.000Z',
    ],
    [
      'ends at midnight of the program’s zone',
      new Date(endOfDayAfterMonths(Date.UTC(2026, 5, 1, 3), 1, NY)).toISOString(),
      '2026-07-01T04:00:00.000Z',
    ],
    [
      'follows daylight saving',
      new Date(endOfDayAfterMonths(Date.UTC(2026, 9, 1, 12), 2, NY)).toISOString(),
      '2026-12-02T05:00:00.000Z',
    ],
    ['ends a year at local midnight', new Date(endOfYear(2026, NY)).toISOString(), '2027-01-01T05:00:00.000Z'],
    [
      'takes the first such date after the years',
      new Date(
        calendarEnd(Date.UTC(2024, 2, 5), { kind: 'calendar', month: 12, day: 31, afterYears: 2 }, 'UTC'),
      ).toISOString(),
      '2027-01-01T00:00:00.000Z',
    ],
    [
      'takes the very date itself',
      new Date(
        calendarEnd(Date.UTC(2024, 11, 31), { kind: 'calendar', month: 12, day: 31, afterYears: 2 }, 'UTC'),
      ).toISOString(),
      '2027-01-01T00:00:00.000Z',
    ],
    ['begins a day where midnight is missing', localDate(Date.UTC(2018, 10, 4, 3), 'America/Sao_Paulo'), '2018-11-04'],
    ['tells the local day', localDate(Date.UTC(2026, 0, 1, 4), NY), '2025-12-31'],
  ])('%s', (_, found, expected) => expect(found).toBe(expected))
  it('adds months backwards too', () =>
    expect(addMonths(localDay(Date.UTC(2026, 2, 31), 'UTC'), -1)).toBe(localDay(Date.UTC(2026, 1, 28), 'UTC')))
})

describe('what a purchase earns', () => {
  const item = (product: string, amountMinor: number, quantity = 1): Item => ({
    product,
    price: null,
    quantity,
    amountMinor,
  })
  const points = (program: Partial<ProgramInput>, parts: PaymentParts, tier: string | null = null): number[] =>
    evaluate(makeProgram(program), derivePayment(parts), parts, tier).earned.map((one) => one.points)
  const rule = (over: object = {}): Partial<ProgramInput> => ({
    earning: [{ id: 'purchase', on: 'purchase', ...over }],
  })
  const order = (list: Item[], over: Partial<PaymentParts> = {}) => charged({}, { items: { rank: 3, list }, ...over })
  const refunded = (minor: number) => charged({ snapshot: { at: T0, refundedMinor: minor } })

  it.each<[string, number[], number[]]>([
    [
      'counts net of tax, shipping and tip',
      points(
        rule(),
        charged(
          {},
          { tax: { rank: 3, value: 500 }, shipping: { rank: 3, value: 1_000 }, tip: { rank: 1, value: 200 } },
        ),
      ),
      [83],
    ],
    [
      'counts all that was paid where the base is gross',
      points(rule({ base: 'gross' }), charged({}, { tax: { rank: 3, value: 500 } })),
      [100],
    ],
    ['gives points per amount', points(rule({ points: 10, per: 3 }), charged()), [333]],
    [
      'counts a listed currency by its own rate',
      points(rule({ currencies: { jpy: { per: 100 } } }), charged({}, { currency: 'jpy' })),
      [100],
    ],
    ['gives nothing for a currency that is not listed', points(rule(), charged({}, { currency: 'jpy' })), []],
    ['counts three decimals', points({ ...rule(), currency: 'kwd' }, charged({}, { currency: 'kwd' })), [10]],
    ['refuses below the minimum', points(rule({ minimum: 100.01 }), charged()), []],
    ['does not test the minimum again after a refund', points(rule({ minimum: 100 }), refunded(5_000)), [50]],
    ['rounds once after a refund', points(rule({ per: 3 }), refunded(3_333)), [22]],
    [
      'multiplies by the tier',
      points({ ...rule(), tiers: { levels: levels(['gold', 0, { multiplier: 1.25 }]) } }, charged(), 'gold'),
      [125],
    ],
    [
      'holds for some tiers only',
      points(
        { ...rule({ when: { tiers: ['gold'] } }), tiers: { levels: levels(['base', 0], ['gold', 10]) } },
        charged(),
        'base',
      ),
      [],
    ],
    [
      'holds for some metadata only',
      points(rule({ when: { metadata: { channel: 'store' } } }), charged({}, { metadata: { channel: 'store' } })),
      [100],
    ],
    [
      'leaves out excluded products',
      points(rule({ excludeProducts: ['prod_card'] }), order([item('prod_card', 4_000), item('prod_tea', 6_000)])),
      [60],
    ],
    [
      'counts a whole order with a wanted product',
      points(rule({ products: ['prod_tea'] }), order([item('prod_cup', 4_000), item('prod_tea', 6_000)])),
      [100],
    ],
    [
      'counts only the lines wanted',
      points(
        rule({ products: ['prod_tea'], scope: 'lines' }),
        order([item('prod_cup', 4_000), item('prod_tea', 6_000)]),
      ),
      [60],
    ],
    [
      'gives nothing without a wanted product',
      points(rule({ products: ['prod_tea'] }), order([item('prod_cup', 10_000)])),
      [0],
    ],
    [
      'gives points for each piece',
      points(
        { earning: [{ id: 'tea', on: 'item', products: ['prod_tea'], points: 7 }] },
        order([item('prod_tea', 10_000, 3)]),
      ),
      [21],
    ],
    [
      'takes items back pro rata',
      points(
        { earning: [{ id: 'tea', on: 'item', products: ['prod_tea'], points: 10 }] },
        { ...refunded(5_000), items: { rank: 3, list: [item('prod_tea', 10_000, 3)] } },
      ),
      [15],
    ],
  ])('%s', (_, found, expected) => expect(found).toEqual(expected))

  it('takes the best of several rules, or all of them', () => {
    const earning = [
      { id: 'one', on: 'purchase' as const },
      { id: 'two', on: 'purchase' as const, points: 2 },
    ]
    expect(points({ earning }, charged())).toEqual([200])
    expect(points({ earning, stacking: 'all' }, charged())).toEqual([100, 200])
  })
  it('waits for the order’s lines where they decide', () => {
    const found = evaluate(
      makeProgram(rule({ excludeProducts: ['prod_card'] })),
      derivePayment(charged()),
      charged(),
      null,
    )
    expect(found.needsItems).toBe(true)
    expect(found.earned[0]).toMatchObject({ points: 100, waitsForItems: true })
  })
  it.each([
    ['currency', rule(), charged({}, { currency: 'jpy' })],
    ['minimum', rule({ minimum: 500 }), charged()],
    ['no_rule', { earning: [] }, charged()],
    ['too_small', rule(), charged({ amountMinor: 99 })],
    ['nothing_kept', rule(), refunded(10_000)],
    ['conditions', rule({ when: { metadata: { a: 'b' } } }), charged()],
  ] as [string, Partial<ProgramInput>, PaymentParts][])(
    'says why nothing was earned: %s',
    (nothing, program, parts) => {
      expect(evaluate(makeProgram(program), derivePayment(parts), parts, null).nothing).toBe(nothing)
    },
  )
  it('counts spend in the program’s currency by the ratio of the rates', () => {
    const parts = charged({}, { currency: 'jpy' })
    expect(
      evaluate(makeProgram(rule({ currencies: { jpy: { per: 100 } } })), derivePayment(parts), parts, null).spendMinor,
    ).toBe(10_000)
    expect(evaluate(makeProgram(rule()), derivePayment(parts), parts, null).spendMinor).toBe(0)
  })
})

describe('tiers', () => {
  const yearly = makeProgram({
    tiers: { window: { kind: 'calendar_year' }, levels: levels(['base', 0], ['silver', 100], ['gold', 500]) },
  })
  const start = Date.UTC(2025, 0, 1)
  const begin = (program = yearly) => startTiers(program, 'v1', start) ?? expect.unreachable()
  const at = (year: number, month: number, day = 1) => Date.UTC(year, month - 1, day, 12)
  const held = (machine: ReturnType<typeof begin>) => machine.segments.map(({ id, since, until }) => [id, since, until])

  it('reaches a level with what is bought in a year and keeps it through the next', () => {
    const machine = addContribution(begin(), yearly, { at: at(2025, 3), amount: 120 })
    expect(held(machine)).toEqual([
      ['base', start, null],
      ['silver', at(2025, 3), Date.UTC(2027, 0, 1)],
    ])
  })
  it('does not add up two years', () => {
    const machine = [60, 60].reduce(
      (m, amount, i) => addContribution(m, yearly, { at: at(2025 + i, 3), amount }),
      begin(),
    )
    expect(machine.segments.at(-1)?.id).toBe('base')
  })
  it('falls to what is reached by then when a period ends', () => {
    let machine = addContribution(begin(), yearly, { at: at(2025, 3), amount: 600 })
    machine = addContribution(machine, yearly, { at: at(2026, 3), amount: 150 })
    machine = lapseTiers(machine, yearly, at(2027, 1, 2))
    expect(machine.segments.at(-1)).toEqual({ id: 'silver', since: Date.UTC(2027, 0, 1), until: Date.UTC(2028, 0, 1) })
  })
  it('falls one level at a time where the program says so', () => {
    const gentle = makeProgram({
      tiers: { downgrade: 'one_step', levels: levels(['base', 0], ['silver', 100], ['gold', 500]) },
    })
    const machine = addContribution(begin(gentle), gentle, { at: at(2025, 3), amount: 600 })
    expect(lapseTiers(machine, gentle, at(2027, 1, 2)).segments.at(-1)).toEqual({
      id: 'silver',
      since: Date.UTC(2027, 0, 1),
      until: Date.UTC(2028, 0, 1),
    })
    expect(lapseTiers(machine, gentle, at(2028, 1, 2)).segments.at(-1)?.id).toBe('base')
  })
  it('rolls over twelve months and is kept for twelve', () => {
    const rolling = makeProgram({
      tiers: { window: { kind: 'rolling', months: 12 }, levels: levels(['base', 0], ['gold', 100]) },
    })
    let machine = addContribution(begin(rolling), rolling, { at: at(2025, 3, 10), amount: 60 })
    machine = addContribution(machine, rolling, { at: at(2026, 3, 10), amount: 60 })
    expect(machine.segments.at(-1)?.id).toBe('base')
    machine = addContribution(machine, rolling, { at: at(2026, 3, 11), amount: 40 })
    expect(machine.segments.at(-1)).toEqual({ id: 'gold', since: at(2026, 3, 11), until: Date.UTC(2027, 2, 12) })
  })
  it('keeps a lifetime level for ever', () => {
    const lifetime = makeProgram({
      tiers: { window: { kind: 'lifetime' }, levels: levels(['base', 0], ['gold', 100]) },
    })
    const machine = [60, 60].reduce(
      (m, amount, i) => addContribution(m, lifetime, { at: at(2025 + i, 3), amount }),
      begin(lifetime),
    )
    expect(machine.segments.at(-1)).toEqual({ id: 'gold', since: at(2026, 3), until: null })
  })
  it('gives the same replayed as it came', () => {
    const rows = [
      [2025, 3, 120],
      [2025, 9, 400],
      [2026, 2, 10],
      [2027, 5, 130],
    ].map(([y, m, amount]) => ({ at: at(y ?? 0, m ?? 0), amount: amount ?? 0 }))
    const came = rows.reduce((m, row) => addContribution(m, yearly, row), begin())
    expect(replayTiers(begin(), yearly, rows)).toEqual(came)
  })
  it('tells the level held at a time', () => {
    const history: [string | null, number][] = [
      ['base', 10],
      ['gold', 20],
    ]
    expect([5, 10, 19, 20, 30].map((t) => tierAt(history, t))).toEqual(['base', 'base', 'base', 'gold', 'gold'])
  })
})

describe('when points end', () => {
  const lasting = (months: number) => ({ kind: 'after' as const, months })
  const program = makeProgram({
    points: { expiry: lasting(6) },
    tiers: {
      levels: levels(
        ['green', 0],
        ['gold', 100, { expiry: { kind: 'never' } }],
        ['long', 200, { expiry: lasting(24) }],
      ),
    },
  })
  const earned = Date.UTC(2026, 0, 10, 12)
  const segment = (id: string, since: number) => ({ id, since, until: null })
  const ends = (segments: ReturnType<typeof segment>[], returnedAt: number | null = null) => {
    const { expiresAt, notBefore } = lotEnding(program, earned, segments, returnedAt)
    return [expiresAt, notBefore].map((t) => t && new Date(t).toISOString().slice(0, 10))
  }
  it('is by the program where the tier says nothing', () =>
    expect(ends([segment('green', 0)])).toEqual(['2026-07-11', null]))
  it('is never while a tier says so', () =>
    expect(ends([segment('green', 0), segment('gold', Date.UTC(2026, 2, 1))])).toEqual([null, null]))
  it('starts anew when that tier is lost', () => {
    const segments = [
      segment('green', 0),
      segment('gold', Date.UTC(2026, 2, 1)),
      segment('green', Date.UTC(2026, 8, 1)),
    ]
    expect(ends(segments)).toEqual(['2027-03-02', null])
  })
  it('is later in a tier whose points last longer', () =>
    expect(ends([segment('green', 0), segment('long', Date.UTC(2026, 2, 1))])).toEqual(['2028-01-11', null]))
  it('does not come back once it is over', () =>
    expect(ends([segment('green', 0), segment('gold', Date.UTC(2026, 8, 1))])).toEqual(['2026-07-11', null]))
  it('is thirty days off at least when points came back', () =>
    expect(ends([segment('green', 0)], Date.UTC(2026, 6, 1))).toEqual(['2026-07-11', '2026-08-01']))
})
