// Whose rows each unit of work reads and writes, found out by running it: the driver between the store and its database is
// watched. What would have to be kept together, or be told of, were members spread over several databases.
import { AsyncLocalStorage } from 'node:async_hooks'
import type { App } from '../../src/app/ports.ts'
import type { Driver, Planned, SqlReader, SqlValue, Statement } from '../../src/store/driver.ts'

export interface Reach {
  /** The use case, and of an event its type. */
  what: string
  /** A use case was called: not the host itself, nor what looks at the database beside it. */
  isApp: boolean
  /** `unit`: commits; `read`: as of one moment; `statement`: a single read beside all units. */
  kind: 'unit' | 'read' | 'statement'
  /** What it asked the meaning of: customers, addresses, payments, events. */
  names: Set<string>
  /** Whose rows it read or wrote. */
  members: Set<string>
  /** Of those whose rows it wrote. */
  written: Set<string>
  /** By table, of whom it read and wrote rows; rows asked for by their id also as `redemption by id`. */
  tables: { read: Map<string, Set<string>>; written: Map<string, Set<string>> }
  /** Rows of nobody that others want too, by kind: `counter stock`, `setting woken`. */
  shared: Set<string>
  /** Rows of members that it looked for by something else than whose they are: `contact by record`. */
  sought: Set<string>
}

/** Tables whose rows are somebody's, and the column that says whose. */
const OWNER: Readonly<Record<string, string>> = {
  member: 'id',
  payment: 'member',
  lot: 'member',
  entry: 'member',
  grant_given: 'member',
  redemption: 'member',
  adjustment_request: 'member',
  alert: 'member',
  feedback: 'member',
  outlook: 'member',
  contact: 'member',
}
/** Small rows of the whole shop that are written while others are read. */
const SHARED: ReadonlySet<string> = new Set([
  'counter',
  'setting',
  'model',
  'inbox',
  'merge_proposal',
  'program',
  'idempotency',
])
/** Lists of the whole shop. */
const LISTED: ReadonlySet<string> = new Set(['outbox', 'inbox', 'merge_proposal', 'subscription'])
/** What goes with a name, with the unit that writes it, with its member's row, or with none. */
const OTHERS: ReadonlySet<string> = new Set([
  'name',
  'subscription',
  'invoice_failure',
  'outbox',
  'member_search',
  'posted',
  'guard',
])

/** Whether it is known whose its rows are: of another table nothing would be noted. */
export const isPlaced = (table: string): boolean => OWNER[table] !== undefined || SHARED.has(table) || OTHERS.has(table)

