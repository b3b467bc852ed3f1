// Whatever happens to rewards, in whatever order and however often it is said: the books agree with their journal and with
// the rewards after every step, no point comes from nowhere, and no stock or limit is exceeded.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RedemptionStep, RedemptionView } from '../../src/app/ports.ts'
import type { RewardFact, RewardOrder } from '../../src/core/facts.ts'
import type { ProgramInput } from '../../src/program/schema.ts'
import { makeProgram } from '../support/programs.ts'
import { promotionCodeOf, REWARD_KIND, RewardVendor } from '../support/reward-vendor.ts'
import { type StripeEvent, stripePayment } from '../support/stripe-events.ts'
import { createWorld, staff, type World } from '../support/world.ts'

const RUNS = Number(process.env.PROPERTY_RUNS ?? 60)
const NOW = Date.UTC(2026, 10, 22, 12)
const DAY = 86_400_000
const STEPS = 40
const SHOPPERS = 2
const STOCK = 2
/** Never reached, but counted. */
const PLENTY = 1_000
const PER_MONTH = 3
const MAXIMUM_OPEN = 4

const REWARDS = ['code', 'kept', 'credit', 'mug', 'tree', 'rare'] as const
const code = { kind: 'promotion_code' as const, amountOff: 5 }
const rewards: ProgramInput['rewards'] = [
  { id: 'code', name: '$5 off', cost: 60, fulfil: code, validDays: 20, stock: PLENTY },
  { id: 'kept', name: '$5 off, kept', cost: 40, fulfil: code, validDays: 10, onExpiry: 'return', stock: PLENTY },
  { id: 'credit', name: '$5', cost: 50, fulfil: { kind: 'credit', amount: 5 }, stock: PLENTY },
  {
    id: 'mug',
    name: 'A mug',
    cost: 30,
    fulfil: { kind: 'manual' },
    limit: { times: PER_MONTH, per: 'month' },
  },
  { id: 'tree', name: 'A tree', cost: 20, fulfil: { kind: 'donation', cause: 'trees', amount: 1 } },
  { id: 'rare', name: 'Rare', cost: 10, fulfil: { kind: 'manual' }, stock: STOCK },
]

const TREES = [{ id: 'trees', name: 'Trees' }]

const anyProgram = fc
  .record({
    shortfall: fc.constantFrom('owe' as const, 'forgive' as const),
    expiry: fc.constantFrom<NonNullable<NonNullable<ProgramInput['points']>['expiry']>>(
      { kind: 'never' },
      { kind: 'after', months: 1 },
      { kind: 'inactivity', months: 2 },
    ),
    holdDays: fc.constantFrom(0, 0, 14),
    auto: fc.constantFrom(null, null, 'code', 'tree'),
    windows: fc.constantFrom<string[]>([], [], ['11-30', '12-24']),
    maximumOpen: fc.constantFrom(null, MAXIMUM_OPEN),
  })
  .map(
    ({ auto, windows, maximumOpen, ...points }): Partial<ProgramInput> => ({
      points,
      rewards,
      causes: TREES,
      redeeming: { maximumOpen },
      ...(auto && { autoRedeem: [{ reward: auto, atPoints: 90, windows, maximumPerWindow: 2 }] }),
    }),
  )

type Command =
  | { do: 'buy'; shopper: number; dollars: number; redemption: number | null }
  | { do: 'refund'; payment: number; percent: number }
  | { do: 'fail refund'; payment: number }
  | { do: 'adjust'; shopper: number; points: number }
  | { do: 'redeem'; shopper: number; reward: (typeof REWARDS)[number]; charge: 'member' | 'house' }
  | { do: 'move'; redemption: number; step: RedemptionStep }
  | { do: 'vendor makes'; index: number; refuses: boolean; answers: boolean }
  | { do: 'vendor says again'; index: number }
  | { do: 'code used'; redemption: number }
  | { do: 'repeat'; event: number }
  | { do: 'wait'; days: number }
  | { do: 'settle' }
  | { do: 'merge'; shopper: number; into: number }
  | { do: 'status'; shopper: number; status: 'active' | 'suspended' | 'left' }
  | { do: 'erase'; shopper: number }

