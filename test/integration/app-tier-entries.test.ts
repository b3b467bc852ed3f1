// Awards on reaching a tier, what the ledger says of tiers, and their history.
import { afterEach, describe, expect, test } from 'vitest'
import type { ProgramInput } from '../../src/program/schema.ts'
import { awardsOf, enrol, refOf, toldTo, viewOf } from '../support/members.ts'
import { levels, makeProgram } from '../support/programs.ts'
import { stripePayment } from '../support/stripe-events.ts'
import { createWorld, staff, type World, type WorldOptions } from '../support/world.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const DAY = 86_400_000
const TIERS = levels(
  ['base', 0, { entry: { points: 5 } }],
  ['silver', 100, { entry: { points: 30 } }],
  ['gold', 200, { entry: { points: 100, badge: 'star' } }],
)
const input: Partial<ProgramInput> = { badges: [{ id: 'star', name: 'Star' }], tiers: { levels: TIERS } }

const worlds: World[] = []
async function open(options: WorldOptions): Promise<World> {
  const world = await createWorld({ now: NOW, ...options })
  worlds.push(world)
  return world
}
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close()
})

const bought = (daysAgo: number, dollars: number, email = 'ada@example.org') =>
  stripePayment({ at: NOW - daysAgo * DAY, amount: dollars * 100, email })

describe('on reaching a tier', () => {
  test('its award is given once, only for the level reached, and falls with the purchase', async () => {
    const world = await open({ program: makeProgram(input) })
    await enrol(world, 'ada', { enrolledAt: NOW - 90 * DAY })
    const payment = bought(10, 250)
    await world.deliverAll([payment.charge(), payment.intent(), payment.charge()])
    expect(await awardsOf(world, 'ada')).toEqual(['tier/base/1', 'tier/gold/1'])
    expect(await viewOf(world, 'ada')).toMatchObject({
      points: { available: 355 },
      tier: { id: 'gold' },
      badges: [{ id: 'star', name: 'Star' }],
    })
    await world.deliver(payment.refund(25_000))
    expect(await awardsOf(world, 'ada')).toEqual(['tier/base/1'])
    expect(await viewOf(world, 'ada')).toMatchObject({ points: { available: 5 }, tier: { id: 'base' }, badges: [] })
    expect(await toldTo(world, 'ada')).toEqual([
      'Welcome to Base: 5 points',
      'Gold until Dec 31, 2027: 250 points in 2026',
      'Welcome to Gold: 100 points',
      'Welcome to Gold: Star badge',
      'Gold ended at once: the purchase it rested on was refunded',
      '100 points taken back: Gold was not reached after all',
    ])
    expect((await world.app.verify()).discrepancies).toEqual([])
  })

  test('each qualification counts, also when there are more than are kept of tiers held', async () => {
    const program = makeProgram({
      tiers: { window: { kind: 'rolling', months: 1 }, keep: { months: 1 }, levels: TIERS.slice(0, 2) },
    })
    const world = await open({ program })
    await enrol(world, 'ada', { enrolledAt: NOW - 3_000 * DAY })
    const times = Array.from({ length: 45 }, (_, n) => 2_990 - n * 62)
    for (const daysAgo of times) await world.deliver(bought(daysAgo, 100).charge())
    const silver = async () => (await awardsOf(world, 'ada')).filter((id) => id.startsWith('tier/silver/'))
    const first = await silver()
    expect(first).toHaveLength(45)
    // One more, after the last; and a late one by which another tier is reached sooner, and not again.
    const [newest, late] = [bought(217, 100), bought(2_990 - 43 * 62 - 45, 100)]
    await world.deliver(newest.charge())
    expect(await silver()).toHaveLength(46)
    await world.deliver(late.charge())
    expect(await silver()).toHaveLength(46)
    await world.deliverAll([late.refund(10_000), newest.refund(10_000)])
    expect(await silver()).toEqual(first)
    expect(await viewOf(world, 'ada')).toMatchObject({ points: { available: 5 + 45 * 130 } })
    expect((await world.app.verify()).discrepancies).toEqual([])
  }, 30_000)

  test('what the program gains counts from then on, for members who hold the tier and for those without any', async () => {
    const plain = levels(['base', 0], ['silver', 100], ['gold', 200])
    const before = await open({ program: makeProgram({ tiers: { levels: plain } }) })
    await enrol(before, 'ada', { enrolledAt: NOW - 90 * DAY })
    await before.deliver(bought(20, 120).charge())
    const after = await open({ program: makeProgram(input), store: before.store, now: NOW + 1 })
    await after.deliver(bought(10, 10).charge())
    expect(await awardsOf(after, 'ada')).toEqual([])
    await after.deliver(bought(5, 100).charge())
    expect(await awardsOf(after, 'ada')).toEqual(['tier/gold/1'])

    const without = await open({ program: makeProgram() })
    await enrol(without, 'ada', { enrolledAt: NOW - 90 * DAY })
    await without.deliver(bought(20, 250).charge())
    const tiered = await open({ program: makeProgram(input), store: without.store, now: NOW + 1 })
    await tiered.deliver(bought(10, 10).charge())
    expect((await viewOf(tiered, 'ada')).tier?.id).toBe('gold')
    expect(await awardsOf(tiered, 'ada')).toEqual([])
    worlds.splice(worlds.indexOf(before), 1)
    worlds.splice(worlds.indexOf(without), 1)
  })

  test('a tier that the program loses is no way up to those below it', async () => {
    const before = await open({ program: makeProgram(input) })
    await enrol(before, 'ada', { enrolledAt: NOW - 90 * DAY })
    await before.deliver(bought(20, 250).charge())
    const without = { tiers: { levels: [TIERS[0], { ...TIERS[1], threshold: 1_000 }] } } as Partial<ProgramInput>
    const after = await open({ program: makeProgram(without), store: before.store, now: NOW + 1 })
    for (let n = 0; n < 3; n++) await after.app.settleDue(10)
    expect((await viewOf(after, 'ada')).tier?.id).toBe('base')
    expect(await awardsOf(after, 'ada')).toEqual(['tier/base/1', 'tier/gold/1'])
    expect((await toldTo(after, 'ada')).at(-1)).toBe('The program’s tiers have changed: Base from now on')
    expect((await after.app.verify()).discrepancies).toEqual([])
    worlds.splice(worlds.indexOf(before), 1)
  })

  test('whoever is suspended gets none, and keeps what they have', async () => {
    const world = await open({ program: makeProgram(input) })
    await enrol(world, 'ada', { enrolledAt: NOW - 90 * DAY })
    await world.deliver(bought(20, 120).charge())
    await world.app.updateMember(refOf('ada'), { status: 'suspended' }, staff)
    await world.deliver(bought(10, 120).charge())
    expect(await awardsOf(world, 'ada')).toEqual(['tier/base/1', 'tier/silver/1'])
  })

  test('two records of one person have each award once', async () => {
    const world = await open({ program: makeProgram(input) })
    for (const name of ['ada', 'bea']) {
      await enrol(world, name, { enrolledAt: NOW - 90 * DAY })
      await world.deliver(bought(10, 120, `${name}@example.org`).charge())
    }
    await world.app.mergeMembers(refOf('bea'), refOf('ada'), staff, null)
    expect((await viewOf(world, 'ada')).tier?.id).toBe('gold')
    const kinds = (await awardsOf(world, 'ada')).map((id) => id.split('/')[1])
    expect(kinds.sort()).toEqual(['base', 'gold'])
    expect((await viewOf(world, 'ada')).points.available).toBe(240 + 5 + 100)
    expect((await world.app.verify()).discrepancies).toEqual([])
  })

  test('of two records of one person the choice that was made stays, and the ledger names the tier', async () => {
    const entry = { choose: [{ points: 50 }, { points: 40 }] }
    const world = await open({
      program: makeProgram({
        tiers: { window: { kind: 'lifetime' }, levels: levels(['base', 0], ['gold', 100, { entry }]) },
      }),
    })
    for (const name of ['ada', 'bea']) {
      await enrol(world, name, { enrolledAt: NOW - 90 * DAY })
      await world.deliver(bought(name === 'ada' ? 20 : 10, 120, `${name}@example.org`).charge())
    }
    const offered = await world.app.listAwards(refOf('bea'), { limit: 5 })
    const choice = offered.ok ? offered.value.items[0]?.id : undefined
    expect((await world.app.chooseAward(refOf('bea'), choice ?? '', 1, staff, null)).ok).toBe(true)
    expect(await toldTo(world, 'bea')).toContain('Chosen for Gold: 40 points')
    await world.app.mergeMembers(refOf('bea'), refOf('ada'), staff, null)
    expect((await viewOf(world, 'ada')).points.available).toBe(280)
    expect(await awardsOf(world, 'ada')).toEqual(['tier/gold/1'])
    expect((await world.app.verify()).discrepancies).toEqual([])
  })
})

