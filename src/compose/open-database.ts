// Opens the database of a machine, for the server and for the command line. Never part of the Worker.
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Store } from '../app/store-port.ts'
import { listMigrations, migrate, pendingMigrations } from '../store/migrate.ts'
import { type NodeDriver, type NodeDriverOptions, openNodeDriver } from '../store/node-driver.ts'
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
 * @param options what else the driver is to know
 * @throws when it cannot be opened or changed, or is newer than this code
 */
export async function openDatabase(path: string, options: Omit<NodeDriverOptions, 'path'> = {}): Promise<Database> {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true })
  const driver = openNodeDriver({ path, ...options })
  const migrations = listMigrations()
  try {
    await migrate(driver, migrations)
  } catch (error) {
    await driver.close()
    throw error
  }
  const isUpToDate = async () => (await pendingMigrations(driver, migrations)).length === 0
  return { store: createStore(driver), driver, isUpToDate }
}
