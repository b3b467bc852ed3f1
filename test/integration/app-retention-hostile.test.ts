// What retention makes of hostile programs, clocks and members: nothing is opened twice, kept open for nothing, or no number.
import { describe, expect, test } from 'vitest'
import type { Result } from '../../src/app/ports.ts'
import type { Program, ProgramInput } from '../../src/program/schema.ts'
import { createAlertWorld } from '../support/alerts.ts'
import { makeProgram } from '../support/programs.ts'
import { stripeEvent, stripePayment } from '../support/stripe-events.ts'
import { failedEvent, paidEvent, subscriptionEvent } from '../support/subscriptions.ts'
import { createWorld, memoryStore, staff, type World } from '../support/world.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const DAY = 86_400_000
const ADA = 'email:ada@example.org'

function ok<Value>(result: Result<Value>): Value {
  if (!result.ok) throw new Error(`${result.code}: ${result.message}`)
  return result.value
}

const subscriber = async (world: Pick<World, 'app' | 'deliver'>): Promise<void> => {
  ok(await world.app.enrolMember({ email: 'ada@example.org' }, staff, null))
  await world.deliver(
    stripePayment({ at: NOW - 30 * DAY, amount: 1_900, customer: 'cus_ada', email: 'ada@example.org' }).charge(),
  )
  await world.deliver(subscriptionEvent(NOW - 20 * DAY))
}

describe('kinds that the program wants no more', () => {
  const without = (...kinds: string[]): Program => {
    const program = makeProgram()
    return {
      ...program,
      retention: { ...program.retention, alerts: program.retention.alerts.filter((kind) => !kinds.includes(kind)) },
    }
  }

  test('an open alert of a failed payment still ends when the invoice is paid', async () => {
    const store = await memoryStore()
    const before = await createAlertWorld({ now: NOW, program: makeProgram(), store })
    await subscriber(before)
    await before.deliver(failedEvent(NOW))
    expect((await before.alertsOf(ADA)).map(({ kind, state }) => [kind, state])).toEqual([['payment_failed', 'open']])
    const after = await createAlertWorld({ now: NOW + DAY, program: without('payment_failed', 'cancelling'), store })
    await after.deliver(paidEvent(NOW + DAY))
    expect((await after.alertsOf(ADA)).map(({ outcome, state }) => [outcome, state])).toEqual([['passed', 'resolved']])
  })

  test('what had ended by itself is not opened again', async () => {
    const store = await memoryStore()
    const before = await createAlertWorld({ now: NOW, program: makeProgram(), store })
    await subscriber(before)
    await before.deliver(failedEvent(NOW))
    await before.deliver(subscriptionEvent(NOW + 1_000))
    expect((await before.alertsOf(ADA)).map(({ outcome }) => outcome)).toEqual(['passed'])
    const after = await createAlertWorld({ now: NOW + DAY, program: without('payment_failed'), store })
    await after.deliver(failedEvent(NOW + DAY, { attempt: 2 }))
    expect((await after.alertsOf(ADA)).map(({ state }) => state)).toEqual(['resolved'])
  })
})

test.each(['left', 'suspended'] as const)(
  'a member who was %s and is back is told of while a payment fails still',
  async (status) => {
    const world = await createAlertWorld({ now: NOW, program: makeProgram() })
    await subscriber(world)
    await world.deliver(failedEvent(NOW))
    ok(await world.app.updateMember(ADA, { status }, staff))
    expect((await world.alertsOf(ADA)).map(({ outcome }) => outcome)).toEqual(['member_left'])
    ok(await world.app.updateMember(ADA, { status: 'active' }, staff))
    world.clock.at = NOW + DAY
    await world.deliver(failedEvent(NOW + DAY, { attempt: 2 }))
    const [alert] = await world.alertsOf(ADA)
    expect(alert).toMatchObject({ state: 'open', outcome: null })
    expect(alert?.reason).toContain('twice')
  },
)

describe('two members who prove to be one', () => {
  test('both late for the same day are one lapse: staff have one alert', async () => {
    const world = await createAlertWorld({ now: NOW, program: makeProgram() })
    for (const name of ['ada', 'bea'])
      await world.deliver(stripePayment({ at: NOW - 65 * DAY, email: `${name}@example.org`, customer: null }).charge())
    await world.open(ADA)
    await world.open('email:bea@example.org')
    const [, other] = [await world.alertsOf(ADA), await world.alertsOf('email:bea@example.org')]
    ok(await world.move(other[0]?.id ?? '', { do: 'assign', to: 'slack:U11' }))
    ok(await world.app.mergeMembers(ADA, 'email:bea@example.org', staff, null))
    const open = ok(await world.app.listAlerts({ limit: 9 })).items
    expect(open.map(({ assignee }) => assignee)).toEqual(['slack:U11'])
    const all = await world.alertsOf('email:bea@example.org')
    expect(all.map(({ state }) => state).sort()).toEqual(['open', 'resolved'])
  })
})

