/**
 * The store's driver for Cloudflare D1, which has no interactive transactions. A unit is run against what is known; what it
 * misses is fetched and it is run again from the start, until nothing is missing. Its writes then go in one batch, which
 * guards break when anything that was read has changed meanwhile: then all is forgotten and the unit decides again.
 */
import { StoreUnavailable } from '../app/ports.ts'
import { commitTogether } from './d1-group.ts'
import { type Batch, Known, type Run } from './d1-known.ts'
import type { Driver, Planned, SqlReader, SqlValue, Statement } from './driver.ts'

/** The part of D1's binding that is used. */
export interface D1Binding {
  prepare(sql: string): D1Statement
  batch(statements: D1Statement[]): Promise<{ results: unknown[] }[]>
}
export interface D1Statement {
  bind(...values: unknown[]): D1Statement
}

export interface D1DriverOptions {
  /** 0..1, spreads those who decide again. Default: evenly spread numbers. */
  random?: () => number
  wait?: (ms: number) => Promise<void>
}

/** How often a unit decides again because somebody else was first. */
const CONFLICTS_LIMIT = 20
/** How often it is tried again when D1 did not say what became of a batch. */
const FAILURES_LIMIT = 3
/** Rounds of fetching in one decision; each unit knows what it needs in a handful. */
const ROUNDS_LIMIT = 100
/** How often a decision on several fetches is repeated until nothing changed between them. */
const CONFIRM_LIMIT = 10
const FIRST_PAUSE_MS = 8
const LONGEST_PAUSE_MS = 1000

const MUST_HAVE_CHANGED = 'INSERT INTO guard (written) SELECT 0 WHERE changes() <> ?'

/** D1 refused a batch or did not answer. */
class BatchFailed extends Error {}

export function createD1Driver(binding: D1Binding, { random = evenly(), wait = pause }: D1DriverOptions = {}): Driver {
  const batch: Batch = async (statements) => {
    try {
      const answers = await binding.batch(statements.map(({ sql, params }) => binding.prepare(sql).bind(...params)))
      return answers.map(({ results }) => results)
    } catch (cause) {
      throw new BatchFailed(cause instanceof Error ? cause.message : 'D1 gave no reason', { cause })
    }
  }

  async function attempt<Outcome>(unit: (reader: SqlReader) => Planned<Outcome>): Promise<Outcome> {
    const known = new Known(batch)
    const planned = await decide(known, unit, ({ writes }) => writes.length > 0)
    if (planned.writes.length > 0) await batch([...planned.guards(known.namesAsOf), ...planned.writes.flatMap(checked)])
    return planned.outcome
  }

  const rest = (tries: number): Promise<void> =>
    wait(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(tries, 8)) * (0.25 + random()))

  /** Tries again as long as that may help. */
  async function persist<Outcome>(work: () => Promise<Outcome>): Promise<Outcome> {
    let failures = 0
    for (let conflicts = 0; ; ) {
      try {
        return await work()
      } catch (error) {
        const kind = kindOf(error)
        if (kind === 'own') throw error instanceof BatchFailed ? error.cause : error
        if (kind === 'conflict') conflicts++
        else failures++
        if (conflicts > CONFLICTS_LIMIT || failures >= FAILURES_LIMIT) {
          throw new StoreUnavailable(`The database cannot be used now: ${(error as Error).message}`, { cause: error })
        }
        await rest(conflicts + failures)
      }
    }
  }

  const alone = <Outcome>(unit: (reader: SqlReader) => Planned<Outcome>) => persist(() => attempt(unit))
  return {
    commit: alone,
    commitAll: (units) => commitTogether(units, { batch, alone, kindOf, checked, rest }),
    read: (unit) => persist(() => decide(new Known(batch), unit, () => false)),
    all: <Row>(sql: string, params: readonly SqlValue[]) =>
      persist(async () => ((await batch([{ sql, params }]))[0] ?? []) as Row[]),
    close: async () => {},
  }
}

/**
 * Runs the unit until it has all it reads. What was fetched at several moments may not go together: unless guards are
 * going to tell (`guarded`), all of it is fetched at once again until the outcome rests on one moment.
 */
async function decide<Outcome>(
  known: Known,
  unit: (reader: SqlReader) => Outcome,
  guarded: (outcome: Outcome) => boolean,
): Promise<Outcome> {
  let fetches = 0
  let confirmations = 0
  for (let round = 0; round < ROUNDS_LIMIT; round++) {
    const run = known.run(unit)
    if (run.missing.length > 0) {
      await known.fetch(run.missing)
      fetches++
      continue
    }
    if (fetches <= 1 || (run.ok && guarded(run.outcome))) return settled(run)
    if (confirmations++ >= CONFIRM_LIMIT) throw new StoreUnavailable('What is read changes all the time')
    known.forget()
    await known.refresh(run.used)
    fetches = 1
  }
  throw new StoreUnavailable('A unit reads without end')
}

const settled = <Outcome>({ ok, outcome, error }: Run<Outcome>): Outcome => {
  if (!ok) throw error
  return outcome
}

const checked = (statement: Statement): Statement[] =>
  statement.changes === undefined ? [statement] : [statement, { sql: MUST_HAVE_CHANGED, params: [statement.changes] }]

/** Whose fault an error is: another's commit, the unit's own, or D1's (then it may even have been stored). */
function kindOf(error: unknown): 'conflict' | 'own' | 'outage' {
  if (!(error instanceof BatchFailed)) return 'own'
  if (/what_was_read_still_stands|UNIQUE constraint failed/.test(error.message)) return 'conflict'
  return /constraint failed|append-only|D1_TYPE_ERROR/.test(error.message) ? 'own' : 'outage'
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Numbers of 0..1 that lie far from the ones before them: enough to keep those who retry apart. */
function evenly(): () => number {
  const GOLDEN = 0.618_033_988_749_895
  let last = 0
  return () => (last = (last + GOLDEN) % 1)
}
