// What each event says, in the shape before basil and in the current one.
import { describe, expect, test } from 'vitest'
import { handledEvents, subscribedEvents } from '../../integrations/stripe/handled-events.ts'
import { translateEvent } from '../../integrations/stripe/translate.ts'
import type { Fact, Lookup, PaymentParts } from '../../src/core/facts.ts'
import {
  CREATED,
  CREATED_MS,
  charge,
  customer,
  dispute,
  EVENT_AT,
  EVENT_MS,
  intent,
  invoice,
  invoicePayment,
  listOf,
  OLD_VERSION,
  oldInvoice,
  partsOf,
  refund,
  type StripeObject,
  session,
  stripeEvent,
  subscription,
} from '../support/stripe-objects.ts'

const old = { api_version: OLD_VERSION }

/** The one fact and the lookups of an event that is understood. */
function understood(type: string, object: StripeObject, over: object = {}): { fact: Fact; lookups: Lookup[] } {
  const translation = translateEvent(stripeEvent(type, object, over))
  if (translation.kind !== 'facts') throw new Error(`not understood: ${JSON.stringify(translation)}`)
  const [fact] = translation.facts
  if (fact === undefined || translation.facts.length > 1) throw new Error('not one fact')
  return { fact, lookups: translation.lookups }
}

function paymentOf(type: string, object: StripeObject, over: object = {}): PaymentParts {
  const { fact } = understood(type, object, over)
  if (fact.kind !== 'payment') throw new Error(`no payment but ${fact.kind}`)
  return fact.parts
}

const person = { name: 'Ada Lovelace', phone: '+44 20 7946 0000' }
const emails = { session: null, billing: 'ada@example.org', receipt: 'receipts@example.org' }
const chargePart = {
  intent: 'pi_1',
  amountMinor: 5000,
  at: CREATED_MS,
  snapshot: { at: EVENT_MS, refundedMinor: 0 },
}
const chargeParts = partsOf({
  names: ['ch_1', 'pi_1'],
  currency: 'usd',
  charges: { ch_1: chargePart },
  customer: 'cus_1',
  emails,
  ...person,
  metadata: { order: '17' },
})

describe('a charge', () => {
  test('that succeeded is an amount, an identity and a success', () => {
    expect(paymentOf('charge.succeeded', charge())).toEqual({ ...chargeParts, succeededAt: EVENT_MS })
  })

  test('that was captured is a success', () => {
    expect(paymentOf('charge.captured', charge())).toEqual({ ...chargeParts, succeededAt: EVENT_MS })
  })

  test('that was updated is the same, but no success of its own', () => {
    expect(paymentOf('charge.updated', charge())).toEqual(chargeParts)
  })

  test('of before basil links the invoice it names, where its lines can be had', () => {
    expect(paymentOf('charge.succeeded', charge({ invoice: 'in_1' }), old)).toEqual({
      ...chargeParts,
      names: ['ch_1', 'in_1', 'pi_1'],
      itemsFrom: 'in_1',
      succeededAt: EVENT_MS,
    })
  })

  test('that is merely authorised has no amount', () => {
    const authorised = charge({ captured: false, amount_captured: 0, paid: true })
    const parts = paymentOf('charge.succeeded', authorised)
    expect(parts.charges.ch_1?.amountMinor).toBe(0)
    expect(parts.succeededAt).toBeNull()
  })

  test.each([{ status: 'failed' }, { paid: false, status: 'pending' }])('with %j has no amount', (over) => {
    expect(paymentOf('charge.updated', charge(over)).charges.ch_1?.amountMinor).toBe(0)
  })

  test('of before amount_captured counts whole when captured', () => {
    const { amount_captured: _, ...plain } = charge()
    expect(paymentOf('charge.succeeded', plain, old).charges.ch_1?.amountMinor).toBe(5000)
    expect(paymentOf('charge.succeeded', { ...plain, captured: false }, old).charges.ch_1?.amountMinor).toBe(0)
  })

  test('with its payment intent expanded takes the tip from it', () => {
    const expanded = intent({
      amount_details: { tip: { amount: 300 }, tax: { total_tax_amount: 80 }, shipping: { amount: 90 } },
    })
    const parts = paymentOf('charge.succeeded', charge({ payment_intent: expanded }))
    expect(parts.charges.ch_1?.intent).toBe('pi_1')
    expect(parts.intents).toEqual({ pi_1: { amountMinor: 5000 } })
    expect(parts).toMatchObject({
      tip: { rank: 1, value: 300 },
      tax: { rank: 1, value: 80 },
      shipping: { rank: 1, value: 90 },
    })
  })

  test('of a py_ id is named by it', () => {
    expect(paymentOf('charge.succeeded', charge({ id: 'py_1' })).names).toEqual(['pi_1', 'py_1'])
  })

  test('of a connected account says so', () => {
    expect(paymentOf('charge.succeeded', charge(), { account: 'acct_7' }).account).toBe('acct_7')
  })
})

