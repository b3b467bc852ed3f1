// The cohorts as tables: the triangle that people read, what the cohorts spent, and the file.
import type { CohortsReport } from '../app/reports/shapes.ts'
import { count, plural } from './format.ts'
import type { Shown } from './report-tables.ts'
import { NO_PURCHASES } from './retention-tables.ts'
import type { Table, Value } from './table.ts'

const money = (minor: number | null): Value => ({ minor })

/** Columns beyond are in the file. */
const COLUMNS_SHOWN = 12
/** Where the figures begin, beyond the month and sizes up to 99,999; and the first of them, which is 100. */
const LEFT_WIDTH = 23
const CELL_WIDTH = 5

export const columnsThatFit = (width: number): number => Math.max(3, 1 + Math.floor((width - LEFT_WIDTH) / CELL_WIDTH))

const percent = (part: number | null): string => (part === null ? '' : `${Math.round(part * 100)}`)

/** The months before the first customer came are left out. */
const withoutLead = (cohorts: CohortsReport['cohorts']): CohortsReport['cohorts'] =>
  cohorts.slice(
    Math.max(
      0,
      cohorts.findIndex(({ customers }) => customers > 0),
    ),
  )

/** Shares in percent, each row as long as its time; what is not over yet bears a star. */
export function triangle({ cohorts: all, averages }: CohortsReport, columns = COLUMNS_SHOWN): Table {
  const cohorts = withoutLead(all)
  const shown = Math.min(columns, Math.max(0, ...cohorts.map(({ cells }) => cells.length)))
  const places = Array.from({ length: shown }, (_, since) => since)
  const cells = cohorts.map((cohort) =>
    places.map((since) => {
      const cell = cohort.customers === 0 ? undefined : cohort.cells[since]
      return cell === undefined ? '' : `${percent(cell.share)}${cell.complete ? ' ' : '*'}`
    }),
  )
  const mean = places.map((since) => `${percent(averages[since]?.share ?? null)} `)
  const heads = places.map((since) => `${since} `)
  // Texts stand to the left: these are numbers.
  const widths = places.map((n) => Math.max(...[...cells, mean, heads].map((row) => row[n]?.length ?? 0)))
  const aligned = (row: readonly string[]): string[] => row.map((text, n) => text.padStart(widths[n] ?? 0))
  const sizes = cohorts.reduce((sum, { customers }) => sum + customers, 0)
  return {
    title: 'Customers who bought again, in % of their cohort, by months since the first',
    columns: ['cohort', 'size', ...aligned(heads)],
    rows: [
      ...cohorts.map(({ month, customers }, n): Value[] => [month, customers, ...aligned(cells[n] ?? [])]),
      ['average', sizes, ...aligned(mean)],
    ],
    nothing: '',
  }
}

export function sayCohorts(
  { cohorts, customers, earlier, later, currency, currencies }: CohortsReport,
  columns = COLUMNS_SHOWN,
): string[] {
  const longest = Math.max(0, ...withoutLead(cohorts).map(({ cells }) => cells.length))
  const unfinished = cohorts.some(({ customers: size, cells }) => size > 0 && cells.some(({ complete }) => !complete))
  const others = currencies.filter((one) => one !== currency).map((one) => one.toUpperCase())
  return [
    ...(unfinished ? ['* the month is not over yet.'] : []),
    ...(longest > columns ? [`${plural(longest - columns, 'more month')} in --csv and --json.`] : []),
    ...(earlier > 0
      ? [`${plural(earlier, 'customer')} of ${count(customers)} first bought before these months: --from.`]
      : []),
    ...(later > 0
      ? [`${plural(later, 'customer')} of ${count(customers)} first bought after these months: --to.`]
      : []),
    ...(others.length > 0
      ? [`These paid in ${currency.toUpperCase()}; for others: --currency ${others.join(', ')}.`]
      : []),
  ]
}

export function showCohorts(report: CohortsReport): Shown {
  const spend: Table = {
    title: 'What they spent',
    columns: ['cohort', 'customers', 'purchases', 'spend', 'by customer'],
    rows: withoutLead(report.cohorts).map(({ month, customers, orders, spend: minor }) => [
      month,
      customers,
      orders,
      money(minor),
      money(customers === 0 ? null : Math.round(minor / customers)),
    ]),
    nothing: '',
  }
  return {
    nothing: NO_PURCHASES,
    tables: [triangle(report), spend],
    says: sayCohorts(report),
    file: cohortFile(report),
  }
}

export const cohortFile = ({ cohorts, currency }: CohortsReport): Shown['file'] => ({
  columns: 'cohort cohort_customers since customers share purchases spend currency complete'.split(' '),
  rows: cohorts.flatMap(({ month, customers, cells }) =>
    cells.map((cell): Value[] => [
      month,
      customers,
      cell.since,
      cell.customers,
      { share: cell.share },
      cell.orders,
      money(cell.spend),
      currency,
      cell.complete ? 'yes' : 'no',
    ]),
  ),
})
