// The pure rules of what becomes of an alert.
import { describe, expect, test } from 'vitest'
import { type Alert, type AlertKind, alertId } from '../../src/core/alert-state.ts'
import { addStep, followAlert, isHeldOutFrom, isWatched, type KeptPurchase, windowOf } from '../../src/core/alerts.ts'
import { draft } from '../support/alerts.ts'
import { makeProgram } from '../support/programs.ts'

const DAY = 86_400_000
const T0 = Date.UTC(2026, 10, 22)

const alert = (over: Partial<Alert> = {}): Alert => ({
  ...draft(),
  id: 'alr_1.lapse.2026-09-18',
  version: 1,
  member: 'mem_1',
  state: 'open',
  openedAt: T0,
  snoozedUntil: null,
  assignee: null,
  outcome: null,
  resolvedAt: null,
  note: null,
  actedAt: null,
  lastPurchaseAt: T0 - 65 * DAY,
  returned: null,
  cameBack: null,
  steps: [{ at: T0, actor: 'clock', did: 'opened', detail: null }],
  ...over,
})
const bought = (days: number, over: Partial<KeptPurchase> = {}): KeptPurchase => ({
  payment: `pay_${days}`,
  at: T0 + days * DAY,
  amountMinor: 4_000,
  isRenewal: false,
  ...over,
})

test.each<[AlertKind, string, string]>([
  ['at_risk', '2026-09-18', 'alr_1.lapse.2026-09-18'],
  ['overdue', '2026-09-18', 'alr_1.lapse.2026-09-18'],
  ['payment_failed', 'in_1', 'alr_1.payment_failed.in_1'],
  ['unhappy', 'mem_1/act_2/review', 'alr_1.unhappy.mem_1.act_2.review'],
])('the id of %s about %s fits into a path: %s', (kind, occasion, id) => {
  expect(alertId('mem_1', kind, occasion)).toBe(id)
})

test.each([
  [30, 30],
  [12, 30],
  [30.1, 31],
  [91, 91],
  [0, 30],
  [-7, 30],
  [Number.NaN, 30],
  [Number.POSITIVE_INFINITY, 30],
  [1e9, 3_650],
])('a window of %d days is %d', (given, days) => {
  expect(windowOf(given)).toBe(days)
})

describe('renewals', () => {
  test.each<[AlertKind, boolean]>([
    ['payment_failed', true],
    ['cancelling', true],
    ['at_risk', false],
    ['overdue', false],
    ['unhappy', false],
    ['tier_at_risk', false],
    ['points_expiring', false],
  ])('%s: a renewal is coming back: %s', (kind, counts) => {
    const followed = followAlert(alert({ kind, actedAt: T0 + 1 }), [bought(1, { isRenewal: true })])
    expect([followed.returned !== null, followed.cameBack !== null]).toEqual([counts, counts])
    expect(followed.state).toBe('open')
  })
  test('the purchase after one still counts', () => {
    const followed = followAlert(alert(), [bought(1, { isRenewal: true }), bought(2)])
    expect(followed).toMatchObject({ outcome: 'came_back', returned: { payment: 'pay_2' } })
  })
})

test('followed again, nothing changes', () => {
  for (const over of [
    {},
    { actedAt: T0 + DAY },
    { kind: 'unhappy' as const, actedAt: T0 },
    { state: 'held_out' as const },
  ]) {
    const once = followAlert(alert(over), [bought(2), bought(3)])
    expect(followAlert(once, [bought(2), bought(3)])).toEqual(once)
  }
})

test('a comeback of before it was reopened, heard of late, is corrected like any other', () => {
  const steps = [
    ...alert().steps,
    { at: T0 + DAY, actor: 'api:a', did: 'resolved', detail: 'helped' } as const,
    { at: T0 + 9 * DAY, actor: 'api:a', did: 'reopened', detail: null } as const,
  ]
  const reopened = alert({ actedAt: T0 + DAY, steps })
  const late = followAlert(reopened, [bought(2)])
  expect(late.steps.map(({ did }) => did)).toEqual(['opened', 'resolved', 'came_back', 'reopened'])
  expect(followAlert(late, [bought(3)]).steps.map(({ at }) => (at - T0) / DAY)).toEqual([0, 1, 3, 9])
  expect(followAlert(late, [])).toEqual(reopened)
})

test('a purchase at the very moment of opening or acting is none that followed', () => {
  expect(followAlert(alert({ kind: 'unhappy', actedAt: T0 }), [bought(0)])).toMatchObject({
    returned: null,
    cameBack: null,
  })
})

test('without a purchase before, whatever comes after the opening ends a lapse', () => {
  const followed = followAlert(alert({ lastPurchaseAt: null }), [bought(-1), bought(1)])
  expect(followed).toMatchObject({ outcome: 'came_back', resolvedAt: T0 + DAY })
})

test('steps stay in time, and beyond the limit the first and the newest stay', () => {
  const many = Array.from({ length: 400 }, (_, n) => n).reduce(
    (steps, n) => addStep(steps, { at: T0 + n, actor: 'api:a', did: 'assigned', detail: String(n) }),
    alert().steps,
  )
  expect([many.length, many[0]?.did, many[1]?.detail, many.at(-1)?.detail]).toEqual([200, 'opened', '201', '399'])
})

test('who is held out does not hang on the kind of alert, and nobody is where no share is', () => {
  const some = makeProgram({ retention: { holdout: 0.5 } })
  const ids = Array.from({ length: 300 }, (_, n) => `mem_${n}`)
  const held = (kind: AlertKind) => ids.filter((id) => isHeldOutFrom(some, kind, id))
  expect(held('at_risk')).toEqual(held('points_expiring'))
  expect(Math.abs(held('at_risk').length - 150)).toBeLessThan(40)
  expect([held('unhappy'), held('cancelling'), held('payment_failed')]).toEqual([[], [], []])
  expect(ids.some((id) => isHeldOutFrom(makeProgram(), 'overdue', id))).toBe(false)
})

test.each<[Partial<Alert>, number, boolean]>([
  [{}, 9_999, true],
  [{ state: 'resolved', outcome: 'gone', resolvedAt: T0 }, 210, true],
  [{ state: 'resolved', outcome: 'gone', resolvedAt: T0 }, 211, false],
  [{ state: 'resolved', outcome: 'gone', resolvedAt: T0, windowDays: 91 }, 271, true],
  [{ state: 'resolved', outcome: 'helped', actedAt: T0 + 20 * DAY, resolvedAt: T0 + DAY }, 230, true],
  [{ state: 'resolved', outcome: 'helped', actedAt: T0 + 20 * DAY, resolvedAt: T0 + DAY }, 231, false],
  [{ state: 'resolved', outcome: 'came_back', resolvedAt: T0 + 300 * DAY }, 510, true],
  [{ state: 'held_out' }, 210, true],
  // It ends by buying like one that is shown.
  [{ state: 'held_out' }, 400, true],
  [{ state: 'held_out', outcome: 'passed' }, 211, false],
])('%j after %d days is watched: %s', (over, days, watched) => {
  expect(isWatched(alert(over), T0 + days * DAY)).toBe(watched)
})
