// Campaigns: for some days, points on amounts are multiplied or a bonus is added.
import * as z from 'zod'
import { metadata, segments, tierIds } from './earning.ts'
import {
  choice,
  flag,
  IN_ORDER,
  id,
  inOrder,
  list,
  localDate,
  money,
  multiplier,
  object,
  points,
  products,
  share,
  text,
} from './scalars.ts'

/** As in ISO 8601 and Temporal: Monday is 1. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7

const WEEKDAY_NAMES = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const
const WEEKDAY_SHORT = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
type WeekdayName = (typeof WEEKDAY_NAMES)[number] | (typeof WEEKDAY_SHORT)[number]

// biome-ignore format: a table, long name and short
const WEEKDAYS: Record<WeekdayName, Weekday> = {
  monday: 1, tuesday: 2, wednesday: 3, thursday: 4, friday: 5, saturday: 6, sunday: 7,
  mon: 1, tue: 2, wed: 3, thu: 4, fri: 5, sat: 6, sun: 7,
}
const weekday = z.union(
  [
    z.enum([...WEEKDAY_NAMES, ...WEEKDAY_SHORT]).transform((name) => WEEKDAYS[name]),
    z.literal([1, 2, 3, 4, 5, 6, 7] satisfies Weekday[]),
  ],
  { error: 'must be a day of the week, "monday" to "sunday", or 1 to 7' },
)

export const campaign = object({
  id: id(),
  name: text().describe('As members and staff see it.'),
  from: localDate().nullable().default(null).describe('The first day, in the program’s zone; null: always has been.'),
  to: localDate().nullable().default(null).describe('The last day, inclusive; null: until further notice.'),
  dates: list(localDate()).default([]).describe('Only on these days; empty: on all from first to last.'),
  weekdays: list(weekday).prefault([]).describe('Only on these days of the week; empty: on all.'),
  on: choice(['purchase', 'enrolment']).default('purchase').describe('What it rewards: purchases, or joining.'),
  multiplier: multiplier()
    .default(1)
    .describe(
      'Points on amounts are multiplied by this, with up to four decimals; on top of the tier’s. Tiers do not count it.',
    ),
  bonus: points()
    .default(0)
    .describe(
      'Points added to each purchase that a rule counts, taken back in part with a refund; or given for joining.',
    ),
  when: object({
    tiers: tierIds(),
    segments: segments(),
    products: products()
      .default([])
      .describe(
        'Only for these Stripe products: of an order the lines with them are multiplied, and one of them brings the bonus. Empty: for any.',
      ),
    metadata: metadata(),
    minimum: money()
      .default(0)
      .describe('The least that must be paid, without tax, shipping and tip. Other currencies by the ratio of "per".'),
  })
    .prefault({})
    .describe('For whom and for which payments it holds.'),
  announced: flag().default(true).describe('Members are told. Announced campaigns treat all alike.'),
  holdout: share()
    .default(0)
    .describe('The share of members left out, to learn what the campaign brings. Only where it is not announced.'),
})
  .refine(inOrder, IN_ORDER)
  .refine((campaign) => campaign.multiplier !== 1 || campaign.bonus > 0, {
    error: 'must do something: give it a "multiplier" or a "bonus"',
  })
  .refine((campaign) => campaign.on === 'purchase' || campaign.multiplier === 1, {
    path: ['multiplier'],
    error: 'must be left out where "on" is not "purchase": only points on amounts are multiplied; use "bonus"',
  })
  .refine((campaign) => campaign.holdout === 0 || !campaign.announced, {
    path: ['holdout'],
    error: 'must be 0 unless "announced" is false: who was promised something must not be left out',
  })

export type Campaign = z.output<typeof campaign>
