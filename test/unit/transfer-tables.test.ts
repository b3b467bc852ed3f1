// Which tables move is read from the schema. Somebody who adds one decides here that it does, or says in LEFT_OUT why not.
import { describe, expect, it } from 'vitest'
import { migrate } from '../../src/store/migrate.ts'
import { openNodeDriver } from '../../src/store/node-driver.ts'
import { createStore } from '../../src/store/store.ts'
import { HOSTS_OWN, LEFT_OUT, movedTables } from '../../src/store/transfer-tables.ts'
import { createWorld, staff } from '../support/world.ts'

const MOVED = [
  ...['adjustment_request', 'alert', 'contact', 'counter', 'entry', 'feedback', 'grant_given', 'idempotency'],
  ...['inbox', 'invoice_failure', 'lot', 'member', 'merge_proposal', 'model', 'name', 'outbox', 'outlook', 'payment'],
  ...['posted', 'program', 'redemption', 'setting', 'subscription'],
  'sqlite_sequence',
]
/** Made again from the members. */
const DERIVED = ['member_search']

async function opened() {
  const driver = openNodeDriver({ path: ':memory:' })
  await migrate(driver)
  return driver
}

describe('the tables that move between hosts', () => {
  it('are all that there are, but those that stay behind with a reason', async () => {
    const driver = await opened()
    const rows = await driver.all<{ name: string; type: string }>(
      `SELECT name, type FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual')`,
      [],
    )
    const names = rows.map(({ name }) => name).filter((name) => !['sqlite_schema'].includes(name))
    expect(names.toSorted()).toEqual([...MOVED, ...DERIVED, ...Object.keys(LEFT_OUT)].toSorted())
    expect((await movedTables(driver)).map(({ name }) => name)).toEqual(MOVED)
    for (const name of HOSTS_OWN) expect(MOVED).toContain(name)
    await driver.close()
  })

  it('move with every column, and with rows’ numbers where no column shows them', async () => {
    const driver = await opened()
    for (const { name, columns, key } of await movedTables(driver)) {
      const rows = await driver.all<{ name: string }>('SELECT name FROM pragma_table_info(?)', [name])
      expect(
        columns.filter((column) => column !== 'rowid'),
        name,
      ).toEqual(rows.map((column) => column.name))
      // What a table is in order by is unique.
      expect(columns, name).toEqual(expect.arrayContaining(key))
    }
    const hidden = (await movedTables(driver)).filter(({ columns }) => columns[0] === 'rowid')
    expect(hidden.map(({ name }) => name)).toEqual(['inbox', 'payment', 'subscription'])
    await driver.close()
  })

  it('take a table with them that only a later migration adds', async () => {
    const driver = await opened()
    await driver.exclusively((sql) =>
      sql.exec('CREATE TABLE parcel (id TEXT NOT NULL, part INTEGER, PRIMARY KEY (part, id)) STRICT, WITHOUT ROWID'),
    )
    const parcel = (await movedTables(driver)).find(({ name }) => name === 'parcel')
    expect(parcel).toMatchObject({ columns: ['id', 'part'], key: ['part', 'id'], only: 'true' })
    await driver.close()
  })

  it('have no words of their own for what the database calls a thing', async () => {
    const driver = await opened()
    await driver.exclusively((sql) => sql.exec(`CREATE TABLE "o'dd ""name" ("a,""b" TEXT PRIMARY KEY) STRICT`))
    const odd = (await movedTables(driver)).find(({ name }) => name === `o'dd "name`)
    expect(odd?.columns).toEqual(['rowid', 'a,"b'])
    await driver.close()
  })
})

describe('settings', () => {
  it('move, but for those by which processes keep out of each other’s way', async () => {
    const driver = await opened()
    const store = createStore(driver)
    const together = {
      kind: 'hubspot.contact',
      most: 100,
      everyMs: 0,
      deliver: async () => [{ kind: 'done' as const }],
    }
    const deliverer = {
      vendor: 'hubspot',
      kinds: ['hubspot.contact'],
      deliver: async () => ({ kind: 'done' as const }),
      together,
    }
    const world = await createWorld({ store, deliverers: [deliverer] })
    await world.app.enrolMember({ email: 'ada@example.org' }, staff, null)
    await world.app.drainOutbox()
    await world.app.claimDigest('2026-11-22')
    await world.app.putSetting('kept', 'yes')
    const names = await driver.all<{ name: string }>('SELECT name FROM setting ORDER BY name', [])
    expect(names.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['flush:hubspot.contact', 'slack_digest_claim']),
    )
    const moved = (await store.transfers.page('setting', null))?.rows.map(([name]) => name)
    expect(moved).toContain('kept')
    expect(names.filter(({ name }) => moved?.includes(name) !== true).map(({ name }) => name)).toEqual([
      'flush:hubspot.contact',
      'slack_digest_claim',
    ])
    await driver.close()
  })
})
