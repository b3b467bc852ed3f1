// Paid tiers from Stripe's events to what a member is shown, through a real store.
import { afterEach, describe, expect, it } from 'vitest'
import type { MemberView } from '../../src/app/ports.ts'
import type { ProgramInput } from '../../src/program/schema.ts'
import { makeProgram } from '../support/programs.ts'
import { type StripeEvent, stripeEvent, stripePayment } from '../support/stripe-events.ts'
import { createWorld, memoryStore, staff, type World } from '../support/world.ts'

const HOUR = 3_600_000
/** The first of January; the tests count days from it. */
const on = (day: number): number => Date.UTC(2026, 0, day, 12)
const iso = (day: number): string => new Date(on(day)).toISOString()

const opened: World[] = []
afterEach(() => Promise.all(opened.splice(0).map((world) => world.close())))

const prime = { id: 'prime', name: 'Prime', multiplier: 2, perks: [{ id: 'post', name: 'Free post' }] }
const insider = { id: 'insider', name: 'Insider', threshold: 0 }
const withPrime = (over: object = {}, own: object = {}): Partial<ProgramInput> => ({
  tiers: { levels: [insider, { ...prime, paid: { products: ['prod_prime'], ...own }, ...over }] },
})
const onlyPrime: Partial<ProgramInput> = {
  tiers: { levels: [{ ...prime, paid: { products: ['prod_prime'], prices: ['price_student'] } }] },
}

async function world(program: Partial<ProgramInput> = withPrime(), day = 1): Promise<World> {
  const made = await createWorld({ program: makeProgram(program), now: on(day) })
  opened.push(made)
  return made
}

interface Said {
  id?: string
  customer?: string
  status?: string
  product?: string
  price?: string
  start?: number
  over?: Record<string, unknown>
  event?: Partial<StripeEvent>
}

/** A subscription as Stripe describes it on that day. */
function said(
  day: number,
  {
    id = 'sub_1',
    customer = 'cus_ada',
    status = 'active',
    product = 'prod_prime',
    price = 'price_1',
    start = 1,
    over = {},
    event = {},
  }: Said = {},
): StripeEvent {
  const verb = status === 'canceled' ? 'deleted' : day === start ? 'created' : 'updated'
  const end = Math.floor(on(start + 30) / 1000)
  return stripeEvent(
    `customer.subscription.${verb}`,
    {
      id,
      object: 'subscription',
      customer,
      status,
      created: Math.floor(on(start) / 1000),
      start_date: Math.floor(on(start) / 1000),
      items: { data: [{ quantity: 1, current_period_end: end, price: { id: price, product, unit_amount: 900 } }] },
      cancel_at_period_end: false,
      pause_collection: null,
      ...over,
    },
    on(day),
    event,
  )
}
const seconds = (day: number) => Math.floor(on(day) / 1000)
const trial = { over: { trial_end: seconds(8) } }
const ada = (day = 1) =>
  stripeEvent('customer.created', { id: 'cus_ada', email: 'ada@example.org', name: 'Ada' }, on(day))
const buy = (day: number, amount = 1_000) =>
  stripePayment({ at: on(day), amount, customer: 'cus_ada', email: 'ada@example.org' }).charge()

async function shown(w: World, ref = 'stripe:cus_ada', asOf?: number): Promise<MemberView> {
  const found = await w.app.getMember(ref, asOf)
  if (!found.ok) throw new Error(`${ref}: ${found.message}`)
  return found.value
}
const tierOf = async (w: World, ref?: string) => {
  const { tier } = await shown(w, ref)
  return tier === null ? null : [tier.id, tier.since, tier.until]
}

async function turnTo(w: World, day: number): Promise<void> {
  w.clock.at = on(day)
  while ((await w.app.settleDue(100)) > 0);
}

async function isClean(w: World): Promise<void> {
  expect(await w.app.verify()).toMatchObject({ discrepancies: [] })
}

