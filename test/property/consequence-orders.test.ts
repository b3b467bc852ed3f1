// What follows from purchases and actions (tier entries, challenges, referrals) is the same in whatever order we hear of
// them, and however often: same balances, same badges, the same awards standing.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Program, ProgramInput } from '../../src/program/schema.ts'
import { levels, makeProgram } from '../support/programs.ts'
import { type StripeEvent, stripePayment } from '../support/stripe-events.ts'
import { createWorld, staff, type World } from '../support/world.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const DAY = 86_400_000
const HOUR = 3_600_000
const ADA = 'email:ada@example.org'

const badges = [
  { id: 'regular', name: 'Regular' },
  { id: 'star', name: 'Star' },
]
const review = { id: 'review', on: 'action', action: 'review', points: 7 } as const
const purchase = { id: 'purchase', on: 'purchase' } as const

const programs: Record<string, Partial<ProgramInput>> = {
  'tier entries': {
    badges,
    tiers: {
      window: { kind: 'rolling', months: 2 },
      keep: { months: 1 },
      levels: levels(
        ['base', 0, { entry: { points: 5 } }],
        ['silver', 100, { entry: { points: 30, badge: 'star' } }],
        ['gold', 200, { entry: { points: 1_000 } }],
      ),
    },
  },
  'tier entries by year, points that end': {
    points: { expiry: { kind: 'after', months: 4 } },
    tiers: {
      keep: 'period',
      levels: levels(
        ['base', 0],
        ['silver', 100, { entry: { points: 30 } }],
        ['gold', 200, { entry: { points: 100 } }],
      ),
    },
  },
  challenges: {
    badges,
    earning: [purchase, review],
    challenges: [
      { id: 'once', name: 'Three', goal: { count: 3 }, award: { points: 200, badge: 'regular' } },
      { id: 'always', name: 'Two again', goal: { count: 2 }, award: { points: 10, badge: 'star' }, repeat: 'always' },
      {
        id: 'soon',
        name: 'Two in ten',
        goal: { count: 2, withinDays: 10 },
        award: { points: 3_000 },
        repeat: 'always',
      },
      {
        id: 'acts',
        name: 'Two reviews',
        goal: { count: 2, of: 'action', actions: ['review'] },
        award: { points: 50_000 },
      },
    ],
  },
  'challenges, points that end': {
    points: { expiry: { kind: 'after', months: 3 } },
    challenges: [
      { id: 'always', name: 'Two', goal: { count: 2 }, award: { points: 10 }, repeat: 'always' },
      { id: 'once', name: 'Three', goal: { count: 3 }, award: { points: 200 } },
    ],
  },
  referrals: {
    referral: {
      referrer: { points: 500 },
      friend: { points: 200 },
      minimumPurchase: 40,
      limit: { times: 1, per: 'year' },
    },
  },
}

type Step = { key: string; run: (world: World, codes: Codes) => Promise<unknown> }
type Codes = Record<string, string>

const delivers =
  (event: (codes: Codes) => StripeEvent): Step['run'] =>
  async (world, codes) => {
    expect(await world.deliver(event(codes))).not.toBe('parked')
  }

/** A payment and what became of it: kept, refunded in part or whole, or a refund that failed. */
function buys(email: string, daysAgo: number, amount: number, fate: string, code?: string): Step[] {
  const payment = stripePayment({ at: NOW - daysAgo * DAY - 3 * HOUR, amount: amount * 100, email })
  const made = new Map<string, StripeEvent>()
  // The same event each time it is delivered: code and all.
  const once = (name: string, make: (codes: Codes) => StripeEvent): Step => ({
    key: `${payment.pi} ${name}`,
    run: delivers((codes) => {
      const event = made.get(`${name} ${codes.bea}`) ?? make(codes)
      made.set(`${name} ${codes.bea}`, event)
      return event
    }),
  })
  const steps = [
    once('charge', (codes) => payment.charge(code ? { metadata: { referral_code: codes[code] } } : {})),
    once('intent', () => payment.intent()),
  ]
  const id = `re_${payment.pi}`
  if (fate === 'kept') return steps
  if (fate === 'part') return [...steps, once('part', () => payment.refund(amount * 50, { id, later: HOUR }))]
  const all = once('all', () => payment.refund(amount * 100, { id, status: 'succeeded', later: HOUR }))
  if (fate === 'refunded') return [...steps, all]
  const failed = { id, status: 'failed', type: 'refund.failed', later: 2 * HOUR, created: HOUR }
  return [...steps, all, once('failed', () => payment.refund(amount * 100, failed))]
}

