// The shop at a glance and by period: the same as the reports say, kept, and made by one pass whoever asks.
import { describe, expect, test } from 'vitest'
import { redeemed } from '../../src/app/figures/flows.ts'
import type { Store } from '../../src/app/store-port.ts'
import { noFlows } from '../../src/core/report-flows.ts'
import { makeProgram } from '../support/programs.ts'
import { stripePayment } from '../support/stripe-events.ts'
import { createWorld, memoryStore, staff, type World } from '../support/world.ts'

const ZONE = 'America/New_York'
const program = makeProgram({
  timezone: ZONE,
  points: { value: 0.01 },
  goals: [{ metric: 'repeat_rate', target: 0.35, by: '2027-06-30' }],
  rewards: [{ id: 'cup', name: 'A cup', cost: 30, fulfil: { kind: 'manual', instructions: 'Hand it over' } }],
})

/** A purchase by somebody, heard of at once. */
async function buys(world: World, email: string, dollars: number, at = world.clock.at): Promise<void> {
  const back = world.clock.at
  world.clock.at = at + 2_000
  await world.deliver(stripePayment({ email, amount: dollars * 100, at }).charge())
  world.clock.at = back
}

async function handsOver(world: World, ref: string): Promise<void> {
  const made = await world.app.redeem(ref, { reward: 'cup' }, staff, null)
  if (made.ok) await world.app.moveRedemption(made.value.id, 'fulfil', {}, staff, null)
}

async function shop(store?: Store): Promise<World> {
  const now = Date.parse('2026-11-22T15:00:00Z')
  const world = await createWorld({ program, now, ...(store !== undefined && { store }) })
  world.clock.at = Date.parse('2026-09-10T12:00:00Z')
  for (const [email, dollars, date] of [
    ['ada@example.org', 40, '2026-09-10'],
    ['bob@example.org', 10, '2026-10-02'],
    ['ada@example.org', 60, '2026-10-05'],
    ['cyd@example.org', 25, '2026-11-10'],
    ['ada@example.org', 20, '2026-11-20'],
    ['bob@example.org', 15, '2026-11-21'],
  ] as const) {
    world.clock.at = Date.parse(`${date}T17:00:00Z`)
    await buys(world, email, dollars)
  }
  world.clock.at = now
  return world
}

