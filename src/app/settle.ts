/** Writing down what is due: holds that are over, points that ended, tiers that lapsed. */
import { settleMember } from '../core/member-progress.ts'
import type { Context } from './context.ts'
import { StoreUnavailable } from './ports.ts'
import { createWaking } from './wake.ts'

const CLOCK = { source: 'clock', actor: 'clock' }

async function settleOne(context: Context, id: string, now: number): Promise<void> {
  await context.onDesk(CLOCK, (desk) => {
    const { nextAt } = desk.member(id)
    if (nextAt !== null && nextAt <= now) settleMember(desk.books(id), desk.programs, desk.history(id), now)
  })
}

/** The clock's job: for some members, the longest due first; answers how many there were. */
export function createSettling(context: Context): (limit: number) => Promise<number> {
  const wake = createWaking(context)
  return async (limit) => {
    await wake(limit)
    await context.retention.freshen()
    return settleDue(context, limit)
  }
}

async function settleDue(context: Context, limit: number): Promise<number> {
  const now = context.clock.now()
  const members = await context.store.dueMembers(now, limit)
  let settled = 0
  for (const id of members) if (await settleApart(context, id, now)) settled++
  // Those that could not be are due still: were there no others, asking again would bring the same ones for ever.
  return settled === 0 ? 0 : members.length
}

/** The longest due come first: a bug that shows with one member must not keep everybody after them waiting for ever. */
async function settleApart(context: Context, id: string, now: number): Promise<boolean> {
  try {
    await settleOne(context, id, now)
    return true
  } catch (error) {
    if (error instanceof StoreUnavailable) throw error
    context.logger.error('what is due for a member could not be settled', {
      member: id,
      error: error instanceof Error ? error.stack : 'unknown',
    })
    return false
  }
}

/** For one member whose history is about to be shown: it should say what the balance says. A database that cannot write now is no reason not to show it. */
export async function settleBeforeShowing(
  context: Context,
  member: { id: string; nextAt: number | null },
): Promise<void> {
  const now = context.clock.now()
  if (member.nextAt === null || member.nextAt > now) return
  await settleOne(context, member.id, now).catch((error: unknown) => {
    if (!(error instanceof StoreUnavailable)) throw error
  })
}
