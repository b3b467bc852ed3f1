// What staff and operators do must not hold up the webhooks.
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
import { type Beside, backingUp, hasCommandLine, searching, verifying } from '../beside.ts'
import { freshFolder } from '../databases.ts'
import { type LoadClient, startClient } from '../load.ts'
import { workingCopy } from '../seeded.ts'
import { type Server, startServer } from '../servers.ts'

const sizesOf = ({ quick }: Bench) =>
  quick
    ? { rounds: 1, warmUp: 1_000, measured: 2_000, members: 20_000 }
    : { rounds: 3, warmUp: 4_000, measured: 12_000, members: 100_000 }
type Sizes = ReturnType<typeof sizesOf>

type What = 'alone' | 'a search' | 'a verify' | 'a backup'

interface Taken {
  what: What
  measured: Measured
  said: string
}

interface Place {
  bench: Bench
  server: Server
  folder: string
  searcher: LoadClient
}

const START: Record<What, (place: Place) => Beside | Promise<Beside>> = {
  alone: () => ({ stop: async () => '' }),
  'a search': ({ bench, server, searcher }) => searching(bench, server, searcher),
  'a verify': ({ bench, server, folder }) => verifying(bench, server, folder),
  'a backup': ({ bench, server, folder }) => backingUp(bench, server, folder),
}

async function runBeside(bench: Bench): Promise<Table[]> {
  const sizes = sizesOf(bench)
  const folder = freshFolder(bench.folder, 'beside')
  const database = await workingCopy(bench, sizes.members, folder)
  const known: What[] = hasCommandLine() ? ['alone', 'a search', 'a verify', 'a backup'] : ['alone', 'a search']
  const server = await startServer({ kind: 'ours', folder, database })
  const searcher = startClient()
  const taken: Taken[] = []
  try {
    for (let round = 0; round < sizes.rounds; round++)
      for (const what of rotate(known, round))
        taken.push(await takeOne({ bench, server, folder, searcher }, what, sizes, taken.length))
  } finally {
    searcher.stop()
    await server.stop()
  }
  return [tableOf(taken, known, sizes)]
}

async function takeOne(place: Place, what: What, { warmUp, measured: count }: Sizes, turn: number): Promise<Taken> {
  const { bench, server } = place
  const all = warmUp + count
  await bench.client.prepare({ kind: 'events', run: `${bench.run}b`, first: turn * all, count: all, customers: null })
  const beside = await START[what](place)
  await measure(bench, server, { connections: 32, from: 0, count: warmUp, expected: RECORDED })
  const measured = await measure(bench, server, { connections: 32, from: warmUp, count, expected: RECORDED })
  const said = await beside.stop()
  bench.say(`  beside ${what}: ${Math.round(measured.perSecond)}/s, p99 ${measured.p99Ms.toFixed(1)} ms ${said}`)
  return { what, measured, said }
}

function tableOf(taken: Taken[], known: What[], { rounds, members }: Sizes): Table {
  const of = (what: What) => taken.filter((one) => one.what === what)
  const alone = of('alone').map(({ measured }) => measured)
  const rows = known.map((what) => {
    const runs = of(what).map(({ measured }) => measured)
    return [what, ...cells(medianOf(runs)), percent(medianRatio(runs, alone))]
  })
  const said = known.flatMap((what) => of(what).slice(-1)).filter((one) => one.said !== '')
  return {
    title: `Beside other work, ${members.toLocaleString('en')} members, at 32 connections`,
    columns: ['beside', ...COLUMNS, 'of alone'],
    rows,
    notes: [
      `medians of ${rounds} rounds; the other work has no pause and shares the processors`,
      ...said.map((one) => `${one.what}: ${one.said}`),
      ...(hasCommandLine() ? [] : ['verify and backup were skipped: there is no command line yet']),
    ],
    data: taken,
  }
}

export const beside: Section = {
  name: 'beside',
  title: 'while somebody searches, verifies, backs up',
  run: runBeside,
}
