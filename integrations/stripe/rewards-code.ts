// A promotion code and the coupon behind it: the member's own, for one use.
import type Stripe from 'stripe'
import { isStripeFailure } from './failures.ts'
import { idOf } from './json.ts'
import type { MakeOrder, RewardDone } from './rewards.ts'
import { isMissing, RewardRefused, STRIPE_DENIES } from './rewards-failures.ts'
import { makeOnce } from './rewards-keys.ts'

type CodeWish = Extract<MakeOrder['fulfil'], { kind: 'promotion_code' }>

/** Stripe's limit: https://docs.stripe.com/api/coupons/create */
const MAX_NAME_CHARACTERS = 40
/** `WISHED`, `WISHED-2`, … `WISHED-20`. */
const MAX_SUFFIX = 20

export const couponId = (redemption: string): string => `regulars_${redemption}`

/** What the customer reads on the receipt; a cut may leave half of a surrogate pair at the end. */
const couponName = (name: string): string =>
  name.length <= MAX_NAME_CHARACTERS ? name : `${name.slice(0, MAX_NAME_CHARACTERS - 1).replace(/\p{Cs}$/u, '')}…`

function discountOf({ amountsOff, percentOff }: CodeWish): Stripe.CouponCreateParams {
  const [first, ...others] = Object.entries(amountsOff ?? {})
  if (first === undefined) return percentOff === null ? {} : { percent_off: percentOff }
  const [currency, amount] = first
  const options = Object.fromEntries(others.map(([other, amountOff]) => [other, { amount_off: amountOff }]))
  return {
    amount_off: amount,
    currency,
    ...(others.length > 0 && { currency_options: options }),
  }
}

/** Answers whether the coupon was there already. */
async function ensureCoupon(stripe: Stripe, { redemption, name }: MakeOrder, wish: CodeWish): Promise<boolean> {
  const id = couponId(redemption)
  const isThere = await stripe.coupons.retrieve(id).then(
    () => true,
    (error: unknown) => {
      if (isMissing(error)) return false
      throw error
    },
  )
  if (isThere) return true
  const params: Stripe.CouponCreateParams = {
    id,
    name: couponName(name),
    duration: 'once',
    max_redemptions: 1,
    metadata: { redemption },
    ...discountOf(wish),
  }
  try {
    await makeOnce(`${redemption}-coupon`, (options) => stripe.coupons.create(params, options))
    return false
  } catch (error) {
    if (isTaken(error)) return true
    throw error
  }
}

const isTaken = (error: unknown): boolean =>
  isStripeFailure(error) &&
  error.statusCode === 400 &&
  (error.code === 'resource_already_exists' || /already exists/i.test(error.message))

/**
 * The code wished for, or with the first suffix that nobody has. Codes are looked for whether active or not: an
 * inactive one may be made active again, and nobody should wonder which of two is meant.
 */
async function createCode(stripe: Stripe, order: MakeOrder, wish: CodeWish): Promise<Stripe.PromotionCode> {
  const { redemption, customer } = order
  const coupon = couponId(redemption)
  for (let suffix = 1; suffix <= MAX_SUFFIX; suffix++) {
    const code = suffix === 1 ? wish.code : `${wish.code}-${suffix}`
    const { data } = await stripe.promotionCodes.list({ code, limit: 1 })
    if (data.length > 0) continue
    const params: Stripe.PromotionCodeCreateParams = {
      promotion: { type: 'coupon', coupon },
      code,
      max_redemptions: 1,
      metadata: { redemption },
      ...(customer !== null && { customer }),
      ...(wish.expiresAt !== null && { expires_at: Math.floor(wish.expiresAt / 1000) }),
    }
    try {
      return await makeOnce(`${redemption}-code-${suffix}`, (options) => stripe.promotionCodes.create(params, options))
    } catch (error) {
      if (!isTaken(error)) throw error
    }
  }
  throw new RewardRefused(STRIPE_DENIES.codesTaken)
}

/** The coupon of a code that Stripe will not make serves nobody. That it stays is no harm: nobody knows it. */
export async function dropCoupon(stripe: Stripe, redemption: string): Promise<void> {
  await stripe.coupons.del(couponId(redemption)).catch((error: unknown) => {
    if (!isStripeFailure(error)) throw error
  })
}

/** The code made for this redemption, should there be one: all codes of its coupon are its own. */
export async function findCode(stripe: Stripe, redemption: string): Promise<Stripe.PromotionCode | undefined> {
  const { data } = await stripe.promotionCodes.list({ coupon: couponId(redemption), limit: 1 })
  return data[0]
}

const isFinal = (error: unknown): boolean =>
  error instanceof RewardRefused ||
  (isStripeFailure(error) && (error.statusCode === 400 || error.statusCode === 402 || error.statusCode === 404))

/**
 * Makes the promotion code, or finds the one made before.
 * @throws RewardRefused when no code is free or its time is over, and the SDK's errors
 */
export async function makeCode(stripe: Stripe, order: MakeOrder, wish: CodeWish, now: number): Promise<RewardDone> {
  const { redemption } = order
  const wasThere = await ensureCoupon(stripe, order, wish)
  const before = wasThere ? await findCode(stripe, redemption) : undefined
  if (before !== undefined) return madeCode(before, redemption)
  try {
    if (wish.expiresAt !== null && wish.expiresAt <= now) throw new RewardRefused(STRIPE_DENIES.tooLate)
    return madeCode(await createCode(stripe, order, wish), redemption)
  } catch (error) {
    if (isFinal(error)) await dropCoupon(stripe, redemption)
    throw error
  }
}

export const madeCode = ({ id, code, livemode, promotion }: Stripe.PromotionCode, redemption: string) => ({
  id,
  livemode,
  fact: {
    kind: 'reward_made' as const,
    redemption,
    code,
    promotionCode: id,
    coupon: idOf(promotion.coupon) ?? couponId(redemption),
    transaction: null,
  },
})
