// Campaigns and causes through the use cases: what is posted, what is said, and what later events and merges change.
import { afterEach, describe, expect, it } from 'vitest'
import type { Payment } from '../../src/core/state.ts'
import type { ProgramInput } from '../../src/program/schema.ts'
import { levels, makeProgram } from '../support/programs.ts'
import { type PaymentOptions, stripePayment, withLines } from '../support/stripe-events.ts'
import { createWorld, staff, type World } from '../support/world.ts'

const NOW = Date.UTC(2026, 10, 25, 12)
const DAY = 86_400_000
const ADA = 'email:ada@example.org'

const worlds: World[] = []
afterEach(async () => {
  for (const world of worlds.splice(0)) {
    expect((await world.app.verify()).discrepancies).toEqual([])
    await world.close()
  }
})

async function open(program: Partial<ProgramInput>, now = NOW): Promise<World> {
  const world = await createWorld({ program: makeProgram(program), now })
  worlds.push(world)
  return world
}

const pay = (over: Partial<PaymentOptions> = {}) => stripePayment({ at: NOW - DAY, amount: 8_400, ...over })

/** Newest last: points and sentence of each entry. */
async function history(world: World, ref = ADA): Promise<[number, string][]> {
  const page = await world.app.ledger(ref, { limit: 100 })
  if (!page.ok) throw new Error(page.message)
  return page.value.items.map(({ points, reason }): [number, string] => [points, reason]).reverse()
}

async function payments(world: World): Promise<Payment[]> {
  const all = await world.store.paymentsAfter('', 100)
  return all.sort((a, b) => (a.counted.at ?? 0) - (b.counted.at ?? 0))
}

const week = {
  campaigns: [
    { id: 'double', name: 'Double points week', from: '2026-11-23', to: '2026-11-29', multiplier: 2, bonus: 50 },
  ],
}

describe('a campaign', () => {
  it('multiplies in the rule’s own lot and gives its bonus in another, each with its sentence', async () => {
    const world = await open(week)
    const p = pay()
    await world.deliverAll([p.charge(), p.refunded(2_100)])
    expect(await history(world)).toEqual([
      [168, '2 × points on $84.00 (Double points week)'],
      [50, '50 bonus points (Double points week)'],
      [-42, '$21.00 of $84.00 refunded'],
      [-13, '$21.00 of $84.00 refunded: bonus points (Double points week)'],
    ])
    const [payment] = await payments(world)
    expect(payment).toMatchObject({
      posted: { purchase: 126, 'campaign:double': 37 },
      campaigns: { double: 100 },
      counted: { base: 63 },
      frozen: { tiers: [] },
    })
  })
  it('is one of the purchase’s days, not of the day we hear of it', async () => {
    const world = await open(week)
    await world.deliver(pay({ at: Date.UTC(2026, 10, 22, 23, 59, 59) }).charge())
    expect(await history(world)).toEqual([[84, '1 point per $1 on $84.00']])
  })
  it('does not count towards tiers', async () => {
    const tiers = { window: { kind: 'lifetime' as const }, levels: levels(['base', 0], ['gold', 100]) }
    const world = await open({ ...week, tiers })
    await world.deliver(pay().charge())
    expect(await world.books(ADA)).toMatchObject({ tier: { id: 'base' }, points: { available: 218 } })
  })
  it('brings its part once it is known what was bought; the rest does not wait', async () => {
    const world = await open({
      campaigns: [{ id: 'tea', name: 'Tea days', multiplier: 3, bonus: 10, when: { products: ['prod_tea'] } }],
    })
    const p = pay({ amount: 10_000 })
    await world.deliver(p.charge())
    expect(await world.books(ADA)).toMatchObject({ points: { available: 100, pending: 0 } })
    expect((await world.app.listOutbox({ limit: 10 })).items.map(({ kind, key }) => [kind, key])).toContainEqual([
      'stripe.items',
      p.pi,
    ])
    await world.deliver(withLines(p.session(), ['prod_tea', 4_000, 1], ['prod_cup', 6_000, 1]))
    expect(await history(world)).toEqual([
      [100, '1 point per $1 on $100.00'],
      [80, 'We know more about this purchase now: 1 point per $1 on $100.00, 3 × that on $40.00 of it (Tea days)'],
      [10, '10 bonus points (Tea days)'],
    ])
  })
  it('stays what it was for a purchase when the program changes', async () => {
    const world = await open(week)
    const p = pay()
    await world.deliver(p.charge())
    const later = await createWorld({ program: makeProgram(), now: NOW, store: world.store })
    await later.deliver(p.refunded(4_200))
    expect(await later.books(ADA)).toMatchObject({ points: { available: 84 + 25 } })
  })
})

