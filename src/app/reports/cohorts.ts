/** Customers by the month in which they first bought, and how many of them still buy each month since. */
import { monthOf, monthsFrom } from '../../core/report-months.ts'
import { averagesOf, CohortTriangle } from '../../retention/cohorts.ts'
import { iso } from '../member-view.ts'
import type { Refusal } from '../ports.ts'
import { fewMonthsOf, isSaid, lastDayOf, type Months, type Span, yearUpTo } from './period.ts'
import type { ReportContext } from './report-context.ts'
import type { CohortsReport } from './shapes.ts'
import { customersInSlices, type OnProgress } from './slices.ts'

export async function reportCohorts(
  context: ReportContext,
  span: Span,
  onProgress?: OnProgress,
): Promise<CohortsReport | Refusal> {
  const { program, currency, zone, now } = context
  const asked = fewMonthsOf(span, now, zone)
  if ('ok' in asked) return asked
  const first = await readCohorts(context, asked, onProgress)
  const isEmpty = first.triangle.customers === first.triangle.earlier
  // Nobody new for a year: the newest customers there are, rather than nothing.
  const shown = isSaid(span) || !isEmpty || first.newest === null ? asked : yearUpTo(monthOf(first.newest, zone))
  const { triangle, currencies } = shown === asked ? first : await readCohorts(context, shown, onProgress)
  const cohorts = triangle.cohorts()
  return {
    report: 'cohorts',
    at: iso(now),
    currency,
    timezone: zone,
    from: `${shown.from}-01`,
    to: lastDayOf(shown.to),
    empty: triangle.customers === 0,
    customers: triangle.customers,
    earlier: triangle.earlier,
    later: triangle.later,
    cohorts,
    averages: averagesOf(cohorts),
    currencies: [...currencies].sort(),
    how: howOf(currency, currency !== program.currency),
  }
}

async function readCohorts(
  { store, currency, zone, now }: ReportContext,
  { from, to }: Months,
  onProgress?: OnProgress,
) {
  const triangle = new CohortTriangle(monthsFrom(from, to), monthOf(now, zone), zone)
  const currencies = new Set<string>()
  /** When the newest customer first bought. */
  let newest: number | null = null
  for await (const customers of customersInSlices(store, onProgress))
    for (const { paid } of customers) {
      for (const purchase of paid) if (purchase.currency !== null) currencies.add(purchase.currency)
      const own = paid.filter((purchase) => purchase.currency === currency)
      triangle.add(own)
      if (own[0] !== undefined) newest = Math.max(newest ?? own[0].at, own[0].at)
    }
  return { triangle, currencies, newest }
}

const howOf = (currency: string, isOther: boolean): string[] => [
  'A cohort is everybody whose first purchase was in that month. A cell is the customers of the cohort who bought in the month so many months later, and their share of the cohort; renewals of subscriptions count as purchases. Who stays away one month may be there in the next.',
  `Only purchases paid in ${currency.toUpperCase()} are looked at${isOther ? ', first purchases too' : ''}; spend is what was paid less what was given back. A purchase that was given back in full is none. Purchases of nobody known are left out.`,
  'Without from and to: the last twelve months, or where nobody first bought in them, the twelve up to the newest customer.',
  'Averages are over the cohorts that have that month behind them, by their sizes; the month that is not over yet is left out of them.',
]
