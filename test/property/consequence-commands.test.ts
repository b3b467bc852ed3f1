// Under any mix of purchases, refunds, actions, purchases that turn out to be somebody else's, and merges: what was given is
// what a naive count of all that stands comes to.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { meets, noProgress, oldestDeedFirst } from '../../src/core/challenges.ts'
import { risesOf } from '../../src/core/tier-history.ts'
import { heldSegments } from '../../src/core/tiers.ts'
import { enrol, refOf } from '../support/members.ts'
import { levels, makeProgram } from '../support/programs.ts'
import { stripePayment } from '../support/stripe-events.ts'
import { createWorld, staff, type World } from '../support/world.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const HOUR = 3_600_000
const TIMES = 2
const NAMES = ['ada', 'bea', 'cleo', 'dora'] as const

const program = makeProgram({
  badges: [{ id: 'star', name: 'Star' }],
  tiers: {
    window: { kind: 'rolling', months: 1 },
    keep: { months: 1 },
    levels: levels(['base', 0, { entry: { points: 1 } }], ['silver', 100, { entry: { points: 3, badge: 'star' } }]),
  },
  challenges: [
    { id: 'always', name: 'Two', goal: { count: 2 }, award: { points: 10, badge: 'star' }, repeat: 'always' },
    { id: 'soon', name: 'Three', goal: { count: 3, withinDays: 20 }, award: { points: 200 } },
    { id: 'acts', name: 'Reviews', goal: { count: 2, of: 'action' }, award: { points: 9 }, repeat: 'always' },
  ],
  earning: [
    { id: 'purchase', on: 'purchase' },
    { id: 'review', on: 'action', action: 'review', points: 1 },
  ],
  referral: {
    referrer: { points: 500 },
    friend: { points: 70 },
    minimumPurchase: 40,
    limit: { times: TIMES, per: 'lifetime' },
  },
})

const name = fc.constantFrom(...NAMES)
const command = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('buys' as const),
      name,
      hoursAgo: fc.integer({ min: 1, max: 4_000 }),
      dollars: fc.integer({ min: 20, max: 120 }),
      code: fc.option(name),
      /** The address that the checkout knew, later. */
      really: fc.option(name, { freq: 5 }),
      refunded: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('acts' as const), name, hoursAgo: fc.integer({ min: 1, max: 90 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('merges' as const), name, into: name }) },
)
type Command = typeof command extends fc.Arbitrary<infer One> ? One : never

async function run(world: World, one: Command, codes: Map<string, string>): Promise<void> {
  if (one.kind === 'merges') {
    await world.app.mergeMembers(refOf(one.name), refOf(one.into), staff, null)
    return
  }
  if (one.kind === 'acts') {
    await world.app.recordAction(refOf(one.name), { action: 'review', at: NOW - one.hoursAgo * HOUR }, staff, null)
    return
  }
  const metadata = one.code === null ? {} : { referral_code: codes.get(one.code) ?? '' }
  const at = NOW - one.hoursAgo * HOUR
  const payment = stripePayment({ at, amount: one.dollars * 100, email: `${one.name}@example.org` })
  expect(await world.deliver(payment.charge({ metadata }))).toBe('recorded')
  if (one.really !== null) {
    const session = payment.session()
    session.data.object.customer_details = { email: `${one.really}@example.org`, name: null, phone: null }
    expect(await world.deliver(session)).toBe('recorded')
  }
  if (one.refunded) expect(await world.deliver(payment.refund(one.dollars * 100, { later: HOUR / 2 }))).toBe('recorded')
  // The codes of those who have just joined.
  for (const known of NAMES) {
    const found = await world.app.getMember(refOf(known))
    if (found.ok) codes.set(known, found.value.referralCode)
  }
}

/** What each member has, and what a naive count comes to. */
async function compare(world: World): Promise<void> {
  const members = (await world.store.membersAfter('', 100)).filter(({ status }) => status === 'active')
  for (const member of members) {
    const { payments, grants } = await world.store.read((tx) => ({
      payments: tx.paymentsOf(member.id),
      grants: tx.grantsOf(member.id).filter(({ state }) => state !== 'withdrawn'),
    }))
    const bought = payments.flatMap(({ id, eligible, counted: { at, purchases } }) =>
      eligible && at !== null && purchases === 1 ? [{ id, at, amount: 1 }] : [],
    )
    const acts = grants.filter(({ occasion }) => occasion === 'action').map(({ id, at }) => ({ id, at, amount: 1 }))
    for (const challenge of program.challenges) {
      const deeds = (challenge.goal.of === 'action' ? acts : bought).sort(oldestDeedFirst)
      const { progress, completions } = meets(challenge, 'UTC', deeds, noProgress(''))
      const given = grants.filter((grant) => grant.occasion === 'challenge' && grant.rule === challenge.id)
      expect(given.map(({ at }) => at)).toEqual(completions)
      const { met = 0, open = [] } = member.challenges[challenge.id] ?? {}
      const left = (of: typeof open) => of.reduce((sum, [, , amount]) => sum + amount, 0)
      expect([met, left(open)]).toEqual([progress.met, left(progress.open)])
    }
    const entries = grants.filter(({ occasion }) => occasion === 'tier').map(({ rule, at }) => `${rule} ${at}`)
    const rises = risesOf(program, heldSegments(member), member.tiers?.start ?? null)
    expect(entries.sort()).toEqual(rises.map(({ level, since }) => `${level} ${since}`).sort())
    expect(member.badges.length).toBe(grants.some(({ award }) => award.badge !== null) ? 1 : 0)

    const friends = grants.filter(({ occasion }) => occasion === 'friend')
    expect(friends.length).toBe(member.referredBy !== null && countsFor(bought, payments) ? 1 : 0)
    const referred = grants.filter(({ occasion }) => occasion === 'referrer')
    expect(referred.length).toBeLessThanOrEqual(TIMES)
    for (const { subject, payment } of referred) {
      expect([member.id, ...member.absorbed]).not.toContain(subject)
      const friend = members.find(({ id, absorbed }) => id === subject || absorbed.includes(subject))
      const given = await world.store.read((tx) => tx.grantsOf(friend?.id ?? '', { occasion: 'friend' }))
      expect(given.filter(({ state }) => state !== 'withdrawn').map((grant) => grant.payment)).toEqual([payment])
    }
  }
}

const countsFor = (bought: { id: string }[], payments: { id: string; counted: { paidMinor: number } }[]): boolean =>
  bought.some(({ id }) => (payments.find((payment) => payment.id === id)?.counted.paidMinor ?? 0) >= 4_000)

it('what was given is what stands comes to', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 3, maxLength: 25 }), async (commands) => {
      const world = await createWorld({ program, now: NOW })
      const codes = new Map([['ada', (await enrol(world, 'ada', { enrolledAt: NOW - 5_000 * HOUR })).referralCode]])
      for (const one of commands) await run(world, one, codes)
      await compare(world)
      expect((await world.app.verify()).discrepancies).toEqual([])
      await world.close()
    }),
    { numRuns: 60 },
  )
}, 120_000)
