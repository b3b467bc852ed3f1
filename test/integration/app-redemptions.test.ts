// Rewards from asking to the end, as members, staff and Stripe see them.
import { describe, expect, it } from 'vitest'
import type { Origin, RedemptionRequest, RedemptionStep, RedemptionView, Result } from '../../src/app/ports.ts'
import type { RewardFact, RewardOrder } from '../../src/core/facts.ts'
import type { ProgramInput } from '../../src/program/schema.ts'
import { levels, makeProgram } from '../support/programs.ts'
import { promotionCodeOf, REWARD_KIND, RewardVendor } from '../support/reward-vendor.ts'
import { stripeEvent, stripePayment } from '../support/stripe-events.ts'
import { createWorld, memoryStore, staff, type World, type WorldOptions } from '../support/world.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const DAY = 86_400_000
const ADA = 'email:ada@example.org'

const code = { kind: 'promotion_code' as const, amountOff: 5 }
const rewards: ProgramInput['rewards'] = [
  { id: 'mug', name: 'A mug', cost: 100, fulfil: { kind: 'manual', instructions: 'Hand it over' } },
  { id: 'five-off', name: '$5 off', cost: 500, fulfil: { ...code, currencies: { eur: 5, jpy: 700 } } },
  { id: 'back', name: '$5 off, kept', cost: 500, fulfil: code, onExpiry: 'return', validDays: 10 },
  { id: 'credit', name: '$5 credit', cost: 500, fulfil: { kind: 'credit', amount: 5 } },
  { id: 'tree', name: 'A tree', cost: 200, fulfil: { kind: 'donation', cause: 'trees', amount: 2 } },
  { id: 'rare', name: 'A rare one', cost: 100, fulfil: { kind: 'manual' }, stock: 1 },
  { id: 'gift', name: 'A gift', cost: 0, fulfil: { kind: 'manual' } },
]
const base: Partial<ProgramInput> = { rewards, causes: [{ id: 'trees', name: 'Plant a tree' }] }

type Opened = World & { vendor: RewardVendor }

async function open(over: Partial<ProgramInput> = {}, options: WorldOptions = {}): Promise<Opened> {
  const vendor = new RewardVendor()
  const world = await createWorld({
    now: NOW,
    program: makeProgram({ ...base, ...over }),
    deliverers: [vendor.deliverer],
    ...options,
  })
  return { ...world, vendor }
}

