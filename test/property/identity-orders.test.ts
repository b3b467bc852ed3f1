// An invoice's payment by somebody whom several addresses name, in both shapes of Stripe's API: whatever order its events
// come in, and whoever of the addresses is a member already, everybody's books end the same.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ProgramInput } from '../../src/program/schema.ts'
import { levels, makeProgram } from '../support/programs.ts'
import { type StripeEvent, stripeEvent, stripePayment } from '../support/stripe-events.ts'
import { createWorld, staff } from '../support/world.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const DAY = 86_400_000
const AMOUNT = 10_000
const TAX = 500
const EMAILS = ['a@example.org', 'b@example.org', 'c@example.org']
const RUNS = Number(process.env.PROPERTY_RUNS ?? 40)

const programs: Record<string, Partial<ProgramInput>> = {
  plain: {},
  welcoming: {
    enrolment: { award: { points: 40, badge: 'new' } },
    badges: [{ id: 'new', name: 'New' }],
    points: { expiry: { kind: 'after', months: 2 } },
    campaigns: [{ id: 'autumn', name: 'Autumn', on: 'enrolment', from: '2026-10-01', bonus: 7 }],
  },
  awarding: {
    tiers: { levels: levels(['base', 0], ['gold', 90, { entry: { points: 11 } }]) },
    challenges: [{ id: 'first', name: 'First', goal: { count: 1 }, award: { points: 9 } }],
  },
  tiered: {
    tiers: {
      window: { kind: 'lifetime' },
      levels: levels(['base', 0], ['silver', 50, { multiplier: 1.5 }], ['gold', 150, { multiplier: 2 }]),
    },
  },
  forgiving: { points: { shortfall: 'forgive', holdDays: 10, expiry: { kind: 'after', months: 2 } } },
  idle: {
    points: { expiry: { kind: 'inactivity', months: 2 } },
    tiers: { levels: levels(['base', 0], ['gold', 97, { expiry: { kind: 'never' } }]) },
  },
}

interface Buyer {
  shape: 'old' | 'new'
  customer: string | null
  billing: string | null
  receipt: string | null
  checkout: string | null
  days: number
}

/** Everything Stripe may say of one invoice's payment, with refunds and a dispute. */
function eventsOf({ shape, customer, billing, receipt, checkout, days }: Buyer): StripeEvent[] {
  const at = NOW - days * DAY
  const payment = stripePayment({ at, amount: AMOUNT, customer, email: billing })
  const [invoice, subscription, link] = [`in_${payment.pi}`, `sub_${payment.pi}`, `inpay_${payment.pi}`]
  const old = shape === 'old'
  const event = (type: string, object: Record<string, unknown>, later: number) =>
    stripeEvent(type, object, at + later, { api_version: old ? '2024-06-20' : '2026-10-28.endive' })
  const invoiceObject = {
    id: invoice,
    object: 'invoice',
    status: 'paid',
    amount_paid: AMOUNT,
    amount_due: AMOUNT,
    total: AMOUNT,
    currency: 'usd',
    customer,
    customer_email: checkout,
    billing_reason: 'subscription_create',
    status_transitions: { paid_at: (at + 3_000) / 1000 },
    created: at / 1000,
    lines: { data: [], has_more: false },
    ...(old
      ? { paid: true, payment_intent: payment.pi, charge: payment.ch, tax: TAX, subscription }
      : {
          total_taxes: [{ amount: TAX }],
          parent: { subscription_details: { subscription, metadata: {} } },
          payments: {
            has_more: false,
            data: [{ id: link, status: 'paid', payment: { type: 'payment_intent', payment_intent: payment.pi } }],
          },
        }),
  }
  const session = {
    id: payment.cs,
    object: 'checkout.session',
    mode: 'subscription',
    status: 'complete',
    payment_status: 'paid',
    amount_total: AMOUNT,
    amount_subtotal: AMOUNT - TAX,
    total_details: { amount_tax: TAX, amount_shipping: 0, amount_discount: 0 },
    currency: 'usd',
    created: at / 1000,
    customer,
    customer_details: { email: checkout, name: null, phone: null },
    payment_intent: null,
    invoice,
    subscription,
    metadata: {},
  }
  const charge = (over: object = {}, type = 'charge.succeeded', later = 1_000) =>
    payment.charge({ receipt_email: receipt, ...(old ? { invoice } : {}), ...over }, type, later)
  return [
    charge(),
    event('invoice.paid', invoiceObject, 4_000),
    event('checkout.session.completed', session, 5_000),
    ...(old
      ? []
      : [
          event(
            'invoice_payment.paid',
            {
              id: link,
              object: 'invoice_payment',
              invoice,
              currency: 'usd',
              payment: { type: 'payment_intent', payment_intent: payment.pi },
              status: 'paid',
            },
            4_000,
          ),
        ]),
    payment.refund(3_000, { later: 50_000 }),
    charge({ amount_refunded: 3_000 }, 'charge.refunded', 70_000),
    payment.dispute('funds_withdrawn', 'needs_response', 2_000),
  ]
}

async function booksAfter(program: Partial<ProgramInput>, events: readonly StripeEvent[], members: readonly string[]) {
  const world = await createWorld({ program: makeProgram(program), now: NOW })
  for (const email of members) {
    await world.deliver(stripePayment({ at: NOW - 200 * DAY, amount: 6_000, email }).charge())
    await world.app.adjustPoints(`email:${email}`, { points: -10, reason: 'spent' }, staff, null)
  }
  for (const event of events) expect(await world.deliver(event)).not.toBe('parked')
  await world.app.settleDue(100)
  const books: unknown[] = []
  for (const ref of [...EMAILS.map((email) => `email:${email}`), 'stripe:cus_x'])
    books.push(await world.books(ref).catch(() => null))
  const { discrepancies } = await world.app.verify()
  await world.close()
  return { books, discrepancies }
}

const email = fc.constantFrom(null, ...EMAILS)
const buyer: fc.Arbitrary<Buyer> = fc.record({
  shape: fc.constantFrom('old' as const, 'new' as const),
  customer: fc.constantFrom(null, 'cus_x'),
  billing: email,
  receipt: email,
  checkout: email,
  days: fc.constantFrom(2, 30, 100, 400),
})

describe.each(Object.keys(programs))('with the program "%s"', (name) => {
  const program = programs[name] ?? {}
  it('credits the same people with the same points in any order', async () => {
    await fc.assert(
      fc.asyncProperty(buyer, fc.subarray(EMAILS), fc.infiniteStream(fc.nat()), async (who, members, chance) => {
        const events = eventsOf(who)
        const inOrder = await booksAfter(program, events, members)
        expect(inOrder.discrepancies).toEqual([])
        const shuffled = [...events, ...events]
          .map((event) => [chance.next().value ?? 0, event] as const)
          .sort((a, b) => a[0] - b[0])
        const found = await booksAfter(
          program,
          shuffled.map(([, event]) => event),
          members,
        )
        expect(found).toEqual(inOrder)
      }),
      { numRuns: RUNS },
    )
  })
})
