// A database driver for work that has time: after each commit it rests as long as the commit took, so that a server beside
// it finds the lock free.
import { setTimeout as wait } from 'node:timers/promises'
import type { Driver } from '../store/driver.ts'

const LEAST_REST_MS = 2
const LONGEST_REST_MS = 100

export const politely = (driver: Driver): Driver => ({
  commit: async (unit) => {
    let startedAt = performance.now()
    const outcome = await driver.commit((reader) => {
      // Waiting for the lock was no burden on anybody.
      startedAt = performance.now()
      return unit(reader)
    })
    await wait(Math.min(LONGEST_REST_MS, Math.max(LEAST_REST_MS, performance.now() - startedAt)))
    return outcome
  },
  read: (unit) => driver.read(unit),
  all: (sql, params) => driver.all(sql, params),
  close: () => driver.close(),
})
