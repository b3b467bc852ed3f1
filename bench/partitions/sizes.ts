// What members weigh: a database filled through the real use cases, each purchase told by three events with ids as long as
// Stripe's, contacts written, everybody looked at once and indexed. Nothing waits in the outbox.
import { readFileSync } from 'node:fs'
import { propertiesOf } from '../../integrations/hubspot/properties.ts'
import { hashesOf } from '../../integrations/hubspot/written.ts'
import { parseProgramText } from '../../src/program/parse.ts'
import { migrate } from '../../src/store/migrate.ts'
import { type NodeDriver, openNodeDriver } from '../../src/store/node-driver.ts'
import { createStore } from '../../src/store/store.ts'
import { type StripeEvent, stripePayment } from '../../test/support/stripe-events.ts'
import { createWorld, type World } from '../../test/support/world.ts'
import { mix, person } from '../people.ts'
import type { Weights } from './carries.ts'

export interface Sized {
  members: number
  /** Of each. */
  purchases: number
  bytes: number
  /** Tables with their indexes. */
  tables: Record<string, number>
  names: number
}

const YEAR_MS = 365 * 86_400_000
const FIRST = Date.UTC(2025, 10, 22, 12)
const SLICE = 500

export async function sizeOf(members: number, purchases: number): Promise<Sized> {
  const driver = openNodeDriver({ path: ':memory:' })
  await migrate(driver)
  if (members > 0) await fill(driver, members, purchases)
  const sized = { members, purchases, ...(await weigh(driver)) }
  await driver.close()
  return sized
}

async function fill(driver: NodeDriver, members: number, purchases: number): Promise<void> {
  const store = createStore(driver)
  const program = readProgram()
  const world = await createWorld({ program, now: FIRST, store, seed: 1 })
  const total = members * purchases
  for (let n = 0; n < total; n++) {
    world.clock.at = FIRST + Math.floor((n / total) * YEAR_MS)
    // The first round meets everybody; those after it come in another order each time.
    const who = n < members ? n : mix(n) % members
    for (const event of eventsOf(who, world.clock.at)) await world.deliver(event)
  }
  while ((await store.indexMembers()) > 0);
  await lookToTheEnd(world)
  await writeContacts(world)
  await deliverAll(world)
}

function readProgram() {
  const parsed = parseProgramText(readFileSync(new URL('../../program.json', import.meta.url), 'utf8'))
  if (!parsed.ok) throw new Error('program.json is not a program')
  return parsed.program
}

function eventsOf(who: number, at: number): StripeEvent[] {
  const { name, email } = person(who, 'example.com')
  const customer = who % 2 === 0 ? `cus_t${who.toString(36).padStart(6, '0')}` : null
  const paid = stripePayment({ at, amount: 500 + (mix(who) % 20_000), email, customer })
  const charge = paid.charge({ billing_details: { email, name, phone: null } })
  return [charge, paid.intent(), paid.session()].map(withLongIds)
}

/** Ids of the test's events are short; a database has each of them in a table and in names. */
function withLongIds(event: StripeEvent): StripeEvent {
  const lengths: Record<string, number> = { evt: 24, ch: 24, pi: 24, cs_test: 58, cus: 14 }
  const long = (_: string, prefix: string, short: string): string => `${prefix}_${spread(short, lengths[prefix] ?? 24)}`
  return JSON.parse(JSON.stringify(event).replace(/\b(evt|ch|pi|cs_test|cus)_t([0-9a-z]{6})\b/g, long)) as StripeEvent
}

/** The time comes first, as in Stripe's ids, what is drawn by lot after it. */
function spread(short: string, length: number): string {
  let text = `3${short}`
  for (let state = Number.parseInt(short, 36); text.length < length; state = mix(state + 1))
    text += mix(state).toString(36)
  return text.slice(0, length)
}

async function lookToTheEnd({ app }: World): Promise<void> {
  for (let begin = true; ; begin = false) {
    const { isDone } = await app.lookAhead({ limit: SLICE, ...(begin && { begin, refit: true }) })
    if (isDone) return
  }
}

/** As after the sync: what was written of each property is kept. */
async function writeContacts({ app }: World): Promise<void> {
  const { program } = app.program()
  for (let after: number | null = 0; after !== null; ) {
    const page: Awaited<ReturnType<typeof app.contactsAfter>> = await app.contactsAfter(after, SLICE)
    await app.noteContacts(
      page.contacts.map((contact, n) => ({
        member: contact.member,
        did: 'written',
        record: String(100_000_000_000 + (after ?? 0) * SLICE + n),
        written: hashesOf(propertiesOf(contact, program), program.hubspot.prefix),
      })),
    )
    after = page.next
  }
}

async function deliverAll({ store, clock }: World): Promise<void> {
  for (;;) {
    const { outboxWaiting } = await store.stats()
    const rows = await store.outboxPage({ after: 0, limit: SLICE })
    if (outboxWaiting === 0 || rows.length === 0) return
    await store.acknowledge(rows)
    clock.at++
  }
}

async function weigh(driver: NodeDriver): Promise<Pick<Sized, 'bytes' | 'tables' | 'names'>> {
  return driver.read((reader) => {
    const [{ bytes = 0 } = {}] = reader.all<{ bytes: number }>(
      'SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size',
      [],
    )
    const [{ names = 0 } = {}] = reader.all<{ names: number }>('SELECT count(*) AS names FROM name', [])
    const tables = reader.all<{ table: string; bytes: number }>(
      `SELECT coalesce(sqlite_schema.tbl_name, dbstat.name) AS "table", sum(pgsize) AS bytes
        FROM dbstat LEFT JOIN sqlite_schema ON sqlite_schema.name = dbstat.name GROUP BY 1 ORDER BY 2 DESC`,
      [],
    )
    return { bytes, names, tables: Object.fromEntries(tables.map(({ table, bytes: weight }) => [table, weight])) }
  })
}

/** Bytes of a member and of each of their purchases, from two databases that differ in purchases alone, and an empty one. */
export function weightsOf(empty: Sized, few: Sized, many: Sized): Weights {
  const each = ({ bytes, members }: Sized): number => (bytes - empty.bytes) / members
  const purchase = (each(many) - each(few)) / (many.purchases - few.purchases)
  return { empty: empty.bytes, member: each(few) - few.purchases * purchase, purchase }
}
