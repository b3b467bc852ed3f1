// Others the program works with: shops that share its points, and causes it gives to.
import * as z from 'zod'
import { days } from './points.ts'
import {
  flag,
  id,
  moneyAboveZero,
  object,
  points,
  pricePerPoint,
  products,
  share,
  stripeId,
  text,
  whole,
} from './scalars.ts'

const ACCOUNT_ERROR = 'must be the id of a Stripe Connect account, such as "acct_1Nxyz1234"'

export const partner = object({
  id: id(),
  name: text().describe('As members see it.'),
  category: text(60).nullable().default(null).describe('What it sells, e.g. "food".'),
  stripeAccount: stripeId('acct_1Nxyz1234')
    .regex(/^acct_/, { error: ACCOUNT_ERROR })
    .describe('Its connected account at Stripe; payments there earn.'),
  points: points().describe(
    'Points for each "per" spent there in the program’s currency. Tiers and campaigns leave them alone.',
  ),
  per: moneyAboveZero().default(1).describe('The amount that earns "points", in major units.'),
  holdDays: days().default(90).describe('Days until points from there can be spent.'),
  redeem: flag().default(false).describe('Points can be spent there too.'),
  settlement: object({
    issued: pricePerPoint().default(0.01).describe('What the partner pays for each point issued there.'),
    redeemed: pricePerPoint().default(0.009).describe('What the partner is paid for each point redeemed there.'),
  })
    .prefault({})
    .describe('What a point costs between you, in major units.'),
})

const PER_PURCHASE_ERROR = 'must be {"perItem": 1}, {"shareOfSpend": 0.01} or null'

export const cause = object({
  id: id(),
  name: text().describe('As members see it.'),
  perPurchase: z
    .union(
      [
        object({
          perItem: whole({ min: 1 }).describe('Given for each item sold; where the order’s lines are known.'),
          products: products().default([]).describe('Only for these Stripe products; empty: for any.'),
          excludeProducts: products().default([]).describe('Not for these Stripe products, e.g. gift cards.'),
        }),
        object({ shareOfSpend: share().describe('This share of what is spent: 0.01 is one percent.') }),
      ],
      { error: PER_PURCHASE_ERROR },
    )
    .nullable()
    .default(null)
    .describe('What every purchase gives by itself, whoever buys; null: nothing, only what members donate.'),
})

export type Partner = z.output<typeof partner>
export type Cause = z.output<typeof cause>
