// Whether a customer came back: after the alert, after somebody acted, and what a refund makes of it.
import { describe, expect, test } from 'vitest'
import type { Origin, Result } from '../../src/app/ports.ts'
import type { AlertDraft } from '../../src/core/alert-state.ts'
import type { ProgramInput } from '../../src/program/schema.ts'
import { type AlertWorld, createAlertWorld } from '../support/alerts.ts'
import { makeProgram } from '../support/programs.ts'
import { stripePayment } from '../support/stripe-events.ts'
import { staff } from '../support/world.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const DAY = 86_400_000
const HOUR = 3_600_000
const ADA = 'email:ada@example.org'
const FANA: Origin = { source: 'slack:U0FANA', actor: 'slack:U0FANA' }
const FAY: Origin = { source: 'slack:U0FAY', actor: 'slack:U0FAY' }

const rewards: ProgramInput['rewards'] = [
  { id: 'mug', name: 'A mug', cost: 100, fulfil: { kind: 'manual' } },
  { id: 'gift', name: 'A gift', cost: 0, fulfil: { kind: 'manual' } },
]
const team = { issuer: [FANA.actor, FAY.actor], approver: [FAY.actor] }

type Opened = AlertWorld & { id: string }

async function opened(over: Partial<AlertDraft> = {}, program: Partial<ProgramInput> = {}): Promise<Opened> {
  const world = await createAlertWorld({ now: NOW, program: makeProgram({ rewards, ...program }) })
  await world.deliver(stripePayment({ at: NOW - 65 * DAY, amount: 25_000 }).charge())
  expect(await world.open(ADA, over)).toBe('opened')
  const [alert] = await world.alertsOf(ADA)
  return { ...world, id: alert?.id ?? '' }
}