const shopper = fc.nat(SHOPPERS - 1)
const redemption = fc.nat(4)
const payment = fc.nat(4)
const any = <Made>(weight: number, arbitrary: fc.Arbitrary<Made>) => ({ weight, arbitrary })

const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  any(
    6,
    fc.record({
      do: fc.constant('buy' as const),
      shopper,
      dollars: fc.integer({ min: 50, max: 300 }),
      redemption: fc.option(redemption),
    }),
  ),
  any(5, fc.record({ do: fc.constant('refund' as const), payment, percent: fc.constantFrom(50, 100, 100) })),
  any(3, fc.record({ do: fc.constant('fail refund' as const), payment })),
  any(2, fc.record({ do: fc.constant('adjust' as const), shopper, points: fc.integer({ min: -100, max: 100 }) })),
  any(
    10,
    fc.record({
      do: fc.constant('redeem' as const),
      shopper,
      reward: fc.constantFrom(...REWARDS),
      charge: fc.constantFrom('member' as const, 'member' as const, 'house' as const),
    }),
  ),
  any(
    5,
    fc.record({
      do: fc.constant('move' as const),
      redemption,
      step: fc.constantFrom<RedemptionStep>('fulfil', 'cancel', 'cancel', 'approve', 'reject'),
    }),
  ),
  any(
    7,
    fc.record({
      do: fc.constant('vendor makes' as const),
      index: fc.nat(9),
      refuses: fc.constantFrom(false, false, false, true),
      answers: fc.constantFrom(true, true, false),
    }),
  ),
  any(4, fc.record({ do: fc.constant('vendor says again' as const), index: fc.nat(30) })),
  any(3, fc.record({ do: fc.constant('code used' as const), redemption })),
  any(3, fc.record({ do: fc.constant('repeat' as const), event: fc.nat(60) })),
  any(4, fc.record({ do: fc.constant('wait' as const), days: fc.constantFrom(1, 9, 12, 25, 70) })),
  any(3, fc.record({ do: fc.constant('settle' as const) })),
  any(1, fc.record({ do: fc.constant('merge' as const), shopper, into: shopper })),
  any(
    1,
    fc.record({
      do: fc.constant('status' as const),
      shopper,
      status: fc.constantFrom('active' as const, 'suspended' as const, 'left' as const),
    }),
  ),
  any(1, fc.record({ do: fc.constant('erase' as const), shopper })),
)

const emailOf = (who: number): string => `shopper${who}@example.org`
const refOf = (who: number): string => `email:${emailOf(who)}`

interface Bought {
  made: ReturnType<typeof stripePayment>
  amount: number
  at: number
  refunds: { id: string; part: number; later: number }[]
}

class Counter {
  readonly bought: Bought[] = []
  readonly sent: StripeEvent[] = []
  /** What the vendor did, told or not. */
  readonly facts: RewardFact[] = []
  readonly vendor = new RewardVendor()
  readonly world: World

  constructor(world: World) {
    this.world = world
  }

  async redemptions(): Promise<RedemptionView[]> {
    const page = await this.world.app.listRedemptions({ limit: 500 })
    return page.ok ? page.value.items.reverse() : []
  }

