// Reports over a real store: campaigns with and without a holdout, causes, products, partners; ledgers of merged members.
import { describe, expect, test } from 'vitest'
import type { CampaignsReport } from '../../src/app/reports/shapes.ts'
import type { Changes } from '../../src/app/store-port.ts'
import { isHeldOut } from '../../src/core/campaigns.ts'
import type { Grant, Redemption } from '../../src/core/reward-state.ts'
import type { Payment } from '../../src/core/state.ts'
import { NO_AWARD } from '../../src/program/awards.ts'
import type { Program } from '../../src/program/schema.ts'
import { programVersion } from '../../src/program/version.ts'
import { levels, makeProgram } from '../support/programs.ts'
import { sampleLot, sampleMember, samplePayment } from '../support/store-samples.ts'
import { stripePayment } from '../support/stripe-events.ts'
import { createWorld, staff, type World } from '../support/world.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const DAY = 86_400_000

const put = ({ store }: World, changes: Changes) => store.commit(() => ({ outcome: null, changes }))

const bought = (id: string, member: string, at: string, spendMinor: number, over: Partial<Payment> = {}): Payment =>
  samplePayment(id, {
    member,
    eligible: true,
    seenAt: Date.parse(`${at}T12:00:00Z`),
    ...over,
    counted: {
      at: Date.parse(`${at}T12:00:00Z`),
      paidMinor: spendMinor,
      spendMinor,
      base: 0,
      purchases: 1,
      ...over.counted,
    },
  })

describe('the campaigns report', () => {
  const quiet = {
    id: 'quiet',
    name: 'Quiet week',
    multiplier: 2,
    from: '2026-11-01',
    to: '2026-11-07',
    announced: false,
    holdout: 0.25,
  }
  const loud = { id: 'loud', name: 'Double week', multiplier: 2, from: '2026-10-01', to: '2026-10-07' }

  async function campaigns(program: Program, changes: Changes, period = {}): Promise<CampaignsReport> {
    const world = await createWorld({ program, now: NOW })
    await put(world, changes)
    const report = await world.app.report('campaigns', period)
    if (!report.ok) throw new Error(report.message)
    await world.close()
    return report.value
  }

  /** Members each of whom spent something in the week, by whether they were held out. */
  function shoppers(count: number, spend: (n: number, held: boolean) => number): Changes {
    const campaign = { id: 'quiet', announced: false, holdout: 0.25 }
    const ids = Array.from({ length: count }, (_, n) => `m${String(n).padStart(4, '0')}`)
    return {
      members: ids.map((id) => sampleMember(id, { enrolledAt: Date.UTC(2026, 0, 1) })),
      payments: ids.flatMap((id, n) => {
        const held = isHeldOut(campaign, id)
        const minor = spend(n, held)
        return [
          bought(`pay${id}`, id, '2026-11-07', minor, held ? {} : { campaigns: { quiet: 10 } }),
          // Neither the day before nor the day after counts.
          bought(`before${id}`, id, '2026-10-31', 99_999),
          bought(`after${id}`, id, '2026-11-08', 77_777),
        ]
      }),
    }
  }

  test('compares those it left out by chance with the others, by Welch’s interval', async () => {
    const program = makeProgram({ campaigns: [quiet] })
    const { campaigns: lines } = await campaigns(
      program,
      shoppers(400, (n, held) => (held ? 4_000 : 5_000) + (n % 2) * 100),
    )
    const [line] = lines
    const held = Array.from({ length: 400 }, (_, n) => `m${String(n).padStart(4, '0')}`).filter((id) =>
      isHeldOut({ id: 'quiet', announced: false, holdout: 0.25 }, id),
    ).length
    expect(held).toBeGreaterThan(60)
    expect(line?.comparison?.heldOut.members).toBe(held)
    expect(line?.comparison?.treated.members).toBe(400 - held)
    const { difference = 0, low = 0, high = 0 } = line?.comparison?.uplift ?? {}
    expect(Math.abs(difference - 1_000)).toBeLessThan(30)
    // Both vary by 50 around their mean: the half interval is t × √(2500 × (1/treated + 1/held)), give or take a cent.
    const half = 1.97 * Math.sqrt(2_500 * (1 / (400 - held) + 1 / held))
    expect(Math.abs((high - low) / 2 - half)).toBeLessThan(1.5)
    expect(line?.says).toMatch(
      /^It brought \$\d+\.\d\d of spend for each member in it \(95 % interval \$.+ to \$.+\)\.$/,
    )
    expect(line).toMatchObject({ members: 400 - held, purchases: 400 - held, points: 10 * (400 - held), state: 'over' })
  })

  test('says that no difference can be told where the interval includes none', async () => {
    const report = await campaigns(
      makeProgram({ campaigns: [quiet] }),
      shoppers(400, (n) => 4_000 + ((n * 7_919) % 1_000)),
    )
    expect(report.campaigns[0]?.says).toMatch(/^No difference can be told/)
  })

  test('says that there are too few to say, and how many it takes', async () => {
    const report = await campaigns(
      makeProgram({ campaigns: [quiet] }),
      shoppers(60, () => 4_000),
    )
    expect(report.campaigns[0]?.comparison?.uplift).toBeNull()
    expect(report.campaigns[0]?.says).toMatch(/^Too few to say: .* of 30 each that it takes\.$/)
  })

  test('never says what an announced campaign brought', async () => {
    const report = await campaigns(makeProgram({ campaigns: [loud] }), {
      members: [sampleMember('m1'), sampleMember('m2')],
      payments: [
        bought('p1', 'm1', '2026-10-02', 5_000, { campaigns: { loud: 50 } }),
        bought('p2', 'm1', '2026-10-03', 3_000, { campaigns: { loud: 30 } }),
        bought('p3', 'm2', '2026-10-20', 9_000),
      ],
    })
    expect(report.campaigns).toMatchObject([
      { members: 1, purchases: 2, spend: 8_000, points: 80, cost: 80, comparison: null, announced: true },
    ])
    expect(report.campaigns[0]?.says).toMatch(/^Nobody was held out/)
    expect(JSON.stringify(report.campaigns)).not.toMatch(/It brought/)
  })

  test('counts whom a campaign for joining gave points, and leaves out what does not touch the span', async () => {
    const welcome = { id: 'hello', name: 'Hello', on: 'enrolment' as const, bonus: 25, from: '2026-09-01' }
    const grant: Grant = {
      id: 'm1/campaign/hello',
      version: 0,
      member: 'm1',
      occasion: 'campaign',
      rule: 'hello',
      subject: '',
      at: NOW,
      recordedAt: NOW,
      program: 'v1',
      award: { ...NO_AWARD, points: 25 },
      points: 25,
      state: 'given',
      chosen: null,
      payment: null,
    }
    const report = await campaigns(
      makeProgram({ campaigns: [welcome, loud] }),
      { members: [sampleMember('m1')], grants: [grant, { ...grant, id: 'm2/campaign/hello', state: 'withdrawn' }] },
      { from: '2026-11' },
    )
    expect(report.campaigns).toMatchObject([{ id: 'hello', members: 1, points: 25, state: 'running' }])
  })
})

