// What happens to members when payments come in: the use cases over a real store.
import { afterEach, describe, expect, it } from 'vitest'
import type { ProgramInput } from '../../src/program/schema.ts'
import { levels, makeProgram } from '../support/programs.ts'
import { stripeEvent, stripePayment, withLines } from '../support/stripe-events.ts'
import { createWorld, memoryStore, staff, type World } from '../support/world.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const DAY = 86_400_000
const opened: World[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map((world) => world.close()))
})

async function world(over: Partial<ProgramInput> = {}, now = NOW): Promise<World> {
  const made = await createWorld({ program: makeProgram(over), now })
  opened.push(made)
  return made
}

async function member(w: World, ref: string) {
  const found = await w.app.getMember(ref)
  if (!found.ok) throw new Error(`${ref}: ${found.code}`)
  return found.value
}

async function sentences(w: World, ref: string) {
  const page = await w.app.ledger(ref, { limit: 100 })
  return page.ok ? page.value.items.map((entry) => entry.reason) : []
}

async function isClean(w: World) {
  expect((await w.app.verify()).discrepancies).toEqual([])
}

describe('a first payment', () => {
  it('makes a guest a member with points, once', async () => {
    const w = await world()
    const p = stripePayment({ at: NOW - DAY, amount: 4_990, email: 'ada@example.org' })
    expect(await w.deliver(p.charge())).toBe('recorded')
    const again = p.intent()
    expect(await w.deliverAll([again, again, p.session()])).toEqual(['recorded', 'duplicate', 'recorded'])
    const ada = await member(w, 'email:ada@example.org')
    expect(ada).toMatchObject({
      status: 'active',
      purchases: 1,
      points: { available: 49, earned: 49 },
      spend: { total: 4_990 },
    })
    expect(await sentences(w, ada.id)).toEqual(['1 point per $1 on $49.90'])
    await isClean(w)
  })
  it('takes the tax off when the session tells of it, and says so', async () => {
    const w = await world()
    const p = stripePayment({ at: NOW - DAY, amount: 11_000, tax: 1_000 })
    await w.deliverAll([p.charge(), p.session()])
    expect((await member(w, 'email:ada@example.org')).points.available).toBe(100)
    expect((await sentences(w, 'email:ada@example.org'))[0]).toBe(
      'We know more about this purchase now: 1 point per $1 on $100.00',
    )
  })
  it('takes back what turns out to earn nothing, and says that', async () => {
    const w = await world({ earning: [{ id: 'purchase', on: 'purchase', excludeProducts: ['prod_gift_card'] }] })
    const p = stripePayment({ at: NOW - DAY, amount: 2_500 })
    await w.deliver(p.charge())
    expect((await member(w, 'email:ada@example.org')).points).toMatchObject({ available: 0, pending: 25 })
    await w.deliver(withLines(p.session(), ['prod_gift_card', 2_500, 1]))
    expect((await member(w, 'email:ada@example.org')).points).toMatchObject({ available: 0, pending: 0 })
    expect((await sentences(w, 'email:ada@example.org'))[0]).toBe(
      'We know more about this purchase now: what was bought does not earn points',
    )
    await isClean(w)
  })
  it('says so when a currency earns nothing', async () => {
    const w = await world()
    await w.deliver(stripePayment({ at: NOW, currency: 'jpy', amount: 5_000 }).charge())
    const ada = await member(w, 'email:ada@example.org')
    expect(ada.points.available).toBe(0)
    expect(await sentences(w, ada.id)).toEqual(['¥5,000 earns nothing: the program does not count JPY'])
  })
  it('earns nothing for nobody: without customer or e-mail it is kept, not credited', async () => {
    const w = await world()
    expect(await w.deliver(stripePayment({ at: NOW, email: null }).charge())).toBe('recorded')
    expect((await w.app.stats()).members).toBe(0)
  })
  it('never mixes live and test mode', async () => {
    const w = await world()
    const p = stripePayment({ at: NOW })
    expect(await w.deliver(p.charge())).toBe('recorded')
    expect(await w.deliver({ ...stripePayment({ at: NOW }).charge(), livemode: true })).toBe('ignored')
    expect((await member(w, 'email:ada@example.org')).purchases).toBe(1)
  })
  it('leaves a connected account’s payments to partners', async () => {
    const w = await world()
    expect(await w.deliver({ ...stripePayment({ at: NOW }).charge(), account: 'acct_1' })).toBe('recorded')
    expect((await w.app.stats()).members).toBe(0)
  })
})