describe('the shop at a glance', () => {
  test('says what the reports say', async () => {
    const world = await shop()
    await handsOver(world, 'email:ada@example.org')
    const glance = await world.app.glance(0)
    const summary = await world.app.report('summary', {})
    const retention = await world.app.report('retention', { from: '2025-11', to: '2026-11' })
    if (glance === null || !summary.ok || !retention.ok) throw new Error('no figures')
    expect(glance.points).toEqual({
      outstanding: summary.value.points.outstanding,
      value: summary.value.points.value,
    })
    expect(glance.members).toEqual({
      active: summary.value.members.active,
      candidates: 0,
      newThisMonth: summary.value.members.newThisMonth,
      newLastMonth: summary.value.members.newLastMonth,
      buying: summary.value.members.buying,
    })
    expect(glance.goals).toEqual(summary.value.goals)
    expect(glance.months).toEqual(
      retention.value.months.map(({ month, complete, customers, customersBefore, retained, retention: share }) => ({
        month,
        complete,
        customers,
        customersBefore,
        retained,
        retention: share,
      })),
    )
    expect(glance.months.at(-1)).toMatchObject({ month: '2026-11', customersBefore: 2, retained: 2, complete: false })
    expect(glance.redemptionRate).toBeCloseTo(30 / 170)
  })

  test('yesterday and the week are whole days of the shop’s own zone', async () => {
    const world = await shop()
    // Late in the evening of the 21st in New York it is the 22nd in UTC.
    await buys(world, 'dee@example.org', 7, Date.parse('2026-11-22T04:30:00Z'))
    await buys(world, 'eli@example.org', 99, Date.parse('2026-11-22T05:30:00Z'))
    const glance = await world.app.glance(0)
    expect(glance?.week.earned).toEqual({ yesterday: 15 + 7, week: 20 + 15 + 7, before: 25 })
    expect(glance?.week.buying).toEqual({ yesterday: 2, week: 3, before: 1 })
    expect(glance?.week.joined).toEqual({ yesterday: 1, week: 1, before: 1 })
  })

  test('best customers by spend of twelve months, points, last purchase and what is at stake', async () => {
    const world = await shop()
    const ids = new Map<string, string>()
    for (const name of ['ada', 'bob', 'cyd']) {
      const found = await world.app.getMember(`email:${name}@example.org`)
      if (found.ok) ids.set(found.value.id, name)
    }
    const outlook = { at: 1, rfm: null, probabilityAlive: 0.2, expected90: 0, lastPurchaseAt: null }
    const [ada = '', bob = ''] = ids.keys()
    await world.store.commit(() => ({
      outcome: null,
      changes: {
        outlooks: [
          { ...outlook, member: ada, risk: 'high' as const, lifetimeValueMinor: 100 },
          { ...outlook, member: bob, risk: 'high' as const, lifetimeValueMinor: 900 },
        ],
      },
    }))
    const top = (await world.app.glance(0))?.top
    const names = (lines: readonly { member: string; value: number }[] = []) =>
      lines.map(({ member, value }) => [ids.get(member), value])
    expect(names(top?.spend)).toEqual([
      ['ada', 12_000],
      ['bob', 2_500],
      ['cyd', 2_500],
    ])
    expect(names(top?.points).map(([name]) => name)).toEqual(['ada', 'bob', 'cyd'])
    expect(names(top?.recent).map(([name]) => name)).toEqual(['bob', 'ada', 'cyd'])
    expect(names(top?.at_risk)).toEqual([
      ['ada', 12_000],
      ['bob', 2_500],
    ])
  })

  test('is kept for others to read, and made anew once it is old or the program another', async () => {
    const store = await memoryStore()
    const world = await shop(store)
    expect(await world.app.glance(null)).toBeNull()
    const first = await world.app.glance(3_600_000)
    const other = await createWorld({ program, now: world.clock.at, store })
    expect(await other.app.glance(null)).toEqual(first)
    await buys(world, 'zoe@example.org', 5)
    expect(await other.app.glance(3_600_000)).toEqual(first)
    other.clock.at += 3_600_000
    expect((await other.app.glance(3_600_000))?.members.active).toBe(4)
    const changed = await createWorld({ program: makeProgram({ timezone: ZONE }), now: world.clock.at, store })
    expect(await changed.app.glance(null)).toBeNull()
  })

  test('many who ask at once are answered by one pass', async () => {
    const store = await memoryStore()
    await shop(store)
    let passes = 0
    const counting: Store = {
      ...store,
      memberBriefsAfter: (slice) => {
        passes++
        return store.memberBriefsAfter(slice)
      },
    }
    const world = await createWorld({ program, now: Date.parse('2026-11-22T15:00:00Z'), store: counting })
    await Promise.all(Array.from({ length: 8 }, () => world.app.glance(60_000)))
    expect(passes).toBe(1)
  })

  test('an empty shop has figures too', async () => {
    const world = await createWorld({ program, now: Date.parse('2026-11-22T15:00:00Z') })
    const glance = await world.app.glance(0)
    expect(glance).toMatchObject({
      members: { active: 0, buying: 0 },
      points: { outstanding: 0, value: 0 },
      redemptionRate: null,
      top: { spend: [], points: [], recent: [], at_risk: [] },
    })
    expect(glance?.months).toHaveLength(13)
    expect(glance?.months.every(({ retention }) => retention === null)).toBe(true)
  })
})

