// The reports on retention over a real store: figures by group and currency, alerts, the holdout, the model, feedback.
import { describe, expect, test } from 'vitest'
import type { CohortsReport, RetentionReport } from '../../src/app/reports/shapes.ts'
import type { Changes } from '../../src/app/store-port.ts'
import { type Alert, alertId, type Feedback } from '../../src/core/alert-state.ts'
import type { Payment } from '../../src/core/state.ts'
import type { Program } from '../../src/program/schema.ts'
import type { Fit } from '../../src/retention/types.ts'
import { levels, makeProgram } from '../support/programs.ts'
import { sampleMember, samplePayment } from '../support/store-samples.ts'
import { stripePayment } from '../support/stripe-events.ts'
import { createWorld, type World } from '../support/world.ts'

const NOW = Date.parse('2026-11-22T12:00:00Z')
const DAY = 86_400_000
const at = (date: string): number => Date.parse(`${date}T12:00:00Z`)

const put = ({ store }: World, changes: Changes) => store.commit(() => ({ outcome: null, changes }))

interface Over {
  currency?: string
  refunded?: number
  renewal?: boolean
}

function bought(id: string, member: string, date: string, minor: number, over: Over = {}): Payment {
  const { currency = 'usd', refunded = 0, renewal = false } = over
  const payment = samplePayment(id, {
    member,
    eligible: true,
    seenAt: at(date),
    counted: { at: at(date), paidMinor: minor, refundedMinor: refunded, purchases: refunded < minor ? 1 : 0 },
  })
  payment.parts.currency = currency
  payment.parts.renewal = renewal
  return payment
}

async function retention(world: World, period = {}): Promise<RetentionReport> {
  const report = await world.app.report('retention', period)
  if (!report.ok) throw new Error(report.message)
  return report.value
}

async function cohorts(world: World, period = {}): Promise<CohortsReport> {
  const report = await world.app.report('cohorts', period)
  if (!report.ok) throw new Error(report.message)
  return report.value
}

function alertOf(member: string, over: Partial<Alert> = {}): Alert {
  const { kind = 'at_risk', occasion = '2026-01-01' } = over
  return {
    id: alertId(member, kind, occasion),
    version: 0,
    member,
    kind,
    occasion,
    state: 'open',
    openedAt: at('2026-10-05'),
    valueMinor: 10_000,
    reason: 'Usually buys every 3 weeks; it has been 9.',
    facts: {},
    suggestion: null,
    snoozedUntil: null,
    assignee: null,
    outcome: null,
    resolvedAt: null,
    note: null,
    actedAt: null,
    windowDays: 30,
    lastPurchaseAt: null,
    returned: null,
    cameBack: null,
    steps: [],
    ...over,
  }
}

const cameBackWith = (amountMinor: number) => ({ at: at('2026-10-20'), payment: 'pay', amountMinor })

/** Three members and two others; September and October against July and August. */
const PEOPLE: Changes = {
  members: [
    sampleMember('m1', { segment: 'champions', enrolledAt: at('2026-01-01') }),
    sampleMember('m2', { segment: 'champions', enrolledAt: at('2026-01-01') }),
    sampleMember('m3', { segment: null, enrolledAt: at('2026-10-01') }),
    sampleMember('m4', { status: 'candidate', enrolledAt: null }),
    sampleMember('m5', { status: 'left', enrolledAt: at('2026-01-01') }),
    sampleMember('m6', { status: 'merged', mergedInto: 'm1' }),
  ],
  payments: [
    bought('a1', 'm1', '2026-07-10', 5_000),
    bought('a2', 'm1', '2026-09-08', 3_000, { refunded: 1_000 }),
    bought('a3', 'm1', '2026-10-08', 4_000),
    // Given back in full: none.
    bought('a4', 'm1', '2026-10-20', 9_000, { refunded: 9_000 }),
    bought('b1', 'm2', '2026-08-01', 1_000),
    bought('c1', 'm3', '2026-10-01', 2_000),
    bought('d1', 'm4', '2026-08-31', 700, { currency: 'eur' }),
    bought('d2', 'm4', '2026-09-30', 700, { currency: 'eur' }),
    bought('e1', 'm5', '2026-09-15', 5_000, { currency: 'jpy', renewal: true }),
  ],
}
const AUTUMN = { from: '2026-09', to: '2026-10' }