/** Ada with so many points, and a customer at Stripe. */
async function withPoints(
  points = 1_000,
  over: Partial<ProgramInput> = {},
  options: WorldOptions = {},
): Promise<Opened> {
  const world = await open(over, options)
  await world.deliver(stripePayment({ at: NOW - DAY, amount: points * 100, customer: 'cus_ada' }).charge())
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
const lines = async (world: World) =>
  ok(await world.app.ledger(ADA, { limit: 50 })).items.map(({ kind, code, points, reason }) => [
    kind,
    code,
    points,
    reason,
  ])

async function clean(world: World): Promise<void> {
  expect((await world.app.verify()).discrepancies).toEqual([])
}

/** An order bought with the promotion code. */
async function buyWith(world: World, promotionCode: string, at = world.clock.at) {
  const payment = stripePayment({ at, amount: 2_000, customer: 'cus_ada' })
  const session = payment.session()
  session.data.object.discounts = [{ coupon: null, promotion_code: promotionCode }]
  await world.deliverAll([payment.charge(), session])
  return payment
}

describe('a reward that staff hand over', () => {
  it('is reserved, then issued, and cannot be taken back', async () => {
    const w = await withPoints()
    const asked = await redeem(w, { reward: 'mug', note: 'blue please' })
    expect(asked).toMatchObject({ state: 'reserved', cost: 100, code: null, note: 'blue please' })
    expect(await points(w)).toMatchObject({ available: 900, reserved: 100, redeemed: 0, earned: 1_000 })
    expect(ok(await move(w, asked, 'fulfil'))).toMatchObject({ state: 'issued', expiresAt: null })
    expect(await points(w)).toMatchObject({ available: 900, reserved: 0, redeemed: 100, earned: 1_000 })
    expect(await move(w, asked, 'fulfil')).toMatchObject({ ok: false, code: 'conflict' })
    expect(await move(w, asked, 'cancel')).toMatchObject({ ok: false, code: 'conflict' })
    expect((await lines(w)).slice(0, 2)).toEqual([
      ['redeem', 'reward_handed_over', 0, '100 points spent, handed over: A mug'],
      ['reserve', 'reward_reserved', -100, '100 points set aside: A mug'],
    ])
    await clean(w)
  })
  it('gives points and stock back when it is cancelled before', async () => {
    const w = await withPoints()
    const rare = await redeem(w, { reward: 'rare' })
    expect(await w.app.redeem(ADA, { reward: 'rare' }, staff, null)).toMatchObject({ ok: false, code: 'out_of_stock' })
    expect(ok(await move(w, rare, 'cancel'))).toMatchObject({ state: 'cancelled', reason: 'Cancelled by staff' })
    expect(await points(w)).toMatchObject({ available: 1_000, reserved: 0 })
    expect((await redeem(w, { reward: 'rare' })).state).toBe('reserved')
    await clean(w)
  })
})

describe('a promotion code', () => {
  it('is ordered, made, shown, and used on an order', async () => {
    const w = await withPoints()
    const asked = await redeem(w, { reward: 'five-off' })
    expect(asked).toMatchObject({ state: 'reserved', code: null, expiresAt: null })
    await w.app.drainOutbox()
    const issued = await now(w, asked)
    const end = Date.UTC(2026, 10, 22) + 91 * DAY
    expect(issued).toMatchObject({ state: 'issued', expiresAt: new Date(end).toISOString(), points: 500 })
    expect(w.vendor.orders).toEqual([
      {
        do: 'make',
        redemption: asked.id,
        name: '$5 off',
        customer: 'cus_ada',
        fulfil: {
          kind: 'promotion_code',
          code: issued.code,
          amountsOff: { usd: 500, eur: 500, jpy: 700 },
          percentOff: null,
          expiresAt: end,
        },
      },
    ])
    await buyWith(w, promotionCodeOf(asked.id))
    const used = await now(w, asked)
    expect(used).toMatchObject({ state: 'used', usedBy: expect.stringMatching(/^pay_/) })
    w.clock.at += 200 * DAY
    await w.app.settleDue(100)
    expect(await now(w, asked)).toEqual(used)
    await clean(w)
  })
  it('that was used before we heard that it was made is used', async () => {
    const w = await withPoints()
    const asked = await redeem(w, { reward: 'five-off' })
    const promotionCode = promotionCodeOf(asked.id)
    const payment = await buyWith(w, promotionCode)
    expect((await now(w, asked)).state).toBe('reserved')
    await w.app.drainOutbox()
    const used = await now(w, asked)
    expect(used).toMatchObject({ state: 'used', points: 500 })
    await w.deliver(payment.refunded(2_000))
    expect((await w.app.listRedemptions({ limit: 9 })).ok).toBe(true)
    expect(ok(await w.app.memberRedemptions(ADA, { limit: 9 })).items.map(({ again }) => again)).toContain(asked.id)
    await clean(w)
  })
  it.each(['before', 'after'])(
    'that Stripe counts as used %s it was made is used, and its order follows',
    async (when) => {
      const w = await withPoints()
      const asked = await redeem(w, { reward: 'five-off' })
      const promotionCode = promotionCodeOf(asked.id)
      const counted: RewardFact = { kind: 'code', promotionCode, at: NOW, timesRedeemed: 1, active: false }
      if (when === 'before') await learn(w, counted)
      await w.app.drainOutbox()
      if (when === 'after') await learn(w, counted)
      expect(await now(w, asked)).toMatchObject({ state: 'used', usedBy: null })
      expect((await learn(w, counted)).changed).toBe(0)
      await buyWith(w, promotionCode)
      expect(await now(w, asked)).toMatchObject({ state: 'used', usedBy: expect.stringMatching(/^pay_/) })
      await clean(w)
    },
  )
  it('does not count as used while nobody redeemed it', async () => {
    const w = await withPoints()
    const asked = await redeem(w, { reward: 'five-off' })
    await w.app.drainOutbox()
    const promotionCode = promotionCodeOf(asked.id)
    await learn(w, { kind: 'code', promotionCode, at: NOW, timesRedeemed: 0, active: true })
    expect((await now(w, asked)).state).toBe('issued')
  })
  it('that Stripe refuses is cancelled at once, with its reason, and not tried again', async () => {
    const w = await withPoints()
    w.vendor.refusing = 'The currency is not supported'
    const asked = await redeem(w, { reward: 'five-off' })
    await w.app.drainOutbox()
    expect(await now(w, asked)).toMatchObject({
      state: 'cancelled',
      reason: 'The currency is not supported',
      points: 0,
    })
    expect(await points(w)).toMatchObject({ available: 1_000, reserved: 0, redeemed: 0 })
    expect(await w.app.drainOutbox()).toBe(0)
    expect(w.vendor.orders).toHaveLength(1)
    expect((await lines(w))[0]).toEqual([
      'release',
      'reward_refused',
      500,
      'It could not be made: $5 off; 500 points are there again',
    ])
    await clean(w)
  })
  it('is ended at Stripe before it is cancelled', async () => {
    const w = await withPoints()
    const asked = await redeem(w, { reward: 'five-off' })
    await w.app.drainOutbox()
    expect(ok(await move(w, asked, 'cancel'))).toMatchObject({ state: 'issued', isEnding: true })
    expect(await points(w)).toMatchObject({ available: 500, redeemed: 500 })
    await w.app.drainOutbox()
    expect(w.vendor.ended).toEqual(new Set([promotionCodeOf(asked.id)]))
    expect(await now(w, asked)).toMatchObject({ state: 'cancelled', isEnding: false, reason: 'Cancelled by staff' })
    expect(await points(w)).toMatchObject({ available: 1_000, redeemed: 0 })
    await clean(w)
  })
  it('that ends by itself while it is cancelled forfeits nothing', async () => {
    const w = await withPoints()
    const asked = await redeem(w, { reward: 'five-off' })
    await w.app.drainOutbox()
    await move(w, asked, 'cancel')
    w.vendor.isDown = true
    w.clock.at = NOW + 100 * DAY
    await w.app.settleDue(10)
    expect(await now(w, asked)).toMatchObject({ state: 'cancelled', reason: 'Cancelled by staff' })
    expect(await points(w)).toMatchObject({ available: 1_000, redeemed: 0 })
    w.vendor.isDown = false
    await w.app.drainOutbox()
    expect((await now(w, asked)).state).toBe('cancelled')
    await clean(w)
  })
  it('is used where somebody was faster than the cancellation', async () => {
    const w = await withPoints()
    const asked = await redeem(w, { reward: 'five-off' })
    await w.app.drainOutbox()
    w.vendor.used.add(promotionCodeOf(asked.id))
    await move(w, asked, 'cancel')
    await w.app.drainOutbox()
    expect(await now(w, asked)).toMatchObject({ state: 'used', isEnding: false })
    expect(await points(w)).toMatchObject({ available: 500, redeemed: 500 })
    await clean(w)
  })
  it('that is cancelled before it was ordered is never made', async () => {
    const w = await withPoints()
    const asked = await redeem(w, { reward: 'five-off' })
    expect(ok(await move(w, asked, 'cancel')).state).toBe('cancelled')
    await w.app.drainOutbox()
    expect(w.vendor.made.size).toBe(0)
    expect(await w.app.drainOutbox()).toBe(0)
    await clean(w)
  })
  it('that was made, of which the answer was lost, is ended when it is cancelled', async () => {
    const w = await withPoints()
    const asked = await redeem(w, { reward: 'five-off' })
    const row = (await w.app.listOutbox({ limit: 10 })).items.find(({ kind }) => kind === REWARD_KIND)
    w.vendor.carryOut(row?.payload as RewardOrder)
    expect(ok(await move(w, asked, 'cancel')).state).toBe('cancelled')
    await w.app.drainOutbox()
    expect([...w.vendor.ended]).toEqual([promotionCodeOf(asked.id)])
    expect(await points(w)).toMatchObject({ available: 1000, reserved: 0, redeemed: 0 })
    await clean(w)
  })
  it('that was made while it was cancelled is ended', async () => {
    const w = await withPoints()
    const asked = await redeem(w, { reward: 'five-off' })
    const [order] = (await w.app.listOutbox({ limit: 9 })).items.filter(({ kind }) => kind === 'stripe.reward')
    const made = w.vendor.carryOut(order?.payload as never)
    await move(w, asked, 'cancel')
    expect((await learn(w, made)).changed).toBe(1)
    expect((await learn(w, made)).changed).toBe(0)
    await w.app.drainOutbox()
    expect(w.vendor.ended).toEqual(new Set([promotionCodeOf(asked.id)]))
    expect(await now(w, asked)).toMatchObject({ state: 'cancelled', code: null })
    expect(await points(w)).toMatchObject({ available: 1_000, redeemed: 0 })
    await clean(w)
  })
  it('that was used at the counter cannot be used at checkout as well', async () => {
    const w = await withPoints()
    const asked = await redeem(w, { reward: 'five-off' })
    expect(await move(w, asked, 'fulfil')).toMatchObject({ ok: false, code: 'conflict' })
    await w.app.drainOutbox()
    expect(ok(await move(w, asked, 'fulfil'))).toMatchObject({ state: 'used', usedBy: null })
    await w.app.drainOutbox()
    expect(w.vendor.ended).toEqual(new Set([promotionCodeOf(asked.id)]))
    expect((await now(w, asked)).state).toBe('used')
    await clean(w)
  })
  it('forfeits its points when it ends unused, or gives them back', async () => {
    const w = await withPoints()
    const [lost, kept] = [await redeem(w, { reward: 'five-off' }), await redeem(w, { reward: 'back' })]
    await w.app.drainOutbox()
    w.clock.at = NOW + 100 * DAY
    expect(await now(w, lost)).toMatchObject({ state: 'expired', endedAt: '2027-02-21T00:00:00.000Z' })
    await w.app.settleDue(100)
    expect(await now(w, lost)).toMatchObject({ state: 'expired', points: 500 })
    expect(await now(w, kept)).toMatchObject({ state: 'expired', endedAt: '2026-12-03T00:00:00.000Z', points: 0 })
    expect(await points(w)).toMatchObject({ available: 500, redeemed: 500, earned: 1_000 })
    expect((await lines(w)).map(([, , , reason]) => reason)).toEqual(
      expect.arrayContaining([
        'Ended unused on Feb 20, 2027: $5 off',
        'Ended unused on Dec 2, 2026: $5 off, kept; 500 points are there again',
      ]),
    )
    await clean(w)
  })
  it.each(['five-off', 'back'])(
    'of %s that was used in time counts as used though we hear of it after its end',
    async (reward) => {
      const w = await withPoints()
      const asked = await redeem(w, { reward })
      await w.app.drainOutbox()
      w.clock.at = NOW + 100 * DAY
      await w.app.settleDue(100)
      expect((await now(w, asked)).state).toBe('expired')
      await buyWith(w, promotionCodeOf(asked.id), NOW + DAY)
      expect(await now(w, asked)).toMatchObject({ state: 'used', points: 500 })
      expect(await points(w)).toMatchObject({ available: 520, redeemed: 500 })
      await clean(w)
    },
  )
})

describe('an order that a code was used on', () => {
  const used = async () => {
    const w = await withPoints()
    const asked = await redeem(w, { reward: 'five-off' })
    await w.app.drainOutbox()
    const payment = await buyWith(w, promotionCodeOf(asked.id))
    return { w, asked, payment }
  }
  const replacements = async (w: World, { id }: { id: string }) =>
    ok(await w.app.memberRedemptions(ADA, { limit: 50 })).items.filter(({ again }) => again === id)

  it('gives the reward once more when all of it is refunded, however often that is said', async () => {
    const { w, asked, payment } = await used()
    await w.deliver(payment.refund(500, { id: 're_part' }))
    expect(await replacements(w, asked)).toEqual([])
    const full = payment.refund(1_500, { id: 're_rest' })
    await w.deliverAll([full, full, payment.refunded(2_000)])
    const [again, ...others] = await replacements(w, asked)
    expect(others).toEqual([])
    expect(again).toMatchObject({ charge: 'house', cost: 0, value: 500, state: 'reserved' })
    await w.app.drainOutbox()
    expect(ok(await w.app.getRedemption(again?.id ?? ''))).toMatchObject({ state: 'issued', code: expect.any(String) })
    await clean(w)
  })
  it('takes it back when the refund fails, and gives it when another succeeds', async () => {
    const { w, asked, payment } = await used()
    await w.deliver(payment.refund(2_000, { id: 're_1' }))
    await w.app.drainOutbox()
    await w.deliver(
      payment.refund(2_000, { id: 're_1', status: 'failed', type: 'refund.failed', later: 200_000, created: 100_000 }),
    )
    await w.app.drainOutbox()
    expect((await replacements(w, asked)).map(({ state }) => state)).toEqual(['cancelled'])
    await w.deliver(payment.refund(2_000, { id: 're_2', later: 300_000 }))
    expect((await replacements(w, asked)).map(({ state }) => state).sort()).toEqual(['cancelled', 'reserved'])
    await clean(w)
  })
  it('leaves what was used of it used when the refund fails', async () => {
    const { w, asked, payment } = await used()
    await w.deliver(payment.refund(2_000, { id: 're_1' }))
    await w.app.drainOutbox()
    const [again] = await replacements(w, asked)
    await buyWith(w, promotionCodeOf(again?.id ?? ''))
    await w.deliver(
      payment.refund(2_000, { id: 're_1', status: 'failed', type: 'refund.failed', later: 200_000, created: 100_000 }),
    )
    await w.app.drainOutbox()
    expect((await replacements(w, asked)).map(({ state }) => state)).toEqual(['used'])
    await clean(w)
  })
  it('is the one that remains where two prove to be one', async () => {
    const w = await withPoints()
    const asked = await redeem(w, { reward: 'five-off' })
    await w.app.drainOutbox()
    const first = stripePayment({ at: NOW - 5_000, amount: 3_000, customer: 'cus_ada' })
    await w.deliver(first.charge())
    w.clock.at += 60_000
    const second = await buyWith(w, promotionCodeOf(asked.id))
    const before = (await now(w, asked)).usedBy
    const paidBy = (id: string) => ({
      id: `inpay_${id}`,
      status: 'paid',
      payment: { type: 'payment_intent', payment_intent: id },
    })
    const invoice = {
      id: 'in_both',
      object: 'invoice',
      status: 'paid',
      amount_paid: 5_000,
      amount_due: 5_000,
      total: 5_000,
      currency: 'usd',
      customer: 'cus_ada',
      customer_email: null,
      billing_reason: 'manual',
      status_transitions: { paid_at: NOW / 1000 },
      created: NOW / 1000,
      lines: { data: [], has_more: false },
      payments: { has_more: false, data: [paidBy(first.pi), paidBy(second.pi)] },
    }
    await w.deliver(stripeEvent('invoice.paid', invoice, w.clock.at))
    const remaining = [...(await w.app.findPayments([first.ch])).values()][0]?.id
    expect([before === remaining, (await now(w, asked)).usedBy]).toEqual([false, remaining])
    await w.deliver(second.refunded(2_000))
    expect(await replacements(w, asked)).toEqual([])
    await w.deliver(first.refunded(3_000))
    expect(await replacements(w, asked)).toHaveLength(1)
    await clean(w)
  })
  it('gives nothing for a dispute: the bank took that money', async () => {
    const { w, asked, payment } = await used()
    await w.deliver(payment.dispute('funds_withdrawn', 'needs_response', 2_000))
    expect(await replacements(w, asked)).toEqual([])
    await clean(w)
  })
  it('gives nothing to a member who left', async () => {
    const { w, asked, payment } = await used()
    await w.app.updateMember(ADA, { status: 'left' }, staff)
    await w.deliver(payment.refunded(2_000))
    expect(await replacements(w, asked)).toEqual([])
  })
})

describe('a credit and a donation', () => {
  it('are the member’s at once when made', async () => {
    const w = await withPoints()
    const [credit, tree] = [await redeem(w, { reward: 'credit' }), await redeem(w, { reward: 'tree' })]
    expect(tree).toMatchObject({ state: 'issued', cost: 200, expiresAt: null })
    expect(await move(w, credit, 'cancel')).toMatchObject({ ok: false, code: 'conflict' })
    await w.app.drainOutbox()
    expect(await now(w, credit)).toMatchObject({ state: 'issued', code: null })
    expect(w.vendor.orders).toMatchObject([{ fulfil: { kind: 'credit', amountMinor: 500, currency: 'usd' } }])
    for (const one of [credit, tree])
      expect(await move(w, one, 'cancel')).toMatchObject({ ok: false, code: 'conflict' })
    expect(await points(w)).toMatchObject({ available: 300, reserved: 0, redeemed: 700, earned: 1_000 })
    const entry = ok(await w.app.ledger(ADA, { limit: 9 })).items.find(({ code: one }) => one === 'points_donated')
    expect(entry).toMatchObject({ kind: 'donate', reason: '200 points given to Plant a tree: A tree' })
    const [row] = (await w.store.ledgerOf([tree.member], { limit: 50, before: null })).filter(
      ({ code: one }) => one === 'points_donated',
    )
    expect(row?.postings.map(([from, to, part]) => [from, to, part])).toEqual([['reserved', 'cause/trees', 200]])
    await clean(w)
  })
  it('need a customer at Stripe where it is a credit: not_eligible', async () => {
    const w = await open()
    await w.app.enrolMember({ email: 'ada@example.org' }, staff, null)
    await w.app.adjustPoints(ADA, { points: 600, reason: 'hello' }, staff, null)
    expect(await w.app.redeem(ADA, { reward: 'credit' }, staff, null)).toMatchObject({
      ok: false,
      code: 'not_eligible',
    })
  })
  it('made for somebody erased meanwhile leave books that add up', async () => {
    const w = await withPoints()
    const credit = await redeem(w, { reward: 'credit', reason: 'Ada asked nicely' })
    const [order] = (await w.app.listOutbox({ limit: 9 })).items.filter(({ kind }) => kind === 'stripe.reward')
    const made = w.vendor.carryOut(order?.payload as never)
    await w.app.eraseMember(ADA, staff)
    expect((await w.app.listOutbox({ limit: 9 })).items.filter(({ kind }) => kind === 'stripe.reward')).toEqual([])
    expect(await now(w, credit)).toMatchObject({ state: 'cancelled', note: null })
    await learn(w, made)
    expect(await now(w, credit)).toMatchObject({ state: 'issued', points: 500 })
    await clean(w)
  })
})

describe('a present from the house', () => {
  const team = {
    approvalAbovePoints: 300,
    dailyLimitPoints: 700,
    issuer: ['slack:U01', 'slack:S09', 'api:pos'],
    approver: ['slack:U02', 'slack:U01'],
  }
  const slack = (name: string, groups?: string[]): Origin => ({
    source: `slack:${name}`,
    actor: `slack:${name}`,
    groups,
  })
  const house = (reward: string): RedemptionRequest => ({ reward, charge: 'house' })

  it('moves no points', async () => {
    const w = await withPoints()
    const given = await redeem(w, house('gift'))
    expect(given).toMatchObject({ charge: 'house', cost: 0, state: 'reserved', points: 0 })
    expect(await points(w)).toMatchObject({ available: 1_000, reserved: 0 })
    await move(w, given, 'fulfil')
    expect((await lines(w)).slice(0, 2).map(([, , , reason]) => reason)).toEqual([
      'Handed over: A gift',
      'A present from us: A gift',
    ])
    await clean(w)
  })
  it('above what one may give alone waits for somebody else', async () => {
    const w = await withPoints(1_000, { staff: team })
    const asked = await redeem(w, house('five-off'), slack('U01'))
    expect(asked.state).toBe('awaiting_approval')
    expect(await move(w, asked, 'approve', slack('U01'))).toMatchObject({ ok: false, code: 'forbidden' })
    expect(await move(w, asked, 'approve', slack('U07'))).toMatchObject({ ok: false, code: 'forbidden' })
    expect(await move(w, asked, 'fulfil', slack('U01'))).toMatchObject({ ok: false, code: 'conflict' })
    const both = await Promise.all([move(w, asked, 'approve', slack('U02')), move(w, asked, 'approve', slack('U02'))])
    expect(both.map((one) => one.ok)).toEqual([true, false])
    await w.app.drainOutbox()
    expect(await now(w, asked)).toMatchObject({ state: 'issued', decidedBy: 'slack:U02', requestedBy: 'slack:U01' })
    expect(w.vendor.orders).toHaveLength(1)
    await clean(w)
  })
  it('that is not approved is cancelled, says nothing to the member and does not count in the day', async () => {
    const w = await withPoints(1_000, { staff: team })
    const asked = await redeem(w, house('five-off'), slack('U01'))
    expect(await w.app.redeem(ADA, house('five-off'), slack('U01'), null)).toMatchObject({
      ok: false,
      code: 'staff_limit',
    })
    const before = await lines(w)
    expect(ok(await move(w, asked, 'reject', slack('U02')))).toMatchObject({
      state: 'cancelled',
      reason: 'Not approved',
    })
    expect(await lines(w)).toEqual(before)
    expect((await redeem(w, house('five-off'), slack('U01'))).state).toBe('awaiting_approval')
    await clean(w)
  })
  it('counts with adjustments in a staff member’s day, until the next', async () => {
    const w = await withPoints(1_000, { staff: { ...team, approvalAbovePoints: 10_000 } })
    const adjust = (points: number, origin = slack('U01')) =>
      w.app.adjustPoints(ADA, { points, reason: 'sorry' }, origin, null)
    expect((await adjust(600)).ok).toBe(true)
    expect(await w.app.redeem(ADA, house('tree'), slack('U01'), null)).toMatchObject({
      ok: false,
      code: 'staff_limit',
      message: 'You can give away 100 points more today',
    })
    expect((await redeem(w, house('mug'), slack('U01'))).state).toBe('reserved')
    expect(await adjust(1)).toMatchObject({
      ok: false,
      code: 'staff_limit',
      message: 'You can give away nothing more today',
    })
    expect((await adjust(-50)).ok).toBe(true)
    expect((await adjust(500, slack('U05', ['slack:S09']))).ok).toBe(true)
    w.clock.at += DAY
    expect((await adjust(700)).ok).toBe(true)
    await clean(w)
  })
  it('by a listed key is held like a person, with nobody to wait for', async () => {
    const w = await withPoints(1_000, { staff: team })
    const pos: Origin = { source: 'api:pos', actor: 'api:pos' }
    expect(await w.app.redeem(ADA, house('five-off'), pos, null)).toMatchObject({ ok: false, code: 'staff_limit' })
    expect(await w.app.adjustPoints(ADA, { points: 301, reason: 'x' }, pos, null)).toMatchObject({
      ok: false,
      code: 'staff_limit',
    })
    expect((await redeem(w, house('tree'), pos)).state).toBe('issued')
    const other: Origin = { source: 'api:other', actor: 'api:other' }
    expect((await redeem(w, house('five-off'), other)).state).toBe('reserved')
    await clean(w)
  })
  it('is for nobody to give where the lists are empty: forbidden', async () => {
    const w = await withPoints()
    expect(await w.app.redeem(ADA, house('mug'), slack('U01'), null)).toMatchObject({ ok: false, code: 'forbidden' })
    expect(await w.app.adjustPoints(ADA, { points: 1, reason: 'x' }, slack('U01'), null)).toMatchObject({
      ok: false,
      code: 'forbidden',
    })
  })
})

describe('a changed program', () => {
  it('does not touch what is on its way: approve, make and end go by the terms asked for', async () => {
    const store = await memoryStore()
    const team = { approvalAbovePoints: 100, issuer: ['slack:U01'], approver: ['slack:U02'] }
    const first = await withPoints(2_000, { staff: team }, { store })
    const slack = (name: string): Origin => ({ source: `slack:${name}`, actor: `slack:${name}` })
    const waiting = await redeem(first, { reward: 'five-off', charge: 'house' }, slack('U01'))
    const reserved = await redeem(first, { reward: 'back' })
    const rare = await redeem(first, { reward: 'rare' })
    const second = await open({ rewards: [], causes: [], staff: team }, { store, now: NOW + DAY })
    expect(ok(await move(second, waiting, 'approve', slack('U02'))).state).toBe('reserved')
    await second.app.drainOutbox()
    expect(await now(second, waiting)).toMatchObject({ state: 'issued', name: '$5 off' })
    expect(await now(second, reserved)).toMatchObject({ state: 'issued', name: '$5 off, kept' })
    expect(ok(await move(second, rare, 'cancel')).state).toBe('cancelled')
    await clean(second)
    second.clock.at = NOW + 30 * DAY
    await second.app.settleDue(100)
    expect((await now(second, reserved)).state).toBe('expired')
    expect(await points(second)).toMatchObject({ available: 2_000 })
    await clean(second)
  })
})

describe('rewards that are issued by themselves', () => {
  const auto = (over: object = {}, more: Partial<ProgramInput> = {}): Partial<ProgramInput> => ({
    autoRedeem: [
      { reward: 'five-off', atPoints: 500, ...over },
      { reward: 'mug', atPoints: 300, default: false },
    ],
    ...more,
  })
  const mine = async (w: World) =>
    ok(await w.app.memberRedemptions(ADA, { limit: 100 })).items.map(({ reward }) => reward)
  const buy = (w: World, dollars: number) =>
    w.deliver(stripePayment({ at: w.clock.at, amount: dollars * 100, customer: 'cus_ada' }).charge())

  it('are as many as the points suffice for', async () => {
    const w = await withPoints(1_700, auto())
    expect(await mine(w)).toEqual(['five-off', 'five-off', 'five-off'])
    expect(await points(w)).toMatchObject({ available: 200, reserved: 1_500 })
    await buy(w, 300)
    expect(await mine(w)).toHaveLength(4)
    await clean(w)
  })
  it('are what the member chose', async () => {
    const w = await withPoints(250, auto())
    expect(await mine(w)).toEqual([])
    expect(ok(await w.app.updateMember(ADA, { autoRedeem: 'mug' }, staff)).autoRedeem).toBe('mug')
    expect(await w.app.updateMember(ADA, { autoRedeem: 'tree' }, staff)).toMatchObject({
      ok: false,
      code: 'invalid_request',
    })
    expect(await w.app.updateMember(ADA, { autoRedeem: 'nothing' }, staff)).toMatchObject({
      ok: false,
      code: 'invalid_request',
    })
    await buy(w, 50)
    expect(await mine(w)).toEqual(['mug'])
    expect(ok(await w.app.updateMember(ADA, { autoRedeem: null }, staff)).autoRedeem).toBe(null)
    await clean(w)
  })
  it('are the default again where the choice is none any more, and the member is shown without it', async () => {
    const first = await withPoints(50, auto())
    ok(await first.app.updateMember(ADA, { autoRedeem: 'mug' }, staff))
    const second = await open({ autoRedeem: [] }, { store: first.store })
    expect(ok(await second.app.getMember(ADA)).autoRedeem).toBe(null)
  })
  it('wait while too many are unused, and go on when one is used', async () => {
    const w = await withPoints(1_200, auto({}, { redeeming: { maximumOpen: 1 } }))
    expect(await mine(w)).toEqual(['five-off'])
    await w.app.drainOutbox()
    const [first] = ok(await w.app.memberRedemptions(ADA, { limit: 1 })).items
    await buyWith(w, promotionCodeOf(first?.id ?? ''))
    expect(await mine(w)).toEqual(['five-off', 'five-off'])
    await clean(w)
  })
  it('are issued on certain days only, and no more than so many', async () => {
    const w = await withPoints(5_000, auto({ windows: ['03-01', '12-01'], maximumPerWindow: 3 }))
    expect(await mine(w)).toEqual([])
    w.clock.at = Date.UTC(2026, 11, 1) - 1
    await w.app.settleDue(10)
    expect(await mine(w)).toEqual([])
    w.clock.at = Date.UTC(2026, 11, 1)
    expect(await w.app.settleDue(10)).toBe(1)
    expect(await mine(w)).toHaveLength(3)
    await buy(w, 100)
    expect(await mine(w)).toHaveLength(3)
    w.clock.at = Date.UTC(2026, 11, 2)
    await buy(w, 100)
    expect(await mine(w)).toHaveLength(3)
    w.clock.at = Date.UTC(2027, 2, 1, 5)
    await w.app.settleDue(10)
    expect(await mine(w)).toHaveLength(6)
    await clean(w)
  })
  it('rest while redeeming rests, and begin by themselves when it does no more', async () => {
    const w = await withPoints(600, auto({}, { redeeming: { freeze: { from: '2026-11-01', to: '2026-12-31' } } }))
    expect(await mine(w)).toEqual([])
    w.clock.at = Date.UTC(2027, 0, 1)
    await w.app.settleDue(10)
    expect(await mine(w)).toEqual(['five-off'])
    await clean(w)
  })
  it('that Stripe refuses are not tried again before the next purchase', async () => {
    const w = await open(auto())
    w.vendor.refusing = 'No such currency'
    await buy(w, 600)
    for (let turn = 0; turn < 4; turn++) {
      w.clock.at += 1_000
      await w.app.drainOutbox()
      await w.app.settleDue(10)
    }
    expect(w.vendor.orders).toHaveLength(1)
    expect(await points(w)).toMatchObject({ available: 600, reserved: 0 })
    w.vendor.refusing = null
    w.clock.at += DAY
    await buy(w, 1)
    await w.app.drainOutbox()
    expect(ok(await w.app.memberRedemptions(ADA, { limit: 9 })).items.map(({ state }) => state)).toEqual([
      'issued',
      'cancelled',
    ])
    await clean(w)
  })
  it('are issued in slices where there are very many', async () => {
    const w = await withPoints(2_000, {
      rewards: [{ id: 'sticker', name: 'A sticker', cost: 10, fulfil: { kind: 'manual' } }],
      autoRedeem: [{ reward: 'sticker', atPoints: 10 }],
    })
    for (let turn = 0; turn < 20; turn++) {
      w.clock.at += 10
      await w.app.settleDue(10)
    }
    expect(await points(w)).toMatchObject({ available: 0, reserved: 2_000 })
    await clean(w)
  })
})

describe('a reward that an award gives', () => {
  const gives = (reward: string, more: Partial<ProgramInput> = {}): Partial<ProgramInput> => ({
    earning: [
      { id: 'purchase', on: 'purchase' },
      { id: 'review', on: 'action', action: 'review', award: { reward } },
    ],
    ...more,
  })
  const review = (w: World) => w.app.recordAction(ADA, { action: 'review' }, staff, null)
  const mine = async (w: World) => ok(await w.app.memberRedemptions(ADA, { limit: 50 })).items

  it('is free of conditions, limits and approval', async () => {
    const strict: Partial<ProgramInput> = {
      rewards: [
        {
          id: 'five-off',
          name: '$5 off',
          cost: 5_000,
          fulfil: code,
          tiers: ['gold'],
          limit: { times: 1, per: 'lifetime' },
          to: '2020-01-01',
        },
      ],
      causes: [],
      redeeming: { freeze: { from: '2026-01-01' }, maximumOpen: 1 },
      tiers: { window: { kind: 'lifetime' }, levels: levels(['base', 0], ['gold', 50_000]) },
      staff: { approvalAbovePoints: 1 },
    }
    const w = await withPoints(100, gives('five-off', strict))
    for (let turn = 0; turn < 2; turn++) {
      w.clock.at += 1_000
      expect((await review(w)).ok).toBe(true)
    }
    await w.app.drainOutbox()
    expect((await mine(w)).map(({ state, charge, grant }) => [state, charge, grant !== null])).toEqual([
      ['issued', 'house', true],
      ['issued', 'house', true],
    ])
    const awards = await w.app.listAwards('email:ada@example.org', { limit: 100 })
    const ids = awards.ok ? awards.value.items.map(({ id }) => id) : []
    for (const { grant } of await mine(w)) expect(ids).toContain(grant)
    expect(await points(w)).toMatchObject({ available: 100, redeemed: 0 })
    await clean(w)
  })
  it('is one of the stock: when that is gone, the ledger says so', async () => {
    const w = await withPoints(100, gives('rare'))
    for (let turn = 0; turn < 2; turn++) {
      w.clock.at += 1_000
      await review(w)
    }
    expect(await mine(w)).toHaveLength(1)
    const [, said] = (await lines(w)).find(([, one]) => one === 'reward_refused') ?? []
    expect(said).toBe('reward_refused')
    await clean(w)
  })
  it('falls with what it was given for, unless it was used, and is there again when that stands', async () => {
    const challenge: Partial<ProgramInput> = {
      challenges: [{ id: 'two', name: 'Two', goal: { count: 2, of: 'purchase' }, award: { reward: 'five-off' } }],
    }
    const w = await open(challenge)
    const bought = [3, 2].map((days) => stripePayment({ at: NOW - days * DAY, amount: 1_000, customer: 'cus_ada' }))
    for (const one of bought) await w.deliver(one.charge())
    await w.app.drainOutbox()
    expect((await mine(w)).map(({ state }) => state)).toEqual(['issued'])
    const [first, second] = bought
    if (first === undefined || second === undefined) throw new Error('two were bought')
    await w.deliver(second.refund(1_000, { id: 're_1', later: DAY }))
    expect((await mine(w)).map(({ isEnding }) => isEnding)).toEqual([true])
    await w.app.drainOutbox()
    expect((await mine(w)).map(({ state }) => state)).toEqual(['cancelled'])
    await w.deliver(
      second.refund(1_000, { id: 're_1', status: 'failed', type: 'refund.failed', later: DAY + 9_000, created: DAY }),
    )
    await w.app.drainOutbox()
    expect((await mine(w)).map(({ state }) => state).sort()).toEqual(['cancelled', 'issued'])
    const again = (await mine(w)).find(({ state }) => state === 'issued')
    await buyWith(w, promotionCodeOf(again?.id ?? ''))
    await w.deliverAll([first.refunded(1_000, 2.5 * DAY), second.refund(1_000, { id: 're_2', later: 1.9 * DAY })])
    await w.app.drainOutbox()
    expect((await mine(w)).map(({ state }) => state).sort()).toEqual(['cancelled', 'used'])
    await clean(w)
  })
})

describe('members who change', () => {
  it('lose what is open when they are erased: codes are ended, notes forgotten', async () => {
    const w = await withPoints(2_000)
    const issued = await redeem(w, { reward: 'five-off', reason: 'Անահիտ liked it', note: 'ሰላም' })
    await w.app.drainOutbox()
    const reserved = await redeem(w, { reward: 'mug', note: 'for Əliyə' })
    const copy = JSON.stringify(ok(await w.app.exportMember(ADA)))
    for (const typed of ['Անահիտ liked it', 'ሰላም', 'for Əliyə']) expect(copy).toContain(typed)
    await w.app.eraseMember(ADA, staff)
    expect(await now(w, reserved)).toMatchObject({ state: 'cancelled', note: null })
    expect(await now(w, issued)).toMatchObject({ state: 'issued', isEnding: true, note: null })
    await w.app.drainOutbox()
    expect(w.vendor.ended.size).toBe(1)
    expect((await now(w, issued)).state).toBe('cancelled')
    await clean(w)
  })
  it('keep what they have when two prove to be one', async () => {
    const w = await withPoints(1_000)
    const asked = await redeem(w, { reward: 'five-off' })
    await w.app.enrolMember({ email: 'ada@work.example' }, staff, null)
    await w.app.mergeMembers(ADA, 'email:ada@work.example', staff, null)
    const target = ok(await w.app.getMember('email:ada@work.example'))
    expect(await now(w, asked)).toMatchObject({ member: target.id })
    await w.app.drainOutbox()
    expect((await now(w, asked)).state).toBe('issued')
    ok(await move(w, asked, 'cancel'))
    await w.app.drainOutbox()
    expect(await points(w, 'email:ada@work.example')).toMatchObject({ available: 1_000, reserved: 0, redeemed: 0 })
    await clean(w)
  })
  it.each(['suspended', 'left'] as const)('cannot redeem while %s: member_inactive', async (status) => {
    const w = await withPoints()
    await w.app.updateMember(ADA, { status }, staff)
    for (const charge of ['member', 'house'] as const)
      expect(await w.app.redeem(ADA, { reward: 'mug', charge }, staff, null)).toMatchObject({
        ok: false,
        code: 'member_inactive',
      })
  })
})

describe('verify', () => {
  it('finds points and stock that rewards and books disagree on', async () => {
    const w = await withPoints()
    const rare = await redeem(w, { reward: 'rare' })
    const tree = await redeem(w, { reward: 'tree' })
    await clean(w)
    await w.store.commit((tx) => {
      const redemptions = [...tx.redemptions([rare.id, tree.id]).values()].map((one) => ({ ...one, taken: [] }))
      const counters = [...tx.counters(['stock:rare']).values()].map((one) => ({ ...one, value: 7 }))
      return { outcome: null, changes: { redemptions, counters } }
    })
    expect((await w.app.verify()).discrepancies).toEqual([
      { what: 'points set aside', id: rare.member, expected: '0', found: '100' },
      { what: 'points in rewards', id: rare.member, expected: '0', found: '200' },
      { what: 'stock', id: 'rare', expected: '1', found: '7' },
    ])
  })
})

describe('points that a reward holds', () => {
  it.each(['owe', 'forgive'] as const)(
    'of a purchase refunded meanwhile (%s) are nobody’s gain when it is cancelled',
    async (shortfall) => {
      const w = await open({ points: { shortfall } })
      const payment = stripePayment({ at: NOW - DAY, amount: 10_000 })
      await w.deliver(payment.charge())
      const mug = await redeem(w, { reward: 'mug' })
      await w.deliver(payment.refunded(10_000))
      await clean(w)
      expect(await points(w)).toMatchObject({ available: shortfall === 'owe' ? -100 : 0, reserved: 100 })
      ok(await move(w, mug, 'cancel'))
      expect(await points(w)).toMatchObject({ available: 0, reserved: 0, earned: 0 })
      await clean(w)
    },
  )
  it.each(['owe', 'forgive'] as const)(
    'of a purchase that proves to be somebody else’s (%s) come back to nobody else',
    async (shortfall) => {
      const rewards = [{ id: 'mug', name: 'A mug', cost: 120, fulfil: { kind: 'manual' as const } }]
      const w = await open({ points: { shortfall }, rewards })
      const wrong = 'email:wrong@example.org'
      const right = 'email:right@example.org'
      await w.deliver(stripePayment({ at: NOW - 9 * DAY, amount: 5_000, email: 'wrong@example.org' }).charge())
      const moved = stripePayment({ at: NOW - 10 * DAY, amount: 10_000, email: 'right@example.org' })
      await w.deliver(moved.charge({ billing_details: { email: 'wrong@example.org' } }))
      const mug = await redeem(w, { reward: 'mug' }, staff, wrong)
      await w.deliver(moved.session())
      expect(await points(w, right)).toMatchObject({ available: 100, reserved: 0 })
      await clean(w)
      await redeem(w, { reward: 'mug', charge: 'house' }, staff, right)
      ok(await move(w, mug, 'cancel'))
      expect(await points(w, wrong)).toMatchObject({ available: 50, reserved: 0, earned: 50 })
      expect(await points(w, right)).toMatchObject({ available: 100, earned: 100 })
      await clean(w)
    },
  )
  it('count as being active though the last purchase is refunded', async () => {
    const w = await withPoints(1_000, { points: { expiry: { kind: 'inactivity', months: 2 } } })
    const last = stripePayment({ at: NOW, amount: 1_000 })
    await w.deliver(last.charge())
    w.clock.at = NOW + 40 * DAY
    await redeem(w, { reward: 'mug' })
    await w.deliver(last.refunded(1_000, 41 * DAY))
    w.clock.at = NOW + 70 * DAY
    await w.app.settleDue(10)
    expect(await points(w)).toMatchObject({ available: 900, expired: 0 })
    await clean(w)
  })
  it('count as being active: what ends by inactivity lives on', async () => {
    const w = await withPoints(1_000, { points: { expiry: { kind: 'inactivity', months: 2 } } })
    w.clock.at = NOW + 40 * DAY
    await redeem(w, { reward: 'mug' })
    w.clock.at = NOW + 70 * DAY
    await w.app.settleDue(10)
    expect(await points(w)).toMatchObject({ available: 900, expired: 0 })
    await clean(w)
  })
})

describe('what can be had', () => {
  it('is listed with what is left and whether it is open', async () => {
    const w = await withPoints(1_000, {
      rewards: [
        { id: 'rare', name: 'A rare one', cost: 100, fulfil: { kind: 'manual' }, stock: 2 },
        { id: 'past', name: 'Past', cost: 100, fulfil: { kind: 'manual' }, to: '2026-11-21' },
        { id: 'dear', name: 'Dear', cost: 1_260, fulfil: { kind: 'manual' } },
        { id: 'gold', name: 'For gold', cost: 10, fulfil: { kind: 'manual' }, tiers: ['gold'] },
      ],
      tiers: { window: { kind: 'lifetime' }, levels: levels(['base', 0], ['gold', 5_000]) },
    })
    await redeem(w, { reward: 'rare' })
    expect((await w.app.listRewards()).map(({ id, left, open: isOpen }) => [id, left, isOpen])).toEqual([
      ['rare', 1, true],
      ['past', null, false],
      ['dear', null, true],
      ['gold', null, true],
    ])
    const { available, rewards: all } = ok(await w.app.memberRewards(ADA))
    expect(available).toBe(900)
    expect(
      all.map(({ id, refusal, balanceAfter }) => [id, refusal?.code ?? null, refusal?.message ?? null, balanceAfter]),
    ).toEqual([
      ['rare', null, null, 800],
      ['past', 'reward_closed', 'This could be had until Nov 21, 2026', null],
      ['dear', 'insufficient_points', 'You need 360 more points', null],
      ['gold', 'not_eligible', 'This is for Gold members', null],
    ])
  })
  it('is paged, newest first, by state', async () => {
    const w = await withPoints(1_000)
    const ids: string[] = []
    for (let turn = 0; turn < 5; turn++) {
      w.clock.at += 1_000
      ids.unshift((await redeem(w, { reward: 'mug' })).id)
    }
    await move(w, { id: ids[2] ?? '' }, 'fulfil')
    for (const page of [
      (cursor?: string) => w.app.listRedemptions({ limit: 2, ...(cursor && { cursor }) }),
      (cursor?: string) => w.app.memberRedemptions(ADA, { limit: 2, ...(cursor && { cursor }) }),
    ]) {
      const seen: string[] = []
      for (let cursor: string | undefined; ; ) {
        const { items, next } = ok(await page(cursor))
        seen.push(...items.map(({ id }) => id))
        if (next === null) break
        cursor = next
      }
      expect(seen).toEqual(ids)
      expect(await page('; DROP TABLE redemption')).toMatchObject({ ok: false, code: 'invalid_request' })
    }
    expect(ok(await w.app.listRedemptions({ state: 'issued', limit: 9 })).items.map(({ id }) => id)).toEqual([ids[2]])
  })
  it('answers a call sent again with the first answer', async () => {
    const w = await withPoints()
    const key = { holder: 'k', route: 'r', key: '1', hash: 'h' }
    const [one, other] = [
      await w.app.redeem(ADA, { reward: 'mug' }, staff, key),
      await w.app.redeem(ADA, { reward: 'mug' }, staff, key),
    ]
    expect(other).toEqual(one)
    expect(await w.app.redeem(ADA, { reward: 'mug' }, staff, { ...key, hash: 'x' })).toMatchObject({
      ok: false,
      code: 'idempotency_conflict',
    })
    expect(await points(w)).toMatchObject({ reserved: 100 })
  })
})
