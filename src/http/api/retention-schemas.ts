// The reports on retention as the document shows them, held to the app's shapes by the compiler.
import { z } from '@hono/zod-openapi'
import type { CohortsReport, RetentionReport } from '../../app/reports/shapes.ts'
import { base, count, day, minor, month, share } from './report-schemas.ts'

const currency = () => z.string().openapi({ example: 'usd' })
const rate = (description: string) =>
  z
    .number()
    .nullable()
    .openapi({ description: `${description} 0.35 is 35 %; null: nothing to take a share of.` })
const average = (description: string) => z.number().nullable().openapi({ description })
const ownMinor = (description: string) =>
  z
    .int()
    .nullable()
    .openapi({ description: `${description} Minor units of this line’s currency.` })

const retained = {
  customersBefore: count().openapi({ description: 'Who bought in the period before.' }),
  retained: count().openapi({ description: 'Of these: who bought in this one again.' }),
  retention: rate('Retained of those before.'),
  churn: rate('1 − retention.'),
}

const figures = {
  everCustomers: count().openapi({ description: 'Who had bought by the end of the period.' }),
  customers: count().openapi({ description: 'Who bought in the period.' }),
  orders: count(),
  renewals: count().openapi({ description: 'Of the orders: later invoices of subscriptions.' }),
  ...retained,
  repeatRate: rate('Of the customers of the period, those who had bought at least twice by its end.'),
  frequency: average('Orders by customer in the period.'),
  daysBetween: z
    .object({
      median: average('Half of the times between purchases were shorter.'),
      mean: average('Days.'),
      gaps: count(),
    })
    .openapi({ description: 'Days between purchases, those that ended in the period; renewals left out.' }),
  money: z
    .array(
      z.object({
        currency: currency(),
        customers: count(),
        orders: count(),
        spend: z.int().openapi({ description: 'Paid less refunded. Minor units of this line’s currency.' }),
        averageOrder: ownMinor('Spend by order.'),
        lifetimeValue: ownMinor('Spend since the first purchase, by customer who ever bought in the currency.'),
      }),
    )
    .openapi({ description: 'By currency; amounts of two currencies are never added.' }),
  expectedValue: minor('What is still to come, by customer; null: not known.').nullable(),
}

const nps = z.object({
  responses: count(),
  promoters: count(),
  passives: count(),
  detractors: count(),
  score: average('From −100 to 100.'),
  interval: z.tuple([z.number(), z.number()]).nullable().openapi({ description: 'Its 95 % interval.' }),
})
const stars = z.object({ responses: count(), average: average('From 1 to 5.') })

const subscriptionMonth = z.object({
  month: month(),
  running: count().openapi({ description: 'Ran as the month began.' }),
  began: count(),
  ended: count().openapi({ description: 'Of those that ran as it began.' }),
  churn: rate('Ended of those that ran.'),
})

const arm = z.object({ customers: count(), returned: count(), share: rate('Who came back.') })

const holdout = z
  .object({
    holdout: share(),
    from: day(),
    to: day().nullable(),
    shown: arm,
    heldOut: arm,
    effect: z
      .object({
        share: z.number().openapi({ description: 'The difference of the shares that came back.' }),
        shareLow: z.number(),
        shareHigh: z.number(),
        customers: z.int().openapi({ description: 'The difference times those whose alerts were shown.' }),
        customersLow: z.int(),
        customersHigh: z.int(),
        difference: minor('By customer whose alert was shown.'),
        low: minor(),
        high: minor(),
        confidence: z.number(),
        method: z.string(),
      })
      .nullable()
      .openapi({ description: 'Null: too few to say.' }),
    says: z.string(),
  })
  .nullable()
  .openapi({ description: 'Customers whose alerts were shown against those held out by chance; null: nobody is.' })

const impact = z.object({
  holdout,
  joining: z
    .object({
      days: count(),
      members: count(),
      purchasesBefore: average('By member.'),
      purchasesAfter: average('By member.'),
      spendBefore: minor().nullable(),
      spendAfter: minor().nullable(),
      says: z.string(),
    })
    .openapi({ description: 'Before and after joining. Not causal: people join when they mean to buy.' }),
  acting: z
    .object({ actedOn: count(), cameBack: count(), waiting: count(), says: z.string() })
    .openapi({ description: 'Who came back after somebody acted. No proof that acting did it.' }),
})