function ok<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.code}: ${result.message}`)
  return result.value
}

/** Ada buys for 40 dollars so long after the alert was opened. */
async function buys(world: AlertWorld, laterMs: number, amount = 4_000) {
  const payment = stripePayment({ at: NOW + laterMs, amount })
  world.clock.at = Math.max(world.clock.at, NOW + laterMs + 2_000)
  await world.deliver(payment.charge())
  return payment
}
const came = async ({ stored, id }: Opened) => {
  const { state, outcome, returned, cameBack } = await stored(id)
  return [state, outcome, returned?.amountMinor ?? null, cameBack?.amountMinor ?? null]
}
const did = async ({ stored, id }: Opened) => (await stored(id)).steps.map((step) => [step.did, step.actor])

describe('a purchase after an alert', () => {
  test('ends a lapse, by itself and at its own time', async () => {
    const world = await opened()
    await buys(world, 3 * DAY)
    expect(await world.stored(world.id)).toMatchObject({
      state: 'resolved',
      outcome: 'came_back',
      resolvedAt: NOW + 3 * DAY,
      returned: { at: NOW + 3 * DAY, amountMinor: 4_000 },
      // Nobody had acted: it is nobody's success.
      cameBack: null,
    })
    expect(await did(world)).toEqual([
      ['opened', 'clock'],
      ['resolved', 'program'],
    ])
    expect(await world.told()).toEqual({ [world.id]: 2 })
  })
  test.each([
    ['unhappy', true],
    ['tier_at_risk', true],
    ['points_expiring', true],
    ['at_risk', false],
  ] as const)('%s is open still: %s', async (kind, isOpen) => {
    const world = await opened({ kind })
    await buys(world, DAY)
    const { state, returned } = await world.stored(world.id)
    expect([state === 'open', returned?.amountMinor]).toEqual([isOpen, 4_000])
  })
  test.each([
    [1_000, 30, true],
    [30 * DAY, 30, true],
    [30 * DAY + 1_000, 30, false],
    [30 * DAY + 1_000, 91, true],
    [91 * DAY, 91, true],
    [91 * DAY + 1_000, 91, false],
    // Shorter than the standard is the standard.
    [29 * DAY, 7, true],
  ])('%d ms later, within a window of %d days: %s', async (later, windowDays, counts) => {
    const world = await opened({ windowDays })
    await world.move(world.id, { do: 'assign' })
    await buys(world, later)
    const { returned, cameBack, outcome } = await world.stored(world.id)
    expect([returned !== null, cameBack !== null]).toEqual([counts, counts])
    // The lapse is over in any case.
    expect(outcome).toBe('came_back')
  })
  test('counts from the first act on, and says by how many days', async () => {
    const world = await opened()
    world.clock.at = NOW + 20 * DAY
    ok(await world.move(world.id, { do: 'resolve', outcome: 'helped' }))
    await buys(world, 45 * DAY)
    expect(await came(world)).toEqual(['resolved', 'helped', null, 4_000])
    expect(ok(await world.app.getAlert(world.id)).cameBack).toEqual({
      at: new Date(NOW + 45 * DAY).toISOString(),
      amount: 4_000,
      currency: 'usd',
      daysAfter: 25,
    })
    expect(await did(world)).toEqual([
      ['opened', 'clock'],
      ['resolved', 'test'],
      ['came_back', 'program'],
    ])
  })
  test.each([
    [{ do: 'snooze', days: 2 }, false],
    [{ do: 'resolve', outcome: 'no_answer' }, false],
    [{ do: 'resolve', outcome: 'not_needed' }, false],
    [{ do: 'resolve', outcome: 'gone' }, false],
    [{ do: 'resolve', outcome: 'helped' }, true],
    [{ do: 'assign' }, true],
    [{ do: 'assign', to: null }, false],
  ] as const)('%j is acting: %s', async (step, isActing) => {
    const world = await opened()
    ok(await world.move(world.id, step))
    await buys(world, DAY)
    const { cameBack, returned } = await world.stored(world.id)
    expect([cameBack !== null, returned !== null]).toEqual([isActing, true])
  })
  test('what was bought before somebody acted is not their success', async () => {
    const world = await opened({ kind: 'unhappy' })
    await buys(world, DAY)
    world.clock.at = NOW + 2 * DAY
    ok(await world.move(world.id, { do: 'assign' }))
    expect(await came(world)).toEqual(['open', null, 4_000, null])
    await buys(world, 3 * DAY, 7_700)
    expect(await came(world)).toEqual(['open', null, 4_000, 7_700])
  })
  test('of two of the same moment the larger is the comeback, whichever was heard of first', async () => {
    for (const amounts of [
      [900, 4_000],
      [4_000, 900],
    ]) {
      const world = await opened({ kind: 'unhappy' })
      for (const amount of amounts) await buys(world, DAY, amount)
      expect(await came(world)).toEqual(['open', null, 4_000, null])
    }
  })
  test('one heard of late, of before the alert: there was no lapse, and nobody came back', async () => {
    const world = await opened()
    await buys(world, -DAY)
    expect(await came(world)).toEqual(['resolved', 'came_back', null, null])
    expect((await world.stored(world.id)).resolvedAt).toBe(NOW)
  })
  test('one of long ago, learnt later, changes nothing', async () => {
    const world = await opened()
    await buys(world, -300 * DAY)
    expect(await came(world)).toEqual(['open', null, null, null])
    expect(await world.told()).toEqual({ [world.id]: 1 })
  })
})

describe('purchases that are not theirs to come back with', () => {
  test('one that proves to be somebody else’s is taken back', async () => {
    const world = await opened()
    await world.deliver(stripePayment({ at: NOW - DAY, customer: 'cus_bea', email: 'bea@example.org' }).charge())
    const payment = await buys(world, DAY)
    expect((await came(world))[0]).toBe('resolved')
    const charged = payment.charge(
      { customer: 'cus_bea', billing_details: { email: 'bea@example.org' } },
      'charge.updated',
      9_000,
    )
    await world.deliver(charged)
    expect(ok(await world.app.getMember('email:bea@example.org')).purchases).toBe(2)
    expect(await came(world)).toEqual(['open', null, null, null])
  })
  test('so it stays when the member is looked at again in the same unit', async () => {
    const world = await opened()
    await buys(world, DAY)
    const { returned, member: ada } = await world.stored(world.id)
    const { id: bea } = ok(await world.app.enrolMember({ email: 'bea@example.org' }, staff, null))
    await world.onDesk((desk) => {
      const payment = desk.payment(returned?.payment ?? '')
      desk.putPayment(Object.assign(payment, { member: bea }))
      for (let times = 0; times < 3; times++) desk.conclude(ada)
    })
    expect(await came(world)).toEqual(['open', null, null, null])
  })
  test('what somebody buys who has left the program is none, also when they are back', async () => {
    const world = await opened({ kind: 'unhappy' })
    ok(await world.app.updateMember(ADA, { status: 'left' }, staff))
    await buys(world, DAY)
    expect(await came(world)).toEqual(['resolved', 'member_left', null, null])
    ok(await world.app.updateMember(ADA, { status: 'active' }, staff))
    await buys(world, 2 * DAY, 900)
    expect(await came(world)).toEqual(['resolved', 'member_left', 900, null])
  })
})

describe('a comeback given back', () => {
  test('in full: the alert is open again, as if nothing had been', async () => {
    const world = await opened()
    ok(await world.move(world.id, { do: 'assign' }, staff))
    const before = await world.stored(world.id)
    const payment = await buys(world, DAY)
    expect(await came(world)).toEqual(['resolved', 'came_back', 4_000, 4_000])
    await world.deliver(payment.refunded(4_000, 5 * DAY))
    expect({ ...(await world.stored(world.id)), version: before.version }).toEqual(before)
    expect(ok(await world.app.listAlerts({ limit: 5 })).items).toHaveLength(1)
  })
  test('in part: they came back for what is left', async () => {
    const world = await opened()
    const payment = await buys(world, DAY)
    await world.deliver(payment.refunded(1_000))
    expect(await came(world)).toEqual(['resolved', 'came_back', 3_000, null])
  })
  test('the next purchase stands in for it', async () => {
    const world = await opened()
    const first = await buys(world, DAY)
    await buys(world, 2 * DAY, 900)
    await world.deliver(first.refunded(4_000, 3 * DAY))
    expect(await came(world)).toEqual(['resolved', 'came_back', 900, null])
    expect((await world.stored(world.id)).resolvedAt).toBe(NOW + 2 * DAY)
  })
  test('a refund that fails brings it again', async () => {
    const world = await opened()
    const payment = await buys(world, DAY)
    await world.deliver(payment.refund(4_000, { id: 're_1', later: HOUR }))
    expect((await came(world))[0]).toBe('open')
    await world.deliver(
      payment.refund(4_000, { id: 're_1', status: 'failed', type: 'refund.failed', later: 2 * HOUR, created: HOUR }),
    )
    expect(await came(world)).toEqual(['resolved', 'came_back', 4_000, null])
  })
  test('what staff had resolved stays resolved', async () => {
    const world = await opened()
    ok(await world.move(world.id, { do: 'resolve', outcome: 'helped' }))
    const payment = await buys(world, DAY)
    await world.deliver(payment.refunded(4_000))
    expect(await came(world)).toEqual(['resolved', 'helped', null, null])
  })
  test('months later it is taken back still', async () => {
    const world = await opened()
    const payment = await buys(world, DAY)
    world.clock.at = NOW + 170 * DAY
    await world.deliver(payment.dispute('funds_withdrawn', 'needs_response'))
    expect(await came(world)).toEqual(['open', null, null, null])
  })
})

describe('reopened by staff', () => {
  test('what ended it before does not end it again; the next purchase does', async () => {
    const world = await opened()
    await buys(world, DAY)
    world.clock.at = NOW + 2 * DAY
    ok(await world.move(world.id, { do: 'reopen' }))
    expect((await came(world))[0]).toBe('open')
    await world.app.settleDue(10)
    await buys(world, 3 * DAY, 900)
    expect(await world.stored(world.id)).toMatchObject({ outcome: 'came_back', resolvedAt: NOW + 3 * DAY })
    expect((await did(world)).map(([what]) => what)).toEqual(['opened', 'resolved', 'reopened', 'resolved'])
  })
})

describe('a reward given while it is open', () => {
  const rewarded = async (world: Opened) => {
    const { actedAt, steps } = await world.stored(world.id)
    return [
      actedAt !== null,
      steps.filter((step) => step.did === 'rewarded').map(({ actor, detail }) => [actor, detail]),
    ]
  }
  test('a present is acting, whoever asks for it', async () => {
    const world = await opened()
    const { id } = ok(await world.app.redeem(ADA, { reward: 'gift', charge: 'house' }, staff, null))
    expect(await rewarded(world)).toEqual([true, [['test', id]]])
    await buys(world, DAY)
    expect(await came(world)).toEqual(['resolved', 'came_back', 4_000, 4_000])
  })
  test('who acted first is when somebody acted, whatever is given later', async () => {
    const world = await opened()
    ok(await world.move(world.id, { do: 'assign' }))
    world.clock.at = NOW + DAY
    ok(await world.app.redeem(ADA, { reward: 'gift', charge: 'house' }, staff, null))
    expect((await world.stored(world.id)).actedAt).toBe(NOW)
  })
  test('their own points spent by staff is acting; by themselves, through a key that no role lists, is not', async () => {
    const world = await opened({}, { staff: team })
    ok(await world.app.redeem(ADA, { reward: 'mug' }, { source: 'api:shop', actor: 'api:shop' }, null))
    expect(await rewarded(world)).toEqual([false, []])
    const { id } = ok(await world.app.redeem(ADA, { reward: 'mug' }, FANA, null))
    expect(await rewarded(world)).toEqual([true, [[FANA.actor, id]]])
  })
  test('one that waits for approval is acting when it is approved, and never when it is rejected', async () => {
    const world = await opened({}, { staff: { ...team, approvalAbovePoints: 50 } })
    const ask = async () => ok(await world.app.redeem(ADA, { reward: 'mug', charge: 'house' }, FANA, null))
    const rejected = await ask()
    ok(await world.app.moveRedemption(rejected.id, 'reject', {}, FAY, null))
    expect(await rewarded(world)).toEqual([false, []])
    const { id, state } = await ask()
    expect([state, await rewarded(world)]).toEqual(['awaiting_approval', [false, []]])
    ok(await world.app.moveRedemption(id, 'approve', {}, FAY, null))
    // Whoever asked for it looked after the customer.
    expect(await rewarded(world)).toEqual([true, [[FANA.actor, id]]])
  })
  test('after it was resolved it is not', async () => {
    const world = await opened()
    ok(await world.move(world.id, { do: 'resolve', outcome: 'gone' }))
    ok(await world.app.redeem(ADA, { reward: 'gift', charge: 'house' }, staff, null))
    expect(await rewarded(world)).toEqual([false, []])
  })
  test('one that is refused is not', async () => {
    const world = await opened()
    expect(await world.app.redeem(ADA, { reward: 'yacht' }, staff, null)).toMatchObject({ code: 'unknown_reward' })
    expect(await rewarded(world)).toEqual([false, []])
  })
})

describe('ended by the program', () => {
  test.each(['passed', 'came_back', 'member_left'] as const)('as %s, once', async (outcome) => {
    const world = await opened({ kind: 'cancelling' })
    expect(await world.end(world.id, outcome)).toBe(true)
    expect(await world.end(world.id, outcome)).toBe(false)
    expect(await world.stored(world.id)).toMatchObject({ state: 'resolved', outcome, resolvedAt: NOW, version: 2 })
    await buys(world, DAY)
    expect(await came(world)).toEqual(['resolved', outcome, 4_000, null])
  })
})

describe('what is watched', () => {
  test('open ones for ever; others until nothing can become of them, at the next touch', async () => {
    const world = await opened({ kind: 'unhappy' })
    world.clock.at = NOW + 900 * DAY
    await buys(world, 900 * DAY)
    expect(await world.watched(ADA)).toEqual([world.id])
    ok(await world.move(world.id, { do: 'resolve', outcome: 'helped' }))
    await buys(world, 929 * DAY)
    expect(await came(world)).toEqual(['resolved', 'helped', null, 4_000])
    await buys(world, 1_111 * DAY)
    expect(await world.watched(ADA)).toEqual([])
    // Should it be opened again, it is watched again.
    ok(await world.move(world.id, { do: 'reopen' }))
    expect(await world.watched(ADA)).toEqual([world.id])
  })
  test('no clock wakes anybody for it', async () => {
    const world = await opened()
    ok(await world.move(world.id, { do: 'resolve', outcome: 'helped' }))
    const member = await world.store.read((tx) =>
      tx.members([
        ok({ ok: true as const, value: tx.names(['email:ada@example.org']).get('email:ada@example.org') ?? '' }),
      ]),
    )
    expect([...member.values()].map(({ nextAt }) => nextAt)).toEqual([null])
  })
  test('a customer who buys every day for years costs no more than the first purchases', async () => {
    const world = await opened({ kind: 'unhappy' })
    for (let day = 1; day <= 60; day++) await buys(world, day * DAY)
    world.clock.at = NOW + 61 * DAY
    ok(await world.move(world.id, { do: 'assign' }))
    await buys(world, 62 * DAY, 1_234)
    expect(await came(world)).toEqual(['open', null, 4_000, 1_234])
  })
})
