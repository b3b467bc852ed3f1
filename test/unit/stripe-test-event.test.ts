import Stripe from 'stripe'
import { expect, test } from 'vitest'
import { STRIPE_API_VERSION } from '../../integrations/stripe/api-version.ts'
import { makeTestPayment, makeTestRefund } from '../../integrations/stripe/test-event.ts'
import { translateEvent } from '../../integrations/stripe/translate.ts'
import { derivePayment } from '../../src/core/derive-payment.ts'
import { emptyParts } from '../../src/core/facts.ts'
import { joinParts } from '../../src/core/merge-payment.ts'
import { CREATED_MS } from '../support/stripe-objects.ts'

const options = { email: 'Ada@Example.org', amountMinor: 4990, currency: 'EUR', at: CREATED_MS, newId: () => 'a1-b2' }

/** What all events say together. */
const together = (events: readonly Parameters<typeof translateEvent>[0][]) =>
  events
    .map((event) => translateEvent(event))
    .flatMap((translation) => (translation.kind === 'facts' ? translation.facts : []))
    .reduce((parts, fact) => (fact.kind === 'payment' ? joinParts(parts, fact.parts) : parts), emptyParts())

test('a test payment is one payment, announced three times', () => {
  const payment = makeTestPayment(options)
  expect(payment.events.map(({ type }) => type)).toEqual([
    'payment_intent.succeeded',
    'charge.succeeded',
    'checkout.session.completed',
  ])
  const parts = together(payment.events)
  expect(parts.names).toEqual(['ch_a1b2', 'cs_test_a1b2', 'pi_a1b2'])
  expect(parts.emails).toEqual({ session: 'ada@example.org', billing: 'ada@example.org', receipt: 'ada@example.org' })
  expect(derivePayment(parts)).toMatchObject({
    linked: true,
    paidMinor: 4990,
    netMinor: 4990,
    currency: 'eur',
    at: CREATED_MS,
  })
})

test('what was bought is known where it is said, and not where it is not', () => {
  const bought = [{ product: 'prod_serum', price: null, quantity: 1, amountMinor: 4990 }]
  expect(together(makeTestPayment({ ...options, product: 'prod_serum' }).events).items?.list).toEqual(bought)
  expect(together(makeTestPayment(options).events).items).toBeNull()
})

test('the same id makes the same payment again', () => {
  expect(makeTestPayment(options)).toEqual(makeTestPayment(options))
})

test.each([
  [undefined, 4990],
  [1000, 1000],
])('a refund of %s takes back %i', (refundMinor, refundedMinor) => {
  const refund = makeTestRefund({ ...options, refundAt: CREATED_MS + 9000, ...(refundMinor ? { refundMinor } : {}) })
  expect(derivePayment(together([...makeTestPayment(options).events, ...refund])).refundedMinor).toBe(refundedMinor)
})

test('the API version is the one that the SDK speaks', () => {
  expect(Stripe.API_VERSION ?? new Stripe('sk_test_x').getApiField('version')).toBe(STRIPE_API_VERSION)
})