const TABLES = /\b(?:FROM|JOIN|INTO|UPDATE)\s+([a-z_]+)/g
const SOUGHT_BY = /\bWHERE\s+(?:[a-z_]+\.)?([a-z_]+)\s*(?:=|IN|MATCH)/
const COLUMNS = /^INSERT INTO [a-z_]+ \(([^)]*)\)/
const LITERAL = /(?:name = |VALUES \()'([a-z: ]+)'/
const IS_MEMBER = /^mem_[0-9a-z]+$/

const isMember = (value: unknown): value is string => typeof value === 'string' && IS_MEMBER.test(value)

/** The values of a parameter: itself, or those of the list that it holds. */
function valuesOf(param: SqlValue): readonly unknown[] {
  if (typeof param !== 'string' || !param.startsWith('[')) return [param]
  const list = JSON.parse(param) as unknown[]
  return list.flatMap((one) => (Array.isArray(one) ? one : [one]))
}

const tablesOf = (sql: string): string[] => [...sql.matchAll(TABLES)].map(([, table = '']) => table)

export const emptyReach = (kind: Reach['kind'], what: string | null = null): Reach => ({
  what: what ?? 'the host',
  isApp: what !== null,
  kind,
  names: new Set(),
  members: new Set(),
  written: new Set(),
  tables: { read: new Map(), written: new Map() },
  shared: new Set(),
  sought: new Set(),
})

/** Adds what a read asked for and was answered. */
export function noteRead(reach: Reach, { sql, params }: Statement, rows: readonly object[]): void {
  const tables = tablesOf(sql)
  const asked = params.flatMap(valuesOf)
  if (tables.includes('name')) for (const name of asked) reach.names.add(String(name))
  for (const table of tables) {
    noteShared(reach, table, sql, asked)
    if (LISTED.has(table) && reach.kind === 'statement') reach.sought.add(`${table} by ${soughtBy(sql)}`)
  }
  const owned = tables.find((table) => OWNER[table] !== undefined)
  if (owned === undefined) return
  const named = asked.filter(isMember)
  const owners = rows.map((row) => (row as Record<string, unknown>)[OWNER[owned] ?? '']).filter(isMember)
  for (const owner of [...named, ...owners]) {
    reach.members.add(owner)
    noteTable(reach.tables.read, owned, owner)
  }
  if (named.length > 0 || tables.includes('name')) return
  const sought = `${owned} by ${soughtBy(sql)}`
  reach.sought.add(sought)
  for (const owner of owners) noteTable(reach.tables.read, sought, owner)
}

function noteTable(tables: Map<string, Set<string>>, table: string, owner: string): void {
  const owners = tables.get(table)
  if (owners === undefined) tables.set(table, new Set([owner]))
  else owners.add(owner)
}

function soughtBy(sql: string): string {
  if (sql.includes('referral_code =')) return 'referral_code'
  return SOUGHT_BY.exec(sql)?.[1] ?? 'everything'
}

/** Adds what a write changes. */
export function noteWrite(reach: Reach, { sql, params }: Statement): void {
  const [table = ''] = tablesOf(sql)
  noteShared(reach, table, sql, params.flatMap(valuesOf))
  if (OWNER[table] === undefined) return
  for (const owner of ownersIn(table, sql, params)) {
    reach.members.add(owner)
    reach.written.add(owner)
    noteTable(reach.tables.written, table, owner)
  }
}

/** By the column where the statement names its columns (a row may name others beside its owner), by all values else. */
function ownersIn(table: string, sql: string, params: readonly SqlValue[]): string[] {
  const columns = COLUMNS.exec(sql)?.[1]?.split(', ')
  if (columns === undefined || sql.includes('json_each')) {
    const values = sql.startsWith('UPDATE') && table !== 'member' ? ownerOfUpdate(table, sql, params) : params
    return values.flatMap(valuesOf).filter(isMember)
  }
  return [params[columns.indexOf(OWNER[table] ?? '')]].filter(isMember)
}

function ownerOfUpdate(table: string, sql: string, params: readonly SqlValue[]): readonly SqlValue[] {
  const set = /^UPDATE [a-z_]+ SET (.*), version = version \+ 1 WHERE id = \?/.exec(sql)?.[1]?.split(', ')
  const column = `${OWNER[table]} = ?`
  if (set === undefined || !set.includes(column)) return params
  return [params[set.indexOf(column)] ?? null]
}

function noteShared(reach: Reach, table: string, sql: string, values: readonly unknown[]): void {
  if (!SHARED.has(table)) return
  if (table !== 'counter' && table !== 'setting') {
    reach.shared.add(table)
    return
  }
  // Some are always the same, and stand in the statement itself.
  const [own] = LITERAL.exec(sql)?.slice(1) ?? []
  const asked = values.filter((value) => typeof value === 'string')
  const names = own !== undefined ? [own] : table === 'setting' ? asked.slice(0, 1) : asked
  for (const name of names) reach.shared.add(`${table} ${kindOf(name)}`)
}

/** Without what tells one from another: `stock:mug` and `stock:tree` are of a kind. */
const kindOf = (name: string): string => name.split(':')[0] ?? name

const going = new AsyncLocalStorage<string>()

/** The driver, with everything that goes through it noted. */
export function watchReach(driver: Driver, note: (reach: Reach) => void): Driver {
  const reading = (reach: Reach, reader: SqlReader): SqlReader => ({
    all: <Row>(sql: string, params: readonly SqlValue[]): Row[] => {
      const rows = reader.all<Row>(sql, params)
      noteRead(reach, { sql, params }, rows as object[])
      return rows
    },
  })
  const what = (): string | null => going.getStore() ?? null
  return {
    commit: async <Outcome>(unit: (reader: SqlReader) => Planned<Outcome>): Promise<Outcome> => {
      const name = what()
      let last = emptyReach('unit', name)
      const outcome = await driver.commit((reader) => {
        last = emptyReach('unit', name)
        const planned = unit(reading(last, reader))
        for (const write of planned.writes) noteWrite(last, write)
        return planned
      })
      note(last)
      return outcome
    },
    read: async (unit) => {
      const reach = emptyReach('read', what())
      const outcome = await driver.read((reader) => unit(reading(reach, reader)))
      note(reach)
      return outcome
    },
    all: async <Row>(sql: string, params: readonly SqlValue[]): Promise<Row[]> => {
      const reach = emptyReach('statement', what())
      const rows = await driver.all<Row>(sql, params)
      noteRead(reach, { sql, params }, rows as object[])
      note(reach)
      return rows
    },
    close: () => driver.close(),
  }
}

/** The same use cases, each going by its name in what is noted. */
export const named = (app: App): App =>
  new Proxy(app, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        const [first] = args as [{ type?: unknown } | undefined]
        const type = key === 'recordEvent' ? ` ${String(first?.type)}` : ''
        return going.run(`${String(key)}${type}`, () => Reflect.apply(value, target, args) as unknown)
      }
    },
  })
