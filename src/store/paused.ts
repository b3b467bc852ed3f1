/**
 * A driver that reads and refuses to write: the database is at rest, because its rows are on their way to another host or
 * come from one. Only what is found out from the rest again may be written.
 */
import { StorePaused } from '../app/ports.ts'
import type { Driver, Planned, SqlReader } from './driver.ts'

const PAUSED = 'Regulars is paused (REGULARS_PAUSED) while its data is moved'

export function createPausedDriver(driver: Driver): Driver {
  const commit = async <Outcome>(unit: (reader: SqlReader) => Planned<Outcome>): Promise<Outcome> => {
    let isRefused = false
    const outcome = await driver.commit((reader) => {
      const planned = unit(reader)
      isRefused = planned.writes.length > 0 && planned.isDerived !== true
      return isRefused ? { ...planned, writes: [] } : planned
    })
    if (isRefused) throw new StorePaused(PAUSED)
    return outcome
  }
  return {
    commit,
    commitAll: (units) => Promise.allSettled(units.map(commit)),
    read: (unit) => driver.read(unit),
    all: (sql, params) => driver.all(sql, params),
    close: () => driver.close(),
  }
}
