// Rewards made and ended at Stripe by the real SDK, over a double that keeps what it is told.
import { afterEach, describe, expect, test } from 'vitest'
import { createStripeRewards, REWARD_KIND } from '../../integrations/stripe/rewards.ts'
import type { DeliveryOutcome, OutboxRow } from '../../src/app/ports.ts'
import { createStripeDeliverer } from '../../src/compose/stripe.ts'
import type { RewardOrder } from '../../src/core/facts.ts'
import { stripeError, useStripeApi } from '../support/stripe-api.ts'
import { customer } from '../support/stripe-objects.ts'
import { StripeRewardsDouble } from '../support/stripe-rewards-api.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const DAY = 86_400_000
const double = new StripeRewardsDouble()
const { stripe, calls, answer } = useStripeApi(double.answer)
const rewards = createStripeRewards({ stripe, clock: { now: () => NOW } })
double.now = NOW
afterEach(() => double.reset())

type Make = Extract<RewardOrder, { do: 'make' }>
type CodeWish = Extract<Make['fulfil'], { kind: 'promotion_code' }>

const codeOrder = (wish: Partial<CodeWish> = {}, over: Partial<Make> = {}): Make => ({
  do: 'make',
  redemption: 'red_1',
  name: '$5 off',
  customer: 'cus_1',
  fulfil: {
    kind: 'promotion_code',
    code: 'CORNER-7QXM2',
    amountsOff: { usd: 500 },
    percentOff: null,
    expiresAt: NOW + 90 * DAY + 500,
    ...wish,
  },
  ...over,
})
const creditOrder = (amountMinor = 500, currency = 'usd', over: Partial<Make> = {}): Make => ({
  ...codeOrder(),
  fulfil: { kind: 'credit', amountMinor, currency },
  ...over,
})
const row = (payload: unknown): OutboxRow => ({
  id: 1,
  kind: REWARD_KIND,
  key: 'red_1',
  payload,
  revision: 1,
  tries: 0,
  state: 'waiting',
  reason: null,
  dueAt: 0,
  createdAt: 0,
})
const deliver = (order: unknown): Promise<DeliveryOutcome> => rewards.deliver(row(order))

const made = (code: string, promotionCode: string) => ({
  kind: 'learnt',
  learnt: {
    source: `stripe:${promotionCode}`,
    livemode: false,
    facts: [
      { kind: 'reward_made', redemption: 'red_1', code, promotionCode, coupon: 'regulars_red_1', transaction: null },
    ],
    lookups: [],
  },
})
const credited = (transaction: string) => ({
  kind: 'learnt',
  learnt: {
    source: `stripe:${transaction}`,
    livemode: false,
    facts: [{ kind: 'reward_made', redemption: 'red_1', code: null, promotionCode: null, coupon: null, transaction }],
    lookups: [],
  },
})
const refused = (reason: string) => ({
  kind: 'learnt',
  learnt: {
    source: 'stripe:red_1',
    livemode: null,
    facts: [{ kind: 'reward_refused', redemption: 'red_1', reason }],
    lookups: [],
  },
})
const posts = () => calls.filter(({ method }) => method === 'POST')

