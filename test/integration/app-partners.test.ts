// Purchases at partners: points from the partner, held, taken back; activity, but no purchase of the merchant's.
import { afterEach, describe, expect, it } from 'vitest'
import type { ProgramInput } from '../../src/program/schema.ts'
import { levels, makeProgram } from '../support/programs.ts'
import { type PaymentOptions, type StripeEvent, stripePayment } from '../support/stripe-events.ts'
import { createWorld, staff, type World } from '../support/world.ts'

const NOW = Date.UTC(2026, 10, 25, 12)
const DAY = 86_400_000
const ADA = 'email:ada@example.org'
const ACCOUNT = 'acct_cafe'

const cafe = { id: 'cafe', name: 'Corner Café', stripeAccount: ACCOUNT, points: 3, per: 2, holdDays: 30 }
const base: Partial<ProgramInput> = {
  partners: [cafe],
  tiers: {
    metric: 'points',
    window: { kind: 'lifetime' },
    levels: levels(['base', 0, { multiplier: 2 }], ['gold', 50]),
  },
  campaigns: [{ id: 'double', name: 'Double points', multiplier: 2, bonus: 9 }],
}

const worlds: World[] = []
afterEach(async () => {
  for (const world of worlds.splice(0)) {
    expect((await world.app.verify()).discrepancies).toEqual([])
    await world.close()
  }
})

async function open(over: Partial<ProgramInput> = {}, now = NOW): Promise<World> {
  const world = await createWorld({ program: makeProgram({ ...base, ...over }), now })
  worlds.push(world)
  return world
}

const pay = (over: Partial<PaymentOptions> = {}) => stripePayment({ at: NOW - DAY, amount: 5_000, ...over })
const there = (event: StripeEvent, account = ACCOUNT): StripeEvent => ({ ...event, account })

async function member(world: World, ref = ADA) {
  const found = await world.app.getMember(ref)
  if (!found.ok) throw new Error(found.message)
  return found.value
}

async function entries(world: World, ref = ADA) {
  const page = await world.app.ledger(ref, { limit: 100 })
  if (!page.ok) throw new Error(page.message)
  return page.value.items.map(({ points, code, reason }) => [points, code, reason]).reverse()
}

async function accounts(world: World): Promise<Record<string, number>> {
  const members = await world.store.membersAfter('', 100)
  const sums: Record<string, number> = {}
  for (const { postings } of await world.store.entriesOf(members.map(({ id }) => id)))
    for (const [from, to, points] of postings) {
      sums[from] = (sums[from] ?? 0) - points
      sums[to] = (sums[to] ?? 0) + points
    }
  return sums
}

