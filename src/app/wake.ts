/**
 * A program that comes in force may hold something for members who are quiet: a birthday, another tier, a challenge met
 * already. Each of them is looked at once, a slice at a time; where it stands is noted, so that a restart goes on.
 */
import type { Context } from './context.ts'

/** Wakes up to `limit` members that the program in force has not seen yet. Costs nothing once all have been. */
export function createWaking({ store, clock, program, programs }: Context): (limit: number) => Promise<void> {
  const name = `woken:${program.version}:${program.since}`
  // Whoever joined under the only program there ever was has met it.
  let isDone = programs.isFirst
  return async (limit) => {
    if (isDone) return
    const [done, all] = read(await store.read((tx) => tx.setting(name))) ?? [0, await store.newestMember()]
    const upTo = Math.min(all, done + limit)
    if (done < all) await store.wakeMembers({ after: done, upTo, now: clock.now(), setting: [name, `${upTo} ${all}`] })
    isDone = upTo >= all
  }
}

/** `<how many> <of how many>`; members who came since joined under the new program. */
function read(setting: string | null): [done: number, all: number] | null {
  const [done, all] = (setting ?? '').split(' ').map(Number)
  return setting === null || done === undefined || all === undefined ? null : [done, all]
}