const alertLine = z.object({
  kind: z.enum(['at_risk', 'overdue', 'tier_at_risk', 'points_expiring', 'payment_failed', 'cancelling', 'unhappy']),
  opened: count().openapi({ description: 'In the period.' }),
  actedOn: count().openapi({ description: 'Of those opened.' }),
  cameBack: count().openapi({ description: 'Of those acted on, in time.' }),
  waiting: count().openapi({ description: 'Of those acted on, who may still come back.' }),
  open: count().openapi({ description: 'Now, whenever they were opened.' }),
  value: minor('At stake in those open now.'),
})

const model = z
  .object({
    at: z.string().openapi({ format: 'date-time' }),
    until: day(),
    customers: count(),
    sampled: count(),
    chosen: z
      .enum(['bg_nbd', 'mbg_nbd'])
      .nullable()
      .openapi({ description: 'Null: a plain rule, as they are too few.' }),
    logLikelihoods: z.object({
      bgNbd: z.number().nullable(),
      mbgNbd: z.number().nullable(),
      gammaGamma: z.number().nullable(),
    }),
    backtest: z
      .object({
        origins: z.array(day()),
        horizonDays: count(),
        customers: count(),
        raised: count().openapi({ description: 'Alerts that would have been raised.' }),
        right: count().openapi({ description: 'Of these: the customer indeed stayed away.' }),
        stayedAway: count(),
        expectedPurchases: count(),
        actualPurchases: count(),
      })
      .nullable()
      .openapi({ description: 'Tried on the shop’s own past.' }),
    says: z.string(),
  })
  .nullable()
  .openapi({ description: 'What customers are judged by; null: nothing was learnt yet.' })

export const retentionReport = z
  .object({
    report: z.literal('retention'),
    ...base,
    period: z
      .object({ from: day(), to: day(), days: count(), before: z.object({ from: day(), to: day() }) })
      .openapi({ description: 'The days compared: this period, and as many days before it.' }),
    total: z.object(figures),
    months: z
      .array(
        z.object({
          month: month(),
          customers: count(),
          newCustomers: count(),
          orders: count(),
          ...retained,
          money: z.array(
            z.object({
              currency: currency(),
              orders: count(),
              spend: z.int(),
              averageOrder: ownMinor('Spend by order.'),
            }),
          ),
          complete: z.boolean(),
        }),
      )
      .openapi({ description: 'Each against the month before.' }),
    groups: z.array(
      z.object({
        by: z.enum(['cohort', 'tier', 'segment', 'membership']),
        id: z.string().nullable(),
        name: z.string(),
        ...figures,
      }),
    ),
    subscriptions: z.object({
      running: count().openapi({ description: 'Now.' }),
      ended: count(),
      churn: rate('Of those that ran as the span began.'),
      months: z.array(subscriptionMonth),
      curves: z
        .array(z.object({ upTo: z.number().nullable(), subscriptions: count(), survival: z.array(share()) }))
        .openapi({ description: 'Shares of subscriptions that reached each month, by monthly price in minor units.' }),
    }),
    impact,
    alerts: z.array(alertLine),
    model,
    lookedAt: z
      .string()
      .nullable()
      .openapi({ format: 'date-time', description: 'When everybody was last looked at; null: never.' }),
    feedback: z.object({ nps, stars, months: z.array(z.object({ month: month(), nps, stars })) }),
  })
  .openapi('RetentionReport') satisfies z.ZodType<RetentionReport>

export const cohortsReport = z
  .object({
    report: z.literal('cohorts'),
    ...base,
    customers: count().openapi({ description: 'Who ever bought in the currency.' }),
    earlier: count().openapi({ description: 'Of these: whose first purchase was before the cohorts listed.' }),
    later: count(),
    cohorts: z.array(
      z.object({
        month: month(),
        customers: count(),
        orders: count(),
        spend: minor('Minor units of the report’s currency.'),
        cells: z.array(
          z.object({
            since: count().openapi({ description: 'Months since the first purchase.' }),
            customers: count(),
            share: rate('Of the customers of the cohort.'),
            orders: count(),
            spend: minor('Minor units of the report’s currency.'),
            complete: z.boolean().openapi({ description: 'False for the month that is not over yet.' }),
          }),
        ),
      }),
    ),
    averages: z
      .array(
        z.object({
          since: count(),
          cohorts: count(),
          customers: count(),
          share: rate('Weighted by the cohorts’ sizes.'),
          spendPerCustomer: minor('Minor units of the report’s currency.').nullable(),
        }),
      )
      .openapi({ description: 'Of each month since, over the cohorts that have it behind them.' }),
    currencies: z.array(currency()),
  })
  .openapi('CohortsReport') satisfies z.ZodType<CohortsReport>
