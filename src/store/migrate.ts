/**
 * Applies the numbered migrations to a database of the Node host. The record of what was applied is the table that
 * `wrangler d1 migrations apply` keeps, so that a file is applied once whoever comes first. The Worker does not use this.
 */
import { readdirSync, readFileSync } from 'node:fs'
import type { NodeDriver } from './node-driver.ts'

const FOLDER = new URL('./migrations/', import.meta.url)

export interface Migration {
  /** The file's name: `0001_init.sql`. */
  name: string
  sql: string
}

const APPLIED = `CREATE TABLE IF NOT EXISTS d1_migrations (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)`

/** All that there are, oldest first. */
export function listMigrations(): Migration[] {
  const names = readdirSync(FOLDER).filter((name) => /^\d{4}_.+\.sql$/.test(name))
  return names.sort().map((name) => ({ name, sql: readFileSync(new URL(name, FOLDER), 'utf8') }))
}

/**
 * Brings the database up to date; answers the names of what it applied. Two processes may do so at once.
 * @throws StoreUnavailable when the database cannot be changed now; an Error when it is newer than this code.
 */
export function migrate(driver: NodeDriver, migrations: readonly Migration[] = listMigrations()): Promise<string[]> {
  return driver.exclusively((sql) => {
    const applied = appliedIn(sql)
    const unknown = [...applied].filter((name) => !migrations.some((migration) => migration.name === name))
    if (unknown.length > 0)
      throw new Error(`The database is newer than this version of Regulars: it has ${unknown.join(', ')}`)
    const missing = migrations.filter(({ name }) => !applied.has(name))
    if (missing.length > 0) sql.exec(APPLIED)
    for (const migration of missing) {
      sql.exec(migration.sql)
      sql.all('INSERT INTO d1_migrations (name) VALUES (?)', [migration.name])
    }
    return missing.map(({ name }) => name)
  })
}

/** Names of migrations that this code has and the database has not: readyz says so. */
export async function pendingMigrations(
  driver: NodeDriver,
  migrations: readonly Migration[] = listMigrations(),
): Promise<string[]> {
  const applied = await driver.read(appliedIn)
  return migrations.filter(({ name }) => !applied.has(name)).map(({ name }) => name)
}

function appliedIn(sql: { all<Row>(sql: string, params: readonly string[]): Row[] }): Set<string> {
  const known = sql.all(`SELECT 1 FROM sqlite_schema WHERE name = 'd1_migrations'`, [])
  return new Set(
    known.length === 0 ? [] : sql.all<{ name: string }>('SELECT name FROM d1_migrations', []).map(({ name }) => name),
  )
}
