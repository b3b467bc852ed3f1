// Ours against the least that any server must do, with the same client and the very same bytes.
import {
  type Bench,
  COLUMNS,
  cells,
  DUPLICATE,
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
import { type Counts, countRows, freshFolder } from '../databases.ts'
import { type Server, type ServerKind, startServer } from '../servers.ts'

const VARIANTS = {
  ceiling: 'a server that only answers (the client’s own limit)',
  bare: 'a  bare: Hono on Node, signature checked, nothing stored',
  four: 'b  the same + a transaction of four statements, shared fsync',
  ours: 'c  ours, first sight of a payment by a new guest',
  duplicate: 'd  ours, the same events again',
} as const
type Variant = keyof typeof VARIANTS

interface Sizes {
  rounds: number
  warmUp: number
  /** Requests measured, by how many connections there are. */
  measured: Map<number, number>
}

const sizesOf = ({ quick }: Bench): Sizes =>
  quick
    ? {
        rounds: 1,
        warmUp: 1_500,
        measured: new Map([
          [1, 300],
          [32, 3_000],
        ]),
      }
    : {
        rounds: 5,
        warmUp: 5_000,
        measured: new Map([
          [1, 2_000],
          [32, 16_000],
        ]),
      }

/** One connection, one variant, one round. */
interface Taken {
  variant: Variant
  connections: number
  round: number
  measured: Measured
}

const SERVERS: ServerKind[] = ['ceiling', 'bare', 'four', 'ours']

async function runThroughput(bench: Bench): Promise<Table[]> {
  const sizes = sizesOf(bench)
  const taken: Taken[] = []
  const counts: Counts[] = []
  const perRound = sizes.warmUp + [...sizes.measured.values()].reduce((sum, count) => sum + count, 0)
  for (let round = 0; round < sizes.rounds; round++) {
    bench.say(`round ${round + 1} of ${sizes.rounds}`)
    for (const kind of rotate(SERVERS, round)) {
      // Signed anew for each server: they hold for five minutes only. The bodies are the same.
      const spec = {
        kind: 'events',
        run: bench.run,
        first: round * perRound,
        count: perRound,
        customers: null,
      } as const
      await bench.client.prepare(spec)
      const server = await startServer({ kind, folder: freshFolder(bench.folder, 'throughput') })
      try {
        taken.push(...(await fireAll(bench, server, kind, sizes, round)))
      } finally {
        await server.stop()
      }
      if (kind === 'ours') counts.push(checkRows(bench, server, perRound))
    }
  }
  return [...sizes.measured.keys()].map((connections) => tableOf(taken, counts, connections, sizes))
}

async function fireAll(bench: Bench, server: Server, kind: ServerKind, sizes: Sizes, round: number): Promise<Taken[]> {
  const taken: Taken[] = []
  const pass = async (variant: Variant, expected: string) => {
    let from = 0
    await measure(bench, server, { connections: 32, from, count: sizes.warmUp, expected })
    from += sizes.warmUp
    for (const [connections, count] of sizes.measured) {
      const measured = await measure(bench, server, { connections, from, count, expected })
      from += count
      taken.push({ variant, connections, round, measured })
      const { perSecond, p99Ms } = measured
      bench.say(`  ${variant}, ${connections} connections: ${Math.round(perSecond)}/s, p99 ${p99Ms.toFixed(2)} ms`)
    }
  }
  await pass(kind, RECORDED)
  if (kind === 'ours') await pass('duplicate', DUPLICATE)
  return taken
}

/** Every acknowledged event must be there once. */
function checkRows(bench: Bench, { database }: Server, events: number): Counts {
  const counts = countRows(database)
  const { members, payments, entries } = counts
  if (members !== events || payments !== events || entries !== events)
    bench.broken(`of ${events} acknowledged events there are ${JSON.stringify(counts)}`)
  return counts
}

function tableOf(taken: Taken[], counts: Counts[], connections: number, { rounds }: Sizes): Table {
  const of = (variant: Variant) =>
    taken
      .filter((one) => one.variant === variant && one.connections === connections)
      .toSorted((a, b) => a.round - b.round)
      .map(({ measured }) => measured)
  const variants = Object.keys(VARIANTS) as Variant[]
  const rows = variants.map((variant) => {
    const runs = of(variant)
    const byCpu = ratioByCpu(medianOf(of('bare')), medianOf(runs))
    return [VARIANTS[variant], ...cells(medianOf(runs)), percent(medianRatio(runs, of('bare'))), byCpu]
  })
  const lastCounts = counts.at(-1)
  const outbox = lastCounts === undefined ? 0 : lastCounts.outbox / lastCounts.payments
  return {
    title: `Throughput at ${connections} connection${connections === 1 ? '' : 's'}`,
    columns: ['', ...COLUMNS, 'of bare', 'by CPU'],
    rows,
    notes: [
      `medians of ${rounds} round${rounds === 1 ? '' : 's'}, ratios taken within each round; ${outbox.toFixed(2)} outbox rows per event`,
      ...(outbox < 1
        ? ['NO OUTBOX ROW PER EVENT: the server does not write hubspot.contact yet, so c is less than an accrual']
        : []),
      ...(medianOf(of('bare')).clientBusy > 0.9
        ? ['the client is busy all the time: what is faster than it cannot be seen']
        : []),
    ],
    data: taken.filter((one) => one.connections === connections),
  }
}

/** What the ratio would be if processor time were all that counts: it holds when others use the machine as well. */
const ratioByCpu = (bare: Measured, other: Measured): string =>
  bare.cpuUs === null || other.cpuUs === null ? '–' : percent(bare.cpuUs / other.cpuUs)

export const throughput: Section = {
  name: 'throughput',
  title: 'throughput against a bare server and against four statements',
  run: runThroughput,
}
