// What earns points. Purchases and items are rates on a payment; actions, birthdays and anniversaries give an award.
import * as z from 'zod'
import { awardFields, hasOneAward, limit, ONE_AWARD, PERIODS, toAward } from './awards.ts'
import {
  byCurrency,
  choice,
  id,
  list,
  money,
  moneyAboveZero,
  object,
  points,
  products,
  text,
  variants,
} from './scalars.ts'

/** RFM segments, DESIGN.md §9. */
export const SEGMENTS = [
  'champions',
  'loyal',
  'potential_loyalist',
  'new_customers',
  'promising',
  'needs_attention',
  'about_to_sleep',
  'at_risk',
  'cannot_lose',
  'hibernating',
  'lost',
] as const
export type Segment = (typeof SEGMENTS)[number]

const segment = choice(SEGMENTS).meta({ id: 'segment', description: 'How recently, how often and how much.' })

export const tierIds = () => list(id()).default([]).describe('Only members of these tiers; empty: of any or none.')
export const segments = () => list(segment).default([]).describe('Only members of these segments; empty: of any.')

const METADATA_ERROR = 'must be an object {…} of texts, as in Stripe: {"channel": "store"}'
/** Stripe's limits: 50 keys of 40 characters, values of 500. */
export const metadata = () =>
  z
    .record(z.string().max(40, { error: 'must be a key of at most 40 characters' }), text(500), {
      error: METADATA_ERROR,
    })
    .default({})
    .describe('Only payments with all of these in their Stripe metadata.')

const memberConditions = { tiers: tierIds(), segments: segments() }
const memberWhen = object(memberConditions).prefault({}).describe('For whom the rule holds.')
const paymentWhen = object({ ...memberConditions, metadata: metadata() })
  .prefault({})
  .describe('For whom and for which payments the rule holds.')

const ruleId = id().describe('A name for the rule; history and limits refer to it.')

const purchaseRule = object({
  id: ruleId,
  on: z.literal('purchase'),
  points: points().default(1).describe('Points for each "per" spent. Whole: for 1.5 points per 1 write 3 per 2.'),
  per: moneyAboveZero().default(1).describe('The amount that earns "points", in major units.'),
  base: choice(['net', 'gross'])
    .default('net')
    .describe('net: without tax, shipping and tip. gross: all that was paid.'),
  scope: choice(['order', 'lines'])
    .default('order')
    .describe('order: the whole order counts. lines: only the lines that match "products" and "excludeProducts".'),
  currencies: byCurrency(object({ per: moneyAboveZero().describe('The amount that earns "points" in this currency.') }))
    .default({})
    .describe('Further currencies that earn. Those not listed earn nothing.'),
  products: products().default([]).describe('Only purchases of these Stripe products; empty: of any.'),
  excludeProducts: products().default([]).describe('These Stripe products earn nothing, e.g. gift cards.'),
  minimum: money().default(0).describe('The least that must be paid for the purchase to earn.'),
  when: paymentWhen,
}).describe('Points for what is spent.')

const itemRule = object({
  id: ruleId,
  on: z.literal('item'),
  products: products(1).describe('The Stripe products that earn.'),
  points: points({ min: 1 }).describe('Points for each one bought.'),
  when: paymentWhen,
}).describe('Points for each of certain products.')

const actionRule = object({
  id: ruleId,
  on: z.literal('action'),
  action: id().describe('What the member did, as your systems report it: review, check-in, …'),
  ...awardFields,
  limit: limit().nullable().default(null).describe('How often it earns for one member; null: always.'),
  when: memberWhen,
})
  .refine(hasOneAward, ONE_AWARD)
  .transform(({ points, award, ...rule }) => ({ ...rule, award: toAward({ points, award }) }))
  .describe('An award for something a member does.')

const birthdayRule = object({ id: ruleId, on: z.literal('birthday'), ...awardFields, when: memberWhen })
  .refine(hasOneAward, ONE_AWARD)
  .transform(({ points, award, ...rule }) => ({ ...rule, award: toAward({ points, award }) }))
  .describe('An award on the member’s birthday.')

const anniversaryRule = object({ id: ruleId, on: z.literal('anniversary'), ...awardFields, when: memberWhen })
  .refine(hasOneAward, ONE_AWARD)
  .transform(({ points, award, ...rule }) => ({ ...rule, award: toAward({ points, award }) }))
  .describe('An award on each anniversary of joining.')

export const earningRule = variants(
  'on',
  ['purchase', 'item', 'action', 'birthday', 'anniversary'],
  [purchaseRule, itemRule, actionRule, birthdayRule, anniversaryRule],
)

export type EarningRule = z.output<typeof earningRule>
export type PurchaseRule = z.output<typeof purchaseRule>
export type ItemRule = z.output<typeof itemRule>

export const sharedLimit = object({
  id: id(),
  rules: list(id(), 1).describe('The ids of the earning rules that share the limit.'),
  points: points({ min: 1 }).describe('At most so many points for one member from these rules together.'),
  per: choice(PERIODS).default('year').describe('In a calendar day, week, month or year, or ever.'),
})
