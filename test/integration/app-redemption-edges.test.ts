// Rewards where things cross: codes that end while programs change, clocks that stood still, orders refunded twice.
import { describe, expect, it } from 'vitest'
import type { Origin, RedemptionRequest, RedemptionStep, RedemptionView, Result } from '../../src/app/ports.ts'
import type { RewardFact, RewardOrder } from '../../src/core/facts.ts'
import type { ProgramInput } from '../../src/program/schema.ts'
import { makeProgram } from '../support/programs.ts'
import { promotionCodeOf, REWARD_KIND, RewardVendor } from '../support/reward-vendor.ts'
import { stripePayment } from '../support/stripe-events.ts'
import { createWorld, memoryStore, staff, type World, type WorldOptions } from '../support/world.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const DAY = 86_400_000
const ADA = 'email:ada@example.org'

const code = { kind: 'promotion_code' as const, amountOff: 5 }
const base: Partial<ProgramInput> = {
  rewards: [
    { id: 'mug', name: 'A mug', cost: 100, fulfil: { kind: 'manual' } },
    { id: 'five-off', name: '$5 off', cost: 500, fulfil: code },
    { id: 'short', name: '$5 off soon', cost: 500, fulfil: code, validDays: 1, onExpiry: 'return' },
  ],
}

type Opened = World & { vendor: RewardVendor }

async function open(over: Partial<ProgramInput> = {}, options: WorldOptions = {}): Promise<Opened> {
  const vendor = new RewardVendor()
  const program = makeProgram({ ...base, ...over })
  const world = await createWorld({ now: NOW, program, deliverers: [vendor.deliverer], ...options })
  return { ...world, vendor }
}

async function withPoints(points = 1_000, over: Partial<ProgramInput> = {}, options: WorldOptions = {}) {
  const world = await open(over, options)
  await world.deliver(stripePayment({ at: world.clock.at - DAY, amount: points * 100, customer: 'cus_ada' }).charge())
  return world
}