describe('the retention report', () => {
  test('has the figures of the span, net of refunds and by currency', async () => {
    const world = await createWorld({ now: NOW })
    await put(world, PEOPLE)
    const report = await retention(world, AUTUMN)
    expect(report.period).toEqual({
      from: '2026-09-01',
      to: '2026-10-31',
      days: 61,
      before: { from: '2026-07-02', to: '2026-08-31' },
    })
    // m1, m3, m4, m5 bought in it; m1, m2, m4 before; m1 and m4 in both.
    expect(report.total).toEqual({
      everCustomers: 5,
      customers: 4,
      orders: 5,
      renewals: 1,
      customersBefore: 3,
      retained: 2,
      retention: 2 / 3,
      churn: 1 / 3,
      repeatRate: 0.5,
      frequency: 1.25,
      // 60 and 30 days of m1, 30 of m4.
      daysBetween: { median: 30, mean: 40, gaps: 3 },
      money: [
        { currency: 'eur', customers: 1, orders: 1, spend: 700, averageOrder: 700, lifetimeValue: 1_400 },
        { currency: 'jpy', customers: 1, orders: 1, spend: 5_000, averageOrder: 5_000, lifetimeValue: 5_000 },
        // (2,000 + 4,000 + 2,000) ÷ 3, and (11,000 + 1,000 + 2,000) ÷ 3.
        { currency: 'usd', customers: 2, orders: 3, spend: 8_000, averageOrder: 2_667, lifetimeValue: 4_667 },
      ],
      expectedValue: null,
    })
    expect(report).toMatchObject({ from: '2026-09-01', to: '2026-10-31', empty: false, model: null, lookedAt: null })
    await world.close()
  })

  test('tells customers apart by membership, tier, segment and month of first purchase, each once', async () => {
    const world = await createWorld({ now: NOW })
    await put(world, PEOPLE)
    const { groups, total } = await retention(world, AUTUMN)
    const told = groups.map(({ by, id, everCustomers, customers, customersBefore, retained }) => [
      by,
      id,
      everCustomers,
      customers,
      customersBefore,
      retained,
    ])
    expect(told).toEqual([
      ['membership', 'members', 3, 2, 2, 1],
      ['membership', 'others', 2, 2, 1, 1],
      ['tier', null, 5, 4, 3, 2],
      ['segment', null, 3, 3, 1, 1],
      ['segment', 'champions', 2, 1, 2, 1],
      ['cohort', null, 3, 2, 3, 2],
      ['cohort', '2026-09', 1, 1, 0, 0],
      ['cohort', '2026-10', 1, 1, 0, 0],
    ])
    for (const by of ['membership', 'tier', 'segment', 'cohort'])
      expect(groups.filter((group) => group.by === by).reduce((sum, group) => sum + group.everCustomers, 0)).toBe(
        total.everCustomers,
      )
    await world.close()
  })

  test('tiers are those held now, by the program’s names and in its order', async () => {
    const program = makeProgram({ tiers: { levels: levels(['bronze', 0], ['gold', 100]) } })
    const world = await createWorld({ program, now: NOW })
    await world.deliver(stripePayment({ amount: 20_000, email: 'almaz@example.org', at: at('2026-11-10') }).charge())
    await world.deliver(stripePayment({ amount: 100, email: 'anahit@example.org', at: at('2026-11-11') }).charge())
    const { groups } = await retention(world)
    const names = program.tiers?.levels.map(({ name }) => name)
    expect(groups.filter(({ by }) => by === 'tier').map(({ name, customers }) => [name, customers])).toEqual(
      names?.map((name) => [name, 1]),
    )
    await world.close()
  })

  test('months are compared with the month before; the present one is not over', async () => {
    const world = await createWorld({ now: NOW })
    await put(world, PEOPLE)
    const { months, from, to } = await retention(world)
    expect([months.length, from, to]).toEqual([12, '2025-12-01', '2026-11-30'])
    expect(months.slice(-4)).toMatchObject([
      { month: '2026-08', customers: 2, newCustomers: 2, customersBefore: 1, retained: 0, churn: 1, complete: true },
      { month: '2026-09', customers: 3, newCustomers: 1, customersBefore: 2, retained: 1, churn: 0.5 },
      { month: '2026-10', customers: 2, newCustomers: 1, customersBefore: 3, retained: 1 },
      { month: '2026-11', customers: 0, customersBefore: 2, retained: 0, complete: false },
    ])
    await world.close()
  })

  test('what happens near midnight belongs to the program’s day', async () => {
    const world = await createWorld({ program: makeProgram({ timezone: 'America/New_York' }), now: NOW })
    const late = bought('late', 'm1', '2026-10-01', 1_000)
    // Eight in the evening of 30 September in New York.
    late.counted.at = Date.parse('2026-10-01T00:00:00Z')
    await put(world, { members: [sampleMember('m1')], payments: [late] })
    const { months } = await retention(world)
    expect(months.filter(({ orders }) => orders > 0).map(({ month }) => month)).toEqual(['2026-09'])
    expect((await cohorts(world)).cohorts.find(({ customers }) => customers > 0)?.month).toBe('2026-09')
    await world.close()
  })

  test('of a shop where nobody bought for a year, the last year in which somebody did', async () => {
    const world = await createWorld({ now: NOW })
    await put(world, {
      members: [sampleMember('m1'), sampleMember('m2')],
      payments: [
        bought('a1', 'm1', '1997-01-10', 1_000),
        bought('b1', 'm2', '1997-03-10', 1_000),
        bought('a2', 'm1', '1998-06-10', 1_000),
      ],
    })
    const report = await retention(world)
    expect([report.from, report.to, report.total.customers]).toEqual(['1997-07-01', '1998-06-30', 1])
    expect(report.months.at(-1)).toMatchObject({ month: '1998-06', orders: 1, complete: true })
    const newest = await cohorts(world)
    expect([newest.from, newest.to]).toEqual(['1996-04-01', '1997-03-31'])
    expect(newest.cohorts.filter(({ customers }) => customers > 0).map(({ month }) => month)).toEqual([
      '1997-01',
      '1997-03',
    ])
    expect(newest.cohorts[9]?.cells[17]).toMatchObject({ since: 17, customers: 1, share: 1 })
    // Who asks for a span gets that one.
    expect((await retention(world, { from: '2026-01' })).total).toMatchObject({ everCustomers: 2, customers: 0 })
    expect(await cohorts(world, { from: '2026-01' })).toMatchObject({ from: '2026-01-01', customers: 2, earlier: 2 })
    await world.close()
  })

  test('a clock that was set back leaves defined figures, and none of days to come', async () => {
    const world = await createWorld({ now: at('2026-08-15') })
    await put(world, PEOPLE)
    const report = await retention(world)
    expect(report.total).toMatchObject({ everCustomers: 2, customers: 2, orders: 2 })
    expect(JSON.parse(JSON.stringify(report))).toEqual(report)
    const later = await cohorts(world)
    expect([later.customers, later.earlier, later.later]).toEqual([3, 0, 1])
    world.clock.at = at('2020-01-15')
    expect((await retention(world)).total).toMatchObject({ everCustomers: 0, customers: 0, retention: null })
    expect(await cohorts(world)).toMatchObject({ customers: 3, later: 3 })
    await world.close()
  })

  test('an empty shop says so, with no number that is none', async () => {
    const world = await createWorld({ now: NOW })
    const report = await retention(world)
    expect(report).toMatchObject({ empty: true, total: { retention: null, money: [] }, groups: [], alerts: [] })
    expect(JSON.parse(JSON.stringify(report))).toEqual(report)
    expect((await cohorts(world)).empty).toBe(true)
    await world.close()
  })

  test('refuses more than three years, and a month to come, as invalid_request', async () => {
    const world = await createWorld({ now: NOW })
    for (const name of ['retention', 'cohorts'] as const) {
      expect(await world.app.report(name, { from: '2023-12', to: '2026-11' })).toMatchObject({ ok: true })
      for (const period of [{ from: '2023-11' }, { from: '2027-01' }, { from: '2026-13' }])
        expect(await world.app.report(name, period)).toMatchObject({ ok: false, code: 'invalid_request' })
    }
    expect(await world.app.report('retention', { currency: 'eur' })).toMatchObject({ code: 'invalid_request' })
    expect(await world.app.report('cohorts', { currency: 'zzz' })).toMatchObject({ code: 'invalid_request' })
    await world.close()
  })
})