describe('a paid tier', () => {
  it('is held from its trial, which makes a member of its subscriber', async () => {
    const w = await world()
    await w.deliverAll([said(1, { status: 'trialing', ...trial }), ada()])
    expect(await shown(w, 'email:ada@example.org')).toMatchObject({
      status: 'active',
      enrolledAt: iso(1),
      purchases: 0,
      tier: { id: 'prime', since: iso(1), until: iso(15), next: null },
      perks: [{ id: 'post', name: 'Free post' }],
    })
    await isClean(w)
  })

  it('that proves never to have been held makes nobody a member, and what joining gave is taken back', async () => {
    const welcome: Partial<ProgramInput> = {
      ...withPrime({ entry: { points: 7 } }),
      enrolment: { award: { points: 50 } },
    }
    const told = [said(1), said(1, { status: 'unpaid' })]
    for (const events of [told, told.toReversed()]) {
      const w = await world(welcome, 2)
      await w.deliverAll([ada(), ...events])
      expect(await shown(w)).toMatchObject({ status: 'candidate', enrolledAt: null, tier: null })
      expect((await shown(w)).points).toMatchObject({ available: 0, earned: 0 })
      // Their first purchase does.
      await w.deliver(buy(2))
      expect(await shown(w)).toMatchObject({ status: 'active', enrolledAt: iso(2), points: { earned: 60 } })
      await isClean(w)
    }
  })

  it('that proves never to have been held leaves a member who was given something one, by their first purchase', async () => {
    const w = await world(withPrime(), 2)
    await w.deliverAll([ada(), said(1)])
    await w.app.adjustPoints('stripe:cus_ada', { points: 5, reason: 'For the broken cup' }, staff, null)
    await w.deliver(said(1, { status: 'unpaid' }))
    expect(await shown(w)).toMatchObject({ status: 'active', points: { available: 5 } })
    await w.deliver(buy(2))
    expect(await shown(w)).toMatchObject({ enrolledAt: iso(2), tier: { id: 'insider', since: iso(2) } })
    await isClean(w)
  })

  it('multiplies what is bought while it is held, by the money’s time', async () => {
    const w = await world(withPrime(), 1)
    await w.deliverAll([ada(), buy(1)])
    w.clock.at = on(40)
    await w.deliverAll([
      said(10, { start: 10 }),
      said(20, { start: 10, status: 'canceled', over: { ended_at: seconds(20) } }),
      buy(5),
      buy(15),
      buy(25),
    ])
    expect((await shown(w)).points.available).toBe(10 + 10 + 20 + 10)
    const ledger = await w.app.ledger('stripe:cus_ada', { limit: 20 })
    if (!ledger.ok) throw new Error(ledger.message)
    expect(ledger.value.items.filter(({ code }) => code === 'purchase').map(({ reason }) => reason)).toEqual([
      '1 point per $1 on $10.00',
      '2 × points on $10.00, Prime',
      '1 point per $1 on $10.00',
      '1 point per $1 on $10.00',
    ])
    await isClean(w)
  })

  it('is held by a cheaper price too', async () => {
    const w = await world(onlyPrime)
    await w.deliver(said(1, { product: 'prod_student', price: 'price_student' }))
    expect(await tierOf(w)).toEqual(['prime', iso(1), null])
  })

  it('shows its end when cancelled, lasts until then, and leaves the points', async () => {
    const w = await world()
    await w.deliverAll([ada(), said(1), buy(2)])
    w.clock.at = on(10)
    await w.deliver(said(10, { over: { cancel_at_period_end: true } }))
    expect(await tierOf(w)).toEqual(['prime', iso(1), iso(31)])
    await turnTo(w, 30)
    expect(await tierOf(w)).toEqual(['prime', iso(1), iso(31)])
    await turnTo(w, 31)
    expect(await tierOf(w)).toEqual(['insider', iso(31), null])
    expect(await shown(w)).toMatchObject({ points: { available: 20 }, perks: [] })
    await w.deliver(said(31, { status: 'canceled', over: { ended_at: seconds(31) } }))
    expect(await tierOf(w)).toEqual(['insider', iso(31), null])
    expect((await shown(w, 'stripe:cus_ada', on(20))).tier).toMatchObject({ id: 'prime' })
    await isClean(w)
  })

  it('shows its end in what is read before the clock’s job comes to it', async () => {
    const w = await world()
    await w.deliverAll([ada(), said(1, { over: { cancel_at: seconds(20) } })])
    w.clock.at = on(20)
    expect(await tierOf(w)).toEqual(['insider', iso(20), null])
  })

  it('goes on when the cancellation is taken back', async () => {
    const w = await world()
    await w.deliverAll([ada(), said(1), said(2, { over: { cancel_at_period_end: true } }), said(3)])
    await turnTo(w, 60)
    expect(await tierOf(w)).toEqual(['prime', iso(1), null])
  })

  it('is kept for some days when a renewal fails, and held again once it is charged', async () => {
    const w = await world()
    await w.deliverAll([ada(), said(1)])
    w.clock.at = on(31)
    await w.deliver(said(31, { status: 'past_due' }))
    expect(await tierOf(w)).toEqual(['prime', iso(1), iso(38)])
    await turnTo(w, 39)
    expect(await tierOf(w)).toEqual(['insider', iso(38), null])
    w.clock.at = on(41)
    await w.deliver(said(41))
    expect(await tierOf(w)).toEqual(['prime', iso(41), null])
    await isClean(w)
  })

  it('rests while the subscription is paused', async () => {
    const w = await world()
    await w.deliverAll([ada(), said(1)])
    w.clock.at = on(20)
    await w.deliver(said(10, { over: { pause_collection: { behavior: 'void' } } }))
    expect(await tierOf(w)).toEqual(['insider', iso(10), null])
    await w.deliver(said(15))
    expect(await tierOf(w)).toEqual(['prime', iso(15), null])
  })

  it('alone in a program leaves those without it no tier', async () => {
    const w = await world(onlyPrime)
    await w.deliverAll([ada(), buy(1)])
    expect(await shown(w)).toMatchObject({ tier: null, perks: [], points: { available: 10 } })
    w.clock.at = on(5)
    await w.deliver(said(5, { start: 5 }))
    expect(await tierOf(w)).toEqual(['prime', iso(5), null])
    await w.deliver(said(5, { start: 5, status: 'canceled', over: { ended_at: seconds(5) + 60 } }))
    w.clock.at += HOUR
    expect((await shown(w)).tier).toBeNull()
    await isClean(w)
  })

  it('gives way to a higher one that is earned, and comes back after it', async () => {
    const gold = { id: 'gold', name: 'Gold', threshold: 100, multiplier: 3 }
    const paid = { ...prime, paid: { products: ['prod_prime'] } }
    const w = await world({ tiers: { keep: 'period', levels: [insider, paid, gold] } })
    await w.deliverAll([ada(), said(1)])
    expect((await shown(w)).tier?.next).toMatchObject({ id: 'gold', remaining: 100 })
    w.clock.at = on(3)
    await w.deliver(buy(3, 10_000))
    expect(await tierOf(w)).toEqual(['gold', iso(3), '2027-01-01T00:00:00.000Z'])
    await turnTo(w, 400)
    expect(await tierOf(w)).toEqual(['prime', '2027-01-01T00:00:00.000Z', null])
    await isClean(w)
  })

  it('is another company’s when a connected account has the subscriber', async () => {
    const w = await world()
    await w.deliver(said(1, { event: { account: 'acct_cafe' } }))
    expect(await w.app.getMember('stripe:cus_ada')).toMatchObject({ ok: false, code: 'not_found' })
  })

  it('keeps nothing of whom we do not know where a program has no paid tier', async () => {
    const w = await world({})
    await w.deliver(said(1))
    expect(await w.app.getMember('stripe:cus_ada')).toMatchObject({ ok: false, code: 'not_found' })
  })
})