describe('what a charge says is refunded', () => {
  const snapshotOf = (over: StripeObject, event: object = {}) =>
    paymentOf('charge.refunded', charge(over), event).charges.ch_1?.snapshot

  test('is cumulative, as of the event', () => {
    expect(snapshotOf({ amount_refunded: 1200 })).toEqual({ at: EVENT_MS, refundedMinor: 1200 })
  })

  test('is unknown when it is not said', () => {
    expect(snapshotOf({ amount_refunded: undefined })).toBeNull()
  })

  test.each([
    ['before basil without the uncaptured rest', old, 500],
    ['since basil as it is', {}, 2500],
    ['without a version as it is', { api_version: null }, 2500],
  ])('of a partial capture counts %s', (_title, event, refundedMinor) => {
    expect(snapshotOf({ amount_captured: 3000, amount_refunded: 2500 }, event)).toEqual({ at: EVENT_MS, refundedMinor })
  })

  test('of a partial capture without a version counts by its shape', () => {
    const over = { amount_captured: 3000, amount_refunded: 2500, invoice: null }
    expect(snapshotOf(over, { api_version: null })).toEqual({ at: EVENT_MS, refundedMinor: 500 })
  })

  test('of a partial capture is never below nothing', () => {
    expect(snapshotOf({ amount_captured: 3000, amount_refunded: 0 }, old)?.refundedMinor).toBe(0)
  })

  test('is nothing for an authorisation that was let go', () => {
    expect(snapshotOf({ captured: false, amount_captured: 0, amount_refunded: 5000 }, old)?.refundedMinor).toBe(0)
  })

  test('names each refund where the list comes along', () => {
    const refunds = listOf([refund({ charge: undefined }), refund({ id: 're_2', amount: 200, status: 'failed' })])
    expect(paymentOf('charge.refunded', charge({ amount_refunded: 1000, refunds }), old).refunds).toEqual({
      re_1: {
        charge: 'ch_1',
        intent: 'pi_1',
        amountMinor: 1000,
        state: 'succeeded',
        at: CREATED_MS + 60_000,
        failedAt: null,
      },
      re_2: {
        charge: 'ch_1',
        intent: 'pi_1',
        amountMinor: 200,
        state: 'failed',
        at: CREATED_MS + 60_000,
        failedAt: EVENT_MS - 1,
      },
    })
  })

  test('sets aside the uncaptured rest that an old list calls a refund', () => {
    const rest = refund({ id: 're_rest', amount: 2000, created: CREATED + 1 })
    const partial = charge({ amount_captured: 3000, amount_refunded: 4000, refunds: [rest, refund({ amount: 2000 })] })
    const { refunds } = paymentOf('charge.refunded', partial, old)
    expect(refunds.re_rest).toMatchObject({ state: 'failed', failedAt: CREATED_MS + 1000 })
    expect(refunds.re_1).toMatchObject({ state: 'succeeded', amountMinor: 2000 })
  })

  test('is believed over a list that exceeds it', () => {
    const refunds = listOf([refund({ amount: 4000 })])
    expect(paymentOf('charge.refunded', charge({ amount_refunded: 1000, refunds })).refunds).toEqual({})
  })
})

describe('a payment intent', () => {
  const plain = partsOf({
    names: ['ch_1', 'pi_1'],
    currency: 'usd',
    intents: { pi_1: { amountMinor: 5000 } },
    customer: 'cus_1',
    succeededAt: EVENT_MS,
  })

  test('that succeeded is what was received', () => {
    expect(paymentOf('payment_intent.succeeded', intent())).toEqual(plain)
  })

  test('brings tax, shipping and tip where it has them', () => {
    const details = { tip: { amount: 100 }, tax: { total_tax_amount: 400 }, shipping: { amount: 0 } }
    expect(paymentOf('payment_intent.succeeded', intent({ amount_details: details }))).toEqual({
      ...plain,
      tip: { rank: 1, value: 100 },
      tax: { rank: 1, value: 400 },
      shipping: { rank: 1, value: 0 },
    })
  })

  test('of before basil links its invoice and the charges that came along', () => {
    const charges = listOf([charge({ customer: undefined })])
    const parts = paymentOf(
      'payment_intent.succeeded',
      intent({ latest_charge: undefined, charges, invoice: 'in_1' }),
      old,
    )
    expect(parts.names).toEqual(['ch_1', 'in_1', 'pi_1'])
    expect(parts.charges).toEqual({ ch_1: chargePart })
    expect(parts).toMatchObject({ itemsFrom: 'in_1', succeededAt: EVENT_MS })
  })
})