describe('the cohorts report', () => {
  test('is of the program’s currency, or of the one asked for', async () => {
    const world = await createWorld({ now: NOW })
    await put(world, PEOPLE)
    const dollars = await cohorts(world, { from: '2026-08' })
    expect(dollars).toMatchObject({
      currency: 'usd',
      customers: 3,
      earlier: 1,
      later: 0,
      currencies: ['eur', 'jpy', 'usd'],
    })
    expect(dollars.cohorts.map(({ month, customers, spend }) => [month, customers, spend])).toEqual([
      ['2026-08', 1, 1_000],
      ['2026-09', 0, 0],
      ['2026-10', 1, 2_000],
      ['2026-11', 0, 0],
    ])
    const euros = await cohorts(world, { from: '2026-08', currency: 'EUR' })
    expect(euros).toMatchObject({ currency: 'eur', customers: 1 })
    expect(euros.cohorts[0]?.cells.slice(0, 3)).toEqual([
      { since: 0, customers: 1, share: 1, orders: 1, spend: 700, complete: true },
      { since: 1, customers: 1, share: 1, orders: 1, spend: 700, complete: true },
      { since: 2, customers: 0, share: 0, orders: 0, spend: 0, complete: true },
    ])
    await world.close()
  })

  test('sees what came through Stripe, and what was given back', async () => {
    const world = await createWorld({ now: NOW })
    const payment = stripePayment({ amount: 4_900, at: at('2026-10-02') })
    await world.deliver(payment.charge())
    expect((await cohorts(world)).cohorts.at(-2)).toMatchObject({ month: '2026-10', customers: 1, spend: 4_900 })
    await world.deliver(payment.refunded(1_000))
    expect((await cohorts(world)).cohorts.at(-2)).toMatchObject({ month: '2026-10', customers: 1, spend: 3_900 })
    await world.deliver(payment.refunded(4_900, 200_000))
    expect(await cohorts(world)).toMatchObject({ empty: true, customers: 0 })
    await world.close()
  })
})

