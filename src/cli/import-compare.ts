// What a database holds, held against the file that it was made from, row by row: no count and no sum can say as much.
import type { TransferRow } from '../app/ports/transfer.ts'
import type { Context } from './command.ts'
import { createProgress } from './progress.ts'
import { type CheckedFile, readChunks } from './transfer-file.ts'
import type { SourcePlace } from './transfer-place.ts'

/** What differs first, in a sentence that names no value; null where nothing does. */
export async function compareRows(
  context: Context,
  place: SourcePlace,
  file: string,
  checked: CheckedFile,
): Promise<string | null> {
  const { tables } = await place.status()
  for (const { name, rows } of checked.header.tables) {
    const there = tables.find((table) => table.name === name)?.rows ?? 0
    if (there !== rows) return `${name} has ${there} rows there, and ${rows} in the file.`
  }
  const progress = createProgress(context, 'Reading back', 'rows')
  let table = ''
  let stored: AsyncGenerator<TransferRow> | undefined
  let done = 0
  let number = 0
  for await (const chunk of readChunks(file, checked)) {
    if (stored === undefined || chunk.table !== table) {
      stored = rowsOf(place, chunk.table)
      table = chunk.table
      number = 0
    }
    for (const row of chunk.rows) {
      number++
      const { value } = await stored.next()
      if (JSON.stringify(value) !== JSON.stringify(row)) return `Row ${number} of ${table} is not as in the file.`
    }
    done += chunk.rows.length
    progress.update(done, checked.rows)
  }
  progress.end()
  return null
}

async function* rowsOf(place: SourcePlace, table: string): AsyncGenerator<TransferRow> {
  for (let after: TransferRow | null = null; ; ) {
    const page: Awaited<ReturnType<SourcePlace['page']>> = await place.page(table, after)
    yield* page.rows
    if (page.next === null) return
    after = page.next
  }
}
