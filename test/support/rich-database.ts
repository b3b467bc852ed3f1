// A database file in which something stands in every table that moves: a town where all kinds of things happened, and what
// no town brings about filled in from the schema.
import fc from 'fast-check'
import { openDatabase } from '../../src/compose/open-database.ts'
import type { NodeDriver } from '../../src/store/node-driver.ts'
import { movedTables, quoted } from '../../src/store/transfer-tables.ts'
import { stripePayment } from './stripe-events.ts'
import { RICH } from './whole-programs.ts'
import { anyCommand, Town } from './whole-town.ts'
import { createWorld } from './world.ts'

const DAY = 86_400_000

/** Somebody whose purchase will be refunded elsewhere. */
export const MOVER = 'ገነት@example.org'
export const moverPaid = stripePayment({ at: Date.now() - 5 * DAY, amount: 4_200, email: MOVER, customer: 'cus_mover' })
export const moverCharge = moverPaid.charge()

export async function makeRichDatabase(path: string, { commands, seed }: { commands: number; seed: number }) {
  const { store, driver } = await openDatabase(path)
  const first = RICH[0]?.[1].first
  if (first === undefined) throw new Error('there is no rich program')
  const now = Date.now()
  let world = await createWorld({ program: first, store, now: now - 900 * DAY })
  const town = new Town(world, async () => world)
  await town.begin()
  const drawn = fc.sample(fc.array(anyCommand, { minLength: commands, maxLength: commands }), { seed, numRuns: 1 })
  for (const one of drawn.flat()) {
    // The town must not live in the future of the host that it moves to.
    if (one.do === 'wait' && world.clock.at + one.days * DAY > now - 30 * DAY) continue
    if (one.do !== 'amend') await town.run(one)
  }
  world = await createWorld({ program: first, store, now })
  await world.deliver(moverCharge)
  await world.store.commit(() => ({
    outcome: null,
    changes: {
      settings: [
        ['erasure_key', 'ab'.repeat(32)],
        ['flush:hubspot.contact', JSON.stringify({ holder: 'dead', heardAt: now, until: now + 30_000 })],
      ],
    },
  }))
  await fillEmpty(driver)
  const { members } = await store.stats()
  await store.close()
  return { members }
}

async function fillEmpty(driver: NodeDriver): Promise<void> {
  for (const { name } of await movedTables(driver)) {
    const [found] = await driver.all<{ n: number }>(`SELECT count(*) AS n FROM ${quoted(name)}`, [])
    if (found?.n !== 0) continue
    const columns = await driver.all<{ name: string; type: string }>('SELECT name, type FROM pragma_table_info(?)', [
      name,
    ])
    const values = columns.map((column) => (column.type === 'TEXT' ? `${column.name} “é”\n` : 7))
    const sql = `INSERT INTO ${quoted(name)} VALUES (${columns.map(() => '?').join(', ')})`
    await driver.commit(() => ({ outcome: null, writes: [{ sql, params: values }], guards: () => [] }))
  }
}
