// Rewards: what points can be turned into, who may have them, and how they reach the member.
import * as z from 'zod'
import { limit } from './awards.ts'
import { segments, tierIds } from './earning.ts'
import { days } from './points.ts'
import {
  byCurrency,
  choice,
  dayOfYear,
  decimal,
  flag,
  IN_ORDER,
  id,
  inOrder,
  list,
  localDate,
  moneyAboveZero,
  object,
  points,
  text,
  variants,
  whole,
} from './scalars.ts'

const VALID_DAYS = 90

const promotionCode = object({
  kind: z.literal('promotion_code'),
  amountOff: moneyAboveZero().nullable().default(null).describe('So much off, in major units.'),
  percentOff: decimal({ places: 2, min: 0.01, max: 100, example: 10 })
    .nullable()
    .default(null)
    .describe('So many percent off.'),
  currencies: byCurrency(moneyAboveZero()).default({}).describe('The amount off in further currencies.'),
})
  .refine((code) => (code.amountOff === null) !== (code.percentOff === null), {
    error: 'must have either "amountOff" or "percentOff"',
  })
  .refine((code) => code.percentOff === null || Object.keys(code.currencies).length === 0, {
    path: ['currencies'],
    error: 'must be left out where "percentOff" is given: a percentage holds in any currency',
  })
  .describe('A promotion code at Stripe, the member’s own, for one use.')

const fulfil = variants(
  'kind',
  ['promotion_code', 'credit', 'manual', 'donation'],
  [
    promotionCode,
    object({
      kind: z.literal('credit'),
      amount: moneyAboveZero().describe('In major units.'),
    }).describe('A credit at Stripe, used by the next invoice.'),
    object({
      kind: z.literal('manual'),
      instructions: text(1_000).default('Hand it over').describe('What staff do.'),
    }).describe('Staff hand it over.'),
    object({
      kind: z.literal('donation'),
      cause: id().describe('The id of a cause.'),
      amount: moneyAboveZero().describe('In major units.'),
    }).describe('Given to a cause in the member’s name.'),
  ],
).describe('How the reward reaches the member.')

export const reward = object({
  id: id(),
  name: text().describe('As members and staff see it.'),
  cost: points().describe('In points; 0 for one that is only given.'),
  fulfil,
  stock: whole().nullable().default(null).describe('How many there are; null: as many as wanted.'),
  limit: limit().nullable().default(null).describe('How often one member may have it; null: always.'),
  tiers: tierIds(),
  segments: segments(),
  onRequest: flag()
    .default(true)
    .describe('Members may ask for it; false: it is only issued by itself, by an award, or by staff as a present.'),
  validDays: days(1)
    .nullable()
    .optional()
    .describe(`Days until an issued reward ends. Default ${VALID_DAYS}, or none where validMonths is given.`),
  validMonths: whole({ min: 1, max: 1_200 }).nullable().default(null).describe('Likewise in months, instead of days.'),
  from: localDate().nullable().default(null).describe('The first day it can be had.'),
  to: localDate().nullable().default(null).describe('The last day it can be had, inclusive.'),
  onExpiry: choice(['forfeit', 'return'])
    .default('forfeit')
    .describe('When it ends unused, the points are lost (forfeit) or given back (return).'),
})
  .refine((reward) => reward.validMonths === null || typeof reward.validDays !== 'number', {
    path: ['validMonths'],
    error: 'must be left out where "validDays" is given',
  })
  .refine(inOrder, IN_ORDER)
  .transform(({ validDays, ...rest }) => ({
    ...rest,
    validDays: validDays === undefined && rest.validMonths === null ? VALID_DAYS : (validDays ?? null),
  }))

export type Reward = z.output<typeof reward>

export const redeemingSection = object({
  maximumOpen: whole({ min: 1 })
    .nullable()
    .default(null)
    .describe('How many unused rewards one member may have at a time, those given by awards aside; null: any number.'),
  freeze: object({
    from: localDate().describe('The first day.'),
    to: localDate().nullable().default(null).describe('The last day, inclusive; null: until further notice.'),
  })
    .refine(inOrder, IN_ORDER)
    .nullable()
    .default(null)
    .describe('Days on which points are earned but not redeemed.'),
})

export const autoRedemption = object({
  reward: id().describe('The id of the reward that is issued by itself.'),
  atPoints: points({ min: 1 }).describe('When a member has so many points.'),
  default: flag().default(true).describe('For members who have not chosen. One of the list at most.'),
  windows: list(dayOfYear()).default([]).describe('Only on these days of the year, e.g. "03-01"; empty: at once.'),
  maximumPerWindow: whole({ min: 1 })
    .nullable()
    .default(10)
    .describe('At most so many for one member on each of those days; null: any number. The rest stays.'),
})
