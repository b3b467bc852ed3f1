// Everything that can happen to a few people under a program, as commands that fast-check can draw and shrink, and the town
// that carries them out as Stripe, members, staff and the clock would.
import fc from 'fast-check'
import { expect } from 'vitest'
import {
  type AlertStepInput,
  type AlertView,
  type RedemptionStep,
  type RedemptionView,
  StoreUnavailable,
} from '../../src/app/ports.ts'
import type { Fact, Item, RewardFact, RewardOrder } from '../../src/core/facts.ts'
import type { RedemptionState } from '../../src/core/reward-state.ts'
import type { Program } from '../../src/program/schema.ts'
import { partsOf } from './payments.ts'
import { promotionCodeOf, REWARD_KIND, RewardVendor } from './reward-vendor.ts'
import { type StripeEvent, stripeEvent, stripePayment } from './stripe-events.ts'
import { failedEvent, paidEvent } from './subscriptions.ts'
import { staff, type World } from './world.ts'

const DAY = 86_400_000
const STEP_MS = 10_000
/** Names as people have them; addresses go by number. */
const NAMES = ['ሰላም ተስፋዬ', 'Հայկ Պետրոսյան', 'Əli wa Mwangi'] as const
const PRODUCTS = ['prod_mug', 'prod_tea', 'prod_card', 'prod_other'] as const

const shopper = fc.nat(NAMES.length - 1)
/** Of a list: mostly one of the newest. */
const recent = fc.nat(6)
const some = fc.nat(60)
const oneOf = fc.constantFrom
const does = <Name extends string>(name: Name) => fc.constant(name)

const bought = fc.record({
  do: does('buy'),
  shopper,
  cents: oneOf(250, 1_999, 4_200, 12_345, 30_000, 70_000),
  daysAgo: oneOf(0, 0, 0, 1, 20, 70, 400),
  /** How many of its parts are told at once; the others come late, if ever. */
  told: fc.integer({ min: 1, max: 4 }),
  currency: oneOf(null, null, null, null, 'eur', 'usd', 'jpy', 'chf'),
  account: fc.option(recent, { freq: 4 }),
  code: fc.option(recent),
  items: fc.array(fc.record({ product: oneOf(...PRODUCTS), quantity: fc.integer({ min: 1, max: 3 }) }), {
    maxLength: 2,
  }),
  metadata: oneOf<Record<string, string>>({}, {}, { channel: 'online' }, { reusable_cup: 'true' }),
  broughtBy: fc.option(shopper, { freq: 3 }),
  asGuest: oneOf(true, false, false),
})
const refunded = fc.record({
  do: does('refund'),
  payment: recent,
  percent: oneOf(1, 33, 50, 100, 100),
  state: oneOf('pending', 'succeeded', 'succeeded'),
  snapshot: fc.boolean(),
})