describe('a promotion code', () => {
  test('is made with its coupon: the member’s own, for one use, until it ends', async () => {
    expect(await deliver(codeOrder())).toEqual(made('CORNER-7QXM2', 'promo_1'))
    expect(calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /v1/coupons/regulars_red_1',
      'POST /v1/coupons',
      'GET /v1/promotion_codes',
      'POST /v1/promotion_codes',
    ])
    expect(posts()[0]?.body).toEqual({
      id: 'regulars_red_1',
      name: '$5 off',
      duration: 'once',
      max_redemptions: '1',
      amount_off: '500',
      currency: 'usd',
      'metadata[redemption]': 'red_1',
    })
    expect(posts()[1]?.body).toEqual({
      'promotion[type]': 'coupon',
      'promotion[coupon]': 'regulars_red_1',
      code: 'CORNER-7QXM2',
      customer: 'cus_1',
      max_redemptions: '1',
      expires_at: String((NOW + 90 * DAY) / 1000),
      'metadata[redemption]': 'red_1',
    })
    expect(posts().map(({ idempotencyKey }) => idempotencyKey)).toEqual([
      'regulars-red_1-coupon',
      'regulars-red_1-code-1',
    ])
  })

  test('of a percentage, without a customer and without an end, says neither', async () => {
    const order = codeOrder({ amountsOff: null, percentOff: 12.5, expiresAt: null }, { customer: null })
    expect(await deliver(order)).toEqual(made('CORNER-7QXM2', 'promo_1'))
    expect(posts()[0]?.body).toMatchObject({ percent_off: '12.5' })
    expect(posts()[0]?.body).not.toHaveProperty('currency')
    expect(posts()[1]?.body).not.toHaveProperty('customer')
    expect(posts()[1]?.body).not.toHaveProperty('expires_at')
  })

  test('names the amount in each currency, in its own smallest unit', async () => {
    await deliver(codeOrder({ amountsOff: { jpy: 700, eur: 450, kwd: 1500 } }))
    expect(posts()[0]?.body).toMatchObject({
      amount_off: '700',
      currency: 'jpy',
      'currency_options[eur][amount_off]': '450',
      'currency_options[kwd][amount_off]': '1500',
    })
    expect(posts()[0]?.body).not.toHaveProperty('currency_options[jpy][amount_off]')
  })

  test.each([
    ['Një ulje prej pesë eurosh për të gjithë miqtë tanë besnikë', 40],
    ['🏅'.repeat(30), 39],
    ['የአምስት ዶላር ቅናሽ', 12],
  ])('has a name that Stripe takes: %s', async (name, length) => {
    expect(await deliver(codeOrder({}, { name }))).toEqual(made('CORNER-7QXM2', 'promo_1'))
    const sent = posts()[0]?.body.name ?? ''
    expect(sent.length).toBeLessThanOrEqual(40)
    expect(sent.length).toBeGreaterThanOrEqual(Math.min(length, name.length))
    expect(sent.isWellFormed()).toBe(true)
  })

  test('that somebody else has already gets a suffix, whether that one is active or not', async () => {
    double.addCode('corner-7qxm2')
    double.addCode('CORNER-7QXM2-2', { active: false })
    expect(await deliver(codeOrder())).toEqual(made('CORNER-7QXM2-3', 'promo_3'))
  })

  test('is refused when every suffix is taken, and its coupon goes', async () => {
    double.addCode('CORNER-7QXM2')
    for (let suffix = 2; suffix <= 20; suffix++) double.addCode(`CORNER-7QXM2-${suffix}`)
    expect(await deliver(codeOrder())).toEqual(refused('Stripe has other codes of this name already.'))
    expect(double.coupons.size).toBe(0)
  })

  test('that another takes between looking and making gets a suffix too', async () => {
    const taken = { type: 'invalid_request_error', message: 'An active promotion code with `code: X` already exists.' }
    double.failNext({ on: 'POST /v1/promotion_codes', status: 400, error: taken })
    expect(await deliver(codeOrder())).toEqual(made('CORNER-7QXM2-2', 'promo_1'))
  })
})

