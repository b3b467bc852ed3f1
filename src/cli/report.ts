// Reports as tables, as CSV or as JSON. Money is in major units here, as everywhere on the command line.
import type { App } from '../app/ports.ts'
import { MONEY_FIELDS, REPORT_NAMES, type ReportName, type ReportPeriod, type Reports } from '../app/reports/shapes.ts'
import { didYouMean } from '../program/suggest.ts'
import { formatDecimal } from './amounts.ts'
import { type Asked, type Context, defineCommand } from './command.ts'
import { csvLine } from './csv-write.ts'
import { dayOf } from './dates.ts'
import { Failure, UsageError } from './failures.ts'
import { paint } from './output.ts'
import { createProgress } from './progress.ts'
import { showReport } from './report-tables.ts'
import { settingsOf, withApp } from './settings.ts'
import { inFile, tableLines } from './table.ts'

type Name = 'from' | 'to' | 'currency' | 'json' | 'csv'

export const command = defineCommand<Name>({
  name: 'report',
  summary: 'Says how the program does, what it owes and what it brings',
  about: [
    'summary: members, points and goals. liability: what is owed to members, by month of record. retention: whether customers stay, and what alerts and the program changed. cohorts: who still buys, by the month of the first purchase. campaigns, partners, causes: what they gave and what is to be settled. products: what members buy.',
    'Works beside a running server, and changes nothing. Months and days are those of the program’s time zone. Text that a spreadsheet would run as a formula begins with an apostrophe.',
  ],
  arguments: [{ name: 'NAME', about: REPORT_NAMES.join(', ') }],
  options: {
    from: { value: 'DATE', about: 'the first month or day: 2026-01 or 2026-01-15' },
    to: { value: 'DATE', about: 'the last month or day, included' },
    currency: { value: 'CODE', about: 'of the cohorts: purchases paid in this currency (default: the program’s)' },
    csv: { about: 'answer in CSV' },
    json: { about: 'answer in JSON' },
  },
  examples: ['report summary', 'report liability --from 2026-01 --csv > liability.csv', 'report partners --to 2026-10'],
  run(asked, context) {
    const name = readName(asked.arguments[0] ?? '')
    if (asked.flag('json') && asked.flag('csv')) throw new UsageError('either --json or --csv, not both')
    const period = readPeriod(asked)
    const work = async (app: App): Promise<number> => {
      const progress = createProgress(context, 'Reading', 'rows')
      const report = await app.report(name, period, (done, total) => progress.update(done, total))
      progress.end()
      if (!report.ok && report.code === 'invalid_request') throw new UsageError(sentence(report.message))
      if (!report.ok) throw new Failure(sentence(report.message))
      await write(context, asked, name, report.value)
      return 0
    }
    return withApp(context, settingsOf(context), work, { leaveNoFile: true })
  },
})

/** Options are meant where a field is named. */
export const sentence = (message: string): string => message.replaceAll(/"(from|to|currency)"/g, '--$1')

export function readPeriod(asked: Pick<Asked<'from' | 'to' | 'currency'>, 'text'>): ReportPeriod {
  const [from, to, currency] = [asked.text('from'), asked.text('to'), asked.text('currency')]
  return {
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(currency !== undefined && { currency }),
  }
}

function readName(given: string): ReportName {
  const name = REPORT_NAMES.find((one) => one === given)
  if (name !== undefined) return name
  throw new UsageError(
    `there is no report "${given}": there are ${REPORT_NAMES.join(', ')}${didYouMean(given, [...REPORT_NAMES])}`,
  )
}

async function write<Chosen extends ReportName>(
  { stdout }: Context,
  asked: Asked<Name>,
  name: Chosen,
  report: Reports[Chosen],
): Promise<void> {
  const { currency } = report
  if (asked.flag('json')) return stdout.line(JSON.stringify(inMajor(report, currency), null, 2))
  const { nothing, tables, says, file } = showReport(name, report)
  if (asked.flag('csv')) {
    await stdout.write(csvLine(file.columns))
    for (const row of file.rows) await stdout.write(csvLine(row.map((value) => inFile(value, currency))))
    return
  }
  await stdout.line(`${paint(stdout, 'bold', titleOf(name))} ${describeSpan(report)}`)
  if (report.empty) return stdout.line(nothing)
  for (const table of tables) {
    await stdout.line()
    await stdout.line(paint(stdout, 'bold', table.title.replaceAll(/\p{Cc}+/gu, ' ')))
    for (const line of tableLines(table, currency)) await stdout.line(line)
  }
  if (says.length > 0) await stdout.line()
  for (const line of says) await stdout.line(line.replaceAll(/\p{Cc}+/gu, ' '))
  await stdout.line()
  for (const line of report.how) await stdout.line(paint(stdout, 'dim', line))
}

const titleOf = (name: ReportName): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`

function describeSpan({ at, from, to, timezone }: Reports[ReportName]): string {
  const made = dayOf(Date.parse(at), timezone)
  if (from === null && to === null) return `as of ${made} (${timezone})`
  if (from === null) return `until ${to} (${timezone})`
  return `from ${from} to ${to ?? made} (${timezone})`
}

/**
 * The report with money in major units: its fields bear known names, and goals say what theirs is. Parts that name a currency
 * are in that one.
 */
export function inMajor(value: unknown, currency: string): unknown {
  const convert = (part: unknown): unknown => inMajor(part, currencyOf(part) ?? currency)
  if (Array.isArray(value)) return value.map(convert)
  if (typeof value !== 'object' || value === null) return value
  const isMoneyGoal = 'unit' in value && value.unit === 'money'
  const isMoney = (key: string): boolean =>
    MONEY_FIELDS.has(key) || (isMoneyGoal && (key === 'target' || key === 'actual'))
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key,
      typeof part === 'number' && isMoney(key) ? Number(formatDecimal(part, currency)) : convert(part),
    ]),
  )
}

const currencyOf = (value: unknown): string | null =>
  typeof value === 'object' && value !== null && 'currency' in value && typeof value.currency === 'string'
    ? value.currency
    : null