describe('refunds', () => {
  it('take points back with the purchase’s own sentence', async () => {
    const w = await world()
    const p = stripePayment({ at: NOW - 3 * DAY, amount: 4_000 })
    await w.deliverAll([p.charge(), p.refund(2_000), p.refunded(2_000)])
    expect((await member(w, 'email:ada@example.org')).points.available).toBe(20)
    expect((await sentences(w, 'email:ada@example.org'))[0]).toBe('$20.00 of $40.00 refunded')
    await isClean(w)
  })
  it('leave a debt that new points pay', async () => {
    const w = await world()
    const p = stripePayment({ at: NOW - 3 * DAY, amount: 4_000 })
    await w.deliver(p.charge())
    await w.app.adjustPoints('email:ada@example.org', { points: 10, reason: 'a gift' }, staff, null)
    await w.app.adjustPoints('email:ada@example.org', { points: -40, reason: 'used at the till' }, staff, null)
    await w.deliver(p.refunded(4_000))
    expect((await member(w, 'email:ada@example.org')).points).toMatchObject({ available: -30 })
    await w.deliver(stripePayment({ at: NOW - DAY, amount: 5_000 }).charge())
    expect((await member(w, 'email:ada@example.org')).points.available).toBe(20)
    await isClean(w)
  })
  it('forgive what is spent where the program says so, and settle it first when the refund fails', async () => {
    const w = await world({ points: { shortfall: 'forgive' } })
    const p = stripePayment({ at: NOW - 3 * DAY, amount: 4_000 })
    await w.deliver(p.charge())
    await w.app.adjustPoints('email:ada@example.org', { points: -30, reason: 'used' }, staff, null)
    await w.deliver(p.refund(4_000, { id: 're_f', status: 'pending' }))
    await isClean(w)
    await w.deliver(
      p.refund(4_000, { id: 're_f', status: 'failed', type: 'refund.failed', later: 2 * DAY, created: 100_000 }),
    )
    expect((await member(w, 'email:ada@example.org')).points.available).toBe(10)
    await isClean(w)
  })
  it('never take again what has expired', async () => {
    const w = await world({ points: { expiry: { kind: 'after', months: 1 } } })
    const p = stripePayment({ at: NOW - 90 * DAY, amount: 4_000 })
    await w.deliver(p.charge())
    expect(await w.app.settleDue(10)).toBe(1)
    expect((await member(w, 'email:ada@example.org')).points).toMatchObject({ available: 0, expired: 40 })
    await w.deliver(p.refunded(4_000, 89 * DAY))
    expect((await member(w, 'email:ada@example.org')).points).toMatchObject({ available: 0, expired: 0, earned: 0 })
    await isClean(w)
  })
  it('of a payment we have not seen wait for it', async () => {
    const w = await world()
    const p = stripePayment({ at: NOW - DAY })
    expect(await w.deliver(p.refund(10_000))).toBe('recorded')
    expect((await w.app.stats()).members).toBe(0)
    const asked = await w.app.listOutbox({ limit: 10 })
    expect(asked.items).toMatchObject([{ kind: 'stripe.charge', key: p.ch }])
    await w.deliver(p.charge())
    expect((await member(w, 'email:ada@example.org')).points).toMatchObject({ available: 0, earned: 0 })
  })
})

