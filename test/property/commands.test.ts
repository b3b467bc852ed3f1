// Whatever happens to members, in whatever order, under whatever program: refunds never take more than was earned nor
// twice what expired, no point comes from nowhere, and the books agree with their journal after every step.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { LedgerRow } from '../../src/app/store-port.ts'
import type { ProgramInput } from '../../src/program/schema.ts'
import { levels, makeProgram } from '../support/programs.ts'
import { type StripeEvent, stripePayment } from '../support/stripe-events.ts'
import { createWorld, staff, type World } from '../support/world.ts'

const RUNS = Number(process.env.PROPERTY_RUNS ?? 60)
const NOW = Date.UTC(2026, 10, 22, 12)
const DAY = 86_400_000
const STEP_MS = 10_000
const SHOPPERS = 3
const STEPS = 24

// ------------------------------------------------------------------------------------------------------- programs

type Points = NonNullable<ProgramInput['points']>

const expiry = fc.constantFrom<NonNullable<Points['expiry']>>(
  { kind: 'never' },
  { kind: 'after', months: 1 },
  { kind: 'after', months: 12 },
  { kind: 'inactivity', months: 2 },
  { kind: 'calendar', month: 12, day: 31, afterYears: 0 },
  { kind: 'calendar', month: 1, day: 31, afterYears: 1 },
)

const tiers = fc.constantFrom<ProgramInput['tiers'] | undefined>(
  undefined,
  { window: { kind: 'lifetime' }, levels: levels(['base', 0], ['gold', 150, { multiplier: 1.5 }]) },
  {
    window: { kind: 'rolling', months: 3 },
    levels: levels(['base', 0], ['gold', 80, { multiplier: 2, expiry: { kind: 'never' } }]),
  },
  {
    metric: 'spend',
    downgrade: 'one_step',
    levels: levels(['base', 0], ['silver', 50], ['gold', 120, { multiplier: 1.25 }]),
  },
)

const program = fc
  .record({
    expiry,
    tiers,
    holdDays: fc.constantFrom(0, 0, 14, 45),
    shortfall: fc.constantFrom('owe', 'forgive'),
    rounding: fc.constantFrom('floor', 'nearest', 'ceil'),
    automatic: fc.constantFrom(true, true, false),
  })
  .map(
    ({ tiers: levels, automatic, ...points }): Partial<ProgramInput> => ({
      points,
      enrolment: { automatic, creditPastDays: 60 },
      ...(levels && { tiers: levels }),
    }),
  )

// ------------------------------------------------------------------------------------------------------- commands

type Command =
  | { do: 'buy'; shopper: number; amount: number; daysAgo: number; told: number }
  | { do: 'refund'; payment: number; percent: number; state: 'pending' | 'succeeded'; snapshot: boolean }
  | { do: 'fail refund'; payment: number }
  | { do: 'dispute'; payment: number; turn: 'withdrawn' | 'won' | 'lost' }
  | { do: 'adjust'; shopper: number; points: number }
  | { do: 'wait'; days: number }
  | { do: 'settle' }
  | { do: 'merge'; shopper: number; into: number }
  | { do: 'enrol'; shopper: number }
  | { do: 'repeat'; event: number }

const shopper = fc.nat(SHOPPERS - 1)
const payment = fc.nat(20)

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('buy' as const),
      shopper,
      amount: fc.integer({ min: 50, max: 20_000 }),
      daysAgo: fc.constantFrom(0, 1, 20, 70, 400),
      told: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('refund' as const),
      payment,
      percent: fc.constantFrom(1, 33, 50, 100),
      state: fc.constantFrom('pending' as const, 'succeeded' as const),
      snapshot: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('fail refund' as const), payment }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('dispute' as const),
      payment,
      turn: fc.constantFrom('withdrawn' as const, 'won' as const, 'lost' as const),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('adjust' as const), shopper, points: fc.integer({ min: -120, max: 80 }) }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), days: fc.constantFrom(1, 15, 40, 100, 380) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('settle' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('merge' as const), shopper, into: shopper }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('enrol' as const), shopper }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('repeat' as const), event: fc.nat(60) }) },
)

// ------------------------------------------------------------------------------------------------------- the world

interface Bought {
  made: ReturnType<typeof stripePayment>
  amount: number
  at: number
  /** Refunds in force: id and part. */
  refunds: { id: string; part: number; at: number }[]
  disputed: boolean
}

