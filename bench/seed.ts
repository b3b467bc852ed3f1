// Fills a database with members, each with one purchase, straight through SQL. What a member's rows look like is not
// written down here: one is made by the real server, and its rows are stamped with other ids and names.
// A process of its own: `node bench/seed.ts DATABASE MEMBERS`.
import { once } from 'node:events'
import { mkdirSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { openDatabase } from '../src/compose/open-database.ts'
import type { Member } from '../src/core/state.ts'
import { statementsOf } from '../src/store/changes.ts'
import { type MemberRow, memberFrom } from '../src/store/rows.ts'
import { chargeEvent } from './charge-event.ts'
import { mix, person } from './people.ts'
import { stripeBase, webhookRequest } from './requests.ts'
import { startServer } from './servers.ts'

export const SEED_DOMAIN = 'seed.example.org'
const BATCH = 20_000
/** The first member's own words, found in the rows and replaced. All are longer than what could be there by chance. */
const STAMP = { base: '3stampstampstampstamp001', email: 'stampstampstamp@example.org', name: 'Stampname Stampname' }

interface Tokens {
  member: string
  payment: string
  referralCode: string
  base: string
  email: string
  name: string
}
type Token = keyof Tokens
const TOKENS: Token[] = ['member', 'payment', 'referralCode', 'base', 'email', 'name']

/** A text with gaps: pieces and the tokens between them. */
type Template = (string | { token: Token })[]
type Cell = (tokens: Tokens) => SQLInputValue

interface TableStamp {
  insert: string
  rows: Cell[][]
}

/** One member with one purchase, made by the server itself. */
async function makeFirst(path: string): Promise<void> {
  const server = await startServer({ kind: 'ours', folder: dirname(path), database: path, hubspot: false })
  const nowSeconds = Math.floor(Date.now() / 1000)
  const createdSeconds = nowSeconds - 3600
  const body = chargeEvent({ ...STAMP, amountMinor: 4990, createdSeconds, customer: `cus_${STAMP.base}` })
  const socket = connect(server.port, '127.0.0.1')
  socket.write(webhookRequest(body, nowSeconds))
  const [answer] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  await server.stop()
  if (!answer.includes('"recorded"')) throw new Error(`the first member was not recorded: ${answer.toString()}`)
}

function templateOf(text: string, first: Tokens): Template {
  let template: Template = [text]
  for (const token of TOKENS) {
    template = template.flatMap((piece) =>
      typeof piece === 'string'
        ? piece.split(first[token]).flatMap((part, index) => (index === 0 ? [part] : [{ token }, part]))
        : [piece],
    )
  }
  return template
}

function cellOf(value: unknown, first: Tokens): Cell {
  if (typeof value !== 'string') return () => value as SQLInputValue
  const template = templateOf(value, first)
  if (template.length === 1) return () => value
  return (tokens) => {
    let text = ''
    for (const piece of template) text += typeof piece === 'string' ? piece : tokens[piece.token]
    return text
  }
}

/** The rows of the first member in the table, without the number that SQLite gives. */
function stampOf(db: DatabaseSync, table: string, first: Tokens): TableStamp {
  const columns = (db.prepare(`PRAGMA table_info(${table})`).all() as { name: string; type: string; pk: number }[])
    .filter(({ type, pk }) => !(type === 'INTEGER' && pk === 1))
    .map(({ name }) => name)
  const rows = db.prepare(`SELECT ${columns.join(', ')} FROM ${table}`).all() as Record<string, unknown>[]
  const mine = rows.filter((row) => Object.values(row).some((value) => isMine(value, first)))
  return {
    insert: `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    rows: mine.map((row) => columns.map((column) => cellOf(row[column], first))),
  }
}

const isMine = (value: unknown, first: Tokens): boolean =>
  typeof value === 'string' && TOKENS.some((token) => value.includes(first[token]))

function firstTokens(db: DatabaseSync): Tokens {
  const member = db.prepare('SELECT id, referral_code AS code FROM member').get()
  const payment = db.prepare('SELECT id FROM payment').get()
  return { ...STAMP, member: String(member?.id), referralCode: String(member?.code), payment: String(payment?.id) }
}

const BASE32 = '0123456789abcdefghjkmnpqrstvwxyz'
const READABLE = '23456789BCDFGHJKMNPQRSTVWXYZ'
const spell = (alphabet: string, number: number, length: number): string => {
  let written = ''
  for (let rest = number; written.length < length; rest = Math.floor(rest / alphabet.length))
    written = alphabet.charAt(rest % alphabet.length) + written
  return written
}

/** Ids shaped like the real ones: ours follow time, Stripe's and the codes do not. */
function tokensOf(number: number, firstAt: number): Tokens {
  const chance = mix(number)
  const id = `${spell(BASE32, firstAt + number, 9)}${spell(BASE32, chance, 7)}${spell(BASE32, number, 6)}`
  const code = `${spell(READABLE, chance, 5)}-${spell(READABLE, number, 5)}`
  const base = stripeBase('seed', number)
  return { member: `mem_${id}`, payment: `pay_${id}`, referralCode: code, base, ...person(number, SEED_DOMAIN) }
}

/** The same member under other names, with version 0: to be inserted. */
function memberStamp(db: DatabaseSync, first: Tokens): (tokens: Tokens) => Member {
  const row = db.prepare('SELECT * FROM member').get() as unknown as MemberRow
  const cell = cellOf(JSON.stringify({ ...memberFrom(row), version: 0 }), first)
  return (tokens) => JSON.parse(String(cell(tokens))) as Member
}

function fill(db: DatabaseSync, members: number, onProgress: (done: number) => void): void {
  const first = firstTokens(db)
  const firstAt = Date.now() - members
  const memberOf = memberStamp(db, first)
  const stamps = ['name', 'payment', 'lot', 'entry'].map((table) => stampOf(db, table, first))
  const inserts = stamps.map(({ insert, rows }) => ({ statement: db.prepare(insert), rows }))
  const prepared = new Map<string, StatementSync>()
  // The first member is there already.
  for (let number = 1; number < members; ) {
    db.exec('BEGIN')
    for (const end = Math.min(number + BATCH, members); number < end; number++) {
      const tokens = tokensOf(number, firstAt)
      for (const { sql, params } of statementsOf({ members: [memberOf(tokens)] })) {
        const statement = prepared.get(sql) ?? db.prepare(sql)
        prepared.set(sql, statement)
        statement.run(...params)
      }
      for (const { statement, rows } of inserts)
        for (const row of rows) statement.run(...row.map((cell) => cell(tokens)))
    }
    db.exec('COMMIT')
    onProgress(number)
  }
}

/** The store indexes for the search as it does beside payments, until nobody is left. */
async function indexAll(path: string, onProgress: (done: number) => void): Promise<void> {
  const { store } = await openDatabase(path)
  for (let last = 1, done = 0; last > 0; done += last) {
    last = await store.indexMembers()
    onProgress(done)
  }
  await store.close()
}

export async function seed(
  path: string,
  members: number,
  onProgress: (step: string, done: number) => void,
): Promise<void> {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true })
  mkdirSync(dirname(path), { recursive: true })
  await makeFirst(path)
  const db = new DatabaseSync(path)
  // What breaks off here is thrown away, so nothing needs to survive a crash.
  db.exec(
    'PRAGMA journal_mode = DELETE; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -2000000',
  )
  fill(db, members, (done) => onProgress('written', done))
  db.exec('PRAGMA journal_mode = WAL')
  db.close()
  await indexAll(path, (done) => onProgress('indexed', done))
}

if (import.meta.main) {
  const [path = '', members = '1000'] = process.argv.slice(2)
  await seed(path, Number(members), (step, done) => process.send?.(`${done} of ${members} members ${step}`))
  process.disconnect?.()
}