describe('made once', () => {
  test.each([
    ['with the keys remembered', () => {}],
    ['with the keys forgotten', () => double.forgetKeys()],
  ])('though the answer was lost: a code, %s', async (_title, forget) => {
    // The first answer never reached the books.
    await deliver(codeOrder())
    forget()
    expect(await deliver(codeOrder())).toEqual(made('CORNER-7QXM2', 'promo_1'))
    expect(double.codes).toHaveLength(1)
    expect(double.coupons.size).toBe(1)
    expect(posts()).toHaveLength(2)
  })

  test('though it was used before we noted it', async () => {
    await deliver(codeOrder())
    double.use('promo_1')
    double.forgetKeys()
    expect(await deliver(codeOrder())).toEqual(made('CORNER-7QXM2', 'promo_1'))
    expect(double.codes).toHaveLength(1)
  })

  test('with the suffix that it was given, though the code wished for is free again', async () => {
    const other = double.addCode('CORNER-7QXM2')
    await deliver(codeOrder())
    double.codes.splice(double.codes.indexOf(other), 1)
    double.forgetKeys()
    expect(await deliver(codeOrder())).toEqual(made('CORNER-7QXM2-2', 'promo_2'))
    expect(double.codes).toHaveLength(1)
  })

  test.each([
    ['the coupon', 'POST /v1/coupons'],
    ['the code', 'POST /v1/promotion_codes'],
  ])('though Stripe failed after making %s', async (_title, on) => {
    double.failNext({ on, status: 500, after: true })
    expect(await deliver(codeOrder())).toEqual({ kind: 'down', reason: 'Stripe answers 500.' })
    expect(await deliver(codeOrder())).toEqual(made('CORNER-7QXM2', 'promo_1'))
    expect([double.codes.length, double.coupons.size]).toEqual([1, 1])
  })

  test.each([
    ['the coupon', 'POST /v1/coupons'],
    ['the code', 'POST /v1/promotion_codes'],
  ])('though Stripe failed before making %s and repeats that failure for its key', async (_title, on) => {
    double.failNext({ on, status: 500 })
    expect(await deliver(codeOrder())).toMatchObject({ kind: 'down' })
    expect(await deliver(codeOrder())).toEqual(made('CORNER-7QXM2', 'promo_1'))
    expect(posts().at(-1)?.idempotencyKey).toMatch(/^regulars-red_1-code-1(-2)?$/)
    expect([double.codes.length, double.coupons.size]).toEqual([1, 1])
  })

  test('a credit, though the answer was lost and the keys are forgotten', async () => {
    for (let n = 0; n < 230; n++) double.addTransaction('cus_1', 100 + n, { order: String(n) })
    expect(await deliver(creditOrder())).toEqual(credited('cbtxn_231'))
    for (let n = 0; n < 120; n++) double.addTransaction('cus_1', 100 + n)
    double.forgetKeys()
    expect(await deliver(creditOrder())).toEqual(credited('cbtxn_231'))
    expect(double.transactions.filter(({ amount }) => amount === -500)).toHaveLength(1)
  })

  test.each([true, false])('a credit, though Stripe failed, having made it: %s', async (after) => {
    double.failNext({ on: 'POST /v1/customers/cus_1/balance_transactions', status: 503, after })
    expect(await deliver(creditOrder())).toMatchObject({ kind: 'down' })
    expect(await deliver(creditOrder())).toEqual(credited('cbtxn_1'))
    expect(double.transactions).toHaveLength(1)
  })
})

describe('a credit', () => {
  test.each([
    ['usd', 500, '-500'],
    ['jpy', 700, '-700'],
    ['kwd', 1500, '-1500'],
  ])('in %s lowers what the customer owes', async (currency, amountMinor, amount) => {
    expect(await deliver(creditOrder(amountMinor, currency))).toEqual(credited('cbtxn_1'))
    expect(posts()).toMatchObject([
      {
        path: '/v1/customers/cus_1/balance_transactions',
        body: { amount, currency, description: '$5 off', 'metadata[redemption]': 'red_1' },
        idempotencyKey: 'regulars-red_1-credit',
      },
    ])
  })
})

