// Failed payments and cancelled subscriptions from Stripe's events to what staff are shown, through a real store.
import { afterEach, describe, expect, test } from 'vitest'
import type { AlertView } from '../../src/app/ports.ts'
import { subscriptionOutlook } from '../../src/app/subscription-outlook.ts'
import type { ProgramInput } from '../../src/program/schema.ts'
import { makeProgram } from '../support/programs.ts'
import { type StripeEvent, stripeEvent, stripePayment } from '../support/stripe-events.ts'
import { failedEvent, paidEvent, subscriptionEvent } from '../support/subscriptions.ts'
import { createWorld, staff, type World } from '../support/world.ts'

const at = (day: number, hour = 12): number => Date.UTC(2026, 10, day, hour)
const seconds = (time: number): number => Math.floor(time / 1000)
const NOW = at(22)
const ADA = 'email:ada@example.org'

let world: World
afterEach(() => world.close())

async function open(over: Partial<ProgramInput> = {}): Promise<void> {
  world = await createWorld({ program: makeProgram(over), now: NOW })
}

const adaIsKnown = (): StripeEvent =>
  stripeEvent('customer.created', { id: 'cus_ada', email: 'ada@example.org', name: 'ሰላም Հայկ Əli' }, at(1))
/** A purchase makes her a member. */
const buys = (): StripeEvent => stripePayment({ at: at(2), customer: 'cus_ada', email: 'ada@example.org' }).charge()

async function openWithAda(over: Partial<ProgramInput> = {}): Promise<void> {
  await open(over)
  await world.deliverAll([adaIsKnown(), buys()])
}

async function alerts(state: 'open' | 'resolved' = 'open'): Promise<AlertView[]> {
  const page = await world.app.listAlerts({ state, limit: 50 })
  if (!page.ok) throw new Error(page.message)
  return page.value.items
}
const told = async (state?: 'open' | 'resolved') =>
  (await alerts(state)).map(({ kind, reason, outcome }) => [kind, reason, outcome])

const DECLINED = 'The payment for the $19.00 monthly subscription was declined'
const pastDue = (time: number) => subscriptionEvent(time, { status: 'past_due' })
const wish = { cancel_at_period_end: true, canceled_at: seconds(at(12)) }
const CANCELLED = 'Cancelled on Nov 12, 2026; the $19.00 monthly subscription'

