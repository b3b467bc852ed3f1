/** A copy of the database while it is used, by this process and others. */
import { rename, rm } from 'node:fs/promises'
import { backup, DatabaseSync } from 'node:sqlite'
import { type NodeConnection, unavailable } from './node-connection.ts'

/**
 * All pages in one step, beside the event loop: between two steps another connection's commit would make it begin anew,
 * and under load it would never end.
 */
const PAGES_PER_STEP = 2 ** 31 - 1

/**
 * @param source the file, or the connection where there is no file
 * @throws StoreUnavailable when the disk is full or the file cannot be written; nothing is left behind then
 */
export async function copyDatabase(source: string | NodeConnection, target: string): Promise<void> {
  const partial = `${target}.partial`
  // A connection of its own, so that commits need not wait for it.
  const database = typeof source === 'string' ? new DatabaseSync(source, { readOnly: true }) : source.database
  try {
    await backup(database, partial, { rate: PAGES_PER_STEP })
    await rename(partial, target)
  } catch (error) {
    await rm(partial, { force: true })
    throw unavailable(error) ?? error
  } finally {
    if (typeof source === 'string') database.close()
  }
}
