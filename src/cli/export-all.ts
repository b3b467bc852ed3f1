// Everything that a database holds in one file, for another host. Only what rests can be moved: whatever was recorded or
// delivered after the file was written would be lost, or done twice.
import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import type { TransferStatus } from '../app/ports/transfer.ts'
import { isOpenElsewhere, openSnapshot } from '../compose/transfer-files.ts'
import type { Context } from './command.ts'
import { databaseExists } from './database-file.ts'
import { Failure, UsageError } from './failures.ts'
import { count, plural } from './format.ts'
import { createProgress } from './progress.ts'
import { localUrl } from './server.ts'
import { settingsOf } from './settings.ts'
import { createWriter, FORMAT, type Rest, type TransferHeader, type TransferWriter } from './transfer-file.ts'
import { adminKey, hostUrl, remotePlace, type SourcePlace } from './transfer-place.ts'

const ASKED_WITHIN_MS = 3_000

export interface ExportAll {
  out: string | undefined
  /** The host's address; undefined: this machine's database. */
  from: string | undefined
  /** Also of a host that is at work. */
  isCopy: boolean
}

interface Source {
  place: SourcePlace
  rest: (status: TransferStatus) => Promise<Rest>
  /** Asked when all is read; nothing is read after it. */
  isStillAtRest(): Promise<boolean>
  close(): void
}

export async function exportAll(context: Context, { out, from, isCopy }: ExportAll): Promise<number> {
  if (out === undefined) throw new UsageError('--all needs --out FILE, such as --out move.ndjson.gz')
  if (existsSync(out)) throw new Failure(`${out} is there already. An export never replaces another.`)
  const source = from === undefined ? localSource(context) : remoteSource(context, hostUrl('from', from))
  try {
    const status = await source.place.status()
    refuseOdd(status)
    const rest = await source.rest(status)
    if (rest === 'at work' && !isCopy) throw new Failure(atWork(from))
    const rows = await write(context, source, out, headerOf(context, status, rest))
    await tell(context, { out, from, rows, rest, status })
    return 0
  } finally {
    source.close()
  }
}

function localSource(context: Context): Source {
  const settings = settingsOf(context)
  const { databasePath } = settings
  if (!databaseExists(databasePath)) throw new Failure(`there is no database at ${databasePath}.`)
  const isOpen = isOpenElsewhere(databasePath)
  const snapshot = openSnapshot(databasePath)
  const { transfers } = snapshot
  const isPaused = () => isServerPaused(context, localUrl(settings))
  let isClosed = false
  const close = (): void => {
    if (!isClosed) snapshot.close()
    isClosed = true
  }
  return {
    close,
    rest: async () => (!isOpen ? 'stopped' : (await isPaused()) ? 'paused' : 'at work'),
    isStillAtRest: async () => {
      // The snapshot shows nothing of whoever came since, and would itself be taken for one who has the file open.
      close()
      return !isOpenElsewhere(databasePath) || isPaused()
    },
    place: {
      status: async () => {
        const { program, ...status } = await transfers.status()
        return { ...status, isPaused: false, program: { stored: program, host: null } }
      },
      page: async (table, after) => (await transfers.page(table, after)) ?? { rows: [], next: null },
    },
  }
}

function remoteSource(context: Context, url: string): Source {
  const place = remotePlace(context, url, adminKey(settingsOf(context)))
  return {
    place,
    close: () => {},
    rest: async ({ isPaused }) => (isPaused ? 'paused' : 'at work'),
    isStillAtRest: async () => (await place.status()).isPaused,
  }
}

async function isServerPaused({ fetch }: Context, url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(ASKED_WITHIN_MS) })
    const body: unknown = await response.json()
    return typeof body === 'object' && body !== null && Reflect.get(body, 'status') === 'paused'
  } catch {
    return false
  }
}

