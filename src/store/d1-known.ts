// What units have read of D1 so far: rows that are asked for by their key are fetched together and once, whoever asks.
import type { SqlReader, SqlValue, Statement } from './driver.ts'
import { type KeyedSelect, keyedSelects, NAMES_MOVED } from './fold.ts'
import { rowName } from './seen.ts'

export type Batch = (statements: readonly Statement[]) => Promise<unknown[][]>

/** Tables whose rows, read by their key, are guarded one by one (`StoreTx.seen`). */
const GUARDED: ReadonlySet<string> = new Set([
  'name',
  'payment',
  'member',
  'grant_given',
  'redemption',
  'adjustment_request',
  'counter',
  'alert',
])

/** Thrown through a unit by a read whose answer is not known yet. */
export class Need extends Error {}

/** A read of rows by a list of keys, taken apart. */
interface KeyedRead extends KeyedSelect {
  /** Without the list. */
  text: string
}

/** A read as it is remembered: of one row, or of a whole statement. */
interface Wanted {
  name: string
  read: { keyed: KeyedRead; key: string } | { statement: Statement }
}

export interface Answer {
  rows: unknown[]
  /** Which fetch it comes from: answers of one fetch are of one moment. */
  moment: number
  wanted: Wanted
}

/** One run of a unit against what is known. */
export interface Run<Outcome> {
  ok: boolean
  outcome: Outcome
  error: unknown
  missing: Wanted[]
  used: Answer[]
}

export class Known {
  readonly #batch: Batch
  #answers = new Map<string, Answer>()
  #moment = 0
  #namesAsOf: number | null = null

  constructor(batch: Batch) {
    this.#batch = batch
  }

