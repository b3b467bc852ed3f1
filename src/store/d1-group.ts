/**
 * Many units of work in few batches of D1. All of them read together; those that want no row in common are written together
 * in one batch, the others decide again on what that left. When a batch is refused because one of them is wrong, or others
 * were first again and again, the group is halved until whoever it is stands alone.
 */
import { StoreUnavailable } from '../app/ports.ts'
import { type Batch, Known, type Run } from './d1-known.ts'
import type { Planned, Settled, SqlReader, Statement } from './driver.ts'
import { fold } from './fold.ts'
import { guardsOf, rowName, seenTogether } from './seen.ts'

export type D1Unit<Outcome> = (reader: SqlReader) => Planned<Outcome>

export interface GroupTools {
  batch: Batch
  /** Commits one unit by itself. */
  alone<Outcome>(unit: D1Unit<Outcome>): Promise<Outcome>
  /** Whose fault an error is: another's commit, a unit's own, or D1's. */
  kindOf(error: unknown): 'conflict' | 'own' | 'outage'
  checked(statement: Statement): Statement[]
  /** Waits before the next try, the longer the more there were. */
  rest(tries: number): Promise<void>
}

/** So many units are decided at once: what their rows take must fit into an isolate. */
const GROUP_LIMIT = 100
/** How often a group decides again because somebody else was first, before it is halved. */
const CONFLICTS_LIMIT = 4
const FAILURES_LIMIT = 3
const ROUNDS_LIMIT = 100

/** A unit that waits to be committed. */
interface Waiting<Outcome> {
  unit: D1Unit<Outcome>
  settle(settled: Settled<Outcome>): void
}

interface Decided<Outcome> {
  waiting: Waiting<Outcome>
  run: Run<Planned<Outcome>>
}

/** Never rejects. */
export async function commitTogether<Outcome>(
  units: readonly D1Unit<Outcome>[],
  tools: GroupTools,
): Promise<Settled<Outcome>[]> {
  const settled: Settled<Outcome>[] = []
  const waiting = units.map(
    (unit, i): Waiting<Outcome> => ({
      unit,
      settle: (one) => {
        settled[i] = one
      },
    }),
  )
  for (let from = 0; from < waiting.length; from += GROUP_LIMIT)
    await commitGroup(waiting.slice(from, from + GROUP_LIMIT), tools)
  return settled
}

async function commitGroup<Outcome>(all: readonly Waiting<Outcome>[], tools: GroupTools): Promise<void> {
  const known = new Known(tools.batch)
  const tries = { conflicts: 0, failures: 0 }
  let left = all
  while (left.length > 0) {
    try {
      const decided = await confirm(await decideAll(left, known), known)
      const before = left.length
      left = await commitSome(decided, known, tools)
      if (left.length === before && ++tries.conflicts > CONFLICTS_LIMIT) return halve(left, tools)
    } catch (error) {
      const kind = kindOfGroup(error, tools)
      if (kind === 'own' || (kind === 'conflict' && ++tries.conflicts > CONFLICTS_LIMIT)) return halve(left, tools)
      if (kind === 'outage' && ++tries.failures >= FAILURES_LIMIT) return giveUp(left, error)
      known.forget()
      await tools.rest(tries.conflicts + tries.failures)
    }
  }
}

/** A row that was read is no more as it was: here only its own statement guards it. */
const kindOfGroup = (error: unknown, { kindOf }: GroupTools): ReturnType<GroupTools['kindOf']> =>
  error instanceof Error && error.message.includes('what_changes_was_read') ? 'conflict' : kindOf(error)

async function halve<Outcome>(left: readonly Waiting<Outcome>[], tools: GroupTools): Promise<void> {
  const [first, ...others] = left
  if (first === undefined) return
  if (others.length === 0) return commitAlone(first, tools)
  const middle = Math.ceil(left.length / 2)
  await commitGroup(left.slice(0, middle), tools)
  await commitGroup(left.slice(middle), tools)
}

async function commitAlone<Outcome>({ unit, settle }: Waiting<Outcome>, { alone }: GroupTools): Promise<void> {
  try {
    settle({ status: 'fulfilled', value: await alone(unit) })
  } catch (reason) {
    settle({ status: 'rejected', reason })
  }
}

function giveUp<Outcome>(left: readonly Waiting<Outcome>[], cause: unknown): void {
  const why = cause instanceof Error ? cause.message : 'no reason given'
  const reason = new StoreUnavailable(`The database cannot be used now: ${why}`, { cause })
  for (const { settle } of left) settle({ status: 'rejected', reason })
}

