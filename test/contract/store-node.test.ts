// What only a file can do: several processes on it, a disk that is full, a copy taken while it is used.
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { StoreUnavailable } from '../../src/app/ports.ts'
import type { Store } from '../../src/app/store-port.ts'
import { listMigrations, migrate, pendingMigrations } from '../../src/store/migrate.ts'
import { type NodeDriver, openNodeDriver } from '../../src/store/node-driver.ts'
import { createStore } from '../../src/store/store.ts'
import { sampleMember } from '../support/store-samples.ts'

let folder: string
let path: string
const opened: NodeDriver[] = []

const open = (file = path, busyMs?: number) => {
  const driver = openNodeDriver({ path: file, ...(busyMs === undefined ? {} : { busyMs }) })
  opened.push(driver)
  return { driver, store: createStore(driver) }
}
const addOne = (store: Store) =>
  store.commit((tx) => {
    const member = tx.members(['m1']).get('m1') ?? sampleMember('m1')
    member.available += 1
    return { outcome: member.available, changes: { members: [member] } }
  })
const balance = (store: Store) => store.read((tx) => tx.members(['m1']).get('m1')?.available)
const setting = (store: Store, name: string, value = 'x') =>
  store.commit(() => ({ outcome: null, changes: { settings: [[name, value]] } }))

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'regulars-node-'))
  path = join(folder, 'regulars.db')
  const { driver } = open()
  await migrate(driver)
})
afterEach(async () => {
  for (const driver of opened.splice(0)) await driver.close()
  rmSync(folder, { recursive: true })
})

describe('a file', () => {
  test('is shared by two connections without losing anything', async () => {
    const [one, two] = [open().store, open().store]
    await addOne(one)
    await Promise.all(Array.from({ length: 60 }, (_, i) => addOne(i % 2 === 0 ? one : two)))
    expect(await balance(one)).toBe(61)
    expect(await balance(two)).toBe(61)
  })

  test('is shared by two processes without losing anything', async () => {
    const { store } = open()
    await addOne(store)
    const other = promisify(execFile)(process.execPath, ['test/support/store-adder.mjs', path, '200'])
    for (let i = 0; i < 100; i++) await addOne(store)
    await other
    expect(await balance(store)).toBe(301)
  })

  test('keeps what was stored when it is opened again', async () => {
    const { store } = open()
    await addOne(store)
    await store.close()
    expect(await balance(open().store)).toBe(1)
  })

  test('is copied as of one moment while it is used', async () => {
    const { driver, store } = open()
    await addOne(store)
    const target = join(folder, 'copy.db')
    const copying = driver.backupTo(target)
    await Promise.all([copying, ...Array.from({ length: 50 }, () => addOne(store))])
    const copy = open(target).store
    const member = await copy.read((tx) => tx.members(['m1']).get('m1'))
    expect(member?.version).toBe(member?.available)
    expect(await copy.searchMembers({ text: 'm1', status: null, limit: 5, cursor: null })).toMatchObject({
      items: [{ id: 'm1' }],
    })
    expect(await balance(store)).toBe(51)
  })

  test('leaves no copy behind that is not whole', async () => {
    const { driver } = open()
    await expect(driver.backupTo(join(folder, 'none', 'copy.db'))).rejects.toThrow()
    mkdirSync(join(folder, 'copy.db', 'in-the-way'), { recursive: true })
    await expect(driver.backupTo(join(folder, 'copy.db'))).rejects.toThrow()
    expect(readdirSync(folder).filter((name) => name.includes('partial'))).toEqual([])
  })

  test('is copied from memory, too', async () => {
    const { driver, store } = open(':memory:')
    await migrate(driver)
    await addOne(store)
    await driver.backupTo(join(folder, 'copy.db'))
    expect(await balance(open(join(folder, 'copy.db')).store)).toBe(1)
  })
})

