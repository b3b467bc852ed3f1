// Nobody outside hears of a commit before it is on the disk: what follows from commits is held until the log with them
// is synced. That is done beside the thread that commits, so it decides on the next ones meanwhile.
import type { LogFile } from '../store/node-log.ts'

export interface LogSync {
  /** Does it once all that is committed by now is on the disk; at once where everything was already. */
  afterSync(work: () => void, hasCommits: boolean): void
}

/** @param onLost told when the disk did not take it: nobody can say then what of it is kept */
export function createLogSync(file: Pick<LogFile, 'sync'>, onLost: (error: Error) => void): LogSync {
  let held: (() => void)[] = []
  let isSyncing = false
  const sync = (): void => {
    const synced = held
    held = []
    isSyncing = true
    file.sync((error) => {
      if (error !== null) {
        onLost(error)
        return
      }
      isSyncing = false
      // What came meanwhile may not be on the disk yet.
      if (held.length > 0) sync()
      for (const work of synced) work()
    })
  }
  return {
    afterSync: (work, hasCommits) => {
      if (!hasCommits && !isSyncing) {
        work()
        return
      }
      held.push(work)
      if (!isSyncing) sync()
    },
  }
}
