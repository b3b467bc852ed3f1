// What may happen to a few shoppers under some program, as commands that fast-check can draw and shrink, and the shop that
// carries them out as Stripe and staff would.
import fc from 'fast-check'
import { expect } from 'vitest'
import type { ProgramInput } from '../../src/program/schema.ts'
import { levels } from './programs.ts'
import { type StripeEvent, stripePayment } from './stripe-events.ts'
import { staff, type World } from './world.ts'

const DAY = 86_400_000
const STEP_MS = 10_000
const SHOPPERS = 3

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

const PARTNER = 'acct_cafe'
const cafe = { id: 'cafe', name: 'Corner Café', stripeAccount: PARTNER, points: 3, per: 2, holdDays: 20 }

/** What a purchase earns beyond the base. */
const beyond = fc.constantFrom<Pick<ProgramInput, 'campaigns' | 'campaignStacking' | 'partners'>>(
  {},
  { partners: [cafe] },
  {
    partners: [cafe],
    campaignStacking: 'all',
    campaigns: [
      { id: 'double', name: 'Double points', multiplier: 2, weekdays: ['sat', 'sun'], bonus: 25 },
      { id: 'surprise', name: 'Surprise', multiplier: 1.1, bonus: 7, announced: false, holdout: 0.5 },
    ],
  },
)

export const anyProgram = fc
  .record({
    beyond,
    expiry,
    tiers,
    holdDays: fc.constantFrom(0, 0, 14, 45),
    shortfall: fc.constantFrom('owe', 'forgive'),
    rounding: fc.constantFrom('floor', 'nearest', 'ceil'),
    automatic: fc.constantFrom(true, true, false),
  })
  .map(
    ({ tiers: levels, automatic, beyond: more, ...points }): Partial<ProgramInput> => ({
      ...more,
      points,
      enrolment: { automatic, creditPastDays: 60 },
      ...(levels && { tiers: levels }),
    }),
  )

// ------------------------------------------------------------------------------------------------------- commands

export type Command =
  | { do: 'buy'; shopper: number; amount: number; daysAgo: number; told: number; atPartner: boolean }
  | { do: 'refund'; payment: number; percent: number; state: 'pending' | 'succeeded'; snapshot: boolean }
  | { do: 'fail refund'; payment: number }
  | { do: 'dispute'; payment: number; turn: 'withdrawn' | 'won' | 'lost' }
  | { do: 'adjust'; shopper: number; points: number }
  | { do: 'wait'; days: number }
  | { do: 'settle' }
  | { do: 'merge'; shopper: number; into: number }
  | { do: 'enrol'; shopper: number }
  | { do: 'erase'; shopper: number }
  | { do: 'repeat'; event: number }

const shopper = fc.nat(SHOPPERS - 1)
const payment = fc.nat(20)

export const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('buy' as const),
      shopper,
      amount: fc.integer({ min: 50, max: 20_000 }),
      daysAgo: fc.constantFrom(0, 1, 20, 70, 400),
      told: fc.integer({ min: 1, max: 3 }),
      atPartner: fc.constantFrom(false, false, false, true),
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
  { weight: 1, arbitrary: fc.record({ do: fc.constant('erase' as const), shopper }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('repeat' as const), event: fc.nat(60) }) },
)

// ------------------------------------------------------------------------------------------------------- the world

export interface Bought {
  made: ReturnType<typeof stripePayment>
  amount: number
  at: number
  /** Refunds in force: id and part. */
  refunds: { id: string; part: number; at: number }[]
  disputed: boolean
  /** The connected account that took it; null: the merchant's own. */
  account: string | null
}

export class Shop {
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
      case 'erase':
        await app.eraseMember(refOf(command.shopper), staff)
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

  async #send({ account }: Bought, ...made: StripeEvent[]): Promise<void> {
    const events = account === null ? made : made.map((event) => ({ ...event, account }))
    this.sent.push(...events)
    for (const event of events) expect(await this.world.deliver(event)).toBe('recorded')
  }

  #pick(index: number): Bought | null {
    return this.bought[index % Math.max(1, this.bought.length)] ?? null
  }

  /** Milliseconds from the payment until now, which its makers count in. */
  #since = ({ at }: Bought): number => this.world.clock.at - at

  async #buy({ shopper: who, amount, daysAgo, told, atPartner }: Command & { do: 'buy' }): Promise<void> {
    const at = this.world.clock.at - daysAgo * DAY - 10_000
    const made = stripePayment({ at, amount, email: emailOf(who) })
    const one = { made, amount, at, refunds: [], disputed: false, account: atPartner ? PARTNER : null }
    this.bought.push(one)
    await this.#send(one, ...[made.charge(), made.session(), made.intent()].slice(0, told))
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
    await this.#send(one, one.made.refund(part, { id, status: state, later }))
    if (snapshot) await this.#send(one, one.made.refunded(one.amount - left + part, later))
  }

  async #failRefund(one: Bought | null): Promise<void> {
    const failed = one?.refunds.pop()
    if (one === null || failed === undefined) return
    const later = this.#since(one) + 1_000
    await this.#send(
      one,
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
      await this.#send(one, one.made.dispute('funds_withdrawn', 'needs_response', one.amount, { later }))
    else if (turn === 'lost') await this.#send(one, one.made.dispute('closed', 'lost', one.amount, { later }))
    else await this.#send(one, one.made.dispute('funds_reinstated', 'won', one.amount, { later }))
  }
}

const emailOf = (who: number): string => `shopper${who}@example.org`
const refOf = (who: number): string => `email:${emailOf(who)}`