describe('the causes report', () => {
  test('adds up what purchases gave, gifts in members’ names, and rewards that are donations', async () => {
    const program = makeProgram({
      causes: [
        { id: 'trees', name: 'Miti ծառեր', perPurchase: { perItem: 1 } },
        { id: 'reef', name: 'Reef', perPurchase: { shareOfSpend: 0.01 } },
      ],
      rewards: [{ id: 'give', name: 'Give', cost: 500, fulfil: { kind: 'donation', cause: 'reef', amount: 4.5 } }],
    })
    const version = await programVersion(program)
    const world = await createWorld({ program, now: NOW })
    const grant = (id: string, over: Partial<Grant>): Grant => ({
      id,
      version: 0,
      member: 'm1',
      occasion: 'birthday',
      rule: 'birthday',
      subject: '2026',
      at: NOW,
      recordedAt: NOW,
      program: version,
      award: NO_AWARD,
      points: 0,
      state: 'given',
      chosen: null,
      payment: null,
      ...over,
    })
    const option = (cause: string | null) => ({ points: 0, reward: null, badge: null, cause })
    const donation = (id: string, over: Partial<Redemption>): Redemption => ({
      id,
      version: 0,
      member: 'm1',
      reward: 'give',
      program: version,
      state: 'issued',
      charge: 'member',
      cost: 500,
      value: 500,
      taken: [],
      partner: null,
      createdAt: NOW,
      issuedAt: NOW,
      expiresAt: null,
      endedAt: null,
      code: null,
      vendor: null,
      cancelling: null,
      reason: null,
      usedBy: null,
      again: null,
      grant: null,
      requestedBy: 'api:test',
      decidedBy: null,
      decision: null,
      isRefused: false,
      note: null,
      ...over,
    })
    await put(world, {
      members: [sampleMember('m1')],
      payments: [
        bought('p1', 'm1', '2026-11-02', 5_000, { causes: { trees: { items: 2 }, reef: { minor: 50 } } }),
        // Nobody knows who bought it; the cause gets its share all the same.
        {
          ...bought('p2', 'm1', '2026-11-03', 3_000, { causes: { trees: { items: 1 }, reef: { minor: 30 } } }),
          member: null,
        },
        bought('p3', 'm1', '2026-09-03', 3_000, { causes: { trees: { items: 9 } } }),
      ],
      grants: [
        grant('a', { award: { ...NO_AWARD, cause: 'trees' } }),
        grant('b', { award: { ...NO_AWARD, choose: [option('reef'), option('trees')] }, chosen: 1 }),
        grant('c', { award: { ...NO_AWARD, choose: [option('reef'), option('trees')] }, state: 'open' }),
        grant('d', { award: { ...NO_AWARD, cause: 'trees' }, state: 'withdrawn' }),
      ],
      redemptions: [
        donation('r1', {}),
        donation('r2', { state: 'used', endedAt: NOW }),
        donation('r3', { state: 'cancelled', endedAt: NOW }),
        donation('r4', { state: 'reserved', issuedAt: null }),
      ],
    })
    const report = await world.app.report('causes', { from: '2026-11' })
    if (!report.ok) throw new Error(report.message)
    expect(report.value.causes).toMatchObject([
      {
        id: 'trees',
        name: 'Miti ծառեր',
        purchases: 2,
        items: 3,
        amount: 0,
        gifts: 2,
        donations: { rewards: 0, amount: 0 },
      },
      { id: 'reef', purchases: 2, items: 0, amount: 80, gifts: 0, donations: { rewards: 2, amount: 900 } },
    ])
    expect(report.value.totals).toMatchObject({ purchases: 4, items: 3, amount: 80, gifts: 2 })
    expect(await world.app.report('causes', {})).toMatchObject({ value: { totals: { items: 12 } } })
    await world.close()
  })
})