describe('a payment that fails', () => {
  test('is told at once, with what a year is worth, and anew with each try', async () => {
    await openWithAda()
    await world.deliverAll([
      subscriptionEvent(at(3)),
      failedEvent(at(20), { nextAttemptAt: at(22, 20) }),
      pastDue(at(20, 13)),
    ])
    const reason = `${DECLINED}; Stripe tries again on Nov 22, 2026.`
    const [first, ...others] = await alerts()
    expect(others).toEqual([])
    expect(first).toMatchObject({
      kind: 'payment_failed',
      state: 'open',
      value: { amount: 22_800, currency: 'usd' },
      reason,
      member: { name: 'ሰላም Հայկ Əli' },
      facts: { invoice: 'in_1', subscription: 'sub_1', attempt: 1 },
    })
    await world.deliver(failedEvent(at(22, 11), { attempt: 2 }))
    expect(await alerts()).toMatchObject([
      { id: first?.id, reason: `${DECLINED} twice; no further try is planned.`, openedAt: first?.openedAt },
    ])
  })

  test('is over when its invoice is paid', async () => {
    await openWithAda()
    await world.deliverAll([subscriptionEvent(at(3)), failedEvent(at(20)), paidEvent(at(21))])
    expect(await told()).toEqual([])
    expect(await told('resolved')).toEqual([['payment_failed', `${DECLINED}; no further try is planned.`, 'passed']])
  })

  test('is over when all that was owed was paid, whatever says which invoice that was for', async () => {
    await openWithAda()
    const link = (pi: string, n: number) => {
      const payment = { type: 'payment_intent', payment_intent: pi }
      const paid = { id: `inpay_${n}`, object: 'invoice_payment', invoice: 'in_1', currency: 'usd', payment }
      return stripeEvent('invoice_payment.paid', paid, at(21))
    }
    await world.deliver(failedEvent(at(20)))
    const part = stripePayment({ at: at(21), amount: 900, customer: 'cus_ada', email: 'ada@example.org' })
    await world.deliverAll([part.charge(), link(part.pi, 1)])
    expect(await alerts()).toHaveLength(1)
    const rest = stripePayment({ at: at(21), amount: 1_000, customer: 'cus_ada', email: 'ada@example.org' })
    await world.deliverAll([rest.charge(), link(rest.pi, 2)])
    expect(await alerts()).toHaveLength(0)
  })

  test('is over when the subscription is active again, and not when it was before', async () => {
    await openWithAda()
    await world.deliverAll([failedEvent(at(20)), subscriptionEvent(at(19))])
    expect(await alerts()).toHaveLength(1)
    await world.deliver(subscriptionEvent(at(21)))
    expect(await alerts()).toHaveLength(0)
  })

  test('is not told where it was paid before we heard of it', async () => {
    await openWithAda()
    await world.deliverAll([subscriptionEvent(at(3)), paidEvent(at(21)), failedEvent(at(20))])
    expect(await told()).toEqual([])
    expect(await told('resolved')).toEqual([])
  })

  test('stays with staff when the subscription ends of it, and says so', async () => {
    await openWithAda()
    const over = { status: 'canceled', canceled_at: seconds(at(22)), ended_at: seconds(at(22)) }
    await world.deliverAll([
      subscriptionEvent(at(3)),
      failedEvent(at(20), { attempt: 4 }),
      subscriptionEvent(at(22), over),
    ])
    expect(await told()).toEqual([
      ['payment_failed', `${DECLINED} 4 times; the subscription ended on Nov 22, 2026.`, null],
    ])
    expect((await alerts())[0]?.value.amount).toBe(22_800)
  })

  test('again, after it seemed over, opens it again', async () => {
    await openWithAda()
    await world.deliverAll([failedEvent(at(18)), subscriptionEvent(at(19)), failedEvent(at(20), { attempt: 2 })])
    const [alert, ...others] = await alerts()
    expect(others).toEqual([])
    expect(alert).toMatchObject({
      state: 'open',
      outcome: null,
      reason: `${DECLINED} twice; no further try is planned.`,
    })
    expect(alert?.steps.map(({ did, detail }) => [did, detail])).toEqual([
      ['opened', null],
      ['resolved', 'passed'],
      ['reopened', 'by_itself'],
    ])
  })

  test('that staff ended stays so, and one that they opened again is theirs to end', async () => {
    await openWithAda()
    await world.deliver(failedEvent(at(20)))
    const id = (await alerts())[0]?.id ?? ''
    const move = (step: Parameters<World['app']['moveAlert']>[1]) => world.app.moveAlert(id, step, staff, null)
    expect(await move({ do: 'resolve', outcome: 'helped' })).toMatchObject({ ok: true })
    await world.deliver(failedEvent(at(21), { attempt: 2 }))
    expect(await told()).toEqual([])
    expect(await move({ do: 'reopen' })).toMatchObject({ ok: true })
    await world.deliver(paidEvent(at(22)))
    expect(await alerts()).toHaveLength(1)
  })

  test('of a customer never heard of is found by the address that the invoice was sent to', async () => {
    await open()
    await world.app.enrolMember({ email: 'ada@example.org' }, staff, null)
    await world.deliverAll([
      failedEvent(at(20)),
      failedEvent(at(20), {}, { id: 'in_2', customer: 'cus_x', email: 'x@example.org' }),
    ])
    expect(await alerts()).toMatchObject([{ kind: 'payment_failed', value: { amount: 1_900 } }])
    const found = await world.app.getMember(ADA)
    expect(found).toMatchObject({ ok: true, value: { stripeCustomers: ['cus_ada'] } })
    // Nobody is made a candidate for what they did not pay.
    expect(await world.app.getMember('stripe:cus_x')).toMatchObject({ ok: false, code: 'not_found' })
    // What their customer subscribes to is known from now on.
    await world.deliver(pastDue(at(20, 13)))
    expect(await alerts()).toMatchObject([{ value: { amount: 22_800 } }])
  })

  test('of a connected account’s customer is not the merchant’s', async () => {
    await openWithAda()
    await world.deliver({ ...failedEvent(at(20)), account: 'acct_1' })
    await world.deliver({ ...subscriptionEvent(at(20), wish), account: 'acct_1' })
    expect(await alerts()).toEqual([])
  })

  test('in a currency that is not listed puts nothing at stake, and names its own', async () => {
    await openWithAda()
    const krona = { subscription: null, amount: 9_900, currency: 'sek' }
    await world.deliver(failedEvent(at(20), {}, krona))
    expect(await alerts()).toMatchObject([
      {
        value: { amount: 0, currency: 'usd' },
        reason: 'The payment of kr\u00a099.00 for an invoice was declined; no further try is planned.',
        facts: { amountMinor: 9_900, currency: 'sek' },
      },
    ])
  })
})

