// What staff are told of subscribers, sentence by sentence.
import { describe, expect, test } from 'vitest'
import type { InvoiceFailureFact, SubscriptionFact } from '../../src/core/facts.ts'
import { subscriptionWords, yearlyMinor } from '../../src/core/subscriptions.ts'
import { cancelling, paymentFailed } from '../../src/retention/subscriber-alerts.ts'
import { makeProgram } from '../support/programs.ts'
import { failureFact, subscriptionFact } from '../support/subscriptions.ts'

const at = (text: string): number => Date.parse(`${text}T12:00:00Z`)
const NOW = at('2026-11-22')
const program = makeProgram()
type Item = SubscriptionFact['items'][number]
const priced = (over: Partial<Item>): Pick<SubscriptionFact, 'items'> => ({
  items: [{ ...(subscriptionFact().items[0] as Item), ...over }],
})

describe('a subscription', () => {
  test.each([
    [{}, '$19.00 monthly subscription', 22_800],
    [{ interval: 'year' }, '$19.00 yearly subscription', 1_900],
    [{ intervalCount: 3 }, '$19.00 subscription every 3 months', 7_600],
    [{ interval: 'week' }, '$19.00 weekly subscription', 99_137],
    [{ interval: 'day', intervalCount: 10 }, '$19.00 subscription every 10 days', 69_396],
    [{ amountMinor: null }, 'subscription', null],
    [{ amountMinor: 0 }, 'subscription', 0],
    [{ interval: 'fortnight' }, 'subscription', null],
    [{ intervalCount: 0 }, '$19.00 subscription every 0 months', null],
    [{ currency: 'eur' }, '€19.00 monthly subscription', null],
    [{ currency: 'jpy' }, '¥1,900 monthly subscription', null],
  ] satisfies [Partial<Item>, string, number | null][])(
    'with %j is called so, and worth a year',
    (over, words, year) => {
      expect(subscriptionWords(priced(over), 'en')).toBe(words)
      expect(yearlyMinor(program, priced(over))).toBe(year)
    },
  )

  test('of several lines is worth their sum, and has one price only where they are charged together', () => {
    const [month, year] = [priced({}).items, priced({ interval: 'year', amountMinor: 1_200 }).items]
    expect(subscriptionWords({ items: [...month, ...month] }, 'en')).toBe('$38.00 monthly subscription')
    expect(subscriptionWords({ items: [...month, ...year] }, 'en')).toBe('subscription')
    expect(yearlyMinor(program, { items: [...month, ...year] })).toBe(24_000)
    expect(yearlyMinor(program, { items: [] })).toBeNull()
  })

  test('of a price beyond counting is worth as much as can be counted', () => {
    expect(yearlyMinor(program, priced({ amountMinor: Number.MAX_SAFE_INTEGER }))).toBe(Number.MAX_SAFE_INTEGER)
  })

  test('in a listed currency counts by the ratio that purchases count by', () => {
    const listed = makeProgram({ earning: [{ id: 'p', on: 'purchase', per: 1, currencies: { eur: { per: 0.8 } } }] })
    expect(yearlyMinor(listed, priced({ currency: 'eur' }))).toBe(28_500)
  })
})

interface Failing {
  failures?: Partial<InvoiceFailureFact>[]
  subscription?: Partial<SubscriptionFact> | null
  isPaid?: boolean
}
const failing = ({ failures = [{}], subscription = {}, isPaid = false }: Failing) =>
  paymentFailed({
    failures: failures.map((over) => failureFact({ at: at('2026-11-21'), ...over })),
    isPaid,
    subscription: subscription === null ? null : subscriptionFact({ status: 'past_due', ...subscription }),
    program,
    now: NOW,
  })