describe('the products report', () => {
  test('shares the net spend out over the lines, by tier and segment', async () => {
    const program = makeProgram({ tiers: { levels: levels(['base', 0], ['gold', 500]) } })
    const world = await createWorld({ program, now: NOW })
    const withItems = (payment: Payment, items: [string | null, number, number][]): Payment => {
      payment.parts.items = {
        rank: 3,
        list: items.map(([product, quantity, amountMinor]) => ({ product, price: null, quantity, amountMinor })),
      }
      return payment
    }
    const start = Date.parse('2026-01-01T00:00:00Z')
    const frozen = { program: 'v1', tiers: [['gold', start]] as [string, number][], segment: 'loyal' }
    await put(world, {
      members: [sampleMember('m1')],
      payments: [
        // Tax and shipping aside 5,000 of 6,000; a third was refunded: of two cups and a pot, 3,333 in all.
        withItems(
          bought('p1', 'm1', '2026-11-02', 0, {
            frozen,
            counted: {
              at: NOW - DAY,
              paidMinor: 6_000,
              refundedMinor: 2_000,
              base: 0,
              spendMinor: 3_333,
              purchases: 1,
            },
          }),
          [
            ['cup', 3, 3_000],
            ['pot', 1, 2_000],
          ],
        ),
        withItems(bought('p2', 'm1', '2026-11-03', 1_000), [
          ['cup', 1, 600],
          [null, 1, 400],
        ]),
        bought('p3', 'm1', '2026-11-04', 2_667),
        // Given back whole, and another's.
        withItems(
          bought('p4', 'm1', '2026-11-05', 0, {
            counted: { ...bought('x', 'm1', '2026-11-05', 0).counted, purchases: 0 },
          }),
          [['pot', 1, 500]],
        ),
        { ...withItems(bought('p5', 'm1', '2026-11-05', 900), [['pot', 1, 900]]), member: null },
      ],
    })
    const report = await world.app.report('products', {})
    if (!report.ok) throw new Error(report.message)
    const { products, coverage, others } = report.value
    // 3,333 × 3,000 ÷ 5,000 = 1,999.8 → 2,000; the pot has the rest. Pieces: 3 × ⅔ = 2 cups, ⅔ → 1 pot.
    expect(products).toEqual([
      {
        product: 'cup',
        purchases: 2,
        pieces: 3,
        amount: 2_600,
        byTier: [
          { tier: 'gold', name: 'Gold', purchases: 1, pieces: 2, amount: 2_000 },
          { tier: null, name: 'none', purchases: 1, pieces: 1, amount: 600 },
        ],
        bySegment: [
          { segment: 'loyal', purchases: 1, pieces: 2, amount: 2_000 },
          { segment: null, purchases: 1, pieces: 1, amount: 600 },
        ],
      },
      expect.objectContaining({ product: 'pot', purchases: 1, pieces: 1, amount: 1_333 }),
      expect.objectContaining({ product: null, purchases: 1, pieces: 1, amount: 400 }),
    ])
    expect(coverage).toEqual({ purchases: 3, spend: 7_000, knownPurchases: 2, known: 4_333, share: 4_333 / 7_000 })
    expect(others).toBeNull()
    await world.close()
  })
})

