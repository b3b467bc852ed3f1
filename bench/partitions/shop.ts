// A made-up shop, as its owner would recognise it, run through the real use cases: what comes in of it is noted unit by unit.
// The shares below are assumptions, in one place; what follows from them is what the code does.
import type { RewardOrder } from '../../src/core/facts.ts'
import { migrate } from '../../src/store/migrate.ts'
import { openNodeDriver } from '../../src/store/node-driver.ts'
import { createStore } from '../../src/store/store.ts'
import { makeProgram } from '../../test/support/programs.ts'
import { named, type Reach, watchReach } from '../../test/support/reach.ts'
import { REWARD_KIND, RewardVendor } from '../../test/support/reward-vendor.ts'
import { type StripeEvent, stripeEvent, stripePayment } from '../../test/support/stripe-events.ts'
import { createWorld, staff, type World } from '../../test/support/world.ts'

export interface Shop {
  people: number
  purchases: number
}

const SHARES = {
  /** Who never has a Stripe customer. */
  guests: 0.4,
  /** Who pays with a second address, and how often. */
  secondAddress: 0.12,
  usesSecond: 0.3,
  /** Customers who have two Stripe customers, from two shops or a new account. */
  secondCustomer: 0.06,
  /** How often a customer pays as a guest all the same. */
  asGuest: 0.1,
  /** Customers whose payments do not say the address: it comes with the customer, later. */
  lateAddress: 0.05,
  /** First purchases with the code of somebody who brought them. */
  brought: 0.05,
  refunds: 0.04,
  /** Events that Stripe delivers again. */
  again: 0.02,
  /** For each purchase: what staff and members do beside. */
  redeems: 0.06,
  adjusts: 0.01,
  /** Purchases with a reward's code, and how many of those with somebody else's. */
  usesCode: 0.03,
  codesOfOthers: 0.1,
  merges: 0.002,
}
const NOW = Date.UTC(2026, 0, 5, 12)
const STEP_MS = 60_000

const program = makeProgram({
  name: 'Corner Club',
  points: { value: 0.01, expiry: { kind: 'after', months: 24 } },
  tiers: {
    metric: 'points',
    window: { kind: 'calendar_year' },
    levels: [
      { id: 'bronze', name: 'Bronze', threshold: 0 },
      { id: 'silver', name: 'Silver', threshold: 250, multiplier: 1.1 },
    ],
  },
  rewards: [
    { id: 'coffee', name: 'A coffee', cost: 50, fulfil: { kind: 'manual' }, stock: 100_000 },
    { id: 'code', name: '$5 off', cost: 50, fulfil: { kind: 'promotion_code', amountOff: 5 } },
  ],
  referral: { referrer: { points: 100 }, friend: { points: 50 } },
  staff: { issuer: ['slack:U2CLERK'], dailyLimitPoints: 1_000_000, approvalAbovePoints: 100_000 },
})

