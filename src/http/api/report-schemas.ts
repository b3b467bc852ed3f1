// The reports as the document shows them, held to the app's shapes by the compiler.
import { z } from '@hono/zod-openapi'
import type {
  CampaignsReport,
  CausesReport,
  LiabilityReport,
  PartnersReport,
  ProductsReport,
  SummaryReport,
} from '../../app/reports/shapes.ts'

const points = () => z.int().openapi({ description: 'Points.' })
export const minor = (description = 'Minor units of the program’s currency.') => z.int().openapi({ description })
export const count = () => z.int()
export const month = () => z.string().openapi({ example: '2026-11' })
export const day = () => z.string().openapi({ format: 'date', example: '2026-11-22' })
export const share = () => z.number().openapi({ description: 'A share: 0.35 is 35 %.' })
const named = { id: z.string(), name: z.string() }

export const base = {
  at: z.string().openapi({ format: 'date-time', description: 'When it was made.' }),
  currency: z.string(),
  timezone: z.string(),
  from: day().nullable().openapi({ description: 'The first day; null: from the beginning.' }),
  to: day().nullable().openapi({ description: 'The last day; null: until now.' }),
  empty: z.boolean().openapi({ description: 'Whether there is nothing to report.' }),
  how: z.array(z.string()).openapi({ description: 'How the figures come about, in sentences.' }),
}

const flows = {
  issued: points(),
  forgiven: points(),
  reversed: points(),
  redeemed: points(),
  donated: points(),
  expired: points(),
  forfeited: points(),
}

export const summaryReport = z
  .object({
    report: z.literal('summary'),
    ...base,
    members: z.object({
      active: count(),
      candidates: count(),
      left: count(),
      suspended: count(),
      newThisMonth: count(),
      newLastMonth: count(),
      buying: count().openapi({ description: 'With a purchase in the last 90 days.' }),
    }),
    points: z.object({
      outstanding: points(),
      value: minor(),
      thisMonth: z.object(flows),
      lastMonth: z.object(flows),
    }),
    lastYear: z.object({ purchases: count(), spend: minor() }),
    openRewards: count(),
    goals: z.array(
      z.object({
        metric: z.string(),
        unit: z.enum(['share', 'members', 'money']).openapi({ description: 'money: minor units.' }),
        target: z.number(),
        actual: z.number().nullable().openapi({ description: 'Null while it cannot be said.' }),
        by: day(),
        state: z.enum(['reached', 'on_track', 'behind', 'missed']),
        measure: z.string(),
      }),
    ),
    held: z
      .object({
        tiers: z.array(z.object({ id: z.string().nullable(), name: z.string(), members: count() })),
        rewards: z.array(z.object({ ...named, open: count(), chosen: count() })),
        badges: z.array(z.object({ ...named, members: count() })),
        challenges: z.array(z.object({ ...named, members: count() })),
        partners: z.array(z.object({ ...named, points: points() })),
        causes: z.array(z.object({ ...named, points: points() })),
      })
      .openapi({ description: 'What members hold of what the program names.' }),
  })
  .openapi('SummaryReport') satisfies z.ZodType<SummaryReport>

export const liabilityReport = z
  .object({
    report: z.literal('liability'),
    ...base,
    months: z
      .array(
        z.object({
          month: month(),
          opening: points(),
          ...flows,
          closing: points(),
          value: minor(),
          complete: z.boolean(),
        }),
      )
      .openapi({
        description:
          'By month of record: opening + issued + forgiven − reversed − redeemed − donated − expired − forfeited = closing.',
      }),
    outstanding: z.object({
      points: points(),
      available: points(),
      pending: points(),
      reserved: points(),
      owed: points(),
      value: minor(),
    }),
    ages: z.array(z.object({ from: count(), to: count().nullable(), points: points(), value: minor() })),
    expiring: z.array(z.object({ month: month(), points: points(), value: minor() })),
    withoutEnd: z.object({ points: points(), value: minor() }),
    breakage: z.object({
      points: points().nullable(),
      value: minor().nullable(),
      rate: share().nullable(),
      from: month().nullable(),
      to: month().nullable(),
      months: count(),
      estimate: z.string(),
    }),
  })
  .openapi('LiabilityReport') satisfies z.ZodType<LiabilityReport>

const arm = z.object({ members: count(), spendPerMember: minor() })

export const campaignsReport = z
  .object({
    report: z.literal('campaigns'),
    ...base,
    campaigns: z.array(
      z.object({
        ...named,
        on: z.enum(['purchase', 'enrolment']),
        from: day().nullable(),
        to: day().nullable(),
        state: z.enum(['ahead', 'running', 'over']),
        announced: z.boolean(),
        holdout: share(),
        members: count(),
        purchases: count(),
        spend: minor(),
        points: points(),
        cost: minor(),
        comparison: z
          .object({
            treated: arm,
            heldOut: arm,
            uplift: z
              .object({
                difference: minor(),
                low: minor(),
                high: minor(),
                confidence: z.number(),
                method: z.string(),
              })
              .nullable()
              .openapi({ description: 'Spend per member; null: too few to say.' }),
          })
          .nullable()
          .openapi({ description: 'Null where nobody was held out.' }),
        says: z.string(),
      }),
    ),
  })
  .openapi('CampaignsReport') satisfies z.ZodType<CampaignsReport>

const settled = {
  purchases: count(),
  spend: minor(),
  issued: points(),
  redeemed: points(),
  owedByPartner: minor().nullable(),
  owedToPartner: minor().nullable(),
  net: minor().nullable(),
}

export const partnersReport = z
  .object({
    report: z.literal('partners'),
    ...base,
    partners: z.array(
      z.object({
        ...named,
        listed: z.boolean().openapi({ description: 'Whether the program in force has it.' }),
        pending: points(),
        months: z.array(z.object({ month: month(), ...settled })),
        total: z.object(settled),
      }),
    ),
  })
  .openapi('PartnersReport') satisfies z.ZodType<PartnersReport>

const given = {
  purchases: count(),
  items: count(),
  amount: minor(),
  points: points(),
  value: minor(),
  gifts: count(),
  donations: z.object({ rewards: count(), amount: minor() }),
}

export const causesReport = z
  .object({
    report: z.literal('causes'),
    ...base,
    causes: z.array(z.object({ ...named, listed: z.boolean(), ...given })),
    totals: z.object(given),
  })
  .openapi('CausesReport') satisfies z.ZodType<CausesReport>

const bought = { purchases: count(), pieces: count(), amount: minor() }

export const productsReport = z
  .object({
    report: z.literal('products'),
    ...base,
    products: z.array(
      z.object({
        product: z.string().nullable(),
        ...bought,
        byTier: z.array(z.object({ tier: z.string().nullable(), name: z.string(), ...bought })),
        bySegment: z.array(z.object({ segment: z.string().nullable(), ...bought })),
      }),
    ),
    others: z.object({ products: count(), ...bought }).nullable(),
    coverage: z.object({
      purchases: count(),
      spend: minor(),
      knownPurchases: count(),
      known: minor(),
      share: share().nullable(),
    }),
  })
  .openapi('ProductsReport') satisfies z.ZodType<ProductsReport>