test('a purchase of a guest who turns out to be a member counts once', async () => {
  const world = await open({ program: makeProgram(input) })
  await enrol(world, 'ada', { enrolledAt: NOW - 90 * DAY })
  await world.deliver(bought(5, 40).charge())
  const payment = bought(5, 60, 'guest@example.org')
  await world.deliver(payment.charge())
  expect(await awardsOf(world, 'guest')).toEqual(['tier/base/1'])
  // The checkout knew who it was.
  const session = payment.session()
  session.data.object.customer_details = { email: 'ada@example.org', name: null, phone: null }
  await world.deliver(session)
  expect(await viewOf(world, 'ada')).toMatchObject({
    tier: { id: 'silver', next: { remaining: 100 } },
    points: { available: 100 + 5 + 30 },
  })
  expect((await world.app.verify()).discrepancies).toEqual([])
})

test('the history of tiers says when each was held, and why', async () => {
  const program = makeProgram({ tiers: { keep: 'period', levels: TIERS.map((level) => ({ ...level, entry: null })) } })
  const world = await open({ program, now: Date.UTC(2026, 5, 1) })
  await enrol(world, 'ada', { enrolledAt: Date.UTC(2026, 0, 10) })
  await world.deliver(stripePayment({ at: Date.UTC(2026, 4, 1), amount: 25_000 }).charge())
  world.clock.at = Date.UTC(2027, 1, 1)
  const found = await world.app.memberTiers(refOf('ada'))
  expect(found.ok && found.value).toEqual([
    {
      tier: 'base',
      name: 'Base',
      since: '2027-01-01T00:00:00.000Z',
      until: null,
      reason: 'Gold ended on Dec 31, 2026: back to Base',
    },
    {
      tier: 'gold',
      name: 'Gold',
      since: '2026-05-01T00:00:00.000Z',
      until: '2027-01-01T00:00:00.000Z',
      reason: 'Gold until Dec 31, 2026: 250 points in 2026',
    },
    {
      tier: 'base',
      name: 'Base',
      since: '2026-01-10T00:00:00.000Z',
      until: '2026-05-01T00:00:00.000Z',
      reason: 'Held since Jan 10, 2026',
    },
  ])
  // Asked again it is not noted again.
  await world.app.memberTiers(refOf('ada'))
  expect((await toldTo(world, 'ada')).filter((reason) => reason.includes('Gold'))).toHaveLength(2)
  expect(await world.app.memberTiers(refOf('nobody'))).toMatchObject({ ok: false, code: 'not_found' })
})