describe('time', () => {
  it('lets points wait for the hold and shows them without a job', async () => {
    const w = await world({ points: { holdDays: 14 } })
    await w.deliver(stripePayment({ at: NOW - DAY }).charge())
    expect((await member(w, 'email:ada@example.org')).points).toMatchObject({ available: 0, pending: 100 })
    w.clock.at += 14 * DAY
    expect((await member(w, 'email:ada@example.org')).points).toMatchObject({ available: 100, pending: 0 })
    expect(await w.app.settleDue(10)).toBe(1)
    expect(await w.app.settleDue(10)).toBe(0)
    expect((await sentences(w, 'email:ada@example.org'))[0]).toBe('100 points can be used now')
    await isClean(w)
  })
  it('ends points by inactivity, and only when there was none', async () => {
    const w = await world({ points: { expiry: { kind: 'inactivity', months: 3 } } })
    await w.deliver(stripePayment({ at: NOW - 200 * DAY, amount: 1_000 }).charge())
    await w.app.settleDue(10)
    expect((await member(w, 'email:ada@example.org')).points).toMatchObject({ available: 0, expired: 10 })
    // Told late of a purchase that came in time: nothing had ended.
    await w.deliver(stripePayment({ at: NOW - 120 * DAY, amount: 2_000 }).charge())
    await w.deliver(stripePayment({ at: NOW - 40 * DAY, amount: 3_000 }).charge())
    expect((await member(w, 'email:ada@example.org')).points).toMatchObject({ available: 60, expired: 0 })
    await isClean(w)
  })
  it('shows a history that says what the balance says', async () => {
    const w = await world({ points: { expiry: { kind: 'after', months: 1 } } })
    await w.deliver(stripePayment({ at: NOW - 90 * DAY, amount: 4_000 }).charge())
    expect((await member(w, 'email:ada@example.org')).points).toMatchObject({ available: 0, expired: 40 })
    expect(await sentences(w, 'email:ada@example.org')).toEqual([
      '40 points from Aug 24, 2026 ended on Sep 24, 2026',
      '1 point per $1 on $40.00',
    ])
  })
  it('answers what the points were at an earlier time', async () => {
    const w = await world({ points: { expiry: { kind: 'after', months: 1 } } })
    await w.deliver(stripePayment({ at: NOW - 60 * DAY }).charge())
    const asOf = async (at: number) => {
      const found = await w.app.getMember('email:ada@example.org', at)
      return found.ok ? [found.value.points.available, found.value.points.expired] : null
    }
    expect(await asOf(NOW - 61 * DAY)).toEqual([0, 0])
    expect(await asOf(NOW - 50 * DAY)).toEqual([100, 0])
    expect(await asOf(NOW)).toEqual([0, 100])
    await w.app.settleDue(10)
    expect(await asOf(NOW - 50 * DAY)).toEqual([100, 0])
  })
})

describe('tiers', () => {
  const tiers: Partial<ProgramInput> = { tiers: { levels: levels(['bronze', 0], ['gold', 100, { multiplier: 2 }]) } }
  it('count from the next purchase on', async () => {
    const w = await world(tiers)
    await w.deliver(stripePayment({ at: NOW - 2 * DAY }).charge())
    await w.deliver(stripePayment({ at: NOW - DAY }).charge())
    const ada = await member(w, 'email:ada@example.org')
    expect(ada).toMatchObject({ points: { available: 300 }, tier: { id: 'gold', until: '2028-01-01T00:00:00.000Z' } })
    expect((await sentences(w, ada.id))[0]).toBe('2 × points on $100.00, Gold')
  })
  it('end at once when only a refunded purchase had earned them', async () => {
    const w = await world(tiers)
    const p = stripePayment({ at: NOW - 2 * DAY })
    await w.deliverAll([p.charge(), p.refunded(10_000)])
    expect((await member(w, 'email:ada@example.org')).tier).toMatchObject({
      id: 'bronze',
      next: { id: 'gold', remaining: 100 },
    })
  })
  it('end with their period, without a job', async () => {
    const w = await world(tiers)
    await w.deliver(stripePayment({ at: NOW - 2 * DAY }).charge())
    w.clock.at = Date.UTC(2028, 0, 2)
    expect((await member(w, 'email:ada@example.org')).tier?.id).toBe('bronze')
    await w.app.settleDue(10)
    expect((await member(w, 'email:ada@example.org')).tier).toMatchObject({
      id: 'bronze',
      since: '2028-01-01T00:00:00.000Z',
    })
  })
})