describe('a purchase at a partner', () => {
  it('earns the partner’s points for its days, whatever tier and campaigns say', async () => {
    const world = await open()
    await world.deliver(there(pay().charge()))
    expect(await entries(world)).toEqual([[75, 'partner_purchase', '3 points per $2 on $50.00 at Corner Café']])
    expect((await member(world)).points).toMatchObject({ pending: 75, available: 0 })
    expect(await accounts(world)).toEqual({ 'partner/cafe': -75, pending: 75 })
    world.clock.at = NOW + 29 * DAY
    await world.app.settleDue(10)
    expect((await member(world)).points).toMatchObject({ pending: 0, available: 75 })
  })
  it('is taken back with a refund, from the partner’s points', async () => {
    const world = await open()
    const p = pay()
    await world.deliverAll([p.charge(), p.refunded(2_000)].map((event) => there(event)))
    expect((await entries(world)).at(-1)).toEqual([-30, 'refund', '$20.00 of $50.00 refunded at Corner Café'])
    expect(await accounts(world)).toEqual({ 'partner/cafe': -45, pending: 45 })
  })
  it('is taken back when the bank takes the money, and comes back with it', async () => {
    const world = await open()
    const p = pay()
    const events = [
      p.charge(),
      p.dispute('funds_withdrawn', 'needs_response'),
      p.dispute('funds_reinstated', 'won', 5_000, { later: 300_000 }),
    ]
    await world.deliverAll(events.slice(0, 2).map((event) => there(event)))
    expect((await member(world)).points.pending).toBe(0)
    expect((await entries(world)).at(-1)?.[1]).toBe('dispute')
    await world.deliverAll(events.slice(2).map((event) => there(event)))
    expect((await member(world)).points.pending).toBe(75)
  })
  it('counts without tax, and rounds as the program does', async () => {
    const world = await open({ points: { rounding: 'ceil' } })
    await world.deliver(there(pay({ amount: 1_001, tax: 100 }).session()))
    expect((await member(world)).points.pending).toBe(14)
  })
  it('is no purchase of the merchant’s: no spend, no tier, no gift to a cause', async () => {
    const causes = [{ id: 'reef', name: 'Reef', perPurchase: { shareOfSpend: 0.1 } }]
    const world = await open({ causes })
    await world.deliver(there(pay({ amount: 500_000 }).charge()))
    expect(await member(world)).toMatchObject({
      status: 'active',
      tier: { id: 'base' },
      spend: { total: 0, last12Months: 0 },
      purchases: 0,
      lastPurchaseAt: null,
    })
    const [payment] = await world.store.paymentsAfter('', 10)
    expect(payment).toMatchObject({ causes: {}, campaigns: {}, counted: { paidMinor: 0, base: 0, purchases: 0 } })
  })
  it('earns nothing in another currency, and says so', async () => {
    const world = await open()
    await world.deliver(there(pay({ currency: 'eur' }).charge()))
    expect(await entries(world)).toEqual([
      [0, 'nothing_earned', '€50.00 at Corner Café earns nothing: the program does not count EUR'],
    ])
  })
  it('says when it is too little for a point', async () => {
    const world = await open()
    await world.deliver(there(pay({ amount: 60 }).charge()))
    expect((await entries(world))[0]?.[2]).toBe('$0.60 at Corner Café is too little for a point')
  })
  it('goes by the terms it was decided on, also when the partner has left', async () => {
    const world = await open()
    const p = pay()
    await world.deliver(there(p.charge()))
    const later = await createWorld({ program: makeProgram({ ...base, partners: [] }), now: NOW, store: world.store })
    await later.deliver(there(p.refunded(2_000)))
    expect((await member(later)).points.pending).toBe(45)
    await later.deliver(there(pay().charge()))
    expect((await member(later)).points.pending).toBe(45)
  })
  it('earns nothing backwards: what was bought there before it was a partner’s stays nothing', async () => {
    const world = await open({ partners: [] })
    await world.app.enrolMember({ email: 'ada@example.org' }, staff, null)
    const p = pay({ email: 'ada@example.org' })
    await world.deliver(there(p.charge()))
    const later = await createWorld({ program: makeProgram(base), now: NOW + DAY, store: world.store })
    await later.deliver(there(p.refund(1_000)))
    expect(await entries(later)).toEqual([])
    await later.deliver(there(pay({ email: 'ada@example.org', at: NOW }).charge()))
    expect((await member(later)).points.pending).toBe(75)
  })
  it('is nothing at an account that is no partner’s, not even a question', async () => {
    const world = await open()
    const p = pay()
    await world.deliverAll([p.charge(), p.refund(2_000)].map((event) => there(event, 'acct_other')))
    await world.deliver(there(pay().refund(100), 'acct_other'))
    expect(await world.app.stats()).toMatchObject({ members: 0, outboxWaiting: 0 })
  })
})

describe('activity at a partner', () => {
  const idle: Partial<ProgramInput> = {
    points: { expiry: { kind: 'inactivity', months: 6 } },
    tiers: null,
    campaigns: [],
  }
  const own = Date.UTC(2026, 0, 10)
  const partner = Date.UTC(2026, 4, 10)

  it('keeps points alive, also when we hear of it late', async () => {
    const world = await open(idle, Date.UTC(2026, 9, 1))
    await world.deliver(stripePayment({ at: own, amount: 4_000 }).charge())
    await world.app.settleDue(10)
    expect((await member(world)).points).toMatchObject({ available: 0, expired: 40 })
    await world.deliver(there(stripePayment({ at: partner, amount: 1_000 }).charge()))
    expect((await member(world)).points).toMatchObject({ available: 55, expired: 0 })
    expect((await member(world)).lastPurchaseAt).toBe(new Date(own).toISOString())
  })
  it('is none any more when the purchase proves to be somebody else’s', async () => {
    const world = await open(idle, Date.UTC(2026, 5, 1))
    await world.deliver(stripePayment({ at: own, amount: 4_000 }).charge())
    await world.app.enrolMember({ email: 'bea@example.org' }, staff, null)
    const p = stripePayment({ at: partner, amount: 1_000 })
    await world.deliver(there(p.charge()))
    const session = p.session()
    Object.assign(session.data.object, { customer_details: { email: 'bea@example.org', name: null, phone: null } })
    await world.deliver(there(session))
    expect((await member(world, 'email:bea@example.org')).points.pending).toBe(15)
    world.clock.at = Date.UTC(2026, 6, 20)
    await world.app.settleDue(10)
    expect((await member(world)).points).toMatchObject({ available: 0, expired: 40 })
  })
})

