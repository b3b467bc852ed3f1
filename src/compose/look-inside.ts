// The store over a database file that is only looked at, beside a running server: nothing is made, migrated or put in force.
import { DatabaseSync } from 'node:sqlite'
import type { Store } from '../app/store-port.ts'
import type { Driver, SqlValue } from '../store/driver.ts'
import { createStore } from '../store/store.ts'

const BUSY_MS = 2_000

/** @throws when it cannot be opened or read, as SQLite says it; when the work wants to write. */
export async function lookInside<Outcome>(path: string, look: (store: Store) => Promise<Outcome>): Promise<Outcome> {
  const database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_MS })
  const all = <Row>(sql: string, params: readonly SqlValue[]): Row[] => database.prepare(sql).all(...params) as Row[]
  const driver: Driver = {
    all: async <Row>(sql: string, params: readonly SqlValue[]) => all<Row>(sql, params),
    read: async (unit) => unit({ all }),
    commit: async () => {
      throw new Error('the database is only looked at')
    },
    close: async () => {},
  }
  try {
    return await look(createStore(driver))
  } finally {
    database.close()
  }
}