describe('who somebody is', () => {
  it('a guest’s payments join their first customer by e-mail', async () => {
    const w = await world()
    await w.deliver(stripePayment({ at: NOW - 2 * DAY, email: 'ada@example.org' }).charge())
    await w.deliver(stripePayment({ at: NOW - DAY, email: 'ADA@example.org', customer: 'cus_ada' }).charge())
    expect((await w.app.stats()).members).toBe(1)
    expect((await member(w, 'stripe:cus_ada')).points.available).toBe(200)
  })
  it('a customer who tells their address late is joined with the guest who has it', async () => {
    const w = await world()
    await w.deliver(stripePayment({ at: NOW - 3 * DAY, email: 'ada@example.org' }).charge())
    const p = stripePayment({ at: NOW - DAY, email: 'ada@example.org', customer: 'cus_ada' })
    await w.deliver(p.charge({ billing_details: { email: null } }))
    expect((await member(w, 'stripe:cus_ada')).email).toBe(null)
    await w.deliver(p.session())
    expect((await member(w, 'stripe:cus_ada')).points.available).toBe(200)
    expect((await member(w, 'email:ada@example.org')).id).toBe((await member(w, 'stripe:cus_ada')).id)
    await isClean(w)
  })
  it('a customer whose address changes to another member’s stays apart', async () => {
    const w = await world()
    await w.deliver(stripePayment({ at: NOW - 3 * DAY, email: 'ada@example.org' }).charge())
    await w.deliver(stripePayment({ at: NOW - DAY, email: 'bo@example.org', customer: 'cus_bo' }).charge())
    await w.deliver(
      stripeEvent(
        'customer.updated',
        { id: 'cus_bo', object: 'customer', email: 'ada@example.org', name: 'Bo', metadata: {} },
        NOW,
      ),
    )
    expect((await member(w, 'stripe:cus_bo')).email).toBe('bo@example.org')
    expect((await member(w, 'email:ada@example.org')).points.available).toBe(100)
  })
  it('the newest description of a customer wins, in whatever order', async () => {
    const w = await world()
    const described = (type: string, name: string, at: number) =>
      stripeEvent(type, { id: 'cus_1', object: 'customer', email: 'ada@example.org', name, metadata: {} }, at)
    await w.deliver(described('customer.updated', 'Ada Lovelace', NOW))
    await w.deliver(described('customer.created', 'A. Byron', NOW - DAY))
    expect((await member(w, 'stripe:cus_1')).name).toBe('Ada Lovelace')
    expect((await member(w, 'stripe:cus_1')).status).toBe('candidate')
  })
  it('two members become one with all their points, and refunds still find them', async () => {
    const w = await world()
    const p = stripePayment({ at: NOW - 3 * DAY, email: 'ada@example.org' })
    await w.deliver(p.charge())
    await w.deliver(stripePayment({ at: NOW - DAY, email: 'bo@example.org', amount: 5_000 }).charge())
    const merged = await w.app.mergeMembers('email:ada@example.org', 'email:bo@example.org', staff, null)
    expect(merged).toMatchObject({
      ok: true,
      value: { points: { available: 150 }, purchases: 2, spend: { total: 15_000 } },
    })
    expect((await member(w, 'email:ada@example.org')).email).toBe('bo@example.org')
    await w.deliver(p.refunded(10_000))
    expect((await member(w, 'email:bo@example.org')).points.available).toBe(50)
    await isClean(w)
  })
  it('a record that became part of another is nothing for the clock any more', async () => {
    const program = makeProgram({
      points: { expiry: { kind: 'inactivity', months: 12 } },
      enrolment: { award: { points: 100 } },
    })
    const w = await createWorld({ program, now: NOW })
    await w.app.enrolMember({ email: 'ada@example.org' }, staff, null)
    // The charge names a customer nobody knows yet; the session says that it is Ada.
    const p = stripePayment({ at: NOW - 400 * DAY, customer: 'cus_1', email: null })
    await w.deliver(p.charge())
    const session = p.session()
    session.data.object.customer_details = { email: 'ada@example.org', name: null, phone: null }
    await w.deliver(session)
    expect((await member(w, 'stripe:cus_1')).email).toBe('ada@example.org')
    while ((await w.app.settleDue(100)) > 0) expect(await w.store.dueMembers(NOW, 100)).toEqual([])
    expect(await w.store.dueMembers(NOW, 100)).toEqual([])
    await isClean(w)
  })
  it('who asked to be forgotten does not come back by a redelivery', async () => {
    const w = await world()
    const p = stripePayment({ at: NOW - 3 * DAY, customer: 'cus_ada' })
    await w.deliver(p.charge())
    const { id } = await member(w, 'stripe:cus_ada')
    expect(await w.app.eraseMember(id, staff)).toEqual({ ok: true, value: { id } })
    await w.deliverAll([p.session(), p.refunded(5_000), stripePayment({ at: NOW, customer: 'cus_ada' }).charge()])
    expect(await w.app.getMember('email:ada@example.org')).toMatchObject({ ok: false, code: 'not_found' })
    expect(await member(w, id)).toMatchObject({ status: 'erased', email: null, name: null, points: { available: 50 } })
    expect(JSON.stringify(await w.app.exportMember(id))).not.toContain('ada@')
    await isClean(w)
  })
})

