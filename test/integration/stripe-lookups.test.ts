// The questions of the outbox, put to Stripe's API by the real SDK.
import { HttpResponse } from 'msw'
import { describe, expect, test } from 'vitest'
import { createStripeLookups, LOOKUP_KINDS } from '../../integrations/stripe/lookups.ts'
import type { DeliveryOutcome, OutboxRow } from '../../src/app/ports.ts'
import type { Lookup } from '../../src/core/facts.ts'
import { stripeError, useStripeApi } from '../support/stripe-api.ts'
import {
  CREATED_MS,
  charge,
  customer,
  dispute,
  EVENT_MS,
  intent,
  invoice,
  invoicePayment,
  listOf,
  refund,
  session,
  subscription,
} from '../support/stripe-objects.ts'

const { stripe, calls, answer } = useStripeApi()
const NOW = EVENT_MS + 400
const lookups = createStripeLookups({ stripe, clock: { now: () => NOW } })

const row = (payload: unknown): OutboxRow => ({
  id: 1,
  kind: 'stripe.invoice',
  key: 'in_1',
  payload,
  revision: 1,
  tries: 0,
  state: 'waiting',
  reason: null,
  dueAt: 0,
  createdAt: 0,
})
const ask = (lookup: Lookup): Promise<DeliveryOutcome> => lookups.deliver(row(lookup))
const plain = { account: null }

const line = { amount: 2000, quantity: 1, pricing: { price_details: { price: 'price_1', product: 'prod_1' } } }
const sessionLine = {
  id: 'li_1',
  amount_total: 5000,
  amount_tax: 0,
  quantity: 1,
  price: { id: 'price_1', product: 'prod_1' },
}

const learntPayment = (source: string, parts: object, more: object = {}) => ({
  kind: 'learnt',
  learnt: { source, livemode: false, facts: [{ kind: 'payment', parts }], lookups: [], ...more },
})

describe('asking for an invoice', () => {
  test('links it with its payment and learns its lines', async () => {
    answer({ 'GET /v1/invoices/in_1': () => invoice({ lines: listOf([line]), payments: listOf([invoicePayment()]) }) })
    expect(await ask({ kind: 'stripe.invoice', id: 'in_1', ...plain })).toMatchObject(
      learntPayment('stripe:in_1', {
        names: ['in_1', 'inpay_1', 'pi_1'],
        invoices: { in_1: { amountMinor: 2000, standsAlone: false } },
        items: { rank: 2, list: [{ product: 'prod_1', price: 'price_1', quantity: 1, amountMinor: 2000 }] },
        renewal: true,
        subscription: 'sub_1',
        succeededAt: null,
      }),
    )
    expect(calls).toMatchObject([
      { path: '/v1/invoices/in_1', query: { 'expand[0]': 'payments' }, version: '2026-10-28.endive' },
    ])
  })

  test('without payments knows that it stands alone', async () => {
    answer({ 'GET /v1/invoices/in_1': () => invoice({ lines: listOf([line]), payments: listOf([]) }) })
    const parts = { names: ['in_1'], invoices: { in_1: { standsAlone: true } } }
    expect(await ask({ kind: 'stripe.invoice', id: 'in_1', ...plain })).toMatchObject(
      learntPayment('stripe:in_1', parts),
    )
  })

  test('fetches the lines and payments that did not come along', async () => {
    answer({
      'GET /v1/invoices/in_1': () => invoice({ lines: listOf([line], { has_more: true }) }),
      'GET /v1/invoices/in_1/lines': ({ query }) =>
        query.starting_after
          ? listOf([{ ...line, id: 'il_2' }])
          : listOf([{ ...line, id: 'il_1' }], { has_more: true }),
      'GET /v1/invoice_payments': () => listOf([invoicePayment()]),
    })
    const outcome = await ask({ kind: 'stripe.invoice', id: 'in_1', ...plain })
    expect(outcome).toMatchObject(
      learntPayment('stripe:in_1', { names: ['in_1', 'inpay_1', 'pi_1'], items: { list: [{}, {}] } }),
    )
    expect(calls.map(({ path }) => path)).toEqual([
      '/v1/invoices/in_1',
      '/v1/invoices/in_1/lines',
      '/v1/invoices/in_1/lines',
      '/v1/invoice_payments',
    ])
  })

  test('of a connected account asks there', async () => {
    answer({ 'GET /v1/invoices/in_1': () => invoice({ lines: listOf([]), payments: listOf([]) }) })
    const outcome = await ask({ kind: 'stripe.invoice', id: 'in_1', account: 'acct_7' })
    expect(outcome).toMatchObject(learntPayment('stripe:in_1', { account: 'acct_7' }))
    expect(calls).toMatchObject([{ account: 'acct_7' }])
  })
})