describe('a checkout session', () => {
  const plain = partsOf({
    names: ['cs_test_1', 'pi_1'],
    currency: 'usd',
    sessions: { cs_test_1: { amountMinor: 5000, pendingLink: false } },
    tax: { rank: 3, value: 0 },
    shipping: { rank: 3, value: 0 },
    itemsFrom: 'cs_test_1',
    emails: { session: 'ada@example.org', billing: null, receipt: null },
    name: 'Ada',
    language: 'en-GB',
    succeededAt: EVENT_MS,
  })

  test.each(['checkout.session.completed', 'checkout.session.async_payment_succeeded'])(
    'by %s is who bought for how much',
    (type) => {
      expect(understood(type, session())).toEqual({ fact: { kind: 'payment', parts: plain }, lookups: [] })
    },
  )

  test('that is not paid yet has no amount, but says who and which payment', () => {
    expect(paymentOf('checkout.session.completed', session({ payment_status: 'unpaid' }))).toEqual({
      ...plain,
      sessions: {},
      succeededAt: null,
    })
  })

  test('that required no payment is worth nothing', () => {
    const free = session({
      payment_status: 'no_payment_required',
      payment_intent: null,
      amount_total: 0,
      currency: null,
      total_details: null,
    })
    const parts = paymentOf('checkout.session.completed', free)
    expect(parts.sessions).toEqual({ cs_test_1: { amountMinor: 0, pendingLink: false } })
  })

  test('for a subscription waits for its invoice, and asks for it', () => {
    const started = session({ mode: 'subscription', payment_intent: null, invoice: 'in_1', subscription: 'sub_1' })
    expect(understood('checkout.session.completed', started)).toEqual({
      fact: {
        kind: 'payment',
        parts: {
          ...plain,
          names: ['cs_test_1', 'in_1'],
          sessions: { cs_test_1: { amountMinor: 5000, pendingLink: true } },
          subscription: 'sub_1',
        },
      },
      lookups: [{ kind: 'stripe.invoice', id: 'in_1', account: null }],
    })
  })

  test('that starts a trial waits for nothing', () => {
    const trial = session({
      mode: 'subscription',
      payment_intent: null,
      invoice: 'in_1',
      amount_total: 0,
      payment_status: 'no_payment_required',
    })
    const { fact, lookups } = understood('checkout.session.completed', trial)
    expect(fact).toMatchObject({ parts: { sessions: { cs_test_1: { amountMinor: 0, pendingLink: false } } } })
    expect(lookups).toEqual([])
  })

  test('that made an invoice for a payment knows its payment', () => {
    const { fact, lookups } = understood('checkout.session.completed', session({ invoice: 'in_1' }))
    expect(fact).toMatchObject({
      parts: { names: ['cs_test_1', 'in_1', 'pi_1'], sessions: { cs_test_1: { pendingLink: false } } },
    })
    expect(lookups).toEqual([])
  })

  test('that only saves a card is ignored', () => {
    const event = stripeEvent('checkout.session.completed', session({ mode: 'setup' }))
    expect(translateEvent(event)).toEqual({ kind: 'ignored' })
  })

  test('brings tax, and shipping without its tax', () => {
    const over = {
      total_details: { amount_tax: 480, amount_shipping: 500 },
      shipping_cost: { amount_subtotal: 500, amount_tax: 80, amount_total: 500 },
    }
    const parts = paymentOf('checkout.session.completed', session(over))
    expect(parts).toMatchObject({ tax: { rank: 3, value: 480 }, shipping: { rank: 3, value: 420 } })
  })

  test('keeps the reference of the shop and takes the e-mail that was given in advance', () => {
    const parts = paymentOf(
      'checkout.session.completed',
      session({ client_reference_id: 'cart-9', customer_details: null, customer_email: 'Bo@Example.org' }),
    )
    expect(parts.metadata).toEqual({ client_reference_id: 'cart-9' })
    expect(parts.emails.session).toBe('bo@example.org')
  })

  test('with its lines knows what was bought, net of discount and tax', () => {
    const line = (over: StripeObject) => ({
      amount_total: 1000,
      amount_tax: 0,
      quantity: 1,
      price: { id: 'price_1', product: 'prod_1' },
      ...over,
    })
    const lines = listOf([
      line({ amount_total: 2160, amount_tax: 160, quantity: 2 }),
      line({ price: { id: 'price_2', product: { id: 'prod_2' } } }),
    ])
    const parts = paymentOf('checkout.session.completed', session({ line_items: lines }))
    expect(parts.itemsFrom).toBeNull()
    expect(parts.items).toEqual({
      rank: 3,
      list: [
        { product: 'prod_1', price: 'price_1', quantity: 2, amountMinor: 2000 },
        { product: 'prod_2', price: 'price_2', quantity: 1, amountMinor: 1000 },
      ],
    })
  })

  test.each([
    ['more lines than came along', listOf([{ amount_total: 1 }], { has_more: true })],
    ['a line without an amount', listOf([{ price: null }])],
    ['something that is no line', listOf(['li_1'])],
  ])('with %s leaves them to be fetched', (_title, lines) => {
    const parts = paymentOf('checkout.session.completed', session({ line_items: lines }))
    expect(parts).toMatchObject({ items: null, itemsFrom: 'cs_test_1' })
  })
})

