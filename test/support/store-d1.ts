// Local D1 databases in workerd, kept in memory: one workerd for a test file, one empty database for each test. A Worker of a
// few lines hands batches to D1: wrangler's own proxy of a binding takes five milliseconds for each call.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestHarness, unstable_splitSqlQuery } from 'wrangler'
import type { D1Binding, D1Statement } from '../../src/store/d1-driver.ts'
import { listMigrations } from '../../src/store/migrate.ts'

/** So many databases there are for one test file. */
const DATABASES = 60

const WORKER = `export default { async fetch(request, env) {
  const { database, statements } = await request.json()
  const db = env[database]
  try {
    return Response.json(await db.batch(statements.map(({ sql, params }) => db.prepare(sql).bind(...params))))
  } catch (error) {
    return Response.json({ message: error.message }, { status: 500 })
  }
} }`

export interface D1Server {
  /** An empty database with the schema. */
  database(): Promise<D1Binding>
  stop(): Promise<void>
}

interface Bound extends D1Statement {
  sql: string
  params: unknown[]
}
const bound = (sql: string, params: unknown[]): Bound => ({ sql, params, bind: (...values) => bound(sql, values) })

const bindingAt = (url: URL, database: string): D1Binding => ({
  prepare: (sql) => bound(sql, []),
  batch: async (statements) => {
    const response = await fetch(url, { method: 'POST', body: JSON.stringify({ database, statements }) })
    const answer = (await response.json()) as unknown
    if (!response.ok) throw new Error((answer as { message: string }).message)
    return answer as { results: unknown[] }[]
  },
})

export async function startD1(): Promise<D1Server> {
  const root = mkdtempSync(join(tmpdir(), 'regulars-d1-'))
  const names = Array.from({ length: DATABASES }, (_, i) => `DB${i}`)
  const databases = names.map((binding, i) => ({
    binding,
    database_name: binding,
    database_id: `00000000-0000-0000-0000-${String(i).padStart(12, '0')}`,
  }))
  writeFileSync(join(root, 'worker.mjs'), WORKER)
  const config = { name: 'test', main: 'worker.mjs', compatibility_date: '2026-10-01', d1_databases: databases }
  writeFileSync(join(root, 'wrangler.json'), JSON.stringify(config))
  const harness = createTestHarness({ root, workers: [{ configPath: './wrangler.json' }] })
  const { url } = await harness.listen()
  return {
    database: async () => {
      const name = names.shift()
      if (name === undefined) throw new Error(`A test file may use ${DATABASES} databases`)
      const binding = bindingAt(url, name)
      await binding.batch(schema.map((sql) => binding.prepare(sql)))
      return binding
    },
    stop: async () => {
      await harness.close()
      rmSync(root, { recursive: true })
    },
  }
}

/** The migrations' statements, as wrangler takes them apart. */
const schema = listMigrations().flatMap(({ sql }) => unstable_splitSqlQuery(sql))