function ok<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.code}: ${result.message}`)
  return result.value
}
const redeem = async (world: World, request: RedemptionRequest, origin: Origin = staff, ref = ADA) =>
  ok(await world.app.redeem(ref, request, origin, null))
const move = (world: World, { id }: { id: string }, step: RedemptionStep, origin: Origin = staff) =>
  world.app.moveRedemption(id, step, {}, origin, null)
const now = async (world: World, { id }: { id: string }): Promise<RedemptionView> =>
  ok(await world.app.getRedemption(id))
const points = async (world: World, ref = ADA) => ok(await world.app.getMember(ref)).points
const learn = (world: World, fact: RewardFact) =>
  world.app.learnFacts({ source: 'stripe:test', livemode: null, facts: [fact], lookups: [] })
const mine = async (w: World, ref = ADA) => ok(await w.app.memberRedemptions(ref, { limit: 100 })).items

async function clean(world: World): Promise<void> {
  expect((await world.app.verify()).discrepancies).toEqual([])
}

async function buyWith(world: World, promotionCode: string, customer = 'cus_ada', email?: string) {
  const payment = stripePayment({ at: world.clock.at, amount: 2_000, customer, ...(email && { email }) })
  const session = payment.session()
  session.data.object.discounts = [{ coupon: null, promotion_code: promotionCode }]
  await world.deliverAll([payment.charge(), session])
  return payment
}

describe('a code that has ended', () => {
  it.each(['fulfil', 'cancel'] as const)(
    'cannot be moved by %s where the program gives no codes any more: conflict',
    async (step) => {
      const store = await memoryStore()
      const first = await withPoints(1_000, {}, { store })
      const present = await redeem(first, { reward: 'short', charge: 'house' })
      await first.app.drainOutbox()
      const second = await open({ rewards: [] }, { store, now: NOW + 30 * DAY })
      expect(await now(second, present)).toMatchObject({ state: 'expired' })
      expect(await move(second, present, step)).toMatchObject({ ok: false, code: 'conflict' })
      expect(await now(second, present)).toMatchObject({ state: 'expired' })
      await clean(second)
    },
  )
  it('and is not written down yet goes with its member into another’s books', async () => {
    const w = await withPoints()
    const short = await redeem(w, { reward: 'short' })
    await w.app.drainOutbox()
    await w.app.enrolMember({ email: 'ada@work.example' }, staff, null)
    w.clock.at += 5 * DAY
    ok(await w.app.mergeMembers(ADA, 'email:ada@work.example', staff, null))
    await w.app.settleDue(10)
    expect(await now(w, short)).toMatchObject({ state: 'expired' })
    expect(await points(w, 'email:ada@work.example')).toMatchObject({ available: 1_000, redeemed: 0, reserved: 0 })
    await clean(w)
  })
})

describe('a code used by somebody else', () => {
  it('counts as used, and is given once more to its owner when that order is refunded', async () => {
    const w = await withPoints()
    const asked = await redeem(w, { reward: 'five-off' })
    await w.app.drainOutbox()
    const payment = await buyWith(w, promotionCodeOf(asked.id), 'cus_bob', 'bob@example.org')
    expect(await now(w, asked)).toMatchObject({ state: 'used', usedBy: expect.stringMatching(/^pay_/) })
    await w.deliver(payment.refunded(2_000))
    expect((await mine(w)).map(({ again, state }) => [again ?? '', state]).sort()).toEqual([
      ['', 'used'],
      [asked.id, 'reserved'],
    ])
    await clean(w)
  })
})

describe('a code that was cancelled, found used at Stripe', () => {
  it('is tied to its order though we never heard that it was made', async () => {
    const w = await withPoints()
    const asked = await redeem(w, { reward: 'five-off' })
    const [order] = (await w.app.listOutbox({ limit: 9 })).items.filter(({ kind }) => kind === REWARD_KIND)
    // Stripe made it, and its answer was lost.
    const made = w.vendor.carryOut(order?.payload as RewardOrder)
    const payment = await buyWith(w, promotionCodeOf(asked.id))
    w.vendor.used.add(promotionCodeOf(asked.id))
    ok(await move(w, asked, 'cancel'))
    // The deliverer says both where it had to look for the code.
    await learn(w, made)
    await w.app.drainOutbox()
    expect(await now(w, asked)).toMatchObject({ state: 'used', usedBy: expect.stringMatching(/^pay_/) })
    expect(await points(w)).toMatchObject({ redeemed: 500 })
    await w.deliver(payment.refunded(2_000))
    expect((await mine(w)).filter(({ again }) => again === asked.id)).toHaveLength(1)
    await clean(w)
  })
  it('takes no points that have ended by then', async () => {
    const w = await withPoints(500, { points: { expiry: { kind: 'after', months: 2 } } })
    const asked = await redeem(w, { reward: 'five-off' })
    ok(await move(w, asked, 'cancel'))
    w.clock.at += 100 * DAY
    await learn(w, { kind: 'reward_ended', redemption: asked.id, used: true })
    expect(await now(w, asked)).toMatchObject({ state: 'used', charge: 'house', points: 0 })
    expect(await points(w)).toMatchObject({ available: 0, expired: 500, redeemed: 0 })
    await clean(w)
  })
})

describe('the days on which rewards issue themselves', () => {
  const windows = (over: object = {}): Partial<ProgramInput> => ({
    autoRedeem: [{ reward: 'five-off', atPoints: 500, windows: ['12-01', '03-01'], maximumPerWindow: 2, ...over }],
  })
  it('are made up for where the clock stood still over one of them', async () => {
    const w = await withPoints(2_000, windows())
    expect(await mine(w)).toEqual([])
    w.clock.at = Date.UTC(2026, 11, 3, 9)
    await w.app.settleDue(10)
    expect(await mine(w)).toHaveLength(2)
    w.clock.at = Date.UTC(2026, 11, 4, 9)
    await w.deliver(stripePayment({ at: w.clock.at, amount: 100, customer: 'cus_ada' }).charge())
    await w.app.settleDue(10)
    expect(await mine(w)).toHaveLength(2)
    w.clock.at = Date.UTC(2027, 2, 1, 5)
    await w.app.settleDue(10)
    expect(await mine(w)).toHaveLength(4)
    await clean(w)
  })
  it('are made up for by a purchase that comes before the clock', async () => {
    const w = await withPoints(2_000, windows())
    w.clock.at = Date.UTC(2026, 11, 3, 9)
    await w.deliver(stripePayment({ at: w.clock.at, amount: 100, customer: 'cus_ada' }).charge())
    expect(await mine(w)).toHaveLength(2)
    await clean(w)
  })
  it('are not made up for by points that came after them', async () => {
    const w = await withPoints(100, windows())
    w.clock.at = Date.UTC(2026, 11, 3, 9)
    await w.deliver(stripePayment({ at: w.clock.at, amount: 200_000, customer: 'cus_ada' }).charge())
    await w.app.settleDue(10)
    expect(await mine(w)).toEqual([])
    await clean(w)
  })
})

describe('what a listed key may do', () => {
  const held: Origin = { source: 'api:till', actor: 'api:till' }
  it('is what its role allows: a viewer changes nothing, an issuer merges and erases nobody: forbidden', async () => {
    const w = await withPoints(1_000, { staff: { viewer: ['api:till'], issuer: ['api:desk'], admin: ['api:boss'] } })
    const bob = { email: 'bob@example.org' }
    const [desk, boss] = ['api:desk', 'api:boss'].map((actor) => ({ source: actor, actor })) as [Origin, Origin]
    expect(await w.app.enrolMember(bob, held, null)).toMatchObject({ ok: false, code: 'forbidden' })
    ok(await w.app.enrolMember(bob, desk, null))
    expect(await w.app.updateMember(ADA, { status: 'suspended' }, held)).toMatchObject({ ok: false, code: 'forbidden' })
    ok(await w.app.updateMember(ADA, { status: 'active' }, desk))
    for (const origin of [held, desk]) {
      expect(await w.app.mergeMembers('email:bob@example.org', ADA, origin, null)).toMatchObject({ code: 'forbidden' })
      expect(await w.app.eraseMember(ADA, origin)).toMatchObject({ code: 'forbidden' })
    }
    ok(await w.app.mergeMembers('email:bob@example.org', ADA, boss, null))
    ok(await w.app.eraseMember(ADA, boss))
  })
})

describe('what a person of the team may do', () => {
  it('is told to whoever asks for them: outsiders nothing, the team may look', async () => {
    const { app } = await open({ staff: { approver: ['slack:S0LEADS'] } })
    const may = async (origin: Origin) => {
      const allowed: string[] = []
      for (const task of ['view', 'issue', 'approve', 'administer'] as const)
        if (await app.mayStaff(origin, task)) allowed.push(task)
      return allowed
    }
    const someone: Origin = { source: 'slack:U01', actor: 'slack:U01' }
    expect(await may(someone)).toEqual(['view'])
    expect(await may({ ...someone, groups: ['slack:S0LEADS'] })).toEqual(['view', 'approve'])
    expect(await may({ ...someone, groups: ['slack:S0LEADS'], isOutsider: true })).toEqual([])
  })
})

describe('what staff read when a step does not fit', () => {
  it('says what stands in the way', async () => {
    const staffList = { issuer: ['slack:U01'], approver: ['slack:U02'], approvalAbovePoints: 100 }
    const w = await withPoints(1_000, { staff: staffList })
    const slack: Origin = { source: 'slack:U01', actor: 'slack:U01' }
    const waiting = await redeem(w, { reward: 'five-off', charge: 'house' }, slack)
    expect(await move(w, waiting, 'fulfil', slack)).toMatchObject({
      code: 'conflict',
      message: 'This waits for approval',
    })
    const asked = await redeem(w, { reward: 'mug' })
    ok(await move(w, asked, 'cancel'))
    expect(await move(w, asked, 'fulfil')).toMatchObject({ code: 'conflict', message: 'This has ended already' })
    expect(await move(w, asked, 'cancel')).toMatchObject({ code: 'conflict', message: 'This has ended already' })
  })
  it('is noted once for a code that is ending', async () => {
    const w = await withPoints()
    const asked = await redeem(w, { reward: 'five-off' })
    await w.app.drainOutbox()
    const cancel = () => w.app.moveRedemption(asked.id, 'cancel', { reason: 'wrong size' }, staff, null)
    ok(await cancel())
    expect(ok(await cancel())).toMatchObject({ isEnding: true, note: 'wrong size' })
  })
})

describe('points in a reward', () => {
  it('whose time is over meanwhile come back for thirty days', async () => {
    const w = await withPoints(1_000, { points: { expiry: { kind: 'after', months: 1 } } })
    const mug = await redeem(w, { reward: 'mug' })
    w.clock.at = NOW + 60 * DAY
    await w.app.settleDue(10)
    expect(await points(w)).toMatchObject({ available: 0, reserved: 100, expired: 900 })
    ok(await move(w, mug, 'cancel'))
    expect(await points(w)).toMatchObject({ available: 100, reserved: 0, nextExpiry: { points: 100 } })
    w.clock.at += 29 * DAY
    await w.app.settleDue(10)
    expect(await points(w)).toMatchObject({ available: 100 })
    w.clock.at += 3 * DAY
    await w.app.settleDue(10)
    expect(await points(w)).toMatchObject({ available: 0, expired: 1_000, redeemed: 0 })
    await clean(w)
  })
  it('that is owed for: what is missing is said whole, and what comes back pays first', async () => {
    const w = await open()
    const payment = stripePayment({ at: NOW - DAY, amount: 60_000, customer: 'cus_ada' })
    await w.deliver(payment.charge())
    const short = await redeem(w, { reward: 'short' })
    await w.app.drainOutbox()
    await w.deliver(payment.refunded(60_000))
    expect(await points(w)).toMatchObject({ available: -500, redeemed: 500, earned: 0 })
    expect(await w.app.redeem(ADA, { reward: 'mug' }, staff, null)).toMatchObject({
      code: 'insufficient_points',
      message: 'You need 600 more points',
    })
    w.clock.at += 3 * DAY
    await w.app.settleDue(10)
    expect(await now(w, short)).toMatchObject({ state: 'expired', points: 0 })
    expect(await points(w)).toMatchObject({ available: 0, redeemed: 0, earned: 0 })
    await clean(w)
  })
  it('given back and spent otherwise are not taken again when it proves to have been used: the house pays', async () => {
    const w = await withPoints(500)
    const short = await redeem(w, { reward: 'short' })
    await w.app.drainOutbox()
    w.clock.at += 5 * DAY
    await w.app.settleDue(10)
    await redeem(w, { reward: 'mug' })
    await learn(w, {
      kind: 'code',
      promotionCode: promotionCodeOf(short.id),
      at: NOW + 1,
      timesRedeemed: 1,
      active: false,
    })
    expect(await now(w, short)).toMatchObject({ state: 'used', charge: 'house', cost: 0, points: 0 })
    expect(await points(w)).toMatchObject({ available: 400, reserved: 100, redeemed: 0 })
    await clean(w)
  })
})

describe('a present that waits for approval', () => {
  it.each(['suspended', 'left'] as const)(
    'of a member who is %s by then can be rejected only: member_inactive',
    async (status) => {
      const team = { issuer: ['slack:U01'], approver: ['slack:U02'], approvalAbovePoints: 100 }
      const w = await withPoints(1_000, { staff: team })
      const [U01, U02] = ['slack:U01', 'slack:U02'].map((actor) => ({ source: actor, actor })) as [Origin, Origin]
      const asked = await redeem(w, { reward: 'five-off', charge: 'house' }, U01)
      await w.app.updateMember(ADA, { status }, staff)
      expect(await move(w, asked, 'approve', U02)).toMatchObject({ ok: false, code: 'member_inactive' })
      expect(ok(await move(w, asked, 'reject', U02))).toMatchObject({ state: 'cancelled', reason: 'Not approved' })
      expect(w.vendor.orders).toEqual([])
      await clean(w)
    },
  )
})

describe('a reward given once more', () => {
  it('that staff cancelled is not given again when the refund fails and another succeeds', async () => {
    const w = await withPoints()
    const asked = await redeem(w, { reward: 'five-off' })
    await w.app.drainOutbox()
    const payment = await buyWith(w, promotionCodeOf(asked.id))
    await w.deliver(payment.refund(2_000, { id: 're_1' }))
    const [again] = (await mine(w)).filter((one) => one.again === asked.id)
    ok(await move(w, again as RedemptionView, 'cancel'))
    const failed = { id: 're_1', status: 'failed', type: 'refund.failed', later: 200_000, created: 100_000 } as const
    await w.deliver(payment.refund(2_000, failed))
    await w.deliver(payment.refund(2_000, { id: 're_2', later: 300_000 }))
    expect((await mine(w)).filter((one) => one.again === asked.id).map(({ state }) => state)).toEqual(['cancelled'])
    await clean(w)
  })
  it('waits for a member who is suspended when all is refunded, and comes once when they are not', async () => {
    const w = await withPoints()
    const asked = await redeem(w, { reward: 'five-off' })
    await w.app.drainOutbox()
    const payment = await buyWith(w, promotionCodeOf(asked.id))
    ok(await w.app.updateMember(ADA, { status: 'suspended' }, staff))
    await w.deliver(payment.refunded(2_000))
    expect(await mine(w)).toHaveLength(1)
    for (const status of ['active', 'active', 'suspended', 'active'] as const)
      ok(await w.app.updateMember(ADA, { status }, staff))
    expect((await mine(w)).filter((one) => one.again === asked.id)).toHaveLength(1)
    await clean(w)
  })
  it('is nobody’s who asked to be forgotten', async () => {
    const w = await withPoints()
    const asked = await redeem(w, { reward: 'five-off', note: 'call her at home' })
    await w.app.drainOutbox()
    const payment = await buyWith(w, promotionCodeOf(asked.id))
    const { id } = ok(await w.app.getMember(ADA))
    ok(await w.app.eraseMember(ADA, staff))
    await w.deliver(payment.refunded(2_000))
    expect((await mine(w, id)).map(({ state, note }) => [state, note])).toEqual([['used', null]])
    await w.app.drainOutbox()
    expect(w.vendor.orders.map((order) => order.do)).toEqual(['make'])
    await clean(w)
  })
})

describe('what is issued by itself', () => {
  const auto = (more: object[] = []): Partial<ProgramInput> => ({
    autoRedeem: [{ reward: 'five-off', atPoints: 500 }, ...more] as ProgramInput['autoRedeem'],
  })
  it('waits while the member is suspended, and comes when they are not', async () => {
    const store = await memoryStore()
    const first = await withPoints(600, {}, { store })
    await first.app.updateMember(ADA, { status: 'suspended' }, staff)
    const second = await open(auto(), { store, now: NOW + DAY })
    await second.app.settleDue(10)
    expect(await mine(second)).toEqual([])
    await second.app.updateMember(ADA, { status: 'active' }, staff)
    expect(await mine(second)).toHaveLength(1)
    await clean(second)
  })
  it('is the default where what the member chose is in the program no more', async () => {
    const store = await memoryStore()
    const mug = { reward: 'mug', atPoints: 100, default: false }
    const first = await withPoints(50, auto([mug]), { store })
    ok(await first.app.updateMember(ADA, { autoRedeem: 'mug' }, staff))
    const second = await open(auto(), { store, now: NOW + DAY })
    await second.deliver(stripePayment({ at: NOW, amount: 50_000, customer: 'cus_ada' }).charge())
    expect((await mine(second)).map(({ reward }) => reward)).toEqual(['five-off'])
    await clean(second)
  })
})