describe('what acting was worth', () => {
  const held = (holdout: number): Program => makeProgram({ retention: { holdout } })

  /** Alerts of October in a shop whose program holds a share out since September. */
  async function shop(alerts: Alert[], program = held(0.2)): Promise<World> {
    const world = await createWorld({ program, now: at('2026-09-01') })
    world.clock.at = NOW
    await put(world, { alerts })
    return world
  }
  const arms = (shown: [number, number], heldOut: [number, number], over: Partial<Alert> = {}): Alert[] => {
    const made = (prefix: string, [customers, returned]: [number, number], state: Alert['state']) =>
      Array.from({ length: customers }, (_, n) =>
        alertOf(`mem_${prefix}${n}`, { state, returned: n < returned ? cameBackWith(2_000) : null, ...over }),
      )
    return [...made('shown', shown, 'resolved'), ...made('held', heldOut, 'held_out')]
  }

  test('is said against those held out, with its interval', async () => {
    const world = await shop(arms([400, 120], [100, 18]))
    const { impact } = await retention(world)
    expect(impact.holdout).toMatchObject({
      holdout: 0.2,
      from: '2026-09-01',
      to: null,
      shown: { customers: 400, returned: 120, share: 0.3 },
      heldOut: { customers: 100, returned: 18, share: 0.18 },
      effect: { customers: 48, difference: 240, confidence: 0.95 },
    })
    expect(impact.holdout?.says).toMatch(
      /^Alerts and what staff did about them brought back 48 customers who would have stayed away \(\d+ to \d+\): 30\.0 % .* 18\.0 % of those held out \(95 % interval .* percentage points\), and \$2\.40 a customer \(.*\)\.$/,
    )
    await world.close()
  })

  test('says that no difference can be told, or that there are too few to say', async () => {
    const same = await shop(arms([400, 80], [100, 18]))
    expect((await retention(same)).impact.holdout?.says).toMatch(/^No difference can be told: 20\.0 %/)
    await same.close()
    const few = await shop(arms([400, 120], [99, 10]))
    const { holdout } = (await retention(few)).impact
    expect(holdout?.effect).toBeNull()
    expect(holdout?.says).toMatch(/^Too few to say: 400 customers .* and 99 held out, of 100 each that it takes/)
    await few.close()
  })

  test('counts each customer once, and only alerts of which chance decided whether they were shown', async () => {
    const base = arms([110, 50], [105, 20])
    const noise = [
      // A second alert of the same customer, later.
      alertOf('mem_shown100', { occasion: '2026-10-06', openedAt: at('2026-10-06'), returned: cameBackWith(9_999) }),
      // Never held out; before there was a holdout; its time is not over; of one who became part of another.
      alertOf('mem_x1', { kind: 'unhappy', returned: cameBackWith(9_999) }),
      alertOf('mem_x2', { kind: 'payment_failed', returned: cameBackWith(9_999) }),
      alertOf('mem_x3', { kind: 'cancelling', returned: cameBackWith(9_999) }),
      alertOf('mem_x4', { openedAt: at('2026-08-20'), returned: cameBackWith(9_999) }),
      alertOf('mem_x5', { openedAt: NOW - 10 * DAY, returned: cameBackWith(9_999) }),
      { ...alertOf('mem_x6', { returned: cameBackWith(9_999) }), member: 'mem_shown1' },
    ]
    const world = await shop([...base, ...noise])
    expect((await retention(world)).impact.holdout).toMatchObject({
      shown: { customers: 110, returned: 50 },
      heldOut: { customers: 105, returned: 20 },
    })
    await world.close()
  })

  test('is not said where nobody is held out, and acting is never called a proof', async () => {
    const world = await shop(
      [
        alertOf('mem_a', { actedAt: at('2026-10-06'), cameBack: cameBackWith(3_000), state: 'resolved' }),
        alertOf('mem_b', { actedAt: at('2026-10-06') }),
        alertOf('mem_c', { kind: 'overdue', actedAt: NOW - DAY, openedAt: NOW - 2 * DAY, valueMinor: 500 }),
        alertOf('mem_d', { kind: 'overdue' }),
        alertOf('mem_e', { state: 'held_out' }),
        // Opened before the span, open still.
        alertOf('mem_f', { openedAt: at('2026-08-01'), valueMinor: 1 }),
      ],
      held(0),
    )
    const { impact, alerts } = await retention(world, { from: '2026-09' })
    expect(impact.holdout).toBeNull()
    expect(alerts).toEqual([
      { kind: 'at_risk', opened: 2, actedOn: 2, cameBack: 1, waiting: 0, open: 2, value: 10_001 },
      { kind: 'overdue', opened: 2, actedOn: 1, cameBack: 0, waiting: 1, open: 2, value: 10_500 },
    ])
    expect(impact.acting).toMatchObject({ actedOn: 3, cameBack: 1, waiting: 1 })
    expect(impact.acting.says).toMatch(
      /^3 alerts were acted on: 1 came back in time; 1 may still\. That is no proof that acting did it/,
    )
    await world.close()
  })

  test('when the share that is held out changed, only alerts under the newest count', async () => {
    const world = await createWorld({ program: held(0.5), now: at('2026-06-01') })
    await put(world, { alerts: arms([100, 90], [100, 10], { openedAt: at('2026-06-10') }) })
    const later = await createWorld({ program: held(0.2), now: at('2026-09-01'), store: world.store })
    later.clock.at = NOW
    await put(later, { alerts: [alertOf('mem_new')] })
    expect((await retention(later)).impact.holdout).toMatchObject({
      holdout: 0.2,
      from: '2026-09-01',
      shown: { customers: 1, returned: 0 },
      heldOut: { customers: 0 },
    })
    await later.close()
  })
})