describe('an invoice', () => {
  const plain = partsOf({
    names: ['in_1'],
    currency: 'usd',
    invoices: { in_1: { amountMinor: 2000, paidAt: (CREATED + 2) * 1000, standsAlone: false } },
    tax: { rank: 2, value: 170 },
    shipping: { rank: 2, value: 0 },
    itemsFrom: 'in_1',
    customer: 'cus_1',
    emails: { session: null, billing: null, receipt: 'ada@example.org' },
    name: 'Ada Lovelace',
    subscription: 'sub_1',
    renewal: true,
    metadata: { plan: 'gold' },
    succeededAt: EVENT_MS,
  })
  const askIt = { kind: 'stripe.invoice', id: 'in_1', account: null }

  test.each(['invoice.paid', 'invoice.payment_succeeded'])('by %s without its payments asks for them', (type) => {
    expect(understood(type, invoice())).toEqual({ fact: { kind: 'payment', parts: plain }, lookups: [askIt] })
  })

  test('of before basil names its payment', () => {
    expect(understood('invoice.paid', oldInvoice(), old)).toEqual({
      fact: { kind: 'payment', parts: { ...plain, names: ['ch_1', 'in_1', 'pi_1'], metadata: {} } },
      lookups: [],
    })
  })

  test.each([
    ['a payment intent', { type: 'payment_intent', payment_intent: 'pi_1' }, 'pi_1'],
    ['an expanded payment intent', { type: 'payment_intent', payment_intent: { id: 'pi_1' } }, 'pi_1'],
    ['a charge', { type: 'charge', charge: 'ch_1' }, 'ch_1'],
  ])('with its payments is linked to %s', (_title, payment, name) => {
    const payments = listOf([
      invoicePayment({ payment }),
      invoicePayment({ id: 'inpay_2', status: 'canceled', payment: { payment_intent: 'pi_2' } }),
    ])
    const { fact, lookups } = understood('invoice.paid', invoice({ payments }))
    const names = ['in_1', 'inpay_1', name].sort()
    expect(fact).toMatchObject({ parts: { names, invoices: { in_1: { standsAlone: false } } } })
    expect(lookups).toEqual([])
  })

  test.each([
    [
      'that a payment record paid',
      invoice({ payments: listOf([invoicePayment({ payment: { type: 'payment_record', payment_record: 'pr_1' } })]) }),
      {},
    ],
    ['without any payment', invoice({ payments: listOf([]) }), {}],
    ['paid out of band before basil', oldInvoice({ charge: null, payment_intent: null, paid_out_of_band: true }), old],
    [
      'paid out of band after an attempt failed',
      oldInvoice({ charge: null, payment_intent: null, paid_out_of_band: true, amount_paid: 0 }),
      old,
    ],
  ])('%s stands alone', (_title, object, event) => {
    const { fact, lookups } = understood('invoice.paid', object, event)
    expect(fact).toMatchObject({ parts: { invoices: { in_1: { amountMinor: 2000, standsAlone: true } } } })
    expect(lookups).toEqual([])
  })

  test('whose payment is still under way does not stand alone', () => {
    const { fact } = understood('invoice.paid', invoice({ payments: listOf([invoicePayment({ status: 'open' })]) }))
    expect(fact).toMatchObject({
      parts: { names: ['in_1', 'inpay_1', 'pi_1'], invoices: { in_1: { standsAlone: false } } },
    })
  })

  test.each([
    ['of nothing', { total: 0, amount_due: 0, amount_paid: 0, total_taxes: [] }],
    ["paid from the customer's balance", { total: 2000, amount_due: 0, amount_paid: 0 }],
    ['that is a credit', { total: -500, amount_due: 0, amount_paid: 0, total_taxes: [{ amount: -40 }] }],
  ])('%s is worth nothing and stands alone', (_title, over) => {
    const { fact, lookups } = understood('invoice.paid', invoice(over))
    expect(fact).toMatchObject({ parts: { invoices: { in_1: { amountMinor: 0, standsAlone: true } } } })
    expect(lookups).toEqual([])
  })

  test("partly paid from the customer's balance counts what was paid", () => {
    expect(paymentOf('invoice.paid', invoice({ amount_due: 1200, amount_paid: 1200 })).invoices.in_1?.amountMinor).toBe(
      1200,
    )
  })

  test.each([
    ['subscription_create', false],
    ['subscription_cycle', true],
    ['subscription_update', true],
    ['subscription_threshold', true],
    ['subscription', true],
    ['manual', false],
  ])('for %s is a renewal: %s', (reason, renewal) => {
    expect(paymentOf('invoice.paid', invoice({ billing_reason: reason })).renewal).toBe(renewal)
  })

  test.each([
    ['total_tax_amounts', { tax: undefined, total_tax_amounts: [{ amount: 100 }, { amount: 1 }] }, 101],
    ['the totals', { tax: null, total_excluding_tax: 1810 }, 190],
  ])('of before basil takes its tax from %s', (_title, over, value) => {
    expect(paymentOf('invoice.paid', oldInvoice(over), old).tax).toEqual({ rank: 2, value })
  })

  const price = { id: 'price_1', product: 'prod_1' }
  test.each([
    [
      'since basil',
      invoice,
      {
        amount: 2200,
        quantity: 3,
        discount_amounts: [{ amount: 200 }],
        pricing: { price_details: { price: 'price_1', product: 'prod_1' } },
        taxes: [
          { amount: 100, tax_behavior: 'inclusive' },
          { amount: 70, tax_behavior: 'exclusive' },
        ],
      },
    ],
    [
      'before basil',
      oldInvoice,
      {
        amount: 2200,
        quantity: 3,
        discount_amounts: [{ amount: 200 }],
        price,
        tax_amounts: [
          { amount: 100, inclusive: true },
          { amount: 70, inclusive: false },
        ],
      },
    ],
  ])('has its lines net of discount and tax, %s', (_title, make, line) => {
    const parts = paymentOf('invoice.paid', make({ lines: listOf([line]) }))
    expect(parts.items).toEqual({
      rank: 2,
      list: [{ product: 'prod_1', price: 'price_1', quantity: 3, amountMinor: 1900 }],
    })
    expect(parts.itemsFrom).toBeNull()
  })

  test('takes a proration credit from the other lines, so that the sum stays', () => {
    const amounts = [-500, 1000, 2001]
    const lines = listOf(amounts.map((amount) => ({ amount, quantity: 1, price })))
    const list = paymentOf('invoice.paid', invoice({ lines })).items?.list ?? []
    expect(list.map(({ amountMinor }) => amountMinor)).toEqual([833, 1668])
  })

  test('that could not be paid is kept as a failure', () => {
    const object = invoice({
      status: 'open',
      amount_paid: 0,
      amount_remaining: 2000,
      attempt_count: 2,
      next_payment_attempt: EVENT_AT + 60,
    })
    expect(understood('invoice.payment_failed', object).fact).toEqual({
      kind: 'invoice_failure',
      invoice: 'in_1',
      account: null,
      at: EVENT_MS,
      customer: 'cus_1',
      email: 'ada@example.org',
      subscription: 'sub_1',
      currency: 'usd',
      amountMinor: 2000,
      attempt: 2,
      nextAttemptAt: EVENT_MS + 60_000,
    })
    expect(understood('invoice.payment_failed', oldInvoice({ amount_remaining: 2000 }), old).fact).toMatchObject({
      subscription: 'sub_1',
    })
  })
})

