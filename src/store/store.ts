/** The one store: the port in SQL, on whatever driver there is. */
import type { Store, StoredProgram, Unit } from '../app/store-port.ts'
import { createAdjustmentRequestPages } from './adjustment-requests.ts'
import { statementsOf } from './changes.ts'
import { createContactReads } from './contacts.ts'
import { createDeskReads } from './desk.ts'
import type { Driver, Planned, Settled, SqlReader, Statement } from './driver.ts'
import { createLookups } from './lookups.ts'
import { createOutbox } from './outbox.ts'
import { createPausedDriver } from './paused.ts'
import { createPostedStore } from './posted.ts'
import { createReportReads } from './reports.ts'
import { createRetentionReads } from './retention.ts'
import { traitsOf } from './traits.ts'
import { createTransfers } from './transfer.ts'
import { StoreTx } from './tx.ts'
import { createWaking } from './waking.ts'

const PROGRAMS = 'SELECT version, body, since FROM program ORDER BY since, version'
const PUT_PROGRAM =
  'INSERT INTO program (version, body, since) VALUES (?, ?, ?) ON CONFLICT (version) DO UPDATE SET since = excluded.since'

export interface StoreOptions {
  /** Nothing is written but a transfer of all rows from another host. */
  isPaused?: boolean
}

export function createStore(opened: Driver, { isPaused = false }: StoreOptions = {}): Store {
  const driver = isPaused ? createPausedDriver(opened) : opened
  const write = (...writes: Statement[]): Promise<void> =>
    driver.commit(() => ({ outcome: undefined, writes, guards: () => [] }))
  return {
    commit: (unit) =>
      driver.commit((reader) => {
        const tx = new StoreTx(reader)
        const { outcome, changes } = unit(tx)
        return {
          outcome,
          writes: changes === null ? [] : statementsOf(changes),
          guards: (namesAsOf) => tx.guards(namesAsOf),
        }
      }),
    commitAll: (units) => commitAll(driver, units),
    read: (unit) => driver.read((reader) => unit(new StoreTx(reader))),
    ...createLookups(driver),
    ...createOutbox(driver, write),
    ...createWaking(driver, write),
    ...createReportReads(driver),
    ...createRetentionReads(driver, write),
    ...createContactReads(driver),
    ...createPostedStore(driver),
    ...createAdjustmentRequestPages(driver),
    ...createDeskReads(driver),
    transfers: createTransfers(opened),
    programs: () => driver.all<StoredProgram>(PROGRAMS, []),
    putProgram: ({ version, body, since }) => write({ sql: PUT_PROGRAM, params: [version, body, since] }),
    close: () => driver.close(),
  }
}

function commitAll<Outcome>(driver: Driver, units: readonly Unit<Outcome>[]): Promise<Settled<Outcome>[]> {
  const planned = units.map((unit) => (reader: SqlReader): Planned<Outcome> => {
    const tx = new StoreTx(reader)
    const { outcome, changes } = unit(tx)
    return {
      outcome,
      writes: changes === null ? [] : statementsOf(changes),
      guards: (namesAsOf) => tx.guards(namesAsOf),
      traits: () => traitsOf(tx, changes),
    }
  })
  return driver.commitAll?.(planned) ?? Promise.allSettled(planned.map((one) => driver.commit(one)))
}
