// A preset with members in it, day by day: what they buy, do and redeem, over a real store and a vendor of rewards. The
// clock goes one day at a time, as it does in life: what happens on a day happens on that day.
import { expect } from 'vitest'
import type { AwardView, MemberView, RedemptionView, Result } from '../../src/app/ports.ts'
import type { Fact, Item, RefundPart } from '../../src/core/facts.ts'
import type { Program } from '../../src/program/schema.ts'
import { charge, DAY, partsOf } from './payments.ts'
import { preset } from './presets.ts'
import { RewardVendor } from './reward-vendor.ts'
import { createWorld, staff, type World } from './world.ts'

export interface Bought {
  dollars: number
  /** `[product, dollars, pieces]`; left out: one thing of no product. */
  items?: [product: string, dollars: number, quantity?: number][]
  metadata?: Record<string, string>
  /** The connected account where it was bought. */
  account?: string
  /** A promotion code it was bought with. */
  code?: string
}

/** Nine in the morning on the west coast: the same day in all zones of the presets. */
const hour = (day: string): number => Date.parse(`${day}T17:00:00Z`)

/** `change`: what the owner has made another number in it. */
export async function openPreset(
  name: string,
  day: string,
  change: (program: Program) => Program = (program) => program,
): Promise<Scene> {
  const vendor = new RewardVendor()
  const world = await createWorld({ program: change(preset(name)), now: hour(day), deliverers: [vendor.deliverer] })
  return new Scene(world, vendor)
}

const okay = <Value>(result: Result<Value>): Value => {
  if (!result.ok) throw new Error(`${result.code}: ${result.message}`)
  return result.value
}

export class Scene {
  readonly world: World
  readonly vendor: RewardVendor
  #payments = 0
  readonly #facts = new Map<string, { who: string; bought: Bought; at: number }>()

  constructor(world: World, vendor: RewardVendor) {
    this.world = world
    this.vendor = vendor
  }

  async goTo(day: string): Promise<void> {
    const { clock } = this.world
    for (const end = hour(day); clock.at < end; ) {
      clock.at = Math.min(clock.at + DAY, end)
      await this.settle()
    }
  }

  /** Has done what is due, and lets the vendor answer. */
  async settle(): Promise<void> {
    const { app } = this.world
    for (let turn = 0; turn < 20; turn++) if ((await app.settleDue(100)) + (await app.drainOutbox()) === 0) return
  }

  async enrol(who: string, more: { birthday?: string; referredBy?: string } = {}): Promise<MemberView> {
    const member = okay(await this.world.app.enrolMember({ email: `${who}@example.org`, ...more }, staff, null))
    await this.settle()
    return member
  }

  async buy(who: string, bought: Bought | number): Promise<string> {
    const id = String(++this.#payments)
    this.#facts.set(id, {
      who,
      bought: typeof bought === 'number' ? { dollars: bought } : bought,
      at: this.world.clock.at,
    })
    await this.#tell(id, null)
    return id
  }

  /** All of it, or so many dollars. */
  async refund(payment: string, dollars?: number): Promise<void> {
    const bought = this.#facts.get(payment)?.bought
    const amountMinor = Math.round((dollars ?? bought?.dollars ?? 0) * 100)
    await this.#tell(payment, {
      charge: `ch_${payment}`,
      intent: null,
      amountMinor,
      state: 'succeeded',
      at: this.world.clock.at,
      failedAt: null,
    })
  }

  async #tell(id: string, refund: RefundPart | null): Promise<void> {
    const known = this.#facts.get(id)
    if (known === undefined) throw new Error(`no payment ${id}`)
    const { who, at, bought } = known
    const { dollars, items = [], metadata = {}, account = null, code } = bought
    const list = items.map(
      ([product, amount, quantity = 1]): Item => ({
        product,
        price: null,
        quantity,
        amountMinor: Math.round(amount * 100),
      }),
    )
    await this.learn({
      kind: 'payment',
      parts: partsOf({
        names: [`ch_${id}`],
        account,
        currency: 'usd',
        charges: { [`ch_${id}`]: charge({ intent: null, amountMinor: Math.round(dollars * 100), at, snapshot: null }) },
        refunds: refund === null ? {} : { [`re_${id}`]: refund },
        items: { rank: 3, list },
        emails: { session: `${who}@example.org`, billing: null, receipt: null },
        metadata,
        promotionCodes: code === undefined ? [] : [code],
        succeededAt: at,
      }),
    })
  }

  async learn(fact: Fact): Promise<void> {
    await this.world.app.learnFacts({ source: 'stripe:test', livemode: null, facts: [fact], lookups: [] })
    await this.settle()
  }

  /** Answers the refusal's code; null when it counted. */
  async act(who: string, action: string): Promise<string | null> {
    const result = await this.world.app.recordAction(ref(who), { action }, staff, null)
    await this.settle()
    return result.ok ? null : result.code
  }

  /** Answers the redemption, or the refusal's code. */
  async redeem(who: string, reward: string, charged: 'member' | 'house' = 'member'): Promise<RedemptionView | string> {
    const result = await this.world.app.redeem(ref(who), { reward, charge: charged }, staff, null)
    await this.settle()
    return result.ok ? okay(await this.world.app.getRedemption(result.value.id)) : result.code
  }

  member = async (who: string): Promise<MemberView> => okay(await this.world.app.getMember(ref(who)))
  available = async (who: string): Promise<number> => (await this.member(who)).points.available
  tier = async (who: string): Promise<string | null> => (await this.member(who)).tier?.id ?? null
  awards = async (who: string): Promise<AwardView[]> =>
    okay(await this.world.app.listAwards(ref(who), { limit: 100 })).items

  /** Oldest first. */
  rewards = async (who: string): Promise<RedemptionView[]> =>
    okay(await this.world.app.memberRedemptions(ref(who), { limit: 100 })).items.toReversed()

  /** How many rewards the member has in each state: `{"issued": 2}`. */
  async rewardStates(who: string): Promise<Record<string, number>> {
    const states: Record<string, number> = {}
    for (const { state } of await this.rewards(who)) states[state] = (states[state] ?? 0) + 1
    return states
  }

  /** The journal agrees with what is kept; nothing more is asked of the scene. */
  async close(): Promise<void> {
    expect((await this.world.app.verify()).discrepancies).toEqual([])
    await this.world.close()
  }
}

export const ref = (who: string): string => `email:${who}@example.org`