describe('a period in figures', () => {
  test('a month says what the reports say of it', async () => {
    const world = await shop()
    await handsOver(world, 'email:ada@example.org')
    const month = await world.app.periodFigures({ from: '2026-10-01', to: '2026-10-31' })
    const liability = await world.app.report('liability', { from: '2026-10', to: '2026-10' })
    if (!liability.ok) throw new Error('no report')
    const [line] = liability.value.months
    expect(month).toMatchObject({
      before: { from: '2026-09-01', to: '2026-09-30' },
      complete: true,
      points: { earned: line?.issued, redeemed: 0, expired: 0 },
      liability: { points: line?.closing, value: line?.value },
      members: { joined: 1, buying: 2 },
      spend: 7_000,
      spendBefore: 4_000,
      retention: 1,
      repeatRate: 0.5,
    })
    const now = await world.app.periodFigures({ from: '2026-11-01', to: '2026-11-30' })
    expect(now).toMatchObject({ complete: false, points: { earned: 60, redeemed: 30 }, retention: 1 })
  })

  test('what is not over is held against as much of the time before', async () => {
    const world = await shop()
    world.clock.at = Date.parse('2026-11-03T17:00:00Z')
    const month = await world.app.periodFigures({ from: '2026-11-01', to: '2026-11-30' })
    // Of the 7,000 of October, those of its first two days and a half.
    expect(month).toMatchObject({ complete: false, spendBefore: 1_000 })
  })

  test('what was spent on a reward that ended unused was redeemed, and did not expire', () => {
    const flows = { ...noFlows(), redeemed: 800 - 500, forfeited: 500 }
    expect(redeemed(flows)).toBe(800)
  })

  test('a week is held against the seven days before it, day by day', async () => {
    const world = await shop()
    const week = await world.app.periodFigures({ from: '2026-11-16', to: '2026-11-22' })
    expect(week).toMatchObject({ before: { from: '2026-11-09', to: '2026-11-15' }, spend: 3_500, spendBefore: 2_500 })
    expect(week.retention).toBe(0)
    expect(week.parts.map(({ from, spend }) => [from.slice(8), spend])).toEqual([
      ['16', 0],
      ['17', 0],
      ['18', 0],
      ['19', 0],
      ['20', 2_000],
      ['21', 1_500],
      ['22', 0],
    ])
  })

  test('days of a change of the clocks are whole', async () => {
    const world = await shop()
    // The clocks went back in New York on the 1st: its last minute is 04:59 UTC of the 2nd.
    await buys(world, 'fay@example.org', 3, Date.parse('2026-11-02T04:59:00Z'))
    await buys(world, 'gus@example.org', 4, Date.parse('2026-11-01T04:00:00Z'))
    const day = await world.app.periodFigures({ from: '2026-11-01', to: '2026-11-01' })
    expect(day.spend).toBe(700)
  })
})

describe('what administrators keep in order', () => {
  const admin = { source: 'slack:U0ADMIN', actor: 'slack:U0ADMIN' }

  test('two who may be one are told as they are now, and no more once they are one or said to be two', async () => {
    const world = await createWorld({ program: makeProgram({ staff: { admin: ['slack:U0ADMIN'] } }) })
    const ids: string[] = []
    for (const name of ['ada', 'adele', 'alan', 'abel']) {
      const made = await world.app.enrolMember({ email: `${name}@example.org`, name }, staff, null)
      if (made.ok) ids.push(made.value.id)
    }
    const [a = '', b = '', c = '', d = ''] = ids
    const at = world.clock.at
    await world.store.commit(() => ({
      outcome: null,
      changes: {
        mergeProposals: [
          { member: a, other: b, at },
          { member: b, other: a, at: at + 1 },
          { member: c, other: d, at: at + 2 },
          { member: b, other: c, at: at + 3 },
        ],
      },
    }))
    const listed = async () =>
      (await world.app.listMergeProposals({ limit: 10 })).map(({ members }) => members.map(({ name }) => name))
    expect(await listed()).toEqual([
      ['adele', 'alan'],
      ['alan', 'abel'],
      ['adele', 'ada'],
    ])
    await world.app.mergeMembers(a, b, staff, null)
    expect(await listed()).toEqual([
      ['adele', 'alan'],
      ['alan', 'abel'],
    ])
    await world.app.eraseMember(d, staff)
    expect(await listed()).toEqual([['adele', 'alan']])
    const refused = await world.app.dismissMergeProposal([b, c], { source: 'slack:U0OTHER', actor: 'slack:U0OTHER' })
    expect(refused).toMatchObject({ ok: false, code: 'forbidden' })
    expect(await world.app.dismissMergeProposal([c, b], admin)).toEqual({ ok: true, value: null })
    expect(await listed()).toEqual([])
  })

  test('only one of two who would post the day’s digest may, and another once it failed', async () => {
    const store = await memoryStore()
    const [one, two] = [await createWorld({ store }), await createWorld({ store })]
    expect(await Promise.all([one.app.claimDigest('2026-11-22'), two.app.claimDigest('2026-11-22')])).toEqual([
      true,
      false,
    ])
    await one.app.releaseDigest('2026-11-22')
    expect(await two.app.claimDigest('2026-11-22')).toBe(true)
    one.clock.at += 61_000
    expect(await one.app.claimDigest('2026-11-22')).toBe(true)
    // A clock that was set back must not keep it claimed for ever.
    two.clock.at -= 3_600_000
    expect(await two.app.claimDigest('2026-11-22')).toBe(true)
  })
})