describe('what Stripe will never make is said once, in words for staff', () => {
  test('a code for a customer who is gone; its coupon goes too', async () => {
    double.deletedCustomers.add('cus_1')
    expect(await deliver(codeOrder())).toEqual(refused('Stripe does not know this customer any more.'))
    expect(double.coupons.size).toBe(0)
  })

  test('a credit for a customer who is gone', async () => {
    double.deletedCustomers.add('cus_1')
    expect(await deliver(creditOrder())).toEqual(refused('Stripe does not know this customer any more.'))
  })

  test('a credit in another currency than the customer’s', async () => {
    double.currencies.set('cus_1', 'eur')
    expect(await deliver(creditOrder())).toEqual(
      refused('Stripe keeps this customer’s credit in another currency than USD.'),
    )
  })

  test('a credit for somebody who is no customer', async () => {
    expect(await deliver(creditOrder(500, 'usd', { customer: null }))).toEqual(
      refused('A credit needs a customer at Stripe, and this member has none.'),
    )
    expect(calls).toEqual([])
  })

  test('a code whose time is over; one made in time is still found', async () => {
    const late = codeOrder({ expiresAt: NOW })
    expect(await deliver(late)).toEqual(refused('Its time was over before Stripe could make it.'))
    double.forgetKeys()
    double.now = NOW - DAY
    await createStripeRewards({ stripe, clock: { now: () => NOW - DAY } }).deliver(row(late))
    double.now = NOW
    expect(await deliver(late)).toEqual(made('CORNER-7QXM2', 'promo_1'))
  })

  test.each([
    [400, { code: 'parameter_invalid_integer', param: 'amount_off' }, 'parameter_invalid_integer, amount_off'],
    [402, {}, '402'],
    [400, { code: 'No such ada@example.org', param: "'; DROP TABLE" }, '400'],
  ])('an answer of %i, without what Stripe wrote to us', async (status, error, why) => {
    const message = 'No: ada@example.org may not'
    double.failNext({ on: 'POST /v1/coupons', status, error: { type: 'invalid_request_error', message, ...error } })
    expect(await deliver(codeOrder())).toEqual(refused(`Stripe refused to make it (${why}).`))
  })

  test.each([
    ['nothing', null],
    ['a question', { kind: 'stripe.invoice', id: 'in_1', account: null }],
    ['an amount below zero', creditOrder(-5)],
    ['parts of cents', creditOrder(0.5)],
  ])('parks %s, which is no order', async (_title, payload) => {
    expect(await deliver(payload)).toEqual({
      kind: 'refused',
      reason: 'This is no reward that can be ordered at Stripe.',
    })
    expect(calls).toEqual([])
  })
})

describe('what only needs another time is tried again', () => {
  test.each([codeOrder(), creditOrder()])('waits as long as Stripe says', async (order) => {
    double.failNext({ on: 'GET', status: 429, headers: { 'retry-after': '7' } })
    expect(await deliver(order)).toEqual({ kind: 'wait', forMs: 7000 })
  })

  test('waits while another request holds the key', async () => {
    double.failNext({ on: 'POST /v1/coupons', status: 409, error: { code: 'idempotency_key_in_use' } })
    expect(await deliver(codeOrder())).toEqual({ kind: 'wait', forMs: 2000 })
  })

  test('is down when nobody answers', async () => {
    answer({ 'GET /v1/coupons/regulars_red_1': () => Response.error() })
    expect(await deliver(codeOrder())).toEqual({ kind: 'down', reason: 'Stripe does not answer.' })
  })

  test('asks for a key that works', async () => {
    answer({ 'GET /v1/coupons/regulars_red_1': () => stripeError(401) })
    const reason = 'Stripe does not accept the key: check STRIPE_SECRET_KEY.'
    expect(await deliver(codeOrder())).toEqual({ kind: 'down', reason })
  })

  test.each([
    [codeOrder(), 'Coupons and Promotion Codes'],
    [creditOrder(), 'Customers'],
    [{ do: 'end', redemption: 'red_1', promotionCode: 'promo_1' }, 'Promotion Codes'],
  ])('names the permission that is missing', async (order, permission) => {
    double.failNext({ on: 'GET', status: 403 })
    expect(await deliver(order)).toEqual({
      kind: 'down',
      reason: `The Stripe key may not do this: give it the permission “${permission}: Write”.`,
    })
  })
})

