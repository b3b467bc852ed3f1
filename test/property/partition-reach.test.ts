// Were members spread over several databases, what touches two of them, or a row of the whole shop, would have to be done in
// another way: the list of it (bench/partitions/relations.ts) is held to what units of work really read and write.
import { beforeAll, expect, test } from 'vitest'
import { SHARED_ROWS, SOUGHT, TIES, tieOf } from '../../bench/partitions/relations.ts'
import { migrate } from '../../src/store/migrate.ts'
import { openNodeDriver } from '../../src/store/node-driver.ts'
import { isPlaced, type Reach } from '../support/reach.ts'
import { watchedTown } from '../support/watched-town.ts'
import { RICH } from '../support/whole-programs.ts'

const COMMANDS = 150
const SEEDS = 3
/** Whoever has a row's own id was told where it is. */
const BY_ID = / by id$/

let units: Reach[] = []

beforeAll(async () => {
  const seen: Reach[] = []
  for (const [, reigns] of RICH)
    for (let seed = 1; seed <= SEEDS; seed++) seen.push(...(await watchedTown(reigns, seed, COMMANDS)))
  units = seen.filter(({ kind }) => kind === 'unit')
}, 60_000)

test('of every table it is known whose its rows are', async () => {
  const driver = openNodeDriver({ path: ':memory:' })
  await migrate(driver)
  const sql = `SELECT name FROM sqlite_schema WHERE type = 'table'`
  const tables = (await driver.all<{ name: string }>(sql, [])).map(({ name }) => name)
  await driver.close()
  const made = tables.filter((name) => !/^(sqlite_|member_search_|d1_)/.test(name))
  expect(made.filter((name) => !isPlaced(name))).toEqual([])
  expect(made.length).toBeGreaterThan(20)
})

test('whatever ties two members to one another in a unit of work is in the list', () => {
  const unknown = units.filter((unit) => tieOf(unit) === 'unknown')
  expect(unknown.map(({ what, tables }) => ({ what, ...tables }))).toEqual([])
})

test('each tie in the list was met', () => {
  const met = new Set(units.map(tieOf))
  expect(Object.keys(TIES).filter((name) => !met.has(name as keyof typeof TIES))).toEqual([])
})

test('rows of the whole shop that units want are in the list', () => {
  const wanted = [...new Set(units.flatMap(({ shared }) => [...shared]))]
  expect(wanted.filter((row) => SHARED_ROWS[row] === undefined)).toEqual([])
  expect(wanted).toContain('counter stock')
})

test('no unit looks through everybody, but for what would be a name in a directory', () => {
  const sought = new Set(units.flatMap((unit) => [...unit.sought]).filter((what) => !BY_ID.test(what)))
  expect([...sought].filter((what) => SOUGHT[what] === undefined)).toEqual([])
  expect(Object.keys(SOUGHT).filter((what) => !sought.has(what))).toEqual([])
})

test('most units are one member’s alone', () => {
  const alone = units.filter(({ members }) => members.size <= 1)
  expect(alone.length / units.length).toBeGreaterThan(0.9)
})
