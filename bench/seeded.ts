// Databases with so many members, made once in a run, and once for all runs with --keep.
import { fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Bench } from './bench.ts'
import { copyDatabase } from './databases.ts'
import { noteLooked } from './looks.ts'
import { ROOT } from './servers.ts'

const SEED = fileURLToPath(new URL('./seed.ts', import.meta.url))
const SAY_EVERY_MS = 10_000

/** Another schema, program or way of seeding makes another database. */
function fingerprint(): string {
  const migrations = readdirSync(join(ROOT, 'src/store/migrations')).map((name) => `src/store/migrations/${name}`)
  const hash = createHash('sha256')
  for (const path of [
    ...migrations.toSorted(),
    'src/store/search-text.ts',
    'program.json',
    'bench/seed.ts',
    'bench/people.ts',
  ])
    hash.update(readFileSync(join(ROOT, path)))
  return hash.digest('hex').slice(0, 8)
}

/** The path of a database with so many members. It is not to be written to: see `workingCopy`. */
export async function seededDatabase(bench: Bench, members: number): Promise<string> {
  const folder = bench.keep ?? join(bench.folder, 'seeded')
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `members-${members}-${fingerprint()}.db`)
  if (existsSync(path)) return path
  const startedAt = performance.now()
  await runSeed(bench, `${path}.part`, members)
  renameSync(`${path}.part`, path)
  bench.say(`seeded ${members} members in ${((performance.now() - startedAt) / 1000).toFixed(0)} s`)
  return path
}

async function runSeed(bench: Bench, path: string, members: number): Promise<void> {
  const child = fork(SEED, [path, String(members)], { stdio: 'inherit' })
  let saidAt = performance.now()
  child.on('message', (progress: string) => {
    if (performance.now() - saidAt < SAY_EVERY_MS) return
    saidAt = performance.now()
    bench.say(`  seeding: ${progress}`)
  })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`seeding ${members} members failed`)
}

/** A database with so many members that may be written to; 0: none yet. */
export async function workingCopy(bench: Bench, members: number, folder: string): Promise<string> {
  const path = join(folder, `members-${members}.db`)
  if (members === 0) return path
  copyDatabase(await seededDatabase(bench, members), path)
  // Nothing is measured beside a look that nobody asked for.
  noteLooked(path, Date.now())
  return path
}
