// Tiers: what is counted, over which window, how long a tier is kept, and the levels from lowest to highest.
import * as z from 'zod'
import { award } from './awards.ts'
import { days, expiry, months } from './points.ts'
import { choice, flag, id, list, multiplier, object, products, stripeId, text, variants } from './scalars.ts'

const window = variants(
  'kind',
  ['calendar_year', 'rolling', 'lifetime'],
  [
    object({ kind: z.literal('calendar_year') }).describe('Counted from 1 January to 31 December.'),
    object({ kind: z.literal('rolling'), months: months().describe('Counted over the last so many months.') }),
    object({ kind: z.literal('lifetime') }).describe('Counted since joining.'),
  ],
).describe('The time over which a tier is reached.')

const THRESHOLD_ERROR = 'must be a number, 0 or more, such as 350'
const KEEP_ERROR = 'must be "next_period", "period", "always" or an object such as {"months": 12}'

const paid = object({
  products: products().default([]).describe('Who has a Stripe subscription to one of these products holds the tier.'),
  prices: list(stripeId('price_1Nxyz1234')).default([]).describe('Likewise, by the ids of Stripe prices.'),
  trial: flag().default(true).describe('A trial counts too.'),
  pastDueDays: days().default(7).describe('Days that the tier is kept when a renewal could not be charged.'),
}).refine((subscription) => subscription.products.length + subscription.prices.length > 0, {
  error: 'must name at least one product or price of the subscription',
})

const level = object({
  id: id(),
  name: text(60).describe('As members and staff see it.'),
  threshold: z
    .number({ error: THRESHOLD_ERROR })
    .min(0, { error: THRESHOLD_ERROR })
    .max(Number.MAX_SAFE_INTEGER, { error: THRESHOLD_ERROR })
    .nullish()
    .describe('What must be reached: points, purchases, or spend in major units. Default 0; none for a paid tier.'),
  multiplier: multiplier().default(1).describe('Points on amounts are multiplied by this, with up to four decimals.'),
  perks: list(object({ id: id(), name: text().describe('As members see it.') }))
    .default([])
    .describe('What else members of the tier have.'),
  expiry: expiry.nullable().default(null).describe('When points of members of the tier end; null: as for all.'),
  entry: award.nullable().default(null).describe('What a member gets on reaching the tier.'),
  paid: paid.nullable().default(null).describe('The tier is held while a Stripe subscription is.'),
}).transform(({ threshold, ...rest }) => ({
  ...rest,
  // A tier one pays for has no threshold unless it is given one: then it can be reached either way.
  threshold: threshold ?? (rest.paid === null ? 0 : null),
}))

const KEEPS: Record<Window['kind'], { standard: Keep; allows: (keep: Keep) => boolean; error: string }> = {
  calendar_year: {
    standard: 'next_period',
    allows: (keep) => keep === 'next_period' || keep === 'period',
    error: 'must be "next_period" or "period" where the window is calendar_year',
  },
  rolling: {
    standard: { months: 12 },
    allows: (keep) => typeof keep === 'object',
    error: 'must be an object such as {"months": 12} where the window is rolling',
  },
  lifetime: {
    standard: 'always',
    allows: (keep) => keep === 'always',
    error: 'must be "always", or left out, where the window is lifetime',
  },
}

const keep = z.union(
  [
    z.enum(['next_period', 'period', 'always']),
    object({ months: months().describe('Kept so many months from when it was reached.') }),
  ],
  { error: KEEP_ERROR },
)

export type Window = z.output<typeof window>
export type Keep = z.output<typeof keep>
export type Level = z.output<typeof level>
export type Tiers = z.output<typeof tiersSection>

export const tiersSection = object({
  metric: choice(['points', 'spend', 'purchases'])
    .default('points')
    .describe('What is counted: base points earned, spend, or the number of purchases. Never the balance.'),
  window: window.prefault({ kind: 'calendar_year' }),
  keep: keep
    .optional()
    .describe(
      'How long a tier is kept. calendar_year: "next_period" (default), through the next year, or "period". rolling: {"months": 12}. lifetime: "always".',
    ),
  downgrade: choice(['requalify', 'one_step'])
    .default('requalify')
    .describe('At the end: down to what is reached now (requalify), or one level at most (one_step).'),
  levels: list(level, 1).describe('The levels, lowest first.'),
}).transform((tiers) => ({ ...tiers, keep: tiers.keep ?? KEEPS[tiers.window.kind].standard }))

/** What is wrong with how long a tier is kept, given its window; null when they go together. */
export function keepProblem({ window, keep }: Tiers): string | null {
  const rule = KEEPS[window.kind]
  return rule.allows(keep) ? null : rule.error
}
