// Members who bring others: codes, the friend's first purchase that counts, limits, and what falls with it.
import { afterEach, describe, expect, test } from 'vitest'
import type { ProgramInput } from '../../src/program/schema.ts'
import { awardsOf, enrol, ledgerOf, refOf, toldTo, viewOf } from '../support/members.ts'
import { makeProgram } from '../support/programs.ts'
import { stripeEvent, stripePayment } from '../support/stripe-events.ts'
import { createWorld, staff, type World } from '../support/world.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const DAY = 86_400_000
const referral: NonNullable<ProgramInput['referral']> = {
  referrer: { points: 500 },
  friend: { points: 200 },
  minimumPurchase: 20,
  limit: { times: 20, per: 'year' },
}

const worlds: World[] = []
async function open(over: Partial<typeof referral> = {}, program: Partial<ProgramInput> = {}): Promise<World> {
  const world = await createWorld({
    program: makeProgram({ referral: { ...referral, ...over }, ...program }),
    now: NOW,
  })
  worlds.push(world)
  return world
}
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close()
})

const bought = (name: string, daysAgo: number, dollars = 30) =>
  stripePayment({ at: NOW - daysAgo * DAY, amount: dollars * 100, email: `${name}@example.org` })

/** Bea, a member, and friends whom she brought. */
async function brought(world: World, ...friends: string[]): Promise<string> {
  const { referralCode } = await enrol(world, 'bea', { enrolledAt: NOW - 400 * DAY })
  for (const name of friends) await enrol(world, name, { referredBy: referralCode, enrolledAt: NOW - 300 * DAY })
  return referralCode
}
const pointsOf = async (world: World, name: string) => {
  const { available, pending } = (await viewOf(world, name)).points
  return [available, pending]
}