const WEIGHTED = [
  [9, bought],
  [5, refunded],
  [2, fc.record({ do: does('end refund'), payment: recent, as: oneOf('failed', 'canceled') })],
  [2, fc.record({ do: does('dispute'), payment: recent, turn: oneOf('withdrawn', 'won', 'lost') })],
  [3, fc.record({ do: does('tell late'), index: some })],
  [3, fc.record({ do: does('repeat'), index: some })],
  [4, fc.record({ do: does('act'), shopper, action: recent, daysAgo: oneOf(0, 0, 0, 3, 40), times: oneOf(1, 1, 3) })],
  [3, fc.record({ do: does('adjust'), shopper, points: oneOf(-150, -20, 7, 90, 400, 2_500) })],
  [
    9,
    fc.record({
      do: does('redeem'),
      shopper,
      reward: fc.nat(11),
      times: oneOf(1, 1, 1, 4),
      charge: oneOf('member' as const, 'member' as const, 'house' as const),
      partner: fc.option(recent, { freq: 4 }),
      by: oneOf('api:test', 'api:test', 'api:clerk', 'slack:U2CLERK', 'slack:U2CLERK'),
    }),
  ],
  [
    5,
    fc.record({
      do: does('move'),
      index: recent,
      step: oneOf<RedemptionStep>('fulfil', 'cancel', 'cancel', 'approve', 'reject'),
      by: oneOf('api:test', 'slack:U3CHIEF', 'slack:U3CHIEF', 'slack:U2CLERK'),
    }),
  ],
  [
    7,
    fc.record({
      do: does('vendor'),
      index: some,
      refuses: oneOf(false, false, false, true),
      isLost: oneOf(false, false, true),
    }),
  ],
  [3, fc.record({ do: does('vendor again'), index: some })],
  [3, fc.record({ do: does('use code'), index: recent })],
  [3, fc.record({ do: does('choose'), shopper, award: recent, option: fc.nat(2) })],
  [1, fc.record({ do: does('choose reward'), shopper, reward: fc.option(recent) })],
  [
    2,
    fc.record({
      do: does('enrol'),
      shopper,
      daysAgo: fc.option(oneOf(1, 200, 800)),
      broughtBy: fc.option(shopper),
      birthday: oneOf(null, '--02-29', '1990-11-23', '2001-03-14'),
    }),
  ],
  [2, fc.record({ do: does('birthday'), shopper, day: oneOf('--02-29', '1990-11-25', '2001-12-31', null) })],
  [2, fc.record({ do: does('status'), shopper, status: oneOf('active', 'active', 'left', 'suspended') })],
  [1, fc.record({ do: does('merge'), shopper, into: shopper })],
  [1, fc.record({ do: does('erase'), shopper })],
  [
    3,
    fc.record({
      do: does('subscription'),
      shopper,
      index: fc.nat(1),
      status: oneOf('trialing', 'active', 'active', 'past_due', 'unpaid', 'canceled', 'paused'),
      daysAgo: oneOf(0, 0, 5, 40),
      cancelInDays: fc.option(oneOf(3, 30)),
      isPaused: oneOf(false, false, false, true),
    }),
  ],
  [
    2,
    fc.record({
      do: does('invoice'),
      shopper,
      index: fc.nat(1),
      number: fc.nat(2),
      attempt: oneOf(1, 2, 4),
      isPaid: oneOf(false, false, true),
      daysAgo: oneOf(0, 0, 4, 80),
    }),
  ],
  [
    3,
    fc.record({
      do: does('feedback'),
      shopper,
      data: oneOf<unknown>(
        { score: 0, text: 'ዘገየ\n🏳️‍🌈' },
        { score: 6 },
        { score: 10, text: 'Շնորհակալություն' },
        { stars: 1, text: 'Çox gec gəldi' },
        { stars: 5 },
        { score: 11 },
        { score: 3, text: 'a\u0000b' },
      ),
      daysAgo: oneOf(0, 0, 3, 40),
    }),
  ],
  [
    4,
    fc.record({
      do: does('alert'),
      index: recent,
      step: oneOf<AlertStepInput>(
        { do: 'assign' },
        { do: 'assign', to: null },
        { do: 'snooze', days: 3 },
        { do: 'resolve', outcome: 'helped', note: 'Ալոյին զանգեցի' },
        { do: 'resolve', outcome: 'no_answer' },
        { do: 'resolve', outcome: 'gone' },
        { do: 'reopen' },
        { do: 'reopen' },
      ),
      by: oneOf('api:test', 'slack:U2CLERK', 'slack:U9NOBODY'),
    }),
  ],
  [4, fc.record({ do: does('look'), refit: oneOf(false, false, true), slices: oneOf(1, 3, 20, 20) })],
  [1, fc.record({ do: does('customer'), shopper, email: shopper })],
  [5, fc.record({ do: does('wait'), days: oneOf(1, 5, 12, 29, 31, 95, 380), settles: fc.boolean() })],
  [2, fc.record({ do: does('settle') })],
  [1, fc.record({ do: does('amend') })],
] as const

type Drawn = (typeof WEIGHTED)[number][1]
export type Command = Drawn extends fc.Arbitrary<infer One> ? One : never
type Doing<Name extends Command['do']> = Extract<Command, { do: Name }>

export const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  ...WEIGHTED.map(([weight, arbitrary]) => ({ weight, arbitrary: arbitrary as fc.Arbitrary<Command> })),
)

interface Bought {
  made: ReturnType<typeof stripePayment>
  amount: number
  at: number
  account: string | null
  refunds: { id: string; part: number; later: number }[]
}

/** Something that is told, and may be told again. */
type Told = StripeEvent | Fact

const READY_FOR = {
  approve: 'awaiting_approval',
  reject: 'awaiting_approval',
  fulfil: 'reserved',
  cancel: 'issued',
} satisfies Record<RedemptionStep, RedemptionState>

const emailOf = (who: number): string => `shopper${who}@example.org`
export const refOf = (who: number): string => `email:${emailOf(who)}`
export const SHOPPERS = NAMES.map((_, who) => who)

