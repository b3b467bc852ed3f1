/**
 * Which rows move when a host is left for another, read from the schema itself, so that a table or column that a migration
 * adds moves with the rest. What stays behind stands here by name, with its reason.
 */
import { TRANSFER } from '../app/ports/transfer.ts'
import type { Driver, SqlValue } from './driver.ts'

/** Virtual tables are left out by their kind: the search index is made again from the members. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  d1_migrations: 'compared by name: both databases have the schema already',
  guard: 'always empty',
}

/** Settings that say who is at work at this moment, which is nobody once a host rests, and the record of a transfer. */
const LEFT_OUT_SETTINGS = [TRANSFER, 'flush:*', 'slack_digest_claim']

/** What a host writes by itself when it starts on an empty database: gives way to what arrives. */
export const HOSTS_OWN: readonly string[] = ['setting', 'program', 'model', 'sqlite_sequence']

/** The next numbers of tables whose numbers are never used again. */
export const SEQUENCES = 'sqlite_sequence'

export interface MovedTable {
  name: string
  /** With the row's number first where rows have one without a column of theirs. */
  columns: string[]
  texts: string[]
  /** The columns that rows are in order by. */
  key: string[]
  /** Which of its rows move: a condition. */
  only: string
  /** Rows are in order by one number. */
  isNumbered: boolean
}

interface ColumnRow {
  tbl: string
  keyed: number
  col: string
  type: string
  pk: number
}

const COLUMNS = `SELECT l.name AS tbl, l.wr AS keyed, i.name AS col, i.type AS type, i.pk AS pk
  FROM (SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table'
    AND substr(name, 1, 7) <> 'sqlite_' AND substr(name, 1, 4) <> '_cf_' ORDER BY name) AS l
  JOIN pragma_table_info(l.name) AS i ORDER BY l.name, i.cid`

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
export const listed = (columns: readonly string[]): string => columns.map(quoted).join(', ')
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** Every table that moves, in the order in which it does. */
export async function movedTables(driver: Pick<Driver, 'all'>): Promise<MovedTable[]> {
  const rows = await driver.all<ColumnRow>(COLUMNS, [])
  const byTable = Object.groupBy(rows, ({ tbl }) => tbl)
  const tables = Object.entries(byTable).flatMap(([name, columns = []]) =>
    Object.hasOwn(LEFT_OUT, name) ? [] : [tableOf(name, columns)],
  )
  return [...tables, sequencesOf(tables)]
}

function tableOf(name: string, columns: readonly ColumnRow[]): MovedTable {
  const keys = columns.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk)
  const isKeyed = columns[0]?.keyed === 1
  const hasNumber = !isKeyed && keys.length === 1 && keys[0]?.type === 'INTEGER'
  const names = columns.map(({ col }) => col)
  return {
    name,
    // A number that no column shows is still the order of the rows.
    columns: isKeyed || hasNumber ? names : ['rowid', ...names],
    texts: columns.filter(({ type }) => type === 'TEXT').map(({ col }) => col),
    key: isKeyed || hasNumber ? keys.map(({ col }) => col) : ['rowid'],
    only: name === 'setting' ? LEFT_OUT_SETTINGS.map((one) => `name NOT GLOB ${literal(one)}`).join(' AND ') : 'true',
    isNumbered: !isKeyed,
  }
}

const sequencesOf = (tables: readonly MovedTable[]): MovedTable => ({
  name: SEQUENCES,
  columns: ['name', 'seq'],
  texts: [],
  key: ['name'],
  only: `name IN (${tables.map(({ name }) => literal(name)).join(', ')})`,
  isNumbered: false,
})

export interface TableCount {
  name: string
  rows: number
  /** The highest number of a row, where rows have numbers. */
  highest: number
  /** How often rows were changed in all, where they count that. */
  changes: number
}

/** How many rows of each move. A statement for each table: D1 gives each half a minute, which all together may not be enough for. */
export function countRows(driver: Pick<Driver, 'all'>, tables: readonly MovedTable[]): Promise<TableCount[]> {
  return Promise.all(
    tables.map(async ({ name, columns, only, key, isNumbered }) => {
      const highest = isNumbered ? `(SELECT coalesce(max(${listed(key)}), 0) FROM ${quoted(name)})` : '0'
      const changes = columns.includes('version') ? 'coalesce(sum(version), 0)' : '0'
      const sql = `SELECT count(*) AS found, ${highest} AS highest, ${changes} AS changes FROM ${quoted(name)} WHERE ${only}`
      const [row] = await driver.all<{ found: number; highest: number; changes: number }>(sql, [])
      return { name, rows: row?.found ?? 0, highest: row?.highest ?? 0, changes: row?.changes ?? 0 }
    }),
  )
}

/** Some rows and the bytes in them are bounded: at least one row, at the most so many, and no more once there are these bytes. */
const PAGE_ROWS = 4_000
const PAGE_BYTES = 512 * 1024

/** A page of rows after this key: as statement. */
export function pageOf({ name, columns, texts, key, only }: MovedTable, after: readonly SqlValue[] | null) {
  const order = listed(key)
  const size = ['16', ...texts.map((text) => `coalesce(octet_length(${quoted(text)}), 0)`)].join(' + ')
  const places = key.map((_, i) => `?${i + 1}`).join(', ')
  const from = after === null ? '' : `AND (${order}) > (${places})`
  const own = listed(columns)
  const sql = `SELECT ${own} FROM (
    SELECT ${own}, sum(size) OVER (ORDER BY ${order} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before_it FROM (
      SELECT ${own}, ${size} AS size FROM ${quoted(name)} WHERE ${only} ${from} ORDER BY ${order} LIMIT ${PAGE_ROWS}))
    WHERE coalesce(before_it, 0) < ${PAGE_BYTES} ORDER BY ${order}`
  return { sql, params: after ?? [] }
}
