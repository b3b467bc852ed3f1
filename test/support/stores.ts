// The stores that the contract is held to: each kind of database, empty, with the schema.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach } from 'vitest'
import type { Store } from '../../src/app/store-port.ts'
import { createD1Driver } from '../../src/store/d1-driver.ts'
import type { Driver } from '../../src/store/driver.ts'
import { migrate } from '../../src/store/migrate.ts'
import { openNodeDriver } from '../../src/store/node-driver.ts'
import { createStore } from '../../src/store/store.ts'
import { type D1Server, startD1 } from './store-d1.ts'

/** D1 is held to the same in workerd: there `workerd/stores.ts` takes this file's place. */
export const KINDS: readonly Kind[] = ['node:sqlite in a file', 'node:sqlite in memory']
/** For what runs on Node alone: D1 is asked over a socket, which takes its time. */
export const EVERY_KIND: readonly Kind[] = [...KINDS, 'D1']
export type Kind = 'node:sqlite in a file' | 'node:sqlite in memory' | 'D1'

export interface OpenStore {
  store: Store
  driver: Driver
  /** Rows of a statement, for looking where the port does not. */
  rows(sql: string, ...params: (string | number)[]): Promise<Record<string, unknown>[]>
}

/** Opens stores of one kind; call it in a `describe`. What it opened is closed after each test. */
export function useStores(kind: Kind): () => Promise<OpenStore> {
  const drivers: Driver[] = []
  const folders: string[] = []
  let server: D1Server | null = null

  afterEach(async () => {
    for (const driver of drivers.splice(0)) await driver.close()
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
  })
  afterAll(async () => {
    await server?.stop()
  })

  const connect = async (): Promise<Driver> => {
    if (kind === 'D1') {
      server ??= await startD1()
      return createD1Driver(await server.database())
    }
    const folder = mkdtempSync(join(tmpdir(), 'regulars-store-'))
    folders.push(folder)
    const driver = openNodeDriver({ path: kind === 'node:sqlite in memory' ? ':memory:' : join(folder, 'regulars.db') })
    await migrate(driver)
    return driver
  }

  return async () => {
    const driver = await connect()
    drivers.push(driver)
    const rows = async (sql: string, ...params: (string | number)[]) =>
      (await driver.all<Record<string, unknown>>(sql, params)).map((row) => ({ ...row }))
    return { store: createStore(driver), driver, rows }
  }
}
