// Any set of a payment's events, in every order and with repetitions, ends in the same books; and the books add up.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Store } from '../../src/app/store-port.ts'
import type { Program, ProgramInput } from '../../src/program/schema.ts'
import { levels, makeProgram } from '../support/programs.ts'
import { type StripeEvent, stripePayment, withLines } from '../support/stripe-events.ts'
import { createWorld, memoryStore, staff, type World } from '../support/world.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const DAY = 86_400_000

const programs: Record<string, Partial<ProgramInput>> = {
  plain: {},
  tiered: {
    tiers: {
      window: { kind: 'lifetime' },
      levels: levels(['bronze', 0], ['silver', 50, { multiplier: 1.5 }], ['gold', 150, { multiplier: 2 }]),
    },
  },
  held: { points: { holdDays: 30, rounding: 'nearest' } },
  ending: { points: { expiry: { kind: 'after', months: 6 }, shortfall: 'forgive' } },
  idle: {
    points: { expiry: { kind: 'inactivity', months: 3 } },
    tiers: { levels: levels(['base', 0], ['gold', 80, { expiry: { kind: 'never' } }]) },
  },
  calendar: {
    points: { expiry: { kind: 'calendar', month: 12, day: 31, afterYears: 0 }, rounding: 'ceil' },
    tiers: { window: { kind: 'rolling', months: 6 }, levels: levels(['base', 0], ['gold', 90, { multiplier: 1.25 }]) },
  },
  campaigns: {
    tiers: {
      window: { kind: 'lifetime' },
      levels: levels(['bronze', 0], ['silver', 50, { multiplier: 1.5 }], ['gold', 150, { multiplier: 2 }]),
    },
    points: { rounding: 'nearest', holdDays: 14 },
    campaigns: [
      { id: 'double', name: 'Double points', multiplier: 2, from: '2026-11-01', when: { tiers: ['silver', 'gold'] } },
      { id: 'tea', name: 'Tea days', multiplier: 3, bonus: 15, when: { products: ['prod_tea'], minimum: 20 } },
      { id: 'store', name: 'In store', bonus: 55, when: { metadata: { channel: 'store' } } },
    ],
    causes: [
      { id: 'trees', name: 'Trees', perPurchase: { perItem: 1 } },
      { id: 'reef', name: 'Reef', perPurchase: { shareOfSpend: 0.015 } },
    ],
  },
  stacked: {
    earning: [
      { id: 'purchase', on: 'purchase', excludeProducts: ['prod_card'] },
      { id: 'lines', on: 'purchase', points: 3, products: ['prod_tea'], scope: 'lines' },
      { id: 'cup', on: 'item', products: ['prod_cup'], points: 25, when: { metadata: { channel: 'store' } } },
    ],
    stacking: 'all',
    campaignStacking: 'all',
    points: { rounding: 'ceil', shortfall: 'forgive' },
    tiers: { window: { kind: 'lifetime' }, levels: levels(['bronze', 0], ['silver', 50, { multiplier: 1.5 }]) },
    campaigns: ['a', 'b', 'c', 'd'].map((id) => ({
      id,
      name: `Surprise ${id}`,
      multiplier: 1.25,
      bonus: 7,
      announced: false,
      holdout: 0.5,
      when: { products: id < 'c' ? [] : ['prod_tea'] },
    })),
    partners: [{ id: 'cafe', name: 'Corner Café', stripeAccount: 'acct_cafe', points: 3, per: 2, holdDays: 5 }],
  },
}

type Make = () => StripeEvent[]