  run<Outcome>(unit: (reader: SqlReader) => Outcome): Run<Outcome> {
    const missing: Wanted[] = []
    const used: Answer[] = []
    const reader: SqlReader = {
      all: <Row>(sql: string, params: readonly SqlValue[]) => {
        const wanted = wantedBy(sql, params)
        const unknown = wanted.filter(({ name }) => !this.#answers.has(name))
        missing.push(...unknown)
        if (unknown.length > 0) throw new Need('Not read yet')
        const answers = wanted.map(({ name }) => this.#answers.get(name) as Answer)
        used.push(...answers)
        return answers.flatMap(({ rows }) => rows) as Row[]
      },
    }
    try {
      return { ok: true, outcome: unit(reader), error: null, missing, used }
    } catch (error) {
      return { ok: false, outcome: undefined as Outcome, error, missing, used }
    }
  }

  /** `NAMES_MOVED` as the first of the names that are known were read; null where none was. */
  get namesAsOf(): number | null {
    return this.#namesAsOf
  }

  /** Fetches what was missed. */
  async fetch(missing: readonly Wanted[]): Promise<void> {
    const reads = readsFor(missing)
    const asksMoves = this.#namesAsOf === null && reads.some(({ table }) => table === 'name')
    const statements = reads.map(({ statement }) => statement)
    const answers = await this.#batch(asksMoves ? [...statements, { sql: MOVES, params: [] }] : statements)
    const [row] = asksMoves ? (answers.at(-1) ?? []) : []
    if (row !== undefined) this.#namesAsOf = (row as { moved: number }).moved
    this.#take(reads, answers)
  }

  /**
   * Writes, and forgets what that may have changed; what is still wanted of it is read anew right after it, in the same batch.
   * The rest is as it was: where it is not, by others, guards tell.
   */
  async write(
    statements: readonly Statement[],
    { written, stillWanted }: { written: ReadonlySet<string>; stillWanted: readonly Answer[] },
  ): Promise<void> {
    const isStale = ({ read }: Wanted): boolean =>
      !('keyed' in read) || !GUARDED.has(read.keyed.table) || written.has(rowName(read.keyed.table, read.key))
    const reads = readsFor(stillWanted.map(({ wanted }) => wanted).filter(isStale))
    const answers = await this.#batch([...statements, ...reads.map(({ statement }) => statement)])
    for (const [name, { wanted }] of this.#answers) if (isStale(wanted)) this.#answers.delete(name)
    this.#take(reads, answers.slice(statements.length))
  }

  /** Fetches these anew, all as of one moment. */
  refresh(answers: readonly Answer[]): Promise<void> {
    return this.fetch(answers.map(({ wanted }) => wanted))
  }

  forget(): void {
    this.#answers = new Map()
    this.#namesAsOf = null
  }

  #take(reads: readonly Read[], answers: readonly unknown[][]): void {
    const moment = ++this.#moment
    reads.forEach(({ column, wanted }, i) => {
      const rows = answers[i] ?? []
      for (const [name, one] of wanted) this.#answers.set(name, { rows: [], moment, wanted: one })
      for (const row of rows) {
        const name = column === null ? wanted.keys().next().value : nameOf(wanted, String((row as Values)[column]))
        if (name !== undefined) this.#answers.get(name)?.rows.push(row)
      }
    })
  }
}

const MOVES = `SELECT ${NAMES_MOVED} AS moved`

type Values = Record<string, SqlValue>

/** A statement to be run, and whose answers it brings: of many keys where there is a column to tell them apart by. */
interface Read {
  statement: Statement
  table: string | null
  column: string | null
  wanted: Map<string, Wanted>
}

const nameOf = (wanted: ReadonlyMap<string, Wanted>, key: string): string | undefined => {
  const [first] = wanted.values()
  return first !== undefined && 'keyed' in first.read ? keyName(first.read.keyed, key) : undefined
}

function readsFor(wanted: readonly Wanted[]): Read[] {
  const reads: Read[] = []
  const lists = new Map<string, { keyed: KeyedRead; keys: Map<string, Wanted> }>()
  const seen = new Set<string>()
  for (const one of wanted) {
    const { name, read } = one
    if (seen.has(name)) continue
    seen.add(name)
    if ('statement' in read) {
      reads.push({ statement: read.statement, table: null, column: null, wanted: new Map([[name, one]]) })
      continue
    }
    const list = lists.get(read.keyed.text) ?? { keyed: read.keyed, keys: new Map<string, Wanted>() }
    lists.set(read.keyed.text, list)
    list.keys.set(read.key, one)
  }
  for (const { keyed, keys } of lists.values())
    for (const { statement, keys: some } of keyedSelects(keyed, [...keys.keys()])) {
      const answered = some.map((key) => keys.get(key)).filter((one) => one !== undefined)
      const { table, column } = keyed
      reads.push({ statement, table, column, wanted: new Map(answered.map((one) => [one.name, one])) })
    }
  return reads
}

const keyName = ({ text }: KeyedRead, key: string): string => `${text}\n${key}`

function wantedBy(sql: string, params: readonly SqlValue[]): Wanted[] {
  const keyed = keyedRead(sql)
  if (keyed === null) return [{ name: `${sql}\n${JSON.stringify(params)}`, read: { statement: { sql, params } } }]
  const keys = sql.endsWith(LISTED) ? (JSON.parse(String(params[0])) as string[]) : params.map(String)
  return [...new Set(keys)].map((key) => ({ name: keyName(keyed, key), read: { keyed, key } }))
}

const LISTED = 'json_each(?))'
const shapes = new Map<string, KeyedRead | null>()

/** Nothing but rows by a list of keys, which are told apart by the key's column; null for any other statement. */
function keyedRead(sql: string): KeyedRead | null {
  const known = shapes.get(sql)
  if (known !== undefined) return known
  const shape =
    /^(SELECT (\*|[\w, ]+) FROM (\w+) WHERE (\w+)) IN \((?:\?(?:, \?)*|SELECT value FROM json_each\(\?\))\)$/.exec(sql)
  const [, text = '', listed = '', table = '', column = ''] = shape ?? []
  const columns = listed.split(', ')
  const tells = listed === '*' || columns.includes(column)
  const keyed = shape !== null && tells ? { text, columns, table, column } : null
  shapes.set(sql, keyed)
  return keyed
}
