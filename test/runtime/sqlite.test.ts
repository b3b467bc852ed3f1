// What node:sqlite does that its manual does not say, and that we rely on or work around.
import { expect, test } from 'vitest'
import { NodeConnection } from '../../src/store/node-connection.ts'

test('a statement that gives a row an id beyond 2^53 runs, as those of the full-text index do', () => {
  const connection = new NodeConnection(':memory:')
  connection.exec('CREATE TABLE block (id INTEGER PRIMARY KEY, body TEXT)')
  connection.run({ sql: 'INSERT INTO block (id, body) VALUES (9009535716950016, ?)', params: ['segment'], changes: 1 })
  const insert = { sql: 'INSERT INTO block (body) VALUES (?)', params: ['next'] }
  connection.run({ ...insert, changes: 1 })
  expect(() => connection.run({ ...insert, changes: 2 })).toThrow('Changed 1 rows instead of 2')
  connection.close()
})
