// A machine's database as one end of a move: all of it as of one moment, or a new file that gets its name when it is whole.
import { existsSync } from 'node:fs'
import { chmod, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { StoredTransfers } from '../app/store-port.ts'
import type { Driver, SqlReader, SqlValue } from '../store/driver.ts'
import { createTransfers } from '../store/transfer.ts'

/** It holds people's addresses. */
const OWNER_ONLY = 0o600
const SIDE_FILES = ['-wal', '-shm', '-journal']
const BUSY_MS = 2_000

export interface Snapshot {
  transfers: Pick<StoredTransfers, 'status' | 'page'>
  /** Nothing was ever made in it. */
  isBlank: boolean
  close(): void
}

/** All that a database file holds as of now, also while a server writes to it. */
export function openSnapshot(path: string): Snapshot {
  const database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_MS })
  const reader: SqlReader = {
    all: <Row>(sql: string, params: readonly SqlValue[]) => database.prepare(sql).all(...params) as Row[],
  }
  const refuse = async (): Promise<never> => {
    throw new Error('a snapshot is only read')
  }
  const driver: Driver = {
    commit: refuse,
    read: async (unit) => unit(reader),
    all: async (sql, params) => reader.all(sql, params),
    close: async () => {},
  }
  // The first read fixes the moment.
  database.exec('BEGIN')
  const isBlank = reader.all('SELECT 1 FROM sqlite_schema LIMIT 1', []).length === 0
  return { transfers: createTransfers(driver), isBlank, close: () => database.close() }
}

/** Whether any process, a server that rests included, has the file open: nobody else may for its journal to change kind. */
export function isOpenElsewhere(path: string): boolean {
  const database = new DatabaseSync(path, { timeout: 0 })
  try {
    database.exec('PRAGMA journal_mode = DELETE')
    return false
  } catch (error) {
    if (error instanceof Error && /locked|busy/.test(error.message)) return true
    throw error
  } finally {
    try {
      database.exec('PRAGMA journal_mode = WAL')
    } catch {
      // Somebody opened it meanwhile, who does so too.
    }
    database.close()
  }
}

/** Whether it holds nothing but what a server writes when it starts. */
export async function isUnusedFile(path: string): Promise<boolean> {
  const { transfers, isBlank, close } = openSnapshot(path)
  try {
    return isBlank || (await transfers.status()).isUnused
  } finally {
    close()
  }
}

/** Where a database is made before it gets its name. */
export const arrivingPath = (path: string): string => `${path}.arriving`

/** Makes room for a new one, where one that was broken off left something. @throws when another process makes one there */
export async function makeRoom(path: string): Promise<void> {
  const arriving = arrivingPath(path)
  await mkdir(dirname(path), { recursive: true })
  if (existsSync(arriving) && isTaken(arriving)) throw new Error(`another import is at work on ${arriving}`)
  await removeDatabase(arriving)
  // Made here, so that nobody else may read what will be in it.
  await (await open(arriving, 'wx', OWNER_ONLY)).close()
}

/** Gives what has arrived its name; whatever stood there held nobody. It is on the disk when this resolves. */
export async function install(path: string): Promise<void> {
  const arriving = arrivingPath(path)
  const database = new DatabaseSync(arriving, { timeout: BUSY_MS })
  // One file without others beside it.
  database.exec('PRAGMA synchronous = FULL; PRAGMA journal_mode = DELETE')
  database.close()
  await chmod(arriving, OWNER_ONLY)
  await syncFile(arriving)
  for (const side of SIDE_FILES) await rm(`${path}${side}`, { force: true })
  await rename(arriving, path)
  await syncFile(dirname(path))
}

function isTaken(path: string): boolean {
  try {
    return isOpenElsewhere(path)
  } catch {
    // A file that was broken off may be no database yet.
    return false
  }
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

export async function removeDatabase(path: string): Promise<void> {
  for (const side of ['', ...SIDE_FILES]) await rm(`${path}${side}`, { force: true })
}
