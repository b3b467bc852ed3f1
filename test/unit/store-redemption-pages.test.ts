// The list of all redemptions is asked for again and again (who waits for an approval?): it must not read all there ever were.
import { expect, test } from 'vitest'
import type { Driver, SqlValue } from '../../src/store/driver.ts'
import { migrate } from '../../src/store/migrate.ts'
import { openNodeDriver } from '../../src/store/node-driver.ts'
import { createStore } from '../../src/store/store.ts'

async function plans(state: 'awaiting_approval' | 'used' | null): Promise<string[]> {
  const driver = openNodeDriver({ path: ':memory:' })
  await migrate(driver)
  const asked: [sql: string, params: readonly SqlValue[]][] = []
  const watched: Driver = {
    ...driver,
    all: (sql, params) => {
      asked.push([sql, params ?? []])
      return driver.all(sql, params)
    },
  }
  await createStore(watched).redemptionsPage({ state, limit: 10, before: [5, 'red_5'] })
  const found = await Promise.all(
    asked.map(([sql, params]) => driver.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, params)),
  )
  await driver.close()
  return found.flat().map(({ detail }) => detail)
}

test.each(['awaiting_approval', 'used', null] as const)(
  'a page of those that are %s is found by an index',
  async (state) => {
    const details = await plans(state)
    expect(details).not.toEqual([])
    for (const detail of details) expect(detail).toMatch(/^SEARCH redemption USING INDEX/)
  },
)