/** Runs all of them until each has all it reads. */
async function decideAll<Outcome>(all: readonly Waiting<Outcome>[], known: Known): Promise<Decided<Outcome>[]> {
  const decided = new Map<Waiting<Outcome>, Decided<Outcome>>()
  for (let round = 0; round < ROUNDS_LIMIT; round++) {
    for (const waiting of all)
      if (!decided.has(waiting)) decided.set(waiting, { waiting, run: known.run(waiting.unit) })
    const reading = [...decided.values()].filter(({ run }) => run.missing.length > 0)
    if (reading.length === 0) return all.map((waiting) => decided.get(waiting) as Decided<Outcome>)
    await known.fetch(reading.flatMap(({ run }) => run.missing))
    for (const { waiting } of reading) decided.delete(waiting)
  }
  throw new StoreUnavailable('A unit reads without end')
}

/** Settles those that change nothing, and writes as many of the others as go together. Answers who is left. */
async function commitSome<Outcome>(
  decided: readonly Decided<Outcome>[],
  known: Known,
  tools: GroupTools,
): Promise<Waiting<Outcome>[]> {
  const { chosen, left } = choose(decided.filter((one) => !isReading(one)))
  if (chosen.length > 0) {
    const written = new Set(chosen.flatMap((one) => traitsOf(one).written))
    const stillWanted = left.flatMap(({ run }) => run.used)
    await known.write(statementsOf(chosen, known.namesAsOf, tools), { written, stillWanted })
  }
  for (const { waiting, run } of chosen) waiting.settle({ status: 'fulfilled', value: run.outcome.outcome })
  const reading = decided.filter(isReading)
  for (const { waiting, run } of reading.filter((one) => !isTorn(one)))
    waiting.settle(
      run.ok ? { status: 'fulfilled', value: run.outcome.outcome } : { status: 'rejected', reason: run.error },
    )
  return [...left, ...reading.filter(isTorn)].map(({ waiting }) => waiting)
}

/** What changes nothing, or fails, must rest on one moment: all that such units read is read anew at once. */
async function confirm<Outcome>(decided: readonly Decided<Outcome>[], known: Known): Promise<Decided<Outcome>[]> {
  const torn = decided.filter(isTorn)
  if (torn.length === 0) return [...decided]
  await known.refresh(torn.flatMap(({ run }) => run.used))
  return decideAll(
    decided.map(({ waiting }) => waiting),
    known,
  )
}

const isReading = ({ run }: Decided<unknown>): boolean => !run.ok || run.outcome.writes.length === 0

/** What is written proves by its guards that it rests on what is there; anything else must rest on one moment. */
const isTorn = (one: Decided<unknown>): boolean =>
  isReading(one) && new Set(one.run.used.map(({ moment }) => moment)).size > 1

/** In turn, those that neither read nor write what one before them writes. */
function choose<Outcome>(writing: readonly Decided<Outcome>[]) {
  const chosen: Decided<Outcome>[] = []
  const left: Decided<Outcome>[] = []
  const written = new Set<string>()
  for (const one of writing) {
    const { seen, written: rows } = traitsOf(one)
    const isTaken =
      rows.some((row) => written.has(row)) ||
      seen.some((table) => [...table.rows.keys()].some((key) => written.has(rowName(table.table, key))))
    if (isTaken) {
      left.push(one)
      continue
    }
    chosen.push(one)
    for (const row of rows) written.add(row)
  }
  return { chosen, left }
}

function traitsOf<Outcome>({ run }: Decided<Outcome>) {
  const traits = run.outcome.traits?.()
  if (traits === undefined) throw new Error('A unit without traits cannot be written with others')
  return traits
}

function statementsOf<Outcome>(
  chosen: readonly Decided<Outcome>[],
  namesAsOf: number | null,
  { checked }: GroupTools,
): Statement[] {
  const traits = chosen.map(traitsOf)
  const guarded = new Set(traits.flatMap((one) => one.guarded))
  const guards = seenTogether(
    traits.flatMap(({ seen }) => seen),
    guarded,
  ).flatMap((seen) => guardsOf(seen, namesAsOf))
  const inOrder = chosen.filter((_, i) => !traits[i]?.isPlain).flatMap(({ run }) => run.outcome.writes)
  const folded = fold(chosen.filter((_, i) => traits[i]?.isPlain).flatMap(({ run }) => run.outcome.writes))
  return [...guards, ...traits.flatMap(({ listGuards }) => listGuards), ...[...inOrder, ...folded].flatMap(checked)]
}