/** From the newest, so that shrinking and drawing both prefer what just happened. */
const pick = <One>(list: readonly One[], index: number): One | undefined =>
  list.at(-1 - (index % Math.max(1, list.length)))
const nth = <One>(list: readonly One[], index: number): One | undefined => list[index % Math.max(1, list.length)]

export class Town {
  world: World
  readonly vendor = new RewardVendor()
  readonly told: Told[] = []
  readonly late: Told[] = []
  readonly bought: Bought[] = []
  /** What the vendor did, told or not. */
  readonly answers: RewardFact[] = []
  /** Commands that came to something, by their name: a mix in which nothing happens proves nothing. */
  readonly happened = new Map<string, number>()
  readonly #codes = new Map<number, string>()
  readonly #amend: (town: Town) => Promise<World>
  program: Program

  /** `amend` puts the other program in force over the same store. */
  constructor(world: World, amend: (town: Town) => Promise<World>) {
    this.world = world
    this.program = world.app.program().program
    this.#amend = amend
  }

  /** As Stripe and our own callers do: what could not be stored is sent again. */
  async #insist<Outcome>(work: () => Promise<Outcome>): Promise<Outcome> {
    for (;;) {
      try {
        return await work()
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error
      }
    }
  }

  async #ask(name: string, work: () => Promise<{ ok: boolean; code?: string }>): Promise<void> {
    const { ok, code } = await this.#insist(work)
    this.#count(ok ? name : `${name}: ${code}`)
  }

  #count(what: string): void {
    this.happened.set(what, (this.happened.get(what) ?? 0) + 1)
  }

  async redemptions(): Promise<RedemptionView[]> {
    const page = await this.world.app.listRedemptions({ limit: 500 })
    return page.ok ? page.value.items.reverse() : []
  }

  async #tell(...list: readonly Told[]): Promise<void> {
    for (const one of list) {
      this.told.push(one)
      await this.#say(one)
    }
  }

  async #say(one: Told): Promise<void> {
    if ('kind' in one) await this.#learn(one)
    else expect(await this.#insist(() => this.world.deliver(one)), `${one.type} ${one.id}`).not.toBe('parked')
  }

  #learn = (fact: Fact) =>
    this.#insist(() => this.world.app.learnFacts({ source: 'stripe:test', livemode: null, facts: [fact], lookups: [] }))

  async run(command: Command): Promise<void> {
    // Stripe counts in seconds: of what happens within one, nobody knows the order.
    this.world.clock.at += STEP_MS
    await this.#do(command)
  }

  async #do(command: Command): Promise<void> {
    const { app, clock } = this.world
    const by = (name: string) => ({ source: name, actor: name })
    switch (command.do) {
      case 'buy':
        return this.#buy(command)
      case 'refund':
        return this.#refund(command)
      case 'end refund':
        return this.#endRefund(command)
      case 'dispute':
        return this.#dispute(command)
      case 'tell late': {
        const [one] = this.late.splice(command.index % Math.max(1, this.late.length), 1)
        if (one) await this.#tell(one)
        return
      }
      case 'repeat': {
        const again = nth(this.told, command.index)
        if (again) await this.#say(again)
        return
      }
      case 'act': {
        const actions = this.program.earning.flatMap((rule) => (rule.on === 'action' ? [rule.action] : []))
        const action = nth(actions, command.action) ?? 'nothing'
        const at = clock.at - command.daysAgo * DAY
        for (let time = 0; time < command.times; time++)
          await this.#ask('act', () => app.recordAction(refOf(command.shopper), { action, at }, staff, null))
        return
      }
      case 'adjust':
        return this.#ask('adjust', () =>
          app.adjustPoints(refOf(command.shopper), { points: command.points, reason: 'staff' }, staff, null),
        )
      case 'redeem': {
        const reward = nth(this.program.rewards, command.reward)?.id ?? 'nothing'
        const partner = command.partner === null ? null : (nth(this.program.partners, command.partner)?.id ?? null)
        const request = { reward, charge: command.charge, partner, note: 'ለእናቴ' }
        for (let time = 0; time < command.times; time++)
          await this.#ask('redeem', () => app.redeem(refOf(command.shopper), request, by(command.by), null))
        return
      }
      case 'move': {
        // Mostly one for which the step is made.
        const all = await this.redemptions()
        const ready = all.filter(
          ({ state, kind }) => state === READY_FOR[command.step] && (command.step !== 'fulfil' || kind === 'manual'),
        )
        const one = pick(ready.length > 0 ? ready : all, command.index)
        if (one) await this.#ask(command.step, () => app.moveRedemption(one.id, command.step, {}, by(command.by), null))
        return
      }
      case 'vendor':
        return this.#vendor(command)
      case 'vendor again': {
        const fact = nth(this.answers, command.index)
        if (fact) await this.#learn(fact)
        return
      }
      case 'use code':
        return this.#useCode(command.index)
      case 'choose': {
        const awards = await app.listAwards(refOf(command.shopper), { limit: 100 })
        const open = awards.ok ? awards.value.items.filter(({ options }) => options.length > 0) : []
        const award = nth(open, command.award)
        if (award)
          await this.#ask('choose', () =>
            app.chooseAward(refOf(command.shopper), award.id, command.option, staff, null),
          )
        return
      }
      case 'choose reward': {
        const autoRedeem =
          command.reward === null ? null : (nth(this.program.autoRedeem, command.reward)?.reward ?? null)
        return this.#ask('choose reward', () => app.updateMember(refOf(command.shopper), { autoRedeem }, staff))
      }
      case 'enrol': {
        const { daysAgo, broughtBy, birthday, shopper: who } = command
        const enrolment = {
          email: emailOf(who),
          name: NAMES[who] ?? null,
          birthday,
          enrolledAt: daysAgo === null ? null : clock.at - daysAgo * DAY,
          referredBy: broughtBy === null ? null : await this.#codeOf(broughtBy),
        }
        return this.#ask('enrol', () => app.enrolMember(enrolment, staff, null))
      }
      case 'birthday':
        return this.#ask('birthday', () => app.updateMember(refOf(command.shopper), { birthday: command.day }, staff))
      case 'status': {
        const { status } = command
        return this.#ask(status, () => app.updateMember(refOf(command.shopper), { status }, staff))
      }
      case 'merge':
        return this.#ask('merge', () => app.mergeMembers(refOf(command.shopper), refOf(command.into), staff, null))
      case 'erase':
        return this.#ask('erase', () => app.eraseMember(refOf(command.shopper), staff))
      case 'subscription':
        return this.#tell(this.#subscription(command))
      case 'invoice':
        return this.#tell(this.#invoice(command))
      case 'feedback': {
        const { shopper: who, data, daysAgo } = command
        const said = { action: 'feedback', at: clock.at - daysAgo * DAY, data }
        return this.#ask('feedback', () => app.recordAction(refOf(who), said, staff, null))
      }
      case 'alert': {
        // Mostly one for which the step is made.
        const all = await this.alerts()
        const ready = all.filter(({ state }) => (state === 'resolved') === (command.step.do === 'reopen'))
        const one = pick(ready.length > 0 ? ready : all, command.index)
        if (one) await this.#ask(command.step.do, () => app.moveAlert(one.id, command.step, by(command.by), null))
        return
      }
      case 'look':
        return this.#look(command)
      case 'customer': {
        const object = { id: `cus_${command.shopper}`, object: 'customer', email: emailOf(command.email) }
        return this.#tell(stripeEvent('customer.updated', object, clock.at))
      }
      case 'wait':
        clock.at += command.days * DAY
        return command.settles ? this.settle() : undefined
      case 'settle':
        return this.settle()
      case 'amend':
        this.world = await this.#amend(this)
        this.program = this.world.app.program().program
        return
      default: {
        const unknown: never = command
        return unknown
      }
    }
  }

  /** Some who are members from the beginning, so that there is somebody to whom things happen. */
  async begin(): Promise<void> {
    for (const who of SHOPPERS.slice(0, 2)) {
      await this.#do({ do: 'enrol', shopper: who, daysAgo: null, broughtBy: null, birthday: '1990-11-23' })
      await this.#do({ do: 'adjust', shopper: who, points: 400 })
    }
  }

  async settle(): Promise<void> {
    for (let turn = 0; turn < 200; turn++) if ((await this.#insist(() => this.world.app.settleDue(100))) === 0) return
    throw new Error('the clock’s job never ends: somebody stays due')
  }

  async #codeOf(who: number): Promise<string | null> {
    const found = await this.world.app.getMember(refOf(who))
    if (found.ok) this.#codes.set(who, found.value.referralCode)
    return this.#codes.get(who) ?? null
  }

  async #buy(command: Doing<'buy'>): Promise<void> {
    const { shopper: who, cents, daysAgo, told, broughtBy, asGuest, items } = command
    const at = this.world.clock.at - daysAgo * DAY - STEP_MS / 2
    const account =
      command.account === null ? null : (nth(this.program.partners, command.account)?.stripeAccount ?? null)
    const made = stripePayment({
      at,
      amount: cents,
      tax: cents % 100,
      currency: command.currency ?? this.program.currency,
      email: emailOf(who),
      customer: asGuest || account !== null ? null : `cus_${who}`,
    })
    this.bought.push({ made, amount: cents, at, account, refunds: [] })
    const code = broughtBy === null ? null : await this.#codeOf(broughtBy)
    const session = made.session()
    const used = command.code === null ? undefined : pick(await this.redemptions(), command.code)
    if (used && this.#canBeUsed(used.id)) {
      this.vendor.used.add(promotionCodeOf(used.id))
      session.data.object.discounts = [{ coupon: null, promotion_code: promotionCodeOf(used.id) }]
    }
    const list = items.map(
      ({ product, quantity }): Item => ({
        product,
        price: null,
        quantity,
        amountMinor: Math.floor(cents / items.length),
      }),
    )
    const lines: Fact = {
      kind: 'payment',
      parts: partsOf({ names: [made.ch, made.pi].sort(), account, items: { rank: 3, list } }),
    }
    const charge = made.charge({ metadata: { ...command.metadata, ...(code !== null && { referral_code: code }) } })
    const events: Told[] = [charge, session, made.intent()].map((event) =>
      account === null ? event : { ...event, account },
    )
    const parts = [...events, lines]
    this.late.push(...parts.slice(told))
    this.#count('buy')
    await this.#tell(...parts.slice(0, told))
  }

  #from = ({ account }: Bought, event: StripeEvent): StripeEvent => (account === null ? event : { ...event, account })
  /** Milliseconds from the payment until now, which its makers count in. */
  #since = ({ at }: Bought): number => this.world.clock.at - at

  async #refund({ payment, percent, state, snapshot }: Doing<'refund'>): Promise<void> {
    const one = pick(this.bought, payment)
    if (one === undefined) return
    const left = one.amount - one.refunds.reduce((sum, { part }) => sum + part, 0)
    const part = Math.min(left, Math.ceil((one.amount * percent) / 100))
    if (part === 0) return
    const id = `re_${one.made.pi}_${this.told.length}`
    const later = this.#since(one)
    one.refunds.push({ id, part, later })
    this.#count('refund')
    await this.#tell(this.#from(one, one.made.refund(part, { id, status: state, later })))
    if (snapshot) await this.#tell(this.#from(one, one.made.refunded(one.amount - left + part, later)))
  }

  async #endRefund({ payment, as }: Doing<'end refund'>): Promise<void> {
    const one = pick(this.bought, payment)
    const failed = one?.refunds.pop()
    if (one === undefined || failed === undefined) return
    const { id, part, later: created } = failed
    const type = as === 'failed' ? 'refund.failed' : 'refund.updated'
    this.#count('end refund')
    await this.#tell(this.#from(one, one.made.refund(part, { id, status: as, type, later: this.#since(one), created })))
  }

  async #dispute({ payment, turn }: Doing<'dispute'>): Promise<void> {
    const one = pick(this.bought, payment)
    if (one === undefined) return
    const later = { later: this.#since(one) }
    this.#count('dispute')
    const { dispute } = one.made
    if (turn === 'withdrawn')
      await this.#tell(this.#from(one, dispute('funds_withdrawn', 'needs_response', one.amount, later)))
    else if (turn === 'lost') await this.#tell(this.#from(one, dispute('closed', 'lost', one.amount, later)))
    else await this.#tell(this.#from(one, dispute('funds_reinstated', 'won', one.amount, later)))
  }

  #subscription({ shopper: who, index, status, daysAgo, cancelInDays, isPaused }: Doing<'subscription'>): StripeEvent {
    const products = this.program.tiers?.levels.flatMap(({ paid }) => paid?.products ?? []) ?? []
    const at = this.world.clock.at - daysAgo * DAY
    const seconds = (time: number): number => Math.floor(time / 1000)
    const ends = cancelInDays === null ? null : seconds(at + cancelInDays * DAY)
    this.#count('subscription')
    return stripeEvent(
      `customer.subscription.${status === 'canceled' ? 'deleted' : 'updated'}`,
      {
        id: `sub_${who}_${index}`,
        object: 'subscription',
        customer: `cus_${who}`,
        status,
        start_date: seconds(at - DAY),
        trial_end: seconds(at + 20 * DAY),
        items: { data: [{ quantity: 1, price: { id: 'price_1', product: nth(products, index) ?? 'prod_mug' } }] },
        cancel_at: ends,
        cancel_at_period_end: ends !== null,
        ended_at: status === 'canceled' ? seconds(at) : null,
        pause_collection: isPaused ? { behavior: 'void' } : null,
      },
      at,
    )
  }

  #invoice({ shopper: who, index, number, attempt, isPaid, daysAgo }: Doing<'invoice'>): StripeEvent {
    const at = this.world.clock.at - daysAgo * DAY
    const invoice = {
      id: `in_${who}_${number}`,
      customer: `cus_${who}`,
      email: emailOf(who),
      subscription: `sub_${who}_${index}`,
    }
    this.#count(isPaid ? 'invoice paid' : 'invoice failed')
    return isPaid ? paidEvent(at, invoice) : failedEvent(at, { attempt }, invoice)
  }

  /** The night's look, or some slices of it: the rest comes with the next one. */
  async #look({ refit, slices }: Doing<'look'>): Promise<void> {
    for (let slice = 0; slice < slices; slice++) {
      const begins = slice === 0 && { begin: true, refit }
      const { isDone, failed } = await this.#insist(() => this.world.app.lookAhead({ limit: 2, ...begins }))
      expect(failed, 'members who cannot be judged').toBe(0)
      if (!isDone) continue
      this.#count('look')
      return
    }
  }

  /** As staff are shown them, the most at stake first. */
  async alerts(): Promise<AlertView[]> {
    const pages = await Promise.all(
      (['open', 'snoozed', 'resolved'] as const).map((state) => this.world.app.listAlerts({ limit: 100, state })),
    )
    return pages.flatMap((page) => (page.ok ? page.value.items : []))
  }

  #canBeUsed(id: string): boolean {
    const promotionCode = promotionCodeOf(id)
    const made = this.vendor.made.get(id)
    const isMade = made !== undefined && made.promotionCode !== null
    return isMade && !this.vendor.ended.has(promotionCode) && !this.vendor.used.has(promotionCode)
  }

  /** Takes any order that waits. Its answer may be lost: then the order stays and is taken again. */
  async #vendor({ index, refuses, isLost }: Doing<'vendor'>): Promise<void> {
    const row = nth(await this.#waiting(), index)
    if (row === undefined) return
    this.vendor.refusing = refuses ? 'Not today' : null
    const fact = this.vendor.carryOut(row.payload as RewardOrder)
    this.answers.push(fact)
    if (isLost) return
    this.#count(fact.kind)
    await this.#learn(fact)
    await this.#insist(() => this.world.store.acknowledge([row]))
  }

  #waiting = () => this.world.store.dueEffects({ kinds: [REWARD_KIND], now: this.world.clock.at, limit: 50 })

  async #useCode(index: number): Promise<void> {
    const one = pick(await this.redemptions(), index)
    if (one === undefined || !this.#canBeUsed(one.id)) return
    const promotionCode = promotionCodeOf(one.id)
    this.vendor.used.add(promotionCode)
    const fact: RewardFact = { kind: 'code', promotionCode, at: this.world.clock.at, timesRedeemed: 1, active: false }
    this.answers.push(fact)
    this.#count('use code')
    await this.#learn(fact)
  }

  /** What was late comes, all is said again, and the vendor answers everything: then nothing is news any more. */
  async finish(): Promise<void> {
    for (const one of this.late.splice(0)) await this.#tell(one)
    for (let turn = 0; turn < 200; turn++) {
      await this.settle()
      if ((await this.#waiting()).length === 0) break
      await this.#vendor({ do: 'vendor', index: 0, refuses: false, isLost: false })
    }
    expect(await this.#waiting()).toEqual([])
    await this.#sayAllAgain()
    await this.settle()
    const entries = (await this.world.store.stats()).entries
    await this.#sayAllAgain()
    await this.settle()
    expect((await this.world.store.stats()).entries, 'what was said twice already').toBe(entries)
  }

  async #sayAllAgain(): Promise<void> {
    for (const one of [...this.told, ...this.answers]) await this.#say(one)
  }
}
