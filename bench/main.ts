// `npm run bench`: measures, prints tables, asserts nothing. It fails only when something broke.
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Bench, Section, Table } from './bench.ts'
import { startClient } from './load.ts'
import { describeMachine } from './machine.ts'
import { alerts } from './sections/alerts.ts'
import { beside } from './sections/beside.ts'
import { decide } from './sections/decide.ts'
import { footprint } from './sections/footprint.ts'
import { history } from './sections/history.ts'
import { lookup } from './sections/lookup.ts'
import { members } from './sections/members.ts'
import { night } from './sections/night.ts'
import { partitions } from './sections/partitions.ts'
import { profile } from './sections/profile.ts'
import { reading } from './sections/reading.ts'
import { retention } from './sections/retention.ts'
import { sandbox } from './sections/sandbox.ts'
import { simulation } from './sections/simulate.ts'
import { slack } from './sections/slack.ts'
import { throughput } from './sections/throughput.ts'
import { renderTable } from './table.ts'

const SECTIONS: Section[] = [
  throughput,
  members,
  history,
  beside,
  night,
  reading,
  lookup,
  slack,
  decide,
  footprint,
  simulation,
  retention,
  alerts,
  sandbox,
  partitions,
  profile,
]
/** Says nothing about speed. */
const ONLY_WHEN_ASKED: Section[] = [profile]

const HELP = `Usage: npm run bench -- [options]
  --quick          smaller and fewer: says whether it works, not how fast
  --only SECTION   one of these, may be given several times:
${SECTIONS.map(({ name, title }) => `                     ${name.padEnd(12)} ${title}`).join('\n')}
  --keep DIR       keeps the seeded databases there, and uses those that are
  --dir DIR        where to work, on the disk to be measured (default: the system's folder for temporary files)
  --json FILE      also writes all numbers there`

const ENDINGS = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const

/** With a million members: the seeded database, a copy to work on, and what is measured on top. */
const SPACE_NEEDED_GB = 12

function readOptions() {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true },
      keep: { type: 'string' },
      dir: { type: 'string' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const unknown = (values.only ?? []).filter((name) => SECTIONS.every((section) => section.name !== name))
  if (values.help || unknown.length > 0) {
    console.log(unknown.length > 0 ? `There is no section ${unknown.join(', ')}.\n${HELP}` : HELP)
    process.exit(unknown.length > 0 ? 2 : 0)
  }
  return values
}

const elapsed = () => `${(performance.now() / 1000).toFixed(0).padStart(5)} s`

async function main(): Promise<void> {
  const options = readOptions()
  const folder = mkdtempSync(join(options.dir === undefined ? tmpdir() : resolve(options.dir), 'regulars-bench-'))
  const keep = options.keep === undefined ? null : resolve(options.keep)
  if (keep !== null) mkdirSync(keep, { recursive: true })
  const broken: string[] = []
  const bench: Bench = {
    quick: options.quick,
    folder,
    keep,
    client: startClient(),
    run: Date.now().toString(36),
    say: (line) => console.log(`${elapsed()}  ${line}`),
    broken: (line) => {
      broken.push(line)
      console.log(`${elapsed()}  BROKEN: ${line}`)
    },
  }
  for (const [signal, code] of ENDINGS) {
    process.once(signal, () => {
      rmSync(folder, { recursive: true, force: true })
      process.exit(code)
    })
  }
  const machine = describeMachine(folder)
  bench.say(machine)
  warnOfSpace(bench)
  try {
    const wanted = SECTIONS.filter(
      (section) => options.only?.includes(section.name) ?? !ONLY_WHEN_ASKED.includes(section),
    )
    const tables = await runSections(bench, wanted)
    console.log(`\n${machine}`)
    for (const table of tables) console.log(renderTable(table))
    if (options.json !== undefined)
      writeFileSync(options.json, `${JSON.stringify({ machine, broken, tables }, null, 2)}\n`)
  } finally {
    bench.client.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  for (const line of broken) console.log(`BROKEN: ${line}`)
  process.exitCode = broken.length > 0 ? 1 : 0
}

function warnOfSpace({ folder, quick, say }: Bench): void {
  const { bavail, bsize } = statfsSync(folder)
  const freeGb = (bavail * bsize) / 1e9
  if (!quick && freeGb < SPACE_NEEDED_GB) say(`only ${freeGb.toFixed(1)} GB are free, ${SPACE_NEEDED_GB} may be needed`)
}

async function runSections(bench: Bench, sections: Section[]): Promise<Table[]> {
  const tables: Table[] = []
  for (const section of sections) {
    bench.say(`— ${section.name}: ${section.title}`)
    try {
      const made = await section.run(bench)
      for (const table of made) console.log(renderTable(table))
      tables.push(...made)
    } catch (error) {
      bench.broken(`${section.name}: ${error instanceof Error ? error.stack : String(error)}`)
    }
  }
  return tables
}

await main()
