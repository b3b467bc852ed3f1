// The report on retention as tables: those that people read, and the one that a file has.
import type { RetentionGroup } from '../app/reports/retention-shapes.ts'
import type { RetentionReport } from '../app/reports/shapes.ts'
import type { Figures } from '../retention/metrics.ts'
import { count, plural } from './format.ts'
import type { Shown } from './report-tables.ts'
import type { Table, Value } from './table.ts'

const money = (minor: number | null, currency?: string): Value =>
  currency === undefined ? { minor } : { minor, currency }
const share = (part: number | null): Value => ({ share: part })
/** Averages have more places than anybody reads. */
const tenths = (value: number | null): number | null => (value === null ? null : Math.round(value * 10) / 10)
const hundredths = (value: number | null): number | null => (value === null ? null : Math.round(value * 100) / 100)

export const ALERT_WORDS: Readonly<Record<string, string>> = {
  at_risk: 'at risk',
  overdue: 'overdue',
  tier_at_risk: 'tier at risk',
  points_expiring: 'points expiring',
  payment_failed: 'payment failed',
  cancelling: 'cancelling',
  unhappy: 'unhappy',
}

/** Below that a share says more about chance than about customers. */
const FEW_CUSTOMERS = 10
const FEW_ANSWERS = 30
const shareOf = (part: number | null, customers: number): Value => share(customers < FEW_CUSTOMERS ? null : part)

/** The figures that one looks at first, in lines of 80 columns at most unless spend has more than eight digits. */
export function keyFigures({ total, period, months, currency, subscriptions, feedback }: RetentionReport): Table {
  const { days, before } = period
  const newcomers = months.reduce((sum, { newCustomers }) => sum + newCustomers, 0)
  const subscribed = subscriptions.churn !== null || subscriptions.running > 0
  const scored = feedback.nps.score !== null
  const rows: [string, Value, string][] = [
    ['customers', total.customers, `bought ${period.from} to ${period.to} (${plural(days, 'day')})`],
    [
      'retention',
      share(total.retention),
      `of ${count(total.customersBefore)} who bought ${before.from} to ${before.to}`,
    ],
    ['churn', share(total.churn), '1 − retention'],
    // Where nobody is new, as in an old shop's history, all of them had.
    [
      'repeat rate',
      share(total.repeatRate),
      `had bought at least twice by then; ${newcomers === 0 ? 'none' : count(newcomers)} new`,
    ],
    ['frequency', hundredths(total.frequency), 'purchases by customer'],
    ['days between', tenths(total.daysBetween.median), `median; mean ${tenths(total.daysBetween.mean) ?? '–'}`],
    ...total.money.flatMap(({ currency: paidIn, averageOrder, lifetimeValue, spend }): [string, Value, string][] => [
      [`spend ${paidIn.toUpperCase()}`, money(spend, paidIn), 'net of refunds'],
      [`average order ${paidIn.toUpperCase()}`, money(averageOrder, paidIn), 'spend by purchase'],
      [`lifetime value ${paidIn.toUpperCase()}`, money(lifetimeValue, paidIn), 'so far, by customer who ever bought'],
    ]),
    ['still to come', money(total.expectedValue, currency), 'expected, by customer'],
    ...(subscribed
      ? ([
          ['subscriptions', subscriptions.running, 'running now'],
          ['ended', share(subscriptions.churn), 'of those that ran as the span began'],
        ] satisfies [string, Value, string][])
      : []),
    ...(scored
      ? ([['NPS', feedback.nps.score, sayAnswers(feedback.nps.responses)]] satisfies [string, Value, string][])
      : []),
  ]
  return { title: 'Key figures', columns: ['', 'value', 'what it is'], rows, nothing: '' }
}

const sayAnswers = (answers: number): string =>
  `of ${plural(answers, 'answer')}${answers < FEW_ANSWERS ? ', too few to mean much' : ''}`

const GROUP_TITLES: Record<RetentionGroup['by'], string> = {
  membership: 'Members and others',
  tier: 'By tier held now',
  segment: 'By segment',
  cohort: 'By month of first purchase',
}

