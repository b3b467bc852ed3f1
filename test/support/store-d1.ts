// Local D1 databases in workerd, kept in memory: one workerd for a test file, one empty database for each test.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getPlatformProxy } from 'wrangler'
import type { D1Binding } from '../../src/store/d1-driver.ts'
import { listMigrations } from '../../src/store/migrate.ts'

/** So many databases there are for one test file. */
const DATABASES = 60

export interface D1Server {
  /** An empty database with the schema. */
  database(): Promise<D1Binding>
  stop(): Promise<void>
}

export async function startD1(): Promise<D1Server> {
  const folder = mkdtempSync(join(tmpdir(), 'regulars-d1-'))
  const configPath = join(folder, 'wrangler.json')
  const databases = Array.from({ length: DATABASES }, (_, i) => ({
    binding: `DB${i}`,
    database_name: `test-${i}`,
    database_id: `00000000-0000-0000-0000-${String(i).padStart(12, '0')}`,
  }))
  writeFileSync(configPath, JSON.stringify({ name: 'test', compatibility_date: '2026-10-01', d1_databases: databases }))
  const proxy = await getPlatformProxy<Record<string, D1Binding>>({ configPath, persist: false })
  let used = 0
  return {
    database: async () => {
      const binding = proxy.env[`DB${used++}`]
      if (binding === undefined) throw new Error(`A test file may use ${DATABASES} databases`)
      await binding.batch(schema.map((sql) => binding.prepare(sql)))
      return binding
    },
    stop: async () => {
      await proxy.dispose()
      rmSync(folder, { recursive: true })
    },
  }
}

/** The statements of the migrations: they are separated by empty lines. */
const schema = listMigrations()
  .flatMap(({ sql }) => sql.split(/\n\s*\n/))
  .map((text) => text.replace(/^--.*$/gm, '').trim())
  .filter((text) => text !== '')
