// Many rows by one statement: where each statement is a query of its own, as on D1, a hundred units would need a thousand.
// Rows come as one JSON document, because D1 takes no more than a hundred parameters; they are spelled out as VALUES and not
// taken from json_each, because D1 counts, and bills, what is scanned there as rows read.
import type { SqlValue, Statement } from './driver.ts'

/** A parameter of D1 holds two megabytes: a row of ours takes a fraction of what is left. */
const PARAMETER_LIMIT = 500_000
/** Each value is looked up in the document from its beginning, so that long ones cost more than short ones together. */
const ROWS_LIMIT = 50
/** D1 takes 100 KB of text. */
const TEXT_LIMIT = 90_000

/** Inserts of the same text become one, in the place of the first; their rows keep their order. */
export function fold(statements: readonly Statement[]): Statement[] {
  const byText = new Map<string, Statement[]>()
  for (const statement of statements) {
    const alike = byText.get(statement.sql)
    if (alike === undefined) byText.set(statement.sql, [statement])
    else alike.push(statement)
  }
  return [...byText].flatMap(([sql, alike]) => {
    const insert = alike.length === 1 ? null : readInsert(sql)
    return insert === null ? alike : pagesOf(alike, insert).map((page) => foldedInsert(insert, page))
  })
}

/** Reads of a table's rows by their keys; each with the keys that it is about. */
export function keyedSelects(
  select: KeyedSelect,
  keys: readonly string[],
): { keys: readonly string[]; statement: Statement }[] {
  const { columns, table, column } = select
  const wanted = columns.map((one) => `${table}.${one}`).join(', ')
  return inPages(keys).map((page) => {
    const values = page.map((_, i) => `(?1 ->> ${i})`).join(', ')
    const sql = `WITH wanted (wanted_key) AS (VALUES ${values})
      SELECT ${wanted} FROM wanted CROSS JOIN ${table} ON ${table}.${column} = wanted_key`
    return { keys: page, statement: { sql, params: [JSON.stringify(page)] } }
  })
}

/**
 * How often a name was given to somebody else, or dropped. New names do neither, and are most by far: as long as it stands
 * still, whatever names were read stand too, and none of them is read again.
 */
export const NAMES_MOVED = `coalesce((SELECT value FROM counter WHERE name = 'names moved'), 0)`
export const NOTE_NAMES_MOVED = `INSERT INTO counter (name, version, value) VALUES ('names moved', 1, 1)
  ON CONFLICT (name) DO UPDATE SET version = version + 1, value = value + 1`

interface Guarded {
  table: string
  key: string
  value: string
  /** Of names: `NAMES_MOVED` as it was then, or before. */
  asOf: number | null
}

/** Fails unless each of these rows is there, and has this value. */
export function rowsStillThere(
  { table, key, value, asOf }: Guarded,
  rows: readonly (readonly [string, string | number])[],
): Statement[] {
  return inPages(rows).map((page) => {
    const values = page.map((_, i) => `(?1 ->> '$[${i}][0]', ?1 ->> '$[${i}][1]')`).join(', ')
    const differ = `(WITH wanted (wanted_key, wanted_value) AS (VALUES ${values}) SELECT count(*) FROM wanted
        CROSS JOIN ${table} ON ${table}.${key} = wanted_key AND ${table}.${value} = wanted_value) <> ?2`
    const where = asOf === null ? differ : `CASE WHEN ${NAMES_MOVED} = ?3 THEN 0 ELSE ${differ} END`
    const params = [JSON.stringify(page), page.length, ...(asOf === null ? [] : [asOf])]
    return { sql: `INSERT INTO guard (stands) SELECT 0 WHERE ${where}`, params }
  })
}

/** Fails if one of these rows is there. */
export function rowsStillAbsent({ table, key }: Pick<Guarded, 'table' | 'key'>, keys: readonly string[]): Statement[] {
  return inPages(keys).map((page) => {
    const values = page.map((_, i) => `(?1 ->> ${i})`).join(', ')
    const found = `WITH wanted (wanted_key) AS (VALUES ${values})
      SELECT 1 FROM wanted CROSS JOIN ${table} ON ${table}.${key} = wanted_key`
    return { sql: `INSERT INTO guard (stands) SELECT 0 WHERE EXISTS (${found})`, params: [JSON.stringify(page)] }
  })
}

const inPages = <Item>(items: readonly Item[]): Item[][] =>
  Array.from({ length: Math.ceil(items.length / ROWS_LIMIT) }, (_, page) =>
    items.slice(page * ROWS_LIMIT, (page + 1) * ROWS_LIMIT),
  )

export interface KeyedSelect {
  columns: readonly string[]
  table: string
  column: string
}

interface Insert {
  /** Up to VALUES. */
  head: string
  values: readonly string[]
  /** What is to be done on a conflict. */
  tail: string
}

/** An insert of one row, taken apart; null for any other statement. */
function readInsert(sql: string): Insert | null {
  const parts = /^(INSERT INTO \w+ \([^()]*\)) VALUES \(([^()]*)\)( ON CONFLICT [^?]*)?$/s.exec(sql)
  if (parts === null) return null
  const [, head = '', values = '', tail = ''] = parts
  return { head, values: values.split(', '), tail }
}

function foldedInsert({ head, values, tail }: Insert, page: readonly Statement[]): Statement {
  const [first, second] = page
  if (first !== undefined && second === undefined) return first
  const rows = page.map((_, row) => {
    let place = 0
    return `(${values.map((value) => (value === '?' ? `?1 ->> '$[${row}][${place++}]'` : value)).join(', ')})`
  })
  const params = [JSON.stringify(page.map((statement) => statement.params))]
  return { sql: `${head} VALUES ${rows.join(', ')}${tail}`, params }
}

/** About what `?1 ->> '$[99][25]', ` takes. */
const VALUE_TEXT = 20

function pagesOf(statements: readonly Statement[], { values }: Insert): Statement[][] {
  const rowsLimit = Math.min(ROWS_LIMIT, Math.floor(TEXT_LIMIT / (values.length * VALUE_TEXT)))
  const pages: Statement[][] = []
  let size = Number.POSITIVE_INFINITY
  for (const statement of statements) {
    const length = lengthOf(statement.params)
    if (size + length > PARAMETER_LIMIT || pages.at(-1)?.length === rowsLimit) {
      pages.push([])
      size = 0
    }
    pages.at(-1)?.push(statement)
    size += length
  }
  return pages
}

/** Roughly what it takes as JSON, in bytes. */
const lengthOf = (params: readonly SqlValue[]): number =>
  params.reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length * 2 : 8), 0)
