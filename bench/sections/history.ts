// Whether it matters how much a member bought before.
import {
  type Bench,
  COLUMNS,
  cells,
  type Measured,
  measure,
  medianOf,
  medianRatio,
  percent,
  RECORDED,
  rotate,
  type Section,
  type Table,
} from '../bench.ts'
import { freshFolder } from '../databases.ts'
import { type Server, startServer } from '../servers.ts'

/** Customers with so many entries each. */
interface Group {
  entries: number
  customers: number
}

interface Sizes {
  rounds: number
  /** Next payments per group and round, at one connection and at 32. */
  measured: number
  groups: Group[]
}

const sizesOf = ({ quick }: Bench): Sizes =>
  quick
    ? {
        rounds: 1,
        measured: 200,
        groups: [
          { entries: 1, customers: 1_000 },
          { entries: 100, customers: 20 },
          { entries: 1_000, customers: 1 },
        ],
      }
    : {
        rounds: 5,
        measured: 500,
        groups: [
          { entries: 1, customers: 5_000 },
          { entries: 100, customers: 100 },
          { entries: 10_000, customers: 1 },
        ],
      }

interface Taken {
  entries: number
  one: Measured
  many: Measured
}

const runOf = ({ run }: Bench, { entries }: Group): string => `${run}h${entries.toString(36)}x`

async function runHistory(bench: Bench): Promise<Table[]> {
  const sizes = sizesOf(bench)
  const server = await startServer({ kind: 'ours', folder: freshFolder(bench.folder, 'history') })
  const taken: Taken[] = []
  try {
    for (const group of sizes.groups) await buildHistory(bench, server, group)
    for (let round = 0; round < sizes.rounds; round++)
      for (const group of rotate(sizes.groups, round)) taken.push(await takeNext(bench, server, sizes, group, round))
  } finally {
    await server.stop()
  }
  return [tableOf(taken, sizes)]
}

/** The history comes the way it would in life: through the webhook, one after the other. */
async function buildHistory(bench: Bench, server: Server, group: Group): Promise<void> {
  const { entries, customers } = group
  const count = entries * customers
  await bench.client.prepare({ kind: 'events', run: runOf(bench, group), first: 0, count, customers })
  const connections = Math.min(32, customers)
  const { perSecond } = await measure(bench, server, { connections, from: 0, count, expected: RECORDED })
  bench.say(`  ${customers} customers × ${entries} entries, made at ${Math.round(perSecond)}/s`)
}

async function takeNext(
  bench: Bench,
  server: Server,
  { measured: count }: Sizes,
  group: Group,
  round: number,
): Promise<Taken> {
  const { entries, customers } = group
  const first = entries * customers + round * count * 2
  await bench.client.prepare({ kind: 'events', run: runOf(bench, group), first, count: count * 2, customers })
  const one = await measure(bench, server, { connections: 1, from: 0, count, expected: RECORDED })
  const many = await measure(bench, server, { connections: 32, from: count, count, expected: RECORDED })
  return { entries, one, many }
}

function tableOf(taken: Taken[], { rounds, groups, measured }: Sizes): Table {
  const of = (entries: number) => taken.filter((each) => each.entries === entries)
  const base = of(1).map(({ one }) => one)
  return {
    title: 'Next payments of customers with a history, at 1 connection',
    columns: ['entries before', ...COLUMNS, 'of 1 entry', 'at 32'],
    rows: groups.map(({ entries, customers }) => {
      const runs = of(entries)
      const ones = runs.map(({ one }) => one)
      const many = Math.round(medianOf(runs.map((run) => run.many)).perSecond)
      return [
        `${entries.toLocaleString('en')} (${customers} customers)`,
        ...cells(medianOf(ones)),
        percent(medianRatio(ones, base)),
        `${many}/s`,
      ]
    }),
    notes: [
      `medians of ${rounds} rounds of ${measured}; at 32 connections one customer's payments overtake each other`,
    ],
    data: taken,
  }
}

export const history: Section = {
  name: 'history',
  title: 'does it get slower with a member’s history?',
  run: runHistory,
}
