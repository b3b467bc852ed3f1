// Reads CSV as it comes out of spreadsheets and exports: RFC 4180, also with semicolons or tabs, any line end, a byte
// order mark. Our own, because a bad line must not cost the good ones after it, and each is told by its line in the
// file: csv-parse loses what follows a broken quote, and counts line ends within quotes twice.
import { createReadStream } from 'node:fs'
import { Failure } from './failures.ts'

export interface CsvRecord {
  /** Of the file, where the record begins; the header is line 1. */
  line: number
  cells: string[]
}
export interface CsvProblem {
  line: number
  column: string | null
  message: string
}
export type CsvLine = ({ ok: true } & CsvRecord) | { ok: false; problem: CsvProblem }

/** A cell with more line ends than this has lost its closing quote. */
const MAX_LINES_IN_RECORD = 100
/** No line of a table is this long: the file is something else. */
const MAX_LINE_LENGTH = 1_000_000
const LINE_END = /\r\n|\n|\r(?!$)/

/** The file's lines, decoded. @throws Failure when it is no text in UTF-8 */
export async function* readLines(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const decode = (chunk?: Uint8Array): string => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined })
    } catch {
      throw new Failure(`${name} is not in UTF-8. In Excel, save it as “CSV UTF-8”.`)
    }
  }
  let rest = ''
  for await (const chunk of chunks) {
    const lines = (rest + decode(chunk)).split(LINE_END)
    rest = lines.pop() ?? ''
    if (rest.length > MAX_LINE_LENGTH) throw new Failure(`${name} has a line that is too long to be one of a table.`)
    yield* lines
  }
  const last = (rest + decode()).replace(/\r$/, '')
  if (last !== '') yield last
}

type Cells = { kind: 'cells'; cells: string[] } | { kind: 'open' } | { kind: 'bad'; message: string }

/** The cells of a record; `open` when it ends within quotes. */
export function splitRecord(text: string, delimiter: string): Cells {
  if (!text.includes('"')) return { kind: 'cells', cells: text.split(delimiter).map((cell) => cell.trim()) }
  const cells: string[] = []
  for (let at = 0; ; ) {
    const cell = readCell(text, at, delimiter)
    if (cell.kind !== 'cell') return cell
    cells.push(cell.value)
    if (cell.end >= text.length) return { kind: 'cells', cells }
    at = cell.end + delimiter.length
  }
}

type Cell = { kind: 'cell'; value: string; end: number } | Exclude<Cells, { kind: 'cells' }>

// Nothing in it can fail once it has begun, so it never goes back and takes time in proportion to the text.
const QUOTED = /[ \t]*"((?:[^"]+|"")*)("?)[ \t]*/y

function readCell(text: string, from: number, delimiter: string): Cell {
  QUOTED.lastIndex = from
  // A tab that delimits must not be taken for space around the cell.
  const quoted = text[from] === delimiter ? null : QUOTED.exec(text)
  if (quoted === null) {
    const next = text.indexOf(delimiter, from)
    const end = next === -1 ? text.length : next
    return { kind: 'cell', value: text.slice(from, end).trim(), end }
  }
  const [whole, value = '', closing] = quoted
  if (closing === '') return { kind: 'open' }
  const end = whole.endsWith(delimiter) ? from + whole.trimEnd().length : QUOTED.lastIndex
  if (end < text.length && !text.startsWith(delimiter, end)) {
    return { kind: 'bad', message: 'has a quote in the middle of a cell: within quotes, write it twice' }
  }
  return { kind: 'cell', value: value.replaceAll('""', '"').trim(), end }
}

/** Records and what is wrong with lines that are none. A broken quote costs its own line only. */
export async function* readRecords(lines: AsyncIterable<string>, delimiter: string): AsyncGenerator<CsvLine> {
  const source = lines[Symbol.asyncIterator]()
  const ahead: string[] = []
  const lineAt = async (index: number): Promise<string | null> => {
    while (ahead.length <= index) {
      const next = await source.next()
      if (next.done === true) return null
      ahead.push(next.value)
    }
    return ahead[index] ?? null
  }
  for (let line = 1; (await lineAt(0)) !== null; ) {
    const { taken, read } = await readRecord(lineAt, delimiter)
    ahead.splice(0, taken)
    if (read.kind === 'cells') {
      if (read.cells.some((cell) => cell !== '')) yield { ok: true, line, cells: read.cells }
    } else yield { ok: false, problem: { line, column: null, message: messageOf(read) } }
    line += taken
  }
}

const messageOf = (read: Exclude<Cells, { kind: 'cells' }>): string =>
  read.kind === 'bad' ? read.message : 'opens a quote that is never closed'

async function readRecord(
  lineAt: (index: number) => Promise<string | null>,
  delimiter: string,
): Promise<{ taken: number; read: Cells }> {
  let text = (await lineAt(0)) ?? ''
  const first = splitRecord(text, delimiter)
  let read = first
  for (let taken = 1; ; taken++) {
    if (read.kind === 'cells') return { taken, read }
    const next = read.kind === 'open' && taken < MAX_LINES_IN_RECORD ? await lineAt(taken) : null
    // What the lines after it made of it is only a consequence.
    if (next === null) return { taken: 1, read: first }
    text += `\n${next}`
    read = splitRecord(text, delimiter)
  }
}

const DELIMITERS = [',', ';', '\t'] as const

/** Whichever the header has most of. */
export function delimiterOf(header: string): string {
  const unquoted = header.replaceAll(/"[^"]*"/g, '')
  const occurrences = (delimiter: string) => unquoted.split(delimiter).length
  return DELIMITERS.reduce((best, one) => (occurrences(one) > occurrences(best) ? one : best))
}

/** The lines of a file, its delimiter read off its header. @throws what the file system says; Failure when it is empty */
export async function* readCsvFile(path: string): AsyncGenerator<CsvLine> {
  const lines = readLines(createReadStream(path), path)
  const first = await lines.next()
  if (first.done === true) throw new Failure(`${path} is empty.`)
  yield* readRecords(prepend(first.value, lines), delimiterOf(first.value))
}

async function* prepend(first: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield first
  yield* rest
}
