// Challenges from the first purchase to the award, and back: by purchase, item and action.
import { afterEach, describe, expect, test } from 'vitest'
import { emptyParts } from '../../src/core/facts.ts'
import type { ProgramInput } from '../../src/program/schema.ts'
import { awardsOf, enrol, refOf, toldTo, viewOf } from '../support/members.ts'
import { makeProgram } from '../support/programs.ts'
import { stripePayment } from '../support/stripe-events.ts'
import { createWorld, staff, type World, type WorldOptions } from '../support/world.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const DAY = 86_400_000
type Challenge = NonNullable<ProgramInput['challenges']>[number]
const three: Challenge = {
  id: 'three',
  name: 'Three in thirty',
  goal: { count: 3, withinDays: 30 },
  award: { points: 200, badge: 'regular' },
}
const badges = [{ id: 'regular', name: 'Regular' }]
const programOf = (...challenges: Challenge[]) => makeProgram({ badges, challenges })

const worlds: World[] = []
async function open(options: WorldOptions): Promise<World> {
  const world = await createWorld({ now: NOW, ...options })
  if (options.store === undefined) worlds.push(world)
  return world
}
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close()
})

const bought = (daysAgo: number, email = 'ada@example.org') =>
  stripePayment({ at: NOW - daysAgo * DAY, amount: 1_000, email })

describe('a challenge', () => {
  test('shows progress, gives its award once however often we hear of it, and takes it back with a refund', async () => {
    const world = await open({ program: programOf(three) })
    await enrol(world, 'ada', { enrolledAt: NOW - 90 * DAY })
    expect((await viewOf(world, 'ada')).challenges).toEqual([
      { id: 'three', name: 'Three in thirty', progress: 0, goal: 3, met: 0 },
    ])
    const payments = [bought(25), bought(15), bought(5)]
    for (const payment of payments.slice(0, 2)) await world.deliverAll([payment.charge(), payment.intent()])
    expect((await viewOf(world, 'ada')).challenges).toMatchObject([{ progress: 2, met: 0 }])
    const last = payments[2] ?? expect.unreachable()
    await world.deliverAll([last.charge(), last.intent(), last.session(), last.charge()])
    expect(await awardsOf(world, 'ada')).toEqual(['challenge/three/1'])
    expect(await viewOf(world, 'ada')).toMatchObject({
      points: { available: 230 },
      badges: [{ id: 'regular' }],
      challenges: [{ progress: 3, met: 1 }],
    })
    // Refunded in part it still counts.
    await world.deliver(last.refund(900))
    expect(await awardsOf(world, 'ada')).toEqual(['challenge/three/1'])
    await world.deliver(last.refund(100, { later: 200_000 }))
    expect(await viewOf(world, 'ada')).toMatchObject({
      points: { available: 20 },
      badges: [],
      challenges: [{ progress: 2, met: 0 }],
    })
    expect(await toldTo(world, 'ada')).toEqual([
      'Three in thirty: 200 points',
      'Three in thirty: Regular badge',
      '200 points taken back: Three in thirty is not met any more',
    ])
    expect((await world.app.verify()).discrepancies).toEqual([])
  })

  test('counts nothing from before the program had it', async () => {
    const before = await open({ program: programOf() })
    await enrol(before, 'ada', { enrolledAt: NOW - 90 * DAY })
    await before.deliverAll([bought(9).charge(), bought(8).charge()])
    const after = await open({ program: programOf(three), store: before.store, now: NOW + 1 })
    await after.deliver(bought(7).charge())
    expect((await viewOf(after, 'ada')).challenges).toMatchObject([{ progress: 1, met: 0 }])
    const late = bought(10)
    await after.deliverAll([late.charge(), late.refund(1_000)])
    expect((await viewOf(after, 'ada')).challenges).toMatchObject([{ progress: 1, met: 0 }])
  })

  test('begins anew with another goal; what was met stays met, is not given again, and falls with its purchases', async () => {
    const before = await open({ program: programOf(three) })
    await enrol(before, 'ada', { enrolledAt: NOW - 90 * DAY })
    const payments = [bought(25), bought(15), bought(14), bought(13)]
    await before.deliverAll(payments.map((payment) => payment.charge()))
    const other = { ...three, goal: { count: 2 } }
    const after = await open({ program: programOf(other), store: before.store, now: NOW + 1 })
    const newer = [bought(5), bought(4)]
    await after.deliverAll(newer.map((payment) => payment.charge()))
    expect(await awardsOf(after, 'ada')).toEqual(['challenge/three/1'])
    expect((await viewOf(after, 'ada')).challenges).toMatchObject([{ progress: 2, goal: 2, met: 1 }])
    // Refunds by which the old goal was not met: then the new one is.
    await after.deliverAll(payments.slice(0, 2).map((payment) => payment.refund(1_000)))
    expect(await awardsOf(after, 'ada')).toEqual(['challenge/three/1'])
    expect((await viewOf(after, 'ada')).points.available).toBe(240)
    await after.deliver((newer[0] ?? expect.unreachable()).refund(1_000))
    expect(await awardsOf(after, 'ada')).toEqual([])
    expect((await after.app.verify()).discrepancies).toEqual([])
  })

  test('that the program has no longer still falls with its purchases', async () => {
    const before = await open({ program: programOf(three) })
    await enrol(before, 'ada', { enrolledAt: NOW - 90 * DAY })
    const payments = [bought(25), bought(15), bought(14)]
    await before.deliverAll(payments.map((payment) => payment.charge()))
    const after = await open({ program: programOf(), store: before.store, now: NOW + 1 })
    await after.deliver(bought(3).charge())
    expect(await awardsOf(after, 'ada')).toEqual(['challenge/three/1'])
    await after.deliver((payments[0] ?? expect.unreachable()).refund(1_000))
    expect(await awardsOf(after, 'ada')).toEqual([])
    expect((await viewOf(after, 'ada')).challenges).toEqual([])
  })

  test('counts what two records of one person did together', async () => {
    const world = await open({
      program: programOf(three, { ...three, id: 'two', goal: { count: 2 }, repeat: 'always' }),
    })
    for (const name of ['ada', 'bea']) {
      await enrol(world, name, { enrolledAt: NOW - 90 * DAY })
      const email = `${name}@example.org`
      await world.deliverAll([bought(9, email).charge(), bought(8, email).charge(), bought(7, email).charge()])
    }
    expect(await awardsOf(world, 'bea')).toEqual(['challenge/two/1', 'challenge/three/1'])
    await world.app.mergeMembers(refOf('bea'), refOf('ada'), staff, null)
    const kinds = (await awardsOf(world, 'ada')).map((id) => id.split('/')[1]).sort()
    expect(kinds).toEqual(['three', 'two', 'two', 'two'])
    expect((await viewOf(world, 'ada')).points.available).toBe(60 + 4 * 200)
    expect((await world.app.verify()).discrepancies).toEqual([])
  })

  test('gives nothing new to who is suspended', async () => {
    const world = await open({ program: programOf({ ...three, goal: { count: 1 } }) })
    await enrol(world, 'ada', { enrolledAt: NOW - 90 * DAY })
    await world.app.updateMember(refOf('ada'), { status: 'suspended' }, staff)
    await world.deliver(bought(5).charge())
    expect(await awardsOf(world, 'ada')).toEqual([])
  })
})

