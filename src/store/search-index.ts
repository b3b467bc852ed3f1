/**
 * Keeps the search index. Indexing one member alone costs more than everything else that is stored of a payment, many
 * together a tenth of that: so new members wait until there are many, or until it is quiet. The search looks at those
 * that wait as they are, so nobody is missed meanwhile.
 */
import { StoreUnavailable } from '../app/ports.ts'
import type { Member } from '../core/state.ts'
import type { Driver, Planned, SqlReader, Statement } from './driver.ts'
import { type MemberRow, memberFrom } from './rows.ts'
import { gramsOf, searchedText } from './search-text.ts'

/** So many are indexed in one transaction: it should be short beside the others. */
const AT_ONCE = 256
/** How long members wait when no more come. */
const QUIET_MS = 250

/** The newest indexed member. */
export const INDEXED_TO = 'coalesce((SELECT rowid FROM member_search ORDER BY rowid DESC LIMIT 1), 0)'
export const IS_SEARCHED = `status NOT IN ('erased', 'merged')`
const WAITING = `SELECT * FROM member WHERE n > ${INDEXED_TO} AND ${IS_SEARCHED} ORDER BY n LIMIT ?`
const INDEX = 'INSERT INTO member_search (rowid, grams) SELECT value ->> 0, value ->> 1 FROM json_each(?)'
const NOBODY_ELSE_DID = `INSERT INTO guard (stands) SELECT 0 WHERE EXISTS (SELECT 1 FROM member_search WHERE rowid = ?)`

const UNINDEX = 'DELETE FROM member_search WHERE rowid = (SELECT n FROM member WHERE id = ?)'
// Who waits still will be indexed in turn.
const INDEX_ONE = `INSERT INTO member_search (rowid, grams) SELECT n, ? FROM member WHERE id = ? AND n < ${INDEXED_TO}`

/** The text that a member is found by. */
export const textOf = ({ profile: { name, email, phone }, formerEmails, referralCode }: Member): string =>
  searchedText({ name, email: email === null ? formerEmails : [email, ...formerEmails], phone, referralCode })

export const unindex = (member: string): Statement => ({ sql: UNINDEX, params: [member] })

/** For a member whose words have changed. */
export function indexAnew(member: Member): Statement[] {
  const isSearched = member.status !== 'erased' && member.status !== 'merged'
  return isSearched ? [unindex(member.id), { sql: INDEX_ONE, params: [gramsOf(textOf(member)), member.id] }] : [unindex(member.id)]
}

/** Indexes the longest waiting; answers how many. */
function indexSome(limit: number): (reader: SqlReader) => Planned<number> {
  return (reader) => {
    const rows = reader.all<MemberRow>(WAITING, [limit])
    const [first] = rows
    if (first === undefined) return { outcome: 0, writes: [], guards: () => [] }
    const grams = rows.map((row) => [row.n, gramsOf(textOf(memberFrom(row)))])
    return {
      outcome: rows.length,
      writes: [{ sql: INDEX, params: [JSON.stringify(grams)] }],
      guards: () => [{ sql: NOBODY_ELSE_DID, params: [first.n] }],
    }
  }
}

export interface SearchIndex {
  /** So many new members were stored. */
  added(members: number): void
  /** Indexes up to so many that wait; answers how many it did. */
  index(limit: number): Promise<number>
  close(): Promise<void>
}

export function createSearchIndex(driver: Driver): SearchIndex {
  let waiting = 0
  let timer: ReturnType<typeof setTimeout> | null = null
  let running: Promise<void> | null = null

  const index = async (limit: number): Promise<number> => {
    let done = 0
    for (let last = AT_ONCE; done < limit && last === AT_ONCE; done += last) {
      last = await driver.commit(indexSome(Math.min(AT_ONCE, limit - done)))
    }
    return done
  }
  const run = (limit: number): void => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    waiting = Math.max(0, waiting - limit)
    running ??= index(limit)
      .then(() => {})
      // They go on waiting: the next who comes, or the next search, tries again.
      .catch(ignoreUnavailable)
      .finally(() => {
        running = null
      })
  }
  const later = (): void => {
    timer ??= setTimeout(() => run(Number.MAX_SAFE_INTEGER), QUIET_MS)
    timer.unref()
  }

  return {
    added: (members) => {
      if (members === 0 || !driver.resident) return
      waiting += members
      if (waiting < AT_ONCE) later()
      else if (running === null) run(AT_ONCE)
    },
    index,
    close: async () => {
      if (timer !== null) clearTimeout(timer)
      await running
    },
  }
}

function ignoreUnavailable(error: unknown): void {
  if (!(error instanceof StoreUnavailable)) throw error
}
