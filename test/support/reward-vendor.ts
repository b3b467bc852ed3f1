// A vendor of rewards that behaves like Stripe: makes what is ordered once, ends codes, and says so when a test wants it.
import type { Deliverer, DeliveryOutcome } from '../../src/app/ports.ts'
import type { RewardFact, RewardOrder } from '../../src/core/facts.ts'

export const REWARD_KIND = 'stripe.reward'

export class RewardVendor {
  /** Orders as they came. */
  readonly orders: RewardOrder[] = []
  readonly made = new Map<string, Extract<RewardFact, { kind: 'reward_made' }>>()
  readonly ended = new Set<string>()
  readonly used = new Set<string>()
  /** Why it refuses everything; null: it does not. */
  refusing: string | null = null
  isDown = false

  readonly deliverer: Deliverer = {
    vendor: 'stripe',
    kinds: [REWARD_KIND],
    deliver: async ({ payload }): Promise<DeliveryOutcome> => {
      if (this.isDown) return { kind: 'down', reason: 'Stripe does not answer' }
      const fact = this.carryOut(payload as RewardOrder)
      return { kind: 'learnt', learnt: { source: 'stripe:test', livemode: null, facts: [fact], lookups: [] } }
    },
  }

  /** What it answers to an order, the same however often it is asked. */
  carryOut(order: RewardOrder): RewardFact {
    this.orders.push(order)
    const { redemption } = order
    if (order.do === 'end') {
      const code = order.promotionCode ?? this.made.get(redemption)?.promotionCode ?? null
      if (code !== null) this.ended.add(code)
      return { kind: 'reward_ended', redemption, used: code !== null && this.used.has(code) }
    }
    const before = this.made.get(redemption)
    if (before) return before
    if (this.refusing !== null) return { kind: 'reward_refused', redemption, reason: this.refusing }
    const { fulfil } = order
    const isCode = fulfil.kind === 'promotion_code'
    const fact = {
      kind: 'reward_made' as const,
      redemption,
      code: isCode ? fulfil.code : null,
      promotionCode: isCode ? promotionCodeOf(redemption) : null,
      coupon: isCode ? `regulars_${redemption}` : null,
      transaction: isCode ? null : `cbtxn_${redemption}`,
    }
    this.made.set(redemption, fact)
    return fact
  }
}

export const promotionCodeOf = (redemption: string): string => `promo_${redemption}`
