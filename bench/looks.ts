// The night's look in databases of the bench: kept from running where it is not what is measured, and asked how far it is.
import { DatabaseSync } from 'node:sqlite'
import { RETENTION_RUN, readStanding } from '../src/app/look-ahead-run.ts'
import { localDay } from '../src/core/calendar.ts'

const DAY_MS = 86_400_000
const TIMEZONE = 'America/New_York'
const PUT = 'INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value'

export type Standing = ReturnType<typeof readStanding>

function withDatabase<Outcome>(path: string, work: (db: DatabaseSync) => Outcome): Outcome {
  const db = new DatabaseSync(path, { timeout: 5_000 })
  try {
    return work(db)
  } finally {
    db.close()
  }
}

/** As if the last look had ended then: a server that starts looks at once where that is more than a day ago. */
export function noteLooked(path: string, finishedAt: number): void {
  const day = localDay(finishedAt, TIMEZONE)
  const last = { startedAt: finishedAt, finishedAt, day, judged: 0, opened: 0, closed: 0, failed: 0 }
  const standing = { look: null, holder: null, heardAt: 0, heldUntil: 0, last } satisfies Standing
  withDatabase(path, (db) => {
    db.prepare(PUT).run(RETENTION_RUN, JSON.stringify(standing))
    db.prepare("DELETE FROM setting WHERE name = 'retention_tried'").run()
  })
}

export const standingIn = (path: string): Standing =>
  withDatabase(path, (db) =>
    readStanding((db.prepare('SELECT value FROM setting WHERE name = ?').get(RETENTION_RUN)?.value as string) ?? null),
  )

/** How often somebody came back, by the rest of their number. */
const REPEATS = [0, 0, 0, 1, 1, 2, 3, 5]

/**
 * Gives seeded members, who have one purchase each, a past of up to six. Only what the look reads: the books are not in line
 * with it.
 */
export function givePast(path: string, now: number): void {
  withDatabase(path, (db) => {
    db.exec('PRAGMA synchronous = OFF; PRAGMA cache_size = -500000')
    const columns = db
      .prepare('PRAGMA table_info(payment)')
      .all()
      .map(({ name }) => String(name))
    const repeats = `CASE member.n % ${REPEATS.length} ${REPEATS.map((count, n) => `WHEN ${n} THEN ${count}`).join(' ')} END`
    db.exec(`BEGIN;
      UPDATE payment SET spend_minor = 500 + (rowid * 7919) % 9000,
        at = ${now} - ${DAY_MS} * (30 + (rowid * 7919) % 400);
      CREATE TEMP TABLE first AS SELECT payment.id, ${repeats} AS repeats, ${DAY_MS} * (7 + member.n % 40) AS gap
        FROM payment JOIN member ON member.id = payment.member`)
    for (let again = 1; again <= Math.max(...REPEATS); again++) {
      const values = columns.map((name) =>
        name === 'id' ? `payment.id || 'r${again}'` : name === 'at' ? `payment.at + ${again} * gap` : `payment.${name}`,
      )
      db.exec(`INSERT INTO payment (${columns.join(', ')}) SELECT ${values.join(', ')}
        FROM first JOIN payment ON payment.id = first.id WHERE repeats >= ${again} AND payment.at + ${again} * gap < ${now}`)
    }
    db.exec(`UPDATE member SET purchases = bought.n, spend_minor = bought.spent, last_purchase_at = bought.last
      FROM (SELECT member, count(*) AS n, sum(spend_minor) AS spent, max(at) AS last FROM payment GROUP BY member) AS bought
      WHERE bought.member = member.id; COMMIT; PRAGMA wal_checkpoint(TRUNCATE)`)
  })
}