class Shop {
  readonly bought: Bought[] = []
  readonly sent: StripeEvent[] = []
  readonly world: World

  constructor(world: World) {
    this.world = world
  }

  async run(command: Command): Promise<void> {
    const { app, clock } = this.world
    // Stripe counts in seconds: of what happens within one, nobody knows the order.
    clock.at += STEP_MS
    switch (command.do) {
      case 'buy':
        return this.#buy(command)
      case 'refund':
        return this.#refund(command)
      case 'fail refund':
        return this.#failRefund(this.#pick(command.payment))
      case 'dispute':
        return this.#dispute(this.#pick(command.payment), command.turn)
      case 'adjust':
        if (command.points !== 0)
          await app.adjustPoints(refOf(command.shopper), { points: command.points, reason: 'staff' }, staff, null)
        return
      case 'wait':
        clock.at += command.days * DAY
        return
      case 'settle':
        await app.settleDue(100)
        return
      case 'merge':
        await app.mergeMembers(refOf(command.shopper), refOf(command.into), staff, null)
        return
      case 'enrol':
        await app.enrolMember({ email: emailOf(command.shopper) }, staff, null)
        return
      case 'repeat': {
        const again = this.sent[command.event % Math.max(1, this.sent.length)]
        if (again) await this.world.deliver(again)
        return
      }
      default: {
        const unknown: never = command
        return unknown
      }
    }
  }

  async #send(...events: StripeEvent[]): Promise<void> {
    this.sent.push(...events)
    for (const event of events) expect(await this.world.deliver(event)).toBe('recorded')
  }

  #pick(index: number): Bought | null {
    return this.bought[index % Math.max(1, this.bought.length)] ?? null
  }

  /** Milliseconds from the payment until now, which its makers count in. */
  #since = ({ at }: Bought): number => this.world.clock.at - at

  async #buy({ shopper: who, amount, daysAgo, told }: Command & { do: 'buy' }): Promise<void> {
    const at = this.world.clock.at - daysAgo * DAY - 10_000
    const made = stripePayment({ at, amount, email: emailOf(who) })
    this.bought.push({ made, amount, at, refunds: [], disputed: false })
    await this.#send(...[made.charge(), made.session(), made.intent()].slice(0, told))
  }

  async #refund({ payment: index, percent, state, snapshot }: Command & { do: 'refund' }): Promise<void> {
    const one = this.#pick(index)
    if (one === null) return
    const left = one.amount - one.refunds.reduce((sum, { part }) => sum + part, 0)
    const part = Math.min(left, Math.ceil((one.amount * percent) / 100))
    if (part === 0) return
    const id = `re_${one.made.pi}_${this.sent.length}`
    const later = this.#since(one)
    one.refunds.push({ id, part, at: later })
    await this.#send(one.made.refund(part, { id, status: state, later }))
    if (snapshot) await this.#send(one.made.refunded(one.amount - left + part, later))
  }

  async #failRefund(one: Bought | null): Promise<void> {
    const failed = one?.refunds.pop()
    if (one === null || failed === undefined) return
    const later = this.#since(one) + 1_000
    await this.#send(
      one.made.refund(failed.part, {
        id: failed.id,
        status: 'failed',
        type: 'refund.failed',
        later,
        created: failed.at,
      }),
    )
  }

  async #dispute(one: Bought | null, turn: 'withdrawn' | 'won' | 'lost'): Promise<void> {
    if (one === null) return
    const later = this.#since(one) + 2_000
    one.disputed = turn !== 'won'
    if (turn === 'withdrawn')
      await this.#send(one.made.dispute('funds_withdrawn', 'needs_response', one.amount, { later }))
    else if (turn === 'lost') await this.#send(one.made.dispute('closed', 'lost', one.amount, { later }))
    else await this.#send(one.made.dispute('funds_reinstated', 'won', one.amount, { later }))
  }
}

const emailOf = (who: number): string => `shopper${who}@example.org`
const refOf = (who: number): string => `email:${emailOf(who)}`

// ------------------------------------------------------------------------------------------------------- what holds

async function journal({ store }: World): Promise<LedgerRow[]> {
  const members = await store.membersAfter('', 100)
  return store.entriesOf(members.map(({ id }) => id))
}

