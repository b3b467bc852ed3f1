// The past, read from Stripe's lists by the real SDK.
import { describe, expect, test } from 'vitest'
import { createStripeHistory, historyWindows } from '../../integrations/stripe/history.ts'
import type { Fact, PaymentParts } from '../../src/core/facts.ts'
import { pagesOf, type Route, stripeError, useStripeApi } from '../support/stripe-api.ts'
import {
  CREATED,
  CREATED_MS,
  charge,
  customer,
  dispute,
  intent,
  invoice,
  invoicePayment,
  listOf,
  refund,
  type StripeObject,
  session,
  subscription,
} from '../support/stripe-objects.ts'

const { stripe, calls, answer } = useStripeApi()
const DAY_MS = 86_400_000
const NOW = CREATED_MS + 40 * DAY_MS
const window = { fromMs: CREATED_MS - DAY_MS / 2, toMs: CREATED_MS + DAY_MS / 2, sinceMs: CREATED_MS - DAY_MS }

/** A history whose waits take no time but are written down. */
function makeHistory(options: { withItems?: boolean; requestsPerSecond?: number } = {}) {
  const waits: number[] = []
  let now = NOW
  const sleep = async (ms: number) => {
    waits.push(ms)
    now += ms
  }
  const history = createStripeHistory({ stripe, clock: { now: () => now }, requestsPerSecond: 1e6, ...options, sleep })
  return { history, waits }
}

function answerLists(lists: Partial<Record<string, StripeObject[]>>, size?: number) {
  const route = (name: string): Route => pagesOf(lists[name] ?? [], size)
  answer({
    'GET /v1/customers': route('customers'),
    'GET /v1/subscriptions': route('subscriptions'),
    'GET /v1/charges': route('charges'),
    'GET /v1/invoices': route('invoices'),
    'GET /v1/checkout/sessions': route('sessions'),
    'GET /v1/refunds': route('refunds'),
    'GET /v1/disputes': route('disputes'),
  })
}

const partsOf = (facts: readonly Fact[]): PaymentParts[] =>
  facts.flatMap((fact) => (fact.kind === 'payment' ? [fact.parts] : []))
const paidInvoice = (over: StripeObject = {}) =>
  invoice({
    lines: listOf([]),
    payments: listOf([invoicePayment({ payment: { type: 'payment_intent', payment_intent: 'pi_3' } })]),
    ...over,
  })

describe('the windows of a history', () => {
  test('are days, oldest first, the last one cut short', () => {
    expect(historyWindows(0, 2.5 * DAY_MS)).toEqual([
      { fromMs: 0, toMs: DAY_MS, sinceMs: 0 },
      { fromMs: DAY_MS, toMs: 2 * DAY_MS, sinceMs: 0 },
      { fromMs: 2 * DAY_MS, toMs: 2.5 * DAY_MS, sinceMs: 0 },
    ])
  })

  test('are none when it ends before it begins', () => {
    expect(historyWindows(DAY_MS, DAY_MS)).toEqual([])
  })
})

