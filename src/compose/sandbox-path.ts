// Which database a server without any vendor's credentials opens: one of the sandbox's own, unless the configured one was ever
// used with real credentials. Then there is no sandbox.
import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { Config } from '../config.ts'
import { EVER_LIVE } from './secrets.ts'

/** The setting in which the sandbox keeps how far its clock is ahead. */
export const SANDBOX_AHEAD_MS = 'sandbox_ahead_ms'

/** `data/regulars.db` → `data/sandbox.db`, `shop.db` → `shop.sandbox.db`; in memory it is nobody's but the sandbox's anyway. */
export function sandboxPathOf(databasePath: string): string {
  if (databasePath === ':memory:') return databasePath
  const path = databasePath.replace(/\.db$/, '')
  return path === 'data/regulars' || path.endsWith('/data/regulars')
    ? path.replace(/regulars$/, 'sandbox.db')
    : `${path}.sandbox.db`
}

/** The file beside it in which the sandbox's vendors keep their world; null where nothing is kept. */
export const worldPathOf = (sandboxPath: string): string | null =>
  sandboxPath === ':memory:' ? null : sandboxPath.replace(/\.db$/, '.json')

export type ChosenDatabase = { kind: 'live'; path: string } | { kind: 'sandbox'; path: string }

export function chooseDatabase({ local, databasePath }: Pick<Config, 'local' | 'databasePath'>): ChosenDatabase {
  if (!local || wasEverLive(databasePath)) return { kind: 'live', path: databasePath }
  return { kind: 'sandbox', path: sandboxPathOf(databasePath) }
}

/** How far the sandbox's clock is ahead of the machine's, ms: what the command line does there happens in its time. */
export function sandboxAheadMs({ kind, path }: ChosenDatabase): number {
  const kept = kind === 'sandbox' ? readSetting(path, SANDBOX_AHEAD_MS) : null
  const ahead = Number(kept ?? 0)
  return Number.isSafeInteger(ahead) && ahead > 0 ? ahead : 0
}

/** What cannot be read is taken for real: a sandbox on top of real customers would be worse than none. */
const wasEverLive = (path: string): boolean => {
  try {
    return readSetting(path, EVER_LIVE) !== null
  } catch {
    return true
  }
}

/** Null where there is no database, or it does not say. @throws when it cannot be read */
function readSetting(path: string, name: string): string | null {
  if (path === ':memory:' || !existsSync(path)) return null
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    const hasSettings = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'setting'").get() !== undefined
    const found = hasSettings ? database.prepare('SELECT value FROM setting WHERE name = ?').get(name) : undefined
    return typeof found?.value === 'string' ? found.value : null
  } finally {
    database.close()
  }
}