describe('who is left out of an unannounced campaign', () => {
  const surprise = (holdout: number): Partial<ProgramInput> => ({
    campaigns: [{ id: 'spring', name: 'Spring', multiplier: 2, announced: false, holdout }],
  })
  it('earns as if there were none', async () => {
    const world = await open(surprise(1))
    await world.deliver(pay().charge())
    expect(await history(world)).toEqual([[84, '1 point per $1 on $84.00']])
    expect((await payments(world))[0]?.campaigns).toEqual({})
  })
  it('is remembered with the purchase, so that a merge does not re-rate it', async () => {
    const world = await open(surprise(0.5))
    const people = Array.from({ length: 12 }, (_, n) => pay({ email: `guest${n}@example.org`, at: NOW - n * 1_000 }))
    for (const p of people) await world.deliver(p.charge())
    const before = await payments(world)
    expect(before.every(({ member, frozen }) => frozen?.member === member)).toBe(true)
    for (let n = 1; n < people.length; n++)
      await world.app.mergeMembers(`email:guest${n}@example.org`, 'email:guest0@example.org', staff, null)
    for (const p of people) await world.deliver(p.refunded(2_100))
    const after = await payments(world)
    expect(after.map(({ posted }) => posted.purchase)).toEqual(
      before.map(({ posted }) => ((posted.purchase ?? 0) * 3) / 4),
    )
    expect(new Set(after.map(({ posted }) => posted.purchase))).toEqual(new Set([63, 126]))
  })
  it('is not remembered where nobody is left out: rows stay small', async () => {
    const world = await open(week)
    await world.deliver(pay().charge())
    expect(Object.keys((await payments(world))[0]?.frozen ?? {})).toEqual(['program', 'tiers'])
  })
  it('is decided anew where a purchase proves to be somebody else’s', async () => {
    const world = await open(surprise(0.5))
    await world.app.enrolMember({ email: 'bea@example.org' }, staff, null)
    const p = pay()
    await world.deliver(p.charge())
    const session = p.session()
    Object.assign(session.data.object, { customer_details: { email: 'bea@example.org', name: null, phone: null } })
    await world.deliver(session)
    const bea = await world.app.getMember('email:bea@example.org')
    expect((await payments(world))[0]?.frozen).toMatchObject({ member: bea.ok ? bea.value.id : '' })
    expect((await payments(world))[0]?.frozen?.stale).toBeUndefined()
  })
})

describe('a purchase moved to somebody who is no member', () => {
  it('earns nothing for them', async () => {
    const world = await open({ ...week, enrolment: { automatic: false } })
    await world.app.enrolMember({ email: 'ada@example.org', enrolledAt: NOW - 9 * DAY }, staff, null)
    const p = pay()
    await world.deliver(p.charge())
    const session = p.session()
    Object.assign(session.data.object, { customer_details: { email: 'bea@example.org', name: null, phone: null } })
    await world.deliver(session)
    expect(await world.books(ADA)).toMatchObject({ points: { available: 0, pending: 0 } })
    expect(await world.books('email:bea@example.org')).toMatchObject({
      status: 'candidate',
      points: { available: 0, pending: 0 },
    })
  })
})