function groupTable(by: RetentionGroup['by'], { groups, currency }: RetentionReport): Table {
  return {
    title: GROUP_TITLES[by],
    columns: ['', 'customers', 'retention', 'repeat', 'frequency', 'days', 'average order', 'lifetime value'],
    rows: groups
      .filter((group) => group.by === by)
      .map((group): Value[] => {
        const own = group.money.find((one) => one.currency === currency)
        return [
          group.name,
          group.customers,
          shareOf(group.retention, group.customersBefore),
          shareOf(group.repeatRate, group.customers),
          hundredths(group.frequency),
          tenths(group.daysBetween.median),
          money(own?.averageOrder ?? null, currency),
          money(own?.lifetimeValue ?? null, currency),
        ]
      }),
    nothing: 'Nobody bought.',
  }
}

function monthTable({ months, currency }: RetentionReport): Table {
  return {
    title: 'By month',
    columns: ['month', 'customers', 'new', 'stayed', 'retention', 'churn', 'purchases', 'spend'],
    rows: months.map((line): Value[] => [
      line.complete ? line.month : `${line.month} so far`,
      line.customers,
      line.newCustomers,
      line.retained,
      // Whoever has not come yet may come still.
      share(line.complete ? line.retention : null),
      share(line.complete ? line.churn : null),
      line.orders,
      money(line.money.find((one) => one.currency === currency)?.spend ?? 0, currency),
    ]),
    nothing: '',
  }
}

function subscriptionTables({ subscriptions: { months, curves } }: RetentionReport): Table[] {
  const busy = months.filter(({ running, began, ended }) => running + began + ended > 0)
  const reached = [1, 3, 6, 12, 24]
  return [
    ...(busy.length === 0
      ? []
      : [
          {
            title: 'Subscriptions by month',
            columns: ['month', 'running', 'began', 'ended', 'churn'],
            rows: busy.map(({ month, running, began, ended, churn }) => [month, running, began, ended, share(churn)]),
            nothing: '',
          },
        ]),
    ...(curves.length === 0
      ? []
      : [
          {
            title: 'Subscriptions that last so many months',
            columns: ['a month', 'subscriptions', ...reached.map(String)],
            rows: curves.map(({ upTo, subscriptions, survival }): Value[] => [
              upTo === null ? (curves.length === 1 ? 'any price' : 'above') : money(Math.round(upTo)),
              subscriptions,
              ...reached.map((months) => share(survival[months] ?? null)),
            ]),
            nothing: '',
          },
        ]),
  ]
}

function alertTable({ alerts, currency }: RetentionReport): Table {
  return {
    title: 'Alerts',
    columns: ['alert', 'opened', 'acted on', 'came back', 'open now', 'at stake'],
    rows: alerts.map(({ kind, opened, actedOn, cameBack, open, value }) => [
      ALERT_WORDS[kind] ?? kind,
      opened,
      actedOn,
      cameBack,
      open,
      money(value, currency),
    ]),
    nothing: 'No alert was opened.',
  }
}

function joiningTable({ impact: { joining } }: RetentionReport): Table {
  const { days, members } = joining
  return {
    title: 'Before and after joining (not causal)',
    columns: [`${days} days`, 'purchases by member', 'spend by member'],
    rows:
      members === 0
        ? []
        : [
            ['before', hundredths(joining.purchasesBefore), money(joining.spendBefore)],
            ['after', hundredths(joining.purchasesAfter), money(joining.spendAfter)],
          ],
    nothing: joining.says,
  }
}

function feedbackTables({ feedback: { months } }: RetentionReport): Table[] {
  const rows = months
    .filter(({ nps, stars }) => nps.responses + stars.responses > 0)
    .map(({ month, nps, stars }): Value[] => [month, nps.responses, nps.score, stars.responses, stars.average])
  const columns = ['month', 'answers', 'NPS', 'stars given', 'on average']
  return rows.length === 0 ? [] : [{ title: 'What customers said', columns, rows, nothing: '' }]
}

