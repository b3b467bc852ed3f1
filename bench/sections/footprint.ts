// What it costs to have it: memory, the start, fsyncs, and room on the disk.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ANY_200, type Bench, measure, median, RECORDED, type Section, type Table } from '../bench.ts'
import { searchPath } from '../beside.ts'
import { freshFolder } from '../databases.ts'
import { residentMb } from '../machine.ts'
import { searchTerms } from '../people.ts'
import { workingCopy } from '../seeded.ts'
import { type ServerKind, startServer } from '../servers.ts'

const sizesOf = ({ quick }: Bench) =>
  quick
    ? { members: 20_000, starts: 3, events: 2_000, traced: 1_000 }
    : { members: 1_000_000, starts: 9, events: 20_000, traced: 4_000 }

interface Fact {
  what: string
  value: string
  number: number | null
}

const fact = (what: string, number: number | null, unit: string, digits = 0): Fact => ({
  what,
  number,
  value: number === null ? 'cannot be told here' : `${number.toFixed(digits)} ${unit}`,
})

async function startups(bench: Bench, database: string, members: number): Promise<Fact[]> {
  const { starts } = sizesOf(bench)
  const folder = freshFolder(bench.folder, 'starts')
  const bareNode: number[] = []
  const times = new Map<string, number[]>()
  const start = async (name: string, kind: ServerKind, path?: string) => {
    const server = await startServer({ kind, folder, ...(path !== undefined && { database: path }) })
    times.set(name, [...(times.get(name) ?? []), server.startupMs])
    await server.stop()
  }
  for (let turn = 0; turn < starts; turn++) {
    const startedAt = performance.now()
    await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit')
    bareNode.push(performance.now() - startedAt)
    await start('bare', 'bare')
    await start('ours, a new database', 'ours', join(folder, `new-${turn}.db`))
    await start(`ours, ${members.toLocaleString('en')} members`, 'ours', database)
  }
  return [
    fact('start-up: node -e 0, to its end', median(bareNode), 'ms'),
    ...[...times].map(([name, taken]) => fact(`start-up: ${name}, to the first 200`, median(taken), 'ms')),
  ]
}

async function memory(bench: Bench, database: string, members: number): Promise<Fact[]> {
  const { events } = sizesOf(bench)
  const folder = freshFolder(bench.folder, 'memory')
  const server = await startServer({ kind: 'ours', folder, database })
  try {
    const atStart = residentMb(server.pid)
    await bench.client.prepare({ kind: 'paths', paths: searchTerms('latin', 3).map(searchPath) })
    await measure(bench, server, { connections: 1, from: 0, count: 100, expected: ANY_200 })
    await bench.client.prepare({ kind: 'events', run: `${bench.run}f`, first: 0, count: events, customers: null })
    await measure(bench, server, { connections: 32, from: 0, count: events, expected: RECORDED })
    const after = residentMb(server.pid)
    const sized = `${members.toLocaleString('en')} members`
    return [
      fact(`memory: just started, ${sized}`, atStart?.now ?? null, 'MB'),
      fact(`memory: after ${events} events and 100 searches`, after?.now ?? null, 'MB'),
      fact('memory: at its highest', after?.peak ?? null, 'MB'),
      await bareMemory(bench),
    ]
  } finally {
    await server.stop()
  }
}

/** What Node and Hono alone hold after the same events: they are prepared still. */
async function bareMemory(bench: Bench): Promise<Fact> {
  const { events } = sizesOf(bench)
  const server = await startServer({ kind: 'bare', folder: freshFolder(bench.folder, 'memory-bare') })
  await measure(bench, server, { connections: 32, from: 0, count: events, expected: RECORDED })
  const after = residentMb(server.pid)
  await server.stop()
  return fact(`memory: the bare server after ${events} events`, after?.now ?? null, 'MB')
}

const hasStrace = (): boolean => spawnSync('strace', ['-V'], { stdio: 'ignore' }).status === 0

/** Counts fsyncs of the traced server; without a tracer, commits as the server itself counts them. */
async function fsyncs(bench: Bench, connections: number): Promise<Fact[]> {
  const { traced } = sizesOf(bench)
  const folder = freshFolder(bench.folder, 'fsyncs')
  const report = join(folder, 'strace.txt')
  const tracer = ['strace', '-f', '--seccomp-bpf', '-qq', '-c', '-e', 'trace=fsync,fdatasync', '-o', report]
  const isTraced = hasStrace()
  const server = await startServer({ kind: 'ours', folder, under: isTraced ? tracer : [] })
  let batches: number | null = null
  try {
    await bench.client.prepare({ kind: 'events', run: `${bench.run}s`, first: 0, count: traced, customers: null })
    await measure(bench, server, { connections, from: 0, count: traced, expected: RECORDED })
    const metrics = await (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text()
    const counted = /^regulars_store_batch_size_count\S* (\d+)/m.exec(metrics)?.[1]
    batches = counted === undefined ? null : Number(counted)
  } finally {
    await server.stop()
  }
  const calls = isTraced ? fsyncsIn(readFileSync(report, 'utf8')) : null
  const at = `at ${connections} connection${connections === 1 ? '' : 's'}`
  return [
    fact(`fsyncs per event ${at} (strace, start and end included)`, calls === null ? null : calls / traced, '', 3),
    fact(`commits per event ${at} (the server's own count)`, batches === null ? null : batches / traced, '', 3),
  ]
}

/** The calls column of strace's summary. */
const fsyncsIn = (report: string): number =>
  [...report.matchAll(/^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(?:fsync|fdatasync)$/gm)].reduce(
    (sum, [, calls]) => sum + Number(calls),
    0,
  )

const PARTS = `SELECT tbl_name AS part, sum(pgsize) AS bytes FROM dbstat JOIN sqlite_schema USING (name)
  WHERE aggregate = TRUE GROUP BY tbl_name ORDER BY bytes DESC`

function room(database: string, members: number): Fact[] {
  const facts = [fact('disk: bytes per member with one purchase', statSync(database).size / members, 'bytes')]
  const db = new DatabaseSync(database, { readOnly: true })
  try {
    const parts = db.prepare(PARTS).all() as { part: string; bytes: number }[]
    const large = parts.filter(({ bytes }) => bytes / members >= 1)
    return [
      ...facts,
      ...large.map(({ part, bytes }) => fact(`disk:   ${part} and its indexes`, bytes / members, 'bytes')),
    ]
  } catch {
    // This build of SQLite cannot tell.
    return facts
  } finally {
    db.close()
  }
}

async function runFootprint(bench: Bench): Promise<Table[]> {
  const { members } = sizesOf(bench)
  const database = await workingCopy(bench, members, freshFolder(bench.folder, 'footprint'))
  const facts: Fact[] = [...room(database, members)]
  bench.say('  start-up')
  facts.push(...(await startups(bench, database, members)))
  bench.say('  memory')
  facts.push(...(await memory(bench, database, members)))
  bench.say('  fsyncs')
  facts.push(...(await fsyncs(bench, 1)), ...(await fsyncs(bench, 32)))
  return [
    {
      title: 'Footprint',
      columns: ['', ''],
      rows: facts.map(({ what, value }) => [what, value]),
      notes: ['medians; the compile cache is warm, as it is from the second start on'],
      data: facts,
    },
  ]
}

export const footprint: Section = {
  name: 'footprint',
  title: 'memory, start-up, fsyncs, bytes on the disk',
  run: runFootprint,
}