/** Points of members come from the program and from what was forgiven, and go nowhere else. */
async function expectConserved(world: World, rows: readonly LedgerRow[]): Promise<void> {
  const outside = new Set(['program', 'forgiven', 'forfeited'])
  let given = 0
  for (const [from, to, points] of rows.flatMap(({ postings }) => postings)) {
    expect(points).toBeGreaterThan(0)
    given += (outside.has(from) ? points : 0) - (outside.has(to) ? points : 0)
  }
  const members = await world.store.membersAfter('', 100)
  const held = members.reduce(
    (sum, one) => sum + one.available + one.pending + one.reserved + one.redeemed + one.expired,
    0,
  )
  expect(held).toBe(given)
}

/** Of each lot: never more taken back than was given, never more back from `expired` than had expired. */
function expectNoneTwice(rows: readonly LedgerRow[]): void {
  const net = new Map<string, number>()
  const expired = new Map<string, number>()
  for (const { about, code, postings } of rows.toSorted((a, b) => a.seq - b.seq)) {
    if (about === null || code === 'adjustment') continue
    for (const [from, to, points, lot] of postings) {
      const change = (from === 'program' ? points : 0) - (to === 'program' ? points : 0)
      net.set(about, (net.get(about) ?? 0) + change)
      if (lot === null) continue
      const ended = (to === 'expired' ? points : 0) - (from === 'expired' ? points : 0)
      expired.set(lot, (expired.get(lot) ?? 0) + ended)
    }
    expect(net.get(about) ?? 0, `what ${about} brought`).toBeGreaterThanOrEqual(0)
  }
  for (const [lot, points] of expired) expect(points, `what expired of ${lot}`).toBeGreaterThanOrEqual(0)
}

async function expectSound(world: World): Promise<void> {
  expect((await world.app.verify()).discrepancies).toEqual([])
  const rows = await journal(world)
  await expectConserved(world, rows)
  expectNoneTwice(rows)
}

/** Where no tier multiplies: the points of each payment follow from its amounts alone. */
function expectedOf({ amount, refunds, disputed }: Bought, rounding: string): number {
  const refunded = disputed ? amount : refunds.reduce((sum, { part }) => sum + part, 0)
  const kept = (amount - Math.min(amount, refunded)) / 100
  return rounding === 'ceil' ? Math.ceil(kept) : rounding === 'nearest' ? Math.floor(kept + 0.5) : Math.floor(kept)
}

describe('any sequence of commands', () => {
  test(
    'leaves books in which refunds took no more than was earned, nor twice what expired',
    async () => {
      await fc.assert(
        fc.asyncProperty(program, fc.array(command, { maxLength: STEPS, size: 'max' }), async (input, commands) => {
          const world = await createWorld({ program: makeProgram(input), now: NOW })
          const shop = new Shop(world)
          for (const one of commands) {
            await shop.run(one)
            await expectSound(world)
          }
          if (input.tiers === undefined && input.enrolment?.automatic === true) await expectAmounts(shop, input)
          await world.close()
        }),
        { numRuns: RUNS },
      )
    },
    20_000 + RUNS * 500,
  )

  async function expectAmounts({ world, bought }: Shop, input: Partial<ProgramInput>): Promise<void> {
    for (const one of bought) {
      const [brief] = (await world.store.findPayments([one.made.ch])).values()
      const [stored] = (await world.store.paymentsAfter('', 100)).filter(({ id }) => id === brief?.id)
      expect(stored?.posted.purchase ?? 0, one.made.ch).toBe(expectedOf(one, input.points?.rounding ?? 'floor'))
    }
  }

  test(
    'that refunds everything in the end leaves nothing earned',
    async () => {
      await fc.assert(
        fc.asyncProperty(program, fc.array(command, { maxLength: STEPS, size: 'max' }), async (input, commands) => {
          const world = await createWorld({ program: makeProgram(input), now: NOW })
          const shop = new Shop(world)
          for (const one of commands) if (one.do !== 'adjust' && one.do !== 'dispute') await shop.run(one)
          for (let index = 0; index < shop.bought.length; index++)
            await shop.run({ do: 'refund', payment: index, percent: 100, state: 'succeeded', snapshot: false })
          await expectSound(world)
          for (const member of await world.store.membersAfter('', 100))
            expect([member.available, member.pending, member.expired, member.spendMinor, member.purchases]).toEqual([
              0, 0, 0, 0, 0,
            ])
          await world.close()
        }),
        { numRuns: RUNS },
      )
    },
    20_000 + RUNS * 500,
  )
})
