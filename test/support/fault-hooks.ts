// Loaded into a server under test before its own code (`node --import`): faults that need no privileges. The clock goes
// where the test says, and the database's own connection finds its disk full or its file read-only.
import { DatabaseSync } from 'node:sqlite'

const realNow = Date.now
let clockOffsetMs = 0
Date.now = () => realNow() + clockOffsetMs

const PAGES_LIMIT = 1_073_741_823
const databases = new Set<DatabaseSync>()
const exec = DatabaseSync.prototype.exec
DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string): void {
  databases.add(this)
  exec.call(this, sql)
}

function pragma(sql: (database: DatabaseSync) => string): void {
  for (const database of databases) if (database.isOpen) exec.call(database, sql(database))
}

const pages = (database: DatabaseSync): unknown => database.prepare('PRAGMA page_count').get()?.page_count

process.on('message', (fault: { clockOffsetMs?: number; full?: boolean; readOnly?: boolean }) => {
  if (fault.clockOffsetMs !== undefined) ({ clockOffsetMs } = fault)
  if (fault.full !== undefined)
    pragma((database) => `PRAGMA max_page_count = ${fault.full ? pages(database) : PAGES_LIMIT}`)
  if (fault.readOnly !== undefined) pragma(() => `PRAGMA query_only = ${fault.readOnly ? 1 : 0}`)
  process.send?.('done')
})
process.channel?.unref()
// No server outlives the tests that started it.
process.on('disconnect', () => process.exit(1))