test('questions and orders go through one deliverer, as Stripe is down for both or for neither', async () => {
  const stripeSettings = { secretKey: 'sk_test_1', webhookSecrets: [], apiUrl: 'http://api.stripe.test:4001' }
  const deliverer = createStripeDeliverer({ stripe: stripeSettings }, { now: () => NOW })
  expect(await deliverer?.deliver(row(codeOrder()))).toEqual(made('CORNER-7QXM2', 'promo_1'))
  answer({ 'GET /v1/customers/cus_1': () => customer() })
  const question = { ...row({ kind: 'stripe.customer', id: 'cus_1', account: null }), kind: 'stripe.customer' }
  expect(await deliverer?.deliver(question)).toMatchObject({ kind: 'learnt', learnt: { source: 'stripe:cus_1' } })
  expect(deliverer).toMatchObject({ vendor: 'stripe', kinds: expect.arrayContaining(['stripe.customer', REWARD_KIND]) })
})

describe('ending a code', () => {
  const end = { do: 'end', redemption: 'red_1', promotionCode: 'promo_1' }
  const ended = (used: boolean) => ({
    kind: 'learnt',
    learnt: {
      source: 'stripe:promo_1',
      livemode: false,
      facts: [{ kind: 'reward_ended', redemption: 'red_1', used }],
      lookups: [],
    },
  })

  test('that nobody used makes it useless; again, it changes nothing', async () => {
    await deliver(codeOrder())
    calls.length = 0
    expect(await deliver(end)).toEqual(ended(false))
    expect(double.codes).toMatchObject([{ id: 'promo_1', active: false }])
    expect(await deliver(end)).toEqual(ended(false))
    expect(posts()).toHaveLength(1)
  })

  test('that was used says so', async () => {
    await deliver(codeOrder())
    double.use('promo_1')
    calls.length = 0
    expect(await deliver(end)).toEqual(ended(true))
    expect(posts()).toEqual([])
  })

  test('that is used while we end it says so', async () => {
    await deliver(codeOrder())
    answer({
      'POST /v1/promotion_codes/promo_1': (call) => {
        double.use('promo_1')
        return double.answer(call)
      },
    })
    expect(await deliver(end)).toEqual(ended(true))
  })

  test('that nobody knows of, as it was cancelled while it was made, finds it', async () => {
    await deliver(codeOrder())
    // That it was made is news too: orders it was used on are known by its id.
    expect(await deliver({ ...end, promotionCode: null })).toMatchObject({
      learnt: {
        source: 'stripe:promo_1',
        facts: [
          { kind: 'reward_made', redemption: 'red_1', code: 'CORNER-7QXM2', promotionCode: 'promo_1' },
          { kind: 'reward_ended', redemption: 'red_1', used: false },
        ],
      },
    })
    expect(double.codes).toMatchObject([{ id: 'promo_1', active: false }])
  })

  test('that was never made leaves nothing to use', async () => {
    double.failNext({ on: 'POST /v1/promotion_codes', status: 500 })
    await deliver(codeOrder())
    expect(double.coupons.size).toBe(1)
    expect(await deliver({ ...end, promotionCode: null })).toMatchObject({
      learnt: { source: 'stripe:red_1', livemode: null, facts: [{ kind: 'reward_ended', used: false }] },
    })
    expect([double.codes.length, double.coupons.size]).toEqual([0, 0])
  })

  test('that Stripe does not know is shown to people', async () => {
    expect(await deliver(end)).toEqual({ kind: 'refused', reason: 'Stripe knows no promotion code promo_1.' })
  })

  test('waits and comes back like everything else', async () => {
    double.failNext({ on: 'GET', status: 429, headers: { 'retry-after': '3' } })
    expect(await deliver(end)).toEqual({ kind: 'wait', forMs: 3000 })
    double.failNext({ on: 'GET', status: 502 })
    expect(await deliver(end)).toEqual({ kind: 'down', reason: 'Stripe answers 502.' })
  })
})
