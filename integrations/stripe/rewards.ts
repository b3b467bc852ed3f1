// Makes at Stripe what redemptions ask for, once: before anything is made it is looked up by the redemption's id, as a
// crash may come between Stripe's answer and our noting it, and Stripe forgets idempotency keys after a day.
import type Stripe from 'stripe'
import { z } from 'zod'
import type { Clock, Deliverer, DeliveryOutcome, OutboxRow } from '../../src/app/ports.ts'
import type { RewardFact, RewardOrder } from '../../src/core/facts.ts'
import { dropCoupon, findCode, madeCode, makeCode } from './rewards-code.ts'
import { makeCredit } from './rewards-credit.ts'
import { failedEnd, failedMake, RewardRefused, STRIPE_DENIES } from './rewards-failures.ts'

export const REWARD_KIND = 'stripe.reward'

const minor = z.int().positive()
const orderSchema = z.discriminatedUnion('do', [
  z.object({
    do: z.literal('make'),
    redemption: z.string().min(1),
    name: z.string(),
    customer: z.string().min(1).nullable(),
    fulfil: z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('promotion_code'),
        code: z.string().min(1),
        amountsOff: z.record(z.string(), minor).nullable(),
        percentOff: z.number().positive().max(100).nullable(),
        expiresAt: z.int().nullable(),
      }),
      z.object({ kind: z.literal('credit'), amountMinor: minor, currency: z.string().min(1) }),
    ]),
  }),
  z.object({ do: z.literal('end'), redemption: z.string().min(1), promotionCode: z.string().min(1).nullable() }),
])

export interface StripeRewardsOptions {
  stripe: Stripe
  clock: Clock
}

/** What Stripe made or ended: the object that says so, its mode, and the fact. */
export interface RewardDone {
  id: string
  /** null: nothing at Stripe says so. */
  livemode: boolean | null
  fact: RewardFact
  /** What we had not heard before it. */
  before?: RewardFact
}

export type MakeOrder = Extract<RewardOrder, { do: 'make' }>
type EndOrder = Extract<RewardOrder, { do: 'end' }>

function make(options: StripeRewardsOptions, order: MakeOrder): Promise<RewardDone> {
  const { fulfil } = order
  return fulfil.kind === 'credit'
    ? makeCredit(options.stripe, order, fulfil)
    : makeCode(options.stripe, order, fulfil, options.clock.now())
}

/** Ends a code. One that was used is over by itself; Stripe's answer to the ending has the last word on that. */
async function end({ stripe }: StripeRewardsOptions, { redemption, promotionCode }: EndOrder): Promise<RewardDone> {
  const found =
    promotionCode === null ? await findCode(stripe, redemption) : await stripe.promotionCodes.retrieve(promotionCode)
  if (found === undefined) {
    await dropCoupon(stripe, redemption)
    return { id: redemption, livemode: null, fact: { kind: 'reward_ended', redemption, used: false } }
  }
  const { id } = found
  const isOver = !found.active || found.times_redeemed > 0
  const ended = isOver ? found : await stripe.promotionCodes.update(id, { active: false })
  const fact = { kind: 'reward_ended' as const, redemption, used: ended.times_redeemed > 0 }
  if (promotionCode !== null) return { id, livemode: ended.livemode, fact }
  // That it was made is news: by its id we know the order that it was used on.
  return { id, livemode: ended.livemode, fact, before: madeCode(ended, redemption).fact }
}

const learnt = ({ id, livemode, fact, before }: RewardDone): DeliveryOutcome => ({
  kind: 'learnt',
  learnt: { source: `stripe:${id}`, livemode, facts: before ? [before, fact] : [fact], lookups: [] },
})

async function carryOut(options: StripeRewardsOptions, order: RewardOrder): Promise<DeliveryOutcome> {
  try {
    return learnt(await (order.do === 'make' ? make(options, order) : end(options, order)))
  } catch (error) {
    if (order.do === 'end') return failedEnd(error, order.promotionCode ?? `of ${order.redemption}`)
    const failure = error instanceof RewardRefused ? error : failedMake(error, order)
    if (!(failure instanceof RewardRefused)) return failure
    const { redemption } = order
    const fact = { kind: 'reward_refused' as const, redemption, reason: failure.message }
    return learnt({ id: redemption, livemode: null, fact })
  }
}

/** Delivers the outbox's orders of rewards. A row's payload is the RewardOrder. */
export function createStripeRewards(options: StripeRewardsOptions): Deliverer {
  return {
    vendor: 'stripe',
    kinds: [REWARD_KIND],
    async deliver(row: OutboxRow): Promise<DeliveryOutcome> {
      const parsed = orderSchema.safeParse(row.payload)
      return parsed.success ? carryOut(options, parsed.data) : { kind: 'refused', reason: STRIPE_DENIES.notAnOrder }
    },
  }
}