test('a challenge by items asks what was bought, and counts pieces once that is known', async () => {
  const mugs: Challenge = {
    id: 'mugs',
    name: 'Five mugs',
    goal: { count: 5, of: 'item', products: ['prod_mug'] },
    award: { points: 50 },
    repeat: 'always',
  }
  const world = await open({ program: programOf(mugs) })
  await enrol(world, 'ada', { enrolledAt: NOW - 90 * DAY })
  const payment = bought(5)
  await world.deliver(payment.charge())
  const asked = await world.app.listOutbox({ limit: 50 })
  expect(asked.items).toContainEqual(expect.objectContaining({ kind: 'stripe.items', key: payment.pi }))
  expect((await viewOf(world, 'ada')).challenges).toMatchObject([{ progress: 0 }])
  const line = (product: string, quantity: number) => ({ product, price: null, quantity, amountMinor: 100 })
  const list = [line('prod_mug', 11), line('prod_tea', 3)]
  const parts = { ...emptyParts(), names: [payment.pi], items: { rank: 3, list } }
  await world.app.learnFacts({
    source: 'stripe:test',
    livemode: false,
    facts: [{ kind: 'payment', parts }],
    lookups: [],
  })
  expect(await awardsOf(world, 'ada')).toEqual(['challenge/mugs/1', 'challenge/mugs/2'])
  expect((await viewOf(world, 'ada')).challenges).toMatchObject([{ progress: 1, goal: 5, met: 2 }])
  await world.deliver(payment.refund(1_000))
  expect(await awardsOf(world, 'ada')).toEqual([])
  expect((await viewOf(world, 'ada')).points.available).toBe(0)
})

test('a challenge by actions counts each action once, whatever rules give for it', async () => {
  const quiz: Challenge = {
    id: 'quizzes',
    name: 'Two quizzes',
    goal: { count: 2, of: 'action', actions: ['quiz'] },
    award: { points: 500 },
  }
  const program = makeProgram({
    earning: [
      { id: 'a', on: 'action', action: 'quiz', points: 1 },
      { id: 'b', on: 'action', action: 'quiz', points: 2 },
      { id: 'c', on: 'action', action: 'review', points: 4 },
    ],
    stacking: 'all',
    challenges: [quiz],
  })
  const world = await open({ program })
  await enrol(world, 'ada', { enrolledAt: NOW - 90 * DAY })
  const act = (action: string, daysAgo: number) =>
    world.app.recordAction(refOf('ada'), { action, at: NOW - daysAgo * DAY }, staff, null)
  await act('quiz', 3)
  await act('review', 2)
  expect((await viewOf(world, 'ada')).challenges).toMatchObject([{ progress: 1, met: 0 }])
  // A late one counts as well.
  await act('quiz', 9)
  expect(await awardsOf(world, 'ada')).toEqual(['challenge/quizzes/1'])
  expect((await world.app.verify()).discrepancies).toEqual([])
})
