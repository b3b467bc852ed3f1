// The thread that copies the log back into the database (node-log.ts). It is JavaScript, and alone: a thread that strips
// TypeScript of its types takes three times the memory.
import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'

const { path, idleMs, cacheKib } = workerData
const database = new DatabaseSync(path)
database.exec(`PRAGMA cache_size = -${cacheKib}`)

const rest = setTimeout(() => {
  database.close()
  parentPort.close()
}, idleMs)

parentPort.on('message', () => {
  try {
    database.exec('PRAGMA wal_checkpoint(PASSIVE)')
  } finally {
    rest.refresh()
    parentPort.postMessage('done')
  }
})