describe('points under a paid tier', () => {
  const kept = withPrime({ expiry: { kind: 'never' } })
  const fading: Partial<ProgramInput> = {
    ...kept,
    points: { expiry: { kind: 'after', months: 1 } },
  }

  it('last by its terms, and their time starts anew when it is lost', async () => {
    const w = await world(fading)
    await w.deliverAll([ada(), buy(1)])
    expect((await shown(w)).points.nextExpiry?.at).toBe('2026-02-02T00:00:00.000Z')
    w.clock.at = on(10)
    await w.deliver(said(10, { start: 10 }))
    expect((await shown(w)).points.nextExpiry).toBeNull()
    await turnTo(w, 100)
    expect((await shown(w)).points).toMatchObject({ available: 10, expired: 0, nextExpiry: null })
    await w.deliver(said(100, { start: 10, status: 'canceled', over: { ended_at: seconds(100) } }))
    expect((await shown(w)).points.nextExpiry).toEqual({ points: 10, at: '2026-05-11T00:00:00.000Z' })
    await turnTo(w, 140)
    expect((await shown(w)).points).toMatchObject({ available: 0, expired: 10 })
    await isClean(w)
  })

  it('come to the same in whatever order Stripe tells of money and subscription', async () => {
    const purchase = stripePayment({ at: on(3), customer: 'cus_ada', email: 'ada@example.org' })
    const events = [
      ada(),
      said(2, { start: 2, status: 'trialing', over: { trial_end: seconds(9) } }),
      said(9, { start: 2 }),
      said(39, { start: 2, status: 'past_due' }),
      said(50, { start: 2, status: 'canceled', over: { ended_at: seconds(50) } }),
      purchase.charge(),
      purchase.intent(),
    ]
    // What was frozen with a payment is what was known of the tier then, so only its terms are compared here.
    const terms: Partial<ProgramInput> = {
      points: { expiry: { kind: 'after', months: 1 } },
      ...withPrime({ multiplier: 1, expiry: { kind: 'never' } }),
    }
    const outcomes = new Set<string>()
    for (const order of orders(events, 40)) {
      const w = await world(terms, 60)
      await w.deliverAll(order)
      const { tier, points, enrolledAt, status } = await shown(w, 'email:ada@example.org')
      outcomes.add(JSON.stringify({ tier, points, enrolledAt, status }))
      await isClean(w)
    }
    expect([...outcomes].map((outcome) => JSON.parse(outcome))).toEqual([
      {
        tier: { id: 'insider', name: 'Insider', since: iso(46), until: null, next: null },
        points: expect.objectContaining({
          available: 100,
          nextExpiry: { points: 100, at: '2026-03-16T00:00:00.000Z' },
        }),
        enrolledAt: iso(2),
        status: 'active',
      },
    ])
  })
})

