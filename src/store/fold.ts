// Many rows by one statement: where each statement is a query of its own, as on D1, a hundred units would need a thousand.
import type { SqlValue, Statement } from './driver.ts'

/** A parameter of D1 holds two megabytes; one row of ours is never more than a fraction of the difference. */
const PARAMETER_LIMIT = 500_000

/** Rows come as lists of values. Named by nothing that a table of ours calls its columns. */
const ROWS = '(SELECT value AS folded FROM json_each(?)) AS row'

/** Statements of the same text become one, in the place of the first; their rows keep their order. */
export function fold(statements: readonly Statement[]): Statement[] {
  const byText = new Map<string, Statement[]>()
  for (const statement of statements) {
    const alike = byText.get(statement.sql)
    if (alike === undefined) byText.set(statement.sql, [statement])
    else alike.push(statement)
  }
  return [...byText].flatMap(([sql, alike]) => {
    const folded = alike.length === 1 ? null : foldedText(sql)
    return folded === null ? alike : inPages(alike).map((page) => foldedStatement(folded, page))
  })
}

function foldedStatement(sql: string, page: readonly Statement[]): Statement {
  const [first, second] = page
  if (first !== undefined && second === undefined) return first
  const params = [JSON.stringify(page.map((statement) => statement.params))]
  const isChecked = page.every(({ changes }) => changes !== undefined)
  return isChecked ? { sql, params, changes: page.reduce((sum, { changes = 0 }) => sum + changes, 0) } : { sql, params }
}

/** The statement for many rows; null for one that is not known to have such a form. */
function foldedText(sql: string): string | null {
  const inserted = /^(INSERT INTO \w+ \([^()]*\)) VALUES \(([^()]*)\)( ON CONFLICT [^?]*)?$/s.exec(sql)
  // Without a condition, SQLite would take ON CONFLICT for a part of the join.
  if (inserted !== null)
    return `${inserted[1]} SELECT ${numbered(inserted[2] ?? '')} FROM ${ROWS} WHERE true${inserted[3] ?? ''}`
  const updated = /^(UPDATE \w+ SET [^()]*?) (WHERE [^()]*)$/s.exec(sql)
  if (updated === null) return null
  return numbered(`${updated[1]} FROM ${PLACE} ${updated[2]}`).replace(PLACE, ROWS)
}

const PLACE = '{rows}'

function numbered(sql: string): string {
  let place = 0
  return sql.replaceAll('?', () => `row.folded ->> ${place++}`)
}

function inPages(statements: readonly Statement[]): Statement[][] {
  const pages: Statement[][] = []
  let size = Number.POSITIVE_INFINITY
  for (const statement of statements) {
    const length = lengthOf(statement.params)
    if (size + length > PARAMETER_LIMIT) {
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
