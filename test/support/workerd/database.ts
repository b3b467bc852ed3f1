// In the place of `../database.ts` where tests run in workerd: an empty D1 database with the schema.
import { env } from 'cloudflare:test'
import { onTestFinished } from 'vitest'
import { createD1Driver, type D1Binding } from '../../../src/store/d1-driver.ts'
import type { Driver } from '../../../src/store/driver.ts'
import { DATABASES } from './databases.ts'

const schema = env.SCHEMA as string[]
const free = Array.from({ length: DATABASES }, (_, i) => env[`DB${i}`] as D1Binding)
const used = new WeakSet<D1Binding>()

const gone = schema.flatMap((sql) => {
  const [, kind, name] = /^\s*CREATE (VIRTUAL TABLE|TABLE|VIEW) (\w+)/m.exec(sql) ?? []
  return kind === undefined ? [] : [`DROP ${kind === 'VIEW' ? 'VIEW' : 'TABLE'} ${name}`]
})

/** Those of tests that are over are taken again, the longest unused first. */
async function emptyBinding(): Promise<D1Binding> {
  const binding = free.shift()
  if (binding === undefined) throw new Error(`${DATABASES} databases are in use at once`)
  // Nothing is deleted from a ledger: all of it is made anew.
  const made = used.has(binding) ? [...gone, ...schema] : schema
  used.add(binding)
  await binding.batch(made.map((sql) => binding.prepare(sql)))
  try {
    onTestFinished(() => void free.push(binding))
  } catch {
    // Opened for all tests of a file.
  }
  return binding
}

export const openDatabase = async (): Promise<Driver> => createD1Driver(await emptyBinding())

/** Two isolates’ drivers of one database. */
export async function openTwice(): Promise<[Driver, Driver]> {
  const binding = await emptyBinding()
  return [createD1Driver(binding), createD1Driver(binding)]
}