describe('the facts of a window', () => {
  test('are who there is, then what moved money, oldest first, each payment whole', async () => {
    answerLists({
      customers: [{ ...customer(), created: CREATED }],
      subscriptions: [subscription()],
      charges: [
        charge({ id: 'ch_3', created: CREATED + 300, payment_intent: intent({ id: 'pi_3', latest_charge: 'ch_3' }) }),
        charge({ id: 'ch_2', created: CREATED + 200, payment_intent: null, captured: false, amount_captured: 0 }),
        charge({ amount_refunded: 1000, payment_intent: intent({ amount_details: { tip: { amount: 50 } } }) }),
      ],
      invoices: [paidInvoice({ created: CREATED + 290 })],
      sessions: [session({ created: CREATED - 20 })],
      refunds: [refund({ created: CREATED + 100, charge: charge() })],
      disputes: [
        dispute({
          created: CREATED + 400,
          charge: charge({ id: 'ch_3' }),
          payment_intent: 'pi_3',
          balance_transactions: [{ amount: -5000 }],
        }),
      ],
    })
    const { history } = makeHistory()
    const { facts, requests, livemode, odd } = await history.factsOf(window)
    expect(odd).toEqual([])
    expect(facts.map(({ kind }) => kind)).toEqual([
      'customer',
      'subscription',
      'payment',
      'payment',
      'payment',
      'payment',
    ])
    expect(partsOf(facts)).toMatchObject([
      {
        names: ['ch_1', 'cs_test_1', 'pi_1'],
        charges: { ch_1: { amountMinor: 5000, snapshot: null } },
        tip: { value: 50 },
        refunds: {},
      },
      { names: ['ch_1', 'pi_1'], refunds: { re_1: { amountMinor: 1000 } } },
      { names: ['ch_3', 'in_1', 'inpay_1', 'pi_3'], renewal: true, charges: { ch_3: { at: (CREATED + 300) * 1000 } } },
      { names: ['ch_3', 'pi_3'], disputes: { dp_1: { moved: { withdrawn: true } } } },
    ])
    expect({ requests, livemode, odd }).toEqual({ requests: 7, livemode: false, odd: [] })
  })

  test('come from every page, and each request is told', async () => {
    const charges = [5, 4, 3, 2, 1].map((n) =>
      charge({ id: `ch_${n}`, created: CREATED + n, payment_intent: `pi_${n}` }),
    )
    answerLists({ charges }, 2)
    const { history } = makeHistory()
    let told = 0
    const { facts, requests } = await history.factsOf(window, () => told++)
    expect(partsOf(facts).map(({ names }) => names[0])).toEqual(['ch_1', 'ch_2', 'ch_3', 'ch_4', 'ch_5'])
    expect([requests, told]).toEqual([9, 9])
    const pages = calls.filter(({ path }) => path === '/v1/charges').map(({ query }) => query)
    expect(pages).toMatchObject([{ limit: '100' }, { starting_after: 'ch_4' }, { starting_after: 'ch_2' }])
    expect(pages[0]).toMatchObject({
      'created[gte]': String(window.fromMs / 1000),
      'created[lt]': String(window.toMs / 1000),
    })
  })

  test('leave out refunds and disputes of charges from before the history', async () => {
    const before = charge({ id: 'ch_0', created: CREATED - 30 * 86_400 })
    answerLists({ refunds: [refund({ charge: before })], disputes: [dispute({ charge: before })] })
    expect((await makeHistory().history.factsOf(window)).facts).toEqual([])
  })

  test('have the lines of sessions where they are wanted', async () => {
    const item = {
      id: 'li_1',
      amount_total: 5000,
      amount_tax: 0,
      quantity: 1,
      price: { id: 'price_1', product: 'prod_1' },
    }
    answerLists({ charges: [charge()], sessions: [session({ line_items: listOf([item], { has_more: true }) })] })
    answer({ 'GET /v1/checkout/sessions/cs_test_1/line_items': () => listOf([item]) })
    const { facts, requests } = await makeHistory({ withItems: true }).history.factsOf(window)
    expect(partsOf(facts)).toMatchObject([{ items: { rank: 3, list: [{ product: 'prod_1' }] } }])
    expect(requests).toBe(8)
  })

  test('set aside what is odd and say so', async () => {
    answerLists({ charges: [charge({ id: 'ch_2', currency: null }), charge()] })
    const { facts, odd } = await makeHistory().history.factsOf(window)
    expect(partsOf(facts)).toHaveLength(1)
    expect(odd).toEqual([{ id: 'ch_2', reason: 'charge.currency is missing or not three letters' }])
  })

  test('keep to the rate', async () => {
    answerLists({})
    const { history, waits } = makeHistory({ requestsPerSecond: 20 })
    await history.factsOf(window)
    expect(waits).toEqual([50, 50, 50, 50, 50, 50])
  })

  test('wait longer and longer when Stripe says that it is too much', async () => {
    answerLists({})
    let refused = 0
    answer({ 'GET /v1/customers': () => (refused++ < 3 ? stripeError(429) : listOf([])) })
    const { history, waits } = makeHistory()
    await history.factsOf(window)
    expect(waits.filter((ms) => ms > 1)).toEqual([2000, 4000, 8000])
  })

  test('fail when Stripe fails', async () => {
    answerLists({})
    answer({ 'GET /v1/customers': () => stripeError(500) })
    await expect(makeHistory().history.factsOf(window)).rejects.toMatchObject({ statusCode: 500 })
  })
})

