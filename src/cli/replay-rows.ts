// A history of purchases as a file has it: customer, date and amount in each line, whatever else is there.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { parseAmount } from './amounts.ts'
import type { CsvProblem } from './csv-read.ts'
import { type Column, openTable } from './csv-table.ts'
import { withoutGuard } from './csv-write.ts'
import { MOMENT_RULE, momentOfPurchase, parseMoment } from './dates.ts'
import { Failure } from './failures.ts'

export const HISTORY_COLUMNS = {
  customer: { aliases: ['customer_id', 'customer id'], isRequired: true },
  date: { isRequired: true },
  amount: { aliases: ['dollars'], isRequired: true },
} satisfies Record<string, Column>

export interface Purchase {
  line: number
  customer: string
  /** Milliseconds since 1970. */
  at: number
  amountMinor: number
}

export interface History {
  rows: number
  purchases: Purchase[]
  /** Lines of 0 or less: no purchases. */
  skipped: number
  problems: CsvProblem[]
}

/** All of it is held in memory, to be sorted or shuffled. */
const MAX_ROWS = 5_000_000

export interface HistoryOptions {
  currency: string
  zone: string
  limit: number | null
}

/** @throws Failure when it is no such file */
export async function readHistory(path: string, { currency, zone, limit }: HistoryOptions): Promise<History> {
  const table = await openTable(path, HISTORY_COLUMNS)
  const history: History = { rows: 0, purchases: [], skipped: 0, problems: [] }
  for await (const row of table.rows) {
    if (limit !== null && history.rows >= limit) break
    if (history.rows >= MAX_ROWS) throw new Failure(`${path} has more than ${MAX_ROWS} lines: cut it, or use --limit.`)
    history.rows++
    if (!row.ok) {
      history.problems.push(row.problem)
      continue
    }
    const { line, cells } = row
    const read = readPurchase(line, cells, currency, zone)
    if ('message' in read) history.problems.push(read)
    else if (read.amountMinor <= 0) history.skipped++
    else history.purchases.push(read)
  }
  return history
}

function readPurchase(
  line: number,
  { customer, date, amount }: Readonly<Record<keyof typeof HISTORY_COLUMNS, string>>,
  currency: string,
  zone: string,
): Purchase | CsvProblem {
  const name = withoutGuard(customer)
  if (name === '') return { line, column: 'customer', message: 'is missing' }
  const moment = parseMoment(date, zone)
  if (moment === null) return { line, column: 'date', message: MOMENT_RULE }
  const parsed = parseAmount(amount, currency)
  if (!parsed.ok) return { line, column: 'amount', message: parsed.message }
  return { line, customer: name, at: momentOfPurchase(moment, zone), amountMinor: parsed.minor }
}

/** Of the content: the same file sent again is the same payments, under whatever name. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk)
  return hash.digest('hex')
}

const SLUG = /^[a-z0-9-]{1,40}$/
const ID_LENGTH = 24

/** What stands for a customer in addresses and ids: the name itself where it can. */
export const customerSlug = (customer: string): string =>
  SLUG.test(customer) ? customer : createHash('sha256').update(customer).digest('hex').slice(0, ID_LENGTH)

/** The same for the same line of the same file, always: sent again, it is the same payment. */
export const purchaseId = (fileHash: string, line: number): string =>
  createHash('sha256').update(`${fileHash}:${line}`).digest('hex').slice(0, ID_LENGTH)

/** Mulberry32: small, and the same on every machine (github.com/bryc/code, PRNGs). */
function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** In an order of chance that a seed gives again (Fisher–Yates). */
export function shuffle<Item>(items: readonly Item[], seed: number): Item[] {
  const random = createRandom(seed)
  const shuffled = [...items]
  for (let last = shuffled.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    const [a, b] = [shuffled[last], shuffled[other]]
    if (a !== undefined && b !== undefined) {
      shuffled[last] = b
      shuffled[other] = a
    }
  }
  return shuffled
}

/**
 * One queue a sender. In order, a customer's purchases all go to one sender, so that none overtakes another; in an
 * order of chance they may meet.
 */
export function share<Item>(items: readonly Item[], senders: number, keyOf: ((item: Item) => string) | null): Item[][] {
  const queues: Item[][] = Array.from({ length: senders }, () => [])
  const places = new Map<string, number>()
  items.forEach((item, index) => {
    const key = keyOf?.(item)
    let place = key === undefined ? index : places.get(key)
    if (place === undefined) {
      place = places.size
      places.set(key ?? '', place)
    }
    queues[place % senders]?.push(item)
  })
  return queues
}