test('before and after joining is of those who were customers long before, and is called not causal', async () => {
  const world = await createWorld({ now: NOW })
  await put(world, {
    members: [
      sampleMember('m1', { enrolledAt: at('2026-06-01') }),
      // Joined with the first purchase; joined lately.
      sampleMember('m2', { enrolledAt: at('2026-06-01') }),
      sampleMember('m3', { enrolledAt: at('2026-10-01') }),
    ],
    payments: [
      bought('a1', 'm1', '2026-01-01', 1_000),
      bought('a2', 'm1', '2026-05-20', 2_000),
      bought('a3', 'm1', '2026-06-01', 4_000),
      bought('a4', 'm1', '2026-06-20', 3_000),
      bought('a5', 'm1', '2026-08-20', 3_000),
      bought('b1', 'm2', '2026-06-01', 5_000),
      bought('c1', 'm3', '2026-01-01', 5_000),
    ],
  })
  const { joining } = (await retention(world)).impact
  expect(joining).toMatchObject({
    days: 90,
    members: 1,
    purchasesBefore: 1,
    purchasesAfter: 2,
    spendBefore: 2_000,
    spendAfter: 6_000,
  })
  expect(joining.says).toMatch(/^Not causal: people join when they mean to buy/)
  await world.close()
})

test('the model in force is told with its date, sample and likelihood, and how often alerts would have been right', async () => {
  const world = await createWorld({ now: NOW })
  await put(world, PEOPLE)
  const fitted = { r: 0.25, alpha: 4.4, a: 0.8, b: 2.4, customers: 2_357 }
  const fit: Fit = {
    at: at('2026-11-22'),
    untilDay: at('2026-11-21') / DAY - 0.5,
    customers: 2_357,
    sampled: 2_357,
    bgNbd: { ...fitted, logLikelihood: -9_582.43 },
    mbgNbd: { ...fitted, logLikelihood: -9_582.14 },
    gammaGamma: null,
    chosen: 'mbg_nbd',
    backtest: {
      origins: [at('2026-05-01') / DAY - 0.5],
      horizonDays: 90,
      customers: 2_000,
      models: {
        bg_nbd: { expected: 1_653.4, actual: 1_882, auc: 0.77, meanAbsoluteError: 0.7 },
        mbg_nbd: { expected: 1_640.2, actual: 1_882, auc: 0.77, meanAbsoluteError: 0.7 },
      },
      chosen: 'mbg_nbd',
      alerts: { raised: 120, right: 96, stayedAway: 900 },
    },
    rhythm: null,
    meanSpend: 3_500,
  }
  await world.store.putModel('fit', fit.at, JSON.stringify(fit))
  await world.store.putModel(
    'renewals',
    fit.at,
    JSON.stringify([{ upToMinor: 1_900, subscriptions: 40, survival: [1, 0.9] }]),
  )
  await world.store.commit(() => ({
    outcome: null,
    changes: {
      outlooks: [3_000, 1_001].map((lifetimeValueMinor, n) => ({
        member: `m${n + 1}`,
        at: NOW,
        risk: 'low' as const,
        rfm: null,
        probabilityAlive: 0.9,
        expected90: 1,
        lifetimeValueMinor,
        lastPurchaseAt: null,
      })),
    },
  }))
  const { model, subscriptions, total } = await retention(world)
  expect(model).toMatchObject({
    until: '2026-11-21',
    customers: 2_357,
    chosen: 'mbg_nbd',
    logLikelihoods: { bgNbd: -9_582.43, mbgNbd: -9_582.14, gammaGamma: null },
    backtest: { origins: ['2026-05-01'], raised: 120, right: 96, expectedPurchases: 1_640, actualPurchases: 1_882 },
    says: 'Tried on this shop’s own past, it would have raised 120 alerts, and 96 of these customers (80 of 100) indeed stayed away for the next 90 days. It expected 1,640 purchases; 1,882 came.',
  })
  expect(subscriptions.curves).toEqual([{ upTo: 1_900, subscriptions: 40, survival: [1, 0.9] }])
  // Of the two of whom something is expected.
  expect(total.expectedValue).toBe(2_001)
  const few: Fit = { ...fit, at: fit.at + 1, bgNbd: null, mbgNbd: null, backtest: null, customers: 12, sampled: 12 }
  await world.store.putModel('fit', few.at, JSON.stringify(few))
  expect((await retention(world)).model).toMatchObject({
    chosen: null,
    says: 'An estimate by a plain rule: 12 customers are too few for a model.',
  })
  await world.close()
})

