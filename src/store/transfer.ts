/**
 * Rows on their way to another host, and from one. A chunk is stored with its number in one commit, so that one that is sent
 * again, or whose answer was lost, is stored once.
 */
import {
  TooLargeToMove,
  TRANSFER,
  type TransferChunk,
  type TransferRecord,
  type TransferRow,
} from '../app/ports/transfer.ts'
import type { StoredTransfers, TakenChunk } from '../app/store-port.ts'
import { PUT_SETTING } from './changes.ts'
import type { Driver, Planned, SqlReader, SqlValue, Statement } from './driver.ts'
import { indexMembers, waitingMembers } from './search-index.ts'
import {
  countRows,
  HOSTS_OWN,
  listed,
  type MovedTable,
  movedTables,
  pageOf,
  quoted,
  SEQUENCES,
} from './transfer-tables.ts'

const RECORD = 'SELECT value FROM setting WHERE name = ?'
const IS_ANOTHER =
  'INSERT INTO guard (stands) SELECT 0 WHERE coalesce((SELECT value FROM setting WHERE name = ?), ?) <> ?'
const HAS_MIGRATIONS = `SELECT 1 FROM sqlite_schema WHERE name = 'd1_migrations'`
const MIGRATIONS = 'SELECT name FROM d1_migrations ORDER BY name'
const FACTS = `SELECT (SELECT target FROM name WHERE name = 'mode:stripe') AS stripeMode,
  (SELECT 1 FROM setting WHERE name = 'is_sandbox') AS isSandbox,
  (SELECT version FROM program ORDER BY since DESC, version DESC LIMIT 1) AS program`
const TRIGGERS = `SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?`
const MAKE_ROOM = 'DELETE FROM sqlite_sequence WHERE name IN (SELECT value ->> 0 FROM json_each(?))'
/** D1 takes parameters of 2 MB at the most. */
const TOGETHER_BYTES = 900_000
const CLEARED_AT_ONCE = 5_000
const INDEX_ROUNDS = 4

export function createTransfers(driver: Driver): StoredTransfers {
  let known: Promise<MovedTable[]> | undefined
  // The schema of an open database does not change.
  const tables = (): Promise<MovedTable[]> => {
    known ??= movedTables(driver).catch((error: unknown) => {
      known = undefined
      throw error
    })
    return known
  }
  const tableOf = async (name: string) => (await tables()).find((table) => table.name === name) ?? null

  return {
    async status() {
      const moved = await tables()
      const counts = await countRows(driver, moved)
      const hasMigrations = (await driver.all(HAS_MIGRATIONS, [])).length > 0
      const migrations = hasMigrations ? await driver.all<{ name: string }>(MIGRATIONS, []) : []
      const [facts] = await driver.all<{ stripeMode: string | null; isSandbox: 1 | null; program: string | null }>(
        FACTS,
        [],
      )
      return {
        migrations: migrations.map(({ name }) => name),
        tables: moved.map(({ name, columns }, i) => ({ name, columns, rows: counts[i]?.rows ?? 0 })),
        mark: counts.map(({ highest, changes }) => `${highest}+${changes}`).join('.'),
        transfer: await driver.read(recordIn),
        isUnused: counts.every(({ name, rows }) => rows === 0 || HOSTS_OWN.includes(name)),
        stripeMode: facts?.stripeMode ?? null,
        isSandbox: facts?.isSandbox === 1,
        program: facts?.program ?? null,
      }
    },
    record: () => driver.read(recordIn),
    async page(name, after) {
      const table = await tableOf(name)
      if (table === null || (after !== null && after.length !== table.key.length)) return null
      const { sql, params } = pageOf(table, after)
      const rows = (await exactly(name, driver.all<Record<string, SqlValue>>(sql, params))).map((row) =>
        table.columns.map((column) => row[column] ?? null),
      )
      if (rows.some((row) => row.some(isRounded))) throw tooLarge(name)
      const last = rows.at(-1)
      const next = last === undefined ? null : table.key.map((column) => last[table.columns.indexOf(column)] ?? null)
      return { rows, next }
    },
    async begin(record) {
      const own = (await tables()).filter(({ name }) => HOSTS_OWN.includes(name))
      await driver.commit((reader): Planned<null> => {
        const found = textIn(reader)
        if (found !== null) return { outcome: null, writes: [], guards: () => [] }
        const writes = own.map(({ name, only }) => ({ sql: `DELETE FROM ${quoted(name)} WHERE ${only}`, params: [] }))
        return { outcome: null, writes: [...writes, put(record)], guards: () => unchanged(found) }
      })
    },
    take: (id, number, chunk) => takeChunk(driver, tableOf, { id, number, chunk }),
    async index() {
      for (let round = 0; round < INDEX_ROUNDS && (await indexMembers(driver)) > 0; round++);
      return waitingMembers(driver)
    },
    finish: (id) =>
      driver.commit((reader): Planned<TransferRecord | null> => {
        const found = textIn(reader)
        const record = parsed(found)
        if (record?.id !== id || record.taken < record.chunks) return nothing(null)
        if (record.state === 'done') return nothing(record)
        const done: TransferRecord = { ...record, state: 'done' }
        return { outcome: done, writes: [put(done)], guards: () => unchanged(found) }
      }),
    clear: async (id) => clear(driver, await tables(), id),
  }
}

const tooLarge = (table: string): TooLargeToMove =>
  new TooLargeToMove(`A whole number in ${table} is above 2^53: not every host would keep it as it is`)
/** D1 gives it as the nearest that there is. */
const isRounded = (value: SqlValue): boolean => Number.isInteger(value) && !Number.isSafeInteger(value)

