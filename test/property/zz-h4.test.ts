// An alert ends the same in whatever order we hear of purchases and refunds, and however often; and whatever staff do in
// between, what it says holds together.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AlertStepInput } from '../../src/app/ports.ts'
import type { Alert, AlertKind } from '../../src/core/alert-state.ts'
import { addStep, followAlert, type KeptPurchase } from '../../src/core/alerts.ts'
import { type AlertWorld, createAlertWorld, draft } from '../support/alerts.ts'
import { makeProgram } from '../support/programs.ts'
import { sampleAlert } from '../support/store-samples.ts'
import { type StripeEvent, stripeEvent, stripePayment } from '../support/stripe-events.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const DAY = 86_400_000
const HOUR = 3_600_000
const ADA = 'email:ada@example.org'
const program = makeProgram()

interface Purchase {
  /** Hours after the alert was opened; before it, where below 0. */
  hours: number
  amount: number
  fate: 'kept' | 'part' | 'refunded' | 'failed'
  /** By a customer of whom it is told apart that it is her. */
  byCustomer: boolean
}

const CUSTOMER = { id: 'cus_ada', object: 'customer', email: 'ada@example.org', name: null, phone: null, metadata: {} }

function eventsOf({ hours, amount, fate, byCustomer }: Purchase): StripeEvent[] {
  const who = byCustomer ? { customer: CUSTOMER.id, email: null } : {}
  const payment = stripePayment({ at: NOW + hours * HOUR, amount, ...who })
  const events = [payment.charge(), payment.intent()]
  const id = `re_${payment.pi}`
  if (fate === 'part') events.push(payment.refund(Math.floor(amount / 2), { id, later: HOUR }))
  if (fate === 'refunded' || fate === 'failed') events.push(payment.refund(amount, { id, later: HOUR }))
  if (fate === 'failed')
    events.push(payment.refund(amount, { id, status: 'failed', type: 'refund.failed', later: 2 * HOUR, created: HOUR }))
  return events
}

const customerEvent = (): StripeEvent => stripeEvent('customer.created', CUSTOMER, NOW)

const purchases = fc.array(
  fc.record({
    hours: fc.integer({ min: -40 * 24, max: 70 * 24 }),
    amount: fc.integer({ min: 100, max: 100_000 }),
    byCustomer: fc.boolean(),
    fate: fc.constantFrom<Purchase['fate'][]>('kept', 'kept', 'part', 'refunded', 'failed'),
  }),
  { minLength: 1, maxLength: 5 },
)
const acts: fc.Arbitrary<AlertStepInput[]> = fc.array(
  fc.oneof(
    fc.constant<AlertStepInput>({ do: 'assign' }),
    fc.constant<AlertStepInput>({ do: 'assign', to: null }),
    fc.integer({ min: 1, max: 30 }).map((days): AlertStepInput => ({ do: 'snooze', days })),
    fc
      .constantFrom('helped', 'no_answer', 'not_needed', 'gone')
      .map((outcome): AlertStepInput => ({ do: 'resolve', outcome, note: 'ሰላም' })),
    fc.constant<AlertStepInput>({ do: 'reopen' }),
  ),
  { maxLength: 4 },
)
const kinds = fc.constantFrom<AlertKind[]>('overdue', 'at_risk', 'unhappy', 'points_expiring')

/** Which payment it was goes by another id in each run. */
const withoutIds = ({ id: _, member: __, version: ___, steps, returned, cameBack, ...rest }: Alert) => ({
  ...rest,
  returned: returned && { ...returned, payment: '' },
  cameBack: cameBack && { ...cameBack, payment: '' },
  steps: steps.map((step) => (step.did === 'came_back' ? { ...step, detail: '' } : step)),
})

async function opened(kind: AlertKind): Promise<AlertWorld & { id: string }> {
  const world = await createAlertWorld({ now: NOW, program })
  await world.deliver(stripePayment({ at: NOW - 65 * DAY, amount: 25_000 }).charge())
  await world.open(ADA, { kind })
  const [alert] = await world.alertsOf(ADA)
  return { ...world, id: alert?.id ?? '' }
}

/** Staff act first, hours apart; then all events come, in one order. */
async function endOf(kind: AlertKind, steps: readonly AlertStepInput[], events: readonly StripeEvent[]) {
  const world = await opened(kind)
  for (const step of steps) {
    world.clock.at += HOUR
    await world.move(world.id, step)
  }
  world.clock.at = NOW + 71 * DAY
  for (const event of events) expect(await world.deliver(event)).not.toBe('parked')
  const alert = withoutIds(await world.stored(world.id))
  await world.close()
  return alert
}