describe('a store that cannot commit', () => {
  test('says so while another process holds the lock for long, and goes on when it lets go', async () => {
    const { store } = open(path, 100)
    const other = new DatabaseSync(path)
    other.exec('BEGIN IMMEDIATE')
    const refused = await Promise.allSettled([addOne(store), addOne(store)])
    for (const outcome of refused)
      expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailable) })
    expect(await store.stats()).toMatchObject({ members: 0 })
    other.exec('ROLLBACK')
    other.close()
    expect(await addOne(store)).toBe(1)
  })

  test('waits for a lock that is held shortly, without holding up the process', async () => {
    const { store } = open()
    const other = new DatabaseSync(path)
    other.exec('BEGIN IMMEDIATE')
    const waiting = addOne(store)
    let turns = 0
    const turning = setInterval(() => turns++, 5)
    await new Promise((resolve) => setTimeout(resolve, 150))
    clearInterval(turning)
    expect(turns).toBeGreaterThan(5)
    other.exec('COMMIT')
    other.close()
    expect(await waiting).toBe(1)
  })

  test('says so when the disk is full, stores nothing of it, and goes on when there is room', async () => {
    const { driver, store } = open()
    await addOne(store)
    const pages = (limit: number) => driver.exclusively((sql) => sql.all(`PRAGMA max_page_count = ${limit}`, []))
    await pages(1)
    const big = 'x'.repeat(100_000)
    const refused = await Promise.allSettled([
      setting(store, 'small'),
      setting(store, 'big', big),
      setting(store, 'late'),
    ])
    for (const outcome of refused)
      expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailable) })
    expect(await balance(store)).toBe(1)
    await pages(1_000_000)
    await setting(store, 'big', big)
    expect(await store.read((tx) => [tx.setting('small'), tx.setting('big')?.length])).toEqual([null, 100_000])
  })

  test('says so when the file is read-only', async () => {
    const { driver, store } = open()
    await addOne(store)
    await driver.exclusively(() => null)
    const readOnly = open()
    await readOnly.driver.read((sql) => sql.all('PRAGMA query_only = 1', []))
    await expect(addOne(readOnly.store)).rejects.toThrow(StoreUnavailable)
    expect(await balance(readOnly.store)).toBe(1)
    await readOnly.driver.read((sql) => sql.all('PRAGMA query_only = 0', []))
    expect(await addOne(readOnly.store)).toBe(2)
  })

  test('says so when there is no folder for it or no database in it', () => {
    expect(() => open(join(folder, 'none', 'regulars.db'))).toThrow(StoreUnavailable)
    expect(() => open(new URL(import.meta.url).pathname)).toThrow(StoreUnavailable)
  })

  test('says so when it was closed, after it has finished what was waiting', async () => {
    const { store } = open()
    const waiting = addOne(store)
    await store.close()
    expect(await waiting).toBe(1)
    await expect(addOne(store)).rejects.toThrow(StoreUnavailable)
    await expect(balance(store)).rejects.toThrow(StoreUnavailable)
    await store.close()
  })

  test('takes so many units and refuses more at once', async () => {
    const { store } = open()
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10_050 }, (_, i) => store.commit(() => ({ outcome: i, changes: null }))),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(10_000)
    expect(outcomes.at(-1)).toMatchObject({ reason: expect.any(StoreUnavailable) })
    expect(await addOne(store)).toBe(1)
  })
})

describe('migrations', () => {
  test('are applied once, also when two come at the same time', async () => {
    const file = join(folder, 'new.db')
    const [one, two] = [open(file).driver, open(file).driver]
    expect(await pendingMigrations(one)).toEqual(listMigrations().map(({ name }) => name))
    const applied = await Promise.all([migrate(one), migrate(two)])
    expect(applied.flat()).toEqual(listMigrations().map(({ name }) => name))
    expect(await pendingMigrations(two)).toEqual([])
  })

  test('are applied whole or not at all', async () => {
    const { driver } = open()
    const broken = { name: '9999_broken.sql', sql: 'CREATE TABLE half (a); CREATE TABLE half (a);' }
    await expect(migrate(driver, [...listMigrations(), broken])).rejects.toThrow('already exists')
    expect(await driver.all(`SELECT name FROM sqlite_schema WHERE name = 'half'`, [])).toEqual([])
  })

  test('refuse a database that is newer than the code', async () => {
    const { driver } = open()
    await expect(migrate(driver, [])).rejects.toThrow('newer than this version of Regulars: it has 0001_init.sql')
  })
})
