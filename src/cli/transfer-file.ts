// The file in which all rows of a database stand: a line that says what it is, lines of rows, and a last one that says what
// must have come before it, so that a file that was cut short or changed is refused before anything is written.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { z } from 'zod'
import type { TransferChunk, TransferRow } from '../app/ports/transfer.ts'
import { Failure } from './failures.ts'

/** A newer version of this code may write another form. */
export const FORMAT = 1
/** It holds people's addresses. */
const OWNER_ONLY = 0o600
/** Far more than a page of rows takes. */
const LINE_LIMIT_BYTES = 64 * 1024 * 1024
const NEWLINE = 0x0a

/** What the host that it is from did when it was written: only one that rests is moved. */
const RESTS = ['stopped', 'paused', 'at work'] as const

const tableOf = z.object({ name: z.string(), columns: z.array(z.string()), rows: z.int() })
const headerOf = z.object({
  regulars: z.literal('transfer'),
  format: z.literal(FORMAT),
  id: z.string().regex(/^[a-zA-Z0-9]{1,64}$/),
  version: z.string(),
  exportedAt: z.string(),
  rest: z.enum(RESTS),
  migrations: z.array(z.string()),
  stripeMode: z.string().nullable(),
  program: z.string().nullable(),
  tables: z.array(tableOf).min(1),
})
export type TransferHeader = z.output<typeof headerOf>
export type Rest = (typeof RESTS)[number]

const chunkOf = z.strictObject({
  table: z.string(),
  rows: z.custom<TransferRow[]>((rows) => Array.isArray(rows) && rows.every(Array.isArray)),
})
const endOf = z.strictObject({
  end: z.strictObject({ chunks: z.int(), rows: z.record(z.string(), z.int()), sha256: z.string() }),
})

export interface TransferWriter {
  /** Rows of one table, in their order. */
  write(table: string, rows: readonly TransferRow[]): Promise<void>
  /** The last line: the file has its name when this resolves. */
  end(): Promise<{ rows: number }>
  /** Leaves nothing behind. */
  abandon(): Promise<void>
}

/** Under another name until it is whole; compressed where the name ends in .gz. */
export async function createWriter(file: string, header: TransferHeader): Promise<TransferWriter> {
  const partial = `${file}.partial`
  const target = createWriteStream(partial, { mode: OWNER_ONLY })
  await once(target, 'open')
  const gzip = file.endsWith('.gz') ? createGzip() : null
  const stream = gzip ?? target
  const ended = gzip === null ? finished(target) : pipeline(gzip, target)
  // Whoever writes or ends it hears of what goes wrong; nobody may be waiting just then.
  ended.catch(() => {})
  const hash = createHash('sha256')
  const counts = new Map<string, number>()
  let chunks = 0
  const put = async (line: object): Promise<void> => {
    const text = `${JSON.stringify(line)}\n`
    hash.update(text)
    await new Promise<void>((done, fail) => stream.write(text, (error) => (error ? fail(error) : done())))
  }
  await put(header)
  return {
    async write(table, rows) {
      counts.set(table, (counts.get(table) ?? 0) + rows.length)
      chunks++
      await put({ table, rows })
    },
    async end() {
      const rows = Object.fromEntries(counts)
      const sha256 = hash.copy().digest('hex')
      await put({ end: { chunks, rows, sha256 } })
      stream.end()
      await ended
      await rename(partial, file)
      return { rows: [...counts.values()].reduce((sum, count) => sum + count, 0) }
    },
    async abandon() {
      target.destroy()
      gzip?.destroy()
      await rm(partial, { force: true })
    },
  }
}

export interface CheckedFile {
  header: TransferHeader
  chunks: number
  rows: number
  digest: string
  /** The row that takes most bytes. */
  largest: { table: string; bytes: number }
}

/** Reads all of it, and believes nothing. @throws Failure in words when it is not whole or not as it was written */
export async function checkFile(file: string, onRows: (done: number, total: number) => void): Promise<CheckedFile> {
  const hash = createHash('sha256')
  let header: TransferHeader | undefined
  let held: Buffer | undefined
  let [chunks, rows] = [0, 0]
  const counts = new Map<string, number>()
  let largest = { table: '', bytes: 0 }
  let total = 0
  for await (const line of linesOf(file)) {
    // The last line is about those before it, so each is held back until there is another.
    if (held !== undefined) {
      hash.update(held).update('\n')
      if (header === undefined) {
        header = readHeader(held)
        total = header.tables.reduce((sum, table) => sum + table.rows, 0)
      } else {
        const chunk = readChunk(held, header, chunks)
        chunks++
        rows += chunk.rows.length
        counts.set(chunk.table, (counts.get(chunk.table) ?? 0) + chunk.rows.length)
        for (const row of chunk.rows) largest = larger(largest, chunk.table, row)
        onRows(rows, total)
      }
    }
    held = line
  }
  if (held === undefined) throw new Failure(`${file} is empty.`)
  // With a single line, what is wrong is best said of that.
  if (header === undefined) header = readHeader(held)
  const { end } = readEnd(held)
  const digest = hash.digest('hex')
  if (end.sha256 !== digest) throw new Failure(`${file} was changed after it was written: its sum is another.`)
  const isWhole =
    end.chunks === chunks &&
    header.tables.every(
      ({ name, rows: wanted }) => wanted === (counts.get(name) ?? 0) && wanted === (end.rows[name] ?? 0),
    )
  if (!isWhole) throw new Failure(`${file} does not hold what it says: its counts of rows differ.`)
  return { header, chunks, rows, digest, largest }
}