let keys = 0
function reviews(daysAgo: number): Step {
  const key = `review ${keys++}`
  return {
    key,
    run: ({ app }) =>
      app.recordAction(ADA, { action: 'review', at: NOW - daysAgo * DAY }, staff, {
        holder: 'test',
        route: 'actions',
        key,
        hash: key,
      }),
  }
}

const fate = fc.constantFrom('kept', 'kept', 'kept', 'part', 'refunded', 'failed')
const bought = fc.record({
  email: fc.constant('ada@example.org'),
  daysAgo: fc.integer({ min: 1, max: 200 }),
  amount: fc.integer({ min: 20, max: 150 }),
  fate,
})

async function outcome(
  program: Program,
  steps: readonly Step[],
  members: readonly string[],
  people: readonly string[],
) {
  const world = await createWorld({ program, now: NOW })
  const codes: Codes = {}
  for (const name of members) {
    const enrolledAt = NOW - 300 * DAY
    const enrolled = await world.app.enrolMember({ email: `${name}@example.org`, enrolledAt }, staff, null)
    if (!enrolled.ok) throw new Error(enrolled.message)
    codes[name] = enrolled.value.referralCode
  }
  for (const step of steps) await step.run(world, codes)
  await world.app.settleDue(1_000)
  const found = []
  for (const name of people) {
    const view = await world.app.getMember(`email:${name}@example.org`)
    if (!view.ok) throw new Error(`${name}: ${view.message}`)
    const { id, points, tier, purchases, badges: held, challenges } = view.value
    const grants = await world.store.read((tx) => tx.grantsOf(id))
    const standing = grants.filter(({ state, occasion }) => state !== 'withdrawn' && occasion !== 'action')
    const shown = standing.map((grant) => {
      const own = grant.occasion === 'referrer' ? 'referrer' : grant.id.slice(id.length)
      return `${own} ${new Date(grant.at).toISOString()} ${grant.points}`
    })
    found.push({
      name,
      points,
      tier,
      purchases,
      badges: held.map((badge) => badge.id).sort(),
      challenges,
      shown: shown.sort(),
    })
  }
  const { discrepancies } = await world.app.verify()
  await world.close()
  return { found, discrepancies }
}

async function expectSame(program: Program, steps: readonly Step[], members: string[], people: string[], runs: number) {
  const inOrder = await outcome(program, steps, members, people)
  expect(inOrder.discrepancies).toEqual([])
  const twice = [...steps, ...steps]
  const orders = fc.shuffledSubarray(twice, { minLength: twice.length, maxLength: twice.length })
  await fc.assert(
    fc.asyncProperty(orders, async (order) => {
      const other = await outcome(program, order, members, people)
      expect(other).toEqual(inOrder)
    }),
    { numRuns: runs },
  )
}

describe.each(['tier entries', 'tier entries by year, points that end', 'challenges', 'challenges, points that end'])(
  '%s',
  (name) => {
    const program = makeProgram(programs[name])
    it('are the same for purchases in any order', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(bought, { minLength: 2, maxLength: 7 }),
          fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: name === 'challenges' ? 4 : 0 }),
          async (purchases, days) => {
            const steps = [
              ...purchases.flatMap((one) => buys(one.email, one.daysAgo, one.amount, one.fate)),
              ...days.map(reviews),
            ]
            await expectSame(program, steps, ['ada'], ['ada'], 4)
          },
        ),
        { numRuns: 12 },
      )
    }, 120_000)
  },
)

describe('referrals', () => {
  const program = makeProgram(programs.referrals)
  const friend = fc.record({
    email: fc.constantFrom('friend1@example.org', 'friend2@example.org', 'friend3@example.org'),
    daysAgo: fc.integer({ min: 1, max: 600 }),
    amount: fc.integer({ min: 20, max: 90 }),
    fate,
    code: fc.constantFrom('bea', 'bea', 'cleo', undefined),
  })
  it('are the same for purchases of friends in any order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(friend, { minLength: 2, maxLength: 6, selector: (one) => one.daysAgo }),
        async (list) => {
          const steps = list.flatMap((one) => buys(one.email, one.daysAgo, one.amount, one.fate, one.code))
          const people = [...new Set(list.map(({ email }) => email.split('@')[0] ?? ''))]
          await expectSame(program, steps, ['bea', 'cleo'], ['bea', 'cleo', ...people], 4)
        },
      ),
      { numRuns: 15 },
    )
  }, 120_000)
})