describe('what a purchase gives to causes', () => {
  const causes: ProgramInput['causes'] = [
    { id: 'trees', name: 'Trees', perPurchase: { perItem: 2 } },
    { id: 'reef', name: 'Reef', perPurchase: { shareOfSpend: 0.015 } },
    { id: 'donations', name: 'Donations' },
  ]
  const gifts = async (world: World) => (await payments(world)).map((payment) => payment.causes)

  it('is a share of what is spent without tax, and so many for each item', async () => {
    const world = await open({ causes })
    const p = pay({ amount: 10_000, tax: 1_000 })
    await world.deliver(withLines(p.session(), ['prod_tea', 6_000, 3], ['prod_cup', 3_000, 1]))
    expect(await gifts(world)).toEqual([{ trees: { items: 8 }, reef: { minor: 135 } }])
  })
  it('leaves out what came along for nothing', async () => {
    const world = await open({ causes })
    const p = pay({ amount: 10_000 })
    await world.deliver(withLines(p.session(), ['prod_tea', 10_000, 3], ['prod_sample', 0, 5]))
    expect((await gifts(world))[0]?.trees).toEqual({ items: 6 })
  })
  it('is for some products only, or for all but some, where the cause says so', async () => {
    const world = await open({
      causes: [
        { id: 'tea', name: 'Tea', perPurchase: { perItem: 1, products: ['prod_tea'] } },
        { id: 'rest', name: 'Rest', perPurchase: { perItem: 1, excludeProducts: ['prod_gift_card'] } },
      ],
    })
    const p = pay({ amount: 10_000 })
    await world.deliver(
      withLines(p.session(), ['prod_tea', 6_000, 3], ['prod_cup', 3_000, 1], ['prod_gift_card', 1_000, 5]),
    )
    expect(await gifts(world)).toEqual([{ tea: { items: 3 }, rest: { items: 4 } }])
  })
  it('follows refunds, and is nothing when all is refunded', async () => {
    const world = await open({ causes })
    const p = pay({ amount: 10_000 })
    await world.deliverAll([p.charge(), withLines(p.session(), ['prod_tea', 10_000, 2]), p.refunded(5_000)])
    expect(await gifts(world)).toEqual([{ trees: { items: 2 }, reef: { minor: 75 } }])
    await world.deliver(p.refunded(10_000, 200_000))
    expect(await gifts(world)).toEqual([{}])
  })
  it('counts a listed currency by the ratio of its "per", and another for nothing', async () => {
    const earning = [{ id: 'purchase', on: 'purchase' as const, currencies: { jpy: { per: 100 } } }]
    const world = await open({ earning, causes })
    await world.deliver(pay({ currency: 'jpy', amount: 10_000, at: NOW - 2 * DAY }).charge())
    await world.deliver(pay({ currency: 'eur', amount: 10_000 }).charge())
    expect(await gifts(world)).toEqual([{ reef: { minor: 150 } }, {}])
  })
  it('comes from everybody’s purchases: members’, candidates’ and nobody’s', async () => {
    const world = await open({ causes, enrolment: { automatic: false } })
    await world.deliver(pay({ at: NOW - 2 * DAY }).charge())
    const nobody = pay({ email: null, amount: 10_000 })
    await world.deliverAll([nobody.charge(), withLines(nobody.session(), ['prod_tea', 10_000, 1])])
    const found = await gifts(world)
    expect(found).toContainEqual({ reef: { minor: 126 } })
    expect(found).toContainEqual({ trees: { items: 2 }, reef: { minor: 150 } })
    expect((await world.app.stats()).members).toBe(1)
  })
  it('asks for an order’s lines, whoever bought it', async () => {
    const world = await open({ causes })
    const p = pay({ email: null })
    await world.deliver(p.charge())
    expect((await world.app.listOutbox({ limit: 10 })).items).toMatchObject([{ kind: 'stripe.items', key: p.pi }])
  })
  it('goes by the program that was in force when it was made', async () => {
    const world = await open({ causes })
    const early = pay({ email: null, at: NOW - 2 * DAY })
    await world.deliver(early.charge())
    const without = await createWorld({ program: makeProgram(), now: NOW, store: world.store })
    const late = pay({ email: null })
    await without.deliverAll([early.refunded(4_200), late.charge()])
    const again = await createWorld({ program: makeProgram({ causes }), now: NOW, store: world.store })
    await again.deliver(late.refunded(4_200))
    const found = await world.store.paymentsAfter('', 10)
    const givenBy = (name: string) => found.find(({ parts }) => parts.names.includes(name))?.causes
    expect(givenBy(early.ch)).toEqual({ reef: { minor: 63 } })
    expect(givenBy(late.ch)).toEqual({})
  })
  it('is given once where two records prove to be one purchase', async () => {
    const world = await open({ causes })
    const p = pay({ amount: 10_000 })
    // The intent alone, then the session alone: the charge joins them.
    const session = p.session()
    Object.assign(session.data.object, { payment_intent: null })
    await world.deliver(session)
    await world.deliver(p.intent())
    expect(await gifts(world)).toHaveLength(2)
    await world.deliver(p.session())
    const found = (await gifts(world)).map((one) => one.reef?.minor ?? 0)
    expect(found.sort()).toEqual([0, 150])
  })
})
