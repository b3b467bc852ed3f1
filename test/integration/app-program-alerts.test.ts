// A tier that ends and points that end, from purchases at Stripe to the alert and to its passing.
import { describe, expect, it } from 'vitest'
import { DAY_MS } from '../../src/core/calendar.ts'
import { levels, makeProgram } from '../support/programs.ts'
import { lookAll } from '../support/shops.ts'
import { stripePayment } from '../support/stripe-events.ts'
import { createWorld, staff, type World } from '../support/world.ts'

const noon = (date: string): number => Date.parse(`${date}T12:00:00Z`)

async function buy(world: World, date: string, amount: number): Promise<void> {
  world.clock.at = noon(date)
  await world.deliver(stripePayment({ at: noon(date), amount }).charge())
}

/** A look on every day from one to another; answers the days on which anything was opened. */
async function lookDaily(world: World, from: string, to: string): Promise<string[]> {
  const days: string[] = []
  for (let at = noon(from); at <= noon(to); at += DAY_MS) {
    world.clock.at = at
    const { opened, failed } = await lookAll(world)
    expect(failed).toBe(0)
    if (opened > 0) days.push(new Date(at).toISOString().slice(0, 10))
  }
  return days
}

const alertsOf = async (world: World) => world.store.alertsAfter('', 100)

describe('a tier that ends with the year', () => {
  const program = makeProgram({
    tiers: { levels: levels(['base', 0], ['silver', 100], ['gold', 300]) },
    retention: { alerts: ['tier_at_risk'] },
  })

  it('is told of once, says what is still missing after a purchase, and is over when it is kept', async () => {
    const world = await createWorld({ program, now: noon('2025-05-01') })
    await buy(world, '2025-05-01', 32_000)
    await buy(world, '2026-03-01', 12_000)
    await buy(world, '2026-08-01', 2_000)
    expect(await lookDaily(world, '2026-11-25', '2026-12-05')).toEqual(['2026-12-01'])
    const [alert] = await alertsOf(world)
    expect(alert).toMatchObject({
      kind: 'tier_at_risk',
      occasion: 'gold.2026-12-31',
      state: 'open',
      reason: 'Needs 160 more points by Dec 31, 2026 to keep Gold; otherwise it is Silver.',
    })
    expect(alert?.id).toMatch(/\.tier_at_risk\.gold\.2026-12-31$/)
    await buy(world, '2026-12-06', 10_000)
    expect(await lookDaily(world, '2026-12-06', '2026-12-08')).toEqual([])
    expect((await alertsOf(world))[0]).toMatchObject({ state: 'open', facts: { missing: 60 } })
    await buy(world, '2026-12-09', 6_000)
    expect(await lookDaily(world, '2026-12-09', '2026-12-10')).toEqual([])
    const ended = await alertsOf(world)
    expect(ended).toHaveLength(1)
    expect(ended[0]).toMatchObject({ state: 'resolved', outcome: 'passed' })
    // What was said is so.
    world.clock.at = noon('2027-01-02')
    expect(await world.app.getMember('email:ada@example.org')).toMatchObject({ value: { tier: { id: 'gold' } } })
  })

  it('is over when it ends all the same', async () => {
    const world = await createWorld({ program, now: noon('2025-05-01') })
    await buy(world, '2025-05-01', 32_000)
    await buy(world, '2026-03-01', 12_000)
    await buy(world, '2026-11-10', 2_000)
    expect(await lookDaily(world, '2026-12-20', '2026-12-21')).toEqual(['2026-12-20'])
    await lookDaily(world, '2027-01-01', '2027-01-01')
    expect((await alertsOf(world)).map(({ outcome }) => outcome)).toEqual(['passed'])
  })
})

describe('points that end', () => {
  const alerting = { retention: { alerts: ['points_expiring' as const] } }

  it('are told of once, and no more when they are gone', async () => {
    const program = makeProgram({ ...alerting, points: { expiry: { kind: 'after', months: 12 } } })
    const world = await createWorld({ program, now: noon('2025-12-20') })
    await buy(world, '2025-12-20', 15_000)
    await buy(world, '2025-12-28', 20_000)
    expect(await lookDaily(world, '2026-11-15', '2026-11-25')).toEqual(['2026-11-20'])
    const [alert] = await alertsOf(world)
    expect(alert).toMatchObject({ occasion: '2026-12-20', valueMinor: 150, state: 'open' })
    expect(alert?.reason).toBe('150 points worth $1.50 end on Dec 20, 2026.')
    // The others came into sight.
    expect(await lookDaily(world, '2026-11-26', '2026-12-05')).toEqual([])
    expect((await alertsOf(world))[0]?.reason).toBe(
      '350 points worth $3.50 end by Dec 28, 2026, 150 of them on Dec 20, 2026.',
    )
    const member = await world.app.getMember('email:ada@example.org')
    if (!member.ok) throw new Error(member.message)
    world.clock.at = noon('2026-12-06')
    await world.app.adjustPoints(member.value.id, { points: -350, reason: 'Spent in the shop' }, staff, null)
    await lookDaily(world, '2026-12-06', '2026-12-06')
    expect((await alertsOf(world))[0]).toMatchObject({ state: 'resolved', outcome: 'passed' })
  })

  it('by inactivity are kept by a purchase, and told of again in their time', async () => {
    const program = makeProgram({ ...alerting, points: { expiry: { kind: 'inactivity', months: 6 } } })
    const world = await createWorld({ program, now: noon('2026-01-10') })
    await buy(world, '2026-01-10', 30_000)
    expect(await lookDaily(world, '2026-06-01', '2026-06-14')).toEqual(['2026-06-10'])
    const [alert] = await alertsOf(world)
    expect(alert?.reason).toBe('300 points worth $3.00 end on Jul 10, 2026. A purchase before keeps them.')
    await buy(world, '2026-06-15', 1_000)
    await lookDaily(world, '2026-06-15', '2026-06-15')
    expect((await alertsOf(world)).map(({ outcome }) => outcome)).toEqual(['passed'])
    expect(await lookDaily(world, '2026-11-10', '2026-11-20')).toEqual(['2026-11-15'])
  })
})