describe('a payment that failed', () => {
  test.each([
    ['once', {}, 'The payment for the $19.00 monthly subscription was declined; no further try is planned.'],
    [
      'twice, told in the wrong order',
      { failures: [{ attempt: 2, at: at('2026-11-22'), nextAttemptAt: at('2026-12-03') }, { attempt: 1 }] },
      'The payment for the $19.00 monthly subscription was declined twice; Stripe tries again on Dec 3, 2026.',
    ],
    [
      'three times within a second',
      { failures: [{ attempt: 3 }, { attempt: 1 }, { attempt: 2 }] },
      'The payment for the $19.00 monthly subscription was declined 3 times; no further try is planned.',
    ],
    [
      'until the subscription ended',
      { failures: [{ attempt: 4 }], subscription: { status: 'canceled', endedAt: NOW } },
      'The payment for the $19.00 monthly subscription was declined 4 times; the subscription ended on Nov 22, 2026.',
    ],
    [
      'of a subscription not heard of yet',
      { subscription: null },
      'The payment of $19.00 for a subscription was declined; no further try is planned.',
    ],
    [
      'of an invoice on its own',
      { failures: [{ subscription: null, amountMinor: 5_000, currency: 'eur' }], subscription: null },
      'The payment of €50.00 for an invoice was declined; no further try is planned.',
    ],
  ] satisfies [string, Failing, string][])('%s is told', (_, over, reason) => {
    expect(failing(over)).toMatchObject({ draft: { kind: 'payment_failed', occasion: 'in_1', reason }, isNews: true })
  })

  test.each([
    ['a year of the subscription', {}, 22_800],
    [
      'what is owed on an invoice alone',
      { failures: [{ subscription: null, amountMinor: 5_000 }], subscription: null },
      5_000,
    ],
    ['nothing in a currency that is not listed', { failures: [{ currency: 'sek' }], subscription: null }, 0],
  ] satisfies [string, Failing, number][])('puts %s at stake', (_, over, valueMinor) => {
    expect(failing(over)?.draft.valueMinor).toBe(valueMinor)
  })

  test.each([
    ['was paid in the end', { isPaid: true }],
    ['is of a subscription that goes on since', { subscription: { status: 'active', at: at('2026-11-22') } }],
    ['is of a checkout that was given up', { subscription: { status: 'incomplete_expired' } }],
    ['is of a checkout that may yet be paid', { subscription: { status: 'incomplete' } }],
    ['is none', { failures: [] }],
  ] satisfies [string, Failing][])('which %s is none', (_, over) => {
    expect(failing(over)).toBeNull()
  })

  test('stands where the subscription was last heard of before', () => {
    expect(failing({ subscription: { status: 'active', at: at('2026-11-20') } })).not.toBeNull()
  })

  test('long ago, or of what ended long ago, is no news', () => {
    expect(failing({ failures: [{ at: at('2026-09-22') }] })?.isNews).toBe(false)
    expect(failing({ subscription: { status: 'canceled', endedAt: at('2026-10-22') } })?.isNews).toBe(false)
  })
})

const wish = { canceledAt: at('2026-11-12'), cancelAtPeriodEnd: true }
const leaving = (over: Partial<SubscriptionFact>, others: Partial<SubscriptionFact>[] = [], isOwed = false) =>
  cancelling({
    subscription: subscriptionFact(over),
    others: others.map((other) => subscriptionFact({ id: 'sub_2', ...other })),
    isOwed,
    program,
    now: NOW,
  })
const ended = { status: 'canceled', endedAt: at('2026-11-20') }

test.each(['hy', 'hr', 'bg', 'sr'])('dates of %s that end in a full stop are followed by no other', (locale) => {
  const by = { program: makeProgram({ locale }), now: NOW }
  const failures = [failureFact({ at: at('2026-11-21'), nextAttemptAt: at('2026-12-03') })]
  const unpaid = paymentFailed({ failures, isPaid: false, subscription: null, ...by })
  const subscription = subscriptionFact({ ...wish, cancelFeedback: 'unused' })
  const leaver = cancelling({ subscription, others: [], isOwed: false, ...by })
  for (const standing of [unpaid, leaver]) expect(standing?.draft.reason).not.toContain('..')
})

