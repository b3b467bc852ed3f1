// Loaded into a server under test before its own code (`node --import`): faults that need no privileges. The clock goes
// where the test says, and the database's own connection finds its disk full or its file read-only. It is loaded into each
// of the server's threads: the test speaks to the first one, and the database is in the other.
import { DatabaseSync } from 'node:sqlite'
import { BroadcastChannel, isMainThread } from 'node:worker_threads'

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

interface Fault {
  clockOffsetMs?: number
  full?: boolean
  readOnly?: boolean
  lost?: boolean
}

function bringAbout(fault: Fault): void {
  if (fault.clockOffsetMs !== undefined) ({ clockOffsetMs } = fault)
  if (fault.full !== undefined)
    pragma((database) => `PRAGMA max_page_count = ${fault.full ? pages(database) : PAGES_LIMIT}`)
  if (fault.readOnly !== undefined) pragma(() => `PRAGMA query_only = ${fault.readOnly ? 1 : 0}`)
  if (fault.lost && !isMainThread)
    setTimeout(() => {
      throw new Error('a bug that a test made')
    })
}

const threads = new BroadcastChannel('faults')
threads.unref()
threads.onmessage = (message) => {
  if (isMainThread) {
    process.send?.('done')
    return
  }
  const { data } = message as { data: Fault | 'done' }
  // There may be a third thread for a while, whose answer is not ours.
  if (data === 'done') return
  bringAbout(data)
  threads.postMessage('done')
}
process.on('message', (fault: Fault) => {
  bringAbout(fault)
  threads.postMessage(fault)
})
process.channel?.unref()
// No server outlives the tests that started it.
process.on('disconnect', () => process.exit(1))
