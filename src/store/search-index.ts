/**
 * Keeps the search index. Indexing one member alone costs as much as everything else that is stored of a payment, many
 * together a tenth of that: so new members wait until somebody asks for `indexMembers`. The search looks at those who
 * wait as they are, so nobody is missed meanwhile.
 */
import type { Member } from '../core/state.ts'
import type { Driver, SqlReader, Statement } from './driver.ts'
import type { MemberRow } from './rows.ts'
import { gramsOf, matchExpression, searchedText, searchWords } from './search-text.ts'

/** So many are indexed in one commit: long enough to be cheap, short enough to hold nobody up. */
const AT_ONCE = 256

/** The newest indexed member: all before are, too. */
export const INDEXED_TO = 'coalesce((SELECT rowid FROM member_search ORDER BY rowid DESC LIMIT 1), 0)'
const WAITING = `SELECT n, name, email, phone, referral_code, state FROM member
  WHERE n > ${INDEXED_TO} AND status <> 'erased' ORDER BY n LIMIT ?`
const COUNT_WAITING = `SELECT count(*) AS n FROM member WHERE n > ${INDEXED_TO} AND status <> 'erased'`
const INDEX = 'INSERT INTO member_search (rowid, grams) SELECT value ->> 0, value ->> 1 FROM json_each(?)'
const SOMEBODY_DID = 'INSERT INTO guard (stands) SELECT 0 WHERE EXISTS (SELECT 1 FROM member_search WHERE rowid = ?)'

const UNINDEX = 'DELETE FROM member_search WHERE rowid = (SELECT n FROM member WHERE id = ?)'
// Who waits still will be indexed in turn.
const INDEX_ONE = `INSERT INTO member_search (rowid, grams) SELECT n, ? FROM member WHERE id = ? AND n < ${INDEXED_TO}`

const addresses = (email: string | null, former: readonly string[]): readonly string[] =>
  email === null ? former : [email, ...former]

/** The address they have, and those they had. */
export const addressesOf = ({ profile: { email }, formerEmails }: Member): readonly string[] =>
  addresses(email, formerEmails)

/** The text that a member is found by, also by the addresses they had before. */
const textOf = ({ profile: { name, email, phone }, formerEmails, referralCode }: Member): string =>
  searchedText({ name, email: addresses(email, formerEmails), phone, referralCode })

/** The same of a row. Many are looked at in a search, and few have anything to say here in their state. */
export function textOfRow({ name, email, phone, referral_code: referralCode, state }: SearchedRow): string {
  const { formerEmails = [] } = state.includes('"formerEmails"') ? (JSON.parse(state) as Partial<Member>) : {}
  return searchedText({ name, email: addresses(email, formerEmails), phone, referralCode })
}

type SearchedRow = Pick<MemberRow, 'n' | 'name' | 'email' | 'phone' | 'referral_code' | 'state'>

export const unindex = (member: string): Statement => ({ sql: UNINDEX, params: [member] })

/** For a member whose words have changed. Those who became part of another are still found by their code. */
export function indexAnew(member: Member): Statement[] {
  return member.status !== 'erased'
    ? [unindex(member.id), { sql: INDEX_ONE, params: [gramsOf(textOf(member)), member.id] }]
    : [unindex(member.id)]
}

// The letters of a code are in the index as those of a name are; of those found by them the code itself is compared.
const WITH_CODE = `SELECT id FROM (
    SELECT n, id FROM member WHERE n > ${INDEXED_TO} AND referral_code = ?1
    UNION ALL SELECT member.n, member.id FROM member_search CROSS JOIN member ON member.n = member_search.rowid
      WHERE member_search MATCH ?2 AND member.referral_code = ?1)
  ORDER BY n LIMIT 1`

/** The member whose referral code this is, without an index of its own: random codes would be a page to write for each. */
export function memberWithCode(reader: SqlReader, code: string): string | null {
  const match = matchExpression(searchWords(code))
  return match === '' ? null : (reader.all<{ id: string }>(WITH_CODE, [code, match])[0]?.id ?? null)
}

/** Indexes some of those who wait, the longest waiting first; answers how many. */
export function indexMembers(driver: Driver): Promise<number> {
  return driver.commit((reader) => {
    const rows = reader.all<SearchedRow>(WAITING, [AT_ONCE])
    const [first] = rows
    if (first === undefined) return { outcome: 0, writes: [], guards: () => [] }
    const grams = rows.map((row) => [row.n, gramsOf(textOfRow(row))])
    return {
      outcome: rows.length,
      writes: [{ sql: INDEX, params: [JSON.stringify(grams)] }],
      guards: () => [{ sql: SOMEBODY_DID, params: [first.n] }],
      isDerived: true,
    }
  })
}

/** How many wait to be indexed. */
export const waitingMembers = async (driver: Pick<Driver, 'all'>): Promise<number> =>
  (await driver.all<{ n: number }>(COUNT_WAITING, []))[0]?.n ?? 0
