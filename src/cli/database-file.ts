// A look at the database's file from outside, read-only, beside a running server and also when the store would refuse to
// open it: for the doctor, and for whoever must know something before opening would make or change a file.
import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

const BUSY_MS = 2_000

export interface DatabaseFile {
  /** `ok`, or what SQLite finds wrong with the file. */
  quickCheck(): string
  migrations(): string[]
  programInForce(): { version: string; since: number; body: string } | null
  /** The mode of Stripe's that the database is pinned to; null before the first event. */
  stripeMode(): string | null
  waiting(): { outboxParked: number; outboxWaiting: number; inboxParked: number }
  members(): number
  /** When the first member was recorded; null while there are none. */
  firstMemberAt(): number | null
  /** The settings of this name; null where it was never set. */
  setting(name: string): string | null
  /** When the models in force were fitted; null while there are none. */
  fittedAt(): number | null
  payments(): { withoutPerson: number; byCurrency: { currency: string | null; payments: number }[] }
  close(): void
}

export const databaseExists = (path: string): boolean => path !== ':memory:' && existsSync(path)

/** @throws when it cannot be opened, as SQLite says it */
export function openDatabaseFile(path: string): DatabaseFile {
  const database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_MS })
  const rows = (sql: string, ...given: string[]) => database.prepare(sql).all(...given)
  const hasTable = (name: string) => rows('SELECT 1 FROM sqlite_schema WHERE name = ?', name).length > 0
  const number = (sql: string): number => Number(rows(sql)[0]?.n ?? 0)
  return {
    quickCheck: () => rows('PRAGMA quick_check(5)').flatMap(Object.values).join('; '),
    migrations: () =>
      hasTable('d1_migrations') ? rows('SELECT name FROM d1_migrations').map(({ name }) => String(name)) : [],
    programInForce() {
      if (!hasTable('program')) return null
      const [row] = rows('SELECT version, since, body FROM program ORDER BY since DESC LIMIT 1')
      return row === undefined
        ? null
        : { version: String(row.version), since: Number(row.since), body: String(row.body) }
    },
    stripeMode() {
      const [row] = hasTable('name') ? rows(`SELECT target FROM name WHERE name = 'mode:stripe'`) : []
      return row === undefined ? null : String(row.target)
    },
    waiting: () => ({
      outboxParked: number(`SELECT count(*) AS n FROM outbox WHERE state = 'parked'`),
      outboxWaiting: number(`SELECT count(*) AS n FROM outbox WHERE state = 'waiting'`),
      inboxParked: number(`SELECT count(*) AS n FROM inbox WHERE state = 'parked'`),
    }),
    setting(name) {
      const [row] = hasTable('setting') ? rows('SELECT value FROM setting WHERE name = ?', name) : []
      return row === undefined ? null : String(row.value)
    },
    fittedAt() {
      const [row] = hasTable('model') ? rows(`SELECT max(at) AS at FROM model WHERE kind = 'fit'`) : []
      return row?.at == null ? null : Number(row.at)
    },
    firstMemberAt() {
      const [row] = rows('SELECT created_at AS at FROM member ORDER BY n LIMIT 1')
      return row === undefined ? null : Number(row.at)
    },
    members: () => number('SELECT count(*) AS n FROM member'),
    payments: () => ({
      withoutPerson: number('SELECT count(*) AS n FROM payment WHERE member IS NULL AND paid_minor > 0'),
      byCurrency: rows(
        `SELECT state ->> '$.parts.currency' AS currency, count(*) AS n FROM payment WHERE paid_minor > 0 GROUP BY 1`,
      ).map(({ currency, n }) => ({ currency: currency === null ? null : String(currency), payments: Number(n) })),
    }),
    close: () => database.close(),
  }
}

/** The mode that the database at this path is pinned to; null where there is none, or none yet, or it cannot be read. */
export function readStripeMode(path: string): string | null {
  if (!databaseExists(path)) return null
  let file: DatabaseFile | undefined
  try {
    file = openDatabaseFile(path)
    return file.stripeMode()
  } catch {
    // Whoever opens it next says better what is wrong with it.
    return null
  } finally {
    file?.close()
  }
}