describe('a subscription that is cancelled', () => {
  test('is told at once, comes back when the wish is withdrawn, and is told anew another day', async () => {
    await openWithAda()
    await world.deliverAll([subscriptionEvent(at(3)), subscriptionEvent(at(12), wish)])
    const first = (await alerts())[0]
    expect(await told()).toEqual([['cancelling', `${CANCELLED} ends on Dec 3, 2026.`, null]])
    expect(first).toMatchObject({ value: { amount: 22_800 }, facts: { subscription: 'sub_1', isTrial: 'no' } })
    await world.deliver(subscriptionEvent(at(13)))
    expect(await told('resolved')).toMatchObject([['cancelling', `${CANCELLED} ends on Dec 3, 2026.`, 'came_back']])
    await world.deliver(subscriptionEvent(at(20), { ...wish, canceled_at: seconds(at(20)) }))
    const [again] = await alerts()
    expect(again?.id).not.toBe(first?.id)
    expect(again?.reason).toMatch(/^Cancelled on Nov 20, 2026/)
  })

  test('says that it ended, and why', async () => {
    await openWithAda()
    const why = {
      cancellation_details: { reason: 'cancellation_requested', feedback: 'too_expensive', comment: 'Əla' },
    }
    const over = { ...wish, ...why, status: 'canceled', ended_at: seconds(at(21)) }
    await world.deliverAll([subscriptionEvent(at(12), { ...wish, ...why }), subscriptionEvent(at(21), over)])
    const [alert] = await alerts()
    expect(alert?.reason).toBe(`${CANCELLED} ended on Nov 21, 2026. Reason given: too expensive.`)
    expect(JSON.stringify(alert)).not.toContain('Əla')
  })

  test('comes back with another one taken since', async () => {
    await openWithAda()
    await world.deliver(subscriptionEvent(at(12), { ...wish, status: 'canceled', ended_at: seconds(at(12)) }))
    expect(await alerts()).toHaveLength(1)
    await world.deliver(subscriptionEvent(at(20), { start_date: seconds(at(20)) }, { id: 'sub_2' }))
    expect(await told('resolved')).toMatchObject([['cancelling', expect.anything(), 'came_back']])
  })

  test('long ago is not told, whenever we hear of it', async () => {
    await openWithAda()
    const over = { status: 'canceled', canceled_at: seconds(at(-40)), ended_at: seconds(at(-40)) }
    await world.deliver(subscriptionEvent(at(-40), over))
    expect(await alerts()).toEqual([])
  })
})