describe('an invoice payment', () => {
  test.each([
    ['payment intent', { type: 'payment_intent', payment_intent: 'pi_1' }, ['in_1', 'inpay_1', 'pi_1']],
    ['charge', { type: 'charge', charge: { id: 'ch_1' } }, ['ch_1', 'in_1', 'inpay_1']],
    ['record of a payment elsewhere', { type: 'payment_record', payment_record: 'pr_1' }, ['in_1', 'inpay_1']],
  ])('links an invoice with its %s', (_title, payment, names) => {
    expect(paymentOf('invoice_payment.paid', invoicePayment({ payment }))).toEqual(
      partsOf({ names, currency: 'usd', itemsFrom: 'in_1', succeededAt: EVENT_MS }),
    )
  })
})

describe('a refund', () => {
  const part = { charge: 'ch_1', intent: 'pi_1', amountMinor: 1000, at: CREATED_MS + 60_000 }
  test.each([
    ['refund.created', 'pending', 'pending', null],
    ['refund.created', 'requires_action', 'pending', null],
    ['refund.created', 'succeeded', 'succeeded', null],
    ['refund.created', null, 'succeeded', null],
    ['refund.updated', 'succeeded', 'succeeded', null],
    ['refund.updated', 'canceled', 'failed', EVENT_MS],
    ['refund.failed', 'failed', 'failed', EVENT_MS],
    ['charge.refund.updated', 'failed', 'failed', EVENT_MS],
  ])('by %s with status %s is %s', (type, status, state, failedAt) => {
    expect(paymentOf(type, refund({ status }))).toEqual(
      partsOf({ names: ['ch_1', 'pi_1'], currency: 'usd', refunds: { re_1: { ...part, state, failedAt } as never } }),
    )
  })

  test.each([
    ['of a cash balance', { charge: null, payment_intent: null }],
    ['of money that was never captured', { reason: 'expired_uncaptured_charge' }],
  ])('%s is ignored', (_title, over) => {
    expect(translateEvent(stripeEvent('refund.created', refund(over)))).toEqual({ kind: 'ignored' })
  })
})

