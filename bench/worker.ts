// `npm run bench:worker`: what the Worker weighs, how long it takes to start and what a burst costs there, in a local
// workerd. Like `npm run bench` it prints tables, asserts nothing, and fails only when something broke.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Table } from './bench.ts'
import { describeMachine } from './machine.ts'
import { workerCalm } from './sections/worker-calm.ts'
import { workerObject } from './sections/worker-object.ts'
import { workerSize } from './sections/worker-size.ts'
import { workerStart } from './sections/worker-start.ts'
import { renderTable } from './table.ts'
import type { WorkerBench, WorkerSection } from './worker-section.ts'

/** A file of its own exports `workerBurst`. */
const BURST = new URL('./sections/worker-burst.ts', import.meta.url)

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})

async function sections(): Promise<WorkerSection[]> {
  const burst = existsSync(BURST) ? ((await import(BURST.href)) as { workerBurst: WorkerSection }).workerBurst : null
  return [workerSize, workerStart, ...(burst === null ? [] : [burst]), workerCalm, workerObject]
}

const known = await sections()
const unknown = (options.only ?? []).filter((name) => known.every((section) => section.name !== name))
if (options.help || unknown.length > 0) {
  console.log(`${unknown.length > 0 ? `There is no section ${unknown.join(', ')}.\n` : ''}Usage: npm run bench:worker -- [options]
  --quick          fewer rounds: says whether it works, not how fast
  --only SECTION   one of these, may be given several times:
${known.map(({ name, title }) => `                     ${name.padEnd(12)} ${title}`).join('\n')}
  --json FILE      also writes all numbers there`)
  process.exit(unknown.length > 0 ? 2 : 0)
}

// wrangler would ask Cloudflare where in the world this is.
process.env.CLOUDFLARE_CF_FETCH_ENABLED ??= 'false'
const folder = mkdtempSync(join(tmpdir(), 'regulars-bench-worker-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
const broken: string[] = []
const elapsed = () => `${(performance.now() / 1000).toFixed(0).padStart(5)} s`
const bench: WorkerBench = {
  quick: options.quick,
  folder,
  say: (line) => console.log(`${elapsed()}  ${line}`),
  broken: (line) => {
    broken.push(line)
    console.log(`${elapsed()}  BROKEN: ${line}`)
  },
}

const machine = describeMachine(folder)
bench.say(machine)
const tables: Table[] = []
for (const section of known.filter(({ name }) => options.only?.includes(name) ?? true)) {
  bench.say(`— ${section.name}: ${section.title}`)
  try {
    tables.push(...(await section.run(bench)))
  } catch (error) {
    bench.broken(`${section.name}: ${error instanceof Error ? error.stack : String(error)}`)
  }
}
console.log(`\n${machine}`)
for (const table of tables) console.log(renderTable(table))
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify({ machine, broken, tables }, null, 2)}\n`)
for (const line of broken) console.log(`BROKEN: ${line}`)
process.exitCode = broken.length > 0 ? 1 : 0
