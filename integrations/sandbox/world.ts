/**
 * The sandbox's vendors' world, kept by lowdb in one file that one can read: it survives a restart, and *Start over* clears it.
 * Written some moments after a change, and whole.
 */
import { existsSync, renameSync } from 'node:fs'
import { Low, Memory } from 'lowdb'
import { JSONFile } from 'lowdb/node'
import { createPortal, type Portal } from './doubles/hubspot/portal.ts'
import { createWorkspace, type Workspace } from './doubles/slack/workspace.ts'
import { type Account, createAccount } from './doubles/stripe/account.ts'

export interface World {
  /** Of what follows: another one is not read. */
  version: 1
  /** How far the sandbox's clock is ahead of the machine's, ms. */
  aheadMs: number
  /** The preset in force; null: the merchant's own program. */
  preset: string | null
  stripe: Account
  hubspot: Portal
  slack: Workspace
  /** Steps of the tour that were taken. */
  tour: string[]
}

export interface WorldFile {
  world: World
  /** It was there before, and is taken up again. */
  isOld: boolean
  /** Something changed. */
  touch(): void
  /** Resolves when all is written. */
  flush(): Promise<void>
}

const WRITE_AFTER_MS = 500
const REST_SHARE = 20

export const newWorld = (): World => ({
  version: 1,
  aheadMs: 0,
  preset: null,
  stripe: createAccount(),
  hubspot: createPortal(),
  slack: createWorkspace(),
  tour: [],
})

/** @param path null: nothing is kept. One that cannot be read is put aside, not lost. */
export async function openWorld(path: string | null, onTrouble: (message: string) => void): Promise<WorldFile> {
  const low = new Low<World | null>(path === null ? new Memory() : new JSONFile(path), null)
  const isThere = path !== null && existsSync(path)
  try {
    await low.read()
  } catch {
    low.data = null
  }
  const isOld = low.data?.version === 1
  if (isThere && !isOld && path !== null) {
    renameSync(path, `${path}.unreadable`)
    onTrouble('the sandbox’s world could not be read: it was put aside and begins anew')
  }
  const world = low.data !== null && isOld ? low.data : newWorld()
  low.data = world
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> = Promise.resolve()
  let tookMs = 0
  const write = (): void => {
    timer = undefined
    const write = async (): Promise<void> => {
      const startedAt = performance.now()
      await low.write()
      tookMs = performance.now() - startedAt
    }
    writing = writing.then(write).catch(() => onTrouble('the sandbox’s world could not be written'))
  }
  return {
    world,
    isOld,
    touch: () => {
      if (path === null || timer !== undefined) return
      // A large world is written more seldom: most of the time belongs to whoever plays in it.
      timer = setTimeout(write, Math.max(WRITE_AFTER_MS, tookMs * REST_SHARE))
      timer.unref()
    },
    flush: async () => {
      if (timer !== undefined) {
        clearTimeout(timer)
        write()
      } else if (path !== null) write()
      await writing
    },
  }
}
