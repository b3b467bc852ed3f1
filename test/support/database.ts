// An empty database with the schema, as the host that runs the tests has it: here SQLite. In workerd `workerd/database.ts`
// takes this file's place.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Driver } from '../../src/store/driver.ts'
import { migrate } from '../../src/store/migrate.ts'
import { openNodeDriver } from '../../src/store/node-driver.ts'

async function open(path: string): Promise<Driver> {
  const driver = openNodeDriver({ path })
  await migrate(driver)
  return driver
}

export const openDatabase = (): Promise<Driver> => open(':memory:')

/** Two connections to one database, as two processes have; call it in a test. */
export async function openTwice(): Promise<[Driver, Driver]> {
  const folder = mkdtempSync(join(tmpdir(), 'regulars-twice-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'regulars.db')
  return [await open(path), await open(path)]
}
