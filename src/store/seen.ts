// What a unit read, and the statements that fail once that does not stand any more: for databases that write later than they
// read.
import type { Statement } from './driver.ts'
import { rowsStillAbsent, rowsStillThere } from './fold.ts'

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

/** Statements that fail unless all of it still stands. `namesAsOf`: the count of `NAMES_MOVED` as the names were read. */
export function guardsOf({ table, key, value, rows }: SeenRows, namesAsOf: number | null): Statement[] {
  const there: [string, string | number][] = []
  const absent: string[] = []
  for (const [id, found] of rows) {
    if (found === null) absent.push(id)
    else there.push([id, found])
  }
  const asOf = table === 'name' ? namesAsOf : null
  return [...rowsStillThere({ table, key, value, asOf }, there), ...rowsStillAbsent({ table, key }, absent)]
}

/**
 * What several units saw, as one: a row that many read is looked at once. Rows of `except` guard themselves. What two of them
 * saw differently, at two moments, stands apart each way: not both can.
 */
export function seenTogether(seen: Iterable<SeenRows>, except: ReadonlySet<string>): SeenRows[] {
  const tables = new Map<string, SeenRows & { rows: Map<string, string | number | null> }>()
  const differing: SeenRows[] = []
  for (const { table, key, value, rows } of seen) {
    const together = tables.get(table) ?? { table, key, value, rows: new Map() }
    tables.set(table, together)
    for (const [id, found] of rows) {
      const first = together.rows.get(id)
      if (first === undefined) together.rows.set(id, found)
      else if (first !== found)
        for (const one of [first, found]) differing.push({ table, key, value, rows: new Map([[id, one]]) })
    }
  }
  for (const { table, rows } of tables.values())
    for (const id of rows.keys()) if (except.has(rowName(table, id))) rows.delete(id)
  return [...tables.values(), ...differing]
}