function refuseOdd({ isSandbox, transfer, tables }: TransferStatus): void {
  if (isSandbox) throw new Failure('this is the sandbox’s database: everybody in it is made up, and nobody is moved.')
  if (transfer?.state === 'arriving')
    throw new Failure(`only a part of another host’s rows is here: the transfer ${transfer.id} is not finished.`)
  if (tables.every(({ rows }) => rows === 0)) throw new Failure('the database is empty.')
}

const atWork = (from: string | undefined): string =>
  from === undefined
    ? 'a server, or another command, has the database open. Stop it, or start the server with REGULARS_PAUSED=1: what it records after this would not be in the file. (--copy writes it all the same, for a trial.)'
    : 'the host is at work. Pause it first, for a Worker with: npm run deploy -- --paused. What it records after this would not be in the file. (--copy writes it all the same, for a trial.)'

function headerOf({ now }: Context, status: TransferStatus, rest: Rest): TransferHeader {
  const { migrations, stripeMode, tables, program } = status
  return {
    ...{ regulars: 'transfer', format: FORMAT, id: randomUUID().replaceAll('-', ''), version: versionOf() },
    ...{ exportedAt: new Date(now()).toISOString(), rest, migrations, stripeMode, program: program.stored, tables },
  }
}

function versionOf(): string {
  const { version }: { version: string } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  )
  return version
}

async function write(context: Context, source: Source, out: string, header: TransferHeader): Promise<number> {
  const { place } = source
  const before = await place.status()
  const writer = await createWriter(out, header)
  const progress = createProgress(context, 'Exporting', 'rows')
  try {
    await writeTables(place, header, writer, (done, total) => progress.update(done, total))
    const after = await place.status()
    if (JSON.stringify([after.tables, after.mark]) !== JSON.stringify([before.tables, before.mark]))
      throw new Failure(
        'the database changed while it was read, so nothing was kept of it. A Worker that was paused a moment ago records what its queue still holds: run this again when the queue is empty.',
      )
    if (header.rest !== 'at work' && !(await source.isStillAtRest()))
      throw new Failure(
        'the host was put to work while it was read, so nothing was kept of it. Stop or pause it, and run this again.',
      )
    const { rows } = await writer.end()
    return rows
  } catch (error) {
    await writer.abandon()
    throw error
  } finally {
    progress.end()
  }
}

async function writeTables(
  place: SourcePlace,
  { tables }: TransferHeader,
  writer: TransferWriter,
  onRows: (done: number, total: number) => void,
): Promise<void> {
  const total = tables.reduce((sum, { rows }) => sum + rows, 0)
  let done = 0
  for (const { name } of tables)
    for (let after: Awaited<ReturnType<SourcePlace['page']>>['next'] = null; ; ) {
      const page = await place.page(name, after)
      if (page.next === null) break
      await writer.write(name, page.rows)
      done += page.rows.length
      onRows(done, Math.max(done, total))
      after = page.next
    }
}

interface Written {
  out: string
  from: string | undefined
  rows: number
  rest: Rest
  status: TransferStatus
}

async function tell({ stdout }: Context, { out, from, rows, rest, status }: Written): Promise<void> {
  const members = status.tables.find(({ name }) => name === 'member')?.rows ?? 0
  await stdout.line(
    `Wrote ${out}: ${count(rows)} rows of ${plural(status.tables.length, 'table')}, ${plural(members, 'member')}.`,
  )
  await stdout.line(
    'It holds names, addresses and the key by which the erased are known: keep it as you keep the database.',
  )
  if (rest === 'at work') {
    await stdout.line('Its host was at work: this is a copy for a trial, and an import takes it with --copy only.')
    return
  }
  const here = from === undefined ? 'this server stopped or paused' : 'that host paused'
  await stdout.line(`Leave ${here} from now on: two hosts at work would deliver everything twice.`)
  await stdout.line(
    `Next: npx regulars import --all ${out}${from === undefined ? ' --to ADDRESS, or without it on another machine' : ', on the machine that it moves to'}`,
  )
}