describe('asking for a session', () => {
  test('learns its lines, over several pages', async () => {
    answer({
      'GET /v1/checkout/sessions/cs_test_1': () => session({ line_items: listOf([sessionLine], { has_more: true }) }),
      'GET /v1/checkout/sessions/cs_test_1/line_items': ({ query }) =>
        query.starting_after ? listOf([{ ...sessionLine, id: 'li_2' }]) : listOf([sessionLine], { has_more: true }),
    })
    expect(await ask({ kind: 'stripe.session', id: 'cs_test_1', ...plain })).toMatchObject(
      learntPayment('stripe:cs_test_1', {
        items: { rank: 3, list: [{ amountMinor: 5000 }, { amountMinor: 5000 }] },
        itemsFrom: null,
      }),
    )
  })

  test('for a subscription goes on to ask for its invoice', async () => {
    const object = session({
      mode: 'subscription',
      payment_intent: null,
      invoice: 'in_1',
      line_items: listOf([sessionLine]),
    })
    answer({ 'GET /v1/checkout/sessions/cs_test_1': () => object })
    expect(await ask({ kind: 'stripe.session', id: 'cs_test_1', ...plain })).toMatchObject(
      learntPayment(
        'stripe:cs_test_1',
        { names: ['cs_test_1', 'in_1'] },
        { lookups: [{ kind: 'stripe.invoice', id: 'in_1' }] },
      ),
    )
  })
})

describe('asking for the items of a payment intent', () => {
  const question: Lookup = { kind: 'stripe.items', id: 'pi_1', ...plain }

  test('finds those of its session', async () => {
    answer({
      'GET /v1/checkout/sessions': () => listOf([session()]),
      'GET /v1/checkout/sessions/cs_test_1': () => session({ line_items: listOf([sessionLine]) }),
    })
    const parts = { names: ['cs_test_1', 'pi_1'], items: { rank: 3, list: [{ product: 'prod_1' }] } }
    expect(await ask(question)).toMatchObject(learntPayment('stripe:pi_1', parts))
    expect(calls[0]?.query).toMatchObject({ payment_intent: 'pi_1' })
  })

  test('finds those of its invoice', async () => {
    answer({
      'GET /v1/checkout/sessions': () => listOf([]),
      'GET /v1/invoice_payments': () => listOf([invoicePayment()]),
      'GET /v1/invoices/in_1': () => invoice({ lines: listOf([line]), payments: listOf([invoicePayment()]) }),
    })
    const parts = { names: ['in_1', 'inpay_1', 'pi_1'], items: { rank: 2, list: [{ product: 'prod_1' }] } }
    expect(await ask(question)).toMatchObject(learntPayment('stripe:pi_1', parts))
    expect(calls[1]?.query).toMatchObject({ 'payment[payment_intent]': 'pi_1', 'payment[type]': 'payment_intent' })
  })

  test('finds that there are none', async () => {
    answer({ 'GET /v1/checkout/sessions': () => listOf([]), 'GET /v1/invoice_payments': () => listOf([]) })
    const parts = { names: ['pi_1'], items: { rank: 0, list: [] } }
    expect(await ask(question)).toMatchObject(learntPayment('stripe:pi_1', parts, { livemode: null }))
  })
})

