// The history that a simulation runs over: a file of purchases, or the payments of the database.
import { readStoredPayments } from '../compose/stored-payments.ts'
import type { Program } from '../program/schema.ts'
import { boughtOnce, type HistoryFact, storedFacts } from '../simulate/history.ts'
import type { CsvProblem } from './csv-read.ts'
import { databaseExists } from './database-file.ts'
import { Failure } from './failures.ts'
import { readHistory } from './replay-rows.ts'

export interface SimulatedHistory {
  facts: readonly HistoryFact[]
  from: 'file' | 'database'
  /** Rows of 0 or less. */
  skipped: number
  problems: readonly CsvProblem[]
}

/** @param file a CSV; left out: the database. @throws Failure when there is neither */
export async function readPurchases(
  file: string | undefined,
  databasePath: string,
  { currency, timezone }: Program,
): Promise<SimulatedHistory> {
  if (file !== undefined) {
    const { purchases, skipped, problems } = await readHistory(file, { currency, zone: timezone, limit: null })
    const facts = purchases.map((purchase) => boughtOnce(purchase, purchase.line, currency))
    return { facts, from: 'file', skipped, problems }
  }
  if (!databaseExists(databasePath))
    throw new Failure(`there is no database at ${databasePath} yet. Give a file of purchases: --history FILE.csv`)
  const facts: HistoryFact[] = []
  for await (const { member, parts } of readStoredPayments(databasePath)) facts.push(...storedFacts(parts, member))
  return { facts, from: 'database', skipped: 0, problems: [] }
}