describe('an alert', () => {
  it('ends the same in any order of events, told once or twice', { timeout: 400_000 }, async () => {
    const shuffled = fc
      .record({ kind: kinds, steps: acts, made: purchases })
      .map((given) => ({ ...given, events: [customerEvent(), ...given.made.flatMap(eventsOf)] }))
      .chain((given) =>
        fc.record({
          given: fc.constant(given),
          order: fc.shuffledSubarray(given.events, { minLength: given.events.length }),
          again: fc.subarray(given.events),
        }),
      )
    await fc.assert(
      fc.asyncProperty(shuffled, async ({ given: { kind, steps, events }, order, again }) => {
        const told = await endOf(kind, steps, events)
        expect(await endOf(kind, steps, [...order, ...again])).toEqual(told)
      }),
      { numRuns: 4000 },
    )
  })

  it('says what holds together, whatever is done between purchases and refunds', { timeout: 400_000 }, async () => {
    type Deed = { step: AlertStepInput } | { buys: number } | { refunds: number } | { rewards: true }
    const deeds = fc.array(
      fc.oneof(
        acts.filter(({ length }) => length > 0).map(([step]): Deed => ({ step: step as AlertStepInput })),
        fc.integer({ min: 100, max: 9_000 }).map((buys): Deed => ({ buys })),
        fc.nat(3).map((refunds): Deed => ({ refunds })),
      ),
      { maxLength: 12 },
    )
    await fc.assert(
      fc.asyncProperty(kinds, deeds, async (kind, list) => {
        const world = await opened(kind)
        const made: ReturnType<typeof stripePayment>[] = []
        for (const deed of list) {
          world.clock.at += 3 * DAY
          if ('step' in deed) await world.move(world.id, deed.step)
          if ('buys' in deed) {
            const payment = stripePayment({ at: world.clock.at - 5_000, amount: deed.buys })
            made.push(payment)
            await world.deliver(payment.charge())
          }
          if ('refunds' in deed && made.length > 0) {
            const payment = made[deed.refunds % made.length]
            if (payment) await world.deliver(payment.refund(1_000_000, { id: `re_${payment.pi}` }))
          }
          expectWhole(await world.stored(world.id), await world.watched(ADA))
        }
        await world.close()
      }),
      { numRuns: 4000 },
    )
  })
})

function expectWhole(alert: Alert, watched: readonly string[]): void {
  const { state, outcome, resolvedAt, returned, cameBack, actedAt, openedAt, steps } = alert
  expect([outcome === null, resolvedAt === null]).toEqual([state === 'open', state === 'open'])
  if (state === 'open') expect(watched).toContain(alert.id)
  if (returned !== null) expect(returned.at).toBeGreaterThan(openedAt)
  if (cameBack !== null) expect(cameBack.at).toBeGreaterThan(actedAt ?? Number.POSITIVE_INFINITY)
  expect(steps[0]?.did).toBe('opened')
  expect(steps.map(({ at }) => at)).toEqual(steps.map(({ at }) => at).sort((a, b) => a - b))
  const ends = steps.filter(({ did }) => did === 'resolved' || did === 'reopened').map(({ did }) => did)
  // Resolved and reopened in turn.
  expect(ends).toEqual(ends.map((_, n) => (n % 2 === 0 ? 'resolved' : 'reopened')))
  expect(ends.length % 2 === 1).toBe(state === 'resolved')
}

describe('following', () => {
  const kept: fc.Arbitrary<KeptPurchase[]> = fc
    .array(
      fc.record({
        at: fc.integer({ min: NOW - 100 * DAY, max: NOW + 400 * DAY }),
        amountMinor: fc.integer({ min: -50_000, max: 1e9 }),
        isRenewal: fc.boolean(),
      }),
      { maxLength: 8 },
    )
    .map((list) => list.toSorted((a, b) => a.at - b.at).map((one, n) => ({ ...one, payment: `pay_${n}` })))
  const alerts = fc
    .record({
      kind: kinds,
      actedAt: fc.option(fc.integer({ min: NOW, max: NOW + 100 * DAY })),
      lastPurchaseAt: fc.option(fc.integer({ min: NOW - 300 * DAY, max: NOW })),
      windowDays: fc.integer({ min: 30, max: 400 }),
      state: fc.constantFrom<Alert['state'][]>('open', 'held_out'),
    })
    .map((over) =>
      sampleAlert('a', {
        ...draft(),
        ...over,
        openedAt: NOW,
        steps: addStep([], { at: NOW, actor: 'clock', did: 'opened', detail: null }),
      }),
    )

  it('forgets what it was told before: only what stands now counts', () => {
    fc.assert(
      fc.property(alerts, kept, kept, (alert, before, now) => {
        expect(followAlert(followAlert(alert, before), now)).toEqual(followAlert(alert, now))
      }),
    )
  })
  it('leaves it as it was where nothing stands', () => {
    fc.assert(
      fc.property(alerts, kept, (alert, before) => {
        expect(followAlert(followAlert(alert, before), [])).toEqual(alert)
      }),
    )
  })
})