test('feedback is told for the span and by month', async () => {
  const world = await createWorld({ now: NOW })
  const said = (id: string, date: string, scale: Feedback['scale'], score: number): Feedback => ({
    id,
    member: 'm1',
    at: at(date),
    recordedAt: at(date),
    scale,
    score,
    text: null,
    source: 'api:test',
  })
  await put(world, {
    members: [sampleMember('m1')],
    feedback: [
      said('f1', '2026-10-01', 'nps', 10),
      said('f2', '2026-10-02', 'nps', 9),
      said('f3', '2026-11-02', 'nps', 3),
      said('f4', '2026-11-02', 'nps', 8),
      said('f5', '2026-11-03', 'stars', 4),
      said('f6', '2026-08-03', 'stars', 1),
    ],
  })
  const { feedback, empty } = await retention(world, { from: '2026-10' })
  expect(empty).toBe(false)
  expect(feedback.nps).toMatchObject({ responses: 4, promoters: 2, detractors: 1, score: 25 })
  expect(feedback.stars).toEqual({ responses: 1, average: 4 })
  expect(feedback.months).toMatchObject([
    { month: '2026-10', nps: { responses: 2, score: 100 }, stars: { responses: 0, average: null } },
    { month: '2026-11', nps: { responses: 2, score: -50 }, stars: { responses: 1, average: 4 } },
  ])
  await world.close()
})

test('more customers than one slice holds are all read, and the reports make way for others meanwhile', async () => {
  const world = await createWorld({ now: NOW })
  const ids = Array.from({ length: 650 }, (_, n) => `m${String(n).padStart(4, '0')}`)
  await put(world, {
    members: ids.map((id) => sampleMember(id)),
    payments: ids.map((id) => bought(`p${id}`, id, '2026-10-05', 1_000)),
  })
  let turns = 0
  const ticking = setInterval(() => turns++, 0)
  const seen: [number, number][] = []
  const report = await world.app.report('retention', {}, (done, total) => seen.push([done, total]))
  clearInterval(ticking)
  expect(report).toMatchObject({ value: { total: { customers: 650 } } })
  expect((await cohorts(world)).customers).toBe(650)
  expect(seen.at(-1)).toEqual([650, 650])
  expect(turns).toBeGreaterThanOrEqual(3)
  await world.close()
})