describe('a dispute', () => {
  const taken = [{ amount: -5000 }]
  const cases: [type: string, over: StripeObject, withdrawn: boolean | null][] = [
    ['charge.dispute.created', {}, null],
    ['charge.dispute.created', { balance_transactions: taken }, true],
    ['charge.dispute.created', { status: 'warning_needs_response' }, null],
    ['charge.dispute.created', { status: 'warning_needs_response', balance_transactions: taken }, null],
    ['charge.dispute.funds_withdrawn', {}, true],
    ['charge.dispute.funds_reinstated', { balance_transactions: taken }, false],
    ['charge.dispute.updated', { status: 'under_review', balance_transactions: taken }, true],
    ['charge.dispute.updated', { status: 'under_review' }, null],
    ['charge.dispute.updated', { balance_transactions: [{ amount: -5000 }, { amount: 5000 }] }, false],
    ['charge.dispute.closed', { status: 'lost' }, true],
    ['charge.dispute.closed', { status: 'won' }, null],
    ['charge.dispute.closed', { status: 'won', balance_transactions: [{ amount: -5000 }, { amount: 5000 }] }, false],
    ['charge.dispute.closed', { status: 'warning_closed' }, null],
    ['charge.dispute.closed', { status: 'prevented' }, null],
  ]
  test.each(cases)('by %s with %j has its money withdrawn: %s', (type, over, withdrawn) => {
    const moved = withdrawn === null ? null : { at: EVENT_MS, withdrawn }
    expect(paymentOf(type, dispute(over))).toEqual(
      partsOf({
        names: ['ch_1', 'pi_1'],
        disputes: { dp_1: { charge: 'ch_1', amountMinor: 5000, at: CREATED_MS + 90_000, moved } },
      }),
    )
  })
})

describe('a customer', () => {
  const plain = {
    kind: 'customer',
    id: 'cus_1',
    account: null,
    at: EVENT_MS,
    deleted: false,
    email: 'ada@example.org',
    name: 'Ada Lovelace',
    phone: null,
    language: 'fr-CA',
  }
  test.each([
    ['customer.created', 0, false],
    ['customer.updated', 1, false],
    ['customer.deleted', 3, true],
  ])('by %s has rank %i', (type, rank, deleted) => {
    expect(understood(type, customer()).fact).toEqual({ ...plain, rank, deleted })
  })

  test('that was deleted may have nothing but its id', () => {
    const gone = { ...plain, rank: 3, deleted: true, email: null, name: null, language: null }
    expect(understood('customer.deleted', { id: 'cus_1', object: 'customer', deleted: true }).fact).toEqual(gone)
  })

  test.each<[string, unknown, string | null]>([
    ['in odd case, with Unicode', 'Zoë.MÜLLER@Exämple.org', 'zoë.müller@exämple.org'],
    ['composed one way or the other', 'zoe\u0308@example.org', 'zo\u00eb@example.org'],
    ['without an @', 'nobody', null],
    ['with nothing before the @', '@example.org', null],
    ['with a blank', 'a b@example.org', null],
    ['with a line break', 'a@example.org\nbcc:b@example.org', null],
    ['longer than an address', `${'a'.repeat(250)}@example.org`, null],
    ['that is no text', 17, null],
    ['that is empty', '', null],
  ])('with an e-mail address %s', (_title, email, cleaned) => {
    expect(understood('customer.updated', customer({ email })).fact).toMatchObject({ email: cleaned })
  })

  test.each<[string, unknown, string | null]>([
    ['any script', 'ቢቂላ', 'ቢቂላ'],
    ['control characters', 'Ada\u0000\u001bLovelace', 'Ada  Lovelace'],
    ['half a surrogate pair', 'Ada\ud800', 'Ada'],
    ['nothing but blanks', '   ', null],
    ['more than 256 characters', 'é'.repeat(300), 'é'.repeat(256)],
  ])('with a name of %s', (_title, name, cleaned) => {
    expect(understood('customer.updated', customer({ name })).fact).toMatchObject({ name: cleaned })
  })
})