/** Node refuses to give it. */
const exactly = <Rows>(table: string, reading: Promise<Rows>): Promise<Rows> =>
  reading.catch((error: unknown) => {
    const isRange = error instanceof Error && 'code' in error && error.code === 'ERR_OUT_OF_RANGE'
    throw isRange ? tooLarge(table) : error
  })

const nothing = <Outcome>(outcome: Outcome): Planned<Outcome> => ({ outcome, writes: [], guards: () => [] })
const put = (record: TransferRecord): Statement => ({ sql: PUT_SETTING, params: [TRANSFER, JSON.stringify(record)] })

/** Fails where the record is not as it was read. */
const unchanged = (found: string | null): Statement[] => [
  { sql: IS_ANOTHER, params: [TRANSFER, found ?? '', found ?? ''] },
]

const textIn = (reader: SqlReader): string | null => reader.all<{ value: string }>(RECORD, [TRANSFER])[0]?.value ?? null
const parsed = (text: string | null): TransferRecord | null =>
  text === null ? null : (JSON.parse(text) as TransferRecord)
const recordIn = (reader: SqlReader): TransferRecord | null => parsed(textIn(reader))

interface Taking {
  id: string
  number: number
  chunk: TransferChunk
}

const isSame = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && some.every((one, i) => one === others[i])

async function takeChunk(
  driver: Driver,
  tableOf: (name: string) => Promise<MovedTable | null>,
  { id, number, chunk }: Taking,
): Promise<TakenChunk> {
  const table = await tableOf(chunk.table)
  if (table === null || !isSame(table.columns, chunk.columns)) return { kind: 'unknown' }
  return driver.commit((reader): Planned<TakenChunk> => {
    const found = textIn(reader)
    const record = parsed(found)
    if (record?.id !== id) return nothing({ kind: 'another', record })
    // It was sent again: its answer was lost.
    if (number < record.taken) return nothing({ kind: 'taken', record })
    if (number > record.taken || number >= record.chunks || record.state === 'done')
      return nothing({ kind: 'early', record })
    const next: TransferRecord = { ...record, taken: number + 1 }
    const writes = [...inserts(table, chunk.rows), put(next)]
    return { outcome: { kind: 'taken', record: next }, writes, guards: () => unchanged(found) }
  })
}

function inserts({ name, columns }: MovedTable, rows: readonly TransferRow[]): Statement[] {
  const into = `INSERT INTO ${quoted(name)} (${listed(columns)})`
  const values = columns.map((_, i) => `value ->> ${i}`).join(', ')
  const places = columns.map(() => '?').join(', ')
  const statements: Statement[] = []
  // Rows of other tables that arrived have made rows of these already.
  if (name === SEQUENCES) statements.push({ sql: MAKE_ROOM, params: [JSON.stringify(rows)] })
  for (const group of groupsOf(rows)) {
    const [first, ...others] = group
    if (first === undefined) continue
    // A row that fills a parameter by itself has one for each of its values.
    const isLarge = others.length === 0 && bytesOf(first) > TOGETHER_BYTES
    statements.push(
      isLarge
        ? { sql: `${into} VALUES (${places})`, params: first }
        : { sql: `${into} SELECT ${values} FROM json_each(?)`, params: [JSON.stringify(group)] },
    )
  }
  return statements
}

const encoder = new TextEncoder()
const bytesOf = (row: TransferRow): number => encoder.encode(JSON.stringify(row)).byteLength

/** In their order, as many together as one parameter holds. */
function groupsOf(rows: readonly TransferRow[]): TransferRow[][] {
  const groups: TransferRow[][] = []
  let room = 0
  for (const row of rows) {
    const bytes = bytesOf(row)
    if (groups.length === 0 || bytes > room) {
      groups.push([])
      room = TOGETHER_BYTES
    }
    groups.at(-1)?.push(row)
    room -= bytes
  }
  return groups
}

/** What never ends by itself (the journal) has triggers that keep it: they are away for the one commit that takes rows back. */
async function clear(driver: Driver, tables: readonly MovedTable[], id: string): Promise<boolean | null> {
  const record = await driver.read(recordIn)
  if (record === null || record.id !== id || record.state === 'done') return null
  const counts = await countRows(driver, tables)
  const full = tables.find((_, i) => (counts[i]?.rows ?? 0) > 0)
  const writes = full === undefined ? cleared : await clearing(driver, full)
  await driver.commit((reader): Planned<null> => {
    const found = textIn(reader)
    return parsed(found)?.id === id ? { outcome: null, writes, guards: () => unchanged(found) } : nothing(null)
  })
  return full === undefined
}

const cleared: Statement[] = [
  { sql: `INSERT INTO member_search (member_search) VALUES ('delete-all')`, params: [] },
  { sql: 'DELETE FROM setting WHERE name = ?', params: [TRANSFER] },
]

async function clearing(driver: Driver, { name, key, only }: MovedTable): Promise<Statement[]> {
  const triggers = await driver.all<{ name: string; sql: string }>(TRIGGERS, [name])
  const order = listed(key)
  const some = `SELECT ${order} FROM ${quoted(name)} WHERE ${only} ORDER BY ${order} LIMIT ${CLEARED_AT_ONCE}`
  return [
    ...triggers.map((trigger) => ({ sql: `DROP TRIGGER ${quoted(trigger.name)}`, params: [] })),
    { sql: `DELETE FROM ${quoted(name)} WHERE (${order}) IN (${some})`, params: [] },
    ...triggers.map(({ sql }) => ({ sql, params: [] })),
  ]
}
