// Which database a server without credentials opens: never one with real customers.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { openDatabase } from '../../src/compose/open-database.ts'
import {
  chooseDatabase,
  SANDBOX_AHEAD_MS,
  sandboxAheadMs,
  sandboxPathOf,
  worldPathOf,
} from '../../src/compose/sandbox-path.ts'
import { noteLive, noteSandbox } from '../../src/compose/secrets.ts'

const folder = mkdtempSync(join(tmpdir(), 'regulars-sandbox-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let made = 0
const path = (): string => join(folder, `${++made}.db`)

describe('the sandbox’s database', () => {
  test.each([
    ['data/regulars.db', 'data/sandbox.db', 'data/sandbox.json'],
    ['/srv/data/regulars.db', '/srv/data/sandbox.db', '/srv/data/sandbox.json'],
    ['shop.db', 'shop.sandbox.db', 'shop.sandbox.json'],
    ['my-data/regulars.db', 'my-data/regulars.sandbox.db', 'my-data/regulars.sandbox.json'],
    ['shop', 'shop.sandbox.db', 'shop.sandbox.json'],
  ])('beside %s is %s, with its world in %s', (configured, database, world) => {
    expect(sandboxPathOf(configured)).toBe(database)
    expect(worldPathOf(database)).toBe(world)
  })

  test('in memory keeps nothing', () => {
    expect(chooseDatabase({ local: true, databasePath: ':memory:' })).toEqual({ kind: 'sandbox', path: ':memory:' })
    expect(worldPathOf(':memory:')).toBeNull()
  })

  test('is not opened with any credential', () => {
    const databasePath = path()
    expect(chooseDatabase({ local: false, databasePath })).toEqual({ kind: 'live', path: databasePath })
  })

  test('is not opened where the configured one ever held real customers', async () => {
    const databasePath = path()
    const { store } = await openDatabase(databasePath)
    expect(chooseDatabase({ local: true, databasePath }).kind).toBe('sandbox')
    await noteLive(store, true)
    await store.close()
    expect(chooseDatabase({ local: true, databasePath })).toEqual({ kind: 'live', path: databasePath })
  })

  test('is not opened where the configured one cannot be read', () => {
    const databasePath = path()
    writeFileSync(databasePath, 'this is no database, but it may have been one')
    expect(chooseDatabase({ local: true, databasePath }).kind).toBe('live')
  })

  test('never becomes a real one, nor a real one a sandbox’s', async () => {
    const [one, other] = [await openDatabase(path()), await openDatabase(path())]
    await noteSandbox(one.store)
    await expect(noteLive(one.store, true)).rejects.toThrow('it is the sandbox’s')
    await noteLive(other.store, true)
    await expect(noteSandbox(other.store)).rejects.toThrow('real credentials')
    await one.store.close()
    await other.store.close()
  })

  test('says how far its clock is ahead, to whoever works on it', async () => {
    const databasePath = path()
    expect(sandboxAheadMs({ kind: 'sandbox', path: databasePath })).toBe(0)
    const { store } = await openDatabase(databasePath)
    await store.commit(() => ({ outcome: null, changes: { settings: [[SANDBOX_AHEAD_MS, '86400000']] } }))
    await store.close()
    expect(sandboxAheadMs({ kind: 'sandbox', path: databasePath })).toBe(86_400_000)
    expect(sandboxAheadMs({ kind: 'live', path: databasePath })).toBe(0)
  })
})