describe('a subscription', () => {
  const item = {
    product: 'prod_1',
    price: 'price_1',
    quantity: 2,
    amountMinor: 1800,
    currency: 'usd',
    interval: 'month',
    intervalCount: 1,
  }
  const plain = {
    kind: 'subscription',
    id: 'sub_1',
    account: null,
    at: EVENT_MS,
    customer: 'cus_1',
    status: 'active',
    items: [item],
    startedAt: CREATED_MS,
    currentPeriodEnd: CREATED_MS + 86_400_000,
    cancelAt: null,
    cancelAtPeriodEnd: false,
    canceledAt: null,
    endedAt: null,
    trialEnd: null,
    paused: false,
  }
  test.each([
    ['created', 0],
    ['updated', 1],
    ['paused', 1],
    ['resumed', 1],
    ['deleted', 3],
  ])('that was %s has rank %i', (verb, rank) => {
    expect(understood(`customer.subscription.${verb}`, subscription()).fact).toEqual({ ...plain, rank })
  })

  test('of before basil ends its period on itself', () => {
    const items = listOf([
      {
        id: 'si_1',
        quantity: 2,
        plan: { id: 'price_1', product: 'prod_1', currency: 'usd', amount: 900, interval: 'month', interval_count: 1 },
      },
    ])
    const object = subscription({ items, current_period_end: CREATED + 86_400 })
    expect(understood('customer.subscription.updated', object, old).fact).toEqual({ ...plain, rank: 1 })
  })

  test.each([{ status: 'paused' }, { pause_collection: { behavior: 'void' } }])('with %j is paused', (over) => {
    expect(understood('customer.subscription.updated', subscription(over)).fact).toMatchObject({ paused: true })
  })

  test('priced by tiers has no amount', () => {
    const items = listOf([{ price: { id: 'price_1', product: 'prod_1', unit_amount: null }, quantity: 4 }])
    expect(understood('customer.subscription.updated', subscription({ items })).fact).toMatchObject({
      items: [{ amountMinor: null }],
    })
  })
})

describe('a thin event', () => {
  const thin = (over: object = {}) => ({
    id: 'evt_1',
    object: 'v2.core.event' as const,
    type: 'v1.charge.refunded',
    livemode: false,
    created: '2026-06-01T12:00:00.000Z',
    context: null,
    related_object: { id: 'ch_1', type: 'charge', url: '/v1/charges/ch_1' },
    ...over,
  })
  const lookup = {
    kind: 'stripe.event',
    id: 'ch_1',
    account: null,
    type: 'charge.refunded',
    object: 'charge',
    eventAt: Date.UTC(2026, 5, 1, 12),
  }

  test('asks for its object', () => {
    expect(translateEvent(thin())).toEqual({ kind: 'facts', facts: [], lookups: [lookup] })
  })

  test('of a connected account asks there', () => {
    const lookups = [{ ...lookup, account: 'acct_7' }]
    expect(translateEvent(thin({ context: 'org_1/acct_7' }))).toEqual({ kind: 'facts', facts: [], lookups })
  })

  test.each(['v1.payout.paid', 'v2.core.account.updated', 'charge.refunded'])('of the type %s is ignored', (type) => {
    expect(translateEvent(thin({ type }))).toEqual({ kind: 'ignored' })
  })

  test.each([{ related_object: null }, { related_object: { id: 'ch_1' } }, { created: 'yesterday' }])(
    'with %j is odd',
    (over) => {
      expect(translateEvent(thin(over))).toMatchObject({ kind: 'odd' })
    },
  )
})