function sayings(report: RetentionReport): string[] {
  const { impact, model, lookedAt, total, currency, feedback, groups } = report
  const isShort = (part: number | null, customers: number): boolean => part !== null && customers < FEW_CUSTOMERS
  const isCut = groups.some(
    ({ retention, customersBefore, repeatRate, customers }) =>
      isShort(retention, customersBefore) || isShort(repeatRate, customers),
  )
  const others = total.money.filter((one) => one.currency !== currency).map((one) => one.currency.toUpperCase())
  const { stars, nps } = feedback
  return [
    impact.holdout === null
      ? 'What acting on alerts is worth: nobody is held out, so it cannot be told ("holdout" in the program’s retention).'
      : `What acting on alerts is worth: ${impact.holdout.says}`,
    impact.acting.says,
    ...(impact.joining.members === 0 ? [] : [`Before and after joining: ${impact.joining.says}`]),
    model === null
      ? lookedAt === null
        ? NO_LOOK
        : 'There was too little to learn a model from.'
      : `The model of ${model.until}, of ${plural(model.sampled, 'customer')}: ${model.says}`,
    ...(nps.interval === null
      ? []
      : [`NPS ${nps.score} of ${plural(nps.responses, 'answer')}: 95 % interval ${nps.interval.join(' to ')}.`]),
    ...(stars.average === null ? [] : [`Stars: ${stars.average} on average of ${plural(stars.responses, 'answer')}.`]),
    ...(isCut ? ['Shares of fewer than ten customers are left out of the tables; --csv and --json have them.'] : []),
    ...(others.length > 0
      ? [`Tables show ${currency.toUpperCase()}; ${others.join(', ')} are in --csv and --json.`]
      : []),
  ]
}

export const NO_PURCHASES =
  'No purchases yet: they come by Stripe’s webhook, or from its past by npx regulars backfill.'
export const NO_LOOK = 'Nobody was looked at yet, so there is no model and no alert: npx regulars retention run.'

const FILE_COLUMNS = (
  'by group customers orders renewals before retained retention churn repeat_rate frequency median_days mean_days ' +
  'currency spend average_order lifetime_value expected_value complete'
).split(' ')

/** A line for each currency. */
function fileLines(by: string, name: string, figures: Figures, currency: string): Value[][] {
  const common: Value[] = [
    by,
    name,
    figures.customers,
    figures.orders,
    figures.renewals,
    figures.customersBefore,
    figures.retained,
    share(figures.retention),
    share(figures.churn),
    share(figures.repeatRate),
    figures.frequency,
    figures.daysBetween.median,
    figures.daysBetween.mean,
  ]
  const lines = figures.money.map((one): Value[] => [
    ...common,
    one.currency,
    money(one.spend, one.currency),
    money(one.averageOrder, one.currency),
    money(one.lifetimeValue, one.currency),
    one.currency === currency ? money(figures.expectedValue, currency) : null,
    null,
  ])
  return lines.length > 0 ? lines : [[...common, null, null, null, null, null, null]]
}

function monthLines({ months }: RetentionReport): Value[][] {
  return months.flatMap((line) => {
    const complete = line.complete ? 'yes' : 'no'
    const common: Value[] = [
      'month',
      line.month,
      line.customers,
      line.orders,
      null,
      line.customersBefore,
      line.retained,
      share(line.retention),
      share(line.churn),
      null,
      null,
      null,
      null,
    ]
    const lines = line.money.map((one): Value[] => [
      ...common,
      one.currency,
      money(one.spend, one.currency),
      money(one.averageOrder, one.currency),
      null,
      null,
      complete,
    ])
    return lines.length > 0 ? lines : [[...common, null, null, null, null, null, complete]]
  })
}

export function showRetention(report: RetentionReport): Shown {
  return {
    nothing: NO_PURCHASES,
    tables: [
      keyFigures(report),
      monthTable(report),
      ...(['membership', 'tier', 'segment', 'cohort'] as const).map((by) => groupTable(by, report)),
      ...subscriptionTables(report),
      alertTable(report),
      joiningTable(report),
      ...feedbackTables(report),
    ],
    says: sayings(report),
    file: {
      columns: FILE_COLUMNS,
      rows: [
        ...fileLines('all', 'all', report.total, report.currency),
        ...monthLines(report),
        ...report.groups.flatMap((group) => fileLines(group.by, group.name, group, report.currency)),
      ],
    },
  }
}
