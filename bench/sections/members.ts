// Whether it matters how many members there are already.
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
import { workingCopy } from '../seeded.ts'
import { startServer } from '../servers.ts'

interface Sizes {
  rounds: number
  warmUp: number
  single: number
  many: number
  members: number[]
}

const sizesOf = ({ quick }: Bench): Sizes =>
  quick
    ? { rounds: 1, warmUp: 1_000, single: 200, many: 1_500, members: [0, 1_000, 20_000] }
    : { rounds: 5, warmUp: 4_000, single: 1_000, many: 8_000, members: [0, 1_000, 100_000, 1_000_000] }

interface Taken {
  members: number
  one: Measured
  many: Measured
}

async function runMembers(bench: Bench): Promise<Table[]> {
  const sizes = sizesOf(bench)
  const folder = freshFolder(bench.folder, 'members')
  const taken: Taken[] = []
  for (const members of sizes.members) await workingCopy(bench, members, folder)
  for (let round = 0; round < sizes.rounds; round++) {
    bench.say(`round ${round + 1} of ${sizes.rounds}`)
    for (const members of rotate(sizes.members, round)) taken.push(await takeOne(bench, sizes, folder, members, round))
  }
  return [tableOf(taken, sizes)]
}

async function takeOne(bench: Bench, sizes: Sizes, folder: string, members: number, round: number): Promise<Taken> {
  const { warmUp, single, many } = sizes
  const count = warmUp + single + many
  await bench.client.prepare({ kind: 'events', run: `${bench.run}m`, first: round * count, count, customers: null })
  const small = members <= 1_000
  // The small ones begin anew each round: what a round adds would make them large.
  const own = small ? freshFolder(folder, `round-${members}`) : folder
  const database = await (small ? workingCopy(bench, members, own) : `${folder}/members-${members}.db`)
  const server = await startServer({ kind: 'ours', folder: own, database })
  try {
    await measure(bench, server, { connections: 32, from: 0, count: warmUp, expected: RECORDED })
    const one = await measure(bench, server, { connections: 1, from: warmUp, count: single, expected: RECORDED })
    const all = await measure(bench, server, {
      connections: 32,
      from: warmUp + single,
      count: many,
      expected: RECORDED,
    })
    bench.say(
      `  ${members} members: ${Math.round(all.perSecond)}/s at 32, p99 ${all.p99Ms.toFixed(2)} ms; ${Math.round(one.perSecond)}/s at 1`,
    )
    return { members, one, many: all }
  } finally {
    await server.stop()
  }
}

function tableOf(taken: Taken[], { rounds, members, many, warmUp, single }: Sizes): Table {
  const of = (count: number) => taken.filter((one) => one.members === count)
  const base = of(1_000)
  const rows = members.map((count) => {
    const runs = of(count)
    return [
      count === 0 ? 'none' : count.toLocaleString('en'),
      Math.round(medianOf(runs.map(({ one }) => one)).perSecond).toString(),
      ...cells(medianOf(runs.map((run) => run.many))),
      percent(
        medianRatio(
          runs.map((run) => run.many),
          base.map((run) => run.many),
        ),
      ),
      byCpu(base, runs),
    ]
  })
  return {
    title: 'First sights of payments by new guests, by members that there are already, at 32 connections',
    columns: ['members', 'at 1', ...COLUMNS, 'of 1,000', 'by CPU'],
    rows,
    notes: [
      `medians of ${rounds} rounds; each round adds ${warmUp + single + many} members; the file is in the system's cache`,
      'seeded members have one purchase each',
    ],
    data: taken,
  }
}

function byCpu(base: Taken[], runs: Taken[]): string {
  const [ours, theirs] = [medianOf(runs.map((run) => run.many)).cpuUs, medianOf(base.map((run) => run.many)).cpuUs]
  return ours === null || theirs === null ? '–' : percent(theirs / ours)
}

export const members: Section = {
  name: 'members',
  title: 'does it get slower with members?',
  run: runMembers,
}
