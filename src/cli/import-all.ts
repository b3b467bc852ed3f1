// Everything that another host held, into an empty database: a new file of this machine, or a paused host over HTTP. What
// was stored is read back and held against the file, row by row, and the books are added up, before it may be served.
import type { TransferStatus } from '../app/ports/transfer.ts'
import type { Settings } from './backend.ts'
import type { Context } from './command.ts'
import { databaseExists } from './database-file.ts'
import { Failure } from './failures.ts'
import { count, duration, plural } from './format.ts'
import { compareRows } from './import-compare.ts'
import { paint } from './output.ts'
import { createProgress } from './progress.ts'
import { settingsOf } from './settings.ts'
import { type CheckedFile, checkFile, readChunks } from './transfer-file.ts'
import { adminKey, hostUrl, localPlace, remotePlace, type TargetPlace } from './transfer-place.ts'
import { tellOfBooks, verifySlices } from './verify-slices.ts'

export interface ImportAll {
  file: string
  /** The host's address; undefined: this machine's database. */
  to: string | undefined
  isRehearsal: boolean
  /** Also what was written while its host was at work. */
  isCopy: boolean
  /** Takes an unfinished transfer of this file back, instead. */
  isClearing: boolean
  /** Though the books do not add up: they did not where they come from either. */
  takesDifferences: boolean
}

/** D1 takes no larger row. */
const ROW_LIMIT_BYTES = 2_000_000

const TWICE = 'at work, it would deliver once more what its host delivers.'

export async function importAll(context: Context, asked: ImportAll): Promise<number> {
  const settings = settingsOf(context)
  const there = asked.to === undefined ? null : { url: hostUrl('to', asked.to), key: adminKey(settings) }
  const progress = createProgress(context, 'Reading', 'rows')
  const checked = await checkFile(asked.file, (done, total) => progress.update(done, Math.max(done, total)))
  progress.end()
  const { header } = checked
  if (header.rest === 'at work' && !asked.isCopy)
    throw new Failure(
      'its host was at work when the file was written: what it recorded since is not in it, and both would deliver. Stop or pause that host and export again. (--copy takes it all the same, for a trial.)',
    )
  await tellOfFile(context, asked.file, checked)
  return there === null ? importHere(context, settings, asked, checked) : importThere(context, there, asked, checked)
}

async function tellOfFile({ stdout }: Context, file: string, { header, rows }: CheckedFile): Promise<void> {
  const members = header.tables.find(({ name }) => name === 'member')?.rows ?? 0
  const mode = header.stripeMode === null ? 'no mode of Stripe’s yet' : `Stripe’s ${header.stripeMode} mode`
  await stdout.line(
    `${file} is whole: ${count(rows)} rows, ${plural(members, 'member')}, ${mode}, written ${header.exportedAt}.`,
  )
}

async function importThere(
  context: Context,
  { url, key }: { url: string; key: string },
  asked: ImportAll,
  checked: CheckedFile,
): Promise<number> {
  const { stdout } = context
  const { largest, header } = checked
  if (largest.bytes > ROW_LIMIT_BYTES)
    throw new Failure(
      `a row of ${largest.table} has ${count(largest.bytes)} bytes: D1 takes ${count(ROW_LIMIT_BYTES)}.`,
    )
  const place = remotePlace(context, url, key)
  const status = await place.status()
  if (!status.isPaused)
    throw new Failure(`${url} is at work. Pause it first, for a Worker with: npm run deploy -- --paused`)
  if (asked.isClearing) return clear(context, place, checked)
  refuseOther(status, checked)
  await tellOfProgram(context, status)
  if (asked.isRehearsal) {
    await stdout.line(`${url} is paused, and would take it. Nothing was changed.`)
    return 0
  }
  const isMoved = await move(context, place, asked, checked)
  if (isMoved === 'interrupted') {
    await stdout.line('Interrupted. Run it again: it goes on where it was. Or take it back with: --clear')
    return 1
  }
  if (!isMoved) return 1
  if (header.rest === 'at work') {
    await stdout.line(`A copy for a trial. Leave it paused: ${TWICE}`)
    return 0
  }
  await stdout.line(`Next:
  1. Put ${url} to work: npm run deploy (a server: start it again without REGULARS_PAUSED)
  2. Change the address of Stripe's endpoint to ${url}/stripe/webhook, and those of Slack and HubSpot.
     Neither delete nor disable it: what waits in it would not come again.
  3. What was answered 503 comes again for three days. Resend what Stripe calls failed; nothing counts twice.
  4. Look at it: npx regulars doctor --url ${url}
Leave the old host ${header.rest} for good, and keep its database until you have seen the new one at work.`)
  return 0
}