/** Events of one payment made `daysAgo`; some sets hold refunds that fail, disputes that come and go, late tax. */
function eventSets(daysAgo: number, amount: number): Record<string, Make> {
  const at = NOW - daysAgo * DAY
  const make = () => stripePayment({ at, amount, tax: Math.floor(amount / 20) })
  const half = Math.floor(amount / 2)
  return {
    paid: () => {
      const p = make()
      return [p.intent(), p.charge(), p.session()]
    },
    'refunded in two steps': () => {
      const p = make()
      return [
        p.charge(),
        p.refund(half),
        p.refunded(half),
        p.refund(amount - half, { later: 300_000 }),
        p.refunded(amount, 300_000),
      ]
    },
    'a refund that fails': () => {
      const p = make()
      return [
        p.intent(),
        p.charge(),
        p.refund(half, { id: `re_${p.pi}`, status: 'pending' }),
        p.refunded(half),
        p.refund(half, { id: `re_${p.pi}`, status: 'failed', type: 'refund.failed', later: 2 * DAY, created: 100_000 }),
      ]
    },
    'a dispute won': () => {
      const p = make()
      return [
        p.charge(),
        p.dispute('created', 'needs_response'),
        p.dispute('funds_withdrawn', 'needs_response', amount, { later: 201_000 }),
        p.dispute('closed', 'won', amount, { later: 5 * DAY }),
        p.dispute('funds_reinstated', 'won', amount, { later: 5 * DAY + 1000 }),
      ]
    },
    'a dispute lost': () => {
      const p = make()
      return [
        p.session(),
        p.charge(),
        p.dispute('created', 'needs_response'),
        p.dispute('funds_withdrawn', 'needs_response'),
        p.dispute('closed', 'lost', amount, { later: 5 * DAY }),
      ]
    },
    'an inquiry': () => {
      const p = make()
      return [
        p.charge(),
        p.dispute('created', 'warning_needs_response'),
        p.dispute('closed', 'warning_closed', amount, { later: 5 * DAY }),
      ]
    },
    'lines and metadata, refunded in part': () => {
      const p = make()
      const metadata = { channel: 'store' }
      const order = withLines(p.session(), ['prod_tea', half, 2], ['prod_cup', amount - half - 1_000, 1])
      return [p.charge({ metadata }), order, p.refund(half), p.refunded(half + 1, 150_000)]
    },
    'only what does not earn': () => {
      const p = make()
      return [p.charge(), withLines(p.session(), ['prod_card', amount, 1]), p.refund(half)]
    },
    'at a partner, refunded in part': () => {
      const p = make()
      const events = [p.charge(), p.session(), p.refund(half), p.refunded(half), p.intent()]
      return events.map((event) => ({ ...event, account: 'acct_cafe' }))
    },
    'an authorisation captured in part': () => {
      const p = make()
      return [
        p.charge({ captured: false, amount_captured: 0 }),
        p.charge({ amount_captured: half }, 'charge.captured', 50_000),
        p.refund(Math.floor(half / 2)),
      ]
    },
  }
}

let store: Store
beforeAll(async () => {
  store = await memoryStore()
})
afterAll(() => store.close())

async function outcome(program: Program, events: readonly StripeEvent[], prepare: (world: World) => Promise<void>) {
  // The same ids in all: whom a campaign leaves out hangs on who they are.
  const world = await createWorld({ program, now: NOW, seed: 7 })
  await prepare(world)
  for (const event of events) await world.deliver(event)
  const books = await world.books('email:ada@example.org')
  const stored = await world.store.paymentsAfter('', 10)
  const payments = stored
    .filter(({ member }) => member !== null)
    .map(({ posted, counted, campaigns, causes, frozen }) => ({
      posted: owed(posted),
      counted,
      campaigns,
      causes,
      frozen,
    }))
    .sort((a, b) => (a.counted.at ?? 0) - (b.counted.at ?? 0))
  const report = await world.app.verify()
  await world.close()
  return { books: { ...books, payments }, discrepancies: report.discrepancies }
}

/** A rule that brings nothing any more is as one that never did. */
const owed = (posted: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(posted).filter(([, points]) => points > 0))

/** Somebody with a history: an older purchase, and some of its points taken away again. */
async function withHistory(world: World): Promise<void> {
  await world.deliver(stripePayment({ at: NOW - 200 * DAY, amount: 6_000 }).charge())
  await world.app.adjustPoints('email:ada@example.org', { points: -10, reason: 'spent' }, staff, null)
}

describe.each(Object.keys(programs))('with the program "%s"', (name) => {
  const program = makeProgram(programs[name])
  for (const [title, daysAgo] of [
    ['recent', 2],
    ['old', 400],
  ] as const)
    for (const set of Object.keys(eventSets(daysAgo, 10_000)))
      it(`ends in the same books in any order: ${set}, ${title}`, async () => {
        const events = eventSets(daysAgo, 10_000)[set]?.() ?? []
        const inOrder = await outcome(program, events, withHistory)
        expect(inOrder.discrepancies).toEqual([])
        const orders = fc.shuffledSubarray([...events, ...events], {
          minLength: events.length * 2,
          maxLength: events.length * 2,
        })
        await fc.assert(
          fc.asyncProperty(orders, async (order) => {
            const found = await outcome(program, order, withHistory)
            expect(found.books).toEqual(inOrder.books)
            expect(found.discrepancies).toEqual([])
          }),
          { numRuns: 12 },
        )
      })
})