  async #pick(index: number): Promise<RedemptionView | undefined> {
    const all = await this.redemptions()
    return all.at(-1 - (index % Math.max(1, all.length)))
  }

  async #send(...events: StripeEvent[]): Promise<void> {
    this.sent.push(...events)
    for (const event of events) expect(await this.world.deliver(event)).toBe('recorded')
  }

  #learn(fact: RewardFact) {
    return this.world.app.learnFacts({ source: 'stripe:test', livemode: null, facts: [fact], lookups: [] })
  }

  async run(command: Command): Promise<void> {
    const { app, clock } = this.world
    clock.at += 10_000
    switch (command.do) {
      case 'buy':
        return this.#buy(command)
      case 'refund':
        return this.#refund(command)
      case 'fail refund':
        return this.#failRefund(command.payment)
      case 'adjust':
        if (command.points !== 0)
          await app.adjustPoints(refOf(command.shopper), { points: command.points, reason: 'staff' }, staff, null)
        return
      case 'redeem':
        await app.redeem(refOf(command.shopper), { reward: command.reward, charge: command.charge }, staff, null)
        return
      case 'move': {
        const one = await this.#pick(command.redemption)
        if (one) await app.moveRedemption(one.id, command.step, {}, staff, null)
        return
      }
      case 'vendor makes':
        return this.#vendor(command)
      case 'vendor says again': {
        const fact = this.facts[command.index % Math.max(1, this.facts.length)]
        if (fact) await this.#learn(fact)
        return
      }
      case 'code used':
        return this.#count(command.redemption)
      case 'repeat': {
        const again = this.sent[command.event % Math.max(1, this.sent.length)]
        if (again) await this.world.deliver(again)
        return
      }
      case 'wait':
        clock.at += command.days * DAY
        return
      case 'settle':
        await app.settleDue(100)
        return
      case 'merge':
        await app.mergeMembers(refOf(command.shopper), refOf(command.into), staff, null)
        return
      case 'status':
        await app.updateMember(refOf(command.shopper), { status: command.status }, staff)
        return
      case 'erase':
        await app.eraseMember(refOf(command.shopper), staff)
        return
      default: {
        const unknown: never = command
        return unknown
      }
    }
  }

  async #buy({ shopper: who, dollars, redemption: index }: Command & { do: 'buy' }): Promise<void> {
    const at = this.world.clock.at - 5_000
    const made = stripePayment({ at, amount: dollars * 100, email: emailOf(who), customer: `cus_${who}` })
    this.bought.push({ made, amount: dollars * 100, at, refunds: [] })
    const session = made.session()
    const used = index === null ? undefined : await this.#pick(index)
    // Only what was made can be used, and what was ended or used cannot.
    const promotionCode = used && promotionCodeOf(used.id)
    if (used && promotionCode && this.#canBeUsed(used.id)) {
      this.vendor.used.add(promotionCode)
      session.data.object.discounts = [{ coupon: null, promotion_code: promotionCode }]
    }
    await this.#send(made.charge(), session)
  }

  #canBeUsed(id: string): boolean {
    const promotionCode = promotionCodeOf(id)
    const made = this.vendor.made.get(id)
    return (
      made !== undefined &&
      made.promotionCode !== null &&
      !this.vendor.ended.has(promotionCode) &&
      !this.vendor.used.has(promotionCode)
    )
  }

  /** The newer ones more often than those of long ago. */
  #payment(index: number): Bought | undefined {
    return this.bought.at(-1 - (index % Math.max(1, this.bought.length)))
  }

  async #refund({ payment: index, percent }: Command & { do: 'refund' }): Promise<void> {
    const one = this.#payment(index)
    if (one === undefined) return
    const left = one.amount - one.refunds.reduce((sum, { part }) => sum + part, 0)
    const part = Math.min(left, Math.ceil((one.amount * percent) / 100))
    if (part === 0) return
    const id = `re_${one.made.pi}_${this.sent.length}`
    const later = this.world.clock.at - one.at
    one.refunds.push({ id, part, later })
    await this.#send(one.made.refund(part, { id, later }))
  }

  async #failRefund(index: number): Promise<void> {
    const one = this.#payment(index)
    const failed = one?.refunds.pop()
    if (one === undefined || failed === undefined) return
    const { id, part, later: created } = failed
    const later = this.world.clock.at - one.at + 1_000
    await this.#send(one.made.refund(part, { id, status: 'failed', type: 'refund.failed', later, created }))
  }

  /** Takes any order that waits. Its answer may be lost: then the order stays and is taken again. */
  async #vendor({ index, refuses, answers }: Command & { do: 'vendor makes' }): Promise<void> {
    const rows = await this.world.store.dueEffects({ kinds: [REWARD_KIND], now: this.world.clock.at, limit: 50 })
    const row = rows[index % Math.max(1, rows.length)]
    if (row === undefined) return
    this.vendor.refusing = refuses ? 'Not today' : null
    const fact = this.vendor.carryOut(row.payload as RewardOrder)
    this.facts.push(fact)
    if (!answers) return
    await this.#learn(fact)
    await this.world.store.acknowledge([row])
  }

  async #count(index: number): Promise<void> {
    const one = await this.#pick(index)
    if (one === undefined || !this.#canBeUsed(one.id)) return
    const promotionCode = promotionCodeOf(one.id)
    this.vendor.used.add(promotionCode)
    const fact: RewardFact = {
      kind: 'code',
      promotionCode,
      at: this.world.clock.at,
      timesRedeemed: 1,
      active: false,
    }
    this.facts.push(fact)
    await this.#learn(fact)
  }

  /** All that was said is said again, everything that waits is delivered, and then nothing is news any more. */
  async finish(): Promise<void> {
    for (const fact of this.facts) await this.#learn(fact)
    for (let turn = 0; turn < 60; turn++) {
      await this.run({ do: 'vendor makes', index: 0, refuses: false, answers: true })
      await this.world.app.settleDue(100)
    }
    for (const fact of this.facts) expect((await this.#learn(fact)).changed).toBe(0)
  }
}

/** Points come from the program or were forgiven, and go nowhere but back, to causes, or are forfeited. */
async function expectConserved(world: World, forgives: boolean): Promise<void> {
  const members = await world.store.membersAfter('', 100)
  const rows = await world.store.entriesOf(members.map(({ id }) => id))
  let [given, spent] = [0, 0]
  for (const [from, to, points] of rows.flatMap(({ postings }) => postings)) {
    expect(points).toBeGreaterThan(0)
    if (!forgives) expect([from, to]).not.toContain('forgiven')
    const outside = (account: string): number => Number(account === 'program' || account === 'forgiven')
    given += (outside(from) - outside(to)) * points
    const ended = (account: string): number =>
      Number(account === 'redeemed' || account === 'forfeited' || account.startsWith('cause/'))
    spent += (ended(to) - ended(from)) * points
  }
  const sum = (part: 'available' | 'pending' | 'reserved' | 'redeemed' | 'expired') =>
    members.reduce((total, one) => total + one[part], 0)
  expect(sum('available') + sum('pending') + sum('reserved') + sum('redeemed') + sum('expired')).toBe(given)
  expect(sum('redeemed')).toBe(spent)
}

async function expectSound(counter: Counter, forgives: boolean): Promise<void> {
  const { world } = counter
  expect((await world.app.verify()).discrepancies).toEqual([])
  await expectConserved(world, forgives)
  const all = await counter.redemptions()
  const standing = (id: string) => all.filter(({ reward, state }) => reward === id && state !== 'cancelled')
  expect(standing('rare').length).toBeLessThanOrEqual(STOCK)
  for (const [id, replacements] of Map.groupBy(all, ({ again }) => again))
    if (id !== null)
      expect(
        replacements.filter(({ state, isEnding }) => state !== 'cancelled' && !isEnding).length,
      ).toBeLessThanOrEqual(1)
  for (const one of all) {
    const open = one.state === 'reserved' || one.state === 'awaiting_approval'
    expect(one.code === null || !open, 'a code that does not work yet is shown').toBe(true)
    if (one.state === 'cancelled') expect(one.points).toBe(0)
    if (one.charge === 'house') expect([one.cost, one.points]).toEqual([0, 0])
  }
}

/** Of those whose answers all came: what Stripe made and nobody ended is the member's, and the other way round. */
async function expectAgreed(counter: Counter): Promise<void> {
  const { vendor } = counter
  const unfinished = await counter.world.store.dueEffects({
    kinds: [REWARD_KIND],
    now: counter.world.clock.at,
    limit: 500,
  })
  expect(unfinished).toEqual([])
  for (const one of await counter.redemptions()) {
    const promotionCode = promotionCodeOf(one.id)
    if (one.kind === 'promotion_code') {
      if (vendor.used.has(promotionCode)) expect([one.id, one.state]).toEqual([one.id, 'used'])
      else if (one.state === 'cancelled' && vendor.made.has(one.id))
        expect(vendor.ended, `the code of ${one.id}`).toContain(promotionCode)
      else if (one.state === 'issued') expect(vendor.ended, `the code of ${one.id}`).not.toContain(promotionCode)
    }
    if (one.kind === 'credit' && vendor.made.has(one.id)) expect([one.id, one.state]).toEqual([one.id, 'issued'])
    expect(['credit', 'promotion_code'].includes(one.kind) && one.state === 'reserved').toBe(false)
  }
}

describe('what Stripe says of a code and the order it was used on', () => {
  test('ends in the same, in any order and however often', async () => {
    const told = fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 })
    const moreTold = fc.array(fc.nat(5), { maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(told, moreTold, fc.boolean(), async (order, again, fails) => {
        const world = await createWorld({ program: makeProgram({ rewards, causes: TREES }), now: NOW })
        const { app } = world
        await world.deliver(stripePayment({ at: NOW - DAY, amount: 10_000, customer: 'cus_ada' }).charge())
        const asked = await app.redeem('stripe:cus_ada', { reward: 'code' }, staff, null)
        if (!asked.ok) throw new Error(asked.message)
        const { id } = asked.value
        const promotionCode = promotionCodeOf(id)
        const payment = stripePayment({ at: NOW, amount: 2_000, customer: 'cus_ada' })
        const session = payment.session()
        session.data.object.discounts = [{ coupon: null, promotion_code: promotionCode }]
        const made = { code: 'K7QXM-2HT9R', promotionCode, coupon: null, transaction: null }
        const learn = (fact: RewardFact) =>
          app.learnFacts({ source: 'stripe:test', livemode: null, facts: [fact], lookups: [] })
        const refund = { id: 're_1', status: 'succeeded' }
        const failure = { ...refund, status: 'failed', type: 'refund.failed', later: 200_000, created: 100_000 }
        const says = [
          () => learn({ kind: 'reward_made', redemption: id, ...made }),
          () => learn({ kind: 'code', promotionCode, at: NOW, timesRedeemed: 1, active: false }),
          () => world.deliver(payment.charge()),
          () => world.deliver(session),
          () => world.deliver(payment.refund(2_000, refund)),
          () => world.deliver(fails ? payment.refund(2_000, failure) : payment.intent()),
        ]
        for (const index of [...order, ...again]) {
          await says[index]?.()
          expect((await app.verify()).discrepancies).toEqual([])
        }
        const page = await app.listRedemptions({ limit: 50 })
        const all = page.ok ? page.value.items : []
        expect(all.find((one) => one.id === id)).toMatchObject({
          state: 'used',
          usedBy: expect.stringMatching(/^pay_/),
        })
        const standing = all.filter((one) => one.again === id && one.state !== 'cancelled')
        expect(standing.map(({ state }) => state)).toEqual(fails ? [] : ['reserved'])
        await world.close()
      }),
      { numRuns: RUNS },
    )
  }, 60_000)
})

describe('any mix of rewards, orders and answers', () => {
  test(
    'leaves books that agree, points conserved, stock and limits kept',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          anyProgram,
          fc.array(anyCommand, { maxLength: STEPS, size: 'max' }),
          async (input, commands) => {
            const world = await createWorld({ program: makeProgram(input), now: NOW })
            const counter = new Counter(world)
            const forgives = input.points?.shortfall === 'forgive'
            for (const one of commands) {
              await counter.run(one)
              await expectSound(counter, forgives)
            }
            await counter.finish()
            await expectSound(counter, forgives)
            await expectAgreed(counter)
            await world.close()
          },
        ),
        { numRuns: RUNS },
      )
    },
    20_000 + RUNS * 1_000,
  )
})
