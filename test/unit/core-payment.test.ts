// DESIGN.md §3, "A payment converges", as worked examples.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { derivePayment } from '../../src/core/derive-payment.ts'
import { emptyParts, type PaymentParts } from '../../src/core/facts.ts'
import { joinParts } from '../../src/core/merge-payment.ts'
import { charge, charged, DAY, partsOf, refund, T0 } from '../support/payments.ts'

describe('the amount paid', () => {
  const examples: [title: string, parts: Partial<PaymentParts>, paidMinor: number][] = [
    ['is what was captured', { names: ['ch_1'], charges: { ch_1: charge() } }, 10_000],
    ['is nothing for a mere authorisation', { names: ['ch_1'], charges: { ch_1: charge({ amountMinor: 0 }) } }, 0],
    [
      'is the charge before the intent',
      { charges: { ch_1: charge({ amountMinor: 6_000 }) }, intents: { pi_1: { amountMinor: 10_000 } } },
      6_000,
    ],
    [
      'is the intent before the session',
      { intents: { pi_1: { amountMinor: 9_000 } }, sessions: { cs_1: { amountMinor: 9_500, pendingLink: false } } },
      9_000,
    ],
    [
      'is the session before the invoice',
      {
        sessions: { cs_1: { amountMinor: 8_000, pendingLink: true } },
        invoices: { in_1: { amountMinor: 9_000, paidAt: T0, standsAlone: false } },
      },
      8_000,
    ],
    [
      'adds up over the intents that paid one invoice',
      {
        charges: { ch_1: charge({ amountMinor: 3_000 }) },
        intents: { pi_1: { amountMinor: 3_000 }, pi_2: { amountMinor: 2_000 } },
      },
      5_000,
    ],
  ]
  it.each(examples)('%s', (_, parts, paidMinor) => {
    expect(derivePayment(partsOf(parts)).paidMinor).toBe(paidMinor)
  })
})

describe('what is refunded', () => {
  const snapshot = (at: number, refundedMinor: number) => ({ ch_1: charge({ snapshot: { at, refundedMinor } }) })
  const examples: [title: string, parts: Partial<PaymentParts>, refundedMinor: number][] = [
    ['is the sum of refunds by id', { refunds: { re_1: refund(), re_2: refund({ amountMinor: 1_000 }) } }, 5_000],
    ['is the charge’s figure where refunds are not known', { charges: snapshot(T0 + DAY, 4_000) }, 4_000],
    ['is the larger of both', { charges: snapshot(T0 + DAY, 7_000), refunds: { re_1: refund() } }, 7_000],
    ['counts pending refunds', { refunds: { re_1: refund({ state: 'pending' }) } }, 4_000],
    ['leaves out failed refunds', { refunds: { re_1: refund({ state: 'failed', failedAt: T0 + 2 * DAY }) } }, 0],
    [
      'takes a refund that failed since off the charge’s figure',
      { charges: snapshot(T0 + DAY, 4_000), refunds: { re_1: refund({ state: 'failed', failedAt: T0 + 2 * DAY }) } },
      0,
    ],
    [
      'trusts a figure that is newer than the failure',
      {
        charges: snapshot(T0 + 3 * DAY, 1_000),
        refunds: { re_1: refund({ state: 'failed', failedAt: T0 + 2 * DAY }) },
      },
      1_000,
    ],
    ['is at most what was paid', { refunds: { re_1: refund({ amountMinor: 12_000 }) } }, 10_000],
    [
      'counts money a dispute has taken',
      { disputes: { dp_1: { charge: 'ch_1', amountMinor: 10_000, at: T0, moved: { at: T0 + DAY, withdrawn: true } } } },
      10_000,
    ],
    ['leaves out an inquiry', { disputes: { dp_1: { charge: 'ch_1', amountMinor: 10_000, at: T0, moved: null } } }, 0],
    [
      'leaves out a dispute whose money came back',
      {
        disputes: {
          dp_1: { charge: 'ch_1', amountMinor: 10_000, at: T0, moved: { at: T0 + 2 * DAY, withdrawn: false } },
        },
      },
      0,
    ],
  ]
  it.each(examples)('%s', (_, parts, refundedMinor) => {
    expect(derivePayment(partsOf({ ...charged(), ...parts })).refundedMinor).toBe(refundedMinor)
  })
})

describe('the money’s time', () => {
  it('is the charge’s before the invoice’s before the event’s', () => {
    const invoice = { in_1: { amountMinor: 10_000, paidAt: T0 + 5, standsAlone: false } }
    expect(derivePayment(charged({}, { invoices: invoice, succeededAt: T0 + 9 })).at).toBe(T0)
    expect(derivePayment(partsOf({ invoices: invoice, succeededAt: T0 + 9 })).at).toBe(T0 + 5)
    expect(derivePayment(partsOf({ intents: { pi_1: { amountMinor: 1 } }, succeededAt: T0 + 9 })).at).toBe(T0 + 9)
  })
})

