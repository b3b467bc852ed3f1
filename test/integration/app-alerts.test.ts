// Alerts from opening to the end: who gets one, what staff do with it, and whether the customer comes back.
import { describe, expect, test } from 'vitest'
import type { AlertStepInput, Origin, Result } from '../../src/app/ports.ts'
import type { AlertKind } from '../../src/core/alert-state.ts'
import type { ProgramInput } from '../../src/program/schema.ts'
import { type AlertWorld, createAlertWorld, draft } from '../support/alerts.ts'
import { levels, makeProgram } from '../support/programs.ts'
import { stripePayment } from '../support/stripe-events.ts'
import { memoryStore, staff } from '../support/world.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const DAY = 86_400_000
const HOUR = 3_600_000
const ADA = 'email:ada@example.org'
const FANA: Origin = { source: 'slack:U0FANA', actor: 'slack:U0FANA' }
const TIGIST: Origin = { source: 'hubspot:tigist@example.org', actor: 'hubspot:tigist@example.org' }

const rewards: ProgramInput['rewards'] = [
  { id: 'mug', name: 'A mug', cost: 100, fulfil: { kind: 'manual' } },
  { id: 'five-off', name: '$5 off', cost: 500, fulfil: { kind: 'promotion_code', amountOff: 5 } },
  { id: 'dinner', name: 'Dinner', cost: 9_000, fulfil: { kind: 'manual' } },
  { id: 'gift', name: 'A gift', cost: 0, fulfil: { kind: 'manual' } },
]

/** Ada bought for 120 dollars 65 days ago. */
async function open(over: Partial<ProgramInput> = {}, spent = 120): Promise<AlertWorld> {
  const world = await createAlertWorld({ now: NOW, program: makeProgram({ rewards, ...over }) })
  await world.deliver(stripePayment({ at: NOW - 65 * DAY, amount: spent * 100 }).charge())
  return world
}