/** What stands on the other side of a refusal, in words. */
function refuseOther({ migrations, transfer, isUnused }: TransferStatus, { header }: CheckedFile): void {
  const missing = header.migrations.filter((name) => !migrations.includes(name))
  const more = migrations.filter((name) => !header.migrations.includes(name))
  if (missing.length > 0)
    throw new Failure(`the file has ${missing.join(', ')}, and the database has not: bring it up to date first.`)
  if (more.length > 0)
    throw new Failure(
      `the database has ${more.join(', ')}, and the file has not: update the old host, start it once, and export again.`,
    )
  if (transfer?.id === header.id) return
  if (transfer?.state === 'arriving')
    throw new Failure(
      `another transfer is under way there (${transfer.id}, ${transfer.taken} of ${transfer.chunks} chunks). Go on with its file, or take it back with that file and --clear.`,
    )
  if (transfer !== null || !isUnused) throw new Failure('the database is in use: only an empty one takes a transfer.')
}

async function tellOfProgram({ stdout }: Context, { program }: TransferStatus, stored = program.stored): Promise<void> {
  if (program.host !== null && stored !== null && program.host !== stored)
    await stdout.line(
      'The program.json there is another than the one last in force: it comes into force when that host is put to work.',
    )
}

async function clear({ stdout }: Context, place: TargetPlace, { header }: CheckedFile): Promise<number> {
  while (!(await place.clear(header.id)).isCleared);
  await stdout.line('Taken back: the database is empty again.')
  return 0
}

/** Answers whether the database may be served now. */
async function move(
  context: Context,
  place: TargetPlace,
  asked: Pick<ImportAll, 'file' | 'takesDifferences'>,
  checked: CheckedFile,
): Promise<boolean | 'interrupted'> {
  const { stdout } = context
  const { header, digest, chunks } = checked
  const startedAt = context.monotonic()
  const begun = await place.begin({ id: header.id, digest, chunks })
  if (begun.state === 'done') {
    await stdout.line('This transfer is done already.')
    return true
  }
  if (begun.taken > 0) await stdout.line(`Going on after ${begun.taken} of ${plural(chunks, 'chunk')}.`)
  if (!(await send(context, place, asked.file, checked, begun.taken))) return 'interrupted'
  const took = duration(context.monotonic() - startedAt)
  const perSecond = checked.rows / Math.max(0.001, (context.monotonic() - startedAt) / 1_000)
  await stdout.line(
    `${count(checked.rows)} rows stored in ${took}${begun.taken > 0 ? '' : `, ${count(Math.round(perSecond))} a second`}.`,
  )
  await index(context, place, header.id)
  const different = await compareRows(context, place, asked.file, checked)
  if (different !== null) {
    await stdout.line(
      `${paint(stdout, 'red', '✗')} ${different} The old host is as it was. Take this back with --clear, and begin again.`,
    )
    return false
  }
  await stdout.line(`${paint(stdout, 'green', '✓')} Every row is as in the file.`)
  const verifyingAt = context.monotonic()
  const report = await verifySlices(context, place, header.tables.find(({ name }) => name === 'member')?.rows ?? 0)
  await tellOfBooks(context, report, context.monotonic() - verifyingAt)
  if ((report.discrepancies.length > 0 || report.restless > 0) && !asked.takesDifferences) {
    await stdout.line(
      'The move is not finished: these differences came with the rows. Look at them on the old host with: regulars verify. To finish all the same, run this again with --with-differences.',
    )
    return false
  }
  await place.finish(header.id)
  await stdout.line(`${paint(stdout, 'green', '✓')} The move is done.`)
  return true
}

