// Stripe's own example objects, as its OpenAPI repository has them: each event type with the object it carries.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { handledEvents } from '../../integrations/stripe/handled-events.ts'
import { readIncomingEvent } from '../../integrations/stripe/incoming-event.ts'
import { signPayload } from '../../integrations/stripe/test-event.ts'
import { verifyStripeSignature } from '../../integrations/stripe/verify-signature.ts'
import { EVENT_AT, OLD_VERSION, type StripeObject, stripeEvent } from '../support/stripe-objects.ts'

const file = fileURLToPath(new URL('../../../shared/data/stripe-fixtures.json', import.meta.url))
const isThere = existsSync(file)
const fixtures: Record<string, StripeObject> = isThere ? JSON.parse(readFileSync(file, 'utf8')).resources : {}

interface Case {
  type: string
  resource: string
  over?: StripeObject
  /** What must come of it. */
  expected: object
}

const ch = 'ch_1PgafuB7WZ01zgkWXYmPNZs8'
const pi = 'pi_1PgafyB7WZ01zgkWSjxsAJo3'
const cs = 'cs_test_a1YS1URlnyQCN5fUUduORoQ7Pw41PJqDWkIVQCpJPqkfIhd6tVY8XB1OLY'
const inv = 'in_1Pgc6tB7WZ01zgkWu9fdqL6I'
const paymentWith = (parts: object) => ({ kind: 'facts', facts: [{ kind: 'payment', parts }] })
const factOf = (fact: object) => ({ kind: 'facts', facts: [fact] })
const captured = { captured: true, amount_captured: 100 }
const paidSession = { payment_status: 'paid', amount_total: 5000, currency: 'eur' }
const paidInvoice = { status: 'paid', amount_paid: 1000, amount_remaining: 0 }
const charged = paymentWith({ names: [ch], charges: { [ch]: { amountMinor: 100 } }, name: 'Jenny Rosen' })
const disputed = paymentWith({ names: [ch], disputes: { dp_1Pgc71B7WZ01zgkWMevJiAUx: { amountMinor: 1000 } } })
const refunded = paymentWith({
  names: [ch],
  refunds: { re_1Pgc72B7WZ01zgkWqPvrRrPE: { amountMinor: 100, state: 'succeeded' } },
})
const cus = 'cus_QXg1o8vcGmoR32'
const sub = {
  kind: 'subscription',
  id: 'sub_1Pgc6rB7WZ01zgkWNy0Cn5nw',
  customer: cus,
  status: 'active',
  paused: true,
  cancelAtPeriodEnd: true,
}

