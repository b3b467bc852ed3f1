// Rewards from a member's wish to Stripe and back: the use cases, the outbox, the real SDK and a double that remembers.
import { afterEach, describe, expect, it } from 'vitest'
import { createStripeRewards } from '../../integrations/stripe/rewards.ts'
import type { Deliverer, DeliveryOutcome } from '../../src/app/ports.ts'
import type { ProgramInput } from '../../src/program/schema.ts'
import { makeProgram } from '../support/programs.ts'
import { useStripeApi } from '../support/stripe-api.ts'
import { type StripeEvent, stripeEvent, stripePayment } from '../support/stripe-events.ts'
import { StripeRewardsDouble } from '../support/stripe-rewards-api.ts'
import { createWorld, staff, type World } from '../support/world.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const HOUR = 3_600_000
const double = new StripeRewardsDouble()
double.now = NOW
const { stripe } = useStripeApi(double.answer)

const opened: World[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map((world) => world.close()))
  double.reset()
})

const rewards: ProgramInput['rewards'] = [
  {
    id: 'five-off',
    name: '$5 off',
    cost: 50,
    fulfil: { kind: 'promotion_code', amountOff: 5, currencies: { jpy: 700 } },
  },
  { id: 'credit', name: '$5 credit', cost: 50, fulfil: { kind: 'credit', amount: 5 } },
]

/** A process that stops after Stripe's answer, before that is in the books: as often as `times` says. */
function crashing(deliverer: Deliverer, times: { left: number }): Deliverer {
  return {
    ...deliverer,
    deliver: async (row): Promise<DeliveryOutcome> => {
      const outcome = await deliverer.deliver(row)
      if (times.left-- > 0) throw new Error('the process stopped')
      return outcome
    },
  }
}

async function ready(crashes = 0): Promise<World & { ask(reward: string): Promise<string> }> {
  const real = createStripeRewards({ stripe, clock: { now: () => NOW } })
  const deliverers = [crashing(real, { left: crashes })]
  const w = await createWorld({ program: makeProgram({ rewards }), now: NOW, deliverers })
  opened.push(w)
  await w.deliver(stripeEvent('customer.created', { id: 'cus_ada', email: 'ada@example.org' }, NOW - HOUR))
  await w.deliver(stripePayment({ at: NOW - HOUR, amount: 10_000, customer: 'cus_ada' }).charge())
  const ask = async (reward: string): Promise<string> => {
    const asked = await w.app.redeem('stripe:cus_ada', { reward }, staff, null)
    if (!asked.ok) throw new Error(asked.message)
    return asked.value.id
  }
  return { ...w, ask }
}

async function drained(w: World): Promise<void> {
  for (let round = 0; round < 6; round++) {
    await w.app.drainOutbox()
    w.clock.at += HOUR
  }
}

async function redemption(w: World, id: string) {
  const found = await w.app.getRedemption(id)
  if (!found.ok) throw new Error(found.message)
  return found.value
}
const available = async (w: World): Promise<number> => {
  const found = await w.app.getMember('stripe:cus_ada')
  if (!found.ok) throw new Error(found.message)
  return found.value.points.available
}

/** The member's order with the code, as the checkout session tells of it. */
function orderWith(promotionCode: string): { event: StripeEvent; refund: StripeEvent } {
  const payment = stripePayment({ at: NOW + HOUR, amount: 2_000, customer: 'cus_ada' })
  const event = payment.session()
  event.data.object.discounts = [{ coupon: null, promotion_code: promotionCode }]
  return { event, refund: payment.refunded(2_000, 2 * HOUR) }
}

describe('a code', () => {
  it.each([0, 1, 3])('is made once and used, through %i crashes between Stripe’s answer and ours', async (crashes) => {
    const w = await ready(crashes)
    const id = await w.ask('five-off')
    expect(await redemption(w, id)).toMatchObject({ state: 'reserved' })
    await drained(w)
    expect(double.codes).toHaveLength(1)
    const [code] = double.codes
    expect(code).toMatchObject({ customer: 'cus_ada', max_redemptions: '1', metadata: { redemption: id } })
    expect(double.coupons.get(`regulars_${id}`)).toMatchObject({
      amount_off: '500',
      currency: 'usd',
      'currency_options[jpy][amount_off]': '700',
    })
    expect(await redemption(w, id)).toMatchObject({ state: 'issued', code: code?.code })
    await w.deliver(orderWith(code?.id ?? '').event)
    expect(await redemption(w, id)).toMatchObject({ state: 'used' })
    expect(await w.app.verify()).toMatchObject({ discrepancies: [] })
  })

  it('seen used by Stripe’s own word, without an order, is used', async () => {
    const w = await ready()
    const id = await w.ask('five-off')
    await drained(w)
    const code = { ...double.codes[0], times_redeemed: 1, active: false }
    await w.deliver(stripeEvent('promotion_code.updated', code, NOW + HOUR))
    expect(await redemption(w, id)).toMatchObject({ state: 'used' })
  })

  it('cancelled ends at Stripe first; then the points come back', async () => {
    const w = await ready(1)
    const id = await w.ask('five-off')
    await drained(w)
    expect(await available(w)).toBe(50)
    await w.app.moveRedemption(id, 'cancel', {}, staff, null)
    expect(await available(w)).toBe(50)
    await drained(w)
    expect(double.codes).toMatchObject([{ active: false, times_redeemed: 0 }])
    expect(await redemption(w, id)).toMatchObject({ state: 'cancelled' })
    expect(await available(w)).toBe(100)
  })

  it('used while it was being cancelled stays used, and paid for', async () => {
    const w = await ready()
    const id = await w.ask('five-off')
    await drained(w)
    await w.app.moveRedemption(id, 'cancel', {}, staff, null)
    double.use(double.codes[0]?.id ?? '')
    await drained(w)
    expect(await redemption(w, id)).toMatchObject({ state: 'used' })
    expect(await available(w)).toBe(50)
  })

  it('that Stripe will never make is cancelled with its reason, and the points are back', async () => {
    const w = await ready()
    double.deletedCustomers.add('cus_ada')
    const id = await w.ask('five-off')
    await drained(w)
    expect(await redemption(w, id)).toMatchObject({
      state: 'cancelled',
      reason: 'Stripe does not know this customer any more.',
    })
    expect(await available(w)).toBe(100)
    expect((await w.app.listOutbox({ limit: 9 })).items.filter(({ kind }) => kind === 'stripe.reward')).toEqual([])
  })

  it('waits for a Stripe that is down, and costs nobody anything twice', async () => {
    const w = await ready()
    double.failNext({ on: 'POST /v1/promotion_codes', status: 500, after: true })
    double.failNext({ on: 'GET', status: 503 })
    double.failNext({ on: 'GET', status: 429, headers: { 'retry-after': '1' } })
    const id = await w.ask('five-off')
    await drained(w)
    expect(await redemption(w, id)).toMatchObject({ state: 'issued' })
    expect(double.codes).toHaveLength(1)
  })
})

describe('a credit', () => {
  it.each([0, 1, 3])('is given once, through %i crashes', async (crashes) => {
    const w = await ready(crashes)
    const id = await w.ask('credit')
    await drained(w)
    double.forgetKeys()
    await drained(w)
    expect(double.transactions).toMatchObject([{ customer: 'cus_ada', amount: -500, metadata: { redemption: id } }])
    expect((await redemption(w, id)).state).not.toBe('reserved')
    expect(await available(w)).toBe(50)
  })
})