describe('asking for a customer', () => {
  test('learns who it is, as of now', async () => {
    answer({ 'GET /v1/customers/cus_1': () => customer() })
    expect(await ask({ kind: 'stripe.customer', id: 'cus_1', ...plain })).toMatchObject({
      kind: 'learnt',
      learnt: {
        source: 'stripe:cus_1',
        facts: [{ kind: 'customer', id: 'cus_1', at: EVENT_MS, rank: 2, email: 'ada@example.org' }],
      },
    })
  })

  test('learns that it was deleted', async () => {
    answer({ 'GET /v1/customers/cus_1': () => ({ id: 'cus_1', object: 'customer', deleted: true }) })
    const outcome = await ask({ kind: 'stripe.customer', id: 'cus_1', ...plain })
    expect(outcome).toMatchObject({ learnt: { livemode: null, facts: [{ deleted: true, email: null }] } })
  })
})

describe('asking for a charge', () => {
  const parts = {
    names: ['ch_1', 'pi_1'],
    charges: { ch_1: { amountMinor: 5000, at: CREATED_MS, snapshot: { at: EVENT_MS, refundedMinor: 1000 } } },
    refunds: { re_1: { amountMinor: 1000 } },
  }
  const refunded = { amount_refunded: 1000, refunds: listOf([refund()]) }

  test('learns it with its payment intent and its refunds', async () => {
    answer({ 'GET /v1/charges/ch_1': () => charge({ ...refunded, payment_intent: intent() }) })
    const outcome = await ask({ kind: 'stripe.charge', id: 'ch_1', ...plain })
    expect(outcome).toMatchObject(learntPayment('stripe:ch_1', { ...parts, intents: { pi_1: { amountMinor: 5000 } } }))
  })

  test('by the id of its payment intent learns the same', async () => {
    answer({ 'GET /v1/payment_intents/pi_1': () => intent({ latest_charge: charge(refunded) }) })
    expect(await ask({ kind: 'stripe.charge', id: 'pi_1', ...plain })).toMatchObject(
      learntPayment('stripe:pi_1', parts),
    )
  })
})

describe('asking for what a thin event is about', () => {
  const eventAt = CREATED_MS
  const cases: [type: string, object: string, path: string, answered: Record<string, unknown>, fact: object][] = [
    ['charge.succeeded', 'charge', 'charges/ch_1', charge(), { kind: 'payment', parts: { succeededAt: eventAt } }],
    [
      'payment_intent.succeeded',
      'payment_intent',
      'payment_intents/pi_1',
      intent(),
      { parts: { succeededAt: eventAt } },
    ],
    [
      'checkout.session.completed',
      'checkout.session',
      'checkout/sessions/cs_test_1',
      session(),
      { parts: { succeededAt: eventAt } },
    ],
    [
      'invoice_payment.paid',
      'invoice_payment',
      'invoice_payments/inpay_1',
      invoicePayment(),
      { parts: { succeededAt: eventAt } },
    ],
    [
      'refund.failed',
      'refund',
      'refunds/re_1',
      refund({ status: 'failed' }),
      { parts: { refunds: { re_1: { failedAt: eventAt } } } },
    ],
    [
      'charge.dispute.funds_withdrawn',
      'dispute',
      'disputes/dp_1',
      dispute(),
      { parts: { disputes: { dp_1: { moved: { at: eventAt, withdrawn: true } } } } },
    ],
    ['customer.updated', 'customer', 'customers/cus_1', customer(), { kind: 'customer', at: eventAt }],
    [
      'customer.subscription.deleted',
      'subscription',
      'subscriptions/sub_1',
      subscription(),
      { kind: 'subscription', at: eventAt, rank: 3 },
    ],
  ]
  test.each(cases)('%s translates the %s as it was announced', async (type, object, path, answered, fact) => {
    answer({ [`GET /v1/${path}`]: () => answered })
    const id = String(answered.id)
    const outcome = await ask({ kind: 'stripe.event', id, ...plain, type, object, eventAt })
    expect(outcome).toMatchObject({ kind: 'learnt', learnt: { source: `stripe:${id}`, facts: [fact], lookups: [] } })
  })

  test('invoice.paid fetches its payments at once', async () => {
    answer({ 'GET /v1/invoices/in_1': () => invoice({ lines: listOf([]), payments: listOf([invoicePayment()]) }) })
    const outcome = await ask({
      kind: 'stripe.event',
      id: 'in_1',
      ...plain,
      type: 'invoice.paid',
      object: 'invoice',
      eventAt,
    })
    expect(outcome).toMatchObject(
      learntPayment('stripe:in_1', { names: ['in_1', 'inpay_1', 'pi_1'], succeededAt: eventAt }),
    )
  })

  test('about a kind of object that we do not know is refused', async () => {
    const outcome = await ask({
      kind: 'stripe.event',
      id: 'x_1',
      ...plain,
      type: 'invoice.paid',
      object: 'thing',
      eventAt,
    })
    expect(outcome).toEqual({
      kind: 'refused',
      reason: "Stripe's thing x_1 is odd: a thin event is about a kind of object that we do not know.",
    })
  })
})