describe('a wish to end', () => {
  test.each([
    [wish, 'Cancelled on Nov 12, 2026; the $19.00 monthly subscription ends on Dec 3, 2026.'],
    [
      { ...wish, cancelFeedback: 'too_expensive' },
      'Cancelled on Nov 12, 2026; the $19.00 monthly subscription ends on Dec 3, 2026. Reason given: too expensive.',
    ],
    [
      { ...wish, cancelFeedback: 'no_such_reason' },
      'Cancelled on Nov 12, 2026; the $19.00 monthly subscription ends on Dec 3, 2026.',
    ],
    ...['constructor', '__proto__'].map((cancelFeedback): [Partial<SubscriptionFact>, string] => [
      { ...wish, cancelFeedback },
      'Cancelled on Nov 12, 2026; the $19.00 monthly subscription ends on Dec 3, 2026.',
    ]),
    [
      { ...wish, status: 'trialing', trialEnd: at('2026-12-03') },
      'Cancelled on Nov 12, 2026, while on trial; the $19.00 monthly subscription ends on Dec 3, 2026.',
    ],
    [
      { ...wish, currentPeriodEnd: null },
      'Cancelled on Nov 12, 2026; the $19.00 monthly subscription ends with what is paid for.',
    ],
    [
      { ...wish, cancelAtPeriodEnd: false, cancelAt: at('2027-01-31') },
      'Cancelled on Nov 12, 2026; the $19.00 monthly subscription ends on Jan 31, 2027.',
    ],
    [{ ...wish, ...ended }, 'Cancelled on Nov 12, 2026; the $19.00 monthly subscription ended on Nov 20, 2026.'],
    [
      { ...ended, canceledAt: at('2026-11-20') },
      'Cancelled on Nov 20, 2026; the $19.00 monthly subscription ended on Nov 20, 2026.',
    ],
  ] satisfies [Partial<SubscriptionFact>, string][])('%j is told', (over, reason) => {
    expect(leaving(over)).toMatchObject({ draft: { kind: 'cancelling', valueMinor: 22_800, reason }, isNews: true })
  })

  test('is one of a day, through to its end', () => {
    expect(leaving(wish)?.draft.occasion).toBe('sub_1.2026-11-12')
    expect(leaving({ ...wish, ...ended })?.draft.occasion).toBe('sub_1.2026-11-12')
  })

  test.each([
    ['goes on', {}],
    ['ended for want of payment', { ...ended, canceledAt: ended.endedAt, cancelReason: 'payment_failed' }],
    ['ended by a dispute', { ...ended, canceledAt: ended.endedAt, cancelReason: 'payment_disputed' }],
    ['never began', { ...wish, status: 'incomplete_expired' }],
    ['ends as agreed when it began', { canceledAt: subscriptionFact().startedAt, cancelAt: at('2027-10-03') }],
  ] satisfies [string, Partial<SubscriptionFact>][])('is not that of one which %s', (_, over) => {
    expect(leaving(over)).toBeNull()
  })

  test('is not assumed where one ended while an invoice was owed, unless it was said', () => {
    const atOnce = { ...ended, canceledAt: ended.endedAt }
    expect(leaving(atOnce, [], true)).toBeNull()
    expect(leaving({ ...atOnce, cancelReason: 'cancellation_requested' }, [], true)).not.toBeNull()
    expect(leaving({ ...wish, ...ended }, [], true)).not.toBeNull()
  })

  test('is undone by another subscription taken since, not by one they had before', () => {
    expect(leaving(wish, [{ startedAt: at('2026-11-12') }])).toBeNull()
    expect(leaving(wish, [{ startedAt: at('2026-11-11') }])).not.toBeNull()
    expect(leaving(wish, [{ startedAt: at('2026-11-13'), status: 'incomplete' }])).not.toBeNull()
  })

  test('is no news where the subscription ended long ago', () => {
    expect(leaving({ ...wish, status: 'canceled', endedAt: at('2026-10-20') })?.isNews).toBe(false)
  })
})
