// In the place of `../stores.ts` where tests run in workerd: the store that the Worker has.
import { afterEach } from 'vitest'
import type { Driver } from '../../../src/store/driver.ts'
import { createStore } from '../../../src/store/store.ts'
import type { Kind, OpenStore } from '../stores.ts'
import { openDatabase } from './database.ts'

export const KINDS: readonly Kind[] = ['D1']

export function useStores(_kind: Kind): () => Promise<OpenStore> {
  const drivers: Driver[] = []
  afterEach(async () => {
    for (const driver of drivers.splice(0)) await driver.close()
  })
  return async () => {
    const driver = await openDatabase()
    drivers.push(driver)
    const rows = async (sql: string, ...params: (string | number)[]) =>
      (await driver.all<Record<string, unknown>>(sql, params)).map((row) => ({ ...row }))
    return { store: createStore(driver), driver, rows }
  }
}