/** Some orders of the events: forwards, backwards, each first, and mixed by a fixed rule. */
function orders<Item>(items: readonly Item[], count: number): Item[][] {
  return Array.from({ length: count }, (_, n) =>
    items
      .map((item, i) => ({
        item,
        key: n === 0 ? i : n === 1 ? -i : (Math.imul(i + 1, 2_654_435_761 + n * 40_503) >>> 7) % 997,
      }))
      .sort((a, b) => a.key - b.key)
      .map(({ item }) => item),
  )
}

describe('whose subscription it is', () => {
  it('goes with the customer when two records prove to be one person', async () => {
    const w = await world()
    await w.deliver(stripePayment({ at: on(1), email: 'ada@example.org' }).charge())
    await w.deliver(said(1))
    expect(await tierOf(w, 'email:ada@example.org')).toEqual(['insider', iso(1), null])
    await w.deliver(ada())
    expect(await tierOf(w, 'email:ada@example.org')).toEqual(['prime', iso(1), null])
    await isClean(w)
  })

  it.each([[], [said(2)]])('goes with a customer whose payment proves to be another member’s', async (...later) => {
    const w = await world()
    const [bea, early] = [
      { email: 'bea@example.org' },
      stripePayment({ at: on(1), customer: 'cus_ada', email: 'typo@example.org' }),
    ]
    await w.deliver(stripePayment({ at: on(1), ...bea }).charge())
    await w.deliverAll([early.charge(), said(1)])
    expect(await tierOf(w, 'email:typo@example.org')).toEqual(['prime', iso(1), null])
    const session = early.session()
    session.data.object.customer_details = { ...bea, name: null, phone: null }
    await w.deliverAll([session, ...later])
    expect((await shown(w, 'stripe:cus_ada')).email).toBe('bea@example.org')
    expect(await tierOf(w, 'email:bea@example.org')).toEqual(['prime', iso(1), null])
    const holders = (await w.store.membersAfter('', 10)).filter(({ subscriptions }) => 'sub_1' in subscriptions)
    expect(holders.map(({ profile }) => profile.email)).toEqual(['bea@example.org'])
    await isClean(w)
  })

  it('is of both when staff join two members', async () => {
    const w = await world()
    const bea = stripeEvent('customer.created', { id: 'cus_bea', email: 'bea@example.org' }, on(1))
    await w.deliverAll([ada(), said(1), bea, said(3, { id: 'sub_2', customer: 'cus_bea', start: 3 })])
    w.clock.at = on(20)
    await w.deliver(said(20, { status: 'canceled', over: { ended_at: seconds(20) } }))
    const joined = await w.app.mergeMembers('stripe:cus_bea', 'stripe:cus_ada', staff, null)
    expect(joined).toMatchObject({ ok: true, value: { tier: { id: 'prime', since: iso(1), until: null } } })
    await isClean(w)
  })

  it('is forgotten with the person', async () => {
    const w = await world()
    await w.deliverAll([ada(), said(1)])
    const { id } = await shown(w)
    await w.app.eraseMember('stripe:cus_ada', staff)
    expect(JSON.stringify((await w.store.membersAfter('', 10)).filter((one) => one.id === id))).not.toContain('sub_1')
    w.clock.at = on(5)
    await w.deliver(said(5))
    expect(await shown(w, id)).toMatchObject({ status: 'erased' })
    expect(await w.app.getMember('stripe:cus_ada')).toMatchObject({ ok: false, code: 'not_found' })
  })

  it('of a member who left changes what they are shown, and brings nobody back', async () => {
    const w = await world()
    await w.deliverAll([ada(), buy(1)])
    await w.app.updateMember('stripe:cus_ada', { status: 'left' }, staff)
    await w.deliver(said(1))
    expect(await shown(w)).toMatchObject({ status: 'left' })
  })
})