/** A linear congruential generator (Numerical Recipes): the same shop in every run. */
function createChance(): () => number {
  let state = 7
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

interface Person {
  emails: string[]
  customers: string[]
  isLate: boolean
  purchases: number
}

/** Keeps the till: one purchase after the other, with all that comes with it. */
class Till {
  readonly #world: World
  readonly #chance = createChance()
  readonly #people: Person[]
  readonly #vendor = new RewardVendor()
  /** Referral codes that were passed on; rewards' codes not used yet, and whose they are. */
  readonly #referrals: string[] = []
  readonly #rewards: { code: string; ref: string }[] = []
  readonly #known = new Set<string>()

  constructor(world: World, people: number) {
    this.#world = world
    this.#people = Array.from({ length: people }, (_, n) => this.#person(n))
  }

  #is = (share: number): boolean => this.#chance() < share
  #one = <One>(list: readonly One[]): One => list[Math.floor(this.#chance() * list.length)] as One

  #person(n: number): Person {
    const isGuest = this.#is(SHARES.guests)
    const has = (share: number): boolean => this.#is(share)
    return {
      emails: [`p${n}@example.org`, ...(has(SHARES.secondAddress) ? [`p${n}@work.example.org`] : [])],
      customers: isGuest ? [] : [`cus_${n}`, ...(has(SHARES.secondCustomer) ? [`cus_${n}b`] : [])],
      isLate: !isGuest && has(SHARES.lateAddress),
      purchases: 0,
    }
  }

  #tell = async (event: StripeEvent): Promise<void> => {
    await this.#world.deliver(event)
    if (this.#is(SHARES.again)) await this.#world.deliver(event)
  }

  async purchase(): Promise<void> {
    const { clock } = this.#world
    clock.at += STEP_MS
    // Squared: few who come often, many who come once or twice.
    const person = this.#people[Math.floor(this.#chance() ** 2 * this.#people.length)] as Person
    const [first = '', second = first] = person.emails
    const address = this.#is(SHARES.usesSecond) ? second : first
    const isGuest = person.customers.length === 0 || this.#is(SHARES.asGuest)
    const customer = isGuest ? null : this.#one(person.customers)
    const amount = 500 + Math.floor(this.#chance() ** 3 * 20_000)
    const paid = stripePayment({ at: clock.at, amount, customer, email: person.isLate && !isGuest ? null : address })
    const isBrought = person.purchases++ === 0 && this.#referrals.length > 0 && this.#is(SHARES.brought)
    const metadata = isBrought ? { referral_code: this.#one(this.#referrals) } : {}
    const session = paid.session()
    const ref = customer ?? `email:${address}`
    const used = this.#is(SHARES.usesCode) ? this.#takeReward(ref) : null
    if (used !== null) session.data.object.discounts = [{ coupon: null, promotion_code: used }]
    for (const event of [paid.charge({ metadata }), paid.intent(), session]) await this.#tell(event)
    if (person.isLate && !isGuest) {
      person.isLate = false
      const object = { id: customer, object: 'customer', email: address }
      await this.#tell(stripeEvent('customer.updated', object, clock.at))
    }
    if (this.#is(SHARES.refunds)) await this.#tell(paid.refund(amount, { later: 1_000 }))
    await this.#beside(ref)
  }

  /** Their own reward's code, or now and then that of somebody who passed it on. */
  #takeReward(ref: string): string | null {
    const isOthers = this.#is(SHARES.codesOfOthers)
    const place = this.#rewards.findIndex((reward) => (reward.ref === ref) !== isOthers)
    return place < 0 ? null : (this.#rewards.splice(place, 1)[0]?.code ?? null)
  }

  async #beside(ref: string): Promise<void> {
    const { app } = this.#world
    const clerk = { source: 'slack:U2CLERK', actor: 'slack:U2CLERK' }
    this.#known.add(ref)
    if (this.#is(SHARES.brought)) {
      const member = await app.getMember(ref)
      if (member.ok) this.#referrals.push(member.value.referralCode)
    }
    if (this.#is(SHARES.redeems)) {
      const reward = this.#is(0.5) ? 'coffee' : 'code'
      const asked = { reward, charge: 'member' as const, partner: null, note: null }
      await app.redeem(ref, asked, this.#is(0.5) ? clerk : staff, null)
      await this.#makeRewards(ref)
    }
    if (this.#is(SHARES.adjusts)) await app.adjustPoints(ref, { points: 25, reason: 'kindness' }, staff, null)
    if (this.#is(SHARES.merges)) await app.mergeMembers(this.#one([...this.#known]), ref, staff, null)
  }

  /** Stripe makes the codes that were ordered. */
  async #makeRewards(ref: string): Promise<void> {
    const { app, store, clock } = this.#world
    const rows = await store.dueEffects({ kinds: [REWARD_KIND], now: clock.at, limit: 10 })
    for (const row of rows) {
      const fact = this.#vendor.carryOut(row.payload as RewardOrder)
      await app.learnFacts({ source: 'stripe:test', livemode: null, facts: [fact], lookups: [] })
      if (fact.kind === 'reward_made' && fact.promotionCode !== null)
        this.#rewards.push({ code: fact.promotionCode, ref })
    }
    await store.acknowledge(rows)
  }
}

/** Everything that so many purchases lead to, unit by unit. */
export async function watchedShop({ people, purchases }: Shop): Promise<Reach[]> {
  const seen: Reach[] = []
  const driver = openNodeDriver({ path: ':memory:' })
  await migrate(driver)
  const store = createStore(watchReach(driver, (reach) => seen.push(reach)))
  const world = await createWorld({ program, now: NOW, store, seed: 7, wrap: named })
  const till = new Till(world, people)
  for (let n = 0; n < purchases; n++) await till.purchase()
  await world.close()
  return seen
}