describe('who bought at a partner', () => {
  it('is known by e-mail alone: the partner’s customers are not the merchant’s', async () => {
    const world = await open()
    await world.deliver(pay({ customer: 'cus_1', email: 'ada@example.org' }).charge())
    await world.deliver(there(pay({ customer: 'cus_1', email: 'bea@example.org' }).charge()))
    await world.deliver(there(pay({ customer: 'cus_2', email: 'ada@example.org' }).charge()))
    expect(await member(world)).toMatchObject({ stripeCustomers: ['cus_1'], points: { pending: 75 } })
    expect(await member(world, 'email:bea@example.org')).toMatchObject({ stripeCustomers: [], points: { pending: 75 } })
    expect((await world.app.getMember('stripe:cus_2')).ok).toBe(false)
  })
  it('earns nothing without an address', async () => {
    const world = await open()
    await world.deliver(there(pay({ customer: 'cus_1', email: null }).charge()))
    expect((await world.app.stats()).members).toBe(0)
  })
  it.each<[string, ProgramInput['enrolment']]>([
    ['members are not made by payments', { automatic: false }],
    ['consent is asked for', { consent: 'explicit' }],
  ])('earns only as a member where %s, and nothing afterwards', async (_, enrolment) => {
    const world = await open({ enrolment: { ...enrolment, creditPastDays: 30 } })
    const p = pay()
    await world.deliver(there(p.charge()))
    expect((await world.app.stats()).members).toBe(0)
    await world.app.enrolMember({ email: 'ada@example.org' }, staff, null)
    await world.deliver(there(p.refunded(1_000)))
    expect((await member(world)).points).toMatchObject({ pending: 0, earned: 0 })
    await world.deliver(there(pay().charge()))
    expect((await member(world)).points.pending).toBe(75)
  })
  it('who asked to be forgotten does not come back by a partner', async () => {
    const world = await open()
    const p = pay()
    await world.deliver(there(p.charge()))
    const { id } = await member(world)
    await world.app.eraseMember(id, staff)
    await world.deliverAll([p.refunded(1_000), pay().charge()].map((event) => there(event)))
    expect((await world.app.getMember(ADA)).ok).toBe(false)
    expect((await world.app.stats()).members).toBe(1)
    expect((await world.store.membersAfter('', 10))[0]).toMatchObject({ status: 'erased', pending: 60 })
    expect(JSON.stringify(await world.store.paymentsAfter('', 10))).not.toContain('ada@example.org')
  })
  it.each([
    ['a member', true, { automatic: true }],
    ['new', false, { automatic: true }],
    ['a member where payments make none', true, { automatic: false }],
    ['nobody where payments make none', false, { automatic: false }],
  ])('is who the checkout says, %s, whether it is told before the card or after', async (_, known, enrolment) => {
    const outcomes = []
    for (const turn of [0, 1]) {
      const world = await open({ enrolment })
      if (known) await world.app.enrolMember({ email: 'ada@example.org' }, staff, null)
      await world.app.enrolMember({ email: 'card@example.org' }, staff, null)
      const p = pay({ email: 'card@example.org' })
      const session = p.session()
      Object.assign(session.data.object, { customer_details: { email: 'ada@example.org', name: null, phone: null } })
      const events = [p.charge(), session].map((event) => there(event))
      await world.deliverAll(turn === 0 ? events : events.reverse())
      await world.deliver(there(p.refunded(1_000)))
      const ada = await world.app.getMember(ADA)
      outcomes.push([
        ada.ok && ada.value.status === 'active' ? ada.value.points.pending : 'no member',
        (await member(world, 'email:card@example.org')).points.pending,
      ])
    }
    const earned = known || enrolment.automatic ? 60 : 'no member'
    expect(outcomes).toEqual([
      [earned, 0],
      [earned, 0],
    ])
  })
  it('keeps the points when two members become one, and loses them by a refund then', async () => {
    const world = await open()
    const p = pay({ email: 'bea@example.org' })
    await world.deliver(there(p.charge()))
    await world.deliver(pay().charge())
    await world.app.mergeMembers('email:bea@example.org', ADA, staff, null)
    await world.deliver(there(p.refunded(5_000)))
    expect((await member(world)).points.pending).toBe(0)
    expect((await accounts(world))['partner/cafe']).toBe(0)
  })
})