/** Answers whether all is there. */
async function send(
  context: Context,
  place: TargetPlace,
  file: string,
  checked: CheckedFile,
  from: number,
): Promise<boolean> {
  const progress = createProgress(context, 'Importing', 'rows')
  let number = from
  let rows = 0
  for await (const chunk of readChunks(file, checked, from)) {
    if (context.interrupted.aborted) break
    await place.take(checked.header.id, number, chunk)
    number++
    rows += chunk.rows.length
    progress.update(rows, from === 0 ? checked.rows : null, `chunk ${number} of ${checked.chunks}`)
  }
  progress.end()
  return number === checked.chunks
}

async function index(context: Context, place: TargetPlace, id: string): Promise<void> {
  const progress = createProgress(context, 'Making the search index', 'members')
  let total: number | null = null
  for (let left = 1; left > 0; ) {
    left = (await place.index(id)).left
    total ??= left
    progress.update(total - left, total)
  }
  progress.end()
}

async function importHere(
  context: Context,
  settings: Settings,
  asked: ImportAll,
  checked: CheckedFile,
): Promise<number> {
  const { stdout } = context
  const files = await import('../compose/transfer-files.ts')
  const { databasePath: path } = settings
  if (settings.local)
    throw new Failure(
      'no credentials are set, so the server would open the sandbox here. Put those of the old host into .env first.',
    )
  if (asked.isClearing) throw new Failure('there is nothing to take back: a file here gets its name when it is whole.')
  if (path === ':memory:') throw new Failure('DATABASE_PATH names no file.')
  await refuseUsed(path, files)
  if (asked.isRehearsal) {
    refuseOther({ ...EMPTY, migrations: await context.backend.migrations() }, checked)
    await stdout.line(`${path} would take it. Nothing was changed.`)
    return 0
  }
  await files.makeRoom(path)
  const arriving = { ...settings, databasePath: files.arrivingPath(path) }
  const opened = await context.backend.open(arriving, { isPaused: true })
  let isMoved: boolean | 'interrupted' = false
  try {
    const place = localPlace(opened.app)
    const status = await place.status()
    refuseOther(status, checked)
    await tellOfProgram(context, status, checked.header.program)
    isMoved = await move(context, place, asked, checked)
  } finally {
    await opened.close()
    if (isMoved !== true) await files.removeDatabase(arriving.databasePath)
  }
  if (isMoved !== true) {
    await stdout.line('Nothing is left of it here; the old host is as it was.')
    return 1
  }
  await refuseUsed(path, files)
  await files.install(path)
  if (checked.header.rest === 'at work') {
    await stdout.line(`Wrote ${path}, a copy for a trial. Look at it with REGULARS_PAUSED=1 npm start: ${TWICE}`)
    return 0
  }
  await stdout.line(`Wrote ${path}. Next:
  1. Put it to work, without REGULARS_PAUSED: npm start
  2. Change the address of Stripe's endpoint, and those of Slack and HubSpot.
     Neither delete nor disable it: what waits in it would not come again.
  3. What was answered 503 comes again for three days. What came in between otherwise is found by: npx regulars reconcile --fix
  4. Look at it: npx regulars doctor
Leave the old host ${checked.header.rest} for good, and keep its database until you have seen the new one at work.`)
  return 0
}

const EMPTY: TransferStatus = {
  ...{ isPaused: true, migrations: [], tables: [], mark: '', transfer: null, isUnused: true },
  ...{ stripeMode: null, isSandbox: false, program: { stored: null, host: null } },
}

type Files = typeof import('../compose/transfer-files.ts')

/** A file that nobody was ever recorded in, and that no process has open, may be replaced. */
async function refuseUsed(path: string, { isOpenElsewhere, isUnusedFile }: Files): Promise<void> {
  if (!databaseExists(path)) return
  if (isOpenElsewhere(path))
    throw new Failure(`a server, or another command, has ${path} open. Stop it, or name another file in DATABASE_PATH.`)
  if (!(await isUnusedFile(path)))
    throw new Failure(`${path} is in use: only an empty one takes a transfer. Name another file in DATABASE_PATH.`)
}
