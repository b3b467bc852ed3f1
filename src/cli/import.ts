// Members from a CSV file, with the balances they bring. Good lines come in though others are bad.
import { writeFile } from 'node:fs/promises'
import type { App } from '../app/ports.ts'
import { type Context, defineCommand } from './command.ts'
import type { CsvProblem } from './csv-read.ts'
import { describeProblem, openTable } from './csv-table.ts'
import { csvLine, textCell } from './csv-write.ts'
import { UsageError } from './failures.ts'
import { count, plural, points, someOf } from './format.ts'
import { createImporter, createRehearsal, type Importer } from './import-members.ts'
import { createRowReader, MEMBER_COLUMNS } from './import-row.ts'
import { createProgress } from './progress.ts'
import { settingsOf, withApp } from './settings.ts'

const PROBLEMS_SHOWN = 50
/** Rows that wait together share one write to the disk. */
const TOGETHER = 32

export const command = defineCommand({
  name: 'import',
  summary: 'Brings members in from a CSV file, or everything from another host',
  about: [
    'Columns go by the names in the first line: email; and where wanted name, phone, birthday, language, points,',
    'enrolled_at. Others are ignored. Run twice, it changes nothing the second time.',
    'With --all, a file of export --all comes into an empty database: of this machine, with the server stopped, or of a',
    'paused host. It is read back and held against the file, and the books are added up. Interrupted, it goes on.',
  ],
  arguments: [{ name: 'FILE', about: 'CSV in UTF-8, with commas, semicolons or tabs; or what export --all wrote' }],
  options: {
    'dry-run': { about: 'say what would be, and change nothing' },
    report: { value: 'FILE', about: 'also write the bad lines to a CSV file: line, column, problem' },
    all: { about: 'everything that another host held' },
    to: { value: 'URL', about: 'with --all: into this host, by the key of scope admin in API_KEYS' },
    clear: { about: 'with --all and --to: take back what arrived of this file, unless it is finished' },
    'with-differences': { about: 'with --all: finish though the books do not add up, as they did not before' },
    copy: { about: 'with --all: though its host was at work, for a trial' },
  },
  examples: [
    'import members.csv --dry-run',
    'import members.csv --report problems.csv',
    'import --all move.ndjson.gz --to https://regulars.example.workers.dev',
  ],
  endsInOrder: true,
  async run(asked, context) {
    const [file = ''] = asked.arguments
    const isRehearsal = asked.flag('dry-run')
    if (asked.flag('all')) {
      const { importAll } = await import('./import-all.ts')
      return importAll(context, {
        ...{ file, to: asked.text('to'), isRehearsal, isCopy: asked.flag('copy'), isClearing: asked.flag('clear') },
        takesDifferences: asked.flag('with-differences'),
      })
    }
    const beside = (['clear', 'with-differences', 'copy'] as const).find((name) => asked.flag(name))
    if (beside !== undefined || asked.text('to') !== undefined)
      throw new UsageError(`--${beside ?? 'to'} goes with --all`)
    const work = async (app: App) => {
      const importer = isRehearsal ? createRehearsal(app) : createImporter(app, context.now())
      const tally = await bringIn(context, app, file, importer)
      await tell(context, app, tally, isRehearsal)
      const report = asked.text('report')
      if (report !== undefined) await writeReport(report, tally.problems)
      return tally.problems.length > 0 ? 1 : 0
    }
    const settings = settingsOf(context)
    if (settings.local && !isRehearsal) await context.stderr.line(INTO_THE_SANDBOX)
    return withApp(context, settings, work, { leaveNoFile: isRehearsal })
  },
})

/** Nobody should look in vain for whom they brought in. */
const INTO_THE_SANDBOX =
  'No credentials are set, so this goes into the sandbox, among made-up customers. Set yours first to bring members into the real program.'

interface Tally {
  rows: number
  enrolled: number
  /** Of members that were known before, and brought nothing new. */
  unchanged: number
  balances: number
  points: number
  problems: CsvProblem[]
  ignored: string[]
}

async function bringIn(context: Context, app: App, file: string, importer: Importer): Promise<Tally> {
  const table = await openTable(file, MEMBER_COLUMNS)
  const { ignored } = table
  const tally: Tally = { rows: 0, enrolled: 0, unchanged: 0, balances: 0, points: 0, problems: [], ignored }
  const readRow = createRowReader(app.program().program.timezone, context.now())
  const seen = new Map<string, number>()
  const progress = createProgress(context, 'Importing', 'lines')
  let waiting: Promise<void>[] = []
  for await (const line of table.rows) {
    if (context.interrupted.aborted) break
    tally.rows++
    const read = line.ok ? readRow(line.line, line.cells) : { ok: false as const, problems: [line.problem] }
    if (!read.ok) tally.problems.push(...read.problems)
    else {
      const { email } = read.row.enrolment
      const before = seen.get(email)
      if (before !== undefined) {
        tally.problems.push({ line: read.row.line, column: 'email', message: `stands in line ${before} already` })
      } else {
        seen.set(email, read.row.line)
        waiting.push(bringOne(importer, read.row, tally))
      }
    }
    if (waiting.length < TOGETHER) continue
    await Promise.all(waiting)
    waiting = []
    progress.update(tally.rows, null, plural(tally.problems.length, 'problem'))
  }
  await Promise.all(waiting)
  progress.end()
  tally.problems.sort((a, b) => a.line - b.line)
  return tally
}

async function bringOne(importer: Importer, row: Parameters<Importer['bringIn']>[0], tally: Tally): Promise<void> {
  const imported = await importer.bringIn(row)
  if (!imported.ok) {
    tally.problems.push({ line: row.line, column: imported.column, message: imported.message })
    return
  }
  if (imported.enrolled) tally.enrolled++
  if (imported.points > 0) {
    tally.balances++
    tally.points += imported.points
  } else if (!imported.enrolled) tally.unchanged++
}

async function tell({ stdout, interrupted }: Context, app: App, tally: Tally, isRehearsal: boolean): Promise<void> {
  const { program } = app.program()
  const { enrolled, unchanged, balances, problems, ignored, rows } = tally
  const bad = new Set(problems.map(({ line }) => line)).size
  if (ignored.length > 0) await stdout.line(`Columns not read: ${ignored.join(', ')}.`)
  const would = isRehearsal ? 'would be ' : ''
  await stdout.line(
    [
      `${plural(rows, 'line')}: ${plural(enrolled, 'member')} ${would}enrolled`,
      `${plural(balances, 'balance')} ${would}brought over (${points(tally.points, program)})`,
      `${count(unchanged)} unchanged`,
      `${plural(bad, 'bad line')}.`,
    ].join(', '),
  )
  for (const line of someOf(
    problems.map((problem) => `  ${describeProblem(problem)}`),
    PROBLEMS_SHOWN,
  )) {
    await stdout.line(line)
  }
  if (interrupted.aborted) await stdout.line('Interrupted. Run it again: what came in stays, and counts once.')
  else if (isRehearsal) await stdout.line('Nothing was changed.')
}

async function writeReport(file: string, problems: readonly CsvProblem[]): Promise<void> {
  const rows = problems.map(({ line, column, message }) => csvLine([line, textCell(column), textCell(message)]))
  await writeFile(file, [csvLine(['line', 'column', 'problem']), ...rows].join(''))
}