describe('a friend', () => {
  test('brings points to both with the first purchase that is large enough, and they wait thirty days', async () => {
    const world = await open()
    await brought(world, 'fay')
    const [small, first, second] = [bought('fay', 20, 19), bought('fay', 10, 20), bought('fay', 5, 90)]
    await world.deliver(small.charge())
    expect(await pointsOf(world, 'bea')).toEqual([0, 0])
    await world.deliverAll([first.charge(), first.intent(), second.charge()])
    expect(await pointsOf(world, 'bea')).toEqual([0, 500])
    expect(await pointsOf(world, 'fay')).toEqual([129, 200])
    world.clock.at = NOW + 20 * DAY
    expect(await pointsOf(world, 'bea')).toEqual([500, 0])
    expect(await pointsOf(world, 'fay')).toEqual([329, 0])
    expect(await toldTo(world, 'bea')).toEqual(['A friend’s first purchase: 500 points', '500 points can be used now'])
    expect((await world.app.verify()).discrepancies).toEqual([])
  })

  test('brings points that can be used at once when we hear of it a month late, and more of it later still', async () => {
    const world = await open()
    await brought(world, 'fay')
    const payment = bought('fay', 40)
    // The intent’s success is a second later than the charge: the purchase moves.
    await world.deliverAll([payment.intent(), payment.charge()])
    await world.app.settleDue(100)
    expect(await pointsOf(world, 'bea')).toEqual([500, 0])
    expect(await pointsOf(world, 'fay')).toEqual([230, 0])
  })

  test('brings them with the next purchase when the first is refunded, and still with one refunded in part', async () => {
    const world = await open()
    await brought(world, 'fay')
    const [first, second] = [bought('fay', 10), bought('fay', 5)]
    await world.deliverAll([first.charge(), second.charge(), first.refund(2_900)])
    expect(await awardsOf(world, 'fay')).toEqual(['friend'])
    expect(await awardedAt(world, 'bea')).toEqual([NOW - 10 * DAY])
    await world.deliver(first.refund(100, { later: 300_000 }))
    expect(await awardedAt(world, 'bea')).toEqual([NOW - 5 * DAY])
    expect(await pointsOf(world, 'bea')).toEqual([0, 500])
    await world.deliver(second.refund(3_000))
    expect(await awardedAt(world, 'bea')).toEqual([])
    expect(await pointsOf(world, 'bea')).toEqual([0, 0])
    expect(await pointsOf(world, 'fay')).toEqual([0, 0])
    expect((await world.app.verify()).discrepancies).toEqual([])
  })

  test('is not brought by what they bought before they joined by themselves', async () => {
    const world = await open({}, { enrolment: { automatic: false, creditPastDays: 60 } })
    const { referralCode } = await enrol(world, 'bea', { enrolledAt: NOW - 400 * DAY })
    await world.deliver(bought('fay', 10).charge())
    await enrol(world, 'fay', { referredBy: referralCode })
    expect(await pointsOf(world, 'fay')).toEqual([30, 0])
    await world.deliver(bought('fay', 0).charge())
    expect(await pointsOf(world, 'fay')).toEqual([60, 200])
  })

  test('joins by a purchase with the code, written small and without its dash, if it is their first', async () => {
    const world = await open()
    const code = (await brought(world)).toLowerCase().replace('-', '')
    await world.deliver(bought('fay', 10).charge({ metadata: { referral_code: code } }))
    expect(await awardsOf(world, 'fay')).toEqual(['friend'])
    await world.deliver(bought('gus', 10).charge({ metadata: { referralCode: code } }))
    expect(await awardsOf(world, 'gus')).toEqual(['friend'])
    // A customer already, who finds a code: nothing.
    await world.deliver(bought('hal', 10).charge())
    await world.deliver(bought('hal', 9).charge({ metadata: { referral_code: code } }))
    expect(await awardsOf(world, 'hal')).toEqual([])
    // And who turns out to have been one.
    await world.deliver(bought('gus', 11).charge())
    expect(await awardsOf(world, 'gus')).toEqual([])
    expect(await pointsOf(world, 'bea')).toEqual([0, 500])
    for (const metadata of [{ referral_code: 'NOBODY' }, { referral_code: '' }, { referral_code: 'ሀለ🏅'.repeat(99) }])
      expect(await world.deliver(bought('ida', 1).charge({ metadata }))).toBe('recorded')
    expect(await awardsOf(world, 'ida')).toEqual([])
    expect((await world.app.verify()).discrepancies).toEqual([])
  })

  test('is brought by their first purchase at the merchant’s own, whatever they bought at partners before, in any order', async () => {
    const partners = [{ id: 'cafe', name: 'Corner Café', stripeAccount: 'acct_cafe', points: 1, per: 1, holdDays: 0 }]
    const there = (event: ReturnType<ReturnType<typeof bought>['charge']>) => ({ ...event, account: 'acct_cafe' })
    const outcomes: unknown[] = []
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const world = await open({}, { partners })
      const code = await brought(world)
      // The partner’s code is a matter of the partner’s.
      const told = [
        there(bought('fay', 12).charge({ metadata: { referral_code: 'NOBODY' } })),
        bought('fay', 10).charge({ metadata: { referral_code: code } }),
      ]
      for (const index of order) await world.deliverAll(told.slice(index, index + 1))
      const { available, pending } = (await viewOf(world, 'fay')).points
      outcomes.push([await awardsOf(world, 'fay'), available, pending, await pointsOf(world, 'bea')])
      // One more of the partner’s, before all, changes nothing.
      await world.deliver(there(bought('fay', 20).charge()))
      expect(await awardsOf(world, 'fay')).toEqual(['friend'])
      expect((await world.app.verify()).discrepancies).toEqual([])
    }
    expect(outcomes[0]).toEqual([['friend'], 60, 200, [0, 500]])
    expect(outcomes[1]).toEqual(outcomes[0])
  })

  test('is brought by the code of their first purchase though a trial made them a member, in any order', async () => {
    const tiers = { levels: [{ id: 'prime', name: 'Prime', paid: { products: ['prod_prime'] } }] }
    const trial = {
      id: 'sub_1',
      object: 'subscription',
      customer: 'cus_fay',
      status: 'trialing',
      start_date: (NOW - 12 * DAY) / 1000,
      items: { data: [{ quantity: 1, price: { id: 'price_1', product: 'prod_prime' } }] },
    }
    for (const order of [
      [0, 1, 2],
      [0, 2, 1],
      [2, 0, 1],
      [1, 2, 0],
    ]) {
      const world = await open({}, { tiers })
      const code = await brought(world)
      const first = stripePayment({ at: NOW - 10 * DAY, amount: 3_000, customer: 'cus_fay', email: 'fay@example.org' })
      const told = [
        stripeEvent('customer.created', { id: 'cus_fay', email: 'fay@example.org' }, NOW - 12 * DAY),
        stripeEvent('customer.subscription.created', trial, NOW - 12 * DAY),
        first.charge({ metadata: { referral_code: code } }),
      ]
      for (const index of order) await world.deliverAll(told.slice(index, index + 1))
      expect([order, await awardsOf(world, 'fay'), await pointsOf(world, 'bea')]).toEqual([order, ['friend'], [0, 500]])
      expect((await world.app.verify()).discrepancies).toEqual([])
    }
  })

  test('is not brought by what they buy at a partner’s', async () => {
    const partners = [{ id: 'cafe', name: 'Corner Café', stripeAccount: 'acct_cafe', points: 1, per: 1, holdDays: 0 }]
    const world = await open({}, { partners })
    const code = await brought(world, 'gus')
    const metadata = { referral_code: code }
    await world.deliver({ ...bought('fay', 10).charge({ metadata }), account: 'acct_cafe' })
    await world.deliver({ ...bought('gus', 10).charge({ metadata }), account: 'acct_cafe' })
    expect([await awardsOf(world, 'fay'), await awardsOf(world, 'gus')]).toEqual([[], []])
    await world.deliver(bought('fay', 5).charge())
    expect([await awardsOf(world, 'fay'), await pointsOf(world, 'bea')]).toEqual([[], [0, 0]])
    expect((await world.app.verify()).discrepancies).toEqual([])
  })

  test('is refused the code of nobody, of somebody who is no member, and their own', async () => {
    const world = await open({}, { enrolment: { automatic: false } })
    await world.deliver(bought('kim', 10).charge())
    const { referralCode } = await viewOf(world, 'kim')
    const enrolment = (email: string, code: string) => world.app.enrolMember({ email, referredBy: code }, staff, null)
    const refused = { ok: false, code: 'invalid_request' }
    expect(await enrolment('fay@example.org', 'WRONG-CODES')).toMatchObject(refused)
    expect(await enrolment('fay@example.org', 'ԱԲԳ ሀለሐ Əli')).toMatchObject(refused)
    expect(await enrolment('fay@example.org', referralCode)).toMatchObject(refused)
    expect(await enrolment('kim@example.org', referralCode)).toMatchObject(refused)
    // Nothing was left behind.
    expect(await world.app.getMember(refOf('fay'))).toMatchObject({ ok: false, code: 'not_found' })
    expect((await viewOf(world, 'kim')).status).toBe('candidate')
  })

  test('is named in no sentence, nor is who brought them', async () => {
    const world = await open({ limit: { times: 1, per: 'lifetime' } })
    const { referralCode } = await enrol(world, 'bea', { enrolledAt: NOW - 400 * DAY })
    const ids: string[] = [(await viewOf(world, 'bea')).id]
    for (const [n, name] of ['fay', 'gus'].entries()) {
      ids.push((await enrol(world, name, { referredBy: referralCode, enrolledAt: NOW - 300 * DAY })).id)
      const payment = bought(name, 10 - n)
      await world.deliver(payment.charge())
      if (n === 0) await world.deliver(payment.refund(3_000))
    }
    for (const name of ['bea', 'fay', 'gus'])
      for (const { reason } of await ledgerOf(world, name))
        for (const word of ['bea', 'fay', 'gus', '@', ...ids]) expect(reason).not.toContain(word)
  })
})

