// Opens the database of a machine, for the server and for the command line. Never part of the Worker.
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Store } from '../app/store-port.ts'
import { listMigrations, migrate, pendingMigrations } from '../store/migrate.ts'
import { type NodeDriver, openNodeDriver } from '../store/node-driver.ts'
import { createStore } from '../store/store.ts'

export interface Database {
  store: Store
  /** For what only a file can: a backup. */
  driver: NodeDriver
  /** Whether it answers and has every migration that this code has. @throws when it does not answer. */
  isUpToDate: () => Promise<boolean>
}

/**
 * Opens and, where needed, makes and migrates it.
 * @param path the file, or `:memory:`
 * @param onBatch told how many units each commit held
 * @param isRepeatable whatever is written could be found out again: it need not survive a power loss
 * @param isPaused only a transfer of all rows writes to it
 * @throws when it cannot be opened or changed, or is newer than this code
 */
export async function openDatabase(
  path: string,
  onBatch?: (units: number) => void,
  isRepeatable = false,
  isPaused = false,
): Promise<Database> {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true })
  const driver = openNodeDriver({ path, isRepeatable, ...(onBatch && { onBatch }) })
  const migrations = listMigrations()
  try {
    await migrate(driver, migrations)
  } catch (error) {
    await driver.close()
    throw error
  }
  const isUpToDate = async () => (await pendingMigrations(driver, migrations)).length === 0
  return { store: createStore(driver, { isPaused }), driver, isUpToDate }
}
