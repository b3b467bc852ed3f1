// A CSV file as rows with named cells: columns go by the names in the header, in any order; those not known are ignored.
import { didYouMean } from '../program/suggest.ts'
import { type CsvLine, type CsvProblem, type CsvRecord, readCsvFile } from './csv-read.ts'
import { Failure } from './failures.ts'

export interface Column {
  /** Other names it goes by. */
  aliases?: readonly string[]
  isRequired?: boolean
}

export interface Row<Name extends string> {
  line: number
  /** Empty where the cell is empty or the file has no such column. */
  cells: Record<Name, string>
}

export interface Table<Name extends string> {
  /** Columns of the file that nobody asked for. */
  ignored: string[]
  /** Which of the names the file has. */
  has(name: Name): boolean
  rows: AsyncIterable<({ ok: true } & Row<Name>) | { ok: false; problem: CsvProblem }>
}

/** `Enrolled at`, `enrolledAt` and `enrolled_at` are one name. */
const plain = (name: string): string => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')

/** @throws Failure when the file is empty or lacks a column that is needed; what the file system says */
export async function openTable<Name extends string>(
  path: string,
  columns: Readonly<Record<Name, Column>>,
  lines: AsyncGenerator<CsvLine> = readCsvFile(path),
): Promise<Table<Name>> {
  const first = await lines.next().catch((error: unknown) => {
    // Reading a folder fails without saying which.
    if (error instanceof Error && 'code' in error && error.code === 'EISDIR')
      throw new Failure(`${path}: it is a folder.`)
    throw error
  })
  if (first.done === true) throw new Failure(`${path} is empty.`)
  if (!first.value.ok) throw new Failure(`${path}: its first line ${first.value.problem.message}.`)
  const header = first.value.cells
  const names = Object.keys(columns) as Name[]
  const places = new Map<Name, number>()
  for (const name of names) {
    const wanted = [name, ...(columns[name].aliases ?? [])].map(plain)
    const found = header.flatMap((title, index) => (wanted.includes(plain(title)) ? [index] : []))
    if (found.length > 1) throw new Failure(`${path} has two columns for ${name}.`)
    if (found[0] !== undefined) places.set(name, found[0])
    else if (columns[name].isRequired === true) throw missing(path, name, columns[name], header)
  }
  const used = new Set(places.values())
  return {
    ignored: header.filter((title, index) => title !== '' && !used.has(index)),
    has: (name) => places.has(name),
    rows: toRows(lines, header, names, places),
  }
}

function missing(path: string, name: string, { aliases = [] }: Column, header: readonly string[]): Failure {
  const also = aliases.length === 0 ? '' : ` (or ${aliases.join(', ')})`
  const listed = header.filter((title) => title !== '').join(', ')
  return new Failure(
    `${path} has no column ${name}${also}: its first line must name the columns, and it names ${listed}${didYouMean(name, header)}`,
  )
}

async function* toRows<Name extends string>(
  lines: AsyncGenerator<CsvLine>,
  header: readonly string[],
  names: readonly Name[],
  places: ReadonlyMap<Name, number>,
): AsyncGenerator<({ ok: true } & Row<Name>) | { ok: false; problem: CsvProblem }> {
  for await (const line of lines) yield line.ok ? toRow(line, header, names, places) : line
}

function toRow<Name extends string>(
  { line, cells }: CsvRecord,
  header: readonly string[],
  names: readonly Name[],
  places: ReadonlyMap<Name, number>,
): ({ ok: true } & Row<Name>) | { ok: false; problem: CsvProblem } {
  // A comma too many shifts everything after it: better no row than a wrong one.
  if (cells.slice(header.length).some((cell) => cell !== '')) {
    const message = `has ${cells.length} cells where the first line names ${header.length} columns`
    return { ok: false, problem: { line, column: null, message } }
  }
  const named = Object.fromEntries(names.map((name) => [name, cells[places.get(name) ?? -1] ?? '']))
  return { ok: true, line, cells: named as Record<Name, string> }
}

/** `line 7, points: must be a whole number` */
export const describeProblem = ({ line, column, message }: CsvProblem): string =>
  column === null ? `line ${line} ${message}` : `line ${line}, ${column} ${message}`