const cases: Case[] = [
  {
    type: 'charge.succeeded',
    resource: 'charge',
    expected: paymentWith({ charges: { [ch]: { amountMinor: 0 } }, succeededAt: null }),
  },
  { type: 'charge.succeeded', resource: 'charge', over: captured, expected: charged },
  { type: 'charge.captured', resource: 'charge', over: captured, expected: charged },
  { type: 'charge.updated', resource: 'charge', over: captured, expected: charged },
  {
    type: 'charge.refunded',
    resource: 'charge',
    over: { ...captured, amount_refunded: 40 },
    expected: paymentWith({ charges: { [ch]: { snapshot: { refundedMinor: 40 } } } }),
  },
  {
    type: 'payment_intent.succeeded',
    resource: 'payment_intent',
    over: { amount_received: 1099 },
    expected: paymentWith({ names: [pi], intents: { [pi]: { amountMinor: 1099 } } }),
  },
  {
    type: 'checkout.session.completed',
    resource: 'checkout.session',
    expected: paymentWith({ names: [cs, pi], sessions: {}, emails: { session: 'example@example.com' } }),
  },
  {
    type: 'checkout.session.completed',
    resource: 'checkout.session',
    over: paidSession,
    expected: paymentWith({ names: [cs, pi], sessions: { [cs]: { amountMinor: 5000, pendingLink: false } } }),
  },
  {
    type: 'checkout.session.async_payment_succeeded',
    resource: 'checkout.session',
    over: paidSession,
    expected: paymentWith({ sessions: { [cs]: { amountMinor: 5000 } } }),
  },
  {
    type: 'invoice.paid',
    resource: 'invoice',
    over: paidInvoice,
    expected: {
      lookups: [{ kind: 'stripe.invoice', id: inv }],
      ...paymentWith({ names: [inv], items: { list: [{ amountMinor: 1000 }] }, customer: cus }),
    },
  },
  {
    type: 'invoice.payment_succeeded',
    resource: 'invoice',
    over: { ...paidInvoice, charge: ch, payment_intent: pi },
    expected: { lookups: [], ...paymentWith({ names: [ch, inv, pi] }) },
  },
  {
    type: 'invoice.payment_failed',
    resource: 'invoice',
    expected: factOf({ kind: 'invoice_failure', invoice: inv, amountMinor: 1000 }),
  },
  {
    type: 'invoice_payment.paid',
    resource: 'invoice_payment',
    over: { invoice: inv, currency: 'usd', payment: { type: 'payment_intent', payment_intent: pi } },
    expected: paymentWith({ names: [inv, 'obj_123', pi] }),
  },
  { type: 'refund.created', resource: 'refund', expected: refunded },
  { type: 'refund.updated', resource: 'refund', expected: refunded },
  {
    type: 'refund.failed',
    resource: 'refund',
    over: { status: 'failed' },
    expected: paymentWith({ refunds: { re_1Pgc72B7WZ01zgkWqPvrRrPE: { state: 'failed' } } }),
  },
  { type: 'charge.refund.updated', resource: 'refund', expected: refunded },
  ...['created', 'updated', 'closed', 'funds_withdrawn', 'funds_reinstated'].map((verb) => ({
    type: `charge.dispute.${verb}`,
    resource: 'dispute',
    expected: disputed,
  })),
  { type: 'customer.created', resource: 'customer', expected: factOf({ kind: 'customer', id: cus, deleted: false }) },
  { type: 'customer.updated', resource: 'customer', expected: factOf({ kind: 'customer', id: cus, rank: 1 }) },
  {
    type: 'customer.deleted',
    resource: 'deleted_customer',
    expected: factOf({ kind: 'customer', deleted: true, email: null }),
  },
  ...['created', 'updated', 'deleted', 'paused', 'resumed'].map((verb) => ({
    type: `customer.subscription.${verb}`,
    resource: 'subscription',
    expected: factOf(sub),
  })),
  {
    type: 'promotion_code.updated',
    resource: 'promotion_code',
    expected: factOf({ kind: 'code', timesRedeemed: 0, active: false }),
  },
]

const SECRET = 'whsec_fixtures'

describe(`Stripe's example objects${isThere ? '' : ' (skipped: ../shared/data/stripe-fixtures.json is not there)'}`, () => {
  describe.each([
    ['the current version', {}],
    ['the version before basil', { api_version: OLD_VERSION }],
  ])('in %s', (_title, event) => {
    test.skipIf(!isThere).each(cases)('$type of a $resource is understood', ({ type, resource, over, expected }) => {
      const payload = JSON.stringify(stripeEvent(type, { ...fixtures[resource], ...over }, event))
      const header = signPayload(payload, SECRET, EVENT_AT)
      expect(verifyStripeSignature({ payload, header, secrets: [SECRET], nowMs: EVENT_AT * 1000 })).toEqual({
        ok: true,
      })
      expect(readIncomingEvent(payload, 0)).toMatchObject({ ok: true, event: { type, translation: expected } })
    })
  })

  test.skipIf(!isThere)('cover every event that is handled', () => {
    expect(new Set(cases.map(({ type }) => type))).toEqual(new Set(Object.keys(handledEvents)))
  })

  test.skipIf(!isThere)('of a type that is not handled are ignored', () => {
    expect(readIncomingEvent(JSON.stringify(fixtures.event), 0)).toMatchObject({
      event: { translation: { kind: 'ignored' } },
    })
  })
})