describe('who hears of it', () => {
  test.each([
    ['kinds that the program does not want', { retention: { alerts: ['unhappy'] } }],
    ['too little at stake', { retention: { minimumValue: 500 } }],
  ] satisfies [string, Partial<ProgramInput>][])('nobody, of %s', async (_, over) => {
    await openWithAda(over)
    await world.deliverAll([subscriptionEvent(at(12), wish), failedEvent(at(20))])
    expect(await alerts()).toEqual([])
  })

  test('nobody, of a customer who is no member; staff hear of it once they are one', async () => {
    await open({ enrolment: { automatic: false } })
    await world.deliverAll([adaIsKnown(), buys(), subscriptionEvent(at(12), wish), failedEvent(at(20))])
    expect(await alerts()).toEqual([])
    await world.app.enrolMember({ email: 'ada@example.org' }, staff, null)
    expect((await alerts()).map(({ kind }) => kind).sort()).toEqual(['cancelling', 'payment_failed'])
  })

  test('staff, once a customer proves to be a member’s', async () => {
    await open({ enrolment: { automatic: false } })
    const nameless = stripePayment({ at: at(2), customer: 'cus_ada', email: null }).charge()
    await world.deliverAll([nameless, subscriptionEvent(at(12), wish), failedEvent(at(20), {}, { email: null })])
    await world.app.enrolMember({ email: 'ada@example.org' }, staff, null)
    expect(await alerts()).toEqual([])
    await world.deliver(adaIsKnown())
    expect((await alerts()).map(({ kind }) => kind).sort()).toEqual(['cancelling', 'payment_failed'])
    expect((await world.app.verify()).discrepancies).toEqual([])
  })

  test('everybody, though some members are held out from other alerts', async () => {
    await openWithAda({ retention: { holdout: 1 } })
    await world.deliver(subscriptionEvent(at(12), wish))
    expect(await alerts()).toHaveLength(1)
  })

  test('nobody any more when the member leaves or is forgotten', async () => {
    await openWithAda()
    await world.deliver(failedEvent(at(20)))
    await world.app.eraseMember(ADA, staff)
    expect(await alerts()).toEqual([])
    // A late word about the same customer brings nothing back.
    await world.deliver(failedEvent(at(21), { attempt: 2 }))
    expect(await alerts()).toEqual([])
  })

  test('makes nobody a candidate where no tier is paid for', async () => {
    await open()
    await world.deliverAll([subscriptionEvent(at(12), wish), failedEvent(at(20))])
    expect((await world.app.stats()).members).toBe(0)
  })

  test('through a program’s paid tiers too', async () => {
    const prime = { id: 'prime', name: 'Prime', paid: { products: ['prod_box'] } }
    await open({ tiers: { levels: [prime] } })
    await world.deliverAll([adaIsKnown(), subscriptionEvent(at(12), wish)])
    expect(await told()).toEqual([['cancelling', `${CANCELLED} ends on Dec 3, 2026.`, null]])
    expect((await world.app.verify()).discrepancies).toEqual([])
  })
})

describe('what is to be expected of a subscriber', () => {
  const outlook = async () => {
    const found = await world.app.getMember(ADA)
    if (!found.ok) throw new Error(found.message)
    return world.store.read((tx) => {
      const member = tx.members([found.value.id]).get(found.value.id)
      if (member === undefined) throw new Error('no such member')
      return subscriptionOutlook(tx, member, { program: makeProgram(), renewals: [], now: NOW })
    })
  }

  test.each([
    ['goes on', {}, { isRunning: true, renewalProbability: 0.95, risk: 'low' }],
    ['is cancelled', wish, { isRunning: true, renewalProbability: 0, risk: 'high', valueMinor: 0 }],
    ['is late', { status: 'past_due' }, { isRunning: true, renewalProbability: 0.95, risk: 'high' }],
    ['is unpaid', { status: 'unpaid' }, { isRunning: false, renewalProbability: 0, risk: 'high' }],
  ])('whose subscription %s', async (_, over, expected) => {
    await openWithAda()
    await world.deliver(subscriptionEvent(at(12), over))
    expect(await outlook()).toMatchObject({ monthlyMinor: 1_900, since: Date.UTC(2026, 9, 3, 12), ...expected })
  })

  test.each([
    ['ended', { status: 'canceled', ended_at: seconds(at(12)) }],
    ['was never paid for', { status: 'incomplete' }],
  ])('whose subscription %s is none', async (_, over) => {
    await openWithAda()
    await world.deliver(subscriptionEvent(at(12), over))
    expect(await outlook()).toBeNull()
  })

  test('with two is the sum of both, and the worse of both', async () => {
    await openWithAda()
    await world.deliverAll([
      subscriptionEvent(at(12), wish),
      subscriptionEvent(at(12), {}, { id: 'sub_2', amount: 5_000 }),
    ])
    expect(await outlook()).toMatchObject({ monthlyMinor: 6_900, renewalProbability: 0.95, risk: 'high' })
  })
})