/** The chunks from this number on. To be called of a file that was checked. */
export async function* readChunks(file: string, { header }: CheckedFile, from = 0): AsyncGenerator<TransferChunk> {
  let number = -1
  let held: Buffer | undefined
  for await (const line of linesOf(file)) {
    if (held !== undefined) {
      if (number >= from) yield readChunk(held, header, number)
      number++
    }
    held = line
  }
}

const DAMAGED = 'it was cut short, changed, or is another file'

function parsedLine(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString('utf8'))
  } catch {
    return undefined
  }
}

function readHeader(line: Buffer): TransferHeader {
  const json = parsedLine(line)
  const isOurs = typeof json === 'object' && json !== null && Reflect.get(json, 'regulars') === 'transfer'
  if (!isOurs) throw new Failure('the file was not written by: regulars export --all.')
  const format: unknown = Reflect.get(json, 'format')
  if (typeof format === 'number' && format > FORMAT) {
    const version: unknown = Reflect.get(json, 'version')
    throw new Failure(
      `the file was written by a newer Regulars (${String(version)}, form ${format}): update this one first.`,
    )
  }
  const header = headerOf.safeParse(json)
  if (!header.success) throw new Failure(`the first line of the file cannot be read: ${DAMAGED}.`)
  return header.data
}

function readChunk(line: Buffer, { tables }: TransferHeader, number: number): TransferChunk {
  const where = `line ${number + 2} of the file cannot be read`
  const chunk = chunkOf.safeParse(parsedLine(line))
  if (!chunk.success) throw new Failure(`${where}: ${DAMAGED}.`)
  const { table: name, rows } = chunk.data
  const table = tables.find((one) => one.name === name)
  if (table === undefined) throw new Failure(`${where}: its first line knows no ${name}.`)
  for (const row of rows) {
    if (row.length !== table.columns.length) throw new Failure(`${where}: a row has too many or too few values.`)
    const wrong = row.find((value) => !isValue(value))
    if (wrong !== undefined) throw new Failure(`${where}: ${wrongWith(wrong)}.`)
  }
  return { table: name, columns: table.columns, rows }
}

const isValue = (value: unknown): boolean =>
  value === null ||
  (typeof value === 'string' && value.isWellFormed()) ||
  (typeof value === 'number' && (!Number.isInteger(value) || Number.isSafeInteger(value)))

const wrongWith = (value: unknown): string =>
  typeof value === 'number'
    ? 'a whole number is above 2^53, which not every host keeps as it is'
    : 'a value is neither a text nor a number nor null'

function readEnd(line: Buffer) {
  const end = endOf.safeParse(parsedLine(line))
  if (!end.success) throw new Failure('the file was cut short: its last line is missing.')
  return end.data
}

function larger(largest: CheckedFile['largest'], table: string, row: TransferRow): CheckedFile['largest'] {
  const length = row.reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 8), 0)
  // A letter is three bytes at the most, so most rows need not be counted.
  if (length * 3 <= largest.bytes) return largest
  const bytes = row.reduce<number>((sum, value) => sum + (typeof value === 'string' ? Buffer.byteLength(value) : 8), 0)
  return bytes > largest.bytes ? { table, bytes } : largest
}

/** Node's own reader of lines also ends them at characters that stand in people's texts. */
async function* linesOf(file: string): AsyncGenerator<Buffer> {
  let rest: Buffer[] = []
  let size = 0
  for await (const piece of bytesOf(file)) {
    let from = 0
    for (let at = piece.indexOf(NEWLINE); at !== -1; at = piece.indexOf(NEWLINE, from)) {
      yield Buffer.concat([...rest, piece.subarray(from, at)])
      rest = []
      size = 0
      from = at + 1
    }
    if (from < piece.length) rest.push(piece.subarray(from))
    size += piece.length - from
    if (size > LINE_LIMIT_BYTES) throw new Failure(`${file} has a line without end: ${DAMAGED}.`)
  }
  if (rest.length > 0) throw new Failure(`${file} was cut short: its last line has no end.`)
}

async function* bytesOf(file: string): AsyncGenerator<Buffer> {
  const source = createReadStream(file)
  const stream: Readable = file.endsWith('.gz') ? source.pipe(createGunzip()) : source
  if (stream !== source) source.on('error', (error) => stream.destroy(error))
  try {
    for await (const piece of stream) yield piece as Buffer
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code.startsWith('Z_')) throw new Failure(`${file} cannot be unpacked: ${DAMAGED}.`)
    throw error
  } finally {
    source.destroy()
  }
}