describe('when Stripe does not answer as hoped', () => {
  const question: Lookup = { kind: 'stripe.invoice', id: 'in_1', ...plain }
  const cases: [title: string, response: () => unknown, outcome: object][] = [
    ['an unknown object is refused', () => undefined, { kind: 'refused', reason: 'Stripe knows no invoice in_1.' }],
    [
      'a request that Stripe calls wrong is refused',
      () => stripeError(400, { type: 'invalid_request_error' }),
      { kind: 'refused', reason: 'Stripe refused to answer for invoice in_1 (400).' },
    ],
    [
      'too many requests wait as long as Stripe says',
      () => stripeError(429, {}, { 'retry-after': '7' }),
      { kind: 'wait', forMs: 7000 },
    ],
    ['too many requests wait two seconds otherwise', () => stripeError(429), { kind: 'wait', forMs: 2000 }],
    ['an error of Stripe is down', () => stripeError(500), { kind: 'down', reason: 'Stripe answers 500.' }],
    [
      'a connection that breaks is down',
      () => HttpResponse.error(),
      { kind: 'down', reason: 'Stripe does not answer.' },
    ],
    [
      'a wrong key is down',
      () => stripeError(401, { type: 'invalid_request_error' }),
      { kind: 'down', reason: 'Stripe does not accept the key: check STRIPE_SECRET_KEY.' },
    ],
    [
      'a key without the permission is down, and says which',
      () => stripeError(403, { type: 'invalid_request_error' }),
      { kind: 'down', reason: 'The Stripe key may not read this: give it the permission “Invoices: Read”.' },
    ],
    [
      'an object that is odd is refused',
      () => invoice({ currency: null, lines: listOf([]), payments: listOf([]) }),
      { kind: 'refused', reason: "Stripe's invoice in_1 is odd: invoice.currency is missing or not three letters." },
    ],
  ]
  test.each(cases)('%s', async (_title, response, outcome) => {
    answer({ 'GET /v1/invoices/in_1': response })
    expect(await ask(question)).toEqual(outcome)
  })

  test('a row that holds no question is refused', async () => {
    expect(await lookups.deliver(row({ kind: 'stripe.unknown' }))).toEqual({
      kind: 'refused',
      reason: 'This is no question that can be put to Stripe.',
    })
    expect(calls).toEqual([])
  })
})

test('every kind of question goes to Stripe', () => {
  expect(lookups).toMatchObject({ vendor: 'stripe', kinds: LOOKUP_KINDS })
})