describe('enrolment', () => {
  const manual: Partial<ProgramInput> = { enrolment: { automatic: false, creditPastDays: 30 } }
  it('credits a candidate’s recent purchases when they join', async () => {
    const w = await world(manual)
    await w.deliver(stripePayment({ at: NOW - 60 * DAY, amount: 1_000 }).charge())
    await w.deliver(stripePayment({ at: NOW - 10 * DAY, amount: 2_000 }).charge())
    expect(await member(w, 'email:ada@example.org')).toMatchObject({
      status: 'candidate',
      points: { available: 0 },
      purchases: 2,
    })
    const joined = await w.app.enrolMember({ email: 'Ada@Example.org', name: 'Ada' }, staff, null)
    expect(joined).toMatchObject({ ok: true, value: { status: 'active', points: { available: 20 }, name: 'Ada' } })
    expect((await sentences(w, 'email:ada@example.org'))[0]).toBe('Credited on joining: 1 point per $1 on $20.00')
    await isClean(w)
  })
  it('refuses an address that is taken', async () => {
    const w = await world()
    await w.app.enrolMember({ email: 'ada@example.org' }, staff, null)
    expect(await w.app.enrolMember({ email: 'ADA@example.org ' }, staff, null)).toMatchObject({
      ok: false,
      code: 'conflict',
    })
  })
  it('answers the same call the same way, and refuses the key for another', async () => {
    const w = await world()
    const key = (hash: string) => ({ holder: 'k', route: 'POST /members', key: '1', hash })
    const first = await w.app.enrolMember({ email: 'ada@example.org' }, staff, key('a'))
    expect(await w.app.enrolMember({ email: 'ada@example.org' }, staff, key('a'))).toEqual(first)
    expect(await w.app.enrolMember({ email: 'bo@example.org' }, staff, key('b'))).toMatchObject({
      ok: false,
      code: 'idempotency_conflict',
    })
  })
})

describe('a changed program', () => {
  it('never re-rates what was decided', async () => {
    const store = await memoryStore()
    const p = stripePayment({ at: NOW - 3 * DAY })
    const before = await createWorld({ program: makeProgram(), store, now: NOW })
    await before.deliver(p.charge())
    const after = await createWorld({
      program: makeProgram({ earning: [{ id: 'purchase', on: 'purchase', points: 5 }] }),
      store,
      now: NOW,
    })
    opened.push(after)
    await after.deliverAll([p.refunded(5_000), stripePayment({ at: NOW, amount: 1_000 }).charge()])
    expect((await member(after, 'email:ada@example.org')).points.available).toBe(50 + 50)
  })
  it('keeps a tier as long as it was promised', async () => {
    const store = await memoryStore()
    const tiers = (threshold: number) => ({ tiers: { levels: levels(['base', 0], ['gold', threshold]) } })
    const before = await createWorld({ program: makeProgram(tiers(100)), store, now: NOW })
    await before.deliver(stripePayment({ at: NOW - 3 * DAY }).charge())
    const after = await createWorld({ program: makeProgram(tiers(1_000)), store, now: NOW })
    opened.push(after)
    await after.deliver(stripePayment({ at: NOW, amount: 1_000 }).charge())
    expect((await member(after, 'email:ada@example.org')).tier).toMatchObject({
      id: 'gold',
      until: '2028-01-01T00:00:00.000Z',
    })
  })
})

describe('another process', () => {
  it('may have put a program in force that this one has not seen', async () => {
    const store = await memoryStore()
    const here = await createWorld({ program: makeProgram(), store, now: NOW })
    const there = await createWorld({
      program: makeProgram({ earning: [{ id: 'purchase', on: 'purchase', points: 3 }] }),
      store,
      now: NOW,
    })
    opened.push(there)
    const p = stripePayment({ at: NOW - DAY })
    await there.deliver(p.charge())
    expect(await here.deliver(p.refunded(5_000))).toBe('recorded')
    expect((await member(here, 'email:ada@example.org')).points.available).toBe(150)
  })
})

describe('who asked to be forgotten', () => {
  it('is not brought back by an import, and may join again', async () => {
    const w = await world()
    await w.app.enrolMember({ email: 'ada@example.org' }, staff, null)
    await w.app.eraseMember('email:ada@example.org', staff)
    const imported = { source: 'cli:import', actor: 'cli' }
    expect(await w.app.enrolMember({ email: 'ada@example.org' }, imported, null)).toMatchObject({ code: 'conflict' })
    expect(await w.app.enrolMember({ email: 'ada@example.org' }, staff, null)).toMatchObject({ ok: true })
  })
})
