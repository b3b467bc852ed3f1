// Who stays and who is leaving, on one page: the figures, the cohort triangle, and the alerts that wait for somebody.
import type { AlertView, App, Result } from '../app/ports.ts'
import type { CohortsReport, ReportName, ReportPeriod, Reports, RetentionReport } from '../app/reports/shapes.ts'
import { formatDecimal } from './amounts.ts'
import { cohortFile, columnsThatFit, sayCohorts, triangle } from './cohort-tables.ts'
import { type Asked, type Context, defineCommand } from './command.ts'
import { csvLine } from './csv-write.ts'
import { Failure, UsageError } from './failures.ts'
import { count, plural } from './format.ts'
import { paint } from './output.ts'
import { createProgress } from './progress.ts'
import { inMajor, readPeriod, sentence } from './report.ts'
import { alertFile, alertLines } from './retention-alerts.ts'
import { keyFigures, NO_LOOK, NO_PURCHASES } from './retention-tables.ts'
import { settingsOf, withApp } from './settings.ts'
import { inFile, type Table, tableLines } from './table.ts'

type Name = 'from' | 'to' | 'currency' | 'alerts' | 'json' | 'csv'

/** On the page; all of them with --alerts. */
const ALERTS_SHOWN = 10
const PAGE = 100
const NO_ALERTS = 'No open alerts: they are found at night, or at once by npx regulars retention run.'

export const command = defineCommand<Name>({
  name: 'retention',
  summary: 'Shows who stays and who is leaving: figures, the cohort triangle, open alerts',
  about: [
    'The figures of the last twelve months; of the customers of each month, how many bought again each month since; and the open alerts, the most at stake first.',
    'Alerts are found by the night’s look, which a running server makes by itself; regulars retention run makes one now. regulars report retention has every figure, by month, tier and segment, with what it means.',
    'Works beside a running server, and changes nothing. --csv has the triangle, with --alerts the alerts.',
  ],
  options: {
    from: { value: 'DATE', about: 'the first month: 2026-01; at most 36 months' },
    to: { value: 'DATE', about: 'the last month, included' },
    currency: { value: 'CODE', about: 'cohorts of purchases paid in this currency (default: the program’s)' },
    alerts: { about: 'only the alerts, all that are open' },
    csv: { about: 'answer in CSV' },
    json: { about: 'answer in JSON' },
  },
  examples: ['retention', 'retention --from 2025-01 --csv > cohorts.csv', 'retention --alerts'],
  run(asked, context) {
    if (asked.flag('json') && asked.flag('csv')) throw new UsageError('either --json or --csv, not both')
    const onlyAlerts = asked.flag('alerts')
    const period = readPeriod(asked)
    if (onlyAlerts && Object.keys(period).length > 0)
      throw new UsageError('open alerts are as of now: --alerts takes neither --from nor --to nor --currency')
    const work = async (app: App): Promise<number> => {
      await (onlyAlerts ? writeAlerts(asked, context, app) : writePage(asked, context, app, period))
      return 0
    }
    return withApp(context, settingsOf(context), work, { leaveNoFile: true })
  },
})

/** @throws UsageError for what was asked wrongly, Failure for the rest. */
function answered<Value>(result: Result<Value>): Value {
  if (result.ok) return result.value
  const message = sentence(result.message)
  throw result.code === 'invalid_request' ? new UsageError(message) : new Failure(message)
}

async function readReport<Chosen extends ReportName>(
  context: Context,
  app: App,
  name: Chosen,
  period: ReportPeriod,
): Promise<Reports[Chosen]> {
  const progress = createProgress(context, 'Reading', 'rows')
  const report = await app.report(name, period, (done, total) => progress.update(done, total))
  progress.end()
  return answered(report)
}

/** The most at stake first. */
async function readAlerts(app: App, most: number): Promise<AlertView[]> {
  const alerts: AlertView[] = []
  for (let cursor: string | null = null; ; ) {
    const limit = Math.min(PAGE, most - alerts.length)
    const page: { items: AlertView[]; next: string | null } = answered(
      await app.listAlerts({ limit, ...(cursor !== null && { cursor }) }),
    )
    alerts.push(...page.items)
    cursor = page.next
    if (cursor === null || alerts.length >= most) return alerts
  }
}