describe('what cannot be understood', () => {
  test.each([
    'balance.available',
    'constructor',
    '__proto__',
    'checkout.session.async_payment_failed',
    'charge.failed',
  ])('of the type %s is ignored', (type) => {
    expect(translateEvent(stripeEvent(type, { id: 'x' }))).toEqual({ kind: 'ignored' })
  })

  const odd: [type: string, object: unknown, over: object, reason: string][] = [
    ['charge.succeeded', null, {}, 'event.data.object is missing'],
    ['charge.succeeded', charge(), { data: undefined }, 'event.data.object is missing'],
    ['charge.succeeded', charge(), { created: 'now' }, 'event.created is missing or not a time in seconds'],
    ['charge.succeeded', charge(), { account: 17 }, 'event.account is no id of an account'],
    ['charge.succeeded', charge({ id: undefined }), {}, "charge.id is missing or no id of Stripe's"],
    ['charge.succeeded', charge({ id: '__proto__' }), {}, "charge.id is missing or no id of Stripe's"],
    ['charge.succeeded', charge({ amount: undefined }), {}, 'charge.amount is missing'],
    ['charge.succeeded', charge({ amount: -1 }), {}, 'charge.amount is not a whole number from 0 to 2^53 − 1'],
    [
      'charge.succeeded',
      charge({ amount_captured: 2 ** 53 }),
      {},
      'charge.amount_captured is not a whole number from 0 to 2^53 − 1',
    ],
    [
      'charge.succeeded',
      charge({ amount_captured: '50' }),
      {},
      'charge.amount_captured is not a whole number from 0 to 2^53 − 1',
    ],
    [
      'charge.succeeded',
      charge({ amount_captured: 1.5 }),
      {},
      'charge.amount_captured is not a whole number from 0 to 2^53 − 1',
    ],
    ['charge.succeeded', charge({ currency: undefined }), {}, 'charge.currency is missing or not three letters'],
    ['charge.succeeded', charge({ currency: 'euro' }), {}, 'charge.currency is missing or not three letters'],
    ['charge.succeeded', charge({ created: null }), {}, 'charge.created is missing or not a time in seconds'],
    [
      'payment_intent.succeeded',
      intent({ amount_received: undefined }),
      {},
      'payment_intent.amount_received is missing',
    ],
    ['checkout.session.completed', session({ amount_total: null }), {}, 'checkout.session.amount_total is missing'],
    [
      'checkout.session.completed',
      session({ payment_status: 'maybe' }),
      {},
      'checkout.session.payment_status is missing or none that we know',
    ],
    [
      'checkout.session.completed',
      session({ currency: null }),
      {},
      'checkout.session.currency is missing or not three letters',
    ],
    ['invoice.paid', invoice({ amount_paid: undefined, amount_due: undefined }), {}, 'invoice.amount_paid is missing'],
    ['invoice.paid', invoice({ total_taxes: [{ amount: 'x' }] }), {}, 'invoice.total_taxes has an amount that is none'],
    [
      'invoice.payment_failed',
      invoice({ amount_remaining: undefined, amount_due: undefined }),
      {},
      'invoice.amount_remaining is missing',
    ],
    ['invoice_payment.paid', invoicePayment({ invoice: null }), {}, 'invoice_payment.invoice is missing'],
    ['refund.created', refund({ status: 'lost' }), {}, 'refund.status is none that we know'],
    [
      'refund.created',
      refund({ charge: undefined, payment_intent: undefined }),
      {},
      'refund names neither a charge nor a payment intent',
    ],
    [
      'charge.dispute.created',
      dispute({ charge: null, payment_intent: null }),
      {},
      'dispute names neither a charge nor a payment intent',
    ],
    [
      'charge.dispute.created',
      dispute({ balance_transactions: [{ amount: null }] }),
      {},
      'dispute.balance_transactions has an amount that is none',
    ],
    ['customer.created', customer({ id: 7 }), {}, 'customer.id is missing'],
    ['customer.subscription.updated', subscription({ status: null }), {}, 'subscription.status is missing'],
  ]
  test.each(odd)('in %s is odd (%#)', (type, object, over, reason) => {
    expect(translateEvent(stripeEvent(type, object, over))).toEqual({ kind: 'odd', reason })
  })

  test('takes the largest amount there can be', () => {
    const largest = Number.MAX_SAFE_INTEGER
    expect(
      paymentOf('charge.succeeded', charge({ amount: largest, amount_captured: largest })).charges.ch_1?.amountMinor,
    ).toBe(largest)
  })
})

test('the webhook endpoint is subscribed to what is handled, and to each thing once', () => {
  expect(subscribedEvents).toEqual(Object.keys(handledEvents).filter((type) => type !== 'charge.refund.updated'))
})