test('a held-out alert is followed as long as a shown one: a year later a purchase ends it', async () => {
  const world = await createAlertWorld({ now: NOW, program: makeProgram({ retention: { holdout: 1 } }) })
  await world.deliver(stripePayment({ at: NOW - 65 * DAY, email: 'ada@example.org' }).charge())
  expect(await world.open(ADA)).toBe('held_out')
  const act = () => world.app.adjustPoints(ADA, { points: 1, reason: 'staff' }, staff, null)
  world.clock.at = NOW + 380 * DAY
  ok(await act())
  expect(await world.watched(ADA)).toHaveLength(1)
  await world.deliver(stripePayment({ at: world.clock.at, email: 'ada@example.org' }).charge())
  expect(await world.alertsOf(ADA)).toMatchObject([{ state: 'held_out', outcome: 'came_back', returned: null }])
  world.clock.at += 380 * DAY
  ok(await act())
  expect(await world.watched(ADA)).toEqual([])
})

describe('a guest who was somebody else all along', () => {
  test('leaves their alerts to them: nobody came back, and nothing is told twice', async () => {
    const world = await createAlertWorld({ now: NOW, program: makeProgram() })
    ok(await world.app.enrolMember({ email: 'ada@example.org' }, staff, null))
    const made = stripePayment({ at: NOW - DAY, amount: 1_900, customer: 'cus_ada', email: 'typo@example.org' })
    await world.deliver(made.charge())
    const wish = { canceled_at: (NOW - 1_000) / 1_000, cancel_at_period_end: true }
    await world.deliver(subscriptionEvent(NOW, wish))
    const [told] = await world.alertsOf('stripe:cus_ada')
    expect(told).toMatchObject({ kind: 'cancelling', state: 'open' })
    ok(await world.move(told?.id ?? '', { do: 'assign', to: 'slack:U11' }))
    await world.open('stripe:cus_ada')
    // The checkout's address is better than the card's: all of it was Ada's.
    const session = made.session()
    session.data.object.customer_details = { email: 'ada@example.org' }
    await world.deliver(session)
    const alerts = await world.alertsOf(ADA)
    expect(alerts.map(({ id, kind, state, assignee }) => [id === told?.id, kind, state, assignee]).sort()).toEqual([
      [false, 'overdue', 'open', null],
      [true, 'cancelling', 'open', 'slack:U11'],
    ])
    expect((await world.watched(ADA)).sort()).toEqual(alerts.map(({ id }) => id).sort())
    expect((await world.app.verify()).discrepancies).toEqual([])
  })
})

describe('two members who are warned of the same day', () => {
  test('and prove to be one are warned of it once', async () => {
    const world = await createAlertWorld({ now: NOW, program: makeProgram() })
    for (const name of ['ada', 'bea']) ok(await world.app.enrolMember({ email: `${name}@example.org` }, staff, null))
    for (const ref of [ADA, 'email:bea@example.org'])
      for (const kind of ['tier_at_risk', 'points_expiring'] as const)
        await world.open(ref, { kind, occasion: kind === 'tier_at_risk' ? 'gold.2026-12-31' : '2026-12-31' })
    const [first] = await world.alertsOf(ADA)
    ok(await world.move(first?.id ?? '', { do: 'assign' }))
    ok(await world.app.mergeMembers(ADA, 'email:bea@example.org', staff, null))
    const open = ok(await world.app.listAlerts({ limit: 9 })).items
    expect(open.map(({ kind }) => kind).sort()).toEqual(['points_expiring', 'tier_at_risk'])
    expect(open.map(({ id }) => id)).toContain(first?.id)
    // What is told anew is told where it is open.
    for (const { kind } of open)
      await world.open('email:bea@example.org', {
        kind,
        occasion: kind === 'tier_at_risk' ? 'gold.2026-12-31' : '2026-12-31',
        reason: 'Needs less now.',
      })
    expect(ok(await world.app.listAlerts({ limit: 9 })).items.map(({ reason }) => reason)).toEqual([
      'Needs less now.',
      'Needs less now.',
    ])
  })
})

