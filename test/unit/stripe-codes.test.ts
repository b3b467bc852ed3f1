// Which promotion codes an order was bought with, and what a code's own event says of it.
import { describe, expect, test } from 'vitest'
import { subscribedEvents } from '../../integrations/stripe/handled-events.ts'
import { translateEvent } from '../../integrations/stripe/translate.ts'
import {
  charge,
  EVENT_MS,
  intent,
  invoice,
  listOf,
  OLD_VERSION,
  oldInvoice,
  type StripeObject,
  session,
  stripeEvent,
} from '../support/stripe-objects.ts'

function codesOf(type: string, object: StripeObject, over: object = {}): string[] {
  const translation = translateEvent(stripeEvent(type, object, over))
  if (translation.kind !== 'facts') throw new Error(`not understood: ${JSON.stringify(translation)}`)
  const [fact] = translation.facts
  if (fact?.kind !== 'payment') throw new Error('no payment')
  return fact.parts.promotionCodes
}

const SESSION = 'checkout.session.completed'
const INVOICE = 'invoice.paid'
/** Since clover a discount names its coupon under `source`. */
const discount = (promotion_code: unknown, over: object = {}) => ({
  id: 'di_1',
  object: 'discount',
  promotion_code,
  source: { type: 'coupon', coupon: 'regulars_red_1' },
  ...over,
})
const promotionCode = (over: StripeObject = {}): StripeObject => ({
  id: 'promo_1',
  object: 'promotion_code',
  active: false,
  code: 'CORNER-7QXM2',
  livemode: false,
  times_redeemed: 1,
  promotion: { type: 'coupon', coupon: 'regulars_red_1' },
  ...over,
})

describe('the codes of an order', () => {
  test.each<[title: string, type: string, object: StripeObject, codes: string[], over?: object]>([
    [
      'a session names them by id',
      SESSION,
      session({ discounts: [{ coupon: null, promotion_code: 'promo_1' }] }),
      ['promo_1'],
    ],
    [
      'a session names them whole',
      SESSION,
      session({ discounts: [{ coupon: null, promotion_code: promotionCode() }] }),
      ['promo_1'],
    ],
    [
      'several are sorted, each once',
      SESSION,
      session({
        discounts: ['promo_2', 'promo_1', 'promo_2'].map((code) => ({ coupon: null, promotion_code: code })),
      }),
      ['promo_1', 'promo_2'],
    ],
    [
      'a session with its breakdown',
      SESSION,
      session({
        total_details: {
          amount_tax: 0,
          amount_shipping: 0,
          breakdown: { discounts: [{ amount: 500, discount: discount('promo_1') }] },
        },
      }),
      ['promo_1'],
    ],
    [
      'a delayed payment of a session',
      'checkout.session.async_payment_succeeded',
      session({ discounts: [{ promotion_code: 'promo_1' }] }),
      ['promo_1'],
    ],
    ['a coupon alone is no code', SESSION, session({ discounts: [{ coupon: 'SUMMER', promotion_code: null }] }), []],
    ['a session without discounts', SESSION, session({ discounts: null }), []],
    [
      'an invoice with its discounts expanded',
      INVOICE,
      invoice({ discounts: [discount('promo_1'), discount('promo_3')] }),
      ['promo_1', 'promo_3'],
    ],
    [
      'an invoice with its discount amounts expanded',
      INVOICE,
      invoice({ discounts: ['di_1'], total_discount_amounts: [{ amount: 500, discount: discount('promo_1') }] }),
      ['promo_1'],
    ],
    [
      'an invoice that names its discounts by id tells none',
      INVOICE,
      invoice({ discounts: ['di_1'], total_discount_amounts: [{ amount: 500, discount: 'di_1' }] }),
      [],
    ],
    [
      'an invoice of former versions has one discount',
      INVOICE,
      oldInvoice({ discount: { id: 'di_1', coupon: { id: 'regulars_red_1' }, promotion_code: 'promo_1' } }),
      ['promo_1'],
      { api_version: OLD_VERSION },
    ],
    [
      'the same code in several places counts once',
      INVOICE,
      oldInvoice({
        discount: discount('promo_1'),
        discounts: [discount('promo_1')],
        total_discount_amounts: [{ amount: 5, discount: discount('promo_1') }],
      }),
      ['promo_1'],
      { api_version: OLD_VERSION },
    ],
    ['a charge tells none', 'charge.succeeded', charge({ discounts: [discount('promo_1')] }), []],
    ['a payment intent tells none', 'payment_intent.succeeded', intent({ discount: discount('promo_1') }), []],
    [
      'what is no id of a code is passed over',
      SESSION,
      session({
        discounts: [
          null,
          'promo_0',
          {},
          { promotion_code: 7 },
          { promotion_code: 'pi_1' },
          { promotion_code: "promo_' OR 1=1" },
          { promotion_code: 'promo_ Ծովինար' },
          { promotion_code: '__proto__' },
        ],
      }),
      [],
    ],
    ['a list of them in a list object', INVOICE, invoice({ discounts: listOf([discount('promo_1')]) }), ['promo_1']],
  ])('%s', (_title, type, object, codes, over) => {
    expect(codesOf(type, object, over)).toEqual(codes)
  })

  test('are bounded', () => {
    const discounts = Array.from({ length: 5_000 }, (_, n) => ({ promotion_code: `promo_${n}` }))
    expect(codesOf(SESSION, session({ discounts }))).toHaveLength(20)
  })
})

describe('a code’s own event', () => {
  const UPDATED = 'promotion_code.updated'

  test.each([
    [1, false],
    [0, true],
    [0, false],
  ])('says that it was used %i times, and whether it can be: %s', (timesRedeemed, active) => {
    const object = promotionCode({ times_redeemed: timesRedeemed, active })
    expect(translateEvent(stripeEvent(UPDATED, object))).toEqual({
      kind: 'facts',
      facts: [{ kind: 'code', promotionCode: 'promo_1', at: EVENT_MS, timesRedeemed, active }],
      lookups: [],
    })
  })

  test('of former versions says the same', () => {
    const { promotion: _promotion, ...rest } = promotionCode()
    const before = translateEvent(
      stripeEvent(UPDATED, { ...rest, coupon: { id: 'regulars_red_1' } }, { api_version: OLD_VERSION }),
    )
    expect(before).toEqual(translateEvent(stripeEvent(UPDATED, promotionCode())))
  })

  test('of a connected account is no reward of ours', () => {
    expect(translateEvent(stripeEvent(UPDATED, promotionCode(), { account: 'acct_1' }))).toEqual({ kind: 'ignored' })
  })

  test('that it was made tells nothing that we did not do', () => {
    expect(translateEvent(stripeEvent('promotion_code.created', promotionCode()))).toEqual({ kind: 'ignored' })
  })

  test.each([
    ['its id', { id: 'PROMO' }, 'promotion_code.id'],
    ['whether it is active', { active: 'yes' }, 'promotion_code.active'],
    ['how often it was used', { times_redeemed: null }, 'promotion_code.times_redeemed'],
    ['a sensible count', { times_redeemed: -1 }, 'promotion_code.times_redeemed'],
  ])('without %s is odd', (_title, over, field) => {
    expect(translateEvent(stripeEvent(UPDATED, promotionCode(over)))).toMatchObject({
      kind: 'odd',
      reason: expect.stringContaining(field),
    })
  })

  test('is among those that setup subscribes to', () => {
    expect(subscribedEvents).toContain(UPDATED)
    expect(subscribedEvents).not.toContain('promotion_code.created')
  })
})