async function awardedAt(world: World, name: string): Promise<number[]> {
  const { id } = await viewOf(world, name)
  const grants = await world.store.read((tx) => tx.grantsOf(id, { occasion: 'referrer' }))
  return grants.filter(({ state }) => state === 'given').map(({ at }) => at)
}

describe('who brings them', () => {
  test('gets no more than the limit of each year, by when purchases were made; friends get theirs', async () => {
    const world = await open({ limit: { times: 1, per: 'year' } })
    await brought(world, 'fay', 'gus', 'hal')
    const [fay, gus, hal] = [bought('fay', 5), bought('gus', 10), bought('hal', 8)]
    await world.deliver(fay.charge())
    await world.deliver(gus.charge())
    await world.deliver(hal.charge())
    // The earliest counts, whichever we heard of first.
    expect(await awardedAt(world, 'bea')).toEqual([NOW - 10 * DAY])
    for (const name of ['fay', 'gus', 'hal']) expect(await awardsOf(world, name)).toEqual(['friend'])
    expect(await toldTo(world, 'bea')).toEqual([
      'A friend’s first purchase: 500 points',
      '500 points taken back: one friend a year counts, and others came first',
      'A friend’s first purchase: 500 points',
      'A friend’s first purchase brings nothing more: one friend a year counts',
    ])
    // When that falls, the next one counts.
    await world.deliver(gus.refund(3_000))
    expect(await awardedAt(world, 'bea')).toEqual([NOW - 8 * DAY])
    expect(await awardsOf(world, 'gus')).toEqual([])
    expect((await world.app.verify()).discrepancies).toEqual([])
  })

  test.each(['left', 'suspended'] as const)('gets nothing once they are %s; the friend does', async (status) => {
    const world = await open()
    await brought(world, 'fay')
    await world.app.updateMember(refOf('bea'), { status }, staff)
    const payment = bought('fay', 5)
    await world.deliver(payment.charge())
    expect(await awardsOf(world, 'fay')).toEqual(['friend'])
    expect(await pointsOf(world, 'bea')).toEqual([0, 0])
  })

  test('keeps what they have when they leave, and loses it with the purchase all the same', async () => {
    const world = await open()
    await brought(world, 'fay')
    const payment = bought('fay', 5)
    await world.deliver(payment.charge())
    await world.app.updateMember(refOf('bea'), { status: 'left' }, staff)
    expect(await pointsOf(world, 'bea')).toEqual([0, 500])
    await world.deliver(payment.refund(3_000))
    expect(await pointsOf(world, 'bea')).toEqual([0, 0])
  })

  test('may be erased: the friend gets theirs, and what was given falls with the purchase', async () => {
    const world = await open()
    const code = await brought(world, 'fay', 'gus')
    const [fay, gus] = [bought('fay', 5), bought('gus', 4)]
    await world.deliver(fay.charge())
    const { id } = await viewOf(world, 'bea')
    await world.app.eraseMember(id, staff)
    await world.deliverAll([
      gus.charge(),
      fay.refund(3_000),
      bought('ida', 1).charge({ metadata: { referral_code: code } }),
    ])
    expect(await awardsOf(world, 'gus')).toEqual(['friend'])
    expect(await awardsOf(world, 'fay')).toEqual([])
    const found = await world.app.getMember(id)
    expect(found.ok && found.value.points.pending).toBe(0)
    expect((await world.app.verify()).discrepancies).toEqual([])
  })

  test('brought nobody when both turn out to be one person', async () => {
    const world = await open()
    await brought(world, 'fay', 'gus')
    await world.deliverAll([bought('fay', 5).charge(), bought('gus', 4).charge()])
    expect(await pointsOf(world, 'bea')).toEqual([0, 1_000])
    await world.app.mergeMembers(refOf('fay'), refOf('bea'), staff, null)
    expect(await pointsOf(world, 'bea')).toEqual([30, 500])
    expect((await awardsOf(world, 'bea')).map((id) => id.split('/')[0])).toEqual(['referrer'])
    // The other way round it comes to the same.
    await world.app.mergeMembers(refOf('bea'), refOf('gus'), staff, null)
    expect(await pointsOf(world, 'gus')).toEqual([60, 0])
    await world.deliver(bought('gus', 1).charge())
    expect(await pointsOf(world, 'gus')).toEqual([90, 0])
    expect((await world.app.verify()).discrepancies).toEqual([])
  })

  test('brought each other in a circle, and are one person in the end', async () => {
    const world = await open()
    const bea = await enrol(world, 'bea', { enrolledAt: NOW - 400 * DAY })
    const fay = await enrol(world, 'fay', { referredBy: bea.referralCode, enrolledAt: NOW - 300 * DAY })
    await enrol(world, 'gus', { referredBy: fay.referralCode, enrolledAt: NOW - 200 * DAY })
    await world.deliverAll([bought('bea', 5).charge(), bought('fay', 4).charge(), bought('gus', 3).charge()])
    expect([await pointsOf(world, 'bea'), await pointsOf(world, 'fay')]).toEqual([
      [30, 500],
      [30, 700],
    ])
    // Gus is Bea: Fay brought who brought her. Bea joined first, and was brought by nobody.
    await world.app.mergeMembers(refOf('gus'), refOf('bea'), staff, null)
    expect([await pointsOf(world, 'bea'), await pointsOf(world, 'fay')]).toEqual([
      [60, 500],
      [30, 200],
    ])
    await world.app.mergeMembers(refOf('fay'), refOf('bea'), staff, null)
    expect([await pointsOf(world, 'bea'), await awardsOf(world, 'bea')]).toEqual([[90, 0], []])
    await world.deliver(bought('bea', 1).charge())
    expect(await pointsOf(world, 'bea')).toEqual([120, 0])
    expect((await world.app.verify()).discrepancies).toEqual([])
  })

  test('is counted once for a friend with two records', async () => {
    const world = await open()
    await brought(world, 'fay', 'gus')
    await world.deliverAll([bought('fay', 5).charge(), bought('gus', 4).charge()])
    await world.app.mergeMembers(refOf('gus'), refOf('fay'), staff, null)
    expect(await pointsOf(world, 'bea')).toEqual([0, 500])
    expect(await pointsOf(world, 'fay')).toEqual([60, 200])
    expect((await world.app.verify()).discrepancies).toEqual([])
  })
})