describe('a program that gains paid tiers', () => {
  it('counts what was said before, from the next word about a subscription', async () => {
    const store = await memoryStore()
    const plain = await createWorld({ program: makeProgram(), store, now: on(1) })
    await plain.deliverAll([ada(), buy(1), said(1), said(1, { id: 'sub_2' })])
    const w = await createWorld({ program: makeProgram(withPrime()), store, now: on(20) })
    opened.push(w)
    await w.deliver(said(20, { status: 'canceled', over: { ended_at: seconds(20) } }))
    expect((await shown(w)).tier).toMatchObject({ id: 'prime', since: iso(1), until: null })
  })

  it('and loses them lets everybody down to what they earned', async () => {
    const store = await memoryStore()
    const before = await createWorld({ program: makeProgram(withPrime()), store, now: on(1) })
    await before.deliverAll([ada(), buy(1), said(1)])
    const w = await createWorld({ program: makeProgram({ tiers: { levels: [insider] } }), store, now: on(20) })
    opened.push(w)
    expect((await shown(w)).tier).toMatchObject({ id: 'insider' })
  })
})

describe('where members must ask to be members', () => {
  const asked: Partial<ProgramInput> = {
    ...withPrime(),
    enrolment: { consent: 'explicit', creditPastDays: 30 },
  }

  it('paying makes a candidate, who earns nothing', async () => {
    const w = await world(asked, 40)
    await w.deliverAll([ada(), buy(5), buy(20)])
    expect(await shown(w)).toMatchObject({
      status: 'candidate',
      enrolledAt: null,
      points: { available: 0, pending: 0, earned: 0 },
      purchases: 2,
      tier: null,
    })
    await isClean(w)
  })

  it('a subscription does not make them one either', async () => {
    const w = await world(asked)
    await w.deliverAll([said(1, { status: 'trialing', ...trial }), ada()])
    expect(await shown(w)).toMatchObject({ status: 'candidate', tier: null })
  })

  it('joining credits the past days, oldest first, and what is bought from then on', async () => {
    const w = await world(asked, 40)
    await w.deliverAll([ada(), buy(5), buy(30, 2_000), buy(20)])
    const joined = await w.app.enrolMember({ email: 'ada@example.org' }, staff, null)
    expect(joined).toMatchObject({
      ok: true,
      value: { status: 'active', enrolledAt: iso(20), points: { available: 30 }, purchases: 3 },
    })
    w.clock.at = on(41)
    await w.deliver(buy(41))
    expect((await shown(w)).points.available).toBe(40)
    const ledger = await w.app.ledger('stripe:cus_ada', { limit: 20 })
    if (!ledger.ok) throw new Error(ledger.message)
    expect(ledger.value.items.filter(({ points }) => points > 0).map(({ reason }) => reason)).toEqual([
      '1 point per $1 on $10.00',
      'Credited on joining: 1 point per $1 on $20.00',
      'Credited on joining: 1 point per $1 on $10.00',
    ])
    await isClean(w)
  })

  it('a refund of what was bought before joining takes nothing that was not given', async () => {
    const w = await world(asked, 40)
    const early = stripePayment({ at: on(5), customer: 'cus_ada', email: 'ada@example.org' })
    await w.deliverAll([ada(), early.charge()])
    await w.app.enrolMember({ email: 'ada@example.org' }, staff, null)
    await w.deliver(early.refunded(10_000))
    expect(await shown(w)).toMatchObject({ points: { available: 0, earned: 0 }, purchases: 0, enrolledAt: iso(40) })
    await isClean(w)
  })

  it('joining with a subscription holds its tier, with what is credited of the time before', async () => {
    const w = await world(asked, 40)
    await w.deliverAll([ada(), said(15, { start: 15 }), buy(12), buy(20)])
    const joined = await w.app.enrolMember({ email: 'ada@example.org' }, staff, null)
    expect(joined).toMatchObject({
      ok: true,
      value: { tier: { id: 'prime', since: iso(15) }, points: { available: 10 + 20 }, enrolledAt: iso(12) },
    })
    await isClean(w)
  })

  it('refuses to make a candidate active without asking', async () => {
    const w = await world(asked)
    await w.deliverAll([ada(), buy(1)])
    expect(await w.app.updateMember('stripe:cus_ada', { status: 'active' }, staff)).toMatchObject({
      ok: false,
      code: 'conflict',
    })
  })
})