async function writeAlerts(asked: Asked<Name>, { stdout }: Context, app: App): Promise<void> {
  const alerts = await readAlerts(app, Number.POSITIVE_INFINITY)
  if (asked.flag('json')) return stdout.line(JSON.stringify(alerts.map(alertInMajor), null, 2))
  if (asked.flag('csv')) return writeFile({ stdout }, alertFile(alerts), '')
  if (alerts.length === 0) return stdout.line(NO_ALERTS)
  await stdout.line(paint(stdout, 'bold', plural(alerts.length, 'open alert')))
  for (const line of alertLines(alerts, stdout.columns)) await stdout.line(line)
}

async function writePage(asked: Asked<Name>, context: Context, app: App, period: ReportPeriod): Promise<void> {
  const { stdout } = context
  const cohorts = await readReport(context, app, 'cohorts', period)
  if (asked.flag('csv')) return writeFile(context, cohortFile(cohorts), cohorts.currency)
  const { currency: _, ...span } = period
  const retention = await readReport(context, app, 'retention', span)
  const alerts = await readAlerts(app, asked.flag('json') ? PAGE : ALERTS_SHOWN)
  if (asked.flag('json')) {
    const all = {
      retention: inMajor(retention, retention.currency),
      cohorts: inMajor(cohorts, cohorts.currency),
      alerts: alerts.map(alertInMajor),
    }
    return stdout.line(JSON.stringify(all, null, 2))
  }
  await showFigures(context, retention, cohorts)
  await showAlerts(context, retention, alerts)
}

async function showFigures({ stdout }: Context, retention: RetentionReport, cohorts: CohortsReport): Promise<void> {
  if (retention.empty) return stdout.line(NO_PURCHASES)
  await showTable(stdout, keyFigures(retention), retention.currency)
  await stdout.line()
  if (cohorts.empty) {
    const paidIn = cohorts.currencies.map((one) => one.toUpperCase()).join(', ')
    await stdout.line(`No purchases were paid in ${cohorts.currency.toUpperCase()}. There are some in ${paidIn}.`)
    return
  }
  const columns = columnsThatFit(stdout.columns)
  await showTable(stdout, triangle(cohorts, columns), cohorts.currency)
  for (const line of sayCohorts(cohorts, columns)) await stdout.line(paint(stdout, 'dim', line))
}

async function showTable(stdout: Context['stdout'], table: Table, currency: string): Promise<void> {
  await stdout.line(paint(stdout, 'bold', table.title))
  for (const line of tableLines(table, currency)) await stdout.line(line)
}

async function showAlerts(
  { stdout }: Context,
  { alerts, lookedAt, empty: isEmpty }: RetentionReport,
  shown: AlertView[],
): Promise<void> {
  // Of the report: those snoozed count there too.
  const open = Math.max(
    shown.length,
    alerts.reduce((sum, line) => sum + line.open, 0),
  )
  if (isEmpty && shown.length === 0) return
  await stdout.line()
  if (shown.length === 0) return stdout.line(lookedAt === null ? NO_LOOK : 'No alert is waiting for anybody.')
  await stdout.line(paint(stdout, 'bold', 'Open alerts, the most at stake first'))
  for (const line of alertLines(shown, stdout.columns)) await stdout.line(line)
  if (open > shown.length)
    await stdout.line(`  … ${shown.length} of ${count(open)}; all that wait: npx regulars retention --alerts`)
}

async function writeFile(
  { stdout }: Pick<Context, 'stdout'>,
  file: Omit<Table, 'title' | 'nothing'>,
  currency: string,
): Promise<void> {
  await stdout.write(csvLine(file.columns))
  for (const row of file.rows) await stdout.write(csvLine(row.map((value) => inFile(value, currency))))
}

/** What a suggested reward costs is points, whatever the field is called. */
function alertInMajor(alert: AlertView): AlertView {
  const major = <Money extends { amount: number; currency: string }>(money: Money): Money => ({
    ...money,
    amount: Number(formatDecimal(money.amount, money.currency)),
  })
  return { ...alert, value: major(alert.value), cameBack: alert.cameBack === null ? null : major(alert.cameBack) }
}
