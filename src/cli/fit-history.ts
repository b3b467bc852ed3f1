// Histories of customers out of a file, for the models: rows of 0 are purchases here, as in what was published.
import { Temporal } from 'temporal-polyfill'
import type { BuyingHistory } from '../retention/types.ts'
import type { CsvProblem } from './csv-read.ts'
import { openTable } from './csv-table.ts'
import { withoutGuard } from './csv-write.ts'
import { MOMENT_RULE, parseDate, parseMoment } from './dates.ts'
import { Failure } from './failures.ts'
import { HISTORY_COLUMNS } from './replay-rows.ts'

export interface FileHistories {
  rows: number
  /** In the order of the customers' names. */
  histories: BuyingHistory[]
  problems: CsvProblem[]
}

const MAX_ROWS = 20_000_000
/** Of any currency, in its major unit. */
const AMOUNT = /^-?\d{1,15}(\.\d{1,9})?$/
const EPOCH = Temporal.PlainDate.from('1970-01-01')

/** Purchases of a day are one; days are as they are written. @throws Failure when it is no such file */
export async function readFileHistories(path: string): Promise<FileHistories> {
  const table = await openTable(path, HISTORY_COLUMNS)
  const customers = new Map<string, Map<number, number>>()
  const problems: CsvProblem[] = []
  const dayOf = createDayReader()
  let rows = 0
  for await (const row of table.rows) {
    if (++rows > MAX_ROWS) throw new Failure(`${path} has more than ${MAX_ROWS} lines: cut it.`)
    if (!row.ok) {
      problems.push(row.problem)
      continue
    }
    const { line, cells } = row
    const customer = withoutGuard(cells.customer)
    const [day, amount] = [dayOf(cells.date), cells.amount.trim()]
    if (customer === '') problems.push({ line, column: 'customer', message: 'is missing' })
    else if (day === null) problems.push({ line, column: 'date', message: MOMENT_RULE })
    else if (!AMOUNT.test(amount))
      problems.push({ line, column: 'amount', message: 'must be a plain number, such as 49.90' })
    else addPurchase(customers, customer, day, Number(amount))
  }
  const names = [...customers.keys()].sort()
  return { rows, histories: names.map((name) => toHistory(customers.get(name) ?? new Map())), problems }
}

function addPurchase(customers: Map<string, Map<number, number>>, customer: string, day: number, amount: number): void {
  const days = customers.get(customer) ?? new Map<number, number>()
  if (days.size === 0) customers.set(customer, days)
  days.set(day, (days.get(day) ?? 0) + amount)
}

function toHistory(bought: ReadonlyMap<number, number>): BuyingHistory {
  const days = [...bought.keys()].sort((a, b) => a - b)
  return { days, spend: days.map((day) => bought.get(day) ?? 0) }
}

/** Days since 1970 of a date or an instant as it is written; the same few are asked for again and again. */
function createDayReader(): (text: string) => number | null {
  const known = new Map<string, number | null>()
  return (text) => {
    const hit = known.get(text)
    if (hit !== undefined) return hit
    if (known.size > 100_000) known.clear()
    const date =
      parseDate(text.trim()) ?? (parseMoment(text, 'UTC') === null ? null : parseDate(text.trim().slice(0, 10)))
    const day = date === null ? null : date.since(EPOCH).days
    known.set(text, day)
    return day
  }
}
