// What a unit read, and the statements that fail once that does not stand any more: for databases that write later than they
// read.
import { asList, IN_LIST, type Statement } from './driver.ts'
import { rowsStillThere } from './fold.ts'

/** Rows of one table that were read: the version (or value) of each that was there, null for those that were not. */
export interface SeenRows {
  table: string
  key: string
  /** The column that changes whenever the row does. */
  value: string
  rows: ReadonlyMap<string, string | number | null>
}

/** One row of one table, as units may want it at the same time. */
export const rowName = (table: string, key: string): string => `${table} ${key}`

/** Statements that fail unless all of it still stands. */
export function guardsOf(seen: SeenRows): Statement[] {
  const { table, key, value } = seen
  const { there, absent } = apart(seen)
  if (there.length === 0) return absentGuards(seen, absent)
  const matches = `SELECT count(*) FROM json_each(?) AS seen JOIN ${table} ON ${table}.${key} = seen.value ->> 0 AND ${table}.${value} = seen.value ->> 1`
  const guard = {
    sql: `INSERT INTO guard (stands) SELECT 0 WHERE (${matches}) <> ?`,
    params: [JSON.stringify(there), there.length],
  }
  return [guard, ...absentGuards(seen, absent)]
}

/** The same for what many units saw: longer to read, and without a row read for each that is looked for. */
export function guardsOfMany(seen: SeenRows): Statement[] {
  const { there, absent } = apart(seen)
  return [...rowsStillThere(seen, there), ...absentGuards(seen, absent)]
}

function apart({ rows }: SeenRows): { there: [string, string | number][]; absent: string[] } {
  const there: [string, string | number][] = []
  const absent: string[] = []
  for (const [id, found] of rows) {
    if (found === null) absent.push(id)
    else there.push([id, found])
  }
  return { there, absent }
}

function absentGuards({ table, key }: SeenRows, absent: readonly string[]): Statement[] {
  if (absent.length === 0) return []
  const sql = `INSERT INTO guard (stands) SELECT 0 WHERE EXISTS (SELECT 1 FROM ${table} WHERE ${key} ${IN_LIST})`
  return [{ sql, params: [asList(absent)] }]
}

/** What several units saw, as one: a row that many read is looked at once. Rows of `except` guard themselves. */
export function seenTogether(seen: Iterable<SeenRows>, except: ReadonlySet<string>): SeenRows[] {
  const tables = new Map<string, SeenRows & { rows: Map<string, string | number | null> }>()
  for (const { table, key, value, rows } of seen) {
    const together = tables.get(table) ?? { table, key, value, rows: new Map() }
    tables.set(table, together)
    for (const [id, found] of rows) if (!except.has(rowName(table, id))) together.rows.set(id, found)
  }
  return [...tables.values()]
}