describe('the summary', () => {
  test('counts members, what they hold, and says of each goal where it stands', async () => {
    const program = makeProgram({
      tiers: { levels: levels(['base', 0], ['gold', 50]) },
      badges: [{ id: 'regular', name: 'Regular' }],
      goals: [
        { metric: 'repeat_rate', target: 0.5, by: '2027-06-30' },
        { metric: 'spend_per_member', target: 100, by: '2027-06-30' },
      ],
    })
    const world = await createWorld({ program, now: NOW })
    for (const [email, amount] of [
      ['ada@example.org', 6_000],
      ['ada@example.org', 1_000],
      ['bo@example.org', 3_000],
    ] as const)
      await world.deliver(stripePayment({ at: NOW - DAY, amount, email }).charge())
    await put(world, {
      members: [
        sampleMember('m8', {
          status: 'left',
          badges: [
            { id: 'regular', at: NOW },
            { id: 'gone', at: NOW },
          ],
        }),
        sampleMember('m9', { status: 'candidate' }),
      ],
    })
    const report = await world.app.report('summary', {})
    expect(report).toMatchObject({
      value: {
        members: { active: 2, candidates: 1, left: 1, newThisMonth: 2, buying: 2 },
        points: { outstanding: 100, value: 100, thisMonth: { issued: 100 } },
        lastYear: { purchases: 3, spend: 10_000 },
        goals: [
          { metric: 'repeat_rate', actual: 0.5, state: 'reached' },
          { metric: 'spend_per_member', unit: 'money', target: 10_000, actual: 5_000, state: 'behind' },
        ],
        held: {
          tiers: [
            { id: 'base', members: 1 },
            { id: 'gold', members: 1 },
            { id: null, name: 'none', members: 1 },
          ],
          badges: [
            { id: 'regular', name: 'Regular', members: 1 },
            { id: 'gone', name: 'gone', members: 1 },
          ],
        },
      },
    })
    expect(await world.app.report('summary', { from: '2026-11' })).toMatchObject({ ok: false, code: 'invalid_request' })
    await world.close()
  })
})

describe('the ledger of a member who absorbed another', () => {
  async function merged(): Promise<World> {
    const world = await createWorld({ now: NOW })
    for (const [email, amount] of [
      ['ada@example.org', 1_000],
      ['old@example.org', 2_000],
      ['ada@example.org', 3_000],
      ['bo@example.org', 500],
    ] as const)
      await world.deliver(stripePayment({ at: world.clock.at - DAY, amount, email }).charge())
    await world.app.mergeMembers('email:old@example.org', 'email:ada@example.org', staff, null)
    return world
  }

  test('shows what both did, by seq, a page at a time, balances as they were written', async () => {
    const world = await merged()
    const seen: [number, number, string][] = []
    for (let cursor: string | undefined; ; ) {
      const page = await world.app.ledger('email:ada@example.org', {
        limit: 2,
        ...(cursor !== undefined && { cursor }),
      })
      if (!page.ok) throw new Error(page.message)
      for (const { points, balance, code } of page.value.items) seen.push([points, balance, code])
      if (page.value.next === null) break
      cursor = page.value.next
    }
    expect(seen).toEqual([
      [20, 60, 'moved_in'],
      [-20, 0, 'moved_out'],
      [30, 40, 'purchase'],
      [20, 20, 'purchase'],
      [10, 10, 'purchase'],
    ])
    const exported = await world.app.exportMember('email:old@example.org')
    expect(exported).toMatchObject({ value: { entries: { length: 5 } } })
    await world.close()
  })

  test('is theirs in the export of the whole ledger, and nobody is in it twice', async () => {
    const world = await merged()
    const { lines, members, next } = await world.app.exportLedger('')
    expect([members, next]).toEqual([2, null])
    expect(lines.map(({ email, entry }) => [email, entry.points])).toEqual([
      ['ada@example.org', 20],
      ['ada@example.org', -20],
      ['ada@example.org', 30],
      ['ada@example.org', 20],
      ['ada@example.org', 10],
      ['bo@example.org', 5],
    ])
    await world.close()
  })

  test('the export goes on from where a slice ended, and writes down first what is due', async () => {
    const world = await createWorld({
      program: makeProgram({ points: { expiry: { kind: 'after', months: 1 } } }),
      now: NOW,
    })
    for (let n = 0; n < 130; n++)
      await world.deliver(stripePayment({ at: NOW - DAY, amount: 100, email: `s${n}@example.org` }).charge())
    await put(world, { lots: [sampleLot('unused', 'nobody', 1)] })
    world.clock.at += 60 * DAY
    const first = await world.app.exportLedger('')
    const second = await world.app.exportLedger(first.next ?? '')
    expect([first.members, second.members, second.next]).toEqual([100, 30, null])
    expect([...first.lines, ...second.lines].filter(({ entry }) => entry.code === 'expired')).toHaveLength(130)
    await world.close()
  })
})