describe('whether it is known which payment it is', () => {
  const invoice = (standsAlone: boolean, amountMinor = 5_000) => ({ in_1: { amountMinor, paidAt: T0, standsAlone } })
  const examples: [title: string, parts: Partial<PaymentParts>, linked: boolean][] = [
    ['waits for an invoice’s payment', { names: ['in_1'], invoices: invoice(false) }, false],
    ['knows an invoice with its payment', { names: ['in_1', 'pi_1'], invoices: invoice(false) }, true],
    ['knows an invoice paid outside Stripe', { names: ['in_1'], invoices: invoice(true) }, true],
    ['knows a zero invoice', { names: ['in_1'], invoices: invoice(false, 0) }, true],
    [
      'waits for a subscription’s session',
      { names: ['cs_1'], sessions: { cs_1: { amountMinor: 5_000, pendingLink: true } } },
      false,
    ],
    [
      'knows a session that stands alone',
      { names: ['cs_1'], sessions: { cs_1: { amountMinor: 5_000, pendingLink: false } } },
      true,
    ],
  ]
  it.each(examples)('%s', (_, parts, linked) => {
    expect(derivePayment(partsOf(parts)).linked).toBe(linked)
  })
})

describe('joining what is known', () => {
  const id = (prefix: string) => fc.constantFrom(`${prefix}_1`, `${prefix}_2`)
  const at = fc.integer({ min: T0, max: T0 + 5 }).map((t) => t)
  const minor = fc.integer({ min: 0, max: 20 })
  const maybe = <T>(arb: fc.Arbitrary<T>) => fc.option(arb, { nil: null })
  const ranked = maybe(fc.record({ rank: fc.integer({ min: 1, max: 3 }), value: minor }))
  const parts: fc.Arbitrary<PaymentParts> = fc
    .record({
      names: fc.uniqueArray(fc.oneof(id('pi'), id('ch'), id('in'))).map((names) => names.sort()),
      account: maybe(fc.constant('acct_1')),
      currency: maybe(fc.constantFrom('usd', 'eur')),
      charges: fc.dictionary(
        id('ch'),
        fc.record({
          intent: maybe(id('pi')),
          amountMinor: minor,
          at: maybe(at),
          snapshot: maybe(fc.record({ at, refundedMinor: minor })),
        }),
      ),
      intents: fc.dictionary(id('pi'), fc.record({ amountMinor: minor })),
      sessions: fc.dictionary(id('cs'), fc.record({ amountMinor: minor, pendingLink: fc.boolean() })),
      invoices: fc.dictionary(
        id('in'),
        fc.record({ amountMinor: minor, paidAt: maybe(at), standsAlone: fc.boolean() }),
      ),
      refunds: fc.dictionary(
        id('re'),
        fc.record({
          charge: maybe(id('ch')),
          intent: maybe(id('pi')),
          amountMinor: minor,
          state: fc.constantFrom('pending' as const, 'succeeded' as const, 'failed' as const),
          at,
          failedAt: maybe(at),
        }),
      ),
      disputes: fc.dictionary(
        id('dp'),
        fc.record({
          charge: maybe(id('ch')),
          amountMinor: minor,
          at,
          moved: maybe(fc.record({ at, withdrawn: fc.boolean() })),
        }),
      ),
      tax: ranked,
      shipping: ranked,
      tip: ranked,
      customer: maybe(id('cus')),
      name: maybe(fc.constantFrom('Ada', 'አበበ ቢቂላ')),
      renewal: fc.boolean(),
      metadata: fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom('x', 'y')),
      succeededAt: maybe(at),
    })
    .map((some) => ({ ...emptyParts(), ...some }))
  // Key order carries no meaning; everything else must be the same to the letter.
  const same = (a: PaymentParts, b: PaymentParts): void => {
    expect(a).toEqual(b)
  }

  it('does not depend on the order', () => {
    fc.assert(fc.property(parts, parts, (a, b) => same(joinParts(a, b), joinParts(b, a))))
  })
  it('does not depend on the grouping', () => {
    fc.assert(
      fc.property(parts, parts, parts, (a, b, c) => same(joinParts(joinParts(a, b), c), joinParts(a, joinParts(b, c)))),
    )
  })
  it('learns nothing from hearing it again', () => {
    fc.assert(fc.property(parts, parts, (a, b) => same(joinParts(joinParts(a, b), b), joinParts(a, b))))
  })
  it('never derives an amount that is negative, unsafe or more than was paid', () => {
    fc.assert(
      fc.property(parts, (known) => {
        const { paidMinor, refundedMinor, netMinor } = derivePayment(known)
        for (const amount of [paidMinor, refundedMinor, netMinor])
          expect(Number.isSafeInteger(amount) && amount >= 0).toBe(true)
        expect(refundedMinor).toBeLessThanOrEqual(paidMinor)
        expect(netMinor).toBeLessThanOrEqual(paidMinor)
      }),
    )
  })
})