describe('the payments to reconcile', () => {
  const read = async (fromMs: number, toMs: number) => {
    const payments = []
    for await (const payment of makeHistory().history.payments(fromMs, toMs)) payments.push(payment)
    return payments
  }

  test('are succeeded charges, with what was refunded or disputed', async () => {
    answerLists({
      charges: [
        charge({ id: 'ch_9', status: 'failed', paid: false, captured: false, amount_captured: 0 }),
        charge({ id: 'ch_2', created: CREATED + 90_000, payment_intent: 'pi_2', customer: null, disputed: true }),
        charge({ amount_refunded: 700 }),
      ],
    })
    answer({
      'GET /v1/disputes': ({ query }) =>
        listOf(
          query.charge === 'ch_2'
            ? [dispute({ charge: 'ch_2', payment_intent: 'pi_2', balance_transactions: [{ amount: -5000 }] })]
            : [],
        ),
    })
    const payments = await read(CREATED_MS - 1000, CREATED_MS + 2 * DAY_MS)
    expect(payments).toMatchObject([
      {
        names: ['ch_1', 'pi_1'],
        amountMinor: 5000,
        refundedMinor: 700,
        currency: 'usd',
        at: CREATED_MS,
        customer: 'cus_1',
        livemode: false,
      },
      {
        names: ['ch_2', 'pi_2'],
        amountMinor: 5000,
        refundedMinor: 5000,
        customer: null,
        fact: { kind: 'payment', parts: { disputes: { dp_1: {} } } },
      },
    ])
  })

  test('are also invoices paid outside Stripe in that time, however long ago they were made', async () => {
    const alone = { payments: listOf([]), status_transitions: { paid_at: CREATED } }
    answerLists({
      invoices: [
        paidInvoice({ id: 'in_4', created: CREATED }),
        paidInvoice({
          id: 'in_3',
          ...alone,
          created: CREATED - 50 * 86_400,
          status_transitions: { paid_at: CREATED - 49 * 86_400 },
        }),
        paidInvoice({ id: 'in_2', ...alone, created: CREATED - 60 * 86_400 }),
      ],
    })
    const payments = await read(CREATED_MS - DAY_MS, CREATED_MS + DAY_MS)
    expect(payments).toMatchObject([{ names: ['in_2'], amountMinor: 2000, refundedMinor: 0, at: CREATED_MS }])
  })

  test('are the same in slices, each asked of Stripe when it is read, and none but that', async () => {
    const alone = { payments: listOf([]), status_transitions: { paid_at: CREATED } }
    answerLists({
      charges: [charge({ id: 'ch_2', created: CREATED + 90_000, payment_intent: 'pi_2' }), charge()],
      invoices: [paidInvoice({ id: 'in_2', ...alone, created: CREATED - 60 * 86_400 })],
    })
    const [fromMs, toMs] = [CREATED_MS - 1000, CREATED_MS + 2 * DAY_MS]
    const whole = await read(fromMs, toMs)
    calls.length = 0
    const slices = makeHistory().history.slices(fromMs, toMs)
    expect([slices.length, calls.length]).toEqual([3 + 4, 0])
    const parts = []
    for (const [n, slice] of slices.entries()) {
      for await (const payment of slice.payments()) parts.push(payment)
      expect(calls).toHaveLength(n + 1)
    }
    expect(parts).toEqual(whole)
    expect(parts.map(({ names }) => names[0])).toEqual(['ch_1', 'ch_2', 'in_2'])
  })
})