describe('a suggestion', () => {
  const mug = { id: 'mug', name: 'A mug', cost: 100, stock: 1, fulfil: { kind: 'manual' as const } }

  async function suggesting(over: Partial<ProgramInput> = {}) {
    const world = await createAlertWorld({ now: NOW, program: makeProgram({ rewards: [mug], ...over }) })
    for (const name of ['ada', 'bea'])
      await world.deliver(
        stripePayment({ at: NOW - 65 * DAY, amount: 12_000, email: `${name}@example.org`, customer: null }).charge(),
      )
    await world.open(ADA)
    const shown = async () => ok(await world.app.listAlerts({ limit: 1 })).items[0]
    expect((await shown())?.suggestion).toMatchObject({ reward: 'mug' })
    return { world, shown }
  }

  test('is one that they can have still: not when the last one is gone, wherever it is shown', async () => {
    const { world, shown } = await suggesting()
    ok(await world.app.redeem('email:bea@example.org', { reward: 'mug' }, staff, null))
    const alert = await shown()
    expect(alert?.suggestion).toBeNull()
    const id = alert?.id ?? ''
    expect(ok(await world.app.getAlert(id)).suggestion).toBeNull()
    expect(ok(await world.move(id, { do: 'snooze', days: 1 })).suggestion).toBeNull()
  })

  test('is not of a reward whose time is over', async () => {
    const { world, shown } = await suggesting({ rewards: [{ ...mug, to: '2026-11-30' }] })
    world.clock.at = NOW + 20 * DAY
    expect((await shown())?.suggestion).toBeNull()
  })
})

test('what is guessed of a subscription, as no other says anything of it, is called an estimate', async () => {
  const world = await createWorld({ now: NOW })
  ok(await world.app.enrolMember({ email: 'ada@example.org' }, staff, null))
  await world.deliver(
    stripeEvent('customer.created', { id: 'cus_ada', object: 'customer', email: 'ada@example.org' }, NOW),
  )
  await world.deliver(subscriptionEvent(NOW - 20 * DAY))
  const seen = async () => ok(await world.app.getMember(ADA)).retention
  expect(await seen()).toMatchObject({ isEstimate: true, subscription: { renewalProbability: 0.95 } })
  const curve = { upToMinor: null, subscriptions: 100, survival: [1, 0.9, 0.85, 0.8] }
  await world.store.putModel('renewals', NOW, JSON.stringify([curve]))
  await world.retention.read()
  expect(await seen()).toMatchObject({ isEstimate: false, subscription: { renewalProbability: 0.9444 } })
})

describe('a member as of another time', () => {
  test.each(['1970-01-01', '2001-09-09', '2026-10-01', '2026-11-21', '2030-01-01', '2099-12-31', '9000-01-01'])(
    'on %s has figures that are numbers',
    async (date) => {
      const world = await createWorld({ now: NOW })
      await subscriber(world)
      for (const days of [400, 100, 70, 40, 9])
        await world.deliver(
          stripePayment({
            at: NOW - days * DAY,
            amount: 10_000,
            customer: 'cus_ada',
            email: 'ada@example.org',
          }).charge(),
        )
      const found = ok(await world.app.getMember(ADA, Date.parse(date)))
      // JSON knows neither NaN nor infinity: they would be null.
      const { retention } = found
      const numbers = JSON.stringify(retention, (_, value) => {
        if (typeof value === 'number')
          expect(Number.isFinite(value) && !Object.is(value, -0), `${date} ${value}`).toBe(true)
        return value
      })
      if (retention !== null) expect(retention.expectedPurchases90Days, numbers).toBeGreaterThanOrEqual(0)
      if (Date.parse(date) < NOW - 400 * DAY) expect(retention).toBeNull()
    },
  )
})

describe('whoever was forgotten', () => {
  test('does not come back by a failed invoice or a subscription told again', async () => {
    const world = await createWorld({ now: NOW })
    await subscriber(world)
    await world.deliver(failedEvent(NOW))
    ok(await world.app.eraseMember(ADA, staff))
    const again = [failedEvent(NOW + 1_000, { attempt: 2 }), subscriptionEvent(NOW + 2_000, { status: 'past_due' })]
    await world.deliverAll(again)
    const kept = await world.store.read((tx) => [tx.invoiceFailuresOf(['cus_ada']), tx.subscriptionsOf(['cus_ada'])])
    expect(JSON.stringify(kept)).not.toMatch(/ada/)
  })
})

describe('a note', () => {
  test('that had to be shortened is not cut within a character', async () => {
    const world = await createAlertWorld({ now: NOW, program: makeProgram() })
    await world.deliver(stripePayment({ at: NOW - 65 * DAY, email: 'ada@example.org' }).charge())
    await world.open(ADA)
    const [alert] = await world.alertsOf(ADA)
    const id = alert?.id ?? ''
    ok(await world.move(id, { do: 'resolve', outcome: 'gone', note: '🦊'.repeat(1_999) }))
    ok(await world.move(id, { do: 'reopen' }))
    const shown = ok(await world.move(id, { do: 'resolve', outcome: 'gone', note: 'ab' }))
    expect(shown.note?.isWellFormed()).toBe(true)
    expect(shown.note?.endsWith('\nab')).toBe(true)
  })
})