function ok<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.code}: ${result.message}`)
  return result.value
}
const only = async (world: AlertWorld) => {
  const [alert, ...others] = await world.alertsOf(ADA)
  if (alert === undefined || others.length > 0) throw new Error('not exactly one alert')
  return alert
}
const ids = async (world: AlertWorld, state?: 'open' | 'snoozed' | 'resolved') =>
  ok(await world.app.listAlerts({ limit: 50, ...(state && { state }) })).items.map(({ id }) => id)
async function opened(over: Partial<ProgramInput> = {}): Promise<AlertWorld & { id: string }> {
  const world = await open(over)
  expect(await world.open(ADA)).toBe('opened')
  return { ...world, id: (await only(world)).id }
}
const stepsOf = async (world: AlertWorld, id: string) =>
  (await world.stored(id)).steps.map(({ actor, did, detail }) => [actor, did, detail])

describe('opening', () => {
  test('an alert says what is at stake, why, and what might help', async () => {
    const world = await opened({ tiers: { levels: levels(['base', 0], ['gold', 100]) } })
    expect(ok(await world.app.getAlert(world.id))).toEqual({
      id: expect.stringMatching(/^alr_\w+\.lapse\.2026-09-18$/),
      kind: 'overdue',
      state: 'open',
      member: { id: expect.any(String), name: null, email: 'ada@example.org', tier: { id: 'gold', name: 'Gold' } },
      openedAt: new Date(NOW).toISOString(),
      value: { amount: 41_200, currency: 'usd' },
      reason: 'Usually buys every 3 weeks; it has been 9.',
      facts: { usualDays: 21, daysSince: 65 },
      suggestion: { reward: 'mug', name: 'A mug', cost: 100, charge: 'member' },
      assignee: null,
      snoozedUntil: null,
      outcome: null,
      resolvedAt: null,
      note: null,
      actedAt: null,
      cameBack: null,
      steps: [{ at: new Date(NOW).toISOString(), actor: 'clock', did: 'opened', detail: null }],
    })
    expect(await world.told()).toEqual({ [world.id]: 1 })
    expect(await world.watched(ADA)).toEqual([world.id])
  })
  test('nothing is opened twice, and at risk and overdue are one lapse', async () => {
    const world = await opened()
    expect(await world.open(ADA)).toBe('known')
    expect(await world.open(ADA, { kind: 'at_risk', reason: 'Less and less' })).toBe('known')
    expect(await only(world)).toMatchObject({ kind: 'overdue', reason: draft().reason, version: 1 })
    expect(await world.open(ADA, { occasion: '2026-09-19' })).toBe('opened')
    expect(await world.alertsOf(ADA)).toHaveLength(2)
  })
  test('two that open the same at once open one', async () => {
    const world = await open()
    const both = await Promise.all([world.open(ADA), world.open(ADA, { valueMinor: 500 })])
    expect(both.sort()).toEqual(['known', 'opened'])
    expect(await only(world)).toMatchObject({ version: 2 })
  })
  test('what changed while it is open is told again; the same again is no news', async () => {
    const world = await opened()
    const id = world.id
    expect(await world.open(ADA, { reason: 'It has been 10.', facts: { usualDays: 21, daysSince: 72 } })).toBe('known')
    expect(await world.stored(id)).toMatchObject({ reason: 'It has been 10.', facts: { daysSince: 72 }, version: 2 })
    expect((await world.stored(id)).suggestion).toEqual({ reward: 'mug', charge: 'member' })
    await world.open(ADA, { reason: 'It has been 10.', facts: { usualDays: 21, daysSince: 72 } })
    expect(await world.told()).toEqual({ [id]: 2 })
    expect((await world.stored(id)).version).toBe(2)
  })
  test('one that was resolved stays so, whatever is found again', async () => {
    const world = await opened()
    ok(await world.move(world.id, { do: 'resolve', outcome: 'no_answer' }))
    expect(await world.open(ADA, { reason: 'Still away' })).toBe('known')
    expect(await world.stored(world.id)).toMatchObject({ state: 'resolved', reason: draft().reason })
  })
  test('only kinds that the program raises, for members who are active', async () => {
    const world = await open({ retention: { alerts: ['overdue'] } })
    expect(await world.open(ADA, { kind: 'unhappy' })).toBe('not_wanted')
    ok(await world.app.updateMember(ADA, { status: 'suspended' }, staff))
    expect(await world.open(ADA)).toBe('not_wanted')
    expect(await world.alertsOf(ADA)).toEqual([])
  })
  test.each([
    ['usd', 412, 'opened'],
    ['usd', 412.01, 'not_wanted'],
    ['jpy', 41_200, 'opened'],
    ['jpy', 41_201, 'not_wanted'],
    ['usd', 0, 'opened'],
  ])('in %s, at least %d must be at stake: %s', async (currency, minimumValue, outcome) => {
    const world = await open({ currency, retention: { minimumValue } })
    expect(await world.open(ADA)).toBe(outcome)
  })
  test.each([Number.NaN, Number.POSITIVE_INFINITY, -5, 0.4, 1e300])(
    'a value of %d is stored as a whole number',
    async (valueMinor) => {
      const world = await open()
      await world.open(ADA, { valueMinor, windowDays: valueMinor, kind: 'unhappy' })
      const alert = await only(world)
      expect(Number.isSafeInteger(alert.valueMinor) && alert.valueMinor >= 0).toBe(true)
      expect(Number.isInteger(alert.windowDays) && alert.windowDays >= 30 && alert.windowDays <= 3_650).toBe(true)
    },
  )
})

describe('the group that is held out', () => {
  const all: ProgramInput['retention'] = { holdout: 1 }
  test('is never shown, told or moved, but measured', async () => {
    const world = await open({ retention: all })
    expect(await world.open(ADA)).toBe('held_out')
    const { id } = await only(world)
    expect(await ids(world)).toEqual([])
    expect(await world.app.getAlert(id)).toMatchObject({ ok: false, code: 'not_found' })
    for (const step of [
      { do: 'assign' },
      { do: 'reopen' },
      { do: 'resolve', outcome: 'gone' },
    ] satisfies AlertStepInput[])
      expect(await world.move(id, step)).toMatchObject({ ok: false, code: 'not_found' })
    world.clock.at = NOW + DAY
    await world.deliver(stripePayment({ at: NOW + DAY, amount: 4_000 }).charge())
    expect(await world.stored(id)).toMatchObject({
      state: 'held_out',
      outcome: 'came_back',
      returned: { at: NOW + DAY, amountMinor: 4_000 },
      cameBack: null,
    })
    expect(await world.told()).toEqual({})
    // A reward for them is no acting on what nobody saw.
    ok(await world.app.redeem(ADA, { reward: 'gift', charge: 'house' }, staff, null))
    expect((await world.stored(id)).actedAt).toBeNull()
  })
  test.each<[AlertKind, string]>([
    ['at_risk', 'held_out'],
    ['overdue', 'held_out'],
    ['tier_at_risk', 'held_out'],
    ['points_expiring', 'held_out'],
    ['payment_failed', 'opened'],
    ['cancelling', 'opened'],
    ['unhappy', 'opened'],
  ])('%s: %s', async (kind, outcome) => {
    const world = await open({ retention: all })
    expect(await world.open(ADA, { kind })).toBe(outcome)
  })
  test('a member is in it for all alerts or none, in about the share that the program has', async () => {
    const world = await createAlertWorld({ now: NOW, program: makeProgram({ retention: { holdout: 0.3 } }) })
    const outcomes: string[] = []
    for (let n = 0; n < 200; n++) {
      const ref = `email:m${n}@example.org`
      ok(await world.app.enrolMember({ email: `m${n}@example.org` }, staff, null))
      const first = await world.open(ref)
      expect(await world.open(ref, { kind: 'points_expiring' })).toBe(first)
      outcomes.push(first)
    }
    const held = outcomes.filter((outcome) => outcome === 'held_out').length
    expect(held).toBeGreaterThan(35)
    expect(held).toBeLessThan(85)
  })
})

describe('what is suggested', () => {
  const suggestion = async (spent: number, over: Partial<ProgramInput> = {}, valueMinor = 41_200) => {
    const world = await open(over, spent)
    await world.open(ADA, { valueMinor })
    return (await only(world)).suggestion
  }
  test('the dearest reward that their own points pay for', async () => {
    expect(await suggestion(499)).toEqual({ reward: 'mug', charge: 'member' })
    expect(await suggestion(500)).toEqual({ reward: 'five-off', charge: 'member' })
  })
  test('else a present of a fifth of what is at stake at most, by its amount or by what its points are worth', async () => {
    expect(await suggestion(50, {}, 2_500)).toEqual({ reward: 'five-off', charge: 'house' })
    expect(await suggestion(50, {}, 2_499)).toEqual({ reward: 'mug', charge: 'house' })
    expect(await suggestion(50, {}, 499)).toEqual({ reward: 'gift', charge: 'house' })
    expect(await suggestion(50, {}, 45_000)).toEqual({ reward: 'dinner', charge: 'house' })
  })
  test('nothing where nothing is at stake, nothing may be had, or there are no rewards', async () => {
    expect(await suggestion(50, {}, 0)).toBeNull()
    expect(await suggestion(500, { rewards: [] })).toBeNull()
    expect(await suggestion(500, { redeeming: { freeze: { from: '2026-11-01' } } })).toBeNull()
    const closed = rewards.map((reward) => ({ ...reward, to: '2026-11-01' }))
    expect(await suggestion(500, { rewards: closed })).toBeNull()
    expect(await suggestion(500, { rewards: rewards.map((reward) => ({ ...reward, stock: 0 })) })).toBeNull()
    expect(await suggestion(500, { rewards: rewards.map((reward) => ({ ...reward, segments: ['lost'] })) })).toBeNull()
  })
  test('points that have ended by now pay for nothing', async () => {
    const expiring = { points: { expiry: { kind: 'after', months: 1 } } } as const
    expect(await suggestion(500, expiring, 2_500)).toEqual({ reward: 'five-off', charge: 'house' })
  })
  test('what a draft suggests stands', async () => {
    const world = await open()
    await world.open(ADA, { suggestion: { reward: 'gift', charge: 'house' } })
    expect((await only(world)).suggestion).toEqual({ reward: 'gift', charge: 'house' })
  })
})

describe('steps', () => {
  test('assign: whoever asks by default, or anybody by name; null gives it back', async () => {
    const world = await opened({ staff: { issuer: ['slack:U0FANA', 'hubspot:tigist@example.org'] } })
    const { id } = world
    expect(ok(await world.move(id, { do: 'assign' }, FANA))).toMatchObject({
      assignee: 'slack:U0FANA',
      actedAt: new Date(NOW).toISOString(),
    })
    world.clock.at = NOW + HOUR
    expect(ok(await world.move(id, { do: 'assign', to: 'hubspot:Tigist@Example.org' }, FANA))).toMatchObject({
      assignee: 'hubspot:tigist@example.org',
    })
    expect(ok(await world.app.listAlerts({ limit: 5, assignee: 'hubspot:TIGIST@example.org' })).items).toHaveLength(1)
    expect(ok(await world.app.listAlerts({ limit: 5, assignee: 'slack:U0FANA' })).items).toEqual([])
    // Hers already: no news.
    ok(await world.move(id, { do: 'assign' }, TIGIST))
    expect(ok(await world.move(id, { do: 'assign', to: null }, TIGIST))).toMatchObject({
      assignee: null,
      actedAt: new Date(NOW).toISOString(),
    })
    expect(await stepsOf(world, id)).toEqual([
      ['clock', 'opened', null],
      ['slack:U0FANA', 'assigned', 'slack:U0FANA'],
      ['slack:U0FANA', 'assigned', 'hubspot:tigist@example.org'],
      ['hubspot:tigist@example.org', 'assigned', null],
    ])
  })
  test('giving back what nobody took is no acting', async () => {
    const world = await opened()
    expect(ok(await world.move(world.id, { do: 'assign', to: null }))).toMatchObject({ actedAt: null })
    expect(await stepsOf(world, world.id)).toHaveLength(1)
  })
  test.each([
    '',
    'ada',
    'slack:',
    'slack:S0GROUP',
    'hubspot:no-address',
    'api:',
    '*',
    'stripe:cus_1',
    'slack:U1 U2',
    'ፋና',
  ])('assign to %j: invalid_request', async (to) => {
    const world = await opened()
    expect(await world.move(world.id, { do: 'assign', to })).toMatchObject({ ok: false, code: 'invalid_request' })
  })
  test('snooze: away until then, and back by itself', async () => {
    const world = await opened()
    const { id } = world
    const snoozed = ok(await world.move(id, { do: 'snooze', days: 7 }))
    expect(snoozed).toMatchObject({
      state: 'snoozed',
      snoozedUntil: new Date(NOW + 7 * DAY).toISOString(),
      actedAt: null,
    })
    expect([await ids(world), await ids(world, 'snoozed')]).toEqual([[], [id]])
    world.clock.at = NOW + 7 * DAY
    expect([await ids(world), await ids(world, 'snoozed')]).toEqual([[id], []])
    expect(ok(await world.app.getAlert(id))).toMatchObject({ state: 'open', snoozedUntil: null })
    // It is their shop's alert still: whoever takes it need not wait for its time.
    ok(await world.move(id, { do: 'snooze', until: world.clock.at + HOUR }))
    expect(ok(await world.move(id, { do: 'resolve', outcome: 'gone' }))).toMatchObject({ state: 'resolved' })
  })
  test.each([
    { until: NOW },
    { until: NOW - 1 },
    { until: NOW + 365 * DAY + 1 },
    { until: Number.NaN },
    { until: Number.POSITIVE_INFINITY },
    { days: 0 },
    { days: 366 },
    { days: -1 },
  ])('snooze by %j: invalid_request', async (time) => {
    const world = await opened()
    expect(await world.move(world.id, { do: 'snooze', ...time })).toMatchObject({ ok: false, code: 'invalid_request' })
    expect((await world.stored(world.id)).version).toBe(1)
  })
  test.each(['helped', 'no_answer', 'not_needed', 'gone'] as const)(
    'resolve as %s, with a note in any script',
    async (outcome) => {
      const world = await opened()
      const note = ' ለትዕግሥት ደወልኩ · Զանգեցի Անահիտին · Əli ilə danışdım · Nilimpigia Wanjikũ '
      expect(ok(await world.move(world.id, { do: 'resolve', outcome, note }))).toMatchObject({
        state: 'resolved',
        outcome,
        resolvedAt: new Date(NOW).toISOString(),
        note: note.trim(),
        actedAt: outcome === 'helped' ? new Date(NOW).toISOString() : null,
      })
      expect([await ids(world), await ids(world, 'resolved')]).toEqual([[], [world.id]])
      expect((await stepsOf(world, world.id)).at(-1)).toEqual(['test', 'resolved', outcome])
    },
  )
  test('what is resolved can be reopened and nothing else', async () => {
    const world = await opened()
    const { id } = world
    expect(await world.move(id, { do: 'reopen' })).toMatchObject({ ok: false, code: 'conflict' })
    ok(await world.move(id, { do: 'resolve', outcome: 'no_answer', note: 'Called twice' }))
    for (const step of [
      { do: 'assign' },
      { do: 'snooze', days: 3 },
      { do: 'resolve', outcome: 'helped' },
    ] satisfies AlertStepInput[])
      expect(await world.move(id, step)).toMatchObject({ ok: false, code: 'conflict' })
    expect(ok(await world.move(id, { do: 'reopen' }))).toMatchObject({
      state: 'open',
      outcome: null,
      resolvedAt: null,
      note: 'Called twice',
    })
    expect(ok(await world.move(id, { do: 'resolve', outcome: 'helped', note: 'Reached her' })).note).toBe(
      'Called twice\nReached her',
    )
  })
  test('an alert of another, and one that never was: not_found', async () => {
    const world = await opened()
    for (const id of ['', 'alr_', 'alr_x.lapse.2026-09-18', "' OR 1=1 --", 'ሀ'.repeat(300)])
      expect(await world.move(id, { do: 'assign' })).toMatchObject({ ok: false, code: 'not_found' })
  })
  test('viewers look, issuers act: forbidden', async () => {
    const world = await opened({ staff: { issuer: ['slack:U0FANA'], viewer: ['*', 'api:reader'] } })
    const steps: AlertStepInput[] = [
      { do: 'assign' },
      { do: 'snooze', days: 1 },
      { do: 'resolve', outcome: 'gone' },
      { do: 'reopen' },
    ]
    for (const actor of ['slack:U0OTHER', 'hubspot:ada@example.org', 'api:reader'])
      for (const step of steps)
        expect(await world.move(world.id, step, { source: actor, actor })).toMatchObject({
          ok: false,
          code: 'forbidden',
        })
    expect(await world.move(world.id, { do: 'assign' }, { ...FANA, isOutsider: true })).toMatchObject({
      code: 'forbidden',
    })
    ok(await world.move(world.id, { do: 'assign' }, FANA))
  })
  test('the same call answers the first outcome again, another is idempotency_conflict', async () => {
    const world = await opened()
    const key = { holder: 'test', route: 'POST /alerts/{id}/snooze', key: 'k', hash: 'a' }
    const first = await world.app.moveAlert(world.id, { do: 'snooze', days: 7 }, staff, key)
    world.clock.at = NOW + DAY
    expect(await world.app.moveAlert(world.id, { do: 'snooze', days: 7 }, staff, key)).toEqual(first)
    expect(await world.app.moveAlert(world.id, { do: 'snooze', days: 8 }, staff, { ...key, hash: 'b' })).toMatchObject({
      ok: false,
      code: 'idempotency_conflict',
    })
    expect(await stepsOf(world, world.id)).toHaveLength(2)
  })
  test('of many who act at once all count, and one resolves', async () => {
    const world = await opened()
    const takes = Array.from({ length: 5 }, (_, n) => world.move(world.id, { do: 'assign', to: `api:k${n}` }))
    for (const taken of await Promise.all(takes)) ok(taken)
    const ends = Array.from({ length: 5 }, () => world.move(world.id, { do: 'resolve', outcome: 'gone' }))
    const codes = (await Promise.all(ends)).map((end) => (end.ok ? 'ok' : end.code)).sort()
    expect(codes).toEqual(['conflict', 'conflict', 'conflict', 'conflict', 'ok'])
    expect(await stepsOf(world, world.id)).toHaveLength(7)
  })
  test('what happened is kept up to a limit: how it began, and the newest', async () => {
    const world = await opened()
    for (let n = 0; n < 210; n++) ok(await world.move(world.id, { do: 'assign', to: `api:k${n % 2}` }))
    const steps = await stepsOf(world, world.id)
    expect(steps).toHaveLength(200)
    expect([steps[0]?.[1], steps.at(-1)?.[2]]).toEqual(['opened', 'api:k1'])
  })
})

describe('pages', () => {
  test('the most at stake first, ties by id, each once over the cursors', async () => {
    const world = await createAlertWorld({ now: NOW, program: makeProgram() })
    for (let n = 0; n < 7; n++) {
      ok(await world.app.enrolMember({ email: `m${n}@example.org` }, staff, null))
      await world.open(`email:m${n}@example.org`, { valueMinor: n < 4 ? 100 : n })
    }
    const whole = await ids(world)
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = ok(await world.app.listAlerts({ limit: 2, ...(cursor && { cursor }) }))
      seen.push(...page.items.map(({ id }) => id))
      cursor = page.next ?? undefined
    } while (cursor !== undefined)
    expect(seen).toEqual(whole)
    expect(new Set(seen).size).toBe(7)
  })
  test('by kind and by member; nobody is not_found, a cursor of somebody else’s invalid_request', async () => {
    const world = await opened()
    await world.open(ADA, { kind: 'unhappy', occasion: 'act_1' })
    const kinds = async (filter: object) =>
      ok(await world.app.listAlerts({ limit: 9, ...filter })).items.map(({ kind }) => kind)
    expect((await kinds({})).sort()).toEqual(['overdue', 'unhappy'])
    expect(await kinds({ kind: 'unhappy' })).toEqual(['unhappy'])
    expect(await kinds({ kind: 'cancelling' })).toEqual([])
    expect(await kinds({ member: ADA })).toHaveLength(2)
    expect(await world.app.listAlerts({ limit: 9, member: 'email:nobody@example.org' })).toMatchObject({
      code: 'not_found',
    })
    for (const cursor of ['', 'x', '1', '.', '1.', '-1.a', '1e3.a', `${'9'.repeat(17)}.a`, '1.a b'])
      expect(await world.app.listAlerts({ limit: 9, cursor })).toMatchObject({ ok: false, code: 'invalid_request' })
  })
})

describe('members who change', () => {
  test.each(['left', 'suspended'] as const)(
    '%s: what was open ends as member_left, and cannot be reopened',
    async (status) => {
      const world = await opened()
      ok(await world.app.updateMember(ADA, { status }, staff))
      expect(await world.stored(world.id)).toMatchObject({ state: 'resolved', outcome: 'member_left' })
      expect(await world.move(world.id, { do: 'reopen' })).toMatchObject({ ok: false, code: 'conflict' })
      ok(await world.app.updateMember(ADA, { status: 'active' }, staff))
      expect(ok(await world.move(world.id, { do: 'reopen' }))).toMatchObject({ state: 'open' })
    },
  )
  test('erased: it ends, notes and kept answers are forgotten, reasons and steps have nothing of the person', async () => {
    const world = await opened()
    const { id } = world
    const key = { holder: 'test', route: 'POST /alerts/{id}/resolve', key: 'k', hash: 'a' }
    const note = 'Ada Lovelace, +1 555 0100, moved to Yerevan'
    ok(await world.app.moveAlert(id, { do: 'resolve', outcome: 'no_answer', note }, staff, key))
    ok(await world.move(id, { do: 'reopen' }))
    await world.open(ADA, { kind: 'unhappy', occasion: 'mem_1/act_2/review' })
    const { id: member } = ok(await world.app.eraseMember(ADA, staff))
    const alerts = await world.store.read((tx) => tx.alertsOf(member))
    expect(alerts.map(({ state, outcome, note }) => [state, outcome, note])).toEqual([
      ['resolved', 'member_left', null],
      ['resolved', 'member_left', null],
    ])
    expect(JSON.stringify(alerts)).not.toMatch(/ada|lovelace|555|yerevan/i)
    expect(ok(await world.app.getAlert(id)).member).toEqual({ id: member, name: null, email: null, tier: null })
    expect(await world.app.moveAlert(id, { do: 'resolve', outcome: 'no_answer', note }, staff, key)).toMatchObject({
      code: 'not_found',
    })
    expect(await ids(world)).toEqual([])
    expect(await world.move(id, { do: 'reopen' })).toMatchObject({ code: 'conflict' })
  })
  test('erased with a note on what was resolved long ago: it goes too', async () => {
    const world = await opened()
    ok(await world.move(world.id, { do: 'resolve', outcome: 'gone', note: 'Անահիտ' }))
    world.clock.at = NOW + 400 * DAY
    await world.deliver(stripePayment({ at: world.clock.at, amount: 100 }).charge())
    expect(await world.watched(ADA)).toEqual([])
    ok(await world.app.eraseMember(ADA, staff))
    expect((await world.stored(world.id)).note).toBeNull()
  })
  test('export has their alerts and what they said', async () => {
    const world = await opened()
    ok(await world.move(world.id, { do: 'resolve', outcome: 'helped', note: 'Called' }))
    await world.onDesk((desk) => {
      const { id: member } = ok({
        ok: true as const,
        value: desk.member(desk.memberNamed('email:ada@example.org') ?? ''),
      })
      desk.alerts.addFeedback({
        id: 'f1',
        member,
        at: NOW,
        recordedAt: NOW,
        scale: 'nps',
        score: 3,
        text: 'ዘገየ',
        source: 'api:test',
      })
    })
    const whole = ok(await world.app.exportMember(ADA))
    expect(whole).toMatchObject({
      alerts: [{ id: world.id, note: 'Called', resolvedAt: new Date(NOW).toISOString(), outcome: 'helped' }],
      feedback: [{ id: 'f1', score: 3, text: 'ዘገየ', at: new Date(NOW).toISOString() }],
    })
  })
  test('merged: the alerts are the other’s, and so is who comes back', async () => {
    const world = await opened()
    const { id } = world
    ok(await world.app.enrolMember({ email: 'bea@example.org' }, staff, null))
    const bea = ok(await world.app.mergeMembers(ADA, 'email:bea@example.org', staff, null))
    expect(await world.stored(id)).toMatchObject({ member: bea.id, state: 'open' })
    expect(await world.watched('email:bea@example.org')).toEqual([id])
    expect(ok(await world.app.listAlerts({ limit: 5, member: ADA })).items.map(({ member }) => member.id)).toEqual([
      bea.id,
    ])
    // The same lapse is known under the name of either.
    expect(await world.open(ADA)).toBe('known')
    world.clock.at = NOW + DAY
    await world.deliver(stripePayment({ at: NOW + DAY, email: 'bea@example.org' }).charge())
    expect(await world.stored(id)).toMatchObject({ state: 'resolved', outcome: 'came_back' })
  })
  test('merged with somebody who went on buying: the lapse was none', async () => {
    const world = await open()
    await world.deliver(stripePayment({ at: NOW - 2 * DAY, email: 'bea@example.org' }).charge())
    expect(await world.open(ADA)).toBe('opened')
    const { id } = await only(world)
    const { id: member } = ok(await world.app.mergeMembers(ADA, 'email:bea@example.org', staff, null))
    expect(await world.stored(id)).toMatchObject({ member, state: 'resolved', outcome: 'came_back', returned: null })
  })
})

test('a program over an alert of before: a reward that is gone is suggested to nobody', async () => {
  const store = await memoryStore()
  const program = makeProgram({ rewards })
  const world = await createAlertWorld({ now: NOW, program, store })
  await world.deliver(stripePayment({ at: NOW - 65 * DAY, amount: 12_000 }).charge())
  await world.open(ADA)
  const later = await createAlertWorld({ now: NOW + DAY, program: makeProgram(), store })
  expect(ok(await later.app.listAlerts({ limit: 1 })).items[0]?.suggestion).toBeNull()
})
