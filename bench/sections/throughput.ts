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
  /** Events before the first round: V8 has then compiled what is worth it, as in a server that runs for days. */
  warmUp: number
  /** Requests measured, by how many connections there are. */
  measured: Map<number, number>
}

const sizesOf = ({ quick }: Bench): Sizes =>
  quick
    ? {
        rounds: 1,
        warmUp: 4_000,
        measured: new Map([
          [1, 300],
          [32, 3_000],
        ]),
      }
    : {
        rounds: 7,
        warmUp: 20_000,
        measured: new Map([
          [1, 1_500],
          [32, 12_000],
        ]),
      }

/** One connection, one variant, one round. */
interface Taken {
  variant: Variant
  connections: number
  round: number
  measured: Measured
}

/** Events to get used to the machine again after the others had it. */
const RUN_IN = 500
const SERVERS: ServerKind[] = ['ceiling', 'bare', 'four', 'ours']

async function runThroughput(bench: Bench): Promise<Table[]> {
  const sizes = sizesOf(bench)
  const servers = new Map<ServerKind, Server>()
  const taken: Taken[] = []
  const perRound = RUN_IN + [...sizes.measured.values()].reduce((sum, count) => sum + count, 0)
  try {
    for (const kind of SERVERS) servers.set(kind, await startWarm(bench, kind, sizes))
    for (let round = 0; round < sizes.rounds; round++) {
      bench.say(`round ${round + 1} of ${sizes.rounds}`)
      const first = sizes.warmUp + round * perRound
      await bench.client.prepare({ kind: 'events', run: bench.run, first, count: perRound, customers: null })
      for (const [kind, server] of rotate([...servers], round)) {
        server.resume()
        taken.push(...(await fireAll(bench, server, kind, sizes, round)))
        server.pause()
      }
    }
  } finally {
    for (const server of servers.values()) await server.stop()
  }
  const counts = checkRows(bench, servers.get('ours'), sizes.warmUp + sizes.rounds * perRound)
  return [...sizes.measured.keys()].map((connections) => tableOf(taken, counts, connections, sizes))
}

async function startWarm(bench: Bench, kind: ServerKind, { warmUp: count }: Sizes): Promise<Server> {
  const server = await startServer({ kind, folder: freshFolder(bench.folder, `throughput-${kind}`) })
  await bench.client.prepare({ kind: 'events', run: bench.run, first: 0, count, customers: null })
  const { perSecond } = await measure(bench, server, { connections: 32, from: 0, count, expected: RECORDED })
  bench.say(`  ${kind} is warm, at ${Math.round(perSecond)}/s so far`)
  server.pause()
  return server
}

async function fireAll(bench: Bench, server: Server, kind: ServerKind, sizes: Sizes, round: number): Promise<Taken[]> {
  const taken: Taken[] = []
  const pass = async (variant: Variant, expected: string) => {
    let from = 0
    await measure(bench, server, { connections: 32, from, count: RUN_IN, expected })
    from += RUN_IN
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
function checkRows(bench: Bench, server: Server | undefined, events: number): Counts {
  if (server === undefined) throw new Error('ours was never started')
  const counts = countRows(server.database)
  const { members, payments, entries } = counts
  if (members !== events || payments !== events || entries !== events)
    bench.broken(`of ${events} acknowledged events there are ${JSON.stringify(counts)}`)
  return counts
}

function tableOf(taken: Taken[], counts: Counts, connections: number, { rounds }: Sizes): Table {
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
  const outbox = counts.outbox / counts.payments
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
