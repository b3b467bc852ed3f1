// What all sections share: the options, the client, and how a measurement is taken and judged.
import type { Fired, FireOptions } from './client.ts'
import type { LoadClient } from './load.ts'
import { cpuSecondsOf, machineBusySeconds } from './machine.ts'
import type { Server } from './servers.ts'

export interface Bench {
  quick: boolean
  /** For what this run leaves behind while it runs. */
  folder: string
  /** Where seeded databases are kept for the next run; null: they go with the folder. */
  keep: string | null
  client: LoadClient
  /** Letters that are in all ids of this run, so that a kept database has not seen them. */
  run: string
  /** Says what goes on. */
  say(line: string): void
  /** Something broke: it is said at once and in the end, and the bench fails. */
  broken(line: string): void
}

export interface Section {
  name: string
  title: string
  run(bench: Bench): Promise<Table[]>
}

export interface Table {
  title: string
  columns: string[]
  rows: string[][]
  notes: string[]
  /** The numbers behind it, for --json. */
  data: unknown
}

export const RECORDED = '200 {"outcome":"recorded"}'
export const DUPLICATE = '200 {"outcome":"duplicate"}'
export const ANY_200 = '200'

export interface Measured {
  perSecond: number
  p50Ms: number
  p99Ms: number
  /** Microseconds of the server's processor time for each request; null where the system does not tell. */
  cpuUs: number | null
  /** The share of a core that the client used. */
  clientBusy: number
  /** How many cores everybody else used meanwhile. */
  others: number | null
}

export interface MeasureOptions extends Omit<FireOptions, 'port'> {
  expected: string
  client?: LoadClient
}

/** Fires at the server and holds every answer to what it must be. */
export async function measure(bench: Bench, server: Server, options: MeasureOptions): Promise<Measured> {
  const { expected, client = bench.client, ...fire } = options
  const [cpuBefore, busyBefore] = [cpuSecondsOf(server.pid), machineBusySeconds()]
  const fired = await client.fire({ ...fire, port: server.port })
  const [cpuAfter, busyAfter] = [cpuSecondsOf(server.pid), machineBusySeconds()]
  judge(bench, fired, options)
  const cpu = cpuBefore === null || cpuAfter === null ? null : cpuAfter - cpuBefore
  const others = cpu === null ? null : (busyAfter - busyBefore - cpu) / fired.seconds - fired.clientBusy
  return {
    perSecond: fired.count / fired.seconds,
    p50Ms: fired.p50Ms,
    p99Ms: fired.p99Ms,
    cpuUs: cpu === null ? null : (cpu / fired.count) * 1e6,
    clientBusy: fired.clientBusy,
    others: others === null ? null : Math.max(0, others),
  }
}

function judge(bench: Bench, { answers, count }: Fired, { expected, count: wanted }: MeasureOptions): void {
  const right = Object.entries(answers).reduce(
    (sum, [label, times]) =>
      sum + (label === expected || (expected === ANY_200 && label.startsWith('200')) ? times : 0),
    0,
  )
  if (right === wanted && count === wanted) return
  bench.broken(`of ${wanted} answers ${right} were ${expected}: ${JSON.stringify(answers).slice(0, 400)}`)
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2
}

/** Each number's median over the rounds. */
export function medianOf(rounds: readonly Measured[]): Measured {
  const of = (pick: (one: Measured) => number) => median(rounds.map(pick))
  const known = (pick: (one: Measured) => number | null): number | null => {
    const values = rounds.map(pick).filter((value) => value !== null)
    return values.length === 0 ? null : median(values)
  }
  return {
    perSecond: of((one) => one.perSecond),
    p50Ms: of((one) => one.p50Ms),
    p99Ms: of((one) => one.p99Ms),
    cpuUs: known((one) => one.cpuUs),
    clientBusy: of((one) => one.clientBusy),
    others: known((one) => one.others),
  }
}

/** The median over rounds of what two measurements of one round make: the machine's moods cancel out. */
export const medianRatio = (ours: readonly Measured[], theirs: readonly Measured[]): number =>
  median(ours.map((one, round) => one.perSecond / (theirs[round]?.perSecond ?? Number.NaN)))

/** The names in another order each round, so that none is always first or last. */
export function rotate<T>(items: readonly T[], round: number): T[] {
  const order = round % 2 === 0 ? [...items] : items.toReversed()
  const from = Math.floor(round / 2) % items.length
  return [...order.slice(from), ...order.slice(0, from)]
}

export const COLUMNS = ['events/s', 'p50 ms', 'p99 ms', 'CPU µs', 'client', 'others']

/** The cells under `COLUMNS`. */
export const cells = ({ perSecond, p50Ms, p99Ms, cpuUs, clientBusy, others }: Measured): string[] => [
  Math.round(perSecond).toString(),
  p50Ms.toFixed(2),
  p99Ms.toFixed(2),
  cpuUs === null ? '–' : cpuUs.toFixed(0),
  percent(clientBusy),
  others === null ? '–' : percent(others),
]

export const percent = (share: number): string => `${(share * 100).toFixed(0)} %`
