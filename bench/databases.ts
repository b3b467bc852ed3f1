// Database files of the bench: fresh folders, counts of what is really in one, copies that are on the disk.
import { closeSync, copyFileSync, existsSync, fsyncSync, mkdirSync, openSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** An empty folder of this name, whatever was there before. */
export function freshFolder(parent: string, name: string): string {
  const folder = join(parent, name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  return folder
}

/** A copy to work on. It is written through, so that the disk is not still busy with it when the clock runs. */
export function copyDatabase(from: string, to: string): void {
  for (const suffix of ['-wal', '-shm']) rmSync(`${to}${suffix}`, { force: true })
  copyFileSync(from, to)
  if (existsSync(`${from}-wal`)) copyFileSync(`${from}-wal`, `${to}-wal`)
  const file = openSync(to, 'r+')
  fsyncSync(file)
  closeSync(file)
}

export interface Counts {
  members: number
  payments: number
  entries: number
  outbox: number
}

const COUNTS = `SELECT (SELECT count(*) FROM member) AS members, (SELECT count(*) FROM payment) AS payments,
  (SELECT count(*) FROM entry) AS entries, (SELECT count(*) FROM outbox) AS outbox`

/** What is really in the books; the server may run. */
export function countRows(path: string): Counts {
  const db = new DatabaseSync(path, { timeout: 5_000 })
  try {
    return { members: 0, payments: 0, entries: 0, outbox: 0, ...db.prepare(COUNTS).get() }
  } finally {
    db.close()
  }
}
